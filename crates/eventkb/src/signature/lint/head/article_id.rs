//! Ids are typed and make file names.

use crate::signature::json_path::JsonPath;
use crate::signature::lint::{Check, Found, Lint, example, is_id, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK102",
    name: "article_id",
    severity: ProblemSeverity::Error,
    summary: "An id begins with a letter or digit and goes on with letters, digits, `-`, `_` and single dots; at most 64 in all.",
    why: "Ids are typed on command lines, stand in addresses and make file names: `--help` \
          would be an option there, `../x` another folder.",
    example: example("", r#"{ "id": "--help" }"#, r#"{ "id": "KB1" }"#),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let mut id = |path: JsonPath, id: &str| {
        if !is_id(id) {
            found.add(
                &path,
                "an id begins with a letter or digit, then letters, digits, `-`, `_` and single dots, at most 64",
            );
        }
    };
    id(walk::at("id"), &signature.id);
    for (n, rival) in signature.rivals.iter().enumerate() {
        id(walk::at("rivals").index(n).key("id"), &rival.id);
    }
    for (n, clause) in signature.rules_out.iter().enumerate() {
        if let Some(better) = &clause.better {
            id(walk::at("rules_out").index(n).key("better"), better);
        }
    }
}
