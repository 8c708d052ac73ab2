//! Names of elements and attributes: stored once in a chunk, where they are first used, and shared
//! by all its records. One damaged name would change or hide every one of them.
//!
//! A name carries its length, a hash of its text, and a zero at its end. Where they disagree, the
//! two that agree win; a text that does not fit its hash is looked up among the names that every
//! event has.

use std::rc::Rc;

use super::value::{DecodeError, Unsupported, utf16};
use crate::bytes::{u16_at, u32_at};

/// A name as the chunk has it, or as it must have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name<'c> {
    /// UTF-16LE.
    Written(&'c [u8]),
    Known(&'static str),
}

impl Name<'_> {
    /// Whether it is this ASCII name.
    pub(super) fn is(self, name: &str) -> bool {
        match self {
            Name::Known(known) => known == name,
            Name::Written(bytes) => {
                bytes.len() == 2 * name.len()
                    && bytes
                        .chunks_exact(2)
                        .zip(name.bytes())
                        .all(|(unit, byte)| unit == [byte, 0])
            }
        }
    }

    /// Whether it has no prefix.
    pub(super) fn is_plain(self) -> bool {
        match self {
            Name::Known(_) => true,
            Name::Written(bytes) => {
                !bytes.is_empty() && !bytes.chunks_exact(2).any(|unit| unit == [b':', 0])
            }
        }
    }

    /// Whether an attribute of this name declares a namespace.
    pub(super) fn is_namespace(self) -> bool {
        const DECLARES: &[u8] = b"x\0m\0l\0n\0s\0";
        match self {
            Name::Known(known) => known == "xmlns",
            Name::Written(bytes) => bytes
                .strip_prefix(DECLARES)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(b":\0")),
        }
    }
}

/// Stands for a name that cannot be read. No element of an event can be called so.
pub(super) const UNREADABLE: &str = "?";

/// Names that the span of an event is made of, and those that tell most of its data.
const KNOWN: [&str; 36] = [
    "Event",
    "xmlns",
    "System",
    "Provider",
    "Name",
    "Guid",
    "EventSourceName",
    "EventID",
    "Qualifiers",
    "Version",
    "Level",
    "Task",
    "Opcode",
    "Keywords",
    "TimeCreated",
    "SystemTime",
    "EventRecordID",
    "Correlation",
    "ActivityID",
    "RelatedActivityID",
    "Execution",
    "ProcessID",
    "ThreadID",
    "Channel",
    "Computer",
    "Security",
    "UserID",
    "EventData",
    "Data",
    "Binary",
    "UserData",
    "EventXML",
    "RenderingInfo",
    "Message",
    "Culture",
    "param1",
];

/// The name at `offset`, and where it ends.
pub(super) fn read(chunk: &[u8], offset: usize) -> Result<(Name<'_>, usize), DecodeError> {
    let text = offset.checked_add(8).ok_or(Unsupported)?;
    let hash = u16_at(chunk, offset + 4).ok_or(Unsupported)?;
    let count = usize::from(u16_at(chunk, offset + 6).ok_or(Unsupported)?);
    let written = |count: usize| chunk.get(text..text + 2 * count).map(Name::Written);
    let ends = |count: usize| u16_at(chunk, text + 2 * count) == Some(0);
    let fits = |count: usize| {
        chunk
            .get(text..text + 2 * count)
            .is_some_and(|t| hash_of(t) == hash)
    };
    let written = |count: usize| Ok((written(count).ok_or(Unsupported)?, text + 2 * count + 2));
    // The end first: where anything else stands, a count can ask for a hash over half the chunk.
    if count > 0 && ends(count) && fits(count) {
        return written(count);
    }
    // The length is damaged: the zero at the end tells it too.
    let (units, _) = chunk.get(text..).unwrap_or_default().as_chunks::<2>();
    let is_zero = |unit: &[u8; 2]| *unit == [0, 0];
    let zero = units.iter().take(LONGEST).position(is_zero).unwrap_or(0);
    if zero > 0 && fits(zero) {
        return written(zero);
    }
    // The text is damaged: the hash tells it, if it is one that every event has.
    let known = KNOWN.iter().find(|known| {
        ends(known.len())
            && (count == known.len() || zero == known.len())
            && hash_of_ascii(known) == hash
    });
    if let Some(known) = known {
        return Ok((Name::Known(known), text + 2 * known.len() + 2));
    }
    // The text may be right, and the hash damaged; a name of the data changes no string.
    if count > 0 && ends(count) {
        return written(count);
    }
    Err(Unsupported)
}

/// Sound names met before, by the hash that is written with them: every chunk brings its own copy
/// of the same few.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// By the low byte of the hash.
    known: Vec<Vec<Known>>,
    count: usize,
}

#[derive(Debug)]
struct Known {
    hash: u16,
    bytes: Box<[u8]>,
    text: Rc<str>,
}

/// Names remembered from chunk to chunk. Real logs have hundreds.
const MOST_TEXTS: usize = 4096;
const BUCKETS: usize = 256;

impl Texts {
    /// The text of the name at `offset`, and where it ends.
    pub(super) fn read(
        &mut self,
        chunk: &[u8],
        offset: usize,
    ) -> Result<(Rc<str>, usize), DecodeError> {
        if let Some(found) = self.get(chunk, offset) {
            return Ok(found);
        }
        let (name, end) = read(chunk, offset)?;
        let mut text = String::new();
        match name {
            Name::Known(known) => text.push_str(known),
            Name::Written(bytes) => utf16(bytes, &mut text),
        }
        let text: Rc<str> = text.into();
        if let (Name::Written(bytes), Some(hash)) = (name, u16_at(chunk, offset + 4))
            && hash_of(bytes) == hash
        {
            if self.count >= MOST_TEXTS {
                *self = Texts::default();
            }
            self.known.resize_with(BUCKETS, Vec::new);
            if let Some(bucket) = self.known.get_mut(usize::from(hash) % BUCKETS) {
                bucket.push(Known {
                    hash,
                    bytes: bytes.into(),
                    text: Rc::clone(&text),
                });
                self.count += 1;
            }
        }
        Ok((text, end))
    }

    fn get(&self, chunk: &[u8], offset: usize) -> Option<(Rc<str>, usize)> {
        let text = offset.checked_add(8)?;
        let hash = u16_at(chunk, offset + 4)?;
        let known = self.known.get(usize::from(hash) % BUCKETS)?;
        let end = text + 2 * usize::from(u16_at(chunk, offset + 6)?);
        let written = chunk.get(text..end)?;
        let same = |known: &&Known| known.hash == hash && *known.bytes == *written;
        let text = &known.iter().find(same)?.text;
        (u16_at(chunk, end) == Some(0)).then(|| (Rc::clone(text), end + 2))
    }
}

/// The offset of the name that is named at `at`.
pub(super) fn offset_at(chunk: &[u8], at: usize) -> Result<usize, DecodeError> {
    u32_at(chunk, at)
        .map(|offset| offset as usize)
        .ok_or(Unsupported)
}

/// The longest name looked for by its zero. The longest one seen has 60 characters.
const LONGEST: usize = 128;

/// The low half of 65,599.
const FACTOR: u16 = 63;

/// The low half of what Windows computes, without its later mixing: each unit is added to 65,599 times
/// what was before.
fn hash_of(utf16: &[u8]) -> u16 {
    const POWERS: [u16; 4] = [FACTOR.wrapping_pow(3), FACTOR.wrapping_pow(2), FACTOR, 1];
    let (units, _) = utf16.as_chunks::<2>();
    // Four at a time: one after the other, each would wait for the product before.
    let (blocks, rest) = units.as_chunks::<4>();
    let hash = blocks.iter().fold(0_u16, |hash, block| {
        let terms = block.iter().zip(POWERS);
        let sum = terms.fold(0_u16, |sum, (unit, power)| {
            sum.wrapping_add(u16::from_le_bytes(*unit).wrapping_mul(power))
        });
        hash.wrapping_mul(FACTOR.wrapping_pow(4)).wrapping_add(sum)
    });
    low(hash, rest.iter().map(|unit| u16::from_le_bytes(*unit)))
}

fn hash_of_ascii(name: &str) -> u16 {
    low(0, name.bytes().map(u16::from))
}

fn low(before: u16, units: impl Iterator<Item = u16>) -> u16 {
    units.fold(before, |hash, unit| {
        hash.wrapping_mul(FACTOR).wrapping_add(unit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str, hash: u16, count: u16) -> Vec<u8> {
        let mut bytes = vec![0; 4];
        bytes.extend(hash.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        bytes.extend([0, 0, 0x0f, 0x01]);
        bytes
    }

    fn text(bytes: &[u8]) -> Option<(String, usize)> {
        let (name, end) = read(bytes, 0).ok()?;
        let text = match name {
            Name::Known(known) => known.to_owned(),
            Name::Written(bytes) => {
                let mut text = String::new();
                super::super::value::utf16(bytes, &mut text);
                text
            }
        };
        Some((text, end))
    }

    #[test]
    fn the_hash_is_the_same_however_it_is_computed() {
        let name = "RelatedActivityID and more";
        for end in 0..name.len() {
            let bytes: Vec<u8> = name[..end]
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect();
            let whole = name[..end].bytes().fold(0_u32, |hash, unit| {
                hash.wrapping_mul(65_599).wrapping_add(u32::from(unit))
            });
            assert_eq!(u32::from(hash_of(&bytes)), whole & 0xffff);
            assert_eq!(hash_of_ascii(&name[..end]), hash_of(&bytes));
        }
    }

    #[test]
    fn two_of_three_win() {
        let hash = 0x0cba;
        assert_eq!(hash_of_ascii("Event"), hash);
        for (bytes, what) in [
            (name("Event", hash, 5), "sound"),
            (name("Event", hash, 2), "length too small"),
            (name("Event", hash, 0xffff), "length too large"),
            (name("Evfnt", hash, 5), "text"),
            (name("Event", hash ^ 4, 5), "hash"),
        ] {
            assert_eq!(text(&bytes), Some(("Event".to_owned(), 20)), "{what}");
        }
        assert_eq!(text(&name("Foo", 1, 9)), None);
        assert_eq!(text(&[]), None);
    }
}
