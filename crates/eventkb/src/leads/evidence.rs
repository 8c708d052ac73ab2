//! What a session saw, as leads look at it: kinds of errors and warnings with what their records
//! say, and when and on which computer each was written.

use std::collections::{BTreeMap, BTreeSet};

use eventkb_logs::event::Event;

use super::values::Said;
use crate::limits;

/// One kind of error or warning: a provider, an id, a level.
#[derive(Debug, Clone, Default)]
pub(crate) struct KindSeen<'a> {
    /// As the first record in order spells it.
    pub(crate) provider: String,
    pub(crate) source: Option<String>,
    pub(crate) event_id: u16,
    pub(crate) level: u8,
    /// No finding explains these records.
    pub(crate) open: bool,
    /// Records of each content, for signatures to be asked.
    pub(crate) examples: Vec<&'a Event>,
    /// What the records say.
    pub(crate) said: Said,
    /// By computer: the seconds in which one was written, in order.
    pub(crate) places: BTreeMap<String, Vec<i64>>,
}

impl KindSeen<'_> {
    /// Adds the seconds of records on a computer. [`KindSeen::settle`] sorts them.
    pub(crate) fn add_seconds(&mut self, computer: &str, seconds: impl Iterator<Item = i64>) {
        if computer.is_empty() {
            return;
        }
        let place = self.places.entry(computer.to_lowercase()).or_default();
        place.extend(seconds);
    }

    /// Sorts what was added, and thins it where there is too much.
    pub(crate) fn settle(&mut self) {
        for seconds in self.places.values_mut() {
            seconds.sort_unstable();
            seconds.dedup();
            thin(seconds);
        }
    }
}

/// Leaves seconds out evenly; the first and the last never.
fn thin(seconds: &mut Vec<i64>) {
    let step = seconds.len().div_ceil(limits::MAX_LEAD_POINTS);
    if step < 2 {
        return;
    }
    let last = seconds.last().copied();
    let mut at = 0_usize;
    seconds.retain(|_| {
        at += 1;
        (at - 1).is_multiple_of(step)
    });
    seconds.extend(last.filter(|last| seconds.last() != Some(last)));
}

/// Everything that leads are made of.
#[derive(Debug, Default)]
pub(crate) struct Evidence<'a> {
    pub(crate) kinds: Vec<KindSeen<'a>>,
    /// Keys of the providers that the logs show, whatever they wrote.
    pub(crate) providers: BTreeSet<String>,
    /// Builds of Windows that starts show.
    pub(crate) builds: BTreeSet<u32>,
    /// A provider writes that has a manifest: Windows Vista or later.
    pub(crate) has_manifests: bool,
    /// How computers are spelled, by their names in lower case.
    pub(crate) spelling: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_seconds_are_thinned_evenly() {
        let mut seconds: Vec<i64> = (0..100_001).collect();
        thin(&mut seconds);
        assert!(seconds.len() <= limits::MAX_LEAD_POINTS + 1);
        assert_eq!(seconds.first(), Some(&0));
        assert_eq!(seconds.last(), Some(&100_000));
    }
}
