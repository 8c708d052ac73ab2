//! Whole numbers as logs write them.

use super::model::Number;

/// Reads a whole number as logs write it: decimal, `0x` hex, `%%n`, with spaces around, leading
/// zeros and groups of thousands. Anything else, such as `5.0` or `5 (access denied)`, is none.
///
/// Folklore: a service's error is `%%1053` in the record (a reference to a message of that
/// number), `1053` in an article; an HRESULT is `0x80070005` in one log, `-2147024891` in another
/// and `%%2147942405` in a third. All forms of a 32-bit number become the unsigned one.
pub(crate) fn parse(text: &str) -> Option<i64> {
    signed(text).map(unsigned)
}

/// The same for a value of a record, where exceptions and NTSTATUS codes also stand as eight bare hex
/// digits: `c0000005`.
pub(crate) fn of_value(text: &str) -> Option<i64> {
    parse(text).or_else(|| bare_hex(text.trim()))
}

/// Only with the highest bit, as codes of errors have it, and with a letter: without one it would be a
/// decimal number.
fn bare_hex(word: &str) -> Option<i64> {
    let is_hex = word.len() == 8
        && word.starts_with(|c: char| matches!(c, '8' | '9' | 'a'..='f' | 'A'..='F'))
        && word.bytes().all(|b| b.is_ascii_hexdigit())
        && word.bytes().any(|b| b.is_ascii_alphabetic());
    is_hex.then(|| i64::from_str_radix(word, 16).ok()).flatten()
}

/// The same with its sign, for what is more or less than another number: an offset of -300 seconds
/// is less than 0.
pub(crate) fn signed(text: &str) -> Option<i64> {
    let text = text.trim();
    let text = text.strip_prefix("%%").unwrap_or(text);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let hex = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"));
    let value = match hex {
        // i64 holds all but the highest keywords: read those as their two's complement.
        Some(hex) if !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
            u64::from_str_radix(hex, 16).ok()?.cast_signed()
        }
        Some(_) => return None,
        None => decimal(digits)?,
    };
    if negative {
        value.checked_neg()
    } else {
        Some(value)
    }
}

/// The whole numbers that stand in a text as words of their own: 18 and 23 in `18, 0x17`.
///
/// A comma ends a word here, so groups of thousands are numbers of their own.
pub(crate) fn all_in(text: &str) -> impl Iterator<Item = i64> {
    let words = text.split(ends_word);
    words.filter_map(|word| of_value(word.trim_end_matches('.')))
}

/// Points, hyphens and strokes are part of a word: there is no 5 in `10.0.0.5`, `KB-5` and `5/10/2020`.
fn ends_word(c: char) -> bool {
    let is_mark = match c.is_ascii() {
        true => ",;:=()[]{}<>|\"'".contains(c),
        false => !c.is_alphanumeric(),
    };
    is_mark || c.is_whitespace()
}

fn decimal(digits: &str) -> Option<i64> {
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        return digits.parse().ok();
    }
    // Groups of thousands: 10,000 in an English text, 10 000 in a French one. A point is left
    // alone: 1.024 is one and a bit in most languages.
    let mut groups = digits.split([',', '\'', '\u{a0}', '\u{202f}']);
    let first = groups.next()?;
    let sound = |group: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&group.len()) && group.bytes().all(|b| b.is_ascii_digit())
    };
    let mut whole = String::new();
    sound(first, 1..=3).then(|| whole.push_str(first))?;
    for group in groups {
        sound(group, 3..=3).then(|| whole.push_str(group))?;
    }
    whole.parse().ok()
}

/// Negative 32-bit numbers as their unsigned form.
fn unsigned(value: i64) -> i64 {
    match i32::try_from(value) {
        Ok(short) if short < 0 => i64::from(short.cast_unsigned()),
        _ => value,
    }
}

/// The value of a number in a signature.
pub(crate) fn of(number: &Number) -> Option<i64> {
    match number {
        Number::Plain(value) => Some(unsigned(*value)),
        Number::Written(text) => parse(text),
    }
}

/// The value of a number in a signature, with its sign.
pub(crate) fn signed_of(number: &Number) -> Option<i64> {
    match number {
        Number::Plain(value) => Some(*value),
        Number::Written(text) => signed(text),
    }
}

/// The ends of a number or range in a signature: `5`, `"5-10"`.
pub(crate) fn range_of(number: &Number) -> Option<(i64, i64)> {
    if let Some(value) = of(number) {
        return Some((value, value));
    }
    let Number::Written(text) = number else {
        return None;
    };
    // A minus at the very beginning is a sign.
    let at = text.char_indices().skip(1).find(|(_, c)| *c == '-')?.0;
    let (low, high) = (text.get(..at)?, text.get(at + 1..)?);
    let (low, high) = (parse(low)?, parse(high)?);
    (low <= high).then_some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_number() {
        for text in [
            "0x80070005",
            "-2147024891",
            "%%2147942405",
            " 2147942405 ",
            "%%-2147024891",
        ] {
            assert_eq!(parse(text), Some(0x8007_0005), "{text}");
        }
        for (text, wanted) in [
            (" 05 ", 5),
            ("0x5", 5),
            ("%%1053", 1053),
            ("10,000", 10_000),
            ("1 234 567", 1_234_567),
        ] {
            assert_eq!(
                parse(&text.replace(' ', if text.len() > 6 { "\u{a0}" } else { " " })),
                Some(wanted),
                "{text}"
            );
        }
    }

    #[test]
    fn codes_without_a_mark() {
        for text in ["c0000005", "C0000005 "] {
            assert_eq!(of_value(text), Some(0xc000_0005), "{text}");
        }
        assert_eq!(of_value("80070005"), Some(80_070_005));
        for text in ["000006ba", "c00005", "c000000g", "deadbeef01"] {
            assert_eq!(of_value(text), None, "{text}");
        }
        let all: Vec<i64> = all_in("exception c0000005 at 6178c50c").collect();
        assert_eq!(all, [0xc000_0005]);
    }

    #[test]
    fn numbers_among_words() {
        let all = |text: &str| all_in(text).collect::<Vec<_>>();
        assert_eq!(all("18, 0x17 -133"), [18, 23, 4_294_967_163]);
        assert_eq!(all("5(Access is denied.)"), [5]);
        assert_eq!(all("error: 40 - it failed with %%1053."), [40, 1053]);
        assert_eq!(all("0.0.0.0:25"), [25]);
        assert_eq!(all("エラー（5）、32。"), [5, 32]);
        for text in [
            "",
            "10.0.0.5",
            "5/10/2020",
            "KB5",
            "5-10",
            "1326L",
            "a5",
            "\\\\x\\5\\y",
        ] {
            assert!(all(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn signs_count_for_more_and_less() {
        assert_eq!(signed("-300"), Some(-300));
        assert_eq!(signed_of(&Number::Plain(-300)), Some(-300));
        assert_eq!(signed("0x10"), Some(16));
    }

    #[test]
    fn what_is_no_whole_number() {
        for text in [
            "",
            "5.0",
            "5 (denied)",
            "19301x",
            "0xg",
            "--5",
            "0x",
            "1,00",
            "1.024",
            "%%",
            "99999999999999999999",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn ranges() {
        let written = |text: &str| range_of(&Number::Written(text.into()));
        assert_eq!(written("5-10"), Some((5, 10)));
        assert_eq!(written("0x10-0x20"), Some((16, 32)));
        assert_eq!(written("-5"), Some((0xffff_fffb, 0xffff_fffb)));
        assert_eq!(written("10-5"), None);
        assert_eq!(range_of(&Number::Plain(7)), Some((7, 7)));
    }
}
