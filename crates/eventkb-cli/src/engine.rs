//! Stand-in for the library calls that are still being written; goes away with them.
#![allow(dead_code, unused_variables)]

use std::ops::{ControlFlow, RangeInclusive};
use std::path::{Path, PathBuf};

pub(crate) use eventkb::SignatureSet;
use eventkb::event::Event;
use eventkb::report::{Input, Report, Scope};
pub(crate) use eventkb::signature::load::{Problem, ProblemSeverity, SignatureError};
use eventkb::signature::model::Signature;
use jiff::Timestamp;

#[derive(Debug, Clone, Default)]
pub(crate) struct ScanOptions {
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) computers: Vec<String>,
    pub(crate) channels: Vec<String>,
    pub(crate) recovered: bool,
    pub(crate) threads: usize,
    pub(crate) hash: bool,
    pub(crate) explain: Vec<String>,
}
#[derive(Debug, Clone, Default)]
pub(crate) struct EventFilter {
    pub(crate) providers: Vec<String>,
    pub(crate) ids: Vec<RangeInclusive<u16>>,
    pub(crate) levels: Vec<u8>,
    pub(crate) text: Option<String>,
}
#[derive(Debug, Clone)]
pub(crate) struct ExampleResult {
    pub(crate) signature: String,
    pub(crate) example: String,
    pub(crate) wanted: String,
    pub(crate) got: String,
    pub(crate) cause_wanted: Option<String>,
    pub(crate) cause_got: Option<String>,
    pub(crate) ok: bool,
    pub(crate) detail: String,
}
fn events(path: &Path) -> Vec<Event> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut all = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let Ok(v) = serde_json::from_str::<serde_json::Value>(line) else {
            continue;
        };
        all.push(Event {
            provider: v["provider"].as_str().unwrap_or("").into(),
            event_id: v["event_id"].as_u64().unwrap_or(0) as u16,
            level: v["level"].as_u64().map(|l| l as u8),
            channel: Some("Application".into()),
            computer: v["computer"].as_str().map(Into::into),
            time: v["time"]
                .as_i64()
                .and_then(|t| Timestamp::from_second(t).ok()),
            record_id: Some(n as u64 + 1),
            strings: v["strings"].as_array().map(|s| {
                s.iter()
                    .map(|s| s.as_str().unwrap_or("").to_owned())
                    .collect()
            }),
            file: path.to_string_lossy().as_ref().into(),
            ..Event::default()
        });
    }
    all
}
pub(crate) fn scan(paths: &[PathBuf], signatures: &SignatureSet, options: &ScanOptions) -> Report {
    let scope = Scope {
        since: options.since,
        until: options.until,
        computers: options.computers.clone(),
        channels: options.channels.clone(),
        recovered: options.recovered,
    };
    let mut session = eventkb::Session::with_scope(signatures, scope);
    for id in &options.explain {
        session.explain(id);
    }
    for path in paths {
        let all = events(path);
        if !all.is_empty() {
            let input = Input {
                path: path.display().to_string(),
                format: "jsonl".into(),
                records_read: all.len() as u64,
                ..Input::default()
            };
            session.add_input(input, vec![]);
        }
        for event in all {
            session.feed(&event);
        }
    }
    session.finish()
}
pub(crate) fn inventory(paths: &[PathBuf], options: &ScanOptions) -> Report {
    scan(paths, &SignatureSet::empty(), options)
}
pub(crate) fn list_events(
    paths: &[PathBuf],
    filter: &EventFilter,
    options: &ScanOptions,
    sink: &mut dyn FnMut(Event) -> ControlFlow<()>,
) -> Report {
    for path in paths {
        for event in events(path) {
            if sink(event).is_break() {
                break;
            }
        }
    }
    inventory(paths, options)
}
pub(crate) fn check_signature(file: &Path) -> (Option<Signature>, Vec<Problem>) {
    match std::fs::read_to_string(file) {
        Ok(text) => eventkb::signature::load::examine(&text),
        Err(_) => match eventkb::signature::load::read_file(file) {
            Ok(signature) => (Some(signature), vec![]),
            Err(error) => (None, error.problems),
        },
    }
}
pub(crate) fn test_signatures(set: &SignatureSet) -> Vec<ExampleResult> {
    vec![]
}
pub(crate) fn signature_schema() -> String {
    eventkb::signature::schema::signature_schema()
}
