//! The file: its header, and its chunks in blocks of 1 MiB, so that no log is ever held whole.

use std::fs::File;
use std::io::{self, Cursor, Read};

use super::account::{FileAccount, Stated};
use crate::integrity::DefectCode;
use crate::limits::{CHUNK_SIZE, CHUNKS_PER_BLOCK, FILE_HEADER_SIZE};

/// Size of a page of memory; where pages are larger, a part of one does as well.
const PAGE: usize = 4096;

/// A run of chunks that were read together.
#[derive(Debug)]
pub struct Block {
    /// Offset of the first chunk in the file.
    offset: u64,
    /// The chunks, and room for more: a buffer that is used again need not be cleared.
    buffer: Vec<u8>,
    /// Where in the buffer the first chunk begins: at a page.
    start: usize,
    /// Bytes of the buffer that are chunks: a multiple of 64 KiB.
    whole: usize,
    /// Bytes of these that the file really has; the rest is padding of a cut last chunk.
    real: usize,
    /// What the file's header says.
    stated: Stated,
}

impl Block {
    /// Reads up to `most` bytes as whole chunks: a cut last one is padded. Also gives the error that
    /// ended the reading.
    fn read(
        input: &mut impl Read,
        offset: u64,
        most: usize,
        mut buffer: Vec<u8>,
    ) -> (Block, Option<io::Error>) {
        let room = most.next_multiple_of(CHUNK_SIZE) + PAGE;
        if buffer.len() < room {
            buffer.resize(room, 0);
        }
        // An allocation begins 16 bytes behind a page. Processors whose copies are fast only where
        // source and destination agree (AMD from Zen 3 on) then copy out of the page cache at a
        // quarter of their speed, which was more than half of a whole scan.
        let start = buffer.as_ptr().align_offset(PAGE).min(PAGE);
        let (real, error) = fill(
            input,
            buffer.get_mut(start..start + most).unwrap_or(&mut []),
        );
        let whole = real.next_multiple_of(CHUNK_SIZE);
        if let Some(padding) = buffer.get_mut(start + real..start + whole) {
            padding.fill(0);
        }
        let block = Block {
            offset,
            buffer,
            start,
            whole,
            real,
            stated: Stated::NOTHING,
        };
        (block, error)
    }

    /// Offset of the first chunk in the file.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    pub(super) fn chunks(&self) -> impl Iterator<Item = &[u8]> {
        let bytes = self
            .buffer
            .get(self.start..self.start + self.whole)
            .unwrap_or(&[]);
        bytes.chunks_exact(CHUNK_SIZE)
    }

    /// What the file's header says of all chunks.
    pub(super) fn stated(&self) -> Stated {
        self.stated
    }

    /// Tells what the file's header says.
    pub(crate) fn set_stated(&mut self, stated: Stated) {
        self.stated = stated;
    }

    /// Bytes that the file really has.
    pub(crate) fn real(&self) -> usize {
        self.real
    }

    /// The buffer, to be used again.
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }
}

/// Reads an .evtx file as blocks, so that they can be decoded apart from each other.
pub struct Blocks<R> {
    input: R,
    /// What was read of it and belongs to the first block: chunks that stand without a file header.
    ahead: Cursor<Vec<u8>>,
    ended: bool,
    file: FileAccount,
}

impl<R: Read> Blocks<R> {
    /// Reads the file header.
    pub fn new(mut input: R) -> Self {
        let mut header = vec![0; FILE_HEADER_SIZE];
        let (read, error) = fill(&mut input, &mut header);
        header.truncate(read);
        let file = FileAccount::open(&header);
        if file.end() > 0 {
            header.clear();
        }
        let mut blocks = Blocks {
            input,
            ahead: Cursor::new(header),
            ended: read < FILE_HEADER_SIZE && file.end() > 0,
            file,
        };
        blocks.note(error);
        blocks
    }

    fn note(&mut self, error: Option<io::Error>) {
        if let Some(error) = error {
            let message = format!("reading failed: {error}");
            let at = Some(self.file.end());
            let integrity = self.file.integrity();
            integrity.note(DefectCode::ReadError, at, message);
        }
    }

    /// The next block; `None` at the end of the file. The block takes the buffer, to use it again; at
    /// the end it stays for the next file: clearing a new one takes longer than reading a small log.
    pub fn next_block(&mut self, buffer: &mut Vec<u8>) -> Option<Block> {
        if self.ended {
            return None;
        }
        let most = CHUNK_SIZE * CHUNKS_PER_BLOCK;
        let mut input = (&mut self.ahead).chain(&mut self.input);
        let taken = std::mem::take(buffer);
        let (mut block, error) = Block::read(&mut input, self.file.end(), most, taken);
        block.set_stated(self.file.stated());
        self.ended = block.real < most;
        self.file.took(block.real as u64);
        self.note(error);
        if block.real == 0 {
            *buffer = block.into_buffer();
            return None;
        }
        Some(block)
    }

    /// Whether the file was read to its end.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Ends the reading: what is known of the file itself.
    pub fn finish(self) -> FileAccount {
        self.file
    }
}

/// Something that went wrong while chunks were read.
pub(crate) struct ReadProblem {
    pub(crate) code: DefectCode,
    pub(crate) message: String,
}

/// Reads the chunks of a file that stand in so many bytes from `offset` on.
pub(crate) fn read_chunks(
    file: &File,
    offset: u64,
    bytes: usize,
    buffer: Vec<u8>,
) -> (Block, Option<ReadProblem>) {
    let mut interval = Interval { file, offset };
    let (block, error) = Block::read(&mut interval, offset, bytes, buffer);
    let problem = match error {
        Some(error) => Some(ReadProblem {
            code: DefectCode::ReadError,
            message: format!("reading failed: {error}"),
        }),
        None if block.real < bytes => Some(ReadProblem {
            code: DefectCode::Truncated,
            message: "the file became shorter while it was read".to_owned(),
        }),
        None => None,
    };
    (block, problem)
}

/// A file from some offset on. Unlike a cursor, that offset is not shared with other threads.
struct Interval<'f> {
    file: &'f File,
    offset: u64,
}

impl Read for Interval<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = read_at(self.file, buffer, self.offset)?;
        self.offset += read as u64;
        Ok(read)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// Reads until the buffer is full or the input ends. An error ends it too, but keeps what was read.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut read = 0;
    while let Some(rest) = buffer.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(n) => read += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (read, Some(error)),
        }
    }
    (read, None)
}
