//! Numbers among other words are found as numbers.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK255",
    name: "number_as_pattern",
    severity: ProblemSeverity::Warning,
    summary: "A number among other words is tested with `contains_number`, not with a `pattern`.",
    why: "A pattern finds the digits that it is written for. `contains_number` knows a number \
          in every form, `0x17` and `%%5` too, and takes no part of an address for one.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "error", "pattern": "\\b(?:17|18)\\b" }] }"#,
        r#"{ "where": [{ "value": "error", "contains_number": [17, 18] }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, condition) in walk::leaves(signature) {
        let pattern = condition.pattern.as_deref();
        if pattern.is_some_and(is_of_numbers) {
            found.add_help(
                &path.key("pattern"),
                "looks for nothing but numbers",
                "use `contains_number`, which reads `05`, `0x5` and `%%5` as well",
            );
        }
    }
}

/// Whether a pattern asks for digits between ends of words, and nothing else.
fn is_of_numbers(pattern: &str) -> bool {
    let pattern = pattern.strip_prefix("(?i)").unwrap_or(pattern);
    let edges = [r"\b", r"(?:^|\s)", r"(^|\s)", r"(?::|\b)"];
    let ends = [r"\b", r"(?:\s|$)", r"(\s|$)"];
    let begun = edges.iter().find_map(|edge| pattern.strip_prefix(edge));
    let inner = begun.and_then(|rest| ends.iter().find_map(|end| rest.strip_suffix(end)));
    let is_digit = |byte: u8| byte.is_ascii_hexdigit() || b"xX|[]()?:*".contains(&byte);
    inner.is_some_and(|inner| {
        inner.bytes().any(|byte| byte.is_ascii_digit()) && inner.bytes().all(is_digit)
    })
}
