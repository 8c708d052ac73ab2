//! An article names events.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK201",
    name: "no_symptoms",
    severity: ProblemSeverity::Error,
    summary: "A signature has at least one symptom.",
    why: "Without one it can never be found.",
    example: example(
        "",
        r#"{ "symptoms": [], "join": null, "relations": [] }"#,
        r#"{ "symptoms": [{ "id": "failed", "description": "the service failed", "events": [{ "provider": "Service Control Manager", "id": 7034 }], "role": "core" }], "join": null, "relations": [] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    if signature.symptoms.is_empty() {
        found.add(&walk::at("symptoms"), "needs at least one symptom");
    }
}
