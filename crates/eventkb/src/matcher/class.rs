//! The events of one class: counted exactly, cited sparingly, and the same in any order.
//!
//! A class keeps its events one by one until there are many; then only those at both ends of each
//! *run*, a stretch of time without a longer pause. Whatever decides what is kept only ever grows
//! with the set of events, so that neither the order of events nor the way they are spread over
//! sessions shows in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::observation::{Observation, Stretch};
use super::prints::{Print, Prints};
use crate::limits;

/// The events of one class.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Class {
    /// Every event that has a time, in order; copies fall together.
    seen: Prints,
    /// How often each file has a record that has no id: equal lines of one export are separate
    /// events, those of two exports are copies.
    #[serde(with = "super::saved::pairs")]
    lines: BTreeMap<Print, BTreeMap<Arc<str>, u64>>,
    /// Records that may be cited, in order: all of them, or those at the ends of runs.
    kept: Vec<(Print, Observation)>,
    folded: bool,
    /// How often the pause that ends a run was doubled to keep runs few.
    doubled: u32,
    given: Given,
    /// New events, not yet sorted in: doing it by the hundred costs a fraction of one by one.
    #[serde(skip)]
    pending: Vec<(Print, Observation)>,
    /// The prints of new events of which no more than what may be cited is left.
    #[serde(skip)]
    fresh: Vec<Print>,
}

/// A stretch of time without a longer pause.
struct Run {
    /// The first and the last few prints, each once.
    ends: Vec<Print>,
    last: Print,
    /// How many events it has.
    count: u64,
}

/// How many records each file gave, copies among them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Given {
    files: BTreeMap<Arc<str>, Records>,
    /// Those of the file that gave the last one: records come in long rows of one file.
    #[serde(skip)]
    recent: Option<(Arc<str>, Records)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Records {
    timed: u64,
    /// Records without a time cannot be joined, but they were seen.
    untimed: u64,
}

impl Records {
    fn add(&mut self, other: Records) {
        self.timed = self.timed.saturating_add(other.timed);
        self.untimed = self.untimed.saturating_add(other.untimed);
    }
}

impl Given {
    fn of(&mut self, file: &Arc<str>) -> &mut Records {
        let is_recent = self
            .recent
            .as_ref()
            .is_some_and(|(recent, _)| Arc::ptr_eq(recent, file));
        if !is_recent {
            self.settle();
        }
        &mut self
            .recent
            .get_or_insert_with(|| (Arc::clone(file), Records::default()))
            .1
    }

    fn settle(&mut self) {
        if let Some((file, records)) = self.recent.take() {
            self.files.entry(file).or_default().add(records);
        }
    }

    fn merge(&mut self, other: Given) {
        self.settle();
        for (file, records) in other.files.into_iter().chain(other.recent) {
            self.files.entry(file).or_default().add(records);
        }
    }

    fn sum(&self) -> Records {
        let mut sum = self.recent.as_ref().map_or_else(Records::default, |r| r.1);
        self.files.values().for_each(|records| sum.add(*records));
        sum
    }
}

/// Whole seconds: .evt knows no fractions. Within a class, provider, event and computer are the
/// same already, and the record id tells the rest; where there is none, the strings have to.
fn print_of(observation: &Observation, second: i64) -> Print {
    let mark = observation.record_id.unwrap_or_else(|| {
        let mut hasher = DefaultHasher::new();
        observation.strings.hash(&mut hasher);
        hasher.finish()
    });
    (second, mark)
}

impl Class {
    /// Adds an event; more than `most` are not kept one by one.
    pub(crate) fn add(&mut self, event: Observation, most: usize) {
        let records = self.given.of(&event.file);
        let Some(time) = event.time else {
            records.untimed += 1;
            return;
        };
        records.timed += 1;
        let print = print_of(&event, time.as_second());
        if event.record_id.is_none() {
            let files = self.lines.entry(print).or_default();
            *files.entry(Arc::clone(&event.file)).or_default() += 1;
        }
        self.pending.push((print, event));
        let seen = self.seen.len();
        if self.pending.len() < most.max(MOST_PENDING.min(seen / 8)) {
            return;
        }
        if self.folded {
            self.freshen();
        }
        // Sorting in goes over all that is there: let what is new be a good part of it.
        let many = limits::MAX_RUNS * 2 * limits::RUN_CITATIONS;
        if !self.folded || self.fresh.len() >= seen / 4 || self.kept.len() >= many + seen / 8 {
            self.settle(most);
        }
    }

    /// Sorts what is pending, and keeps no more of it than the ends of its runs: an end of a run of
    /// all events is an end of a run of these, too.
    fn freshen(&mut self) {
        let mut new = std::mem::take(&mut self.pending);
        new.sort_unstable();
        // Of several copies, the first in the order of paths is the one to cite.
        new.dedup_by(|later, first| later.0 == first.0);
        self.fresh.extend(new.iter().map(|(print, _)| *print));
        if self.folded {
            let runs = runs(new.iter().map(|(print, _)| *print), self.pause(), |_| 1);
            retain(&mut new, &runs);
        }
        self.kept.extend(new);
    }

    /// Sorts in what is new, and keeps evidence bounded.
    pub(crate) fn settle(&mut self, most: usize) {
        self.given.settle();
        self.freshen();
        let mut fresh = std::mem::take(&mut self.fresh);
        fresh.sort_unstable();
        self.seen.unite(&fresh);
        self.tidy(most);
    }

    fn tidy(&mut self, most: usize) {
        self.kept.sort_unstable();
        self.kept.dedup_by(|later, first| later.0 == first.0);
        self.bound(most);
    }

    /// Keeps evidence bounded: events one by one only while there are at most `most`, and few runs
    /// by making pauses longer. Both only ever go one way.
    pub(crate) fn bound(&mut self, most: usize) {
        self.folded |= self.seen.len() > most;
        while self.stretches_in_use() > limits::MAX_RUNS && self.doubled < 32 {
            self.doubled += 1;
        }
        if self.folded {
            self.prune();
        }
    }

    /// The pause that ends a run.
    fn pause(&self) -> i64 {
        limits::RUN_GAP_S
            .checked_shl(self.doubled)
            .filter(|pause| *pause > 0)
            .unwrap_or(i64::MAX)
    }

    /// How many stretches as long as a pause hold any event. Unlike runs, they never get fewer.
    fn stretches_in_use(&self) -> usize {
        let pause = self.pause();
        let mut stretches = 0;
        let mut last = None;
        for (second, _) in self.seen.iter() {
            let stretch = Some(second.div_euclid(pause));
            stretches += usize::from(stretch != last);
            last = stretch;
        }
        stretches
    }

    /// Keeps only those records that are among the first or the last few of their run.
    fn prune(&mut self) {
        let runs = runs(self.seen.iter(), self.pause(), |_| 1);
        retain(&mut self.kept, &runs);
    }

    pub(crate) fn merge(&mut self, mut other: Class, most: usize) {
        self.settle(most);
        other.settle(most);
        self.given.merge(other.given);
        for (print, files) in other.lines {
            let ours = self.lines.entry(print).or_default();
            for (file, count) in files {
                let have = ours.entry(file).or_default();
                *have = have.saturating_add(count);
            }
        }
        self.folded |= other.folded;
        self.doubled = self.doubled.max(other.doubled);
        self.seen.unite(&other.seen.iter().collect::<Vec<_>>());
        self.kept.extend(other.kept);
        self.tidy(most);
    }

    /// Copies of whole files count for nothing.
    pub(crate) fn forget(&mut self, files: &BTreeSet<String>) {
        self.given.settle();
        let forgotten = |file: &Arc<str>| files.contains(&**file);
        self.given.files.retain(|file, _| !forgotten(file));
    }

    fn times(&self, print: &Print) -> u64 {
        self.lines
            .get(print)
            .and_then(|files| files.values().max())
            .copied()
            .unwrap_or(1)
    }

    /// How many events there are, copies not counted.
    pub(crate) fn count(&self) -> u64 {
        let again: u64 = self
            .lines
            .values()
            .filter_map(|files| files.values().max())
            .map(|n| n.saturating_sub(1))
            .sum();
        self.seen.len() as u64 + again + self.given.sum().untimed
    }

    /// How many records were given, copies among them.
    pub(crate) fn given(&self) -> u64 {
        let sum = self.given.sum();
        sum.timed.saturating_add(sum.untimed)
    }

    /// Copies of records that were counted already.
    pub(crate) fn duplicates(&self) -> u64 {
        self.given().saturating_sub(self.count())
    }

    /// The events as stretches of time, in order: a single event is a stretch of its own.
    pub(crate) fn stretches(&self) -> Vec<Stretch> {
        if !self.folded {
            return self
                .kept
                .iter()
                .filter_map(|(print, o)| stretch(vec![o.clone()], self.times(print)))
                .collect();
        }
        let mut all = Vec::new();
        let mut kept = self.kept.iter().peekable();
        let runs = runs(self.seen.iter(), self.pause(), |print| self.times(print));
        for run in runs {
            let last = run.last;
            let mut proof = Vec::new();
            while let Some((_, event)) = kept.next_if(|(print, _)| *print <= last) {
                proof.push(event.clone());
            }
            all.extend(stretch(proof, run.count));
        }
        all
    }
}

/// Events that wait to be looked at together, at most, in a class of many.
const MOST_PENDING: usize = 4096;

/// The runs of prints that are in order. `times` says how often an event is there.
fn runs(
    prints: impl Iterator<Item = Print>,
    pause: i64,
    times: impl Fn(&Print) -> u64,
) -> Vec<Run> {
    let few = limits::RUN_CITATIONS;
    let mut runs: Vec<Run> = Vec::new();
    for print in prints {
        let goes_on = |run: &&mut Run| print.0.abs_diff(run.last.0) <= pause.unsigned_abs();
        let Some(run) = runs.last_mut().filter(goes_on) else {
            runs.push(Run {
                ends: vec![print],
                last: print,
                count: times(&print),
            });
            continue;
        };
        // Behind the first few, only the last few stay.
        if run.ends.len() == 2 * few {
            run.ends.remove(few);
        }
        run.ends.push(print);
        run.last = print;
        run.count += times(&print);
    }
    runs
}

/// Keeps those events whose prints are ends of runs; both are in order.
fn retain(events: &mut Vec<(Print, Observation)>, runs: &[Run]) {
    let mut ends = runs.iter().flat_map(|run| &run.ends).peekable();
    events.retain(|(print, _)| {
        while ends.next_if(|end| *end < print).is_some() {}
        ends.peek() == Some(&print)
    });
}

/// A run with its proof, the first and the last record among it.
fn stretch(proof: Vec<Observation>, count: u64) -> Option<Stretch> {
    let first = proof.iter().filter_map(|o| o.time).min()?;
    let last = proof.iter().filter_map(|o| o.time).max()?;
    let mut proof = proof;
    proof.sort();
    Some(Stretch {
        first,
        last,
        count,
        proof,
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::event::Event;

    const MOST: usize = 100;

    fn event(second: i64, record_id: u64) -> Event {
        Event {
            time: Timestamp::from_second(second).ok(),
            file: "a.evtx".into(),
            record_id: Some(record_id),
            strings: Some(vec!["x".into()]),
            ..Event::default()
        }
    }

    fn class_of<'e>(events: impl IntoIterator<Item = &'e Event>) -> Class {
        let mut class = Class::default();
        events
            .into_iter()
            .for_each(|event| class.add(Observation::of(event), MOST));
        class.settle(MOST);
        class
    }

    /// The same whatever the order and the split.
    fn check(events: &[Event]) -> Class {
        let forward = class_of(events);
        assert_eq!(forward, class_of(events.iter().rev()), "backwards");
        for parts in [2, 3, 7] {
            let mut merged = Class::default();
            for part in 0..parts {
                let of_part = events
                    .iter()
                    .enumerate()
                    .filter(|(n, _)| n * n % parts == part);
                merged.merge(class_of(of_part.map(|(_, event)| event)), MOST);
            }
            assert_eq!(forward, merged, "{parts} parts");
        }
        forward
    }

    #[test]
    fn copies_count_once_and_the_first_path_is_cited() {
        let class = check(&[
            event(10, 1),
            Event {
                file: "0.evtx".into(),
                ..event(10, 1)
            },
        ]);
        assert_eq!((class.count(), class.duplicates()), (1, 1));
        assert_eq!(class.stretches()[0].proof[0].file.as_ref(), "0.evtx");
    }

    #[test]
    fn equal_lines_of_one_export_are_separate_events() {
        let line = |file: &str| Event {
            record_id: None,
            file: file.into(),
            ..event(10, 1)
        };
        let class = check(&["a.csv", "b.csv", "a.csv", "b.csv", "b.csv"].map(line));
        assert_eq!((class.count(), class.duplicates()), (3, 2));
        assert_eq!(class.stretches()[0].count, 3);
    }

    #[test]
    fn folding_is_the_same_in_any_order() {
        let many: Vec<Event> = (0..2000_u64)
            .map(|n| event(i64::try_from(n * 7 % 50_000).unwrap_or(0), n))
            .collect();
        let class = check(&many);
        assert_eq!(class.count(), 2000);
        let stretches = class.stretches();
        assert_eq!(stretches.iter().map(|s| s.count).sum::<u64>(), 2000);
        assert!(
            stretches
                .iter()
                .all(|s| s.proof.len() <= 2 * limits::RUN_CITATIONS)
        );
    }

    #[test]
    fn copies_of_a_whole_storm_count_once() {
        let storm = (0..500).map(|n| event(n / 3, n.unsigned_abs()));
        let copies = (0..500).map(|n| Event {
            file: "b.evtx".into(),
            ..event(n / 3, n.unsigned_abs())
        });
        let class = check(&copies.chain(storm).collect::<Vec<_>>());
        assert_eq!((class.count(), class.duplicates()), (500, 500));
        assert!(
            class.stretches()[0]
                .proof
                .iter()
                .all(|o| o.file.as_ref() == "a.evtx")
        );
    }

    #[test]
    fn events_far_apart_do_not_keep_evidence_without_end() {
        let far: Vec<Event> = (0..20_000)
            .map(|n| event(n * 100, n.unsigned_abs()))
            .collect();
        let class = check(&far);
        assert_eq!(class.count(), 20_000);
        assert!(class.kept.len() <= 2 * limits::RUN_CITATIONS * limits::MAX_RUNS);
        assert!(class.stretches().len() <= limits::MAX_RUNS);
    }
}
