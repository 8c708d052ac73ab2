//! Counts of errors and warnings, so that a report can name those that nothing explains.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::Head;
use crate::limits;
use crate::report::Unexplained;

/// The count of one kind of event.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Count {
    count: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    computers: BTreeSet<String>,
}

impl Count {
    fn absorb(&mut self, other: Count) {
        self.count += other.count;
        self.first = earliest(self.first, other.first);
        self.last = self.last.max(other.last);
        self.computers.extend(other.computers);
        keep_first(&mut self.computers);
    }
}

/// The kinds of event of one provider: event id and level.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Kinds(#[serde(with = "super::saved::pairs")] BTreeMap<(u16, u8), Count>);

/// All counts of a session: by provider as the log spells it, then by event id and level.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    counts: BTreeMap<String, Kinds>,
    kinds: usize,
}

impl Tally {
    /// Whether an event of this level counts: critical ones, errors and warnings do.
    pub(crate) fn counts(level: Option<u8>) -> bool {
        level.is_some_and(|level| (1..=3).contains(&level))
    }

    /// Counts one event, if it is of a level that counts.
    pub(crate) fn add(&mut self, head: &Head<'_>) {
        let Some(level) = head.level.filter(|_| Tally::counts(head.level)) else {
            return;
        };
        let Some(count) = self.entry(head.provider, head.event_id, level) else {
            return;
        };
        count.count += 1;
        count.first = earliest(count.first, head.time);
        count.last = count.last.max(head.time);
        if let Some(computer) = head.computer
            && !count.computers.contains(computer)
        {
            count.computers.insert(computer.to_owned());
            keep_first(&mut count.computers);
        }
        self.bound();
    }

    fn entry(&mut self, provider: &str, event_id: u16, level: u8) -> Option<&mut Count> {
        // `BTreeMap::entry` would need an owned name for every event; the name is nearly always
        // there already.
        if self
            .counts
            .get(provider)
            .is_none_or(|kinds| !kinds.0.contains_key(&(event_id, level)))
        {
            self.kinds += 1;
            let kinds = self.counts.entry(provider.to_owned()).or_default();
            kinds.0.insert((event_id, level), Count::default());
        }
        self.counts
            .get_mut(provider)
            .and_then(|kinds| kinds.0.get_mut(&(event_id, level)))
    }

    /// Keeps the number of kinds bounded. Which ones go depends on their names only, not on the
    /// order of events: a log that has so many was made to have them.
    fn bound(&mut self) {
        while self.kinds > limits::MAX_TALLY_KINDS {
            let Some(mut last) = self.counts.last_entry() else {
                return;
            };
            last.get_mut().0.pop_last();
            self.kinds -= 1;
            if last.get().0.is_empty() {
                last.remove();
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Tally) {
        for (provider, kinds) in other.counts {
            for ((event_id, level), theirs) in kinds.0 {
                if let Some(ours) = self.entry(&provider, event_id, level) {
                    ours.absorb(theirs);
                }
            }
        }
        self.bound();
    }

    /// The most frequent kinds that are not `explained`; spellings that differ in case are one
    /// provider, shown as the first of them in the order of the alphabet.
    pub(crate) fn top(&self, explained: &dyn Fn(&str, u16) -> bool) -> Vec<Unexplained> {
        let mut folded: BTreeMap<(String, u16, u8), (&str, Count)> = BTreeMap::new();
        for (provider, kinds) in &self.counts {
            let name = provider.to_ascii_lowercase();
            for (&(event_id, level), count) in &kinds.0 {
                if !explained(&name, event_id) {
                    let entry = folded
                        .entry((name.clone(), event_id, level))
                        .or_insert_with(|| (provider, Count::default()));
                    entry.1.absorb(count.clone());
                }
            }
        }
        let mut rows: Vec<Unexplained> = folded
            .into_iter()
            .map(|((_, event_id, level), (provider, count))| Unexplained {
                provider: provider.to_owned(),
                event_id,
                level,
                count: count.count,
                first: count.first,
                last: count.last,
                computers: count.computers.into_iter().collect(),
            })
            .collect();
        rows.sort_by(|a, b| {
            (b.count, a.level, &a.provider, a.event_id).cmp(&(
                a.count,
                b.level,
                &b.provider,
                b.event_id,
            ))
        });
        rows.truncate(limits::MAX_UNEXPLAINED);
        rows
    }
}

fn keep_first(names: &mut BTreeSet<String>) {
    while names.len() > limits::MAX_COMPUTERS_LISTED {
        names.pop_last();
    }
}

/// The smaller one, of those that are there.
pub(crate) fn earliest<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
