//! Says of each symptom what was seen of it, or where it was looked for in vain.

use super::Collection;
use super::case::Case;
use super::coverage::Whose;
use super::items::{Evidence, Item, ItemKind, Standing};
use super::verdict::{Judged, State};
use crate::collect::records::sum_of;
use crate::limits;
use crate::report::{
    Absence, Answer, Citation, ConditionReport, SymptomReport, SymptomState, ValueSeen,
};
use crate::signature::model::{Condition, Symptom};

/// What became of each symptom of a case, in the signature's order.
pub(crate) fn symptoms(collection: &Collection<'_>, case: &Case<'_>) -> Vec<SymptomReport> {
    let symptoms = case.compiled.document.symptoms.iter().enumerate();
    symptoms
        .map(|(n, symptom)| symptom_report(collection, case, n, symptom))
        .collect()
}

fn symptom_report(
    collection: &Collection<'_>,
    case: &Case<'_>,
    n: usize,
    symptom: &Symptom,
) -> SymptomReport {
    let best = case.best();
    let state = best
        .and_then(|best| best.states.get(n))
        .copied()
        .unwrap_or(State::Absent);
    // Evidence of the best occurrence first, then that of the others.
    let best_first = best.map(|best| &best.occurrence.items);
    let others = case
        .counted()
        .filter(|judged| Some(&judged.occurrence.items) != best_first);
    let evidence: Vec<(usize, &Item, &Evidence<'_>)> = best
        .into_iter()
        .chain(others)
        .flat_map(|judged| case.items_with(judged, n, state))
        .collect();
    let first = evidence.first();
    let evaluation = first.and_then(|(_, _, evidence)| evidence.evaluation(case.compiled));
    let (public, absence) = match (state, first) {
        (State::Found, _) => (SymptomState::Found, None),
        (State::Unqualified, Some((_, item, _))) => {
            let condition = qualifier(symptom, item);
            let absence = condition.map(|condition| Absence::Unqualified { condition });
            (SymptomState::Unqualified, absence)
        }
        (State::Contradicted, Some(_)) => {
            let level_or_category = evaluation.as_ref().is_some_and(|e| !e.kind_fits);
            let absence = Absence::OtherValues { level_or_category };
            (SymptomState::Contradicted, Some(absence))
        }
        (State::Unreadable, Some((_, item, _))) => {
            let condition = qualifier(symptom, item);
            let absence = condition.map_or(Absence::NoValues, |condition| {
                Absence::QualifierUnknown { condition }
            });
            (SymptomState::NotCheckable, Some(absence))
        }
        _ => {
            let (state, absence) = absent(collection, case, best, n);
            (state, Some(absence))
        }
    };
    let (provider, event_id) = match first {
        Some((_, _, evidence)) => {
            let event = &evidence.seen.class.event;
            (event.provider.clone(), event.event_id)
        }
        None => symptom
            .events
            .first()
            .map_or_else(Default::default, |selector| {
                collection.first_event(selector)
            }),
    };
    let outcomes = evaluation.map_or_else(Vec::new, |evaluation| evaluation.conditions);
    SymptomReport {
        id: symptom.id.clone(),
        state: public,
        role: symptom.role.as_str().to_owned(),
        side: symptom.side.clone(),
        provider,
        event_id,
        description: symptom.description.clone(),
        conditions: conditions(symptom, &outcomes),
        absence,
        count: sum_of(evidence.iter().map(|(_, item, _)| item.count)),
        first: case.items.first_of(evidence.iter().map(|(n, _, _)| *n)),
        last: case.items.last_of(evidence.iter().map(|(n, _, _)| *n)),
        values: first.map_or_else(Vec::new, |(n, _, evidence)| {
            values(collection, case, symptom, *n, (evidence, &outcomes))
        }),
        citations: citations(case, &evidence),
        note: symptom.note.clone(),
    }
}

fn qualifier(symptom: &Symptom, item: &Item) -> Option<crate::signature::model::Qualifier> {
    symptom.only_if.get(usize::from(item.qualifier?)).cloned()
}

/// What became of a condition, and the value that it saw.
type Outcome = (Answer, Option<String>);

fn conditions(symptom: &Symptom, outcomes: &[Outcome]) -> Vec<ConditionReport> {
    let symptoms = symptom.conditions.iter().enumerate();
    symptoms
        .map(|(n, condition)| {
            let outcome = outcomes.get(n);
            ConditionReport {
                condition: condition.clone(),
                holds: outcome.map(|(answer, _)| *answer),
                seen: outcome.and_then(|(_, seen)| seen.clone()),
            }
        })
        .collect()
}

/// Records to cite: those of the best occurrence first; of a storm, the nearest that was kept.
fn citations(case: &Case<'_>, evidence: &[(usize, &Item, &Evidence<'_>)]) -> Vec<Citation> {
    let most = if case.is_offered() {
        limits::MAX_CITATIONS
    } else {
        limits::MAX_RULED_OUT_CITATIONS
    };
    let mut cited: Vec<Citation> = Vec::new();
    for (n, _, evidence) in evidence {
        for proof in case.items.proof(*n) {
            if cited.len() >= most {
                return cited;
            }
            cited.push(proof.citation(evidence.computer(), evidence.reads_text()));
        }
    }
    if cited.is_empty()
        && let Some((_, item, evidence)) = evidence.first()
    {
        cited.extend(evidence.citation_near(item.second));
    }
    cited
}

/// Tested and captured values of a record, each once, in the order of the signature.
fn values(
    collection: &Collection<'_>,
    case: &Case<'_>,
    symptom: &Symptom,
    at: usize,
    (evidence, outcomes): (&Evidence<'_>, &[Outcome]),
) -> Vec<ValueSeen> {
    let class = evidence.seen.class;
    let facts = collection.classes.get(evidence.class_number);
    let facts = facts.and_then(|seen| seen.resolved.facts.as_deref());
    let strings = case
        .items
        .proof(at)
        .next()
        .map(|proof| proof.strings.to_vec());
    let strings = strings
        .or_else(|| class.event.whole().strings)
        .unwrap_or_default();
    let known = facts.map_or_else(Vec::new, |f| f.values(collection.set.codes(), &strings));
    let mut values: Vec<ValueSeen> = Vec::new();
    let mut add = |name: String, value: String, meaning: Option<String>| {
        if values.iter().all(|known| known.name != name) {
            let table = known
                .iter()
                .find(|v| v.value == value)
                .and_then(|v| v.meaning.clone());
            let meaning = meaning.or(table);
            values.push(ValueSeen {
                name,
                value,
                meaning,
            });
        }
    };
    for (condition, (answer, seen)) in symptom.conditions.iter().zip(outcomes) {
        let Some((name, seen)) = name_of(condition, facts, strings.len()).zip(seen.clone()) else {
            continue;
        };
        // A value that only must be there is shown as what it was captured for.
        let captured = evidence.captures.iter().any(|(_, value)| *value == seen);
        if condition.present == Some(true) && captured {
            continue;
        }
        // The meaning belongs to the wanted value; another value does not have it.
        let fits = *answer == Answer::Yes && !condition.not;
        add(name, seen, condition.meaning.clone().filter(|_| fits));
    }
    if let Some(part) = case.compiled.parts.get(evidence.part) {
        for (n, value) in evidence.captures.iter() {
            if let Some(capture) = part.matcher.captures.get(n) {
                add(capture.name.clone(), value.to_owned(), None);
            }
        }
    }
    values
}

/// What to call the value of a condition; the whole message and any value have no name.
fn name_of(
    condition: &Condition,
    facts: Option<&crate::knowledge::catalogue::EventFacts>,
    count: usize,
) -> Option<String> {
    if let Some(position) = condition.string {
        let known = facts.and_then(|f| f.name_of(position.checked_sub(1)?, count));
        return Some(known.map_or_else(|| position.to_string(), str::to_owned));
    }
    condition.value.clone()
}

/// Whether an event that was not seen could have been.
fn absent(
    collection: &Collection<'_>,
    case: &Case<'_>,
    best: Option<&Judged>,
    n: usize,
) -> (SymptomState, Absence) {
    let compiled = case.compiled;
    let Some(best) = best else {
        return (SymptomState::NotFound, Absence::Nowhere);
    };
    let occurrence = &best.occurrence;
    let across = compiled.symptoms.get(n).is_some_and(|s| !s.local);
    let window = if across {
        compiled.across_window_s
    } else {
        compiled.window_s
    };
    let from = occurrence.first.saturating_sub(window);
    let to = occurrence.last.saturating_add(window);
    let own = &*occurrence.computer;
    let whose = if !across {
        Whose::Of(own)
    } else if on_the_other_side(case, n) {
        Whose::OfAnyBut(own)
    } else {
        Whose::OfAny
    };
    let channel = collection.channel_of(compiled, n);
    let absence = collection
        .coverage
        .absence(&collection.computers, whose, &channel, (from, to));
    if !matches!(absence, Absence::LookedFor { .. }) {
        return (SymptomState::NotCheckable, absence);
    }
    if let Some(logging) = logging_off(collection, case, n, own) {
        return (SymptomState::NotCheckable, logging);
    }
    let elsewhere =
        of_another_occurrence(case, n, (!across).then_some(occurrence.machine), from, to);
    (SymptomState::NotFound, elsewhere.unwrap_or(absence))
}

/// An event that is there within the window, but that another occurrence or another key claims.
fn of_another_occurrence(
    case: &Case<'_>,
    n: usize,
    machine: Option<usize>,
    from: i64,
    to: i64,
) -> Option<Absence> {
    let items = &case.items;
    let at = (0..items.all.len()).find(|&at| {
        items.get(at).is_some_and(|(item, evidence)| {
            item.kind == ItemKind::Symptom(n)
                && item.standing == Standing::Yes
                && machine.is_none_or(|machine| machine == evidence.machine)
                && (from..=to).contains(&item.second)
        })
    })?;
    let (_, evidence) = items.get(at)?;
    Some(Absence::Elsewhere {
        computer: evidence.computer().to_owned(),
        time: items.first_time(at),
        key: shown_key(case, evidence),
    })
}

/// The key of an event as written, with the names of its parts.
pub(crate) fn shown_key(case: &Case<'_>, evidence: &Evidence<'_>) -> Vec<(String, String)> {
    let shown = evidence.key_shown(case.compiled);
    let parts = case.compiled.key.iter().zip(shown);
    parts
        .filter_map(|(part, value)| Some((part.name.clone(), value?.to_owned())))
        .collect()
}

/// Whether another side logs this event than the side that the occurrence is built around.
fn on_the_other_side(case: &Case<'_>, n: usize) -> bool {
    let symptoms = &case.compiled.document.symptoms;
    let local = symptoms.iter().zip(&case.compiled.symptoms);
    let ours = local
        .filter(|(symptom, compiled)| compiled.local && symptom.side.is_some())
        .map(|(symptom, _)| &symptom.side)
        .next();
    let side = symptoms.get(n).map(|symptom| &symptom.side);
    side.is_some_and(|side| side.is_some() && ours.is_some_and(|ours| ours != side))
}

/// Why diagnostics logging may have kept a symptom from being written, if nothing shows it was on.
fn logging_off(
    collection: &Collection<'_>,
    case: &Case<'_>,
    n: usize,
    computer: &str,
) -> Option<Absence> {
    let document = &case.compiled.document;
    let symptom = document.symptoms.get(n)?;
    let logging = document
        .logging
        .iter()
        .find(|l| l.symptoms.contains(&symptom.id))?;
    let category = symptom.events.iter().any(|selector| {
        let provider = &selector.provider;
        collection
            .diagnostics
            .has(provider, computer, logging.number, &logging.category)
    });
    // Exports often lack the category; an event that needs the same logging shows it as well.
    let machine = collection.computers.of(computer);
    let written = || {
        case.items.all.iter().any(|item| {
            let needs_it = match item.kind {
                ItemKind::Symptom(n) => {
                    let other = document.symptoms.get(n);
                    other.is_some_and(|s| logging.symptoms.contains(&s.id))
                }
                ItemKind::RuleOut(_) => false,
            };
            let on = case.items.evidence.get(item.evidence()).map(|e| e.machine);
            needs_it && on == Some(machine)
        })
    };
    (!category && !written()).then(|| Absence::LoggingOff {
        category: logging.category.clone(),
        level: logging.level.clone(),
        computer: computer.to_owned(),
    })
}
