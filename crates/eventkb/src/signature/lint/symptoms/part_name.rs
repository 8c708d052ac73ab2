//! Names by which parts refer to each other.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK205",
    name: "part_name",
    severity: ProblemSeverity::Error,
    summary: "Ids of symptoms, clauses and relations, and names of captures, begin with a letter or digit and go on with letters, digits, `-` and `_`.",
    why: "Rules and relations refer to them, as `symptom.capture`: a dot within a name could \
          not be told from the one between.",
    example: example(
        "relations[0]",
        r#"{ "id": "same service" }"#,
        r#"{ "id": "same_service" }"#,
    ),
    check: Check::Signature(check),
};

/// Letters of a name: more do not fit into a table.
const MOST: usize = 64;

fn check(signature: &Signature, found: &mut Found<'_>) {
    let mut names = Vec::new();
    for (n, symptom) in signature.symptoms.iter().enumerate() {
        names.push((walk::at("symptoms").index(n).key("id"), &symptom.id));
    }
    for (n, clause) in signature.rules_out.iter().enumerate() {
        names.push((walk::at("rules_out").index(n).key("id"), &clause.id));
    }
    for (n, relation) in signature.relations.iter().enumerate() {
        names.push((walk::at("relations").index(n).key("id"), &relation.id));
    }
    for (path, capture) in walk::captures(signature) {
        names.push((path.key("name"), &capture.name));
    }
    for (path, name) in names {
        let mut bytes = name.bytes();
        let is_name = name.len() <= MOST
            && bytes.next().is_some_and(|b| b.is_ascii_alphanumeric())
            && bytes.all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if !is_name {
            let message = format!(
                "a name begins with a letter or digit, then letters, digits, `-` and `_`, at most {MOST}"
            );
            found.add(&path, message);
        }
    }
}
