//! What several tests need: the folder of test logs, and a report in short.
#![allow(dead_code, reason = "each test uses its part")]

use std::path::{Path, PathBuf};

use eventkb::report::{Finding, Input, Verdict};
use eventkb::{Report, ScanOptions, SignatureSet, scan};
use serde_json::{Value, json};

/// The folder `testdata`.
pub(crate) fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata")
}

/// Scans with the built-in signatures.
pub(crate) fn scan_built_in(paths: &[PathBuf]) -> Report {
    scan(paths, &SignatureSet::built_in(), &ScanOptions::default())
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
    let doubts: Vec<&str> = finding
        .doubts
        .iter()
        .map(|doubt| doubt.code.as_str())
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
