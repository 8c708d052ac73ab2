//! The holes of a sparse file: bytes that no disk holds, and that read as zeroes.
//!
//! A copy of a log can claim terabytes and hold a few kilobytes. Reading its zeroes would cost
//! seconds for each gigabyte: a file of 20 GiB with one chunk in it took 15 seconds and more.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;

use crate::limits;

/// What can be read and sought in, and may have holes.
pub trait ReadSeek: Read + Seek {
    /// The first byte from `at` on that is no hole; `size`, the end, when there is none. Where
    /// nobody can tell, nothing is a hole. The reader may stand anywhere afterwards.
    fn next_data(&mut self, at: u64, size: u64) -> u64 {
        let _ = size;
        at
    }

    /// Bytes that are in no hole.
    ///
    /// # Errors
    /// When the end cannot be found.
    fn data_bytes(&mut self) -> io::Result<u64> {
        self.seek(SeekFrom::End(0))
    }
}

impl<T: AsRef<[u8]>> ReadSeek for Cursor<T> {}

impl<T: ReadSeek + ?Sized> ReadSeek for &mut T {
    fn next_data(&mut self, at: u64, size: u64) -> u64 {
        (**self).next_data(at, size)
    }

    fn data_bytes(&mut self) -> io::Result<u64> {
        (**self).data_bytes()
    }
}

impl ReadSeek for File {
    fn next_data(&mut self, at: u64, size: u64) -> u64 {
        next_data(self, at, size)
    }

    fn data_bytes(&mut self) -> io::Result<u64> {
        let size = self.metadata()?.len();
        Ok(data_bytes(self, size))
    }
}

/// The first byte from `at` on that is no hole; `size` when there is none. Where the system or the
/// disk's format cannot tell, nothing is a hole. Moves the place where the file is read.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
pub(crate) fn next_data(file: &File, at: u64, size: u64) -> u64 {
    use rustix::fs::{SeekFrom, seek};
    use rustix::io::Errno;

    match seek(file, SeekFrom::Data(at)) {
        Ok(data) => data.clamp(at, size.max(at)),
        Err(Errno::NXIO) => size.max(at),
        Err(_) => at,
    }
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub(crate) fn next_data(_file: &File, at: u64, _size: u64) -> u64 {
    at
}

/// Where the data that `at` lies in ends: at a hole, or at `size`.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn end_of_data(file: &File, at: u64, size: u64) -> u64 {
    use rustix::fs::{SeekFrom, seek};

    seek(file, SeekFrom::Hole(at)).map_or(size, |hole| hole.clamp(at, size.max(at)))
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn end_of_data(_file: &File, _at: u64, size: u64) -> u64 {
    size
}

/// Pieces of data that are counted one by one. Behind them everything counts as data.
const MOST_PIECES: usize = 100_000;

/// The pieces of a file that are in no hole, in order.
fn pieces(file: &File, size: u64) -> impl Iterator<Item = Range<u64>> {
    let mut at = 0;
    let piece = move |n: usize| {
        if n == MOST_PIECES {
            return (at < size).then_some(at..size);
        }
        let begins = next_data(file, at, size);
        if begins >= size {
            return None;
        }
        at = end_of_data(file, begins, size).max(begins + 1).min(size);
        Some(begins..at)
    };
    (0..=MOST_PIECES).map_while(piece)
}

/// Bytes of a file that are in no hole.
pub(crate) fn data_bytes(file: &File, size: u64) -> u64 {
    pieces(file, size)
        .map(|piece| piece.end - piece.start)
        .sum()
}

/// Where the last data of a file ends: what follows is one hole.
pub(crate) fn end_of_last_data(file: &File, size: u64) -> u64 {
    pieces(file, size).last().map_or(0, |piece| piece.end)
}

/// A file read from where it stands, with the most of its large holes left out: of each so much is
/// kept that nobody takes what lies on both sides for one.
pub(crate) struct WithoutHoles<F> {
    file: F,
    at: u64,
    size: u64,
    /// Bytes of a hole that are kept.
    keep: u64,
    /// How much more of holes may be kept.
    may_keep: u64,
    /// The end of the hole that is being read.
    hole_ends: u64,
    /// Bytes that were left out, and where the first of them was.
    left_out: u64,
    first: Option<u64>,
}

impl<F: ReadSeek> WithoutHoles<F> {
    /// Reads on from where the file stands. `keep` bytes of a hole are kept, as long as all of them
    /// together are no more than [`limits::HOLE_BYTES`].
    pub(crate) fn new(mut file: F, keep: u64) -> io::Result<Self> {
        let at = file.stream_position()?;
        let size = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(at))?;
        Ok(WithoutHoles {
            file,
            at,
            size,
            keep,
            may_keep: limits::HOLE_BYTES,
            hole_ends: at,
            left_out: 0,
            first: None,
        })
    }

    /// Bytes that were left out so far, and the place of the first of them.
    pub(crate) fn left_out(&self) -> Option<(u64, u64)> {
        self.first.map(|first| (self.left_out, first))
    }

    /// Goes on behind a hole, but for what is kept of it.
    fn pass(&mut self) -> io::Result<()> {
        if self.at < self.hole_ends || self.at >= self.size {
            return Ok(());
        }
        let data = self.file.next_data(self.at, self.size);
        let hole = data.saturating_sub(self.at);
        let keep = self.keep.min(self.may_keep.max(limits::HOLE_KEPT_AT_LEAST));
        if hole > keep.max(limits::SMALL_HOLE) {
            self.first.get_or_insert(self.at);
            self.left_out += hole - keep;
            self.at += hole - keep;
            self.may_keep = self.may_keep.saturating_sub(keep);
        }
        self.hole_ends = data;
        self.file.seek(SeekFrom::Start(self.at))?;
        Ok(())
    }
}

impl<F: ReadSeek> Read for WithoutHoles<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.pass()?;
        let read = self.file.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// A file with data at these places, and whether the disk makes holes between them.
    fn with_holes(
        name: &str,
        size: u64,
        data: &[(u64, &[u8])],
    ) -> (std::path::PathBuf, File, bool) {
        let path = std::env::temp_dir().join(format!("eventkb-{name}-{}", std::process::id()));
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path)
            .expect("a file");
        file.set_len(size).expect("room");
        for (at, bytes) in data {
            file.seek(SeekFrom::Start(*at)).expect("there");
            file.write_all(bytes).expect("written");
        }
        file.seek(SeekFrom::Start(0)).expect("there");
        let has = data_bytes(&file, size) < size;
        (path, file, has)
    }

    #[test]
    fn data_is_counted() {
        let size = 1 << 30;
        let (path, file, has) = with_holes("data", size, &[(0, b"a"), (512 << 20, b"b")]);
        std::fs::remove_file(&path).expect("it is there");
        if has {
            assert!(data_bytes(&file, size) < 1 << 20);
            let end = end_of_last_data(&file, size);
            assert!((512 << 20) < end && end < (513 << 20), "{end}");
        }
    }

    #[test]
    fn of_a_hole_a_part_is_read() {
        let size = 1 << 30;
        let (path, mut file, has) = with_holes("kept", size, &[(0, b"a"), (size - 1, b"b")]);
        file.seek(SeekFrom::Start(1)).expect("there");
        let mut reader = WithoutHoles::new(file, 2 << 20).expect("a file");
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).expect("it reads");
        std::fs::remove_file(&path).expect("it is there");
        assert_eq!(bytes.last(), Some(&b'b'));
        assert!(bytes.iter().rev().skip(1).all(|byte| *byte == 0));
        let (left_out, _) = reader.left_out().unwrap_or_default();
        assert_eq!(bytes.len() as u64 + left_out, size - 1);
        if has {
            assert!((2 << 20..4 << 20).contains(&bytes.len()), "{}", bytes.len());
        }
    }
}
