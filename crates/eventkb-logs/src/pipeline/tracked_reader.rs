//! Readers that count, hash and watch what goes through them.

#[cfg(feature = "archives")]
use std::fs::File;
use std::io::{self, Read};
#[cfg(feature = "archives")]
use std::io::{Seek, SeekFrom};

use sha2::{Digest, Sha256};

use super::{Plan, Progress};
#[cfg(feature = "archives")]
use crate::holes::ReadSeek;

/// A reader that counts and hashes what goes through it.
pub(crate) struct TrackedReader<'a, R> {
    pub(crate) input: R,
    pub(crate) hasher: Option<Sha256>,
    pub(crate) plan: &'a Plan<'a>,
    pub(crate) bytes: u64,
    pub(crate) progress: Option<&'a Progress>,
}

impl<R: Read> Read for TrackedReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.bytes += read as u64;
        if !self.plan.hashes(Some(self.bytes)) {
            self.hasher = None;
        }
        if let (Some(hasher), Some(bytes)) = (&mut self.hasher, buffer.get(..read)) {
            hasher.update(bytes);
        }
        if let Some(progress) = self.progress {
            progress.add_bytes(read as u64);
        }
        Ok(read)
    }
}

/// A hash as text.
pub(crate) fn hex(hasher: Sha256) -> String {
    crate::numbers::hex(&hasher.finalize())
}

/// An archive on disk whose reading is watched. An archive may be read here and there, and parts
/// of it twice: together that counts for no more than its size.
#[cfg(feature = "archives")]
pub(crate) struct Watched<'a> {
    file: &'a mut File,
    progress: &'a Progress,
    left: u64,
}

#[cfg(feature = "archives")]
impl<'a> Watched<'a> {
    pub(crate) fn new(file: &'a mut File, progress: &'a Progress) -> Self {
        let left = file.metadata().map_or(0, |metadata| metadata.len());
        Watched {
            file,
            progress,
            left,
        }
    }
}

#[cfg(feature = "archives")]
impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        let counts = self.left.min(read as u64);
        self.left -= counts;
        self.progress.add_bytes(counts);
        Ok(read)
    }
}

#[cfg(feature = "archives")]
impl Seek for Watched<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[cfg(feature = "archives")]
impl ReadSeek for Watched<'_> {
    fn next_data(&mut self, at: u64, size: u64) -> u64 {
        self.file.next_data(at, size)
    }

    fn data_bytes(&mut self) -> io::Result<u64> {
        self.file.data_bytes()
    }
}

#[cfg(feature = "archives")]
impl Drop for Watched<'_> {
    /// What was passed over is done as well.
    fn drop(&mut self) {
        self.progress.add_bytes(self.left);
    }
}

/// Gives an error that came up before its time, once.
pub(crate) struct Failing(pub(crate) Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
