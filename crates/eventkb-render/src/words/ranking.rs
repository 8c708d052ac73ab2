//! Why a finding stands where it stands.

use eventkb::report::{RankingReason, SymptomReport};

use super::{UNKNOWN, count, symptom};

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
