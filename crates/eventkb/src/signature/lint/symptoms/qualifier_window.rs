//! Times of only_if.

use crate::limits;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK219",
    name: "qualifier_window",
    severity: ProblemSeverity::Error,
    summary: "`within_s` is between 1 second and 31 days.",
    why: "Logs count in whole seconds, and a time longer than logs reach back decides nothing.",
    example: example(
        "symptoms[0]",
        r#"{ "only_if": [{ "at_start": { "within_s": 0 } }] }"#,
        r#"{ "only_if": [{ "at_start": { "within_s": 300 } }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let most = limits::MAX_WINDOW_S;
    for (path, qualifier, _) in walk::qualifiers(signature) {
        if !(1..=most).contains(&walk::within(qualifier)) {
            let message = format!("must be between 1 and {most} seconds");
            found.add(&path.key("within_s"), message);
        }
    }
}
