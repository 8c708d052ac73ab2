//! Cuts a region into records, sound ones first, and saves what it can of the rest.

use super::layout::{EOF_BYTES, MARK, RECORD_FIXED_BYTES, RECORD_MIN_BYTES};
use super::levels::EventType;
use super::region::Region;

/// How the extent of a record is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// Signature and both lengths are right.
    Sound,
    /// One length is wrong; the neighbour shows which.
    OneLength,
    /// The signature is wrong, both lengths are right.
    Lengths,
    /// Neither: the record ends where something else begins.
    Truncated,
}

/// One record in the file, not yet decoded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// Offset in the file. Fits: larger files are refused.
    pub(super) offset: u32,
    /// Bytes of the record, both lengths included.
    pub(super) len: u32,
    pub(super) number: u32,
    pub(super) fit: Fit,
    pub(super) live: bool,
    pub(super) misnumbered: bool,
    /// Bytes before the ring's end, if the rest lies at its start; else 0.
    pub(super) split_after: u32,
}

/// What was seen beside records.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Walked {
    /// Bytes not in records nor filler, runs of zero words not counted.
    pub(super) unread: u64,
    /// File offset of the first of them.
    pub(super) first_unread: u64,
    /// Whether sound records follow each other from end to end.
    pub(super) unbroken: bool,
}

/// Appends the records of `region` to `frames`.
///
/// Linear: the search for the next mark is remembered, so no byte is searched twice.
pub(super) fn walk(region: &Region<'_>, live: bool, frames: &mut Vec<Frame>) -> Walked {
    let mut walked = Walked {
        unbroken: true,
        ..Walked::default()
    };
    let (mut at, mut mark) = (0, 0);
    let mut expected = true;
    while at < region.len() {
        if let Some(len) = region.sound_record(at) {
            frames.extend(frame(region, at, len, Fit::Sound, live));
            at += len;
            expected = true;
            continue;
        }
        if let Some(seam) = region.filler_to_seam(at) {
            at = seam;
            expected = true;
            continue;
        }
        walked.unbroken = false;
        if region.eof_mark(at) {
            at += EOF_BYTES;
            continue;
        }
        if mark <= at {
            mark = region.next_mark(at + 4);
        }
        if let Some(saved) = salvage(region, at, mark, expected, live) {
            at += saved.len as usize;
            frames.push(saved);
            expected = true;
            continue;
        }
        // A record may begin at the seam, the start of the ring, even if its signature is damaged.
        let seam = region.seam();
        let to = if at < seam { mark.min(seam) } else { mark };
        let lost = region.bytes_in_use(at, to);
        if lost > 0 && walked.unread == 0 {
            walked.first_unread = region.physical(at) as u64;
        }
        walked.unread += lost;
        at = to;
        expected = to == seam;
    }
    walked
}

pub(super) fn frame(
    region: &Region<'_>,
    at: usize,
    len: usize,
    fit: Fit,
    live: bool,
) -> Option<Frame> {
    let seam = region.seam();
    let split = if at < seam && at + len > seam {
        seam - at
    } else {
        0
    };
    Some(Frame {
        offset: u32::try_from(region.physical(at)).ok()?,
        len: u32::try_from(len).ok()?,
        number: region.u32(at + 8)?,
        fit,
        live,
        misnumbered: false,
        split_after: u32::try_from(split).ok()?,
    })
}

/// The damaged record at `at`, if there is one; `mark` is where the next thing begins.
fn salvage(
    region: &Region<'_>,
    at: usize,
    mark: usize,
    expected: bool,
    live: bool,
) -> Option<Frame> {
    if region.u32(at + 4) != Some(MARK) {
        // Only where a record must begin, or any four zero-one bytes would do.
        let len = region.agreeing_length(at).filter(|_| expected)?;
        return plausible(region, at, len, false)
            .then(|| frame(region, at, len, Fit::Lengths, live))
            .flatten();
    }
    let span = mark.checked_sub(at)?;
    let stored = region.u32(at).and_then(|len| usize::try_from(len).ok());
    if span >= RECORD_MIN_BYTES {
        let trailing = region
            .u32(mark - 4)
            .and_then(|len| usize::try_from(len).ok());
        if stored == Some(span) || trailing == Some(span) {
            return frame(region, at, span, Fit::OneLength, live);
        }
    }
    let to_seam = if at < region.seam() {
        region.seam() - at
    } else {
        span
    };
    let mut extent = span.min(to_seam);
    if let Some(stored) = stored.filter(|len| (RECORD_MIN_BYTES..extent).contains(len)) {
        extent = stored.next_multiple_of(4).min(extent);
    }
    plausible(region, at, extent, expected && live)
        .then(|| frame(region, at, extent, Fit::Truncated, live))
        .flatten()
}

/// Whether `len` bytes at `at` read like a record: a number, a known type, a name for a source.
/// Where a record is `due` the name may be lost.
fn plausible(region: &Region<'_>, at: usize, len: usize, due: bool) -> bool {
    if len < RECORD_FIXED_BYTES || region.u32(at + 8).is_none_or(|number| number == 0) {
        return false;
    }
    let low = |offset: usize| region.u32(at + offset).map(|word| (word & 0xFFFF) as u16);
    let known =
        low(0x18).is_some_and(|raw| !matches!(EventType::from_raw(raw), EventType::Other(_)));
    let named =
        len == RECORD_FIXED_BYTES || low(RECORD_FIXED_BYTES).is_some_and(|unit| unit >= 0x20);
    known && (named || due)
}
