//! Foreign text made safe to show.
//!
//! Log records, file names and signature files are written by others, also by attackers. A
//! terminal obeys control characters (move the cursor, set the title, fill the clipboard), and
//! direction or zero-width characters make text read as something it is not. Everything that is
//! shown goes through [`Clean`], which is the only text the renderers take.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

/// Text without any character that acts instead of being seen: such characters are written as
/// escapes like `\x1b` and `\u{202e}`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clean(String);

impl Clean {
    /// Cleans any text.
    pub fn new(text: &str) -> Clean {
        if text.is_ascii() && !text.chars().any(acts) {
            return Clean(text.to_owned());
        }
        let mut clean = String::with_capacity(text.len() + 16);
        let mut marks = Marks::default();
        for c in text.chars() {
            match marks.next(c) {
                Mark::Few => push(&mut clean, c),
                Mark::TooMany => {}
                Mark::EndOf(left_out) => {
                    let _ = write!(clean, "(+{left_out} marks)");
                    push(&mut clean, c);
                }
            }
        }
        if let Some(left_out) = marks.left_out() {
            let _ = write!(clean, "(+{left_out} marks)");
        }
        Clean(clean)
    }

    /// Cleans any text and cuts it after `max` characters, saying how many there were.
    pub fn short(text: &str, max: usize) -> Clean {
        match text.char_indices().nth(max) {
            None => Clean::new(text),
            Some((cut, _)) => {
                let mut clean = Clean::new(&text[..cut]);
                let all = text.chars().count();
                let _ = write!(clean.0, "… (cut, {all} characters)");
                clean
            }
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Marks above or below one letter that are shown. Some languages have three; hundreds paint over
/// the lines around.
const MOST_MARKS: usize = 4;

/// Counts marks without a width of their own that stand on one letter.
#[derive(Default)]
struct Marks(usize);

enum Mark {
    Few,
    TooMany,
    /// No mark, behind a letter of which so many marks were left out.
    EndOf(usize),
}

impl Marks {
    fn next(&mut self, c: char) -> Mark {
        let is_mark = !c.is_ascii() && !acts(c) && c.width() == Some(0);
        if is_mark {
            self.0 += 1;
            return match self.0 > MOST_MARKS {
                true => Mark::TooMany,
                false => Mark::Few,
            };
        }
        let left_out = self.left_out();
        self.0 = 0;
        left_out.map_or(Mark::Few, Mark::EndOf)
    }

    fn left_out(&self) -> Option<usize> {
        self.0.checked_sub(MOST_MARKS).filter(|n| *n > 0)
    }
}

fn push(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if !acts(c) => out.push(c),
        // Writing to a String cannot fail.
        c if u32::from(c) < 0x100 => drop(write!(out, "\\x{:02x}", u32::from(c))),
        c => drop(write!(out, "\\u{{{:x}}}", u32::from(c))),
    }
}

/// Whether a character acts on the display or hides, instead of being seen.
fn acts(c: char) -> bool {
    c.is_control() // C0, DEL, C1
        || matches!(c,
            '\u{ad}' // soft hyphen
            | '\u{34f}' // combining grapheme joiner
            | '\u{61c}' // Arabic letter mark
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers: blank
            | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' // zero width, direction marks
            | '\u{2028}'..='\u{202e}' // line and paragraph separator, embeddings and overrides
            | '\u{2060}'..='\u{206f}' // word joiner, isolates, deprecated formats
            | '\u{fe00}'..='\u{fe0f}' // variation selectors
            | '\u{feff}' // byte order mark
            | '\u{fff0}'..='\u{fffb}' // unassigned, interlinear annotation
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}' // tags, variation selectors supplement
        )
}

/// Makes JSON text safe to show without changing what it says: inside strings, characters that
/// act are written as `\uXXXX`. JSON writers escape C0 themselves, but neither DEL, C1 nor
/// direction characters.
pub fn safe_json(text: &str) -> Cow<'_, str> {
    // All that is below DEL and acts was escaped by the writer.
    if plain_bytes(text) == text.len() {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut marks = Marks::default();
    let mut rest = text;
    while !rest.is_empty() {
        let (plain, odd) = rest.split_at(plain_bytes(rest));
        if !plain.is_empty() {
            marks = Marks::default();
            safe.push_str(plain);
        }
        let mut odd = odd.chars();
        let Some(c) = odd.next() else { break };
        rest = odd.as_str();
        let too_many = matches!(marks.next(c), Mark::TooMany);
        // Outside strings JSON holds ASCII only, where newlines are layout.
        if too_many || acts(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// How many bytes there are before the first DEL or character beyond ASCII.
fn plain_bytes(text: &str) -> usize {
    let is_odd = |byte: &u8| *byte >= 0x7f;
    let text = text.as_bytes();
    // Whole blocks are looked at with wide instructions.
    let (blocks, _) = text.as_chunks::<64>();
    let odd = blocks
        .iter()
        .position(|block| block.iter().fold(false, |odd, byte| odd | is_odd(byte)));
    let before = 64 * odd.unwrap_or(blocks.len());
    let rest = text.get(before..).unwrap_or_default();
    before + rest.iter().position(is_odd).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        Clean::new(text).as_str().to_owned()
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        for text in [
            "",
            "PORTLAND",
            "/o=Müller/cn=Überweisung",
            "日本語",
            "C:\\new\\table",
            "a | b",
        ] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn osc_52_cannot_fill_the_clipboard() {
        assert_eq!(
            clean("\u{1b}]52;c;cm0gLXJm\u{7}"),
            "\\x1b]52;c;cm0gLXJm\\x07"
        );
        // The same with the one-character C1 forms of OSC and ST.
        assert_eq!(clean("\u{9d}52;c;AA\u{9c}"), "\\x9d52;c;AA\\x9c");
    }

    #[test]
    fn osc_8_cannot_make_a_link() {
        let link = "\u{1b}]8;;http://evil.example\u{1b}\\Q253307\u{1b}]8;;\u{1b}\\";
        assert!(!clean(link).contains('\u{1b}'));
    }

    #[test]
    fn a_carriage_return_cannot_forge_a_line() {
        assert_eq!(clean("ruled_out\rmatch    "), "ruled_out\\rmatch    ");
        assert_eq!(clean("a\nb\tc\u{b}\u{85}"), "a\\nb\\tc\\x0b\\x85");
        assert_eq!(clean("a\u{2028}b\u{2029}"), "a\\u{2028}b\\u{2029}");
    }

    #[test]
    fn direction_cannot_be_turned() {
        assert_eq!(clean("log\u{202e}xtve.exe"), "log\\u{202e}xtve.exe");
        assert_eq!(
            clean("\u{2066}a\u{2069}\u{200f}"),
            "\\u{2066}a\\u{2069}\\u{200f}"
        );
    }

    #[test]
    fn nothing_hides() {
        assert_eq!(
            clean("SEA\u{200b}TTLE\u{feff}"),
            "SEA\\u{200b}TTLE\\u{feff}"
        );
        assert_eq!(clean("a\u{e0041}\u{e0100}"), "a\\u{e0041}\\u{e0100}");
        assert_eq!(clean("a\0b\u{7f}"), "a\\x00b\\x7f");
    }

    #[test]
    fn marks_do_not_pile_up() -> Result<(), serde_json::Error> {
        let few = "e\u{301}\u{323}";
        assert_eq!(clean(few), few);
        let many = format!("a{}b", "\u{301}".repeat(500));
        let shown = format!("a{}(+496 marks)b", "\u{301}".repeat(4));
        assert_eq!(clean(&many), shown);
        assert_eq!(clean(&shown), shown);
        let end = format!("a{}", "\u{489}".repeat(5));
        assert!(clean(&end).ends_with("(+1 marks)"));
        let written = serde_json::to_string(&many)?;
        let safe = safe_json(&written);
        assert_eq!(safe.matches('\u{301}').count(), 4);
        assert_eq!(serde_json::from_str::<String>(&safe)?, many);
        Ok(())
    }

    #[test]
    fn cleaning_twice_changes_nothing() {
        let once = clean("\u{1b}[2J\u{202e}\n");
        assert_eq!(clean(&once), once);
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        assert_eq!(Clean::short("abc", 3).as_str(), "abc");
        assert_eq!(Clean::short("äöüß", 3).as_str(), "äöü… (cut, 4 characters)");
    }

    #[test]
    fn json_keeps_its_meaning() -> Result<(), serde_json::Error> {
        let text = "a\u{1b}\u{9b}2J\u{7f}\u{202e}\u{e0041}\"\\";
        let written = serde_json::to_string(text)?;
        let safe = safe_json(&written);

        assert!(safe.is_ascii());
        assert_eq!(serde_json::from_str::<String>(&safe)?, text);
        Ok(())
    }
}
