//! Words of binary data.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK212",
    name: "binary_word",
    severity: ProblemSeverity::Error,
    summary: "A word of binary data has 1, 2, 4 or 8 bytes and begins below 65536.",
    why: "Words of other sizes are not read, and no record is longer.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "binary": { "offset": 12, "size": 3 }, "number": 5 }] }"#,
        r#"{ "where": [{ "binary": { "offset": 12, "size": 4 }, "number": 5 }] }"#,
    ),
    check: Check::Signature(check),
};

/// Bytes that a record's data can have.
const MOST: usize = 65_536;

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, condition) in walk::leaves(signature) {
        let Some(word) = condition.binary else {
            continue;
        };
        let path = path.key("binary");
        if !matches!(word.size, 1 | 2 | 4 | 8) {
            found.add(&path.key("size"), "a word has 1, 2, 4 or 8 bytes");
        }
        if word.offset >= MOST {
            found.add(&path.key("offset"), "no record has so much binary data");
        }
    }
}
