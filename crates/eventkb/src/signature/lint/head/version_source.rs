//! Where a product's version is read.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK112",
    name: "version_source",
    severity: ProblemSeverity::Error,
    summary: "A member of `applies_to` says where the version stands (`events`, `capture`), but for Windows.",
    why: "Builds of Windows are read from EventLog 6009 and Kernel-General 12, whatever a \
          signature says. No other product is known: without events and a capture its version \
          is never seen.",
    example: example(
        "",
        r#"{ "applies_to": [{ "product": "SQL Server", "versions": ["15"] }] }"#,
        r#"{ "applies_to": [{ "product": "SQL Server", "versions": ["15"], "events": [{ "provider": "MSSQLSERVER", "id": 17069 }], "capture": { "name": "version", "string": 1, "part": "(\\d+\\.\\d+)" } }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (n, version) in signature.applies_to.iter().enumerate() {
        let path = walk::at("applies_to").index(n);
        if version.product.trim().is_empty() {
            found.add(&path.key("product"), "must not be empty");
        } else if version.product.eq_ignore_ascii_case("Windows") {
            if !version.events.is_empty() || version.capture.is_some() {
                found.add_help(
                    &path,
                    "the builds of Windows are read from EventLog 6009 and Kernel-General 12, not from these events",
                    "leave out `events` and `capture`",
                );
            }
        } else if version.events.is_empty() || version.capture.is_none() {
            found.add_help(
                &path,
                format!(
                    "nothing says where the version of {} stands",
                    version.product
                ),
                "add `events` and `capture`",
            );
        }
    }
}
