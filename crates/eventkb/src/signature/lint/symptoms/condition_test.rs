//! What a condition asks of its subject.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Condition;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK208",
    name: "condition_test",
    severity: ProblemSeverity::Error,
    summary: "A condition has exactly one test, such as `number`, `is` or `pattern`.",
    why: "A subject without a test asks nothing, and of two tests only one would be made.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "error", "more_than": 3, "less_than": 9 }] }"#,
        r#"{ "where": [{ "value": "error", "more_than": 3 }, { "value": "error", "less_than": 9 }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, condition) in walk::leaves(signature) {
        if *condition == Condition::default() {
            // EK207 says it.
            continue;
        }
        let tests: Vec<&str> = condition.tests().map(|test| test.name()).collect();
        match tests.as_slice() {
            [_] => {}
            [] => found.add_help(
                &path,
                "needs a test",
                "`number`, `number_in`, `contains_number`, `more_than`, `less_than`, `bits`, `is`, `is_exactly`, `starts_with`, `ends_with`, `contains`, `pattern` or `present`",
            ),
            several => {
                let message = format!("has several tests: {}", several.join(", "));
                found.add_help(&path, message, "make a condition of each");
            }
        }
    }
}
