//! Finds the EOF record to believe, and where it says the live records lie.

use std::ops::Range;

use memchr::memmem;

use super::layout::{EOF_BYTES, EOF_MARK, EvtEof, EvtHeader, HEADER_BYTES, RECORD_MIN_BYTES};
use super::region::Region;

/// EOF records looked at closely.
///
/// A log has one. A few more may survive in old data, and event text may hold copies made to
/// mislead; beyond this many the lower numbered ones are not worth the time.
const MAX_EOF_CANDIDATES: usize = 64;
/// How often, in total, the whole ring may be walked to tell EOF records apart.
const MAX_RING_WALKS: usize = 8;

/// The file seen as a ring: its bytes, and the part of them that comes round.
#[derive(Debug, Clone)]
pub(super) struct Ring<'a> {
    pub(super) file: &'a [u8],
    pub(super) span: Range<usize>,
    /// Where records may begin: at the ring, or before it in a file that lost its beginning.
    records_from: usize,
    /// Whether the ring surely ended where it ends here.
    sure: bool,
}

impl<'a> Ring<'a> {
    /// The ring of `file` that ends at `end`.
    pub(super) fn new(file: &'a [u8], header: Option<&EvtHeader>, end: usize) -> Self {
        let end = (end.min(file.len()) & !3).max(HEADER_BYTES);
        let records_from = if header.is_some() { HEADER_BYTES } else { 0 };
        Self {
            file,
            span: HEADER_BYTES..end,
            records_from,
            sure: header.is_some_and(|header| header.max_size as usize == end),
        }
    }

    fn holds(&self, offset: usize) -> bool {
        self.span.contains(&offset) && offset.is_multiple_of(4)
    }

    /// The interval from the oldest record to the EOF record; `None` if the offsets cannot be right.
    pub(super) fn live(&self, oldest: usize, eof: usize) -> Option<Region<'a>> {
        if !self.holds(oldest) || !self.holds(eof) {
            return None;
        }
        Some(if oldest <= eof {
            Region::single(self.file, oldest, eof)
        } else {
            self.joined(oldest, eof)
        })
    }

    /// The interval from behind the EOF record to the oldest record: what was not yet written over.
    pub(super) fn stale(&self, oldest: usize, eof: usize) -> Region<'a> {
        let after = eof.saturating_add(EOF_BYTES);
        if oldest > eof {
            Region::single(self.file, after, oldest)
        } else if after > self.span.end {
            let start = self.span.start + (after - self.span.end);
            Region::single(self.file, start, oldest)
        } else {
            self.joined(after, oldest)
        }
    }

    /// The whole ring, begun at the first sound record, so that one split by the ring's end is
    /// read as one.
    pub(super) fn whole(&self) -> Region<'a> {
        let plain = Region::single(self.file, self.records_from, self.span.end);
        let mut at = 0;
        while at < plain.len() && plain.sound_record(at).is_none() {
            at = plain.next_mark(at + 4);
        }
        let first = if at < plain.len() {
            plain.physical(at)
        } else {
            self.span.start
        };
        self.joined(first, first)
    }

    /// From `from` to the ring's end, and from its start to `to`.
    fn joined(&self, from: usize, to: usize) -> Region<'a> {
        let Range { start, end } = self.span;
        Region::joined(self.file, from..end, start..to.max(start), self.sure)
    }

    /// What the file holds behind the ring.
    pub(super) fn tail(&self) -> Region<'a> {
        Region::single(self.file, self.span.end, self.file.len())
    }

    /// Records that fit into the ring, or into what the header says it may grow to.
    pub(super) fn capacity(&self, header: Option<&EvtHeader>) -> u32 {
        let grown = header.map_or(0, |header| header.max_size as usize);
        let records = self.file.len().max(grown) / RECORD_MIN_BYTES;
        u32::try_from(records).unwrap_or(u32::MAX)
    }

    /// The EOF record to believe.
    ///
    /// Best is one that lies where it says it does and that an unbroken chain of records leads to,
    /// the longest chain first, then the highest number. The chain matters twice: after a log was
    /// cleared an old EOF record with a *higher* number may survive behind the new one, and event
    /// data, which a stranger may choose, can hold the bytes of an EOF record.
    pub(super) fn find_eof(&self) -> Option<EvtEof> {
        let mut steps = (self.span.len() / RECORD_MIN_BYTES + 1) * MAX_RING_WALKS;
        let candidates = self.eof_candidates();
        if let [only] = candidates.as_slice() {
            return Some(*only);
        }
        let ranked = candidates.into_iter().map(|eof| {
            let chain = if eof.in_place() {
                self.chain(&eof, &mut steps)
            } else {
                None
            };
            ((eof.in_place(), chain, eof.next_number), eof)
        });
        ranked.max_by_key(|(rank, _)| *rank).map(|(_, eof)| eof)
    }

    /// Records in the unbroken chain from the oldest record to the EOF record, if there is one.
    fn chain(&self, eof: &EvtEof, steps: &mut usize) -> Option<usize> {
        let region = self.live(eof.oldest_offset as usize, eof.offset as usize)?;
        let (mut at, mut records) = (0, 0);
        while at < region.len() {
            *steps = steps.checked_sub(1)?;
            if let Some(len) = region.sound_record(at) {
                at += len;
                records += 1;
            } else {
                at = region.filler_to_seam(at)?;
            }
        }
        Some(records)
    }

    fn eof_candidates(&self) -> Vec<EvtEof> {
        let mut found = Vec::new();
        let plain = Region::single(self.file, 0, self.file.len());
        for mark in memmem::find_iter(self.file, &eof_mark_bytes()) {
            if let Some(at) = mark.checked_sub(4).filter(|at| at.is_multiple_of(4)) {
                keep(&mut found, EvtEof::parse(&plain, at));
            }
        }
        // The EOF record itself may be split by the ring's end.
        let head = self
            .span
            .end
            .saturating_sub(EOF_BYTES - 4)
            .max(self.span.start);
        let seam = self.joined(head, self.span.start.saturating_add(EOF_BYTES));
        for at in (0..seam.seam()).step_by(4) {
            keep(&mut found, EvtEof::parse(&seam, at));
        }
        found
    }
}

/// What follows the size in an EOF record, as it stands in the file.
fn eof_mark_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    for (place, word) in bytes.chunks_exact_mut(4).zip(EOF_MARK) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

/// Keeps the best candidates, without looking further than at themselves.
fn keep(found: &mut Vec<EvtEof>, eof: Option<EvtEof>) {
    let Some(eof) = eof else { return };
    found.push(eof);
    if found.len() > MAX_EOF_CANDIDATES {
        found.sort_by_key(|eof| std::cmp::Reverse((eof.in_place(), eof.next_number)));
        found.truncate(MAX_EOF_CANDIDATES);
    }
}
