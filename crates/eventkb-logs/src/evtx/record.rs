//! One record, read directly: its template and its values.
//!
//! This is the short way that nearly every record takes: no tree is built and nothing is rendered,
//! the head is read from the values themselves, and only a wanted record is walked in full. What
//! is not read directly goes through the `evtx` crate ([`super::fallback`]).

mod fingerprint;
mod layout;
mod row;
mod start;
mod walk;

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;

use super::binxml;
use super::binxml::kind::STRING;
use super::frames::Frame;
use super::names::Texts;
use super::system::{Field, System};
use super::template::Template;
use super::value::{DecodeError, Fuel, Unsupported, Value, utf16};
use crate::bytes::u32_at;
use crate::event::{Event, Head};
use crate::event_builder::words_of;
use crate::numbers;
use fingerprint::{Templates, Traits};
use row::{Glances, OfTemplate};
use start::{read_values, start_of};

/// Reads the records of one chunk after another; buffers are kept between records.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The templates of the chunk, by their offset in it. There are few: a linear search, begun at
    /// the last hit, is faster than hashing.
    templates: Vec<Entry>,
    recent: usize,
    values: Vec<Value>,
    provider: Text,
    event_source: Text,
    channel: Text,
    computer: Text,
    rest: SystemRest,
    glances: Glances,
    shapes: Templates,
    fingerprint: Vec<u8>,
    names: Texts,
    /// Value lists that no record needs now.
    spare: Vec<Vec<Value>>,
    fuel: Fuel,
    /// The chunk's checksums hold.
    sound: bool,
    /// The record now walked has a value that is left to the crate.
    left_out: bool,
    /// The record now walked has a name that cannot be read.
    unreadable: bool,
}

/// What is known of one template of the chunk, as far as it was asked for.
#[derive(Debug)]
struct Entry {
    at: usize,
    system: Option<Result<System, DecodeError>>,
    /// The same with every name compared with its hash, which only records that are wanted are
    /// worth.
    checked: Option<Result<System, DecodeError>>,
    template: Option<Result<Rc<Template>, DecodeError>>,
    traits: Option<Rc<Traits>>,
    glanced: OfTemplate,
}

/// A decoded string with the bytes it came from: equal neighbours need no second decoding.
#[derive(Debug, Default)]
struct Text {
    bytes: Vec<u8>,
    text: String,
}

impl Text {
    fn set_utf16(&mut self, bytes: &[u8]) {
        if self.bytes != bytes || bytes.is_empty() {
            self.bytes.clear();
            self.bytes.extend_from_slice(bytes);
            self.text.clear();
            utf16(bytes, &mut self.text);
        }
    }

    fn set(&mut self, text: &str) {
        self.bytes.clear();
        self.text.clear();
        self.text.push_str(text);
    }
}

/// What the head of a record says.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecordHead<'d> {
    pub(super) head: Head<'d>,
    qualifiers: Option<u16>,
    /// What only a whole event tells, where that was asked for.
    rest: Option<&'d SystemRest>,
}

/// What System says besides the head: only records that are wanted are worth reading it.
#[derive(Debug, Default)]
struct SystemRest {
    version: Option<u8>,
    opcode: Option<u8>,
    keywords: Option<u64>,
    process_id: Option<u32>,
    thread_id: Option<u32>,
    user_sid: Option<String>,
    activity_id: Option<String>,
    related_activity_id: Option<String>,
}

impl RecordHead<'_> {
    /// The event as far as its head tells it.
    pub(super) fn event(&self, file: &Arc<str>, offset: Option<u64>) -> Event {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let trimmed = |text: Option<&str>| {
            text.map(str::trim)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let rest = self.rest.unwrap_or(&SystemRest::NONE);
        Event {
            provider: self.head.provider.to_owned(),
            event_source: owned(self.head.event_source),
            event_id: self.head.event_id,
            qualifiers: self.qualifiers,
            level: self.head.level,
            category: self.head.category,
            time: self.head.time,
            record_id: self.head.record_id,
            version: rest.version,
            opcode: rest.opcode,
            keywords: rest.keywords,
            process_id: rest.process_id,
            thread_id: rest.thread_id,
            user_sid: rest.user_sid.clone(),
            activity_id: rest.activity_id.clone(),
            related_activity_id: rest.related_activity_id.clone(),
            computer: trimmed(self.head.computer),
            channel: trimmed(self.head.channel),
            trust: self.head.trust,
            file: Arc::clone(file),
            offset,
            ..Event::default()
        }
    }
}

impl SystemRest {
    const NONE: SystemRest = SystemRest {
        version: None,
        opcode: None,
        keywords: None,
        process_id: None,
        thread_id: None,
        user_sid: None,
        activity_id: None,
        related_activity_id: None,
    };

    fn read(chunk: &[u8], values: &[Value], system: &System) -> Result<SystemRest, DecodeError> {
        let small = |field| number(chunk, values, field).and_then(|n| u8::try_from(n).ok());
        let id = |field| number(chunk, values, field).and_then(|n| u32::try_from(n).ok());
        let text = |field| -> Result<Option<String>, DecodeError> {
            let mut text = Text::default();
            read_text(chunk, values, field, &mut text)?;
            Ok((!text.text.is_empty()).then_some(text.text))
        };
        Ok(SystemRest {
            version: small(&system.version),
            opcode: small(&system.opcode),
            keywords: match &system.keywords {
                Field::Missing => None,
                Field::Text(bytes) => numbers::bits(&text_of(chunk, bytes)),
                Field::Value(at) => values
                    .get(usize::from(*at))
                    .and_then(|value| value.bits(chunk)),
            },
            process_id: id(&system.process_id),
            thread_id: id(&system.thread_id),
            user_sid: text(&system.user_sid)?,
            activity_id: text(&system.activity_id)?,
            related_activity_id: text(&system.related_activity_id)?,
        })
    }
}

impl Decoder {
    /// Forgets the chunk before: its templates stand elsewhere in the next one.
    pub(super) fn next_chunk(&mut self, sound: bool) {
        self.templates.clear();
        self.recent = 0;
        self.sound = sound;
        self.fuel.fill();
    }

    /// The work done for the chunk so far.
    #[cfg(test)]
    pub(super) fn work(&self) -> usize {
        self.fuel.spent()
    }

    /// Reads the head of a record.
    pub(super) fn head(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
    ) -> Result<RecordHead<'_>, DecodeError> {
        self.head_with(chunk, frame, false)
    }

    /// Reads all of System of a record that is wanted: also where the chunk's checksums hold, a
    /// name that is damaged is put right.
    pub(super) fn full_head(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
    ) -> Result<RecordHead<'_>, DecodeError> {
        self.head_with(chunk, frame, true)
    }

    fn head_with(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        full: bool,
    ) -> Result<RecordHead<'_>, DecodeError> {
        let sound = self.sound && !full;
        let start = start_of(chunk, &frame.body, &mut self.fuel)?;
        self.fuel.burn(1)?;
        self.values.clear();
        if let Some(table) = start.values() {
            read_values(chunk, table, (frame.body.end, frame.cut), &mut self.values)?;
        }
        let entry = entry(&mut self.templates, &mut self.recent, start.tokens_at())?;
        let span = || start.span(chunk, &frame.body, sound);
        let read = || System::read(chunk, &span()?, &mut self.fuel);
        let system = if sound {
            &mut entry.system
        } else {
            &mut entry.checked
        };
        let system = system
            .get_or_insert_with(read)
            .as_ref()
            .map_err(|error| *error)?;
        let values = &self.values;
        let number = |field: &Field| number(chunk, values, field);
        let event_id = number(&system.event_id).ok_or(Unsupported)?;
        // Some logs keep all 32 bits of a classic identifier in one number.
        let high_word = u32::try_from(event_id).ok().and_then(|id| words_of(id).1);
        let qualifiers = number(&system.qualifiers).and_then(|n| u16::try_from(n).ok());
        let level = number(&system.level).and_then(|n| u8::try_from(n).ok());
        let category = number(&system.task).and_then(|n| u16::try_from(n).ok());
        let record_id = number(&system.record_id);
        let time = time(chunk, values, &system.time);
        read_text(chunk, values, &system.provider, &mut self.provider)?;
        read_text(chunk, values, &system.event_source, &mut self.event_source)?;
        read_text(chunk, values, &system.channel, &mut self.channel)?;
        read_text(chunk, values, &system.computer, &mut self.computer)?;
        let rest = if full {
            self.rest = SystemRest::read(chunk, values, system)?;
            Some(&self.rest)
        } else {
            None
        };
        let given = |text: &&str| !text.is_empty();
        Ok(RecordHead {
            head: Head {
                provider: &self.provider.text,
                event_source: Some(self.event_source.text.as_str()).filter(given),
                event_id: (event_id & 0xffff) as u16,
                level,
                category,
                time,
                computer: Some(self.computer.text.as_str()).filter(given),
                channel: Some(self.channel.text.as_str()).filter(given),
                record_id,
                trust: frame.trust,
            },
            qualifiers: qualifiers.or(high_word),
            rest,
        })
    }

    /// Whether a record that is no longer the log's own names the template that stands where its
    /// template stood: it may have been overwritten by another one.
    pub(super) fn names_its_template(chunk: &[u8], frame: &Frame) -> bool {
        let at = match chunk.get(frame.body.start) {
            Some(&binxml::FRAGMENT) => frame.body.start + binxml::FRAGMENT_BYTES,
            _ => frame.body.start,
        };
        if chunk.get(at) != Some(&binxml::TEMPLATE_INSTANCE) {
            return true;
        }
        // The definition begins with the place of the next one and its GUID; records name the
        // GUID's first word.
        let definition = u32_at(chunk, at + 6).map_or(usize::MAX - 8, |place| place as usize);
        u32_at(chunk, definition + 4) == u32_at(chunk, at + 2)
    }

    /// Reads the instance of a template that `body` holds: its values go to `values`.
    fn instance(
        &mut self,
        chunk: &[u8],
        body: &Range<usize>,
        values: &mut Vec<Value>,
    ) -> Result<Rc<Template>, DecodeError> {
        let start = start_of(chunk, body, &mut self.fuel)?;
        values.clear();
        if let Some(table) = start.values() {
            read_values(chunk, table, (body.end, false), values)?;
        }
        let entry = entry(&mut self.templates, &mut self.recent, start.tokens_at())?;
        self.fuel.burn(1 + values.len())?;
        let span = || start.span(chunk, body, self.sound);
        let (names, fuel) = (&mut self.names, &mut self.fuel);
        let read = || Template::read(chunk, &span()?, names, fuel).map(Rc::new);
        entry.template.get_or_insert_with(read).clone()
    }
}

/// The entry of the template whose tokens stand at `at` in the chunk.
fn entry<'t>(
    templates: &'t mut Vec<Entry>,
    recent: &mut usize,
    at: usize,
) -> Result<&'t mut Entry, DecodeError> {
    if templates.get(*recent).is_none_or(|entry| entry.at != at) {
        *recent = templates
            .iter()
            .position(|entry| entry.at == at)
            .unwrap_or_else(|| {
                templates.push(Entry {
                    at,
                    system: None,
                    checked: None,
                    template: None,
                    traits: None,
                    glanced: OfTemplate::default(),
                });
                templates.len() - 1
            });
    }
    // It is there: found or pushed just now.
    templates.get_mut(*recent).ok_or(Unsupported)
}

fn number(chunk: &[u8], values: &[Value], field: &Field) -> Option<u64> {
    match field {
        Field::Missing => None,
        Field::Text(bytes) => {
            let number = numbers::whole_number(&text_of(chunk, bytes))?;
            u64::try_from(number).ok()
        }
        Field::Value(at) => values.get(usize::from(*at))?.number(chunk),
    }
}

fn time(chunk: &[u8], values: &[Value], field: &Field) -> Option<Timestamp> {
    match field {
        Field::Missing => None,
        Field::Text(bytes) => crate::event_builder::time(&text_of(chunk, bytes)),
        Field::Value(at) => values.get(usize::from(*at))?.time(chunk),
    }
}

fn text_of(chunk: &[u8], bytes: &Range<usize>) -> String {
    let mut text = String::new();
    utf16(chunk.get(bytes.clone()).unwrap_or(&[]), &mut text);
    text
}

fn read_text(
    chunk: &[u8],
    values: &[Value],
    field: &Field,
    out: &mut Text,
) -> Result<(), DecodeError> {
    match field {
        Field::Missing => out.set(""),
        Field::Text(bytes) => out.set_utf16(chunk.get(bytes.clone()).ok_or(Unsupported)?),
        Field::Value(at) => match values.get(usize::from(*at)) {
            None => out.set(""),
            Some(value) if value.kind == STRING => {
                out.set_utf16(chunk.get(value.bytes.clone()).ok_or(Unsupported)?);
            }
            Some(value) => {
                let mut text = String::new();
                value.write(chunk, &mut text)?;
                out.set(&text);
            }
        },
    }
    Ok(())
}
