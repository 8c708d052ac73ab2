//! Changes texts in ways that their forms allow, and no sane program writes: zones that no clock has,
//! halves of characters, numbers beyond all counts.

use crate::rng::Rng;

/// Zones of no clock.
const ABSURD_ZONES: &[&str] = &[
    "+99:00",
    "-99:59",
    "+25:00",
    "-26:30",
    "+00:99",
    "+99",
    "-9900",
    "+2400",
    "+99:99:99",
];

/// Half of a character beyond the first 65,536, as JSON escapes it; some with what is no other half.
const HALVES: &[&str] = &[
    "\\ud83d",
    "\\udc4d",
    "\\ud83d\\ud83d",
    "\\udc4d\\ud83d",
    "\\ud83dx",
    "\\ud83d\\n",
    "\\uDBFF\\u0041",
];

/// Numbers at the edges of what a count can be.
const EDGES: &[&str] = &[
    "18446744073709551615",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-1",
    "0",
    "4294967296",
];

/// Puts a zone of no clock behind some of the times of a text, in place of their own if they have one.
#[must_use]
pub fn with_absurd_zones(text: &str, rng: &mut Rng) -> String {
    let zone = *rng.pick(ABSURD_ZONES).unwrap_or(&"");
    let bytes = text.as_bytes();
    let mut changed = String::with_capacity(text.len());
    let mut from = 0;
    let mut at = 0;
    while at < bytes.len() {
        let Some(end) = end_of_time(bytes, at) else {
            at += 1;
            continue;
        };
        at = end;
        if rng.below(3) > 0 {
            changed.push_str(&text[from..end]);
            changed.push_str(zone);
            from = end_of_zone(bytes, end);
            at = from;
        }
    }
    changed.push_str(&text[from..]);
    changed
}

/// Where a time such as `01:20:00.5` ends that begins at `at`.
fn end_of_time(bytes: &[u8], at: usize) -> Option<usize> {
    let clock = bytes.get(at..at + 8)?;
    let is_clock = clock.iter().enumerate().all(|(n, byte)| match n {
        2 | 5 => *byte == b':',
        _ => byte.is_ascii_digit(),
    });
    let is_begun = at.checked_sub(1).and_then(|before| bytes.get(before));
    if !is_clock || is_begun.is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    Some(match bytes.get(at + 8) {
        Some(b'.') => digits(at + 9),
        _ => at + 8,
    })
}

/// Where the zone ends that begins at `at`, if one does.
fn end_of_zone(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let is_of_offset = |byte: &&u8| byte.is_ascii_digit() || **byte == b':';
    match rest {
        [b'Z', ..] => at + 1,
        [b'+' | b'-', digits @ ..] => at + 1 + digits.iter().take_while(is_of_offset).count(),
        _ => at,
    }
}

/// Puts half of a character into one of the strings of a JSON text that stand as values.
#[must_use]
pub fn with_half_a_character(text: &str, rng: &mut Rng) -> String {
    // Behind the name of a value. Within a string its quotes would be escaped.
    let begins = |sign: &'static str| {
        let found = text.match_indices(sign);
        found.map(move |(at, _)| at + sign.len())
    };
    let values: Vec<usize> = begins("\":\"").chain(begins("\": \"")).collect();
    let half = *rng.pick(HALVES).unwrap_or(&"");
    match rng.pick(&values) {
        Some(&at) => format!("{}{half}{}", &text[..at], &text[at..]),
        None => text.to_owned(),
    }
}

/// Puts another number in the place of one of a JSON text, mostly of one that has a name.
#[must_use]
pub fn with_another_number(text: &str, rng: &mut Rng) -> String {
    let bytes = text.as_bytes();
    let of_lists: &[u8] = if rng.below(4) == 0 { b"[," } else { b"" };
    let begins = |at: &usize| {
        let before = bytes.get(..*at).unwrap_or_default();
        let is_listed = before.last().is_some_and(|sign| of_lists.contains(sign));
        // Behind the name of a value, not within a time.
        (before.ends_with(b"\":") || is_listed) && bytes[*at].is_ascii_digit()
    };
    let numbers: Vec<usize> = (0..bytes.len()).filter(begins).collect();
    let other = *rng.pick(EDGES).unwrap_or(&"0");
    match rng.pick(&numbers) {
        Some(&at) => {
            let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit());
            let end = at + digits.count();
            format!("{}{other}{}", &text[..at], &text[end..])
        }
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_meant_is_changed() {
        let mut rng = Rng::new(1);
        let text = r#"{"a":"2000-02-06T01:20:00.5Z","b":"no time at 1:20","n":12,"c":[3,4]}"#;
        let mut zoned = 0;
        for _ in 0..20 {
            let zones = with_absurd_zones(text, &mut rng);
            zoned += usize::from(zones != text);
            assert!(
                zones.starts_with(r#"{"a":"2000-02-06T01:20:00.5"#),
                "{zones}"
            );
            assert!(zones.ends_with(r#"","b":"no time at 1:20","n":12,"c":[3,4]}"#));
            let half = with_half_a_character(text, &mut rng);
            assert!(half.contains("\\u"), "{half}");
            let number = with_another_number(text, &mut rng);
            assert_ne!(number, text);
            let value: serde_json::Value = serde_json::from_str(&number).expect("JSON");
            assert_eq!(value["a"], "2000-02-06T01:20:00.5Z");
        }
        assert!(zoned > 5, "{zoned}");
        assert_eq!(with_absurd_zones("12 13:14", &mut rng), "12 13:14");
        assert_eq!(with_another_number("{}", &mut rng), "{}");
    }
}
