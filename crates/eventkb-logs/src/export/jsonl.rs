//! Events as JSON: what `eventkb events --format jsonl` writes, `evtx_dump -o jsonl` and its kin,
//! and the dialects of `dialects`. One object a line, an array of objects,
//! pretty-printed, or the answer of a server with the events in a list somewhere inside.
//!
//! An object with a key twice is refused: which of the two a program believes is chance, and that
//! is how events are forged through tools that write names raw.

use std::io::Read;
use std::sync::Arc;

use jiff::Timestamp;

use crate::event::{Event, Trust};
use crate::event_builder::{self, BuildError, EventBuilder};
use crate::export::dates;
use crate::export::dialects;
use crate::export::fields::{self, NoEvent};
use crate::export::flaw;
use crate::export::handover::{Draft, Handover};
use crate::export::json::{self, Json, Object};
use crate::export::json_elements;
use crate::export::localized_levels;
use crate::export::objects::{Objects, Piece};
use crate::export::text::{self, Window};
use crate::integrity::DefectCode;
use crate::limits;
use crate::numbers;
use crate::sink::Delivery;
use crate::unread::{Field, Unread};

/// Why an object is no event.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JsonError {
    #[error("a key in it is there twice, as in a forged record")]
    Twice,
    #[error("it has no {0}, or one that cannot be read")]
    Missing(&'static str),
    #[error("it is not JSON: {0}")]
    Syntax(#[from] serde_json::Error),
    #[error(transparent)]
    Event(#[from] BuildError),
    #[error(transparent)]
    Dialect(#[from] NoEvent),
}

/// Reads the events of a JSON export.
pub fn read(reader: &mut dyn Read, delivery: &mut Delivery<'_>) {
    let mut objects = Objects::new(Window::new(reader));
    let file = Arc::clone(&delivery.file);
    let mut handover = Handover::new(delivery);
    while let Some(piece) = objects.next() {
        let offset = objects.window.offset();
        if objects.passed_something() {
            stray(handover.delivery, offset);
        }
        match &piece {
            Piece::Whole(length) => {
                objects.window.look_for_fills(*length);
                let text = objects.window.rest().get(..*length).unwrap_or_default();
                match event(text, &file, offset) {
                    Ok(Some(draft)) => handover.event(draft),
                    Ok(None) => handover.delivery.defect(
                        DefectCode::Malformed,
                        offset,
                        "an object is no event in any form that is known",
                    ),
                    Err(error) => handover
                        .delivery
                        .failed(offset, format!("an event could not be read: {error}")),
                }
            }
            Piece::List(_) => {}
            Piece::Damaged(flaw) => flaw::note(handover.delivery, *flaw, offset),
        }
        objects.pass(&piece);
        if handover.delivery.stopped() {
            break;
        }
    }
    if objects.passed_something() {
        stray(handover.delivery, objects.window.offset());
    }
    handover.finish();
    text::note_failure(handover.delivery, &objects.window);
}

/// Notes what stands between objects and is none.
fn stray(delivery: &mut Delivery<'_>, offset: Option<u64>) {
    delivery.defect(
        DefectCode::Gap,
        offset,
        "text between events that belongs to none",
    );
}

/// What an object is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind<'o> {
    /// Our own form.
    Ours(&'o Object),
    /// The elements of an event: the object that has `System`, and the one around it.
    Elements(&'o Object, &'o Object),
    /// One of the dialects.
    Dialect(&'o Object, &'static dialects::Dialect),
}

/// Finds out what an object is; `None` if it is no event in any form that is known.
pub(crate) fn kind(object: &Object) -> Option<Kind<'_>> {
    let nested = matches!(object.get("provider"), Some(Json::Object(_)));
    if object.has("provider") && object.has("event_id") && !nested {
        return Some(Kind::Ours(object));
    }
    if let Some(event) = elements_of(object) {
        return Some(Kind::Elements(event, object));
    }
    if let Some(dialect) = dialects::find(object) {
        return Some(Kind::Dialect(object, dialect));
    }
    let mut inner = dialects::WRAPPERS
        .iter()
        .filter_map(|key| object.object(key));
    inner.find_map(kind)
}

/// The object with the elements of an event, which may have one around it.
fn elements_of(object: &Object) -> Option<&Object> {
    let has_system = |object: &Object| {
        only(object, "System").is_some_and(|system| {
            [
                "EventID",
                "EventID_attributes",
                "Provider",
                "Provider_attributes",
            ]
            .iter()
            .any(|key| system.has(key))
        })
    };
    if has_system(object) {
        return Some(object);
    }
    only(object, "Event").filter(|event| has_system(event))
}

/// The object under a key; some programs put each element into a list of its own.
fn only<'o>(object: &'o Object, key: &str) -> Option<&'o Object> {
    match object.get(key)? {
        Json::Object(object) => Some(object),
        Json::List(items) => match items.as_slice() {
            [Json::Object(object)] => Some(object),
            _ => None,
        },
        _ => None,
    }
}

/// Reads one object; `None` if it is nothing that is known.
fn event(text: &str, file: &Arc<str>, offset: Option<u64>) -> Result<Option<Draft>, JsonError> {
    let object = json::object(text)?;
    let Some(kind) = kind(&object) else {
        return Ok(None);
    };
    match kind {
        Kind::Ours(object) => ours(object, file, offset).map(Some),
        _ if object.repeats() => Err(JsonError::Twice),
        Kind::Elements(event, around) => elements(event, around, file, offset).map(Some),
        Kind::Dialect(bag, dialect) => Ok(Some(fields::event(bag, dialect, file, offset)?)),
    }
}

/// The form of `evtx_dump` and its kin: the elements of an event.
fn elements(
    event: &Object,
    around: &Object,
    file: &Arc<str>,
    offset: Option<u64>,
) -> Result<Draft, JsonError> {
    let mut builder = EventBuilder::new(file, offset, Trust::Intact);
    builder.start("Event");
    json_elements::children(&mut builder, event);
    builder.end();
    let (mut event, unread) = builder.finish_with_unread()?;
    if event.message.is_none() {
        event.message = around
            .text(&["Message", "message"])
            .or_else(|| around.object("Event")?.text(&["Message"]));
    }
    Ok(Draft::of(event, unread))
}

/// Our own form. What it says of the file that the event was read from is what somebody wrote: cited is the
/// one that is being read.
pub(crate) fn ours(
    object: &Object,
    file: &Arc<str>,
    offset: Option<u64>,
) -> Result<Draft, JsonError> {
    // Names of values come from the log and may repeat in a list; nothing else may.
    if object.repeats() {
        return Err(JsonError::Twice);
    }
    let mut unread = Unread::default();
    let category: Option<u16> = object.number(&["category"]);
    let category_name = match object.get("category") {
        Some(Json::Text(name)) if category.is_none() => Some(name.clone()),
        _ => None,
    };
    let when = object.get("time").filter(|value| **value != Json::Null);
    let at = when.and_then(time);
    if let (Some(value), None) = (when, at) {
        unread.note(Field::Time, &plain(value));
    }
    let strings = match object.get("strings") {
        Some(Json::List(list)) => {
            unread.left_out(list.len().saturating_sub(limits::MAX_STRINGS));
            Some(list.iter().take(limits::MAX_STRINGS).map(plain).collect())
        }
        None | Some(Json::Null) => None,
        Some(other) => {
            unread.note(Field::Values, &plain(other));
            None
        }
    };
    let mut fields = OurFields {
        object,
        unread: &mut unread,
    };
    let event = Event {
        provider: object.text(&["provider"]).unwrap_or_default(),
        event_source: text(object, "event_source"),
        event_id: object
            .number(&["event_id"])
            .ok_or(JsonError::Missing("event id"))?,
        qualifiers: fields.number("qualifiers"),
        level: fields.read("level", Field::Level, |value| {
            localized_levels::level(&value.text()?).or_else(|| value.number())
        }),
        category,
        category_name: text(object, "category_name").or(category_name),
        channel: text(object, "channel"),
        computer: text(object, "computer"),
        time: at,
        record_id: fields.read("record_id", Field::RecordId, |id| {
            id.text()?.trim().parse().ok()
        }),
        version: fields.number("version"),
        opcode: fields.number("opcode"),
        keywords: fields.read("keywords", Field::Keywords, Json::bits),
        process_id: fields.number("process_id"),
        thread_id: fields.number("thread_id"),
        user_sid: text(object, "user_sid"),
        activity_id: text(object, "activity_id"),
        related_activity_id: text(object, "related_activity_id"),
        binary: fields.read("binary", Field::Values, |hex| {
            numbers::bytes_of_hex(&hex.text()?)
        }),
        strings,
        named: fields
            .read("named", Field::Values, named_values)
            .unwrap_or_default(),
        message: text(object, "message"),
        trust: fields.trust(),
        file: Arc::clone(file),
        offset,
    };
    Ok(Draft::of(event, unread))
}

/// The fields of our own form, and what of them is not understood.
struct OurFields<'o, 'u> {
    object: &'o Object,
    unread: &'u mut Unread,
}

impl OurFields<'_, '_> {
    /// The field under a key. One that is there and cannot be read is noted.
    fn read<T>(&mut self, key: &str, field: Field, read: impl Fn(&Json) -> Option<T>) -> Option<T> {
        let value = self.object.get(key).filter(|value| **value != Json::Null)?;
        let known = read(value);
        if known.is_none() {
            self.unread.note(field, &value.text().unwrap_or_default());
        }
        known
    }

    fn number<T: TryFrom<i64>>(&mut self, key: &str) -> Option<T> {
        self.read(key, Field::Number, Json::number)
    }

    /// How far it can be believed: a word that is not known makes it doubtful.
    fn trust(&mut self) -> Trust {
        let is_there = self.object.get("trust").is_some_and(|v| *v != Json::Null);
        let known = self.read("trust", Field::Trust, |value| {
            let word = value.text()?;
            let mut all = Trust::ALL.into_iter();
            all.find(|trust| trust.as_str() == word)
        });
        match known {
            Some(trust) => trust,
            None if is_there => Trust::HeaderMismatch,
            None => Trust::Intact,
        }
    }
}

/// A text, also when it is empty.
fn text(object: &Object, key: &str) -> Option<String> {
    object.get(key).and_then(Json::text)
}

fn plain(value: &Json) -> String {
    value.text().unwrap_or_default()
}

/// Names and values: as an object, as pairs, or as objects of a name and a value. `None` when it is nothing
/// of these.
fn named_values(value: &Json) -> Option<Vec<(String, String)>> {
    let pair = |item: &Json| match item {
        Json::List(pair) if pair.len() == 2 => Some((plain(pair.first()?), plain(pair.get(1)?))),
        Json::Object(pair) => Some((plain(pair.get("name")?), plain(pair.get("value")?))),
        _ => None,
    };
    match value {
        Json::Object(object) => {
            let entries = object.entries.iter();
            Some(
                entries
                    .map(|(name, value)| (name.clone(), plain(value)))
                    .collect(),
            )
        }
        Json::List(list) => list.iter().map(pair).collect(),
        _ => None,
    }
}

/// RFC 3339, or seconds since 1970.
fn time(value: &Json) -> Option<Timestamp> {
    match value {
        Json::Whole(number) => dates::of_whole_number(*number),
        Json::Real(number) => dates::of_number(*number),
        Json::Text(text) => event_builder::time(text),
        _ => None,
    }
}

#[cfg(test)]
#[path = "jsonl_tests.rs"]
mod tests;
