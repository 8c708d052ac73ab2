//! What records say, so that it can be held against what an article says: numbers, and texts.

use std::collections::{BTreeMap, BTreeSet};

use eventkb_logs::event::Event;

use crate::limits;
use crate::signature::number;

/// Shorter texts are found in any article.
const SHORTEST_TEXT: usize = 4;

/// Bytes of a value that are looked at: what tells articles apart stands at its beginning.
const LONGEST_TEXT: usize = 2048;

/// What the records of one kind of event say, bounded.
#[derive(Debug, Default, Clone)]
pub(crate) struct Said {
    /// Numbers, each with one way it is written.
    numbers: BTreeMap<i64, String>,
    /// Values that are texts, in lower case, each with the way it is written.
    texts: BTreeMap<String, String>,
    /// Whole messages in lower case, their space evened out.
    messages: BTreeSet<String>,
}

impl Said {
    /// Takes in what one record says.
    pub(crate) fn take(&mut self, event: &Event) {
        let named = event.named.iter().map(|(_, value)| value);
        let strings = event.strings.iter().flatten().chain(named);
        for value in strings.take(2 * limits::MAX_FORM_STRINGS) {
            self.value(value);
        }
        if let Some(message) = &event.message {
            self.text_with_numbers(message);
            if self.messages.len() < limits::MAX_LEAD_MESSAGES {
                self.messages.insert(evened(within(message)));
            }
        }
        // Classic records keep their error in the data: one word of four bytes, or a few.
        let data = event.binary.as_deref().unwrap_or(&[]);
        if data.len() <= limits::MAX_LEAD_DATA {
            for word in data.chunks_exact(4) {
                let word = word
                    .iter()
                    .rev()
                    .fold(0_i64, |n, byte| n << 8 | i64::from(*byte));
                if word != 0 {
                    self.number(word, &format!("0x{word:08x}"));
                }
            }
        }
    }

    fn value(&mut self, value: &str) {
        let value = within(value.trim());
        if let Some(number) = number::parse(value) {
            self.number(number, value);
            return;
        }
        if value.len() >= SHORTEST_TEXT && self.texts.len() < limits::MAX_LEAD_TEXTS {
            let folded = evened(value);
            let written = self.texts.entry(folded).or_insert_with(|| value.to_owned());
            // Of two spellings the first in order, whichever record came first.
            if value < written.as_str() {
                value.clone_into(written);
            }
        }
        self.text_with_numbers(value);
    }

    /// Numbers within a text: `error 0x80070005 (5)`.
    fn text_with_numbers(&mut self, text: &str) {
        for (number, written) in numbers_in(within(text)) {
            self.number(number, written);
        }
    }

    fn number(&mut self, number: i64, written: &str) {
        if self.numbers.len() >= limits::MAX_LEAD_NUMBERS && !self.numbers.contains_key(&number) {
            return;
        }
        let known = self
            .numbers
            .entry(number)
            .or_insert_with(|| written.to_owned());
        if written < known.as_str() {
            written.clone_into(known);
        }
    }

    /// The number as a record writes it, if one carries it.
    pub(crate) fn written(&self, number: i64) -> Option<&str> {
        self.numbers.get(&number).map(String::as_str)
    }

    /// Whether any number but 0 is there at all: only then can a code be missing.
    pub(crate) fn has_numbers(&self) -> bool {
        self.numbers.keys().any(|number| *number != 0)
    }

    /// The longest value that stands in a text of an article, as a record writes it; `text` is
    /// evened out already.
    pub(crate) fn in_text(&self, text: &str) -> Option<&str> {
        let found = self
            .texts
            .iter()
            .filter(|(folded, _)| has_words(text, folded));
        let longest = found.max_by_key(|(folded, _)| (folded.len(), std::cmp::Reverse(*folded)));
        longest.map(|(_, written)| written.as_str())
    }

    /// Whether words stand in a value or a message, evened out.
    pub(crate) fn has(&self, words: &str) -> bool {
        self.texts.keys().any(|text| has_words(text, words))
            || self.messages.iter().any(|text| has_words(text, words))
    }

    /// How many texts there are.
    pub(crate) fn texts(&self) -> usize {
        self.texts.len() + self.messages.len()
    }

    /// Whether there is any text to hold against an article's.
    pub(crate) fn has_messages(&self) -> bool {
        !self.messages.is_empty()
    }
}

/// The beginning of a text that is looked at.
fn within(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// Lower case, and one space for each row of spaces and line ends.
pub(crate) fn evened(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&word.to_lowercase());
    }
    out
}

/// Whether `words` stand in `text` as whole words. Both are evened out.
pub(crate) fn has_words(text: &str, words: &str) -> bool {
    if words.is_empty() {
        return false;
    }
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(words)) {
        let start = from + at;
        let end = start + words.len();
        let before = text.get(..start).and_then(|head| head.chars().next_back());
        let after = text.get(end..).and_then(|tail| tail.chars().next());
        let first = words.chars().next();
        let last = words.chars().next_back();
        let goes_on = is_word(before) && is_word(first) || is_word(after) && is_word(last);
        if !goes_on {
            return true;
        }
        from = start + first.map_or(1, char::len_utf8);
    }
    false
}

/// The whole numbers of a text with the way they are written, dates and versions left out.
pub(crate) fn numbers_in(text: &str) -> impl Iterator<Item = (i64, &str)> {
    let splits = |c: char| !(c.is_alphanumeric() || c == '%' || c == '-');
    text.split(splits).filter_map(|word| {
        let word = word.trim_end_matches('-');
        let inner = word.trim_start_matches('-');
        // A dash within is a date, a range or a name; one before is a sign.
        if inner.is_empty() || inner.contains('-') || word.len() > 22 {
            return None;
        }
        number::parse(word)
            .or_else(|| bare_hex(word))
            .map(|number| (number, word))
    })
}

/// Exceptions and NTSTATUS codes are often written as eight bare hex digits: `c0000005`. Without a
/// letter they would be a decimal number.
fn bare_hex(word: &str) -> Option<i64> {
    let has_letter = word.bytes().any(|b| b.is_ascii_alphabetic());
    let is_hex = word.len() == 8 && word.bytes().all(|b| b.is_ascii_hexdigit());
    (is_hex && has_letter)
        .then(|| i64::from_str_radix(word, 16).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(strings: &[&str]) -> Said {
        let mut said = Said::default();
        said.take(&Event {
            strings: Some(strings.iter().map(|s| (*s).to_owned()).collect()),
            ..Event::default()
        });
        said
    }

    #[test]
    fn numbers_of_all_forms() {
        let said = said(&["%%1053", "error 0x80070005 in block 7", "2024-03-01", "-4"]);
        assert_eq!(said.written(1053), Some("%%1053"));
        assert_eq!(said.written(0x8007_0005), Some("0x80070005"));
        assert_eq!(said.written(7), Some("7"));
        assert_eq!(said.written(2024), None);
        assert_eq!(said.written(0xffff_fffc), Some("-4"));
        let bare = self::said(&["exception c0000005 at deadbeef01"]);
        assert_eq!(bare.written(0xc000_0005), Some("c0000005"));
        assert_eq!(bare.written(0xdead_beef), None);
    }

    #[test]
    fn words_are_whole() {
        assert!(has_words("the cluster service stopped", "cluster service"));
        assert!(!has_words("the clusters", "cluster"));
        assert!(has_words("a (b.dll) c", "b.dll"));
        assert!(!has_words("xab ab", "ab a"));
        assert!(!has_words("abc", ""));
    }

    #[test]
    fn the_longest_value_is_named() {
        let said = said(&["Cluster Service", "Service", "5925"]);
        let text = evened("The Cluster  Service service stopped with error 5925");
        assert_eq!(said.in_text(&text), Some("Cluster Service"));
        assert!(said.has_numbers());
    }

    #[test]
    fn the_data_of_a_classic_record_is_read() {
        let mut said = Said::default();
        said.take(&Event {
            binary: Some(vec![0x5e, 0, 0, 0xc0]),
            ..Event::default()
        });
        assert_eq!(said.written(0xc000_005e), Some("0xc000005e"));
    }
}
