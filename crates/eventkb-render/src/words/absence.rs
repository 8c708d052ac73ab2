//! Why a symptom is not found: what was looked for, in which logs, and what stood in the way.

use eventkb::report::{Absence, ContextMissing, SymptomReport};

use super::{UNKNOWN, condition, some, symptom};
use crate::times::Zone;

/// Computers named in one sentence.
const MOST_COMPUTERS: usize = 4;

/// An absence as a clause. `symptoms` say what ids in it stand for.
pub(crate) fn absence(absence: &Absence, symptoms: &[SymptomReport], zone: &Zone) -> String {
    let name = |id: &str| symptom::name(symptoms, id);
    match absence {
        Absence::LookedFor {
            computers,
            channel,
            from,
            to,
            damaged,
        } => looked_for(
            computers,
            channel,
            &zone.full_span(Some(*from), Some(*to)),
            *damaged,
        ),
        Absence::Elsewhere {
            computer,
            time,
            key,
        } => {
            let key = match key.as_slice() {
                [] => String::new(),
                key => format!(" ({})", self::key(key)),
            };
            let (on, time) = (on(computer), zone.full(*time));
            format!("there{on}, {time}, but in another occurrence{key}")
        }
        Absence::Nowhere => "no such event is anywhere in the collection".into(),
        Absence::NotCovered {
            computer,
            other_than,
            channel,
            why,
            at,
        } => {
            let at = at.map(|at| zone.full(at));
            not_covered(
                computer.as_deref(),
                *other_than,
                channel,
                *why,
                at.as_deref(),
            )
        }
        Absence::LoggingOff {
            category,
            level,
            computer,
        } => {
            let on = on(computer);
            format!(
                "only written with diagnostics logging of {category} at {level}; nothing shows that \
                 it was enabled{on}"
            )
        }
        Absence::NoValues => {
            "the event is there, but this log or export does not carry the values that would tell"
                .into()
        }
        Absence::OtherValues { level_or_category } => match level_or_category {
            true => "the event is there, but of another level or category",
            false => "the event is there, but with other values",
        }
        .into(),
        Absence::Unqualified { condition } => format!(
            "the event is there, but {}",
            condition::not_qualified(condition, &name)
        ),
        Absence::QualifierUnknown { condition } => format!(
            "the event is there, but the logs cannot say whether {}",
            condition::qualifier(condition, &name)
        ),
        _ => UNKNOWN.into(),
    }
}

/// Where: on which computer, if the log names it.
fn on(computer: &str) -> String {
    match computer {
        "" => String::new(),
        computer => format!(" on {computer}"),
    }
}

fn looked_for(computers: &[String], channel: &str, span: &str, damaged: bool) -> String {
    let logs = match channel {
        "" => "the logs".to_owned(),
        channel => format!("the {channel} log"),
    };
    let whose = match computers {
        [] => String::new(),
        computers => format!(" of {}", some(computers, MOST_COMPUTERS)),
    };
    let damaged = match damaged {
        true => "; part of it could not be read",
        false => "",
    };
    format!("not in {logs}{whose} from {span}{damaged}")
}

/// A key: `connector = X, server = Y`.
pub(crate) fn key(key: &[(String, String)]) -> String {
    let pairs: Vec<String> = key
        .iter()
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    pairs.join(", ")
}

fn not_covered(
    computer: Option<&str>,
    other_than: bool,
    channel: &str,
    why: ContextMissing,
    at: Option<&str>,
) -> String {
    let log = match channel {
        "" => "log".to_owned(),
        channel => format!("{channel} log"),
    };
    let whose = match (computer, other_than) {
        (Some(computer), true) => format!("of a computer other than {}", super::computer(computer)),
        (Some(computer), false) => format!("of {}", super::computer(computer)),
        (None, _) => "of any computer".into(),
    };
    let at = at.map_or_else(String::new, |at| format!(", {at}"));
    match why {
        ContextMissing::NoLog => format!("no log {whose} is in the collection"),
        ContextMissing::NoChannel => format!("no {log} {whose} is in the collection"),
        ContextMissing::BeginsLater => format!("the {log} {whose} begins later{at}"),
        ContextMissing::EndsEarlier => format!("the {log} {whose} ends earlier{at}"),
        ContextMissing::BeginsWithin => {
            format!("the {log} {whose} begins within the time that was to be looked at{at}")
        }
        ContextMissing::Gap => {
            format!("between two {log}s {whose} one is missing{at}")
        }
        ContextMissing::Cleared => format!("the {log} {whose} was cleared{at}"),
        ContextMissing::NoTimes => format!("the events of the {log} {whose} have no times"),
        ContextMissing::NoComputers => "these logs name no computer".into(),
        _ => format!("no {log} {whose} could have held it"),
    }
}
