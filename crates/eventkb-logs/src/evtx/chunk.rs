//! One 64 KiB chunk of an .evtx file: its header, its checksums, its records.
//!
//! The header's own bookkeeping is compared with what is found and never believed: a wrong last
//! record id or free space offset would end a walk early, without an error. [`frames`] finds the
//! records without it.
//!
//! [`frames`]: super::frames

use super::account::Stated;
use super::frames::{self, Claims, Frame, MOST_FRAMES};
use super::header_crc;
use crate::account::ChunkMark;
use crate::bytes::{u32_at, u64_at};
use crate::event::Trust;
use crate::integrity::{DefectCode, Integrity};
use crate::limits::CHUNK_SIZE;

/// Bytes of a chunk's header.
pub(super) const HEADER: usize = 512;
pub(super) const CHUNK_MAGIC: &[u8; 8] = b"ElfChnk\0";

/// The chunk keeps no checksums: flags bit 2.
const NO_CRC32: u32 = 4;

/// What a chunk holds.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// Records in the order they stand, stale ones among them marked as recovered.
    pub(super) frames: Vec<Frame>,
    /// Nothing was ever written here.
    pub(super) empty: bool,
    /// What tells it from the other chunks of its file; `None` when no live record is in it.
    pub(super) mark: Option<ChunkMark>,
    /// Checksums and counts hold, so that records need not be decoded to be believed.
    pub(super) sound: bool,
    /// The header tells live records from stale ones.
    pub(super) tells_live: bool,
}

/// The header's claims, as far as they are used.
struct Header {
    sound_magic: bool,
    /// Numbers of the first and the last record, counted by the log.
    numbers: (u64, u64),
    /// Ids of the first and the last record, as their frames have them; exports renumber only one
    /// of the two.
    ids: (u64, u64),
    free_space: usize,
    no_crc: bool,
    header_crc_ok: bool,
    data_crc_ok: bool,
    /// The checksum that it keeps of its records.
    data_crc: u32,
    mark: u64,
}

impl Header {
    /// Reads what the header says. Where its checksum shows that one bit of it is wrong, it is read
    /// with that bit put right, and counts as damaged all the same.
    fn read(chunk: &[u8]) -> Header {
        let header = Header::as_written(chunk, chunk.get(..HEADER).unwrap_or(chunk));
        if header.header_crc_ok {
            return header;
        }
        let Some(mended) = chunk.get(..HEADER).and_then(header_crc::mended) else {
            return header;
        };
        Header {
            sound_magic: header.sound_magic,
            header_crc_ok: false,
            ..Header::as_written(chunk, &mended)
        }
    }

    fn as_written(chunk: &[u8], header: &[u8]) -> Header {
        let number = |at| u64_at(header, at).unwrap_or(0);
        let crc = |at| u32_at(header, at).unwrap_or(0);
        let free_space = crc(48) as usize;
        let data = (HEADER..=CHUNK_SIZE)
            .contains(&free_space)
            .then(|| chunk.get(HEADER..free_space))
            .flatten();
        Header {
            sound_magic: header.starts_with(CHUNK_MAGIC),
            numbers: (number(8), number(16)),
            ids: (number(24), number(32)),
            free_space,
            no_crc: header.starts_with(CHUNK_MAGIC) && crc(120) & NO_CRC32 != 0,
            header_crc_ok: header_crc::of(header) == crc(124),
            data_crc_ok: data.is_some_and(|data| crc(52) == crc32fast::hash(data)),
            data_crc: crc(52),
            mark: u64::from(crc(52)) << 32 | u64::from(crc(124)),
        }
    }

    /// Where header and records both fail their checksums, the one over the records may still tell
    /// where they end. In a log that was not closed it may be that of fewer of them.
    fn find_end(&mut self, records: &[u8], unclosed: bool) {
        if self.header_crc_ok || self.data_crc_ok || unclosed || self.is_filled() {
            return;
        }
        if let Some(end) = frames::end_with_checksum(records, self.data_crc) {
            self.free_space = end;
            self.data_crc_ok = true;
        }
    }

    /// In a log that was not closed the checksum may be behind the records that the header counts:
    /// where those end that it covers.
    fn lag(&self, records: &[u8], unclosed: bool) -> Option<usize> {
        if !unclosed || self.data_crc_ok || self.no_crc || !self.is_sound() {
            return None;
        }
        let end = frames::end_with_checksum(records, self.data_crc)?;
        (end < self.free_space).then_some(end)
    }

    fn is_sound(&self) -> bool {
        self.sound_magic && (self.no_crc || self.header_crc_ok)
    }

    /// How many records the chunk should hold.
    fn promised(&self) -> u64 {
        count(self.numbers)
    }

    /// The claims that could be true. A wrong last id must not cut the range short, so the count
    /// has a say as well.
    fn claims(&self, unclosed: bool) -> Claims {
        let by_id = count(self.ids);
        let length = by_id.max(self.promised());
        // What overwrote a header with one byte wrote no numbers.
        let numbers =
            (length > 0 && self.ids.0 != 0 && self.ids.0 != u64::MAX && !self.is_filled())
                .then(|| self.ids.0..self.ids.0.saturating_add(length));
        let free_space = (HEADER..=CHUNK_SIZE)
            .contains(&self.free_space)
            .then_some(self.free_space);
        Claims {
            numbers,
            free_space,
            proved: self.data_crc_ok && self.free_space > HEADER,
            unclosed,
        }
    }

    /// Whether the header was overwritten with one byte again and again.
    fn is_filled(&self) -> bool {
        !self.sound_magic && self.numbers.0 == self.numbers.1 && self.numbers == self.ids
    }
}

/// The length of a range of numbers. A fresh chunk has the range 1 to 0, or the highest numbers
/// there are; more than fit into a chunk is no promise but damage.
fn count((first, last): (u64, u64)) -> u64 {
    if first == 0 || last == u64::MAX {
        return 0;
    }
    let count = last.checked_sub(first).map_or(0, |n| n.saturating_add(1));
    if count > MOST_FRAMES { 0 } else { count }
}

/// Says what is wrong with the header and the checksums. Gives how far records of the chunk can be
/// believed.
fn note_state(header: &Header, lags: bool, offset: u64, integrity: &mut Integrity) -> Trust {
    if !header.is_sound() {
        integrity.note(
            DefectCode::ChunkHeader,
            Some(offset),
            "the header of a chunk is damaged; its records were found without it",
        );
    }
    if header.no_crc {
        integrity.note(
            DefectCode::NoChecksum,
            Some(offset),
            "a chunk says that it keeps no checksums: nothing shows whether its records were altered",
        );
        // A single bit switches the checksums off; where they hold all the same, they vouch.
        return match header.data_crc_ok {
            true => Trust::Intact,
            false => Trust::NoChecksum,
        };
    }
    if lags {
        integrity.note(
            DefectCode::Oddity,
            Some(offset),
            "the log was not closed: its newest records are behind those that a checksum covers",
        );
    } else if !header.data_crc_ok {
        integrity.note(
            DefectCode::DataCrc,
            Some(offset),
            "the checksum over a chunk's records does not hold: content may be altered",
        );
        return Trust::ChecksumFailed;
    }
    Trust::Intact
}

/// Says where records are missing, or stand where none should.
fn note_places(found: &frames::Found, offset: u64, integrity: &mut Integrity) {
    integrity.note_many(
        DefectCode::Gap,
        found.first_gap.map(|at| offset + at as u64),
        found.gaps,
        "bytes between records that hold no readable record",
    );
    integrity.note_many(
        DefectCode::HeaderMismatch,
        Some(offset),
        found.contradicted,
        "records stand behind the end that a chunk's header names, and have numbers that it does not name",
    );
}

/// Looks through one chunk of exactly [`CHUNK_SIZE`] bytes, of which the file has the first `real`.
/// `offset` is its offset in the file, of which the header says what is `stated`.
pub(super) fn read(
    chunk: &[u8],
    real: usize,
    (offset, stated): (u64, Stated),
    integrity: &mut Integrity,
) -> Chunk {
    let unclosed = stated.unclosed;
    let mut header = Header::read(chunk);
    if !header.sound_magic && is_zero(chunk) {
        return Chunk {
            empty: true,
            sound: true,
            ..Chunk::default()
        };
    }
    let records = chunk.get(..real).unwrap_or(chunk);
    header.find_end(records, unclosed);
    let lag = header.lag(records, unclosed);
    let claims = header.claims(unclosed);
    let found = frames::find(records, &claims);
    if !header.sound_magic && found.live == 0 {
        integrity.note(
            DefectCode::ForeignBlock,
            Some(offset),
            "a block that is no chunk and holds no record",
        );
        return Chunk {
            frames: found.frames,
            ..Chunk::default()
        };
    }
    let trust = note_state(&header, lag.is_some(), offset, integrity);
    note_places(&found, offset, integrity);
    // A damaged header means something only if it names the records that are there.
    let tells_live = header.is_sound() || found.confirmed;
    let promised = if tells_live && !header.is_filled() {
        header.promised()
    } else {
        0
    };
    // Folklore: other writers count their records anew in each chunk, or one too many. Where the
    // checksum covers records in a row up to the free space, none is missing.
    let complete = found.complete && header.data_crc_ok;
    if complete && promised != found.live {
        integrity.note(
            DefectCode::Oddity,
            Some(offset),
            "the header of a chunk counts its records otherwise than they are; none is missing",
        );
    }
    let promised = if complete { found.live } else { promised };
    account(promised, found.live, offset, integrity);
    let mut frames = found.frames;
    for frame in frames
        .iter_mut()
        .filter(|frame| frame.trust == Trust::Intact)
    {
        let behind = lag.is_some_and(|end| frame.start >= end);
        frame.trust = if behind { Trust::Unverified } else { trust };
    }
    if found.live > 0 && stated.end.is_some_and(|end| offset >= end) {
        integrity.note_many(
            DefectCode::HeaderMismatch,
            Some(offset),
            found.live,
            "records in chunks that the header of the file does not count, though it says that the log was \
             closed: they may be of another log",
        );
        let live = frames.iter_mut().filter(|f| f.trust != Trust::Recovered);
        live.for_each(|frame| frame.trust = Trust::HeaderMismatch);
    }
    let live = frames.iter().filter(|f| f.trust != Trust::Recovered);
    let numbers = live.map(|frame| frame.number);
    let frame_numbers = numbers.clone().min().zip(numbers.max());
    let sound = header.is_sound()
        && header.data_crc_ok
        && (header.promised() == found.live || complete)
        && found.gaps == 0;
    Chunk {
        frames,
        empty: false,
        mark: (found.live > 0).then(|| ChunkMark {
            checksums: header.mark,
            numbers: frame_numbers.filter(|_| sound),
        }),
        sound,
        tells_live,
    }
}

/// Compares the promised number of records with those found: `promised = read + failed + lost`.
fn account(promised: u64, live: u64, offset: u64, integrity: &mut Integrity) {
    if promised > live {
        integrity.lost += promised - live;
        integrity.note_many(
            DefectCode::RecordCount,
            Some(offset),
            promised - live,
            "records that a chunk promises were not found",
        );
    }
    *integrity.promised.get_or_insert(0) += promised.max(live);
}

/// Whether a chunk holds nothing at all.
fn is_zero(chunk: &[u8]) -> bool {
    chunk.iter().all(|byte| *byte == 0)
}
