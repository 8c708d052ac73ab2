//! Texts that are compared have letters.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK214",
    name: "empty_text_test",
    severity: ProblemSeverity::Error,
    summary: "A text test names at least one text, and none is empty.",
    why: "An empty list can never hold. An empty value counts as none, so it never *is* \
          anything, while every value *contains* an empty text.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "error", "is": "" }] }"#,
        r#"{ "where": [{ "value": "error", "present": false }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, condition) in walk::leaves(signature) {
        for (key, texts) in walk::text_tests(condition) {
            let path = path.key(key);
            if texts.is_empty() {
                found.add(&path, "names no text, so it can never hold");
            }
            for text in texts {
                if text.trim().is_empty() {
                    let help = "use `present` to ask whether there is a value";
                    found.add_help(&path, "compares with an empty text", help);
                }
            }
        }
    }
}
