//! The worked example of a custom signature does what its README says.

use std::path::{Path, PathBuf};

use eventkb::report::{SymptomState, Verdict};
use eventkb::{Report, ScanOptions, SignatureSet, check_signature, scan, test_signature};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/custom-signature")
}

fn signatures() -> SignatureSet {
    let mut set = SignatureSet::built_in();
    let added = set.add_path(&folder()).expect("a sound signature");
    assert_eq!(added, 1);
    set
}

fn scan_log(name: &str) -> Report {
    scan(
        &[folder().join(name)],
        &signatures(),
        &ScanOptions::default(),
    )
}

#[test]
fn it_is_sound_and_follows_the_recommendations() {
    let (_, problems) = check_signature(&folder().join("EX1000.json"), &SignatureSet::built_in());
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn its_examples_do_what_they_say() {
    let set = signatures();
    let signature = set.get("ex1000").expect("loaded");
    for result in test_signature(signature, &set) {
        assert!(result.ok, "{result:?}");
    }
}

#[test]
fn it_explains_the_failing_log() {
    let report = scan_log("failing");
    let best = report.best().expect("a finding");
    assert_eq!(best.signature.id, "EX1000");
    assert_eq!(best.verdict, Verdict::Match);
    assert_eq!(best.occurrences, 2);
    assert_eq!(best.groups[0].key.as_deref(), Some("e:\\backup"));
}

#[test]
fn a_rival_whose_signature_is_not_loaded_is_not_said_to_be_told_apart() {
    let report = scan_log("failing");
    let rival = &report.findings[0].rivals[0];
    assert_eq!(rival.id, "EX1001");
    assert!(!rival.separated);
    assert!(rival.difference.contains("not loaded"), "{rival:?}");
    assert!(rival.next.is_some());
}

#[test]
fn it_does_not_explain_a_full_disk() {
    let report = scan_log("full-disk");
    assert!(report.best().is_none());
    let finding = &report.findings[0];
    assert_eq!(finding.signature.id, "EX1000");
    assert_eq!(finding.verdict, Verdict::RuledOut);
    assert_eq!(finding.symptoms[0].state, SymptomState::Contradicted);
    // The other two events are there, but not with this target: that must not read as `none`.
    for symptom in &finding.symptoms[1..] {
        assert_eq!(symptom.state, SymptomState::NotFound);
        assert!(symptom.reason.contains("belongs to another"), "{symptom:?}");
    }
    assert_eq!(finding.sides[0].computers, ["BACKUP01"]);
}
