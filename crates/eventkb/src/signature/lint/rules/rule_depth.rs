//! Rules within rules have an end.

use crate::limits;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK309",
    name: "rule_depth",
    severity: ProblemSeverity::Error,
    summary: "Rules are nested at most 16 deep.",
    why: "Nobody reads deeper ones, and every occurrence is asked all of them.",
    example: example(
        "",
        r#"{ "verdicts": { "likely": { "found": ["failed", "timed_out"] }, "possible": { "not": { "not": { "not": { "not": { "not": { "not": { "not": { "not": { "not": { "not": { "not": { "not": { "not": { "not": { "not": { "not": { "not": { "not": { "found": ["failed", "timed_out"] } } } } } } } } } } } } } } } } } } } } }"#,
        r#"{ "verdicts": { "likely": { "found": ["failed", "timed_out"] }, "possible": { "found": ["failed"] } } }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let most = limits::MAX_RULE_DEPTH;
    let too_deep = |depth: usize| depth > most;
    if let Some((path, ..)) = walk::rules(signature)
        .into_iter()
        .find(|(.., d)| too_deep(*d))
    {
        found.add(&path, format!("nested deeper than {most}"));
    }
}
