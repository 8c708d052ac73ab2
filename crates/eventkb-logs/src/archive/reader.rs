//! Hands out the members of an archive, whatever its kind.

use std::collections::HashMap;
use std::io::{self, BufReader, Cursor, Read, SeekFrom};
use std::ops::ControlFlow;

#[cfg(feature = "cab")]
use super::cab;
use super::guard::{Guarded, Supply, Terms};
use super::names::MemberPaths;
#[cfg(feature = "sevenz")]
use super::sevenz;
#[cfg(feature = "zstd")]
use super::zstd;
use super::{ArchiveKind, Budget, Refusal, compress, tar, zip};
use crate::holes::WithoutHoles;
use crate::limits::HOLE_IN_PADDING;

pub use crate::holes::ReadSeek;

/// Where the bytes of an archive come from.
pub enum ArchiveInput<'a> {
    /// A file, or bytes in a [`Cursor`]: read from its beginning, wherever it stands.
    File(&'a mut dyn ReadSeek),
    /// Something that can only be read on, such as a member of another archive. A zip, cab or 7z
    /// is held in memory within limits, a large zip is read without its directory.
    Stream(&'a mut dyn Read),
}

/// Takes the members of an archive.
pub trait Members {
    /// One member, to be read as far as is wanted; `path` is its path, such as
    /// `case.zip!/SEATTLE/AppEvent.Evt`, and no other member's.
    ///
    /// Sizes and checksums are checked where the reader ends, so it pays to read up to there.
    /// An error of the reader is the end of what can be had of the member; the reason comes to
    /// [`Members::refused`] after this returned, so an error need not be reported from here.
    /// [`ControlFlow::Break`] ends the reading of the archive.
    fn member(&mut self, path: &str, reader: &mut dyn Read) -> ControlFlow<()>;

    /// A member that was not read, or not to its end, and why; or the archive itself, when its
    /// rest was not read.
    fn refused(&mut self, path: &str, refusal: Refusal);
}

/// Hands every member of the archive at `path` to `members`, in an order that depends on nothing
/// but the archive. [`ControlFlow::Break`] when a member asked to stop.
pub fn read(
    kind: ArchiveKind,
    path: &str,
    mut input: ArchiveInput<'_>,
    budget: &Budget,
    members: &mut dyn Members,
) -> ControlFlow<()> {
    let mut reading = Reading {
        paths: MemberPaths::of(path),
        budget: budget.clone(),
        members,
    };
    match reading.open(kind, &mut input) {
        Ok(()) | Err(Stop::Outside) => ControlFlow::Continue(()),
        Err(Stop::Asked) => ControlFlow::Break(()),
        Err(Stop::Refused(refusal)) => {
            reading.members.refused(path, refusal);
            ControlFlow::Continue(())
        }
    }
}

/// Why the reading of an archive ends early.
pub(super) enum Stop {
    /// A member asked for it.
    Asked,
    /// The rest of the archive cannot be read.
    Refused(Refusal),
    /// The archive around it ended this one, and says why itself.
    Outside,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Stop::Refused(refusal)
    }
}

/// An error outside of members: of the archive's own bookkeeping.
impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match Refusal::of(&error) {
            Some(_) => Stop::Outside,
            None => Stop::Refused(Refusal::from(&error)),
        }
    }
}

/// One archive while it is read.
pub(super) struct Reading<'a> {
    pub(super) paths: MemberPaths,
    pub(super) budget: Budget,
    members: &'a mut dyn Members,
}

impl Reading<'_> {
    fn open(&mut self, kind: ArchiveKind, input: &mut ArchiveInput<'_>) -> Result<(), Stop> {
        match kind {
            ArchiveKind::Zip => self.open_zip(input),
            ArchiveKind::Tar => self.open_tar(input),
            ArchiveKind::Gzip => self.packed_alone(input, compress::gzip),
            ArchiveKind::Bzip2 => self.packed_alone(input, compress::bzip2),
            ArchiveKind::Xz => self.packed_alone(input, compress::xz),
            #[cfg(feature = "cab")]
            ArchiveKind::Cab => self.with_file(input, cab::read),
            #[cfg(feature = "sevenz")]
            ArchiveKind::SevenZip => self.with_file(input, sevenz::read),
            #[cfg(feature = "zstd")]
            ArchiveKind::Zstd => self.packed_alone(input, zstd::read),
            #[cfg(not(all(feature = "cab", feature = "sevenz", feature = "zstd")))]
            other => Err(Refusal::unsupported(format!("{other} (in this build)")).into()),
        }
    }

    /// Reads what is packed alone, from its beginning on. Nothing in it is a hole, but for padding.
    fn packed_alone(
        &mut self,
        input: &mut ArchiveInput<'_>,
        format: fn(&mut Self, Supply<'_>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let budget = self.budget.clone();
        match input {
            ArchiveInput::File(file) => {
                file.seek(SeekFrom::Start(0))?;
                let mut file = WithoutHoles::new(&mut **file, HOLE_IN_PADDING)?;
                format(self, Supply::new(&mut file, &budget))
            }
            ArchiveInput::Stream(stream) => format(self, Supply::new(stream, &budget)),
        }
    }

    fn open_tar(&mut self, input: &mut ArchiveInput<'_>) -> Result<(), Stop> {
        let budget = self.budget.clone();
        match input {
            ArchiveInput::File(file) => {
                self.supply_length(&mut **file)?;
                tar::read(self, Supply::of_file(&mut **file)?)
            }
            ArchiveInput::Stream(stream) => tar::read(self, Supply::new(stream, &budget)),
        }
    }

    /// Reads a format whose index has to be sought, from memory if need be.
    #[cfg(any(feature = "cab", feature = "sevenz"))]
    fn with_file(
        &mut self,
        input: &mut ArchiveInput<'_>,
        format: fn(&mut Self, &mut dyn ReadSeek) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        match input {
            ArchiveInput::File(file) => {
                self.supply_length(&mut **file)?;
                format(self, &mut **file)
            }
            ArchiveInput::Stream(stream) => {
                let limit = self.budget.limits().held_bytes;
                let room = limit.saturating_sub(self.budget.held());
                let mut bytes = Vec::new();
                let mut stream = Supply::new(stream, &self.budget);
                stream.by_ref().take(room).read_to_end(&mut bytes)?;
                let _held = self.budget.hold(bytes.len() as u64)?;
                if stream.read(&mut [0])? > 0 {
                    return Err(Refusal::Held { limit }.into());
                }
                format(self, &mut Cursor::new(bytes))
            }
        }
    }

    /// A zip is read by its directory, which is at its end. One that is too large to be held is
    /// read by the headers before its members.
    fn open_zip(&mut self, input: &mut ArchiveInput<'_>) -> Result<(), Stop> {
        match input {
            ArchiveInput::File(file) => {
                self.supply_length(&mut **file)?;
                zip::read(self, &mut **file)
            }
            ArchiveInput::Stream(stream) => {
                let room = self
                    .budget
                    .limits()
                    .nested_zip_bytes
                    .saturating_sub(self.budget.held());
                let mut bytes = Vec::new();
                let mut stream = Supply::new(stream, &self.budget);
                // An end that is missing shows in the zip itself, and the outer archive names it.
                let whole = stream.by_ref().take(room).read_to_end(&mut bytes);
                let _held = self.budget.hold(bytes.len() as u64)?;
                if whole.is_ok() && (bytes.len() as u64) < room {
                    return zip::read(self, &mut Cursor::new(bytes));
                }
                let mut whole = Cursor::new(bytes).chain(stream);
                let whole = Supply::counted(&mut whole);
                zip::walk(self, BufReader::new(whole), &HashMap::new())
            }
        }
    }

    /// Counts the bytes of a file. Its holes were given by nobody.
    fn supply_length(&mut self, file: &mut dyn ReadSeek) -> io::Result<()> {
        if self.budget.is_outermost() {
            self.budget.supply(file.data_bytes()?);
        }
        Ok(())
    }

    /// Counts an entry.
    pub(super) fn entry(&mut self) -> Result<(), Stop> {
        Ok(self.budget.entry()?)
    }

    pub(super) fn refused(&mut self, path: &str, refusal: Refusal) {
        self.members.refused(path, refusal);
    }

    /// Hands a member over. Gives why it ended early, after having said so; an error when that is
    /// the end of the archive too.
    pub(super) fn deliver(
        &mut self,
        path: &str,
        source: &mut dyn Read,
        terms: Terms,
    ) -> Result<Option<Refusal>, Stop> {
        let mut guarded = Guarded::new(source, terms, self.budget.clone());
        let flow = self.members.member(path, &mut guarded);
        if flow.is_continue() && guarded.must_drain() {
            guarded.drain();
        }
        let refusal = guarded.into_refusal();
        if let Some(refusal) = &refusal {
            self.members.refused(path, refusal.clone());
        }
        match refusal {
            _ if flow.is_break() => Err(Stop::Asked),
            Some(refusal) if refusal.is_final() => Err(Stop::Refused(refusal)),
            other => Ok(other),
        }
    }
}

/// Reads as much as there is, up to a whole buffer.
pub(super) fn read_full(reader: &mut dyn Read, buf: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buf.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Little-endian numbers at fixed paths; zero beyond the end, which callers rule out by length.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..at + 2)
        .and_then(|b| b.try_into().ok())
        .map_or(0, u16::from_le_bytes)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..at + 4)
        .and_then(|b| b.try_into().ok())
        .map_or(0, u32::from_le_bytes)
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..at + 8)
        .and_then(|b| b.try_into().ok())
        .map_or(0, u64::from_le_bytes)
}
