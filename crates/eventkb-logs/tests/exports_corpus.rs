//! Real logs, outside the repository, as other programs export them: set `EVENTKB_SHARED` to the
//! folder that holds `corpus/`, and `EVTX_DUMP` to the program of the `evtx` crate.
//!
//! Every record of every log must come out of the XML, of both JSON forms and of our own lines
//! with the same provider, id, record id, computer, time and insertion strings.
#![cfg(feature = "exports")]
#![expect(clippy::print_stdout, reason = "a test says what it compared")]

#[path = "common/all.rs"]
mod all;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use all::All;
use eventkb_logs::account::Account;
use eventkb_logs::detect::{self, Format};
use eventkb_logs::export::{jsonl, xml};
use eventkb_logs::{Delivery, Event, JsonEvent};

type Reader = fn(&mut dyn std::io::Read, &mut Delivery<'_>);

fn read(reader: Reader, bytes: &[u8]) -> (Vec<Event>, Account) {
    let (mut account, mut sink, mut bytes) = (Account::default(), All::default(), bytes);
    reader(
        &mut bytes,
        &mut Delivery::new(Arc::from("x"), &mut account, &mut sink),
    );
    let events = sink
        .0
        .into_iter()
        .map(|event| Event {
            offset: None,
            ..event
        })
        .collect();
    (events, account)
}

fn seen(bytes: &[u8]) -> Option<Format> {
    detect::detect(bytes.get(..detect::PREFIX).unwrap_or(bytes))
}

fn logs_below(folder: &Path, logs: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            logs_below(&path, logs);
        } else if path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("evtx"))
        {
            logs.push(path);
        }
    }
}

fn dump(program: &Path, log: &Path, options: &[&str]) -> Vec<u8> {
    let output = Command::new(program)
        .args(["-t", "1"])
        .args(options)
        .arg(log)
        .output()
        .expect("it runs");
    output.stdout
}

/// What must be the same in all forms. Elements that repeat are drawn together in JSON, so that
/// their order among others is lost: strings are compared as they stand where none repeats.
fn key(event: &Event) -> String {
    let strings = event.strings.as_ref().map(|strings| {
        // The program writes `_` for characters that XML does not allow.
        let allowed =
            |c: char| c != '\u{fffd}' && (!c.is_control() || matches!(c, '\t' | '\r' | '\n'));
        let plain = |text: &String| {
            text.chars()
                .map(|c| if allowed(c) { c } else { '_' })
                .collect::<String>()
        };
        let mut sorted: Vec<String> = strings.iter().map(plain).collect();
        sorted.sort();
        sorted
    });
    format!(
        "{} {:?} {} {:?} {:?} {:?} {:?} {:?} {:?} {strings:?}",
        event.provider,
        event.event_source,
        event.event_id,
        event.qualifiers,
        event.level,
        event.category,
        event.computer,
        event.time,
        event.record_id,
    )
}

#[test]
#[ignore = "needs real logs and evtx_dump: set EVENTKB_SHARED and EVTX_DUMP"]
fn every_export_of_a_log_gives_the_same_events() {
    let shared = std::env::var_os("EVENTKB_SHARED").expect("EVENTKB_SHARED");
    let program = std::env::var_os("EVTX_DUMP").expect("EVTX_DUMP");
    let program = PathBuf::from(program);
    let mut logs = Vec::new();
    logs_below(&PathBuf::from(shared).join("corpus/evtx"), &mut logs);
    logs.sort();
    let (mut records, mut ordered, mut differ) = (0, 0, Vec::new());
    for log in &logs {
        let forms: [(Reader, &[&str]); 3] = [
            (xml::read, &["-o", "xml"]),
            (jsonl::read, &["-o", "jsonl"]),
            (jsonl::read, &["-o", "jsonl", "--separate-json-attributes"]),
        ];
        let exported = dump(&program, log, forms[0].1);
        let (wanted, account) = read(forms[0].0, &exported);
        assert_eq!(
            seen(&exported),
            (!wanted.is_empty()).then_some(Format::Xml),
            "{}",
            log.display()
        );
        if account.integrity.failed > 0 {
            differ.push(format!(
                "{}: XML: {:?}",
                log.display(),
                account.integrity.defects
            ));
        }
        records += wanted.len();
        for (reader, options) in &forms[1..] {
            let exported = dump(&program, log, options);
            assert_eq!(
                seen(&exported),
                (!wanted.is_empty()).then_some(Format::Json),
                "{}",
                log.display()
            );
            let (events, account) = read(*reader, &exported);
            if account.integrity.failed > 0 || events.len() != wanted.len() {
                differ.push(format!(
                    "{} {options:?}: {} of {}: {:?}",
                    log.display(),
                    events.len(),
                    wanted.len(),
                    account.integrity.defects
                ));
            }
            for (event, want) in events.iter().zip(&wanted) {
                ordered += usize::from(event.strings == want.strings);
                if key(event) != key(want) {
                    differ.push(format!(
                        "{} {options:?}:\n  {}\n  {}",
                        log.display(),
                        key(event),
                        key(want)
                    ));
                }
            }
        }
        let lines: Vec<String> = wanted
            .iter()
            .map(|event| serde_json::to_string(&JsonEvent::from(event)).expect("JSON"))
            .collect();
        let (ours, _) = read(jsonl::read, lines.join("\n").as_bytes());
        assert!(ours == wanted, "{}: our own lines differ", log.display());
    }
    println!(
        "{} logs, {records} records, {ordered} of {} with strings in the same order",
        logs.len(),
        records * 2
    );
    for line in differ.iter().take(20) {
        println!("{line}");
    }
    assert!(differ.is_empty(), "{} differences", differ.len());
}
