//! What an example wants, its signature can give.

use crate::signature::examples::Examples;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::CauseState;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK606",
    name: "example_asks",
    severity: ProblemSeverity::Error,
    summary: "An example wants a `cause` only of a signature with `cause_checks`, and `objects` only of one that names them in `join`.",
    why: "It could never come true.",
    example: example(
        "examples[0]",
        r#"{ "objects": ["Spooler"] }"#,
        r#"{ "objects": null }"#,
    ),
    check: Check::ExamplesOf(check),
};

fn check(file: &Examples, signature: &Signature, found: &mut Found<'_>) {
    let without_checks = signature.cause_checks.is_empty();
    let without_objects = signature.join.objects.is_empty();
    for (n, example) in file.examples.iter().enumerate() {
        let path = walk::at("examples").index(n);
        let wants_cause = example
            .cause
            .is_some_and(|cause| cause != CauseState::Unknown);
        if without_checks && wants_cause {
            let message = "the signature has no `cause_checks`";
            found.add(&path.key("cause"), message);
        }
        let wants_objects = example.objects.as_ref().is_some_and(|o| !o.is_empty());
        if without_objects && wants_objects {
            let message = "the signature has no `objects` in `join`";
            found.add(&path.key("objects"), message);
        }
    }
}
