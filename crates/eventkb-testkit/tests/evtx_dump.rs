//! The `evtx_dump` program reads the same strings, when there is one: on PATH, or named by the
//! variable EVTX_DUMP. Without it the test says so and passes.

use std::path::PathBuf;
use std::process::Command;

use eventkb_testkit::evtx::{DataShape, EvtxWriter, Layout};
use eventkb_testkit::scenario::{Attempt, Noise, START, mixed};
use serde_json::Value;

fn program() -> Option<PathBuf> {
    let named = std::env::var_os("EVTX_DUMP").map(PathBuf::from);
    named.or_else(|| {
        let path = std::env::var_os("PATH")?;
        let mut found = std::env::split_paths(&path).map(|folder| folder.join("evtx_dump"));
        found.find(|file| file.is_file())
    })
}

fn strings(data: &Value) -> Vec<String> {
    match data {
        Value::Object(map) => map.get("#text").map(strings).unwrap_or_default(),
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::String(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}

#[test]
#[allow(clippy::print_stderr)]
fn evtx_dump_reads_the_same_strings() {
    let Some(program) = program() else {
        eprintln!("skipped: no evtx_dump on PATH or in EVTX_DUMP");
        return;
    };
    let events = mixed(
        Attempt::between_two(START + 3600, "Seattle").events(),
        Noise::new(5).take(1500),
    );
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("for-evtx_dump.evtx");
    for layout in [Layout::NameInTemplate, Layout::NameAsSubstitution] {
        for data in [DataShape::StringArray, DataShape::OneEach] {
            let bytes = EvtxWriter::new()
                .layout(layout)
                .data_shape(data)
                .write(&events);
            std::fs::write(&file, bytes).expect("a writable target folder");
            let mut command = Command::new(&program);
            let output = command.args(["-o", "jsonl"]).arg(&file).output();
            let output = String::from_utf8(output.expect("runs").stdout).expect("UTF-8");
            assert_eq!(output.lines().count(), events.len());
            for (line, event) in output.lines().zip(&events) {
                let read: Value = serde_json::from_str(line).expect("JSON");
                let system = &read["Event"]["System"];
                assert_eq!(system["EventID"]["#text"], event.event_id);
                assert_eq!(
                    system["Provider"]["#attributes"]["Name"],
                    event.provider.as_str()
                );
                assert_eq!(strings(&read["Event"]["EventData"]["Data"]), event.strings);
            }
        }
    }
}
