//! Versions are dotted numbers.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK113",
    name: "version_syntax",
    severity: ProblemSeverity::Error,
    summary: "`versions` holds dotted numbers and ranges of them; for Windows, builds.",
    why: "A version that is not understood is compared with nothing, and an empty list rules \
          the article out everywhere.",
    example: example(
        "applies_to[0]",
        r#"{ "versions": ["Server 2019"] }"#,
        r#"{ "versions": ["17763"] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (n, version) in signature.applies_to.iter().enumerate() {
        let path = walk::at("applies_to").index(n).key("versions");
        if version.versions.is_empty() {
            found.add(
                &path,
                "names no version, so the article would apply nowhere",
            );
        }
        for (n, written) in version.versions.iter().enumerate() {
            if let Some(mistake) = mistake(written) {
                let help = "write `17763`, `14393-20348` or `15.0-15.0.4200`";
                found.add_help(&path.index(n), mistake, help);
            }
        }
    }
}

fn mistake(written: &str) -> Option<&'static str> {
    let numbers = |text: &str| -> Option<Vec<u64>> {
        text.trim()
            .split('.')
            .map(|part| part.parse().ok())
            .collect()
    };
    let none = "no version: dotted numbers, or a range of them";
    match written.split_once('-') {
        None if numbers(written).is_some() => None,
        None => Some(none),
        Some((low, high)) => match (numbers(low), numbers(high)) {
            (Some(low), Some(high)) => (low > high).then_some("the range ends before it begins"),
            _ => Some(none),
        },
    }
}
