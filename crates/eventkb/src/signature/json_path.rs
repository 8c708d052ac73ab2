//! Finds the line and column of a path in a JSON text.
//!
//! serde tells *which* field is wrong; an author needs to know *where* it stands. The text has
//! been parsed before, so this walk may assume valid JSON (on anything else it stops early and
//! gives the last path it knew).

use std::fmt;

/// One step of the way into a JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// A member of an object.
    Key(String),
    /// An element of an array.
    Index(usize),
}

/// A path into a JSON document, written like `symptoms[2].where[0].number`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct JsonPath(pub(crate) Vec<Step>);

impl JsonPath {
    pub(crate) fn key(&self, key: &str) -> JsonPath {
        let mut steps = self.0.clone();
        steps.push(Step::Key(key.to_owned()));
        JsonPath(steps)
    }

    pub(crate) fn index(&self, index: usize) -> JsonPath {
        let mut steps = self.0.clone();
        steps.push(Step::Index(index));
        JsonPath(steps)
    }

    /// Whether this path is `outer` or a part of it.
    pub(crate) fn is_within(&self, outer: &JsonPath) -> bool {
        self.0.starts_with(&outer.0)
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if n == 0 => write!(f, "{key}")?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Line and column (both from 1, columns in characters) of `path` in `text`: of the key for a
/// member, of the value for an element.
pub(crate) fn line_and_column(text: &str, path: &JsonPath) -> (usize, usize) {
    let mut walk = Walk {
        bytes: text.as_bytes(),
        at: 0,
    };
    let mut found = walk.skip_space();
    for step in &path.0 {
        let next = match step {
            Step::Key(key) => walk.enter_member(key),
            Step::Index(index) => walk.enter_element(*index),
        };
        match next {
            Some(at) => found = at,
            None => break,
        }
    }
    position(text, found)
}

/// Line and column of a byte offset.
pub(crate) fn position(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) -> usize {
        while self
            .peek()
            .is_some_and(|b| b.is_ascii_whitespace() || b == b',' || b == b':')
        {
            self.at += 1;
        }
        self.at
    }

    /// Enters the object at the cursor and stops at the value of `key`; gives the key's offset.
    fn enter_member(&mut self, key: &str) -> Option<usize> {
        self.skip_space();
        if self.peek()? != b'{' {
            return None;
        }
        self.at += 1;
        loop {
            let start = self.skip_space();
            if self.peek()? != b'"' {
                return None;
            }
            self.skip_string()?;
            let raw = self.bytes.get(start..self.at)?;
            let name: String = serde_json::from_slice(raw).ok()?;
            self.skip_space();
            if name == key {
                return Some(start);
            }
            self.skip_value()?;
        }
    }

    /// Enters the array at the cursor and stops at its element `index`; gives its offset.
    fn enter_element(&mut self, index: usize) -> Option<usize> {
        self.skip_space();
        if self.peek()? != b'[' {
            return None;
        }
        self.at += 1;
        for _ in 0..index {
            self.skip_space();
            self.skip_value()?;
        }
        let at = self.skip_space();
        (self.peek()? != b']').then_some(at)
    }

    fn skip_string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek()? {
                b'\\' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                _ => self.at += 1,
            }
        }
    }

    fn skip_value(&mut self) -> Option<()> {
        self.skip_space();
        match self.peek()? {
            b'"' => self.skip_string(),
            b'{' | b'[' => {
                let mut depth = 0_usize;
                loop {
                    match self.peek()? {
                        b'"' => {
                            self.skip_string()?;
                            continue;
                        }
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => depth -= 1,
                        _ => {}
                    }
                    self.at += 1;
                    if depth == 0 {
                        return Some(());
                    }
                }
            }
            _ => {
                while self
                    .peek()
                    .is_some_and(|b| !matches!(b, b',' | b'}' | b']') && !b.is_ascii_whitespace())
                {
                    self.at += 1;
                }
                Some(())
            }
        }
    }
}

/// The first member that stands twice in one object: where, and its name. On what is no JSON it
/// finds none; the parser says that better.
pub(crate) fn first_duplicate(text: &str) -> Option<(usize, String)> {
    let mut walk = Walk {
        bytes: text.as_bytes(),
        at: 0,
    };
    // By open object or array: the names seen, or `None` for an array.
    let mut open: Vec<Option<std::collections::HashSet<String>>> = Vec::new();
    let mut is_value = true;
    while let Some(byte) = walk.peek() {
        match byte {
            b'{' => {
                open.push(Some(std::collections::HashSet::new()));
                walk.at += 1;
                is_value = false;
            }
            b'[' => {
                open.push(None);
                walk.at += 1;
                is_value = true;
            }
            b'}' | b']' => {
                open.pop();
                walk.at += 1;
                is_value = true;
            }
            b',' => {
                walk.at += 1;
                is_value = !matches!(open.last(), Some(Some(_)));
            }
            b':' => {
                walk.at += 1;
                is_value = true;
            }
            b'"' => {
                let start = walk.at;
                walk.skip_string()?;
                if let (false, Some(Some(names))) = (is_value, open.last_mut()) {
                    let name: String =
                        serde_json::from_slice(walk.bytes.get(start..walk.at)?).ok()?;
                    if !names.insert(name.clone()) {
                        return Some((start, name));
                    }
                }
            }
            _ => walk.at += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(steps: &[&str]) -> JsonPath {
        steps
            .iter()
            .fold(JsonPath::default(), |path, step| match step.parse() {
                Ok(index) => path.index(index),
                Err(_) => path.key(step),
            })
    }

    #[test]
    fn members_that_stand_twice() {
        assert_eq!(
            first_duplicate(r#"{"a": {"b": 1, "b": 2}}"#),
            Some((15, "b".to_owned()))
        );
        for sound in [
            r#"{"a": "a", "b": ["a", "a"]}"#,
            r#"[{"a": 1}, {"a": 1}]"#,
            "{",
            "\"",
            "",
        ] {
            assert_eq!(first_duplicate(sound), None, "{sound}");
        }
    }

    #[test]
    fn finds_members_and_elements() {
        let text = "{\n  \"a\": [1, {\"b\\\"\": \"x,}\", \"c\": 3}],\n  \"d\": null\n}";
        assert_eq!(line_and_column(text, &path(&["a"])), (2, 3));
        assert_eq!(line_and_column(text, &path(&["a", "1"])), (2, 12));
        assert_eq!(line_and_column(text, &path(&["a", "1", "c"])), (2, 27));
        assert_eq!(line_and_column(text, &path(&["d"])), (3, 3));
        // A path that is not there gives the nearest one above it.
        assert_eq!(line_and_column(text, &path(&["a", "7"])), (2, 3));
        assert_eq!(path(&["a", "1", "c"]).to_string(), "a[1].c");
    }
}
