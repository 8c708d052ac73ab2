//! Rules name something.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Rule;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK307",
    name: "empty_rule",
    severity: ProblemSeverity::Error,
    summary: "`all`, `any` and lists of symptoms in rules are not empty.",
    why: "`all` of nothing always holds, `any` of nothing never does; neither is meant.",
    example: example(
        "",
        r#"{ "verdicts": { "possible": { "all": [{ "found": ["failed", "timed_out"] }, { "any": [] }] } } }"#,
        r#"{ "verdicts": { "possible": { "all": [{ "found": ["failed", "timed_out"] }] } } }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, rule, _) in walk::rules(signature) {
        match rule {
            Rule::All(parts) if parts.is_empty() => {
                found.add(&path.key("all"), "must not be empty")
            }
            Rule::Any(parts) if parts.is_empty() => {
                found.add(&path.key("any"), "must not be empty")
            }
            _ => {}
        }
        if let Some((list, ids)) = walk::named(&path, rule)
            && ids.is_empty()
        {
            found.add(&list, "names no symptom");
        }
    }
}
