//! Codes are numbers.

use crate::signature::catalogue::CodeFile;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::number;
use crate::signature::problem::ProblemSeverity;
use std::collections::HashMap;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK522",
    name: "code_number",
    severity: ProblemSeverity::Error,
    summary: "The keys of a table of codes are numbers, each once in whatever form.",
    why: "A value is looked up by its number: `%%5`, `5` and `0x5` are one.",
    example: example(
        "",
        r#"{ "entries": { "5": { "name": "A", "says": "access denied" }, "0x5": { "name": "B", "says": "access denied" } } }"#,
        r#"{ "entries": { "5": { "name": "A", "says": "access denied" }, "0x6": { "name": "B", "says": "invalid handle" } } }"#,
    ),
    check: Check::Codes(check),
};

fn check(file: &CodeFile, found: &mut Found<'_>) {
    let path = walk::at("entries");
    if file.entries.is_empty() {
        found.add(&path, "needs at least one code");
    }
    let mut seen = HashMap::new();
    for code in file.entries.keys() {
        match number::parse(code) {
            None => {
                let help = "write `5`, `0x80070005` or `-1018`";
                found.add_help(&path.key(code), format!("`{code}` is no number"), help);
            }
            Some(value) => {
                if let Some(other) = seen.insert(value, code) {
                    let message = format!("`{code}` and `{other}` are the same number");
                    found.add(&path.key(code), message);
                }
            }
        }
    }
}
