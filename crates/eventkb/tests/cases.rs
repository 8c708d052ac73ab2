//! Cases with a wanted verdict, outside the repository: set `EVENTKB_SHARED` to the folder that
//! holds `cases/*.jsonl`.
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use std::path::PathBuf;

use eventkb::{Event, Report, Session, SignatureSet};
use serde_json::Value;

fn shared() -> Option<PathBuf> {
    let path = std::env::var_os("EVENTKB_SHARED").map(PathBuf::from);
    if path.is_none() {
        println!("skipped: EVENTKB_SHARED is not set");
    }
    path
}

fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn event(value: &Value) -> Event {
    let second = value["time"].as_i64().expect("time");
    Event {
        provider: text(value, "provider"),
        event_id: u16::try_from(value["event_id"].as_u64().expect("id")).expect("16 bits"),
        level: value["level"].as_u64().and_then(|n| u8::try_from(n).ok()),
        category_name: value["category"].as_str().map(str::to_owned),
        channel: Some("Application".into()),
        computer: Some(text(value, "computer")),
        time: Some(jiff::Timestamp::from_second(second).expect("second")),
        strings: value["strings"].as_array().map(|list| {
            list.iter()
                .map(|s| s.as_str().unwrap_or_default().to_owned())
                .collect()
        }),
        ..Event::default()
    }
}

fn report(case: &Value) -> Report {
    let signatures = common::built_in();
    let mut session = Session::new(&signatures);
    for value in case["events"].as_array().expect("events") {
        session.feed(&event(value));
    }
    session.finish()
}

fn allowed(case: &Value, key: &str) -> Vec<String> {
    let list = case[key].as_array().expect("list");
    list.iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_case_gets_the_verdict_and_cause_wanted() {
    let Some(shared) = shared() else { return };
    let text = std::fs::read_to_string(shared.join("cases/q253307.jsonl")).expect("cases");
    let mut wrong = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let case: Value = serde_json::from_str(line).expect("a case is JSON");
        let report = report(&case);
        let finding = report.findings.iter().find(|f| f.signature.id == "Q253307");
        let verdict = finding.map_or("none", |f| f.verdict.as_str());
        let cause = finding.map_or("unknown", |f| f.cause.state.as_str());
        let top = report.best().map(|f| f.signature.id.clone());
        println!("{} {verdict} {cause} top {top:?}", case["case"]);
        if !allowed(&case, "verdict").iter().any(|want| want == verdict) {
            wrong.push(format!(
                "{}: verdict {verdict}, wanted {}",
                case["case"], case["verdict"]
            ));
        }
        if !allowed(&case, "cause").iter().any(|want| want == cause) {
            wrong.push(format!(
                "{}: cause {cause}, wanted {}",
                case["case"], case["cause"]
            ));
        }
        if let Some(want) = case["top"].as_str()
            && top.as_deref() != Some(want)
        {
            wrong.push(format!("{}: top {top:?}, wanted {want}", case["case"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
