//! Whatever looks for events says which.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK202",
    name: "no_events",
    severity: ProblemSeverity::Error,
    summary: "`events` names at least one event.",
    why: "A symptom, clause or check without an event never finds anything.",
    example: example(
        "symptoms[0]",
        r#"{ "events": [] }"#,
        r#"{ "events": [{ "provider": "Service Control Manager", "id": 7000 }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, events) in walk::event_lists(signature) {
        // A version without events is a matter of EK112.
        let is_version = path.is_within(&walk::at("applies_to"));
        if events.is_empty() && !is_version {
            found.add(&path.key("events"), "names no event");
        }
    }
}
