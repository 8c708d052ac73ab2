//! BinXML tokens: elements, attributes, substitutions, and the values behind them.
//! Knows nothing of events.

use super::chunk::Chunk;

/// Value types of substitutions, by their number in the format.
pub(crate) mod kind {
    pub(crate) const NULL: u8 = 0x00;
    pub(crate) const STRING: u8 = 0x01;
    pub(crate) const U8: u8 = 0x04;
    pub(crate) const U16: u8 = 0x06;
    pub(crate) const U32: u8 = 0x08;
    pub(crate) const U64: u8 = 0x0a;
    pub(crate) const BINARY: u8 = 0x0e;
    pub(crate) const FILETIME: u8 = 0x11;
    pub(crate) const SID: u8 = 0x13;
    pub(crate) const HEX64: u8 = 0x15;
    pub(crate) const BINXML: u8 = 0x21;
    pub(crate) const STRING_ARRAY: u8 = 0x81;
}

/// What stands inside an attribute or an element of a template.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content<'a> {
    /// The text itself.
    Text(&'a str),
    /// Substitution by number and type, written even when it is empty.
    Normal(u16, u8),
    /// Substitution by number and type, left out when it is NULL.
    Optional(u16, u8),
}

/// An element that was opened and waits for its end, to learn its size.
#[derive(Debug)]
#[must_use]
pub(crate) struct Open {
    size_at: usize,
}

/// The mark of an element that does not depend on a substitution.
const NO_DEPENDENCY: u16 = 0xffff;

/// `0f 01 01 00`: how every fragment starts.
pub(crate) fn fragment_header(chunk: &mut Chunk) {
    chunk.raw(&[0x0f, 1, 1, 0]);
}

fn content(chunk: &mut Chunk, content: Content<'_>) {
    match content {
        Content::Text(text) => {
            chunk.raw(&[0x05, kind::STRING]);
            chunk.u16(u16::try_from(text.encode_utf16().count()).unwrap_or(u16::MAX));
            chunk.utf16(text);
        }
        Content::Normal(number, kind) => {
            chunk.u8(0x0d);
            chunk.u16(number);
            chunk.u8(kind);
        }
        Content::Optional(number, kind) => {
            chunk.u8(0x0e);
            chunk.u16(number);
            chunk.u8(kind);
        }
    }
}

fn start(
    chunk: &mut Chunk,
    name: &str,
    dependency: Option<u16>,
    attributes: &[(&str, Content<'_>)],
) -> Open {
    chunk.u8(if attributes.is_empty() { 0x01 } else { 0x41 });
    if chunk.in_definition {
        chunk.u16(dependency.unwrap_or(NO_DEPENDENCY));
    }
    let size_at = chunk.bytes.len();
    chunk.u32(0);
    chunk.name(name);
    if !attributes.is_empty() {
        let list_at = chunk.bytes.len();
        chunk.u32(0);
        for (at, (name, value)) in attributes.iter().enumerate() {
            let last = at + 1 == attributes.len();
            chunk.u8(if last { 0x06 } else { 0x46 });
            chunk.name(name);
            content(chunk, *value);
        }
        patch_size(chunk, list_at);
    }
    Open { size_at }
}

fn patch_size(chunk: &mut Chunk, at: usize) {
    let size = chunk.bytes.len() - at - 4;
    chunk.patch_u32(at, u32::try_from(size).unwrap_or(u32::MAX));
}

/// Opens an element that will have children.
pub(crate) fn open(chunk: &mut Chunk, name: &str, attributes: &[(&str, Content<'_>)]) -> Open {
    let open = start(chunk, name, None, attributes);
    chunk.u8(0x02);
    open
}

/// Closes an element opened by [`open`].
pub(crate) fn close(chunk: &mut Chunk, open: &Open) {
    chunk.u8(0x04);
    patch_size(chunk, open.size_at);
}

/// A whole element without children: with `body` as its text, or empty.
pub(crate) fn leaf(
    chunk: &mut Chunk,
    name: &str,
    dependency: Option<u16>,
    attributes: &[(&str, Content<'_>)],
    body: Option<Content<'_>>,
) {
    let open = start(chunk, name, dependency, attributes);
    match body {
        Some(body) => {
            chunk.u8(0x02);
            content(chunk, body);
            chunk.u8(0x04);
        }
        None => chunk.u8(0x03),
    }
    patch_size(chunk, open.size_at);
}

/// The values of one template instance, in order, each with its type.
#[derive(Debug, Default)]
pub(crate) struct Values {
    descriptors: Vec<(usize, u8)>,
    data: Vec<u8>,
}

impl Values {
    pub(crate) fn clear(&mut self) {
        self.descriptors.clear();
        self.data.clear();
    }

    /// Adds a value and returns where it starts among the values.
    pub(crate) fn push(&mut self, kind: u8, bytes: &[u8]) -> usize {
        let at = self.data.len();
        self.data.extend_from_slice(bytes);
        self.descriptors.push((bytes.len(), kind));
        at
    }

    pub(crate) fn null(&mut self) {
        self.push(kind::NULL, &[]);
    }

    /// A string without terminator, as Windows stores substitutions.
    pub(crate) fn string(&mut self, text: &str) {
        let before = self.data.len();
        extend_utf16(&mut self.data, text);
        self.descriptors
            .push((self.data.len() - before, kind::STRING));
    }

    /// A string array: every string with its terminator. Without strings: NULL.
    pub(crate) fn string_array(&mut self, strings: &[String]) {
        if strings.is_empty() {
            return self.null();
        }
        let before = self.data.len();
        for text in strings {
            extend_utf16(&mut self.data, text);
            self.data.extend_from_slice(&[0, 0]);
        }
        self.descriptors
            .push((self.data.len() - before, kind::STRING_ARRAY));
    }

    /// Binary data, or NULL when there is none.
    pub(crate) fn optional(&mut self, kind: u8, bytes: Option<&[u8]>) {
        match bytes {
            Some(bytes) => {
                self.push(kind, bytes);
            }
            None => self.null(),
        }
    }

    /// Writes count, descriptors and values; one further BinXML value may follow, whose size is
    /// filled in later. Returns where the values start and where that size stands, or nothing
    /// when a value is too long for the format.
    pub(crate) fn write(&self, chunk: &mut Chunk, binxml_follows: bool) -> Option<Written> {
        let count = self.descriptors.len() + usize::from(binxml_follows);
        chunk.u32(u32::try_from(count).ok()?);
        for &(size, kind) in &self.descriptors {
            chunk.u16(u16::try_from(size).ok()?);
            chunk.u8(kind);
            chunk.u8(0);
        }
        let size_at = chunk.bytes.len();
        if binxml_follows {
            chunk.raw(&[0, 0, kind::BINXML, 0]);
        }
        let values_at = chunk.bytes.len();
        chunk.raw(&self.data);
        Some(Written { size_at, values_at })
    }
}

/// Where [`Values::write`] put things.
#[derive(Debug)]
pub(crate) struct Written {
    /// The u16 size of the BinXML value that follows.
    pub(crate) size_at: usize,
    /// The first value.
    pub(crate) values_at: usize,
}

fn extend_utf16(data: &mut Vec<u8>, text: &str) {
    if text.is_ascii() {
        data.extend(text.bytes().flat_map(|byte| [byte, 0]));
    } else {
        data.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    }
}
