//! One record, read directly: its template and its values.
//!
//! This is the short way that nearly every record takes: no tree is built and nothing is rendered,
//! the head is read from the values themselves, and only a wanted record is walked in full. What
//! is not read directly goes through the `evtx` crate ([`super::fallback`]).

mod likeness;
mod row;

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;

use super::frames::Frame;
use super::names::Texts;
use super::slot::u32_at;
use super::system::{DEFINITION_HEAD, Field, Shape, System};
use super::template::{Step, Template};
use super::value::{
    BINXML, FILETIME, Fuel, Hurdle, NULL, NotDirect, STRING, STRING_ARRAY, Value, utf16,
};
use crate::event::Event;
use crate::limits;
use crate::matcher::session::Head;
use crate::source::build::{EventBuilder, words_of};
use likeness::{Templates, Traits};
use row::Providers;

/// Reads the records of one chunk after another; buffers are kept between records.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The templates of the chunk, by their place in it. There are few: a linear search, begun at
    /// the last hit, is faster than hashing.
    templates: Vec<Entry>,
    recent: usize,
    values: Vec<Value>,
    provider: Text,
    event_source: Text,
    channel: Text,
    computer: Text,
    providers: Providers,
    shapes: Templates,
    likeness: Vec<u8>,
    /// Record ids of a row: first and last of each stretch.
    ids: Vec<(u64, u64)>,
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
    system: Option<Result<System, Hurdle>>,
    /// The same with every name compared with its hash, which only records that are wanted are
    /// worth.
    checked: Option<Result<System, Hurdle>>,
    template: Option<Result<Rc<Template>, Hurdle>>,
    traits: Option<Traits>,
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
    pub(super) event_source: Option<&'d str>,
    pub(super) qualifiers: Option<u16>,
    pub(super) record_id: Option<u64>,
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
        Event {
            provider: self.head.provider.to_owned(),
            event_source: owned(self.event_source),
            event_id: self.head.event_id,
            qualifiers: self.qualifiers,
            level: self.head.level,
            category: self.head.category,
            time: self.head.time,
            record_id: self.record_id,
            computer: trimmed(self.head.computer),
            channel: trimmed(self.head.channel),
            trust: self.head.trust,
            file: Arc::clone(file),
            offset,
            ..Event::default()
        }
    }
}

/// One instance of a template: the template and its values.
struct Instance {
    template: Rc<Template>,
    values: Vec<Value>,
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
    pub(super) fn head(&mut self, chunk: &[u8], frame: &Frame) -> Result<RecordHead<'_>, Hurdle> {
        self.head_with(chunk, frame, self.sound)
    }

    /// Reads the head of a record that is wanted: also where the chunk's checksums hold, a name
    /// that is damaged is put right.
    pub(super) fn checked_head(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
    ) -> Result<RecordHead<'_>, Hurdle> {
        self.head_with(chunk, frame, false)
    }

    fn head_with(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        sound: bool,
    ) -> Result<RecordHead<'_>, Hurdle> {
        let start = start_of(chunk, &frame.body, &mut self.fuel)?;
        self.fuel.burn(1)?;
        self.values.clear();
        if let Some(table) = start.values() {
            read_values(chunk, table, frame.body.end, &mut self.values)?;
        }
        let entry = entry(&mut self.templates, &mut self.recent, start.tokens_at());
        let shape = || start.shape(chunk, &frame.body, sound);
        let read = || System::read(chunk, &shape()?, &mut self.fuel);
        let system = if sound {
            &mut entry.system
        } else {
            &mut entry.checked
        };
        let system = system
            .get_or_insert_with(read)
            .as_ref()
            .map_err(|hurdle| *hurdle)?;
        let values = &self.values;
        let number = |field: &Field| number(chunk, values, field);
        let event_id = number(&system.event_id).ok_or(NotDirect)?;
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
        let given = |text: &&str| !text.is_empty();
        Ok(RecordHead {
            head: Head {
                provider: &self.provider.text,
                event_id: (event_id & 0xffff) as u16,
                level,
                category,
                time,
                computer: Some(self.computer.text.as_str()).filter(given),
                channel: Some(self.channel.text.as_str()).filter(given),
                trust: frame.trust,
            },
            event_source: Some(self.event_source.text.as_str()).filter(given),
            qualifiers: qualifiers.or(high_word),
            record_id,
        })
    }

    /// Walks the whole record.
    pub(super) fn walk(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        builder: &mut EventBuilder,
    ) -> Result<(), Hurdle> {
        self.left_out = false;
        self.unreadable = false;
        self.fragment(chunk, &frame.body, builder, 0)?;
        if builder.is_too_large() {
            return Err(Hurdle::TooMuch);
        }
        // Only now it is known that the record is of a size that the crate should render.
        if self.left_out {
            Err(NotDirect)
        } else {
            Ok(())
        }
    }

    /// Whether the record walked last has a name that cannot be read: it was read without it.
    pub(super) fn left_a_name_out(&self) -> bool {
        self.unreadable
    }

    /// Notes a value that is left to the crate. The rest is walked all the same, to know how large
    /// the record is; an array would be rendered as one element for each item.
    fn leave_out(&mut self, value: &Value) -> Result<(), Hurdle> {
        self.left_out = true;
        self.fuel.burn(value.bytes.len())
    }

    /// Whether a record that is no longer the log's own names the template that stands where its
    /// template stood: it may have been overwritten by another one.
    pub(super) fn names_its_template(chunk: &[u8], frame: &Frame) -> bool {
        let at = match chunk.get(frame.body.start) {
            Some(0x0f) => frame.body.start + 4,
            _ => frame.body.start,
        };
        if chunk.get(at) != Some(&0x0c) {
            return true;
        }
        // The definition begins with the place of the next one and its GUID; records name the
        // GUID's first word.
        let definition = u32_at(chunk, at + 6).map_or(usize::MAX - 8, |place| place as usize);
        u32_at(chunk, definition + 4) == u32_at(chunk, at + 2)
    }

    /// Walks a fragment that is one instance of a template, as records and nested values are.
    fn fragment(
        &mut self,
        chunk: &[u8],
        body: &Range<usize>,
        builder: &mut EventBuilder,
        depth: usize,
    ) -> Result<(), Hurdle> {
        if depth > limits::MAX_XML_DEPTH / 4 {
            return Err(Hurdle::TooMuch);
        }
        let mut values = self.spare.pop().unwrap_or_default();
        let template = self.instance(chunk, body, &mut values)?;
        self.unreadable |= template.unreadable;
        let instance = Instance { template, values };
        let all = 0..instance.template.steps.len();
        // What the head says needs no second reading.
        let known = depth == 0 && builder.has_head();
        match instance.template.system.clone().filter(|_| known) {
            Some(system) => {
                self.steps(chunk, &instance, 0..system.start, builder, depth)?;
                self.steps(chunk, &instance, system.end..all.end, builder, depth)?;
            }
            None => self.steps(chunk, &instance, all, builder, depth)?,
        }
        self.spare.push(instance.values);
        Ok(())
    }

    fn steps(
        &mut self,
        chunk: &[u8],
        instance: &Instance,
        range: Range<usize>,
        builder: &mut EventBuilder,
        depth: usize,
    ) -> Result<(), Hurdle> {
        let steps = &instance.template.steps;
        let value = |at: u16| instance.values.get(usize::from(at));
        let mut buffer = String::new();
        let mut at = range.start;
        while at < range.end {
            let Some(step) = steps.get(at) else { break };
            self.fuel.burn(1)?;
            match step {
                Step::Start { name, depends, end } => {
                    if depends.and_then(value).is_some_and(Value::is_null) {
                        at = end + 1;
                        continue;
                    }
                    if let Some(items) = array_place(steps, at).and_then(value)
                        && items.kind == STRING_ARRAY
                        // An array without items leaves the element there once, and empty.
                        && !items.bytes.is_empty()
                    {
                        self.repeat(chunk, instance, at, items, builder)?;
                        at = end + 1;
                        continue;
                    }
                    builder.start(name);
                }
                Step::Attribute(name) => {
                    let end = attribute_end(steps, at);
                    let parts = steps.get(at + 1..end).unwrap_or(&[]);
                    if !builder.wants(Some(name)) {
                        // Nobody would read it.
                    } else if let Some(time) = created(chunk, name, parts, &instance.values) {
                        builder.created(time);
                    } else if self.attribute(chunk, parts, &instance.values, &mut buffer)? {
                        builder.attribute(name, &buffer);
                    }
                    at = end;
                }
                Step::AttributeEnd => {}
                Step::Text(text) => builder.text(text),
                Step::End => builder.end(),
                Step::Place { value: place, .. } => {
                    if let Some(value) = value(*place) {
                        self.place(chunk, value, builder, depth, &mut buffer)?;
                    }
                }
            }
            at += 1;
        }
        Ok(())
    }

    fn place(
        &mut self,
        chunk: &[u8],
        value: &Value,
        builder: &mut EventBuilder,
        depth: usize,
        buffer: &mut String,
    ) -> Result<(), Hurdle> {
        match value.kind {
            NULL => Ok(()),
            BINXML | STRING_ARRAY if value.bytes.is_empty() => Ok(()),
            BINXML => self.fragment(chunk, &value.bytes, builder, depth + 1),
            _ if !builder.wants(None) => Ok(()),
            _ => {
                buffer.clear();
                if value.write(chunk, buffer).is_err() {
                    return self.leave_out(value);
                }
                builder.text(buffer);
                self.fuel.burn_bytes(buffer.len())
            }
        }
    }

    /// An element whose content is an array stands there once for each item: this is how classic
    /// events bring all their insertion strings in one value.
    fn repeat(
        &mut self,
        chunk: &[u8],
        instance: &Instance,
        start: usize,
        items: &Value,
        builder: &mut EventBuilder,
    ) -> Result<(), Hurdle> {
        let steps = &instance.template.steps;
        let Some(Step::Start { name, .. }) = steps.get(start) else {
            return Err(NotDirect);
        };
        let mut attributes: Vec<(&str, String)> = Vec::new();
        let mut at = start + 1;
        while let Some(Step::Attribute(attribute)) = steps.get(at) {
            let end = attribute_end(steps, at);
            let mut text = String::new();
            let parts = steps.get(at + 1..end).unwrap_or(&[]);
            if self.attribute(chunk, parts, &instance.values, &mut text)? {
                attributes.push((attribute, text));
            }
            at = end + 1;
        }
        let mut text = String::new();
        for item in items.items(chunk) {
            builder.start(name);
            for (attribute, value) in &attributes {
                builder.attribute(attribute, value);
                self.fuel.burn_bytes(value.len())?;
            }
            self.fuel.burn(1 + attributes.len())?;
            self.fuel.burn_bytes(item.len())?;
            text.clear();
            utf16(item, &mut text);
            builder.text(&text);
            builder.end();
        }
        Ok(())
    }

    /// Puts an attribute's value together; `false` when its only part is an optional place without
    /// a value, and the attribute is left out.
    fn attribute(
        &mut self,
        chunk: &[u8],
        parts: &[Step],
        values: &[Value],
        out: &mut String,
    ) -> Result<bool, Hurdle> {
        out.clear();
        for part in parts {
            match part {
                Step::Text(text) => out.push_str(text),
                Step::Place { value, optional } => {
                    let Some(value) = values.get(usize::from(*value)) else {
                        continue;
                    };
                    if *optional && parts.len() == 1 && value.is_empty(chunk) {
                        return Ok(false);
                    }
                    if value.write(chunk, out).is_err() {
                        self.leave_out(value)?;
                    }
                }
                _ => return Err(NotDirect),
            }
            // Parts are paid one by one: each could add 64 KiB.
            self.fuel.burn(1)?;
            self.fuel.burn_bytes(out.len())?;
        }
        Ok(true)
    }

    /// Reads the instance of a template that `body` holds: its values go to `values`.
    fn instance(
        &mut self,
        chunk: &[u8],
        body: &Range<usize>,
        values: &mut Vec<Value>,
    ) -> Result<Rc<Template>, Hurdle> {
        let start = start_of(chunk, body, &mut self.fuel)?;
        values.clear();
        if let Some(table) = start.values() {
            read_values(chunk, table, body.end, values)?;
        }
        let entry = entry(&mut self.templates, &mut self.recent, start.tokens_at());
        self.fuel.burn(1 + values.len())?;
        let shape = || start.shape(chunk, body, self.sound);
        let (names, fuel) = (&mut self.names, &mut self.fuel);
        let read = || Template::read(chunk, &shape()?, names, fuel).map(Rc::new);
        entry.template.get_or_insert_with(read).clone()
    }
}

fn entry<'t>(templates: &'t mut Vec<Entry>, recent: &mut usize, at: usize) -> &'t mut Entry {
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
                });
                templates.len() - 1
            });
    }
    // Found or pushed just now.
    &mut templates[*recent]
}

/// Where the parts of a record, or of a nested value, stand.
enum Start {
    /// An instance of a template: the place of its definition, and of its table of values.
    Instance { definition: usize, values: usize },
    /// Elements without a template: their place. A few old providers write such records.
    Inline(usize),
}

impl Start {
    /// The place by which the tokens are known within the chunk.
    fn tokens_at(&self) -> usize {
        match self {
            Start::Instance { definition, .. } => *definition,
            Start::Inline(at) => *at,
        }
    }

    fn values(&self) -> Option<usize> {
        match self {
            Start::Instance { values, .. } => Some(*values),
            Start::Inline(_) => None,
        }
    }

    fn shape(&self, chunk: &[u8], body: &Range<usize>, sound: bool) -> Result<Shape, Hurdle> {
        match self {
            Start::Instance { definition, .. } => Shape::of_definition(chunk, *definition, sound),
            Start::Inline(at) => Ok(Shape {
                tokens: *at..body.end,
                is_template: false,
                sound,
            }),
        }
    }
}

fn start_of(chunk: &[u8], body: &Range<usize>, fuel: &mut Fuel) -> Result<Start, Hurdle> {
    let mut at = body.start;
    // Fragment header 0f 01 01 00, then the token of an instance or of an element.
    if chunk.get(at) == Some(&0x0f) {
        at += 4;
    }
    match chunk.get(at) {
        Some(0x0c) => {}
        Some(0x01 | 0x41) => return Ok(Start::Inline(at)),
        _ => return Err(NotDirect),
    }
    let definition = u32_at(chunk, at + 6).ok_or(NotDirect)? as usize;
    at += 10;
    if definition == at {
        // First use in the chunk: the definition itself stands here.
        at = behind_definition(chunk, at, body.end, fuel)?;
    }
    Ok(Start::Instance {
        definition,
        values: at,
    })
}

/// Where the values stand behind a definition that stands at `at` itself. Few records bring one.
#[cold]
fn behind_definition(
    chunk: &[u8],
    at: usize,
    end: usize,
    fuel: &mut Fuel,
) -> Result<usize, Hurdle> {
    let size = u32_at(chunk, at + 20).ok_or(NotDirect)? as usize;
    let claimed = at.checked_add(DEFINITION_HEAD + size).ok_or(NotDirect)?;
    // Behind the values stand the token that ends the fragment, and what pads a record to a multiple
    // of eight bytes.
    if let Ok(reached) = read_values(chunk, claimed, end, &mut Vec::new())
        && (1..=8).contains(&(end - reached))
    {
        return Ok(claimed);
    }
    // The size is damaged, or the values are: the definition's own tokens decide.
    let shape = Shape::of_definition(chunk, at, false)?;
    Template::end(chunk, &shape, fuel)
}

/// Reads the table of values that follows an instance; gives where the last value ends, at `end` at
/// most.
fn read_values(
    chunk: &[u8],
    at: usize,
    end: usize,
    values: &mut Vec<Value>,
) -> Result<usize, Hurdle> {
    values.clear();
    let count = u32_at(chunk, at).ok_or(NotDirect)? as usize;
    let table = at + 4;
    let mut place = table
        .checked_add(count.checked_mul(4).ok_or(NotDirect)?)
        .ok_or(NotDirect)?;
    if count > limits::MAX_TEMPLATE_NODES || place > end {
        return Err(NotDirect);
    }
    for descriptor in chunk.get(table..place).ok_or(NotDirect)?.chunks_exact(4) {
        let [size, more, kind, _] = descriptor else {
            return Err(NotDirect);
        };
        let bytes = place..place + usize::from(u16::from_le_bytes([*size, *more]));
        place = bytes.end;
        values.push(Value { kind: *kind, bytes });
    }
    if place > end {
        values.clear();
        return Err(NotDirect);
    }
    Ok(place)
}

/// The value that is the whole content of the element at `start`, if it is one.
fn array_place(steps: &[Step], start: usize) -> Option<u16> {
    let mut at = start + 1;
    while let Some(Step::Attribute(_)) = steps.get(at) {
        at = attribute_end(steps, at) + 1;
    }
    match (steps.get(at)?, steps.get(at + 1)?) {
        (Step::Place { value, .. }, Step::End) => Some(*value),
        _ => None,
    }
}

fn attribute_end(steps: &[Step], start: usize) -> usize {
    let rest = steps.get(start..).unwrap_or(&[]);
    start
        + rest
            .iter()
            .position(|step| *step == Step::AttributeEnd)
            .unwrap_or(rest.len())
}

/// The time of `TimeCreated`, where it is stored as a number: no need to write and read it as text.
fn created(chunk: &[u8], name: &str, parts: &[Step], values: &[Value]) -> Option<Timestamp> {
    let [Step::Place { value, .. }] = parts else {
        return None;
    };
    let value = values
        .get(usize::from(*value))
        .filter(|value| name == "SystemTime" && value.kind == FILETIME)?;
    value.time(chunk)
}

fn number(chunk: &[u8], values: &[Value], field: &Field) -> Option<u64> {
    match field {
        Field::Missing => None,
        Field::Text(bytes) => {
            let number = crate::matcher::evaluate::whole_number(&text_of(chunk, bytes))?;
            u64::try_from(number).ok()
        }
        Field::Value(at) => values.get(usize::from(*at))?.number(chunk),
    }
}

fn time(chunk: &[u8], values: &[Value], field: &Field) -> Option<Timestamp> {
    match field {
        Field::Missing => None,
        Field::Text(bytes) => crate::source::build::time(&text_of(chunk, bytes)),
        Field::Value(at) => values.get(usize::from(*at))?.time(chunk),
    }
}

fn text_of(chunk: &[u8], bytes: &Range<usize>) -> String {
    let mut text = String::new();
    utf16(chunk.get(bytes.clone()).unwrap_or(&[]), &mut text);
    text
}

fn read_text(chunk: &[u8], values: &[Value], field: &Field, out: &mut Text) -> Result<(), Hurdle> {
    match field {
        Field::Missing => out.set(""),
        Field::Text(bytes) => out.set_utf16(chunk.get(bytes.clone()).ok_or(NotDirect)?),
        Field::Value(at) => match values.get(usize::from(*at)) {
            None => out.set(""),
            Some(value) if value.kind == STRING => {
                out.set_utf16(chunk.get(value.bytes.clone()).ok_or(NotDirect)?);
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
