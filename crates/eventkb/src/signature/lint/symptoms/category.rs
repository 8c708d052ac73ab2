//! Categories have a name or a number.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK206",
    name: "category",
    severity: ProblemSeverity::Error,
    summary: "A `category` has a name, a number, or both.",
    why: "Raw logs hold the number, exports the name; an empty one fits no record.",
    example: example(
        "symptoms[0]",
        r#"{ "category": [{}] }"#,
        r#"{ "category": [{ "name": "Field Engineering", "number": 15 }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (n, symptom) in signature.symptoms.iter().enumerate() {
        let list = walk::at("symptoms").index(n).key("category");
        for (n, category) in symptom.category.iter().enumerate() {
            let name = category.name.as_deref().unwrap_or_default();
            if name.trim().is_empty() && category.number.is_none() {
                found.add(&list.index(n), "needs a name or a number");
            }
        }
    }
}
