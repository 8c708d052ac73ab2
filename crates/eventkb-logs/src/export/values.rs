//! The values of an event in a foreign dialect: insertion strings, names, binary data.
//!
//! Folklore it knows:
//! - Winlogbeat sorts values by name; where the names are `param1` to `paramN` their order is known
//!   all the same, otherwise the values are known by name only;
//! - EvtxECmd writes values without names as one text with commas between;
//! - a list with one item is written as the item by some, and as an object with a `Count` by
//!   Windows PowerShell.

use crate::event_builder::EventBuilder;
use crate::event_xml;
use crate::export::dialects::{Dialect, Form};
use crate::export::handover::Draft;
use crate::export::json::{self, Json, Object, is_similar};
use crate::export::json_elements;
use crate::export::missing_description::in_braces_with;
use crate::limits;
use crate::unread::Field;

/// Reads the values of a bag into its draft.
pub(crate) fn read(bag: &Object, dialect: &Dialect, draft: &mut Draft) {
    if beneath(bag, dialect, draft) {
        return;
    }
    for key in dialect.values {
        let done = match bag.path(key) {
            None | Some(Json::Null) => false,
            Some(value) => one(value, dialect.form, draft),
        };
        if done {
            return;
        }
    }
    if !with_dots(bag, dialect, draft) && !dialect.own.is_empty() {
        beside(bag, dialect, draft);
    }
}

/// Values that stand beside what the program says of the event.
fn beside(bag: &Object, dialect: &Dialect, draft: &mut Draft) {
    // Of keys that say the same, the first one that is there is the program's: the values of an event
    // may be called like the others.
    let says = [
        dialect.provider,
        dialect.id,
        dialect.time,
        dialect.computer,
        dialect.channel,
        dialect.record_id,
        dialect.process_id,
        dialect.thread_id,
        dialect.activity_id,
        dialect.related_activity_id,
        dialect.message,
    ];
    let first = |keys: &[&'static str]| {
        let mut there = keys.iter().filter(|key| bag.path(key).is_some());
        there.next().copied()
    };
    let taken: Vec<&str> = says.into_iter().filter_map(first).collect();
    let is_value = |(key, value): &&(String, Json)| {
        let taken = taken.iter().any(|taken| is_similar(taken, key));
        !taken && !dialect.owns(key) && *value != Json::Null
    };
    let entries = bag.entries.iter().filter(is_value);
    // GELF marks what is not its own.
    let entries = entries.map(|(key, value)| {
        let key = key.strip_prefix('_').unwrap_or(key);
        (key.to_owned(), value.clone())
    });
    let entries: Vec<(String, Json)> = entries.collect();
    if !entries.is_empty() {
        sorted(&Object::new(entries), draft);
    }
}

/// Takes values from under one key; `false` when there is nothing.
fn one(value: &Json, form: Form, draft: &mut Draft) -> bool {
    match value {
        Json::List(items) => listed(items, draft),
        Json::Object(object) => match windows_list(object) {
            Some(items) => listed(items, draft),
            None => named(object, form, draft),
        },
        Json::Text(text) => written(text, form, draft),
        _ => false,
    }
}

/// Windows PowerShell writes some lists as `{"value": [...], "Count": 2}`.
fn windows_list(object: &Object) -> Option<&[Json]> {
    match (object.get("value"), object.get("Count")) {
        (Some(Json::List(items)), Some(_)) => Some(items),
        _ => None,
    }
}

/// A list of values: texts, or objects with a `Value` or a name and a text.
fn listed(items: &[Json], draft: &mut Draft) -> bool {
    let by_name = |item: &Json| match item {
        Json::Object(object) => object.has("@Name") || object.has("#attributes"),
        _ => false,
    };
    if items.iter().any(by_name) {
        return elements(&[("Data", &Json::List(items.to_vec()))], draft);
    }
    if let Some(pairs) = pairs(items) {
        return data(&pairs, draft);
    }
    let mut strings = Vec::new();
    for item in items {
        let item = match item {
            Json::Object(property) => property.get("Value").unwrap_or(&Json::Null),
            other => other,
        };
        match item {
            // The record's binary data stands behind its strings.
            Json::List(_) | Json::Object(_) => draft.event.binary = item.bytes(),
            Json::Text(text) if is_type(text) => return false,
            other => strings.push(other.text().unwrap_or_default()),
        }
    }
    keep(strings, draft);
    true
}

/// Names and values of a list of objects with one key each: `[{"Name": "value"}]`.
fn pairs<'a>(items: &'a [Json]) -> Option<Vec<(&'a str, String)>> {
    let pair = |item: &'a Json| match item {
        Json::Object(object) => match object.entries.as_slice() {
            [(name, value)] if !matches!(name.as_str(), "Value" | "#text") => {
                Some((name.as_str(), value.text().unwrap_or_default()))
            }
            _ => None,
        },
        _ => None,
    };
    let all: Option<Vec<_>> = items.iter().map(pair).collect();
    all.filter(|pairs| !pairs.is_empty())
}

/// Values with or without a name, in the order of the event.
fn data(pairs: &[(&str, String)], draft: &mut Draft) -> bool {
    let mut builder = EventBuilder::with_head(draft.event.clone());
    builder.start("Event");
    builder.start("EventData");
    for (name, value) in pairs {
        builder.start("Data");
        if !name.is_empty() {
            builder.attribute("Name", name);
        }
        builder.text(value);
        builder.end();
    }
    builder.end();
    builder.end();
    take(builder, draft)
}

/// Whether a text is only the name of the type that could not be written.
fn is_type(text: &str) -> bool {
    text.starts_with("System.Diagnostics.Eventing.Reader.EventProperty")
        || text.starts_with("System.Collections.")
        || matches!(
            text,
            "System.String[]" | "System.Byte[]" | "System.Object[]"
        )
}

/// A text that holds the values.
fn written(text: &str, form: Form, draft: &mut Draft) -> bool {
    let text = text.trim();
    if is_type(text) {
        return false;
    }
    if text.starts_with(['{', '['])
        && let Ok(value) = json::value(text)
    {
        return one(&value, form, draft);
    }
    if text.starts_with('<') {
        return xml(text, draft);
    }
    let strings = match form {
        Form::Joined(sign) => text.split(sign).map(str::to_owned).collect(),
        Form::InBraces(sign) => match in_braces_with(text, sign) {
            Some(strings) => strings,
            None => return false,
        },
        // PowerShell shows a list like this, and cuts it at the fourth item.
        Form::Ordered if text.starts_with('{') => match in_braces_with(text, ", ") {
            Some(strings) if !text.ends_with("...}") && !text.ends_with("…}") => strings,
            _ => return false,
        },
        _ if text.is_empty() => return false,
        // An object that is damaged is no string.
        _ if text.starts_with("{\"") => {
            draft.unread.note(Field::Values, text);
            return false;
        }
        _ => vec![text.to_owned()],
    };
    let strings = if text.is_empty() { Vec::new() } else { strings };
    keep(strings, draft);
    true
}

fn keep(mut strings: Vec<String>, draft: &mut Draft) {
    let more = strings.len().saturating_sub(limits::MAX_STRINGS);
    draft.unread.left_out(more);
    strings.truncate(limits::MAX_STRINGS);
    draft.event.strings = Some(strings);
}

/// Names and values.
fn named(object: &Object, form: Form, draft: &mut Draft) -> bool {
    let areas = ["EventData", "UserData"];
    let inner = areas
        .iter()
        .find_map(|area| Some((*area, object.get(area)?)));
    if let Some((area, inner)) = inner {
        return match (inner, form) {
            (Json::Object(data), Form::Joined(sign)) => joined(data, sign, draft),
            (Json::Text(_) | Json::Null, _) => one(inner, form, draft),
            _ => below(area, inner, draft),
        };
    }
    match form {
        Form::Sorted => sorted(object, draft),
        Form::MaybeSorted => sorted(object, draft) && in_order(object, draft),
        _ => below("EventData", &Json::Object(object.clone()), draft),
    }
}

/// Values without names in one text, as EvtxECmd writes them.
fn joined(data: &Object, sign: &str, draft: &mut Draft) -> bool {
    match data.get("Data") {
        Some(Json::Text(text)) => {
            let strings = text.split(sign).map(str::to_owned).collect();
            let strings = if text.is_empty() { Vec::new() } else { strings };
            keep(strings, draft);
            draft.from_text = true;
            if let Some(hex) = data.text(&["Binary"]) {
                let hex: String = hex.chars().filter(|c| *c != '-').collect();
                draft.event.binary = crate::numbers::bytes_of_hex(&hex);
            }
            true
        }
        _ => below("EventData", &Json::Object(data.clone()), draft),
    }
}

/// Values that are elements, in the order of the event.
fn below(area: &str, value: &Json, draft: &mut Draft) -> bool {
    let mut builder = EventBuilder::with_head(draft.event.clone());
    builder.start("Event");
    json_elements::element(&mut builder, area, value, None);
    builder.end();
    take(builder, draft)
}

fn elements(children: &[(&str, &Json)], draft: &mut Draft) -> bool {
    let mut builder = EventBuilder::with_head(draft.event.clone());
    builder.start("Event");
    builder.start("EventData");
    for (name, value) in children {
        json_elements::element(&mut builder, name, value, None);
    }
    builder.end();
    builder.end();
    take(builder, draft)
}

/// `EventData` or `UserData` as XML, or a part of it.
fn xml(text: &str, draft: &mut Draft) -> bool {
    // Azure puts them into an item of its own.
    let text = match text.strip_prefix("<DataItem") {
        Some(rest) => rest
            .split_once('>')
            .map_or(text, |(_, inner)| inner.trim_end())
            .trim_end_matches("</DataItem>"),
        None => text,
    };
    match event_xml::values(text, draft.event.clone()) {
        Some(builder) => take(builder, draft),
        None => false,
    }
}

fn take(builder: EventBuilder, draft: &mut Draft) -> bool {
    let Ok((event, unread)) = builder.finish_with_unread() else {
        return false;
    };
    draft.event = event;
    draft.unread.add(unread);
    true
}

/// Names and values whose order is lost.
fn sorted(object: &Object, draft: &mut Draft) -> bool {
    // Values without names keep their order in a list.
    if let Some(Json::List(items)) = object.get("Data")
        && object
            .entries
            .iter()
            .all(|(key, _)| key == "Data" || key == "Binary")
    {
        return listed(items, draft);
    }
    if !below("EventData", &Json::Object(object.clone()), draft) {
        return false;
    }
    let named = &draft.event.named;
    let mut numbered: Vec<(usize, &str)> = named
        .iter()
        .filter_map(|(name, value)| {
            Some((name.strip_prefix("param")?.parse().ok()?, value.as_str()))
        })
        .collect();
    numbered.sort_unstable();
    let complete = numbered.len() == named.len()
        && numbered.iter().zip(1..).all(|((is, _), want)| *is == want);
    let strings = numbered.into_iter().map(|(_, value)| value.to_owned());
    draft.event.strings = complete.then(|| strings.collect());
    true
}

/// Takes the values as the strings where their names are not in the order of the alphabet: nobody has sorted
/// them then.
fn in_order(object: &Object, draft: &mut Draft) -> bool {
    let keys = object.entries.iter().map(|(key, _)| key.as_str());
    let event = &mut draft.event;
    if event.strings.is_none() && !keys.is_sorted() {
        let values = event.named.iter().map(|(_, value)| value.clone());
        event.strings = Some(values.collect());
    }
    true
}

/// Values beside each other in an object that holds more: `"fields": {"Data_param1": "x"}`. Those without a
/// name are `Data`, `Data_1` and so on. `false` when there are none.
fn beneath(bag: &Object, dialect: &Dialect, draft: &mut Draft) -> bool {
    for key in dialect.values {
        let Some((above, name)) = key.rsplit_once('.') else {
            continue;
        };
        let Some(Json::Object(object)) = bag.path(above) else {
            continue;
        };
        let named = |(key, value): &(String, Json)| {
            let rest = key.strip_prefix(name)?;
            let rest = match rest.strip_prefix('_') {
                Some(rest) => rest,
                None if rest.is_empty() && !matches!(value, Json::Object(_) | Json::List(_)) => "",
                None => return None,
            };
            Some((rest.to_owned(), value.clone()))
        };
        let mut entries: Vec<(String, Json)> = object.entries.iter().filter_map(named).collect();
        if entries.iter().all(|(name, _)| name.is_empty()) {
            continue;
        }
        let number = |name: &str| match name {
            "" => Some(0_usize),
            name => name.parse().ok(),
        };
        if entries.iter().all(|(name, _)| number(name).is_some()) {
            entries.sort_by_key(|(name, _)| number(name));
            let values = entries.into_iter().map(|(_, value)| value.text());
            keep(values.map(Option::unwrap_or_default).collect(), draft);
            return true;
        }
        return sorted(&Object::new(entries), draft);
    }
    false
}

/// Values whose keys hold the dots themselves: `"winlog.event_data.param1": "x"`.
/// Beats in Graylog have underscores. `false` when there are none.
fn with_dots(bag: &Object, dialect: &Dialect, draft: &mut Draft) -> bool {
    for key in dialect.values {
        let entries: Vec<(String, Json)> = bag
            .entries
            .iter()
            .filter_map(|(name, value)| {
                let name = name.strip_prefix(key)?.strip_prefix(['.', '_'])?;
                let value = match value {
                    Json::List(items) => {
                        items.first().filter(|_| items.len() == 1).unwrap_or(value)
                    }
                    other => other,
                };
                Some((name.to_owned(), value.clone()))
            })
            .collect();
        if !entries.is_empty() {
            return sorted(&Object::new(entries), draft);
        }
    }
    false
}
