//! Whether there is a value is asked of the whole.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK218",
    name: "present_narrowed",
    severity: ProblemSeverity::Error,
    summary: "`present` is asked of one whole value: without `part` and `each_line`, and not of `any_value`.",
    why: "Whether there is a value does not depend on its parts. A `pattern` says what a value \
          has in it.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "error", "part": "code (\\d+)", "present": true }] }"#,
        r#"{ "where": [{ "value": "error", "pattern": "code \\d+" }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, condition) in walk::leaves(signature) {
        let narrowed = condition.part.is_some() || condition.each_line || condition.any_value;
        if condition.present.is_some() && narrowed {
            let message = "asks for the presence of part of a value";
            found.add_help(&path.key("present"), message, "use `pattern`");
        }
    }
}
