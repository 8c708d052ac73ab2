//! The fixed parts of a log: header, EOF record, marks and sizes.
//!
//! All numbers are little-endian; everything in a log starts at a multiple of four.

use super::region::Region;
use crate::bytes::u32_at;

/// "LfLe": what stands four bytes into the header and into every record.
pub(super) const MARK: u32 = 0x654C_664C;
/// Bytes of the header, and the value of its first and last field.
pub(super) const HEADER_BYTES: usize = 0x30;
/// Bytes of the EOF record, and the value of its first and last field.
pub(super) const EOF_BYTES: usize = 0x28;
/// The four numbers that follow the size in an EOF record.
pub(super) const EOF_MARK: [u32; 4] = [0x1111_1111, 0x2222_2222, 0x3333_3333, 0x4444_4444];
/// Bytes of a record before its text.
pub(super) const RECORD_FIXED_BYTES: usize = 0x38;
/// Bytes of the smallest record: the fixed part and the length repeated at the end.
pub(super) const RECORD_MIN_BYTES: usize = RECORD_FIXED_BYTES + 4;
/// What fills the end of the ring where fewer than [`RECORD_FIXED_BYTES`] bytes are left.
pub(super) const FILLER: u32 = 0x27;

/// Says whether a file that begins with `prefix` is a `.evt` log with an undamaged signature.
///
/// Eight bytes are enough. For a log whose first bytes are damaged see [`looks_like_evt`].
#[must_use]
pub fn is_evt(prefix: &[u8]) -> bool {
    u32_at(prefix, 0) == Some(HEADER_BYTES as u32) && u32_at(prefix, 4) == Some(MARK)
}

/// Says whether `bytes` hold something of a `.evt` log: a header, even a damaged one, an EOF record
/// or a whole record.
///
/// Give it as much of the file as is at hand; the time is linear in that. Unlike [`is_evt`] it may
/// say yes to a disk image or a memory dump that holds such a log somewhere.
#[must_use]
pub fn looks_like_evt(bytes: &[u8]) -> bool {
    if EvtHeader::parse(bytes).is_some() {
        return true;
    }
    let whole = Region::single(bytes, 0, bytes.len());
    let mut at = 0;
    loop {
        if whole.sound_record(at).is_some() || EvtEof::parse(&whole, at).is_some() {
            return true;
        }
        at = whole.next_mark(at.saturating_add(4));
        if at >= whole.len() {
            return false;
        }
    }
}

/// What the header says. It is true only of a log that was closed cleanly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EvtHeader {
    /// Offset of the oldest record, in bytes from the start of the file.
    pub oldest_offset: u32,
    /// Offset of the EOF record, in bytes from the start of the file.
    pub eof_offset: u32,
    /// Number the next record will get.
    ///
    /// Folklore: libevt's description calls it the number of the last record. A cleanly closed log
    /// with records 1 to 5 has 6 here, so Microsoft's page is right.
    pub next_number: u32,
    /// Number of the oldest record; 0 in an empty log.
    pub oldest_number: u32,
    /// Size the log may grow to, in bytes.
    pub max_size: u32,
    /// The flags as stored; see [`dirty`](Self::dirty) and its neighbours.
    pub flags: u32,
    /// How long records are kept before they may be overwritten, in seconds.
    pub retention: u32,
    /// Whether all fields with a fixed value (sizes, signature, version) are right.
    pub intact: bool,
}

impl EvtHeader {
    /// Reads the header. Of its five fields with a fixed value one may be damaged, or all but the
    /// first two missing, as in a file cut inside its header.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let size = HEADER_BYTES as u32;
        let expected = [(0, size), (4, MARK), (8, 1), (0x0C, 1), (0x2C, size)];
        let right = expected
            .iter()
            .filter(|(at, value)| u32_at(bytes, *at) == Some(*value))
            .count();
        if right + 1 < expected.len() && !is_evt(bytes) {
            return None;
        }
        // A file cut inside its header still says what it has; the rest reads as nothing.
        let field = |offset| u32_at(bytes, offset).unwrap_or_default();
        Some(Self {
            oldest_offset: field(0x10),
            eof_offset: field(0x14),
            next_number: field(0x18),
            oldest_number: field(0x1C),
            max_size: field(0x20),
            flags: field(0x24),
            retention: field(0x28),
            intact: right == expected.len(),
        })
    }

    /// Whether the log was in use, or not closed, when the header was written (flag 1).
    #[must_use]
    pub fn dirty(&self) -> bool {
        self.flags & 1 != 0
    }

    /// Whether the ring has come round at least once (flag 2).
    #[must_use]
    pub fn wrapped(&self) -> bool {
        self.flags & 2 != 0
    }

    /// Whether a record could not be written because the log was full (flag 4).
    ///
    /// Such a log lacks the newest events, and nothing in it says how many.
    #[must_use]
    pub fn log_full(&self) -> bool {
        self.flags & 4 != 0
    }

    /// Whether the archive attribute was set (flag 8).
    #[must_use]
    pub fn archive(&self) -> bool {
        self.flags & 8 != 0
    }
}

/// What the EOF record says. It is rewritten with every record, so it is the truth about the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EvtEof {
    /// Where the EOF record was found, in bytes from the start of the file.
    pub offset: u32,
    /// Where the EOF record says it is; differs from `offset` in a moved or stale one.
    pub own_offset: u32,
    /// Offset of the oldest record, in bytes from the start of the file.
    pub oldest_offset: u32,
    /// Number the next record will get.
    pub next_number: u32,
    /// Number of the oldest record; 0 in an empty log.
    pub oldest_number: u32,
}

impl EvtEof {
    /// Reads the EOF record at `at` in `region`.
    pub(super) fn parse(region: &Region<'_>, at: usize) -> Option<Self> {
        let field = |offset: usize| region.u32(at.checked_add(offset)?);
        if !region.eof_mark(at) {
            return None;
        }
        Some(Self {
            offset: u32::try_from(region.physical(at)).ok()?,
            oldest_offset: field(0x14)?,
            own_offset: field(0x18)?,
            next_number: field(0x1C)?,
            oldest_number: field(0x20)?,
        })
    }

    /// Whether the record lies where it says it does.
    #[must_use]
    pub fn in_place(&self) -> bool {
        self.offset == self.own_offset
    }
}
