//! Wrapping by words, keeping tones.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::doc::{Line, Tone};

/// Room on a line that makes it worth to begin a very long word there.
const ROOM_TO_BREAK: usize = 12;

/// A piece of a wrapped line.
pub(super) type Piece = (Tone, String);

/// Columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Columns a whole line takes.
pub(super) fn wide(line: &Line) -> usize {
    line.spans
        .iter()
        .map(|span| width(span.text.as_str()))
        .sum()
}

/// The widest word of a line: what a column needs so as not to break it.
pub(super) fn widest_word(line: &Line) -> usize {
    words(line)
        .iter()
        .map(|word| columns(word))
        .max()
        .unwrap_or(0)
}

/// Wraps a line by words to at most `max` columns; later lines begin with `hang` spaces.
///
/// A word that is too long is broken after a separator, as in a path, or else where it must.
pub(super) fn wrap(line: &Line, max: usize, hang: usize) -> Vec<Vec<Piece>> {
    let hang = if hang + 8 > max { 0 } else { hang };
    let mut wrapped = Wrapped {
        max: max.max(1),
        hang,
        lines: vec![Vec::new()],
        used: 0,
        fresh: true,
    };
    for (index, word) in words(line).into_iter().enumerate() {
        wrapped.word(&word, index > 0);
    }
    wrapped.lines
}

/// The same, as plain text.
pub(super) fn wrap_text(line: &Line, max: usize) -> Vec<String> {
    wrap(line, max, 0)
        .into_iter()
        .map(|pieces| pieces.into_iter().map(|(_, text)| text).collect())
        .collect()
}

type Word = Vec<(char, Tone)>;

fn words(line: &Line) -> Vec<Word> {
    let mut words = vec![Word::new()];
    for span in &line.spans {
        for c in span.text.as_str().chars() {
            if c == ' ' {
                words.push(Word::new());
            } else if let Some(word) = words.last_mut() {
                word.push((c, span.tone));
            }
        }
    }
    glue(words)
}

/// Keeps together what is read as one: a date with its time or with the `to` behind it, `record` with its
/// number.
fn glue(words: Vec<Word>) -> Vec<Word> {
    let mut glued: Vec<Word> = Vec::with_capacity(words.len());
    for word in words {
        match glued.last_mut() {
            Some(last) if belongs(last, &word) => {
                last.push((' ', word.first().map_or(Tone::Plain, |(_, tone)| *tone)));
                last.extend(word);
            }
            _ => glued.push(word),
        }
    }
    glued
}

fn belongs(last: &[(char, Tone)], word: &[(char, Tone)]) -> bool {
    let digit = |index: usize| word.get(index).is_some_and(|(c, _)| c.is_ascii_digit());
    let is_time = digit(0) && digit(1) && word.get(2).is_some_and(|(c, _)| *c == ':');
    let is_date = last.len() == 10
        && last.iter().enumerate().all(|(index, (c, _))| match index {
            4 | 7 => *c == '-',
            _ => c.is_ascii_digit(),
        });
    let is_record = last.iter().map(|(c, _)| *c).eq("record".chars());
    let is_to = word.iter().map(|(c, _)| *c).eq("to".chars());
    (is_date && (is_time || is_to)) || (is_record && digit(0))
}

fn columns(word: &[(char, Tone)]) -> usize {
    word.iter().map(|(c, _)| c.width().unwrap_or(0)).sum()
}

struct Wrapped {
    max: usize,
    hang: usize,
    lines: Vec<Vec<Piece>>,
    used: usize,
    /// Nothing but indentation is on the last line.
    fresh: bool,
}

impl Wrapped {
    fn word(&mut self, word: &[(char, Tone)], space: bool) {
        let space = space && !self.fresh;
        let needed = columns(word) + usize::from(space);
        // A word that fits on no line may as well begin on this one.
        let hopeless = columns(word) > self.max - self.hang;
        let room = self.max.saturating_sub(self.used);
        if needed > room && !self.fresh && !(hopeless && room >= ROOM_TO_BREAK) {
            self.new_line();
        } else if space {
            let tone = word.first().map_or(Tone::Plain, |(_, tone)| *tone);
            self.put(' ', tone);
        }
        let mut rest = word;
        while columns(rest) > self.max - self.used {
            let (head, tail) = rest.split_at(break_at(rest, self.max - self.used));
            self.put_all(head);
            // A date may be parted from its time after all, where there is no room for both.
            rest = if tail.first().is_some_and(|(c, _)| *c == ' ') {
                &tail[1..]
            } else {
                tail
            };
            self.new_line();
        }
        self.put_all(rest);
        // An empty word stands for one of several spaces, which count once a line has begun.
        self.fresh = self.fresh && word.is_empty();
    }

    fn new_line(&mut self) {
        self.lines.push(Vec::new());
        self.used = 0;
        for _ in 0..self.hang {
            self.put(' ', Tone::Plain);
        }
        self.fresh = true;
    }

    fn put_all(&mut self, word: &[(char, Tone)]) {
        for (c, tone) in word {
            self.put(*c, *tone);
        }
    }

    fn put(&mut self, c: char, tone: Tone) {
        self.used += c.width().unwrap_or(0);
        let Some(line) = self.lines.last_mut() else {
            return;
        };
        match line.last_mut() {
            Some((last, text)) if *last == tone => text.push(c),
            _ => line.push((tone, c.to_string())),
        }
    }
}

fn parts(c: char) -> bool {
    matches!(c, '!' | '-' | '_' | ',' | ';' | '.' | '=' | '|')
}

/// The widest piece of a line that has no good place to break it.
pub(super) fn widest_piece(line: &Line) -> usize {
    let piece = |word: &Word| {
        if word.iter().any(|(c, _)| *c == ' ') {
            return columns(word);
        }
        word.split_inclusive(|(c, _)| matches!(c, '/' | '\\') || parts(*c))
            .map(columns)
            .max()
            .unwrap_or(0)
    };
    words(line).iter().map(piece).max().unwrap_or(0)
}

/// Where to break a word that does not fit: at least one character in.
fn break_at(word: &[(char, Tone)], room: usize) -> usize {
    let mut used = 0;
    let mut fits = 0;
    // Behind a folder, and behind anything else that separates.
    let (mut folder, mut other) = (0, 0);
    for (index, (c, _)) in word.iter().enumerate() {
        used += c.width().unwrap_or(0);
        if used > room {
            break;
        }
        fits = index + 1;
        match c {
            ' ' => return index.max(1),
            '/' => folder = fits,
            // Before it: an escape such as `\x1b` stays whole, and a Windows path still breaks.
            '\\' => folder = index,
            c if parts(*c) => other = fits,
            _ => {}
        }
    }
    // A break very early in the line would waste most of it.
    [folder, other]
        .into_iter()
        .find(|good| good * 2 >= fits)
        .unwrap_or(fits)
        .max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole() {
        let lines = wrap_text(&"the RPC connection was lost".into(), 12);
        assert_eq!(lines, ["the RPC", "connection", "was lost"]);
    }

    #[test]
    fn long_paths_break_after_separators_and_lose_nothing() {
        let path = "case.zip!/customer/SEATTLE/Application.evtx";
        let lines = wrap_text(&path.into(), 16);
        assert!(lines.iter().all(|line| width(line) <= 16), "{lines:?}");
        assert_eq!(lines.concat(), path);
        assert_eq!(lines[0], "case.zip!/");
    }

    #[test]
    fn words_without_separators_break_where_they_must() {
        assert_eq!(wrap_text(&"abcdefgh".into(), 3), ["abc", "def", "gh"]);
    }

    #[test]
    fn times_and_record_ids_stay_whole() {
        let line = "2000-02-06 01:20:02 SEATTLE record 1836 [checksum failed]".into();
        assert_eq!(
            wrap_text(&line, 20),
            [
                "2000-02-06 01:20:02",
                "SEATTLE record 1836",
                "[checksum failed]"
            ]
        );
        assert_eq!(widest_word(&line), 19);
    }

    #[test]
    fn two_days_take_two_lines() {
        assert_eq!(
            wrap_text(&"2009-07-14 to 2013-10-23".into(), 13),
            ["2009-07-14 to", "2013-10-23"]
        );
    }

    #[test]
    fn a_date_without_room_parts_from_its_time() {
        assert_eq!(
            wrap_text(&"2000-02-06 01:20:02".into(), 12),
            ["2000-02-06", "01:20:02"]
        );
        assert_eq!(
            widest_piece(&"2000-02-06 01:20:02 a/bcd/Application.evtx".into()),
            19
        );
        assert_eq!(widest_piece(&"Microsoft-Windows-PowerShell".into()), 10);
    }

    #[test]
    fn a_word_that_fits_nowhere_begins_where_there_is_room() {
        let lines = wrap_text(&"key = /o=Contoso/ou=Seattle/cn=Connections".into(), 24);
        assert_eq!(
            lines,
            ["key = /o=Contoso/", "ou=Seattle/cn=", "Connections"]
        );
    }

    #[test]
    fn escapes_stay_whole() {
        let lines = wrap_text(&"aaaaaaaaaaaaa\u{1b}bbb".into(), 16);
        assert_eq!(lines, ["aaaaaaaaaaaaa", "\\x1bbbb"]);
    }

    #[test]
    fn wide_characters_count_double() {
        assert_eq!(wrap_text(&"日本語".into(), 4), ["日本", "語"]);
        // One column cannot hold it, yet it must go somewhere.
        assert_eq!(wrap_text(&"日本".into(), 1), ["日", "本", ""]);
    }

    #[test]
    fn later_lines_hang() {
        let pieces = wrap(&"one two three four five".into(), 12, 2);
        let lines: Vec<String> = pieces
            .into_iter()
            .map(|p| p.into_iter().map(|(_, t)| t).collect())
            .collect();
        assert_eq!(lines, ["one two", "  three four", "  five"]);
    }

    #[test]
    fn tones_and_inner_spaces_are_kept() {
        let line = Line::toned(Tone::Good, "found").plain("  twice");
        assert_eq!(
            wrap(&line, 40, 0),
            [vec![
                (Tone::Good, "found".into()),
                (Tone::Plain, "  twice".into())
            ]]
        );
    }
}
