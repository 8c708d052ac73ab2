//! Real logs, outside the repository, hold no finding: set `EVENTKB_SHARED` to the folder that holds
//! `corpus/`, and run `cargo test -- --ignored`.
#![allow(clippy::print_stdout, reason = "it says what it read")]

mod common;

use std::path::PathBuf;

use eventkb::{ScanOptions, scan};

#[test]
#[ignore = "needs real logs: set EVENTKB_SHARED"]
fn real_logs_hold_no_finding() {
    let shared = std::env::var_os("EVENTKB_SHARED").expect("EVENTKB_SHARED");
    let corpus = PathBuf::from(shared).join("corpus");
    let signatures = common::built_in();
    let report = scan(&[corpus], &signatures, &ScanOptions::default());
    let findings: Vec<&str> = report
        .findings
        .iter()
        .map(|f| f.signature.id.as_str())
        .collect();
    assert!(findings.is_empty(), "{findings:?}");
    println!(
        "{} files, {} records, {} recovered, {} lost, {} unreadable",
        report.totals.files,
        report.totals.records_read,
        report.totals.records_recovered,
        report.totals.records_lost,
        report.totals.failed_files
    );
}
