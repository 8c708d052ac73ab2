//! Rules ask for a cause that is checked.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Rule;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK313",
    name: "cause_without_check",
    severity: ProblemSeverity::Error,
    summary: "A rule asks for the `cause` only where there are `cause_checks`.",
    why: "Without a check the cause is always unknown.",
    example: example(
        "",
        r#"{ "verdicts": { "match": { "all": [{ "found": ["failed", "timed_out"] }, { "cause": "confirmed" }] } }, "cause_checks": [] }"#,
        r#"{ "verdicts": { "match": { "all": [{ "found": ["failed", "timed_out"] }, { "cause": "confirmed" }] } } }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, rule, _) in walk::rules(signature) {
        if matches!(rule, Rule::Cause(_)) && signature.cause_checks.is_empty() {
            let message = "asks for the cause, but there are no `cause_checks`";
            found.add(&path.key("cause"), message);
        }
    }
}
