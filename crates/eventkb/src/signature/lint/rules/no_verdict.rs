//! Some verdict can be reached.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK310",
    name: "no_verdict",
    severity: ProblemSeverity::Error,
    summary: "`verdicts` has at least one of `match`, `likely` and `possible`.",
    why: "Without a rule nothing is ever found. Left out altogether, the standard rules hold.",
    example: example(
        "",
        r#"{ "verdicts": {} }"#,
        r#"{ "verdicts": { "possible": { "found": ["failed", "timed_out"] } } }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    if signature.verdicts.is_some() && walk::verdicts(signature).is_empty() {
        let help = "leave out `verdicts` for the standard rules";
        found.add_help(
            &walk::at("verdicts"),
            "needs at least one of `match`, `likely` and `possible`",
            help,
        );
    }
}
