//! Scans folders and files and prints which articles explain them, with the records that prove it.
//!
//! ```text
//! cargo run --example scan_folder testdata/q253307-two-servers
//! ```
//!
//! A report is data: what is printed here is read from its fields. Whole sentences (why a verdict
//! was given, what is missing) are made by `eventkb-render`: see `own_source.rs`.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use eventkb::report::{Finding, SymptomReport};
use eventkb::{Report, ScanOptions, SignatureSet, scan};
use eventkb_render::{Clean, words};

fn main() -> ExitCode {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        eprintln!("usage: scan_folder PATH...");
        return ExitCode::from(2);
    }
    let signatures = Arc::new(SignatureSet::built_in());
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
        "{}: {} - {} ({})",
        finding.verdict.as_str(),
        signature.id,
        plain(&signature.title),
        finding.standing.as_str()
    );
    if !finding.is_offered() {
        if let Some(better) = &finding.better {
            println!("  better: {better}");
        }
        return;
    }
    println!("  on: {}", plain(&finding.computers.join(", ")));
    for object in &finding.objects {
        let times = words::times(object.count);
        println!(
            "  {}: {}, {times}",
            plain(&object.kind),
            plain(&object.name)
        );
    }
    println!("  cause: {}", finding.cause.state.as_str());
    for symptom in &finding.symptoms {
        show_symptom(symptom);
    }
    for rival in &finding.rivals {
        if let Some(difference) = &rival.difference {
            println!("  not {}: {}", rival.id, plain(difference));
        }
    }
}

fn show_symptom(symptom: &SymptomReport) {
    println!(
        "  {:>5} {}, {}: {}",
        symptom.event_id,
        symptom.state.as_str(),
        words::times(symptom.count),
        plain(&symptom.description)
    );
    for value in &symptom.values {
        let meaning = value.meaning.as_deref();
        let meaning = meaning.map_or(String::new(), |meaning| format!(" = {}", plain(meaning)));
        println!(
            "        {} {}{meaning}",
            plain(&value.name),
            plain(&value.value)
        );
    }
    if let Some(proof) = symptom.citations.first() {
        let record = proof.record_id.map_or("?".to_owned(), |id| id.to_string());
        println!("        first: record {record} of {}", plain(&proof.file));
    }
}

fn closing(report: &Report) {
    let totals = &report.totals;
    println!(
        "{}, {} read, {} lost",
        words::count(totals.files, "file"),
        words::count(totals.records_read, "record"),
        totals.records_lost
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

/// Text from a log is foreign: nothing in it may steer the terminal.
fn plain(text: &str) -> String {
    Clean::new(text).as_str().to_owned()
}
