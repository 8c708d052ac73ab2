//! Counts of errors and warnings, so that a report can name those that nothing explains.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::limits;
use crate::report::Unexplained;


/// The count of one kind of event.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Count {
    /// The provider's name; of several spellings the first in the order of the alphabet.
    provider: String,
    count: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    computers: BTreeSet<String>,
}

/// All counts of a session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    counts: BTreeMap<String, BTreeMap<(u16, u8), Count>>,
    kinds: usize,
}

impl Tally {
    /// Counts one event; only critical ones, errors and warnings count.
    pub(crate) fn add(
        &mut self,
        provider: &str,
        event_id: u16,
        level: Option<u8>,
        time: Option<Timestamp>,
        computer: Option<&str>,
    ) {
        let Some(level) = level.filter(|level| (1..=3).contains(level)) else { return };
        let count = self.entry(provider, event_id, level);
        count.count += 1;
        count.first = earliest(count.first, time);
        count.last = count.last.max(time);
        if let Some(computer) = computer
            && !count.computers.contains(computer)
        {
            count.computers.insert(computer.to_owned());
            keep_first(&mut count.computers);
        }
        self.bound();
    }

    fn entry(&mut self, provider: &str, event_id: u16, level: u8) -> &mut Count {
        let folded = provider.to_ascii_lowercase();
        let kinds = self.counts.entry(folded).or_default();
        let before = kinds.len();
        kinds.entry((event_id, level)).or_default();
        self.kinds += kinds.len() - before;
        let count = kinds.entry((event_id, level)).or_default();
        if count.provider.is_empty() || provider < count.provider.as_str() {
            provider.clone_into(&mut count.provider);
        }
        count
    }

    /// Keeps the number of kinds bounded. Which ones go depends on their names only, not on the
    /// order of events: a log that has so many was made to have them.
    fn bound(&mut self) {
        while self.kinds > limits::MAX_TALLY_KINDS {
            let Some(mut last) = self.counts.last_entry() else { return };
            last.get_mut().pop_last();
            self.kinds -= 1;
            if last.get().is_empty() {
                last.remove();
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Tally) {
        for kinds in other.counts.into_values() {
            for ((event_id, level), theirs) in kinds {
                let ours = self.entry(&theirs.provider, event_id, level);
                ours.count += theirs.count;
                ours.first = earliest(ours.first, theirs.first);
                ours.last = ours.last.max(theirs.last);
                ours.computers.extend(theirs.computers);
                keep_first(&mut ours.computers);
            }
        }
        self.bound();
    }

    /// The most frequent kinds that are not `explained`.
    pub(crate) fn top(&self, explained: &dyn Fn(&str, u16) -> bool) -> Vec<Unexplained> {
        let mut rows: Vec<Unexplained> = self
            .counts
            .iter()
            .flat_map(|(folded, kinds)| kinds.iter().map(move |(key, count)| (folded, key, count)))
            .filter(|(folded, (event_id, _), _)| !explained(folded, *event_id))
            .map(|(_, &(event_id, level), count)| Unexplained {
                provider: count.provider.clone(),
                event_id,
                level,
                count: count.count,
                first: count.first,
                last: count.last,
                computers: count.computers.iter().cloned().collect(),
            })
            .collect();
        rows.sort_by(|a, b| {
            (b.count, a.level, &a.provider, a.event_id).cmp(&(a.count, b.level, &b.provider, b.event_id))
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

/// The earlier of two times, where both are known.
pub(crate) fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
