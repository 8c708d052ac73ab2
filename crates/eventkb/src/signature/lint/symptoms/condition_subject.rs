//! What a condition looks at.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Condition;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK207",
    name: "condition_subject",
    severity: ProblemSeverity::Error,
    summary: "A condition has exactly one subject: `string`, `value`, `any_value`, `message`, `binary` or `system`.",
    why: "A test needs something to look at, and of two subjects only one could be meant.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "string": 2, "value": "error", "number": 5 }] }"#,
        r#"{ "where": [{ "value": "error", "number": 5 }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, condition) in walk::leaves(signature) {
        if *condition == Condition::default() {
            let help = "write a subject and a test, or conditions in `any` or `all`";
            found.add_help(&path, "asks nothing", help);
            continue;
        }
        let subjects: Vec<&str> = [
            ("string", condition.string.is_some()),
            ("value", condition.value.is_some()),
            ("any_value", condition.any_value),
            ("message", condition.message),
            ("binary", condition.binary.is_some()),
            ("system", condition.system.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, given)| given.then_some(name))
        .collect();
        match subjects.as_slice() {
            [_] => {}
            [] => found.add(
                &path,
                "needs a subject: `string`, `value`, `any_value`, `message`, `binary` or `system`",
            ),
            several => {
                let message = format!("has several subjects: {}", several.join(", "));
                found.add_help(&path, message, "make a condition of each");
            }
        }
        let is_empty = |name: &String| name.trim().is_empty();
        if condition.value.as_ref().is_some_and(is_empty) {
            found.add(&path.key("value"), "must not be empty");
        }
    }
}
