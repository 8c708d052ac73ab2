//! A second, slow engine: steps 1 to 7 of "How a signature is judged" in docs/signature-format.md,
//! written from that text and not from the first engine's code. Every event is an item, every step
//! looks at everything. Where the two disagree, one of them or the text is wrong.
//!
//! It knows the part of the format that [`generate`] makes: conditions on insertion strings
//! with `number`, `is`, `present`, `any`, `all` and `not`; captures of whole strings; all of `join`,
//! `only_if`, `rules_out` and `verdicts` but relations and causes.

pub(crate) mod generate;
mod judge;

use std::collections::{BTreeMap, BTreeSet};

use eventkb::signature::examples::EventNote;
use eventkb::signature::model::{
    Capture, Condition, EventSelector, Ids, LevelName, Locality, Number, OneOrMany, Qualifier,
    Role, Signature,
};

pub(crate) use judge::{Judged, State, judge};

/// What a log covers: computer, channel, first and last second, lowest and highest record id, and
/// whether part of it is lost.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    pub(crate) computer: String,
    pub(crate) channel: String,
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) ids: Option<(u64, u64)>,
    pub(crate) damaged: bool,
}

/// How an event answers. In the order of rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Answer {
    Yes,
    Unqualified,
    No,
    Unknown,
}

/// What an event is an item of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Of {
    Symptom(usize),
    Clause(usize),
}

pub(crate) type Key = Vec<Option<String>>;

/// One event, as one symptom or clause sees it.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) of: Of,
    pub(crate) answer: Answer,
    /// The answer with weak records gone, and with records that name no computer only beside those
    /// of their file.
    pub(crate) firm: Answer,
    pub(crate) at: i64,
    pub(crate) computer: String,
    pub(crate) machine: String,
    pub(crate) key: Key,
    pub(crate) peer: Option<String>,
    pub(crate) weak: bool,
    /// The file of an event that names no computer.
    pub(crate) file: Option<u64>,
}

/// One group of events.
#[derive(Debug, Clone)]
pub(crate) struct Occurrence {
    pub(crate) computer: String,
    pub(crate) machine: String,
    pub(crate) key: Key,
    pub(crate) first: i64,
    pub(crate) last: i64,
    round: usize,
    /// Indices of items.
    pub(crate) items: Vec<usize>,
    /// Clauses that speak against it.
    against: BTreeSet<usize>,
}

/// One signature over one collection.
pub(crate) struct Matcher<'a> {
    pub(crate) signature: &'a Signature,
    pub(crate) items: Vec<Item>,
    spans: Vec<Span>,
    machines: Machines,
    starts: Vec<Landmark>,
    stops: Vec<Landmark>,
}

/// A start or a stop.
struct Landmark {
    machine: String,
    at: i64,
    weak: bool,
    file: Option<u64>,
}

/// Which names mean one computer. A computer is called by the least of its names.
pub(crate) struct Machines {
    of: BTreeMap<String, String>,
}

fn label(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

impl Machines {
    fn new<'e>(names: impl Iterator<Item = &'e str>) -> Machines {
        let named = names.filter(|name| !name.is_empty());
        let names: BTreeSet<String> = named.map(str::to_lowercase).collect();
        let full_of = |name: &str| {
            let full = |other: &&String| label(other) == label(name) && label(other) != *other;
            names.iter().filter(full).count()
        };
        let of = names.iter().map(|name| {
            let one = full_of(name) < 2;
            let same = |other: &&String| *other == name || one && label(other) == label(name);
            let least = names.iter().find(same).expect("it is among them");
            (name.clone(), least.clone())
        });
        Machines { of: of.collect() }
    }

    /// What has no name comes last.
    fn of(&self, name: &str) -> String {
        if name.is_empty() {
            return "~".to_owned();
        }
        self.of[&name.to_lowercase()].clone()
    }

    /// The computers that a name in a value means.
    fn meant_by(&self, name: &str) -> BTreeSet<String> {
        let name = name.trim().to_lowercase();
        let known = self.of.iter();
        if self.of.contains_key(&name) || !name.contains('.') {
            let fits = |other: &str| other == name || label(other) == name;
            return known
                .filter(|(n, _)| fits(n))
                .map(|(_, m)| m.clone())
                .collect();
        }
        // A full name that no log has: the computer that logs write without a domain.
        known
            .filter(|(n, _)| **n == label(&name))
            .map(|(_, m)| m.clone())
            .collect()
    }

    /// The computers that a name means which an event on `on` gives: of several, that of its own
    /// domain.
    fn meant_on(&self, name: &str, on: &str) -> BTreeSet<String> {
        let meant = self.meant_by(name);
        let of_on = self.of.iter().filter(|(_, machine)| *machine == on);
        let own: BTreeSet<String> = of_on
            .filter_map(|(full, _)| full.split_once('.'))
            .filter_map(|(_, domain)| {
                let full = format!("{}.{domain}", name.trim().to_lowercase());
                self.of.get(&full).cloned()
            })
            .collect();
        if meant.len() < 2 || own.is_empty() {
            if meant.len() > eventkb::limits::MAX_MEANT {
                return BTreeSet::new();
            }
            meant
        } else {
            own
        }
    }

    /// Whether an event on `on` that gives this name can be about `other`.
    fn can_mean(&self, name: Option<&str>, on: &str, other: &str) -> bool {
        let Some(name) = name else { return true };
        let meant = self.meant_on(name, on);
        meant.contains(other) || meant.iter().all(|machine| machine == on)
    }
}

fn string(event: &EventNote, position: Option<usize>) -> Option<&str> {
    let strings = event.strings.as_ref()?;
    let value = strings.get(position.expect("a string").checked_sub(1)?)?;
    (!value.is_empty()).then_some(value)
}

fn number(number: &Number) -> i64 {
    match number {
        Number::Plain(number) => *number,
        Number::Written(text) => text.parse().expect("a plain number"),
    }
}

fn holds(condition: &Condition, event: &EventNote) -> Answer {
    let part = |part: &Condition| holds(part, event);
    let answer = if !condition.any.is_empty() {
        condition.any.iter().map(part).min_by_key(worth)
    } else if !condition.all.is_empty() {
        condition.all.iter().map(part).max_by_key(worth)
    } else {
        Some(leaf(condition, event))
    };
    match answer.expect("a condition") {
        Answer::Yes if condition.not => Answer::No,
        Answer::No if condition.not => Answer::Yes,
        answer => answer,
    }
}

/// Yes before unknown before no.
fn worth(answer: &Answer) -> u8 {
    match answer {
        Answer::Yes => 0,
        Answer::No => 2,
        _ => 1,
    }
}

fn leaf(condition: &Condition, event: &EventNote) -> Answer {
    let value = string(event, condition.string);
    let yes = |yes: bool| if yes { Answer::Yes } else { Answer::No };
    if let Some(wanted) = condition.present {
        // Without any strings, nobody knows.
        let known = event.strings.is_some();
        return if known {
            yes(value.is_some() == wanted)
        } else {
            Answer::Unknown
        };
    }
    let Some(value) = value else {
        return Answer::Unknown;
    };
    if let Some(wanted) = &condition.number {
        return yes(value.trim().parse() == Ok(number(wanted)));
    }
    let Some(OneOrMany::One(wanted)) = &condition.is else {
        panic!("no such test is made: {condition:?}");
    };
    yes(value.trim().to_lowercase() == wanted.trim().to_lowercase())
}

fn selects(selectors: &[EventSelector], event: &EventNote) -> bool {
    selectors.iter().any(|selector| {
        let Ids::One(id) = selector.id else {
            panic!("one id each")
        };
        selector.provider.eq_ignore_ascii_case(&event.provider) && id == event.event_id
    })
}

fn level_fits(levels: &[LevelName], event: &EventNote) -> bool {
    // An event that gives none is an error.
    let level = event.level.unwrap_or(LevelName::Error);
    levels.is_empty() || levels.contains(&level)
}

impl<'a> Matcher<'a> {
    /// Steps 1 and 2. Without `spans`, logs cover what the events themselves span.
    pub(crate) fn new(
        signature: &'a Signature,
        events: &[EventNote],
        spans: Option<&[Span]>,
    ) -> Matcher<'a> {
        let spans = spans.map_or_else(|| spans_of(events), <[Span]>::to_vec);
        let names = events.iter().map(|event| event.computer.as_str());
        let machines = Machines::new(names.chain(spans.iter().map(|span| span.computer.as_str())));
        let times = |ids: &[u16]| {
            let of = events
                .iter()
                .filter(|e| e.provider == "EventLog" && ids.contains(&e.event_id));
            let landmark = |e: &EventNote| Landmark {
                machine: machines.of(&e.computer),
                at: second(e),
                weak: e.recovered,
                file: file_of(e),
            };
            of.map(landmark).collect()
        };
        let mut matcher = Matcher {
            signature,
            items: Vec::new(),
            starts: times(&[6005, 6009]),
            stops: times(&[6006]),
            spans,
            machines,
        };
        for (n, symptom) in signature.symptoms.iter().enumerate() {
            for event in events
                .iter()
                .filter(|event| selects(&symptom.events, event))
            {
                let kind = level_fits(&symptom.level, event);
                let answers = symptom
                    .conditions
                    .iter()
                    .map(|condition| holds(condition, event));
                let answer = if kind { Answer::Yes } else { Answer::No };
                let answer = answers
                    .chain([answer])
                    .max_by_key(worth)
                    .expect("one at least");
                matcher.add(Of::Symptom(n), answer, event, &symptom.capture);
            }
        }
        for (n, clause) in signature.rules_out.iter().enumerate() {
            for event in events.iter().filter(|event| selects(&clause.events, event)) {
                let answers = clause
                    .conditions
                    .iter()
                    .map(|condition| holds(condition, event));
                let answer = answers.max_by_key(worth).unwrap_or(Answer::Yes);
                matcher.add(Of::Clause(n), answer, event, &clause.capture);
            }
        }
        matcher.qualify();
        matcher
    }

    fn add(&mut self, of: Of, answer: Answer, event: &EventNote, captures: &[Capture]) {
        let join = &self.signature.join;
        let captured = |name: &String| {
            let of = captures.iter().filter(|capture| capture.name == *name);
            let mut values = of.filter_map(|capture| string(event, capture.string));
            values.find(|value| !value.trim().is_empty())
        };
        let exact = |name: &String| {
            let symptoms = self.signature.symptoms.iter().flat_map(|s| &s.capture);
            let clauses = self.signature.rules_out.iter().flat_map(|c| &c.capture);
            symptoms
                .chain(clauses)
                .any(|c| c.name == *name && c.exact_case)
        };
        let key = join.objects.iter().chain(&join.same).map(|name| {
            let value = captured(name)?;
            Some(if exact(name) {
                value.to_owned()
            } else {
                value.trim().to_lowercase()
            })
        });
        self.items.push(Item {
            of,
            answer,
            firm: answer,
            at: second(event),
            computer: event.computer.clone(),
            machine: self.machines.of(&event.computer),
            key: key.collect(),
            peer: join.peer.as_ref().and_then(captured).map(str::to_owned),
            weak: event.recovered,
            file: file_of(event),
        });
    }

    /// Step 2.
    fn qualify(&mut self) {
        let before = self.items.clone();
        for item in self
            .items
            .iter_mut()
            .filter(|item| item.answer == Answer::Yes)
        {
            let Of::Symptom(n) = item.of else { continue };
            let only_if = &self.signature.symptoms[n].only_if;
            let asked = Asked {
                signature: self.signature,
                before: &before,
                spans: &self.spans,
                machines: &self.machines,
                starts: &self.starts,
                stops: &self.stops,
                firm: false,
            };
            let answer = |asked: &Asked<'_>| {
                let answers = only_if.iter().map(|qualifier| asked.holds(qualifier, item));
                match answers.max_by_key(worth).unwrap_or(Answer::Yes) {
                    Answer::No => Answer::Unqualified,
                    answer => answer,
                }
            };
            let all = answer(&asked);
            let firm = answer(&Asked {
                firm: true,
                ..asked
            });
            (item.answer, item.firm) = (all, firm);
        }
    }

    /// The computer that a name stands for.
    pub(crate) fn machine(&self, name: &str) -> String {
        self.machines.of(name)
    }
}

struct Asked<'m> {
    signature: &'m Signature,
    before: &'m [Item],
    spans: &'m [Span],
    machines: &'m Machines,
    starts: &'m [Landmark],
    stops: &'m [Landmark],
    /// Whether only what can be believed counts.
    firm: bool,
}

impl Asked<'_> {
    /// Whether the answer for an item may rest on a record of its computer.
    fn counts(&self, item: &Item, weak: bool, file: Option<u64>) -> bool {
        !self.firm || !weak && file == item.file
    }

    fn holds(&self, qualifier: &Qualifier, item: &Item) -> Answer {
        let s = |within: u64| i64::try_from(within).expect("a small number");
        let near = |landmarks: &[Landmark], from: i64, to: i64| {
            let seen = landmarks.iter().any(|l| {
                l.machine == item.machine
                    && (from..=to).contains(&l.at)
                    && self.counts(item, l.weak, l.file)
            });
            let machine = Some(item.machine.as_str());
            let covered = self.covers(machine, "System", from, to);
            match (seen, covered) {
                (true, _) => Answer::Yes,
                (false, true) => Answer::No,
                (false, false) => Answer::Unknown,
            }
        };
        match qualifier {
            Qualifier::Count(count) => {
                let same: Vec<i64> = self
                    .before
                    .iter()
                    .filter(|o| o.of == item.of && o.answer == Answer::Yes)
                    .filter(|o| o.machine == item.machine && o.key == item.key)
                    .filter(|o| self.counts(item, o.weak, o.file))
                    .map(|o| o.at)
                    .collect();
                // A span with enough events can be moved until it begins with one of them.
                let enough = same.iter().any(|&from| {
                    let to = from + s(count.within_s);
                    let within = same.iter().filter(|at| (from..=to).contains(*at)).count();
                    (from..=to).contains(&item.at) && within as u64 >= count.at_least
                });
                if enough { Answer::Yes } else { Answer::No }
            }
            Qualifier::AtStart(w) => near(self.starts, item.at - s(w.within_s), item.at),
            Qualifier::AtShutdown(w) => {
                near(self.stops, item.at - s(w.within_s), item.at + s(w.within_s))
            }
            Qualifier::PrecededBy(n) => {
                self.neighbour(&n.symptom, item, item.at - s(n.within_s), item.at)
            }
            Qualifier::FollowedBy(n) => {
                self.neighbour(&n.symptom, item, item.at, item.at + s(n.within_s))
            }
            Qualifier::NotPrecededBy(n) => {
                not(self.neighbour(&n.symptom, item, item.at - s(n.within_s), item.at))
            }
            Qualifier::NotFollowedBy(n) => {
                not(self.neighbour(&n.symptom, item, item.at, item.at + s(n.within_s)))
            }
        }
    }

    fn covers(&self, machine: Option<&str>, channel: &str, from: i64, to: i64) -> bool {
        covered(self.spans, self.machines, machine, channel, from, to) == Covered::Whole
    }

    /// Whether an event of a symptom is there.
    fn neighbour(&self, id: &str, item: &Item, from: i64, to: i64) -> Answer {
        let n = self
            .signature
            .symptoms
            .iter()
            .position(|s| s.id == id)
            .expect("a symptom");
        let symptom = &self.signature.symptoms[n];
        let anywhere = symptom.locality == Locality::AnyComputer;
        let there = self.before.iter().any(|o| {
            let counts = |file| self.counts(item, o.weak, file);
            o.of == Of::Symptom(n)
                && o.answer == Answer::Yes
                && (anywhere && counts(item.file) || o.machine == item.machine && counts(o.file))
                && agree(&o.key, &item.key)
                && (from..=to).contains(&o.at)
        });
        let machine = (!anywhere).then_some(item.machine.as_str());
        let channel = channel_of(self.signature, n);
        match (there, self.covers(machine, channel, from, to)) {
            (true, _) => Answer::Yes,
            (false, true) => Answer::No,
            (false, false) => Answer::Unknown,
        }
    }
}

fn not(answer: Answer) -> Answer {
    match answer {
        Answer::Yes => Answer::No,
        Answer::No => Answer::Yes,
        answer => answer,
    }
}

fn second(event: &EventNote) -> i64 {
    event.at_s.floor() as i64
}

/// The log that a symptom would be in: generated signatures come without a catalogue.
fn channel_of(signature: &Signature, n: usize) -> &str {
    signature.symptoms[n]
        .channel
        .as_deref()
        .unwrap_or("Application")
}

/// The file of an event that names no computer: it has three.
pub(crate) fn file_of(event: &EventNote) -> Option<u64> {
    let number = event.record_id.expect("numbered") % 3;
    event.computer.is_empty().then_some(number)
}

/// What names no computer covers nothing.
fn spans_of(events: &[EventNote]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for event in events.iter().filter(|event| !event.computer.is_empty()) {
        let channel = event.channel.as_deref().unwrap_or("Application");
        let known = |s: &&mut Span| s.computer == event.computer && s.channel == channel;
        match spans.iter_mut().find(known) {
            Some(span) => {
                span.from = span.from.min(second(event));
                span.to = span.to.max(second(event));
            }
            None => spans.push(Span {
                computer: event.computer.clone(),
                channel: channel.to_owned(),
                from: second(event),
                to: second(event),
                ids: None,
                damaged: false,
            }),
        }
    }
    spans
}

/// How logs cover a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Covered {
    /// All of it.
    Whole,
    /// A part of it, without a hole.
    Part,
    No,
}

/// By the logs of a computer, or of each computer.
pub(crate) fn covered(
    spans: &[Span],
    machines: &Machines,
    machine: Option<&str>,
    channel: &str,
    from: i64,
    to: i64,
) -> Covered {
    let of = |machine: &str| {
        let of = |span: &&Span| {
            machines.of(&span.computer) == machine && span.channel.eq_ignore_ascii_case(channel)
        };
        let mut logs: Vec<&Span> = spans.iter().filter(of).collect();
        logs.sort_by_key(|log| (log.from, log.to));
        covered_by(&logs, from, to)
    };
    let all: BTreeSet<String> = spans
        .iter()
        .map(|span| machines.of(&span.computer))
        .collect();
    match machine {
        Some(machine) => of(machine),
        None if all.is_empty() => Covered::No,
        None if all.iter().all(|machine| of(machine) == Covered::Whole) => Covered::Whole,
        None if all.iter().all(|machine| of(machine) != Covered::No) => Covered::Part,
        None => Covered::No,
    }
}

fn covered_by(logs: &[&Span], from: i64, to: i64) -> Covered {
    let touches = |log: &&&Span| log.from <= to && log.to >= from;
    if logs.iter().filter(touches).any(|log| log.damaged) {
        return Covered::No;
    }
    // Second for second, and what lies between two logs that follow each other.
    let mut seconds: BTreeSet<i64> = BTreeSet::new();
    let (mut end, mut highest) = (i64::MIN, None);
    for log in logs {
        let begins = log.from.max(from - 1);
        let follows = end > i64::MIN
            && (log.from <= end + 1
                || log
                    .ids
                    .is_some_and(|(lowest, _)| highest.map(|h: u64| h + 1) == Some(lowest)));
        let begins = if follows {
            end.max(from - 1).min(begins)
        } else {
            begins
        };
        seconds.extend(begins..=log.to.min(to + 1));
        if follows {
            highest = highest.max(log.ids.map(|ids| ids.1));
        } else {
            highest = log.ids.map(|ids| ids.1);
        }
        end = end.max(log.to);
    }
    let within: Vec<i64> = seconds
        .into_iter()
        .filter(|s| (from..=to).contains(s))
        .collect();
    let (Some(first), Some(last)) = (within.first(), within.last()) else {
        return Covered::No;
    };
    if last - first + 1 != within.len() as i64 {
        return Covered::No;
    }
    match (*first, *last) {
        (first, last) if first == from && last == to => Covered::Whole,
        _ => Covered::Part,
    }
}

/// Two keys agree if no capture that both carry differs.
pub(crate) fn agree(a: &Key, b: &Key) -> bool {
    a.iter()
        .zip(b)
        .all(|(a, b)| a.is_none() || b.is_none() || a == b)
}

fn is_local(signature: &Signature, n: usize) -> bool {
    signature.symptoms[n].locality == Locality::SameComputer
}

fn is_evidence(signature: &Signature, n: usize) -> bool {
    signature.symptoms[n].role != Role::Context
}
