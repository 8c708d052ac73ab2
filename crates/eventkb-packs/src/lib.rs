//! The knowledge that comes with eventkb, as data: signatures, the catalogue of events, tables of
//! codes, examples. This crate knows nobody and reads nothing; `eventkb` makes sense of it.
//!
//! The statics below are gathered from the crate's folders when it is built, with as much of each
//! file's head as an index needs, so that a program that embeds them need not parse them to start.
#![forbid(unsafe_code)]

/// One signature: what an index needs, and the document.
#[derive(Debug, Clone, Copy)]
pub struct SignatureData {
    /// The article's id.
    pub id: &'static str,
    /// The folder it stands in.
    pub family: &'static str,
    /// Its title.
    pub title: &'static str,
    /// `problem`, `notice` or `harmless`.
    pub standing: &'static str,
    /// `critical`, `high`, `medium` or `low`.
    pub severity: &'static str,
    /// Its revision.
    pub revision: u32,
    /// Products with their versions, such as `Exchange Server 5.0, 5.5`.
    pub products: &'static [&'static str],
    /// The events of its symptoms: provider as written, first and last id.
    pub symptoms: &'static [(&'static str, u16, u16)],
    /// Every event that any part of it asks for: provider in lower case (with a `*` at the end for
    /// any rest), first and last id.
    pub events: &'static [(&'static str, u16, u16)],
    /// The JSON document.
    pub text: &'static str,
}

/// What is known of the events of one provider.
#[derive(Debug, Clone, Copy)]
pub struct CatalogueData {
    /// The provider's name and its aliases, in lower case.
    pub providers: &'static [&'static str],
    /// Those of them under which exports write its records, in lower case.
    pub exported_as: &'static [&'static str],
    /// The JSON document.
    pub text: &'static str,
}

/// One table of codes.
#[derive(Debug, Clone, Copy)]
pub struct CodesData {
    /// Its name, such as `win32`.
    pub table: &'static str,
    /// The JSON document.
    pub text: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/pack.rs"));

/// All signatures, by family and id.
pub fn signatures() -> &'static [SignatureData] {
    SIGNATURES
}

/// The catalogue, by provider.
pub fn catalogue() -> &'static [CatalogueData] {
    CATALOGUE
}

/// All tables of codes.
pub fn codes() -> &'static [CodesData] {
    CODES
}

/// The examples of all signatures: id and JSON document.
pub fn examples() -> &'static [(&'static str, &'static str)] {
    EXAMPLES
}
