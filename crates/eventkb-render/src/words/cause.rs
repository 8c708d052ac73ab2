//! What the logs say of an article's cause.

use eventkb::report::{CauseEvidence, CauseReason, Citation};
use eventkb::signature::model::{NameResult, Proves};

use super::{UNKNOWN, absence, clause, event};
use crate::times::Zone;

/// Why a cause is confirmed, contradicted or unknown, as a clause.
pub(crate) fn reason(reason: &CauseReason) -> String {
    match reason {
        CauseReason::NoCheck => "the events of this article do not show its cause".into(),
        CauseReason::Decided { says } => clause(says).to_owned(),
        CauseReason::NoNames { says } => {
            format!("no event gives another computer's name. {}", clause(says))
        }
        CauseReason::NothingToCompare { name, says } => format!(
            "no computer that \"{name}\" could be compared with is in the collection. {}",
            clause(says)
        ),
        CauseReason::NotSeen => {
            "the events that would tell are not there, or no log could have held them".into()
        }
        _ => UNKNOWN.into(),
    }
}

/// A piece of evidence, with the record it was read from. `path` shortens a file's path.
pub(crate) fn evidence(
    evidence: &CauseEvidence,
    zone: &Zone,
    path: &dyn Fn(&str) -> String,
) -> String {
    let cited = |citation: &Citation| {
        format!(
            "{}, {}",
            event::full_place(citation, zone),
            path(&citation.file)
        )
    };
    match evidence {
        CauseEvidence::Name(compared) => format!(
            "\"{}\" {} \"{}\": {}",
            compared.name,
            name_result(compared.result),
            compared.compared_with,
            cited(&compared.citation)
        ),
        CauseEvidence::Event {
            provider,
            event_id,
            citation,
        } => format!("{}: {}", event::event(provider, *event_id), cited(citation)),
        CauseEvidence::Absence {
            provider,
            event_id,
            absence,
        } => format!(
            "{}: {}",
            event::event(provider, *event_id),
            absence::absence(absence, &[], zone)
        ),
        _ => UNKNOWN.into(),
    }
}

fn name_result(result: NameResult) -> &'static str {
    match result {
        NameResult::Equal => "is letter by letter",
        NameResult::CaseOnly => "differs in case only from",
        NameResult::Different => "is another name than",
    }
}

/// What a check proves.
pub(crate) fn proves(proves: Proves) -> &'static str {
    match proves {
        Proves::Confirmed => "confirms the cause",
        Proves::Contradicted => "speaks against the cause",
    }
}
