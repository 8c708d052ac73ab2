//! Where the article can be read.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK151",
    name: "no_web_address",
    severity: ProblemSeverity::Warning,
    summary: "A signature says where its article can be read.",
    why: "What a report says is short; whoever acts on it wants to read the article.",
    example: example(
        "",
        r#"{ "url": null }"#,
        r#"{ "url": "https://support.microsoft.com/kb/922918" }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    if signature.url.is_none() {
        let message = "does not say where the article can be read";
        found.add_help(&walk::at("id"), message, "add `url`");
    }
}
