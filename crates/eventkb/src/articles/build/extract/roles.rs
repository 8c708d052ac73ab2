//! What an article makes of an event: a sign of the problem, a mention, what comes after the fix,
//! or nothing to worry about.

use super::super::page::Purpose;
use super::blocks::{Found, Paragraph};
use super::outline::Part;
use crate::articles::model::EventRole;

/// The role that an event has where it stands.
pub(super) fn role(found: &Found, purpose: Purpose) -> EventRole {
    let lead = found.lead.to_lowercase();
    if after_fix(&lead, found.part) {
        return EventRole::AfterFix;
    }
    match found.part {
        Part::References => EventRole::Reference,
        _ if expected(&lead) => EventRole::Reference,
        // Rows of a table outside the symptoms tell what events there are.
        Part::More | Part::Summary | Part::Other if found.row => EventRole::Reference,
        Part::Symptoms | Part::Cause => EventRole::Symptom,
        Part::Resolution | Part::Status => {
            if points_at_problem(&lead) {
                EventRole::Symptom
            } else {
                EventRole::Reference
            }
        }
        Part::More | Part::Summary | Part::Other => {
            if purpose == Purpose::Guide && !speaks_of_failure(&lead) {
                EventRole::Reference
            } else {
                EventRole::Symptom
            }
        }
    }
}

/// Logged only once the problem is solved, or by the mended program.
fn after_fix(lead: &str, part: Part) -> bool {
    let logged = has(lead, &["event", "logged", "log "]);
    let solved = has(
        lead,
        &[
            "after you apply",
            "after applying",
            "after you install the fix",
            "after you install the hotfix",
            "after you install this",
            "after installing the fix",
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
            "has been modified to log",
            "was modified to log",
            "has been changed to log",
            "a change has been made",
            "will now log",
            "now logs",
            "is restored",
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
    logged
        && solved
        && (place
            || has(
                lead,
                &["now logs", "will now log", "a change has been made"],
            ))
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
    ) && !has(
        lead,
        &["verify", "make sure", "should be logged", "confirm"],
    )
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

/// Whether the article says of an event that it can be ignored. `alone` when it names no other.
pub(super) fn harmless(id: u16, problem: u32, paragraphs: &[Paragraph], alone: bool) -> bool {
    let digits = id.to_string();
    paragraphs
        .iter()
        .filter(|p| p.problem == problem)
        .any(|paragraph| {
            let low = paragraph.text.to_lowercase();
            low.split_inclusive(". ").any(|sentence| {
                let about_this = sentence.contains(&digits);
                let about_event = has(sentence, &["event", "message", "error", "warning", "entr"]);
                let ignored = has(
                    sentence,
                    &[
                        "can be ignored",
                        "can be safely ignored",
                        "can safely be ignored",
                        "can safely ignore",
                        "may be ignored",
                        "may safely be ignored",
                        "should be ignored",
                        "safely ignore",
                        "you can ignore",
                        "can ignore th",
                        "may ignore th",
                        "ignore this event",
                        "ignore these event",
                        "ignore this warning",
                        "ignore this message",
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
                        "no user action is required",
                        "cosmetic",
                    ],
                );
                let denied = has(
                    sentence,
                    &[
                        "should not be ignored",
                        "cannot be ignored",
                        "do not ignore",
                        "not ignore",
                    ],
                );
                ignored
                    && !denied
                    && (about_this
                        || about_event && alone
                        || alone && paragraph.part == Part::Cause)
            })
        })
}

fn has(text: &str, words: &[&str]) -> bool {
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
    fn what_can_be_ignored() {
        let paragraph = |text: &str| Paragraph {
            text: text.into(),
            part: Part::Cause,
            problem: 0,
            first: 1,
        };
        let says = |text: &str, alone| harmless(27, 0, &[paragraph(text)], alone);
        assert!(says("The event can safely be ignored. ", true));
        assert!(says("Event 27 is harmless. ", false));
        assert!(!says("The event can be ignored. ", false));
        assert!(!says("The event should not be ignored. ", true));
    }
}
