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
/// ways in which the article names it, `others` are ways in which other articles do.
pub(super) fn of_named(
    events: &[&EventNamed],
    others: &[&EventNamed],
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
        of_record(record, &codes, set, &mut asked);
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
    if codes.is_empty()
        && let Some((value, line)) = own_value(events, others)
    {
        asked.notes.push(format!(
            "where: other articles have something else where this one has `{value}` (line {line}), so it is \
             taken for a value of the event"
        ));
        asked.strings.push(value.clone());
        asked.conditions.push(Condition {
            any_value: true,
            contains: Some(OneOrMany::One(value)),
            ..Condition::default()
        });
        return asked;
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

/// From a record: what it carries, and the article's codes where it has them.
fn of_record(
    record: &Event,
    codes: &BTreeMap<i64, &CodeNamed>,
    set: &SignatureSet,
    asked: &mut Asked,
) {
    captures(record, set, asked);
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
        return;
    }
    if !carried.is_empty() {
        asked
            .notes
            .push("where: codes of the article, at the place where the record has them".into());
    }
    asked.conditions = carried;
}

/// Words of a value, at most.
const MOST_VALUE_WORDS: usize = 4;

/// Words that two descriptions must share around a value.
const FEWEST_SHARED: usize = 4;

/// What stands in the description where other articles about the same event have something else: the name
/// of a service, of a file, of a queue; and its line.
fn own_value(events: &[&EventNamed], others: &[&EventNamed]) -> Option<(String, u32)> {
    let mine = events.iter().flat_map(|event| &event.phrases);
    mine.into_iter().find_map(|phrase| {
        let words: Vec<&str> = phrase.text.split_whitespace().collect();
        let theirs = others.iter().flat_map(|event| &event.phrases);
        let value = theirs.into_iter().find_map(|other| {
            let other: Vec<&str> = other.text.split_whitespace().collect();
            differing(&words, &other)
        })?;
        Some((value, phrase.line))
    })
}

/// The one stretch of words that differs between two texts, if it reads like a value.
fn differing(mine: &[&str], other: &[&str]) -> Option<String> {
    let begin = mine.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (mine, other) = (mine.get(begin..)?, other.get(begin..)?);
    let pairs = mine.iter().rev().zip(other.iter().rev());
    let end = pairs.take_while(|(a, b)| a == b).count();
    let own = mine.get(..mine.len() - end)?;
    if begin == 0 || begin + end < FEWEST_SHARED || !(1..=MOST_VALUE_WORDS).contains(&own.len()) {
        return None;
    }
    if other.len() == end || other.len() - end > MOST_VALUE_WORDS {
        return None;
    }
    let value = own.join(" ");
    let value = value.trim_matches(|c: char| !c.is_alphanumeric());
    let reads_like_one = value.len() >= 3
        && !value.contains(['{', '}'])
        && value.split(' ').all(|word| {
            word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
                || word.contains(['.', '\\', '_'])
        });
    reads_like_one.then(|| value.to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_have_instead_is_a_value() {
        let words = |text: &'static str| text.split(' ').collect::<Vec<_>>();
        let mine = words("The Contoso Spooler service failed to start");
        let other = words("The Fabrikam service failed to start");
        assert_eq!(differing(&mine, &other).as_deref(), Some("Contoso Spooler"));
        let placeholder = words("The {1} service failed to start");
        assert_eq!(
            differing(&mine, &placeholder).as_deref(),
            Some("Contoso Spooler")
        );
        assert_eq!(differing(&placeholder, &mine), None);
        let wording = words("An unexpected error of the service came");
        let again = words("An unknown error of the service came");
        assert_eq!(differing(&wording, &again), None);
        assert_eq!(differing(&mine, &mine), None);
    }
}
