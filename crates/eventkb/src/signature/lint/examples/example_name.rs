//! Examples have names.

use crate::signature::examples::Examples;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::problem::ProblemSeverity;
use std::collections::HashSet;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK602",
    name: "example_name",
    severity: ProblemSeverity::Error,
    summary: "Examples have different names.",
    why: "A failing example is named; of two with one name nobody knows which.",
    example: example(
        "",
        r#"{ "examples": [{ "name": "a", "verdict": "match", "events": [{ "provider": "Service Control Manager", "event_id": 7000 }] }, { "name": "a", "verdict": "none", "events": [{ "provider": "Service Control Manager", "event_id": 7001 }] }] }"#,
        r#"{ "examples": [{ "name": "a", "verdict": "match", "events": [{ "provider": "Service Control Manager", "event_id": 7000 }] }, { "name": "b", "verdict": "none", "events": [{ "provider": "Service Control Manager", "event_id": 7001 }] }] }"#,
    ),
    check: Check::Examples(check),
};

fn check(file: &Examples, found: &mut Found<'_>) {
    let mut seen = HashSet::new();
    for (n, example) in file.examples.iter().enumerate() {
        let path = walk::at("examples").index(n).key("name");
        if example.name.trim().is_empty() {
            found.add(&path, "must not be empty");
        } else if !seen.insert(&example.name) {
            found.add(&path, format!("`{}` is there twice", example.name));
        }
    }
}
