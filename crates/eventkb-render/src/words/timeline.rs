//! What stands on a timeline: marks and gaps.

use eventkb::report::{GapKind, MarkKind, TimelineGap};

use super::event::short_end;
use super::{UNKNOWN, clause, count, event, landmark, times, verdict};

/// A mark as a clause without its computer and time.
pub(crate) fn mark(what: &MarkKind) -> String {
    match what {
        MarkKind::Finding {
            signature,
            verdict,
            occurrences,
            objects,
            ..
        } => {
            let objects = match objects.is_empty() {
                true => String::new(),
                false => {
                    let objects: Vec<&str> = objects.iter().map(|name| short_end(name)).collect();
                    format!(", {}", super::some(&objects, 3))
                }
            };
            let verdict = verdict::verdict(*verdict);
            match occurrences {
                1 => format!("{signature} {verdict}{objects}"),
                more => format!("{signature} {verdict}, {}{objects}", times(*more)),
            }
        }
        MarkKind::Event {
            provider,
            event_id,
            sentence,
            ..
        } => {
            let name = event::event(provider, *event_id);
            match sentence {
                Some(sentence) => format!("{name}: {}", clause(sentence)),
                None => name,
            }
        }
        MarkKind::Landmark { what } => landmark::what(what),
        _ => format!("something happened {UNKNOWN}"),
    }
}

/// A gap as a clause without its computer and times, and paths without this folder.
pub(crate) fn gap(gap: &TimelineGap, folder: &str) -> String {
    gap_kind(&gap.what, &gap.channel, folder)
}

/// What is wrong with a log.
pub(crate) fn gap_kind(what: &GapKind, channel: &str, folder: &str) -> String {
    let log = match channel {
        "" => "its log".to_owned(),
        channel => format!("its {channel} log"),
    };
    match what {
        GapKind::MissingRecords { after, before } => {
            let missing = before.saturating_sub(*after).saturating_sub(1);
            format!(
                "{} missing in {log}, between ids {after} and {before}",
                count(missing, "record")
            )
        }
        GapKind::ManyMissing => {
            format!("records are missing in many places of {log}, as in a filtered export")
        }
        GapKind::Damaged {
            file, records_lost, ..
        } => {
            let file = file.strip_prefix(folder).unwrap_or(file);
            match records_lost {
                0 => format!("{log} is damaged: records may be missing ({file})"),
                lost => format!("{log} is damaged: {} lost ({file})", count(*lost, "record")),
            }
        }
        _ => format!("{log} says less than it should {UNKNOWN}"),
    }
}
