//! Exports with what their forms allow and no sane program writes: zones of no clock, halves of
//! characters.

use eventkb_logs::integrity::{Defect, DefectCode};
use eventkb_testkit::rng::Rng;
use eventkb_testkit::texts::{with_absurd_zones, with_half_a_character};

use super::exports::{made, read};
use super::tries;

/// The widest that two zones are apart.
const MOST_APART: i64 = 26 * 3_600;

/// A zone that no clock has moves no event to another day.
#[test]
fn zones_of_no_clock_move_no_time() {
    let made = made();
    let (mut changed, mut wrong) = (0, Vec::new());
    for seed in 0..tries(1_000) {
        let mut rng = Rng::new(seed);
        let sound = &made[usize::try_from(seed).unwrap_or(0) % made.len()];
        let text = std::str::from_utf8(&sound.bytes).expect("text");
        let zoned = with_absurd_zones(text, &mut rng);
        changed += usize::from(zoned != text);
        let (events, input) = read(zoned.as_bytes());
        let Some(input) = input else { continue };
        let times = |event: &eventkb_logs::Event| event.time.map(|time| time.as_second());
        let (before, _) = read(&sound.bytes);
        let all = before.iter().filter_map(times);
        let span = all.clone().min().zip(all.max()).expect("some");
        let moved = events
            .iter()
            .filter_map(times)
            .filter(|time| !(span.0 - MOST_APART..=span.1 + MOST_APART).contains(time));
        let moved = moved.count();
        let gone = before.len().saturating_sub(events.len()) as u64;
        // Where the times decide what a form is, the file is refused.
        let damaged = |d: &Defect| d.code.may_hide_records();
        let is_told = gone <= input.records_lost
            || input.error.is_some()
            || input.defects.iter().any(damaged);
        if moved > 0 || !is_told {
            let dialect = &sound.name;
            wrong.push(format!(
                "seed {seed}, {dialect:?}: {moved} moved, {gone} gone"
            ));
        }
    }
    assert!(changed > 500, "{changed} changed");
    let first: Vec<&String> = wrong.iter().take(5).collect();
    assert!(wrong.is_empty(), "{} tries: {first:#?}", wrong.len());
}

/// Half of a character costs no record, but where it stands in what every event must have; then that one is
/// named.
#[test]
fn half_a_character_costs_no_record() {
    let is_json = |bytes: &[u8]| matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['));
    let mut made = made();
    made.retain(|sound| is_json(&sound.bytes));
    assert!(made.len() > 15, "{} forms of JSON", made.len());
    let (mut lost, mut wrong) = (0, Vec::new());
    let tries = tries(1_000);
    for seed in 0..tries {
        let mut rng = Rng::new(seed);
        let sound = &made[usize::try_from(seed).unwrap_or(0) % made.len()];
        let text = std::str::from_utf8(&sound.bytes).expect("text");
        let half = with_half_a_character(text, &mut rng);
        let (events, input) = read(half.as_bytes());
        let gone = sound.events - events.len();
        let damaged =
            |d: &Defect| matches!(d.code, DefectCode::FailedRecord | DefectCode::Malformed);
        let is_told = input
            .as_ref()
            .is_some_and(|i| i.defects.iter().any(damaged));
        lost += gone as u64;
        if gone > 1 || (gone == 1 && !is_told) {
            wrong.push(format!(
                "seed {seed}, {}: {gone} gone, {input:?}",
                sound.name
            ));
        }
    }
    let first: Vec<&String> = wrong.iter().take(5).collect();
    assert!(wrong.is_empty(), "{} tries: {first:#?}", wrong.len());
    assert!(lost * 8 <= tries, "{lost} of {tries} records were lost");
}
