//! Binary data in hex.

use crate::signature::examples::Examples;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK603",
    name: "example_binary",
    severity: ProblemSeverity::Error,
    summary: "`binary` has pairs of hex digits.",
    why: "Anything else would be an event without binary data.",
    example: example(
        "examples[0].events[0]",
        r#"{ "binary": "0x12345678" }"#,
        r#"{ "binary": "12345678" }"#,
    ),
    check: Check::Examples(check),
};

fn check(file: &Examples, found: &mut Found<'_>) {
    for (n, example) in file.examples.iter().enumerate() {
        let list = walk::at("examples").index(n).key("events");
        for (n, note) in example.events.iter().enumerate() {
            let binary = note.binary.as_deref().unwrap_or_default();
            let is_hex =
                binary.len().is_multiple_of(2) && binary.bytes().all(|b| b.is_ascii_hexdigit());
            if !is_hex {
                let message = "binary data is written in pairs of hex digits, such as `0f00`";
                found.add(&list.index(n).key("binary"), message);
            }
        }
    }
}
