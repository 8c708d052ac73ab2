//! Neighbours are other symptoms.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK221",
    name: "qualifier_symptom",
    severity: ProblemSeverity::Error,
    summary: "`preceded_by` and its like name another symptom.",
    why: "An event of the same symptom is always there: it is the event itself. `count` asks \
          for more of one kind.",
    example: example(
        "symptoms[0]",
        r#"{ "only_if": [{ "preceded_by": { "symptom": "failed", "within_s": 60 } }] }"#,
        r#"{ "only_if": [{ "preceded_by": { "symptom": "timed_out", "within_s": 60 } }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, other, symptom) in walk::neighbours(signature) {
        if other == symptom {
            let help = "name another symptom, or use `count`";
            found.add_help(&path, "names the symptom that asks", help);
        }
    }
}
