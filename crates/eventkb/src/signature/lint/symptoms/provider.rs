//! Names of providers, and how they begin.

use crate::signature::lint::{Check, Found, Lint, example, provider_mistake, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK203",
    name: "provider",
    severity: ProblemSeverity::Error,
    summary: "A provider has a name; `*` stands only at its end.",
    why: "Providers are looked up by name or by how the name begins. A `*` elsewhere would be \
          taken as a letter, and no provider has it.",
    example: example(
        "symptoms[2]",
        r#"{ "events": [{ "provider": "*SQL", "id": 17204 }] }"#,
        r#"{ "events": [{ "provider": "MSSQL$*", "id": 17204 }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, selector) in walk::selectors(signature) {
        if let Some(mistake) = provider_mistake(&selector.provider) {
            found.add(&path.key("provider"), mistake);
        }
    }
}
