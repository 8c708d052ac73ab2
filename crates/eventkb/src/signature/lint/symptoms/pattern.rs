//! Regular expressions compile.

use crate::signature::lint::{Check, Found, Lint, example, pattern_mistake, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK215",
    name: "pattern",
    severity: ProblemSeverity::Error,
    summary: "Patterns are regular expressions of at most 512 bytes.",
    why: "They run over every value of every event of the symptom, in a time that grows with \
          the text and with the size of the pattern. Look-around and back references, for \
          which other engines may run on for years, are not understood.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "error", "pattern": "(denied" }] }"#,
        r#"{ "where": [{ "value": "error", "pattern": "(?i)denied" }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, pattern, _) in walk::patterns(signature) {
        if let Some(mistake) = pattern_mistake(pattern) {
            found.add(&path, mistake);
        }
    }
}
