//! So many of so many.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Rule;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK308",
    name: "at_least_count",
    severity: ProblemSeverity::Error,
    summary: "The `count` of `at_least` is between 1 and the number of symptoms it counts.",
    why: "None of some always holds, four of three never do.",
    example: example(
        "",
        r#"{ "verdicts": { "possible": { "at_least": { "count": 3, "of": ["failed", "timed_out"] } } } }"#,
        r#"{ "verdicts": { "possible": { "at_least": { "count": 1, "of": ["failed", "timed_out"] } } } }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, rule, _) in walk::rules(signature) {
        let Rule::AtLeast { count, of } = rule else {
            continue;
        };
        // EK307 says it of an empty list.
        if !of.is_empty() && !(1..=of.len()).contains(count) {
            let most = of.len();
            let message = format!("must be between 1 and {most}, the number of symptoms in `of`");
            found.add(&path.key("at_least").key("count"), message);
        }
    }
}
