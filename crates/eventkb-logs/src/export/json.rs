//! JSON for readers of foreign events: keeps what a common JSON reader loses, that a key was there
//! twice, and tells what an object is of which only the beginning is there.
//!
//! Careless writers copy names from a log raw into JSON. A name such as `A":1,"EventID":4624,"B`
//! then adds a second EventID, and readers that take the last one see another event than readers
//! that take the first. So an object with a key twice is remembered as such.

use std::fmt;

#[cfg(feature = "exports")]
use serde::de::Error as _;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

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
    /// Places of the entries in the order of their keys: objects with very many keys are searched
    /// for some of them again and again.
    sorted: Vec<usize>,
    /// Whether a key is there more than once.
    repeats: bool,
}

impl Object {
    pub(crate) fn new(entries: Vec<(String, Json)>) -> Self {
        let key = |at: &usize| entries.get(*at).map(|(key, _)| key.as_str());
        let mut sorted: Vec<usize> = (0..entries.len()).collect();
        sorted.sort_by(|a, b| key(a).cmp(&key(b)));
        let same = |pair: &[usize]| pair.first().map(key) == pair.last().map(key);
        let repeats = sorted.windows(2).any(same);
        Object {
            entries,
            sorted,
            repeats,
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Json> {
        let name = |at: &usize| self.entries.get(*at).map_or("", |(name, _)| name.as_str());
        let at = self.sorted.partition_point(|at| name(at) < key);
        let at = self.sorted.get(at).filter(|at| name(at) == key)?;
        self.entries.get(*at).map(|(_, value)| value)
    }

    /// The value at a path of keys with dots between them; a key may hold dots itself, and capitals
    /// and blanks in keys make no difference.
    pub(crate) fn path(&self, path: &str) -> Option<&Json> {
        if let Some(value) = self.get(path).or_else(|| self.similar(path)) {
            return Some(value);
        }
        path.match_indices('.').find_map(|(at, _)| {
            let (head, rest) = (path.get(..at)?, path.get(at + 1..)?);
            match self.get(head).or_else(|| self.similar(head))? {
                Json::Object(object) => object.path(rest),
                _ => None,
            }
        })
    }

    /// The value of a key that differs only in capitals, blanks and underscores. Objects with more
    /// keys than any heading has are not searched through.
    fn similar(&self, key: &str) -> Option<&Json> {
        const MOST_KEYS: usize = 100;
        let mut entries = self.entries.iter().take(MOST_KEYS);
        entries
            .find(|(name, _)| is_similar(name, key))
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

/// Whether two keys differ only in capitals, blanks and underscores.
pub(crate) fn is_similar(a: &str, b: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = char> {
        let letters = text.chars().filter(|c| !matches!(c, ' ' | '_'));
        letters.map(|c| c.to_ascii_lowercase())
    }
    letters(a).eq(letters(b))
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
            // Some programs keep all numbers as floats.
            Json::Real(value) if value.fract() == 0.0 && value.abs() < 9e15 => *value as i64,
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

/// Parses any value.
#[cfg(feature = "exports")]
pub(crate) fn value(text: &str) -> Result<Json, serde_json::Error> {
    serde_json::from_str(text).or_else(|error| match without_lone_surrogates(text) {
        Some(text) => serde_json::from_str(&text),
        None => Err(error),
    })
}

/// The text with the sign for what could not be read in place of each half of a UTF-16 pair that stands
/// alone; `None` if there is none. Values of logs have such, and many programs write them as they are.
#[cfg(feature = "exports")]
fn without_lone_surrogates(text: &str) -> Option<String> {
    let unit = |at: usize| {
        let digits = text.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let (mut out, mut done, mut at) = (String::new(), 0, 0);
    while let Some(found) = memchr::memchr(b'\\', text.as_bytes().get(at..)?) {
        let escape = at + found;
        at = match (unit(escape), unit(escape + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => escape + 12,
            (Some(0xd800..=0xdfff), _) => {
                out.push_str(text.get(done..escape)?);
                out.push_str("\\ufffd");
                done = escape + 6;
                done
            }
            // The sign behind it belongs to it, and is ASCII in all that is JSON.
            _ => escape + 2,
        };
    }
    out.push_str(text.get(done..)?);
    (done > 0).then_some(out)
}

/// Parses one object.
#[cfg(feature = "exports")]
pub(crate) fn object(text: &str) -> Result<Object, serde_json::Error> {
    match value(text)? {
        Json::Object(object) => Ok(object),
        _ => Err(serde_json::Error::custom("it is no object")),
    }
}

/// Reads as much of an object as its text holds, if that is cut somewhere: entries that are not
/// whole are left out. `None` when it is no object.
#[cfg(feature = "exports")]
pub(crate) fn outline(text: &str) -> Option<Object> {
    if let Ok(object) = object(text) {
        return Some(object);
    }
    let (end, closers) = whole_part(text)?;
    object(&format!("{}{closers}", text.get(..end)?)).ok()
}

/// Where the last entry ends that is whole, and what closes all that is open there.
#[cfg(feature = "exports")]
fn whole_part(text: &str) -> Option<(usize, String)> {
    const MAX_DEPTH: usize = 100;
    let mut open: Vec<char> = Vec::new();
    let mut last = None;
    let (mut in_text, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        let end = match byte {
            b'"' => {
                in_text = true;
                continue;
            }
            b'{' | b'[' if open.len() < MAX_DEPTH => {
                open.push(if byte == b'{' { '}' } else { ']' });
                at + 1
            }
            b'}' | b']' => {
                if open.pop() != Some(char::from(byte)) {
                    break;
                }
                if open.is_empty() {
                    // Behind it other objects may stand.
                    return Some((at + 1, String::new()));
                }
                at + 1
            }
            b',' => at,
            b'{' | b'[' => break,
            _ => continue,
        };
        last = Some((end, open.len()));
    }
    let (end, depth) = last?;
    let closers = open_at(text.get(..end)?, depth)?;
    Some((end, closers))
}

/// What closes the brackets that are open at the end of a text.
#[cfg(feature = "exports")]
fn open_at(text: &str, depth: usize) -> Option<String> {
    let mut open = Vec::new();
    let (mut in_text, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if in_text && escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' if !in_text => open.push('}'),
            b'[' if !in_text => open.push(']'),
            b'}' | b']' if !in_text => {
                open.pop();
            }
            _ => {}
        }
    }
    (open.len() == depth).then(|| open.into_iter().rev().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_of_a_pair_is_read_as_a_sign_for_it() {
        let read = |inside: &str| match value(&format!("\"{inside}\"")) {
            Ok(Json::Text(text)) => Some(text),
            _ => None,
        };
        for (written, wanted) in [
            (r"a\ud800b", "a\u{fffd}b"),
            (r"\udc00\ud83d\ude00\ud83d", "\u{fffd}😀\u{fffd}"),
            (r"\ud800\ud83d\ude00", "\u{fffd}😀"),
            (r"\\ud800 \ud800", "\\ud800 \u{fffd}"),
            (r"é\uDBFF\n", "é\u{fffd}\n"),
        ] {
            assert_eq!(read(written).as_deref(), Some(wanted), "{written}");
        }
        for broken in [r"\ud80", r"\ud800\", r"\u", r"\xd800", r"\ud800\é"] {
            assert_eq!(read(broken), None, "{broken}");
        }
        assert!(object(r#"{"a":"\udfff"}"#).is_ok());
    }

    #[test]
    fn an_object_is_read_as_far_as_it_goes() {
        let whole = r#"{"a":{"b":[1,{"c":"x, \"}y"}]},"d":2}"#;
        assert_eq!(outline(whole), object(whole).ok());
        for end in 1..whole.len() {
            let text = &whole[..end];
            let found = outline(text).expect(text);
            assert!(found.entries.len() <= 2, "{text}");
        }
        let cut = outline(r#"{"a":{"b":1,"c":"lon"#).expect("an object");
        assert_eq!(cut.path("a.b"), Some(&Json::Whole(1)));
        assert_eq!(outline("[1]"), None);
        assert_eq!(outline(""), None);
    }

    #[test]
    fn paths_and_spellings() {
        let bag =
            object(r#"{"a.b":{"c":1},"d":{"e.f":2},"Event ID":3,"process_id":4}"#).expect("JSON");
        for (path, wanted) in [("a.b.c", 1), ("d.e.f", 2), ("EventId", 3), ("ProcessID", 4)] {
            assert_eq!(bag.path(path), Some(&Json::Whole(wanted)), "{path}");
        }
        assert_eq!(bag.path("a.b.d"), None);
    }

    #[test]
    fn repeated_keys_are_seen_at_any_depth() {
        let repeats = |text| object(text).expect("JSON").repeats();
        assert!(!repeats("{\"a\":{\"b\":1},\"b\":[{\"a\":2}]}"));
        assert!(repeats("{\"a\":{\"b\":1,\"c\":2,\"b\":1}}"));
        assert!(repeats("{\"x\":[{\"a\":1,\"\\u0061\":2}]}"));
    }
}
