//! The record ids of one log, as ranges.

use std::collections::BTreeMap;

use super::RecordGap;

/// Record ids as ranges, so that gaps show whatever the order of records. In a sound log this is
/// one range.
#[derive(Debug, Clone, Default)]
pub(super) struct RecordIds {
    ranges: BTreeMap<u64, u64>,
    /// Start of the range that grew last, and its end: ids come in rows.
    recent: Option<(u64, u64)>,
    /// The lowest and the highest id, whatever became of the ranges.
    ends: Option<(u64, u64)>,
    /// There are more gaps than ranges tell.
    many: bool,
    /// How many ids were added, each time that one was.
    count: u64,
}

/// Ranges kept while one log is read: threads bring its parts in any order.
const MOST_RANGES: usize = 4096;

/// Ranges up to which gaps are listed. Filtered exports have thousands; listing them would help
/// nobody, so beyond this they are only known to exist.
const MOST_GAPS: usize = 64;

impl RecordIds {
    fn widen(&mut self, ends: Option<(u64, u64)>) {
        if let Some((low, high)) = ends {
            let (lowest, highest) = self.ends.unwrap_or((low, high));
            self.ends = Some((lowest.min(low), highest.max(high)));
        }
    }

    pub(super) fn add(&mut self, low: u64, high: u64) {
        let count = high.saturating_sub(low).saturating_add(1);
        self.count = self.count.saturating_add(count);
        self.add_range(low, high);
    }

    fn add_range(&mut self, low: u64, high: u64) {
        self.widen(Some((low, high)));
        if let Some((_, end)) = &mut self.recent
            && *end != u64::MAX
            && low == *end + 1
        {
            // The usual case; the range behind, if the row runs into it, is joined at the flush.
            *end = high.max(*end);
            return;
        }
        self.flush();
        self.recent = Some((low, high));
    }

    pub(super) fn flush(&mut self) {
        if let Some((low, high)) = self.recent.take() {
            self.insert(low, high);
        }
    }

    fn insert(&mut self, low: u64, high: u64) {
        let mut low = low;
        let mut high = high;
        if let Some((&start, end)) = self.ranges.range_mut(..=low).next_back() {
            if *end >= high {
                return;
            }
            if end.checked_add(1).is_none_or(|next| next >= low) {
                // The usual case: the next id in a row.
                if self
                    .ranges
                    .range(low..)
                    .next()
                    .is_none_or(|(&next, _)| next > high.saturating_add(1))
                {
                    if let Some(end) = self.ranges.get_mut(&start) {
                        *end = high;
                    }
                    return;
                }
                low = start;
            }
        }
        while let Some((&start, &end)) = self.ranges.range(low..).next() {
            if start > high.saturating_add(1) {
                break;
            }
            high = high.max(end);
            self.ranges.remove(&start);
        }
        if self.ranges.len() >= MOST_RANGES {
            self.many = true;
            return;
        }
        self.ranges.insert(low, high);
    }

    pub(super) fn lowest(&self) -> Option<u64> {
        self.ends.map(|(lowest, _)| lowest)
    }

    pub(super) fn highest(&self) -> Option<u64> {
        self.ends.map(|(_, highest)| highest)
    }

    pub(super) fn gaps(&self) -> impl Iterator<Item = RecordGap> + '_ {
        let next = self.ranges.keys().skip(1);
        self.ranges
            .values()
            .zip(next)
            .map(|(&after, &before)| RecordGap {
                after,
                before,
                ..RecordGap::default()
            })
    }

    /// Whether there is an id between these two.
    pub(super) fn has_between(&self, after: u64, before: u64) -> bool {
        let low = after.saturating_add(1);
        let reaches = |(_, end): (&u64, &u64)| *end >= low;
        let begins = low < before && self.ranges.range(low..before).next().is_some();
        begins || self.ranges.range(..low).next_back().is_some_and(reaches)
    }

    /// Whether there are more gaps than can be listed.
    pub(super) fn has_many_gaps(&self) -> bool {
        self.many || self.ranges.len() > MOST_GAPS
    }

    /// Adds the ids of another part of the same log.
    pub(super) fn merge(&mut self, other: RecordIds) {
        self.many |= other.many;
        // Ids that fell out of the ranges still count for the ends.
        self.widen(other.ends);
        for (low, high) in other.ranges.into_iter().chain(other.recent) {
            self.add_range(low, high);
        }
        self.count = self.count.saturating_add(other.count);
    }

    /// How many ids were added that had been added before; unknown where there are many gaps.
    pub(super) fn repeated(&self) -> Option<u64> {
        let lengths = self
            .ranges
            .iter()
            .map(|(low, high)| (high - low).saturating_add(1));
        let different = lengths.fold(0, u64::saturating_add);
        (!self.many).then(|| self.count.saturating_sub(different))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_between_two_ids() {
        let mut ids = RecordIds::default();
        ids.add(10, 19);
        ids.add(30, 39);
        ids.flush();
        let between = [
            (19, 30),
            (5, 10),
            (5, 11),
            (18, 30),
            (25, 50),
            (39, 90),
            (19, 20),
        ];
        let found = between.map(|(after, before)| ids.has_between(after, before));
        assert_eq!(found, [false, false, true, true, true, false, false]);
    }

    #[test]
    fn ids_make_ranges_in_any_order() {
        for order in [[1, 2, 3, 7, 8, 5], [8, 5, 7, 3, 2, 1], [5, 1, 3, 2, 8, 7]] {
            let mut ids = RecordIds::default();
            order.iter().for_each(|&id| ids.add(id, id));
            ids.flush();
            assert_eq!(
                ids.ranges,
                BTreeMap::from([(1, 3), (5, 5), (7, 8)]),
                "{order:?}"
            );
            assert_eq!((ids.lowest(), ids.highest()), (Some(1), Some(8)));
        }
        let mut ids = RecordIds::default();
        ids.add(1, 3);
        ids.add(5, 9);
        ids.add(4, 4);
        ids.flush();
        assert_eq!(ids.ranges, BTreeMap::from([(1, 9)]));
        assert_eq!(ids.repeated(), Some(0));
        ids.add(7, 7);
        ids.add(8, 10);
        ids.flush();
        assert_eq!(ids.repeated(), Some(3));
        ids.add(u64::MAX, u64::MAX);
        ids.flush();
        assert_eq!(ids.highest(), Some(u64::MAX));
    }
}
