//! A condition either tests or joins.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Condition;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK209",
    name: "condition_mixed",
    severity: ProblemSeverity::Error,
    summary: "A condition with `any` or `all` has no subject, no test and not both of them.",
    why: "How they belong together would be a guess.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "error", "number": 5, "any": [{ "string": 1, "is": "Spooler" }] }] }"#,
        r#"{ "where": [{ "value": "error", "number": 5 }, { "any": [{ "string": 1, "is": "Spooler" }] }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, condition, _) in walk::conditions(signature) {
        if walk::is_leaf(condition) {
            continue;
        }
        if !condition.any.is_empty() && !condition.all.is_empty() {
            let help = "put one of them into the other";
            found.add_help(&path, "has `any` and `all` at once", help);
        }
        let joins_only = Condition {
            any: Vec::new(),
            all: Vec::new(),
            not: false,
            meaning: None,
            ..condition.clone()
        } == Condition::default();
        if !joins_only {
            let help = "make a condition of its own of the subject and its test";
            found.add_help(&path, "joins conditions and makes a test at once", help);
        }
    }
}
