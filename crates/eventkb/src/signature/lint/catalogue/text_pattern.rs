//! Patterns that read strings out of a text.

use crate::signature::catalogue::ProviderEntry;
use crate::signature::lint::{Check, Found, Lint, example, groups, pattern_mistake, walk};
use crate::signature::problem::ProblemSeverity;
use eventkb_logs::limits::MAX_STRINGS;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK508",
    name: "text_pattern",
    severity: ProblemSeverity::Error,
    summary: "`from_text` names positions from 1 to 256, and patterns with exactly one capture group.",
    why: "The group is the string; without one there is nothing to read, of two one would be \
          ignored.",
    example: example(
        "events[0]",
        r#"{ "from_text": [{ "string": 1, "pattern": "The .+ service failed" }] }"#,
        r#"{ "from_text": [{ "string": 1, "pattern": "The (.+) service failed" }] }"#,
    ),
    check: Check::Catalogue(check),
};

fn check(entry: &ProviderEntry, found: &mut Found<'_>) {
    for (n, event) in entry.events.iter().enumerate() {
        let list = walk::at("events").index(n).key("from_text");
        for (n, from_text) in event.from_text.iter().enumerate() {
            let path = list.index(n);
            if !(1..=MAX_STRINGS).contains(&from_text.string) {
                let message = format!("strings are counted from 1 to {MAX_STRINGS}");
                found.add(&path.key("string"), message);
            }
            let path = path.key("pattern");
            if let Some(mistake) = pattern_mistake(&from_text.pattern) {
                found.add(&path, mistake);
            } else if let Some(have) = groups(&from_text.pattern).filter(|have| *have != 1) {
                let message = format!("has {have} capture groups, must have exactly one");
                found.add_help(
                    &path,
                    message,
                    "write (?:...) for groups that capture nothing",
                );
            }
        }
    }
}
