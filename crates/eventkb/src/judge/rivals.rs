//! Sets findings against each other: which other article explains the same evidence, and what
//! separates the two.

use std::collections::{BTreeMap, BTreeSet};

use smallvec::SmallVec;

use super::class_numbers::ClassNumbers;
use super::finding::unmet_of;
use super::{Assessed, Collection};
use crate::limits;
use crate::report::{Finding, RivalReport, RivalStanding, SymptomState, Unmet, Verdict};

/// Findings remembered for one class, best first.
const MOST_CLAIMS: usize = 16;

/// Fills in rivals and better articles. `assessed` are in their final order; `near` is what
/// signatures without a verdict lack; `explain` are ids for which everything is wanted.
pub(crate) fn relate(
    collection: &Collection<'_>,
    assessed: &mut [Assessed],
    near: &BTreeMap<String, Vec<Unmet>>,
    explain: &BTreeSet<String>,
) {
    let mut index = RivalIndex {
        collection,
        near,
        order: Vec::new(),
        by_id: BTreeMap::new(),
        claims: vec![SmallVec::new(); collection.classes.len()],
    };
    for (
        n,
        Assessed {
            finding, classes, ..
        },
    ) in assessed.iter().enumerate()
    {
        index
            .by_id
            .insert(finding.signature.id.to_ascii_lowercase(), n);
        index.order.push(Assessment {
            id: finding.signature.id.clone(),
            title: finding.signature.title.clone(),
            verdict: finding.verdict,
            unmet: unmet_of(&finding.symptoms),
        });
        if finding.is_offered() {
            for class in classes.iter() {
                let claims = index.claims.get_mut(class);
                if let Some(claims) = claims.filter(|claims| claims.len() < MOST_CLAIMS) {
                    claims.extend(u32::try_from(n));
                }
            }
        }
    }
    for (
        n,
        Assessed {
            finding, classes, ..
        },
    ) in assessed.iter_mut().enumerate()
    {
        let claiming = classes.iter().flat_map(|class| index.claiming(class));
        let sharing: BTreeSet<usize> = claiming.filter(|at| *at != n).collect();
        if finding.is_offered() {
            finding.rival_of = index.above(n, classes);
        } else {
            finding.better = index.better(finding.better.take(), &sharing);
        }
        // What is ruled out is one line of a list, unless it was asked for by name.
        if finding.is_offered() || explain.contains(&finding.signature.id) {
            finding.rivals = index.rivals(finding, &sharing);
        }
    }
}

/// How a finding stands.
struct Assessment {
    id: String,
    title: String,
    verdict: Verdict,
    unmet: Vec<Unmet>,
}

/// All signatures with evidence, and who claims which class.
struct RivalIndex<'a> {
    collection: &'a Collection<'a>,
    near: &'a BTreeMap<String, Vec<Unmet>>,
    /// All findings, best first.
    order: Vec<Assessment>,
    by_id: BTreeMap<String, usize>,
    /// By class: positions in `order` of the offered findings that count it as found.
    claims: Vec<SmallVec<[u32; 4]>>,
}

impl RivalIndex<'_> {
    /// Positions of the offered findings that count a class as found, in order.
    fn claiming(&self, class: usize) -> impl Iterator<Item = usize> {
        let claims = self.claims.get(class).into_iter().flatten();
        claims.map(|at| *at as usize)
    }

    /// The best finding further up that counts all of the same classes as found.
    fn above(&self, n: usize, classes: &ClassNumbers) -> Option<String> {
        let mut rest = classes.iter();
        let mut all: Vec<usize> = self.claiming(rest.next()?).filter(|at| *at < n).collect();
        for class in rest {
            if all.is_empty() {
                return None;
            }
            all.retain(|at| self.claiming(class).any(|other| other == *at));
        }
        self.order
            .get(*all.first()?)
            .map(|assessment| assessment.id.clone())
    }

    fn find(&self, id: &str) -> Option<&Assessment> {
        self.order.get(*self.by_id.get(&id.to_ascii_lowercase())?)
    }

    fn is_loaded(&self, id: &str) -> bool {
        self.collection.set.position(id).is_some()
    }

    /// The article that explains better what rules one out: the author's, unless the logs do not
    /// bear it out, and otherwise the best one that explains some of the same records.
    fn better(&self, named: Option<String>, sharing: &BTreeSet<usize>) -> Option<String> {
        let holds = |id: &String| {
            // One that is not loaded was not asked.
            !self.is_loaded(id)
                || self
                    .find(id)
                    .is_some_and(|found| found.verdict > Verdict::RuledOut)
        };
        named.filter(holds).or_else(|| {
            let first = self.order.get(*sharing.first()?)?;
            Some(first.id.clone())
        })
    }

    fn rivals(&self, finding: &Finding, sharing: &BTreeSet<usize>) -> Vec<RivalReport> {
        let own = self.collection.set.get(&finding.signature.id);
        let named = own.into_iter().flat_map(|signature| &signature.rivals);
        let mut reports: Vec<RivalReport> = named
            .map(|rival| {
                let mut report = self.report(finding.verdict, &rival.id);
                report.difference = Some(rival.difference.clone());
                report.next.clone_from(&rival.next);
                report
            })
            .collect();
        // Other findings over the same records are rivals, whether an author thought of them or
        // not.
        for other in sharing.iter().filter_map(|n| self.order.get(*n)) {
            if reports
                .iter()
                .all(|rival| !rival.id.eq_ignore_ascii_case(&other.id))
            {
                reports.push(self.report(finding.verdict, &other.id));
            }
        }
        for rival in &mut reports {
            if rival.separated {
                rival.next = None;
            }
        }
        // Those that stand closest come first: what the logs leave open before what they settle.
        reports.sort_by_key(|rival| (rival.separated, std::cmp::Reverse(rival.verdict)));
        reports.truncate(limits::MAX_RIVALS);
        reports
    }

    fn report(&self, ours: Verdict, id: &str) -> RivalReport {
        let (standing, verdict, unmet) = match (self.find(id), self.near.get(id)) {
            (Some(found), _) => (
                RivalStanding::Finding,
                Some(found.verdict),
                found.unmet.clone(),
            ),
            (None, Some(unmet)) => (RivalStanding::NearMiss, None, unmet.clone()),
            (None, None) if self.is_loaded(id) => (RivalStanding::NoEvidence, None, Vec::new()),
            (None, None) => (RivalStanding::NotLoaded, None, Vec::new()),
        };
        let title = match self.find(id) {
            Some(found) => found.title.clone(),
            None => {
                let set = self.collection.set;
                let head = set.position(id).and_then(|at| set.head(at));
                head.map(|head| head.title().to_owned()).unwrap_or_default()
            }
        };
        RivalReport {
            id: id.to_owned(),
            title,
            standing,
            separated: separated(ours, standing, verdict, &unmet),
            verdict,
            difference: None,
            unmet,
            next: None,
        }
    }
}

/// Whether the logs tell a finding from another article. An absence does so only where the logs
/// could have held the event.
fn separated(
    ours: Verdict,
    standing: RivalStanding,
    verdict: Option<Verdict>,
    unmet: &[Unmet],
) -> bool {
    match (standing, verdict) {
        // A signature that is not loaded was not asked: nothing separates from it.
        (RivalStanding::NotLoaded, _) => false,
        (RivalStanding::NoEvidence, _) | (_, Some(Verdict::RuledOut)) => true,
        (_, Some(theirs)) if theirs >= ours => false,
        _ => {
            ours == Verdict::Match
                || unmet
                    .iter()
                    .all(|lack| lack.state != SymptomState::NotCheckable)
        }
    }
}
