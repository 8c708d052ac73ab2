//! What a redaction did to a report: which kinds of names were replaced, and what may remain.

use serde::{Deserialize, Serialize};

/// Kinds of names that are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NameKind {
    /// Computers, clusters and virtual machines.
    Computer,
    /// Users and mailboxes.
    User,
    /// Domains, and the parts of their DNS names.
    Domain,
    /// Organisations, units and names in DNs.
    Directory,
    /// Names of shares.
    Share,
    /// Folders and files of the paths that were read.
    Path,
    /// SIDs that belong to a domain or a computer.
    Sid,
    /// IP addresses.
    Address,
    /// Hardware addresses.
    Mac,
}

impl NameKind {
    /// All kinds.
    pub const ALL: [NameKind; 9] = [
        NameKind::Computer,
        NameKind::User,
        NameKind::Domain,
        NameKind::Directory,
        NameKind::Share,
        NameKind::Path,
        NameKind::Sid,
        NameKind::Address,
        NameKind::Mac,
    ];
}

/// What was done to a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Redaction {
    /// The kinds that were looked for, and how many different names of each were replaced.
    #[serde(default)]
    pub replaced: Vec<Replaced>,
    /// What could not be recognised and may remain.
    #[serde(default)]
    pub may_remain: Vec<Remaining>,
}

/// Names of one kind that were replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Replaced {
    /// The kind.
    pub kind: NameKind,
    /// Different names.
    pub names: u64,
}

/// What may remain after a redaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Remaining {
    /// Names in texts that no field, path, address or DN shows to be names.
    FreeText,
    /// Names of products, services, databases, printers, groups and the like, which are kept.
    ObjectNames,
    /// Names that are too short, or too like a common word, to be looked for in texts: they were
    /// replaced in their fields only.
    CommonWords {
        /// How many.
        count: u64,
    },
}
