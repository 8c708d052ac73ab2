//! One signature over one dump: its evidence, the occurrences as judged, and how much they weigh.

use std::collections::BTreeSet;

use super::evaluate::{Met, in_words};
use super::finish::reference;
use super::occurrence::{Item, Occurrence, Role};
use super::verdict::{Judged, State};
use crate::report::{CauseReport, CauseState, NearMiss, Ranking, Verdict};
use crate::signature::model::{Role as SymptomRole, Signature, Symptom};

/// One signature over one dump.
pub(super) struct Case<'a> {
    pub(super) signature: &'a Signature,
    pub(super) items: Vec<Item<'a>>,
    /// Best first.
    pub(super) judged: Vec<Judged>,
    pub(super) cause: CauseReport,
}

impl<'a> Case<'a> {
    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.judged.first().and_then(|judged| judged.verdict)
    }

    pub(super) fn best(&self) -> Option<&Judged> {
        self.judged.first()
    }

    /// The occurrences a finding counts: those with a verdict that offers the article, or, when
    /// there is none, those that rule it out.
    pub(super) fn counted(&self) -> Vec<&Judged> {
        let offered = self
            .verdict()
            .is_some_and(|verdict| verdict > Verdict::RuledOut);
        self.judged
            .iter()
            .filter(|judged| match judged.verdict {
                Some(Verdict::RuledOut) => !offered,
                Some(_) => true,
                None => false,
            })
            .collect()
    }

    pub(super) fn items_of<'s>(
        &'s self,
        occurrence: &'s Occurrence,
    ) -> impl Iterator<Item = &'s Item<'a>> {
        occurrence.items.iter().filter_map(|&n| self.items.get(n))
    }

    pub(super) fn items_with<'s>(
        &'s self,
        judged: &'s Judged,
        symptom: usize,
        state: State,
    ) -> Vec<&'s Item<'a>> {
        let met = match state {
            State::Found => Met::Yes,
            State::Contradicted => Met::No,
            State::Unreadable | State::Absent => Met::Unknown,
        };
        self.items_of(&judged.occurrence)
            .filter(|item| item.role == Role::Symptom(symptom) && item.met == met)
            .collect()
    }
}

/// Weight of the evidence: what many signatures share says little, what only this one asks for
/// says most. The weights come from the loaded signatures themselves.
pub(super) fn weight(signature: &Signature, items: &[Item<'_>], judged: &Judged) -> f64 {
    (0..signature.symptoms.len())
        .filter_map(|n| {
            judged
                .occurrence
                .items
                .iter()
                .filter_map(|&at| items.get(at))
                .filter(|item| item.role == Role::Symptom(n) && item.met == Met::Yes)
                .map(|item| item.shared_by.max(1))
                .min()
        })
        .map(|shared_by| 1.0 / shared_by as f64)
        .sum()
}

/// Computers with an event in the occurrence, sorted.
pub(super) fn computers_of(occurrence: &Occurrence, items: &[Item<'_>]) -> Vec<String> {
    let names: BTreeSet<&str> = occurrence
        .items
        .iter()
        .filter_map(|&n| items.get(n))
        .map(|item| item.computer)
        .filter(|name| !name.is_empty())
        .collect();
    names.into_iter().map(str::to_owned).collect()
}

pub(super) fn ranking(case: &Case<'_>) -> Ranking {
    let Some(best) = case.best() else {
        return Ranking::default();
    };
    let score = weight(case.signature, &case.items, best);
    let mut reasons: Vec<(usize, String)> = Vec::new();
    for (n, symptom) in case.signature.symptoms.iter().enumerate() {
        let shared_by = case
            .items_with(best, n, State::Found)
            .iter()
            .map(|item| item.shared_by)
            .min();
        let Some(shared_by) = shared_by else { continue };
        let values: Vec<String> = symptom.conditions.iter().map(in_words).collect();
        let with = if values.is_empty() {
            String::new()
        } else {
            format!(" where {}", values.join(" and "))
        };
        let says = match shared_by {
            0 | 1 => "only this signature asks for it".to_owned(),
            n => format!("{n} signatures share it"),
        };
        reasons.push((shared_by, format!("{}{with}: {says}", symptom.event_id)));
    }
    reasons.sort();
    let mut reasons: Vec<String> = reasons.into_iter().map(|(_, reason)| reason).collect();
    match case.cause.state {
        CauseState::Confirmed => reasons.insert(0, "the cause itself shows in the logs".to_owned()),
        CauseState::Contradicted => reasons.push("the logs speak against its cause".to_owned()),
        CauseState::Unknown => {}
    }
    Ranking { score, reasons }
}

/// What a signature without a verdict came close with, if it has any evidence at all.
pub(super) fn near_miss(case: &Case<'_>) -> Option<NearMiss> {
    let best = case.best()?;
    let with_state = |wanted: &dyn Fn(State) -> bool| -> Vec<&Symptom> {
        let symptoms = case.signature.symptoms.iter().zip(&best.states);
        symptoms
            .filter(|(_, state)| wanted(**state))
            .map(|(symptom, _)| symptom)
            .collect()
    };
    let found = with_state(&|state| state == State::Found);
    let unreadable = with_state(&|state| state == State::Unreadable);
    if found.is_empty() && unreadable.is_empty() {
        return None;
    }
    let missing = with_state(&|state| state != State::Found);
    let named = |list: &[&Symptom]| -> Vec<String> {
        list.iter()
            .map(|s| format!("{} {}", s.event_id, s.description))
            .collect()
    };
    let ids = |list: &[&Symptom]| -> String {
        let ids: Vec<String> = list.iter().map(|s| s.event_id.to_string()).collect();
        ids.join(", ")
    };
    let reason = if unreadable.is_empty() {
        let core: Vec<&Symptom> = missing
            .iter()
            .copied()
            .filter(|s| s.role == SymptomRole::Core)
            .collect();
        let lacks = if core.is_empty() { &missing } else { &core };
        let are = if lacks.len() == 1 { "is" } else { "are" };
        format!(
            "{} alone is not enough: {} {are} missing",
            ids(&found),
            ids(lacks)
        )
    } else {
        format!("{} is there without the values asked for", ids(&unreadable))
    };
    let share = found.len() as f64 / case.signature.symptoms.len().max(1) as f64;
    let close = weight(case.signature, &case.items, best) * share;
    Some(NearMiss {
        signature: reference(case.signature),
        found: named(&found),
        missing: named(&missing),
        // From 0 to 1, and in the order of `close`.
        closeness: close / (1.0 + close),
        reason,
        first: Some(best.occurrence.first),
        computers: computers_of(&best.occurrence, &case.items),
    })
}
