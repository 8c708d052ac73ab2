//! Times of cause checks.

use crate::limits;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::CauseCheck;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK316",
    name: "check_window",
    severity: ProblemSeverity::Error,
    summary: "`within_s` of a cause check is between 1 second and 31 days.",
    why: "A cause that shows more than a month from the occurrence belongs to another one.",
    example: example(
        "cause_checks[0]",
        r#"{ "within_s": 5000000 }"#,
        r#"{ "within_s": 3600 }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let most = limits::MAX_WINDOW_S;
    for (n, check) in signature.cause_checks.iter().enumerate() {
        let within = match check {
            CauseCheck::ComputerNames(_) => None,
            CauseCheck::Event(check) => check.within_s,
            CauseCheck::Absence(check) => check.within_s,
        };
        if within.is_some_and(|within| !(1..=most).contains(&within)) {
            let path = walk::at("cause_checks").index(n).key("within_s");
            found.add(&path, format!("must be between 1 and {most} seconds"));
        }
    }
}
