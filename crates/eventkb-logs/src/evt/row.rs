//! Live records in a row: sound, one right behind the other, numbered as the EOF record says.
//!
//! Nearly every log is that, however large it is. Such records are not remembered one by one: they
//! are found again by going along the row.

use std::ops::Range;

use super::frames::{Fit, Frame, frame};
use super::layout::EvtEof;
use super::region::Region;

/// Where the row lies, and what is known of its records.
#[derive(Debug, Clone)]
pub(super) struct Row {
    parts: (Range<usize>, Range<usize>),
    /// How many records it has.
    pub(super) records: u32,
    /// How many of them have a closing record number, and where the first of these lies.
    pub(super) closing: Option<(u64, u64)>,
}

impl Row {
    /// The records of `region` as a row, if they are one from end to end.
    pub(super) fn of(region: &Region<'_>, eof: &EvtEof) -> Option<Self> {
        let mut closing: Option<(u64, u64)> = None;
        let mut records = 0_u32;
        let mut along = Along {
            region: region.clone(),
            at: 0,
        };
        while let Some((at, _)) = along.next_place() {
            if region.u32(at + 8) != Some(eof.oldest_number.wrapping_add(records)) {
                return None;
            }
            if region.u32(at + 0x20) != Some(0) {
                let (count, first) = closing.unwrap_or((0, region.physical(at) as u64));
                closing = Some((count + 1, first));
            }
            records = records.checked_add(1)?;
        }
        let whole = along.at >= region.len();
        let promised = eof.next_number.wrapping_sub(eof.oldest_number);
        (whole && records > 0 && eof.oldest_number != 0 && records == promised).then(|| Self {
            parts: region.parts(),
            records,
            closing,
        })
    }

    /// Its records, oldest first. `file` is the one that the row was found in.
    pub(super) fn frames<'a>(&self, file: &'a [u8]) -> impl Iterator<Item = Frame> + use<'a> {
        let (first, second) = self.parts.clone();
        Along {
            region: Region::joined(file, first, second, true),
            at: 0,
        }
    }
}

/// Goes from record to record as long as they are sound.
struct Along<'a> {
    region: Region<'a>,
    at: usize,
}

impl Along<'_> {
    /// Where the next record lies, and its length.
    fn next_place(&mut self) -> Option<(usize, usize)> {
        loop {
            if let Some(len) = self.region.sound_record(self.at) {
                let at = self.at;
                self.at += len;
                return Some((at, len));
            }
            self.at = self.region.filler_to_seam(self.at)?;
        }
    }
}

impl Iterator for Along<'_> {
    type Item = Frame;

    fn next(&mut self) -> Option<Frame> {
        let (at, len) = self.next_place()?;
        frame(&self.region, at, len, Fit::Sound, true)
    }
}
