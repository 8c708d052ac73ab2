//! What occurrences are built around.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::model::{Locality, Role};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK306",
    name: "anchor_place",
    severity: ProblemSeverity::Error,
    summary: "`anchor` names symptoms on the computer of the occurrence that are evidence themselves.",
    why: "An occurrence belongs to a computer, so what may sit on any cannot begin one; and \
          context is only looked at where there is an occurrence.",
    example: example(
        "symptoms[0]",
        r#"{ "locality": "any_computer" }"#,
        r#"{ "locality": "same_computer" }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let list = walk::at("join").key("anchor");
    for (n, anchor) in signature.join.anchor.iter().enumerate() {
        let path = list.index(n);
        let Some(symptom) = signature.symptoms.iter().find(|s| s.id == *anchor) else {
            // EK301 says it.
            continue;
        };
        if symptom.locality == Locality::AnyComputer {
            let message = "a symptom that may sit on any computer cannot anchor an occurrence";
            found.add(&path, message);
        } else if symptom.role == Role::Context {
            found.add(
                &path,
                "context is no evidence, so it cannot anchor an occurrence",
            );
        }
    }
}
