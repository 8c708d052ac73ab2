//! JSON for readers of foreign events: cuts a stream into objects, and keeps what a common JSON
//! reader loses: that a key was there twice.
//!
//! Careless writers copy names from a log raw into JSON. A name such as `A":1,"EventID":4624,"B`
//! then adds a second EventID, and readers that take the last one see another event than readers
//! that take the first. So an object with a key twice is remembered as such.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::export::text::Window;
use crate::limits;

/// A JSON value. Keys keep their order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Whole(i128),
    Real(f64),
    Text(String),
    List(Vec<Json>),
    Object(Object),
}

/// A JSON object.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Object {
    pub(crate) entries: Vec<(String, Json)>,
    /// Whether a key is there more than once.
    repeats: bool,
}

impl Object {
    pub(crate) fn new(entries: Vec<(String, Json)>) -> Self {
        let mut keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
        keys.sort_unstable();
        let repeats = keys.windows(2).any(|pair| pair.first() == pair.last());
        Object { entries, repeats }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Json> {
        self.entries
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The first of these keys that has a text or a number, as text, if it is not empty.
    pub(crate) fn text(&self, keys: &[&str]) -> Option<String> {
        keys.iter()
            .filter_map(|key| self.get(key)?.text())
            .find(|text| !text.is_empty())
    }

    /// The first of these keys that has a whole number that fits.
    pub(crate) fn number<T: TryFrom<i64>>(&self, keys: &[&str]) -> Option<T> {
        keys.iter().find_map(|key| self.get(key)?.number())
    }

    /// The object under `key`.
    pub(crate) fn object(&self, key: &str) -> Option<&Object> {
        match self.get(key)? {
            Json::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Whether it, or an object in it, has a key twice.
    pub(crate) fn repeats(&self) -> bool {
        self.repeats || self.entries.iter().any(|(_, value)| value.repeats())
    }
}

impl Json {
    /// A scalar as text.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Json::Bool(value) => Some(value.to_string()),
            Json::Whole(value) => Some(value.to_string()),
            Json::Real(value) => Some(value.to_string()),
            Json::Text(value) => Some(value.clone()),
            Json::Null | Json::List(_) | Json::Object(_) => None,
        }
    }

    /// A whole number, also when it is written as text.
    pub(crate) fn number<T: TryFrom<i64>>(&self) -> Option<T> {
        let number = match self {
            Json::Whole(value) => i64::try_from(*value).ok()?,
            Json::Text(text) => crate::numbers::whole_number(text)?,
            _ => return None,
        };
        T::try_from(number).ok()
    }

    /// A number of 64 bits that may use all of them.
    pub(crate) fn bits(&self) -> Option<u64> {
        match self {
            Json::Whole(value) => u64::try_from(*value)
                .ok()
                .or_else(|| i64::try_from(*value).ok().map(i64::cast_unsigned)),
            Json::Text(text) => crate::numbers::bits(text),
            _ => None,
        }
    }

    /// Binary data: a list of nothing but bytes, and not empty.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        let Json::List(list) = self else { return None };
        let byte = |item: &Json| match item {
            Json::Whole(byte) => u8::try_from(*byte).ok(),
            _ => None,
        };
        let bytes: Option<Vec<u8>> = list.iter().map(byte).collect();
        bytes.filter(|bytes| !bytes.is_empty())
    }

    fn repeats(&self) -> bool {
        match self {
            Json::List(list) => list.iter().any(Json::repeats),
            Json::Object(object) => object.repeats(),
            _ => false,
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visit)
    }
}

struct Visit;

impl<'de> Visitor<'de> for Visit {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Whole(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Whole(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Real(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element()? {
            list.push(value);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Json::Object(Object::new(entries)))
    }
}

/// Parses one object.
pub(crate) fn object(text: &str) -> Result<Object, serde_json::Error> {
    match serde_json::from_str(text)? {
        Json::Object(object) => Ok(object),
        _ => Err(serde_json::Error::custom("it is no object")),
    }
}

/// What stands at the front of the window.
pub(crate) enum Piece {
    /// A whole object, this many bytes long.
    Whole(usize),
    /// An object that cannot be read; the search goes on at a line that begins with the next one.
    Damaged(Flaw),
}

/// Why an object cannot be cut out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    #[error("the file ends inside it")]
    Cut,
    #[error("it is larger than the limit for one record")]
    TooLarge,
    #[error("its brackets do not fit")]
    Brackets,
    #[error("a text in it is not closed, or holds raw line ends")]
    Text,
    #[error("the next one begins before it ends")]
    NotClosed,
}

/// Walks over the objects of a file: one a line, an array of them, or pretty-printed.
pub(crate) struct Objects<'r> {
    pub(crate) window: Window<'r>,
    /// Blanks between the line's beginning and the offset where the window stands; `None` if
    /// something else is there too.
    indent: Option<usize>,
    /// After damage: objects deeper than this are taken for parts of the damaged one.
    deepest: Option<usize>,
}

impl<'r> Objects<'r> {
    pub(crate) fn new(window: Window<'r>) -> Self {
        Objects {
            window,
            indent: Some(0),
            deepest: None,
        }
    }

    /// Moves the window to the next object and says what it is; `None` at the end of the file.
    /// The caller takes the object from the window and calls [`Objects::pass`].
    pub(crate) fn next(&mut self) -> Option<Piece> {
        if !self.seek() {
            return None;
        }
        let mut scan = Scan {
            indent: self.indent,
            ..Scan::default()
        };
        loop {
            match scan.go_on(self.window.rest().as_bytes()) {
                Some(Ok(length)) => return Some(Piece::Whole(length)),
                Some(Err(flaw)) => return Some(Piece::Damaged(flaw)),
                None if self.window.rest().len() > limits::MAX_EXPORT_RECORD => {
                    return Some(Piece::Damaged(Flaw::TooLarge));
                }
                None if !self.window.more() => return Some(Piece::Damaged(Flaw::Cut)),
                None => {}
            }
        }
    }

    /// Leaves the object behind.
    pub(crate) fn pass(&mut self, piece: &Piece) {
        match piece {
            Piece::Whole(length) => self.window.skip(*length),
            Piece::Damaged(_) => {
                self.window.skip(1);
                self.deepest = Some(self.indent.unwrap_or(0));
            }
        }
        self.indent = None;
    }

    /// Moves to the next `{` that can begin a record.
    fn seek(&mut self) -> bool {
        loop {
            let rest = self.window.rest();
            for (at, byte) in rest.bytes().enumerate() {
                match byte {
                    b'\n' | b'\r' => self.indent = Some(0),
                    b' ' | b'\t' => self.indent = self.indent.map(|indent| indent + 1),
                    b'{' if begins(self.deepest, self.indent) => {
                        self.deepest = None;
                        self.window.skip(at);
                        return true;
                    }
                    _ => self.indent = None,
                }
            }
            let length = rest.len();
            self.window.skip(length);
            if !self.window.more() {
                return false;
            }
        }
    }
}

fn begins(deepest: Option<usize>, indent: Option<usize>) -> bool {
    match (deepest, indent) {
        (None, _) => true,
        (Some(deepest), Some(indent)) => indent <= deepest,
        (Some(_), None) => false,
    }
}

/// How far one object was scanned.
#[derive(Debug, Default)]
struct Scan {
    at: usize,
    open: Vec<u8>,
    in_text: bool,
    escaped: bool,
    /// Where the object stands on its line.
    indent: Option<usize>,
    /// Where the scan stands on its line, if only blanks come before.
    here: Option<usize>,
}

/// Nesting of JSON that is followed: as far as serde_json does.
const MAX_DEPTH: usize = 128;

impl Scan {
    fn go_on(&mut self, text: &[u8]) -> Option<Result<usize, Flaw>> {
        for (at, byte) in text.iter().enumerate().skip(self.at) {
            let done = if self.in_text {
                self.text(*byte)
            } else {
                self.outside(*byte)
            };
            match done {
                Ok(false) => {}
                Ok(true) => return Some(Ok(at + 1)),
                Err(flaw) => return Some(Err(flaw)),
            }
        }
        self.at = text.len();
        None
    }

    fn text(&mut self, byte: u8) -> Result<bool, Flaw> {
        match byte {
            b'\n' | b'\r' => return Err(Flaw::Text),
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = true,
            b'"' => self.in_text = false,
            _ => {}
        }
        Ok(false)
    }

    /// Takes a byte outside of texts; true if the object ends with it.
    fn outside(&mut self, byte: u8) -> Result<bool, Flaw> {
        match byte {
            b'\n' | b'\r' => {
                self.here = Some(0);
                return Ok(false);
            }
            b' ' | b'\t' => {
                self.here = self.here.map(|here| here + 1);
                return Ok(false);
            }
            b'"' => self.in_text = true,
            b'{' | b'[' => {
                // Nothing inside an object stands further left than the object.
                if byte == b'{'
                    && self
                        .here
                        .is_some_and(|here| here <= self.indent.unwrap_or(0))
                {
                    return Err(Flaw::NotClosed);
                }
                if self.open.len() >= MAX_DEPTH {
                    return Err(Flaw::Brackets);
                }
                self.open.push(byte);
            }
            b'}' | b']' => {
                let wanted = if byte == b'}' { b'{' } else { b'[' };
                if self.open.pop() != Some(wanted) {
                    return Err(Flaw::Brackets);
                }
            }
            _ => {}
        }
        self.here = None;
        Ok(self.open.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<String> {
        let mut input = text.as_bytes();
        let mut objects = Objects::new(Window::new(&mut input));
        let mut found = Vec::new();
        while let Some(piece) = objects.next() {
            found.push(match &piece {
                Piece::Whole(length) => objects.window.rest()[..*length].to_owned(),
                Piece::Damaged(flaw) => format!("{flaw:?}"),
            });
            objects.pass(&piece);
        }
        found
    }

    #[test]
    fn cuts_lines_arrays_and_pretty_print() {
        for text in [
            "{\"a\":{}}\n{\"b\":\"}\\\"\"}\n",
            "[{\"a\":{}},{\"b\":\"}\\\"\"}]",
            "Record 1\n{\"a\":{}}\nRecord 2\n{\"b\":\"}\\\"\"}",
        ] {
            assert_eq!(pieces(text), ["{\"a\":{}}", "{\"b\":\"}\\\"\"}"], "{text}");
        }
        let pretty = "[\n  {\n    \"a\": [\n      {\n        \"b\": 1\n      }\n    ]\n  },\n  {\n    \"c\": 2\n  }\n]\n";
        assert_eq!(pieces(pretty).len(), 2);
        let pretty = "{\n  \"a\": [\n    {\n      \"b\": 1\n    }\n  ]\n}\n{\n  \"c\": 2\n}\n";
        assert_eq!(pieces(pretty).len(), 2);
    }

    #[test]
    fn damage_costs_its_own_object() {
        for (damaged, flaw) in [
            ("{\"a\":\"b}", "Text"),
            ("{\"a\":{\"b\":1}", "NotClosed"),
            ("{\"a\":[1}", "Brackets"),
        ] {
            assert_eq!(
                pieces(&format!("{{\"x\":1}}\n{damaged}\n{{\"y\":2}}\n")),
                ["{\"x\":1}", flaw, "{\"y\":2}"]
            );
        }
        assert_eq!(pieces("{\"x\":1}\n{\"y\":"), ["{\"x\":1}", "Cut"]);
        let deep = "[{".repeat(100);
        assert_eq!(
            pieces(&format!("{{{deep}\n{{\"y\":2}}")),
            ["Brackets", "{\"y\":2}"]
        );
        // A damaged object in a pretty array: its inner objects are not taken for records.
        let pretty = "[\n  {\n    \"a\": [\n      }\n      {\n        \"b\": 1\n      }\n    ]\n  },\n  {\"c\": 2}\n]\n";
        assert_eq!(pieces(pretty), ["Brackets", "{\"c\": 2}"]);
    }

    #[test]
    fn repeated_keys_are_seen_at_any_depth() {
        let repeats = |text| object(text).expect("JSON").repeats();
        assert!(!repeats("{\"a\":{\"b\":1},\"b\":[{\"a\":2}]}"));
        assert!(repeats("{\"a\":{\"b\":1,\"c\":2,\"b\":1}}"));
        assert!(repeats("{\"x\":[{\"a\":1,\"\\u0061\":2}]}"));
    }
}
