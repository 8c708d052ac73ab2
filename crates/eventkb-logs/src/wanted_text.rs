//! Searching records for a text, ignoring case, without building events of those that do not have it.
//!
//! What it means to have a text is one line: [`WantedText::is_in`]. All else is a quicker way to the same
//! answer. Nearly all texts that are searched for are ASCII, and so is nearly all text in logs: there
//! the bytes of a chunk tell which of its records need a look.

use memchr::memchr2_iter;

use crate::bytes::u16_at;
use crate::event::Event;

/// A text that is searched for, ignoring case.
#[derive(Debug, Clone)]
pub struct WantedText {
    /// In lower case.
    folded: String,
    ascii: Option<Ascii>,
}

/// An ASCII text in lower case.
#[derive(Debug, Clone)]
struct Ascii {
    /// Position and both cases of the letter that is rarest in logs: where it is, there may be more.
    rarest: (usize, [u8; 2]),
    /// Values that are no text may be written with it: numbers, times, GUIDs and SIDs.
    is_numeric: bool,
    /// Some letter is the lower case of one that is not ASCII.
    has_relatives: bool,
}

/// Letters whose lower case begins with an ASCII one: the Kelvin sign, and the dotted capital I.
const RELATIVES: [char; 2] = ['\u{212a}', '\u{130}'];

/// From frequent to rare in texts of logs.
const FREQUENT: &[u8] = b"etoinsarclmdpu0h1.-g fbv2y3\\4wx:5687/k9_zjq";

impl WantedText {
    /// Searches for this text.
    pub fn new(text: &str) -> WantedText {
        let folded = text.to_lowercase();
        let ascii = Ascii::of(&folded);
        WantedText { folded, ascii }
    }

    /// Whether a text has it.
    pub fn is_in(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.folded)
    }

    /// Whether an event has it, in a string, a value or its message.
    pub fn is_in_event(&self, event: &Event) -> bool {
        event.strings.iter().flatten().any(|text| self.is_in(text))
            || event.named.iter().any(|(_, value)| self.is_in(value))
            || event
                .message
                .as_deref()
                .is_some_and(|text| self.is_in(text))
    }

    /// Whether some text in a chunk may have it. `false` is certain.
    pub(crate) fn may_be_in(&self, chunk: &[u8]) -> bool {
        self.ascii.as_ref().is_none_or(|ascii| {
            self.is_in_utf16(ascii, chunk, 1) || ascii.may_have_relatives(chunk)
        })
    }

    /// Whether a value that is no text may be written with it. `false` is certain.
    pub(crate) fn may_be_written(&self) -> bool {
        self.ascii.as_ref().is_none_or(|ascii| ascii.is_numeric)
    }

    /// Whether a string that stands in the log as UTF-16LE, up to the zero that ends it, has it.
    pub(crate) fn is_in_string(&self, utf16: &[u8]) -> bool {
        let (units, _) = utf16.as_chunks::<2>();
        let length = units.iter().position(|unit| *unit == [0, 0]);
        let string = length
            .and_then(|length| utf16.get(..2 * length))
            .unwrap_or(utf16);
        match &self.ascii {
            Some(ascii) if self.is_in_utf16(ascii, string, 2) => true,
            Some(ascii) if !ascii.may_have_relatives(string) => false,
            _ => {
                let (units, _) = string.as_chunks::<2>();
                let units: Vec<u16> = units.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
                self.is_in(&String::from_utf16_lossy(&units))
            }
        }
    }

    /// Whether UTF-16LE text has it, beginning at a multiple of so many bytes.
    fn is_in_utf16(&self, ascii: &Ascii, bytes: &[u8], step: usize) -> bool {
        let (at, [lower, upper]) = ascii.rarest;
        let starts = memchr2_iter(lower, upper, bytes).filter_map(|hit| hit.checked_sub(2 * at));
        let mut starts = starts.filter(|start| start % step == 0);
        starts.any(|start| {
            let mut wanted = self.folded.bytes().zip((start..).step_by(2));
            wanted.all(|(wanted, at)| {
                let unit = u16_at(bytes, at).and_then(|unit| u8::try_from(unit).ok());
                unit.is_some_and(|unit| unit.to_ascii_lowercase() == wanted)
            })
        })
    }
}

impl Ascii {
    fn of(folded: &str) -> Option<Ascii> {
        let rank = |byte: &u8| FREQUENT.iter().position(|frequent| frequent == byte);
        // A zero ends strings, and can be in none.
        let is_plain = folded.bytes().all(|byte| byte.is_ascii() && byte != 0);
        let letters = folded.bytes().enumerate().filter(|_| is_plain);
        let (at, rarest) = letters.max_by_key(|(_, byte)| rank(byte).unwrap_or(FREQUENT.len()))?;
        let in_numbers = |c: char| c.is_ascii_digit() || "abcdefx{}()-:.tzs%+# ".contains(c);
        let is_word = |word: &&str| word.contains(folded);
        Some(Ascii {
            rarest: (at, [rarest, rarest.to_ascii_uppercase()]),
            is_numeric: folded.chars().all(in_numbers)
                || ["true", "false", "nan", "-inf"].iter().any(is_word),
            has_relatives: folded.contains(['k', 'i']),
        })
    }

    fn may_have_relatives(&self, utf16: &[u8]) -> bool {
        self.has_relatives
            && RELATIVES.iter().any(|relative| {
                // They are not beyond the first plane.
                let unit = (u32::from(*relative) as u16).to_le_bytes();
                memchr::memmem::find(utf16, &unit).is_some()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn no_other_letter_has_an_ascii_lower_case() {
        let relatives = ('\u{80}'..=char::MAX)
            .filter(|c| c.to_lowercase().any(|lower| lower.is_ascii()))
            .collect::<Vec<_>>();
        let mut known = RELATIVES.to_vec();
        known.sort_unstable();
        assert_eq!(relatives, known);
        let letters: Vec<char> = RELATIVES.iter().flat_map(|c| c.to_lowercase()).collect();
        let ascii: Vec<&char> = letters.iter().filter(|c| c.is_ascii()).collect();
        assert_eq!(ascii, [&'k', &'i'], "what `has_relatives` looks for");
    }

    #[test]
    fn strings_of_a_log_are_searched_as_text_is() {
        let texts = [
            "",
            "a",
            "Spooler",
            "SPOOLER failed",
            "\u{212a}ernel",
            "\u{130}stanbul",
            "Größe 12",
            "C:\\Windows\\System32",
            "0x80070005",
            "日本 spooler 語",
            "spoole",
            "xspooler",
        ];
        let wanted = [
            "",
            "a",
            "spooler",
            "Kernel",
            "kernel",
            "istanbul",
            "i\u{307}stanbul",
            "GRÖSSE",
            "größe",
            "\\",
            "system32",
            "0X8007",
            "語",
            " ",
            "R",
            "z",
        ];
        for text in texts {
            for want in wanted {
                let searched = WantedText::new(want);
                let is_in = text.to_lowercase().contains(&want.to_lowercase());
                assert_eq!(searched.is_in(text), is_in);
                let bytes = utf16(text);
                assert_eq!(searched.is_in_string(&bytes), is_in, "{want:?} in {text:?}");
                let mut ended = bytes.clone();
                ended.extend(utf16("\0spooler kernel system32 z 語"));
                assert_eq!(
                    searched.is_in_string(&ended),
                    is_in,
                    "{want:?} in {text:?} and a zero"
                );
                // Wherever a chunk has the string.
                let mut chunk = vec![0xff, 0, b's'];
                chunk.extend(&bytes);
                assert!(searched.may_be_in(&chunk) || !is_in, "{want:?} in {text:?}");
            }
        }
        assert!(!WantedText::new("spooler").may_be_in(&utf16("nothing of the kind")));
    }

    #[test]
    fn what_numbers_are_written_with_is_known() {
        for written in [
            "-12",
            "4294967295",
            "0x8007000d",
            "{0e4Fd3-11}",
            "S-1-5-21",
            "2024-01-01T00:00:00.5Z",
            "true",
            "FALSE",
            "inf",
            "-inf",
            "NaN",
            "0.1",
        ] {
            assert!(WantedText::new(written).may_be_written(), "{written}");
        }
        for text in ["spooler", "lsass", "kernel32", "\\"] {
            assert!(!WantedText::new(text).may_be_written(), "{text}");
        }
    }
}
