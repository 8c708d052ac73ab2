//! The cause check: names of computers, as events give them, against the computers of the dump.
//!
//! Its result never makes a finding by itself; it stands beside the verdict.

use std::collections::BTreeMap;

use super::coverage::same_computer;
use super::observation::Observation;
use crate::event::short_name;
use crate::report::{CauseEvidence, CauseReport, CauseState};
use crate::signature::model::{CauseCheck, NameResult};

/// A computer's name as an event gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NameSeen {
    pub(crate) name: String,
    /// The computer that wrote the event.
    pub(crate) on: String,
    pub(crate) proof: Observation,
}

/// What the check may compare with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    /// All computers of the dump.
    pub(crate) computers: Vec<String>,
    /// Of those, the ones with events of the signature's providers.
    pub(crate) peers: Vec<String>,
    /// Computers that take part in the best occurrence.
    pub(crate) taking_part: Vec<String>,
}

/// Runs the check.
pub(crate) fn check(
    cause: Option<&CauseCheck>,
    names: &[NameSeen],
    own_names: &[NameSeen],
    around: &Surroundings,
) -> CauseReport {
    let Some(cause) = cause else {
        return CauseReport {
            state: CauseState::Unknown,
            reason: "The events of this article do not show its cause.".to_owned(),
            evidence: Vec::new(),
        };
    };
    let mut own: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    // A server's name in the directory is its computer's; another name there means another server.
    let is_own = |seen: &&NameSeen| short_name(&seen.on).eq_ignore_ascii_case(&seen.name);
    for seen in own_names.iter().filter(is_own) {
        own.entry(&seen.on).or_default().push(&seen.name);
    }
    let mut evidence: Vec<(NameResult, CauseEvidence)> = names
        .iter()
        .filter_map(|name| compare(name, &own, around))
        .collect();
    let rank = |result: NameResult| {
        if cause.confirmed_by.contains(&result) {
            0
        } else if cause.contradicted_by.contains(&result) {
            1
        } else {
            2
        }
    };
    // Stable: names come in the order of time.
    evidence.sort_by_key(|(result, _)| rank(*result));
    let best = evidence.first().map(|(result, _)| rank(*result));
    let (state, reason) = match best {
        Some(0) => (CauseState::Confirmed, shown(&cause.confirmed, &evidence)),
        Some(1) => (
            CauseState::Contradicted,
            shown(&cause.contradicted, &evidence),
        ),
        _ => (CauseState::Unknown, unknown(cause, names)),
    };
    let evidence = evidence
        .into_iter()
        .map(|(_, evidence)| evidence)
        .take(MOST_EVIDENCE)
        .collect();
    CauseReport {
        state,
        reason,
        evidence,
    }
}

/// Comparisons listed.
const MOST_EVIDENCE: usize = 5;

fn compare(
    seen: &NameSeen,
    own: &BTreeMap<&str, Vec<&str>>,
    around: &Surroundings,
) -> Option<(NameResult, CauseEvidence)> {
    let name = short_name(&seen.name);
    let others = || {
        around
            .computers
            .iter()
            .filter(|c| !same_computer(c, &seen.on))
    };
    let result_with = |computer: &str| {
        let mut spellings = vec![short_name(computer)];
        spellings.extend(own.get(computer).into_iter().flatten());
        if spellings.contains(&name) {
            Some(NameResult::Equal)
        } else if spellings.iter().any(|s| s.eq_ignore_ascii_case(name)) {
            Some(NameResult::CaseOnly)
        } else {
            None
        }
    };
    let found = others().find_map(|c| Some((result_with(c)?, c.clone())));
    let (result, with) = found.or_else(|| different(seen, around))?;
    let evidence = CauseEvidence {
        name: seen.name.clone(),
        compared_with: with,
        result: result.as_str().to_owned(),
        citation: seen.proof.citation(&seen.on, false),
    };
    Some((result, evidence))
}

/// A name that no computer has is *different* only where it is clear whose name it should be: the
/// other computer of the occurrence, or the only other one that logs such events. Otherwise it may
/// name a server whose log was not sent.
fn different(seen: &NameSeen, around: &Surroundings) -> Option<(NameResult, String)> {
    let only = |list: &[String]| {
        let mut others = list.iter().filter(|c| !same_computer(c, &seen.on));
        let first = others.next()?;
        others.next().is_none().then(|| first.clone())
    };
    let with = only(&around.taking_part).or_else(|| only(&around.peers))?;
    // A name the computer gives itself says nothing about another one.
    if short_name(&seen.name).eq_ignore_ascii_case(short_name(&seen.on)) {
        return None;
    }
    Some((NameResult::Different, with))
}

fn shown(sentence: &str, evidence: &[(NameResult, CauseEvidence)]) -> String {
    match evidence.first() {
        Some((result, first)) => {
            let how = match result {
                NameResult::Equal => "equals",
                NameResult::CaseOnly => "differs in case only from",
                NameResult::Different => "is another name than",
            };
            format!(
                "{sentence} \"{}\" {how} \"{}\".",
                first.name,
                short_name(&first.compared_with)
            )
        }
        None => sentence.to_owned(),
    }
}

fn unknown(cause: &CauseCheck, names: &[NameSeen]) -> String {
    let why = match names.first() {
        None => "No event of the dump gives another server's name.".to_owned(),
        Some(seen) => format!(
            "\"{}\" is named, but no log of a computer it could be compared with is in the dump.",
            seen.name
        ),
    };
    format!("{why} {}", cause.unknown)
}
