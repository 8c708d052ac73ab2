//! Cuts a stream of JSON into objects: one a line, an array of them, pretty-printed, or a list
//! somewhere inside an answer of a server, which is never held whole.

use crate::export::detection;
use crate::export::dialects::LISTS;
use crate::export::flaw::Flaw;
use crate::export::json::{self, Object};
use crate::export::jsonl;
use crate::export::text::Window;
use crate::limits;

/// What stands at the front of the window.
pub(crate) enum Piece {
    /// A whole object, this many bytes long.
    Whole(usize),
    /// A list of events begins behind so many bytes, in the object that stands there.
    List(usize),
    /// An object that cannot be read; the search goes on at a line that begins with the next one.
    Damaged(Flaw),
}

/// Walks over the objects of a file: one a line, an array of them, or pretty-printed.
pub(crate) struct Objects<'r> {
    pub(crate) window: Window<'r>,
    /// Blanks between the line's beginning and the offset where the window stands; `None` if
    /// something else is there too.
    indent: Option<usize>,
    /// After damage: objects deeper than this are taken for parts of the damaged one.
    deepest: Option<usize>,
    place: Place,
    /// What was passed over on the way to the object that stands at the window, as far as it is no
    /// sign between objects.
    passed: String,
    /// Whether a relay of syslog has put something before each object; not known before the first.
    relayed: Option<bool>,
}

/// Where a file stands with regard to a list of events that has objects around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing was read yet that tells.
    Outside,
    /// Events stand by themselves.
    Plain,
    /// In the list, with so many objects around it.
    Inside(usize),
    /// Behind the list, in so many open brackets.
    Behind(usize),
}

impl<'r> Objects<'r> {
    pub(crate) fn new(window: Window<'r>) -> Self {
        Objects {
            window,
            indent: Some(0),
            deepest: None,
            place: Place::Outside,
            passed: String::new(),
            relayed: None,
        }
    }

    /// Whether something stood before the object, or the end, that belongs to no object.
    pub(crate) fn passed_something(&mut self) -> bool {
        // Of a file that was put behind another one: the bytes of its mark.
        let passed = std::mem::take(&mut self.passed).replace("\u{ef}\u{bb}\u{bf}", "");
        let counted = |line: &str| {
            // As evtx_dump numbers records.
            let number = line.strip_prefix("Record");
            number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        };
        if self.relayed == Some(true) && is_prefix(&passed) {
            return false;
        }
        !passed
            .split('\n')
            .all(|line| line.is_empty() || counted(line))
    }

    /// Whether a list of events begins in the object at which the window stands, and where.
    fn list(&mut self) -> Option<(usize, usize)> {
        if self.place != Place::Outside {
            return None;
        }
        loop {
            match list_in(self.window.rest()) {
                Ok(found) => return found,
                Err(NotYet) if self.window.rest().len() > limits::MAX_EXPORT_RECORD => return None,
                Err(NotYet) if self.window.more() => {}
                Err(NotYet) => return None,
            }
        }
    }

    /// Moves the window to the next object and says what it is; `None` at the end of the file.
    /// The caller takes the object from the window and calls [`Objects::pass`].
    pub(crate) fn next(&mut self) -> Option<Piece> {
        if !self.seek() {
            return None;
        }
        if self.relayed.is_none() {
            self.relayed = Some(is_prefix(&self.passed));
        }
        if let Some((at, around)) = self.list() {
            self.place = Place::Inside(around);
            return Some(Piece::List(at));
        }
        if self.place == Place::Outside {
            self.place = Place::Plain;
        }
        let mut scan = Scan {
            indent: self.indent,
            one_line: self.relayed == Some(true),
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
            Piece::Whole(length) | Piece::List(length) => self.window.skip(*length),
            Piece::Damaged(_) => {
                self.window.skip(1);
                self.deepest = Some(self.indent.unwrap_or(0));
            }
        }
        self.indent = None;
    }

    /// Moves to the next `{` that can begin a record.
    fn seek(&mut self) -> bool {
        let mut in_text = false;
        let mut escaped = false;
        loop {
            let rest = self.window.rest();
            for (at, byte) in rest.bytes().enumerate() {
                if let Place::Behind(open) = &mut self.place {
                    let again = byte == b'{' && self.indent == Some(0) && !in_text;
                    match byte {
                        _ if again => *open = 0,
                        _ if in_text && escaped => escaped = false,
                        b'\\' if in_text => escaped = true,
                        b'"' => in_text = !in_text,
                        b'{' | b'[' if !in_text => *open += 1,
                        b'}' | b']' if !in_text => *open -= 1,
                        _ => {}
                    }
                    self.indent = match byte {
                        b'\n' | b'\r' => Some(0),
                        _ => None,
                    };
                    if *open > 0 {
                        continue;
                    }
                    self.place = Place::Outside;
                    if again {
                        self.window.skip(at);
                        return true;
                    }
                    continue;
                }
                match byte {
                    b']' if self.deepest.is_none()
                        && let Place::Inside(around) = self.place =>
                    {
                        self.place = Place::Behind(around);
                        self.indent = None;
                    }
                    b'\n' | b'\r' => {
                        self.indent = Some(0);
                        if self.deepest.is_some() {
                            self.passed.clear();
                        }
                    }
                    b' ' | b'\t' => self.indent = self.indent.map(|indent| indent + 1),
                    b'{' if begins(self.deepest, self.indent)
                        || self.relayed == Some(true) && is_prefix(&self.passed) =>
                    {
                        self.deepest = None;
                        self.window.skip(at);
                        return true;
                    }
                    _ => self.indent = None,
                }
                let sign = matches!(byte, b' ' | b'\t' | b'\r' | b',' | b'[' | b']');
                let looked_at = self.deepest.is_none() || self.relayed == Some(true);
                if !sign && looked_at && self.passed.len() < MOST_PASSED {
                    self.passed.push(char::from(byte));
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

/// Bytes between objects that are kept to see what they are.
const MOST_PASSED: usize = 300;

/// Whether all that was passed over is what a relay of syslog puts before an object.
fn is_prefix(passed: &str) -> bool {
    detection::is_prefix(passed.trim_start_matches('\n'))
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
    /// An object ends on the line on which it begins.
    one_line: bool,
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
            b'\n' | b'\r' if self.one_line => return Err(Flaw::NotClosed),
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

/// More text is needed to tell.
struct NotYet;

/// The list of events in an object, of which only the beginning may be there: where its first item
/// stands, and how many objects are around it.
fn list_in(text: &str) -> Result<Option<(usize, usize)>, NotYet> {
    let mut keys = Keys::default();
    let end = keys.find(text);
    match end {
        Found::List(at, around) => {
            let item = text.get(at..).unwrap_or_default();
            let known = json::outline(item).is_some_and(|item| is_event(&item));
            if known {
                return Ok(Some((at, around)));
            }
            // An item that is whole and no event makes no list of events.
            match json::object(first_object(item)) {
                Ok(_) => Ok(None),
                Err(_) => Err(NotYet),
            }
        }
        Found::Nothing => Ok(None),
        Found::NotYet => Err(NotYet),
    }
}

fn is_event(object: &Object) -> bool {
    jsonl::kind(object).is_some()
}

/// The object at the front of a text, if it is whole.
fn first_object(text: &str) -> &str {
    match Scan::default().go_on(text.as_bytes()) {
        Some(Ok(length)) => text.get(..length).unwrap_or_default(),
        _ => "",
    }
}

/// Whether the objects of a text, of which only the beginning may be there, are events; `None` when
/// more must be seen to tell.
pub(crate) fn are_events(text: &str) -> Option<bool> {
    let text = text.trim_start();
    let text = text.strip_prefix('[').map_or(text, str::trim_start);
    if !text.starts_with('{') {
        return if text.is_empty() { None } else { Some(false) };
    }
    if json::outline(text).is_some_and(|object| is_event(&object)) {
        return Some(true);
    }
    let whole = !first_object(text).is_empty();
    match list_in(text) {
        Ok(Some(_)) => Some(true),
        _ if whole => Some(false),
        _ => None,
    }
}

/// What a search for a list found.
enum Found {
    List(usize, usize),
    Nothing,
    NotYet,
}

/// Walks over the keys of an object.
#[derive(Default)]
struct Keys {
    /// The keys under which the open objects stand.
    path: Vec<String>,
}

impl Keys {
    fn find(&mut self, text: &str) -> Found {
        let (mut opened, mut last, mut escaped) = (None, None, false);
        let mut lists = 0_usize;
        for (at, byte) in text.bytes().enumerate() {
            if let Some(start) = opened {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'"' => {
                        opened = None;
                        last = text.get(start..at);
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => opened = Some(at + 1),
                b'{' if lists == 0 => self.path.push(last.take().unwrap_or_default().to_owned()),
                b'[' if lists == 0 && self.is_list(last.take()) => {
                    let rest = text.get(at + 1..).unwrap_or_default();
                    let item = at + 1 + (rest.len() - rest.trim_start().len());
                    match text.as_bytes().get(item) {
                        Some(b'{') => return Found::List(item, self.path.len()),
                        Some(_) => lists += 1,
                        None => return Found::NotYet,
                    }
                }
                b'{' | b'[' => lists += 1,
                b'}' | b']' if lists > 0 => lists -= 1,
                b'}' => {
                    self.path.pop();
                    if self.path.is_empty() {
                        return Found::Nothing;
                    }
                }
                b',' => last = None,
                _ => {}
            }
        }
        Found::NotYet
    }

    /// Whether the list under this key is one in which events stand.
    fn is_list(&self, key: Option<&str>) -> bool {
        let Some(key) = key else { return false };
        let outer = self.path.iter().skip(1).map(String::as_str);
        LISTS
            .iter()
            .any(|list| list.split('.').eq(outer.clone().chain([key])))
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
                Piece::List(_) => "list".to_owned(),
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
}
