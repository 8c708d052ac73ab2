//! Objects, rivals, fixes: what else is said of a finding.

use eventkb::report::{Finding, ObjectSeen, RivalStanding, SymptomState, Unmet};

use super::{absence, count, event, symptom, times};
use crate::times::Zone;

/// Characters of an object's name, unless everything is wanted.
const LONGEST_NAME: usize = 100;

/// Characters of an object's name where there is little room.
const LONGEST_SHORT_NAME: usize = 24;

/// What the occurrences are about, shorter and shorter: `service Spooler, W32Time and 3 more`.
pub(crate) fn objects(finding: &Finding) -> Vec<String> {
    let all = finding.objects.len() as u64 + finding.objects_more;
    let Some(first) = finding.objects.first() else {
        return Vec::new();
    };
    let same_kind = finding
        .objects
        .iter()
        .all(|object| object.kind == first.kind);
    let named = |object: &ObjectSeen| match same_kind {
        true => object.name.clone(),
        false => format!("{} {}", object.kind, object.name),
    };
    let mut forms: Vec<String> = Vec::new();
    for most in [4, 2, 1] {
        let shown: Vec<String> = finding.objects.iter().take(most).map(named).collect();
        let more = all - shown.len() as u64;
        let mut text = shown.join(", ");
        if same_kind && !first.kind.is_empty() {
            text = format!("{} {text}", first.kind);
        }
        if more > 0 {
            text.push_str(&format!(" and {more} more"));
        }
        if forms.last() != Some(&text) {
            forms.push(text);
        }
    }
    // Of a long path its end tells most, of any other long name its beginning.
    let short = match last_part(&first.name) {
        Some(end) => Some(format!("…{}", end_of(end, LONGEST_SHORT_NAME))),
        None => first
            .name
            .char_indices()
            .nth(LONGEST_SHORT_NAME)
            .and_then(|(cut, _)| Some(format!("{}…", first.name.get(..cut)?.trim_end()))),
    };
    if let Some(short) = short {
        let more = match all - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let text = format!("{} {short}{more}", first.kind);
        forms.push(text.trim_start().to_owned());
        // One object's name says more than that it is one.
        if all == 1 && !first.kind.is_empty() {
            forms.push(short);
        }
    }
    forms.push(count(all, "object"));
    forms
}

/// The last characters of a text.
fn end_of(text: &str, most: usize) -> &str {
    let more = text.chars().count().saturating_sub(most);
    let cut = text.char_indices().nth(more).map_or(0, |(cut, _)| cut);
    text.get(cut..).unwrap_or(text)
}

/// Behind the last separator of a path or name of a directory, with it.
fn last_part(name: &str) -> Option<&str> {
    let at = name.rfind(['/', '\\'])?;
    let end = name.get(at..)?;
    (at > 0 && end.len() > 1).then_some(end)
}

/// One object: `service Spooler: 3 times, 2024-05-01 10:00:00 to 11:00:00`. What is the same for
/// the whole finding is not said again.
pub(crate) fn object(object: &ObjectSeen, finding: &Finding, whole: bool, zone: &Zone) -> String {
    let kind = match object.kind.as_str() {
        "" => String::new(),
        kind => format!("{kind} "),
    };
    let name = event::shown(&object.name);
    // A name that someone made long must not push everything else off the screen.
    let name = match name.char_indices().nth(LONGEST_NAME) {
        Some((cut, _)) if !whole => format!("{}…", name.get(..cut).unwrap_or(name)),
        _ => name.to_owned(),
    };
    let mut text = format!("{kind}{name}: {}", times(object.count));
    if (object.first, object.last) != (finding.first, finding.last) {
        let span = zone.full_span(object.first, object.last);
        text.push_str(&format!(", {span}"));
    }
    if !object.computers.is_empty() && object.computers != finding.computers {
        text.push_str(&format!(", on {}", super::some(&object.computers, 3)));
    }
    text
}

/// How another article stands over the same logs.
pub(crate) fn rival_standing(standing: RivalStanding) -> &'static str {
    match standing {
        RivalStanding::Finding => "found here as well",
        RivalStanding::NearMiss => "has some of its events here",
        RivalStanding::NoEvidence => "has none of its events here",
        RivalStanding::NotLoaded => "its signature is not loaded",
        _ => super::UNKNOWN,
    }
}

/// What an article asks for that is not there, as a clause.
pub(crate) fn unmet(unmet: &Unmet, zone: &Zone) -> String {
    let name = event::event(&unmet.provider, unmet.event_id);
    let failed: Vec<String> = unmet.conditions.iter().map(symptom::judged).collect();
    let why = match (&unmet.absence, failed.is_empty()) {
        (_, false) => failed.join("; "),
        (Some(absence), true) => absence::absence(absence, &[], zone),
        (None, true) if unmet.state == SymptomState::Found => String::new(),
        (None, true) => symptom::state(unmet.state).to_owned(),
    };
    match why.is_empty() {
        true => name,
        false => format!("{name}: {why}"),
    }
}

/// That a finding is history, or what mends it.
pub(crate) fn fix(finding: &Finding, zone: &Zone) -> Option<String> {
    let fix = finding.fix.as_ref()?;
    let updates = super::either(&fix.updates);
    let mut text = match fix.installed.as_slice() {
        [] => format!("{updates} mends it; no log shows that it was installed"),
        installed => {
            let shown: Vec<String> = installed
                .iter()
                .take(3)
                .map(|mark| {
                    format!(
                        "{} on {}, {}",
                        super::landmark::what(&mark.what),
                        mark.computer,
                        zone.full(mark.time)
                    )
                })
                .collect();
            format!("{updates} mends it: {}", super::some(&shown, 3))
        }
    };
    if finding.history {
        text.push_str("; it did not come back since, so this is history");
    }
    if let Some(note) = &fix.note {
        text.push_str(&format!(". {}", super::clause(note)));
    }
    Some(super::sentence(&text))
}
