//! What only_if looks at fits into an occurrence.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Qualifier;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK254",
    name: "qualifier_beyond_join",
    severity: ProblemSeverity::Warning,
    summary: "`count` and neighbours look no further than `window_s` of `join`.",
    why: "Events further apart than the window are different occurrences: the report would \
          show only some of the events that it counted.",
    example: example(
        "symptoms[0]",
        r#"{ "only_if": [{ "count": { "at_least": 3, "within_s": 86400 } }] }"#,
        r#"{ "only_if": [{ "count": { "at_least": 3, "within_s": 600 } }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let window = signature.join.window_s;
    for (path, qualifier, _) in walk::qualifiers(signature) {
        let joins = match qualifier {
            Qualifier::Count(_) | Qualifier::PrecededBy(_) | Qualifier::FollowedBy(_) => true,
            // Nothing is joined for a landmark or for an event that must not be there.
            Qualifier::AtStart(_)
            | Qualifier::AtShutdown(_)
            | Qualifier::NotPrecededBy(_)
            | Qualifier::NotFollowedBy(_) => false,
        };
        let within = walk::within(qualifier);
        if joins && within > window {
            let message =
                format!("looks {within} s far, while an occurrence lasts at most {window} s");
            found.add_help(&path.key("within_s"), message, "raise `window_s` in `join`");
        }
    }
}
