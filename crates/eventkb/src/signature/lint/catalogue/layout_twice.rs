//! Layouts are told apart by their number of strings.

use crate::signature::catalogue::ProviderEntry;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::problem::ProblemSeverity;
use eventkb_logs::limits::MAX_STRINGS;
use std::collections::HashSet;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK506",
    name: "layout_twice",
    severity: ProblemSeverity::Error,
    summary: "No two `layouts` of an event have the same number of values, and none is empty.",
    why: "A layout holds for records with exactly as many strings; of two with one number, \
          neither can be told.",
    example: example(
        "events[0]",
        r#"{ "layouts": [{ "values": ["a", "b"] }, { "values": ["c", "d"] }] }"#,
        r#"{ "layouts": [{ "values": ["a", "b"] }, { "values": ["c", "d", "e"] }] }"#,
    ),
    check: Check::Catalogue(check),
};

fn check(entry: &ProviderEntry, found: &mut Found<'_>) {
    for (n, event) in entry.events.iter().enumerate() {
        let list = walk::at("events").index(n).key("layouts");
        let mut counts = HashSet::new();
        for (n, layout) in event.layouts.iter().enumerate() {
            if layout.values.is_empty() {
                found.add(&list.index(n), "names no value");
            } else if layout.values.len() > MAX_STRINGS {
                found.add(&list.index(n), format!("more than {MAX_STRINGS} values"));
            } else if !counts.insert(layout.values.len()) {
                let message =
                    "another layout has the same number of values, so neither can be told";
                found.add(&list.index(n), message);
            }
        }
    }
}
