//! A general article beside a particular one: what of two matches over the same records is the
//! closer one.
//!
//! "The service did not answer in time" and "the database engine's launcher did not answer in
//! time, since its version differs" both match the same two records. Only the second one is the
//! answer; the first one is true as well, and becomes `likely`.

use std::collections::{BTreeMap, BTreeSet};

use super::Assessed;
use super::case::Case;
use super::items::{ItemKind, Standing};
use crate::limits;
use crate::report::{Verdict, VerdictReason};
use crate::signature::model::Role;

/// A record as all signatures know it: number of its class, and second.
type Record = (usize, i64);

/// What one occurrence rests on.
#[derive(Debug, Default)]
struct Occurrence {
    /// Records of core symptoms that are found.
    core: BTreeSet<Record>,
    /// Those, and records of strong ones.
    telling: BTreeSet<Record>,
}

/// What the occurrences that are a `match` rest on.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    occurrences: Vec<Occurrence>,
    /// The telling records of all of them.
    telling: BTreeSet<Record>,
    /// Records of all symptoms that are found.
    all: BTreeSet<Record>,
    id: String,
    /// Articles of which this one is a special case.
    generals: Vec<String>,
}

impl Claims {
    /// What a case claims; `None` if it is no match, or is so often that nothing else explains it.
    pub(crate) fn of(case: &Case<'_>) -> Option<Claims> {
        if case.verdict() != Some(Verdict::Match) {
            return None;
        }
        let rivals = case.compiled.document.rivals.iter();
        let generals = rivals.filter(|rival| rival.general);
        let mut claims = Claims {
            id: case.id().to_owned(),
            generals: generals.map(|rival| rival.id.clone()).collect(),
            ..Claims::default()
        };
        for judged in case
            .judged
            .iter()
            .filter(|j| j.verdict == Some(Verdict::Match))
        {
            let mut rests_on = Occurrence::default();
            for (_, item, evidence) in case.items_of(judged) {
                let ItemKind::Symptom(n) = item.kind else {
                    continue;
                };
                if item.standing != Standing::Yes {
                    continue;
                }
                let record = (evidence.class_number, item.second);
                let role = case.compiled.symptoms.get(n).map(|symptom| symptom.role);
                if role == Some(Role::Core) {
                    rests_on.core.insert(record);
                }
                if role <= Some(Role::Strong) {
                    rests_on.telling.insert(record);
                }
                if role <= Some(Role::Supporting) {
                    claims.all.insert(record);
                }
            }
            claims.telling.extend(&rests_on.telling);
            claims.occurrences.push(rests_on);
            if claims.all.len() > limits::MAX_RECORDS_COMPARED {
                return None;
            }
        }
        Some(claims)
    }

    /// Whether this match explains an occurrence of another one and says more.
    fn outdoes(&self, other: &Claims, occurrence: &Occurrence) -> bool {
        if other.is_special_case_of(self) {
            return false;
        }
        let says_more = || !self.telling.is_subset(&other.all);
        (occurrence.telling.is_subset(&self.all) && says_more())
            || (occurrence.core.is_subset(&self.all) && self.is_special_case_of(other))
    }

    fn is_special_case_of(&self, other: &Claims) -> bool {
        let mut generals = self.generals.iter();
        generals.any(|id| id.eq_ignore_ascii_case(&other.id))
    }
}

/// Makes each `match` `likely` whose every occurrence another match explains that says more.
pub(crate) fn lower(assessed: &mut [Assessed]) {
    let mut by_record: BTreeMap<Record, Vec<usize>> = BTreeMap::new();
    for (n, one) in assessed.iter().enumerate() {
        // What is mended explains nothing that came after.
        let current = one.claims.as_ref().filter(|_| !one.finding.history);
        for record in current.iter().flat_map(|claims| &claims.all) {
            by_record.entry(*record).or_default().push(n);
        }
    }
    let outdone: Vec<(usize, String)> = (0..assessed.len())
        .filter_map(|n| Some((n, closer(assessed, &by_record, n)?)))
        .collect();
    for (n, by) in outdone {
        if let Some(one) = assessed.get_mut(n) {
            let finding = &mut one.finding;
            finding.verdict = Verdict::Likely;
            finding.by_verdict.likely += std::mem::take(&mut finding.by_verdict.full);
            for group in &mut finding.groups {
                group.verdict = group.verdict.min(Verdict::Likely);
            }
            finding.reasons.push(VerdictReason::Outdone { by });
        }
    }
}

/// The article that outdoes one: that of its first occurrence, if each has one.
fn closer(
    assessed: &[Assessed],
    by_record: &BTreeMap<Record, Vec<usize>>,
    n: usize,
) -> Option<String> {
    let own = assessed.get(n)?;
    let claims = own.claims.as_ref()?;
    let mut first = None;
    for occurrence in &claims.occurrences {
        let claiming = by_record
            .get(occurrence.core.first().or(occurrence.telling.first())?)?
            .iter();
        let mut others = claiming.filter(|other| **other != n);
        let by = others.find_map(|other| {
            let other = assessed.get(*other)?;
            let theirs = other.claims.as_ref()?;
            theirs
                .outdoes(claims, occurrence)
                .then(|| theirs.id.clone())
        })?;
        first.get_or_insert(by);
    }
    first
}
