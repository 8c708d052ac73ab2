//! The same events give the same findings from whatever form they come in, citations apart.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::written;
use eventkb::report::Finding;
use eventkb::report::{CauseEvidence, VerdictReason};
use eventkb_testkit::EventSpec;
use eventkb_testkit::evt::EvtWriter;
use eventkb_testkit::evtx::{DataShape, EvtxWriter, Layout, Style};
use eventkb_testkit::scenario::{Attempt, BindBackLayout, START, background, mixed, three_calls};
use eventkb_testkit::zip;

/// Writes one log into a folder, under a name that says which log it is.
type Form = fn(&Path, &str, &[EventSpec]);

const FORMS: &[(&str, Form)] = &[
    ("evtx, names in templates", |folder, host, events| {
        put(folder, host, "evtx", &EvtxWriter::new().write(events));
    }),
    ("evtx, names in records", |folder, host, events| {
        let writer = EvtxWriter::new().layout(Layout::NameAsSubstitution);
        put(folder, host, "evtx", &writer.write(events));
    }),
    (
        "evtx, one element for each string",
        |folder, host, events| {
            let writer = EvtxWriter::new().data_shape(DataShape::OneEach);
            put(folder, host, "evtx", &writer.write(events));
        },
    ),
    ("evtx, forwarded", |folder, host, events| {
        let writer = EvtxWriter::new().style(Style::Forwarded);
        put(folder, host, "evtx", &writer.write(events));
    }),
    (
        "evtx, exported: other ids and times in the frames",
        |folder, host, events| {
            let writer = EvtxWriter::new()
                .header_ids_from(5000)
                .header_time_shift(90_000_000);
            put(folder, host, "evtx", &writer.write(events));
        },
    ),
    ("evtx, many small chunks", |folder, host, events| {
        let writer = EvtxWriter::new().records_per_chunk(3);
        put(folder, host, "evtx", &writer.write(events));
    }),
    ("evt", |folder, host, events| {
        put(folder, host, "evt", &EvtWriter::new().write(events));
    }),
    ("evt, copied live", |folder, host, events| {
        let writer = EvtWriter::new().dirty(true).header_after(2);
        put(folder, host, "evt", &writer.write(events));
    }),
    ("evt and evtx mixed", |folder, host, events| {
        if host == "SEATTLE" {
            put(folder, host, "evtx", &EvtxWriter::new().write(events));
        } else {
            put(folder, host, "evt", &EvtWriter::new().write(events));
        }
    }),
    ("zips, one nested", put_nested),
    ("XML of Event Viewer", |folder, host, events| {
        put(folder, host, "xml", xml(events).as_bytes());
    }),
    ("XML of wevtutil", |folder, host, events| {
        let bytes = written::xml_of_wevtutil(&numbered(events));
        put(folder, host, "xml", &bytes);
    }),
    ("JSON Lines", |folder, host, events| {
        let text = written::json_lines(&numbered(events));
        put(folder, host, "jsonl", text.as_bytes());
    }),
    ("JSON of evtx_dump", |folder, host, events| {
        let text = written::json_of_evtx_dump(&numbered(events));
        put(folder, host, "json", text.as_bytes());
    }),
    ("CLIXML of Get-EventLog", |folder, host, events| {
        let text = written::clixml(&numbered(events));
        put(folder, host, "xml", text.as_bytes());
    }),
];

fn xml(events: &[EventSpec]) -> String {
    written::xml_of_event_viewer(&numbered(events))
}

/// The events with the record ids that a log gives them.
fn numbered(events: &[EventSpec]) -> Vec<EventSpec> {
    let events = events.iter().cloned().zip(1..);
    events.map(|(event, id)| event.record_id(id)).collect()
}

/// A zip with a log in it, for the first host; the other's lies in a zip within.
fn put_nested(folder: &Path, host: &str, events: &[EventSpec]) {
    let log = EvtWriter::new().write(events);
    let name = format!("logs/{host}/AppEvent.Evt");
    let mut archive = zip::write(&[("logs/readme.txt", b"as asked for"), (&name, &log)]);
    if host != "SEATTLE" {
        archive = zip::write(&[("inner.zip", &archive)]);
    }
    put(folder, host, "zip", &archive);
}

fn put(folder: &Path, host: &str, extension: &str, bytes: &[u8]) {
    let path = folder.join(format!("{host}_Application.{extension}"));
    fs::write(path, bytes).expect("written");
}

/// A case: its name, and the events of each host.
type Named<Name> = (Name, Vec<(Name, Vec<EventSpec>)>);
type Case = Named<String>;

fn cases() -> Vec<Case> {
    let own = own_cases().into_iter().map(|(case, logs)| {
        let logs = logs.into_iter();
        let logs = logs.map(|(host, events)| (host.to_owned(), events));
        (case.to_owned(), logs.collect())
    });
    let shared = common::shared_cases().into_iter();
    own.chain(shared.map(|case| (case.name.clone(), case.logs())))
        .collect()
}

/// Whether the findings of one of the cases from outside the repository are the right ones.
fn assert_right(case: &str, findings: &str) {
    let shared = common::shared_cases();
    let Some(wanted) = shared.iter().find(|shared| shared.name == case) else {
        return;
    };
    let findings: Vec<Finding> = serde_json::from_str(findings).expect("findings");
    let finding = findings.iter().find(|f| f.signature.id == "Q253307");
    let verdict = finding.map_or("none", |f| f.verdict.as_str());
    let cause = finding.map_or("unknown", |f| f.cause.state.as_str());
    assert!(
        wanted.verdicts.iter().any(|want| want == verdict)
            && wanted.causes.iter().any(|want| want == cause),
        "{case}: {verdict}, {cause}; wanted {:?}, {:?}",
        wanted.verdicts,
        wanted.causes
    );
}

fn own_cases() -> Vec<Named<&'static str>> {
    let (caller, called) = three_calls();
    let old = Attempt {
        bind_back: BindBackLayout::SixStrings,
        ..Attempt::on_one_computer(START)
    };
    vec![
        (
            "one server",
            vec![(
                "SEATTLE",
                mixed(
                    Attempt::on_one_computer(START).events(),
                    background(1, "SEATTLE"),
                ),
            )],
        ),
        (
            "one server, older build",
            vec![("SEATTLE", mixed(old.events(), background(2, "SEATTLE")))],
        ),
        (
            "two servers",
            vec![
                ("SEATTLE", mixed(caller.clone(), background(3, "SEATTLE"))),
                ("PORTLAND", mixed(called, background(4, "PORTLAND"))),
            ],
        ),
        (
            "caller only",
            vec![("SEATTLE", mixed(caller, background(5, "SEATTLE")))],
        ),
        ("noise only", vec![("SEATTLE", background(6, "SEATTLE"))]),
    ]
}

/// The findings as JSON, without where the evidence lies.
fn findings(folder: &Path) -> String {
    let mut report = common::scan_built_in(&[folder.to_owned()]);
    assert_eq!(report.totals.records_lost, 0);
    for finding in &mut report.findings {
        let proofs = finding.symptoms.iter_mut().flat_map(|s| &mut s.citations);
        let names = finding.cause.evidence.iter_mut().filter_map(|e| match e {
            CauseEvidence::Name(compared) => Some(&mut compared.citation),
            _ => None,
        });
        let clauses = finding
            .reasons
            .iter_mut()
            .filter_map(|reason| match reason {
                VerdictReason::RuledOutBy { citation, .. } => Some(citation),
                _ => None,
            });
        for citation in proofs.chain(names).chain(clauses) {
            citation.record_id = None;
            citation.offset = None;
        }
    }
    let mut text = serde_json::to_string_pretty(&report.findings).expect("JSON");
    for input in &report.inputs {
        text = text.replace(&input.path, "FILE");
    }
    without_record_numbers(&text)
}

/// Sentences cite records as `FILE record 12`.
fn without_record_numbers(text: &str) -> String {
    let mut parts = text.split("FILE record ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("FILE");
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    out
}

fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    // It may be there from an earlier run.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[test]
fn every_form_gives_the_same_findings() {
    for (case, logs) in cases() {
        let mut first: Option<String> = None;
        for (form, write) in FORMS {
            let folder = fresh(&format!("forms-{case}"));
            for (host, events) in &logs {
                write(&folder, host, events);
            }
            let got = findings(&folder);
            assert!(
                got.len() > 2 || case == "noise only" || case.starts_with('N'),
                "{case}: nothing found"
            );
            match &first {
                None => {
                    assert_right(&case, &got);
                    first = Some(got);
                }
                Some(first) if *first != got => {
                    let at = first.lines().zip(got.lines()).find(|(a, b)| a != b);
                    panic!("{case}: {form} differs: {at:?}");
                }
                Some(_) => {}
            }
        }
    }
}

/// A zip whose end is missing, as uploads leave it: what was there of a log is read, whatever its
/// format, and the rest is known to be missing.
#[test]
fn a_log_in_a_cut_zip_is_read_as_far_as_it_goes() {
    let (_, logs) = own_cases().swap_remove(0);
    let (host, events) = &logs[0];
    let forms: [(&str, Vec<u8>); 3] = [
        ("evtx", EvtxWriter::new().records_per_chunk(8).write(events)),
        ("evt", EvtWriter::new().write(events)),
        ("xml", xml(events).into_bytes()),
    ];
    for (form, log) in forms {
        let folder = fresh(&format!("forms-cut-{form}"));
        let zip = zip::write(&[("AppEvent.log", &log)]);
        put(&folder, host, "zip", &zip[..log.len() * 2 / 3]);
        let report = common::scan_built_in(&[folder]);
        let log = report.inputs.iter().find(|input| input.format == form);
        let log = log.unwrap_or_else(|| panic!("{form}: {:#?}", report.inputs));
        assert!(log.records_read > 10, "{form}: {log:#?}");
        assert!(
            log.defects.iter().any(|d| d.code.may_hide_records()),
            "{form}: {log:#?}"
        );
    }
}

#[test]
fn the_case_only_difference_is_seen_in_every_form() {
    for folder in [
        "q253307-two-servers",
        "evt-two-servers",
        "mixed-evt-evtx",
        "nested-zip",
    ] {
        let report = common::scan_built_in(&[common::testdata().join(folder)]);
        let best = report.best().expect("a finding");
        let seen = (best.signature.id.as_str(), best.cause.state.as_str());
        assert_eq!(seen, ("Q253307", "confirmed"), "{folder}");
    }
}
