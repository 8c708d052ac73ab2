//! Reasons for care.

use eventkb::report::Doubt;

use super::{UNKNOWN, count, duration, event};
use crate::times::Zone;

/// A doubt as a sentence.
pub(crate) fn doubt(doubt: &Doubt, zone: &Zone) -> String {
    match doubt {
        Doubt::ClockSkew {
            provider,
            event_id,
            computer,
            against,
            seconds,
            before,
            window_s,
            across_window_s,
        } => format!(
            "{} of {} lies {} {} the rest on {}. On one computer {} would be the \
             most; {} are allowed across computers, whose clocks differ.",
            event::event(provider, *event_id),
            super::computer(computer),
            duration(seconds.unsigned_abs()),
            if *before { "before" } else { "after" },
            super::computer(against),
            duration(*window_s),
            duration(*across_window_s),
        ),
        Doubt::Trust { trust, count } => format!(
            "{} {}.",
            super::count(*count, "cited record"),
            match event::trust(*trust) {
                Some(words) => format!("cannot be believed without question: {words}"),
                None => "can be believed".into(),
            }
        ),
        Doubt::FromText => {
            "Values were read from message texts, because the export carries no insertion strings."
                .into()
        }
        Doubt::DamagedLog => {
            "What was not found may have been in a part of a log that could not be read.".into()
        }
        Doubt::EvidenceDropped {
            count: dropped,
            limit,
        } => format!(
            "{} of the article were not kept: no more than {} kinds of them are.",
            count(*dropped, "event"),
            super::grouped(*limit)
        ),
        Doubt::NoTime { count: number } => format!(
            "{} of the article without a time could not be joined.",
            count(*number, "event")
        ),
        Doubt::TimeChanged { computer, time } => format!(
            "The clock of {} was set within it, {}: times before and after cannot be compared.",
            super::computer(computer),
            zone.full(*time)
        ),
        _ => super::sentence(UNKNOWN),
    }
}
