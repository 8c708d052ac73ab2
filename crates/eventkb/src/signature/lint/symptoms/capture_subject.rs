//! What a capture keeps.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK222",
    name: "capture_subject",
    severity: ProblemSeverity::Error,
    summary: "A capture has exactly one subject; `message` and `any_value` are narrowed by `part` or `shape`.",
    why: "A whole message is different in every record, and any value is no particular one.",
    example: example(
        "symptoms[0]",
        r#"{ "capture": [{ "name": "service", "message": true }] }"#,
        r#"{ "capture": [{ "name": "service", "message": true, "part": "The (.+) service" }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, capture) in walk::captures(signature) {
        let subjects = [
            capture.string.is_some(),
            capture.value.is_some(),
            capture.system.is_some(),
            capture.message,
            capture.any_value,
        ];
        if subjects.iter().filter(|given| **given).count() != 1 {
            let message =
                "needs exactly one of `string`, `value`, `system`, `message` and `any_value`";
            found.add(&path, message);
        }
        if capture
            .value
            .as_ref()
            .is_some_and(|name| name.trim().is_empty())
        {
            found.add(&path.key("value"), "must not be empty");
        }
        let narrowed = capture.part.is_some() || capture.shape.is_some();
        if capture.message && capture.part.is_none() {
            found.add(&path, "keeps a whole message: narrow it with `part`");
        } else if capture.any_value && !narrowed {
            found.add(
                &path,
                "keeps just any value: narrow it with `part` or `shape`",
            );
        }
    }
}
