//! What an article makes of an event: a sign of the problem, a mention, what comes after the fix,
//! or nothing to worry about.

use std::collections::BTreeSet;

use super::super::page::{Head, Purpose};
use super::found::{Found, Paragraph};
use super::numbers;
use super::outline::{Outline, Part};
use super::steps::{describes_a_tool, marks_a_step};
use crate::articles::model::EventRole;
use crate::signature::model::LevelName;

/// The role that an event has where it stands.
pub(super) fn role(found: &Found, purpose: Purpose) -> EventRole {
    let whole = found.lead.to_lowercase();
    // Before a block stands a paragraph: its last sentences introduce the event.
    let lead = if found.structured {
        ending(&whole, 1)
    } else {
        whole.as_str()
    };
    if after_fix(ending(&whole, 2), found.part) {
        return EventRole::AfterFix;
    }
    match found.part {
        Part::References => EventRole::Reference,
        _ if purpose == Purpose::Manual => EventRole::Reference,
        _ if found.many => EventRole::Reference,
        // "Another sample event from the engine:", and its level is an error's.
        _ if lead.contains("sample event") && found.structured && is_failure(found) => {
            EventRole::Symptom
        }
        _ if expected(lead) || expected(&found.note.to_lowercase()) => EventRole::Reference,
        Part::Symptoms | Part::Cause => EventRole::Symptom,
        _ if signals(lead) || marks_a_step(lead) => EventRole::Reference,
        _ if !found.structured && describes_a_tool(lead) => EventRole::Reference,
        // Rows of a table outside the symptoms tell what events there are, or what to do about them.
        Part::More | Part::Summary | Part::Other | Part::Resolution if found.trouble => {
            let needs_nothing = has(&found.note.to_lowercase(), &["no action"]);
            match found.level {
                Some((LevelName::Information | LevelName::Verbose, _)) => EventRole::Reference,
                _ if needs_nothing => EventRole::Reference,
                _ => EventRole::Symptom,
            }
        }
        // "Events that are logged", the heading of a table below the symptoms of a problem.
        Part::More | Part::Other
            if found.row
                && purpose == Purpose::Problem
                && has(
                    &found.note.to_lowercase(),
                    &["events that are logged", "events logged"],
                ) =>
        {
            EventRole::Symptom
        }
        Part::More | Part::Summary | Part::Other if found.row => EventRole::Reference,
        Part::Resolution | Part::Status => {
            let fields = found.structured && !found.row && is_failure(found);
            if points_at_problem(lead) || fields && !is_check(lead) {
                EventRole::Symptom
            } else {
                EventRole::Reference
            }
        }
        Part::More | Part::Summary | Part::Other
            if found.structured && tells(found) && !speaks_of_failure(lead) =>
        {
            EventRole::Reference
        }
        Part::More | Part::Summary | Part::Other
            if found.structured && found.level.is_none() && succeeds(found) =>
        {
            EventRole::Reference
        }
        // "Verify that one or more of the following is on each server": what is right is logged.
        Part::More | Part::Summary | Part::Other
            if found.structured && is_asked_for(found, lead) && !is_failure(found) =>
        {
            EventRole::Reference
        }
        Part::More | Part::Summary | Part::Other => {
            let is_failure = speaks_of_failure(lead) || !found.row && is_failure(found);
            if purpose == Purpose::Guide && !is_failure {
                EventRole::Reference
            } else {
                EventRole::Symptom
            }
        }
    }
}

/// What an article is for: what it says itself, else what its title and its sections tell.
pub(super) fn purpose(head: &Head, outline: &Outline) -> Purpose {
    let title = head.title.as_deref().unwrap_or_default();
    if head.purpose == Purpose::Manual {
        return Purpose::Manual;
    }
    if is_guide(title) {
        return Purpose::Guide;
    }
    let explains = || {
        let mut parts = outline.parts.iter();
        parts.any(|part| matches!(part, Part::Symptoms | Part::Cause)) || speaks_of_trouble(title)
    };
    match head.purpose {
        Purpose::Page if explains() => Purpose::Problem,
        Purpose::Page => Purpose::Guide,
        said => said,
    }
}

/// Whether a title is that of a problem.
fn speaks_of_trouble(title: &str) -> bool {
    let low = title.to_lowercase();
    has(
        &low,
        &[
            "cannot",
            "can't",
            "crash",
            "doesn't",
            "error",
            "fail",
            "fix",
            "hang",
            "incorrect",
            "isn't",
            "issue",
            "missing",
            " not ",
            "problem",
            "slow",
            "stop",
            "trouble",
            "unable",
            "won't",
            "wrong",
        ],
    )
}

/// Whether a title is that of a guide: "XADM: How to ...".
fn is_guide(title: &str) -> bool {
    let low = title.to_ascii_lowercase();
    let inner = match low.split_once(": ") {
        Some((area, rest)) if area.len() <= 8 && area.chars().all(char::is_alphanumeric) => rest,
        _ => low.as_str(),
    };
    ["how to ", "howto"]
        .iter()
        .any(|word| inner.starts_with(word))
        || low.starts_with("howto")
}

/// "Look for event 36, which resembles the following example", and the example is informational: it tells
/// that all is well wherever a sentence names it outside the symptoms.
pub(super) fn settle(found: &mut [(Found, EventRole)]) {
    let looks = |id: u16| {
        found.iter().any(|(found, _)| {
            let lead = found.lead.to_lowercase();
            found.id == id
                && !found.structured
                && has(&lead, &["look for", "verify that", "success"])
        })
    };
    let told: BTreeSet<u16> = found
        .iter()
        .filter(|(found, role)| found.structured && tells(found) && *role == EventRole::Reference)
        .map(|(found, _)| found.id)
        .filter(|id| looks(*id))
        .collect();
    // "An event 13516 is logged to signal that it is operational": so it does wherever else it is named.
    let signalled = found.iter().filter(|(found, role)| {
        let lead = found.lead.to_lowercase();
        !found.structured
            && *role == EventRole::Reference
            && (signals(&lead) || marks_a_step(&lead))
    });
    let signalled = signalled
        .map(|(found, _)| found.id)
        .collect::<BTreeSet<u16>>();
    let told = &told | &signalled;
    for (found, role) in found.iter_mut() {
        let outside = !matches!(found.part, Part::Symptoms | Part::Cause);
        let said = !found.structured && outside && *role == EventRole::Symptom;
        if said && told.contains(&found.id) && !speaks_of_failure(&found.lead.to_lowercase()) {
            *role = EventRole::Reference;
        }
    }
}

/// Logged only once the problem is solved, or by the mended program.
fn after_fix(lead: &str, part: Part) -> bool {
    let logged = has(lead, &["event", "logged", "log ", "error message"]);
    let solved = has(
        lead,
        &[
            "after you apply",
            "after applying",
            "after you install the fix",
            "after you install the hotfix",
            "after you install this",
            "after installing",
            "after the fix",
            "after this fix",
            "after the hotfix",
            "with the fix",
            "with this fix",
            "with this hotfix",
            "when the fix is",
            "the fix logs",
            "this fix logs",
            "new event",
            "following new events",
            "following new error",
            "following new message",
            "has been modified to log",
            "was modified to log",
            "has been changed to log",
            "will now log",
            "now logs",
            "connection is restored",
            "connectivity is restored",
            "communication is restored",
            "confirms that",
            "confirm that the",
            "to verify that the",
            "is resolved",
            "was successful",
            "has completed successfully",
        ],
    );
    let place = matches!(
        part,
        Part::Resolution | Part::Status | Part::More | Part::Other | Part::Summary
    );
    logged && solved && (place || has(lead, &["now logs", "will now log"]))
}

/// What is right: "you should see the following event".
fn expected(lead: &str) -> bool {
    has(
        lead,
        &[
            "was not logged",
            "wasn't logged",
            "sample event",
            "successful startup",
            "started successfully",
            "should receive one",
            "you should receive",
            "you should see",
            "is successful",
            "are successful",
            "successfully",
            "indicates that the service is running",
            "generates the following events in",
            "for example, event",
            "(such as event",
            "diagnostic logging is enabled",
            "in the normal course",
        ],
    ) && !has(
        lead,
        &[
            "not successful",
            "unsuccessful",
            "may not",
            "fail",
            "error",
            "cannot",
        ],
    )
}

/// What is logged when all is well, or to tell something.
fn signals(lead: &str) -> bool {
    has(
        lead,
        &[
            "to signal that",
            "signals that",
            "is operational",
            "process is complete",
            "information event",
            "informational event",
            "wait for ",
            "monitor the ",
            "confirming",
            "that confirms",
        ],
    ) && !has(lead, &["not operational", "fail", "problem", "issue"])
        || lead.contains("audit")
            && has(lead, &["enable", "look for"])
            && !has(lead, &["error", "fail"])
}

/// The last sentences of a text.
pub(super) fn ending(text: &str, sentences: usize) -> &str {
    let mut from = text.trim_end().len();
    for _ in 0..sentences {
        let before = text.get(..from).unwrap_or_default().trim_end();
        let before = before.trim_end_matches(['.', ':', '?', '!']);
        from = [". ", "? ", "! ", ": "]
            .iter()
            .filter_map(|mark| before.rfind(mark).map(|at| at + mark.len()))
            .max()
            .unwrap_or(0);
    }
    text.get(from..).unwrap_or(text)
}

/// A lead that speaks of trouble.
fn points_at_problem(lead: &str) -> bool {
    has(
        lead,
        &[
            "you may receive",
            "you receive",
            "error message",
            "may be logged",
            "might be logged",
            "are logged",
            "is logged",
            "may log",
            "may report",
            "any of the following events",
            "verify that you see",
            "logs the following",
            "following error",
            "following warning",
            "fails",
            "failed",
            "stops",
            "may occur",
            "indicate",
            "problem",
        ],
    ) && !is_check(lead)
}

/// What is logged tells that a step was done.
fn is_check(lead: &str) -> bool {
    // Whether the problem is the one that the article explains.
    let sees = has(lead, &["verify that you see"]);
    !sees
        && has(
            lead,
            &[
                "verify",
                "make sure",
                "should be logged",
                "confirm",
                "will log",
                "will be logged",
                "you'll see",
                "you will see",
            ],
        )
}

/// What the reader is to find in the log to see that a step was done.
fn is_asked_for(found: &Found, lead: &str) -> bool {
    let looks = has(lead, &["check the", "look for", "wait for"]) && lead.contains("the following");
    let sees = has(lead, &["verify that", "make sure", "confirm"]);
    let done = found.description.iter().any(|(_, text)| {
        let text = text.to_lowercase();
        has(
            &text,
            &["success", "complete", "finished", "deleted", "has started"],
        )
    });
    (looks || sees) && done && !has(lead, &["error", "warning", "fail", "problem"])
}

/// Its text says that something went well.
fn succeeds(found: &Found) -> bool {
    let says = |words: &[&str]| {
        let mut texts = found.description.iter();
        texts.any(|(_, text)| has(&text.to_lowercase(), words))
    };
    let fails = [
        "fail",
        "error",
        "unsuccess",
        "not ",
        "cannot",
        "unable",
        "warning",
    ];
    says(&["success"]) && !says(&fails)
}

/// Fields that say it themselves.
fn is_failure(found: &Found) -> bool {
    use LevelName::{Critical, Error, Warning};
    matches!(found.level, Some((Critical | Error | Warning, _)))
}

/// It says of itself that nothing is wrong.
fn tells(found: &Found) -> bool {
    use LevelName::{Information, Verbose};
    matches!(found.level, Some((Information | Verbose, _)))
}

/// In a guide, "is logged" says nothing about trouble.
fn speaks_of_failure(lead: &str) -> bool {
    has(
        lead,
        &[
            "you may receive",
            "you receive",
            "error message",
            "following error",
            "following warning",
            "fails",
            "failed",
        ],
    )
}

/// Ways to say that something needs no care, in the passive: of whatever the sentence is about.
const IGNORED: &[&str] = &[
    "can be ignored",
    "safe to ignore",
    "can be safely ignored",
    "can safely be ignored",
    "may be ignored",
    "may be safely ignored",
    "may safely be ignored",
    "should be ignored",
    "is harmless",
    "are harmless",
    "is benign",
    "are benign",
    "informational only",
    "is expected behavior",
    "expected behavior",
    "does not indicate a problem",
    "do not indicate a problem",
    "doesn't indicate a problem",
    "no action is required",
    "no action is needed",
    "cosmetic",
];

/// And with the object behind, which may be something else than an event.
const IGNORE: &[&str] = &[
    "can safely ignore",
    "safely ignore",
    "safe to ignore",
    "you can ignore",
    "you may ignore",
    "can ignore th",
    "can also ignore",
    "ignore this event",
    "ignore these event",
    "ignore this warning",
    "ignore this message",
    "ignore this error",
];

/// Words for what is logged.
const LOGGED: &[&str] = &["event", "message", "error", "warning", "entr"];

/// Whether the article says of an event that it can be ignored. `alone` when it is about no other.
pub(super) fn harmless(found: &Found, paragraphs: &[Paragraph], alone: bool) -> bool {
    let (id, problem) = (found.id, found.problem);
    let digits = id.to_string();
    let here = paragraphs.iter().filter(|p| p.problem == problem);
    here.into_iter().any(|paragraph| {
        let low = paragraph.text.to_lowercase();
        low.split_inclusive(". ").any(|sentence| {
            let about_this = names_number(sentence, &digits);
            let about_event = has(sentence, LOGGED);
            let about_other = || {
                let named = numbers::mentions(sentence);
                named.iter().any(|mention| !mention.ids.contains(&id))
            };
            is_ignored(sentence)
                && (about_this
                    || found.part == Part::Symptoms && is_all(sentence) && !about_other()
                    || alone
                        && (about_event || paragraph.part == Part::Cause || is_this(sentence))
                        && !about_other())
        })
    })
}

fn is_ignored(sentence: &str) -> bool {
    let denied = has(
        sentence,
        &[
            "should not be ignored",
            "cannot be ignored",
            "not ignore",
            "will ignore",
        ],
    );
    let object_is_logged = |word: &&str| {
        let Some(at) = sentence.find(*word) else {
            return false;
        };
        let object = sentence.get(at + word.len()..).unwrap_or_default();
        let object: String = object.chars().take(60).collect();
        has(word, LOGGED) || has(&object, LOGGED) || has(&object, &[" it", "them", "log"])
    };
    !denied && (has(sentence, IGNORED) || IGNORE.iter().any(object_is_logged))
}

/// A sentence about all the events that were shown.
fn is_all(sentence: &str) -> bool {
    has(
        sentence,
        &[
            "these event",
            "these error",
            "these warning",
            "these message",
            "these log entries",
            "these entries",
            "these two error",
            "these two event",
            "the events are",
            "both events",
            "both of these events",
        ],
    )
}

/// A sentence about what was spoken of before.
fn is_this(sentence: &str) -> bool {
    ["this ", "these ", "it ", "they "]
        .iter()
        .any(|word| sentence.trim_start().starts_with(word))
}

/// Whether a number stands in a text by itself.
fn names_number(text: &str, digits: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(digits) {
        let (before, behind) = rest.split_at(at);
        let behind = behind.get(digits.len()..).unwrap_or_default();
        let is_part = |c: char| c.is_alphanumeric();
        if !before.ends_with(is_part) && !behind.starts_with(is_part) {
            return true;
        }
        rest = behind;
    }
    false
}

pub(super) fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(part: Part, lead: &str) -> Found {
        Found {
            part,
            lead: lead.into(),
            ..Found::default()
        }
    }

    #[test]
    fn roles_by_place_and_words() {
        use EventRole::*;
        for (part, lead, wanted) in [
            (Part::Symptoms, "The following event is logged:", Symptom),
            (
                Part::Resolution,
                "Look for the following events to verify that all is well:",
                Reference,
            ),
            (
                Part::Resolution,
                "After you apply the fix, the following event is logged:",
                AfterFix,
            ),
            (
                Part::More,
                "A new event is logged by the mended driver:",
                AfterFix,
            ),
            (Part::More, "The following may be logged as well:", Symptom),
            (Part::References, "Event 5", Reference),
        ] {
            assert_eq!(role(&found(part, lead), Purpose::Problem), wanted, "{lead}");
        }
        let guide = role(
            &found(Part::Other, "Events of the service:"),
            Purpose::Guide,
        );
        assert_eq!(guide, Reference);
    }

    #[test]
    fn what_a_page_is_for() {
        let purpose = |title: &str, parts: Vec<Part>| {
            let head = Head {
                title: Some(title.into()),
                purpose: Purpose::Page,
                ..Head::default()
            };
            let outline = Outline {
                parts,
                ..Outline::default()
            };
            super::purpose(&head, &outline)
        };
        assert_eq!(
            purpose("Audit logon events", vec![Part::Other]),
            Purpose::Guide
        );
        assert_eq!(
            purpose("Audit logon events", vec![Part::Symptoms]),
            Purpose::Problem
        );
        assert_eq!(purpose("The agent cannot start", vec![]), Purpose::Problem);
    }

    #[test]
    fn what_can_be_ignored() {
        let paragraph = |text: &str| Paragraph {
            text: text.into(),
            part: Part::Cause,
            problem: 0,
            first: 1,
            last: 1,
        };
        let found = Found {
            id: 27,
            ..found(Part::Symptoms, "")
        };
        let says = |text: &str, alone| harmless(&found, &[paragraph(text)], alone);
        assert!(says("The event can safely be ignored. ", true));
        assert!(says("Event 27 is harmless. ", false));
        assert!(!says("The event can be ignored. ", false));
        assert!(says("You can safely ignore these error events. ", false));
        assert!(!says(
            "You can safely ignore these events, but for event ID 5. ",
            false
        ));
        assert!(!says("The event should not be ignored. ", true));
    }
}
