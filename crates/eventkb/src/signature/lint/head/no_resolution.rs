//! Something can be done.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK106",
    name: "no_resolution",
    severity: ProblemSeverity::Error,
    summary: "`resolution` has at least one step.",
    why: "What to do is what the reader looks for. Where nothing can be done, or need be, that \
          is the step.",
    example: example(
        "",
        r#"{ "resolution": [] }"#,
        r#"{ "resolution": ["Nothing: the event may be ignored."] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    if signature.resolution.is_empty() {
        let help = "where nothing need be done, say so";
        found.add_help(&walk::at("resolution"), "needs at least one step", help);
    }
}
