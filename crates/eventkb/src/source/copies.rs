//! Files with the same content: the second one is not read again, so that nothing of it counts
//! twice.
//!
//! Which file may be a copy shows in its first bytes: those of a log name its newest record and
//! carry a checksum. Only such a file is held, hashed and compared before it is decoded. Files are
//! read in the order of their paths, so that of several copies the first path is the one read.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read};

use sha2::{Digest, Sha256};

use super::counted::hex;
use super::detect::Format;
use super::evt::channel_from_file_name;
use crate::integrity::{Defect, DefectCode};
use crate::limits;
use crate::report::{Input, LogSpan};

/// What decides that two files give the same events: their content, and the channel, which an
/// .evt takes from the name of its file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Content {
    sha256: String,
    channel: Option<&'static str>,
}

fn content(format: Format, place: &str, sha256: &str) -> Content {
    let channel = (format == Format::Evt)
        .then(|| channel_from_file_name(place))
        .flatten();
    Content {
        sha256: sha256.to_owned(),
        channel,
    }
}

/// A file that was not read, because another has the same content.
#[derive(Debug)]
struct Copy {
    place: String,
    of: String,
}

/// The contents met during one run.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    beginnings: HashSet<[u8; 32]>,
    known: HashMap<Content, String>,
    found: Vec<Copy>,
}

/// A file that was looked at before it is read.
pub(crate) enum Look {
    /// It was read before, under another name; its size.
    Copy(u64),
    /// It is to be read: what was taken of it, and the error that ended the taking.
    Fresh(Vec<u8>, Option<io::Error>),
}

impl Copies {
    /// Looks whether a file that begins with `prefix` and goes on in `rest` was read before.
    pub(crate) fn look(
        &mut self,
        format: Format,
        place: &str,
        prefix: &[u8],
        rest: &mut dyn Read,
    ) -> Look {
        if self.beginnings.insert(Sha256::digest(prefix).into()) {
            return Look::Fresh(Vec::new(), None);
        }
        let room = limits::MAX_HASHED_BYTES.saturating_sub(prefix.len() as u64);
        let mut held = Vec::new();
        if let Err(error) = rest.take(room).read_to_end(&mut held) {
            return Look::Fresh(held, Some(error));
        }
        let sha256 = hex(Sha256::new().chain_update(prefix).chain_update(&held));
        match self.known.get(&content(format, place, &sha256)) {
            Some(first) if (held.len() as u64) < room => {
                self.found.push(Copy {
                    place: place.to_owned(),
                    of: first.clone(),
                });
                Look::Copy((prefix.len() + held.len()) as u64)
            }
            _ => Look::Fresh(held, None),
        }
    }

    /// A file was read to its end.
    pub(crate) fn remember(&mut self, format: Format, place: &str, sha256: Option<&str>) {
        if let Some(sha256) = sha256 {
            self.known
                .entry(content(format, place, sha256))
                .or_insert_with(|| place.to_owned());
        }
    }

    /// Adds the accounts of copies to those of the files that were read.
    pub(crate) fn account(self, inputs: &mut Vec<(Input, Vec<LogSpan>)>) {
        let read: HashMap<&str, &Input> =
            inputs.iter().map(|(i, _)| (i.path.as_str(), i)).collect();
        let copies: Vec<Input> = self
            .found
            .into_iter()
            .filter_map(|copy| {
                let first = *read.get(copy.of.as_str())?;
                let defect = Defect {
                    code: DefectCode::Duplicate,
                    message: format!("the same content as {}: it counts once", copy.of),
                    offset: None,
                    count: 1,
                };
                Some(Input {
                    path: copy.place,
                    records_duplicate: first.records_read,
                    defects: vec![defect],
                    gaps: Vec::new(),
                    many_gaps: false,
                    ..first.clone()
                })
            })
            .collect();
        inputs.extend(copies.into_iter().map(|input| (input, Vec::new())));
    }
}
