//! A session as a file: small, mergeable, and bound to the signatures it was made with.
//!
//! This is what makes spreading a large collection over many machines possible: each scans its
//! part and saves its session, one merges them all and judges.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::class::Class;
use super::coverage::{Coverage, Diagnostics};
use super::observation::ClassKey;
use super::session::Session;
use super::tally::Tally;
use crate::report::{Ignored, Input, Report, Scope};
use crate::signature::set::SignatureSet;

/// Version of the file's shape; files of another version are refused.
pub(crate) const OBSERVATIONS_VERSION: u32 = 2;

/// What a session has seen, ready to be written and read with serde.
///
/// The fields are private: the file is for eventkb of the same version and with the same
/// signatures, and nothing else.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Observations {
    observations_version: u32,
    tool_version: String,
    /// SHA-256 over all signatures: observations point into them.
    signatures: String,
    scope: Scope,
    counts_all: bool,
    cancelled: bool,
    explain: Vec<String>,
    classes: Vec<(String, ClassKey, Class)>,
    dropped: u64,
    tally: Tally,
    tallies: BTreeMap<String, Tally>,
    diagnostics: Diagnostics,
    coverage: Coverage,
    inputs: Vec<Input>,
    ignored: Vec<Ignored>,
}

/// Why saved observations cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObservationsError {
    /// They were written by another version.
    #[error(
        "they have version {found}, this eventkb reads version {OBSERVATIONS_VERSION}; scan again with this one"
    )]
    Version {
        /// The version found.
        found: u32,
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
    /// A number in them is no number.
    #[error("they are damaged")]
    Damaged,
}

/// What the observations of a session point into.
fn fingerprint(signatures: &SignatureSet) -> String {
    let mut hasher = Sha256::new();
    for signature in signatures.iter() {
        // Plain data: it cannot fail to be written.
        hasher.update(serde_json::to_vec(signature).unwrap_or_default());
    }
    hasher
        .finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

impl<'s> Session<'s> {
    /// What was seen so far, to be written to a file.
    pub fn save(mut self) -> Observations {
        self.settle();
        let mut inputs = self.inputs;
        inputs.sort_by(|a, b| a.path.cmp(&b.path));
        let mut ignored = self.ignored;
        ignored.sort();
        Observations {
            observations_version: OBSERVATIONS_VERSION,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            signatures: fingerprint(self.signatures),
            scope: self.scope,
            counts_all: self.counts_all,
            cancelled: self.cancelled,
            explain: self.explain.into_iter().collect(),
            classes: self
                .classes
                .into_iter()
                .map(|(number, (key, class))| (format!("{number:032x}"), key, class))
                .collect(),
            dropped: self.dropped,
            tally: self.tally,
            tallies: self.tallies,
            diagnostics: self.diagnostics,
            coverage: self.coverage,
            inputs,
            ignored,
        }
    }

    /// The session behind saved observations.
    ///
    /// # Errors
    /// When they were made by another version or with other signatures.
    pub fn restore(
        signatures: &'s SignatureSet,
        saved: Observations,
    ) -> Result<Self, ObservationsError> {
        if saved.observations_version != OBSERVATIONS_VERSION {
            return Err(ObservationsError::Version {
                found: saved.observations_version,
            });
        }
        if saved.signatures != fingerprint(signatures) {
            return Err(ObservationsError::Signatures);
        }
        let mut session = Session::with_scope(signatures, saved.scope);
        let classes: Result<BTreeMap<u128, (ClassKey, Class)>, ObservationsError> = saved
            .classes
            .into_iter()
            .map(|(number, key, class)| {
                let number =
                    u128::from_str_radix(&number, 16).map_err(|_| ObservationsError::Damaged)?;
                Ok((number, (key, class)))
            })
            .collect();
        session.classes = classes?;
        session.counts_all = saved.counts_all;
        session.cancelled = saved.cancelled;
        session.explain = saved.explain.into_iter().collect();
        session.dropped = saved.dropped;
        session.tally = saved.tally;
        session.tallies = saved.tallies;
        session.diagnostics = saved.diagnostics;
        session.coverage = saved.coverage;
        session.inputs = saved.inputs;
        session.ignored = saved.ignored;
        Ok(session)
    }
}

/// Merges the observations of any number of scans into one report: the same as that of one scan
/// over everything.
///
/// # Errors
/// When one of them cannot be used, with its number (from 0); when they do not belong together;
/// when there is none.
pub fn merge(
    signatures: &SignatureSet,
    all: impl IntoIterator<Item = Observations>,
) -> Result<Report, (usize, ObservationsError)> {
    let mut merged: Option<Session<'_>> = None;
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
    merged
        .map(Session::finish)
        .ok_or((0, ObservationsError::Nothing))
}

/// Maps whose keys are no text, as lists of pairs: JSON's objects have only text for keys.
pub(super) mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub(crate) fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?
            .into_iter()
            .collect())
    }
}
