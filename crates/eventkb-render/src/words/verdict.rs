//! Verdicts and the reasons for them.

use eventkb::report::{
    CauseState, Finding, Severity, Standing, SymptomReport, Verdict, VerdictCounts, VerdictReason,
};

use super::symptom::names;
use super::{UNKNOWN, clause, count, either, event, grouped, sentence, times};
use crate::doc::Tone;
use crate::times::Zone;

/// A verdict as people read it.
pub(crate) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::RuledOut => "ruled out",
        other => other.as_str(),
    }
}

pub(crate) fn verdict_tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Match | Verdict::Likely => Tone::Good,
        Verdict::Possible => Tone::Warn,
        Verdict::RuledOut => Tone::Dim,
    }
}

pub(crate) fn cause_tone(cause: CauseState) -> Tone {
    match cause {
        CauseState::Confirmed => Tone::Good,
        CauseState::Contradicted => Tone::Bad,
        CauseState::Unknown => Tone::Plain,
    }
}

/// What kind of thing an article is about.
pub(crate) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Problem => "problem",
        Standing::Notice => "notice",
        Standing::Harmless => "harmless by design",
    }
}

/// How bad it is.
pub(crate) fn severity(severity: Severity) -> &'static str {
    severity.as_str()
}

/// How often with the finding's own verdict.
pub(crate) fn sure_occurrences(finding: &Finding) -> u64 {
    match finding.by_verdict.of(finding.verdict) {
        0 => finding.occurrences,
        sure => sure,
    }
}

/// How often, and how sure: `3 times, and 4 more possible`.
pub(crate) fn occurrences(finding: &Finding) -> String {
    let counts = finding.by_verdict;
    let sure = counts.of(finding.verdict);
    if counts == VerdictCounts::default() || sure == 0 {
        return times(finding.occurrences);
    }
    let mut more = Vec::new();
    for lower in [Verdict::Match, Verdict::Likely, Verdict::Possible] {
        let number = counts.of(lower);
        if lower < finding.verdict && number > 0 {
            more.push(format!("{} more {}", grouped(number), verdict(lower)));
        }
    }
    match more.is_empty() {
        true => times(sure),
        false => format!("{}, and {}", times(sure), more.join(", ")),
    }
}

/// Why a finding has its verdict, in one sentence or two.
pub(crate) fn why(finding: &Finding, zone: &Zone) -> String {
    let said: Vec<String> = finding
        .reasons
        .iter()
        .map(|reason| sentence(&self::reason(reason, &finding.symptoms, zone)))
        .collect();
    said.join(" ")
}

/// One reason, as a clause.
pub(crate) fn reason(reason: &VerdictReason, symptoms: &[SymptomReport], zone: &Zone) -> String {
    match reason {
        VerdictReason::Rule {
            computer,
            found,
            contradicted,
            unreadable,
            of,
        } => rule(computer, [*found, *contradicted, *unreadable, *of]),
        VerdictReason::RuledOutBy {
            says,
            provider,
            event_id,
            citation,
            ..
        } => format!(
            "{} speaks against it: {} ({})",
            event::event(provider, *event_id),
            clause(says),
            event::full_place(citation, zone)
        ),
        VerdictReason::Contradicted { symptoms: ids } => {
            format!(
                "its events are there, but with other values: {}",
                names(symptoms, ids)
            )
        }
        VerdictReason::Version {
            product,
            seen,
            wanted,
        } => format!(
            "the logs show {product} {seen}, and it is about {}",
            either(wanted)
        ),
        VerdictReason::Fixed { update, installed } => format!(
            "{update}, which mends it, was installed and in effect before: {}",
            zone.full(*installed)
        ),
        VerdictReason::WeakEvidence { otherwise } => format!(
            "it is held back, because part of its evidence cannot be trusted; otherwise it would \
             be {}",
            verdict(*otherwise)
        ),
        VerdictReason::UnnamedComputers { files, otherwise } => format!(
            "it is held back, because {files} files name no computer, and may be of different \
             ones; if they are of one, it would be {}",
            verdict(*otherwise)
        ),
        VerdictReason::Outdone { by } => {
            format!("{by} explains the same records and says more, so that this one is likely only")
        }
        _ => UNKNOWN.into(),
    }
}

fn rule(computer: &str, [found, contradicted, unreadable, of]: [u64; 4]) -> String {
    let mut text = match found == of {
        true if of == 1 => "its one symptom is there".to_owned(),
        true => format!("all {} symptoms are there", grouped(of)),
        false => format!(
            "{} of its {} {} there",
            grouped(found),
            count(of, "symptom"),
            if found == 1 { "is" } else { "are" }
        ),
    };
    if contradicted > 0 {
        text.push_str(&format!(", {} with other values", grouped(contradicted)));
    }
    if unreadable > 0 {
        text.push_str(&format!(
            ", {} without the values that would tell",
            grouped(unreadable)
        ));
    }
    if !computer.is_empty() {
        text.push_str(&format!(", on {computer}"));
    }
    text
}
