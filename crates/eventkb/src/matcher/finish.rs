//! Turns what a session remembers into the report.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{self, Case};
use super::cause::{self, NameSeen, Surroundings};
use super::class::Class;
use super::coverage::{CoverageIndex, Diagnostics};
use super::evaluate::{Met, fold};
use super::finding;
use super::observation::{ClassKey, Stretch};
use super::occurrence::{self, Item, Role};
use super::rivals::{self, Standing};
use super::session::Session;
use super::tally::earliest;
use super::verdict::{self, Judged, State};
use crate::limits;
use crate::report::{
    CauseReport, Explanation, Finding, NearMiss, REPORT_VERSION, Report, SignatureCount,
    SignatureRef, Tool, Totals, Verdict,
};
use crate::signature::model::Signature;
use crate::signature::set::{Part, Subscription};
use eventkb_logs::duplicates;

/// A class with its events spelled out, made once for all signatures.
struct Seen<'a> {
    key: &'a ClassKey,
    stretches: Vec<Stretch>,
    /// Signatures that count it as found.
    shared_by: usize,
}

/// What the whole dump offers to every signature.
pub(super) struct Dump<'a> {
    pub(super) coverage: &'a CoverageIndex,
    pub(super) diagnostics: &'a Diagnostics,
    pub(super) computers: Vec<String>,
    /// Events dropped because there were too many kinds of them.
    pub(super) dropped: u64,
}

pub(super) fn finish(mut session: Session<'_>) -> Report {
    session.settle();
    session.inputs.sort_by(|a, b| a.path.cmp(&b.path));
    let copies = duplicates::fold(&mut session.inputs);
    session.coverage.forget(&copies);
    for (_, class) in session.classes.values_mut() {
        class.forget(&copies);
    }
    for (file, tally) in std::mem::take(&mut session.tallies) {
        if !copies.contains(&file) {
            session.tally.merge(tally);
        }
    }
    let spans = session.coverage.spans();
    let index = CoverageIndex::new(spans.clone());
    let mut computers = session.coverage.computers();
    computers.extend(
        session
            .classes
            .values()
            .map(|(key, _)| key.computer.clone()),
    );
    computers.retain(|name| !name.is_empty());
    let dump = Dump {
        coverage: &index,
        diagnostics: &session.diagnostics,
        computers: computers.into_iter().collect(),
        dropped: session.dropped,
    };
    let seen: Vec<Seen<'_>> = session
        .classes
        .values()
        .map(|(key, class)| look(key, class))
        .collect();
    let parts = by_signature(&seen);

    let mut findings = Vec::new();
    let mut near_misses = Vec::new();
    let mut near_standings = BTreeMap::new();
    let mut explained = Vec::new();
    for (number, signature) in session.signatures.iter().enumerate() {
        let wanted = session.explain.contains(&signature.id);
        let parts = parts.get(&number).map_or(&[][..], Vec::as_slice);
        if parts.is_empty() && !wanted {
            continue;
        }
        let case = judge(signature, parts, &seen, &dump);
        let verdict = case.verdict();
        if let Some(verdict) = verdict {
            findings.push(finding::finding(&case, &dump, verdict));
        } else if let Some(near) = case::near_miss(&case) {
            near_misses.push(near);
            let symptoms = finding::symptoms(&case, &dump);
            let standing = Standing::near(signature, &symptoms);
            near_standings.insert(signature.id.clone(), standing);
        }
        if wanted {
            let finding = finding::finding(&case, &dump, verdict.unwrap_or(Verdict::RuledOut));
            explained.push(Explanation { verdict, finding });
        }
    }
    order(&mut findings);
    rivals::relate(&mut findings, session.signatures, near_standings);
    // What is explained has the same rivals as the finding.
    for Explanation { finding, .. } in &mut explained {
        let same = findings.iter().find(|f| f.signature == finding.signature);
        if let Some(related) = same {
            finding.clone_from(related);
        }
    }
    order_near_misses(&mut near_misses);
    let explains = explained_events(&findings, session.signatures);
    let unexplained = session
        .tally
        .top(&|provider, id| explains.contains(&(provider.to_owned(), id)));

    let inputs = session.inputs;
    let mut ignored = session.ignored;
    ignored.sort();
    ignored.dedup();
    let mut totals = totals(&inputs);
    totals.records_duplicate += session
        .classes
        .values()
        .map(|(_, class)| class.duplicates())
        .sum::<u64>();
    Report {
        report_version: REPORT_VERSION,
        tool: Tool {
            name: "eventkb".into(),
            version: env!("CARGO_PKG_VERSION").into(),
        },
        signatures: SignatureCount {
            count: session.signatures.len(),
            built_in: session.signatures.built_in_count(),
        },
        scope: session.scope,
        cancelled: session.cancelled,
        findings,
        near_misses,
        unexplained,
        unexplained_not_counted: !session.counts_all,
        explained,
        coverage: spans,
        inputs,
        ignored,
        totals,
    }
}

fn look<'a>(key: &'a ClassKey, class: &Class) -> Seen<'a> {
    let found: BTreeSet<u32> = key
        .evaluations
        .iter()
        .filter(|(subscription, evaluation)| {
            matches!(subscription.part, Part::Symptom(_)) && evaluation.met == Met::Yes
        })
        .map(|(subscription, _)| subscription.signature)
        .collect();
    Seen {
        key,
        stretches: class.stretches(),
        shared_by: found.len(),
    }
}

/// One reason to look at a class: which class, and which of its evaluations or names.
#[derive(Clone, Copy)]
struct Reason {
    class: usize,
    subscription: Subscription,
    at: usize,
    is_name: bool,
}

fn by_signature(seen: &[Seen<'_>]) -> BTreeMap<usize, Vec<Reason>> {
    let mut parts: BTreeMap<usize, Vec<Reason>> = BTreeMap::new();
    for (class, seen) in seen.iter().enumerate() {
        let mut add = |subscription: Subscription, at: usize, is_name: bool| {
            parts
                .entry(subscription.signature as usize)
                .or_default()
                .push(Reason {
                    class,
                    subscription,
                    at,
                    is_name,
                });
        };
        for (at, (subscription, _)) in seen.key.evaluations.iter().enumerate() {
            add(*subscription, at, false);
        }
        for (at, (subscription, _)) in seen.key.names.iter().enumerate() {
            add(*subscription, at, true);
        }
    }
    parts
}

fn judge<'a>(
    signature: &'a Signature,
    parts: &[Reason],
    seen: &'a [Seen<'a>],
    dump: &Dump<'_>,
) -> Case<'a> {
    let mut items: Vec<Item<'a>> = parts
        .iter()
        .filter(|r| !r.is_name)
        .flat_map(|r| items_of(signature, *r, seen))
        .collect();
    items.sort_by(|a, b| {
        let order = |item: &Item<'a>| (item.stretch.first, item.role, item.computer);
        order(a)
            .cmp(&order(b))
            .then_with(|| a.stretch.proof.first().cmp(&b.stretch.proof.first()))
    });
    let (names, own_names) = names_of(parts, seen);
    let mut around = Surroundings {
        computers: dump.computers.clone(),
        peers: peers(signature, seen),
        taking_part: Vec::new(),
    };
    let check = |around: &Surroundings| {
        cause::check(signature.cause_check.as_ref(), &names, &own_names, around)
    };
    let mut cause = check(&around);
    let occurrences = occurrence::build(signature, &items, &dump.computers);
    let mut judged = all(signature, &items, occurrences.clone(), &cause);
    // Who takes part can settle whose name should have been given, and that can settle a verdict.
    if let Some(best) = judged.first() {
        around.taking_part = case::computers_of(&best.occurrence, &items);
        let again = check(&around);
        if again.state != cause.state {
            judged = all(signature, &items, occurrences, &again);
        }
        cause = again;
    }
    Case {
        signature,
        items,
        judged,
        cause,
    }
}

/// All occurrences with their verdicts, best first.
fn all(
    signature: &Signature,
    items: &[Item<'_>],
    occurrences: Vec<occurrence::Occurrence>,
    cause: &CauseReport,
) -> Vec<Judged> {
    let mut judged: Vec<Judged> = occurrences
        .into_iter()
        .map(|occurrence| verdict::judge(signature, items, occurrence, cause.state))
        .collect();
    let weigh = |judged: &Judged| -> f64 { case::weight(signature, items, judged) };
    judged.sort_by(|a, b| {
        let key = |j: &Judged| {
            (
                j.verdict,
                j.states.iter().filter(|s| **s == State::Found).count(),
            )
        };
        key(b)
            .cmp(&key(a))
            .then(weigh(b).total_cmp(&weigh(a)))
            .then(a.occurrence.first.cmp(&b.occurrence.first))
            .then(a.occurrence.computer.cmp(&b.occurrence.computer))
            .then(a.occurrence.key.cmp(&b.occurrence.key))
    });
    judged
}

fn items_of<'a>(signature: &'a Signature, reason: Reason, seen: &'a [Seen<'a>]) -> Vec<Item<'a>> {
    let Some(class) = seen.get(reason.class) else {
        return Vec::new();
    };
    let Some((_, evaluation)) = class.key.evaluations.get(reason.at) else {
        return Vec::new();
    };
    let (role, captures) = match reason.subscription.part {
        Part::Symptom(n) => {
            let n = usize::from(n);
            (
                Role::Symptom(n),
                signature.symptoms.get(n).map(|s| &s.capture),
            )
        }
        Part::RuleOut(n) => {
            let n = usize::from(n);
            (
                Role::RuleOut(n),
                signature.rules_out.get(n).map(|r| &r.capture),
            )
        }
        Part::Name(_) | Part::OwnName(_) => return Vec::new(),
    };
    let captures = captures.map_or(&[][..], Vec::as_slice);
    let captured = |name: Option<&String>| {
        let at = captures
            .iter()
            .position(|capture| Some(&capture.name) == name)?;
        let (_, value) = evaluation
            .captures
            .iter()
            .find(|(n, _)| usize::from(*n) == at)?;
        Some((captures.get(at)?.fold_case, value.as_str()))
    };
    let key = captured(signature.join.key.as_ref());
    let peer = captured(signature.join.peer.as_ref()).map(|(_, value)| value);
    class
        .stretches
        .iter()
        .map(|stretch| Item {
            role,
            met: evaluation.met,
            computer: &class.key.computer,
            key: key.map(|(folds, value)| if folds { fold(value) } else { value.to_owned() }),
            key_shown: key.map(|(_, value)| value),
            peer,
            evaluation,
            stretch,
            shared_by: class.shared_by,
        })
        .collect()
}

fn names_of(parts: &[Reason], seen: &[Seen<'_>]) -> (Vec<NameSeen>, Vec<NameSeen>) {
    let (mut names, mut own) = (Vec::new(), Vec::new());
    for reason in parts.iter().filter(|reason| reason.is_name) {
        let Some(class) = seen.get(reason.class) else {
            continue;
        };
        let Some((_, name)) = class.key.names.get(reason.at) else {
            continue;
        };
        let Some(proof) = class.stretches.first().and_then(|s| s.proof.first()) else {
            continue;
        };
        let seen = NameSeen {
            name: name.clone(),
            on: class.key.computer.clone(),
            proof: proof.clone(),
        };
        match reason.subscription.part {
            Part::OwnName(_) => own.push(seen),
            _ => names.push(seen),
        }
    }
    for list in [&mut names, &mut own] {
        list.sort_by(|a, b| (&a.proof, &a.name).cmp(&(&b.proof, &b.name)));
        list.dedup();
    }
    (names, own)
}

/// Computers with events of the signature's providers.
fn peers(signature: &Signature, seen: &[Seen<'_>]) -> Vec<String> {
    let providers: BTreeSet<String> = signature
        .symptoms
        .iter()
        .flat_map(|symptom| {
            symptom
                .provider
                .iter()
                .map(|name| name.to_ascii_lowercase())
        })
        .collect();
    let names: BTreeSet<&str> = seen
        .iter()
        .filter(|seen| providers.contains(&seen.key.provider) && !seen.key.computer.is_empty())
        .map(|seen| seen.key.computer.as_str())
        .collect();
    names.into_iter().map(str::to_owned).collect()
}

/// Best first: verdict, cause, fit; `ruled_out` last.
fn order(findings: &mut [Finding]) {
    let cause = |finding: &Finding| match finding.cause.state {
        crate::report::CauseState::Confirmed => 0,
        crate::report::CauseState::Unknown => 1,
        crate::report::CauseState::Contradicted => 2,
    };
    findings.sort_by(|a, b| {
        b.verdict
            .cmp(&a.verdict)
            .then(cause(a).cmp(&cause(b)))
            .then(b.ranking.score.total_cmp(&a.ranking.score))
            .then(a.signature.id.cmp(&b.signature.id))
    });
}

fn order_near_misses(near_misses: &mut Vec<NearMiss>) {
    near_misses.sort_by(|a, b| {
        b.closeness
            .total_cmp(&a.closeness)
            .then(a.signature.id.cmp(&b.signature.id))
    });
    near_misses.truncate(limits::MAX_NEAR_MISSES);
}

/// Events that a finding above `ruled_out` explains: provider (folded) and id.
fn explained_events(
    findings: &[Finding],
    signatures: &crate::signature::set::SignatureSet,
) -> BTreeSet<(String, u16)> {
    let mut explained = BTreeSet::new();
    for finding in findings
        .iter()
        .filter(|finding| finding.verdict >= Verdict::Possible)
    {
        let Some(signature) = signatures.get(&finding.signature.id) else {
            continue;
        };
        for (symptom, report) in signature.symptoms.iter().zip(&finding.symptoms) {
            if report.count > 0 {
                let names = symptom
                    .provider
                    .iter()
                    .map(|name| name.to_ascii_lowercase());
                explained.extend(names.map(|name| (name, symptom.event_id)));
            }
        }
    }
    explained
}

fn totals(inputs: &[crate::report::Input]) -> Totals {
    let mut totals = Totals::default();
    for input in inputs {
        if input.error.is_some() {
            totals.failed_files += 1;
        } else {
            totals.files += 1;
        }
        totals.bytes += input.bytes;
        totals.records_read += input.records_read;
        totals.records_recovered += input.records_recovered;
        totals.records_lost += input.records_lost;
        totals.records_duplicate += input.records_duplicate;
        totals.first = earliest(totals.first, input.first);
        totals.last = totals.last.max(input.last);
    }
    totals
}

/// How a report names a signature.
pub(super) fn reference(signature: &Signature) -> SignatureRef {
    SignatureRef {
        id: signature.id.clone(),
        revision: signature.revision,
        title: signature.title.clone(),
    }
}
