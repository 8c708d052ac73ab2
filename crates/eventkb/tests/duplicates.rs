//! The same record counts once, from however many files and forms it comes.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use eventkb::report::{DefectCode, Unexplained};
use eventkb::{Report, scan};
use eventkb_testkit::dialects::Dialect;
use eventkb_testkit::evt::EvtWriter;
use eventkb_testkit::evtx::EvtxWriter;
use eventkb_testkit::scenario::{Attempt, START};
use eventkb_testkit::{EventSpec, zip};
use serde_json::json;

type Files = Vec<(&'static str, Vec<u8>)>;

fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    // It may be there from an earlier run.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn scanned(name: &str, files: &Files, threads: usize) -> Report {
    let folder = fresh(name);
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).expect("written");
    }
    let options = common::options(|o| {
        o.threads = threads;
        o.skip_unexplained = false;
    });
    scan(&[folder], &common::built_in(), &options)
}

/// What is unexplained, without where an example of it lies.
fn unexplained(report: &Report) -> Vec<Unexplained> {
    let mut rows = report.unexplained.clone();
    rows.iter_mut().for_each(|row| row.example = None);
    rows
}

/// Verdicts and counts, and how often an error was seen that nothing explains.
fn in_short(report: &Report) -> String {
    let findings = report.findings.iter().map(|finding| {
        let symptoms = finding
            .symptoms
            .iter()
            .map(|s| (s.id.clone(), s.count, s.citations.len()));
        let symptoms: Vec<_> = symptoms.collect();
        (
            finding.signature.id.clone(),
            finding.verdict,
            finding.occurrences,
            symptoms,
        )
    });
    format!("{:?}", findings.collect::<Vec<_>>())
}

/// `attempts` failures of the flagship article, with record ids as a log gives them.
fn events(attempts: i64) -> Vec<EventSpec> {
    let calls = (0..attempts).flat_map(|n| Attempt::on_one_computer(START + 600 * n).events());
    let errors = (0..5).map(|n| {
        EventSpec::new("Strange", 7)
            .level(2)
            .computer("SEATTLE")
            .at(START + n, 0)
    });
    let numbered = calls.chain(errors).zip(1_u64..);
    numbered
        .map(|(event, id)| EventSpec {
            record_id: id,
            ..event
        })
        .collect()
}

fn jsonl(events: &[EventSpec]) -> Vec<u8> {
    let line = |event: &EventSpec| {
        json!({
            "provider": event.provider, "event_id": event.event_id, "level": event.level,
            "category": event.task, "channel": event.channel, "computer": event.computer,
            "time": event.time.to_rfc3339(), "record_id": event.record_id, "strings": event.strings,
        })
        .to_string()
    };
    events
        .iter()
        .map(|event| line(event) + "\n")
        .collect::<String>()
        .into_bytes()
}

fn xml(events: &[EventSpec]) -> Vec<u8> {
    let one = |event: &EventSpec| {
        let data: String = event
            .strings
            .iter()
            .map(|s| format!("<Data>{s}</Data>"))
            .collect();
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
             <Provider Name='{}'/><EventID>{}</EventID><Level>{}</Level><Task>{}</Task>\
             <TimeCreated SystemTime='{}'/><EventRecordID>{}</EventRecordID><Channel>{}</Channel>\
             <Computer>{}</Computer></System><EventData>{data}</EventData></Event>",
            event.provider,
            event.event_id,
            event.level,
            event.task,
            event.time.to_rfc3339(),
            event.record_id,
            event.channel,
            event.computer,
        )
    };
    let body: String = events.iter().map(one).collect();
    format!("<Events>{body}</Events>").into_bytes()
}

#[test]
fn copies_change_neither_verdict_nor_count() {
    let events = events(3);
    let (evtx, evt) = (
        EvtxWriter::new().write(&events),
        EvtWriter::new().write(&events),
    );
    let packed = zip::write(&[("AppEvent.evtx", &evtx)]);
    let both = zip::write(&[("a.evtx", &evtx), ("b.evtx", &evtx)]);
    let half = EvtxWriter::new().write(&events[..events.len() / 2]);
    // Name of the case, files, and whether all of them have the same bytes.
    let cases: Vec<(&str, Files, bool)> = vec![
        (
            "the same file twice",
            vec![("a.evtx", evtx.clone()), ("b.evtx", evtx.clone())],
            true,
        ),
        (
            "in two zips",
            vec![("a.zip", packed.clone()), ("b.zip", packed.clone())],
            true,
        ),
        ("twice in a zip", vec![("a.zip", both)], true),
        (
            "plain and in a zip",
            vec![("a.evtx", evtx.clone()), ("b.zip", packed)],
            true,
        ),
        (
            "the same .evt twice",
            vec![
                ("AppEvent.Evt", evt.clone()),
                ("b_Application.evt", evt.clone()),
            ],
            true,
        ),
        (
            ".evt and .evtx",
            vec![("a_Application.evt", evt), ("b.evtx", evtx.clone())],
            false,
        ),
        (
            "overlapping exports",
            vec![
                ("a.evtx", evtx.clone()),
                ("b.xml", xml(&events)),
                ("c.jsonl", jsonl(&events[2..])),
            ],
            false,
        ),
        (
            "a log and an older copy of it",
            vec![("a.evtx", evtx.clone()), ("b.evtx", half)],
            false,
        ),
    ];
    let once = scanned("dup-once", &vec![("a.evtx", evtx)], 1);
    assert_eq!(once.totals.records_duplicate, 0);
    for (case, files, same_bytes) in &cases {
        for threads in [1, 3] {
            let got = scanned("dup", files, threads);
            assert_eq!(in_short(&got), in_short(&once), "{case}, {threads} threads");
            assert!(got.totals.records_duplicate > 0, "{case}");
            let noted = got.inputs.iter().filter(|input| {
                input.records_duplicate > 0
                    && input
                        .defects
                        .iter()
                        .any(|d| d.code == DefectCode::Duplicate)
            });
            assert_eq!(noted.count(), usize::from(*same_bytes), "{case}");
            if *same_bytes {
                assert_eq!(unexplained(&got), unexplained(&once), "{case}");
                assert_eq!(
                    got.totals.records_duplicate, once.totals.records_read,
                    "{case}"
                );
            }
        }
    }
}

#[test]
fn many_copies_in_several_threads_count_once() {
    // Enough of one kind that they are kept as runs.
    let events = events(400);
    let evtx = EvtxWriter::new().write(&events);
    let once = scanned("dup-many-once", &vec![("a.evtx", evtx.clone())], 1);
    let later = EvtxWriter::new().records_per_chunk(7).write(&events[10..]);
    let files = vec![
        ("a.evtx", evtx),
        ("b.evtx", later),
        ("c.jsonl", jsonl(&events)),
    ];
    for threads in [1, 2, 4] {
        let got = scanned("dup-many", &files, threads);
        assert_eq!(in_short(&got), in_short(&once), "{threads} threads");
    }
}

/// Two exports of one log with local times, made in two zones: no record can tell which is right.
#[test]
fn a_log_at_other_hours_is_named() {
    let events = events(3);
    let later = |seconds: i64| -> Vec<EventSpec> {
        let moved = events.iter().cloned();
        let moved = moved.map(|event| EventSpec {
            time: event.time.shifted(seconds * 10_000_000),
            ..event
        });
        moved.collect()
    };
    let shifted = |report: &Report| -> Vec<String> {
        let defects = report.inputs.iter().flat_map(|input| {
            let own = input.defects.iter();
            own.filter(|d| d.code == DefectCode::ShiftedTimes)
                .map(|d| format!("{}: {}", input.path, d.message))
        });
        defects.collect()
    };
    for (seconds, words) in [(3_600, "1:00 hours later"), (-20_700, "5:45 hours earlier")] {
        let csv = Dialect::EventViewerCsv.write(&later(seconds)).into_bytes();
        let files = vec![("a.evtx", EvtxWriter::new().write(&events)), ("b.csv", csv)];
        let report = scanned("dup-zones", &files, 1);
        let told = shifted(&report);
        assert_eq!(told.len(), 1, "{told:?}");
        let (path, message) = told[0].split_once(": ").expect("both");
        assert!(path.ends_with("b.csv"), "{told:?}");
        assert!(
            message.contains("a.evtx, ") && message.contains(words),
            "{told:?}"
        );
    }
    // Other times are other events, and the same times are copies.
    for seconds in [0, 3_601, 60, 27 * 3_600] {
        let xml = xml(&later(seconds));
        let files = vec![("a.evtx", EvtxWriter::new().write(&events)), ("b.xml", xml)];
        let report = scanned("dup-no-zones", &files, 1);
        assert_eq!(shifted(&report), [""; 0], "{seconds}");
    }
}
