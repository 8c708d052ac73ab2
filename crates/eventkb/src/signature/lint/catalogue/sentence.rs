//! Sentences that can be filled in.

use crate::signature::catalogue::EventEntry;
use crate::signature::catalogue::ProviderEntry;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::nearest::did_you_mean;
use crate::signature::problem::ProblemSeverity;
use eventkb_logs::limits::MAX_STRINGS;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK507",
    name: "sentence",
    severity: ProblemSeverity::Error,
    summary: "A `sentence` says something, and each `{name}` in it is a value of the event or a position.",
    why: "What nothing fills in is shown as `?` in every report.",
    example: example(
        "events[0]",
        r#"{ "sentence": "The service {servce} did not start." }"#,
        r#"{ "sentence": "The service {service} did not start." }"#,
    ),
    check: Check::Catalogue(check),
};

fn check(entry: &ProviderEntry, found: &mut Found<'_>) {
    for (n, event) in entry.events.iter().enumerate() {
        let path = walk::at("events").index(n).key("sentence");
        if event.sentence.trim().is_empty() {
            found.add(&path, "must not be empty");
        }
        let known: Vec<&str> = names(event).collect();
        for part in event.sentence.split('{').skip(1) {
            let Some((name, _)) = part.split_once('}') else {
                found.add(&path, "`{` without `}`");
                continue;
            };
            let is_known = match name.parse::<usize>() {
                Ok(position) => (1..=MAX_STRINGS).contains(&position),
                Err(_) => known.iter().any(|known| known.eq_ignore_ascii_case(name)),
            };
            if !is_known {
                found.add_help(
                    &path,
                    format!("nothing fills in `{{{name}}}`"),
                    did_you_mean(name, &known),
                );
            }
        }
    }
}

/// The names of all values of an event.
pub(super) fn names(event: &EventEntry) -> impl Iterator<Item = &str> {
    let layouts = event.layouts.iter().flat_map(|layout| &layout.values);
    let all = event.values.iter().chain(layouts).map(String::as_str);
    all.filter(|name| !name.is_empty())
}
