//! Why a finding stands where it stands, and why an article is a lead.

use eventkb::report::{LeadReason, RankingReason, SymptomReport};

use super::{UNKNOWN, count, duration, event, grouped, symptom};

/// A reason for a rank, as a clause.
pub(crate) fn ranking(reason: &RankingReason, symptoms: &[SymptomReport]) -> String {
    match reason {
        RankingReason::Shared {
            symptom: id,
            event_id,
            signatures,
            values,
        } => {
            let name = match symptoms.iter().any(|symptom| symptom.id == *id) {
                true => symptom::name(symptoms, id),
                false => format!("event {event_id}"),
            };
            let by = match values {
                true => "with values of its own",
                false => "by its id alone",
            };
            match signatures {
                0 | 1 => format!("{name}, found {by}, counts for no other article"),
                more => format!(
                    "{name}, found {by}, counts for {} as well",
                    count(more - 1, "other article")
                ),
            }
        }
        RankingReason::CauseConfirmed => "the cause itself shows in the logs".into(),
        RankingReason::CauseContradicted => "the logs speak against its cause".into(),
        RankingReason::History => "its fix was installed since".into(),
        _ => UNKNOWN.into(),
    }
}

/// A reason for a lead, as a clause.
pub(crate) fn lead(reason: &LeadReason) -> String {
    match reason {
        LeadReason::NamesEvent {
            provider,
            event_id,
            of_articles,
        } => {
            let others = match of_articles {
                0 | 1 => "no other article does".to_owned(),
                more => format!("one of {} articles that do", grouped(*more)),
            };
            format!("names {} ({others})", event::event(provider, *event_id))
        }
        LeadReason::NamesCode { code } => format!("names the code {code}"),
        LeadReason::NamesPhrase { phrase } => format!("uses the words \"{phrase}\""),
        LeadReason::Together {
            events,
            within_s,
            computer,
        } => format!(
            "its {} lie within {} on {computer}",
            match events {
                1 => "one kind of event".to_owned(),
                more => format!("{} kinds of events", grouped(*more)),
            },
            duration(*within_s)
        ),
        LeadReason::Product { product } => format!("is about {product}, which the logs show"),
        _ => UNKNOWN.into(),
    }
}
