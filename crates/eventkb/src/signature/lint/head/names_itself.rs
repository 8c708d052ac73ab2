//! An article is no rival of itself.

use crate::signature::json_path::JsonPath;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK111",
    name: "names_itself",
    severity: ProblemSeverity::Error,
    summary: "`rivals` and `better` name other articles.",
    why: "A report would send its reader in a circle.",
    example: example(
        "",
        r#"{ "rivals": [{ "id": "kb1", "difference": "another code" }] }"#,
        r#"{ "rivals": [{ "id": "KB2", "difference": "another code" }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let mut is_itself = |path: JsonPath, id: &str| {
        if id.eq_ignore_ascii_case(&signature.id) {
            found.add(&path, "names this signature itself");
        }
    };
    for (n, rival) in signature.rivals.iter().enumerate() {
        is_itself(walk::at("rivals").index(n).key("id"), &rival.id);
    }
    for (n, clause) in signature.rules_out.iter().enumerate() {
        if let Some(better) = &clause.better {
            is_itself(walk::at("rules_out").index(n).key("better"), better);
        }
    }
}
