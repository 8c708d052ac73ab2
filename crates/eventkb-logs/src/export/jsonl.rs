//! Events as JSON: what `eventkb events --format jsonl` writes, `evtx_dump -o jsonl`, Winlogbeat,
//! and `Get-WinEvent` or `Get-EventLog` through `ConvertTo-Json`. One object a line, an array of
//! objects, or pretty-printed.
//!
//! An object with a key twice is refused: which of the two a program believes is chance, and that
//! is how events are forged through tools that write names raw.

use std::io::Read;
use std::sync::Arc;

use jiff::Timestamp;

use crate::event::{Event, Trust};
use crate::event_builder::{self, BuildError, EventBuilder};
use crate::export::json::{self, Flaw, Json, Object, Objects, Piece};
use crate::export::localized_levels::{self, MissingFields};
use crate::export::powershell;
use crate::export::text::{self, Window};
use crate::integrity::DefectCode;
use crate::limits;
use crate::numbers;
use crate::sink::Delivery;

/// Why an object is no event.
#[derive(Debug, thiserror::Error)]
enum JsonError {
    #[error("a key in it is there twice, as in a forged record")]
    Twice,
    #[error("it has no {0}, or one that cannot be read")]
    Missing(&'static str),
    #[error("it is not JSON: {0}")]
    Syntax(#[from] serde_json::Error),
    #[error(transparent)]
    Event(#[from] BuildError),
}

/// Reads the events of a JSON export.
pub fn read(reader: &mut dyn Read, delivery: &mut Delivery<'_>) {
    let mut objects = Objects::new(Window::new(reader));
    let file = Arc::clone(&delivery.file);
    let mut missing = MissingFields::default();
    while let Some(piece) = objects.next() {
        let offset = objects.window.offset();
        match &piece {
            Piece::Whole(length) => {
                let text = objects.window.rest().get(..*length).unwrap_or_default();
                match event(text, &file, offset) {
                    Ok(Some(event)) => {
                        missing.see(&event, false);
                        delivery.event(event);
                    }
                    Ok(None) => delivery.defect(
                        DefectCode::Malformed,
                        offset,
                        "an object is no event in any form that is known",
                    ),
                    Err(error) => {
                        delivery.failed(offset, format!("an event could not be read: {error}"))
                    }
                }
            }
            Piece::Damaged(flaw) => damaged(delivery, *flaw, offset),
        }
        objects.pass(&piece);
        if delivery.stopped() {
            break;
        }
    }
    missing.tell(delivery);
    text::note_failure(delivery, &objects.window);
}

fn damaged(delivery: &mut Delivery<'_>, flaw: Flaw, offset: Option<u64>) {
    delivery.failed(offset, format!("an event could not be read: {flaw}"));
    match flaw {
        Flaw::Cut => delivery.defect(
            DefectCode::Truncated,
            offset,
            "the file ends inside an event",
        ),
        Flaw::TooLarge => {
            delivery.defect(
                DefectCode::Limit,
                offset,
                "an event is larger than the limit for one record",
            );
        }
        _ => {}
    }
}

/// Reads one object; `None` if it is nothing that is known.
fn event(text: &str, file: &Arc<str>, offset: Option<u64>) -> Result<Option<Event>, JsonError> {
    let object = json::object(text)?;
    // As search servers export it.
    let object = object.object("_source").unwrap_or(&object);
    if object.has("provider") && object.has("event_id") {
        return ours(object, file).map(Some);
    }
    if object.repeats() {
        return Err(JsonError::Twice);
    }
    if object
        .object("Event")
        .is_some_and(|event| event.has("System"))
    {
        return rendered(object, file, offset).map(Some);
    }
    if object.object("winlog").is_some() || object.has("source_name") && object.has("event_id") {
        return winlogbeat(object, file, offset).map(Some);
    }
    if powershell::is_event(object) {
        return powershell::event(object, file, offset)
            .map(Some)
            .ok_or(JsonError::Missing("event id"));
    }
    Ok(None)
}

/// Our own form.
fn ours(object: &Object, file: &Arc<str>) -> Result<Event, JsonError> {
    // Names of values come from the log and may repeat; nothing else may.
    let rest = object
        .entries
        .iter()
        .filter(|(key, _)| key != "named")
        .cloned()
        .collect();
    let named = object.entries.iter().filter(|(key, _)| key == "named");
    if Object::new(rest).repeats() || named.count() > 1 {
        return Err(JsonError::Twice);
    }
    let category: Option<u16> = object.number(&["category"]);
    let category_name = match object.get("category") {
        Some(Json::Text(name)) if category.is_none() => Some(name.clone()),
        _ => None,
    };
    Ok(Event {
        provider: object.text(&["provider"]).unwrap_or_default(),
        event_source: text(object, "event_source"),
        event_id: object
            .number(&["event_id"])
            .ok_or(JsonError::Missing("event id"))?,
        qualifiers: object.number(&["qualifiers"]),
        level: object.text(&["level"]).and_then(|level| {
            level
                .parse()
                .ok()
                .or_else(|| localized_levels::level(&level))
        }),
        category,
        category_name: text(object, "category_name").or(category_name),
        channel: text(object, "channel"),
        computer: text(object, "computer"),
        time: object.get("time").and_then(time),
        record_id: object
            .get("record_id")
            .and_then(Json::text)
            .and_then(|id| id.trim().parse().ok()),
        version: object.number(&["version"]),
        opcode: object.number(&["opcode"]),
        keywords: object.get("keywords").and_then(Json::bits),
        process_id: object.number(&["process_id"]),
        thread_id: object.number(&["thread_id"]),
        user_sid: text(object, "user_sid"),
        activity_id: text(object, "activity_id"),
        related_activity_id: text(object, "related_activity_id"),
        binary: text(object, "binary").and_then(|hex| numbers::bytes_of_hex(&hex)),
        strings: match object.get("strings") {
            Some(Json::List(list)) => {
                Some(list.iter().take(limits::MAX_STRINGS).map(plain).collect())
            }
            _ => None,
        },
        named: object.get("named").map(named_values).unwrap_or_default(),
        message: text(object, "message"),
        trust: trust(object),
        file: object
            .text(&["file"])
            .map_or_else(|| Arc::clone(file), Arc::from),
        offset: object
            .get("offset")
            .and_then(Json::text)
            .and_then(|at| at.parse().ok()),
    })
}

/// A text, also when it is empty.
fn text(object: &Object, key: &str) -> Option<String> {
    object.get(key).and_then(Json::text)
}

fn plain(value: &Json) -> String {
    value.text().unwrap_or_default()
}

fn trust(object: &Object) -> Trust {
    let word = object.text(&["trust"]).unwrap_or_default();
    Trust::ALL
        .into_iter()
        .find(|trust| trust.as_str() == word)
        .unwrap_or_default()
}

/// Names and values: as an object, as pairs, or as objects of a name and a value.
fn named_values(value: &Json) -> Vec<(String, String)> {
    let pair = |item: &Json| match item {
        Json::List(pair) => Some((plain(pair.first()?), plain(pair.get(1)?))),
        Json::Object(pair) => Some((plain(pair.get("name")?), plain(pair.get("value")?))),
        _ => None,
    };
    match value {
        Json::Object(object) => object
            .entries
            .iter()
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect(),
        Json::List(list) => list.iter().filter_map(pair).collect(),
        _ => Vec::new(),
    }
}

/// RFC 3339, or seconds since 1970.
fn time(value: &Json) -> Option<Timestamp> {
    match value {
        Json::Whole(seconds) => Timestamp::from_second(i64::try_from(*seconds).ok()?).ok(),
        Json::Real(seconds) => {
            let micros = seconds * 1e6;
            // Beyond this the number could not be a time of the last or next ten thousand years.
            (micros.abs() < 3.2e17)
                .then(|| Timestamp::from_microsecond(micros.round() as i64).ok())?
        }
        Json::Text(text) => event_builder::time(text),
        _ => None,
    }
}

/// The form of `evtx_dump` and its kin: the elements of an event, with attributes under
/// `#attributes` or beside the element under its name with `_attributes`.
fn rendered(object: &Object, file: &Arc<str>, offset: Option<u64>) -> Result<Event, JsonError> {
    let mut builder = EventBuilder::new(file, offset, Trust::Intact);
    if let Some(event) = object.get("Event") {
        element(&mut builder, "Event", event, None);
    }
    Ok(builder.finish()?)
}

fn element(builder: &mut EventBuilder, name: &str, value: &Json, beside: Option<&Object>) {
    match value {
        Json::List(items) => items
            .iter()
            .for_each(|item| element(builder, name, item, beside)),
        Json::Object(object) => {
            let attributes = object.object("#attributes").or(beside);
            // Elements of one name are drawn together: their texts are a list.
            if let Some(Json::List(texts)) = object.get("#text") {
                texts
                    .iter()
                    .for_each(|text| leaf(builder, name, text, attributes));
                return;
            }
            open(builder, name, attributes);
            if let Some(text) = object.get("#text").and_then(Json::text) {
                builder.text(&text);
            }
            children(builder, object);
            builder.end();
        }
        scalar => leaf(builder, name, scalar, beside),
    }
}

fn children(builder: &mut EventBuilder, object: &Object) {
    for (key, value) in &object.entries {
        if key == "#attributes" || key == "#text" {
            continue;
        }
        let apart = key
            .strip_suffix("_attributes")
            .filter(|_| matches!(value, Json::Object(_)));
        match (apart, value) {
            // Comes with its element, unless that has nothing but attributes.
            (Some(base), Json::Object(attributes)) => {
                if !object.has(base) {
                    leaf(
                        builder,
                        numbered(object, base),
                        &Json::Null,
                        Some(attributes),
                    );
                }
            }
            _ => {
                let beside = object.object(&format!("{key}_attributes"));
                element(builder, numbered(object, key), value, beside);
            }
        }
    }
}

/// A repeated name gets a number: `Param`, `Param_1`, `Param_2`.
fn numbered<'k>(object: &Object, key: &'k str) -> &'k str {
    match key.rsplit_once('_') {
        Some((base, number))
            if !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
                && (object.has(base) || object.has(&format!("{base}_attributes"))) =>
        {
            base
        }
        _ => key,
    }
}

fn leaf(builder: &mut EventBuilder, name: &str, value: &Json, attributes: Option<&Object>) {
    open(builder, name, attributes);
    builder.text(&plain(value));
    builder.end();
}

fn open(builder: &mut EventBuilder, name: &str, attributes: Option<&Object>) {
    builder.start(name);
    for (key, value) in attributes.iter().flat_map(|attributes| &attributes.entries) {
        builder.attribute(key, &plain(value));
    }
}

/// Winlogbeat 7 and later (`winlog.*`), and before (the same names at the top).
fn winlogbeat(object: &Object, file: &Arc<str>, offset: Option<u64>) -> Result<Event, JsonError> {
    let log = object.object("winlog").unwrap_or(object);
    let id: u32 = log
        .number(&["event_id"])
        .ok_or(JsonError::Missing("event id"))?;
    let (strings, named) = log
        .object("event_data")
        .map_or((None, Vec::new()), event_data);
    let process = log.object("process");
    let level = object.object("log").and_then(|log| log.text(&["level"]));
    Ok(Event {
        provider: log
            .text(&["provider_name", "source_name"])
            .ok_or(JsonError::Missing("provider"))?,
        event_id: (id & 0xffff) as u16,
        qualifiers: None,
        level: level
            .or_else(|| log.text(&["level"]))
            .and_then(|level| localized_levels::level(&level)),
        category_name: log.text(&["task"]).and_then(powershell::category_name),
        channel: log.text(&["channel", "log_name"]),
        computer: log.text(&["computer_name"]),
        time: log
            .get("time_created")
            .or_else(|| object.get("@timestamp"))
            .and_then(time),
        record_id: log.number(&["record_id", "record_number"]),
        version: log.number(&["version"]),
        keywords: log.get("keywords").and_then(Json::bits),
        process_id: process.and_then(|process| process.number(&["pid"])),
        thread_id: process
            .and_then(|process| process.object("thread"))
            .and_then(|thread| thread.number(&["id"])),
        user_sid: log
            .object("user")
            .and_then(|user| user.text(&["identifier"])),
        activity_id: log.text(&["activity_id"]),
        related_activity_id: log.text(&["related_activity_id"]),
        strings,
        named,
        message: object.text(&["message"]),
        trust: Trust::Intact,
        file: Arc::clone(file),
        offset,
        ..Event::default()
    })
}

/// Winlogbeat sorts values by name. Where the names are `param1` to `paramN` their order is known
/// all the same; otherwise the values are known by name only.
fn event_data(data: &Object) -> (Option<Vec<String>>, Vec<(String, String)>) {
    let named: Vec<(String, String)> = data
        .entries
        .iter()
        .map(|(name, value)| (name.clone(), plain(value)))
        .collect();
    let mut numbered: Vec<(usize, &str)> = named
        .iter()
        .filter_map(|(name, value)| {
            Some((name.strip_prefix("param")?.parse().ok()?, value.as_str()))
        })
        .collect();
    numbered.sort_unstable();
    let others = named.iter().filter(|(name, _)| name != "Binary").count();
    let complete =
        numbered.len() == others && numbered.iter().zip(1..).all(|((is, _), want)| *is == want);
    let strings = complete.then(|| {
        numbered
            .into_iter()
            .map(|(_, value)| value.to_owned())
            .collect()
    });
    (strings, named)
}

#[cfg(test)]
#[path = "jsonl_tests.rs"]
mod tests;
