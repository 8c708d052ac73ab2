//! Prints what damage costs: the plain `evtx` crate against eventkb, by kind of damage.
//!
//! ```text
//! cargo run --release -p eventkb-logs --example damage_table -- [FOLDER WITH LOGS]
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
        "{:18} {:>6} {:>6} | {:^25} | {:^11} | {:^13} | {:>6}",
        "", "", "", "lost a try (% of others)", "silent", "wrong", "extra"
    )?;
    writeln!(
        out,
        "{:18} {:>6} {:>6} | {:>12} {:>12} | {:>5} {:>5} | {:>6} {:>6} | {:>6}",
        "damage", "tries", "others", "crate", "eventkb", "crate", "us", "crate", "us", "us"
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
    let lost = |n: usize| {
        let share = 100.0 * n as f64 / tally.others.max(1) as f64;
        format!("{:.2} ({share:>4.1})", per_try(n))
    };
    writeln!(
        out,
        "{name:18} {:>6} {:>6.1} | {:>12} {:>12} | {:>5} {:>5} | {:>6} {:>6} | {:>6}",
        tally.tries,
        per_try(tally.others),
        lost(tally.plain.lost),
        lost(tally.ours.lost),
        tally.plain.silent,
        tally.ours.silent,
        tally.plain.wrong,
        tally.ours.wrong,
        tally.extra,
    )
}
