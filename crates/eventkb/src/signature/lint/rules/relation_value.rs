//! Values that relations compare.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK303",
    name: "relation_value",
    severity: ProblemSeverity::Error,
    summary: "`left` and `right` of a relation are written `symptom.capture`, and the symptom captures that.",
    why: "A relation compares two captured values; what is not captured is the same as \
          nothing.",
    example: example(
        "relations[0]",
        r#"{ "left": "timed_out.error" }"#,
        r#"{ "left": "timed_out.service" }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (n, relation) in signature.relations.iter().enumerate() {
        let path = walk::at("relations").index(n);
        for (key, written) in [("left", &relation.left), ("right", &relation.right)] {
            value(&path.key(key), signature, written, found);
        }
        if relation.left == relation.right {
            found.add(&path.key("right"), "compares a value with itself");
        }
    }
}

fn value(
    path: &crate::signature::json_path::JsonPath,
    signature: &Signature,
    written: &str,
    found: &mut Found<'_>,
) {
    let Some((id, capture)) = written.split_once('.') else {
        found.add(
            path,
            format!("`{written}` is not written `symptom.capture`"),
        );
        return;
    };
    let Some(symptom) = signature.symptoms.iter().find(|s| s.id == id) else {
        found.unknown(path, "symptom", id, &walk::symptom_ids(signature));
        return;
    };
    let known: Vec<&str> = symptom.capture.iter().map(|c| c.name.as_str()).collect();
    if !known.contains(&capture) {
        found.add_help(
            path,
            format!("`{id}` does not capture `{capture}`"),
            crate::signature::nearest::did_you_mean(capture, &known),
        );
    }
}
