//! Anchors that tell something.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Role;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK351",
    name: "supporting_anchor",
    severity: ProblemSeverity::Warning,
    summary: "Occurrences are built around core or strong symptoms.",
    why: "A supporting symptom goes with many problems. Occurrences around it are mostly those \
          of others, and the events that matter are shared out among them.",
    example: example(
        "join",
        r#"{ "anchor": ["retried"] }"#,
        r#"{ "anchor": ["failed"] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    // Behind a better one it only takes what that one leaves.
    if let Some(first) = signature.join.anchor.first()
        && walk::role_of(signature, first) == Some(Role::Supporting)
    {
        let message = format!("`{first}` is only supporting, and occurrences are built around it");
        let help = "name a core or strong symptom first";
        found.add_help(&walk::at("join").key("anchor").index(0), message, help);
    }
}
