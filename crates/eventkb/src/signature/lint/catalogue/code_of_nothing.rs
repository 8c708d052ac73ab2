//! Codes are values of the event.

use super::sentence::names;
use crate::signature::catalogue::ProviderEntry;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::problem::ProblemSeverity;
use eventkb_logs::limits::MAX_STRINGS;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK509",
    name: "code_of_nothing",
    severity: ProblemSeverity::Error,
    summary: "The keys of `codes` are names of values or positions.",
    why: "A code that no value has is never said in words.",
    example: example(
        "events[0]",
        r#"{ "codes": { "eror": "win32" } }"#,
        r#"{ "codes": { "error": "win32" } }"#,
    ),
    check: Check::Catalogue(check),
};

fn check(entry: &ProviderEntry, found: &mut Found<'_>) {
    for (n, event) in entry.events.iter().enumerate() {
        let path = walk::at("events").index(n).key("codes");
        let known: Vec<&str> = names(event).collect();
        for key in event.codes.keys() {
            let is_known = match key.parse::<usize>() {
                Ok(position) => (1..=MAX_STRINGS).contains(&position),
                Err(_) => known.iter().any(|known| known.eq_ignore_ascii_case(key)),
            };
            if !is_known {
                found.unknown(&path.key(key), "value", key, &known);
            }
        }
    }
}
