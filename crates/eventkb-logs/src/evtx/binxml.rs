//! Tokens and value types of binary XML, as all that walk over it name them.

/// Set in a token when more follows: attributes behind a start tag or an attribute, parts behind a
/// part of a value.
pub(super) const MORE: u8 = 0x40;

/// Ends a fragment or a definition.
pub(super) const END_OF_FRAGMENT: u8 = 0x00;
/// `<name`, followed by the element's dependency (in definitions), size, name, and the size of its
/// attributes where it has [`MORE`].
pub(super) const START_ELEMENT: u8 = 0x01;
/// `>`.
pub(super) const CLOSE_START_TAG: u8 = 0x02;
/// `/>`.
pub(super) const CLOSE_EMPTY_ELEMENT: u8 = 0x03;
/// `</name>`.
pub(super) const END_ELEMENT: u8 = 0x04;
/// Text that stands here.
pub(super) const VALUE_TEXT: u8 = 0x05;
/// An attribute's name.
pub(super) const ATTRIBUTE: u8 = 0x06;
/// A character by its number.
pub(super) const CHARACTER: u8 = 0x08;
/// An entity such as `&amp;`.
pub(super) const ENTITY: u8 = 0x09;
/// An instance of a template: where its definition stands, and values.
pub(super) const TEMPLATE_INSTANCE: u8 = 0x0c;
/// One of the record's values.
pub(super) const SUBSTITUTION: u8 = 0x0d;
/// One of the record's values, left out with what is around it where it is empty.
pub(super) const OPTIONAL_SUBSTITUTION: u8 = 0x0e;
/// Begins a fragment: two version numbers and flags follow.
pub(super) const FRAGMENT: u8 = 0x0f;

/// Bytes of a fragment's beginning, its token among them.
pub(super) const FRAGMENT_BYTES: usize = 4;

/// Types of values.
pub(super) mod kind {
    pub(in crate::evtx) const NULL: u8 = 0x00;
    /// UTF-16.
    pub(in crate::evtx) const STRING: u8 = 0x01;
    /// Text in a code page.
    pub(in crate::evtx) const ANSI: u8 = 0x02;
    pub(in crate::evtx) const I8: u8 = 0x03;
    pub(in crate::evtx) const U8: u8 = 0x04;
    pub(in crate::evtx) const I16: u8 = 0x05;
    pub(in crate::evtx) const U16: u8 = 0x06;
    pub(in crate::evtx) const I32: u8 = 0x07;
    pub(in crate::evtx) const U32: u8 = 0x08;
    pub(in crate::evtx) const I64: u8 = 0x09;
    pub(in crate::evtx) const U64: u8 = 0x0a;
    pub(in crate::evtx) const BOOL: u8 = 0x0d;
    pub(in crate::evtx) const BINARY: u8 = 0x0e;
    pub(in crate::evtx) const GUID: u8 = 0x0f;
    pub(in crate::evtx) const FILETIME: u8 = 0x11;
    pub(in crate::evtx) const SYSTEMTIME: u8 = 0x12;
    pub(in crate::evtx) const SID: u8 = 0x13;
    /// A number shown in hex.
    pub(in crate::evtx) const HEX32: u8 = 0x14;
    pub(in crate::evtx) const HEX64: u8 = 0x15;
    /// A fragment of its own.
    pub(in crate::evtx) const BINXML: u8 = 0x21;
    /// UTF-16 texts, each ended by a zero.
    pub(in crate::evtx) const STRING_ARRAY: u8 = 0x81;
}
