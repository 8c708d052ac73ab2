//! Says in full what one signature makes of the evidence.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::coverage::{Absence, same_computer, to_the_second};
use super::evaluate::{Met, in_words, kind_in_words, satisfies};
use super::finish::{Dump, reference};
use super::occurrence::{Item, Occurrence, Role};
use super::tally::earliest;
use super::verdict::{self, Judged, State};
use crate::event::Trust;
use crate::limits;
use crate::report::{
    CauseReport, CauseState, Citation, Doubt, Finding, Group, NearMiss, OutcomeNode, Ranking, Side,
    SymptomReport, SymptomState, TimelineEntry, ValueSeen, Verdict,
};
use crate::signature::model::{Place, Signature, Symptom};
use crate::signature::sentence;

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

    fn best(&self) -> Option<&Judged> {
        self.judged.first()
    }

    /// The occurrences a finding counts: those with a verdict that offers the article, or, when
    /// there is none, those that rule it out.
    fn counted(&self) -> Vec<&Judged> {
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

    fn items_of<'s>(&'s self, occurrence: &'s Occurrence) -> impl Iterator<Item = &'s Item<'a>> {
        occurrence.items.iter().filter_map(|&n| self.items.get(n))
    }

    fn items_with<'s>(
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

/// The finding of a case.
pub(super) fn finding(case: &Case<'_>, dump: &Dump<'_>, verdict: Verdict) -> Finding {
    let signature = case.signature;
    let counted = case.counted();
    let symptoms: Vec<SymptomReport> = signature
        .symptoms
        .iter()
        .enumerate()
        .map(|(n, symptom)| symptom_report(case, dump, &counted, n, symptom))
        .collect();
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
        ranking: ranking(case),
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

fn symptom_report(
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
        .map_or(&[][..], |proof| proof.strings.as_slice());
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
    let absence = if across {
        dump.coverage
            .absence(None, &[own], &signature.channel, from, to)
    } else {
        dump.coverage
            .absence(Some(own), &[], &signature.channel, from, to)
    };
    match absence {
        Absence::NotCheckable(why) => (SymptomState::NotCheckable, why),
        Absence::LookedFor { logs, damaged } => {
            if let Some(why) = logging_off(signature, dump, symptom, own) {
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

/// Why diagnostics logging may have kept a symptom from being written, if nothing shows it was on.
fn logging_off(
    signature: &Signature,
    dump: &Dump<'_>,
    symptom: &Symptom,
    computer: &str,
) -> Option<String> {
    let logging = signature
        .logging
        .iter()
        .find(|l| l.symptoms.contains(&symptom.id))?;
    let on = symptom.provider.iter().any(|p| {
        dump.diagnostics
            .has(p, computer, logging.number, &logging.category)
    });
    (!on).then(|| {
        format!(
            "only written with {} logging at {}, and no event of {computer} shows that it was on",
            logging.category, logging.level
        )
    })
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

fn doubts(
    case: &Case<'_>,
    dump: &Dump<'_>,
    counted: &[&Judged],
    symptoms: &[SymptomReport],
) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let mut add = |code: &str, message: String| {
        doubts.push(Doubt {
            code: code.to_owned(),
            message,
        });
    };
    if let Some(best) = case.best() {
        for message in skew(case, best) {
            add("clock_skew", message);
        }
    }
    let mut trusts: BTreeMap<Trust, u64> = BTreeMap::new();
    for item in counted
        .iter()
        .flat_map(|judged| case.items_of(&judged.occurrence))
    {
        for proof in item
            .stretch
            .proof
            .iter()
            .filter(|proof| proof.trust != Trust::Intact)
        {
            *trusts.entry(proof.trust).or_default() += 1;
        }
    }
    for (trust, count) in trusts {
        let what = match trust {
            Trust::Intact => continue,
            Trust::Repaired => "had a damaged frame that was put right",
            Trust::ChecksumFailed => {
                "come from a chunk whose checksum fails: their content may be altered"
            }
            Trust::Recovered => {
                "were recovered from space that the log no longer counts as its own"
            }
        };
        add(
            "damaged_evidence",
            format!("{count} of the cited records {what}."),
        );
    }
    if symptoms
        .iter()
        .any(|s| s.citations.iter().any(|c| c.from_text))
    {
        add(
            "from_text",
            "Values were read from message texts, because the export carries no insertion strings."
                .to_owned(),
        );
    }
    if symptoms
        .iter()
        .any(|s| s.state == SymptomState::NotFound && s.reason.contains("could not be read"))
    {
        add("damaged_log", "A symptom that was not found may have been in a part of the log that could not be read.".to_owned());
    }
    if dump.dropped > 0 {
        add(
            "evidence_dropped",
            format!(
                "{} relevant events were not kept: the logs hold more kinds of them than the limit of {}.",
                dump.dropped,
                limits::MAX_CLASSES
            ),
        );
    }
    doubts
}

/// Joins across computers that only hold because clocks may differ.
fn skew(case: &Case<'_>, best: &Judged) -> Vec<String> {
    let occurrence = &best.occurrence;
    let join = &case.signature.join;
    let window = i64::try_from(join.window_s).unwrap_or(i64::MAX);
    case.items_of(occurrence)
        .filter(|item| !same_computer(item.computer, &occurrence.computer))
        .filter(|item| occurrence.reach(item) > window)
        .filter_map(|item| {
            let Role::Symptom(n) = item.role else {
                return None;
            };
            let id = case.signature.symptoms.get(n)?.event_id;
            let before = occurrence.first.as_second() - item.stretch.last.as_second();
            let after = item.stretch.first.as_second() - occurrence.last.as_second();
            let way = if before > after { "before" } else { "after" };
            Some(format!(
                "{id} of {} lies {} s {way} the events of {}, too far for the {window} s of one attempt: joined only because {} s are allowed for clocks that differ. Compare the clocks of both computers.",
                item.computer,
                before.max(after),
                occurrence.computer,
                join.across_window_s
            ))
        })
        .take(3)
        .collect()
}

fn ranking(case: &Case<'_>) -> Ranking {
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
            .filter(|s| s.role == crate::signature::model::Role::Core)
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
    let symptoms = case.signature.symptoms.len().max(1) as f64;
    Some(NearMiss {
        signature: reference(case.signature),
        found: named(&found),
        missing: named(&missing),
        closeness: weight(case.signature, &case.items, best) / symptoms,
        reason,
        first: Some(best.occurrence.first),
        computers: computers_of(&best.occurrence, &case.items),
    })
}
