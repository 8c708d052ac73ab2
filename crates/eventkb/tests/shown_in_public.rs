//! Events as people have shown them in public, with the article that explains them or none:
//! provider, id and values as their logs wrote them, in `shown_in_public.json`.
//!
//! `first` is the best finding (`null`: nothing may be offered), `verdict` what it must be at least
//! (`possible` unless said), `not` what must not be offered.

mod common;

use std::path::Path;

use eventkb::report::{Finding, Verdict};
use eventkb::signature::examples::EventNote;
use eventkb::{Report, Session, example_events};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: String,
    events: Vec<EventNote>,
    first: Option<String>,
    verdict: Option<Verdict>,
    #[serde(default)]
    not: Vec<String>,
}

fn report(case: &Case) -> Report {
    let set = common::built_in();
    let mut session = Session::new(&set);
    for event in example_events(&case.events, &set) {
        session.feed(&event);
    }
    session.finish()
}

#[test]
fn every_case_has_its_article_or_none() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shown_in_public.json");
    let text = std::fs::read_to_string(path).expect("the cases");
    let cases: Vec<Case> = serde_json::from_str(&text).expect("cases");
    let mut wrong = Vec::new();
    for case in &cases {
        let report = report(case);
        let offered = || report.findings.iter().filter(|f| f.is_offered());
        let first: Option<&Finding> = offered().next();
        let is_first = first.map(|f| &f.signature.id) == case.first.as_ref();
        let verdict = case.verdict.unwrap_or(Verdict::Possible);
        let is_enough = first.is_none_or(|f| f.verdict >= verdict);
        let is_clean = offered().all(|f| !case.not.contains(&f.signature.id));
        if !(is_first && is_enough && is_clean) {
            let got: Vec<String> = offered()
                .map(|f| format!("{} {}", f.signature.id, f.verdict.as_str()))
                .collect();
            wrong.push(format!(
                "{}: wanted {:?}, got {got:?}",
                case.case, case.first
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} wrong:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}
