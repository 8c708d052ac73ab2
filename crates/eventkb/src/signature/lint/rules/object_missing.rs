//! Core symptoms say what they are about.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::model::{Locality, Role};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK352",
    name: "object_missing",
    severity: ProblemSeverity::Warning,
    summary: "Every core symptom captures one of the `objects` of `join`, if any does.",
    why: "Occurrences are told apart by their objects. An event without one goes to the \
          nearest, which may be another's: two services that fail in one minute get each \
          other's events.",
    example: example(
        "symptoms[0]",
        r#"{ "capture": [] }"#,
        r#"{ "capture": [{ "name": "service", "value": "service" }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    // A name that nothing captures is said by EK302.
    let is_captured = |name: &&String| {
        let mut captures = signature.symptoms.iter().flat_map(|s| &s.capture);
        captures.any(|capture| capture.name == **name)
    };
    let objects: Vec<&str> = signature
        .join
        .objects
        .iter()
        .filter(is_captured)
        .map(String::as_str)
        .collect();
    if objects.is_empty() {
        return;
    }
    for (n, symptom) in signature.symptoms.iter().enumerate() {
        let is_core = symptom.role == Role::Core && symptom.locality == Locality::SameComputer;
        if is_core
            && !symptom
                .capture
                .iter()
                .any(|c| objects.contains(&c.name.as_str()))
        {
            let path = walk::at("symptoms").index(n).key("id");
            let message = format!(
                "captures no {}, by which occurrences are told apart",
                objects.join(" or ")
            );
            let help = "capture it where the event carries it, perhaps with `shape` or `part`";
            found.add_help(&path, message, help);
        }
    }
}
