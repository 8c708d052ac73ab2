//! A place in a text, and what may be skipped from there.

/// Letters in brackets between two ids.
const LONGEST_NOTE: usize = 60;

/// A place in a text in lower case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Cursor<'a> {
        Cursor { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn eat(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    pub(super) fn any(&mut self, characters: &[char]) -> bool {
        let next = self.rest().chars().next();
        match next.filter(|c| characters.contains(c)) {
            Some(c) => {
                self.at += c.len_utf8();
                true
            }
            None => false,
        }
    }

    pub(super) fn spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    pub(super) fn letter(&self) -> bool {
        self.rest().starts_with(char::is_alphanumeric)
    }

    pub(super) fn digit(&self) -> bool {
        self.rest().starts_with(|c: char| c.is_ascii_digit())
    }
}

/// "1006 (it is stopping) and 1008": what stands between may tell what the first one is.
pub(super) fn skip_note(cursor: &mut Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    ahead.spaces();
    let Some(inner) = ahead.rest().strip_prefix('(') else {
        return false;
    };
    // No farther: a hostile line has a million brackets that nothing closes.
    let mut near = inner.char_indices().take(LONGEST_NOTE);
    let Some((length, _)) = near.find(|(_, c)| *c == ')') else {
        return false;
    };
    let note = inner.get(..length).unwrap_or_default();
    ahead.at += length + 2;
    let rest = ahead.rest();
    let joins = rest.starts_with(", ") || rest.starts_with(" and ") || rest.starts_with(" or ");
    let sound = joins && note.starts_with(char::is_alphabetic) && !note.starts_with("or ");
    if sound {
        *cursor = ahead;
    }
    sound
}
