//! What is harmless is not severe.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::{Severity, Signature, Standing};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK152",
    name: "harmless_severity",
    severity: ProblemSeverity::Warning,
    summary: "What is `harmless` has the severity `low`.",
    why: "Harmless findings are summed up in one line. What is severe does not belong there, \
          and what belongs there is not severe.",
    example: example(
        "",
        r#"{ "standing": "harmless", "severity": "high" }"#,
        r#"{ "standing": "harmless", "severity": "low" }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    if signature.standing == Standing::Harmless && signature.severity != Severity::Low {
        let message = format!("harmless, and yet {}", signature.severity.as_str());
        let help = "write `low`, or give it the standing of a problem or notice";
        found.add_help(&walk::at("severity"), message, help);
    }
}
