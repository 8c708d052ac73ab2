//! Reads an archive the way the library does: what looks like an archive is opened in turn.

use std::io::{Cursor, Read};
use std::ops::ControlFlow;

use eventkb_logs::archive::{
    ArchiveInput, ArchiveLimits, Budget, Members, PREFIX, Refusal, RunBudget, detect, read,
};

/// Everything that came out of an archive.
#[derive(Debug, Default)]
pub(crate) struct Got {
    pub(crate) members: Vec<(String, Vec<u8>)>,
    pub(crate) refused: Vec<(String, Refusal)>,
    /// Bytes that came out, kept or not.
    pub(crate) bytes: u64,
}

impl Got {
    pub(crate) fn names(&self) -> Vec<&str> {
        self.members.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub(crate) fn content(&self, name: &str) -> &[u8] {
        let found = self.members.iter().find(|(path, _)| path == name);
        &found
            .unwrap_or_else(|| panic!("no {name} in {:?}", self.names()))
            .1
    }

    pub(crate) fn refusal(&self, name: &str) -> &Refusal {
        let found = self.refused.iter().find(|(path, _)| path == name);
        &found
            .unwrap_or_else(|| panic!("{name} not in {:?}", self.refused))
            .1
    }

    pub(crate) fn expect_sound(self) -> Self {
        assert!(self.refused.is_empty(), "{:?}", self.refused);
        self
    }
}

/// How an archive is read.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Way {
    File,
    Stream,
}

pub(crate) fn open(place: &str, bytes: &[u8]) -> Got {
    open_with(place, bytes, Way::File, ArchiveLimits::default())
}

pub(crate) fn open_stream(place: &str, bytes: &[u8]) -> Got {
    open_with(place, bytes, Way::Stream, ArchiveLimits::default())
}

pub(crate) fn open_with(place: &str, bytes: &[u8], way: Way, limits: ArchiveLimits) -> Got {
    let mut reader = Reader {
        got: Got::default(),
        budget: Budget::new(limits),
        most: usize::MAX,
    };
    reader.open(place, bytes, way);
    reader.got
}

/// Like [`open`], as one of several archives of a run.
pub(crate) fn open_of_run(place: &str, bytes: &[u8], run: &RunBudget) -> Got {
    let mut reader = Reader {
        got: Got::default(),
        budget: Budget::default().of_run(run),
        most: usize::MAX,
    };
    reader.open(place, bytes, Way::File);
    reader.got
}

/// Like [`open`], with passwords.
#[cfg(feature = "passwords")]
pub(crate) fn open_locked(place: &str, bytes: &[u8], way: Way, passwords: &[&str]) -> Got {
    let passwords = passwords.iter().map(|password| (*password).to_owned());
    let passwords = eventkb_logs::Passwords::new(passwords);
    let mut reader = Reader {
        got: Got::default(),
        budget: Budget::default().with_passwords(passwords),
        most: usize::MAX,
    };
    reader.open(place, bytes, way);
    reader.got
}

/// Like [`open`], but keeps no more than a few bytes of each member.
pub(crate) fn skim(place: &str, bytes: &[u8]) -> Got {
    let mut reader = Reader {
        got: Got::default(),
        budget: Budget::default(),
        most: 64,
    };
    reader.open(place, bytes, Way::File);
    reader.got
}

struct Reader {
    got: Got,
    budget: Budget,
    most: usize,
}

impl Reader {
    fn open(&mut self, place: &str, bytes: &[u8], way: Way) {
        let Some(kind) = detect(bytes) else { return };
        let mut cursor = Cursor::new(bytes);
        let input = match way {
            Way::File => ArchiveInput::File(&mut cursor),
            Way::Stream => ArchiveInput::Stream(&mut cursor),
        };
        let budget = self.budget.clone();
        assert!(read(kind, place, input, &budget, self).is_continue());
    }
}

impl Members for Reader {
    fn member(&mut self, path: &str, reader: &mut dyn Read) -> ControlFlow<()> {
        let mut prefix = Vec::new();
        let readable = reader.take(PREFIX as u64).read_to_end(&mut prefix);
        self.got.bytes += prefix.len() as u64;
        if readable.is_ok()
            && let Some(kind) = detect(&prefix)
        {
            match self.budget.deeper() {
                Ok(deeper) => {
                    let mut rest = Cursor::new(prefix).chain(reader);
                    let outer = std::mem::replace(&mut self.budget, deeper.clone());
                    let flow = read(kind, path, ArchiveInput::Stream(&mut rest), &deeper, self);
                    self.budget = outer;
                    return flow;
                }
                Err(refusal) => self.refused(path, refusal),
            }
            return ControlFlow::Continue(());
        }
        let mut block = vec![0; 64 * 1024];
        while readable.is_ok()
            && let Ok(n @ 1..) = reader.read(&mut block)
        {
            self.got.bytes += n as u64;
            let room = self.most.saturating_sub(prefix.len());
            prefix.extend_from_slice(&block[..n.min(room)]);
        }
        self.got.members.push((path.to_owned(), prefix));
        ControlFlow::Continue(())
    }

    fn refused(&mut self, path: &str, refusal: Refusal) {
        self.got.refused.push((path.to_owned(), refusal));
    }
}
