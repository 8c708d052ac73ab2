//! The account of one file: what it holds, what was read of it, which logs it covers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use crate::event::{Event, Trust};
use crate::integrity::{DefectCode, Integrity};
use crate::limits;
use crate::matcher::session::Head;
use crate::matcher::tally::{Tally, earliest};
use crate::report::{Input, LogSpan, RecordGap, SourceCount};

/// What is known of one file once it was read.
#[derive(Debug, Default)]
pub struct FileReport {
    /// What a report says of it.
    pub input: Input,
    /// Which logs it covers.
    pub spans: Vec<LogSpan>,
    /// Its errors and warnings.
    pub(crate) tally: Tally,
}

/// Sources listed for one file.
const MOST_SOURCES: usize = 5;

/// What is known of one file while it is read. Accounts of parts of a file add up.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// Promised, read, failed and lost records, and defects.
    pub integrity: Integrity,
    /// Bytes read.
    pub bytes: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    spans: Vec<Span>,
    /// Index into `spans` of the last record's computer and channel: records come in long rows.
    recent: usize,
    sources: HashMap<String, u64>,
    tally: Tally,
    /// Checksums of chunks, eight bytes for 64 KiB of log: one that is there twice counts records
    /// twice.
    chunks: Vec<u64>,
}

/// Records of one log that stand in a row, as far as an account needs them.
#[derive(Debug, Clone)]
pub(crate) struct Row<'r> {
    pub(crate) computer: &'r str,
    pub(crate) channel: &'r str,
    /// The earliest time.
    pub(crate) first: Timestamp,
    /// The latest time.
    pub(crate) last: Timestamp,
    /// Record ids in the order they stand: first and last of each stretch without a gap.
    pub(crate) ids: &'r [(u64, u64)],
    /// How many are of each provider.
    pub(crate) sources: Vec<(&'r str, u64)>,
}

#[derive(Debug, Clone, Default)]
struct Span {
    computer: String,
    channel: String,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    records: u64,
    cleared: BTreeSet<Timestamp>,
    ids: Ids,
}

/// Record ids as ranges, so that gaps show whatever the order of records. In a sound log this is
/// one range.
#[derive(Debug, Clone, Default)]
struct Ids {
    ranges: BTreeMap<u64, u64>,
    /// Start of the range that grew last, and its end: ids come in rows.
    recent: Option<(u64, u64)>,
    /// The lowest and the highest id, whatever became of the ranges.
    ends: Option<(u64, u64)>,
    /// There are more gaps than ranges tell.
    many: bool,
}

/// Ranges kept while one log is read: threads bring its parts in any order.
const MOST_RANGES: usize = 4096;

/// Ranges up to which gaps are listed. Filtered exports have thousands; listing them would help
/// nobody, so beyond this they are only known to exist.
const MOST_GAPS: usize = 64;

impl Ids {
    fn widen(&mut self, ends: Option<(u64, u64)>) {
        if let Some((low, high)) = ends {
            let (lowest, highest) = self.ends.unwrap_or((low, high));
            self.ends = Some((lowest.min(low), highest.max(high)));
        }
    }

    fn add(&mut self, low: u64, high: u64) {
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

    fn flush(&mut self) {
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

    fn lowest(&self) -> Option<u64> {
        self.ends.map(|(lowest, _)| lowest)
    }

    fn highest(&self) -> Option<u64> {
        self.ends.map(|(_, highest)| highest)
    }

    fn gaps(&self) -> impl Iterator<Item = RecordGap> + '_ {
        let next = self.ranges.keys().skip(1);
        self.ranges
            .values()
            .zip(next)
            .map(|(&after, &before)| RecordGap { after, before })
    }
}

impl Account {
    /// Counts one record.
    pub fn saw(&mut self, head: &Head<'_>, record_id: Option<u64>) {
        if head.trust == Trust::Recovered {
            // Stale records are evidence of their own; they say nothing of what the log covers.
            self.integrity.recovered += 1;
            return;
        }
        self.integrity.read += 1;
        self.first = earliest(self.first, head.time);
        self.last = self.last.max(head.time);
        self.saw_source(head.provider, 1);
        let Some(span) = self.span(head.computer.unwrap_or(""), head.channel.unwrap_or("")) else {
            return;
        };
        span.records += 1;
        span.first = earliest(span.first, head.time);
        span.last = span.last.max(head.time);
        if let Some(id) = record_id {
            span.ids.add(id, id);
        }
    }

    /// Counts a record among the errors and warnings, if it is one.
    pub(crate) fn tally(&mut self, head: &Head<'_>) {
        self.tally.add(head);
    }

    /// Notes that the user ended the reading of the file.
    pub(crate) fn stop(&mut self) {
        let message = "reading was stopped here; the rest of the file was not read";
        self.integrity
            .note(DefectCode::Cancelled, Some(self.bytes), message);
    }

    /// Notes a chunk by its checksums.
    pub(crate) fn saw_chunk(&mut self, mark: Option<u64>) {
        self.chunks.extend(mark);
    }

    /// Says so when a chunk is there twice.
    fn note_copies(&mut self) {
        self.chunks.sort_unstable();
        let copies = self
            .chunks
            .windows(2)
            .filter(|pair| pair.first() == pair.last())
            .count();
        self.integrity.note_many(
            DefectCode::Duplicate,
            None,
            copies as u64,
            "chunks that are in the file twice: their records count twice",
        );
    }

    /// Learns from an event in full what it tells about logs: that one was cleared.
    pub fn learn(&mut self, event: &Event) {
        let Some(time) = event.time else { return };
        let named = |name: &str| {
            event
                .named
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        // 1102 and its ancestor 517 are written to the Security log that was cleared; 104 names
        // the log that was cleared, and is written to System.
        let cleared = match event.event_id {
            1102 if event.is_from("Microsoft-Windows-Eventlog") => Some("Security"),
            517 if event.is_from("Security") => Some("Security"),
            104 if event.is_from("Microsoft-Windows-Eventlog") => named("Channel"),
            _ => None,
        };
        let Some(channel) = cleared else { return };
        let channel = channel.to_owned();
        if let Some(span) = self.span(event.computer.as_deref().unwrap_or(""), &channel) {
            span.cleared.insert(time);
            keep_last(&mut span.cleared);
        }
    }

    /// Whether [`Account::learn`] has use for an event of this provider and id.
    pub fn learns_from(provider: &str, event_id: u16) -> bool {
        matches!(event_id, 104 | 517 | 1102) && Account::learns_of(provider)
    }

    /// Whether any event of this provider is of use to [`Account::learn`].
    pub fn learns_of(provider: &str) -> bool {
        provider.eq_ignore_ascii_case("Microsoft-Windows-Eventlog")
            || provider.eq_ignore_ascii_case("Security")
    }

    /// Counts a row of so many records, as [`Account::saw`] would one by one.
    pub(crate) fn saw_row(&mut self, row: &Row<'_>, records: u64) {
        self.integrity.read += records;
        let (first, last) = (Some(row.first), Some(row.last));
        self.first = earliest(self.first, first);
        self.last = self.last.max(last);
        for &(provider, count) in &row.sources {
            self.saw_source(provider, count);
        }
        let Some(span) = self.span(row.computer, row.channel) else {
            return;
        };
        span.records += records;
        span.first = earliest(span.first, first);
        span.last = span.last.max(last);
        for &(low, high) in row.ids {
            span.ids.add(low, high);
        }
    }

    fn saw_source(&mut self, provider: &str, records: u64) {
        if let Some(count) = self.sources.get_mut(provider) {
            *count += records;
        } else if self.sources.len() < limits::MAX_SPANS {
            self.sources.insert(provider.to_owned(), records);
        }
    }

    fn span(&mut self, computer: &str, channel: &str) -> Option<&mut Span> {
        let is = |span: &Span| span.computer == computer && span.channel == channel;
        if !self.spans.get(self.recent).is_some_and(is) {
            match self.spans.iter().position(is) {
                Some(at) => self.recent = at,
                None if self.spans.len() < limits::MAX_SPANS => {
                    self.recent = self.spans.len();
                    self.spans.push(Span {
                        computer: computer.to_owned(),
                        channel: channel.to_owned(),
                        ..Span::default()
                    });
                }
                None => return None,
            }
        }
        self.spans.get_mut(self.recent)
    }

    /// Adds the account of another part of the same file.
    pub fn add(&mut self, other: Account) {
        self.integrity.add(other.integrity);
        self.bytes += other.bytes;
        self.tally.merge(other.tally);
        self.chunks.extend(other.chunks);
        self.first = earliest(self.first, other.first);
        self.last = self.last.max(other.last);
        for (source, count) in other.sources {
            *self.sources.entry(source).or_default() += count;
        }
        for theirs in other.spans {
            let Some(ours) = self.span(&theirs.computer, &theirs.channel) else {
                continue;
            };
            ours.records += theirs.records;
            ours.first = earliest(ours.first, theirs.first);
            ours.last = ours.last.max(theirs.last);
            ours.cleared.extend(theirs.cleared);
            keep_last(&mut ours.cleared);
            ours.ids.many |= theirs.ids.many;
            // Ids that fell out of the ranges still count for the ends.
            ours.ids.widen(theirs.ids.ends);
            for (low, high) in theirs.ids.ranges.into_iter().chain(theirs.ids.recent) {
                ours.ids.add(low, high);
            }
        }
    }

    /// The gaps in the ids, and whether there are more than can be listed. Where several logs were
    /// merged into one file, every id of another log would look like a gap.
    fn gaps(&self) -> (Vec<RecordGap>, bool) {
        let [span] = self.spans.as_slice() else {
            return (Vec::new(), false);
        };
        if span.ids.many || span.ids.ranges.len() > MOST_GAPS {
            return (Vec::new(), true);
        }
        (span.ids.gaps().collect(), false)
    }

    /// Closes the account.
    pub fn close(mut self, path: &str, format: &str, sha256: Option<String>) -> FileReport {
        self.note_copies();
        self.integrity.sort();
        self.spans.iter_mut().for_each(|span| span.ids.flush());
        let damaged = self.integrity.may_hide_records();
        self.spans
            .sort_by(|a, b| (&a.computer, &a.channel).cmp(&(&b.computer, &b.channel)));
        let (gaps, many_gaps) = self.gaps();
        let mut sources: Vec<SourceCount> = self
            .sources
            .into_iter()
            .map(|(provider, count)| SourceCount { provider, count })
            .collect();
        sources.sort_by(|a, b| (b.count, &a.provider).cmp(&(a.count, &b.provider)));
        sources.truncate(MOST_SOURCES);
        let spans = self
            .spans
            .into_iter()
            .map(|span| LogSpan {
                lowest_record_id: span.ids.lowest(),
                highest_record_id: span.ids.highest(),
                computer: span.computer,
                channel: span.channel,
                file: path.to_owned(),
                first: span.first,
                last: span.last,
                records: span.records,
                cleared: span.cleared.into_iter().collect(),
                damaged,
            })
            .collect();
        let input = Input {
            path: path.to_owned(),
            format: format.to_owned(),
            bytes: self.bytes,
            sha256,
            records_promised: self.integrity.promised,
            records_read: self.integrity.read,
            records_recovered: self.integrity.recovered,
            records_lost: self.integrity.failed + self.integrity.lost,
            records_duplicate: 0,
            first: self.first,
            last: self.last,
            defects: self.integrity.defects,
            top_sources: sources,
            gaps,
            many_gaps,
            error: None,
        };
        FileReport {
            input,
            spans,
            tally: self.tally,
        }
    }
}

fn keep_last(times: &mut BTreeSet<Timestamp>) {
    while times.len() > limits::MAX_CLEARED {
        times.pop_first();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_make_ranges_in_any_order() {
        for order in [[1, 2, 3, 7, 8, 5], [8, 5, 7, 3, 2, 1], [5, 1, 3, 2, 8, 7]] {
            let mut ids = Ids::default();
            order.iter().for_each(|&id| ids.add(id, id));
            ids.flush();
            assert_eq!(
                ids.ranges,
                BTreeMap::from([(1, 3), (5, 5), (7, 8)]),
                "{order:?}"
            );
            assert_eq!((ids.lowest(), ids.highest()), (Some(1), Some(8)));
        }
        let mut ids = Ids::default();
        ids.add(1, 3);
        ids.add(5, 9);
        ids.add(4, 4);
        ids.flush();
        assert_eq!(ids.ranges, BTreeMap::from([(1, 9)]));
        ids.add(u64::MAX, u64::MAX);
        ids.flush();
        assert_eq!(ids.highest(), Some(u64::MAX));
    }
}
