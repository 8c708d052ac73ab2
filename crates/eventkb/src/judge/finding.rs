//! Writes down in full what one signature makes of the evidence.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::Collection;
use super::case::Case;
use super::cause;
use super::computers::Machine;
use super::doubts::doubts;
use super::items::{Item, ItemKind};
use super::key::Value;
use super::occurrence::Occurrence;
use super::ranking::ranking;
use super::symptoms::{shown_key, symptoms};
use super::verdict::{self, Court, Judged, State};
use super::versions::{self, NotApplicable};
use crate::collect::coverage::earliest;
use crate::limits;
use crate::report::{
    Answer, CauseReport, Explanation, Finding, Group, NearMiss, ObjectSeen, Side, SignatureRef,
    SymptomReport, SymptomState, TimelineEntry, Unmet, Verdict, VerdictCounts, VerdictReason,
};
use crate::signature::model::Signature;

/// How a report names a signature.
fn reference(signature: &Signature) -> SignatureRef {
    SignatureRef {
        id: signature.id.clone(),
        revision: signature.revision,
        title: signature.title.clone(),
        url: signature.url.clone(),
    }
}

fn court<'c>(collection: &'c Collection<'_>, case: &'c Case<'_>) -> Court<'c> {
    Court {
        collection,
        compiled: case.compiled,
        items: &case.items,
    }
}

/// The finding of a case that has a verdict. `in_full`: with its tree, and whole even where it is
/// ruled out.
pub(crate) fn finding(collection: &Collection<'_>, case: &Case<'_>, in_full: bool) -> Finding {
    let document = &case.compiled.document;
    let verdict = case.verdict().unwrap_or(Verdict::RuledOut);
    let counted: Vec<&Judged> = case.counted().collect();
    let symptoms = symptoms(collection, case);
    let items = || counted.iter().flat_map(|judged| case.items_of(judged));
    let computers: BTreeSet<&str> = items()
        .map(|(_, _, evidence)| evidence.computer())
        .filter(|name| !name.is_empty())
        .collect();
    let court = court(collection, case);
    let occurrences: Vec<&Occurrence> = counted.iter().map(|judged| &judged.occurrence).collect();
    let offered = case.is_offered();
    let (fix, history) = versions::fix_report(&court, &occurrences);
    let history = history && offered;
    let whole = offered || in_full;
    let (objects, objects_more) = objects(case, &counted);
    let by_verdict = counted
        .iter()
        .fold(VerdictCounts::default(), |mut sum, judged| {
            if let Some(verdict) = judged.verdict {
                sum.add(verdict);
            }
            sum
        });
    let best = case.best();
    let better = best
        .filter(|_| !offered)
        .and_then(|best| clause_of(case, best))
        .and_then(|(clause, _)| document.rules_out.get(clause)?.better.clone());
    let mut finding = Finding {
        signature: reference(document),
        standing: document.standing,
        severity: document.severity,
        verdict,
        reasons: reasons(collection, case, &symptoms),
        cause: best.map_or_else(CauseReport::default, |best| {
            cause::check(&court, &best.occurrence)
        }),
        occurrences: counted.len() as u64,
        by_verdict,
        computers: computers.into_iter().map(str::to_owned).collect(),
        first: case.items.first_of(items().map(|(n, _, _)| n)),
        last: case.items.last_of(items().map(|(n, _, _)| n)),
        objects,
        objects_more,
        sides: Vec::new(),
        groups: Vec::new(),
        timeline: Vec::new(),
        doubts: doubts(collection, case, &counted, &symptoms),
        fix,
        history,
        better,
        rival_of: None,
        rivals: Vec::new(),
        ranking: ranking(case, history),
        cause_text: String::new(),
        resolution: Vec::new(),
        collect: Vec::new(),
        references: Vec::new(),
        tree: Vec::new(),
        symptoms,
    };
    if whole {
        finding.sides = sides(case, &counted);
        finding.groups = groups(case, &counted);
        finding.timeline = best.map_or_else(Vec::new, |best| timeline(collection, case, best));
        finding.cause_text.clone_from(&document.cause);
        finding.resolution.clone_from(&document.resolution);
        finding.collect.clone_from(&document.collect);
        finding.references.clone_from(&document.references);
    }
    if in_full && let Some(best) = best {
        finding.tree = tree(&court, best, &finding.symptoms);
    }
    finding
}

fn tree(
    court: &Court<'_>,
    judged: &Judged,
    symptoms: &[SymptomReport],
) -> Vec<crate::report::RuleNode> {
    let state_of = |n: usize| symptoms.get(n).map_or(SymptomState::NotFound, |s| s.state);
    verdict::tree(court, judged, &state_of)
}

/// What a case without a verdict says when it is asked for by name.
pub(crate) fn no_verdict(collection: &Collection<'_>, case: &Case<'_>) -> Explanation {
    let symptoms = symptoms(collection, case);
    let court = court(collection, case);
    let tree = case
        .best()
        .map_or_else(Vec::new, |best| tree(&court, best, &symptoms));
    Explanation::NoVerdict {
        signature: reference(&case.compiled.document),
        symptoms,
        tree,
    }
}

/// The clause that rules an occurrence out, with the item that shows it.
fn clause_of(case: &Case<'_>, judged: &Judged) -> Option<(usize, usize)> {
    let at = judged.ruled_out_by?;
    match case.items.all.get(at)?.kind {
        ItemKind::RuleOut(clause) => Some((clause, at)),
        ItemKind::Symptom(_) => None,
    }
}

fn reasons(
    collection: &Collection<'_>,
    case: &Case<'_>,
    symptoms: &[SymptomReport],
) -> Vec<VerdictReason> {
    let document = &case.compiled.document;
    let Some(best) = case.best() else {
        return Vec::new();
    };
    let mut reasons = Vec::new();
    match best.not_applicable.as_deref() {
        Some(NotApplicable::Version { at, seen }) => {
            let applies = document.applies_to.get(*at);
            reasons.push(VerdictReason::Version {
                product: applies.map(|a| a.product.clone()).unwrap_or_default(),
                seen: seen.clone(),
                wanted: applies.map(|a| a.versions.clone()).unwrap_or_default(),
            });
        }
        Some(NotApplicable::Fixed { update, installed }) => reasons.push(VerdictReason::Fixed {
            update: update.clone(),
            installed: *installed,
        }),
        None => {}
    }
    if let Some((clause, at)) = clause_of(case, best)
        && let (Some(clause), Some((item, evidence))) =
            (document.rules_out.get(clause), case.items.get(at))
        && let Some(citation) = evidence.citation_near(item.second)
    {
        reasons.push(VerdictReason::RuledOutBy {
            clause: clause.id.clone(),
            says: clause.reason.clone(),
            provider: evidence.seen.class.event.provider.clone(),
            event_id: evidence.seen.class.event.event_id,
            citation,
        });
    }
    if let Some(otherwise) = best.otherwise {
        let files = collection.unnamed.len() as u64;
        if files > 1 {
            reasons.push(VerdictReason::UnnamedComputers { files, otherwise });
        }
        if collection.has_weak {
            reasons.push(VerdictReason::WeakEvidence { otherwise });
        }
    }
    let contradicted = symptoms
        .iter()
        .filter(|s| s.state == SymptomState::Contradicted)
        .map(|s| s.id.clone());
    if best.verdict == Some(Verdict::RuledOut) {
        if reasons.is_empty() {
            reasons.push(VerdictReason::Contradicted {
                symptoms: contradicted.collect(),
            });
        }
        return reasons;
    }
    let count = |wanted: State| {
        let states = best.states.iter().enumerate();
        let of = states.filter(|(n, state)| **state == wanted && case.is_evidence(*n));
        of.count() as u64
    };
    reasons.insert(
        0,
        VerdictReason::Rule {
            computer: best.occurrence.computer.to_string(),
            found: count(State::Found),
            contradicted: count(State::Contradicted),
            unreadable: count(State::Unreadable),
            of: (0..best.states.len())
                .filter(|n| case.is_evidence(*n))
                .count() as u64,
        },
    );
    reasons
}

/// What an object's occurrences have in common. There can be a hundred thousand objects, nearly all
/// of them of one computer.
struct ObjectSum<'a> {
    /// Place of its kind among the parts of the key.
    at: usize,
    key: Value,
    name: &'a str,
    count: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    computer: &'a str,
    /// Besides that one.
    others: BTreeSet<&'a str>,
}

/// The objects of the counted occurrences, most frequent first, and how many are not listed.
fn objects(case: &Case<'_>, counted: &[&Judged]) -> (Vec<ObjectSeen>, u64) {
    let mut places: HashMap<(usize, Value), usize> = HashMap::new();
    let mut sums: Vec<ObjectSum<'_>> = Vec::new();
    for judged in counted {
        let occurrence = &judged.occurrence;
        let items = occurrence.items.iter().copied();
        let first = case.items.first_of(items.clone());
        let last = case.items.last_of(items);
        for (at, value) in occurrence
            .key
            .iter()
            .enumerate()
            .take(case.compiled.objects)
        {
            let Some(value) = *value else { continue };
            let place = *places.entry((at, value)).or_insert_with(|| {
                // Shown as the anchor event writes it: joining folds the case.
                let mut shown = case.items_of(judged).map(|(_, _, evidence)| evidence);
                let written = shown.find_map(|e| *e.key_shown(case.compiled).get(at)?);
                sums.push(ObjectSum {
                    at,
                    key: value,
                    name: written.unwrap_or_else(|| case.items.values.text(value)),
                    count: 0,
                    first: None,
                    last: None,
                    computer: &occurrence.computer,
                    others: BTreeSet::new(),
                });
                sums.len() - 1
            });
            let Some(sum) = sums.get_mut(place) else {
                continue;
            };
            sum.count += 1;
            sum.first = earliest(sum.first, first);
            sum.last = sum.last.max(last);
            if *sum.computer != *occurrence.computer {
                sum.others.insert(&occurrence.computer);
            }
        }
    }
    let kind = |at: usize| {
        case.compiled
            .key
            .get(at)
            .map_or("", |part| part.name.as_str())
    };
    let order = |a: &ObjectSum<'_>, b: &ObjectSum<'_>| {
        let by_count = b.count.cmp(&a.count);
        by_count.then_with(|| (kind(a.at), a.name, a.key).cmp(&(kind(b.at), b.name, b.key)))
    };
    let more = sums.len().saturating_sub(limits::MAX_OBJECTS_LISTED);
    if more > 0 {
        // Of very many, those that are listed need not be found by sorting all.
        sums.select_nth_unstable_by(limits::MAX_OBJECTS_LISTED, order);
        sums.truncate(limits::MAX_OBJECTS_LISTED);
    }
    sums.sort_unstable_by(order);
    let objects = sums.into_iter().map(|sum| {
        let mut computers = sum.others;
        computers.insert(sum.computer);
        let named = computers.into_iter().filter(|name| !name.is_empty());
        ObjectSeen {
            kind: kind(sum.at).to_owned(),
            name: sum.name.to_owned(),
            count: sum.count,
            first: sum.first,
            last: sum.last,
            computers: named
                .take(limits::MAX_COMPUTERS_LISTED)
                .map(str::to_owned)
                .collect(),
        }
    });
    (objects.collect(), more as u64)
}

fn sides(case: &Case<'_>, counted: &[&Judged]) -> Vec<Side> {
    let document = &case.compiled.document;
    let sides = document.sides.iter().map(|side| {
        let items = counted.iter().flat_map(|judged| case.items_of(judged));
        let computers: BTreeSet<&str> = items
            .filter(|(_, item, _)| {
                let ItemKind::Symptom(n) = item.kind else {
                    return false;
                };
                let of = document.symptoms.get(n).and_then(|s| s.side.as_deref());
                of == Some(side.name.as_str())
            })
            .map(|(_, _, evidence)| evidence.computer())
            .collect();
        Side {
            name: side.name.clone(),
            description: side.description.clone(),
            computers: computers.into_iter().map(str::to_owned).collect(),
        }
    });
    sides.collect()
}

/// What the occurrences of one computer and object have in common.
struct GroupSum<'a> {
    /// The first of them.
    shown: &'a Judged,
    verdict: Verdict,
    occurrences: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

fn groups(case: &Case<'_>, counted: &[&Judged]) -> Vec<Group> {
    // A computer that logs write with and without its domain is one.
    let mut sums: BTreeMap<(Machine, &super::key::Key), GroupSum<'_>> = BTreeMap::new();
    for judged in counted {
        let Some(verdict) = judged.verdict else {
            continue;
        };
        let occurrence = &judged.occurrence;
        let items = occurrence.items.iter().copied();
        let first = case.items.first_of(items.clone());
        let last = case.items.last_of(items);
        let place = (occurrence.machine, &occurrence.key);
        let sum = sums.entry(place).or_insert_with(|| GroupSum {
            shown: judged,
            verdict,
            occurrences: 0,
            first: None,
            last: None,
        });
        sum.verdict = sum.verdict.max(verdict);
        sum.occurrences += 1;
        sum.first = earliest(sum.first, first);
        sum.last = sum.last.max(last);
    }
    let mut sums: Vec<GroupSum<'_>> = sums.into_values().collect();
    sums.sort_by(|a, b| b.verdict.cmp(&a.verdict).then(a.first.cmp(&b.first)));
    sums.truncate(limits::MAX_COMPUTERS_LISTED);
    let groups = sums.into_iter().map(|sum| {
        let mut keys = case.items_of(sum.shown).map(|(_, _, e)| shown_key(case, e));
        Group {
            computer: sum.shown.occurrence.computer.to_string(),
            key: keys.find(|key| !key.is_empty()).unwrap_or_default(),
            verdict: sum.verdict,
            occurrences: sum.occurrences,
            first: sum.first,
            last: sum.last,
        }
    });
    groups.collect()
}

fn timeline(collection: &Collection<'_>, case: &Case<'_>, best: &Judged) -> Vec<TimelineEntry> {
    let anchor = best.occurrence.anchor;
    let anchored = case.items.first_time(anchor);
    let mut entries: Vec<(usize, &Item)> =
        case.items_of(best).map(|(n, item, _)| (n, item)).collect();
    entries.sort_by_key(|(n, _)| (case.items.first_time(*n), *n));
    let document = &case.compiled.document;
    entries
        .into_iter()
        .take(limits::MAX_TIMELINE)
        .filter_map(|(n, item)| {
            let ItemKind::Symptom(at) = item.kind else {
                return None;
            };
            let (_, evidence) = case.items.get(n)?;
            let event = &evidence.seen.class.event.whole();
            let facts = collection.classes.get(evidence.class_number);
            let facts = facts.and_then(|seen| seen.resolved.facts.as_deref());
            let strings = case
                .items
                .proof(n)
                .next()
                .map(|proof| proof.strings.to_vec());
            let strings = strings
                .or_else(|| event.strings.clone())
                .unwrap_or_default();
            let time = case.items.first_time(n);
            let local = case.compiled.symptoms.get(at).is_none_or(|s| s.local);
            Some(TimelineEntry {
                symptom: document.symptoms.get(at)?.id.clone(),
                provider: event.provider.clone(),
                event_id: event.event_id,
                computer: evidence.computer().to_owned(),
                time: Some(time),
                delta_s: Some(seconds_between(anchored, time)),
                window_s: if local {
                    document.join.window_s
                } else {
                    document.join.across_window_s
                },
                anchor: n == anchor,
                sentence: facts.map(|f| f.sentence(collection.set.codes(), &strings, &event.named)),
            })
        })
        .collect()
}

/// Seconds with three decimals, so that the report does not pretend to more.
fn seconds_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_millis() as f64 / 1000.0
}

/// What an article asks for that its closest occurrence does not have: core and strong events.
pub(crate) fn unmet(collection: &Collection<'_>, case: &Case<'_>) -> Vec<Unmet> {
    unmet_of(&symptoms(collection, case))
}

/// See [`unmet`].
pub(crate) fn unmet_of(symptoms: &[SymptomReport]) -> Vec<Unmet> {
    let telling = symptoms
        .iter()
        .filter(|s| s.state != SymptomState::Found && (s.role == "core" || s.role == "strong"));
    telling
        .map(|symptom| Unmet {
            symptom: symptom.id.clone(),
            provider: symptom.provider.clone(),
            event_id: symptom.event_id,
            state: symptom.state,
            absence: symptom.absence.clone(),
            conditions: symptom
                .conditions
                .iter()
                .filter(|c| c.holds == Some(Answer::No))
                .cloned()
                .collect(),
        })
        .collect()
}

/// What a signature without a verdict came close with, if that says anything: one generic event
/// says nothing.
pub(crate) fn near_miss(collection: &Collection<'_>, case: &Case<'_>) -> Option<NearMiss> {
    let best = case.best()?;
    let document = &case.compiled.document;
    let found: Vec<usize> = (0..best.states.len())
        .filter(|n| best.states.get(*n) == Some(&State::Found) && case.is_evidence(*n))
        .collect();
    let telling = found.iter().any(|n| {
        let values = document
            .symptoms
            .get(*n)
            .is_some_and(|s| !s.conditions.is_empty() || s.own);
        let mut with = case.items_with(best, *n, State::Found);
        values && with.any(|(_, _, evidence)| evidence.seen.shared_by <= 1)
    });
    if found.len() < 2 && !telling {
        return None;
    }
    let share = found.len() as f64 / document.symptoms.len().max(1) as f64;
    let close = best.weight * share;
    let computers: BTreeSet<&str> = case
        .items_of(best)
        .map(|(_, _, evidence)| evidence.computer())
        .filter(|name| !name.is_empty())
        .collect();
    Some(NearMiss {
        signature: reference(document),
        standing: document.standing,
        found: found
            .iter()
            .filter_map(|n| document.symptoms.get(*n))
            .map(|symptom| symptom.id.clone())
            .collect(),
        unmet: unmet(collection, case),
        // From 0 to 1, and in the order of `close`.
        closeness: close / (1.0 + close),
        first: case.items.first_of(best.occurrence.items.iter().copied()),
        computers: computers.into_iter().map(str::to_owned).collect(),
    })
}
