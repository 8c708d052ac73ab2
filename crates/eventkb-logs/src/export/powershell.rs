//! Events as PowerShell shows them: the properties of `Get-EventLog` (EventLogEntry) and
//! `Get-WinEvent` (EventLogRecord), whatever they were written to.
//!
//! Folklore it knows:
//! - `InstanceId` holds all 32 bits of a classic identifier; `EventID` the lower 16;
//! - a category without a text is shown as its number in brackets: `(5)`;
//! - exports with the default depth keep of each of `Properties` only the name of its type: the
//!   insertion strings are gone then;
//! - Windows PowerShell writes times into JSON as `/Date(milliseconds)/`.

use std::sync::Arc;

use jiff::Timestamp;

use crate::event::{Event, Trust};
use crate::event_builder;
use crate::export::json::{Json, Object};
use crate::export::localized_levels;
use crate::limits;

/// Whether an object has the properties of an event.
pub(crate) fn is_event(bag: &Object) -> bool {
    is_record(bag) || is_entry(bag)
}

fn is_record(bag: &Object) -> bool {
    bag.has("ProviderName") && bag.has("Id")
}

fn is_entry(bag: &Object) -> bool {
    bag.has("Source") && (bag.has("InstanceId") || bag.has("EventID"))
}

/// The event that the properties describe.
pub(crate) fn event(bag: &Object, file: &Arc<str>, offset: Option<u64>) -> Option<Event> {
    let event = if is_record(bag) {
        record(bag)?
    } else if is_entry(bag) {
        entry(bag)?
    } else {
        return None;
    };
    Some(Event {
        file: Arc::clone(file),
        offset,
        trust: Trust::Intact,
        ..event
    })
}

fn record(bag: &Object) -> Option<Event> {
    let id: u32 = bag.number(&["Id"])?;
    Some(Event {
        provider: bag.text(&["ProviderName"])?,
        event_id: low(id),
        qualifiers: bag.number(&["Qualifiers"]),
        level: bag
            .number(&["Level"])
            .or_else(|| localized_levels::level(&bag.text(&["LevelDisplayName"])?)),
        category: bag.number(&["Task"]),
        category_name: bag.text(&["TaskDisplayName"]).and_then(category_name),
        channel: bag.text(&["LogName"]),
        computer: bag.text(&["MachineName"]),
        time: bag.get("TimeCreated").and_then(time),
        record_id: bag.get("RecordId").and_then(record_id),
        version: bag.number(&["Version"]),
        opcode: bag.number(&["Opcode"]),
        keywords: bag.get("Keywords").and_then(Json::bits),
        process_id: bag.number(&["ProcessId"]),
        thread_id: bag.number(&["ThreadId"]),
        user_sid: bag.get("UserId").and_then(sid),
        activity_id: bag.text(&["ActivityId"]).map(guid),
        related_activity_id: bag.text(&["RelatedActivityId"]).map(guid),
        binary: bag.get("Properties").and_then(binary),
        strings: bag.get("Properties").and_then(strings),
        message: bag.text(&["Message"]),
        ..Event::default()
    })
}

fn entry(bag: &Object) -> Option<Event> {
    let instance: Option<u32> = bag.number::<i64>(&["InstanceId"]).and_then(whole);
    let id: u32 = bag
        .number::<i64>(&["EventID"])
        .and_then(whole)
        .or(instance)?;
    Some(Event {
        provider: bag.text(&["Source"])?,
        event_id: low(id),
        qualifiers: instance.map(|id| low(id >> 16)),
        level: bag
            .text(&["EntryType"])
            .and_then(|kind| localized_levels::classic_level(&kind)),
        category: bag.number(&["CategoryNumber"]).or_else(|| {
            bag.text(&["Category"])?
                .strip_prefix('(')?
                .strip_suffix(')')?
                .parse()
                .ok()
        }),
        category_name: bag.text(&["Category"]).and_then(category_name),
        channel: bag.text(&["LogName", "Log"]),
        computer: bag.text(&["MachineName"]),
        time: ["TimeGenerated", "TimeWritten"]
            .iter()
            .find_map(|key| time(bag.get(key)?)),
        record_id: bag.get("Index").and_then(record_id),
        binary: bag.get("Data").and_then(Json::bytes),
        strings: bag.get("ReplacementStrings").and_then(strings),
        message: bag.text(&["Message"]),
        ..Event::default()
    })
}

/// A SID: as text, or as an object that has the text as its value.
fn sid(value: &Json) -> Option<String> {
    let text = match value {
        Json::Object(object) => object.text(&["Value", "value"])?,
        other => other.text()?,
    };
    text.starts_with("S-1-").then_some(text)
}

/// A GUID as logs write it: in braces.
fn guid(text: String) -> String {
    if text.starts_with('{') {
        text
    } else {
        format!("{{{}}}", text.to_lowercase())
    }
}

/// The record's binary data, which stands behind its strings.
fn binary(properties: &Json) -> Option<Vec<u8>> {
    let Json::List(list) = properties else {
        return None;
    };
    match list.last()? {
        Json::Object(property) => property.get("Value").and_then(Json::bytes),
        other => other.bytes(),
    }
}

fn low(id: u32) -> u16 {
    (id & 0xffff) as u16
}

/// An identifier of 32 bits, which some tools show as a negative number.
fn whole(id: i64) -> Option<u32> {
    u32::try_from(id)
        .ok()
        .or_else(|| i32::try_from(id).ok().map(i32::cast_unsigned))
}

/// A category's name; `None` for a number in brackets, or for the word for no category.
pub(crate) fn category_name(name: String) -> Option<String> {
    let inner = name
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    let number = inner.is_some_and(|inner| inner.bytes().all(|byte| byte.is_ascii_digit()));
    let none = ["none", "keine", "aucun", "aucune"].contains(&name.trim().to_lowercase().as_str());
    (!number && !none && !name.trim().is_empty()).then_some(name)
}

fn record_id(value: &Json) -> Option<u64> {
    match value {
        Json::Whole(id) => u64::try_from(*id).ok(),
        Json::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Insertion strings: a list of texts, or of objects with a `Value`. `None` when only the names of
/// types are left of them.
fn strings(value: &Json) -> Option<Vec<String>> {
    let list = match value {
        Json::List(list) => list,
        // What was no array is shown as its only element, or as nothing.
        Json::Null => return Some(Vec::new()),
        Json::Text(text) if !is_type(text) => return Some(vec![text.clone()]),
        _ => return None,
    };
    let mut strings = Vec::new();
    for item in list.iter().take(limits::MAX_STRINGS) {
        let item = match item {
            Json::Object(property) => property.get("Value").unwrap_or(&Json::Null),
            other => other,
        };
        match item {
            // The record's binary data stands behind its strings.
            Json::List(_) | Json::Object(_) => {}
            Json::Text(text) if is_type(text) => return None,
            other => strings.push(other.text().unwrap_or_default()),
        }
    }
    Some(strings)
}

fn is_type(text: &str) -> bool {
    text.starts_with("System.Diagnostics.Eventing.Reader.EventProperty")
}

/// A time as PowerShell writes it into XML or JSON.
fn time(value: &Json) -> Option<Timestamp> {
    match value {
        Json::Object(object) => object
            .get("value")
            .or_else(|| object.get("Value"))
            .and_then(time),
        Json::Text(text) => match text
            .strip_prefix("/Date(")
            .and_then(|rest| rest.strip_suffix(")/"))
        {
            Some(number) => {
                let digits = number.split_at_checked(1).map_or(0, |(_, rest)| {
                    rest.find(['+', '-']).map_or(number.len(), |at| at + 1)
                });
                Timestamp::from_millisecond(number.get(..digits)?.parse().ok()?).ok()
            }
            None => event_builder::time(text),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::json;

    #[test]
    fn times() {
        let read = |text: &str| time(&Json::Text(text.to_owned())).map(|time| time.to_string());
        let wanted = Some("2000-02-05T23:20:40Z".to_owned());
        assert_eq!(read("/Date(949792840000)/"), wanted);
        assert_eq!(read("/Date(949792840000+0100)/"), wanted);
        assert_eq!(read("2000-02-05T18:20:40-05:00"), wanted);
        assert_eq!(read("2000-02-05T23:20:40.0000000"), wanted);
        for text in [
            "/Date()/",
            "/Date(x)/",
            "/Date(99999999999999999999)/",
            "",
            "é",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn identifiers_categories_and_strings() {
        let bag = json::object(
            r#"{"Source":"S","InstanceId":-2147474326,"Category":"(5)","EntryType":2,"ReplacementStrings":["a","",null]}"#,
        )
        .expect("JSON");
        let event = event(&bag, &Arc::from("x"), None).expect("an event");
        assert_eq!((event.event_id, event.qualifiers), (9322, Some(0x8000)));
        assert_eq!(
            (event.category, event.category_name, event.level),
            (Some(5), None, Some(3))
        );
        assert_eq!(
            event.strings,
            Some(vec!["a".to_owned(), String::new(), String::new()])
        );
        let types = Json::List(vec![Json::Text(
            "System.Diagnostics.Eventing.Reader.EventProperty".to_owned(),
        )]);
        assert_eq!(strings(&types), None);
    }
}
