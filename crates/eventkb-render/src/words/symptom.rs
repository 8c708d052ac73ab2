//! Symptoms, their states and conditions.

use eventkb::report::{Answer, ConditionReport, SymptomReport, SymptomState};

use super::{both, condition, event};
use crate::doc::Tone;

/// A symptom's state as people read it.
pub(crate) fn state(state: SymptomState) -> &'static str {
    match state {
        SymptomState::Found => "found",
        SymptomState::NotFound => "not found",
        SymptomState::Contradicted => "contradicted",
        SymptomState::Unqualified => "does not count",
        SymptomState::NotCheckable => "not checkable",
    }
}

pub(crate) fn state_tone(state: SymptomState) -> Tone {
    match state {
        SymptomState::Found => Tone::Good,
        SymptomState::NotFound | SymptomState::Unqualified => Tone::Warn,
        SymptomState::Contradicted => Tone::Bad,
        SymptomState::NotCheckable => Tone::Dim,
    }
}

/// What an id of a symptom stands for: `event 9318`; with its description, if it is asked for.
pub(crate) fn name(symptoms: &[SymptomReport], id: &str) -> String {
    match symptoms.iter().find(|symptom| symptom.id == id) {
        // Two symptoms may ask for one event with other values.
        Some(symptom) if is_only(symptoms, symptom) => format!("event {}", symptom.event_id),
        Some(symptom) => format!("event {} (`{id}`)", symptom.event_id),
        None => format!("`{id}`"),
    }
}

fn is_only(symptoms: &[SymptomReport], symptom: &SymptomReport) -> bool {
    symptoms
        .iter()
        .filter(|other| other.event_id == symptom.event_id)
        .count()
        == 1
}

/// Several symptoms by what they stand for.
pub(crate) fn names(symptoms: &[SymptomReport], ids: &[String]) -> String {
    let names: Vec<String> = ids.iter().map(|id| name(symptoms, id)).collect();
    both(&names)
}

/// A condition with what became of it: `error is 5 (access denied), but it is 1326`.
pub(crate) fn judged(report: &ConditionReport) -> String {
    let wanted = condition::condition(&report.condition);
    match (report.holds, &report.seen) {
        (Some(Answer::No), Some(seen)) => {
            format!("wanted: {wanted}; seen: {}", event::shown(seen))
        }
        (Some(Answer::No), None) => format!("wanted: {wanted}; it is not so"),
        (Some(Answer::Unknown), _) => format!("wanted: {wanted}; the record does not carry it"),
        (Some(Answer::Yes), _) => wanted,
        (None, _) => format!("wanted: {wanted}"),
    }
}
