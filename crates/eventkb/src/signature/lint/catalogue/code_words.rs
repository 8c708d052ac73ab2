//! Codes in words.

use crate::signature::catalogue::CodeFile;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK523",
    name: "code_words",
    severity: ProblemSeverity::Error,
    summary: "A code has a name and a few words.",
    why: "They are what a report shows beside the number.",
    example: example(
        "entries.5",
        r#"{ "says": "" }"#,
        r#"{ "says": "access denied" }"#,
    ),
    check: Check::Codes(check),
};

fn check(file: &CodeFile, found: &mut Found<'_>) {
    for (code, entry) in &file.entries {
        let path = walk::at("entries").key(code);
        for (key, text) in [("name", &entry.name), ("says", &entry.says)] {
            if text.trim().is_empty() {
                found.add(&path.key(key), "must not be empty");
            }
        }
    }
}
