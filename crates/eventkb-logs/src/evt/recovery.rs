//! Decides which records there are and which of them are the log's: the order of recovery.
//!
//! 1. Find the EOF record to believe ([`Ring::find_eof`]).
//! 2. Walk from the oldest record to it, over the ring's end; go on behind damage. These are live.
//! 3. Walk what is left. Whole records found there are older, or leftovers: recovered.
//!
//! Without an EOF record in its place, or without a record where it says the oldest is, all records
//! are walked and sorted by number instead.

use std::cmp::Reverse;
use std::ops::Range;

use super::account::{MAX_GAPS_LISTED, NumberGap, Truth};
use super::defect::LogDefect;
use super::frames::{Fit, Frame, Walked, walk};
use super::layout::{EvtEof, EvtHeader, HEADER_BYTES, MARK};
use super::ring::Ring;
use super::row::Row;
use crate::bytes::u32_at;

/// Everything known about a log short of its records' content.
#[derive(Debug)]
pub(super) struct Plan {
    /// Where the ring lies in the file.
    pub(super) ring: Range<usize>,
    pub(super) eof: Option<EvtEof>,
    pub(super) truth: Truth,
    pub(super) oldest: u32,
    pub(super) next: u32,
    pub(super) promised: u64,
    pub(super) lost: u64,
    pub(super) gaps: Vec<NumberGap>,
    /// The live records, if they stand in a row; then `frames` has none of them.
    pub(super) row: Option<Row>,
    /// Live records in order, then recovered ones by offset.
    pub(super) frames: Vec<Frame>,
    pub(super) unread: Walked,
    pub(super) stale_bytes: u64,
    pub(super) defects: Vec<LogDefect>,
}

/// Record numbers from `oldest` up to, not including, `next`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Numbers {
    oldest: u32,
    next: u32,
    truth: Truth,
}

impl Numbers {
    /// `None` if more numbers are meant than records fit. Numbers may run over `u32::MAX`.
    fn new(oldest: u32, next: u32, truth: Truth, capacity: u32) -> Option<Self> {
        let numbers = Self {
            oldest,
            next,
            truth,
        };
        let fits = numbers.promised() <= capacity && (oldest != 0 || next <= 1);
        fits.then_some(numbers)
    }

    fn promised(self) -> u32 {
        // "0 is the oldest" is how an empty log is written.
        if self.oldest == 0 {
            0
        } else {
            self.next.wrapping_sub(self.oldest)
        }
    }

    fn position(self, number: u32) -> Option<u32> {
        Some(number.wrapping_sub(self.oldest)).filter(|position| *position < self.promised())
    }
}

impl Plan {
    /// Plans the reading of `file`.
    pub(super) fn new(file: &[u8], header: Option<&EvtHeader>) -> Self {
        let plan = Self::with_ring_end(file, header, file.len());
        // Folklore: a copy may be longer than the log (padded by the tool that made it). The ring
        // then ends at the log's size, not the file's. Only the walk can tell: a record split at
        // the ring's end fits together for one of the two.
        let log_end = header.map_or(0, |header| header.max_size as usize);
        if log_end <= HEADER_BYTES || log_end >= file.len() || plan.row.is_some() {
            return plan;
        }
        let other = Self::with_ring_end(file, header, log_end);
        if other.sound_live() > plan.sound_live() {
            other
        } else {
            plan
        }
    }

    fn sound_live(&self) -> usize {
        let frames = self.frames.iter();
        self.in_row() as usize + frames.filter(|f| f.live && f.fit == Fit::Sound).count()
    }

    /// Live records that are not among `frames`.
    pub(super) fn in_row(&self) -> u32 {
        self.row.as_ref().map_or(0, |row| row.records)
    }

    fn with_ring_end(file: &[u8], header: Option<&EvtHeader>, end: usize) -> Self {
        let ring = Ring::new(file, header, end);
        let mut plan = Self {
            ring: ring.span.clone(),
            eof: ring.find_eof(),
            truth: Truth::Count,
            oldest: 0,
            next: 0,
            promised: 0,
            lost: 0,
            gaps: Vec::new(),
            row: None,
            frames: Vec::new(),
            unread: Walked::default(),
            stale_bytes: 0,
            defects: Vec::new(),
        };
        let capacity = ring.capacity(header);
        match plan
            .eof
            .and_then(|eof| Some((eof, plan.anchor(&ring, header, &eof)?)))
        {
            Some((eof, oldest)) => plan.by_position(&ring, &eof, oldest, capacity),
            None => plan.by_number(&ring, header, capacity),
        }
        plan.number_live();
        plan
    }

    /// Where the oldest record lies, if the EOF record can be trusted with positions.
    fn anchor(&self, ring: &Ring<'_>, header: Option<&EvtHeader>, eof: &EvtEof) -> Option<usize> {
        if !eof.in_place() {
            return None;
        }
        let named = eof.oldest_offset as usize;
        if eof.oldest_number == 0 && eof.next_number <= 1 {
            return (named == eof.offset as usize).then_some(named);
        }
        let numbered = |offset: usize| {
            let region = ring.live(offset, eof.offset as usize)?;
            // The number and one more sign of a record; the other may be damaged.
            let record = region.u32(4) == Some(MARK) || region.agreeing_length(0).is_some();
            region.u32(8).filter(|_| record)
        };
        if numbered(named) == Some(eof.oldest_number) {
            return Some(named);
        }
        // A whole chain from there to here outweighs one wrong number.
        if let Some(region) = ring
            .live(named, eof.offset as usize)
            .filter(|r| r.len() > 0)
            && walk(&region, true, &mut Vec::new()).unbroken
        {
            return Some(named);
        }
        let by_header = header?.oldest_offset as usize;
        (numbered(by_header) == Some(eof.oldest_number)).then_some(by_header)
    }

    /// The EOF record is in its place and so is the oldest record: positions decide what is live.
    fn by_position(&mut self, ring: &Ring<'_>, eof: &EvtEof, oldest: usize, capacity: u32) {
        let position = eof.offset as usize;
        if oldest != eof.oldest_offset as usize {
            self.defects.push(LogDefect::OldestOffsetWrong {
                offset: eof.oldest_offset,
            });
        }
        if let Some(region) = ring.live(oldest, position) {
            self.row = Row::of(&region, eof);
            if self.row.is_none() {
                self.unread = walk(&region, true, &mut self.frames);
            }
        }
        let numbers = self.numbers_in_place(eof, capacity);
        self.promise(numbers);
        for region in [ring.stale(oldest, position), ring.tail()] {
            walk(&region, false, &mut self.frames);
            self.stale_bytes += region.bytes_in_use(0, region.len());
        }
    }

    /// The numbers of the live records: the EOF record's, unless an unbroken chain says better.
    fn numbers_in_place(&mut self, eof: &EvtEof, capacity: u32) -> Option<Numbers> {
        let (oldest, next) = (eof.oldest_number, eof.next_number);
        let told = Numbers::new(oldest, next, Truth::EofRecord, capacity);
        if told.is_none() {
            self.defects
                .push(LogDefect::PromiseImplausible { oldest, next });
        }
        let (Some(first), Some(last)) = (self.frames.first(), self.frames.last()) else {
            return told;
        };
        let (first, last) = (first.number, last.number);
        let after = last.wrapping_add(1);
        let chained = after.wrapping_sub(first) as usize == self.frames.len();
        if self.unread.unbroken && chained && (first, after) != (oldest, next) {
            self.defects.push(LogDefect::NumbersDisagree {
                oldest,
                next,
                first,
                last,
            });
            // More may be promised than is there, never less: what is missing must show.
            let promised = told.filter(|told| told.position(last).is_some());
            let next = promised.map_or(after, |told| told.next);
            return Numbers::new(first, next, Truth::EofRecord, capacity)
                .or_else(|| Numbers::new(first, after, Truth::RecordNumbers, capacity));
        }
        told.or_else(|| numbers_found(&self.frames, capacity))
    }

    /// Places say nothing: all records are read, and their numbers decide what is live.
    fn by_number(&mut self, ring: &Ring<'_>, header: Option<&EvtHeader>, capacity: u32) {
        if let Some(eof) = self.eof.filter(EvtEof::in_place) {
            self.defects.push(LogDefect::OldestOffsetWrong {
                offset: eof.oldest_offset,
            });
        }
        for region in [ring.whole(), ring.tail()] {
            let walked = walk(&region, true, &mut self.frames);
            if self.unread.unread == 0 {
                self.unread.first_unread = walked.first_unread;
            }
            self.unread.unread += walked.unread;
        }
        let mut numbers = None;
        if let Some(eof) = self.eof {
            let (oldest, next) = (eof.oldest_number, eof.next_number);
            numbers = Numbers::new(oldest, next, Truth::EofRecord, capacity);
            if numbers.is_none() {
                self.defects
                    .push(LogDefect::PromiseImplausible { oldest, next });
            }
        } else if let Some(header) = header {
            numbers = header_numbers(header, &self.frames, capacity);
        }
        let numbers = numbers.or_else(|| numbers_found(&self.frames, capacity));
        self.promise(numbers);
        if let Some(numbers) = numbers {
            self.settle_by_number(ring, numbers);
        }
    }

    /// One live record for each number: the one written last. The others are leftovers.
    fn settle_by_number(&mut self, ring: &Ring<'_>, numbers: Numbers) {
        let written = |f: &Frame| field(ring.file, &ring.span, f, 0x10).unwrap_or_default();
        let rank = |f: &Frame| {
            let position = numbers.position(f.number);
            (
                position.is_none(),
                position,
                Reverse(written(f)),
                Reverse(f.offset),
            )
        };
        self.frames.sort_by_cached_key(rank);
        let mut before = None;
        for frame in &mut self.frames {
            let position = numbers.position(frame.number);
            frame.live = position.is_some() && position != before;
            before = position;
        }
        self.frames
            .sort_by_key(|f| if f.live { (false, 0) } else { (true, f.offset) });
    }

    fn promise(&mut self, numbers: Option<Numbers>) {
        let live = self.frames.iter().filter(|f| f.live).count() as u64;
        match numbers {
            Some(numbers) => {
                (self.oldest, self.next) = (numbers.oldest, numbers.next);
                self.promised = u64::from(numbers.promised());
                self.truth = numbers.truth;
            }
            None => self.promised = live,
        }
    }

    /// Gives each promised number to one live record; what is left over is lost or misnumbered.
    fn number_live(&mut self) {
        // A row has each of its numbers once.
        if self.truth == Truth::Count || self.row.is_some() {
            return;
        }
        let numbers = Numbers {
            oldest: self.oldest,
            next: self.next,
            truth: self.truth,
        };
        let live = self.frames.iter().filter(|f| f.live).count();
        let number = |index: usize| self.frames.get(index).map(|f| f.number);
        let mut claims = Vec::with_capacity(live);
        for (index, frame) in self.frames.iter().enumerate().take(live) {
            let Some(position) = numbers.position(frame.number) else {
                continue;
            };
            // Of two with the same number, the one that fits its neighbours is right.
            let before = index
                .checked_sub(1)
                .and_then(number)
                .map(|n| n.wrapping_add(1));
            let after = number(index + 1).map(|n| n.wrapping_sub(1));
            let fits = before == Some(frame.number) || after == Some(frame.number);
            claims.push((position, !fits, index));
        }
        claims.sort_unstable();
        claims.dedup_by_key(|(position, _, _)| *position);
        for frame in self.frames.iter_mut().take(live) {
            frame.misnumbered = true;
        }
        let mut due = 0;
        for (position, _, index) in &claims {
            if let Some(frame) = self.frames.get_mut(*index) {
                frame.misnumbered = false;
            }
            self.gap(due, *position);
            due = position + 1;
        }
        self.gap(due, numbers.promised());
    }

    /// Notes that the positions from `from` to before `to` are empty.
    fn gap(&mut self, from: u32, to: u32) {
        if from >= to {
            return;
        }
        self.lost += u64::from(to - from);
        if self.gaps.len() < MAX_GAPS_LISTED {
            let first = self.oldest.wrapping_add(from);
            let last = self.oldest.wrapping_add(to - 1);
            self.gaps.push(NumberGap { first, last });
        }
    }

    /// The number at `offset` in the record `frame`.
    pub(super) fn ring_bytes(&self, file: &[u8], frame: &Frame, offset: usize) -> Option<u32> {
        field(file, &self.ring, frame, offset)
    }
}

fn field(file: &[u8], ring: &Range<usize>, frame: &Frame, offset: usize) -> Option<u32> {
    if offset + 4 > frame.len as usize {
        return None;
    }
    let (start, split) = (frame.offset as usize, frame.split_after as usize);
    if split > 0 && offset >= split {
        u32_at(file, ring.start + (offset - split))
    } else {
        u32_at(file, start + offset)
    }
}

/// The header's numbers, and those of newer records: the header is behind if the log was open.
fn header_numbers(header: &EvtHeader, frames: &[Frame], capacity: u32) -> Option<Numbers> {
    let oldest = header.oldest_number;
    if oldest == 0 {
        return None;
    }
    let known = Numbers::new(oldest, header.next_number, Truth::Header, capacity)?;
    let positions = frames.iter().map(|f| f.number.wrapping_sub(oldest));
    let newest = positions.filter(|position| *position < capacity).max();
    let promised = newest
        .map_or(0, |position| position + 1)
        .max(known.promised());
    Numbers::new(
        oldest,
        oldest.wrapping_add(promised),
        Truth::Header,
        capacity,
    )
}

/// The numbers from the lowest to the highest record.
fn numbers_found(frames: &[Frame], capacity: u32) -> Option<Numbers> {
    let oldest = frames.iter().map(|f| f.number).min()?;
    let newest = frames.iter().map(|f| f.number).max()?;
    Numbers::new(
        oldest,
        newest.checked_add(1)?,
        Truth::RecordNumbers,
        capacity,
    )
    .filter(|numbers| numbers.oldest != 0)
}
