//! One record, read directly: its template and its values.
//!
//! This is the short way that nearly every record takes: no tree is built and nothing is rendered,
//! the head is read from the values themselves, and only a wanted record is walked in full. What
//! is not read directly goes through the `evtx` crate ([`super::fallback`]).

mod definitions;
mod fingerprint;
mod inline;
mod layout;
mod order;
mod row;
mod start;
mod take;
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
use super::template::{Names, Template};
use super::value::{DecodeError, Fuel, Unsupported, Value, utf16};
use crate::bytes::u32_at;
use crate::event::{Event, Head};
use crate::event_builder::words_of;
use crate::json_line::{LineHead, LineRoom};
use crate::numbers;
use definitions::{Definitions, Known};
use fingerprint::{Templates, Traits};
use inline::ValueNames;
pub(super) use row::is_unusual;
use row::{Glances, OfTemplate};
use start::{Start, read_values, start_of};

/// Reads the records of one chunk after another; buffers are kept between records.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    entries: Entries,
    values: Vec<Value>,
    provider: Text,
    event_source: Text,
    channel: Text,
    computer: Text,
    rest: SystemRest,
    glances: Glances,
    definitions: Definitions,
    shapes: Templates,
    fingerprint: Vec<u8>,
    names: Texts,
    /// Room for the values of a record on their way into a line.
    line: LineRoom,
    /// Names of values of records without a template.
    value_names: ValueNames,
    /// Value lists that no record needs now.
    spare: Vec<Vec<Value>>,
    fuel: Fuel,
    /// The same for heads alone: which records count may not depend on how much is read of others.
    head_fuel: Fuel,
    /// The chunk's checksums hold.
    sound: bool,
    /// The record now walked has a value that is left to the crate.
    left_out: bool,
    /// The record now walked has a name that cannot be read.
    unreadable: bool,
}

/// The templates of a chunk.
#[derive(Debug, Default)]
struct Entries {
    /// By their offset in the chunk. There are few: a linear search, begun at the last hit, is faster
    /// than hashing.
    templates: Vec<Entry>,
    recent: usize,
    /// The elements of the last record that has no template: no other record is made of them.
    inline: Option<Entry>,
}

/// What is known of one template of the chunk, as far as it was asked for.
#[derive(Debug)]
struct Entry {
    at: usize,
    system: Option<Result<System, DecodeError>>,
    template: Option<Result<Rc<Template>, DecodeError>>,
    traits: Option<Rc<Traits>>,
    /// A name of the template cannot be read.
    lacks_names: bool,
    glanced: OfTemplate,
}

/// A value as text, with the bytes it came from: equal neighbours need no second decoding.
#[derive(Debug, Default)]
struct Text {
    /// The value's type; 0 of what is no value.
    kind: u8,
    bytes: Vec<u8>,
    text: String,
}

impl Text {
    fn set_utf16(&mut self, bytes: &[u8]) {
        if !self.is_of(STRING, bytes) {
            utf16(bytes, &mut self.text);
        }
    }

    /// Whether it is the text of these bytes; otherwise it is to be filled with it.
    fn is_of(&mut self, kind: u8, bytes: &[u8]) -> bool {
        let is = self.kind == kind && self.bytes == bytes && !bytes.is_empty();
        if !is {
            self.kind = kind;
            self.bytes.clear();
            self.bytes.extend_from_slice(bytes);
            self.text.clear();
        }
        is
    }

    fn set_value(&mut self, chunk: &[u8], value: &Value) -> Result<(), DecodeError> {
        let bytes = chunk.get(value.bytes.clone()).ok_or(Unsupported)?;
        if !self.is_of(value.kind, bytes) {
            let written = value.write(chunk, &mut self.text);
            if written.is_err() {
                self.clear();
            }
            return written;
        }
        Ok(())
    }

    fn clear(&mut self) {
        self.kind = 0;
        self.bytes.clear();
        self.text.clear();
    }

    /// The text, if there is any.
    fn given(&self) -> Option<&str> {
        Some(self.text.as_str()).filter(|text| !text.is_empty())
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
    user_sid: Text,
    activity_id: Text,
    related_activity_id: Text,
}

impl RecordHead<'_> {
    /// All that it says.
    fn said(&self) -> LineHead<'_> {
        let (head, rest) = (&self.head, self.rest);
        LineHead {
            provider: head.provider,
            event_source: head.event_source,
            event_id: head.event_id,
            qualifiers: self.qualifiers,
            level: head.level,
            category: head.category,
            category_name: None,
            channel: trimmed(head.channel),
            computer: trimmed(head.computer),
            time: head.time,
            record_id: head.record_id,
            version: rest.and_then(|rest| rest.version),
            opcode: rest.and_then(|rest| rest.opcode),
            keywords: rest.and_then(|rest| rest.keywords),
            process_id: rest.and_then(|rest| rest.process_id),
            thread_id: rest.and_then(|rest| rest.thread_id),
            user_sid: rest.and_then(|rest| rest.user_sid.given()),
            activity_id: rest.and_then(|rest| rest.activity_id.given()),
            related_activity_id: rest.and_then(|rest| rest.related_activity_id.given()),
        }
    }

    /// Begins a line of JSON.
    pub(super) fn begin_line(&self, out: &mut String) {
        self.said().write(out);
    }

    /// The event as far as its head tells it.
    pub(super) fn event(&self, file: &Arc<str>, offset: Option<u64>) -> Event {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let said = self.said();
        Event {
            provider: said.provider.to_owned(),
            event_source: owned(said.event_source),
            event_id: said.event_id,
            qualifiers: said.qualifiers,
            level: said.level,
            category: said.category,
            time: said.time,
            record_id: said.record_id,
            version: said.version,
            opcode: said.opcode,
            keywords: said.keywords,
            process_id: said.process_id,
            thread_id: said.thread_id,
            user_sid: owned(said.user_sid),
            activity_id: owned(said.activity_id),
            related_activity_id: owned(said.related_activity_id),
            computer: owned(said.computer),
            channel: owned(said.channel),
            trust: self.head.trust,
            file: Arc::clone(file),
            offset,
            ..Event::default()
        }
    }
}

impl SystemRest {
    fn read(&mut self, chunk: &[u8], values: &[Value], system: &System) -> Result<(), DecodeError> {
        let small = |field| number(chunk, values, field).and_then(|n| u8::try_from(n).ok());
        let id = |field| number(chunk, values, field).and_then(|n| u32::try_from(n).ok());
        self.version = small(&system.version);
        self.opcode = small(&system.opcode);
        self.keywords = match &system.keywords {
            Field::Missing => None,
            Field::Text(bytes) => numbers::bits(&text_of(chunk, bytes)),
            Field::Value(at) => values
                .get(usize::from(*at))
                .and_then(|value| value.bits(chunk)),
        };
        self.process_id = id(&system.process_id);
        self.thread_id = id(&system.thread_id);
        for (field, text) in [
            (&system.user_sid, &mut self.user_sid),
            (&system.activity_id, &mut self.activity_id),
            (&system.related_activity_id, &mut self.related_activity_id),
        ] {
            read_text(chunk, values, field, text)?;
        }
        Ok(())
    }
}

impl Decoder {
    /// Forgets the chunk before: its templates stand elsewhere in the next one.
    pub(super) fn next_chunk(&mut self, sound: bool) {
        self.entries.clear();
        self.sound = sound;
        self.fuel.fill();
        self.head_fuel.fill();
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
        self.head_or_all(chunk, frame, false)
    }

    /// Reads all of System of a record that is wanted.
    pub(super) fn full_head(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
    ) -> Result<RecordHead<'_>, DecodeError> {
        self.head_or_all(chunk, frame, true)
    }

    /// Reads the head of a record, or all of System.
    pub(super) fn head_or_all(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        full: bool,
    ) -> Result<RecordHead<'_>, DecodeError> {
        let start = start_of(chunk, &frame.body, &mut self.head_fuel)?;
        self.head_fuel.burn(1)?;
        self.values.clear();
        if let Some(table) = start.values() {
            read_values(chunk, table, (frame.body.end, frame.cut), &mut self.values)?;
        }
        if full && self.sound && start.values().is_some() {
            // It may be known from chunks before. What is wrong with it is said when the values are
            // asked for.
            let _ = self.template(chunk, &frame.body, &start, Names::AsManyAsCan);
        }
        let entry = self.entries.of(&start)?;
        let system = read_once(
            &mut entry.system,
            chunk,
            (&start, &frame.body),
            &mut self.head_fuel,
        )?;
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
        let rest = match full.then(|| self.rest.read(chunk, values, system)) {
            Some(Ok(())) => Some(&self.rest),
            // Where checksums hold, a record counts by its head for everyone.
            Some(Err(_)) if self.sound => None,
            Some(Err(error)) => return Err(error),
            None => None,
        };
        Ok(RecordHead {
            head: Head {
                provider: &self.provider.text,
                event_source: self.event_source.given(),
                event_id: (event_id & 0xffff) as u16,
                level,
                category,
                time,
                computer: self.computer.given(),
                channel: self.channel.given(),
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
        self.fuel.burn(1 + values.len())?;
        self.template(chunk, body, &start, Names::AsManyAsCan)
    }

    /// The template that the instance at `start` is of, read once for each chunk at most. Where stale
    /// records name one whose names were overwritten, the first of them ends it.
    fn template(
        &mut self,
        chunk: &[u8],
        body: &Range<usize>,
        start: &Start,
        needed: Names,
    ) -> Result<Rc<Template>, DecodeError> {
        let at = start.tokens_at();
        let entry = self.entries.of(start)?;
        if needed == Names::All && entry.lacks_names {
            return Err(DecodeError::UnreadableName);
        }
        if let Some(template) = &entry.template {
            return template.clone();
        }
        let is_remembered = self.sound && start.values().is_some();
        if is_remembered && let Some(known) = self.definitions.get(chunk, at) {
            self.fuel.burn(1)?;
            entry.traits = Some(Rc::clone(&known.traits));
            entry.template = Some(Ok(Rc::clone(&known.template)));
            let system = known.system.as_ref().and_then(|system| system.moved(0, at));
            entry.system = entry.system.take().or(system.map(Ok));
            return Ok(Rc::clone(&known.template));
        }
        let span = start.span(chunk, body);
        let (names, fuel) = (&mut self.names, &mut self.fuel);
        let read = span.and_then(|span| Template::read(chunk, &span, needed, (names, fuel)));
        entry.lacks_names = match &read {
            Ok(read) => read.template.unreadable,
            Err(error) => *error == DecodeError::UnreadableName,
        };
        if needed == Names::All && entry.lacks_names {
            return Err(DecodeError::UnreadableName);
        }
        let template = read.map(|read| {
            let template = Rc::new(read.template);
            if is_remembered && !template.unreadable {
                let traits = self.shapes.traits(&template);
                entry.traits = Some(Rc::clone(&traits));
                let span = start.span(chunk, body);
                let system = span.and_then(|span| System::read(chunk, &span, fuel)).ok();
                let known = Known {
                    template: Rc::clone(&template),
                    traits,
                    system: system.and_then(|system| system.moved(at, 0)),
                };
                let place = (at, read.end);
                self.definitions
                    .learn(chunk, place, &read.references, known);
            }
            template
        });
        entry.template = Some(template.clone());
        template
    }
}

/// Text that says something, without spaces around it.
fn trimmed(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

impl Entry {
    fn at(at: usize) -> Entry {
        Entry {
            at,
            system: None,
            template: None,
            traits: None,
            lacks_names: false,
            glanced: OfTemplate::default(),
        }
    }
}

impl Entries {
    fn clear(&mut self) {
        self.templates.clear();
        self.recent = 0;
        self.inline = None;
    }

    /// The entry of what a record is made of.
    fn of(&mut self, start: &Start) -> Result<&mut Entry, DecodeError> {
        let at = start.tokens_at();
        if start.values().is_none() {
            let known = self.inline.take().filter(|entry| entry.at == at);
            return Ok(self.inline.insert(known.unwrap_or_else(|| Entry::at(at))));
        }
        let (templates, recent) = (&mut self.templates, &mut self.recent);
        if templates.get(*recent).is_none_or(|entry| entry.at != at) {
            let known = templates.iter().position(|entry| entry.at == at);
            *recent = known.unwrap_or_else(|| {
                templates.push(Entry::at(at));
                templates.len() - 1
            });
        }
        // It is there: found or pushed just now.
        templates.get_mut(*recent).ok_or(Unsupported)
    }
}

/// The fields of System, found once for all records of a template.
fn read_once<'s>(
    known: &'s mut Option<Result<System, DecodeError>>,
    chunk: &[u8],
    (start, body): (&Start, &Range<usize>),
    fuel: &mut Fuel,
) -> Result<&'s System, DecodeError> {
    let span = || start.span(chunk, body);
    let read = || System::read(chunk, &span()?, fuel);
    let system = known.get_or_insert_with(read);
    system.as_ref().map_err(|error| *error)
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
        Field::Missing => out.clear(),
        Field::Text(bytes) => out.set_utf16(chunk.get(bytes.clone()).ok_or(Unsupported)?),
        Field::Value(at) => match values.get(usize::from(*at)) {
            None => out.clear(),
            Some(value) => out.set_value(chunk, value)?,
        },
    }
    Ok(())
}
