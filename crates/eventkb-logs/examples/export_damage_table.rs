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
    let mut by_dialect: Vec<Outcome> = vec![Outcome::default(); made.len()];
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "| damage | tries | events | lost a try | extra a try | silent |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    let mut all = Outcome::default();
    let events = made.first().map_or(0, |export| export.events);
    for &damage in ByteDamage::ALL {
        let mut sum = Outcome::default();
        for seed in 0..tries {
            let at = usize::try_from(seed).unwrap_or(0) % made.len();
            let (Some(export), Some(dialect)) = (made.get(at), by_dialect.get_mut(at)) else {
                continue;
            };
            let one = exports::attempt(export, damage, seed);
            dialect.add(one.clone());
            sum.add(one);
        }
        row(&mut out, &format!("`{damage:?}`"), &sum, events)?;
        all.add(sum);
    }
    row(&mut out, "**all**", &all, events)?;
    writeln!(
        out,
        "\n| dialect | tries | events | lost a try | extra a try | silent |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    for (export, outcome) in made.iter().zip(&by_dialect) {
        row(&mut out, &format!("`{}`", export.name), outcome, events)?;
    }
    writeln!(out, "\nbroken promises: {}", all.broken.len())?;
    for broken in all.broken.iter().take(20) {
        writeln!(out, "  {broken}")?;
    }
    Ok(())
}

fn row(out: &mut impl Write, name: &str, sum: &Outcome, events: usize) -> std::io::Result<()> {
    let per_try = |n: usize| n as f64 / sum.tries.max(1) as f64;
    writeln!(
        out,
        "| {name} | {} | {events} | {:.2} | {:.2} | {} |",
        sum.tries,
        per_try(sum.lost),
        per_try(sum.extra),
        sum.silent
    )
}
