//! The account of the file itself: what its header claims, against what was found.

use super::chunk::CHUNK_MAGIC;
use crate::account::Account;
use crate::bytes::{u16_at, u32_at, u64_at};
use crate::integrity::{DefectCode, Integrity};
use crate::limits::{CHUNK_SIZE, FILE_HEADER_SIZE};

/// The log was not closed: header flag bit 0.
const DIRTY: u32 = 1;

/// What a file's header says of all its chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stated {
    /// The log was not closed, or its header does not tell.
    pub(crate) unclosed: bool,
    /// Offset in the file behind the last chunk that the header counts; `None` where it may lag
    /// behind, or does not tell.
    pub(crate) end: Option<u64>,
}

impl Stated {
    /// What holds for chunks of which no header speaks.
    pub(crate) const NOTHING: Stated = Stated {
        unclosed: true,
        end: None,
    };

    /// What the header says, whose checksum holds.
    fn of(header: &[u8]) -> Stated {
        let unclosed = u32_at(header, 120).unwrap_or(0) & DIRTY != 0;
        let counted = u16_at(header, 42).map_or(0, u64::from);
        // It also names the chunks with the oldest and the newest records. Where it names one that it
        // does not count, it is no judge of the others.
        let named = [8, 16].map(|at| u64_at(header, at).unwrap_or(u64::MAX));
        let tells = !unclosed && counted > 0 && named.iter().all(|chunk| *chunk < counted);
        Stated {
            unclosed,
            end: tells.then_some(FILE_HEADER_SIZE as u64 + counted * CHUNK_SIZE as u64),
        }
    }
}

/// What is known of a file itself, apart from what its blocks hold.
#[derive(Debug)]
pub struct FileAccount {
    /// Offset behind what was taken of the file so far.
    end: u64,
    claimed_chunks: Option<u64>,
    chunks: u64,
    stated: Stated,
    account: Account,
}

impl FileAccount {
    /// Reads the file header; more than the header is not looked at.
    pub(crate) fn open(bytes: &[u8]) -> FileAccount {
        let header = bytes.get(..FILE_HEADER_SIZE).unwrap_or(bytes);
        if header.starts_with(CHUNK_MAGIC) {
            return FileAccount::without_header();
        }
        let mut file = FileAccount {
            end: header.len() as u64,
            claimed_chunks: None,
            chunks: 0,
            stated: Stated::NOTHING,
            account: Account::default(),
        };
        file.account.bytes = file.end;
        file.header(header);
        file
    }

    /// Of chunks that were cut out of a log, or whose file header is gone.
    fn without_header() -> FileAccount {
        let mut account = Account::default();
        account.integrity.note(
            DefectCode::FileHeader,
            Some(0),
            "there is no file header: the file begins with a chunk",
        );
        FileAccount {
            end: 0,
            claimed_chunks: None,
            chunks: 0,
            stated: Stated::NOTHING,
            account,
        }
    }

    fn header(&mut self, header: &[u8]) {
        let integrity = &mut self.account.integrity;
        if header.len() < FILE_HEADER_SIZE {
            integrity.note(
                DefectCode::Truncated,
                Some(header.len() as u64),
                format!(
                    "the file ends inside its header, after {} bytes",
                    header.len()
                ),
            );
            return;
        }
        let crc = crc32fast::hash(header.get(..120).unwrap_or(&[]));
        if !header.starts_with(b"ElfFile\0") || u32_at(header, 124) != Some(crc) {
            integrity.note(
                DefectCode::FileHeader,
                Some(0),
                "the file header is damaged; the chunks were read without it",
            );
            return;
        }
        self.stated = Stated::of(header);
        if self.stated.unclosed {
            integrity.note(
                DefectCode::Dirty,
                None,
                "the log was not closed cleanly: a copy of a live log, or of a crashed machine",
            );
        }
        self.claimed_chunks = u16_at(header, 42).map(u64::from);
    }

    /// What the header says of all chunks.
    pub(crate) fn stated(&self) -> Stated {
        self.stated
    }

    pub(super) fn integrity(&mut self) -> &mut Integrity {
        &mut self.account.integrity
    }

    /// Offset behind what was taken so far.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Counts more bytes that were taken, or are about to be: whole chunks, unless the file ends
    /// with them.
    pub(crate) fn took(&mut self, bytes: u64) {
        self.end += bytes;
        self.account.bytes += bytes;
        self.chunks += bytes.div_ceil(CHUNK_SIZE as u64);
        let cut = bytes % CHUNK_SIZE as u64;
        if cut != 0 {
            // Folklore: one public log ends 704 bytes short of a chunk that still holds 90 records.
            self.account.integrity.note(
                DefectCode::Truncated,
                Some(self.end),
                format!(
                    "the file ends {} bytes short of a whole chunk",
                    CHUNK_SIZE as u64 - cut
                ),
            );
        }
    }

    /// The file was not read to its end because nobody wants more of it: what its header claims
    /// cannot be checked.
    pub(crate) fn forget_claims(&mut self) {
        self.claimed_chunks = None;
    }

    /// Notes that the user ended the reading.
    pub(crate) fn stop(&mut self) {
        self.forget_claims();
        self.account.stop();
    }

    /// Closes the account of the file itself, once all blocks are decoded: `used` is the number
    /// of chunks that were not empty.
    pub fn close(mut self, used: u64) -> Account {
        if let Some(claimed) = self.claimed_chunks {
            // The header counts chunks in 16 bits.
            let have = used & 0xffff;
            let integrity = &mut self.account.integrity;
            if claimed > have && self.chunks >= claimed {
                integrity.note_many(
                    DefectCode::MissingChunks,
                    None,
                    claimed - have,
                    format!("the header counts {claimed} chunks, {used} have records"),
                );
            } else if claimed > have {
                integrity.note(
                    DefectCode::Truncated,
                    Some(self.end),
                    format!(
                        "the header counts {claimed} chunks, the file has room for {}",
                        self.chunks
                    ),
                );
            } else if claimed != have {
                integrity.note(
                    DefectCode::ChunkCount,
                    None,
                    format!("the header counts {claimed} chunks, {used} have records"),
                );
            }
        }
        self.account
    }
}
