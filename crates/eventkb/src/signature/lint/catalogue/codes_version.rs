//! The version of the format of codes.

use crate::signature::catalogue::CATALOGUE_FORMAT;
use crate::signature::catalogue::CodeFile;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK521",
    name: "codes_version",
    severity: ProblemSeverity::Error,
    summary: "`codes` is 1.",
    why: "The number says how the rest is to be understood.",
    example: example("", r#"{ "codes": 2 }"#, r#"{ "codes": 1 }"#),
    check: Check::Codes(check),
};

fn check(file: &CodeFile, found: &mut Found<'_>) {
    if file.codes != CATALOGUE_FORMAT {
        let message = format!("this eventkb reads `\"codes\": {CATALOGUE_FORMAT}`");
        found.add(&walk::at("codes"), message);
    }
}
