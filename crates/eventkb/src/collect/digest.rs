//! What an event says, apart from when it was written and where it stands, as a number.
//!
//! The numbers are saved with observations and compared between machines and builds, so the hash
//! is a specified one (XXH3, 128 bits) and never that of a library that may change it.

use xxhash_rust::xxh3::xxh3_128;

/// Makes a number of what is put in. Wide enough that no two contents share one by chance.
#[derive(Debug, Clone, Default)]
pub(crate) struct Digest {
    bytes: Vec<u8>,
}

impl Digest {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        // Keeps "ab", "c" apart from "a", "bc": 0xff is in no UTF-8.
        self.bytes(&[0xff]);
    }

    pub(crate) fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.bytes(&[0xfe]),
        }
    }

    pub(crate) fn folded(&mut self, text: &str) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text.as_bytes());
        if let Some(added) = self.bytes.get_mut(start..) {
            added.make_ascii_lowercase();
        }
        self.bytes(&[0xff]);
    }

    pub(crate) fn number(&self) -> u128 {
        xxh3_128(&self.bytes)
    }
}

/// A mark of one record's strings, to tell lines of an export apart that have no record id.
pub(crate) fn mark_of(strings: &[String]) -> u64 {
    let mut digest = Digest::default();
    strings.iter().for_each(|text| digest.text(text));
    xxhash_rust::xxh3::xxh3_64(&digest.bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Saved observations rest on these numbers: a change of them needs a new version.
    #[test]
    fn numbers_are_fixed() {
        let mut digest = Digest::default();
        digest.folded("MSExchangeMTA");
        digest.bytes(&9316_u16.to_le_bytes());
        digest.optional(None);
        assert_eq!(
            format!("{:032x}", digest.number()),
            "92727e07e76d2dd55dcd1bca1d7171c7"
        );
    }
}
