//! One entry for each event.

use crate::signature::catalogue::ProviderEntry;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::problem::ProblemSeverity;
use std::collections::HashSet;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK504",
    name: "event_twice",
    severity: ProblemSeverity::Error,
    summary: "A catalogue file has events, and each once.",
    why: "Of two entries for one event, only one would be used.",
    example: example(
        "",
        r#"{ "events": [{ "id": 7000, "sentence": "One." }, { "id": 7000, "sentence": "Two." }] }"#,
        r#"{ "events": [{ "id": 7000, "sentence": "One." }, { "id": 7001, "sentence": "Two." }] }"#,
    ),
    check: Check::Catalogue(check),
};

fn check(entry: &ProviderEntry, found: &mut Found<'_>) {
    let list = walk::at("events");
    if entry.events.is_empty() {
        found.add(&list, "needs at least one event");
    }
    let mut seen = HashSet::new();
    for (n, event) in entry.events.iter().enumerate() {
        if !seen.insert(event.id) {
            let message = format!("event {} is there twice", event.id);
            found.add(&list.index(n).key("id"), message);
        }
    }
}
