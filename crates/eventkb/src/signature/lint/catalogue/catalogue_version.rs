//! The version of the catalogue format.

use crate::signature::catalogue::CATALOGUE_FORMAT;
use crate::signature::catalogue::ProviderEntry;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK501",
    name: "catalogue_version",
    severity: ProblemSeverity::Error,
    summary: "`catalogue` is 1.",
    why: "The number says how the rest is to be understood.",
    example: example("", r#"{ "catalogue": 2 }"#, r#"{ "catalogue": 1 }"#),
    check: Check::Catalogue(check),
};

fn check(entry: &ProviderEntry, found: &mut Found<'_>) {
    if entry.catalogue != CATALOGUE_FORMAT {
        let message = format!("this eventkb reads `\"catalogue\": {CATALOGUE_FORMAT}`");
        found.add(&walk::at("catalogue"), message);
    }
}
