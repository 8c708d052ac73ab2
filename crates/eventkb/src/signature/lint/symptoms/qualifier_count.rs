//! How many events.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Qualifier;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK220",
    name: "qualifier_count",
    severity: ProblemSeverity::Error,
    summary: "`at_least` in `count` is 2 or more.",
    why: "The event itself is one of them, so a count of 1 always holds.",
    example: example(
        "symptoms[0]",
        r#"{ "only_if": [{ "count": { "at_least": 0, "within_s": 600 } }] }"#,
        r#"{ "only_if": [{ "count": { "at_least": 3, "within_s": 600 } }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, qualifier, _) in walk::qualifiers(signature) {
        if let Qualifier::Count(count) = qualifier
            && count.at_least < 2
        {
            let message = "the event itself is one, so this always holds";
            found.add_help(&path.key("at_least"), message, "ask for at least 2");
        }
    }
}
