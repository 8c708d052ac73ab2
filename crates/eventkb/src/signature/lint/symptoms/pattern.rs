//! Regular expressions compile.

use crate::limits;
use crate::signature::compile;
use crate::signature::lint::{Check, Found, Lint, example, pattern_mistake, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK215",
    name: "pattern",
    severity: ProblemSeverity::Error,
    summary: "Patterns are regular expressions of at most 512 bytes that do not count far.",
    why: "They run over every value of every event of the symptom, in a time that grows with \
          the text and with the size of the pattern, in which `x{300}` counts as 300 times `x`: one \
          pattern, and all of a signature, are held to a size. Look-around and back references, for \
          which other engines may run on for years, are not understood.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "error", "pattern": "(denied" }] }"#,
        r#"{ "where": [{ "value": "error", "pattern": "(?i)denied" }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let mut size = 0;
    for (path, pattern, _) in walk::patterns(signature) {
        if let Some(mistake) = pattern_mistake(pattern) {
            found.add(&path, mistake);
            continue;
        }
        let before = size;
        size += compile::program_size(pattern);
        if before <= limits::MAX_PATTERN_PROGRAMS && size > limits::MAX_PATTERN_PROGRAMS {
            let mistake = "with this pattern, those of the signature take too long to look for together: leave \
                           some out, or ask for fewer repetitions";
            found.add(&path, mistake.to_owned());
        }
    }
}
