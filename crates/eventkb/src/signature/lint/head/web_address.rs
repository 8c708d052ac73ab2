//! Addresses lead to web pages.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK107",
    name: "web_address",
    severity: ProblemSeverity::Error,
    summary: "`url` begins with `https://` or `http://` and has no spaces.",
    why: "Reports make links of it: nothing but a web page may be behind them.",
    example: example(
        "",
        r#"{ "url": "www.example.com/kb922918" }"#,
        r#"{ "url": "https://www.example.com/kb922918" }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let references = signature.references.iter().enumerate();
    let references = references.map(|(n, r)| (walk::at("references").index(n), &r.url));
    for (path, url) in references
        .map(|(path, url)| (path.key("url"), url))
        .chain([(walk::at("url"), &signature.url)])
    {
        let Some(url) = url else {
            continue;
        };
        let rest = url
            .strip_prefix("https://")
            .or_else(|| url.strip_prefix("http://"));
        let is_sound = rest.is_some_and(|rest| !rest.is_empty())
            && url.chars().all(|c| !c.is_whitespace() && !c.is_control());
        if !is_sound {
            let message = "an address begins with `https://` or `http://` and has no spaces";
            found.add_help(&path, message, "leave it out where there is none");
        }
    }
}
