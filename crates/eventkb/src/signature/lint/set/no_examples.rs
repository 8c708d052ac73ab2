//! Signatures prove themselves.

use crate::signature::lint::{Check, Found, Lint, Others, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK404",
    name: "no_examples",
    severity: ProblemSeverity::Warning,
    summary: "A signature has examples in a file beside it.",
    why: "Only an example shows that a signature finds what its article is about, and leaves \
          alone what it is easily confused with, today and after the next change.",
    example: example("", r#"{ "id": "KB9" }"#, r#"{ "id": "KB1" }"#),
    check: Check::InSet(check),
};

fn check(signature: &Signature, others: &Others<'_>, found: &mut Found<'_>) {
    if others.examples.is_none() {
        let id = &signature.id;
        found.add_help(
            &walk::at("id"),
            "has no examples",
            format!("put the events of the article and of its closest rival into `{id}.examples.json` beside it"),
        );
    }
}
