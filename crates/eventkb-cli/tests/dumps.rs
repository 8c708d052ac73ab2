//! Whole runs over logs that the testkit writes: verdicts, exit codes, complaints.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{eventkb, golden, stderr, stdout};
use eventkb_testkit::event::EventSpec;
use eventkb_testkit::evtx::map::Map;
use eventkb_testkit::evtx::{CHUNK_SIZE, DataShape, EvtxWriter, FILE_HEADER_SIZE};
use eventkb_testkit::scenario::{Attempt, Noise, START};
use serde_json::Value;

/// A folder of logs that goes away with the test.
struct Dump(PathBuf);

impl Dump {
    fn new(name: &str) -> Dump {
        let path = std::env::temp_dir().join(format!("eventkb-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("dump")).expect("a temporary folder");
        Dump(path)
    }

    fn log(self, name: &str, events: &[EventSpec]) -> Dump {
        self.file(name, &EvtxWriter::new().write(&numbered(events)))
    }

    fn file(self, name: &str, bytes: &[u8]) -> Dump {
        let path = self.0.join("dump").join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a folder");
        fs::write(path, bytes).expect("a file");
        self
    }

    /// Runs within the temporary folder, so that paths in the output are always the same.
    fn run(&self, args: &[&str]) -> std::process::Output {
        eventkb(args)
            .current_dir(&self.0)
            .output()
            .expect("the program starts")
    }
}

impl Drop for Dump {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn numbered(events: &[EventSpec]) -> Vec<EventSpec> {
    events
        .iter()
        .cloned()
        .zip(1..)
        .map(|(event, id)| event.record_id(id))
        .collect()
}

/// Both servers' logs; 9322 spells the caller's name in another case.
fn two_servers(name: &str) -> Dump {
    let attempt = Attempt::between_two(START, "Seattle");
    Dump::new(name)
        .log("SEATTLE/Application.evtx", &attempt.caller_events())
        .log("PORTLAND/Application.evtx", &[attempt.called_event()])
}

/// The part of the output that speaks of one article and of nothing that changes with every new
/// signature.
fn about_one_article(text: &str) -> String {
    let begin = text.find("\nQ253307  ").map_or(0, |at| at + 1);
    let next = text[begin..].find("\n\n\n").map(|at| begin + at);
    let end = [
        next,
        text.find("\n\nFound in the same logs\n"),
        text.find("\n\nWhat was read\n"),
    ]
    .into_iter()
    .flatten()
    .min();
    // Which others share an event changes with every new signature.
    let mut about_others = false;
    let lines = text[begin..end.unwrap_or(text.len())]
        .lines()
        .filter(|line| {
            about_others = match *line {
                "Other articles" | "Why it ranks where it does" => true,
                "Read on" | "Found in the same logs" => false,
                _ => about_others,
            };
            !about_others
        });
    lines.map(|line| format!("{line}\n")).collect()
}

/// Events that no article explains: without those of NETLOGON, which point to several.
fn noise(number: usize) -> Vec<EventSpec> {
    let events = Noise::new(7).filter(|event| event.provider != "NETLOGON");
    events.take(number).collect()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("the output is JSON")
}

#[test]
fn the_article_is_found_with_its_cause() {
    let dump = two_servers("found");
    let output = dump.run(&["scan", "dump", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report = json(&stdout(&output));
    let first = &report["findings"][0];
    assert_eq!(first["signature"]["id"], "Q253307");
    assert_eq!(
        (&first["verdict"], &first["cause"]["state"]),
        (&"match".into(), &"confirmed".into())
    );
    for width in ["80", "160"] {
        let tables = dump.run(&["scan", "dump", "--width", width]);
        golden(
            &format!("scan-two-servers-{width}.txt"),
            &about_one_article(&stdout(&tables)),
        );
        assert_eq!(stderr(&tables), "");
    }
    let explained = dump.run(&["explain", "q253307", "dump", "--width", "80"]);
    golden(
        "explain-two-servers-80.txt",
        &about_one_article(&stdout(&explained)),
    );
    let compared = dump.run(&["compare", "Q253307", "Q158279", "dump", "--width", "160"]);
    assert_ne!(compared.status.code(), Some(2), "{}", stderr(&compared));
    golden(
        "compare-two-servers-160.txt",
        &about_one_article(&stdout(&compared)),
    );
}

#[test]
fn a_healthy_log_explains_nothing_and_says_so() {
    let dump = Dump::new("healthy").log("Application.evtx", &noise(200));
    let output = dump.run(&["scan", "dump", "--width", "80"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(
        stdout(&output).starts_with("No signature explains these logs"),
        "{}",
        stdout(&output)
    );
    assert!(stdout(&output).contains("Errors and warnings that no article explains (UTC)"));
    let uncounted = stdout(&dump.run(&["scan", "dump", "--no-unexplained"]));
    assert!(
        uncounted.contains("that no article explains were not counted"),
        "{uncounted}"
    );
    let explained = dump.run(&["explain", "Q253307", "dump", "--width", "80"]);
    assert_eq!(explained.status.code(), Some(1));
    golden(
        "explain-healthy-80.txt",
        &about_one_article(&stdout(&explained)),
    );
}

#[test]
fn records_are_listed_filtered_and_cut() {
    let dump = two_servers("events");
    let all = stdout(&dump.run(&["events", "dump", "--format", "jsonl"]));
    assert_eq!(all.lines().count(), 5);
    for line in all.lines() {
        let event = json(line);
        assert_eq!(event["provider"], "MSExchangeMTA");
        for key in [
            "event_id",
            "level",
            "channel",
            "computer",
            "time",
            "record_id",
            "strings",
            "file",
            "trust",
        ] {
            assert!(!event[key].is_null(), "{key} in {line}");
        }
    }
    let lines = |more: &[&str]| {
        let mut args = vec!["events", "dump", "--format", "jsonl"];
        args.extend(more);
        let output = dump.run(&args);
        (stdout(&output).lines().count(), output.status.code())
    };
    assert_eq!(lines(&["--id", "9311,9316-9322"]), (3, Some(0)));
    assert_eq!(
        lines(&["--provider", "msexchangemta", "--level", "warning"]),
        (5, Some(0))
    );
    assert_eq!(lines(&["--level", "error"]), (0, Some(1)));
    assert_eq!(lines(&["--computer", "portland"]), (1, Some(0)));
    assert_eq!(lines(&["--text", "DRAS to portland"]), (3, Some(0)));
    assert_eq!(lines(&["--limit", "2"]), (2, Some(0)));
    assert_eq!(lines(&["--until", "2000-02-05"]), (0, Some(1)));
    assert_eq!(
        lines(&["--since", "2000-02-06", "--until", "2000-02-06"]),
        (5, Some(0))
    );
    let none = dump.run(&["events", "dump", "--level", "error"]);
    assert!(
        stderr(&none).contains("none of 5 records fits"),
        "{}",
        stderr(&none)
    );
    let nobody = dump.run(&["events", "dump", "--computer", "nosuch"]);
    let complaint = stderr(&nobody);
    assert!(
        complaint.contains("no computer nosuch is in the collection"),
        "{complaint}"
    );
}

#[test]
fn records_are_listed_by_time_and_as_tables() {
    let dump = two_servers("listed");
    let by_time = stdout(&dump.run(&["events", "dump", "--format", "jsonl", "--sort", "time"]));
    let times: Vec<Value> = by_time
        .lines()
        .map(|line| json(line)["time"].clone())
        .collect();
    assert_eq!(times.len(), 5);
    assert!(
        times.is_sorted_by_key(|time| time.as_str().map(str::to_owned)),
        "{times:?}"
    );
    let first = dump.run(&[
        "events", "dump", "--format", "jsonl", "--sort", "time", "--limit", "2",
    ]);
    let two: Vec<&str> = by_time.lines().take(2).collect();
    assert_eq!(stdout(&first).lines().collect::<Vec<_>>(), two);
    assert!(
        stderr(&first).contains("3 later ones are not listed"),
        "{}",
        stderr(&first)
    );
    let csv = stdout(&dump.run(&["events", "dump", "--format", "csv"]));
    assert!(
        csv.starts_with("time,level,provider,event_id,") && csv.ends_with("\r\n"),
        "{csv}"
    );
    golden(
        "events-80.txt",
        &stdout(&dump.run(&["events", "dump", "--width", "80"])),
    );
    golden(
        "events-160.txt",
        &stdout(&dump.run(&["events", "dump", "--width", "160"])),
    );
}

#[test]
fn the_inventory_says_what_is_there() {
    let dump = two_servers("logs").file("readme.txt", b"see attached logs");
    for width in ["80", "160"] {
        let output = dump.run(&["logs", "dump", "--width", width]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        golden(&format!("logs-{width}.txt"), &stdout(&output));
    }
}

#[test]
fn bad_paths_are_named_and_the_others_still_read() {
    let dump = two_servers("paths")
        .file("text/notes.evtx", b"not a log at all")
        .file("empty/empty.evtx", b"");
    for (path, exit) in [
        ("missing", 2),
        ("dump/text", 2),
        ("dump/empty", 2),
        ("dump/text/notes.evtx", 2),
    ] {
        let alone = dump.run(&["scan", path]);
        assert_eq!(alone.status.code(), Some(exit), "{path}");
        assert!(stderr(&alone).contains(path), "{path}: {}", stderr(&alone));
        assert_eq!(
            stderr(&alone).lines().count(),
            1,
            "{path}: {}",
            stderr(&alone)
        );

        let both = dump.run(&["scan", path, "dump/SEATTLE", "dump/PORTLAND"]);
        assert_eq!(both.status.code(), Some(2), "{path}");
        assert!(stdout(&both).contains("Q253307"), "{path}");
    }
    // A stray file inside a folder that holds logs is no mistake of the user.
    assert_eq!(dump.run(&["scan", "dump"]).status.code(), Some(0));
}

#[test]
fn an_empty_folder_and_a_forbidden_file_are_told_from_others() {
    let dump = two_servers("forbidden").file("sub/readme.txt", b"hello");
    fs::create_dir(dump.0.join("void")).expect("a folder");
    let complaint = stderr(&dump.run(&["scan", "void"]));
    assert!(
        complaint.starts_with("eventkb: void: nothing in here"),
        "{complaint}"
    );
    let complaint = stderr(&dump.run(&["scan", "dump/sub"]));
    assert!(
        complaint.contains("no event log in here (looked into 1 file,"),
        "{complaint}"
    );
    let complaint = stderr(&dump.run(&["scan", "dump/sub/readme.txt"]));
    assert!(
        complaint.contains("name a Windows event log, a folder"),
        "{complaint}"
    );
}

/// Runs as a user who may not read everything, whoever runs the tests.
fn unprivileged(dump: &Dump, args: &[&str]) -> std::process::Output {
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::process::CommandExt;

    const NOBODY: u32 = 65_534;
    let mut command = eventkb(args);
    // Whoever runs the tests owns what they make.
    if fs::metadata(&dump.0).expect("a folder").uid() == 0 {
        // The program may lie where nobody else can go.
        let program = dump.0.join("eventkb");
        fs::copy(command.get_program(), &program).expect("copied");
        command = std::process::Command::new(program);
        command.args(args).uid(NOBODY).gid(NOBODY);
    }
    command.current_dir(&dump.0);
    // Another test that starts a program just now can still hold the copy open for writing.
    for _ in 0..100 {
        match command.output() {
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            output => return output.expect("the program starts"),
        }
    }
    panic!("the copy of the program stays busy");
}

#[test]
fn a_folder_without_permission_is_named_and_the_rest_read() {
    use std::os::unix::fs::PermissionsExt;

    let dump = two_servers("folder-permission").file("locked/deep/a.evtx", b"ElfFile");
    let locked = dump.0.join("dump/locked");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).expect("the mode is set");
    let output = unprivileged(&dump, &["scan", "dump", "--strict"]);
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).expect("the mode is set");
    let (text, complaint) = (stdout(&output), stderr(&output));
    assert!(text.contains("Q253307"), "{text}");
    assert!(
        complaint.contains("dump/locked: no permission"),
        "{complaint}"
    );
    assert_eq!(output.status.code(), Some(3), "{complaint}");
}

#[test]
fn a_file_without_permission_is_named_with_the_way_out() {
    use std::os::unix::fs::PermissionsExt;

    let dump = two_servers("permission");
    let file = dump.0.join("dump/SEATTLE/Application.evtx");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).expect("the mode is set");
    let args = ["scan", "dump/SEATTLE/Application.evtx", "dump/PORTLAND"];
    let output = unprivileged(&dump, &args);
    assert_eq!(output.status.code(), Some(2));
    let complaint = stderr(&output);
    assert!(
        complaint.contains("no permission to read it; run as"),
        "{complaint}"
    );
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
}

#[test]
fn every_article_that_is_ruled_out_is_named() {
    let output = dump_of_testdata(&["scan", "q253307-two-servers", "-v"]);
    let text = stdout(&output);
    let ruled_out = text.split("\nRuled out\n").nth(1).unwrap_or_default();
    let json = json(&stdout(&dump_of_testdata(&[
        "scan",
        "q253307-two-servers",
        "--format",
        "json",
    ])));
    let all = json["findings"].as_array().expect("findings");
    let ids = all
        .iter()
        .filter(|finding| finding["verdict"] == "ruled_out")
        .filter_map(|finding| finding["signature"]["id"].as_str());
    assert!(ids.clone().count() > 8, "more than are shown with a reason");
    for id in ids {
        assert!(ruled_out.contains(id), "{id}");
    }
}

#[test]
fn compare_says_what_to_look_for_only_while_it_is_open() {
    for (folder, open) in [("q253307-two-servers", false), ("healthy", true)] {
        let output = dump_of_testdata(&["compare", "Q253307", "Q217142", folder]);
        let text = stdout(&output);
        assert!(text.contains("Q217142 needs a 9318"), "{text}");
        assert_eq!(text.contains(" Next: "), open, "{folder}: {text}");
    }
}

fn dump_of_testdata(args: &[&str]) -> std::process::Output {
    let output = eventkb(args).current_dir(common::testdata()).output();
    output.expect("the program starts")
}

#[test]
fn strict_says_when_damage_may_hide_something() {
    let events = noise(400);
    let mut bytes = EvtxWriter::new().write(&numbered(&events));
    bytes.truncate(bytes.len() - 30_000);
    let dump = Dump::new("strict").file("Application.evtx", &bytes);
    assert_eq!(dump.run(&["scan", "dump"]).status.code(), Some(1));
    let strict = dump.run(&["scan", "dump", "--strict"]);
    assert_eq!(strict.status.code(), Some(3), "{}", stdout(&strict));
    assert!(
        stdout(&strict).contains("Not everything could be read"),
        "{}",
        stdout(&strict)
    );
}

#[test]
fn all_built_in_signatures_pass_their_examples() {
    let output = common::run(&["signatures", "test"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
}

#[test]
fn thousands_of_members_that_are_no_logs_are_counted_not_listed() {
    let names: Vec<String> = (0..3000).map(|n| format!("{n:04}.evt")).collect();
    let mut members: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), &b"x"[..]))
        .collect();
    members.push(("readme.txt", b"no log"));
    let dump = Dump::new("many-members").file("many.zip", &eventkb_testkit::zip::write(&members));
    let output = dump.run(&["scan", "--format", "json", "dump"]);
    let report: Value = serde_json::from_str(&stdout(&output)).expect("a report");
    let inputs = report["inputs"].as_array().expect("inputs");
    assert_eq!(inputs.len(), 1001);
    let rest = inputs
        .iter()
        .find(|input| input["path"] == "dump/many.zip")
        .expect("what was not listed is counted");
    assert_eq!(rest["error"], "2000 more of its members could not be read");
    assert_eq!(
        report["ignored"][0]["reason"],
        "1 more of its members are no event logs"
    );
}

/// The caller's log with a wrong record size, so that its checksum fails; the called server's log
/// ends before the bind back.
fn damaged(name: &str) -> Dump {
    let attempt = Attempt::between_two(START, "Seattle");
    let mut caller = EvtxWriter::new().write(&numbered(&attempt.caller_events()));
    let hit = Map::of(&caller).records[1].offset;
    caller[hit + 4..hit + 8].fill(0xff);
    let noise = Noise::new(4).start(START - 300).computers(["PORTLAND"]);
    let mut called: Vec<EventSpec> = noise.take(40).collect();
    called.push(attempt.called_event());
    let mut called = EvtxWriter::new()
        .records_per_chunk(20)
        .write(&numbered(&called));
    called.truncate(FILE_HEADER_SIZE + 2 * CHUNK_SIZE + 700);
    Dump::new(name)
        .file("SEATTLE/Application.evtx", &caller)
        .file("PORTLAND/Application.evtx", &called)
}

#[test]
fn findings_over_a_damaged_dump_say_what_they_rest_on() {
    let dump = damaged("doubts");
    let output = dump.run(&["scan", "dump", "--width", "100"]);
    let text = stdout(&output);
    golden("damaged-100.txt", &about_one_article(&text));
    let unread = text.split("\nNot read in full\n").nth(1).unwrap_or("");
    golden(
        "damaged-read-100.txt",
        unread.split("\n\n").next().unwrap_or(""),
    );
    let report = json(&stdout(&dump.run(&["scan", "dump", "--format", "json"])));
    let finding = &report["findings"][0];
    assert_eq!(finding["signature"]["id"], "Q253307");
    assert_ne!(finding["verdict"], "confirmed", "the bind back may be lost");
    let codes: Vec<&str> = finding["doubts"]
        .as_array()
        .expect("doubts")
        .iter()
        .filter_map(|doubt| doubt["code"].as_str())
        .collect();
    assert!(codes.contains(&"damaged_evidence"), "{codes:?}");
    assert!(codes.contains(&"damaged_log"), "{codes:?}");
    // The sound dump has neither.
    let sound = json(&stdout(
        &two_servers("no-doubts").run(&["scan", "dump", "--format", "json"]),
    ));
    assert_eq!(sound["findings"][0]["doubts"], serde_json::json!([]));
}

#[test]
fn a_record_read_in_part_is_counted_and_decides_nothing() {
    let attempt = Attempt::between_two(START, "Seattle");
    let mut called = EvtxWriter::new()
        .data_shape(DataShape::OneEach)
        .write(&numbered(&[attempt.called_event()]));
    // No token begins with 0x7f: behind the name of EventData nothing can be read.
    let name: Vec<u8> = "EventData"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let map = Map::of(&called);
    let place = map.names.iter().find(|n| called[n.text.clone()] == name);
    let behind = place.expect("it is there").text.end + 2;
    called[behind] = 0x7f;
    let dump = Dump::new("partial")
        .log("SEATTLE/Application.evtx", &attempt.caller_events())
        .file("PORTLAND/Application.evtx", &called);
    let report = json(&stdout(&dump.run(&["scan", "dump", "--format", "json"])));
    let finding = &report["findings"][0];
    assert_eq!(finding["signature"]["id"], "Q253307");
    assert_ne!(
        finding["verdict"], "confirmed",
        "9322's values are not known"
    );
    let symptoms = finding["symptoms"].as_array().expect("symptoms");
    let bind_back = symptoms.iter().find(|s| s["event_id"] == 9322);
    assert_ne!(bind_back.expect("one")["state"], "found", "{bind_back:?}");
    assert_ne!(
        bind_back.expect("one")["state"],
        "contradicted",
        "{bind_back:?}"
    );
    let codes = report["inputs"][0]["defects"].as_array().expect("defects");
    let partial = codes.iter().find(|d| d["code"] == "partial_record");
    assert_eq!(partial.expect("named")["count"], 1);
    assert_eq!(
        dump.run(&["scan", "dump", "--strict"]).status.code(),
        Some(3)
    );
}
