//! Fills of what people write: where a disk or a transfer leaves blanks or letters, the quotes and line ends below
//! are gone, and what comes out may look sound. Their length tells.

/// Blanks or letters in a row on one line that nobody writes; signs of which people draw lines, and digits
/// of empty data, come in longer ones.
const PRINTABLE_FILL: usize = 200;
const DRAWN_FILL: usize = 2000;

/// Whether a line holds a row of one character that a fill leaves: the quotes and line ends below it are gone,
/// and what comes out may look sound.
pub(crate) fn is_filled(line: &str) -> bool {
    const STEP: usize = PRINTABLE_FILL / 2;
    let bytes = line.as_bytes();
    let same_from = |at: usize, byte: u8| {
        let rest = bytes.get(at..).unwrap_or_default();
        rest.iter().take_while(|next| **next == byte).count()
    };
    let mut done = 0;
    // A row that long covers one of these places and all up to the next.
    for at in (0..bytes.len()).step_by(STEP) {
        let part = bytes.get(at..at + STEP).unwrap_or_default();
        let Some(&byte) = part.first().filter(|byte| byte.is_ascii()) else {
            continue;
        };
        if at < done || part.iter().any(|next| *next != byte) {
            continue;
        }
        let before = bytes.get(..at).unwrap_or_default().iter().rev();
        let from = at - before.take_while(|next| **next == byte).count();
        let to = at + same_from(at, byte);
        done = to;
        let drawn = matches!(
            byte,
            b'0' | b'-' | b'=' | b'*' | b'_' | b'#' | b'~' | b'.' | b'+' | b'/' | b'\r'
        );
        let long = if drawn { DRAWN_FILL } else { PRINTABLE_FILL };
        if to - from >= long && !is_in_base64(bytes, from, to) {
            return true;
        }
    }
    false
}

/// Whether what stands around a part of a line shows that it belongs to base64 or hex, as programs, keys and data
/// are kept: they hold rows of one letter.
fn is_in_base64(bytes: &[u8], from: usize, to: usize) -> bool {
    const AROUND: usize = 24;
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let is_end = |byte: Option<&u8>| matches!(byte, Some(b'"' | b'<' | b'>'));
    // Nothing but zeroes is data as well; other letters stand among many kinds of them, as no name does.
    let only_zeroes = bytes.get(from) == Some(&b'0');
    let kinds: [fn(&u8) -> bool; 3] = [
        u8::is_ascii_uppercase,
        u8::is_ascii_lowercase,
        u8::is_ascii_digit,
    ];
    let mixed = |part: &[u8]| kinds.iter().all(|kind| part.iter().any(kind));
    let all = |part: Option<&[u8]>| {
        part.is_some_and(|part| part.iter().all(is_digit) && (only_zeroes || mixed(part)))
    };
    let before = bytes.get(..from).unwrap_or_default();
    let behind = bytes.get(to..).unwrap_or_default();
    let (begins, ends) = (is_end(before.last()), is_end(behind.first()));
    let digits_before = from >= AROUND && all(before.get(from - AROUND..));
    let digits_behind = all(behind.get(..AROUND));
    bytes.get(from).is_some_and(is_digit)
        && (begins || digits_before)
        && (ends || digits_behind)
        && (only_zeroes || !begins || !ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_of_what_people_write() {
        let fill = |c: &str, n: usize| format!("some text, {} and more", c.repeat(n));
        assert!(is_filled(&fill(" ", 300)) && is_filled(&fill("A", 300)));
        for text in [
            fill(" ", 100),
            fill("=", 300),
            fill("0", 512),
            format!(
                "<Data>TVqQAAMAAAAEAAAA{}ZGVmYXVsdA==ZGVmYXVsdGVk</Data>",
                "A".repeat(400)
            ),
            format!("<Binary>{}FF</Binary>", "0".repeat(4000)),
        ] {
            assert!(!is_filled(&text), "{text}");
        }
    }
}
