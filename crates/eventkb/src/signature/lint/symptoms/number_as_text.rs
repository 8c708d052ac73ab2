//! Numbers are compared as numbers.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::number;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK252",
    name: "number_as_text",
    severity: ProblemSeverity::Warning,
    summary: "A number is tested with `number`, not as a text.",
    why: "Logs write one number in many ways: `5`, `05`, `0x5`, `%%5`. `number` knows them \
          all, and never takes 50 for 5.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "error", "is": "%%1053" }] }"#,
        r#"{ "where": [{ "value": "error", "number": "%%1053" }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, condition) in walk::leaves(signature) {
        for (key, texts) in walk::text_tests(condition) {
            // `contains` and its like look at a part, which may be digits for good reason.
            if !matches!(key, "is" | "is_exactly") {
                continue;
            }
            // Where one of several is no number, a number test would miss it.
            let Some(text) = texts.first().filter(|_| texts.iter().all(|t| is_number(t))) else {
                continue;
            };
            found.add_help(
                &path.key(key),
                format!("the number {text} is compared as text"),
                "use `number` or `number_in`, which read `05`, `0x5` and `%%5` as well and never take 50 for 5",
            );
        }
    }
}

/// Whether a text is a number that a number test would read as the same.
fn is_number(text: &str) -> bool {
    // 80004005 is mostly hex whose 0x was left out.
    let is_bare_hex = text.len() == 8 && text.starts_with('8');
    number::parse(text).is_some() && !is_bare_hex
}
