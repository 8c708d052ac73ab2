//! One or two intervals of the file read as if joined: the ring, or a part of it.
//!
//! Everything here is arithmetic on positions; what the records mean is not known here.

use std::borrow::Cow;
use std::ops::Range;

use super::layout::{EOF_BYTES, EOF_MARK, FILLER, MARK, RECORD_FIXED_BYTES, RECORD_MIN_BYTES};
use crate::bytes::u32_at;

/// An interval of the file, or two that are read as one (where the ring comes round).
///
/// The first part's length is a multiple of four when there is a second one, so that no number lies
/// across the seam.
#[derive(Debug, Clone)]
pub(super) struct Region<'a> {
    file: &'a [u8],
    first: Range<usize>,
    second: Range<usize>,
    /// Whether the parts surely met when the log was written.
    sure: bool,
}

impl<'a> Region<'a> {
    /// One interval.
    pub(super) fn single(file: &'a [u8], start: usize, end: usize) -> Self {
        Self::joined(file, start..end, 0..0, true)
    }

    /// Two intervals, the second read right after the first; `sure` if they met in the log, not
    /// `sure` if the first may have been cut off.
    pub(super) fn joined(
        file: &'a [u8],
        first: Range<usize>,
        second: Range<usize>,
        sure: bool,
    ) -> Self {
        let clamp = |part: Range<usize>| {
            let end = part.end.min(file.len());
            part.start.min(end)..end
        };
        Self {
            file,
            first: clamp(first),
            second: clamp(second),
            sure,
        }
    }

    /// The two intervals, the second empty if there is one only.
    pub(super) fn parts(&self) -> (Range<usize>, Range<usize>) {
        (self.first.clone(), self.second.clone())
    }

    /// Bytes in the region.
    pub(super) fn len(&self) -> usize {
        self.first.len() + self.second.len()
    }

    /// The position where the second part begins.
    pub(super) fn seam(&self) -> usize {
        self.first.len()
    }

    /// The offset in the file of the position `at`.
    pub(super) fn physical(&self, at: usize) -> usize {
        if at < self.first.len() {
            self.first.start + at
        } else {
            self.second.start.saturating_add(at - self.first.len())
        }
    }

    /// The number at `at`, or `None` where the region ends first.
    pub(super) fn u32(&self, at: usize) -> Option<u32> {
        let part = if at < self.first.len() {
            &self.first
        } else {
            &self.second
        };
        let offset = self.physical(at);
        if offset.checked_add(4)? > part.end {
            return None;
        }
        u32_at(self.file, offset)
    }

    /// The bytes from `at` on, joined where they lie in two places.
    pub(super) fn bytes(&self, at: usize, len: usize) -> Option<Cow<'a, [u8]>> {
        let end = at.checked_add(len)?;
        if end > self.len() {
            return None;
        }
        let start = self.physical(at);
        if at >= self.seam() || end <= self.seam() {
            return self.file.get(start..start + len).map(Cow::Borrowed);
        }
        let head = self.file.get(start..self.first.end)?;
        let tail = self
            .file
            .get(self.second.start..self.second.start + (end - self.seam()))?;
        Some(Cow::Owned([head, tail].concat()))
    }

    /// Length of the record at `at`, if signature and both lengths are right.
    pub(super) fn sound_record(&self, at: usize) -> Option<usize> {
        if self.u32(at.checked_add(4)?)? != MARK {
            return None;
        }
        self.agreeing_length(at)
    }

    /// Length of what begins at `at`, if it is stored at both ends alike.
    pub(super) fn agreeing_length(&self, at: usize) -> Option<usize> {
        let stored = self.u32(at)?;
        let len = usize::try_from(stored).ok()?;
        if len < RECORD_MIN_BYTES || !len.is_multiple_of(4) {
            return None;
        }
        let end = at.checked_add(len)?;
        if end > self.len() || self.u32(end - 4)? != stored {
            return None;
        }
        // One flipped bit can make a length four too large, which then meets the length at the
        // *start* of the next record, and that may be just as large.
        if self.u32(end) == Some(MARK) {
            return None;
        }
        (!self.crosses_seam(at, end) || self.may_be_split(at, end)).then_some(len)
    }

    fn crosses_seam(&self, at: usize, end: usize) -> bool {
        at < self.seam() && end > self.seam()
    }

    /// Whether a record from `at` to `end` can be one that is split by the ring's end: its fixed
    /// part is never split, and, unless the seam is sure, something follows it.
    ///
    /// Folklore: in a wrapped log that was cut off, the last record seems to go on at the start of
    /// the ring, and the word where its repeated length should be may well be equal by chance:
    /// records are full of offsets that are about as large as lengths.
    fn may_be_split(&self, at: usize, end: usize) -> bool {
        let marked = end.checked_add(4).and_then(|mark| self.u32(mark)) == Some(MARK);
        let followed = self.sure
            || end == self.len()
            || marked
            || self.eof_mark(end)
            || self.agreeing_length(end).is_some();
        self.seam() - at >= RECORD_FIXED_BYTES && followed
    }

    /// Whether an EOF record begins at `at`: its size and the four numbers after it.
    pub(super) fn eof_mark(&self, at: usize) -> bool {
        if self.u32(at) != Some(EOF_BYTES as u32) {
            return false;
        }
        let mut field = at;
        EOF_MARK.iter().all(|expected| {
            field = field.saturating_add(4);
            self.u32(field) == Some(*expected)
        })
    }

    /// The first position from `from` on that carries a record's signature or an EOF record; the
    /// region's length if there is none.
    pub(super) fn next_mark(&self, from: usize) -> usize {
        let Some(mut at) = from.checked_add(4) else {
            return self.len();
        };
        while at < self.len() {
            let part_end = if at < self.seam() {
                self.seam()
            } else {
                self.len()
            };
            let start = self.physical(at);
            let words = self
                .file
                .get(start..start + (part_end - at))
                .unwrap_or_default();
            let hit = words
                .chunks_exact(4)
                .position(|word| word == MARK.to_le_bytes() || word == EOF_MARK[0].to_le_bytes());
            let Some(words_before) = hit else {
                at = part_end;
                continue;
            };
            let mark = at + words_before * 4;
            if self.u32(mark) == Some(MARK) || self.eof_mark(mark - 4) {
                return mark - 4;
            }
            at = mark + 4;
        }
        self.len()
    }

    /// The seam, if nothing but filler lies between `at` and it.
    pub(super) fn filler_to_seam(&self, at: usize) -> Option<usize> {
        let seam = self.seam();
        if at >= seam || seam - at >= RECORD_FIXED_BYTES {
            return None;
        }
        let mut words = (at..seam).step_by(4);
        words
            .all(|word| self.u32(word) == Some(FILLER))
            .then_some(seam)
    }

    /// How many bytes from `from` to `to` are not in a run of zero words: what is there and unread.
    pub(super) fn bytes_in_use(&self, from: usize, to: usize) -> u64 {
        let words = (from..to.min(self.len())).step_by(4);
        words
            .filter(|word| self.u32(*word).is_some_and(|value| value != 0))
            .count() as u64
            * 4
    }
}
