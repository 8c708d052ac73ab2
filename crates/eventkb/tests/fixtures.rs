//! One feature of the rules each: small signatures, a log in short, and what must come out.
//!
//! The files in `fixtures/` are read in one look. What is the same everywhere is left out and filled
//! in here: of a signature all that is only for the reader, the provider (`App`), the computer
//! (`SRV01`). Only what `expect` names is compared. What the members of signatures, catalogue entries
//! and events mean, docs/signature-format.md says; further members of an event are `untimed` and
//! `extra`, fields of a record that the notation of examples does not have.

#![expect(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "tests may panic"
)]

#[path = "fixtures/runner/mod.rs"]
mod runner;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use runner::fixture::Fixture;

/// So many there must be at least: a folder that was not found would let everything pass.
const AT_LEAST: usize = 80;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let entries = std::fs::read_dir(folder).expect("the folder of fixtures");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_name()
        .expect("a file")
        .to_string_lossy()
        .into_owned()
}

fn read(path: &Path) -> Result<Fixture, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

#[test]
fn every_fixture_does_what_it_says() {
    let mut wrong = 0;
    let mut text = String::new();
    let files = files();
    for path in &files {
        let result = read(path).and_then(|fixture| {
            runner::run(&fixture).map_err(|differences| format!("{}\n{differences}", fixture.about))
        });
        if let Err(difference) = result {
            wrong += 1;
            let _ = writeln!(text, "\n== {}: {difference}", name(path));
        }
    }
    assert!(
        wrong == 0,
        "{wrong} of {} fixtures differ\n{text}",
        files.len()
    );
}

#[test]
fn every_fixture_is_run_and_says_something() {
    let files = files();
    assert!(files.len() >= AT_LEAST, "only {} fixtures", files.len());
    let mut abouts: BTreeMap<String, String> = BTreeMap::new();
    let mut names = BTreeSet::new();
    for path in &files {
        let name = name(path);
        assert!(names.insert(name.to_lowercase()), "{name} is there twice");
        let fixture = read(path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(
            fixture.about.len() > 20,
            "{name} says too little of what it is about"
        );
        assert!(!fixture.expect.is_empty(), "{name} expects nothing");
        if let Some(other) = abouts.insert(fixture.about.to_lowercase(), name.clone()) {
            panic!("{name} and {other} are about the same");
        }
    }
}

/// A fixture whose expectation is not met must fail, for every member that an expectation has.
#[test]
fn what_is_not_met_is_noticed() {
    let fixture = |expect: serde_json::Value| -> Fixture {
        let document = serde_json::json!({
            "about": "an expectation that is not met",
            "signatures": [{ "id": "K1", "symptoms": [
                { "id": "a", "events": [{ "id": 1 }], "role": "core", "own": true,
                  "capture": [{ "name": "obj", "string": 1 }] }
            ], "join": { "objects": ["obj"] } }],
            "events": [{ "event_id": 1, "strings": ["x"] }, { "event_id": 2, "strings": ["y"] }],
            "expect": expect
        });
        serde_json::from_value(document).expect("a fixture")
    };
    let met = serde_json::json!({
        "findings": [{
            "id": "K1", "verdict": "match", "occurrences": 1, "by_verdict": { "match": 1 },
            "cause": "unknown", "states": { "a": "found" }, "counts": { "a": 1 },
            "absences": {}, "objects": { "x": 1 }, "computers": ["SRV01"],
            "groups": [{ "computer": "SRV01", "verdict": "match", "occurrences": 1 }],
            "values": { "a": { "obj": "x" } }, "rivals": [], "rival_of": null, "differences": {},
            "doubts": [], "reasons": ["rule"], "ranking": ["shared"], "history": false,
            "better": null, "standing": "problem", "explains": 1, "not_found": []
        }],
        "order": ["K1"], "none": ["K2"], "near_misses": [], "duplicates": 0,
        "harmless": { "findings": 0, "events": 0 },
        "unexplained": [{ "provider": "App", "event_id": 2, "count": 1, "values": { "1": { "y": 1 } } }]
    });
    if let Err(text) = runner::run(&fixture(met.clone())) {
        panic!("what is met must pass: {text}");
    }
    let others = serde_json::json!({
        "verdict": "likely", "occurrences": 2, "by_verdict": { "likely": 1 }, "cause": "confirmed",
        "states": { "a": "not_found" }, "counts": { "a": 2 }, "absences": { "a": "nowhere" },
        "objects": { "y": 1 }, "computers": [], "groups": [], "values": { "a": { "obj": "y" } },
        "rivals": ["K2"], "rival_of": "K2", "differences": { "K2": "x" }, "doubts": ["from_text"],
        "reasons": [], "ranking": [], "history": true, "better": "K2", "standing": "notice",
        "explains": 2, "not_found": ["a"]
    });
    for (member, other) in others.as_object().expect("an object") {
        let mut expect = met.clone();
        assert_ne!(expect["findings"][0][member], *other, "{member}");
        expect["findings"][0][member] = other.clone();
        assert!(
            runner::run(&fixture(expect)).is_err(),
            "{member} is not compared"
        );
    }
    let others = serde_json::json!({
        "order": [], "none": ["K1"], "near_misses": ["K1"], "duplicates": 1,
        "harmless": { "findings": 1, "events": 0 }, "unexplained": []
    });
    for (member, other) in others.as_object().expect("an object") {
        let mut expect = met.clone();
        expect[member] = other.clone();
        assert!(
            runner::run(&fixture(expect)).is_err(),
            "{member} is not compared"
        );
    }
}
