//! Record ids of each log with the times at both ends of every row without a gap, so that a
//! timeline can show *when* records are missing. Kept only where a timeline was asked for.

use std::collections::BTreeMap;

use eventkb_logs::event::{Head, Trust};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::limits;
use crate::report::TimelineWindow;

/// What a session keeps for a timeline besides what it keeps anyway.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct TimelineNotes {
    /// The part of time that was asked for.
    pub(crate) window: TimelineWindow,
    /// By computer and channel.
    #[serde(with = "super::saved::pairs")]
    logs: BTreeMap<(String, String), Rows>,
}

/// Rows of record ids without a gap.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rows {
    /// By their first id.
    rows: BTreeMap<u64, Row>,
    /// There were more than are kept.
    pub(crate) many: bool,
}

/// Ids in a row: the first one is the key in the map.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Row {
    last: u64,
    /// Time of the first and of the last id.
    from: Timestamp,
    to: Timestamp,
}

impl TimelineNotes {
    pub(crate) fn new(window: TimelineWindow) -> TimelineNotes {
        TimelineNotes {
            window,
            ..TimelineNotes::default()
        }
    }

    /// Notes a record. Stale ones lie outside the log's order.
    pub(crate) fn saw(&mut self, head: &Head<'_>) {
        let (Some(id), Some(time)) = (head.record_id, head.time) else {
            return;
        };
        if head.trust == Trust::Recovered {
            return;
        }
        let key = (
            head.computer.unwrap_or("").to_owned(),
            head.channel.unwrap_or("").to_owned(),
        );
        if self.logs.len() >= limits::MAX_SPANS && !self.logs.contains_key(&key) {
            return;
        }
        self.logs.entry(key).or_default().add(id, id, time, time);
    }

    pub(crate) fn merge(&mut self, other: TimelineNotes) {
        for (key, theirs) in other.logs {
            let ours = self.logs.entry(key).or_default();
            ours.many |= theirs.many;
            for (first, row) in theirs.rows {
                ours.add(first, row.last, row.from, row.to);
            }
        }
    }

    /// All logs: computer, channel, rows.
    pub(crate) fn logs(&self) -> impl Iterator<Item = (&str, &str, &Rows)> {
        let logs = self.logs.iter();
        logs.map(|((computer, channel), rows)| (computer.as_str(), channel.as_str(), rows))
    }
}

/// Ids that are missing between two records.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct MissingIds {
    pub(crate) after: u64,
    pub(crate) before: u64,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl Rows {
    fn add(&mut self, first: u64, last: u64, from: Timestamp, to: Timestamp) {
        let (mut first, mut new) = (first, Row { last, from, to });
        if let Some((&start, before)) = self.rows.range_mut(..=first).next_back()
            && before.last.saturating_add(1) >= first
        {
            if before.last >= last {
                return;
            }
            new.from = before.from;
            first = start;
        }
        // Rows that the new one touches become part of it.
        while let Some((&start, row)) = self.rows.range(first..).next()
            && start <= new.last.saturating_add(1)
        {
            if row.last > new.last {
                (new.last, new.to) = (row.last, row.to);
            }
            self.rows.remove(&start);
        }
        if self.rows.len() >= limits::MAX_ROWS_OF_IDS {
            self.many = true;
            return;
        }
        self.rows.insert(first, new);
    }

    /// Where ids are missing, in the order of ids.
    pub(crate) fn missing(&self) -> impl Iterator<Item = MissingIds> + '_ {
        let next = self.rows.iter().skip(1);
        self.rows
            .values()
            .zip(next)
            .map(|(row, (start, next))| MissingIds {
                after: row.last,
                before: *start,
                // A clock that was set back between them must not turn the gap around.
                from: row.to.min(next.from),
                to: row.to.max(next.from),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn gaps(ids: &[u64]) -> Vec<(u64, u64, i64, i64)> {
        let mut notes = TimelineNotes::default();
        for &id in ids {
            notes.saw(&Head {
                record_id: Some(id),
                time: Some(second(id as i64 * 10)),
                computer: Some("A"),
                ..Head::default()
            });
        }
        let gaps = notes.logs().flat_map(|(_, _, rows)| rows.missing());
        gaps.map(|gap| {
            (
                gap.after,
                gap.before,
                gap.from.as_second(),
                gap.to.as_second(),
            )
        })
        .collect()
    }

    #[test]
    fn gaps_have_times_in_any_order() {
        let wanted = [(3, 5, 30, 50), (5, 8, 50, 80)];
        assert_eq!(gaps(&[1, 2, 3, 5, 8, 9]), wanted);
        assert_eq!(gaps(&[9, 5, 8, 3, 1, 2, 2, 9]), wanted);
        assert_eq!(gaps(&[1, 3, 2]), []);
        assert_eq!(gaps(&[u64::MAX, u64::MAX - 1]), []);
    }
}
