//! A part is what one group captures.

use crate::signature::lint::{Check, Found, Lint, example, groups, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK216",
    name: "pattern_group",
    severity: ProblemSeverity::Error,
    summary: "`part` and `from_text` have exactly one capture group.",
    why: "The group is the part that is meant; of two, one would be ignored.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "error", "part": "(code|error) (\\d+)", "number": 5 }] }"#,
        r#"{ "where": [{ "value": "error", "part": "(?:code|error) (\\d+)", "number": 5 }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, pattern, one_group) in walk::patterns(signature) {
        let Some(have) = groups(pattern).filter(|have| one_group && *have != 1) else {
            continue;
        };
        let message = format!("has {have} capture groups, must have exactly one");
        let help = if have == 0 {
            "put what is meant in (...)"
        } else {
            "write (?:...) for groups that capture nothing"
        };
        found.add_help(&path, message, help);
    }
}
