//! Comparisons of computers' names are complete.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::CauseCheck;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK314",
    name: "name_check",
    severity: ProblemSeverity::Error,
    summary: "A check of names says where names stand and which results confirm the cause; none confirms and contradicts.",
    why: "Without a name there is nothing to compare, and without a result nothing could \
          confirm the cause.",
    example: example(
        "cause_checks[1]",
        r#"{ "confirmed_by": [] }"#,
        r#"{ "confirmed_by": ["case_only"] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (n, check) in signature.cause_checks.iter().enumerate() {
        let CauseCheck::ComputerNames(check) = check else {
            continue;
        };
        let path = walk::at("cause_checks").index(n);
        if check.names.is_empty() {
            found.add(
                &path.key("names"),
                "needs at least one place that gives a name",
            );
        }
        if check.confirmed_by.is_empty() {
            let message = "names no result, so nothing could confirm the cause";
            found.add(&path.key("confirmed_by"), message);
        }
        let list = path.key("contradicted_by");
        for (n, result) in check.contradicted_by.iter().enumerate() {
            if check.confirmed_by.contains(result) {
                let message = "the same result cannot confirm and contradict";
                found.add(&list.index(n), message);
            }
        }
    }
}
