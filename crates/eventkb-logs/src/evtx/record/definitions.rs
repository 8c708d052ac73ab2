//! Definitions of templates met before. Every chunk brings its own copy of each template its
//! records use, and real chunks have few records for each: reading the copies again would cost as
//! much as the records.
//!
//! A copy is the same when its tokens are, but for where the chunk keeps the names. That is compared
//! byte for byte, names included: two templates may claim the same GUID.

use std::collections::HashMap;
use std::rc::Rc;

use super::fingerprint::Traits;
use crate::bytes::u32_at;
use crate::evtx::system::{DEFINITION_HEAD, System};
use crate::evtx::template::{Reference, Template};

/// Definitions of sound chunks.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    by_key: HashMap<Key, Vec<Definition>>,
    count: usize,
}

/// What a definition says of itself: its GUID and its size.
type Key = [u8; 20];

#[derive(Debug)]
struct Definition {
    tokens: Box<[u8]>,
    /// All ones where a copy must have the same byte; zero in what is the chunk's own: where names
    /// stand, and the links between them.
    same: Box<[u8]>,
    /// Where names are named, in order.
    names: Box<[NameAt]>,
    known: Known,
}

/// What follows from a definition.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) template: Rc<Template>,
    pub(super) traits: Rc<Traits>,
    /// Where System's fields stand when the definition stands at 0.
    pub(super) system: Option<System>,
}

#[derive(Debug)]
struct NameAt {
    /// The place of its offset among the tokens.
    at: usize,
    /// The name's hash, length and text, where it stands elsewhere in the chunk. Others follow
    /// their offset.
    elsewhere: Option<Box<[u8]>>,
}

/// Bytes of an offset, and of the link between names, which is the chunk's own.
const OFFSET: usize = 4;
/// Definitions remembered from chunk to chunk. Real logs have hundreds, each in a few forms: some of
/// its names stand in it where it is the first that uses them.
const MOST: usize = 4096;

impl Definitions {
    /// What is known of the definition that stands at `at`.
    pub(super) fn get(&self, chunk: &[u8], at: usize) -> Option<&Known> {
        let forms = self.by_key.get(&key(chunk, at)?)?;
        let start = at + DEFINITION_HEAD;
        let same = forms.iter().find(|form| form.stands_at(chunk, start))?;
        Some(&same.known)
    }

    /// Remembers a definition that was read at `at` in a sound chunk, up to `end`.
    pub(super) fn learn(
        &mut self,
        chunk: &[u8],
        (at, end): (usize, usize),
        references: &[Reference],
        known: Known,
    ) {
        let start = at + DEFINITION_HEAD;
        let (Some(key), Some(tokens)) = (key(chunk, at), chunk.get(start..end)) else {
            return;
        };
        if self.count >= MOST {
            *self = Definitions::default();
        }
        let name_at = |reference: &Reference| -> Option<NameAt> {
            let name = chunk.get(reference.name.start + OFFSET..reference.name.end)?;
            Some(NameAt {
                at: reference.at.checked_sub(start)?,
                elsewhere: (reference.name.start != reference.at + OFFSET).then(|| name.into()),
            })
        };
        let Some(names) = references.iter().map(name_at).collect() else {
            return;
        };
        let names: Box<[NameAt]> = names;
        let mut same = vec![u8::MAX; tokens.len()];
        for name in &names {
            let own = name.at..name.at + name.own_bytes();
            if let Some(own) = same.get_mut(own) {
                own.fill(0);
            }
        }
        self.count += 1;
        self.by_key.entry(key).or_default().push(Definition {
            tokens: tokens.into(),
            same: same.into(),
            names,
            known,
        });
    }
}

fn key(chunk: &[u8], at: usize) -> Option<Key> {
    chunk
        .get(at + OFFSET..at + DEFINITION_HEAD)?
        .try_into()
        .ok()
}

impl Definition {
    /// Whether these tokens, with these names, begin at `start`.
    fn stands_at(&self, chunk: &[u8], start: usize) -> bool {
        let Some(tokens) = chunk.get(start..start + self.tokens.len()) else {
            return false;
        };
        // Another form of the same definition shows in the first name already.
        let names = self.names.iter().all(|name| {
            let offset = u32_at(tokens, name.at).map_or(usize::MAX, |offset| offset as usize);
            match &name.elsewhere {
                Some(name) => {
                    let text = offset.saturating_add(OFFSET);
                    chunk.get(text..text.saturating_add(name.len())) == Some(name)
                }
                // Its text follows, among the tokens.
                None => offset == start + name.at + OFFSET,
            }
        });
        names && equal(tokens, &self.tokens, &self.same)
    }
}

impl NameAt {
    /// How many bytes are the chunk's own.
    fn own_bytes(&self) -> usize {
        match self.elsewhere {
            Some(_) => OFFSET,
            None => 2 * OFFSET,
        }
    }
}

/// Whether two pieces of the same length are equal where `same` has ones. Nearly always they are:
/// it goes through all bytes, many at a time.
fn equal(a: &[u8], b: &[u8], same: &[u8]) -> bool {
    let pairs = a.iter().zip(b).zip(same);
    pairs.fold(0, |differs, ((a, b), same)| differs | ((a ^ b) & same)) == 0
}
