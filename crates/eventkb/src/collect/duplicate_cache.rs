//! Records whose bytes say the same as one before: a failing server repeats itself, and what is
//! known of a record need not be decoded again.

use std::collections::HashMap;

use super::content::Strings;
use crate::limits;

/// What a known fingerprint stands for.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// The class that some signature wants, if any.
    pub(super) class: Option<u128>,
    /// The kind and form of error that it is, if it is one.
    pub(super) form: Option<(u128, u128)>,
    pub(super) strings: Strings,
}

/// What records stand for, by the fingerprint that a reader makes from their bytes.
///
/// A checksum finds the entry, and the bytes themselves are compared. Two that share a checksum
/// take turns: a log made to have many of them only loses the shortcut.
#[derive(Debug, Clone, Default)]
pub(super) struct DuplicateCache {
    known: HashMap<u64, (Box<[u8]>, Known)>,
    bytes: usize,
}

fn key_of(fingerprint: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(fingerprint)
}

impl DuplicateCache {
    pub(super) fn get(&self, fingerprint: &[u8]) -> Option<&Known> {
        let (bytes, known) = self.known.get(&key_of(fingerprint))?;
        (**bytes == *fingerprint).then_some(known)
    }

    pub(super) fn learn(&mut self, fingerprint: &[u8], known: Known) {
        // The strings take about as much again.
        self.bytes += 2 * fingerprint.len();
        if self.bytes > limits::MAX_FINGERPRINT_BYTES {
            self.known.clear();
            self.bytes = 2 * fingerprint.len();
        }
        self.known
            .insert(key_of(fingerprint), (fingerprint.into(), known));
    }
}
