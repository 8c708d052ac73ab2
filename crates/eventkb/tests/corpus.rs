//! What is found in real logs, outside the repository, was looked at by hand: set `EVENTKB_SHARED` to the folder that holds
//! `corpus/`, and run `cargo test -- --ignored`.
#![allow(clippy::print_stdout, reason = "it says what it read")]

mod common;

use std::path::PathBuf;

use eventkb::{ScanOptions, scan};

/// Articles whose events those logs really hold, each looked at by hand.
const RIGHT: [&str; 17] = [
    "KB922918",
    "app-1000",
    "dcom-10005",
    "dns-client-1014",
    "jp-wer-wuf",
    "kernel-power-41-bugcheck",
    "kernel-power-41-power",
    "ngen-1101",
    "printservice-372",
    "scm-7001",
    "sidebyside-33",
    "sql-18456",
    "termdd-56",
    "user-profile-1530",
    "volsnap-36",
    "winlogon-4105",
    "winlogon-6004-servicing",
];

#[test]
#[ignore = "needs real logs: set EVENTKB_SHARED"]
fn what_is_found_in_real_logs_was_looked_at() {
    let shared = std::env::var_os("EVENTKB_SHARED").expect("EVENTKB_SHARED");
    let corpus = PathBuf::from(shared).join("corpus");
    let signatures = common::built_in();
    let report = scan(&[corpus], &signatures, &ScanOptions::default());
    let offered = report.findings.iter().filter(|f| f.is_offered());
    let new: Vec<&str> = offered
        .map(|f| f.signature.id.as_str())
        .filter(|id| !RIGHT.contains(id))
        .collect();
    assert!(new.is_empty(), "not looked at: {new:?}");
    println!(
        "{} files, {} records, {} recovered, {} lost, {} unreadable",
        report.totals.files,
        report.totals.records_read,
        report.totals.records_recovered,
        report.totals.records_lost,
        report.totals.failed_files
    );
}
