//! Prints what damage costs: the plain `evtx` crate against eventkb, by kind of damage.
//!
//! ```text
//! cargo run --release -p eventkb --example damage_table -- [FOLDER WITH LOGS]
//! ```
//!
//! `EVENTKB_TRIES` sets the number of tries of each kind (1,000 unless told otherwise).

#[path = "../tests/damage/trial.rs"]
mod trial;

use std::io::Write;
use std::path::Path;

use eventkb_testkit::damage::Damage;
use trial::Tally;

fn main() -> std::io::Result<()> {
    let mut samples = trial::made();
    for folder in std::env::args().skip(1) {
        samples.extend(trial::real(Path::new(&folder), 200));
    }
    let tries = std::env::var("EVENTKB_TRIES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1000_u64);
    let records: usize = samples.iter().map(trial::Sample::records).sum();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{} logs with {records} records; others: records that were not hit\n",
        samples.len()
    )?;
    writeln!(
        out,
        "{:22} {:>7} {:>7} | {:>9} {:>9} | {:>7} {:>5} | {:>7} {:>7} | {:>6}",
        "damage", "tries", "others", "lost/try", "", "silent", "", "wrong", "", "extra"
    )?;
    writeln!(
        out,
        "{:22} {:>7} {:>7} | {:>9} {:>9} | {:>7} {:>5} | {:>7} {:>7} | {:>6}",
        "", "", "/try", "crate", "eventkb", "crate", "us", "crate", "us", "us"
    )?;
    let mut all = Tally::default();
    for &damage in Damage::ALL {
        let mut tally = Tally::default();
        for seed in 0..tries {
            let sample = &samples[usize::try_from(seed).unwrap_or(0) % samples.len()];
            let one = trial::attempt(sample, damage, seed, true).unwrap_or_default();
            if std::env::var("SHOW").is_ok_and(|w| w == format!("{damage:?}"))
                && (one.ours.lost > 0 || one.extra > 0)
            {
                writeln!(
                    out,
                    "  seed {seed}: others {} lost {} plain {} extra {} {}",
                    one.others, one.ours.lost, one.plain.lost, one.extra, sample.name
                )?;
            }
            tally.add(one);
        }
        row(&mut out, &format!("{damage:?}"), &tally)?;
        all.add(tally);
    }
    row(&mut out, "all", &all)?;
    writeln!(
        out,
        "\npanics: crate {}, eventkb {}",
        all.plain.panics, all.ours.panics
    )?;
    let shown = all.broken.len().min(20);
    writeln!(out, "broken promises: {}", all.broken.len())?;
    for broken in &all.broken[..shown] {
        writeln!(out, "  {broken}")?;
    }
    Ok(())
}

fn row(out: &mut impl Write, name: &str, tally: &Tally) -> std::io::Result<()> {
    let per_try = |n: usize| n as f64 / tally.tries.max(1) as f64;
    writeln!(
        out,
        "{name:22} {:>7} {:>7.1} | {:>9.2} {:>9.2} | {:>7} {:>5} | {:>7} {:>7} | {:>6}",
        tally.tries,
        per_try(tally.others),
        per_try(tally.plain.lost),
        per_try(tally.ours.lost),
        tally.plain.silent,
        tally.ours.silent,
        tally.plain.wrong,
        tally.ours.wrong,
        tally.extra,
    )
}
