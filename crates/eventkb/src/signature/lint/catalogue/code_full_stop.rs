//! Words of codes stand within sentences.

use crate::signature::catalogue::CodeFile;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK551",
    name: "code_full_stop",
    severity: ProblemSeverity::Warning,
    summary: "What a code says has no full stop.",
    why: "It stands in brackets within a sentence.",
    example: example(
        "entries.5",
        r#"{ "says": "access denied." }"#,
        r#"{ "says": "access denied" }"#,
    ),
    check: Check::Codes(check),
};

fn check(file: &CodeFile, found: &mut Found<'_>) {
    for (code, entry) in &file.entries {
        if entry.says.trim_end().ends_with('.') {
            let path = walk::at("entries").key(code).key("says");
            found.add_help(&path, "ends with a full stop", "leave it out");
        }
    }
}
