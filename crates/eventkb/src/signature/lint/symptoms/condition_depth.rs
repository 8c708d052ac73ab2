//! Conditions within conditions have an end.

use crate::limits;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK210",
    name: "condition_depth",
    severity: ProblemSeverity::Error,
    summary: "Conditions are nested at most 16 deep, and a symptom has at most 256, nested ones counted.",
    why: "Every event of a symptom is asked all of them.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "error", "number": 5 }, "... 257 in all"] }"#,
        r#"{ "where": [{ "value": "error", "number": 5 }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for part in walk::parts(signature) {
        let path = part.path.key("where");
        let mut all = Vec::new();
        walk::conditions_of(&path, part.conditions, 0, &mut all);
        let most = limits::MAX_CONDITIONS;
        if all.len() > most {
            let message = format!("has {} conditions, more than {most}", all.len());
            found.add_help(
                &path,
                message,
                "`number_in` and lists of texts take many values in one",
            );
        }
        let most = limits::MAX_RULE_DEPTH;
        if let Some((path, ..)) = all.iter().find(|(_, _, depth)| *depth > most) {
            found.add(path, format!("nested deeper than {most}"));
        }
    }
}
