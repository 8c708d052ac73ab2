//! One name for each value.

use crate::signature::catalogue::ProviderEntry;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::problem::ProblemSeverity;
use std::collections::HashSet;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK505",
    name: "value_twice",
    severity: ProblemSeverity::Error,
    summary: "The names in `values` and in each layout are different, ignoring case, and not only digits.",
    why: "A condition that names one of two would always get the first. A number in a sentence \
          is a position.",
    example: example(
        "events[0]",
        r#"{ "values": ["service", "error", "Error"] }"#,
        r#"{ "values": ["service", "error", "reason"] }"#,
    ),
    check: Check::Catalogue(check),
};

fn check(entry: &ProviderEntry, found: &mut Found<'_>) {
    for (n, event) in entry.events.iter().enumerate() {
        let path = walk::at("events").index(n);
        let mut lists = vec![(path.key("values"), &event.values)];
        for (n, layout) in event.layouts.iter().enumerate() {
            lists.push((path.key("layouts").index(n).key("values"), &layout.values));
        }
        for (list, names) in lists {
            let mut seen = HashSet::new();
            for (n, name) in names
                .iter()
                .enumerate()
                .filter(|(_, name)| !name.is_empty())
            {
                let path = list.index(n);
                if name.parse::<usize>().is_ok() {
                    found.add(&path, "a number would be taken for a position");
                } else if name.trim() != name || name.contains(['{', '}']) {
                    found.add(&path, "a name has no space around it and no braces");
                } else if !seen.insert(name.to_lowercase()) {
                    found.add(&path, format!("`{name}` is there twice"));
                }
            }
        }
    }
}
