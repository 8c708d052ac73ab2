//! Every folder below `testdata` gives what its `expected.json` says.

mod common;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(common::testdata())
        .expect("testdata")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn expected(folder: &std::path::Path) -> Value {
    let path = folder.join("expected.json");
    let text = fs::read_to_string(&path).expect("an expected.json in every folder");
    serde_json::from_str(&text).expect("expected.json is JSON")
}

#[test]
fn every_folder_gives_what_is_expected() {
    let mut wrong = Vec::new();
    for folder in folders() {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let report = common::scan_built_in(std::slice::from_ref(&folder));
        let expected = expected(&folder);
        let got = common::in_short(&report, &folder);
        for part in ["findings", "inputs"] {
            if got[part] != expected[part] {
                let got = serde_json::to_string_pretty(&got[part]).expect("JSON");
                wrong.push(format!("{name}: {part} are {got}"));
            }
        }
        let out = common::ruled_out(&report);
        for id in expected["ruled_out"].as_array().into_iter().flatten() {
            if !out.iter().any(|have| *have == id) {
                wrong.push(format!(
                    "{name}: {id} is not ruled out; ruled out are {out:?}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_report_is_the_same_with_any_number_of_threads() {
    let paths = [common::testdata()];
    let signatures = common::built_in();
    let report = |threads| {
        let options = common::options(|o| {
            o.threads = threads;
        });
        serde_json::to_string(&eventkb::scan(&paths, &signatures, &options)).expect("JSON")
    };
    let one = report(1);
    assert_eq!(one, report(2));
    assert_eq!(one, report(7));
}

#[test]
fn a_report_reads_back_as_it_was_written() {
    for folder in folders() {
        let report = common::scan_built_in(std::slice::from_ref(&folder));
        let text = serde_json::to_string(&report).expect("JSON");
        let back: eventkb::Report = serde_json::from_str(&text).expect("a report");
        assert_eq!(back, report, "{}", folder.display());
    }
}
