//! Relations that rules name.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Rule;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK304",
    name: "unknown_relation",
    severity: ProblemSeverity::Error,
    summary: "Rules name relations of the signature.",
    why: "A relation that is not there never holds.",
    example: example(
        "",
        r#"{ "verdicts": { "match": { "all": [{ "found": ["failed", "timed_out"] }, { "relation": "sam_service" }] } } }"#,
        r#"{ "verdicts": { "match": { "all": [{ "found": ["failed", "timed_out"] }, { "relation": "same_service" }] } } }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let known: Vec<&str> = signature.relations.iter().map(|r| r.id.as_str()).collect();
    for (path, rule, _) in walk::rules(signature) {
        if let Rule::Relation(id) = rule
            && !known.contains(&id.as_str())
        {
            found.unknown(&path.key("relation"), "relation", id, &known);
        }
    }
}
