//! The standard rules need a core.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Role;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK311",
    name: "no_core",
    severity: ProblemSeverity::Error,
    summary: "A signature without `verdicts` has a core symptom.",
    why: "The standard rules ask for the core symptoms; without one nothing is ever found.",
    example: example(
        "",
        r#"{ "symptoms": [{ "id": "failed", "description": "the service failed", "events": [{ "provider": "Service Control Manager", "id": 7034 }], "role": "strong" }], "join": null, "relations": [] }"#,
        r#"{ "symptoms": [{ "id": "failed", "description": "the service failed", "events": [{ "provider": "Service Control Manager", "id": 7034 }], "role": "core" }], "join": null, "relations": [] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let has_core = signature.symptoms.iter().any(|s| s.role == Role::Core);
    if signature.verdicts.is_none() && !signature.symptoms.is_empty() && !has_core {
        let help = "give the symptom without which it is another problem the role `core`, or write `verdicts`";
        found.add_help(
            &walk::at("symptoms"),
            "the standard rules ask for a core symptom, and there is none",
            help,
        );
    }
}
