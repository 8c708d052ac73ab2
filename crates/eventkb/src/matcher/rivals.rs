//! Sets findings against each other: which other article explains the same evidence, and what
//! separates the two.

use std::collections::BTreeMap;

use crate::report::{Finding, NearMiss, RivalReport, SymptomState, Verdict};
use crate::signature::model::{Role, Signature};
use crate::signature::set::SignatureSet;

/// Rivals shown for one finding.
const MOST_RIVALS: usize = 6;

/// What is known of another signature's standing.
struct Standing {
    verdict: Verdict,
    /// Its core and strong events that were not found: id and why.
    missing: Vec<(u16, String)>,
    /// Its events that were seen with other values.
    contradicted: Vec<(u16, String)>,
    /// Records it cites, as file and record id.
    cites: Vec<(String, Option<u64>, Option<jiff::Timestamp>)>,
}

/// Fills in rivals and better articles. `findings` are in their final order.
pub(super) fn relate(findings: &mut [Finding], signatures: &SignatureSet, near: &[NearMiss]) {
    let standings: BTreeMap<String, Standing> = findings
        .iter()
        .map(|f| (f.signature.id.clone(), standing(f, signatures)))
        .collect();
    let order: Vec<(String, String)> = findings
        .iter()
        .map(|f| (f.signature.id.clone(), f.signature.title.clone()))
        .collect();
    for finding in findings.iter_mut() {
        if finding.verdict == Verdict::RuledOut && finding.better.is_none() {
            finding.better = better(finding, &order, &standings);
        }
        finding.rivals = rivals(finding, signatures, &order, &standings, near);
    }
}

fn standing(finding: &Finding, signatures: &SignatureSet) -> Standing {
    let roles: BTreeMap<&str, Role> = signatures
        .get(&finding.signature.id)
        .map(|s| s.symptoms.iter().map(|x| (x.id.as_str(), x.role)).collect())
        .unwrap_or_default();
    let with = |states: &[SymptomState]| {
        finding
            .symptoms
            .iter()
            .filter(|s| states.contains(&s.state))
            .filter(|s| roles.get(s.id.as_str()) != Some(&Role::Supporting))
            .map(|s| (s.event_id, s.reason.clone()))
            .collect()
    };
    Standing {
        verdict: finding.verdict,
        missing: with(&[SymptomState::NotFound, SymptomState::NotCheckable]),
        contradicted: with(&[SymptomState::Contradicted]),
        cites: cites(finding),
    }
}

fn cites(finding: &Finding) -> Vec<(String, Option<u64>, Option<jiff::Timestamp>)> {
    finding
        .symptoms
        .iter()
        .flat_map(|s| {
            s.citations
                .iter()
                .map(|c| (c.file.clone(), c.record_id, c.time))
        })
        .collect()
}

/// The best finding that explains some of the same records.
fn better(
    finding: &Finding,
    order: &[(String, String)],
    standings: &BTreeMap<String, Standing>,
) -> Option<String> {
    let ours = cites(finding);
    order
        .iter()
        .filter(|(id, _)| *id != finding.signature.id)
        .find(|(id, _)| {
            standings.get(id).is_some_and(|s| {
                s.verdict > Verdict::RuledOut && s.cites.iter().any(|cite| ours.contains(cite))
            })
        })
        .map(|(id, _)| id.clone())
}

fn rivals(
    finding: &Finding,
    signatures: &SignatureSet,
    order: &[(String, String)],
    standings: &BTreeMap<String, Standing>,
    near: &[NearMiss],
) -> Vec<RivalReport> {
    let Some(signature) = signatures.get(&finding.signature.id) else {
        return Vec::new();
    };
    let mut reports: Vec<RivalReport> = signature
        .rivals
        .iter()
        .map(|rival| {
            let known = signatures.get(&rival.id);
            RivalReport {
                id: rival.id.clone(),
                title: known.map(|s| s.title.clone()).unwrap_or_default(),
                verdict: standings.get(&rival.id).map(|s| s.verdict),
                difference: match known {
                    Some(_) => with_evidence(&rival.difference, &rival.id, standings, near),
                    None => unasked(&rival.difference),
                },
                // A signature that is not loaded was not asked: nothing separates from it.
                separated: known.is_some() && separated(finding.verdict, standings.get(&rival.id)),
                next: rival.next.clone(),
            }
        })
        .collect();
    // Other findings over the same records are rivals, whether an author thought of them or not.
    let ours = cites(finding);
    for (id, title) in order.iter().filter(|(id, _)| *id != finding.signature.id) {
        let Some(standing) = standings.get(id) else {
            continue;
        };
        let known = reports.iter().any(|rival| rival.id == *id);
        let shares = standing.cites.iter().any(|cite| ours.contains(cite));
        if known || !shares || standing.verdict == Verdict::RuledOut {
            continue;
        }
        reports.push(RivalReport {
            id: id.clone(),
            title: title.clone(),
            verdict: Some(standing.verdict),
            difference: with_evidence(&describe(signatures.get(id)), id, standings, near),
            separated: separated(finding.verdict, Some(standing)),
            next: None,
        });
    }
    for rival in &mut reports {
        if rival.separated {
            rival.next = None;
        } else if rival.next.is_none() {
            rival.next = ask(&rival.id, standings);
        }
    }
    // Those that stand closest come first.
    reports.sort_by_key(|rival| std::cmp::Reverse(rival.verdict));
    reports.truncate(MOST_RIVALS);
    reports
}

fn separated(ours: Verdict, theirs: Option<&Standing>) -> bool {
    theirs.is_none_or(|standing| standing.verdict < ours)
}

/// What a signature asks for, in one line.
fn describe(signature: Option<&Signature>) -> String {
    let Some(signature) = signature else {
        return String::new();
    };
    let core: Vec<String> = signature
        .symptoms
        .iter()
        .filter(|s| s.role != Role::Supporting)
        .map(|s| {
            let values: Vec<String> = s
                .conditions
                .iter()
                .map(crate::matcher::evaluate::in_words)
                .collect();
            if values.is_empty() {
                s.event_id.to_string()
            } else {
                format!("{} where {}", s.event_id, values.join(" and "))
            }
        })
        .collect();
    format!("{} asks for {}", signature.id, core.join(", "))
}

/// The author's sentence, and what the logs at hand say about it.
fn with_evidence(
    difference: &str,
    id: &str,
    standings: &BTreeMap<String, Standing>,
    near: &[NearMiss],
) -> String {
    let here = match standings.get(id) {
        Some(standing) => {
            let mut parts: Vec<String> = standing
                .contradicted
                .iter()
                .map(|(id, why)| format!("{id}: {why}"))
                .collect();
            parts.extend(
                standing
                    .missing
                    .iter()
                    .map(|(id, why)| format!("{id}: {why}")),
            );
            parts.join("; ")
        }
        None => match near.iter().find(|near| near.signature.id == id) {
            Some(near) => near.reason.clone(),
            None => "none of its own events is in the logs".to_owned(),
        },
    };
    let difference = difference.trim_end_matches('.');
    if here.is_empty() {
        difference.to_owned()
    } else {
        format!("{difference}. Here: {here}")
    }
}

/// The author's sentence about a signature that is not loaded.
fn unasked(difference: &str) -> String {
    let difference = difference.trim_end_matches('.');
    format!("{difference}. Here: its signature is not loaded, so the logs were not asked")
}

/// What to ask for when an author gave no advice: the events that would tell.
fn ask(id: &str, standings: &BTreeMap<String, Standing>) -> Option<String> {
    let standing = standings.get(id)?;
    let events: Vec<String> = standing
        .missing
        .iter()
        .map(|(id, _)| id.to_string())
        .collect();
    (!events.is_empty()).then(|| format!("Look for {} of {id}.", events.join(", ")))
}
