//! Strings are counted from 1.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;
use eventkb_logs::limits::MAX_STRINGS;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK211",
    name: "string_position",
    severity: ProblemSeverity::Error,
    summary: "Positions of strings count from 1 to 256.",
    why: "They are the numbers of %1, %2 in a message; a record never has more strings than \
          are read.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "string": 0, "number": 5 }] }"#,
        r#"{ "where": [{ "string": 1, "number": 5 }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, position) in walk::positions(signature) {
        if !(1..=MAX_STRINGS).contains(&position) {
            let message = format!("strings are counted from 1 to {MAX_STRINGS}");
            found.add(&path, message);
        }
    }
}
