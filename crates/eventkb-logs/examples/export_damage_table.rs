//! Prints what damage to exports costs, by kind of damage and by dialect.
//!
//! ```text
//! cargo run --release -p eventkb-logs --example export_damage_table
//! ```
//!
//! `EVENTKB_TRIES` sets the number of tries of each kind of damage (1,000 unless told otherwise).

#[path = "../tests/damage/exports.rs"]
mod exports;

use std::io::Write;

use eventkb_testkit::bytes::ByteDamage;
use exports::Outcome;

fn main() -> std::io::Result<()> {
    let made = exports::made();
    let tries = std::env::var("EVENTKB_TRIES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1000_u64);
    let mut by_dialect: Vec<[Outcome; 4]> = vec![Default::default(); made.len()];
    let mut out = std::io::stdout().lock();
    writeln!(out, "| damage | tries | events | lost a try | silent |")?;
    writeln!(out, "|---|---|---|---|---|")?;
    let mut all = Outcome::default();
    let events = made.first().map_or(0, |export| export.events);
    for &damage in ByteDamage::ALL.iter().chain(ByteDamage::OF_TEXTS) {
        let mut sum = Outcome::default();
        for seed in 0..tries {
            let at = usize::try_from(seed).unwrap_or(0) % made.len();
            let (Some(export), Some(dialect)) = (made.get(at), by_dialect.get_mut(at)) else {
                continue;
            };
            let one = exports::attempt(export, damage, seed);
            if let Some(group) = dialect.get_mut(group_of(damage)) {
                group.add(one.clone());
            }
            sum.add(one);
        }
        row(&mut out, &format!("`{damage:?}`"), &sum, events)?;
        all.add(sum);
    }
    row(&mut out, "**all**", &all, events)?;
    writeln!(
        out,
        "\n| dialect | lost a try | silent: all others | taken out or in the wrong place | changed places | cut |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    for (export, groups) in made.iter().zip(&by_dialect) {
        let mut sum = Outcome::default();
        groups.iter().for_each(|group| sum.add(group.clone()));
        let silent = groups.iter().map(|group| {
            let (silent, tries) = (group.silent, group.tries);
            format!("{silent} of {tries}")
        });
        let silent: Vec<String> = silent.collect();
        let lost = per_try(&sum, sum.lost);
        writeln!(
            out,
            "| `{}` | {lost:.2} | {} |",
            export.name,
            silent.join(" | ")
        )?;
    }
    writeln!(out, "\nbroken promises: {}", all.broken.len())?;
    for broken in all.broken.iter().take(20) {
        writeln!(out, "  {broken}")?;
    }
    Ok(())
}

/// All but four kinds of damage leave something behind that was not there.
fn group_of(damage: ByteDamage) -> usize {
    match damage {
        ByteDamage::Removed(_) | ByteDamage::Copied(_) => 1,
        ByteDamage::Swapped(_) => 2,
        ByteDamage::Cut => 3,
        _ => 0,
    }
}

fn per_try(sum: &Outcome, n: usize) -> f64 {
    n as f64 / sum.tries.max(1) as f64
}

fn row(out: &mut impl Write, name: &str, sum: &Outcome, events: usize) -> std::io::Result<()> {
    writeln!(
        out,
        "| {name} | {} | {events} | {:.2} | {} |",
        sum.tries,
        per_try(sum, sum.lost),
        sum.silent
    )
}
