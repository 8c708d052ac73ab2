//! The version of the signature format.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::FORMAT;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK101",
    name: "format_version",
    severity: ProblemSeverity::Error,
    summary: "`format` is 2.",
    why: "The number says how the rest is to be understood. Signatures of the first format \
          have other members; docs/signature-format.md says what became of them.",
    example: example("", r#"{ "format": 3 }"#, r#"{ "format": 2 }"#),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    if signature.format != FORMAT {
        let message = format!("this eventkb reads `\"format\": {FORMAT}`");
        found.add(&walk::at("format"), message);
    }
}
