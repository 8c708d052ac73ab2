//! Scans folders and files and prints which articles explain them, and why.
//!
//! ```text
//! cargo run --example scan_folder testdata/q253307-two-servers
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::PathBuf;
use std::process::ExitCode;

use eventkb::report::{Finding, SymptomState, Verdict};
use eventkb::{Report, ScanOptions, SignatureSet, scan};

fn main() -> ExitCode {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        eprintln!("usage: scan_folder PATH...");
        return ExitCode::from(2);
    }
    let signatures = SignatureSet::built_in();
    let report = scan(&paths, &signatures, &ScanOptions::default());
    for finding in &report.findings {
        show(finding);
    }
    closing(&report);
    match report.best() {
        Some(_) => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    }
}

fn show(finding: &Finding) {
    let signature = &finding.signature;
    println!(
        "{}: {} - {}",
        finding.verdict.as_str(),
        signature.id,
        plain(&signature.title)
    );
    println!("  why: {}", plain(&finding.reason));
    if finding.verdict == Verdict::RuledOut {
        if let Some(better) = &finding.better {
            println!("  better: {better}");
        }
        return;
    }
    println!(
        "  cause {}: {}",
        finding.cause.state.as_str(),
        plain(&finding.cause.reason)
    );
    for symptom in &finding.symptoms {
        let state = symptom.state.as_str();
        println!(
            "  {:>5} {state}, {} times: {}",
            symptom.event_id, symptom.count, symptom.description
        );
        for value in &symptom.values {
            let meaning = value
                .meaning
                .as_deref()
                .map_or(String::new(), |m| format!(" = {m}"));
            println!("        {} {}{meaning}", value.name, plain(&value.value));
        }
        match symptom.citations.first() {
            Some(proof) => {
                let record = proof.record_id.map_or("?".to_owned(), |id| id.to_string());
                println!("        first: record {record} of {}", plain(&proof.file));
            }
            None if symptom.state != SymptomState::Found => {
                println!("        {}", plain(&symptom.reason))
            }
            None => {}
        }
    }
    for rival in &finding.rivals {
        println!("  not {}: {}", rival.id, plain(&rival.difference));
    }
}

fn closing(report: &Report) {
    let totals = &report.totals;
    println!(
        "{} files, {} records read, {} lost",
        totals.files, totals.records_read, totals.records_lost
    );
    for input in &report.inputs {
        for defect in &input.defects {
            println!("  {}: {}", plain(&input.path), plain(&defect.message));
        }
        if let Some(error) = &input.error {
            println!("  {}: {}", plain(&input.path), plain(error));
        }
    }
}

/// Text from a log is foreign: nothing in it may steer the terminal. `{:?}` escapes control,
/// direction and other characters that cannot be seen.
fn plain(text: &str) -> String {
    let quoted = format!("{text:?}");
    let inner = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(&quoted).replace("\\\"", "\"")
}
