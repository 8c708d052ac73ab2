//! Sets findings against each other: which other article explains the same evidence, and what
//! separates the two.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::report::{Finding, RivalReport, SymptomReport, SymptomState, Verdict};
use crate::signature::model::{Role, Signature};
use crate::signature::set::SignatureSet;

/// Rivals shown for one finding.
const MOST_RIVALS: usize = 6;

/// Findings remembered for one record, best first. Enough for all rivals shown, those that authors
/// name among them; many signatures may want the same event.
const MOST_CLAIMS: usize = 16;

/// A record, as a citation names it: file, record id, time.
type Record = (String, Option<u64>, Option<Timestamp>);

/// How another signature stands over the same logs.
pub(super) struct Standing {
    /// `None` when it has evidence, but too little for a verdict.
    verdict: Option<Verdict>,
    /// What rules it out, if that is another event.
    against: Option<String>,
    /// Its core and strong events that are not in logs that could have held them: id and why.
    missing: Vec<(u16, String)>,
    /// Those that the logs could not have shown.
    unknown: Vec<(u16, String)>,
    /// Its events that were seen with other values.
    contradicted: Vec<(u16, String)>,
}

impl Standing {
    /// The standing of a signature without a verdict.
    pub(super) fn near(signature: &Signature, symptoms: &[SymptomReport]) -> Standing {
        Standing::of(signature, symptoms, None)
    }

    fn of(signature: &Signature, symptoms: &[SymptomReport], verdict: Option<Verdict>) -> Standing {
        let telling: Vec<&SymptomReport> = signature
            .symptoms
            .iter()
            .zip(symptoms)
            .filter(|(symptom, _)| symptom.role != Role::Supporting)
            .map(|(_, report)| report)
            .collect();
        let with = |state: SymptomState| {
            let reports = telling.iter().filter(|s| s.state == state);
            reports.map(|s| (s.event_id, s.reason.clone())).collect()
        };
        Standing {
            verdict,
            against: None,
            missing: with(SymptomState::NotFound),
            unknown: with(SymptomState::NotCheckable),
            contradicted: with(SymptomState::Contradicted),
        }
    }

    fn is_offered(&self) -> bool {
        self.verdict > Some(Verdict::RuledOut)
    }
}

/// All signatures with evidence, and who claims which record.
struct Field<'a> {
    signatures: &'a SignatureSet,
    standings: BTreeMap<String, Standing>,
    /// Id and title of all findings, best first.
    order: Vec<(String, String)>,
    /// Positions in `order` of the offered findings that cite a record.
    claims: BTreeMap<Record, Vec<usize>>,
}

/// Fills in rivals and better articles. `findings` are in their final order; `near` is how
/// signatures without a verdict stand.
pub(super) fn relate(
    findings: &mut [Finding],
    signatures: &SignatureSet,
    near: BTreeMap<String, Standing>,
) {
    let mut field = Field {
        signatures,
        standings: near,
        order: Vec::new(),
        claims: BTreeMap::new(),
    };
    for (n, finding) in findings.iter().enumerate() {
        let id = &finding.signature.id;
        field
            .order
            .push((id.clone(), finding.signature.title.clone()));
        let Some(signature) = signatures.get(id) else {
            continue;
        };
        let mut standing = Standing::of(signature, &finding.symptoms, Some(finding.verdict));
        let ruled_out = finding.verdict == Verdict::RuledOut;
        if ruled_out && (finding.better.is_some() || standing.contradicted.is_empty()) {
            standing.against = Some(finding.reason.trim_end_matches('.').to_owned());
        }
        field.standings.insert(id.clone(), standing);
        if !ruled_out {
            for record in records(finding) {
                let claims = field.claims.entry(record).or_default();
                if claims.len() < MOST_CLAIMS && claims.last() != Some(&n) {
                    claims.push(n);
                }
            }
        }
    }
    for (n, finding) in findings.iter_mut().enumerate() {
        let sharing: BTreeSet<usize> = records(finding)
            .filter_map(|record| field.claims.get(&record))
            .flatten()
            .copied()
            .filter(|other| *other != n)
            .collect();
        if finding.verdict == Verdict::RuledOut {
            finding.better = field.better(finding.better.take(), &sharing);
        }
        finding.rivals = field.rivals(finding, &sharing);
    }
}

fn records(finding: &Finding) -> impl Iterator<Item = Record> + '_ {
    finding
        .symptoms
        .iter()
        .flat_map(|s| &s.citations)
        .map(|c| (c.file.clone(), c.record_id, c.time))
}

impl Field<'_> {
    /// The article that explains better what rules one out: the author's, unless the logs do not
    /// bear it out, and otherwise the best one that explains some of the same records.
    fn better(&self, named: Option<String>, sharing: &BTreeSet<usize>) -> Option<String> {
        let holds = |id: &String| {
            // One that is not loaded was not asked.
            self.signatures.get(id).is_none()
                || self.standings.get(id).is_some_and(Standing::is_offered)
        };
        named.filter(holds).or_else(|| {
            let (id, _) = self.order.get(*sharing.first()?)?;
            Some(id.clone())
        })
    }

    fn rivals(&self, finding: &Finding, sharing: &BTreeSet<usize>) -> Vec<RivalReport> {
        let Some(signature) = self.signatures.get(&finding.signature.id) else {
            return Vec::new();
        };
        let mut reports: Vec<RivalReport> = signature
            .rivals
            .iter()
            .map(|rival| {
                let known = self.signatures.get(&rival.id);
                RivalReport {
                    id: rival.id.clone(),
                    title: known.map(|s| s.title.clone()).unwrap_or_default(),
                    verdict: self.verdict(&rival.id),
                    difference: match known {
                        Some(_) => self.with_evidence(&rival.difference, &rival.id),
                        None => unasked(&rival.difference),
                    },
                    // A signature that is not loaded was not asked: nothing separates from it.
                    separated: known.is_some() && self.separated(finding.verdict, &rival.id),
                    next: rival.next.clone(),
                }
            })
            .collect();
        // Other findings over the same records are rivals, whether an author thought of them or
        // not.
        for (id, title) in sharing.iter().filter_map(|n| self.order.get(*n)) {
            if reports.iter().any(|rival| rival.id == *id) {
                continue;
            }
            reports.push(RivalReport {
                id: id.clone(),
                title: title.clone(),
                verdict: self.verdict(id),
                difference: self.with_evidence(&describe(self.signatures.get(id)), id),
                separated: self.separated(finding.verdict, id),
                next: None,
            });
        }
        for rival in &mut reports {
            if rival.separated {
                rival.next = None;
            } else if rival.next.is_none() {
                rival.next = self.ask(&rival.id);
            }
        }
        // Those that stand closest come first: what the logs leave open before what they settle.
        reports.sort_by_key(|rival| (rival.separated, std::cmp::Reverse(rival.verdict)));
        reports.truncate(MOST_RIVALS);
        reports
    }

    fn verdict(&self, id: &str) -> Option<Verdict> {
        self.standings.get(id).and_then(|standing| standing.verdict)
    }

    /// Whether the logs tell a finding from another article. An absence does so only where the
    /// logs could have held the event.
    fn separated(&self, ours: Verdict, id: &str) -> bool {
        let Some(theirs) = self.standings.get(id) else {
            return true;
        };
        match theirs.verdict {
            Some(Verdict::RuledOut) => true,
            Some(verdict) if verdict >= ours => false,
            _ => ours == Verdict::Match || theirs.unknown.is_empty(),
        }
    }

    /// The author's sentence, and what the logs at hand say about it.
    fn with_evidence(&self, difference: &str, id: &str) -> String {
        let here = match self.standings.get(id) {
            Some(standing) => {
                let mut says: Vec<&(u16, String)> = standing.contradicted.iter().collect();
                says.extend(&standing.missing);
                if standing.against.is_none() {
                    says.extend(&standing.unknown);
                }
                let parts = says.iter().map(|(id, why)| format!("{id}: {why}"));
                let parts: Vec<String> = parts.chain(standing.against.clone()).collect();
                parts.join("; ")
            }
            None => "none of its events is in the logs with its values".to_owned(),
        };
        let difference = difference.trim_end_matches('.');
        if here.is_empty() {
            difference.to_owned()
        } else {
            format!("{difference}. Here: {here}")
        }
    }

    /// What to ask for when an author gave no advice: the events that would tell.
    fn ask(&self, id: &str) -> Option<String> {
        let standing = self.standings.get(id)?;
        let lacks = standing.unknown.iter().chain(&standing.missing);
        let events: Vec<String> = lacks.map(|(id, _)| id.to_string()).collect();
        (!events.is_empty()).then(|| format!("Look for {} of {id}.", events.join(", ")))
    }
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

/// The author's sentence about a signature that is not loaded.
fn unasked(difference: &str) -> String {
    let difference = difference.trim_end_matches('.');
    format!("{difference}. Here: its signature is not loaded, so the logs were not asked")
}
