//! What a session remembers of the events that matter: small, bounded, and the same in any order.
//!
//! Events that say the same to every signature (same provider, id, computer, same outcome of all
//! conditions, same captured values) form a *class*. A class keeps its events one by one until
//! there are many; then it folds them into *runs*, stretches of time without a longer pause, with
//! exact counts and a few records at both ends as proof. Nothing here depends on the order in
//! which events arrive, so that sessions can be merged.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::evaluate::Evaluation;
use crate::event::{Event, Trust};
use crate::limits;
use crate::report::Citation;
use crate::signature::set::Subscription;

/// What all events of one class have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct ClassKey {
    /// Provider, folded to lower case.
    pub(crate) provider: String,
    pub(crate) event_id: u16,
    /// Computer as the record spells it; empty when it names none.
    pub(crate) computer: String,
    /// What the event is to each part that subscribed to it.
    pub(crate) evaluations: Vec<(Subscription, Evaluation)>,
    /// Computer names it gives.
    pub(crate) names: Vec<(Subscription, String)>,
}

/// One record, as far as it is needed for a citation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Observation {
    pub(crate) time: Option<Timestamp>,
    pub(crate) file: Arc<str>,
    pub(crate) record_id: Option<u64>,
    pub(crate) offset: Option<u64>,
    pub(crate) strings: Vec<String>,
    pub(crate) trust: Trust,
}

impl Observation {
    pub(crate) fn of(event: &Event) -> Observation {
        let strings = event.strings.as_deref().unwrap_or(&[]);
        Observation {
            time: event.time,
            file: Arc::clone(&event.file),
            record_id: event.record_id,
            offset: event.offset,
            strings: strings.iter().take(limits::MAX_STRINGS).cloned().collect(),
            trust: event.trust,
        }
    }

    fn fingerprint(&self) -> Option<u64> {
        Some(fingerprint(self.time?, self.record_id, &self.strings))
    }

    pub(crate) fn citation(&self, computer: &str, from_text: bool) -> Citation {
        Citation {
            file: self.file.to_string(),
            record_id: self.record_id,
            time: self.time,
            computer: (!computer.is_empty()).then(|| computer.to_owned()),
            strings: self.strings.clone(),
            offset: self.offset,
            trust: self.trust,
            from_text,
        }
    }
}

/// A stretch of time in which events of one class follow each other without a longer pause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run {
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    pub(crate) count: u64,
    /// The first and the last few records.
    pub(crate) proof: BTreeSet<Observation>,
}

impl Run {
    fn single(observation: Observation, time: Timestamp) -> Run {
        Run { first: time, last: time, count: 1, proof: BTreeSet::from([observation]) }
    }

    /// Of copies of one record among the proof, keeps the first in the order of paths.
    fn fold_proof(&mut self) {
        let mut kept: Vec<(Option<u64>, Observation)> = Vec::with_capacity(self.proof.len());
        for observation in std::mem::take(&mut self.proof) {
            let print = observation.fingerprint();
            let named = observation.record_id.is_some();
            match kept.iter_mut().find(|(other, _)| named && *other == print) {
                Some((_, other)) => {
                    if observation.file < other.file {
                        *other = observation;
                    }
                }
                None => kept.push((print, observation)),
            }
        }
        self.proof = kept.into_iter().map(|(_, observation)| observation).collect();
    }

    /// Takes in another run; a foreign one is of another session and may hold copies.
    fn absorb(&mut self, other: Run, foreign: bool) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.count += other.count;
        self.proof.extend(other.proof);
        if foreign {
            self.fold_proof();
        }
        if self.proof.len() > 2 * limits::RUN_CITATIONS {
            let middle: Vec<Observation> = self
                .proof
                .iter()
                .skip(limits::RUN_CITATIONS)
                .take(self.proof.len() - 2 * limits::RUN_CITATIONS)
                .cloned()
                .collect();
            for observation in &middle {
                self.proof.remove(observation);
            }
        }
    }
}

/// The events of one class.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Class {
    /// One by one, as long as there are few of them.
    singles: Vec<Observation>,
    /// Folded, by their first time.
    runs: BTreeMap<Timestamp, Run>,
    folded: bool,
    /// Records without a time: they cannot be joined, but they were seen.
    pub(crate) untimed: u64,
    /// Copies of records that were counted already.
    pub(crate) duplicates: u64,
    /// Second and fingerprint of what was counted, to know copies.
    known: BTreeSet<(i64, u64)>,
    /// The same for records without an id, with the file: equal lines of one export are separate
    /// events, those of two exports are copies.
    known_lines: BTreeMap<u64, Arc<str>>,
}

/// The same for copies of one record in several files. Whole seconds: .evt knows no fractions.
fn fingerprint(time: Timestamp, record_id: Option<u64>, strings: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    time.as_second().hash(&mut hasher);
    match record_id {
        // Within a class, provider, event and computer are the same already.
        Some(id) => id.hash(&mut hasher),
        None => strings.hash(&mut hasher),
    }
    hasher.finish()
}

impl Class {
    pub(crate) fn add(&mut self, event: &Event) {
        let Some(time) = event.time else {
            self.untimed += 1;
            return;
        };
        let strings = event.strings.as_deref().unwrap_or(&[]);
        let fingerprint = fingerprint(time, event.record_id, strings);
        if self.is_copy(time, fingerprint, event.record_id, &event.file) {
            self.duplicates += 1;
            self.prefer(&Observation::of(event), fingerprint);
            return;
        }
        if self.folded && self.count_inside(time) {
            return;
        }
        self.keep(Observation::of(event), time);
    }

    /// Whether a record was counted before; if not, it is known from now on.
    fn is_copy(
        &mut self,
        time: Timestamp,
        fingerprint: u64,
        record_id: Option<u64>,
        file: &Arc<str>,
    ) -> bool {
        if record_id.is_some() {
            return !self.known.insert((time.as_second(), fingerprint));
        }
        match self.known_lines.get(&fingerprint) {
            Some(known) => known != file,
            None => {
                self.known_lines.insert(fingerprint, Arc::clone(file));
                false
            }
        }
    }

    fn keep(&mut self, observation: Observation, time: Timestamp) {
        if self.folded {
            self.fold(Run::single(observation, time), false);
            return;
        }
        self.singles.push(observation);
        if self.singles.len() > limits::MAX_SINGLE_OBSERVATIONS {
            self.fold_all();
        }
    }

    /// Counts an event in the middle of a run, where it would not be kept as proof anyway.
    fn count_inside(&mut self, time: Timestamp) -> bool {
        let Some((_, run)) = self.runs.range_mut(..=time).next_back() else { return false };
        let inside = run.proof.len() == 2 * limits::RUN_CITATIONS
            && run.proof.iter().nth(limits::RUN_CITATIONS - 1).is_some_and(|o| o.time < Some(time))
            && run.proof.iter().nth(limits::RUN_CITATIONS).is_some_and(|o| o.time > Some(time));
        run.count += u64::from(inside);
        inside
    }

    /// Of several copies of a record, the first in the order of paths is the one to cite.
    fn prefer(&mut self, copy: &Observation, print: u64) {
        let same = |kept: &&mut Observation| kept.fingerprint() == Some(print);
        if let Some(kept) = self.singles.iter_mut().find(same) {
            if *copy < *kept {
                *kept = copy.clone();
            }
            return;
        }
        let Some(time) = copy.time else { return };
        let Some((_, run)) = self.runs.range_mut(..=time).next_back() else { return };
        let kept = run.proof.iter().find(|o| o.fingerprint() == Some(print)).cloned();
        if let Some(kept) = kept
            && *copy < kept
        {
            run.proof.remove(&kept);
            run.proof.insert(copy.clone());
        }
    }

    fn fold_all(&mut self) {
        self.folded = true;
        for observation in std::mem::take(&mut self.singles) {
            if let Some(time) = observation.time {
                self.fold(Run::single(observation, time), false);
            }
        }
    }

    /// Puts a run among the runs, joining it with those it touches.
    fn fold(&mut self, mut run: Run, foreign: bool) {
        let touches = |a: Timestamp, b: Timestamp| b.as_second() - a.as_second() <= limits::RUN_GAP_S;
        while let Some((&start, before)) = self.runs.range(..=run.first).next_back() {
            if !touches(before.last, run.first) {
                break;
            }
            let Some(before) = self.runs.remove(&start) else { break };
            run.absorb(before, foreign);
        }
        while let Some((&start, _)) = self.runs.range(run.first..).next() {
            if !touches(run.last, start) {
                break;
            }
            let Some(after) = self.runs.remove(&start) else { break };
            run.absorb(after, foreign);
        }
        self.runs.insert(run.first, run);
    }

    pub(crate) fn merge(&mut self, other: Class) {
        self.untimed += other.untimed;
        self.duplicates += other.duplicates;
        if other.folded && !self.folded {
            self.fold_all();
        }
        for run in other.runs.into_values() {
            self.fold(run, true);
        }
        if other.folded {
            // Runs hold no single records to compare, but which records are in both is known.
            for (second, print) in other.known {
                if !self.known.insert((second, print)) {
                    self.take_copy(second);
                }
            }
            for (fingerprint, file) in other.known_lines {
                self.known_lines.entry(fingerprint).or_insert(file);
            }
        }
        for observation in other.singles {
            let Some(time) = observation.time else { continue };
            let Some(print) = observation.fingerprint() else { continue };
            if self.is_copy(time, print, observation.record_id, &observation.file) {
                self.duplicates += 1;
                self.prefer(&observation, print);
            } else {
                self.keep(observation, time);
            }
        }
    }

    /// Takes back one of two counts of a record of this second, now that runs are joined.
    fn take_copy(&mut self, second: i64) {
        let holds = |run: &&mut Run| (run.first.as_second()..=run.last.as_second()).contains(&second);
        let end = Timestamp::from_second(second.saturating_add(1)).unwrap_or(Timestamp::MAX);
        if let Some(run) = self.runs.range_mut(..end).rev().map(|(_, run)| run).find(holds) {
            run.count = run.count.saturating_sub(1);
            self.duplicates += 1;
        }
    }

    /// How many events there are, copies not counted.
    pub(crate) fn count(&self) -> u64 {
        self.singles.len() as u64 + self.runs.values().map(|run| run.count).sum::<u64>() + self.untimed
    }

    /// The events as stretches of time, in order: a single event is a stretch of its own.
    pub(crate) fn stretches(&self) -> Vec<Stretch> {
        let mut singles = self.singles.clone();
        singles.sort();
        let mut all: Vec<Stretch> = singles
            .into_iter()
            .filter_map(|observation| {
                let time = observation.time?;
                Some(Stretch { first: time, last: time, count: 1, proof: vec![observation] })
            })
            .collect();
        all.extend(self.runs.values().map(|run| Stretch {
            first: run.first,
            last: run.last,
            count: run.count,
            proof: run.proof.iter().cloned().collect(),
        }));
        all
    }
}

/// One event, or a run of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    pub(crate) count: u64,
    pub(crate) proof: Vec<Observation>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(second: i64, record_id: u64) -> Event {
        Event {
            time: Timestamp::from_second(second).ok(),
            file: "a.evtx".into(),
            record_id: Some(record_id),
            strings: Some(vec!["x".into()]),
            ..Event::default()
        }
    }

    #[test]
    fn copies_count_once_and_the_first_path_is_cited() {
        let mut class = Class::default();
        class.add(&event(10, 1));
        class.add(&Event { file: "0.evtx".into(), ..event(10, 1) });
        assert_eq!((class.count(), class.duplicates), (1, 1));
        assert_eq!(class.stretches()[0].proof[0].file.as_ref(), "0.evtx");
    }

    #[test]
    fn equal_lines_of_one_export_are_separate_events() {
        let line = |file: &str| Event { record_id: None, file: file.into(), ..event(10, 1) };
        let mut class = Class::default();
        for file in ["a.csv", "a.csv", "b.csv", "b.csv"] {
            class.add(&line(file));
        }
        assert_eq!((class.count(), class.duplicates), (2, 2));
    }

    #[test]
    fn folding_is_the_same_in_any_order() {
        let many: Vec<Event> = (0..2000_u64)
            .map(|n| event(i64::try_from(n * 7 % 50_000).unwrap_or(0), n))
            .collect();
        let mut forward = Class::default();
        let mut backward = Class::default();
        let (mut left, mut right) = (Class::default(), Class::default());
        for (n, event) in many.iter().enumerate() {
            forward.add(event);
            if n % 3 == 0 { left.add(event) } else { right.add(event) }
        }
        many.iter().rev().for_each(|event| backward.add(event));
        left.merge(right);
        assert_eq!(forward.count(), 2000);
        assert_eq!(forward.stretches(), backward.stretches());
        assert_eq!(forward.stretches(), left.stretches());
        assert!(forward.stretches().iter().all(|s| s.proof.len() <= 2 * limits::RUN_CITATIONS));
    }
}
