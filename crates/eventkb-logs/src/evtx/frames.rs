//! Finds the records of a chunk by their frames: magic, size, number, and the copy of the size at
//! the end.
//!
//! In a sound chunk the records stand in a row from the header to the free space, numbered without
//! a gap: that is checked first, and nearly every chunk passes. Otherwise every frame of the chunk
//! is looked at, damaged ones are put right where two facts agree, and numbers tell the live ones
//! from those that an earlier pass of the log left behind.

use std::ops::Range;

use super::chunk::HEADER;
use crate::bytes::{u32_at, u64_at};
use crate::event::Trust;
use crate::limits::CHUNK_SIZE;

/// Bytes before a record's BinXML: magic, size, number, time written.
pub(super) const FRAME_HEAD: usize = 24;
/// The smallest frame: head and the copy of the size.
const SMALLEST: usize = FRAME_HEAD + 4;
pub(super) const RECORD_MAGIC: [u8; 4] = [0x2a, 0x2a, 0, 0];
/// More frames do not fit into a chunk.
pub(super) const MOST_FRAMES: u64 = (CHUNK_SIZE / SMALLEST) as u64;

/// Where one record stands in its chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// Offset of the record in the chunk.
    pub(super) start: usize,
    /// The record's BinXML.
    pub(super) body: Range<usize>,
    /// The record's number in its head. Not the event's record id: exports renumber.
    pub(super) number: u64,
    pub(super) trust: Trust,
    /// The record's end is gone: only what its body holds of its values can be read.
    pub(super) cut: bool,
}

impl Frame {
    fn end(&self) -> usize {
        self.body.end + 4
    }
}

/// What a chunk's header says of its records, as far as it can be true.
#[derive(Debug, Clone, Default)]
pub(super) struct Claims {
    /// The numbers of the records; `None` when the header names none that could be.
    pub(super) numbers: Option<Range<u64>>,
    /// Where the records end.
    pub(super) free_space: Option<usize>,
    /// The checksum over the records up to the free space holds: that is where they end.
    pub(super) proved: bool,
    /// The log was not closed: its newest records may stand behind the free space, and have no
    /// checksum yet.
    pub(super) unclosed: bool,
}

/// The records of a chunk.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// In the order they stand, stale ones among them marked as recovered.
    pub(super) frames: Vec<Frame>,
    /// Records that the log counts as its own.
    pub(super) live: u64,
    /// DataRegions between live records, or before the free space, that hold no record.
    pub(super) gaps: u64,
    pub(super) first_gap: Option<usize>,
    /// Whether a live record has a number that the header names.
    pub(super) confirmed: bool,
    /// Live records behind the free space whose numbers the header does not name, either.
    pub(super) contradicted: u64,
    /// Sound records stand in a row up to the free space: none is missing.
    pub(super) complete: bool,
}

/// Finds all records of a chunk, or of what the file has of its last one.
pub(super) fn find(chunk: &[u8], claims: &Claims) -> Found {
    let chunk = Chunk(chunk);
    if let Some(found) = chunk.in_a_row(claims) {
        return found;
    }
    let mut frames = chunk.all(HEADER, claims.free_space, true);
    let live = mark_live(&mut frames, claims);
    chunk.account(frames, live, claims)
}

/// Where records end whose checksum is this one: behind which of those that stand in a row from the
/// chunk's header on. For a header that cannot be believed where it says so itself.
pub(super) fn end_with_checksum(chunk: &[u8], wanted: u32) -> Option<usize> {
    let chunk = Chunk(chunk);
    let mut hasher = crc32fast::Hasher::new();
    let mut at = HEADER;
    while let Some(frame) = chunk.sound(at) {
        hasher.update(chunk.0.get(at..frame.end())?);
        at = frame.end();
        if hasher.clone().finalize() == wanted {
            return Some(at);
        }
    }
    None
}

#[derive(Clone, Copy)]
struct Chunk<'a>(&'a [u8]);

impl Chunk<'_> {
    /// The usual case: sound frames with the numbers that the header names, up to the free space.
    /// `None` when anything is off.
    fn in_a_row(self, claims: &Claims) -> Option<Found> {
        let (numbers, end) = (claims.numbers.clone()?, claims.free_space?);
        let mut frames = Vec::new();
        let mut at = HEADER;
        for number in numbers {
            let frame = self
                .sound(at)
                .filter(|frame| frame.number == number && frame.end() <= end)?;
            at = frame.end();
            frames.push(frame);
        }
        // Folklore: a copy of a live log can have records behind the free space its header states.
        // They continue the numbers; whoever finds one looks at everything.
        let next = frames.last().and_then(|frame| frame.number.checked_add(1));
        if at != end || (next.is_some() && u64_at(self.0, at + 8) == next) {
            return None;
        }
        let live = frames.len() as u64;
        frames.extend(self.all(at, None, false).into_iter().map(stale));
        Some(Found {
            frames,
            live,
            confirmed: true,
            complete: true,
            ..Found::default()
        })
    }

    /// All frames from `start` on. With `repair`, damaged ones are put right where their
    /// surroundings allow it.
    fn all(self, start: usize, free_space: Option<usize>, repair: bool) -> Vec<Frame> {
        let mut frames = Vec::new();
        let mut at = start;
        while at + SMALLEST <= self.0.len() {
            let frame = match self.sound(at) {
                Some(frame) => Some(frame),
                None => {
                    let next = self.next_sound(at);
                    let repaired = repair
                        .then(|| self.repaired(at, next.as_ref(), free_space))
                        .flatten();
                    let limit = next.as_ref().map_or(self.0.len(), |frame| frame.start);
                    let cut = repair.then(|| self.cut_off(at, limit)).flatten();
                    // A frame that can be put right says nothing of a body that was emptied.
                    match repaired.filter(|frame| !self.ends_in_zeroes(frame)) {
                        Some(frame) => Some(frame),
                        None => cut.or(next),
                    }
                }
            };
            let Some(frame) = frame else { break };
            at = frame.end();
            frames.push(frame);
        }
        frames
    }

    fn mark(self, at: usize) -> Option<usize> {
        u32_at(self.0, at).map(|value| value as usize)
    }

    fn has_magic(self, at: usize) -> bool {
        self.0.get(at..at + 4) == Some(&RECORD_MAGIC)
    }

    /// The frame at `at`, if nothing is wrong with it.
    fn sound(self, at: usize) -> Option<Frame> {
        let size = self.mark(at + 4)?;
        if !self.has_magic(at) || !plausible(at, size) || self.mark(at + size - 4) != Some(size) {
            return None;
        }
        self.make(at, size, Trust::Intact)
    }

    fn make(self, at: usize, size: usize, trust: Trust) -> Option<Frame> {
        let number = u64_at(self.0, at + 8)?;
        Some(Frame {
            start: at,
            body: at + FRAME_HEAD..at + size - 4,
            number,
            trust,
            cut: false,
        })
    }

    /// Whether more zeroes stand at the end of a record than pad it, and than its last values can
    /// be.
    fn ends_in_zeroes(self, frame: &Frame) -> bool {
        const PADDING: usize = 16;
        let end = self.0.get(frame.body.start..frame.end());
        end.is_some_and(|bytes| bytes.ends_with(&[0; PADDING + 4]))
    }

    /// A record that begins at `at` and whose end is gone: the file ends inside it, or nothing but
    /// zeroes stands there up to `limit`.
    fn cut_off(self, at: usize, limit: usize) -> Option<Frame> {
        let size = self.mark(at + 4)?;
        if !self.has_magic(at) || !plausible(at, size) {
            return None;
        }
        let end = (at + size).min(limit);
        let body = self.0.get(at + FRAME_HEAD..end)?;
        let zeroes = body.iter().rev().take_while(|byte| **byte == 0).count();
        let gone = at + size > self.0.len() || zeroes >= 4;
        let frame = self.make(at, size, Trust::Repaired).filter(|_| gone)?;
        Some(Frame {
            body: at + FRAME_HEAD..end - zeroes,
            cut: true,
            ..frame
        })
    }

    /// The next sound frame behind `at`.
    fn next_sound(self, at: usize) -> Option<Frame> {
        let from = at + 1;
        memchr::memmem::find_iter(self.0.get(from..)?, &RECORD_MAGIC)
            .find_map(|hit| self.sound(from + hit))
    }

    /// The frame that must begin at `at`, as the one before it ends there, put right. Its size, or
    /// the copy at its end, must agree with where something else begins.
    fn repaired(self, at: usize, next: Option<&Frame>, free_space: Option<usize>) -> Option<Frame> {
        let size = self.mark(at + 4)?;
        let next_at = next.map(|frame| frame.start);
        let limit = next_at.unwrap_or(self.0.len());
        let free_space = free_space.filter(|free| *free <= limit);
        let borders = [
            next_at,
            free_space,
            (limit == CHUNK_SIZE).then_some(CHUNK_SIZE),
        ];
        let leads_back =
            |from: usize, end: usize| end >= from + 4 && self.mark(end - 4) == Some(end - from);
        for end in borders.into_iter().flatten() {
            let length = end.saturating_sub(at);
            if plausible(at, length) && (size == length || leads_back(at, end)) {
                return self.make(at, length, Trust::Repaired);
            }
        }
        let begins = |end: usize| {
            let nothing = self.0.get(end..end + 4).is_none_or(|mark| mark == [0; 4]);
            nothing || self.has_magic(end) || next_at.is_some_and(|next| leads_back(end, next))
        };
        if plausible(at, size) && at + size <= limit && begins(at + size) {
            // Zeroes at the end and behind it are what an emptied sector leaves: such a record is
            // not whole. Zeroes at the end alone may be a writer that keeps no copy.
            let copy = self.mark(at + size - 4);
            let whole = self.has_magic(at) && (copy != Some(0) || self.has_magic(at + size));
            if copy == Some(size) || whole {
                return self.make(at, size, Trust::Repaired);
            }
        }
        if !self.has_magic(at) {
            return None;
        }
        let copied = (at + SMALLEST..=limit)
            .step_by(4)
            .find(|&end| leads_back(at, end) && begins(end));
        if let Some(end) = copied {
            return self.make(at, end - at, Trust::Repaired);
        }
        // Size and copy are both damaged; but the neighbour carries on with the next number.
        let next = next?;
        let follows = u64_at(self.0, at + 8)?.checked_add(1) == Some(next.number);
        let length = next.start - at;
        if follows && plausible(at, length) {
            self.make(at, length, Trust::Repaired)
        } else {
            None
        }
    }

    /// Whether what stands behind the last live record, at `at`, was one: it has the next number; or,
    /// where none is live, anything stands where the first one should.
    fn goes_on(self, at: usize, last: Option<u64>) -> bool {
        match last {
            Some(last) => last
                .checked_add(1)
                .is_some_and(|next| u64_at(self.0, at + 8) == Some(next)),
            None => {
                let head = self.0.get(at..(at + FRAME_HEAD).min(self.0.len()));
                let is_stale = self.sound(at).is_some();
                !is_stale && head.is_some_and(|head| head.iter().any(|byte| *byte != 0))
            }
        }
    }

    /// Marks the rest as stale and counts what is between the live ones.
    fn account(self, frames: Vec<Frame>, live: Vec<bool>, claims: &Claims) -> Found {
        let mut found = Found::default();
        let mut at = HEADER;
        let mut last = None;
        let mut sound = true;
        for (mut frame, live) in frames.into_iter().zip(live) {
            // The header ends before it: it may have been put there, whether the log says that it
            // was closed or not. That flag is one bit.
            let behind = claims.free_space.is_some_and(|free| frame.start >= free);
            let named = claims.numbers.as_ref().map(|n| n.contains(&frame.number));
            if live && behind && (claims.proved || named != Some(true)) {
                frame.trust = Trust::HeaderMismatch;
                found.contradicted += 1;
            }
            if !live {
                // What is stale and damaged as well is not worth a guess.
                if frame.trust == Trust::Intact {
                    found.frames.push(stale(frame));
                }
                continue;
            }
            found.live += 1;
            found.confirmed |= claims
                .numbers
                .as_ref()
                .is_some_and(|n| n.contains(&frame.number));
            if frame.start > at {
                found.gap(at);
            }
            sound &= frame.start == at && frame.trust == Trust::Intact;
            found.complete |= sound && Some(frame.end()) == claims.free_space;
            at = frame.end();
            last = Some(frame.number);
            found.frames.push(frame);
        }
        let rest = claims
            .free_space
            .and_then(|free| self.0.get(at..free.min(self.0.len())));
        if rest.is_some_and(|rest| rest.iter().any(|byte| *byte != 0)) || self.goes_on(at, last) {
            found.gap(at);
        }
        found
    }
}

impl Found {
    fn gap(&mut self, at: usize) {
        self.gaps += 1;
        self.first_gap.get_or_insert(at);
    }
}

fn stale(frame: Frame) -> Frame {
    Frame {
        trust: Trust::Recovered,
        ..frame
    }
}

/// Tells live frames from stale ones by their numbers, which go up by one.
fn mark_live(frames: &mut [Frame], claims: &Claims) -> Vec<bool> {
    let own: Vec<u64> = frames.iter().map(|frame| frame.number).collect();
    let first = claims.numbers.as_ref().map(|numbers| numbers.start);
    correct(frames, first, claims.free_space);
    // A range that no record has is no help: the first records found say what is live.
    let claimed = |number: u64| claims.numbers.as_ref().is_some_and(|n| n.contains(&number));
    let ranged = frames.iter().any(|frame| claimed(frame.number));
    let before_claimed = leading_row(frames, &own, claims);
    let mut last: Option<(u64, usize)> = None;
    // Where the header names numbers, the last record that has one of them.
    let mut last_claimed: Option<u64> = None;
    let mut live = Vec::with_capacity(frames.len());
    for (n, frame) in frames.iter().enumerate() {
        let as_written = own.get(n) == Some(&frame.number);
        let before_free = claims.free_space.is_none_or(|free| frame.start < free);
        let adjoins = frame.start == last.map_or(HEADER, |(_, end)| end);
        let followed = frames.get(n + 1).is_some_and(|next| {
            next.start == frame.end()
                && own.get(n + 1) == Some(&next.number)
                && frame.number.checked_add(1) == Some(next.number)
        });
        let goes_up = last_claimed.is_none_or(|number| frame.number > number);
        // Folklore: a shadow copy can hold a chunk with the header of the last round and records of
        // the new one among those of the old. What stands in the used space and is newer than all
        // that the header names is the log's own.
        let newer = claims
            .numbers
            .as_ref()
            .is_some_and(|numbers| frame.number >= numbers.end)
            && claims.free_space.is_some_and(|free| frame.end() <= free)
            && frame.trust == Trust::Intact
            && as_written
            && (adjoins || followed);
        // What no checksum covers is no live record, unless the log was still being written.
        let uncovered = claims.proved && !claims.unclosed && !before_free && !claimed(frame.number);
        // Behind a hole, as many numbers may be missing as records fit into it.
        let continues = last.is_some_and(|(number, end)| {
            let hole = ((frame.start - end) / SMALLEST) as u64;
            frame
                .number
                .checked_sub(number)
                .is_some_and(|step| step >= 1 && step - 1 <= hole)
                && (hole == 0 || !ranged)
        });
        let is_live = !uncovered
            && if n < before_claimed {
                true
            } else if ranged && claimed(frame.number) {
                // Either the free space or the number may be wrong, not both.
                goes_up && (before_free || (adjoins && as_written))
            } else if ranged && newer {
                true
            } else {
                (continues && (as_written || followed)) || (!ranged && last.is_none())
            };
        if is_live {
            last = Some((frame.number, frame.end()));
            if !newer {
                last_claimed = Some(frame.number);
            }
        }
        live.push(is_live);
    }
    live
}

/// How many records stand in an unbroken row from the chunk's beginning to the first one that the
/// header names. A chunk is written from its beginning on, so that these are its own, even if the
/// header is that of another chunk and begins later. A header that the checksum confirms has no such
/// records behind its free space.
fn leading_row(frames: &[Frame], own: &[u64], claims: &Claims) -> usize {
    let Some(numbers) = &claims.numbers else {
        return 0;
    };
    let mut end = HEADER;
    let mut before: Option<u64> = None;
    for (n, frame) in frames.iter().enumerate() {
        let in_a_row = frame.start == end
            && frame.trust == Trust::Intact
            && own.get(n) == Some(&frame.number)
            && before.is_none_or(|number| number.checked_add(1) == Some(frame.number));
        if !in_a_row {
            return 0;
        }
        if numbers.contains(&frame.number) {
            return n;
        }
        end = frame.end();
        before = Some(frame.number);
    }
    0
}

/// Puts numbers right that agree with neither neighbour: one that is damaged among sound ones.
/// `first` is the number that the chunk should begin with. A record before the free space and one
/// behind it are no neighbours: the latter may be of another time.
fn correct(frames: &mut [Frame], first: Option<u64>, free_space: Option<usize>) {
    let touches =
        |a: &Frame, b: &Frame| a.end() == b.start && free_space.is_none_or(|free| b.start != free);
    let follows = |a: &Frame, b: &Frame| touches(a, b) && a.number.checked_add(1) == Some(b.number);
    let mut known: Vec<bool> = (0..frames.len())
        .map(|n| {
            let frame = frames.get(n);
            let before = n.checked_sub(1).and_then(|n| frames.get(n));
            let after = frames.get(n + 1);
            before.zip(frame).is_some_and(|(a, b)| follows(a, b))
                || frame.zip(after).is_some_and(|(a, b)| follows(a, b))
        })
        .collect();
    if let (Some(frame), Some(known), Some(number)) = (frames.first_mut(), known.first_mut(), first)
        && frame.start == HEADER
        && !*known
    {
        frame.number = number;
        *known = true;
    }
    // Forwards from a sound neighbour, then backwards for what stands before the first one.
    for n in 1..frames.len() {
        if let (Some([before, frame]), Some([true, known @ false])) =
            (frames.get_mut(n - 1..=n), known.get_mut(n - 1..=n))
            && touches(before, frame)
            && let Some(number) = before.number.checked_add(1)
        {
            frame.number = number;
            *known = true;
        }
    }
    for n in (1..frames.len()).rev() {
        if let (Some([frame, after]), Some([known @ false, true])) =
            (frames.get_mut(n - 1..=n), known.get_mut(n - 1..=n))
            && touches(frame, after)
            && let Some(number) = after.number.checked_sub(1)
        {
            frame.number = number;
            *known = true;
        }
    }
}

/// Whether a record of this size can stand here. Windows pads sizes to multiples of 8; other
/// writers need not.
fn plausible(at: usize, size: usize) -> bool {
    size >= SMALLEST && at.checked_add(size).is_some_and(|end| end <= CHUNK_SIZE)
}

/// Whether bytes hold a record whose frame is sound, wherever it stands among them.
pub(crate) fn holds_records(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, &RECORD_MAGIC).any(|at| {
        let size = u32_at(bytes, at + 4).map_or(0, |size| size as usize);
        let copy = at.checked_add(size).and_then(|end| end.checked_sub(4));
        let fits = (SMALLEST + 8..=CHUNK_SIZE).contains(&size);
        // A body begins with the token of a fragment.
        let body = bytes.get(at + FRAME_HEAD) == Some(&super::binxml::FRAGMENT);
        fits && body && copy.and_then(|at| u32_at(bytes, at)) == u32::try_from(size).ok()
    })
}
