//! Steps 3 to 7: occurrences, what speaks against them, states, verdicts.

use std::collections::{BTreeMap, BTreeSet};

use eventkb::limits::MAX_COMPETING;
use eventkb::report::Verdict;
use eventkb::signature::model::{Locality, Role, Rule};

use super::{
    Answer, Covered, Item, Matcher, Occurrence, Of, agree, covered, is_evidence, is_local,
};

/// What became of one symptom in one occurrence. Earlier ones outweigh later ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    Found,
    Unqualified,
    Contradicted,
    Unreadable,
    Absent,
}

/// An occurrence with what came of it.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub(crate) occurrence: Occurrence,
    pub(crate) states: Vec<State>,
    pub(crate) verdict: Option<Verdict>,
}

/// Steps 3 to 6.
pub(crate) fn judge(matcher: &Matcher<'_>) -> Vec<Judged> {
    let mut join = Join {
        matcher,
        free: (0..matcher.items.len()).collect(),
        found: Vec::new(),
        round: 0,
    };
    for answer in [
        Answer::Yes,
        Answer::Unqualified,
        Answer::No,
        Answer::Unknown,
    ] {
        for symptom in anchors(matcher) {
            join.one_round(symptom, answer);
            join.round += 1;
        }
    }
    join.across();
    join.rest();
    join.against();
    let judged = join.found.into_iter().map(|occurrence| {
        let states = states(matcher, &occurrence, |item| Some(item.answer));
        let mut verdict = verdict(matcher, &occurrence, &states);
        if verdict > Some(Verdict::Possible) {
            let firm = firm(matcher, &occurrence);
            verdict = verdict.min(firm.max(Some(Verdict::Possible)));
        }
        Judged {
            occurrence,
            states,
            verdict,
        }
    });
    judged.collect()
}

fn anchors(matcher: &Matcher<'_>) -> Vec<usize> {
    let signature = matcher.signature;
    let local = (0..signature.symptoms.len())
        .filter(|&n| is_local(signature, n) && is_evidence(signature, n));
    let mut order: Vec<usize> = local.collect();
    let named = |n: usize| {
        let id = &signature.symptoms[n].id;
        let at = signature.join.anchor.iter().position(|name| name == id);
        at.unwrap_or(usize::MAX)
    };
    order.sort_by_key(|&n| (named(n), signature.symptoms[n].role, n));
    order
}

struct Join<'m> {
    matcher: &'m Matcher<'m>,
    free: BTreeSet<usize>,
    found: Vec<Occurrence>,
    round: usize,
}

impl<'m> Join<'m> {
    fn item(&self, n: usize) -> &'m Item {
        &self.matcher.items[n]
    }

    /// Free items that pass a test, earliest first; of one second by symptom, key and computer.
    fn free(&self, wanted: impl Fn(&Item) -> bool) -> Vec<usize> {
        let free = self.free.iter().copied();
        let mut free: Vec<usize> = free.filter(|&n| wanted(self.item(n))).collect();
        free.sort_by_key(|&n| {
            let item = self.item(n);
            (item.at, item.of, &item.key, &item.computer)
        });
        free
    }

    fn is_local(&self, item: &Item) -> bool {
        matches!(item.of, Of::Symptom(n) if is_local(self.matcher.signature, n))
    }

    fn one_round(&mut self, symptom: usize, answer: Answer) {
        let seeds = self.free(|item| item.of == Of::Symptom(symptom) && item.answer == answer);
        let new = self.cluster(&seeds);
        if new.is_empty() {
            return;
        }
        self.share_out(&new);
        let local = self.free(|item| self.is_local(item));
        let window = self.matcher.signature.join.window_s;
        let pairs = self.pairs(&local, &new, window);
        for (n, at) in pairs {
            if self.free.contains(&n) {
                self.attach(n, at);
            }
        }
    }

    /// Makes occurrences of items; gives their numbers, the earliest first.
    fn cluster(&mut self, seeds: &[usize]) -> Vec<usize> {
        let join = &self.matcher.signature.join;
        let (gap, window) = (
            join.attempt_gap_s.cast_signed(),
            join.window_s.cast_signed(),
        );
        let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for &n in seeds {
            let item = self.item(n);
            groups
                .entry((&item.machine, &item.key))
                .or_default()
                .push(n);
        }
        let mut new: Vec<Occurrence> = Vec::new();
        for ((machine, key), members) in groups {
            let mut open: Option<Occurrence> = None;
            for n in members {
                self.free.remove(&n);
                let item = self.item(n);
                if let Some(open) = &mut open
                    && item.at - open.last <= gap
                    && 2 * (item.at - open.first) <= window
                {
                    open.last = item.at;
                    open.items.push(n);
                    continue;
                }
                new.extend(open.replace(Occurrence {
                    computer: item.computer.clone(),
                    machine: machine.clone(),
                    key: key.clone(),
                    first: item.at,
                    last: item.at,
                    round: self.round,
                    items: vec![n],
                    against: BTreeSet::new(),
                }));
            }
            new.extend(open);
        }
        new.sort_by(|a, b| {
            let order = |o: &Occurrence| (o.first, o.machine.clone(), o.key.clone());
            order(a).cmp(&order(b))
        });
        let start = self.found.len();
        self.found.extend(new);
        (start..self.found.len()).collect()
    }

    fn distance(&self, n: usize, at: usize) -> i64 {
        let (item, occurrence) = (self.item(n), &self.found[at]);
        (occurrence.first - item.at)
            .max(item.at - occurrence.last)
            .max(0)
    }

    /// Items with the nearest occurrences of their computer within so many seconds whose key agrees:
    /// nearest first, then the earlier item, then the earlier occurrence.
    fn pairs(&self, items: &[usize], occurrences: &[usize], within: u64) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for (order, &n) in items.iter().enumerate() {
            let item = self.item(n);
            let of_item = occurrences.iter().filter(|&&at| {
                let occurrence = &self.found[at];
                occurrence.machine == item.machine
                    && agree(&occurrence.key, &item.key)
                    && self.distance(n, at) <= within.cast_signed()
            });
            let mut of_item: Vec<_> = of_item
                .map(|&at| (self.distance(n, at), order, n, at))
                .collect();
            of_item.sort_unstable();
            pairs.extend(of_item.into_iter().take(MAX_COMPETING));
        }
        pairs.sort_unstable();
        pairs.into_iter().map(|(_, _, n, at)| (n, at)).collect()
    }

    fn share_out(&mut self, new: &[usize]) {
        let keyless = self.free(|item| self.is_local(item) && item.key.iter().all(Option::is_none));
        let gap = self.matcher.signature.join.attempt_gap_s;
        let pairs = self.pairs(&keyless, new, gap);
        let competing = |n: usize| pairs.iter().filter(|(item, _)| *item == n).count() > 1;
        let mut given: BTreeMap<(usize, Of, Answer), i64> = BTreeMap::new();
        for &(n, at) in pairs.iter().filter(|(n, _)| competing(*n)) {
            let item = self.item(n);
            let kind = (at, item.of, item.answer);
            // Events of one second count as one.
            let has_another = given.get(&kind).is_some_and(|second| *second != item.at);
            if self.free.contains(&n) && !has_another && self.attach(n, at) {
                given.insert(kind, item.at);
            }
        }
    }

    fn attach(&mut self, n: usize, at: usize) -> bool {
        let window = self.matcher.signature.join.window_s.cast_signed();
        let item = self.item(n);
        let occurrence = &mut self.found[at];
        let first = occurrence.first.min(item.at);
        let last = occurrence.last.max(item.at);
        if !agree(&occurrence.key, &item.key) || last - first > window {
            return false;
        }
        (occurrence.first, occurrence.last) = (first, last);
        for (own, theirs) in occurrence.key.iter_mut().zip(&item.key) {
            if own.is_none() {
                own.clone_from(theirs);
            }
        }
        occurrence.items.push(n);
        self.free.remove(&n);
        true
    }

    /// Events that may sit on any computer.
    fn across(&mut self) {
        let window = self.matcher.signature.join.across_window_s.cast_signed();
        let items = self.free(|item| matches!(item.of, Of::Symptom(_)) && !self.is_local(item));
        let joined = items.into_iter().filter_map(|n| {
            let item = self.item(n);
            let fitting = (0..self.found.len()).filter(|&at| {
                self.distance(n, at) <= window
                    && agree(&self.found[at].key, &item.key)
                    && self.peers_fit(&self.found[at], item)
            });
            let best =
                fitting.min_by_key(|&at| (self.found[at].round, self.distance(n, at), at))?;
            Some((n, best))
        });
        for (n, at) in joined.collect::<Vec<_>>() {
            self.free.remove(&n);
            self.found[at].items.push(n);
        }
    }

    fn peers_fit(&self, occurrence: &Occurrence, item: &Item) -> bool {
        let machines = &self.matcher.machines;
        let own = occurrence.items.iter().map(|&n| self.item(n));
        let named: Vec<&str> = own
            .filter(|own| own.machine == occurrence.machine)
            .filter_map(|own| own.peer.as_deref())
            .collect();
        let fits = |name: &&str| machines.can_mean(Some(name), &occurrence.machine, &item.machine);
        item.machine == occurrence.machine
            || machines.can_mean(item.peer.as_deref(), &item.machine, &occurrence.machine)
                && (named.is_empty() || named.iter().any(fits))
    }

    /// What found no occurrence.
    fn rest(&mut self) {
        let signature = self.matcher.signature;
        self.round += 1;
        let rest = self.free(|item| matches!(item.of, Of::Symptom(n) if is_evidence(signature, n)));
        self.cluster(&rest);
    }

    /// Step 4.
    fn against(&mut self) {
        let join = &self.matcher.signature.join;
        let (window, across) = (
            join.window_s.cast_signed(),
            join.across_window_s.cast_signed(),
        );
        for (n, item) in self.matcher.items.iter().enumerate() {
            let Of::Clause(clause) = item.of else {
                continue;
            };
            if item.answer != Answer::Yes {
                continue;
            }
            let any = self.matcher.signature.rules_out[clause].locality == Locality::AnyComputer;
            for at in 0..self.found.len() {
                let occurrence = &self.found[at];
                let far = self.distance(n, at);
                let there = if item.machine == occurrence.machine {
                    far <= window
                } else {
                    let linked = self.is_linked(occurrence, &item.machine);
                    far <= across && (linked || any && self.peers_fit(occurrence, item))
                };
                if there && agree(&occurrence.key, &item.key) {
                    self.found[at].against.insert(clause);
                }
            }
        }
    }

    /// Whether an event of the occurrence was written on a computer or names it and no other.
    fn is_linked(&self, occurrence: &Occurrence, machine: &str) -> bool {
        occurrence.items.iter().map(|&n| self.item(n)).any(|own| {
            let meant = own
                .peer
                .as_deref()
                .map(|name| self.matcher.machines.meant_on(name, &own.machine));
            own.machine == machine || meant.is_some_and(|meant| meant.iter().eq([machine]))
        })
    }
}

/// What the verdict is for what can be believed: without weak records, and, of files that name no
/// computer, with the best one.
fn firm(matcher: &Matcher<'_>, occurrence: &Occurrence) -> Option<Verdict> {
    let items = occurrence.items.iter().map(|&at| &matcher.items[at]);
    let mut files: Vec<Option<u64>> = items.map(|item| item.file).collect();
    if files.iter().any(Option::is_some) {
        files.retain(Option::is_some);
    }
    let of_file = |file: &Option<u64>| {
        let states = states(matcher, occurrence, |item| {
            let counts = !item.weak && (item.file.is_none() || item.file == *file);
            counts.then_some(item.firm)
        });
        verdict(matcher, occurrence, &states)
    };
    files.iter().filter_map(of_file).max()
}

/// Step 5. `answer_of`: what an item says, if it counts.
fn states(
    matcher: &Matcher<'_>,
    occurrence: &Occurrence,
    answer_of: impl Fn(&Item) -> Option<Answer>,
) -> Vec<State> {
    let symptoms = 0..matcher.signature.symptoms.len();
    let state = |n: usize| {
        let items = occurrence.items.iter().map(|&at| &matcher.items[at]);
        let of = items.filter(|item| item.of == Of::Symptom(n));
        let state = of.filter_map(&answer_of).map(|answer| match answer {
            Answer::Yes => State::Found,
            Answer::Unqualified => State::Unqualified,
            Answer::No => State::Contradicted,
            Answer::Unknown => State::Unreadable,
        });
        state.min().unwrap_or(State::Absent)
    };
    symptoms.map(state).collect()
}

/// Step 6.
fn verdict(matcher: &Matcher<'_>, occurrence: &Occurrence, states: &[State]) -> Option<Verdict> {
    let signature = matcher.signature;
    let facts = Facts {
        matcher,
        occurrence,
        states,
    };
    let seen = |wanted: &[State]| {
        let evidence = (0..states.len()).filter(|&n| is_evidence(signature, n));
        evidence.clone().any(|n| wanted.contains(&states[n]))
    };
    let against = occurrence.against.iter().any(|&clause| {
        let unless = &signature.rules_out[clause].unless;
        !unless.as_ref().is_some_and(|rule| facts.holds(rule))
    });
    if against && seen(&[State::Found, State::Unqualified, State::Contradicted]) {
        return Some(Verdict::RuledOut);
    }
    let by_rule = match &signature.verdicts {
        Some(rules) => {
            let rules = [
                (Verdict::Match, &rules.full),
                (Verdict::Likely, &rules.likely),
                (Verdict::Possible, &rules.possible),
            ];
            let holds = |rule: &Option<Rule>| rule.as_ref().is_some_and(|rule| facts.holds(rule));
            rules
                .into_iter()
                .find(|(_, rule)| holds(rule))
                .map(|(verdict, _)| verdict)
        }
        None => facts.standard(),
    };
    let contradicted = (0..states.len()).any(|n| {
        matches!(signature.symptoms[n].role, Role::Core | Role::Strong)
            && states[n] == State::Contradicted
    });
    by_rule.or_else(|| contradicted.then_some(Verdict::RuledOut))
}

struct Facts<'m> {
    matcher: &'m Matcher<'m>,
    occurrence: &'m Occurrence,
    states: &'m [State],
}

impl Facts<'_> {
    fn state(&self, id: &str) -> State {
        let symptoms = &self.matcher.signature.symptoms;
        self.states[symptoms.iter().position(|s| s.id == id).expect("a symptom")]
    }

    fn holds(&self, rule: &Rule) -> bool {
        let found = |id: &&String| self.state(id) == State::Found;
        match rule {
            Rule::All(rules) => rules.iter().all(|rule| self.holds(rule)),
            Rule::Any(rules) => rules.iter().any(|rule| self.holds(rule)),
            Rule::Not(rule) => !self.holds(rule),
            Rule::Found(ids) => ids.iter().all(|id| found(&id)),
            Rule::AtLeast { count, of } => of.iter().filter(found).count() >= *count,
            Rule::Seen(ids) => ids.iter().all(|id| self.state(id) != State::Absent),
            Rule::Contradicted(ids) => ids.iter().any(|id| self.state(id) == State::Contradicted),
            Rule::Absent(ids) => ids.iter().all(|id| self.is_absent(id)),
            Rule::Relation(_) | Rule::Cause(_) => panic!("no such rule is made"),
        }
    }

    /// Not seen, though undamaged logs cover some of the window around the occurrence.
    fn is_absent(&self, id: &str) -> bool {
        let signature = self.matcher.signature;
        let n = signature
            .symptoms
            .iter()
            .position(|s| s.id == id)
            .expect("a symptom");
        let local = is_local(signature, n);
        let join = &signature.join;
        let window = if local {
            join.window_s
        } else {
            join.across_window_s
        }
        .cast_signed();
        let machine = local.then_some(self.occurrence.machine.as_str());
        let channel = super::channel_of(signature, n);
        let (from, to) = (
            self.occurrence.first - window,
            self.occurrence.last + window,
        );
        self.states[n] == State::Absent && self.matcher.touch(machine, channel, from, to)
    }

    /// The standard rules.
    fn standard(&self) -> Option<Verdict> {
        let symptoms = &self.matcher.signature.symptoms;
        let of = |role: Role| -> Vec<usize> {
            (0..symptoms.len())
                .filter(|&n| symptoms[n].role == role)
                .collect()
        };
        let (core, strong) = (of(Role::Core), of(Role::Strong));
        let found = |n: &&usize| self.states[**n] == State::Found;
        let all = |list: &[usize]| list.iter().all(|n| found(&n));
        let some = |list: &[usize]| list.iter().any(|n| found(&n));
        let own = |n: &usize| {
            let symptom = &symptoms[*n];
            symptom.own || !symptom.conditions.is_empty() || !symptom.only_if.is_empty()
        };
        let specific = core.len() > 1 || core.iter().any(own);
        if all(&core) && all(&strong) && (specific || !strong.is_empty()) {
            return Some(Verdict::Match);
        }
        if all(&core) && (specific || some(&strong)) {
            return Some(Verdict::Likely);
        }
        some(&core).then_some(Verdict::Possible)
    }
}

impl Matcher<'_> {
    /// Whether logs of a channel, all of them undamaged, cover some of the time, without a hole.
    fn touch(&self, machine: Option<&str>, channel: &str, from: i64, to: i64) -> bool {
        // What begins in the last second covers none of it.
        let covered = |to| covered(&self.spans, &self.machines, machine, channel, from, to);
        covered(to) != Covered::No && covered(to - 1) != Covered::No
    }
}
