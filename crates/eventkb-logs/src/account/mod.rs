//! The account of one file: what it holds, what was read of it, which logs it covers.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use crate::event::{Event, Head, Trust};
use crate::integrity::{DefectCode, Integrity};
use crate::limits;
pub use file_report::{FileReport, Ignored, Input, LogSpan, RecordGap, SourceCount};
use record_ids::RecordIds;

mod file_report;
mod record_ids;

/// Sources listed for one file.
const MOST_SOURCES: usize = 5;

/// Gaps in record ids that are listed for one file.
const MOST_GAPS_OF_A_FILE: usize = 64;

/// Records between two gaps, at least, in a log that nobody filtered.
const RECORDS_FOR_A_GAP: u64 = 8;

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
    without_provider: u64,
    without_time: u64,
    /// What tells chunks from each other, some thirty bytes for 64 KiB of log.
    chunks: Vec<ChunkMark>,
}

/// What tells one chunk of a log from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ChunkMark {
    /// Both checksums: a chunk that is there twice counts records twice.
    pub(crate) checksums: u64,
    /// The lowest and the highest number of its records' frames, where the chunk is sound. A log gives
    /// each number out once.
    pub(crate) numbers: Option<(u64, u64)>,
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
    /// Record ids in the order they stand: first and last of each range without a gap.
    pub(crate) ids: &'r [(u64, u64)],
    /// How many records it has.
    pub(crate) records: u64,
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
    ids: RecordIds,
}

impl Span {
    /// Whether so few ids are missing that nobody left records out on purpose.
    fn is_nearly_whole(&self) -> bool {
        let missing = |gap: RecordGap| gap.before.saturating_sub(gap.after).saturating_sub(1);
        let (gaps, missing) = self.ids.gaps().fold((0_u64, 0_u64), |(gaps, sum), gap| {
            (gaps + 1, sum.saturating_add(missing(gap)))
        });
        gaps.saturating_mul(RECORDS_FOR_A_GAP) <= self.records && missing <= self.records
    }
}

impl Account {
    /// Counts one record.
    pub fn saw(&mut self, head: &Head<'_>) {
        if head.trust == Trust::Recovered {
            // Stale records are evidence of their own; they say nothing of what the log covers.
            self.integrity.recovered += 1;
            return;
        }
        self.integrity.read += 1;
        self.without_provider += u64::from(head.provider.is_empty());
        self.without_time += u64::from(head.time.is_none());
        self.first = earliest(self.first, head.time);
        self.last = self.last.max(head.time);
        self.saw_source(head.provider, 1);
        let Some(span) = self.span(head.computer.unwrap_or(""), head.channel.unwrap_or("")) else {
            return;
        };
        span.records += 1;
        span.first = earliest(span.first, head.time);
        span.last = span.last.max(head.time);
        if let Some(id) = head.record_id {
            span.ids.add(id, id);
        }
    }

    /// Notes that the user ended the reading of the file.
    pub(crate) fn stop(&mut self) {
        let message = "reading was stopped here; the rest of the file was not read";
        self.integrity
            .note(DefectCode::Cancelled, Some(self.bytes), message);
    }

    /// Notes a chunk.
    pub(crate) fn saw_chunk(&mut self, mark: Option<ChunkMark>) {
        self.chunks.extend(mark);
    }

    /// Says so when a chunk is there twice.
    fn note_copies(&mut self) {
        self.chunks.sort_unstable_by_key(|chunk| chunk.checksums);
        let before = self.chunks.len();
        self.chunks.dedup_by_key(|chunk| chunk.checksums);
        let copies = before - self.chunks.len();
        self.integrity.note_many(
            DefectCode::Duplicate,
            None,
            copies as u64,
            "chunks that are in the file twice: their records count twice",
        );
    }

    /// Says so when chunks claim the same numbers for their records.
    fn note_shared_numbers(&mut self) {
        let mut numbers: Vec<(u64, u64)> = self.chunks.iter().filter_map(|c| c.numbers).collect();
        numbers.sort_unstable();
        let mut highest = None;
        let mut shared = 0;
        for (low, high) in numbers {
            shared += u64::from(highest.is_some_and(|highest| low <= highest));
            highest = highest.max(Some(high));
        }
        self.integrity.note_many(
            DefectCode::Oddity,
            None,
            shared,
            "chunks whose records have numbers that those of another chunk have: a log gives each out \
             once, so that one of them is of another log, or an older copy",
        );
    }

    /// Says so when records of one log have one record id: Windows gives each out once, so that all
    /// but one of them were put there, or altered. Chunks that are there twice were named as such.
    fn note_repeated_ids(&mut self) {
        if self.integrity.count(DefectCode::Duplicate) > 0 {
            return;
        }
        let repeated = self.spans.iter().filter_map(|span| span.ids.repeated());
        let repeated = repeated.fold(0, u64::saturating_add);
        if repeated == 0 {
            return self.note_shared_numbers();
        }
        self.integrity.note_many(
            DefectCode::Oddity,
            None,
            repeated,
            "records with a record id that another record of the same log has: one of them is a copy, \
             or was altered",
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
        matches!(event_id, 104 | 517 | 1102)
            && (provider.eq_ignore_ascii_case("Microsoft-Windows-Eventlog")
                || provider.eq_ignore_ascii_case("Security"))
    }

    /// Counts the records of a row, as [`Account::saw`] would one by one.
    pub(crate) fn saw_row(&mut self, row: &Row<'_>) {
        let records = row.records;
        self.integrity.read += records;
        let (first, last) = (Some(row.first), Some(row.last));
        self.first = earliest(self.first, first);
        self.last = self.last.max(last);
        for &(provider, count) in &row.sources {
            self.without_provider += if provider.is_empty() { count } else { 0 };
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
        self.without_provider += other.without_provider;
        self.without_time += other.without_time;
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
            ours.ids.merge(theirs.ids);
        }
    }

    /// Says so where records lack a provider or a time: readers name those whose text they could
    /// not understand, the others have none.
    fn note_missing_fields(&mut self) {
        for (code, count, message) in [
            (
                DefectCode::NoProvider,
                self.without_provider,
                "records without a provider",
            ),
            (
                DefectCode::NoTime,
                self.without_time,
                "records without a time",
            ),
        ] {
            let named = self.integrity.count(code);
            let more = count.saturating_sub(named);
            self.integrity.note_many(code, None, more, message);
        }
    }

    /// The gaps in the ids, and whether there are more than can be listed.
    ///
    /// Of a file with one log all are told. Where a file holds several (forwarded events, exports of a
    /// whole site), most were filtered, and every record that somebody left out would look like a gap: there
    /// only logs count that are nearly whole. A gap is none where records of the same channel fill it: a
    /// computer that changed its name goes on counting.
    fn gaps(&self) -> (Vec<RecordGap>, bool) {
        if let [span] = self.spans.as_slice() {
            return match span.ids.has_many_gaps() {
                true => (Vec::new(), true),
                false => (span.ids.gaps().collect(), false),
            };
        }
        let mut found = Vec::new();
        let whole = |span: &&Span| !span.ids.has_many_gaps() && span.is_nearly_whole();
        for span in self.spans.iter().filter(whole) {
            let same = |other: &&Span| other.channel == span.channel;
            let others = || self.spans.iter().filter(same);
            let gaps = span.ids.gaps().filter(|gap| {
                let mut others = others();
                !others.any(|other| other.ids.has_between(gap.after, gap.before))
            });
            found.extend(gaps.map(|gap| RecordGap {
                computer: Some(span.computer.clone()),
                channel: Some(span.channel.clone()),
                ..gap
            }));
            if found.len() > MOST_GAPS_OF_A_FILE {
                return (Vec::new(), true);
            }
        }
        (found, false)
    }

    /// Closes the account.
    pub fn close(mut self, path: &str, format: &str, sha256: Option<String>) -> FileReport {
        self.note_copies();
        self.note_missing_fields();
        self.spans.iter_mut().for_each(|span| span.ids.flush());
        // Other formats have ids of several logs in one file.
        if format == "evtx" {
            self.note_repeated_ids();
        }
        self.integrity.sort();
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
            records_without_provider: self.without_provider,
            records_without_time: self.without_time,
            first: self.first,
            last: self.last,
            defects: self.integrity.defects,
            top_sources: sources,
            gaps,
            many_gaps,
            error: None,
        };
        FileReport { input, spans }
    }
}

fn keep_last(times: &mut BTreeSet<Timestamp>) {
    while times.len() > limits::MAX_CLEARED {
        times.pop_first();
    }
}

/// The smaller one, of those that are there.
pub(crate) fn earliest<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
