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
use crate::event::Event;
use crate::limits;

/// A record's second, and a fingerprint that copies of it in other files share.
type Print = (i64, u64);

/// The events of one class.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Class {
    /// Every event that has a time; copies fall together.
    seen: BTreeSet<Print>,
    /// How often each file has a record that has no id: equal lines of one export are separate
    /// events, those of two exports are copies.
    #[serde(with = "super::saved::pairs")]
    lines: BTreeMap<Print, BTreeMap<Arc<str>, u64>>,
    /// Records that may be cited: all of them, or those at the ends of runs.
    #[serde(with = "super::saved::pairs")]
    kept: BTreeMap<Print, Observation>,
    folded: bool,
    /// Stretches as long as the pause that ends a run that hold any event, and how often that
    /// pause was doubled to keep them few.
    stretches: usize,
    doubled: u32,
    /// Events with a time, copies among them.
    timed: u64,
    /// Records without a time: they cannot be joined, but they were seen.
    untimed: u64,
}

/// Whole seconds: .evt knows no fractions. Within a class, provider, event and computer are the
/// same already.
fn print_of(event: &Event, second: i64) -> Print {
    let mut hasher = DefaultHasher::new();
    match event.record_id {
        Some(id) => id.hash(&mut hasher),
        None => event.strings.as_deref().unwrap_or(&[]).hash(&mut hasher),
    }
    (second, hasher.finish())
}

impl Class {
    /// Adds an event; more than `most` are not kept one by one.
    pub(crate) fn add(&mut self, event: &Event, most: usize) {
        let Some(time) = event.time else {
            self.untimed += 1;
            return;
        };
        self.timed += 1;
        let print = print_of(event, time.as_second());
        if event.record_id.is_none() {
            let files = self.lines.entry(print).or_default();
            *files.entry(Arc::clone(&event.file)).or_default() += 1;
        }
        if !self.seen.contains(&print) {
            self.count_stretch(print.0);
            self.seen.insert(print);
            if !self.folded || self.is_at_an_end(print) {
                self.kept.insert(print, Observation::of(event));
            }
            self.bound(most);
            if self.folded {
                self.prune_around(print);
            }
        } else if let Some(kept) = self.kept.get_mut(&print) {
            // Of several copies, the first in the order of paths is the one to cite.
            let copy = Observation::of(event);
            if copy < *kept {
                *kept = copy;
            }
        }
    }

    /// The pause that ends a run.
    fn pause(&self) -> i64 {
        limits::RUN_GAP_S
            .checked_shl(self.doubled)
            .filter(|pause| *pause > 0)
            .unwrap_or(i64::MAX)
    }

    /// Counts the stretch of a second that is about to be added, if it is a new one.
    fn count_stretch(&mut self, second: i64) {
        let pause = self.pause();
        let first = second.div_euclid(pause).saturating_mul(pause);
        let last = first.saturating_add(pause - 1);
        let taken = self
            .seen
            .range((first, 0)..=(last, u64::MAX))
            .next()
            .is_some();
        self.stretches += usize::from(!taken);
    }

    fn count_stretches(&mut self) {
        let pause = self.pause();
        let mut last = None;
        self.stretches = 0;
        for (second, _) in &self.seen {
            let stretch = Some(second.div_euclid(pause));
            self.stretches += usize::from(stretch != last);
            last = stretch;
        }
    }

    /// Keeps evidence bounded: events one by one only while there are at most `most`, and few runs
    /// by making pauses longer. Both only ever go one way.
    pub(crate) fn bound(&mut self, most: usize) {
        let mut changed = false;
        if !self.folded && self.seen.len() > most {
            self.folded = true;
            changed = true;
        }
        while self.stretches > limits::MAX_RUNS && self.doubled < 32 {
            self.doubled += 1;
            self.count_stretches();
            changed = true;
        }
        if changed && self.folded {
            self.prune();
        }
    }

    /// Whether a record is among the first or the last few of its run.
    fn is_at_an_end(&self, print: Print) -> bool {
        let pause = self.pause();
        let few = |neighbours: &mut dyn Iterator<Item = &Print>| {
            let mut last = print.0;
            for _ in 0..limits::RUN_CITATIONS {
                match neighbours.next() {
                    Some(next) if next.0.abs_diff(last) <= pause.unsigned_abs() => last = next.0,
                    _ => return true,
                }
            }
            false
        };
        few(&mut self.seen.range(..print).rev()) || few(&mut self.seen.range(print..).skip(1))
    }

    fn prune(&mut self) {
        let mut kept = std::mem::take(&mut self.kept);
        kept.retain(|print, _| self.is_at_an_end(*print));
        self.kept = kept;
    }

    /// Lets go of the neighbours that a new record has pushed away from the ends.
    fn prune_around(&mut self, print: Print) {
        let before = self.seen.range(..print).rev().take(limits::RUN_CITATIONS);
        let after = self.seen.range(print..).skip(1).take(limits::RUN_CITATIONS);
        let gone: Vec<Print> = before
            .chain(after)
            .filter(|near| self.kept.contains_key(near) && !self.is_at_an_end(**near))
            .copied()
            .collect();
        for near in gone {
            self.kept.remove(&near);
        }
    }

    pub(crate) fn merge(&mut self, other: Class, most: usize) {
        self.timed = self.timed.saturating_add(other.timed);
        self.untimed = self.untimed.saturating_add(other.untimed);
        for (print, files) in other.lines {
            let ours = self.lines.entry(print).or_default();
            for (file, count) in files {
                let have = ours.entry(file).or_default();
                *have = have.saturating_add(count);
            }
        }
        self.seen.extend(other.seen);
        for (print, theirs) in other.kept {
            match self.kept.get_mut(&print) {
                Some(ours) if theirs < *ours => *ours = theirs,
                Some(_) => {}
                None => {
                    self.kept.insert(print, theirs);
                }
            }
        }
        self.folded |= other.folded;
        self.doubled = self.doubled.max(other.doubled);
        self.count_stretches();
        self.bound(most);
        if self.folded {
            self.prune();
        }
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
        self.seen.len() as u64 + again + self.untimed
    }

    /// How many records were given, copies among them.
    pub(crate) fn given(&self) -> u64 {
        self.timed.saturating_add(self.untimed)
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
        let pause = self.pause();
        let mut all = Vec::new();
        let mut open: (Vec<Observation>, u64, Option<i64>) = Default::default();
        for print in &self.seen {
            if open
                .2
                .is_some_and(|last| last.abs_diff(print.0) > pause.unsigned_abs())
            {
                let (proof, count, _) = std::mem::take(&mut open);
                all.extend(stretch(proof, count));
            }
            open.0.extend(self.kept.get(print).cloned());
            open.1 += self.times(print);
            open.2 = Some(print.0);
        }
        all.extend(stretch(open.0, open.1));
        all
    }
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
        events.into_iter().for_each(|event| class.add(event, MOST));
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
