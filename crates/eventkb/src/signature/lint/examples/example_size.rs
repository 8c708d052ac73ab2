//! Examples are small.

use crate::limits::{MAX_EXAMPLE_EVENTS, MAX_SIGNATURE_ITEMS};
use crate::signature::examples::Examples;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK604",
    name: "example_size",
    severity: ProblemSeverity::Error,
    summary: "An example has at most 10,000 events, repetitions counted, within a year of its start; a file at most 128 examples.",
    why: "All examples are run with every test. What needs more events is a log of test data.",
    example: example(
        "examples[0].events[0]",
        r#"{ "times": 4000000000 }"#,
        r#"{ "times": 400 }"#,
    ),
    check: Check::Examples(check),
};

/// Seconds: longer than the longest window and what must be covered after it.
const YEAR: f64 = 366.0 * 24.0 * 3600.0;

fn check(file: &Examples, found: &mut Found<'_>) {
    let list = walk::at("examples");
    let most = MAX_SIGNATURE_ITEMS;
    if file.examples.len() > most {
        found.add(&list, format!("more than {most} examples"));
    }
    for (n, example) in file.examples.iter().enumerate() {
        let path = list.index(n).key("events");
        let counts = example
            .events
            .iter()
            .map(|note| u64::from(note.times.unwrap_or(1)));
        let most = MAX_EXAMPLE_EVENTS;
        if counts.sum::<u64>() > most as u64 {
            found.add(
                &path,
                format!("more than {most} events, repetitions counted"),
            );
        }
        for (n, note) in example.events.iter().enumerate() {
            let path = path.index(n);
            if note.times == Some(0) {
                found.add(&path.key("times"), "an event happens at least once");
            }
            let every = note.every_s.unwrap_or(1.0);
            let last = note.at_s + every * f64::from(note.times.unwrap_or(1));
            if !(-YEAR..=YEAR).contains(&note.at_s) || !(-YEAR..=YEAR).contains(&last) {
                found.add(&path, "more than a year from the start of the example");
            }
        }
    }
}
