//! What a reader of a finding should be careful about.

use std::collections::BTreeMap;

use super::case::Case;
use super::coverage::same_computer;
use super::finish::Dump;
use super::occurrence::Role;
use super::verdict::Judged;
use crate::event::Trust;
use crate::limits;
use crate::report::{Doubt, SymptomReport, SymptomState};

pub(super) fn doubts(
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
        let one = count == 1;
        let what = match trust {
            Trust::Intact => continue,
            Trust::Repaired if one => "was damaged: put right, or read only in part",
            Trust::Repaired => "were damaged: put right, or read only in part",
            Trust::ChecksumFailed if one => {
                "comes from a chunk whose checksum fails: its content may be altered"
            }
            Trust::ChecksumFailed => {
                "come from a chunk whose checksum fails: their content may be altered"
            }
            Trust::Recovered if one => {
                "was recovered from space that the log no longer counts as its own"
            }
            Trust::Recovered => {
                "were recovered from space that the log no longer counts as its own"
            }
            _ => continue,
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
