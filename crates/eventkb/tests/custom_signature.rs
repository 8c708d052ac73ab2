//! The worked example of a custom signature does what its README says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eventkb::report::{RivalStanding, SymptomState, Verdict};
use eventkb::{Report, ScanOptions, SignatureSet, check_file, scan, test_signature};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/custom-signature")
}

fn signatures() -> Arc<SignatureSet> {
    let mut set = SignatureSet::built_in();
    let added = set.add_path(&folder()).expect("sound documents");
    assert_eq!(
        (added.signatures, added.examples, added.catalogue),
        (1, 1, 2)
    );
    Arc::new(set)
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
    let set = signatures();
    for name in [
        "EX1000.json",
        "EX1000.examples.json",
        "contoso-backup.json",
        "contoso-antivirus.json",
    ] {
        let (document, problems) = check_file(&folder().join(name), &set);
        assert!(document.is_some(), "{name}");
        // The article is made up, so it has no address.
        let others: Vec<_> = problems
            .iter()
            .filter(|p| p.code != Some("EK151"))
            .collect();
        assert!(others.is_empty(), "{name}: {others:?}");
    }
}

#[test]
fn examples_beside_a_file_are_found() {
    // Without its examples in the set: they stand beside it.
    let (_, problems) = check_file(&folder().join("EX1000.json"), &SignatureSet::built_in());
    assert!(
        problems.iter().all(|p| p.code != Some("EK404")),
        "{problems:?}"
    );
}

#[test]
fn its_first_draft_has_the_mistakes_that_the_guide_names() {
    let path = folder().join("../first-draft/EX1000.json");
    let (_, problems) = check_file(&path, &SignatureSet::built_in());
    let found: Vec<_> = problems
        .iter()
        .map(|p| (p.code.unwrap_or("-"), p.path.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("EK151", "id"),
            ("-", "symptoms[0].rolle"),
            ("EK252", "symptoms[0].where[0].is"),
            ("EK301", "verdicts.likely.found[1]"),
        ]
    );
}

#[test]
fn its_examples_do_what_they_say() {
    let results = test_signature("ex1000", &signatures());
    assert_eq!(results.len(), 4);
    for result in results {
        assert!(result.is_ok(), "{result:?}");
    }
}

#[test]
fn it_explains_the_failing_log() {
    let report = scan_log("failing");
    let best = report.best().expect("a finding");
    assert_eq!(best.signature.id, "EX1000");
    assert_eq!(best.verdict, Verdict::Match);
    assert_eq!(best.occurrences, 2);
    assert_eq!(best.objects.len(), 1);
    assert!(
        best.objects[0].name.eq_ignore_ascii_case("e:\\backup"),
        "{:?}",
        best.objects
    );
}

#[test]
fn a_rival_whose_signature_is_not_loaded_is_not_said_to_be_told_apart() {
    let report = scan_log("failing");
    let finding = report.finding("EX1000").expect("a finding");
    let rival = finding
        .rivals
        .iter()
        .find(|r| r.id == "EX1001")
        .expect("a rival");
    assert_eq!(rival.standing, RivalStanding::NotLoaded);
    assert!(!rival.separated);
    assert!(rival.next.is_some());
}

#[test]
fn it_does_not_explain_a_full_disk() {
    let report = scan_log("full-disk");
    assert!(
        report
            .best()
            .is_none_or(|best| best.signature.id != "EX1000")
    );
    let finding = report.finding("EX1000").expect("ruled out, and said so");
    assert_eq!(finding.verdict, Verdict::RuledOut);
    assert_eq!(finding.symptoms[0].state, SymptomState::Contradicted);
    assert_eq!(finding.computers, ["BACKUP01"]);
}

#[test]
fn an_id_of_a_built_in_signature_is_refused_in_any_case() {
    let text = std::fs::read_to_string(folder().join("EX1000.json")).expect("readable");
    for id in ["Q253307", "q253307"] {
        let mut set = SignatureSet::built_in();
        let text = text.replacen("EX1000", id, 1);
        let error = set.add_text("mine.json", "", &text).expect_err("taken");
        assert!(error.to_string().contains("Q253307"), "{error}");
    }
}
