//! What becomes of the values of a record: an event, a line of JSON, or only the knowledge that all
//! can be read.

use std::rc::Rc;

use crate::evtx::binxml::kind;
use crate::evtx::value::DecodeError::NoLayout;
use crate::evtx::value::{DecodeError, Unsupported, Value, utf16};
use crate::json_line::{self, LineValues};
use crate::limits::{self, CHUNK_SIZE};
use crate::wanted_text::WantedText;

/// The name of a value, and what stands before such a value in a line of JSON.
#[derive(Debug)]
pub(super) struct Name {
    name: Rc<str>,
    opening: Rc<str>,
}

impl Name {
    pub(super) fn new(name: Rc<str>) -> Name {
        let opening = json_line::opening(&name).into();
        Name { name, opening }
    }
}

/// Takes the values of a record, in order.
pub(super) trait Take {
    /// There are about this many more.
    fn expect(&mut self, more: usize);
    /// Bytes of text so far.
    fn size(&self) -> usize;
    /// A string that stands in the template.
    fn fixed(&mut self, name: Option<&Name>, text: &str) -> Result<(), DecodeError>;
    /// A string of an array.
    fn item(&mut self, name: Option<&Name>, utf16: &[u8]) -> Result<(), DecodeError>;
    /// A value that is one string.
    fn value(
        &mut self,
        name: Option<&Name>,
        chunk: &[u8],
        value: &Value,
    ) -> Result<(), DecodeError>;
    /// The record's binary data.
    fn binary(&mut self, bytes: &[u8]) -> Result<(), DecodeError>;
}

/// The values of an event.
#[derive(Default)]
pub(super) struct Values {
    pub(super) strings: Vec<String>,
    pub(super) named: Vec<(String, String)>,
    pub(super) binary: Option<Vec<u8>>,
    size: usize,
}

impl Values {
    fn push(&mut self, name: Option<&Name>, text: String) -> Result<(), DecodeError> {
        self.size += text.len();
        // The walk knows what becomes of records as large as these.
        if self.strings.len() >= limits::MAX_STRINGS || self.size > limits::MAX_RECORD_TEXT {
            return Err(NoLayout);
        }
        if let Some(name) = name {
            if self.named.is_empty() {
                // Where one has a name, all have.
                self.named.reserve_exact(self.strings.capacity());
            }
            self.named.push((name.name.to_string(), text.clone()));
        }
        self.strings.push(text);
        Ok(())
    }
}

impl Take for Values {
    fn expect(&mut self, more: usize) {
        self.strings.reserve(more);
    }

    fn size(&self) -> usize {
        self.size
    }

    fn fixed(&mut self, name: Option<&Name>, text: &str) -> Result<(), DecodeError> {
        self.push(name, text.to_owned())
    }

    fn item(&mut self, name: Option<&Name>, item: &[u8]) -> Result<(), DecodeError> {
        let mut text = String::with_capacity(item.len() / 2);
        utf16(item, &mut text);
        self.push(name, text)
    }

    fn value(
        &mut self,
        name: Option<&Name>,
        chunk: &[u8],
        value: &Value,
    ) -> Result<(), DecodeError> {
        let mut text = String::with_capacity(value.usual_length());
        value.write(chunk, &mut text)?;
        self.push(name, text)
    }

    fn binary(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        self.size += bytes.len();
        if self.size > limits::MAX_RECORD_TEXT {
            return Err(NoLayout);
        }
        if self.binary.is_none() && !bytes.is_empty() {
            self.binary = Some(bytes.to_vec());
        }
        Ok(())
    }
}

impl Take for LineValues<'_> {
    fn expect(&mut self, _more: usize) {}

    fn size(&self) -> usize {
        LineValues::size(self)
    }

    fn fixed(&mut self, name: Option<&Name>, text: &str) -> Result<(), DecodeError> {
        has_room(self)?;
        self.push(opening(name), text);
        Ok(())
    }

    fn item(&mut self, name: Option<&Name>, item: &[u8]) -> Result<(), DecodeError> {
        has_room(self)?;
        self.push_utf16(opening(name), item);
        Ok(())
    }

    fn value(
        &mut self,
        name: Option<&Name>,
        chunk: &[u8],
        value: &Value,
    ) -> Result<(), DecodeError> {
        has_room(self)?;
        match value.kind {
            kind::STRING => {
                let bytes = chunk.get(value.bytes.clone()).ok_or(Unsupported)?;
                self.push_utf16(opening(name), bytes);
                Ok(())
            }
            // The only other one that may hold something to escape.
            kind::ANSI => {
                let mut text = String::new();
                value.write(chunk, &mut text)?;
                self.push(opening(name), &text);
                Ok(())
            }
            _ => self.push_plain(opening(name), |out| value.write(chunk, out)),
        }
    }

    fn binary(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        has_room(self)?;
        if !self.has_binary() && !bytes.is_empty() {
            LineValues::binary(self, bytes);
        }
        Ok(())
    }
}

/// Takes nothing, and only finds out whether all can be read.
#[derive(Default)]
pub(super) struct Checked {
    count: usize,
    size: usize,
}

impl Checked {
    fn add(&mut self, bytes: usize) -> Result<(), DecodeError> {
        // Text is at most three bytes for each two of UTF-16.
        self.size += bytes + bytes / 2;
        self.count += 1;
        let has_room = self.count <= limits::MAX_STRINGS && self.size <= limits::MAX_RECORD_TEXT;
        has_room.then_some(()).ok_or(NoLayout)
    }
}

impl Take for Checked {
    fn expect(&mut self, _more: usize) {}

    fn size(&self) -> usize {
        self.size
    }

    fn fixed(&mut self, _name: Option<&Name>, text: &str) -> Result<(), DecodeError> {
        self.add(text.len())
    }

    fn item(&mut self, _name: Option<&Name>, item: &[u8]) -> Result<(), DecodeError> {
        self.add(item.len())
    }

    fn value(
        &mut self,
        _name: Option<&Name>,
        chunk: &[u8],
        value: &Value,
    ) -> Result<(), DecodeError> {
        if !value.is_readable(chunk) {
            return Err(Unsupported);
        }
        self.add(value.usual_length().max(value.bytes.len()))
    }

    fn binary(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        self.add(bytes.len())
    }
}

/// Finds out whether a value has a text.
pub(super) struct Search<'w> {
    wanted: &'w WantedText,
    /// The chunk has it: without that, no string that stands in the chunk has it either.
    in_chunk: bool,
    has_found: bool,
    written: String,
    checked: Checked,
}

impl<'w> Search<'w> {
    pub(super) fn new(wanted: &'w WantedText, in_chunk: bool) -> Search<'w> {
        Search {
            wanted,
            in_chunk,
            has_found: false,
            written: String::new(),
            checked: Checked::default(),
        }
    }

    pub(super) fn has_found(&self) -> bool {
        self.has_found
    }
}

impl Take for Search<'_> {
    fn expect(&mut self, more: usize) {
        self.checked.expect(more);
    }

    fn size(&self) -> usize {
        self.checked.size()
    }

    fn fixed(&mut self, name: Option<&Name>, text: &str) -> Result<(), DecodeError> {
        // Whatever stands in the chunk: a template may write characters by their names.
        self.has_found |= self.wanted.is_in(text);
        self.checked.fixed(name, text)
    }

    fn item(&mut self, name: Option<&Name>, utf16: &[u8]) -> Result<(), DecodeError> {
        self.has_found |= self.in_chunk && self.wanted.is_in_string(utf16);
        self.checked.item(name, utf16)
    }

    fn value(
        &mut self,
        name: Option<&Name>,
        chunk: &[u8],
        value: &Value,
    ) -> Result<(), DecodeError> {
        self.checked.value(name, chunk, value)?;
        if value.kind == kind::STRING {
            let bytes = chunk.get(value.bytes.clone()).ok_or(Unsupported)?;
            self.has_found |= self.in_chunk && self.wanted.is_in_string(bytes);
        } else if value.kind == kind::ANSI || self.wanted.may_be_written() {
            self.written.clear();
            value.write(chunk, &mut self.written)?;
            self.has_found |= self.wanted.is_in(&self.written);
        }
        Ok(())
    }

    fn binary(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        self.checked.binary(bytes)
    }
}

fn opening(name: Option<&Name>) -> Option<&Rc<str>> {
    name.map(|name| &name.opening)
}

/// Records near the limits are left to [`Values`].
fn has_room(values: &LineValues<'_>) -> Result<(), DecodeError> {
    // A chunk's binary data is at most as large as the chunk.
    let has_room = values.count() < limits::MAX_STRINGS
        && values.size() + CHUNK_SIZE <= limits::MAX_RECORD_TEXT;
    has_room.then_some(()).ok_or(NoLayout)
}
