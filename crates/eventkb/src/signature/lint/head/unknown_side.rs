//! Sides that symptoms name.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK110",
    name: "unknown_side",
    severity: ProblemSeverity::Error,
    summary: "The `side` of a symptom is one of `sides`.",
    why: "A report says which computer plays which part; for a side that is not described it \
          would say nothing.",
    example: example(
        "symptoms[0]",
        r#"{ "side": "clent" }"#,
        r#"{ "side": "client" }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let known: Vec<&str> = signature.sides.iter().map(|s| s.name.as_str()).collect();
    for (n, symptom) in signature.symptoms.iter().enumerate() {
        let side = symptom.side.as_deref();
        if let Some(side) = side.filter(|side| !known.contains(side)) {
            let path = walk::at("symptoms").index(n).key("side");
            found.unknown(&path, "side", side, &known);
        }
    }
}
