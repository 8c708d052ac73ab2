//! The same filters and zones for every format.

mod common;

use std::fs;
use std::path::PathBuf;

use common::{run, stderr, stdout};
use eventkb_testkit::EventSpec;
use eventkb_testkit::evt::EvtWriter;
use eventkb_testkit::evtx::EvtxWriter;
use eventkb_testkit::scenario::START;
use serde_json::Value;

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    // It may be there from an earlier run.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// One event an hour, by two computers in turn; the log has none of the articles in it.
fn events() -> Vec<EventSpec> {
    let computer = |n: i64| {
        if n % 2 == 0 {
            "SEATTLE.example.lan"
        } else {
            "PORTLAND"
        }
    };
    (0..6)
        .map(|n| {
            EventSpec::new("Strange", 7)
                .level(2)
                .computer(computer(n))
                .at(START + 3600 * n, 0)
        })
        .collect()
}

/// The same events in several formats.
fn written(folder: &std::path::Path) -> Vec<PathBuf> {
    let evtx = folder.join("a.evtx");
    fs::write(&evtx, EvtxWriter::new().write(&events())).expect("written");
    let evt = folder.join("b_Application.evt");
    fs::write(&evt, EvtWriter::new().write(&events())).expect("written");
    let lines = run(&["events", &evtx.display().to_string(), "--format", "jsonl"]);
    let jsonl = folder.join("c.jsonl");
    fs::write(&jsonl, &lines.stdout).expect("written");
    let (mut xml, mut csv) = (
        String::new(),
        "EventLog,TimeGenerated,EventID,EventType,SourceName,Strings,ComputerName\n".to_owned(),
    );
    for line in stdout(&lines).lines() {
        let event: Value = serde_json::from_str(line).expect("JSON");
        let field = |name: &str| event[name].as_str().unwrap_or_default();
        let (computer, time) = (field("computer"), field("time"));
        xml.push_str(&format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
             <Provider Name='Strange'/><EventID>7</EventID><Level>2</Level>\
             <TimeCreated SystemTime='{time}'/><EventRecordID>{}</EventRecordID>\
             <Channel>Application</Channel><Computer>{computer}</Computer></System></Event>",
            event["record_id"]
        ));
        let clock = time.get(..19).expect("a time").replace('T', " ");
        csv.push_str(&format!("Application,{clock},7,1,Strange,x,{computer}\n"));
    }
    let paths = [folder.join("d.xml"), folder.join("e.csv")];
    fs::write(&paths[0], format!("<Events>{xml}</Events>")).expect("written");
    fs::write(&paths[1], csv).expect("written");
    [evtx, evt, jsonl].into_iter().chain(paths).collect()
}

#[test]
fn filters_hold_for_every_format() {
    let folder = folder("filters");
    // 2000-02-06 01:20:00 UTC and every hour from then on.
    let cases: &[(&[&str], u64)] = &[
        (&[], 6),
        (&["--since", "2000-02-06 03:20"], 4),
        (&["--until", "2000-02-06T03:20:00Z"], 2),
        (
            &["--since", "2000-02-06 04:20", "--zone", "Europe/Berlin"],
            4,
        ),
        (&["--since", "2000-02-06", "--until", "2000-02-06"], 6),
        (&["--since", "7d"], 0),
        (&["--until", "7d"], 6),
        (&["--computer", "seattle"], 3),
        (&["--computer", "portland,SEATTLE"], 6),
        (&["--computer", "nobody"], 0),
        (&["--channel", "application"], 6),
        (&["--channel", "System"], 0),
    ];
    for path in written(&folder) {
        let path = path.display().to_string();
        for (filter, wanted) in cases {
            let words = [&["events", &path, "--format", "jsonl"], *filter].concat();
            let output = run(&words);
            let what = format!("{path} {filter:?}: {}", stderr(&output));
            assert_eq!(
                stdout(&output).lines().count() as u64,
                *wanted,
                "events {what}"
            );
            assert_eq!(
                output.status.code(),
                Some(i32::from(*wanted == 0)),
                "events {what}"
            );

            let output = run(&[&["scan", &path, "--format", "json"], *filter].concat());
            let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
            let counts = report["unexplained"].as_array().expect("a list");
            let counted: u64 = counts.iter().filter_map(|row| row["count"].as_u64()).sum();
            assert_eq!(counted, *wanted, "scan {what}");

            let output = run(&[&["logs", &path], *filter].concat());
            assert_eq!(output.status.code(), Some(0), "logs {what}");
            let text = stdout(&output);
            assert_eq!(
                text.contains("Only events"),
                !filter.is_empty(),
                "logs {what}{text}"
            );
        }
    }
}

#[test]
fn times_are_shown_in_the_chosen_zone() {
    let folder = folder("zones");
    for path in written(&folder) {
        let path = path.display().to_string();
        for (zone, first) in [
            ("UTC", "2000-02-06 01:20:00"),
            ("America/Los_Angeles", "2000-02-05 17:20:00-08:00"),
        ] {
            for command in ["events", "logs"] {
                let text = stdout(&run(&[command, &path, "--zone", zone, "--width", "200"]));
                assert!(
                    text.contains(first) && text.contains(zone),
                    "{command} {path}:\n{text}"
                );
            }
        }
    }
}

#[test]
fn a_record_shows_its_text_else_a_sentence_else_its_values() {
    let folder = folder("shown");
    let rendering =
        eventkb_testkit::Rendering::english("What Windows said.", "Warning", "Interface");
    let known = |id| {
        EventSpec::new("MSExchangeMTA", id)
            .level(3)
            .strings(["7", "9301"])
    };
    let events = [
        EventSpec {
            rendering: Some(rendering),
            ..known(9316)
        },
        known(9316),
        EventSpec::new("Strange", 7)
            .level(2)
            .strings(["one", "two"]),
    ];
    let path = folder.join("a.evtx");
    fs::write(&path, EvtxWriter::new().write(&events)).expect("written");
    let text = stdout(&run(&[
        "events",
        &path.display().to_string(),
        "--width",
        "200",
    ]));
    assert!(
        text.contains("What Windows said.") && text.contains("one; two"),
        "{text}"
    );
    assert!(
        !text.contains("7; 9301"),
        "a sentence stands for the values: {text}"
    );
}
