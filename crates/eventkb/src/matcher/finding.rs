//! Says in full what one signature makes of the evidence.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::case::{self, Case};
use super::coverage::to_the_second;
use super::doubts::doubts;
use super::finish::{Dump, reference};
use super::occurrence::{Item, Role};
use super::symptoms::symptom_report;
use super::tally::earliest;
use super::verdict::{self, Judged, State};
use crate::limits;
use crate::report::{
    Finding, Group, OutcomeNode, Side, SymptomReport, SymptomState, TimelineEntry, Verdict,
};
use crate::signature::model::{Place, Signature};
use crate::signature::sentence;

/// The finding of a case.
pub(super) fn finding(case: &Case<'_>, dump: &Dump<'_>, verdict: Verdict) -> Finding {
    let signature = case.signature;
    let counted = case.counted();
    let symptoms = symptoms(case, dump);
    let items = || {
        counted
            .iter()
            .flat_map(|judged| case.items_of(&judged.occurrence))
    };
    let computers: BTreeSet<&str> = items()
        .map(|item| item.computer)
        .filter(|name| !name.is_empty())
        .collect();
    let better = case
        .best()
        .filter(|_| verdict == Verdict::RuledOut)
        .and_then(|best| best.ruled_out_by)
        .and_then(|(clause, _)| signature.rules_out.get(clause)?.better.clone());
    let states = case.best().map_or_else(
        || vec![State::Absent; signature.symptoms.len()],
        |best| best.states.clone(),
    );
    let tree = verdict::tree(signature, &states, case.cause.state, &|n| {
        symptoms
            .get(n)
            .map_or_else(OutcomeNode::default, |report| leaf(signature, n, report))
    });
    Finding {
        signature: reference(signature),
        verdict,
        reason: reason(case, &symptoms, verdict),
        cause: case.cause.clone(),
        occurrences: counted.len() as u64,
        computers: computers.into_iter().map(str::to_owned).collect(),
        first: items().map(|item| item.stretch.first).min(),
        last: items().map(|item| item.stretch.last).max(),
        sides: sides(case, &counted),
        groups: groups(case, &counted),
        timeline: case
            .best()
            .map(|best| timeline(case, best))
            .unwrap_or_default(),
        doubts: doubts(case, dump, &counted, &symptoms),
        better,
        rivals: Vec::new(),
        ranking: case::ranking(case),
        cause_text: signature.cause.clone(),
        resolution: signature.resolution.clone(),
        collect: signature.collect.clone(),
        references: signature
            .references
            .iter()
            .map(|r| format!("{}: {}", r.id, r.note))
            .collect(),
        tree,
        symptoms,
    }
}

/// What became of each symptom of a case.
pub(super) fn symptoms(case: &Case<'_>, dump: &Dump<'_>) -> Vec<SymptomReport> {
    let counted = case.counted();
    let symptoms = case.signature.symptoms.iter().enumerate();
    symptoms
        .map(|(n, symptom)| symptom_report(case, dump, &counted, n, symptom))
        .collect()
}

fn leaf(signature: &Signature, n: usize, report: &SymptomReport) -> OutcomeNode {
    let id = signature
        .symptoms
        .get(n)
        .map_or("", |symptom| symptom.id.as_str());
    let met = report.state == SymptomState::Found;
    let detail = match report.state {
        SymptomState::Found => {
            let first = report.citations.first();
            let cited = first.map(|c| {
                let record = c
                    .record_id
                    .map_or_else(String::new, |id| format!(" record {id}"));
                format!(" {}{record}", c.file)
            });
            format!("{} x, first{}", report.count, cited.unwrap_or_default())
        }
        _ => report.reason.clone(),
    };
    let children = report
        .wanted
        .iter()
        .map(|wanted| OutcomeNode {
            label: wanted.clone(),
            met,
            detail: String::new(),
            children: Vec::new(),
        })
        .collect();
    OutcomeNode {
        label: format!("{id}: {} {}", report.provider, report.event_id),
        met,
        detail,
        children,
    }
}

fn reason(case: &Case<'_>, symptoms: &[SymptomReport], verdict: Verdict) -> String {
    let listed = |state: SymptomState| {
        let names: Vec<String> = symptoms
            .iter()
            .filter(|s| s.state == state)
            .map(|s| s.event_id.to_string())
            .collect();
        names.join(", ")
    };
    let found = symptoms
        .iter()
        .filter(|s| s.state == SymptomState::Found)
        .count();
    let total = symptoms.len();
    let others: Vec<String> = symptoms
        .iter()
        .filter(|s| s.state == SymptomState::Contradicted)
        .map(|s| format!("{}: {}", s.event_id, s.reason))
        .collect();
    let Some(best) = case.best() else {
        return "None of its events is in the logs.".to_owned();
    };
    let on = match best.occurrence.computer.as_str() {
        "" => "a computer that the records do not name",
        name => name,
    };
    let without_values = symptoms
        .iter()
        .zip(&best.states)
        .filter(|(_, state)| **state == State::Unreadable)
        .map(|(symptom, _)| symptom.event_id.to_string())
        .collect::<Vec<_>>()
        .join(", ");
    match verdict {
        Verdict::Match => {
            format!(
                "All {total} events of the article are there in one attempt on {on}, with its values."
            )
        }
        Verdict::Likely => format!(
            "{found} of {total} events of the article are there in one attempt on {on} ({}), and nothing contradicts.",
            listed(SymptomState::Found)
        ),
        Verdict::Possible if others.is_empty() && !without_values.is_empty() => format!(
            "Events of the article are there in one attempt on {on}, but {without_values} without the values that would tell: this log or export does not carry them."
        ),
        Verdict::Possible if others.is_empty() => format!(
            "{found} of {total} events of the article are there in one attempt on {on} ({}): its core, but too little to tell it from others.",
            listed(SymptomState::Found)
        ),
        Verdict::Possible => format!(
            "Events of the article are there in one attempt on {on}, but with other values. {}.",
            others.join(". ")
        ),
        Verdict::RuledOut => ruled_out(case, best, &others),
    }
}

fn ruled_out(case: &Case<'_>, best: &Judged, others: &[String]) -> String {
    let clause = best.ruled_out_by.and_then(|(clause, item)| {
        Some((case.signature.rules_out.get(clause)?, case.items.get(item)?))
    });
    match clause {
        Some((clause, item)) => {
            let proof = item.stretch.proof.first();
            let record = proof
                .map(|proof| {
                    let id = proof
                        .record_id
                        .map_or_else(String::new, |id| format!(" record {id}"));
                    format!(", {}{id}", proof.file)
                })
                .unwrap_or_default();
            format!(
                "{} {} on {} ({}{record}): {}.",
                clause.provider.first().map_or("", String::as_str),
                clause.event_id,
                item.computer,
                to_the_second(item.stretch.first),
                clause.reason
            )
        }
        None if others.is_empty() => "Nothing of it fits.".to_owned(),
        None => format!(
            "Some of its events are there, but with other values. {}.",
            others.join(". ")
        ),
    }
}

fn sides(case: &Case<'_>, counted: &[&Judged]) -> Vec<Side> {
    case.signature
        .sides
        .iter()
        .map(|side| {
            let computers: BTreeSet<&str> = counted
                .iter()
                .flat_map(|judged| case.items_of(&judged.occurrence))
                .filter(|item| {
                    let Role::Symptom(n) = item.role else {
                        return false;
                    };
                    let of = case
                        .signature
                        .symptoms
                        .get(n)
                        .and_then(|s| s.side.as_deref());
                    of == Some(side.name.as_str())
                })
                .map(|item| item.computer)
                .collect();
            Side {
                name: side.name.clone(),
                description: side.description.clone(),
                computers: computers.into_iter().map(str::to_owned).collect(),
            }
        })
        .collect()
}

fn groups(case: &Case<'_>, counted: &[&Judged]) -> Vec<Group> {
    let mut groups: BTreeMap<(String, Option<String>), Group> = BTreeMap::new();
    for judged in counted {
        let Some(verdict) = judged.verdict else {
            continue;
        };
        let occurrence = &judged.occurrence;
        let items = || case.items_of(occurrence);
        // Shown as the core event writes it: other events fold the case.
        let key = items().find_map(|item| item.key_shown).map(str::to_owned);
        let first = items().map(|item| item.stretch.first).min();
        let last = items().map(|item| item.stretch.last).max();
        let group = groups
            .entry((occurrence.computer.clone(), occurrence.key.clone()))
            .or_insert_with(|| Group {
                computer: occurrence.computer.clone(),
                key,
                verdict,
                occurrences: 0,
                first: None,
                last: None,
            });
        group.verdict = group.verdict.max(verdict);
        group.occurrences += 1;
        group.first = earliest(group.first, first);
        group.last = group.last.max(last);
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by(|a, b| b.verdict.cmp(&a.verdict).then(a.first.cmp(&b.first)));
    groups.truncate(limits::MAX_COMPUTERS_LISTED);
    groups
}

/// Events of the timeline.
const MOST_TIMELINE: usize = 20;

fn timeline(case: &Case<'_>, best: &Judged) -> Vec<TimelineEntry> {
    let occurrence = &best.occurrence;
    let anchor = case.items.get(occurrence.anchor);
    let mut entries: Vec<(usize, &Item<'_>)> = occurrence
        .items
        .iter()
        .filter_map(|&n| Some((n, case.items.get(n)?)))
        .collect();
    entries.sort_by_key(|(n, item)| (item.stretch.first, *n));
    entries
        .into_iter()
        .take(MOST_TIMELINE)
        .filter_map(|(n, item)| {
            let Role::Symptom(at) = item.role else {
                return None;
            };
            let symptom = case.signature.symptoms.get(at)?;
            let strings = item
                .stretch
                .proof
                .first()
                .map_or(&[][..], |proof| &proof.strings);
            let text = match &symptom.sentence {
                Some(sentence) => sentence::fill_text(sentence, &symptom.layouts, strings),
                None => symptom.description.clone(),
            };
            let across = symptom.place == Place::AnyComputer;
            let join = &case.signature.join;
            Some(TimelineEntry {
                symptom: symptom.id.clone(),
                event_id: symptom.event_id,
                computer: item.computer.to_owned(),
                time: Some(item.stretch.first),
                delta_s: anchor
                    .map(|anchor| seconds_between(anchor.stretch.first, item.stretch.first)),
                window_s: if across {
                    join.across_window_s
                } else {
                    join.window_s
                },
                anchor: n == occurrence.anchor,
                text,
            })
        })
        .collect()
}

/// Seconds with three decimals, so that the report does not pretend to more.
fn seconds_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_millis() as f64 / 1000.0
}
