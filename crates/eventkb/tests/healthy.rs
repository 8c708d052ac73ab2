//! Nothing is wrong with the computers of a healthy week: no article may say otherwise.

mod common;

use common::built_in;
use eventkb::report::{Finding, Standing};
use eventkb::{ReadOptions, Report, Session};
use eventkb_testkit::EventSpec;
use eventkb_testkit::evtx::{DataShape, EvtxWriter, Layout};
use eventkb_testkit::healthy;

/// Reads each computer's week from a log of its own.
fn scan_week(layout: Layout, shape: DataShape) -> Report {
    let mut session = Session::new(&built_in());
    for (name, events) in healthy::week(1) {
        let log = EvtxWriter::new()
            .layout(layout)
            .data_shape(shape)
            .write(&events);
        session.read_bytes(&format!("{name}.evtx"), &log, &ReadOptions::default());
    }
    session.finish()
}

/// One line for each finding that offers an article as a problem or a notice.
fn offered(report: &Report) -> Vec<String> {
    let wrong = |finding: &&Finding| finding.is_offered() && finding.standing != Standing::Harmless;
    let line = |finding: &Finding| {
        let found = finding.symptoms.iter().filter(|symptom| symptom.count > 0);
        let found: Vec<String> = found
            .map(|symptom| {
                let proof = symptom.citations.first();
                let strings = proof
                    .map(|proof| proof.strings.join(" | "))
                    .unwrap_or_default();
                let (provider, id) = (&symptom.provider, symptom.event_id);
                format!("{provider} {id} {}x, such as {strings:?}", symptom.count)
            })
            .collect();
        let standing = finding.standing.as_str();
        let (id, verdict) = (&finding.signature.id, finding.verdict.as_str());
        format!("{id}: {verdict} ({standing}) by {}", found.join("; "))
    };
    report.findings.iter().filter(wrong).map(line).collect()
}

#[test]
fn a_healthy_week_has_no_problem_and_no_notice() {
    for layout in [Layout::NameInTemplate, Layout::NameAsSubstitution] {
        let report = scan_week(layout, DataShape::StringArray);
        assert!(report.totals.records_read > 5000, "{:?}", report.totals);
        assert_eq!(report.totals.records_lost, 0);
        let wrong = offered(&report);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn a_quiet_hour_is_no_evidence_for_any_article() {
    let mut session = Session::new(&built_in());
    let events: Vec<EventSpec> = (0..20)
        .flat_map(|seed| {
            let start = healthy::WEEK_START;
            healthy::quiet(seed, &format!("SRV{seed:02}"), start, start + 3600, 20)
        })
        .collect();
    let log = EvtxWriter::new().write(&events);
    session.read_bytes("quiet.evtx", &log, &ReadOptions::default());
    let report = session.finish();
    let findings = report
        .findings
        .iter()
        .filter(|finding| finding.is_offered());
    let ids: Vec<&str> = findings
        .map(|finding| finding.signature.id.as_str())
        .collect();
    assert!(ids.is_empty(), "{ids:?}");
}

/// The other tests here can fail: one real problem among all of that is seen.
#[test]
fn one_broken_computer_is_told_from_the_healthy_ones() {
    let mut session = Session::new(&built_in());
    for (name, mut events) in healthy::week(1) {
        if name.starts_with("FS01") {
            let failed = EventSpec::new("disk", 7)
                .level(2)
                .channel("System")
                .computer(&name)
                .at(healthy::WEEK_START + 40_000, 0)
                .strings(["\\Device\\Harddisk0\\DR0"]);
            events.extend((0..4).map(|n| failed.clone().at(healthy::WEEK_START + 40_000 + n, 0)));
            events.sort_by_key(|event| event.time);
        }
        let log = EvtxWriter::new().write(&events);
        session.read_bytes(&format!("{name}.evtx"), &log, &ReadOptions::default());
    }
    let report = session.finish();
    let found = offered(&report);
    assert!(!found.is_empty());
    let best = report.best().expect("a finding");
    assert_eq!(best.computers, ["FS01.contoso.example"], "{found:?}");
}
