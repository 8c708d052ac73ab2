//! Texts for the reader say something.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::CauseCheck;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK104",
    name: "empty_text",
    severity: ProblemSeverity::Error,
    summary: "Titles, causes, descriptions, reasons and what a check says are not empty.",
    why: "They are what the reader of a report gets; an empty one leaves a hole in a sentence.",
    example: example(
        "",
        r#"{ "cause": " " }"#,
        r#"{ "cause": "The disk is full." }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let mut texts = vec![
        (walk::at("title"), signature.title.as_str()),
        (walk::at("cause"), &signature.cause),
    ];
    for (n, step) in signature.resolution.iter().enumerate() {
        texts.push((walk::at("resolution").index(n), step));
    }
    for (n, product) in signature.products.iter().enumerate() {
        texts.push((walk::at("products").index(n).key("name"), &product.name));
    }
    for (n, side) in signature.sides.iter().enumerate() {
        texts.push((walk::at("sides").index(n).key("name"), &side.name));
    }
    for (n, symptom) in signature.symptoms.iter().enumerate() {
        let path = walk::at("symptoms").index(n);
        texts.push((path.key("description"), &symptom.description));
    }
    for (n, clause) in signature.rules_out.iter().enumerate() {
        let path = walk::at("rules_out").index(n);
        texts.push((path.key("reason"), &clause.reason));
    }
    for (n, rival) in signature.rivals.iter().enumerate() {
        let path = walk::at("rivals").index(n);
        texts.push((path.key("difference"), &rival.difference));
    }
    for (n, check) in signature.cause_checks.iter().enumerate() {
        let path = walk::at("cause_checks").index(n);
        match check {
            CauseCheck::ComputerNames(check) => texts.extend([
                (path.key("confirmed"), check.confirmed.as_str()),
                (path.key("contradicted"), &check.contradicted),
                (path.key("unknown"), &check.unknown),
            ]),
            CauseCheck::Event(check) => texts.push((path.key("says"), &check.says)),
            CauseCheck::Absence(check) => texts.push((path.key("says"), &check.says)),
        }
    }
    for (path, text) in texts {
        if text.trim().is_empty() {
            found.add(&path, "must not be empty");
        }
    }
}
