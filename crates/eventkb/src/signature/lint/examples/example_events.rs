//! Examples have events.

use crate::signature::examples::Examples;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK601",
    name: "example_events",
    severity: ProblemSeverity::Error,
    summary: "Every example has at least one event.",
    why: "Nothing can come of nothing.",
    example: example(
        "examples[0]",
        r#"{ "events": [] }"#,
        r#"{ "events": [{ "provider": "Service Control Manager", "event_id": 7000 }] }"#,
    ),
    check: Check::Examples(check),
};

fn check(file: &Examples, found: &mut Found<'_>) {
    for (n, example) in file.examples.iter().enumerate() {
        let path = walk::at("examples").index(n).key("events");
        if example.events.is_empty() {
            found.add(&path, "needs at least one event");
        }
        for (n, note) in example.events.iter().enumerate() {
            if note.provider.trim().is_empty() {
                found.add(&path.index(n).key("provider"), "must not be empty");
            }
        }
    }
}
