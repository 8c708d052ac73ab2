//! What belongs to one customer's log.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;
use std::net::Ipv4Addr;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK253",
    name: "sample_value",
    severity: ProblemSeverity::Warning,
    summary: "Text tests do not ask for an address or an account of the log that an article shows.",
    why: "An article's sample names a computer, an address, an account of its author. Another \
          customer's log has others.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "error", "contains": "192.168.10.5" }] }"#,
        r#"{ "where": [{ "value": "error", "pattern": "\\d+\\.\\d+\\.\\d+\\.\\d+" }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, condition) in walk::leaves(signature) {
        for (key, texts) in walk::text_tests(condition) {
            if let Some(text) = texts.iter().find(|text| is_sample(text)) {
                let message = format!("`{text}` looks like a value of one log");
                let help = "ask for what every log with this problem has, or capture the value";
                found.add_help(&path.key(key), message, help);
            }
        }
    }
}

fn is_sample(text: &str) -> bool {
    let words = text.split(|c: char| c.is_whitespace() || "()[]{},;:'\"/\\".contains(c));
    words.into_iter().any(|word| {
        let address = word.parse::<Ipv4Addr>().ok();
        let is_sample = |a: Ipv4Addr| {
            !a.is_loopback() && !a.is_unspecified() && !a.is_link_local() && !a.is_broadcast()
        };
        // Accounts of a domain; S-1-5-18 and its like are the same everywhere.
        address.is_some_and(is_sample) || word.starts_with("S-1-5-21-")
    })
}
