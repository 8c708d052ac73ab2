//! Message texts in a zip: a second look into it, which may not cost what the first one may.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::{At, Known, note};
use crate::archive::{self, ArchiveInput, ArchiveKind, ArchiveLimits, Budget, Members, Refusal};
use crate::limits;

/// The files of texts in a zip, by the log that they belong to.
pub(super) fn texts(path: &Path, zip: &mut File) -> HashMap<String, Known> {
    let mut names = Names {
        zip: path,
        known: HashMap::new(),
    };
    let around = path.display().to_string();
    let input = ArchiveInput::File(zip);
    let _ = archive::read(ArchiveKind::Zip, &around, input, &second_look(), &mut names);
    names.known
}

/// Reads the member of a zip with this path into `bytes`.
pub(super) fn member(zip: &PathBuf, path: &str, bytes: &mut Vec<u8>) -> Result<(), String> {
    let mut file = File::open(zip).map_err(|error| error.to_string())?;
    let mut wanted = Wanted {
        path,
        bytes,
        refused: None,
    };
    let around = zip.display().to_string();
    let input = ArchiveInput::File(&mut file);
    let _ = archive::read(
        ArchiveKind::Zip,
        &around,
        input,
        &second_look(),
        &mut wanted,
    );
    match wanted.refused {
        Some(refusal) => Err(refusal.to_string()),
        None => Ok(()),
    }
}

/// A second look may not cost what the first one may: directories are cheap, and of a zip that
/// lost its directory the texts are not worth reading it twice.
fn second_look() -> Budget {
    let total_bytes = limits::MAX_MESSAGE_FILE_BYTES;
    Budget::new(ArchiveLimits {
        total_bytes,
        ..ArchiveLimits::default()
    })
}

/// Collects the names of texts in a zip, reading nothing of them.
struct Names<'a> {
    zip: &'a Path,
    known: HashMap<String, Known>,
}

impl Members for Names<'_> {
    fn member(&mut self, path: &str, _: &mut dyn Read) -> ControlFlow<()> {
        note(&mut self.known, path, || {
            At::Zip(self.zip.to_owned(), path.to_owned())
        });
        ControlFlow::Continue(())
    }

    fn refused(&mut self, _: &str, _: Refusal) {}
}

/// Reads one member of a zip.
struct Wanted<'a> {
    path: &'a str,
    bytes: &'a mut Vec<u8>,
    refused: Option<Refusal>,
}

impl Members for Wanted<'_> {
    fn member(&mut self, path: &str, reader: &mut dyn Read) -> ControlFlow<()> {
        if path == self.path {
            // What ends it early comes to `refused`.
            let _ = reader
                .take(limits::MAX_MESSAGE_FILE_BYTES + 1)
                .read_to_end(self.bytes);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn refused(&mut self, path: &str, refusal: Refusal) {
        if path == self.path {
            self.refused = Some(refusal);
        }
    }
}
