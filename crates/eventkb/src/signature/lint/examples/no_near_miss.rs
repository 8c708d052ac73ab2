//! Something that must be left alone.

use super::no_match_example::is_offered;
use crate::signature::examples::Example;
use crate::signature::examples::Examples;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK652",
    name: "no_near_miss",
    severity: ProblemSeverity::Warning,
    summary: "Some example must not be offered: `not_offered`, `none`, `ruled_out`, or `better` by another article.",
    why: "A signature that finds too much is worse than none; only a near miss shows that it \
          does not.",
    example: example(
        "examples[1]",
        r#"{ "verdict": "match" }"#,
        r#"{ "verdict": "not_offered" }"#,
    ),
    check: Check::Examples(check),
};

fn check(file: &Examples, found: &mut Found<'_>) {
    let is_miss = |example: &Example| !is_offered(example) || example.better.is_some();
    if !file.examples.iter().any(is_miss) {
        found.add_help(
            &walk::at("examples"),
            "no example must be left alone",
            "add the events of the closest rival with the verdict `not_offered`",
        );
    }
}
