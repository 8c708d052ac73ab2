//! One 64 KiB slot of an .evtx file: its header, its checksums, and where its records stand.
//!
//! The header's own bookkeeping is compared with what is found and never believed: a wrong last
//! record id or free space offset would end a walk early, without an error. Records are found by
//! their frames: magic, size, and the copy of the size at the end.

use std::ops::Range;

use crate::event::Trust;
use crate::integrity::{DefectCode, Integrity};
use crate::limits::CHUNK_SIZE;

/// Bytes of a chunk's header.
pub(super) const HEADER: usize = 512;
/// Bytes before a record's BinXML: magic, size, id, time written.
pub(super) const FRAME_HEAD: usize = 24;
/// The smallest frame: head and the copy of the size.
const SMALLEST: usize = FRAME_HEAD + 4;
pub(super) const RECORD_MAGIC: [u8; 4] = [0x2a, 0x2a, 0, 0];
const CHUNK_MAGIC: &[u8; 8] = b"ElfChnk\0";

/// The chunk keeps no checksums: flags bit 2.
const NO_CRC32: u32 = 4;

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
}

/// What a slot holds.
#[derive(Debug, Default)]
pub(super) struct Slot {
    /// Records in the order they stand, stale ones among them marked as recovered.
    pub(super) frames: Vec<Frame>,
    /// Nothing was ever written here.
    pub(super) empty: bool,
    /// Checksums and counts hold, so that records need not be decoded to be believed.
    pub(super) sound: bool,
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// The header's claims, as far as they are used.
struct Header {
    sound_magic: bool,
    first_number: u64,
    last_number: u64,
    free_space: usize,
    no_crc: bool,
    header_crc_ok: bool,
    data_crc_ok: bool,
}

impl Header {
    fn read(chunk: &[u8]) -> Header {
        let number = |at| u64_at(chunk, at).unwrap_or(0);
        let free_space = u32_at(chunk, 48).unwrap_or(0) as usize;
        let header_crc = {
            let mut hasher = crc32fast::Hasher::new();
            hasher.update(chunk.get(..120).unwrap_or(&[]));
            hasher.update(chunk.get(128..HEADER).unwrap_or(&[]));
            hasher.finalize()
        };
        let data = (HEADER..=CHUNK_SIZE)
            .contains(&free_space)
            .then(|| chunk.get(HEADER..free_space))
            .flatten();
        Header {
            sound_magic: chunk.starts_with(CHUNK_MAGIC),
            first_number: number(8),
            last_number: number(16),
            free_space,
            no_crc: u32_at(chunk, 120).unwrap_or(0) & NO_CRC32 != 0,
            header_crc_ok: u32_at(chunk, 124) == Some(header_crc),
            data_crc_ok: data.is_some_and(|data| u32_at(chunk, 52) == Some(crc32fast::hash(data))),
        }
    }

    /// How many records the chunk should hold. A fresh chunk has the range 1 to 0, or the highest
    /// numbers there are.
    fn promised(&self) -> u64 {
        if self.first_number == 0 || self.last_number == u64::MAX {
            return 0;
        }
        let count = self.last_number.checked_sub(self.first_number).map_or(0, |n| n.saturating_add(1));
        // More than fit into a chunk is no promise but damage.
        if count > (CHUNK_SIZE / SMALLEST) as u64 { 0 } else { count }
    }
}

/// Looks through one slot of exactly [`CHUNK_SIZE`] bytes. `place` is its offset in the file.
pub(super) fn read(chunk: &[u8], place: u64, integrity: &mut Integrity) -> Slot {
    let header = Header::read(chunk);
    if !header.sound_magic && is_zero(chunk) {
        return Slot { frames: Vec::new(), empty: true, sound: true };
    }
    let mut walk = Walk { chunk, frames: Vec::new(), gaps: 0, first_gap: None };
    walk.live(&header);
    walk.stale();
    let frames = walk.frames;
    let live = frames.iter().filter(|frame| frame.trust != Trust::Recovered).count() as u64;
    if !header.sound_magic && live == 0 {
        integrity.note(
            DefectCode::ForeignBlock,
            Some(place),
            "a block that is no chunk and holds no record",
        );
        return Slot { frames, empty: false, sound: false };
    }
    let mut trust = Trust::Intact;
    if !header.sound_magic || (!header.no_crc && !header.header_crc_ok) {
        integrity.note(
            DefectCode::ChunkHeader,
            Some(place),
            "the header of a chunk is damaged; its records were found without it",
        );
    }
    if !header.no_crc && !header.data_crc_ok {
        trust = Trust::ChecksumFailed;
        integrity.note(
            DefectCode::DataCrc,
            Some(place),
            "the checksum over a chunk's records does not hold: content may be altered",
        );
    }
    if walk.gaps > 0 {
        integrity.note(
            DefectCode::Gap,
            walk.first_gap.map(|at| place + at as u64),
            "bytes between records that hold no readable record",
        );
    }
    account(&header, live, place, integrity);
    let frames = frames
        .into_iter()
        .map(|mut frame| {
            if frame.trust == Trust::Intact {
                frame.trust = trust;
            }
            frame
        })
        .collect();
    let sound = header.sound_magic
        && (header.no_crc || (header.header_crc_ok && header.data_crc_ok))
        && header.promised() == live;
    Slot { frames, empty: false, sound }
}

/// Compares the promised number of records with those found: `promised = read + failed + lost`.
fn account(header: &Header, live: u64, place: u64, integrity: &mut Integrity) {
    let promised = if header.header_crc_ok || header.no_crc {
        header.promised()
    } else {
        // A header that cannot be believed promises nothing; but a count that is larger than
        // what was found is a warning all the same.
        header.promised().max(live)
    };
    if promised > live {
        integrity.lost += promised - live;
        integrity.note_many(
            DefectCode::RecordCount,
            Some(place),
            promised - live,
            "records that a chunk promises were not found",
        );
    }
    *integrity.promised.get_or_insert(0) += promised.max(live);
}

/// Whether a slot holds nothing at all.
fn is_zero(chunk: &[u8]) -> bool {
    chunk.iter().all(|byte| *byte == 0)
}

struct Walk<'a> {
    chunk: &'a [u8],
    frames: Vec<Frame>,
    gaps: usize,
    first_gap: Option<usize>,
}

impl Walk<'_> {
    /// Walks the live records, past damaged frames, to the end of the live area.
    fn live(&mut self, header: &Header) {
        // Numbers tell where the live area ends when the header does not: they go up by one.
        let mut expected: Option<u64> = None;
        let end = if (HEADER..=CHUNK_SIZE).contains(&header.free_space) {
            header.free_space
        } else {
            CHUNK_SIZE
        };
        let mut at = HEADER;
        while at + SMALLEST <= CHUNK_SIZE {
            let frame = self.frame(at);
            let past_end = at >= end;
            match frame {
                // Folklore: a copy of a live log can have records behind the free space its header
                // states. They continue the numbers; stale records of an earlier pass do not.
                Some(frame) if past_end && Some(frame.number) != expected => return,
                // Numbers go up by one. A step back is a stale record that a wrong free space
                // offset takes in, unless it is one damaged number among sound ones.
                Some(frame) if expected.is_some_and(|e| frame.number < e) && !self.one_off(&frame, expected) => {
                    return;
                }
                Some(frame) => {
                    expected = match expected {
                        Some(e) if frame.number != e && self.one_off(&frame, expected) => e.checked_add(1),
                        _ => frame.number.checked_add(1),
                    };
                    at = frame.body.end + 4;
                    self.frames.push(frame);
                }
                None if past_end => return,
                None => match self.resume(at, end, header.first_number) {
                    Some(next) => {
                        self.gap(at, next.start);
                        expected = next.number.checked_add(1);
                        at = next.body.end + 4;
                        self.frames.push(next);
                    }
                    None => {
                        if !is_zero(self.chunk.get(at..end).unwrap_or(&[])) {
                            self.gap(at, end);
                        }
                        return;
                    }
                },
            }
        }
    }

    /// Whether the record behind `frame` carries on as if `frame` had the expected number.
    fn one_off(&self, frame: &Frame, expected: Option<u64>) -> bool {
        let Some(after) = expected.and_then(|e| e.checked_add(1)) else { return false };
        let next = frame.body.end + 4;
        self.is_sound(next) && u64_at(self.chunk, next + 8) == Some(after)
    }

    fn gap(&mut self, from: usize, to: usize) {
        if to > from {
            self.gaps += 1;
            self.first_gap.get_or_insert(from);
        }
    }

    /// The record at `at`: sound, or put right when two of its three marks agree.
    fn frame(&self, at: usize) -> Option<Frame> {
        let sound_magic = self.chunk.get(at..at + 4)? == RECORD_MAGIC;
        let size = u32_at(self.chunk, at + 4)? as usize;
        if plausible(at, size) && u32_at(self.chunk, at + size - 4) == Some(size as u32) {
            let trust = if sound_magic { Trust::Intact } else { Trust::Repaired };
            // Without the magic, two equal numbers could be any data: ask for a neighbour too.
            if sound_magic || self.ends_well(at + size) {
                return self.make(at, size, trust);
            }
        }
        if !sound_magic {
            return None;
        }
        // The size or its copy is damaged: the next record tells where this one ends.
        let next = self.next_sound(at + 8, CHUNK_SIZE)?;
        let end = next.unwrap_or_else(|| self.written_end());
        let length = end.checked_sub(at)?;
        let copy = u32_at(self.chunk, end.checked_sub(4)?)? as usize;
        // Either the size leads exactly to the neighbour, or the copy leads back from it.
        if plausible(at, length) && (size == length || copy == length) {
            return self.make(at, length, Trust::Repaired);
        }
        None
    }

    fn make(&self, at: usize, size: usize, trust: Trust) -> Option<Frame> {
        Some(Frame {
            start: at,
            body: at + FRAME_HEAD..at + size - 4,
            number: u64_at(self.chunk, at + 8)?,
            trust,
        })
    }

    /// Whether a record, or nothing, stands at `at`.
    fn ends_well(&self, at: usize) -> bool {
        at == CHUNK_SIZE
            || self.chunk.get(at..at + 4).is_some_and(|mark| mark == RECORD_MAGIC || mark == [0; 4])
    }

    /// Where the last written byte's eight-byte cell ends: all records end on such a border.
    fn written_end(&self) -> usize {
        let last = self.chunk.iter().rposition(|b| *b != 0).map_or(0, |at| at + 1);
        // The copy of the size ends with zero bytes: sizes stay below 65,536.
        (last + 2).next_multiple_of(8).min(CHUNK_SIZE)
    }

    /// Offset of the next whole record in a range; `Some(None)` when there is none.
    #[expect(clippy::option_option, reason = "no neighbour is an answer, a bad range is not")]
    fn next_sound(&self, from: usize, to: usize) -> Option<Option<usize>> {
        let range = self.chunk.get(from..to)?;
        let hit = memchr::memmem::find_iter(range, &RECORD_MAGIC)
            .map(|hit| from + hit)
            .find(|&at| self.is_sound(at));
        Some(hit)
    }

    fn is_sound(&self, at: usize) -> bool {
        let size = u32_at(self.chunk, at + 4).map_or(0, |size| size as usize);
        plausible(at, size) && u32_at(self.chunk, at + size - 4) == Some(size as u32)
    }

    /// The next live record behind a damaged place.
    fn resume(&self, at: usize, end: usize, first_number: u64) -> Option<Frame> {
        let mut from = at + 1;
        while let Some(Some(next)) = self.next_sound(from, end) {
            let frame = self.frame(next)?;
            // A record of the log's earlier pass has a lower number than the chunk begins with.
            let known = self.frames.first().map_or(first_number, |frame| frame.number);
            if frame.number >= known.min(first_number) {
                return Some(frame);
            }
            from = next + 4;
        }
        None
    }

    /// Carves records behind and between the live ones: what an earlier pass of the log left.
    fn stale(&mut self) {
        let mut holes = Vec::new();
        let mut at = HEADER;
        for frame in &self.frames {
            if frame.start > at {
                holes.push(at..frame.start);
            }
            at = frame.body.end + 4;
        }
        holes.push(at..CHUNK_SIZE);
        for hole in holes {
            let mut at = hole.start;
            while let Some(Some(next)) = self.next_sound(at, hole.end) {
                let size = u32_at(self.chunk, next + 4).map_or(SMALLEST, |size| size as usize);
                if next + size > hole.end {
                    at = next + 4;
                    continue;
                }
                self.frames.extend(self.make(next, size, Trust::Recovered));
                at = next + size;
            }
        }
    }
}

/// Whether a record of this size can stand here. Sizes are multiples of 8 in every log seen; a
/// writer that does not pad is still read.
fn plausible(at: usize, size: usize) -> bool {
    size >= SMALLEST && size.is_multiple_of(4) && at.checked_add(size).is_some_and(|end| end <= CHUNK_SIZE)
}
