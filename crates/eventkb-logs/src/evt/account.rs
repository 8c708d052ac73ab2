//! What a log promised, and what became of it.

use super::defect::LogDefect;
use super::frames::{Fit, Frame};
use super::layout::{EvtEof, EvtHeader};
use super::recovery::Plan;

/// Gaps in the record numbers that are listed one by one; `lost` counts all of them.
pub const MAX_GAPS_LISTED: usize = 256;

/// Whose word the promised record numbers rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Truth {
    /// The EOF record: the best there is.
    EofRecord,
    /// The header, and records newer than it knows of, because the EOF record is missing.
    Header,
    /// The numbers of the records found, because nothing better is left.
    RecordNumbers,
    /// Only the count of records found: not even their numbers make sense.
    Count,
}

/// A run of record numbers that were promised and not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NumberGap {
    /// First missing number.
    pub first: u32,
    /// Last missing number.
    pub last: u32,
}

/// The account of one log: `promised + misnumbered == live + lost` always holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EvtSummary {
    /// Bytes in the file.
    pub file_bytes: u64,
    /// What the header says, if there is one.
    pub header: Option<EvtHeader>,
    /// What the EOF record says, if one was found.
    pub eof: Option<EvtEof>,
    /// Whose word `oldest_number`, `next_number` and `promised` rest on.
    pub truth: Truth,
    /// Number of the oldest record; 0 if none is promised.
    pub oldest_number: u32,
    /// Number the next record would have got; 0 if `truth` is [`Truth::Count`].
    pub next_number: u32,
    /// Records the log should hold.
    pub promised: u64,
    /// Live records handed out.
    pub live: u64,
    /// Of `live`, those of which only a part was there.
    pub truncated: u64,
    /// Of `live`, those whose number is none of the promised ones, or another record's.
    pub misnumbered: u64,
    /// Records handed out that lie outside the log: older, or of doubtful standing.
    pub recovered: u64,
    /// Promised records that were not found.
    pub lost: u64,
    /// The missing numbers, lowest first, at most [`MAX_GAPS_LISTED`] runs.
    pub gaps: Vec<NumberGap>,
    /// Bytes among the live records that could not be read, runs of zeros not counted.
    pub unread_bytes: u64,
    /// Bytes outside the log (older data) that are in use: records and pieces of records.
    pub stale_bytes: u64,
    /// What is wrong or worth knowing, each kind once.
    pub defects: Vec<LogDefect>,
}

impl EvtSummary {
    /// Whether every promised record was read in full and nothing hints at others.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.lost == 0 && !self.defects.iter().any(LogDefect::hides_records)
    }
}

/// Draws up the account of `plan`.
pub(super) fn summarize(file: &[u8], header: Option<EvtHeader>, plan: &Plan) -> EvtSummary {
    let count =
        |wanted: fn(&Frame) -> bool| plan.frames.iter().filter(|f| wanted(f)).count() as u64;
    let mut summary = EvtSummary {
        file_bytes: file.len() as u64,
        header,
        eof: plan.eof,
        truth: plan.truth,
        oldest_number: plan.oldest,
        next_number: plan.next,
        promised: plan.promised,
        live: u64::from(plan.in_row()) + count(|f| f.live),
        truncated: count(|f| f.live && f.fit == Fit::Truncated),
        misnumbered: count(|f| f.live && f.misnumbered),
        recovered: count(|f| !f.live),
        lost: plan.lost,
        gaps: plan.gaps.clone(),
        unread_bytes: plan.unread.unread,
        stale_bytes: plan.stale_bytes,
        defects: Vec::new(),
    };
    let mut defects = header_defects(&summary);
    defects.extend(plan.defects.iter().copied());
    defects.extend(file_defects(&summary));
    defects.extend(record_defects(file, plan));
    if summary.unread_bytes > 0 {
        let (bytes, first_offset) = (plan.unread.unread, plan.unread.first_unread);
        defects.push(LogDefect::BytesUnread {
            bytes,
            first_offset,
        });
    }
    if let Some(gap) = summary.gaps.first() {
        let (first, last) = (gap.first, gap.last);
        defects.push(LogDefect::NumbersMissing {
            lost: summary.lost,
            first,
            last,
        });
    }
    if summary.stale_bytes > 0 {
        let (bytes, recovered) = (summary.stale_bytes, summary.recovered);
        defects.push(LogDefect::StaleRegion { bytes, recovered });
    }
    summary.defects = defects;
    summary
}

/// What header and EOF record say of each other.
fn header_defects(summary: &EvtSummary) -> Vec<LogDefect> {
    let mut defects = Vec::new();
    let Some(header) = &summary.header else {
        defects.push(LogDefect::HeaderMissing);
        defects.extend(summary.eof.is_none().then_some(LogDefect::EofMissing));
        return defects;
    };
    if !header.intact {
        defects.push(LogDefect::HeaderDamaged);
    }
    let Some(eof) = &summary.eof else {
        defects.push(LogDefect::EofMissing);
        return defects;
    };
    let (header_next, eof_next) = (header.next_number, eof.next_number);
    if header.dirty() {
        // A header older than the oldest record left knows none of them.
        let behind = eof_next.wrapping_sub(header_next);
        let promised = u32::try_from(summary.promised).unwrap_or(u32::MAX);
        let newest = behind.min(promised);
        defects.push(LogDefect::HeaderDirty {
            newest,
            header_next,
            eof_next,
        });
    } else if (header_next, header.oldest_number) != (eof_next, eof.oldest_number) {
        defects.push(LogDefect::HeaderStale {
            header_oldest: header.oldest_number,
            header_next,
            eof_oldest: eof.oldest_number,
            eof_next,
        });
    }
    defects
}

/// What the file as such gives away.
fn file_defects(summary: &EvtSummary) -> Vec<LogDefect> {
    let mut defects = Vec::new();
    if let Some(eof) = summary.eof.filter(|eof| !eof.in_place()) {
        let (offset, own_offset) = (eof.offset, eof.own_offset);
        defects.push(LogDefect::EofDisplaced { offset, own_offset });
    }
    let mut needed = summary.file_bytes.next_multiple_of(4);
    if let Some(header) = summary.header.filter(|header| header.intact) {
        // Not `max_size`: a log grows up to it step by step.
        needed = needed.max(u64::from(header.oldest_offset).max(u64::from(header.eof_offset)));
        if header.log_full() {
            defects.push(LogDefect::LogFull);
        }
    }
    if let Some(eof) = summary.eof.filter(EvtEof::in_place) {
        needed = needed.max(u64::from(eof.oldest_offset));
    }
    if needed > summary.file_bytes {
        let bytes = summary.file_bytes;
        defects.push(LogDefect::FileTruncated { bytes, needed });
    }
    defects
}

/// What is wrong with records, counted by kind.
fn record_defects(file: &[u8], plan: &Plan) -> Vec<LogDefect> {
    let tally = |wanted: &dyn Fn(&Frame) -> bool| {
        let mut hits = plan.frames.iter().filter(|f| wanted(f));
        hits.next()
            .map(|first| (1 + hits.count() as u64, u64::from(first.offset)))
    };
    let fit = |fit: Fit| tally(&move |f: &Frame| f.live && f.fit == fit);
    let closing = |f: &Frame| {
        let number = plan.ring_bytes(file, f, 0x20);
        number.is_some_and(|number| number != 0)
    };
    let in_row = plan.row.as_ref().and_then(|row| row.closing);
    let closing = match (in_row, tally(&closing)) {
        (Some((row, first)), others) => Some((row + others.map_or(0, |(count, _)| count), first)),
        (None, others) => others,
    };
    [
        fit(Fit::Truncated).map(|(count, first_offset)| LogDefect::RecordsTruncated {
            count,
            first_offset,
        }),
        fit(Fit::OneLength).map(|(count, first_offset)| LogDefect::LengthsDiffer {
            count,
            first_offset,
        }),
        fit(Fit::Lengths).map(|(count, first_offset)| LogDefect::SignaturesDamaged {
            count,
            first_offset,
        }),
        tally(&|f| f.live && f.misnumbered).map(|(count, first_offset)| LogDefect::Misnumbered {
            count,
            first_offset,
        }),
        closing.map(|(count, first_offset)| LogDefect::ClosingNumbers {
            count,
            first_offset,
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}
