//! Where an event gives a computer's name.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;
use eventkb_logs::limits::MAX_STRINGS;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK315",
    name: "name_source",
    severity: ProblemSeverity::Error,
    summary: "A source of names has `string`, `value` or `part`, and not both `string` and `value`.",
    why: "Without one, any string of the event would be taken for a computer's name.",
    example: example(
        "cause_checks[1]",
        r#"{ "names": [{ "events": [{ "provider": "Service Control Manager", "id": 7000 }] }] }"#,
        r#"{ "names": [{ "events": [{ "provider": "Service Control Manager", "id": 7000 }], "string": 2 }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, source) in walk::name_sources(signature) {
        if source.string.is_none() && source.value.is_none() && source.part.is_none() {
            found.add(&path, "needs a `string`, a `value` or a `part`");
        }
        if source.string.is_some() && source.value.is_some() {
            found.add(&path, "has `string` and `value`: name one of them");
        }
        if source
            .value
            .as_ref()
            .is_some_and(|name| name.trim().is_empty())
        {
            found.add(&path.key("value"), "must not be empty");
        }
        let counts = 1..=MAX_STRINGS;
        if source.strings.is_some_and(|count| !counts.contains(&count)) {
            let message = format!("records have 1 to {MAX_STRINGS} strings");
            found.add(&path.key("strings"), message);
        }
    }
}
