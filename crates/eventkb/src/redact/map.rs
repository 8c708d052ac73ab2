//! The private map: which name became which stand-in, to be read by people and by the next run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::NameKind;
use super::book::{Book, Names, Prior, fold};

/// Version of the map's shape.
const VERSION: u32 = 1;

/// Why a map cannot be gone on with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MapError {
    /// It is no map.
    #[error("it is no map of a redaction ({0})")]
    NoMap(#[from] serde_json::Error),
    /// It is of another version.
    #[error("it is a map of version {found}, this program writes version {VERSION}")]
    Version {
        /// Its version.
        found: u32,
    },
}

#[derive(Serialize, Deserialize)]
struct Document {
    eventkb_redaction_map: u32,
    note: String,
    names: Vec<Name>,
    #[serde(default)]
    addresses: BTreeMap<String, String>,
    #[serde(default)]
    macs: BTreeMap<String, u32>,
    #[serde(default)]
    sid_domains: BTreeMap<String, u32>,
    #[serde(default)]
    sid_accounts: Vec<(u32, String, u32)>,
}

#[derive(Serialize, Deserialize)]
struct Name {
    kind: NameKind,
    number: usize,
    /// In lower case.
    name: String,
    /// Every spelling that was replaced.
    stand_ins: BTreeMap<String, String>,
}

pub(super) fn write(names: &Names) -> String {
    let entries = names.entries.iter().filter(|entry| entry.number > 0);
    let mut listed: Vec<Name> = entries
        .map(|entry| Name {
            kind: entry.kind,
            number: entry.number,
            name: entry.name.clone(),
            stand_ins: entry.spellings.clone(),
        })
        .collect();
    listed.sort_by_key(|name| (name.kind, name.number));
    let given = &names.given;
    let v4 = given.v4.iter().map(|(a, b)| (a.to_string(), b.to_string()));
    let v6 = given.v6.iter().map(|(a, b)| (a.to_string(), b.to_string()));
    let rids = given.rids.iter();
    let document = Document {
        eventkb_redaction_map: VERSION,
        note: "Private: this file gives every name back. Keep it where the names may be known; it \
               does not belong to the report."
            .into(),
        names: listed,
        addresses: v4.chain(v6).collect(),
        macs: given.macs.clone(),
        sid_domains: given.sid_domains.clone(),
        sid_accounts: rids
            .map(|((domain, rid), to)| (*domain, rid.clone(), *to))
            .collect(),
    };
    // Only maps with keys that are no text cannot be written; there is none here.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

pub(super) fn read(bytes: &[u8], book: &mut Book) -> Result<(), MapError> {
    let document: Document = serde_json::from_slice(bytes)?;
    if document.eventkb_redaction_map != VERSION {
        return Err(MapError::Version {
            found: document.eventkb_redaction_map,
        });
    }
    for name in document.names {
        let prior = Prior {
            number: name.number,
            spellings: name.stand_ins,
        };
        book.prior.insert(fold(&name.name), (name.kind, prior));
    }
    for (original, stand_in) in document.addresses {
        if let (Ok(original), Ok(stand_in)) = (original.parse(), stand_in.parse()) {
            book.known.v4.insert(original, stand_in);
        } else if let (Ok(original), Ok(stand_in)) = (original.parse(), stand_in.parse()) {
            book.known.v6.insert(original, stand_in);
        }
    }
    book.known.macs = document.macs;
    book.known.sid_domains = document.sid_domains;
    book.known.rids = document
        .sid_accounts
        .into_iter()
        .map(|(domain, rid, to)| ((domain, rid), to))
        .collect();
    Ok(())
}
