//! `docs/report.md` names every field that a report has.

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use eventkb::scan;
use serde_json::Value;

fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                found.insert(name.clone());
                names(value, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| names(value, found)),
        _ => {}
    }
}

#[test]
fn every_field_is_described() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/report.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let missing_path = common::testdata().join("no-such-file.evtx");
    let options = common::options(|o| {
        o.explain = vec!["Q253307".into()];
        o.timeline = Some(eventkb::report::TimelineWindow::default());
        o.since = "1999-01-01T00:00:00Z".parse().ok();
    });
    let report = scan(
        &[common::testdata(), missing_path],
        &common::built_in(),
        &options,
    );
    let mut found = BTreeSet::new();
    names(&serde_json::to_value(&report).expect("JSON"), &mut found);
    assert!(
        found.contains("lanes")
            && found.contains("error")
            && found.contains("tree")
            && found.contains("scope")
    );
    let undescribed: Vec<&String> = found
        .iter()
        .filter(|name| !page.contains(&format!("`{name}`")))
        .collect();
    assert!(undescribed.is_empty(), "{undescribed:?}");
}
