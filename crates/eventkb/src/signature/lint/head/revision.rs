//! Revisions count from 1.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK103",
    name: "revision",
    severity: ProblemSeverity::Error,
    summary: "`revision` counts from 1.",
    why: "Reports name the revision that they rest on; 0 is what a program writes that knows \
          none.",
    example: example("", r#"{ "revision": 0 }"#, r#"{ "revision": 1 }"#),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    if signature.revision == 0 {
        found.add(&walk::at("revision"), "revisions count from 1");
    }
}
