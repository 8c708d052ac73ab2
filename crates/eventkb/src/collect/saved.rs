//! A session as a file: small, mergeable, and bound to the signatures it was made with.
//!
//! This is what makes spreading a large collection over many machines possible: each scans its
//! part and saves its session, one merges them all and judges. A file is one line of head (version,
//! signatures, checksum) and one of content, both JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use eventkb_logs::filter::Scope;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::class::Class;
use super::coverage::{Coverage, Diagnostics};
use super::errors::Errors;
use super::landmarks::Landmarks;
use super::record_times::TimelineNotes;
use super::session::Session;
use crate::knowledge::SignatureSet;
use crate::report::{Ignored, Input};

/// Version of the file's shape; files of another version are refused.
pub(crate) const OBSERVATIONS_VERSION: u32 = 5;

/// What a session has seen, to be written to a file and read again.
///
/// The file is for eventkb of the same version and with the same signatures, and nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct Observations {
    head: Head,
    content: Content,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Head {
    observations_version: u32,
    tool_version: String,
    /// SHA-256 over all signatures: observations point into them.
    signatures: String,
    /// SHA-256 of the content's line.
    checksum: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Content {
    scope: Scope,
    counts_errors: bool,
    cancelled: bool,
    explain: Vec<String>,
    #[serde(with = "pairs")]
    classes: BTreeMap<u128, Box<Class>>,
    dropped: u64,
    errors: Errors,
    landmarks: Landmarks,
    diagnostics: Diagnostics,
    coverage: Coverage,
    inputs: Vec<Input>,
    ignored: Vec<Ignored>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timeline: Option<TimelineNotes>,
}

/// Why saved observations cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ObservationsError {
    /// It is no file of observations.
    #[error("this is no file of observations")]
    Foreign,
    /// They were written by another version.
    #[error(
        "they have version {found}, this eventkb reads version {OBSERVATIONS_VERSION}; scan again with this one"
    )]
    Version {
        /// The version found.
        found: u32,
    },
    /// They were made by another build of eventkb, whose engine may see things differently.
    #[error("they were made by eventkb {found}, this is {}; scan again with this one", env!("CARGO_PKG_VERSION"))]
    Tool {
        /// The version found.
        found: String,
    },
    /// They were made with other signatures.
    #[error(
        "they were made with other signatures; use the same --signatures for the scans and the merge"
    )]
    Signatures,
    /// They were made with other filters.
    #[error(
        "they were made with other filters (--since, --until, --computer, --channel, --recovered) than the first"
    )]
    Scope,
    /// There is nothing to merge.
    #[error("there is nothing to merge")]
    Nothing,
    /// The file was cut or altered.
    #[error("they are damaged: the file was cut or altered since it was written")]
    Damaged,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What the observations of a session point into.
fn signatures_hash(set: &SignatureSet) -> String {
    let mut hasher = Sha256::new();
    set.for_each_text(&mut |text| {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    });
    hex(&hasher.finalize())
}

impl Observations {
    /// The bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Plain data: it cannot fail to be written.
        let content = serde_json::to_vec(&self.content).unwrap_or_default();
        let head = Head {
            checksum: hex(&Sha256::digest(&content)),
            ..self.head.clone()
        };
        let mut bytes = serde_json::to_vec(&head).unwrap_or_default();
        bytes.push(b'\n');
        bytes.extend(content);
        bytes.push(b'\n');
        bytes
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it is no such file, of another version, or was cut or altered since.
    pub fn from_bytes(bytes: &[u8]) -> Result<Observations, ObservationsError> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (head, content) = end
            .and_then(|end| bytes.split_at_checked(end))
            .ok_or(ObservationsError::Foreign)?;
        #[derive(Deserialize)]
        struct Version {
            observations_version: u32,
        }
        let version: Version =
            serde_json::from_slice(head).map_err(|_| ObservationsError::Foreign)?;
        let found = version.observations_version;
        if found != OBSERVATIONS_VERSION {
            return Err(ObservationsError::Version { found });
        }
        let head: Head = serde_json::from_slice(head).map_err(|_| ObservationsError::Damaged)?;
        let content = content
            .strip_prefix(b"\n")
            .and_then(|content| content.strip_suffix(b"\n"))
            .ok_or(ObservationsError::Damaged)?;
        if hex(&Sha256::digest(content)) != head.checksum {
            return Err(ObservationsError::Damaged);
        }
        let content = serde_json::from_slice(content).map_err(|_| ObservationsError::Damaged)?;
        Ok(Observations { head, content })
    }
}

impl Session {
    /// What was seen so far, to be written to a file.
    pub fn save(mut self) -> Observations {
        self.settle();
        let mut inputs = self.inputs;
        inputs.sort_by(|a, b| a.path.cmp(&b.path));
        let mut ignored = self.ignored;
        ignored.sort();
        Observations {
            head: Head {
                observations_version: OBSERVATIONS_VERSION,
                tool_version: env!("CARGO_PKG_VERSION").to_owned(),
                signatures: signatures_hash(&self.set),
                checksum: String::new(),
            },
            content: Content {
                scope: self.scope,
                counts_errors: self.counts_errors,
                cancelled: self.cancelled,
                explain: self.explain.into_iter().collect(),
                classes: self.classes,
                dropped: self.dropped,
                errors: self.errors,
                landmarks: self.landmarks,
                diagnostics: self.diagnostics,
                coverage: self.coverage,
                inputs,
                ignored,
                timeline: self.timeline,
            },
        }
    }

    /// The session behind saved observations.
    ///
    /// # Errors
    /// When they were made by another version or with other signatures.
    pub fn restore(
        signatures: &Arc<SignatureSet>,
        saved: Observations,
    ) -> Result<Self, ObservationsError> {
        if saved.head.tool_version != env!("CARGO_PKG_VERSION") {
            let found = saved.head.tool_version;
            return Err(ObservationsError::Tool { found });
        }
        if saved.head.signatures != signatures_hash(signatures) {
            return Err(ObservationsError::Signatures);
        }
        let content = saved.content;
        let mut session = Session::with_scope(signatures, content.scope);
        session.classes = content.classes;
        session.counts_errors = content.counts_errors;
        session.cancelled = content.cancelled;
        session.explain = content.explain.into_iter().collect();
        session.dropped = content.dropped;
        session.errors = content.errors;
        session.landmarks = content.landmarks;
        session.diagnostics = content.diagnostics;
        session.coverage = content.coverage;
        session.inputs = content.inputs;
        session.ignored = content.ignored;
        session.timeline = content.timeline;
        Ok(session)
    }
}

/// Merges observations like [`merge`](crate::merge), and gives the session instead of judging it: to
/// be fed further, or asked for more.
///
/// # Errors
/// As [`merge`](crate::merge).
pub fn merge_sessions(
    signatures: &Arc<SignatureSet>,
    all: impl IntoIterator<Item = Observations>,
) -> Result<Session, (usize, ObservationsError)> {
    let mut merged: Option<Session> = None;
    for (n, saved) in all.into_iter().enumerate() {
        let session = Session::restore(signatures, saved).map_err(|error| (n, error))?;
        match &mut merged {
            None => merged = Some(session),
            Some(merged) if merged.scope != session.scope => {
                return Err((n, ObservationsError::Scope));
            }
            Some(merged) => merged.merge(session),
        }
    }
    merged.ok_or((0, ObservationsError::Nothing))
}

/// Maps whose keys are no text, as lists of pairs: JSON's objects have only text for keys, and its
/// numbers hold no 128 bits in most readers, so those are written in hex.
pub(super) mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// A key as JSON holds it.
    pub(crate) trait SavedKey: Ord + Sized {
        type Saved: Serialize + for<'de> Deserialize<'de>;
        fn save(&self) -> Self::Saved;
        fn load(saved: Self::Saved) -> Option<Self>;
    }

    impl SavedKey for u128 {
        type Saved = String;
        fn save(&self) -> String {
            format!("{self:032x}")
        }
        fn load(saved: String) -> Option<u128> {
            u128::from_str_radix(&saved, 16).ok()
        }
    }

    impl<A: Clone, B: Clone> SavedKey for (A, B)
    where
        (A, B): Ord + Serialize + for<'de> Deserialize<'de>,
    {
        type Saved = (A, B);
        fn save(&self) -> (A, B) {
            self.clone()
        }
        fn load(saved: (A, B)) -> Option<(A, B)> {
            Some(saved)
        }
    }

    impl<A: Clone, B: Clone, C: Clone> SavedKey for (A, B, C)
    where
        (A, B, C): Ord + Serialize + for<'de> Deserialize<'de>,
    {
        type Saved = (A, B, C);
        fn save(&self) -> (A, B, C) {
            self.clone()
        }
        fn load(saved: (A, B, C)) -> Option<(A, B, C)> {
            Some(saved)
        }
    }

    pub(crate) fn serialize<K: SavedKey, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map.iter().map(|(key, value)| (key.save(), value)))
    }

    pub(crate) fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: SavedKey,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let pairs = Vec::<(K::Saved, V)>::deserialize(deserializer)?;
        let keyed = pairs.into_iter().map(|(key, value)| {
            let key = K::load(key).ok_or_else(|| serde::de::Error::custom("no key"))?;
            Ok((key, value))
        });
        keyed.collect()
    }
}

/// Events, without when they were written and where they stand.
pub(super) mod event {
    use std::sync::Arc;

    use eventkb_logs::event::{Event, Trust};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Default, Serialize, Deserialize)]
    #[serde(default)]
    struct Saved {
        provider: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        event_source: Option<String>,
        event_id: u16,
        #[serde(skip_serializing_if = "Option::is_none")]
        qualifiers: Option<u16>,
        #[serde(skip_serializing_if = "Option::is_none")]
        level: Option<u8>,
        #[serde(skip_serializing_if = "Option::is_none")]
        category: Option<u16>,
        #[serde(skip_serializing_if = "Option::is_none")]
        category_name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        channel: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        computer: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        strings: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        named: Vec<(String, String)>,
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        version: Option<u8>,
        #[serde(skip_serializing_if = "Option::is_none")]
        opcode: Option<u8>,
        #[serde(skip_serializing_if = "Option::is_none")]
        keywords: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        process_id: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        user_sid: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        binary: Option<Vec<u8>>,
        /// Tells weak records from sound ones.
        trust: Trust,
        /// Of what names no computer.
        #[serde(skip_serializing_if = "str::is_empty")]
        file: Arc<str>,
    }

    pub(crate) fn serialize<S: Serializer>(
        event: &Event,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let event = event.clone();
        Saved {
            provider: event.provider,
            event_source: event.event_source,
            event_id: event.event_id,
            qualifiers: event.qualifiers,
            level: event.level,
            category: event.category,
            category_name: event.category_name,
            channel: event.channel,
            computer: event.computer,
            strings: event.strings,
            named: event.named,
            message: event.message,
            version: event.version,
            opcode: event.opcode,
            keywords: event.keywords,
            process_id: event.process_id,
            user_sid: event.user_sid,
            binary: event.binary,
            trust: event.trust,
            file: event.file,
        }
        .serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Box<Event>, D::Error> {
        let saved = Saved::deserialize(deserializer)?;
        Ok(Box::new(Event {
            provider: saved.provider,
            event_source: saved.event_source,
            event_id: saved.event_id,
            qualifiers: saved.qualifiers,
            level: saved.level,
            category: saved.category,
            category_name: saved.category_name,
            channel: saved.channel,
            computer: saved.computer,
            strings: saved.strings,
            named: saved.named,
            message: saved.message,
            version: saved.version,
            opcode: saved.opcode,
            keywords: saved.keywords,
            process_id: saved.process_id,
            user_sid: saved.user_sid,
            binary: saved.binary,
            trust: saved.trust,
            file: saved.file,
            ..Event::default()
        }))
    }
}
