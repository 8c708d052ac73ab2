//! What each field of a report and of an event holds: a name, a path, a text, or words of the
//! program's and the authors' own.
//!
//! The report is walked as data, field by field: one that is new, and that nobody thought of here,
//! counts as a text and is searched. Only what is listed in [`OWN_WORDS`] is passed over.

use std::collections::HashMap;

use eventkb_logs::Event;
use serde_json::{Map, Value};

use super::NameKind;
use super::called::{is_address, is_version, kind_of_value};
use crate::knowledge::SignatureSet;
use crate::knowledge::catalogue::EventFacts;
use crate::signature::model::Signature;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One name.
    Name(NameKind),
    /// The version of a program, or the number of a build.
    Version,
    /// An IP address.
    Address,
    /// The path of an input.
    Path,
    /// A provider or a channel: names of products, in which a computer's name may stand all the
    /// same (`MSSQL$SEATTLE`).
    Source,
    /// Any text, such as a value of an event.
    Text,
    /// Sentences, in which a name may end anywhere.
    Prose,
}

/// Fields and whole parts whose words are the program's, or those of an author of signatures:
/// they are the same in every report.
const OWN_WORDS: &[&str] = &[
    // Parts.
    "tool",
    "signature",
    "signatures",
    "references",
    "condition",
    "article",
    "totals",
    // Names of states and kinds, ids of articles, symptoms, clauses and updates, versions.
    "kind",
    "code",
    "state",
    "verdict",
    "standing",
    "severity",
    "role",
    "result",
    "trust",
    "why",
    "format",
    "outcome",
    "id",
    "sha256",
    "update",
    "updates",
    "otherwise",
    "wanted",
    "better",
    "rival_of",
    "leads",
    "symptom",
    "symptoms",
    "found",
    "clause",
    "side",
    "is",
    // Times.
    "first",
    "last",
    "time",
    "from",
    "to",
    "at",
    "installed",
    "since",
    "until",
    "cleared",
    // Texts of authors.
    "title",
    "url",
    "description",
    "cause_text",
    "resolution",
    "collect",
    "note",
    "says",
    "difference",
    "next",
    "meaning",
    "product",
];

/// Shows every field of a report, written as JSON, that may hold a name.
pub(super) fn visit_report(
    report: &mut Value,
    set: &SignatureSet,
    each: &mut dyn FnMut(Meaning, &mut String),
) {
    let mut walk = Walk { set, each };
    walk.value(report, "", &Around::default());
}

/// What is known of a value from what stands around it.
#[derive(Debug, Clone, Default)]
struct Around {
    /// What the catalogue knows of the event.
    facts: Option<std::sync::Arc<EventFacts>>,
    /// The signature of the finding.
    signature: Option<std::sync::Arc<Signature>>,
    /// What strings are by their position from 0, by the captures of the symptom.
    captured: HashMap<usize, Meaning>,
}

struct Walk<'a, 'f> {
    set: &'a SignatureSet,
    each: &'f mut dyn FnMut(Meaning, &mut String),
}

impl Walk<'_, '_> {
    fn value(&mut self, value: &mut Value, key: &str, around: &Around) {
        match value {
            Value::String(_) if OWN_WORDS.contains(&key) => {}
            Value::String(text) => (self.each)(meaning(key), text),
            Value::Array(items) if key == "strings" => self.strings(items, around),
            Value::Array(items) if key == "key" => {
                for pair in items.iter_mut().filter_map(Value::as_array_mut) {
                    self.pair(pair);
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.value(item, key, around);
                }
            }
            Value::Object(object) => {
                // `symptoms` holds objects in one place and ids in another.
                if key != "symptoms" && OWN_WORDS.contains(&key) {
                    return;
                }
                let around = self.around(object, around);
                self.object(object, &around);
            }
            _ => {}
        }
    }

    fn object(&mut self, object: &mut Map<String, Value>, around: &Around) {
        let kind = kind_of_name(object, around);
        for (key, value) in object.iter_mut() {
            match (kind, key.as_str(), value) {
                (Some(Named::Own(field)), name, _) if name == field => {}
                (Some(Named::As(meaning, field)), name, Value::String(text)) if name == field => {
                    (self.each)(meaning, text);
                }
                (Some(Named::As(meaning, "top")), "top", Value::Array(counts)) => {
                    for count in counts.iter_mut().filter_map(Value::as_object_mut) {
                        if let Some(Value::String(text)) = count.get_mut("value") {
                            (self.each)(meaning, text);
                        }
                    }
                }
                (_, key, value) => self.value(value, key, around),
            }
        }
    }

    /// What an object adds to what is known around it.
    fn around(&self, object: &Map<String, Value>, outer: &Around) -> Around {
        let mut around = outer.clone();
        let text = |key: &str| object.get(key).and_then(Value::as_str);
        if let Some(id) = object.get("signature").and_then(|s| s.get("id")?.as_str()) {
            around.signature = self.set.get(id).cloned();
        }
        let event_id = object.get("event_id").and_then(Value::as_u64);
        if let (Some(provider), Some(event_id)) = (text("provider"), event_id) {
            let event_id = u16::try_from(event_id).unwrap_or_default();
            around.facts = self.set.catalogue().event(provider, None, event_id);
            around.captured = around
                .signature
                .as_ref()
                .zip(text("id"))
                .map(|(signature, id)| captured(signature, id))
                .unwrap_or_default();
        }
        around
    }

    fn strings(&mut self, items: &mut [Value], around: &Around) {
        let count = items.len();
        for (at, item) in items.iter_mut().enumerate() {
            let Value::String(text) = item else { continue };
            let by_name = around
                .facts
                .as_ref()
                .and_then(|facts| facts.name_of(at, count));
            let meaning = by_name
                .and_then(meaning_of_value)
                .or_else(|| around.captured.get(&at).copied());
            (self.each)(meaning.unwrap_or(Meaning::Text), text);
        }
    }

    /// A capture and its value.
    fn pair(&mut self, pair: &mut [Value]) {
        if let [Value::String(name), Value::String(value)] = pair {
            (self.each)(kind_of_named(name), value);
        }
    }
}

/// Which field of an object is a name, or no name.
#[derive(Debug, Clone, Copy)]
enum Named {
    As(Meaning, &'static str),
    Own(&'static str),
}

fn kind_of_name(object: &Map<String, Value>, around: &Around) -> Option<Named> {
    let has = |key: &str| object.contains_key(key);
    let text = |key: &str| object.get(key).and_then(Value::as_str);
    if has("compared_with") || text("kind") == Some("nothing_to_compare") {
        return Some(Named::As(Meaning::Name(NameKind::Computer), "name"));
    }
    // A side of a signature.
    if has("description") && has("computers") {
        return Some(Named::Own("name"));
    }
    if let Some(condition) = object.get("condition").filter(|_| has("seen")) {
        let by_name = condition.get("value").and_then(Value::as_str);
        let at = condition.get("string").and_then(Value::as_u64);
        let by_place = || {
            let at = usize::try_from(at?).ok()?.checked_sub(1)?;
            around.facts.as_ref()?.name_of(at, usize::MAX)
        };
        let meaning = by_name.or_else(by_place).and_then(meaning_of_value)?;
        return Some(Named::As(meaning, "seen"));
    }
    match (text("name"), text("kind")) {
        (Some(name), _) if has("value") => named(name, "value"),
        (Some(name), _) if has("top") => named(name, "top"),
        (Some(_), Some(kind)) if has("count") => named(kind, "name"),
        _ => None,
    }
}

fn named(name: &str, field: &'static str) -> Option<Named> {
    Some(Named::As(meaning_of_value(name)?, field))
}

/// What strings are by the captures of a symptom that are taken whole.
fn captured(signature: &Signature, symptom: &str) -> HashMap<usize, Meaning> {
    let symptom = signature.symptoms.iter().find(|s| s.id == symptom);
    let captures = symptom.into_iter().flat_map(|symptom| &symptom.capture);
    captures
        .filter(|capture| capture.part.is_none())
        .filter_map(|capture| {
            Some((
                capture.string?.checked_sub(1)?,
                meaning_of_value(&capture.name)?,
            ))
        })
        .collect()
}

/// What a text field of this name holds.
fn meaning(key: &str) -> Meaning {
    match key {
        "computer" | "computers" | "compared_with" | "against" => Meaning::Name(NameKind::Computer),
        "file" | "path" => Meaning::Path,
        "provider" | "channel" | "channels" => Meaning::Source,
        "message" | "sentence" | "error" | "reason" => Meaning::Prose,
        _ => Meaning::Text,
    }
}

/// What the strings of an event hold, by the catalogue and by their own names.
fn kinds_of_strings(event: &Event, set: &SignatureSet) -> Vec<Meaning> {
    let strings = event.strings.as_deref().unwrap_or_default();
    let source = event.event_source.as_deref();
    let facts = set
        .catalogue()
        .event(&event.provider, source, event.event_id);
    let own = |text: &String| {
        let own = event.named.iter().find(|(_, value)| value == text);
        own.map(|(name, _)| name.as_str())
    };
    // The record's own names go before the catalogue's, which may know another layout.
    let has_names = event.named.len() == strings.len();
    let kind = |(at, text): (usize, &String)| {
        if let Some((name, _)) = event.named.get(at).filter(|_| has_names) {
            return kind_of_named(name);
        }
        let by_catalogue = facts
            .as_ref()
            .and_then(|facts| facts.name_of(at, strings.len()));
        let meaning = by_catalogue.and_then(meaning_of_value);
        let meaning = meaning.or_else(|| own(text).and_then(meaning_of_value));
        meaning.unwrap_or(Meaning::Text)
    };
    strings.iter().enumerate().map(kind).collect()
}

fn kind_of_named(name: &str) -> Meaning {
    meaning_of_value(name).unwrap_or(Meaning::Text)
}

/// What a value is, by what the catalogue, a signature or the record calls it.
fn meaning_of_value(name: &str) -> Option<Meaning> {
    let by_name = kind_of_value(name).map(Meaning::Name);
    by_name
        .or_else(|| is_version(name).then_some(Meaning::Version))
        .or_else(|| is_address(name).then_some(Meaning::Address))
}

/// Shows every field of an event that may hold a name.
pub(super) fn each_of_event(
    event: &Event,
    set: &SignatureSet,
    each: &mut dyn FnMut(Meaning, &str),
) {
    for text in [&event.user_sid, &event.category_name]
        .into_iter()
        .flatten()
    {
        each(Meaning::Text, text);
    }
    if let Some(message) = &event.message {
        each(Meaning::Prose, message);
    }
    if let Some(computer) = &event.computer {
        each(Meaning::Name(NameKind::Computer), computer);
    }
    let kinds = kinds_of_strings(event, set);
    for (text, meaning) in event.strings.iter().flatten().zip(kinds) {
        each(meaning, text);
    }
    for (name, value) in &event.named {
        each(kind_of_named(name), value);
    }
    each(Meaning::Path, &event.file);
}

/// An event with other texts, and without binary data.
pub(super) fn map_event(
    event: &Event,
    set: &SignatureSet,
    map: &mut dyn FnMut(Meaning, &str) -> String,
) -> Event {
    let kinds = kinds_of_strings(event, set);
    let mut changed = event.clone();
    changed.binary = None;
    changed.provider = map(Meaning::Source, &event.provider);
    for text in [&mut changed.event_source, &mut changed.channel]
        .into_iter()
        .flatten()
    {
        *text = map(Meaning::Source, text);
    }
    let texts = [
        &mut changed.user_sid,
        &mut changed.message,
        &mut changed.category_name,
    ];
    for text in texts.into_iter().flatten() {
        *text = map(Meaning::Text, text);
    }
    if let Some(computer) = &mut changed.computer {
        *computer = map(Meaning::Name(NameKind::Computer), computer);
    }
    for (text, meaning) in changed.strings.iter_mut().flatten().zip(kinds) {
        *text = map(meaning, text);
    }
    for (name, value) in &mut changed.named {
        *value = map(kind_of_named(name), value);
        *name = map(Meaning::Text, name);
    }
    changed.file = map(Meaning::Path, &event.file).into();
    changed
}
