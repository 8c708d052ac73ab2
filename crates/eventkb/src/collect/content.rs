//! What events say, packed.
//!
//! A hundred thousand objects in trouble are as many different events, each remembered until all is
//! judged. As strings of their own their values would take kilobytes each; most of an event is the
//! same in all of them.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use eventkb_logs::event::Event;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::digest::Digest;
use super::errors;

/// Strings in order, in one piece of memory. Shared by records that say the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Strings(Arc<[u8]>);

impl Strings {
    pub(crate) fn of(strings: &[String]) -> Strings {
        let mut packed = Packer::default();
        packed.strings(strings);
        Strings(packed.0.into())
    }

    pub(crate) fn to_vec(&self) -> Vec<String> {
        Unpacker(&self.0).strings()
    }
}

impl Serialize for Strings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.to_vec())
    }
}

impl<'de> Deserialize<'de> for Strings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Strings, D::Error> {
        Ok(Strings::of(&Vec::<String>::deserialize(deserializer)?))
    }
}

/// What an event says. Gives what it has in common with others as it is; its own values are
/// unpacked by [`Content::whole`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Content {
    common: Arc<Event>,
    own: Box<[u8]>,
}

impl Deref for Content {
    type Target = Event;

    fn deref(&self) -> &Event {
        &self.common
    }
}

/// What events have in common, each once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Commons {
    known: HashMap<u128, Arc<Event>>,
    digest: Digest,
}

/// Commons remembered at once: providers, ids and computers that take turns.
const MOST_COMMONS: usize = 4096;

impl Commons {
    fn share(&mut self, event: Event) -> Arc<Event> {
        self.digest.clear();
        errors::content(&event, &mut self.digest);
        self.digest.text(event.trust.as_str());
        let number = self.digest.number();
        if let Some(known) = self.known.get(&number)
            && **known == event
        {
            return Arc::clone(known);
        }
        if self.known.len() >= MOST_COMMONS {
            self.known.clear();
        }
        let event = Arc::new(event);
        self.known.insert(number, Arc::clone(&event));
        event
    }
}

impl Content {
    pub(crate) fn of(event: &Event, commons: &mut Commons) -> Content {
        Content::made(*errors::content_only(event), |event| commons.share(event))
    }

    fn made(mut event: Event, share: impl FnOnce(Event) -> Arc<Event>) -> Content {
        let mut own = Packer::default();
        own.optional(event.strings.take(), |packer, strings| {
            packer.strings(&strings);
        });
        let named = std::mem::take(&mut event.named);
        own.number(named.len());
        for (name, value) in &named {
            own.bytes(name.as_bytes());
            own.bytes(value.as_bytes());
        }
        own.optional(event.message.take(), |packer, text| {
            packer.bytes(text.as_bytes());
        });
        own.optional(event.binary.take(), |packer, binary| packer.bytes(&binary));
        Content {
            common: share(event),
            own: own.0.into(),
        }
    }

    /// The whole event.
    pub(crate) fn whole(&self) -> Event {
        let mut own = Unpacker(&self.own);
        let strings = own.optional(Unpacker::strings);
        let named = (0..own.number()).map(|_| (own.text(), own.text()));
        Event {
            strings,
            named: named.collect(),
            message: own.optional(Unpacker::text),
            binary: own.optional(|own| own.bytes().to_vec()),
            ..Event::clone(&self.common)
        }
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        super::saved::event::serialize(&self.whole(), serializer)
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Content, D::Error> {
        let event = super::saved::event::deserialize(deserializer)?;
        Ok(Content::made(*event, Arc::new))
    }
}

#[derive(Default)]
struct Packer(Vec<u8>);

impl Packer {
    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    fn number(&mut self, mut number: usize) {
        while number > 0x7f {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    fn strings(&mut self, strings: &[String]) {
        self.number(strings.len());
        strings.iter().for_each(|text| self.bytes(text.as_bytes()));
    }

    fn optional<T>(&mut self, value: Option<T>, put: impl FnOnce(&mut Packer, T)) {
        self.number(usize::from(value.is_some()));
        if let Some(value) = value {
            put(self, value);
        }
    }
}

/// Reads what a [`Packer`] wrote.
struct Unpacker<'b>(&'b [u8]);

impl<'b> Unpacker<'b> {
    fn number(&mut self) -> usize {
        let mut number = 0;
        let mut shift = 0;
        while let Some((byte, rest)) = self.0.split_first() {
            self.0 = rest;
            number |= usize::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                break;
            }
            shift += 7;
        }
        number
    }

    fn bytes(&mut self) -> &'b [u8] {
        let count = self.number();
        let (bytes, rest) = self.0.split_at_checked(count).unwrap_or((&[], &[]));
        self.0 = rest;
        bytes
    }

    fn text(&mut self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }

    fn strings(&mut self) -> Vec<String> {
        (0..self.number()).map(|_| self.text()).collect()
    }

    fn optional<T>(&mut self, take: impl FnOnce(&mut Unpacker<'b>) -> T) -> Option<T> {
        (self.number() == 1).then(|| take(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back() {
        let mut commons = Commons::default();
        let event = Event {
            provider: "P".into(),
            event_id: 7,
            computer: Some("A".into()),
            strings: Some(vec![String::new(), "é".into(), "x".repeat(300)]),
            named: vec![("n".into(), "v".into()), ("n".into(), String::new())],
            message: Some("words".into()),
            binary: Some(vec![0, 255]),
            ..Event::default()
        };
        let other = Event {
            strings: None,
            ..event.clone()
        };
        let bare = Event::default();
        let packed = [&event, &other, &bare].map(|event| Content::of(event, &mut commons));
        for (event, content) in [&event, &other, &bare].into_iter().zip(&packed) {
            assert_eq!(content.whole(), *event);
        }
        assert!(Arc::ptr_eq(&packed[0].common, &packed[1].common));
        let strings = event.strings.unwrap_or_default();
        assert_eq!(Strings::of(&strings).to_vec(), strings);
    }
}
