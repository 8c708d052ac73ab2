//! The account of the file itself: what its header claims, against what was found.

use super::chunk::CHUNK_MAGIC;
use crate::account::Account;
use crate::bytes::{u16_at, u32_at};
use crate::integrity::{DefectCode, Integrity};
use crate::limits::{CHUNK_SIZE, FILE_HEADER_SIZE};

/// The log was not closed: header flag bit 0.
const DIRTY: u32 = 1;

/// What is known of a file itself, apart from what its blocks hold.
#[derive(Debug)]
pub struct FileAccount {
    /// Offset behind what was taken of the file so far.
    end: u64,
    claimed_chunks: Option<u64>,
    chunks: u64,
    /// The log was not closed, or its header does not tell.
    unclosed: bool,
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
            unclosed: true,
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
            unclosed: true,
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
        self.unclosed = u32_at(header, 120).unwrap_or(0) & DIRTY != 0;
        if self.unclosed {
            integrity.note(
                DefectCode::Dirty,
                None,
                "the log was not closed cleanly: a copy of a live log, or of a crashed machine",
            );
        }
        self.claimed_chunks = u16_at(header, 42).map(u64::from);
    }

    /// Whether the log was not closed, as far as its header tells.
    pub(crate) fn is_unclosed(&self) -> bool {
        self.unclosed
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
