//! The records of one class of events: counted and timed exactly, cited sparingly, and the same in
//! any order.
//!
//! The key of every record is kept, and with it its second: nothing that decides a verdict is ever
//! thinned out. Records that may be *cited* are kept one by one until there are many; then only
//! those at both ends of each *run*, an interval without a longer pause. Whatever decides what is
//! kept only ever grows with the set of records, so that neither their order nor the way they are
//! spread over sessions shows in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::digest::mark_of;
use super::observation::Observation;
use super::record_keys::{RecordKey, RecordKeySet};
use crate::limits;

/// The events of one class.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Records {
    /// Every event that has a time, in order; copies fall together.
    seen: RecordKeySet,
    /// How often each file has a record that has no id: equal lines of one export are separate
    /// events, those of two exports are copies.
    #[serde(with = "super::saved::pairs")]
    lines: BTreeMap<RecordKey, BTreeMap<Arc<str>, u64>>,
    /// Records that may be cited, in order: all of them, or those at the ends of runs.
    kept: Vec<(RecordKey, Observation)>,
    folded: bool,
    /// How often the pause that ends a run was doubled to keep runs few.
    doubled: u32,
    given: Given,
    /// New events, not yet sorted in. Gone once they are: there may be very many classes.
    #[serde(skip)]
    new: Option<Box<New>>,
}

/// Events that are not yet sorted in: doing it by the hundred costs a fraction of one by one.
#[derive(Debug, Clone, Default, PartialEq)]
struct New {
    pending: Vec<(RecordKey, Observation)>,
    /// The keys of new events of which no more than what may be cited is left.
    fresh: Vec<RecordKey>,
    /// What the file gave that gave the last one: records come in long rows of one file.
    recent: Option<(Arc<str>, Counts)>,
}

/// An interval without a longer pause.
struct Run {
    /// The first and the last few keys, each once.
    ends: Vec<RecordKey>,
    last: RecordKey,
    /// How many events it has.
    count: u64,
}

type Files = SmallVec<[(Arc<str>, Counts); 1]>;

/// How many records each file gave, copies among them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Given {
    /// In order of the files. Nearly always there is one.
    #[serde(with = "by_file")]
    files: Files,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Counts {
    timed: u64,
    /// Counts without a time cannot be joined, but they were seen.
    untimed: u64,
}

/// Saved as a map.
mod by_file {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Counts, Files};

    pub(super) fn serialize<S: Serializer>(files: &Files, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(files.iter().map(|(file, counts)| (&**file, counts)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Files, D::Error> {
        let files = BTreeMap::<Arc<str>, Counts>::deserialize(from)?;
        Ok(files.into_iter().collect())
    }
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.timed = self.timed.saturating_add(other.timed);
        self.untimed = self.untimed.saturating_add(other.untimed);
    }
}

impl New {
    /// What a file gave, to be added to.
    fn of<'n>(&'n mut self, file: &Arc<str>, given: &mut Given) -> &'n mut Counts {
        let is_recent = self
            .recent
            .as_ref()
            .is_some_and(|(recent, _)| Arc::ptr_eq(recent, file));
        if !is_recent {
            given.extend(self.recent.take());
        }
        &mut self
            .recent
            .get_or_insert_with(|| (Arc::clone(file), Counts::default()))
            .1
    }
}

impl Given {
    fn add(&mut self, file: Arc<str>, records: Counts) {
        match self.files.binary_search_by(|(known, _)| known.cmp(&file)) {
            Ok(at) => {
                if let Some((_, known)) = self.files.get_mut(at) {
                    known.add(records);
                }
            }
            Err(at) => self.files.insert(at, (file, records)),
        }
    }

    fn extend(&mut self, others: impl IntoIterator<Item = (Arc<str>, Counts)>) {
        for (file, records) in others {
            self.add(file, records);
        }
    }
}

/// The sum of counts. Saved observations may claim any: it stays at the limit.
pub(crate) fn sum_of(counts: impl IntoIterator<Item = u64>) -> u64 {
    counts.into_iter().fold(0, u64::saturating_add)
}

/// Whole seconds: .evt knows no fractions. Within a class, provider, event and computer are the
/// same already, and the record id tells the rest; where there is none, the strings have to.
fn key_of(observation: &Observation, second: i64) -> RecordKey {
    let mark = observation
        .record_id
        .unwrap_or_else(|| mark_of(&observation.strings.to_vec()));
    (second, mark)
}

impl Records {
    /// Adds an event; see [`Keep`] for how many are kept one by one.
    pub(crate) fn add(&mut self, event: Observation, keep: Keep) {
        let new = self.new.get_or_insert_default();
        let records = new.of(&event.file, &mut self.given);
        let Some(time) = event.time else {
            records.untimed = records.untimed.saturating_add(1);
            return;
        };
        records.timed = records.timed.saturating_add(1);
        let key = key_of(&event, time.as_second());
        if event.record_id.is_none() {
            let files = self.lines.entry(key).or_default();
            *files.entry(Arc::clone(&event.file)).or_default() += 1;
        }
        if new.pending.is_empty() {
            // Most of very many classes have one record.
            new.pending.reserve_exact(1);
        }
        new.pending.push((key, event));
        let seen = self.seen.len();
        if new.pending.len() < keep.singles.max(MOST_PENDING.min(seen / 8)) {
            return;
        }
        if self.folded {
            self.freshen();
        }
        // Sorting in goes over all that is there: let what is new be a good part of it.
        let fresh = self.new.as_ref().map_or(0, |new| new.fresh.len());
        let many = keep.runs * 2 * limits::RUN_CITATIONS;
        if !self.folded || fresh >= seen / 4 || self.kept.len() >= many + seen / 8 {
            self.settle(keep);
        }
    }

    /// Sorts what is pending, and keeps no more of it than the ends of its runs: an end of a run of
    /// all events is an end of a run of these, too.
    fn freshen(&mut self) {
        let Some(new) = &mut self.new else { return };
        let mut pending = std::mem::take(&mut new.pending);
        pending.sort_unstable();
        // Of several copies, the first in the order of paths is the one to cite.
        pending.dedup_by(|later, first| later.0 == first.0);
        new.fresh.extend(pending.iter().map(|(key, _)| *key));
        if !self.folded && self.kept.is_empty() {
            self.kept = pending;
            return;
        }
        if self.folded {
            let runs = runs(pending.iter().map(|(key, _)| *key), self.pause(), |_| 1);
            retain(&mut pending, &runs);
        }
        self.kept.extend(pending);
    }

    /// Sorts in what is new, and keeps evidence bounded.
    pub(crate) fn settle(&mut self, keep: Keep) {
        self.freshen();
        if let Some(mut new) = self.new.take() {
            self.given.extend(new.recent);
            new.fresh.sort_unstable();
            self.seen.unite(&new.fresh);
        }
        self.tidy(keep);
    }

    fn tidy(&mut self, keep: Keep) {
        self.kept.sort_unstable();
        self.kept.dedup_by(|later, first| later.0 == first.0);
        self.bound(keep);
        // Most of very many classes have one record.
        self.kept.shrink_to_fit();
    }

    /// Keeps evidence bounded: records one by one only while they are few, and few runs
    /// by making pauses longer. Both only ever go one way.
    pub(crate) fn bound(&mut self, keep: Keep) {
        self.folded |= self.seen.len() > keep.singles;
        while self.folded && self.intervals_in_use() > keep.runs && self.doubled < 32 {
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

    /// How many intervals as long as a pause hold any record. Unlike runs, they never get fewer.
    fn intervals_in_use(&self) -> usize {
        let pause = self.pause();
        let mut intervals = 0;
        let mut last = None;
        for (second, _) in self.seen.iter() {
            let interval = Some(second.div_euclid(pause));
            intervals += usize::from(interval != last);
            last = interval;
        }
        intervals
    }

    /// Keeps only those records that are among the first or the last few of their run.
    fn prune(&mut self) {
        let runs = runs(self.seen.iter(), self.pause(), |_| 1);
        retain(&mut self.kept, &runs);
    }

    pub(crate) fn merge(&mut self, mut other: Records, keep: Keep) {
        self.settle(keep);
        other.settle(keep);
        self.given.extend(other.given.files);
        self.take_lines(other.lines);
        self.folded |= other.folded;
        self.doubled = self.doubled.max(other.doubled);
        self.seen.unite(&other.seen.iter().collect::<Vec<_>>());
        self.kept.extend(other.kept);
        self.tidy(keep);
    }

    /// Copies of whole files count for nothing.
    pub(crate) fn forget(&mut self, files: &BTreeSet<String>) {
        if let Some(new) = &mut self.new {
            self.given.extend(new.recent.take());
        }
        let forgotten = |file: &Arc<str>| files.contains(&**file);
        self.given.files.retain(|(file, _)| !forgotten(file));
    }

    fn times(&self, key: &RecordKey) -> u64 {
        self.lines
            .get(key)
            .and_then(|files| files.values().max())
            .copied()
            .unwrap_or(1)
    }

    /// How many events there are, copies not counted.
    pub(crate) fn count(&self) -> u64 {
        let lines = self.lines.values();
        let again = lines.filter_map(|files| files.values().max());
        let again = again.map(|n| n.saturating_sub(1));
        sum_of(again.chain([self.seen.len() as u64, self.counts().untimed]))
    }

    /// How many records were given, copies among them.
    pub(crate) fn given(&self) -> u64 {
        let sum = self.counts();
        sum.timed.saturating_add(sum.untimed)
    }

    /// Copies of records that were counted already.
    pub(crate) fn duplicates(&self) -> u64 {
        self.given().saturating_sub(self.count())
    }

    /// Records without a time: they were seen, but cannot be joined.
    pub(crate) fn untimed(&self) -> u64 {
        self.counts().untimed
    }

    /// What all files gave.
    fn counts(&self) -> Counts {
        let recent = self.new.as_ref().and_then(|new| new.recent.as_ref());
        let mut sum = recent.map_or_else(Counts::default, |(_, records)| *records);
        let files = self.given.files.iter();
        files.for_each(|(_, records)| sum.add(*records));
        sum
    }

    /// When its records were written, in order: one point for each second. Must be settled.
    pub(crate) fn points(&self) -> SmallVec<[Point; 1]> {
        let mut points: SmallVec<[Point; 1]> = SmallVec::new();
        let mut at = 0;
        for key in self.seen.iter() {
            let count = self.times(&key);
            if points.last().is_none_or(|point| point.second != key.0) {
                points.push(Point {
                    second: key.0,
                    count: 0,
                    proof: at..at,
                });
            }
            let Some(point) = points.last_mut() else {
                continue;
            };
            point.count = point.count.saturating_add(count);
            while self.kept.get(at).is_some_and(|(kept, _)| *kept <= key) {
                at += 1;
            }
            point.proof.end = at;
        }
        points.shrink_to_fit();
        points
    }

    /// The records behind a point that may be cited; of a storm there may be none.
    pub(crate) fn proof(&self, point: &Point) -> impl Iterator<Item = &Observation> {
        let kept = self.kept.get(point.proof.clone()).unwrap_or(&[]);
        kept.iter().map(|(_, observation)| observation)
    }

    /// The record nearest to a second that may be cited; of two the earlier one.
    pub(crate) fn proof_near(&self, second: i64) -> Option<&Observation> {
        let first_of = |second: i64| self.kept.partition_point(|(key, _)| key.0 < second);
        let at = first_of(second);
        let after = self.kept.get(at);
        let before = at.checked_sub(1).and_then(|at| self.kept.get(at));
        let before = before.and_then(|(key, _)| self.kept.get(first_of(key.0)));
        let far = |near: &&(RecordKey, Observation)| near.0.0.abs_diff(second);
        let near = [before, after].into_iter().flatten().min_by_key(far);
        near.map(|(_, observation)| observation)
    }

    /// Some record that may be cited.
    pub(crate) fn any_proof(&self) -> Option<&Observation> {
        self.kept.first().map(|(_, observation)| observation)
    }

    /// The second of each of its records, in order; equal ones stand side by side.
    pub(crate) fn seconds(&self) -> impl Iterator<Item = i64> {
        self.seen.iter().map(|key| key.0)
    }

    /// First and last second.
    pub(crate) fn span(&self) -> Option<(i64, i64)> {
        let mut seconds = self.seen.iter().map(|key| key.0);
        let first = seconds.next()?;
        Some((first, seconds.last().unwrap_or(first)))
    }

    /// Takes over the times of another class, but none of its records for citation. They are sorted
    /// in when there are many: a class may absorb thousands of others.
    pub(crate) fn absorb(&mut self, other: Records, keep: Keep) {
        self.given.extend(other.given.files);
        self.take_lines(other.lines);
        self.folded |= other.folded;
        self.doubled = self.doubled.max(other.doubled);
        let new = self.new.get_or_insert_default();
        new.fresh.extend(other.seen.iter());
        if let Some(theirs) = other.new {
            self.given.extend(theirs.recent);
            new.fresh.extend(theirs.fresh);
            let pending = theirs.pending.iter();
            new.fresh.extend(pending.map(|(key, _)| *key));
        }
        if new.fresh.len() >= keep.singles.max(MOST_PENDING.min(self.seen.len() / 8)) {
            self.settle(keep);
        }
    }

    fn take_lines(&mut self, lines: BTreeMap<RecordKey, BTreeMap<Arc<str>, u64>>) {
        for (key, files) in lines {
            let ours = self.lines.entry(key).or_default();
            for (file, count) in files {
                let have = ours.entry(file).or_default();
                *have = have.saturating_add(count);
            }
        }
    }
}

/// All records of a class that were written in one second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Point {
    /// Seconds since 1970, UTC.
    pub(crate) second: i64,
    pub(crate) count: u64,
    /// The records that may be cited.
    proof: std::ops::Range<usize>,
}

/// How much of a class is kept for citation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keep {
    /// Records kept one by one; of more only those at the ends of runs.
    pub(crate) singles: usize,
    /// Runs whose ends are kept.
    pub(crate) runs: usize,
}

/// Events that wait to be looked at together, at most, in a class of many.
const MOST_PENDING: usize = 4096;

/// The runs of keys that are in order. `times` says how often an event is there.
fn runs(
    keys: impl Iterator<Item = RecordKey>,
    pause: i64,
    times: impl Fn(&RecordKey) -> u64,
) -> Vec<Run> {
    let few = limits::RUN_CITATIONS;
    let mut runs: Vec<Run> = Vec::new();
    for key in keys {
        let goes_on = |run: &&mut Run| key.0.abs_diff(run.last.0) <= pause.unsigned_abs();
        let Some(run) = runs.last_mut().filter(goes_on) else {
            runs.push(Run {
                ends: vec![key],
                last: key,
                count: times(&key),
            });
            continue;
        };
        // Behind the first few, only the last few stay.
        if run.ends.len() == 2 * few {
            run.ends.remove(few);
        }
        run.ends.push(key);
        run.last = key;
        run.count = run.count.saturating_add(times(&key));
    }
    runs
}

/// Keeps those events whose keys are ends of runs; both are in order.
fn retain(events: &mut Vec<(RecordKey, Observation)>, runs: &[Run]) {
    let mut ends = runs.iter().flat_map(|run| &run.ends).peekable();
    events.retain(|(key, _)| {
        while ends.next_if(|end| *end < key).is_some() {}
        ends.peek() == Some(&key)
    });
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use eventkb_logs::event::Event;

    const KEEP: Keep = Keep {
        singles: 100,
        runs: 64,
    };

    fn event(second: i64, record_id: u64) -> Event {
        Event {
            time: Timestamp::from_second(second).ok(),
            file: "a.evtx".into(),
            record_id: Some(record_id),
            strings: Some(vec!["x".into()]),
            ..Event::default()
        }
    }

    fn class_of<'e>(events: impl IntoIterator<Item = &'e Event>) -> Records {
        let mut class = Records::default();
        events
            .into_iter()
            .for_each(|event| class.add(Observation::of(event), KEEP));
        class.settle(KEEP);
        class
    }

    /// The same whatever the order and the split.
    fn check(events: &[Event]) -> Records {
        let forward = class_of(events);
        assert_eq!(forward, class_of(events.iter().rev()), "backwards");
        for parts in [2, 3, 7] {
            let mut merged = Records::default();
            for part in 0..parts {
                let of_part = events
                    .iter()
                    .enumerate()
                    .filter(|(n, _)| n * n % parts == part);
                merged.merge(class_of(of_part.map(|(_, event)| event)), KEEP);
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
        let points = class.points();
        let proof = class.proof(&points[0]).next().expect("kept");
        assert_eq!(proof.file.as_ref(), "0.evtx");
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
        assert_eq!(class.points()[0].count, 3);
    }

    #[test]
    fn folding_is_the_same_in_any_order() {
        let many: Vec<Event> = (0..2000_u64)
            .map(|n| event(i64::try_from(n * 7 % 50_000).unwrap_or(0), n))
            .collect();
        let class = check(&many);
        assert_eq!(class.count(), 2000);
        let points = class.points();
        assert_eq!(points.iter().map(|p| p.count).sum::<u64>(), 2000);
        assert!(class.kept.len() <= 2 * limits::RUN_CITATIONS * KEEP.runs);
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
        assert!(class.kept.iter().all(|(_, o)| o.file.as_ref() == "a.evtx"));
    }

    #[test]
    fn events_far_apart_do_not_keep_evidence_without_end() {
        let far: Vec<Event> = (0..20_000)
            .map(|n| event(n * 100, n.unsigned_abs()))
            .collect();
        let class = check(&far);
        assert_eq!(class.count(), 20_000);
        assert!(class.kept.len() <= 2 * limits::RUN_CITATIONS * KEEP.runs);
        assert_eq!(class.points().len(), 20_000);
    }
}
