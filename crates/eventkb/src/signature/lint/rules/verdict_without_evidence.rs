//! A verdict rests on evidence.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::model::{Role, Rule};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK312",
    name: "verdict_without_evidence",
    severity: ProblemSeverity::Error,
    summary: "No rule for a verdict can hold without an event of a symptom that is evidence.",
    why: "`context` is no evidence, and what is not there proves nothing alone: such a rule \
          would report the article for every occurrence of whatever.",
    example: example(
        "",
        r#"{ "verdicts": { "likely": { "found": ["failed", "timed_out"] }, "possible": { "not": { "found": ["failed"] } } } }"#,
        r#"{ "verdicts": { "likely": { "found": ["failed", "timed_out"] }, "possible": { "found": ["failed"] } } }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, rule) in walk::verdicts(signature) {
        if !needs_evidence(signature, rule) {
            let help = "add `found` or `seen` with a symptom that is not `context`";
            found.add_help(&path, "could hold without any evidence", help);
        }
    }
}

/// Whether the rule can only hold where an event of a symptom other than a context one is there.
fn needs_evidence(signature: &Signature, rule: &Rule) -> bool {
    // A name that is not there is said by EK301, an empty list by EK307.
    let is_evidence = |id: &str| walk::role_of(signature, id) != Some(Role::Context);
    match rule {
        Rule::All(parts) => {
            parts.is_empty() || parts.iter().any(|part| needs_evidence(signature, part))
        }
        Rule::Any(parts) => parts.iter().all(|part| needs_evidence(signature, part)),
        Rule::Found(ids) | Rule::Seen(ids) => {
            ids.is_empty() || ids.iter().any(|id| is_evidence(id))
        }
        Rule::Contradicted(ids) => ids.iter().all(|id| is_evidence(id)),
        Rule::AtLeast { count, of } => {
            let context = of.iter().filter(|id| !is_evidence(id)).count();
            *count > context
        }
        Rule::Relation(id) => {
            let relation = signature.relations.iter().find(|r| r.id == *id);
            relation.is_none_or(|relation| {
                let symptoms = [&relation.left, &relation.right];
                symptoms
                    .iter()
                    .any(|side| is_evidence(side.split('.').next().unwrap_or_default()))
            })
        }
        Rule::Not(part) => match &**part {
            Rule::Not(part) => needs_evidence(signature, part),
            _ => false,
        },
        Rule::Absent(_) | Rule::Cause(_) => false,
    }
}
