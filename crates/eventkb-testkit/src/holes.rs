//! Sparse files: a few kilobytes of data, and gigabytes that no disk holds.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// Writes a file of pieces: bytes, or holes of so many bytes.
///
/// # Errors
///
/// When the file cannot be written.
pub fn write(path: &Path, pieces: &[Piece<'_>]) -> io::Result<()> {
    let mut file = File::create(path)?;
    let mut at = 0;
    for piece in pieces {
        match piece {
            Piece::Data(bytes) => {
                file.seek(SeekFrom::Start(at))?;
                file.write_all(bytes)?;
                at += bytes.len() as u64;
            }
            Piece::Hole(bytes) => at += bytes,
        }
    }
    file.set_len(at)
}

/// A piece of a sparse file.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'a> {
    /// What is written.
    Data(&'a [u8]),
    /// So many bytes that are not.
    Hole(u64),
}
