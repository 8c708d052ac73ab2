//! Opening a log and handing out its records.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::account::{EvtSummary, summarize};
use super::frames::Frame;
use super::layout::{EvtHeader, looks_like_evt};
use super::record::{EvtRecord, RawRecord};
use super::recovery::Plan;
use super::region::Region;
use crate::limits::MAX_BLANK_BYTES;

/// The largest file that is read, in bytes: 512 MiB.
///
/// A log is read into memory whole: its records form a ring that starts anywhere, and the one record
/// that tells where is found last. That is affordable because these logs are small: offsets have 32
/// bits, and Windows kept all logs together in some 300 MB of address space. Anything larger is not
/// a log of its time.
pub const MAX_FILE_BYTES: u64 = 512 << 20;

/// Why a log could not be opened. Damage is no reason: it is in the [`EvtSummary`].
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EvtError {
    /// The file could not be read.
    #[error("cannot read the log {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The stream could not be read.
    #[error("cannot read the log")]
    Read(#[from] io::Error),
    /// The file is larger than [`MAX_FILE_BYTES`].
    #[error("the log is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// There is no header, no EOF record and no record in it.
    #[error("not a .evt log: no header, EOF record or record in {bytes} bytes")]
    NotEvt {
        /// Bytes looked at.
        bytes: u64,
    },
}

/// A `.evt` log, read and accounted for.
///
/// Holds the file's bytes, and where its records are damaged some 20 bytes for each record. Records
/// are decoded one at a time as they are asked for.
#[derive(Debug)]
pub struct EvtLog {
    bytes: Vec<u8>,
    plan: Plan,
    summary: EvtSummary,
}

impl EvtLog {
    /// Reads a log that is in memory.
    ///
    /// # Errors
    /// [`EvtError::TooLarge`], or [`EvtError::NotEvt`] if nothing in it belongs to a log.
    pub fn read(bytes: Vec<u8>) -> Result<Self, EvtError> {
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(EvtError::TooLarge {
                limit: MAX_FILE_BYTES,
            });
        }
        if !looks_like_evt(&bytes) {
            return Err(EvtError::NotEvt {
                bytes: bytes.len() as u64,
            });
        }
        let header = EvtHeader::parse(&bytes);
        let plan = Plan::new(&bytes, header.as_ref());
        let summary = summarize(&bytes, header, &plan);
        Ok(Self {
            bytes,
            plan,
            summary,
        })
    }

    /// Reads a log from a stream, up to [`MAX_FILE_BYTES`]; a declared size is not needed.
    ///
    /// # Errors
    /// As [`read`](Self::read), and [`EvtError::Read`] if the stream fails.
    pub fn from_reader(reader: impl Read) -> Result<Self, EvtError> {
        let (bytes, error) = as_far_as_readable(reader);
        match error {
            Some(error) => Err(error.into()),
            None => Self::read(bytes),
        }
    }

    /// Reads what there is of a log whose stream may fail before its end: a copy on a bad disk, a
    /// member of a damaged archive. Gives the error that ended it, too; records behind that place
    /// are in the summary as lost, as far as something in the log tells of them.
    ///
    /// # Errors
    /// As [`from_reader`](Self::from_reader), [`EvtError::Read`] if what came before the error does
    /// not belong to a log.
    pub fn from_failing_reader(reader: impl Read) -> Result<(Self, Option<io::Error>), EvtError> {
        Self::of_size(reader, None)
    }

    /// As [`from_failing_reader`](Self::from_failing_reader). Where the size is known beforehand,
    /// zeroes take no memory.
    ///
    /// # Errors
    /// As [`from_failing_reader`](Self::from_failing_reader).
    pub fn of_size(
        reader: impl Read,
        size: Option<u64>,
    ) -> Result<(Self, Option<io::Error>), EvtError> {
        let size = size.map(usize::try_from);
        let (bytes, error) = match size {
            Some(Ok(size)) if size as u64 <= MAX_FILE_BYTES => as_far_as_there(reader, size),
            Some(_) => {
                return Err(EvtError::TooLarge {
                    limit: MAX_FILE_BYTES,
                });
            }
            None => as_far_as_readable(reader),
        };
        match (Self::read(bytes), error) {
            (Ok(log), error) => Ok((log, error)),
            (Err(EvtError::NotEvt { .. }), Some(error)) => Err(error.into()),
            (Err(other), _) => Err(other),
        }
    }

    /// Reads a log from a file.
    ///
    /// # Errors
    /// As [`read`](Self::read), and [`EvtError::Open`] if the file cannot be read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, EvtError> {
        let path = path.as_ref();
        let named = |source| EvtError::Open {
            path: path.to_owned(),
            source,
        };
        match Self::from_reader(File::open(path).map_err(named)?) {
            Err(EvtError::Read(source)) => Err(named(source)),
            other => other,
        }
    }

    /// What the log promised and what became of it. Complete from the start.
    #[must_use]
    pub fn summary(&self) -> &EvtSummary {
        &self.summary
    }

    /// All records, decoded: the live ones oldest first, then the recovered ones by offset.
    pub fn records(&self) -> impl Iterator<Item = EvtRecord> + '_ {
        self.raw_records().map(|raw| raw.decode())
    }

    /// The same records, not decoded: for a caller that wants only some of them.
    pub fn raw_records(&self) -> impl Iterator<Item = RawRecord<'_>> + '_ {
        let row = self.plan.row.iter();
        row.flat_map(|row| row.frames(&self.bytes))
            .chain(self.plan.frames.iter().copied())
            .map(|frame| RawRecord::new(frame, self.frame_bytes(&frame)))
    }

    fn frame_bytes(&self, frame: &Frame) -> Cow<'_, [u8]> {
        let (start, len) = (frame.offset as usize, frame.len as usize);
        if frame.split_after == 0 {
            return Cow::Borrowed(self.bytes.get(start..start + len).unwrap_or_default());
        }
        let head = frame.split_after as usize;
        let ring = self.plan.ring.start;
        let region = Region::joined(
            &self.bytes,
            start..start + head,
            ring..ring + (len - head),
            true,
        );
        region.bytes(0, len).unwrap_or_default()
    }
}

/// Bytes read at a time.
const BLOCK: usize = 1 << 20;

/// The stream's bytes, up to one more than [`MAX_FILE_BYTES`], and the error that ended them.
///
/// Not by [`Read::read_to_end`] alone: it may write to all the room that it has reserved, which is
/// up to twice the file.
fn as_far_as_readable(reader: impl Read) -> (Vec<u8>, Option<io::Error>) {
    let mut reader = reader.take(MAX_FILE_BYTES + 1);
    let mut bytes = Vec::new();
    let mut blank = 0;
    loop {
        bytes.reserve(BLOCK);
        let begins = bytes.len();
        match reader.by_ref().take(BLOCK as u64).read_to_end(&mut bytes) {
            Ok(BLOCK) => {}
            Ok(_) => return (bytes, None),
            Err(error) => return (bytes, Some(error)),
        }
        let block = bytes.get(begins..).unwrap_or_default();
        if block.iter().all(|byte| Some(byte) == block.first()) {
            blank += block.len();
        }
        if blank > MAX_BLANK_BYTES {
            return (bytes, Some(io::Error::other(TOO_BLANK)));
        }
    }
}

const TOO_BLANK: &str = "too much of it is nothing but one byte again and again, as in a bomb";

/// The bytes of a file of which the size is known, of which zeroes take no memory: room that nobody
/// wrote to is not there yet.
fn as_far_as_there(mut reader: impl Read, size: usize) -> (Vec<u8>, Option<io::Error>) {
    let mut bytes = vec![0; size];
    let mut block = vec![0; BLOCK.min(size.max(1))];
    let mut at = 0;
    while at < size {
        let want = block.len().min(size - at);
        let read = match reader.read(block.get_mut(..want).unwrap_or_default()) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                bytes.truncate(at);
                return (bytes, Some(error));
            }
        };
        // In pages: a hole need not begin with what is read at once.
        let read_now = block.get(..read).unwrap_or_default();
        let room = bytes.get_mut(at..at + read).unwrap_or_default();
        for (to, from) in room.chunks_mut(PAGE).zip(read_now.chunks(PAGE)) {
            if from.iter().any(|byte| *byte != 0) {
                to.copy_from_slice(from);
            }
        }
        at += read;
    }
    bytes.truncate(at);
    (bytes, None)
}

const PAGE: usize = 4096;
