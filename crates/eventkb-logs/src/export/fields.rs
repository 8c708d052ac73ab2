//! From a bag of keys and values to an event, by the row that the table of dialects has for it.
//!
//! Folklore it knows:
//! - `InstanceId` holds all 32 bits of a classic identifier, `EventID` the lower 16; some tools
//!   show the former as a negative number;
//! - a category without a text is shown as its number in brackets: `(5)`;
//! - PowerShell shows values of types it cannot write by the names of the types: the insertion
//!   strings are gone then.

use std::sync::Arc;

use crate::event::{Event, Trust};
use crate::event_builder::words_of;
use crate::event_xml;
use crate::export::dates;
use crate::export::dialects::{Dialect, Keys, Types, Zone};
use crate::export::handover::Draft;
use crate::export::json::{Json, Object};
use crate::export::key_values;
use crate::export::localized_levels;
use crate::export::missing_description;
use crate::export::values;
use crate::unread::Field;

/// Why a bag of keys and values is no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoEvent {
    #[error("it has no event id where {0} keeps it, or one that cannot be read")]
    EventId(&'static str),
    #[error("the XML in it is no event: {0}")]
    Xml(String),
}

/// Reads the event that a bag describes in this dialect.
pub(crate) fn event(
    bag: &Object,
    dialect: &Dialect,
    file: &Arc<str>,
    offset: Option<u64>,
) -> Result<Draft, NoEvent> {
    if let Some(xml) = dialect.whole_event(bag) {
        return event_xml::event_with_unread(xml.as_bytes(), file, offset, Trust::Intact)
            .map(|(event, unread)| Draft::of(event, unread))
            .map_err(|error| NoEvent::Xml(error.to_string()));
    }
    if let Some((block, inner)) = dialect.whole_block(bag) {
        let mut draft = event(&block, inner, file, offset)?;
        draft.holds_another = key_values::holds_another(&block);
        return Ok(draft);
    }
    let fields = Fields(bag);
    let id = fields
        .id(dialect.id)
        .ok_or(NoEvent::EventId(dialect.name))?;
    let (event_id, high) = words_of(id);
    let mut draft = Draft::of(
        Event {
            provider: fields.text(dialect.provider).unwrap_or_default(),
            event_id,
            qualifiers: high.or_else(|| fields.number(dialect.qualifiers)),
            channel: fields.text(dialect.channel),
            computer: fields.text(dialect.computer),
            record_id: fields.find(dialect.record_id, record_id),
            version: fields.number(dialect.version),
            opcode: fields.number(dialect.opcode),
            keywords: fields.find(dialect.keywords, keywords),
            process_id: fields.number(dialect.process_id),
            thread_id: fields.number(dialect.thread_id),
            user_sid: fields.find(dialect.user_sid, sid),
            activity_id: fields.text(dialect.activity_id).map(guid),
            related_activity_id: fields.text(dialect.related_activity_id).map(guid),
            binary: fields.find(dialect.binary, Json::bytes),
            message: fields.text(dialect.message),
            file: Arc::clone(file),
            offset,
            trust: Trust::Intact,
            ..Event::default()
        },
        Default::default(),
    );
    fields.not_understood(dialect, &mut draft);
    fields.level(dialect, &mut draft);
    fields.category(dialect, &mut draft.event);
    fields.time(dialect, &mut draft);
    values::read(bag, dialect, &mut draft);
    strings_of_text(&mut draft);
    Ok(draft)
}

/// Takes the insertion strings from a text that says there is no text, where there are no others.
pub(crate) fn strings_of_text(draft: &mut Draft) {
    let event = &mut draft.event;
    if event.strings.is_none()
        && let Some(text) = &event.message
    {
        let strings = missing_description::strings(text, &event.provider, event.event_id);
        draft.from_text = strings.is_some();
        event.strings = strings;
    }
}

/// The fields of a bag.
struct Fields<'b>(&'b Object);

impl Fields<'_> {
    /// The first of these keys of which `read` makes something.
    fn find<T>(&self, keys: &[&str], read: impl Fn(&Json) -> Option<T>) -> Option<T> {
        keys.iter().find_map(|key| read(self.0.path(key)?))
    }

    /// The first of these keys that has a text, which is not empty.
    fn text(&self, keys: &[&str]) -> Option<String> {
        self.find(keys, |value| {
            let text = scalar(value)?;
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        })
    }

    fn number<T: TryFrom<i64>>(&self, keys: Keys) -> Option<T> {
        self.find(keys, |value| Json::Text(whole_text(value)?).number())
    }

    fn id(&self, keys: Keys) -> Option<u32> {
        self.find(keys, |value| {
            let number: i64 = Json::Text(whole_text(value)?).number()?;
            whole(number)
        })
    }

    /// Notes numbers that are there and are none.
    fn not_understood(&self, dialect: &Dialect, draft: &mut Draft) {
        let event = &draft.event;
        let fields = [
            (
                Field::RecordId,
                dialect.record_id,
                event.record_id.is_some(),
            ),
            (Field::Keywords, dialect.keywords, event.keywords.is_some()),
            (
                Field::Number,
                dialect.process_id,
                event.process_id.is_some(),
            ),
            (Field::Number, dialect.thread_id, event.thread_id.is_some()),
        ];
        for (field, keys, understood) in fields {
            // Words stand for keywords as well, and a number among them is in brackets.
            let no_number = |text: &String| match field {
                Field::RecordId => true,
                Field::Keywords => text.split(',').any(|part| {
                    let part = part.trim();
                    bare_number(part) == part && part.bytes().any(|byte| byte.is_ascii_digit())
                }),
                _ => text.bytes().any(|byte| byte.is_ascii_digit()),
            };
            if !understood && let Some(text) = self.text(keys).filter(no_number) {
                draft.unread.note(field, &text);
            }
        }
    }

    fn level(&self, dialect: &Dialect, draft: &mut Draft) {
        let mut not_understood = None;
        let words = dialect.level.iter().map(|key| (*key, false));
        let kinds = dialect.kind.iter().map(|key| (*key, true));
        for (key, classic) in words.chain(kinds) {
            let Some(text) = self.text(&[key]) else {
                continue;
            };
            let text = text.strip_suffix(".0").map(str::to_owned).unwrap_or(text);
            let level = match dialect.types {
                _ if !classic => localized_levels::level(&text),
                Types::Classic => localized_levels::classic_level(&text),
                Types::Wmi => localized_levels::wmi_level(&text),
            };
            if level.is_some() {
                draft.event.level = level;
                return;
            }
            // Keywords say more than the level: that they do not say it is no defect.
            if key != "Keywords" && not_understood.is_none() {
                not_understood = Some(text);
            }
        }
        if let Some(text) = not_understood {
            draft.unread.note(Field::Level, &text);
        }
    }

    fn category(&self, dialect: &Dialect, event: &mut Event) {
        for key in dialect.category {
            let Some(text) = self.text(&[key]) else {
                continue;
            };
            match bare_number(&text).parse() {
                Ok(number) => event.category = event.category.or(Some(number)),
                Err(_) if event.category_name.is_none() => {
                    event.category_name = category_name(text);
                }
                Err(_) => {}
            }
        }
    }

    fn time(&self, dialect: &Dialect, draft: &mut Draft) {
        let mut not_understood = None;
        for key in dialect.time {
            let Some(value) = self.0.path(key) else {
                continue;
            };
            if let Some(time) = as_number(value) {
                draft.event.time = Some(time);
                return;
            }
            let Some(text) = moment_text(value) else {
                continue;
            };
            match dates::parse(&text) {
                Ok(_) => return draft.time(&text, dialect.zone),
                // What follows is when somebody else saw the event: no time in place of its own.
                Err(_) => {
                    not_understood = Some(text);
                    break;
                }
            }
        }
        if let Some((date, clock)) = dialect.date_and_clock
            && let (Some(date), Some(clock)) = (self.text(&[date]), self.text(&[clock]))
        {
            not_understood = None;
            draft.time(&format!("{date} {clock}"), dialect.zone);
        }
        if let Some(text) = not_understood {
            draft.time(&text, Zone::Local);
        }
    }
}

/// The text of a time. PowerShell shows one with its other properties around it.
fn moment_text(value: &Json) -> Option<String> {
    let text = match value {
        Json::Object(object) => ["value", "Value", "DateTime", "SystemTime"]
            .iter()
            .find_map(|key| object.get(key)?.text())?,
        other => scalar(other)?,
    };
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A time as a number, or as the digits of one.
fn as_number(value: &Json) -> Option<jiff::Timestamp> {
    match value {
        Json::Whole(number) => dates::of_whole_number(*number),
        Json::Real(number) => dates::of_number(*number),
        Json::Text(text) => {
            let digits = text.trim();
            let whole =
                digits.len() >= 9 && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            if !whole || digits.matches('.').count() > 1 || digits.len() > 20 {
                return None;
            }
            match digits.parse() {
                Ok(number) => dates::of_whole_number(number),
                Err(_) => dates::of_number(digits.parse().ok()?),
            }
        }
        _ => None,
    }
}

/// A text or number, also as the only item of a list, or as the value of an object that PowerShell
/// shows with its name.
pub(crate) fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::List(items) => match items.as_slice() {
            [item] => item.text(),
            _ => None,
        },
        Json::Object(object) => object.text(&["Value", "value", "#text"]),
        other => other.text(),
    }
}

fn record_id(value: &Json) -> Option<u64> {
    whole_text(value)?.parse().ok()
}

/// A whole number as text, without the `.0` of programs that keep all numbers as floats.
fn whole_text(value: &Json) -> Option<String> {
    let text = scalar(value)?;
    let text = text.trim();
    let whole = text.split_once('.').filter(|(whole, fraction)| {
        !whole.is_empty() && !fraction.is_empty() && fraction.bytes().all(|byte| byte == b'0')
    });
    Some(whole.map_or(text, |(whole, _)| whole).to_owned())
}

/// Keywords as bits, also as the only item of a list.
fn keywords(value: &Json) -> Option<u64> {
    value
        .bits()
        .or_else(|| Json::Text(whole_text(value)?).bits())
}

/// A SID: as text, or as an object that has the text as its value.
fn sid(value: &Json) -> Option<String> {
    let text = scalar(value)?;
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

/// An identifier of 32 bits, which some tools show as a negative number.
fn whole(id: i64) -> Option<u32> {
    u32::try_from(id)
        .ok()
        .or_else(|| i32::try_from(id).ok().map(i32::cast_unsigned))
}

/// A number without the brackets around it.
fn bare_number(text: &str) -> &str {
    text.strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or(text)
}

/// A category's name; `None` for a number in brackets, or for the word for no category.
pub(crate) fn category_name(name: String) -> Option<String> {
    const NONE: [&str; 20] = [
        "none",
        "keine",
        "aucun",
        "aucune",
        "ninguno",
        "ninguna",
        "nessuna",
        "nessuno",
        "geen",
        "ingen",
        "brak",
        "nincs",
        "žádná",
        "žádné",
        "нет",
        "없음",
        "無",
        "无",
        "なし",
        "ไม่มี",
    ];
    let number = bare_number(&name).bytes().all(|byte| byte.is_ascii_digit());
    let none = NONE.contains(&name.trim().to_lowercase().as_str());
    (!number && !none && !name.trim().is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{dialects, json};

    #[test]
    fn identifiers_categories_and_strings() {
        let bag = json::object(
            r#"{"Source":"S","InstanceId":-2147474326,"Category":"(5)","EntryType":2,"ReplacementStrings":["a","",null]}"#,
        )
        .expect("JSON");
        let dialect = dialects::find(&bag).expect("a dialect");
        let event = event(&bag, dialect, &Arc::from("x"), None)
            .expect("an event")
            .event;
        assert_eq!((event.event_id, event.qualifiers), (9322, Some(0x8000)));
        assert_eq!(
            (event.category, event.category_name, event.level),
            (Some(5), None, Some(3))
        );
        assert_eq!(
            event.strings,
            Some(vec!["a".to_owned(), String::new(), String::new()])
        );
    }
}
