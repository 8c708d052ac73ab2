//! What is found in real logs, outside the repository, was looked at by hand: set `EVENTKB_SHARED` to the folder that holds
//! `corpus/`, and run `cargo test -- --ignored`.
#![allow(clippy::print_stdout, reason = "it says what it read")]

mod common;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;

use eventkb::logs::{Admission, Head, ReadOptions, Sink, read};
use eventkb::{Event, ScanOptions, scan};

/// Articles whose events those logs really hold, each looked at by hand.
const RIGHT: [&str; 19] = [
    "KB922918",
    "app-1000",
    // 3,559 guessed logons over the network in one of the logs.
    "cannot-rdp-azure-vm-brute-force",
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
    "w32time-52",
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

/// Provider, event source and id.
type Pair = (String, Option<String>, u16);

/// Counts errors and warnings by their pair.
#[derive(Default)]
struct Pairs(BTreeMap<Pair, u64>);

impl Sink for Pairs {
    fn admit(&mut self, head: &Head<'_>) -> Admission {
        if matches!(head.level, Some(1..=3)) {
            let source = head.event_source.map(str::to_owned);
            let pair = (head.provider.to_owned(), source, head.event_id);
            *self.0.entry(pair).or_default() += 1;
        }
        Admission::Skip
    }

    fn event(&mut self, _: Event, _: Option<&[u8]>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

#[test]
#[ignore = "needs real logs: set EVENTKB_SHARED"]
fn every_frequent_error_and_warning_is_in_the_catalogue() {
    let shared = std::env::var_os("EVENTKB_SHARED").expect("EVENTKB_SHARED");
    let corpus = PathBuf::from(shared).join("corpus");
    let (_, sinks) = read(&[corpus], &ReadOptions::default(), vec![Pairs::default()]);
    let pairs = &sinks.first().expect("one").0;
    let signatures = common::built_in();
    let frequent = pairs.iter().filter(|(_, count)| **count >= 10);
    let unknown: Vec<String> = frequent
        .clone()
        .filter(|((provider, source, id), _)| {
            let facts = signatures
                .catalogue()
                .event(provider, source.as_deref(), *id);
            facts.is_none()
        })
        .map(|((provider, _, id), count)| format!("{count} times {id} {provider}"))
        .collect();
    assert!(frequent.count() > 8, "these are not the logs");
    assert!(
        unknown.is_empty(),
        "not in the catalogue:\n{}",
        unknown.join("\n")
    );
}
