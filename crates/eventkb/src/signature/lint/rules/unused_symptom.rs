//! Symptoms that decide nothing.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::model::{Role, Rule};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK353",
    name: "unused_symptom",
    severity: ProblemSeverity::Warning,
    summary: "Core, strong and context symptoms are used by a rule; context ones by `only_if` or a relation at least.",
    why: "With rules of one's own, a core symptom that none of them names changes no verdict, \
          whatever its role says. A context symptom that nothing refers to is never looked at.",
    example: example(
        "",
        r#"{ "verdicts": { "likely": { "found": ["failed"] } } }"#,
        r#"{ "verdicts": { "match": { "found": ["failed", "timed_out"] }, "likely": { "found": ["failed"] } } }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let known = walk::symptom_ids(signature);
    let is_known = |id: &str| known.contains(&id);
    let has_no_rule = signature.verdicts.is_some() && walk::verdicts(signature).is_empty();
    if has_no_rule || !walk::mentions(signature).iter().all(|(_, id)| is_known(id)) {
        // EK310 and EK301 say it; which symptom was meant is not known.
        return;
    }
    let mut used: Vec<&str> = Vec::new();
    for (path, rule, _) in walk::rules(signature) {
        if let Some((_, ids)) = walk::named(&path, rule) {
            used.extend(ids.iter().map(String::as_str));
        }
        let mut relations = signature.relations.iter();
        if let Some(relation) = relations.find(|r| *rule == Rule::Relation(r.id.clone())) {
            let sides = [&relation.left, &relation.right];
            used.extend(sides.into_iter().filter_map(|side| side.split('.').next()));
        }
    }
    let asked = walk::neighbours(signature);
    used.extend(asked.iter().map(|(_, other, _)| *other));
    for (n, symptom) in signature.symptoms.iter().enumerate() {
        let should_be_used = match symptom.role {
            Role::Core | Role::Strong => signature.verdicts.is_some(),
            Role::Supporting => false,
            Role::Context => true,
        };
        if should_be_used && !used.contains(&symptom.id.as_str()) {
            let path = walk::at("symptoms").index(n).key("id");
            let role = symptom.role.as_str();
            let message = format!("no rule uses this {role} symptom, so it decides nothing");
            found.add_help(
                &path,
                message,
                "name it in `verdicts`, or make it `supporting`",
            );
        }
    }
}
