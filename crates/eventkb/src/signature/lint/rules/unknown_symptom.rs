//! Symptoms that are mentioned.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK301",
    name: "unknown_symptom",
    severity: ProblemSeverity::Error,
    summary: "Rules, `anchor`, `only_if` and `logging` name symptoms of the signature.",
    why: "What is not there is never found; a mistyped name in a rule would make it fail for \
          good.",
    example: example(
        "",
        r#"{ "verdicts": { "possible": { "found": ["faild"] } } }"#,
        r#"{ "verdicts": { "possible": { "found": ["failed", "timed_out"] } } }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let known = walk::symptom_ids(signature);
    for (path, id) in walk::mentions(signature) {
        if !known.contains(&id) {
            found.unknown(&path, "symptom", id, &known);
        }
    }
}
