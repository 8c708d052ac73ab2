//! Files that were read wrong once, outside the repository: set `EVENTKB_SHARED` to the folder that
//! holds `cases/inputs/`. Each must give its events with provider, id, time and, where the form keeps
//! them, insertion strings.
#![cfg(feature = "exports")]
#![expect(clippy::print_stdout, reason = "a test says what it read")]

use std::ops::ControlFlow;
use std::path::PathBuf;

use eventkb_logs::integrity::DefectCode;
use eventkb_logs::{Admission, Event, EventFilter, Head, Input, ReadOptions, Sink, list_events};

/// What a file must give.
struct Wanted {
    file: &'static str,
    events: usize,
    /// Events with insertion strings.
    strings: usize,
    /// The first event of the MTA, and how its time begins.
    first: &'static str,
}

const FIRST: &str = "2000-02-06T01:20:";

const fn wanted(file: &'static str, events: usize, strings: usize) -> Wanted {
    Wanted {
        file,
        events,
        strings,
        first: FIRST,
    }
}

const WANTED: &[Wanted] = &[
    wanted("j10-es-hits.json", 76, 76),
    wanted("j11-splunk.json", 76, 76),
    wanted("j12-evtxecmd.json", 76, 76),
    wanted("j2-xmltodict.jsonl", 76, 76),
    wanted("j22-evtx2json.json", 76, 76),
    wanted("j3-velociraptor.jsonl", 76, 76),
    wanted("j4-dumpevtx.jsonl", 76, 76),
    wanted("j5-nxlog.jsonl", 76, 0),
    wanted("j7-winlogbeat-long-message.ndjson", 76, 76),
    wanted("j8-winlogbeat-dotted.ndjson", 76, 76),
    wanted("j9-es6-source.ndjson", 76, 76),
    wanted("l4-converttoxml.xml", 76, 0),
    wanted("t1-korean.csv", 76, 76),
    wanted("t10-german-sorry.csv", 76, 76),
    wanted("t13-evtxecmd.csv", 76, 76),
    wanted("t14-nirsoft.csv", 76, 0),
    wanted("t15-exportcsv-korean.csv", 76, 76),
    wanted("t2-taiwan.csv", 76, 76),
    wanted("t29-us-multi-line.csv", 3, 0),
    Wanted {
        file: "t30-us-24h-late-evidence.csv",
        events: 121,
        strings: 0,
        first: "2000-02-06T13:00:00",
    },
    wanted("t34-australia.csv", 76, 76),
    wanted("t35-wmic.csv", 76, 76),
    wanted("t4-hungarian.csv", 76, 76),
    wanted("t40-select5.csv", 76, 76),
    wanted("t6-thai.csv", 76, 76),
    wanted("w2-formatlist.txt", 76, 0),
    wanted("x1-ns0.xml", 76, 76),
    wanted("x11-600-data.xml", 77, 77),
    wanted("x17-logparser.xml", 76, 76),
    wanted("x2-old-evtx_dump.xml", 76, 76),
    wanted("x20-complexdata.xml", 76, 76),
    wanted("x4-level-words.xml", 76, 76),
    wanted("x5-evtxexport.xml", 76, 76),
    wanted("x8-syslog-prefix.log", 76, 76),
    wanted("x9-splunk.csv", 76, 76),
];

fn read(path: PathBuf) -> (Vec<Event>, Option<Input>) {
    let mut events = Vec::new();
    let mut each = |event| {
        events.push(event);
        ControlFlow::Continue(())
    };
    let options = ReadOptions::default();
    let result = list_events(&[path], &EventFilter::default(), &options, &mut each);
    let input = result.files.into_iter().next().map(|file| file.input);
    (events, input)
}

/// What is wrong with what a file gave.
fn wrong(wanted: &Wanted, events: &[Event], input: Option<&Input>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |what: &str, is: String, want: String| {
        if is != want {
            wrong.push(format!("{what}: {is} instead of {want}"));
        }
    };
    let Some(input) = input else {
        return vec!["not read".to_owned()];
    };
    let count = |good: &dyn Fn(&Event) -> bool| events.iter().filter(|e| good(e)).count();
    check(
        "events",
        events.len().to_string(),
        wanted.events.to_string(),
    );
    let all = events.len().to_string();
    let providers = count(&|e| !e.provider.is_empty());
    check("with a provider", providers.to_string(), all.clone());
    check(
        "with a time",
        count(&|e| e.time.is_some()).to_string(),
        all.clone(),
    );
    check("with an id", count(&|e| e.event_id > 0).to_string(), all);
    let strings = count(&|e| e.strings.is_some());
    check(
        "with strings",
        strings.to_string(),
        wanted.strings.to_string(),
    );
    check("lost", input.records_lost.to_string(), "0".to_owned());
    let mta = events
        .iter()
        .find(|event| event.provider == "MSExchangeMTA");
    let time = mta.and_then(|event| event.time).map(|t| t.to_string());
    let time: String = time
        .unwrap_or_default()
        .chars()
        .take(wanted.first.len())
        .collect();
    check("first", time, wanted.first.to_owned());
    if let Some(error) = &input.error {
        check("error", error.clone(), String::new());
    }
    wrong
}

#[test]
#[ignore = "needs the files that EVENTKB_SHARED names"]
fn every_input_is_read_right() {
    let shared = std::env::var_os("EVENTKB_SHARED").expect("EVENTKB_SHARED names a folder");
    let folder = PathBuf::from(shared).join("cases/inputs");
    let mut bad = 0;
    for wanted in WANTED {
        let (events, input) = read(folder.join(wanted.file));
        let wrong = wrong(wanted, &events, input.as_ref());
        bad += usize::from(!wrong.is_empty());
        let verdict = if wrong.is_empty() { "ok" } else { "WRONG" };
        println!("{verdict:5} {} {}", wanted.file, wrong.join("; "));
        for defect in input.iter().flat_map(|input| &input.defects) {
            println!(
                "      {:?} x{}: {}",
                defect.code, defect.count, defect.message
            );
        }
    }
    assert_eq!(bad, 0, "files were read wrong");
}

/// What a log must give: records read, recovered and lost, and how the live ones are trusted.
struct Log {
    file: &'static str,
    read: u64,
    recovered: u64,
    lost: u64,
    trust: &'static str,
    /// A defect that must be named.
    named: Option<DefectCode>,
}

const fn log(file: &'static str, (read, recovered, lost): (u64, u64, u64)) -> Log {
    Log {
        file,
        read,
        recovered,
        lost,
        trust: "intact",
        named: None,
    }
}

impl Log {
    const fn trust(self, trust: &'static str) -> Log {
        Log { trust, ..self }
    }

    const fn named(self, code: DefectCode) -> Log {
        Log {
            named: Some(code),
            ..self
        }
    }
}

const LOGS: &[Log] = &[
    log("b10-xml2evtx.evtx", (80, 0, 0)),
    log("b13-vss-chunk.evtx", (105, 23, 0)).trust("checksum_failed"),
    log("b7-290-named.evtx", (2, 0, 0)),
    log("b9-first-8k-zero.evtx", (102, 0, 104)).named(DefectCode::ChunkHeader),
    log("e2-first-page.evt", (170, 0, 0)).named(DefectCode::Gap),
    log("g6-trailing.gz", (70, 0, 0)),
    log("attack/C-firstid-zero.evtx", (4, 188, 0)).named(DefectCode::ChunkHeader),
    log("attack/D-forged-behind.evtx", (4, 5, 0)).named(DefectCode::StaleRecords),
    log("attack/evtx-flag-no-crc.evtx", (5, 0, 0))
        .trust("no_checksum")
        .named(DefectCode::NoChecksum),
    log("attack/evtx-fill-f6.evtx", (14, 75, 91)).named(DefectCode::FailedRecord),
    log("attack/evtx-last-record-behind-hole.evtx", (6, 0, 1)).trust("checksum_failed"),
    log(
        "attack/evtx-first-8k-zero-4-chunks-intact.evtx",
        (295, 0, 142),
    ),
    log(
        "attack/evtx-logs-hides-what-events-loses.evtx",
        (270, 0, 90),
    ),
    log("attack/export-SILENT-0-wev.txt-200", (40, 0, 0)),
    log("attack/export-SILENT-0-ev.csv-1320", (36, 0, 0)).named(DefectCode::Gap),
    log("attack/export-SILENT-0-wev.xml-320", (39, 0, 1)).named(DefectCode::Gap),
];

#[test]
#[ignore = "needs the files that EVENTKB_SHARED names"]
fn every_log_is_accounted_for() {
    let shared = std::env::var_os("EVENTKB_SHARED").expect("EVENTKB_SHARED names a folder");
    let folder = PathBuf::from(shared).join("cases/inputs");
    let mut bad = Vec::new();
    for log in LOGS {
        let (events, input) = read(folder.join(log.file));
        let input = input.unwrap_or_default();
        let is = (
            input.records_read,
            input.records_recovered,
            input.records_lost,
        );
        let trusted = events
            .iter()
            .filter(|event| event.trust.as_str() == log.trust);
        let named = |code| input.defects.iter().any(|defect| defect.code == code);
        let ok = is == (log.read, log.recovered, log.lost)
            && trusted.count() as u64 + 2 > log.read
            && log.named.is_none_or(named);
        println!("{} {}: {is:?}", if ok { "ok" } else { "WRONG" }, log.file);
        for defect in &input.defects {
            println!(
                "      {:?} x{}: {}",
                defect.code, defect.count, defect.message
            );
        }
        if !ok {
            bad.push(log.file);
        }
    }
    assert!(bad.is_empty(), "{bad:?}");
}

#[test]
#[ignore = "needs the files that EVENTKB_SHARED names"]
fn archives_give_all_they_hold_with_any_number_of_threads() {
    let shared = std::env::var_os("EVENTKB_SHARED").expect("EVENTKB_SHARED names a folder");
    let folder = PathBuf::from(shared).join("cases/inputs/attack");
    let (events, _) = read(folder.join("two-tars-joined.tar"));
    assert_eq!(events.len(), 10);
    let account = |threads| {
        let mut options = ReadOptions::default();
        options.threads = threads;
        let sinks = (0..options.sinks()).map(|_| Counting).collect();
        let paths = [folder.join("zip-cut-member.zip")];
        format!("{:?}", eventkb_logs::read(&paths, &options, sinks).0)
    };
    assert_eq!(account(1), account(2));
}

#[test]
#[ignore = "needs the files that EVENTKB_SHARED names"]
fn counting_and_decoding_give_one_account() {
    let shared = std::env::var_os("EVENTKB_SHARED").expect("EVENTKB_SHARED names a folder");
    let folder = PathBuf::from(shared).join("cases/inputs");
    for log in LOGS {
        let path = folder.join(log.file);
        let options = ReadOptions::default();
        let sinks = vec![Counting];
        let counted = eventkb_logs::read(std::slice::from_ref(&path), &options, sinks).0;
        let (_, decoded) = read(path);
        let decoded = decoded.expect("a file");
        let is = counted
            .files
            .first()
            .map(|file| &file.input)
            .expect("a file");
        let numbers = |input: &Input| {
            (
                input.records_read,
                input.records_recovered,
                input.records_lost,
            )
        };
        assert_eq!(numbers(is), numbers(&decoded), "{}", log.file);
    }
}

/// Wants nothing but the account.
struct Counting;

impl Sink for Counting {
    fn admit(&mut self, _: &Head<'_>) -> Admission {
        Admission::Skip
    }

    fn event(&mut self, _: Event, _: Option<&[u8]>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
