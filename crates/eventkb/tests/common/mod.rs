//! What several tests need: the folder of test logs, and a report in short.
#![allow(dead_code, reason = "each test uses its part")]

pub(crate) mod written;

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use eventkb::report::{Finding, Input, Verdict};
use eventkb::{Report, ScanOptions, SignatureSet, scan};
use eventkb_testkit::EventSpec;
use eventkb_testkit::scenario::category;
use serde_json::{Value, json};

/// The folder `testdata`.
pub(crate) fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata")
}

/// The built-in signatures, made once for all tests of a file; or those of the folder that
/// `EVENTKB_PACK` names, so that data can be tried without a build.
pub(crate) fn built_in() -> Arc<SignatureSet> {
    static SET: LazyLock<Arc<SignatureSet>> = LazyLock::new(|| {
        let Some(folder) = std::env::var_os("EVENTKB_PACK") else {
            return Arc::new(SignatureSet::built_in());
        };
        let mut set = SignatureSet::empty();
        if let Err(errors) = set.add_path(Path::new(&folder)) {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            panic!("{}", errors.join("\n"));
        }
        Arc::new(set)
    });
    Arc::clone(&SET)
}

/// Options that differ from the default ones.
pub(crate) fn options(change: impl FnOnce(&mut ScanOptions)) -> ScanOptions {
    let mut options = ScanOptions::default();
    change(&mut options);
    options
}

/// Scans with the built-in signatures.
pub(crate) fn scan_built_in(paths: &[PathBuf]) -> Report {
    scan(paths, &built_in(), &ScanOptions::default())
}

/// What `expected.json` says of a folder, taken from a report over it.
pub(crate) fn in_short(report: &Report, folder: &Path) -> Value {
    let offered = |finding: &&Finding| finding.verdict > Verdict::RuledOut;
    let findings: Vec<Value> = report
        .findings
        .iter()
        .filter(offered)
        .map(finding)
        .collect();
    let inputs: Vec<Value> = report
        .inputs
        .iter()
        .map(|input| account(input, folder))
        .collect();
    json!({ "findings": findings, "inputs": inputs })
}

fn finding(finding: &Finding) -> Value {
    let symptoms: serde_json::Map<String, Value> = finding
        .symptoms
        .iter()
        .map(|symptom| {
            let state = symptom.state.as_str();
            let text = match symptom.count {
                0 => state.to_owned(),
                count => format!("{state} {count}"),
            };
            (symptom.id.clone(), Value::String(text))
        })
        .collect();
    let doubts: Vec<Value> = finding
        .doubts
        .iter()
        .filter_map(|doubt| serde_json::to_value(doubt).ok())
        .map(|doubt| doubt["code"].clone())
        .collect();
    json!({
        "id": finding.signature.id,
        "verdict": finding.verdict.as_str(),
        "cause": finding.cause.state.as_str(),
        "occurrences": finding.occurrences,
        "computers": finding.computers,
        "symptoms": symptoms,
        "doubts": doubts,
    })
}

fn account(input: &Input, folder: &Path) -> Value {
    let path = Path::new(&input.path);
    let path = path.strip_prefix(folder).unwrap_or(path);
    let defects: Vec<Value> = input
        .defects
        .iter()
        .filter_map(|defect| serde_json::to_value(defect.code).ok())
        .collect();
    json!({
        "path": path.display().to_string(),
        "format": input.format,
        "read": input.records_read,
        "recovered": input.records_recovered,
        "lost": input.records_lost,
        "defects": defects,
    })
}

/// The ids of findings that were ruled out.
pub(crate) fn ruled_out(report: &Report) -> Vec<&str> {
    let out = |finding: &&Finding| finding.verdict == Verdict::RuledOut;
    report
        .findings
        .iter()
        .filter(out)
        .map(|finding| finding.signature.id.as_str())
        .collect()
}

/// A case of the flagship article, with the answers that are right.
pub(crate) struct SharedCase {
    pub(crate) name: String,
    pub(crate) events: Vec<EventSpec>,
    pub(crate) verdicts: Vec<String>,
    pub(crate) causes: Vec<String>,
}

impl SharedCase {
    /// The events of each host, in order.
    pub(crate) fn logs(&self) -> Vec<(String, Vec<EventSpec>)> {
        let mut logs: Vec<(String, Vec<EventSpec>)> = Vec::new();
        for event in &self.events {
            match logs.iter_mut().find(|(host, _)| *host == event.computer) {
                Some((_, events)) => events.push(event.clone()),
                None => logs.push((event.computer.clone(), vec![event.clone()])),
            }
        }
        logs
    }
}

/// The cases of the folder that `EVENTKB_SHARED` names; none without it.
pub(crate) fn shared_cases() -> Vec<SharedCase> {
    let Some(shared) = std::env::var_os("EVENTKB_SHARED") else {
        return Vec::new();
    };
    let path = Path::new(&shared).join("cases/q253307.jsonl");
    let text = std::fs::read_to_string(path).expect("cases");
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let case: Value = serde_json::from_str(line).expect("a case is JSON");
            let texts = |value: &Value| -> Vec<String> {
                let list = value.as_array().into_iter().flatten();
                list.filter_map(Value::as_str).map(str::to_owned).collect()
            };
            SharedCase {
                name: case["case"].as_str().expect("a name").to_owned(),
                events: case["events"]
                    .as_array()
                    .expect("events")
                    .iter()
                    .map(|event| shared_event(event, texts(&event["strings"])))
                    .collect(),
                verdicts: texts(&case["verdict"]),
                causes: texts(&case["cause"]),
            }
        })
        .collect()
}

fn shared_event(event: &Value, strings: Vec<String>) -> EventSpec {
    let number = |key: &str| event[key].as_u64().and_then(|n| u16::try_from(n).ok());
    let category = match event["category"].as_str() {
        Some("X.400 Service") => category::X400_SERVICE,
        Some("Interface") => category::INTERFACE,
        Some("Field Engineering") => category::FIELD_ENGINEERING,
        // Numbers of others are not known, only that they are others.
        Some(other) => 100 + (other.len() % 100) as u16,
        None => 0,
    };
    let provider = event["provider"].as_str().expect("a provider");
    EventSpec::new(provider, number("event_id").expect("an id"))
        .level(number("level").map_or(4, |level| level as u8))
        .task(category)
        .qualifiers(0x8000)
        .computer(event["computer"].as_str().expect("a computer"))
        .channel("Application")
        .at(event["time"].as_i64().expect("a second"), 0)
        .strings(strings)
}
