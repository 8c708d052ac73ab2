//! What events say, packed.
//!
//! A hundred thousand objects in trouble are as many different events, each remembered until all is
//! judged. As strings of their own their values would take kilobytes each; most of an event is the
//! same in all of them.

use std::borrow::Cow;
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
        // Most lengths take a byte.
        let length = |text: &String| text.len() + 2;
        let room = 2 + strings.iter().map(length).sum::<usize>();
        let mut packed = Packer(Vec::with_capacity(room));
        packed.strings(strings);
        Strings(packed.0.into())
    }

    pub(crate) fn to_vec(&self) -> Vec<String> {
        let mut strings = Vec::new();
        self.unpack_into(&mut strings);
        strings
    }

    /// Puts them in place of other ones, whose memory they take.
    fn unpack_into(&self, strings: &mut Vec<String>) {
        let mut packed = Unpacker(&self.0);
        let count = packed.number();
        strings.truncate(count);
        for at in 0..count {
            let text = packed.text();
            match strings.get_mut(at) {
                Some(old) => {
                    old.clear();
                    old.push_str(&text);
                }
                None => strings.push(text.into_owned()),
            }
        }
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
    /// Shared with the record that is cited.
    strings: Option<Strings>,
    /// Named values, message text and binary data. Most events that are kept have none of them.
    rest: Box<[u8]>,
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
    /// `strings` are those of the event, packed.
    pub(crate) fn of(event: &Event, strings: &Strings, commons: &mut Commons) -> Content {
        let mut event = *errors::content_only(event);
        let strings = event.strings.take().map(|_| strings.clone());
        Content::made(event, strings, |event| commons.share(event))
    }

    fn made(
        mut event: Event,
        strings: Option<Strings>,
        share: impl FnOnce(Event) -> Arc<Event>,
    ) -> Content {
        let named = std::mem::take(&mut event.named);
        let (message, binary) = (event.message.take(), event.binary.take());
        let mut rest = Packer::default();
        if !named.is_empty() || message.is_some() || binary.is_some() {
            rest.number(named.len());
            for (name, value) in &named {
                rest.bytes(name.as_bytes());
                rest.bytes(value.as_bytes());
            }
            rest.optional(message, |packer, text| packer.bytes(text.as_bytes()));
            rest.optional(binary, |packer, binary| packer.bytes(&binary));
        }
        Content {
            common: share(event),
            strings,
            rest: rest.0.into(),
        }
    }

    /// The whole event.
    pub(crate) fn whole(&self) -> Event {
        let mut unpacked = Unpacked::default();
        unpacked.fill(self);
        unpacked.event
    }
}

/// The event that contents are unpacked into, one after another: the memory of one serves the next.
#[derive(Default)]
pub(crate) struct Unpacked {
    event: Event,
    common: Option<Arc<Event>>,
    /// Its strings, where the last event had none.
    spare: Vec<String>,
}

impl Unpacked {
    /// The whole event.
    pub(crate) fn event_of(&mut self, content: &Content) -> &Event {
        self.fill(content);
        &self.event
    }

    fn fill(&mut self, content: &Content) {
        let known = self.common.as_ref();
        let mut strings = match self.event.strings.take() {
            Some(strings) => strings,
            None => std::mem::take(&mut self.spare),
        };
        if !known.is_some_and(|common| Arc::ptr_eq(common, &content.common)) {
            self.event = Event::clone(&content.common);
            self.common = Some(Arc::clone(&content.common));
        }
        match &content.strings {
            Some(packed) => {
                packed.unpack_into(&mut strings);
                self.event.strings = Some(strings);
            }
            None => self.spare = strings,
        }
        let mut rest = Unpacker(&content.rest);
        let count = rest.number();
        self.event.named.clear();
        let named = (0..count).map(|_| (rest.text().into_owned(), rest.text().into_owned()));
        self.event.named.extend(named);
        self.event.message = rest.optional(|rest| rest.text().into_owned());
        self.event.binary = rest.optional(|rest| rest.bytes().to_vec());
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        super::saved::event::serialize(&self.whole(), serializer)
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Content, D::Error> {
        let mut event = super::saved::event::deserialize(deserializer)?;
        let strings = event.strings.take().map(|strings| Strings::of(&strings));
        Ok(Content::made(*event, strings, Arc::new))
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

    fn text(&mut self) -> Cow<'b, str> {
        String::from_utf8_lossy(self.bytes())
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
        let events = [&event, &other, &bare, &event];
        let packed = events.map(|event| {
            let strings = Strings::of(event.strings.as_deref().unwrap_or(&[]));
            Content::of(event, &strings, &mut commons)
        });
        let mut unpacked = Unpacked::default();
        for (event, content) in events.into_iter().zip(&packed) {
            assert_eq!(content.whole(), *event);
            assert_eq!(unpacked.event_of(content), event);
        }
        assert!(Arc::ptr_eq(&packed[0].common, &packed[1].common));
        let strings = event.strings.unwrap_or_default();
        assert_eq!(Strings::of(&strings).to_vec(), strings);
    }
}
