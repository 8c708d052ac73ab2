//! The cause checks. Their result never makes a finding by itself; it stands beside the verdict.
//!
//! Evidence belongs to the occurrence: only records of its computers, near its time, count.

use std::collections::{BTreeMap, BTreeSet};

use eventkb_logs::event::short_name;

use super::computers::Machine;
use super::coverage::Whose;
use super::items::{Evidence, keys_agree, timestamp};
use super::occurrence::Occurrence;
use super::verdict::Court;
use crate::collect::evaluate::has_shape;
use crate::report::{
    Absence, Answer, CauseEvidence, CauseReason, CauseReport, CauseState, NameCompared,
};
use crate::signature::compile::PartRole;
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

/// The computers that take part in an occurrence.
fn machines_of(court: &Court<'_>, occurrence: &Occurrence) -> BTreeSet<Machine> {
    let items = occurrence.items.iter();
    items
        .filter_map(|&n| court.items.get(n).map(|(_, evidence)| evidence.machine))
        .chain([occurrence.machine])
        .collect()
}

/// Evidence of a role on the occurrence's computers, near its time.
fn near<'c>(
    court: &'c Court<'_>,
    occurrence: &'c Occurrence,
    role: PartRole,
    within: i64,
) -> impl Iterator<Item = &'c Evidence<'c>> {
    let machines = machines_of(court, occurrence);
    let from = occurrence.first.saturating_sub(within);
    let to = occurrence.last.saturating_add(within);
    court.items.evidence.iter().filter(move |evidence| {
        evidence.role == role
            && machines.contains(&evidence.machine)
            && evidence.has_between(from, to)
    })
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
    let found = near(court, occurrence, PartRole::CauseEvent(n), within).find(|evidence| {
        evidence.evaluation.answer == Answer::Yes && keys_agree(&evidence.key, &occurrence.key)
    });
    let citation = found.and_then(|e| Some((e, e.citation_near(occurrence.first)?)));
    match citation {
        Some((evidence, citation)) => decided(
            check.proves,
            &check.says,
            CauseEvidence::Event {
                provider: evidence.class.event.provider.clone(),
                event_id: evidence.class.event.event_id,
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
    let mut there = near(court, occurrence, PartRole::CauseEvent(n), within);
    if there.any(|evidence| evidence.evaluation.answer != Answer::No) {
        return not_seen();
    }
    let Some(selector) = check.events.first() else {
        return not_seen();
    };
    let collection = court.collection;
    let channel = check.channel.clone();
    let channel = channel.unwrap_or_else(|| collection.channel_of_selector(selector));
    let from = timestamp(occurrence.first.saturating_sub(within));
    let to = timestamp(occurrence.last.saturating_add(within));
    let whose = Whose::Of(&occurrence.computer);
    let absence = collection
        .coverage
        .absence(&collection.computers, whose, &channel, from, to);
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

/// A computer's name as an event gives it.
struct NameSeen<'e> {
    name: String,
    evidence: &'e Evidence<'e>,
}

fn name_of<'e>(evidence: &'e Evidence<'e>) -> Option<NameSeen<'e>> {
    let (_, value) = evidence.evaluation.captures.first()?;
    // `DOMAIN\name` and `\\name` are ways to write `name`.
    let bare = value.trim().rsplit('\\').next().unwrap_or_default();
    has_shape(bare, Shape::ComputerName).then(|| NameSeen {
        name: bare.to_owned(),
        evidence,
    })
}

fn names(
    court: &Court<'_>,
    occurrence: &Occurrence,
    n: usize,
    check: &ComputerNameCheck,
) -> CauseReport {
    let seen = names_near(court, occurrence, n);
    // A server's name in the directory is its computer's; another name there means another server.
    let mut own: BTreeMap<Machine, BTreeSet<String>> = BTreeMap::new();
    let roles = court.items.evidence.iter();
    for name in roles
        .filter(|e| e.role == PartRole::OwnName(n))
        .filter_map(name_of)
    {
        if short_name(name.evidence.computer).eq_ignore_ascii_case(&name.name) {
            own.entry(name.evidence.machine)
                .or_default()
                .insert(name.name);
        }
    }
    let compared = seen
        .iter()
        .filter_map(|name| compare(court, occurrence, name, &own));
    let mut compared: Vec<NameCompared> = compared.collect();
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
            let reason = match seen.first() {
                None => CauseReason::NoNames { says },
                Some(seen) => CauseReason::NothingToCompare {
                    name: seen.name.clone(),
                    says,
                },
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

fn compare(
    court: &Court<'_>,
    occurrence: &Occurrence,
    seen: &NameSeen<'_>,
    own: &BTreeMap<Machine, BTreeSet<String>>,
) -> Option<NameCompared> {
    let computers = &court.collection.computers;
    let on = seen.evidence.machine;
    let others = || {
        computers
            .names()
            .iter()
            .filter(|name| computers.of(name) != on)
    };
    let result_with = |computer: &String| {
        let mut spellings = vec![computer.as_str()];
        spellings.extend(
            own.get(&computers.of(computer))
                .into_iter()
                .flatten()
                .map(String::as_str),
        );
        let mut results = spellings.iter().filter_map(|own| spelled(&seen.name, own));
        let first = results.next()?;
        Some(results.fold(first, NameResult::min))
    };
    let found = others().find_map(|name| Some((result_with(name)?, name.clone())));
    let (result, with) = found.or_else(|| different(court, occurrence, seen))?;
    let citation = seen.evidence.citation_near(occurrence.first)?;
    Some(NameCompared {
        name: seen.name.clone(),
        compared_with: with,
        result,
        citation,
    })
}

/// Names that events near the occurrence give: on its computers, or meaning one of them. A server
/// that names one of them speaks of the same call, even if nothing else of it was joined.
fn names_near<'c>(court: &'c Court<'_>, occurrence: &Occurrence, n: usize) -> Vec<NameSeen<'c>> {
    let across = court.compiled.across_window_s;
    let from = occurrence.first.saturating_sub(across);
    let to = occurrence.last.saturating_add(across);
    let machines = machines_of(court, occurrence);
    let computers = &court.collection.computers;
    let given =
        court.items.evidence.iter().filter(|evidence| {
            evidence.role == PartRole::Name(n) && evidence.has_between(from, to)
        });
    given
        .filter_map(name_of)
        .filter(|seen| {
            let meant = computers.meant_on(&seen.name, seen.evidence.machine);
            machines.contains(&seen.evidence.machine)
                || (!meant.is_empty() && meant.is_subset(&machines))
        })
        .collect()
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

/// A name that no computer has is *different* only where it is clear whose name it should be: the
/// other computer of the occurrence, or the only other one that logs such events. Otherwise it may
/// name a server whose log was not sent.
fn different(
    court: &Court<'_>,
    occurrence: &Occurrence,
    seen: &NameSeen<'_>,
) -> Option<(NameResult, String)> {
    let on = seen.evidence.machine;
    let only = |list: BTreeMap<Machine, &str>| {
        let mut others = list.into_iter().filter(|(machine, _)| *machine != on);
        let (_, first) = others.next()?;
        others.next().is_none().then(|| first.to_owned())
    };
    let taking_part = occurrence.items.iter().filter_map(|&n| court.items.get(n));
    let taking_part = taking_part.map(|(_, e)| (e.machine, e.computer)).collect();
    let peers = court.items.evidence.iter();
    let peers = peers.map(|e| (e.machine, e.computer)).collect();
    let with = only(taking_part).or_else(|| only(peers))?;
    // A name the computer gives itself says nothing about another one.
    if short_name(&seen.name).eq_ignore_ascii_case(short_name(seen.evidence.computer)) {
        return None;
    }
    Some((NameResult::Different, with))
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
