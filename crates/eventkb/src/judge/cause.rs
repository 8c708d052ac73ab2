//! The cause checks. Their result never makes a finding by itself; it stands beside the verdict.
//!
//! Evidence belongs to the occurrence: only records of its computers, near its time, count.

use std::collections::{BTreeMap, BTreeSet};

use eventkb_logs::event::short_name;

use super::computers::Machine;
use super::coverage::Whose;
use super::items::Evidence;
use super::names::{self, CauseIndex, Seen};
use super::occurrence::Occurrence;
use super::verdict::Court;
use crate::collect::evaluate::has_shape;
use crate::report::{
    Absence, CauseEvidence, CauseReason, CauseReport, CauseState, Citation, NameCompared,
};
use crate::signature::model::{
    AbsenceCheck, CauseCheck, ComputerNameCheck, EventCheck, NameResult, Proves, Shape,
};

/// Comparisons listed.
const MOST_EVIDENCE: usize = 5;

/// Runs the checks over one occurrence.
pub(crate) fn check(court: &Court<'_>, occurrence: &Occurrence) -> CauseReport {
    let checks = &court.compiled.document.cause_checks;
    let mut unknown: Option<CauseReport> = None;
    for (n, check) in checks.iter().enumerate() {
        let report = match check {
            CauseCheck::ComputerNames(check) => names(court, occurrence, n, check),
            CauseCheck::Event(check) => event(court, occurrence, n, check),
            CauseCheck::Absence(check) => absence(court, occurrence, n, check),
        };
        if report.state != CauseState::Unknown {
            return report;
        }
        unknown.get_or_insert(report);
    }
    unknown.unwrap_or_default()
}

/// Whether a result rests on nothing but records that cannot be believed by themselves.
pub(crate) fn is_weak(report: &CauseReport) -> bool {
    let is_weak = |citation: &Citation| citation.trust.is_weak();
    match report.evidence.first() {
        Some(CauseEvidence::Event { citation, .. }) => is_weak(citation),
        Some(CauseEvidence::Name(first)) => report.evidence.iter().all(|evidence| match evidence {
            CauseEvidence::Name(name) => name.result != first.result || is_weak(&name.citation),
            _ => true,
        }),
        Some(CauseEvidence::Absence { .. }) | None => false,
    }
}

/// The computers that take part in an occurrence.
fn machines_of(court: &Court<'_>, occurrence: &Occurrence) -> BTreeSet<Machine> {
    let items = occurrence.items.iter();
    items
        .filter_map(|&n| court.items.get(n).map(|(_, evidence)| evidence.machine))
        .chain([occurrence.machine])
        .collect()
}

/// What the checks look at.
fn index<'c>(court: &'c Court<'_>) -> &'c CauseIndex {
    court.items.causes.get_or_init(|| CauseIndex::of(court))
}

/// So many seconds around an occurrence.
fn around(occurrence: &Occurrence, within: i64) -> (i64, i64) {
    (
        occurrence.first.saturating_sub(within),
        occurrence.last.saturating_add(within),
    )
}

fn decided(proves: Proves, says: &str, evidence: CauseEvidence) -> CauseReport {
    CauseReport {
        state: match proves {
            Proves::Confirmed => CauseState::Confirmed,
            Proves::Contradicted => CauseState::Contradicted,
        },
        reason: CauseReason::Decided {
            says: says.to_owned(),
        },
        evidence: vec![evidence],
    }
}

fn not_seen() -> CauseReport {
    CauseReport {
        state: CauseState::Unknown,
        reason: CauseReason::NotSeen,
        evidence: Vec::new(),
    }
}

fn within(court: &Court<'_>, own: Option<u64>) -> i64 {
    own.map_or(court.compiled.across_window_s, |s| {
        i64::try_from(s).unwrap_or(i64::MAX)
    })
}

fn event(court: &Court<'_>, occurrence: &Occurrence, n: usize, check: &EventCheck) -> CauseReport {
    let within = within(court, check.within_s);
    let found = index(court).event(
        court.items,
        n,
        &machines_of(court, occurrence),
        &occurrence.key,
        around(occurrence, within),
    );
    let found = found.and_then(|n| court.items.evidence.get(n));
    let citation = found.and_then(|e| Some((e, e.citation_near(occurrence.first)?)));
    match citation {
        Some((evidence, citation)) => decided(
            check.proves,
            &check.says,
            CauseEvidence::Event {
                provider: evidence.seen.class.event.provider.clone(),
                event_id: evidence.seen.class.event.event_id,
                citation,
            },
        ),
        None => not_seen(),
    }
}

fn absence(
    court: &Court<'_>,
    occurrence: &Occurrence,
    n: usize,
    check: &AbsenceCheck,
) -> CauseReport {
    let within = within(court, check.within_s);
    let machines = machines_of(court, occurrence);
    if index(court).perhaps(n, &machines, around(occurrence, within)) {
        return not_seen();
    }
    let Some(selector) = check.events.first() else {
        return not_seen();
    };
    let collection = court.collection;
    let channel = check.channel.clone();
    let channel = channel.unwrap_or_else(|| collection.channel_of_selector(selector));
    let time = around(occurrence, within);
    let whose = Whose::Of(&occurrence.computer);
    let absence = collection
        .coverage
        .absence(&collection.computers, whose, &channel, time);
    if !matches!(absence, Absence::LookedFor { damaged: false, .. }) {
        return not_seen();
    }
    let (provider, event_id) = collection.first_event(selector);
    decided(
        check.proves,
        &check.says,
        CauseEvidence::Absence {
            provider,
            event_id,
            absence,
        },
    )
}

/// What comes of comparing a name with a computer's, and the computer.
pub(crate) type Compared = (NameResult, String);

/// A computer's name as an event gives it.
pub(crate) fn name_of(evidence: &Evidence<'_>) -> Option<String> {
    let value = evidence.captures.first()?;
    // `DOMAIN\name` and `\\name` are ways to write `name`.
    let bare = value.trim().rsplit('\\').next().unwrap_or_default();
    has_shape(bare, Shape::ComputerName).then(|| bare.to_owned())
}

/// Compares a name with a computer's, and with how events of that computer write it.
pub(crate) fn compared(
    name: &str,
    computer: &str,
    own: Option<&BTreeSet<String>>,
) -> Option<Compared> {
    let own = own.into_iter().flatten().map(String::as_str);
    let spellings = std::iter::once(computer).chain(own);
    let result = spellings.filter_map(|own| spelled(name, own)).min()?;
    Some((result, computer.to_owned()))
}

/// Compares names that events near the occurrence give: on its computers, or meaning one of them. A
/// server that names one of them speaks of the same call, even if nothing else of it was joined.
fn names(
    court: &Court<'_>,
    occurrence: &Occurrence,
    n: usize,
    check: &ComputerNameCheck,
) -> CauseReport {
    let machines = machines_of(court, occurrence);
    let time = around(occurrence, court.compiled.across_window_s);
    let other = OtherComputer::of(court, occurrence);
    let mut seen: Option<(usize, String)> = None;
    let mut compared: Vec<NameCompared> = Vec::new();
    let of_check = index(court).names(n);
    for (rank, of_check) in names::RANKS
        .into_iter()
        .flat_map(|rank| Some((rank, of_check?)))
    {
        for given in of_check.near(&machines, rank, time) {
            let (Some(name), Some(evidence)) = (
                of_check.seen.get(given.seen),
                court.items.evidence.get(given.evidence),
            ) else {
                continue;
            };
            if seen
                .as_ref()
                .is_none_or(|(first, _)| given.evidence < *first)
            {
                seen = Some((given.evidence, name.name.clone()));
            }
            let result = name.result.clone();
            let result = result.or_else(|| other.differs(court, name));
            let citation = evidence.citation_near(occurrence.first);
            if let Some(((result, with), citation)) = result.zip(citation) {
                compared.push(NameCompared {
                    name: name.name.clone(),
                    compared_with: with,
                    result,
                    citation,
                });
            }
        }
    }
    let rank = |result: NameResult| {
        if check.confirmed_by.contains(&result) {
            0
        } else if check.contradicted_by.contains(&result) {
            1
        } else {
            2
        }
    };
    compared.sort_by(|a, b| {
        let order = |c: &NameCompared| (rank(c.result), c.citation.time, c.name.clone());
        order(a).cmp(&order(b))
    });
    let (state, reason) = match compared.first().map(|c| rank(c.result)) {
        Some(0) => (
            CauseState::Confirmed,
            CauseReason::Decided {
                says: check.confirmed.clone(),
            },
        ),
        Some(1) => (
            CauseState::Contradicted,
            CauseReason::Decided {
                says: check.contradicted.clone(),
            },
        ),
        _ => {
            let says = check.unknown.clone();
            let reason = match seen {
                None => CauseReason::NoNames { says },
                Some((_, name)) => CauseReason::NothingToCompare { name, says },
            };
            (CauseState::Unknown, reason)
        }
    };
    compared.truncate(MOST_EVIDENCE);
    CauseReport {
        state,
        reason,
        evidence: compared.into_iter().map(CauseEvidence::Name).collect(),
    }
}

/// How a name compares with a computer's, each taken as what it is: a bare name with the first
/// label, a full name with the full name. `None`: another computer's name altogether.
///
/// `seattle.contoso.com` against SEATTLE, whose log shows no domain, differs by more than case: one
/// who typed it typed another name.
fn spelled(name: &str, computer: &str) -> Option<NameResult> {
    let full = name.contains('.');
    let own = if full { computer } else { short_name(computer) };
    if name == own {
        return Some(NameResult::Equal);
    }
    if name.eq_ignore_ascii_case(own) {
        return Some(NameResult::CaseOnly);
    }
    let same_label = short_name(name).eq_ignore_ascii_case(short_name(computer));
    (full && same_label).then_some(NameResult::Different)
}

/// Whom a name should mean that no computer has. It is *different* only where that is clear: the
/// other computer of the occurrence, or the only other one that logs such events. Otherwise it may
/// name a server whose log was not sent.
struct OtherComputer<'c> {
    taking_part: BTreeMap<Machine, &'c str>,
}

impl<'c> OtherComputer<'c> {
    fn of(court: &'c Court<'_>, occurrence: &Occurrence) -> OtherComputer<'c> {
        let items = occurrence.items.iter();
        let evidence = items.filter_map(|&n| court.items.get(n));
        OtherComputer {
            taking_part: evidence.map(|(_, e)| (e.machine, e.computer())).collect(),
        }
    }

    fn differs(&self, court: &Court<'_>, seen: &Seen) -> Option<Compared> {
        // A name the computer gives itself says nothing about another one.
        if seen.own {
            return None;
        }
        let taking_part = self.taking_part.iter();
        let with = only(taking_part.map(|(m, name)| (*m, *name)), seen.on).or_else(|| {
            let writers = index(court).writers.iter();
            only(writers.map(|(m, name)| (*m, name.as_str())), seen.on)
        })?;
        Some((NameResult::Different, with))
    }
}

/// The only one of some computers besides one.
fn only<'n>(list: impl Iterator<Item = (Machine, &'n str)>, on: Machine) -> Option<String> {
    let mut others = list.filter(|(machine, _)| *machine != on);
    let (_, first) = others.next()?;
    others.next().is_none().then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_as_what_they_are() {
        for (name, computer, wanted) in [
            ("SEATTLE", "SEATTLE", Some(NameResult::Equal)),
            ("Seattle", "SEATTLE.contoso.com", Some(NameResult::CaseOnly)),
            (
                "seattle.contoso.com",
                "SEATTLE",
                Some(NameResult::Different),
            ),
            (
                "seattle.contoso.com",
                "seattle.contoso.com",
                Some(NameResult::Equal),
            ),
            (
                "seattle.a.com",
                "SEATTLE.b.com",
                Some(NameResult::Different),
            ),
            ("BOSTON", "SEATTLE", None),
        ] {
            assert_eq!(spelled(name, computer), wanted, "{name} {computer}");
        }
    }
}
