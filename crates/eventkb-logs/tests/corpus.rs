//! Real logs, outside the repository: every record that the program of the `evtx` crate reads is
//! compared. Set `EVENTKB_SHARED` to the folder that holds `corpus/` and `EVTX_DUMP` to the program,
//! and run `cargo test -- --ignored`.
#![cfg(feature = "exports")]
#![allow(clippy::print_stdout, reason = "it says what it compared")]

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use eventkb_logs::{Event, EventFilter, ReadOptions, Trust, list_events};
use serde_json::Value;

fn corpus() -> PathBuf {
    let shared = std::env::var_os("EVENTKB_SHARED").expect("EVENTKB_SHARED");
    PathBuf::from(shared).join("corpus")
}

fn evtx_dump() -> String {
    std::env::var("EVTX_DUMP").expect("EVTX_DUMP")
}

fn logs_below(folder: &Path) -> Vec<PathBuf> {
    let mut logs = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("evtx"))
            {
                logs.push(path);
            }
        }
    }
    logs.sort();
    logs
}

type Key = (String, u64, u64);

/// How often each event is in a file, by what tells it.
fn counted<K: Ord + Send>(path: &Path, key: fn(Event) -> K) -> BTreeMap<K, usize> {
    let mut counts = BTreeMap::new();
    let mut each = |event: Event| {
        *counts.entry(key(event)).or_default() += 1;
        ControlFlow::Continue(())
    };
    let (filter, options) = (EventFilter::default(), ReadOptions::default());
    list_events(&[path.to_owned()], &filter, &options, &mut each);
    counts
}

fn key(event: Event) -> Key {
    let id = event.record_id.unwrap_or(0);
    (event.provider, u64::from(event.event_id), id)
}

fn number(value: &Value) -> u64 {
    let value = value.get("#text").unwrap_or(value);
    value
        .as_u64()
        .or_else(|| value.as_str().and_then(|s| s.trim().parse().ok()))
        .unwrap_or(0)
}

fn theirs(program: &str, path: &Path) -> BTreeMap<Key, usize> {
    let output = Command::new(program)
        .args(["-o", "jsonl", "-t", "1", "--no-confirm-overwrite"])
        .arg(path)
        .output()
        .expect("evtx_dump runs");
    let mut keys = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(value) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let system = &value["Event"]["System"];
        let name = system["Provider"]["#attributes"]["Name"]
            .as_str()
            .unwrap_or("")
            .to_owned();
        let key = (
            name,
            number(&system["EventID"]) & 0xffff,
            number(&system["EventRecordID"]),
        );
        *keys.entry(key).or_default() += 1;
    }
    keys
}

#[test]
#[ignore = "needs real logs and evtx_dump: set EVENTKB_SHARED and EVTX_DUMP"]
fn every_record_that_evtx_dump_reads_is_listed() {
    let (corpus, program) = (corpus(), evtx_dump());
    let (mut records, mut more, mut wrong) = (0, 0, Vec::new());
    for path in logs_below(&corpus.join("evtx")) {
        let (ours, theirs) = (counted(&path, key), theirs(&program, &path));
        for (key, count) in &theirs {
            records += count;
            let have = ours.get(key).copied().unwrap_or(0);
            if have < *count {
                wrong.push(format!("{}: {key:?} {have} < {count}", path.display()));
            }
        }
        more += ours
            .values()
            .sum::<usize>()
            .saturating_sub(theirs.values().sum());
    }
    println!("evtx_dump read {records} records, eventkb {more} more");
    assert!(
        wrong.is_empty(),
        "{} missing:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// An event without its place. XML cannot hold control characters, so the crate writes `_` for
/// them, and for what is no character at all.
fn bare(event: Event) -> String {
    let plain = |text: String| -> String {
        let odd =
            |c: char| (c.is_control() && !"\r\n\t".contains(c)) || c == char::REPLACEMENT_CHARACTER;
        text.chars().map(|c| if odd(c) { '_' } else { c }).collect()
    };
    let strings = event.strings.map(|s| s.into_iter().map(plain).collect());
    let named = event
        .named
        .into_iter()
        .map(|(name, value)| (name, plain(value)));
    let event = Event {
        strings,
        named: named.collect(),
        trust: Trust::Intact,
        file: "".into(),
        offset: None,
        ..event
    };
    format!("{event:?}")
}

/// Every field of every record: provider, ids, level, time, computer, channel, strings and their
/// names. What the plain crate reads is written as XML, and read as any export is.
#[test]
#[ignore = "needs real logs and evtx_dump: set EVENTKB_SHARED and EVTX_DUMP"]
fn events_are_those_of_evtx_dump() {
    let (corpus, program) = (corpus(), evtx_dump());
    let export = std::env::temp_dir().join(format!("eventkb-{}.xml", std::process::id()));
    let (mut compared, mut more, mut missing) = (0, 0, Vec::new());
    for path in logs_below(&corpus.join("evtx")) {
        let output = Command::new(&program)
            .args(["-o", "xml", "-t", "1"])
            .arg(&path)
            .output()
            .expect("evtx_dump runs");
        std::fs::write(&export, output.stdout).expect("written");
        let (ours, theirs) = (counted(&path, bare), counted(&export, bare));
        for (event, count) in &theirs {
            compared += count;
            if ours.get(event).is_none_or(|ours| ours < count) {
                missing.push(format!("{}: {event}", path.display()));
            }
        }
        more += ours
            .values()
            .sum::<usize>()
            .saturating_sub(theirs.values().sum());
    }
    std::fs::remove_file(&export).expect("it is there");
    println!("{compared} events of evtx_dump compared field by field, {more} more of ours");
    assert!(compared > 20_000, "only {compared}");
    let first: Vec<&String> = missing.iter().take(5).collect();
    assert!(
        missing.is_empty(),
        "{} not among ours: {first:#?}",
        missing.len()
    );
}
