//! Says of each symptom what was seen of it, or where it was looked for in vain.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::case::Case;
use super::coverage::{Absence, Whose, same_computer, to_the_second};
use super::evaluate::{Met, in_words, kind_in_words, satisfies};
use super::finish::Dump;
use super::occurrence::{Item, Role};
use super::verdict::{Judged, State};
use crate::limits;
use crate::report::{Citation, SymptomReport, SymptomState, ValueSeen};
use crate::signature::model::{Place, Signature, Symptom};
use crate::signature::sentence;

pub(super) fn symptom_report(
    case: &Case<'_>,
    dump: &Dump<'_>,
    counted: &[&Judged],
    n: usize,
    symptom: &Symptom,
) -> SymptomReport {
    let state = case
        .best()
        .and_then(|best| best.states.get(n))
        .copied()
        .unwrap_or(State::Absent);
    // Evidence of the best occurrence first, then that of the others.
    let mut evidence: Vec<&Item<'_>> = Vec::new();
    for judged in case
        .best()
        .into_iter()
        .chain(counted.iter().copied().skip(1))
    {
        evidence.extend(case.items_with(judged, n, state));
    }
    if state == State::Absent {
        evidence.clear();
    }
    let (public, reason) = match state {
        State::Found => (SymptomState::Found, String::new()),
        State::Contradicted => {
            (SymptomState::Contradicted, evidence.first().map(|i| other_values(symptom, i)).unwrap_or_default())
        }
        State::Unreadable => (
            SymptomState::NotCheckable,
            "the event is there, but without the values asked for: its strings are missing from this log or export".to_owned(),
        ),
        State::Absent => absence(case, dump, n, symptom),
    };
    let mut wanted = kind_in_words(symptom);
    wanted.extend(symptom.conditions.iter().map(in_words));
    SymptomReport {
        id: symptom.id.clone(),
        state: public,
        role: symptom.role.as_str().to_owned(),
        side: symptom.side.clone(),
        provider: symptom.provider.first().cloned().unwrap_or_default(),
        event_id: symptom.event_id,
        description: symptom.description.clone(),
        wanted,
        reason,
        count: evidence.iter().map(|item| item.stretch.count).sum(),
        first: evidence.iter().map(|item| item.stretch.first).min(),
        last: evidence.iter().map(|item| item.stretch.last).max(),
        values: evidence
            .first()
            .map(|item| values(symptom, item))
            .unwrap_or_default(),
        citations: citations(&evidence),
        note: symptom.note.clone(),
    }
}

fn citations(evidence: &[&Item<'_>]) -> Vec<Citation> {
    evidence
        .iter()
        .flat_map(|item| {
            let from_text = item.evaluation.from_text;
            item.stretch
                .proof
                .iter()
                .map(move |proof| proof.citation(item.computer, from_text))
        })
        .take(limits::MAX_CITATIONS)
        .collect()
}

/// What the event says in place of the values asked for: "string 2 is 1727, wanted 9301 (...)".
fn other_values(symptom: &Symptom, item: &Item<'_>) -> String {
    let mut parts = Vec::new();
    if !item.evaluation.kind_fits {
        parts.push(format!(
            "the record has another level or category; wanted: {}",
            kind_in_words(symptom).join(", ")
        ));
    }
    for (condition, seen) in symptom.conditions.iter().zip(&item.evaluation.seen) {
        let wanted = in_words(condition);
        match seen {
            // A condition that holds is no reason.
            Some(value) if satisfies(condition, value) => {}
            Some(value) => parts.push(format!("the value is {value}; wanted: {wanted}")),
            None if condition.any_string && !condition.not => {
                parts.push(format!("no string fits; wanted: {wanted}"));
            }
            None => {}
        }
    }
    if parts.is_empty() {
        parts.push("its values are not those asked for".to_owned());
    }
    parts.join("; ")
}

/// Captured and tested values of an event, each once.
fn values(symptom: &Symptom, item: &Item<'_>) -> Vec<ValueSeen> {
    let mut seen: BTreeMap<String, ValueSeen> = BTreeMap::new();
    for (condition, value) in symptom.conditions.iter().zip(&item.evaluation.seen) {
        let Some(value) = value else { continue };
        let name = match (&condition.string, &condition.field, &condition.named) {
            (Some(position), _, _) => field_name(symptom, item, *position),
            (None, Some(field), _) => field.clone(),
            (None, None, Some(named)) => named.clone(),
            (None, None, None) => continue,
        };
        // The meaning belongs to the wanted value; another value does not have it.
        let meaning = condition
            .meaning
            .clone()
            .filter(|_| item.met == Met::Yes && !condition.not);
        seen.insert(
            name.clone(),
            ValueSeen {
                name,
                value: value.clone(),
                meaning,
            },
        );
    }
    for (n, value) in &item.evaluation.captures {
        let Some(capture) = symptom.capture.get(usize::from(*n)) else {
            continue;
        };
        let name = capture.name.clone();
        seen.entry(name.clone()).or_insert_with(|| ValueSeen {
            name,
            value: value.clone(),
            meaning: None,
        });
    }
    seen.into_values().collect()
}

/// The name that the record's layout gives to a position.
fn field_name(symptom: &Symptom, item: &Item<'_>, position: usize) -> String {
    let strings = item
        .stretch
        .proof
        .first()
        .map_or(&[][..], |proof| &*proof.strings);
    sentence::layout_of(&symptom.layouts, strings)
        .or_else(|| symptom.layouts.first())
        .and_then(|layout| layout.fields.get(position.checked_sub(1)?))
        .cloned()
        .unwrap_or_else(|| format!("string {position}"))
}

/// Whether an event that was not seen could have been.
fn absence(
    case: &Case<'_>,
    dump: &Dump<'_>,
    n: usize,
    symptom: &Symptom,
) -> (SymptomState, String) {
    let signature = case.signature;
    let Some(best) = case.best() else {
        let reason = if dump.computers.is_empty() {
            "the dump holds no event that names a computer".to_owned()
        } else {
            "no such event in the dump".to_owned()
        };
        return (SymptomState::NotFound, reason);
    };
    let occurrence = &best.occurrence;
    let across = symptom.place == Place::AnyComputer;
    let window = if across {
        signature.join.across_window_s
    } else {
        signature.join.window_s
    };
    let window = SignedDuration::from_secs(i64::try_from(window).unwrap_or(i64::MAX));
    let from = occurrence
        .first
        .checked_sub(window)
        .unwrap_or(Timestamp::MIN);
    let to = occurrence
        .last
        .checked_add(window)
        .unwrap_or(Timestamp::MAX);
    let own: &str = &occurrence.computer;
    let whose = if !across {
        Whose::Of(own)
    } else if on_the_other_side(signature, symptom) {
        Whose::OfAnyBut(own)
    } else {
        Whose::OfAny
    };
    let channel = symptom.channel.as_ref().unwrap_or(&signature.channel);
    let absence = dump.coverage.absence(whose, channel, from, to);
    match absence {
        Absence::NotCheckable(why) => (SymptomState::NotCheckable, why),
        Absence::LookedFor { logs, damaged } => {
            if let Some(why) = logging_off(case, dump, symptom, own) {
                return (SymptomState::NotCheckable, why);
            }
            if let Some(why) = of_another_attempt(case, n, (!across).then_some(own), from, to) {
                return (SymptomState::NotFound, why);
            }
            let damage = if damaged {
                "; but part of the log could not be read"
            } else {
                ""
            };
            (SymptomState::NotFound, format!("{logs}{damage}"))
        }
    }
}

/// An event that is there within the window, but that another attempt or another key claims.
fn of_another_attempt(
    case: &Case<'_>,
    n: usize,
    computer: Option<&str>,
    from: Timestamp,
    to: Timestamp,
) -> Option<String> {
    let other = case.items.iter().find(|item| {
        item.role == Role::Symptom(n)
            && item.met == Met::Yes
            && computer.is_none_or(|name| same_computer(name, item.computer))
            && item.stretch.first <= to
            && item.stretch.last >= from
    })?;
    let key = match (&case.signature.join.key, other.key_shown) {
        (Some(name), Some(value)) => format!(" ({name} {value})"),
        _ => String::new(),
    };
    Some(format!(
        "none in this attempt; the one on {} at {} belongs to another{key}",
        other.computer,
        to_the_second(other.stretch.first),
    ))
}

/// Whether another side logs this event than the side that the occurrence is built around.
fn on_the_other_side(signature: &Signature, symptom: &Symptom) -> bool {
    let local = |s: &&Symptom| s.place == Place::SameComputer && s.side.is_some();
    let ours = signature.symptoms.iter().find(local);
    symptom.side.is_some() && ours.is_some_and(|ours| ours.side != symptom.side)
}

/// Why diagnostics logging may have kept a symptom from being written, if nothing shows it was on.
fn logging_off(
    case: &Case<'_>,
    dump: &Dump<'_>,
    symptom: &Symptom,
    computer: &str,
) -> Option<String> {
    let signature = case.signature;
    let logging = signature
        .logging
        .iter()
        .find(|l| l.symptoms.contains(&symptom.id))?;
    let category = symptom.provider.iter().any(|p| {
        dump.diagnostics
            .has(p, computer, logging.number, &logging.category)
    });
    // Exports often lack the category; an event that needs the same logging shows it as well.
    let needs_it = |item: &Item<'_>| match item.role {
        Role::Symptom(n) => signature
            .symptoms
            .get(n)
            .is_some_and(|s| logging.symptoms.contains(&s.id)),
        Role::RuleOut(_) => false,
    };
    let written = || {
        let on = |item: &&Item<'_>| same_computer(item.computer, computer) && needs_it(item);
        case.items.iter().any(|item| on(&item))
    };
    (!category && !written()).then(|| {
        format!(
            "may only be written with {} logging at {}, and no event of {computer} shows that it was on",
            logging.category, logging.level
        )
    })
}
