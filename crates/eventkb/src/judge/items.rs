//! The evidence of one signature: which classes are what to it, and their records as items in time.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::computers::Machine;
use super::key::{Key, Keys, Shown, Values, key_of};
use super::names::CauseIndex;
use super::nearest::{ByKey, Parts, parts_of};
use super::versions::Versions;
use super::{Collection, Seen};
use crate::collect::content::Unpacked;
use crate::collect::evaluate::{Captures, Evaluation, captures_of};
use crate::collect::observation::Observation;
use crate::collect::view::View;
use crate::report::{Answer, Citation};
use crate::signature::compile::{Compiled, Matcher, Part, PartRole};

/// What an item is to its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ItemKind {
    /// Symptom by index.
    Symptom(usize),
    /// `rules_out` clause by index.
    RuleOut(usize),
}

/// How an event answers what a symptom asks, neighbours and numbers considered. In the order in
/// which occurrences are built around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// All conditions hold.
    Yes,
    /// Its values fit, but what `only_if` asks does not hold.
    Unqualified,
    /// A condition fails.
    No,
    /// The record does not carry a value that is asked for, or the logs cannot say whether
    /// `only_if` holds.
    Unknown,
}

/// What a class is to one part of a signature.
#[derive(Debug)]
pub(crate) struct Evidence<'a> {
    /// Number of the class in the collection.
    pub(crate) class_number: usize,
    pub(crate) seen: &'a Seen<'a>,
    pub(crate) role: PartRole,
    pub(crate) part: usize,
    pub(crate) answer: Answer,
    /// Captured values, as written, by capture. What became of each condition is found out again
    /// for the few records that are shown: see [`Evidence::evaluation`].
    pub(crate) captures: Captures,
    pub(crate) key: Key,
    /// The same number for the same key, in the order of keys.
    pub(crate) key_number: usize,
    /// Which of the captured values names another computer.
    peer: Option<usize>,
    pub(crate) machine: Machine,
}

impl<'a> Evidence<'a> {
    /// The name of the computer that wrote it.
    pub(crate) fn computer(&self) -> &'a str {
        self.seen.computer
    }

    /// The computer that wrote it; or, `firm`, the one that is known for sure to have.
    pub(crate) fn machine_known(&self, firm: bool) -> Machine {
        if firm { self.seen.place } else { self.machine }
    }

    /// Whether it names no computer.
    pub(crate) fn is_unnamed(&self) -> bool {
        self.computer().is_empty()
    }

    /// The captured value of this name.
    pub(crate) fn captured<'e>(&'e self, matcher: &Matcher, name: &str) -> Option<&'e str> {
        let at = matcher.captures.iter().position(|c| c.name == name)?;
        let mut captures = self.captures.iter();
        captures.find_map(|(n, value)| (n == at).then_some(value))
    }

    /// What became of each condition.
    pub(crate) fn evaluation(&self, compiled: &Compiled) -> Option<Evaluation> {
        let part = compiled.parts.get(self.part)?;
        let event = self.seen.class.event.whole();
        let view = View::of(&event, self.seen.resolved.facts.as_deref());
        Some(Evaluation::of(&part.matcher, &view))
    }

    /// Whether the values were read from the message text.
    pub(crate) fn reads_text(&self) -> bool {
        let event = self.seen.class.event.whole();
        View::of(&event, self.seen.resolved.facts.as_deref()).from_text
    }

    /// The key as written: a value for each of its parts that is there.
    pub(crate) fn key_shown<'e>(&'e self, compiled: &Compiled) -> Shown<'e> {
        match compiled.parts.get(self.part) {
            Some(part) => key_of(compiled, &part.matcher, &self.captures),
            None => Shown::new(),
        }
    }

    /// The other computer it names.
    pub(crate) fn peer(&self) -> Option<&str> {
        let (_, name) = self.captures.iter().nth(self.peer?)?;
        Some(name)
    }

    /// A citation of the record nearest to a second, if any record may be cited.
    pub(crate) fn citation_near(&self, second: i64) -> Option<Citation> {
        let proof = self.seen.class.records.proof_near(second)?;
        Some(proof.citation(self.computer(), self.reads_text()))
    }
}

/// The records of one second, as one signature sees them.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) kind: ItemKind,
    pub(crate) standing: Standing,
    /// How it answers by what can be believed alone: see [`super::qualify`].
    pub(crate) firm: Standing,
    evidence: u32,
    /// Index of its point there.
    point: u32,
    pub(crate) second: i64,
    pub(crate) count: u64,
    /// Which qualifier does not hold, or cannot be checked.
    pub(crate) qualifier: Option<u16>,
}

impl Item {
    /// Index of its evidence.
    pub(crate) fn evidence(&self) -> usize {
        self.evidence as usize
    }
}

/// The evidence of one signature, and its items in order of time.
#[derive(Debug)]
pub(crate) struct Items<'a> {
    pub(crate) evidence: Vec<Evidence<'a>>,
    pub(crate) all: Vec<Item>,
    /// Records of symptoms that have no time.
    pub(crate) untimed: u64,
    /// Records that were left out, as nothing can be offered.
    pub(crate) left_out: u64,
    /// What the numbers of keys stand for.
    pub(crate) values: Values,
    /// What the logs tell of versions and updates, once it is asked for.
    pub(crate) versions: Versions,
    /// What cause checks look at, once one is made.
    pub(crate) causes: OnceCell<CauseIndex>,
}

impl<'a> Items<'a> {
    /// What the classes with these numbers are to a signature.
    pub(crate) fn of(
        collection: &'a Collection<'a>,
        compiled: &Compiled,
        signature: usize,
        classes: &[usize],
    ) -> Items<'a> {
        let mut items = Items {
            evidence: Vec::new(),
            all: Vec::new(),
            untimed: 0,
            left_out: 0,
            values: Values::default(),
            versions: Versions::default(),
            causes: OnceCell::new(),
        };
        let mut keys = Keys::default();
        let speaking = |number: usize| {
            let answers = collection.answers(number, signature);
            answers.filter_map(|(at, answer)| {
                let part = compiled.parts.get(at)?;
                // An event that does not meet a clause says nothing against the article.
                let is_silent = matches!(part.role, PartRole::RuleOut(_)) && answer != Answer::Yes;
                (!is_silent).then_some((at, answer, part))
            })
        };
        // There may be very many: no room is taken that is not needed.
        let count = classes.iter().map(|number| speaking(*number).count());
        items.evidence.reserve_exact(count.sum());
        let mut unpacked = Unpacked::default();
        for &number in classes {
            let Some(seen) = collection.classes.get(number) else {
                continue;
            };
            let captures = |(_, _, part): (usize, Answer, &Part)| !part.matcher.captures.is_empty();
            let event = speaking(number)
                .any(captures)
                .then(|| unpacked.event_of(&seen.class.event));
            let facts = seen.resolved.facts.as_deref();
            let view = event.map(|event| View::of(event, facts));
            for (at, answer, part) in speaking(number) {
                let captures = view.as_ref();
                let captures =
                    captures.map_or_else(Captures::default, |v| captures_of(&part.matcher, v));
                let key_number = keys.add(compiled, &key_of(compiled, &part.matcher, &captures));
                let names_another =
                    |n: usize| part.matcher.captures.get(n).is_some_and(|c| c.is_peer);
                let peer = captures.iter().position(|(n, _)| names_another(n));
                if matches!(part.role, PartRole::Symptom(_)) {
                    items.untimed = items.untimed.saturating_add(seen.untimed);
                }
                items.evidence.push(Evidence {
                    class_number: number,
                    seen,
                    role: part.role,
                    part: at,
                    peer,
                    answer,
                    captures,
                    machine: seen.machine,
                    key: Key::default(),
                    key_number,
                });
            }
        }
        let (values, keys) = keys.in_order();
        items.values = values;
        for evidence in &mut items.evidence {
            if let Some((key, place)) = keys.get(evidence.key_number) {
                evidence.key = key.clone();
                evidence.key_number = *place;
            }
        }
        items.spread();
        items
    }

    /// Makes an item of every second of every class that is a symptom or speaks against it.
    fn spread(&mut self) {
        for (n, evidence) in self.evidence.iter().enumerate() {
            let kind = match evidence.role {
                PartRole::Symptom(n) => ItemKind::Symptom(n),
                PartRole::RuleOut(n) => ItemKind::RuleOut(n),
                _ => continue,
            };
            let standing = match evidence.answer {
                Answer::Yes => Standing::Yes,
                Answer::No => Standing::No,
                Answer::Unknown => Standing::Unknown,
            };
            // No session holds as many of them as there are numbers of this width.
            let Ok(evidence_number) = u32::try_from(n) else {
                return;
            };
            let points = (0_u32..).zip(&evidence.seen.points);
            self.all.extend(points.map(|(at, point)| Item {
                kind,
                standing,
                firm: standing,
                evidence: evidence_number,
                point: at,
                second: point.second,
                count: point.count,
                qualifier: None,
            }));
        }
        let evidence = &self.evidence;
        let key = |item: &Item| {
            evidence
                .get(item.evidence())
                .map(|e| (e.key_number, e.computer()))
        };
        self.all.sort_unstable_by(|a, b| {
            let order = |item: &Item| (item.second, item.kind);
            // Before the numbers of classes: those depend on what other signatures ask. Most items
            // are told apart by their time: names and keys are compared only where they are not.
            let ties = || key(a).cmp(&key(b)).then(a.evidence.cmp(&b.evidence));
            order(a).cmp(&order(b)).then_with(ties)
        });
        self.all.shrink_to_fit();
    }

    pub(crate) fn get(&self, at: usize) -> Option<(&Item, &Evidence<'a>)> {
        let item = self.all.get(at)?;
        Some((item, self.evidence.get(item.evidence())?))
    }

    /// The records of an item that may be cited.
    pub(crate) fn proof(&self, at: usize) -> impl Iterator<Item = &Observation> {
        let found = self.get(at).and_then(|(item, evidence)| {
            let point = evidence.seen.points.get(item.point as usize)?;
            Some(evidence.seen.class.records.proof(point))
        });
        found.into_iter().flatten()
    }

    /// When an item's first record was written, as exactly as is known.
    pub(crate) fn first_time(&self, at: usize) -> Timestamp {
        let exact = self.proof(at).filter_map(|o| o.time).min();
        exact.unwrap_or_else(|| self.whole_second(at))
    }

    /// When an item's last record was written, as exactly as is known.
    pub(crate) fn last_time(&self, at: usize) -> Timestamp {
        let exact = self.proof(at).filter_map(|o| o.time).max();
        exact.unwrap_or_else(|| self.whole_second(at))
    }

    /// When the first record of some items was written. Only those of the first second are looked
    /// into.
    pub(crate) fn first_of(&self, items: impl Iterator<Item = usize>) -> Option<Timestamp> {
        let mut first: Option<(i64, Timestamp)> = None;
        for at in items {
            let Some(second) = self.all.get(at).map(|item| item.second) else {
                continue;
            };
            if first.is_none_or(|(known, _)| second <= known) {
                let found = (second, self.first_time(at));
                first = Some(first.map_or(found, |known| known.min(found)));
            }
        }
        first.map(|(_, time)| time)
    }

    /// When the last record of some items was written.
    pub(crate) fn last_of(&self, items: impl Iterator<Item = usize>) -> Option<Timestamp> {
        let mut last: Option<(i64, Timestamp)> = None;
        for at in items {
            let Some(second) = self.all.get(at).map(|item| item.second) else {
                continue;
            };
            if last.is_none_or(|(known, _)| second >= known) {
                let found = (second, self.last_time(at));
                last = Some(last.map_or(found, |known| known.max(found)));
            }
        }
        last.map(|(_, time)| time)
    }

    fn whole_second(&self, at: usize) -> Timestamp {
        timestamp(self.all.get(at).map_or(0, |item| item.second))
    }
}

/// A second as a time, held within what times can be.
pub(crate) fn timestamp(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(if second < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// Seconds and counts of events, in order.
type Counted = Vec<(i64, u64)>;

/// Times by symptom, computer and key, for whoever asks for neighbours.
#[derive(Debug, Default)]
pub(crate) struct Neighbours {
    /// Of *yes* events, by symptom, computer and key: only what must have the very same key.
    counted: HashMap<(usize, Machine), HashMap<Key, Counted>>,
    /// By symptom, and computer or all computers together: seconds of *yes* events, in order.
    times: HashMap<(usize, Option<Machine>), ByKey<Vec<i64>>>,
}

impl Neighbours {
    /// Of all items as they answer by themselves; or, `firm`, of those that can be believed, what
    /// names no computer only beside what is in the same file.
    pub(crate) fn of(items: &Items<'_>, firm: bool) -> Neighbours {
        let mut neighbours = Neighbours::default();
        let keys = items.evidence.iter().map(|evidence| &evidence.key);
        let asked: BTreeSet<Parts> = keys.map(parts_of).collect();
        for item in items
            .all
            .iter()
            .filter(|item| item.standing == Standing::Yes)
        {
            let ItemKind::Symptom(symptom) = item.kind else {
                continue;
            };
            let Some(evidence) = items.evidence.get(item.evidence()) else {
                continue;
            };
            if firm && evidence.seen.class.weak {
                continue;
            }
            let machine = evidence.machine_known(firm);
            let counted = neighbours.counted.entry((symptom, machine));
            let counted = counted.or_default().entry(evidence.key.clone());
            counted.or_default().push((item.second, item.count));
            for on in [Some(machine), None] {
                let lists = neighbours.times.entry((symptom, on)).or_default();
                lists.add(&evidence.key, &asked, |times: &mut Vec<i64>| {
                    if times.last() != Some(&item.second) {
                        times.push(item.second);
                    }
                });
            }
        }
        neighbours
    }

    /// Whether a *yes* event of a symptom whose key agrees lies between two seconds; on one
    /// computer, or on any.
    pub(crate) fn any_between(
        &self,
        symptom: usize,
        machine: Option<Machine>,
        key: &Key,
        from: i64,
        to: i64,
    ) -> bool {
        let Some(lists) = self.times.get(&(symptom, machine)) else {
            return false;
        };
        lists.agreeing(key).any(|times| {
            let at = times.partition_point(|second| *second < from);
            times.get(at).is_some_and(|second| *second <= to)
        })
    }

    /// Whether some interval of so many seconds that holds `second` has at least so many events of
    /// exactly this key.
    pub(crate) fn often(
        &self,
        symptom: usize,
        machine: Machine,
        key: &Key,
        second: i64,
        at_least: u64,
        within_s: i64,
    ) -> bool {
        let list = self
            .counted
            .get(&(symptom, machine))
            .and_then(|lists| lists.get(key));
        let Some(times) = list else { return false };
        let start = times.partition_point(|(t, _)| *t < second.saturating_sub(within_s));
        let mut low = start;
        let mut sum = 0_u64;
        for (high, (time, count)) in times.iter().enumerate().skip(start) {
            if *time > second.saturating_add(within_s) {
                break;
            }
            sum = sum.saturating_add(*count);
            while let Some((first, dropped)) = times.get(low)
                && *first < time.saturating_sub(within_s)
            {
                sum = sum.saturating_sub(*dropped);
                low += 1;
            }
            let holds =
                times.get(low).is_some_and(|(first, _)| *first <= second) && *time >= second;
            if holds && sum >= at_least {
                return true;
            }
            debug_assert!(low <= high);
        }
        false
    }
}
