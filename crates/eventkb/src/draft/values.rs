//! What a symptom of a draft asks of values, and which values it keeps.

use std::collections::BTreeMap;

use eventkb_logs::event::Event;

use crate::articles::{CodeNamed, EventNamed, PhrasePart};
use crate::knowledge::SignatureSet;
use crate::signature::model::{Capture, Condition, Number, OneOrMany};
use crate::signature::number;

/// Values that are kept, at most.
const MOST_CAPTURES: usize = 3;

/// Codes that are asked for, at most.
const MOST_CODES: usize = 16;

/// What a symptom asks for.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) conditions: Vec<Condition>,
    pub(super) captures: Vec<Capture>,
    /// Values that a record would carry, where there is none to look at.
    pub(super) strings: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// From an article's words, and a record of the event if there is one. Several `events` are several
/// ways in which the article names it.
pub(super) fn of_named(
    events: &[&EventNamed],
    record: Option<&Event>,
    set: &SignatureSet,
) -> Asked {
    let mut asked = Asked::default();
    let mut codes: BTreeMap<i64, &CodeNamed> = BTreeMap::new();
    for code in events.iter().flat_map(|event| &event.codes) {
        if code.value != 0 && codes.len() < MOST_CODES {
            codes.entry(code.value).or_insert(code);
        }
    }
    if let Some(record) = record {
        captures(record, set, &mut asked);
        let carried = codes
            .values()
            .filter_map(|code| place_of(record, code.value, set));
        let carried: Vec<Condition> = carried.collect();
        if !codes.is_empty() && carried.is_empty() {
            asked.notes.push(format!(
                "where: the article names {}, and the record carries none of them; nothing is asked \
                 for",
                listed(codes.values().copied())
            ));
            return asked;
        }
        if !carried.is_empty() {
            asked
                .notes
                .push("where: codes of the article, at the place where the record has them".into());
        }
        asked.conditions = carried;
        return asked;
    }
    let fixed = events.first().map_or(0, |event| positions(event));
    asked.strings = codes
        .values()
        .map(|code| code.written.to_string())
        .collect();
    while asked.strings.len() < fixed {
        asked.strings.push("x".into());
    }
    if codes.is_empty() {
        if events.iter().any(|event| !event.phrases.is_empty()) {
            asked.notes.push(
                "where: the description names no code; a record (--from) would show the values"
                    .into(),
            );
        }
        return asked;
    }
    asked.notes.push(format!(
        "where: {} may stand in any value, as the text does not say in which; a record (--from) would",
        listed(codes.values().copied())
    ));
    let numbers: Vec<Number> = codes.values().map(|code| number_of(code)).collect();
    asked
        .conditions
        .push(match <[Number; 1]>::try_from(numbers) {
            Ok([number]) => Condition {
                any_value: true,
                number: Some(number),
                ..Condition::default()
            },
            Err(numbers) => Condition {
                any_value: true,
                number_in: Some(numbers),
                ..Condition::default()
            },
        });
    asked
}

/// From records alone: codes that a table knows are asked for, texts are kept.
pub(super) fn of_records(records: &[&Event], set: &SignatureSet) -> Asked {
    let mut asked = Asked::default();
    let Some(record) = records.first() else {
        return asked;
    };
    captures(record, set, &mut asked);
    let source = record.event_source.as_deref();
    let facts = set
        .catalogue()
        .event(&record.provider, source, record.event_id);
    for (at, value) in record.strings.iter().flatten().enumerate() {
        let name = name_of(record, at, set);
        let meaning = match &facts {
            Some(facts) => facts.meaning(set.codes(), name.as_deref().unwrap_or(""), at, value),
            None => set.codes().meaning(None, value),
        };
        let same = |other: &&Event| {
            let value_there = other.strings.iter().flatten().nth(at);
            value_there.and_then(|text| number::parse(text)) == number::parse(value)
        };
        let (Some(meaning), true) = (meaning, records.iter().all(same)) else {
            continue;
        };
        asked.notes.push(format!(
            "where: {value} ({meaning}) is asked for because it is a code"
        ));
        asked.conditions.push(Condition {
            number: Some(Number::Written(value.trim().to_owned())),
            meaning: Some(meaning),
            ..subject(name, at)
        });
    }
    if asked.conditions.is_empty() {
        asked
            .notes
            .push("where: nothing is asked of its values".into());
    }
    asked
}

/// The condition that a record carries a code: at the place where it does.
fn place_of(record: &Event, code: i64, set: &SignatureSet) -> Option<Condition> {
    let strings = record.strings.as_deref().unwrap_or(&[]);
    let at = strings
        .iter()
        .position(|value| number::parse(value) == Some(code));
    if let Some(at) = at {
        let written = strings.get(at)?.trim().to_owned();
        return Some(Condition {
            number: Some(Number::Written(written)),
            ..subject(name_of(record, at, set), at)
        });
    }
    // In the middle of a text.
    let within = strings.iter().enumerate().find_map(|(at, value)| {
        let mut numbers = crate::leads::values::numbers_in(value);
        numbers
            .find(|(number, _)| *number == code)
            .map(|(_, written)| (at, written.to_owned()))
    });
    let (at, written) = within?;
    Some(Condition {
        contains: Some(OneOrMany::One(written)),
        ..subject(name_of(record, at, set), at)
    })
}

fn subject(name: Option<String>, at: usize) -> Condition {
    match name {
        Some(name) => Condition {
            value: Some(name),
            ..Condition::default()
        },
        None => Condition {
            string: Some(at + 1),
            ..Condition::default()
        },
    }
}

/// The record's own name of a value, else the catalogue's.
fn name_of(record: &Event, at: usize, set: &SignatureSet) -> Option<String> {
    let strings = record.strings.as_deref().unwrap_or(&[]);
    let own = record
        .named
        .get(at)
        .filter(|_| record.named.len() == strings.len());
    // What classic records call their values says no more than the position.
    let own = own.filter(|(name, _)| !name.to_ascii_lowercase().starts_with("param"));
    if let Some((name, _)) = own.filter(|(name, _)| !name.is_empty()) {
        return Some(name.clone());
    }
    let source = record.event_source.as_deref();
    let facts = set
        .catalogue()
        .event(&record.provider, source, record.event_id)?;
    facts.name_of(at, strings.len()).map(str::to_owned)
}

/// Keeps the first values that are texts: what the event may be about.
fn captures(record: &Event, set: &SignatureSet, asked: &mut Asked) {
    let mut kept: Vec<Capture> = Vec::new();
    for (at, value) in record.strings.iter().flatten().enumerate() {
        let value = value.trim();
        let is_text = value.len() > 1 && value.len() <= 200 && number::parse(value).is_none();
        if !is_text || kept.len() >= MOST_CAPTURES {
            continue;
        }
        let named = name_of(record, at, set);
        let name = named
            .as_deref()
            .map_or_else(|| format!("value_{}", at + 1), capture_name);
        if kept.iter().any(|capture| capture.name == name) {
            continue;
        }
        kept.push(Capture {
            name,
            string: named.is_none().then_some(at + 1),
            value: named,
            system: None,
            message: false,
            any_value: false,
            shape: None,
            part: None,
            encoding: crate::signature::model::Encoding::Text,
            exact_case: false,
        });
    }
    if !kept.is_empty() {
        let names: Vec<&str> = kept.iter().map(|capture| capture.name.as_str()).collect();
        asked.notes.push(format!(
            "capture: {}: keep those that say what the event is about, and name them in join.objects",
            names.join(", ")
        ));
    }
    asked.captures = kept;
}

fn capture_name(name: &str) -> String {
    let mut plain = String::new();
    for c in name.chars().take(40) {
        match c {
            c if c.is_ascii_alphanumeric() => plain.push(c.to_ascii_lowercase()),
            _ if plain.is_empty() || plain.ends_with('_') => {}
            _ => plain.push('_'),
        }
    }
    let plain = plain.trim_end_matches('_');
    if plain.is_empty() {
        "value".into()
    } else {
        plain.to_owned()
    }
}

fn number_of(code: &CodeNamed) -> Number {
    match number::parse(&code.written) {
        Some(_) => Number::Written(code.written.trim().to_owned()),
        None => Number::Plain(code.value),
    }
}

/// `5 (line 40), 0x80070005 (line 41)`.
fn listed<'c>(codes: impl Iterator<Item = &'c CodeNamed>) -> String {
    let each = codes.map(|code| match code.line {
        0 => code.written.to_string(),
        line => format!("{} (line {line})", code.written),
    });
    each.collect::<Vec<_>>().join(", ")
}

/// How many insertion strings the article's placeholders count.
fn positions(event: &EventNamed) -> usize {
    let parts = event.phrases.iter().flat_map(|phrase| phrase.parts());
    let numbers = parts.filter_map(|part| match part {
        PhrasePart::Placeholder(Some(number)) => Some(usize::from(number)),
        _ => None,
    });
    numbers.max().unwrap_or(0).min(32)
}
