//! Damage in one place leaves every other record equal, or accounted for; and nothing is lost
//! without a word.
//!
//! `EVENTKB_TRIES` sets the number of tries of each kind of damage; with `EVENTKB_SHARED` set,
//! chunks of real logs below `corpus/evtx` are damaged too.
#![allow(
    clippy::print_stdout,
    reason = "it prints the table of losses, or why it was skipped"
)]

mod corpus;
mod trial;

use std::path::Path;

use eventkb_testkit::damage::Damage;
use trial::{Sample, Tally};

fn tries(usual: u64) -> u64 {
    std::env::var("EVENTKB_TRIES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(usual)
}

/// All kinds of damage on all samples in turn.
fn run(samples: &[Sample], tries: u64) -> Vec<(Damage, Tally)> {
    Damage::ALL
        .iter()
        .map(|&damage| {
            let mut tally = Tally::default();
            for seed in 0..tries {
                let at = usize::try_from(seed).unwrap_or(0) % samples.len();
                if let Some(one) = trial::attempt(&samples[at], damage, seed, false) {
                    tally.add(one);
                }
            }
            (damage, tally)
        })
        .collect()
}

fn assert_kept(tallies: &[(Damage, Tally)]) {
    let broken: Vec<&String> = tallies
        .iter()
        .flat_map(|(_, tally)| &tally.broken)
        .collect();
    let all: usize = tallies.iter().map(|(_, tally)| tally.tries).sum();
    println!("{all} tries, {} broken promises", broken.len());
    for (damage, tally) in tallies {
        println!(
            "{damage:?}: {} others lost, {} wrong unflagged",
            tally.ours.lost, tally.ours.wrong
        );
    }
    let first: Vec<&&String> = broken.iter().take(10).collect();
    assert!(
        broken.is_empty(),
        "{} of {all} tries: {first:#?}",
        broken.len()
    );
}

/// Damage to a record's frame, or to the bookkeeping around records, costs no other record.
fn assert_spared(tallies: &[(Damage, Tally)]) {
    for (damage, tally) in tallies {
        let spares = matches!(
            damage,
            Damage::RecordMagic
                | Damage::RecordSize
                | Damage::RecordSizeCopy
                | Damage::RecordId
                | Damage::RecordTime
                | Damage::RecordBody
                | Damage::NameLink
                | Damage::ChunkMagic
                | Damage::ChunkFreeSpace
                | Damage::ChunkLastId
                | Damage::ChunkStringTable
                | Damage::FileMagic
                | Damage::Truncated
                | Damage::ChunkDuplicated
                | Damage::ChunkRemoved
        );
        if spares {
            let lost = (tally.ours.lost, tally.ours.wrong);
            assert_eq!(
                lost,
                (0, 0),
                "{damage:?}: others lost or changed in {} tries",
                tally.tries
            );
        }
    }
}

#[test]
fn made_logs_keep_the_promise() {
    let tallies = run(&trial::made(), tries(150));
    assert_kept(&tallies);
    assert_spared(&tallies);
}

#[test]
fn real_logs_keep_the_promise() {
    let Some(shared) = std::env::var_os("EVENTKB_SHARED") else {
        println!("skipped: EVENTKB_SHARED is not set");
        return;
    };
    let samples = trial::real(&Path::new(&shared).join("corpus/evtx"), 100);
    assert!(samples.len() > 50, "only {} samples", samples.len());
    assert_kept(&run(&samples, tries(200)));
}
