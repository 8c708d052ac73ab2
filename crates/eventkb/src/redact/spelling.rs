//! How upper and lower case of a name are carried over to its stand-in.
//!
//! Two spellings of one name must stay two, and the same ignoring case: an article may be about
//! names that differ in case only.

/// How a name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Lower,
    Upper,
    Capital,
    Mixed,
}

/// The shape of a spelling. A name without letters is lower case.
pub(super) fn shape(spelling: &str) -> Shape {
    let mut letters = spelling
        .chars()
        .filter(|c| c.is_uppercase() || c.is_lowercase());
    let Some(first) = letters.next() else {
        return Shape::Lower;
    };
    let (mut upper, mut lower) = (true, true);
    for c in letters {
        upper &= c.is_uppercase();
        lower &= c.is_lowercase();
    }
    match (first.is_uppercase(), upper, lower) {
        (true, true, _) => Shape::Upper,
        (true, false, true) => Shape::Capital,
        (false, _, true) => Shape::Lower,
        _ => Shape::Mixed,
    }
}

/// Writes `word` with the case of a shape. `nth` tells mixed spellings of one name apart: there
/// are as many as the letters of `word` allow, and those beyond share one.
pub(super) fn write(word: &str, shape: Shape, nth: usize) -> String {
    let mask = match shape {
        Shape::Lower => 0,
        Shape::Upper => u64::MAX,
        Shape::Capital => 1,
        Shape::Mixed => mixed(word, nth),
    };
    let mut letter = 0;
    word.chars()
        .map(|c| {
            if !c.is_ascii_alphabetic() {
                return c;
            }
            let is_upper = mask >> letter & 1 == 1;
            letter = (letter + 1).min(63);
            match is_upper {
                true => c.to_ascii_uppercase(),
                false => c,
            }
        })
        .collect()
}

/// The nth pattern that is none of the plain shapes: letters as bits, the first one lowest. A few
/// that read like names come first.
fn mixed(word: &str, nth: usize) -> u64 {
    let letters = word
        .chars()
        .filter(char::is_ascii_alphabetic)
        .count()
        .min(32);
    let all = (1u64 << letters) - 1;
    // Capital and a second capital in the middle, from the right side on.
    let camel = (2..letters).map(|at| 1 | 1 << at);
    let rest = (2..all).filter(|mask| mask & 1 == 0 || mask.count_ones() != 2 || mask & 2 != 0);
    let mut masks = camel.chain(rest);
    masks.nth(nth.min(1 << 14)).unwrap_or(2)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn shapes_are_told_apart() {
        for (spelling, wanted) in [
            ("SERVER1", Shape::Upper),
            ("server1", Shape::Lower),
            ("Server1", Shape::Capital),
            ("SerVer1", Shape::Mixed),
            ("sERVER", Shape::Mixed),
            ("DRAS to Portland", Shape::Mixed),
            ("12-34", Shape::Lower),
            ("Ä", Shape::Upper),
            ("日本", Shape::Lower),
        ] {
            assert_eq!(shape(spelling), wanted, "{spelling}");
        }
    }

    #[test]
    fn mixed_spellings_stay_apart_and_equal_ignoring_case() {
        let word = "computer-1";
        let plain = [Shape::Lower, Shape::Upper, Shape::Capital];
        let mut seen: HashSet<String> = plain.map(|s| write(word, s, 0)).into();
        for nth in 0..200 {
            let written = write(word, Shape::Mixed, nth);
            assert!(written.eq_ignore_ascii_case(word));
            assert!(seen.insert(written.clone()), "{nth}: {written} again");
        }
        assert_eq!(write(word, Shape::Mixed, 0), "CoMputer-1");
        // No number of spellings is too large.
        assert!(write("ab-1", Shape::Mixed, usize::MAX).eq_ignore_ascii_case("ab-1"));
    }
}
