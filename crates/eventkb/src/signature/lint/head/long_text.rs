//! Titles fit into a table, texts into a page.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK105",
    name: "long_text",
    severity: ProblemSeverity::Error,
    summary: "A title has at most 120 characters, a cause or a step 2,000.",
    why: "Titles stand in tables, one line each. A cause longer than a page is not in own \
          short words.",
    example: example(
        "",
        r#"{ "title": "The service does not start because the process that should run it does not connect to the service control manager within the time that it waits for it" }"#,
        r#"{ "title": "Service misses the start time-out" }"#,
    ),
    check: Check::Signature(check),
};

/// Characters of a title.
const MOST_TITLE: usize = 120;
/// Characters of any other text.
const MOST_TEXT: usize = 2000;

fn check(signature: &Signature, found: &mut Found<'_>) {
    let mut texts = vec![
        (walk::at("title"), &signature.title, MOST_TITLE),
        (walk::at("cause"), &signature.cause, MOST_TEXT),
    ];
    for (n, step) in signature.resolution.iter().enumerate() {
        texts.push((walk::at("resolution").index(n), step, MOST_TEXT));
    }
    for (path, text, most) in texts {
        if text.chars().count() > most {
            found.add(&path, format!("has more than {most} characters"));
        }
    }
}
