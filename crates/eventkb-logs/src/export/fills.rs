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
    let byte = bytes.get(from).copied().unwrap_or_default();
    if !byte.is_ascii_alphanumeric() {
        return false;
    }
    let before = bytes.get(..from).unwrap_or_default().iter().rev();
    let behind = bytes.get(to..).unwrap_or_default().iter();
    match (Beside::of(before), Beside::of(behind)) {
        (Beside::Other, _) | (_, Beside::Other) => false,
        // Nothing but zeroes is data as well; other letters stand among many.
        (Beside::End, Beside::End) => byte == b'0',
        _ => true,
    }
}

/// What stands on one side of a row of letters.
enum Beside {
    /// Letters of all kinds, as no name has so many.
    Base64,
    /// The end of the value, perhaps with some letters before it.
    End,
    Other,
}

impl Beside {
    fn of<'b>(bytes: impl Iterator<Item = &'b u8>) -> Beside {
        const ENOUGH: usize = 24;
        let (mut upper, mut lower, mut digit) = (false, false, false);
        let mut seen = 0;
        for byte in bytes.take(ENOUGH) {
            match byte {
                b'A'..=b'Z' => upper = true,
                b'a'..=b'z' => lower = true,
                b'0'..=b'9' => digit = true,
                b'+' | b'/' | b'=' => {}
                b'"' | b'<' | b'>' => return Beside::End,
                _ => return Beside::Other,
            }
            seen += 1;
        }
        match seen == ENOUGH && upper && lower && digit {
            true => Beside::Base64,
            false => Beside::Other,
        }
    }
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
                "<Data>TVqQAAMAAAAEAAAA{}ZGVm4XVsdA==ZGVmYXVsdGVk4x</Data>",
                "A".repeat(400)
            ),
            format!("<Binary>{}FF</Binary>", "0".repeat(4000)),
        ] {
            assert!(!is_filled(&text), "{text}");
        }
    }
}
