//! Something that must be found.

use crate::signature::examples::Examples;
use crate::signature::examples::{Example, ExampleVerdict};
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK651",
    name: "no_match_example",
    severity: ProblemSeverity::Warning,
    summary: "Some example must be a match, likely or possible.",
    why: "Without one, nothing shows that the signature finds what its article is about.",
    example: example(
        "examples[0]",
        r#"{ "verdict": "not_offered" }"#,
        r#"{ "verdict": "match" }"#,
    ),
    check: Check::Examples(check),
};

fn check(file: &Examples, found: &mut Found<'_>) {
    if !file.examples.iter().any(is_offered) {
        found.add_help(
            &walk::at("examples"),
            "no example must match",
            "add the events of the article as an example",
        );
    }
}

/// Whether the article must be offered as an explanation.
pub(super) fn is_offered(example: &Example) -> bool {
    matches!(
        example.verdict,
        ExampleVerdict::Match | ExampleVerdict::Likely | ExampleVerdict::Possible
    )
}
