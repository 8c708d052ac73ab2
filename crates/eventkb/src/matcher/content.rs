//! What an event says, apart from when it was written and where it stands: as a number, and as the
//! bytes of its record. A failing server says the same thing over and over.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;

use super::evaluate::{Met, Outcome};
use crate::event::Event;
use crate::limits;

/// Classes of events by their likeness, as a reader makes it from the bytes of a record.
///
/// A checksum finds the place of a likeness, and the bytes themselves are compared. Two that share
/// a checksum take turns: a log made to have many of them only loses the shortcut.
#[derive(Debug, Clone, Default)]
pub(super) struct Familiars {
    known: HashMap<u64, (Box<[u8]>, Familiar)>,
    bytes: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Familiar {
    pub(super) class: Option<u128>,
    pub(super) strings: Arc<[String]>,
}

fn place_of(likeness: &[u8]) -> u64 {
    u64::from(crc32fast::hash(likeness)) << 32 | (likeness.len() as u64 & 0xffff_ffff)
}

impl Familiars {
    pub(super) fn get(&self, likeness: &[u8]) -> Option<&Familiar> {
        let (bytes, familiar) = self.known.get(&place_of(likeness))?;
        (**bytes == *likeness).then_some(familiar)
    }

    pub(super) fn learn(&mut self, likeness: &[u8], class: Option<u128>, strings: Arc<[String]>) {
        // The strings take about as much again.
        self.bytes += 2 * likeness.len();
        if self.bytes > limits::MAX_FAMILIAR_BYTES {
            self.known.clear();
            self.bytes = 2 * likeness.len();
        }
        let familiar = Familiar { class, strings };
        self.known
            .insert(place_of(likeness), (likeness.into(), familiar));
    }
}

/// All that an event says, as a number: equal for events that differ only in when they were written
/// and where they stand.
pub(super) fn content_of(event: &Event) -> u128 {
    let Event {
        provider,
        event_source,
        event_id,
        qualifiers,
        level,
        category,
        category_name,
        channel,
        computer,
        strings,
        named,
        message,
        time: _,
        record_id: _,
        trust: _,
        file: _,
        offset: _,
        // No signature asks for the others yet.
        ..
    } = event;
    let mut digest = Digest::default();
    digest.text(provider);
    digest.bytes(&event_id.to_le_bytes());
    let number = |number: Option<u16>| number.map_or([0xff; 4], |n| u32::from(n).to_le_bytes());
    digest.bytes(&number(*qualifiers));
    digest.bytes(&number(level.map(u16::from)));
    digest.bytes(&number(*category));
    for text in [event_source, category_name, channel, computer, message] {
        digest.seen(text.as_deref());
    }
    let count = |items: usize| (items as u64).to_le_bytes();
    digest.bytes(
        &strings
            .as_ref()
            .map_or([0xff; 8], |strings| count(strings.len())),
    );
    strings.iter().flatten().for_each(|text| digest.text(text));
    digest.bytes(&count(named.len()));
    for (name, value) in named {
        digest.text(name);
        digest.text(value);
    }
    digest.finish()
}

/// 128 bits made from what an event says: wide enough that no two classes share a number by
/// chance.
#[derive(Default)]
pub(super) struct Digest {
    low: DefaultHasher,
    high: DefaultHasher,
}

impl Digest {
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.low.write(bytes);
        self.high.write(bytes);
        // The other half sees another text.
        self.high.write_u8(0x5a);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        // Keeps "ab", "c" apart from "a", "bc".
        self.bytes(&[0xff]);
    }

    pub(super) fn folded(&mut self, text: &str) {
        for byte in text.bytes() {
            let byte = byte.to_ascii_lowercase();
            self.low.write_u8(byte);
            self.high.write_u8(byte);
        }
        self.bytes(&[0xff]);
    }

    pub(super) fn finish(self) -> u128 {
        u128::from(self.high.finish()) << 64 | u128::from(self.low.finish())
    }
}

impl Outcome for Digest {
    fn seen(&mut self, value: Option<&str>) {
        match value {
            Some(value) => self.text(value),
            None => self.bytes(&[0xfe]),
        }
    }

    fn capture(&mut self, capture: u16, value: &str) {
        self.bytes(&capture.to_le_bytes());
        self.text(value);
    }

    fn end(&mut self, met: Met, kind_fits: bool, from_text: bool) {
        self.bytes(&[met as u8, u8::from(kind_fits), u8::from(from_text)]);
    }
}
