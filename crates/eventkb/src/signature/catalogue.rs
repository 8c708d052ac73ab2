//! The catalogue document: what is known of events themselves, apart from any article.

use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use schemars::JsonSchema;

use super::model::LevelName;

/// The version of the catalogue format that this library reads.
pub const CATALOGUE_FORMAT: u32 = 1;

/// What is known of the events of one provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProviderEntry {
    /// Always 1; what tells a catalogue file from a signature.
    pub catalogue: u32,
    /// The provider's name as records spell it. A `*` at the end stands for any rest.
    pub provider: String,
    /// Other names of the same provider: its classic source, its name in exports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Those of them under which exports of today's logs write its records, so that signatures for
    /// the provider get them. An alias that is only the source of an older system is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exported_as: Vec<String>,
    /// The channel of events that name none of their own.
    pub channel: String,
    /// Its events.
    pub events: Vec<EventEntry>,
}

/// What is known of one event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventEntry {
    /// Event ID.
    pub id: u16,
    /// Its usual level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<LevelName>,
    /// The channel, where it is not the provider's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// What the insertion strings are called, in order; `""` for one without a name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// The same for records that have exactly as many strings, where builds differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layouts: Vec<Layout>,
    /// The event as a sentence in own words; `{2}` is string 2, `{code}` the value of that name.
    pub sentence: String,
    /// How to read strings out of the message text, for exports that carry text but no strings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from_text: Vec<FromText>,
    /// Which values are codes, and of which table: `{"error": "win32"}`. Keys are names of values
    /// or positions.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub codes: std::collections::BTreeMap<String, CodeTable>,
    /// Where the facts come from, and how certain they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Names for the strings of records that have exactly this many of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// A word on which builds write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// One name for each string, in order.
    pub values: Vec<String>,
}

/// Reads one string out of a message text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FromText {
    /// The position the value has among the insertion strings, counted from 1.
    pub string: usize,
    /// A regular expression with exactly one capture group, which is the value.
    pub pattern: String,
    /// The value, where the text says it in words: `1053` for the sentence that Windows has for it.
    /// The group then only says where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gives: Option<String>,
}

/// A table of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CodeTable {
    /// Win32 error codes: `%%1053`, `5`, and HRESULTs of facility 7.
    Win32,
    /// NTSTATUS: `0xC000006D`.
    Ntstatus,
    /// HRESULT: `0x80240017`, `-2147024891`.
    Hresult,
    /// Stop codes: `0x0000009F`.
    Bugcheck,
    /// TLS alerts: `40`, `70`.
    TlsAlert,
    /// Kerberos error codes: `0x18`.
    Kerberos,
    /// Winsock errors: `10061`.
    Winsock,
    /// LDAP and directory service result codes: `49`, `8453`.
    Directory,
    /// Error numbers of the Jet/ESE database engine: `-1018`.
    Ese,
}

/// The words of one table of codes, as its file has them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CodeFile {
    /// Always 1; what tells a file of codes from others.
    pub codes: u32,
    /// Which table.
    pub table: CodeTable,
    /// Code as written (`"5"`, `"0xC000006D"`, `"-1018"`) to its name and a few own words.
    pub entries: std::collections::BTreeMap<String, CodeEntry>,
}

/// One code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CodeEntry {
    /// Its symbolic name, such as `ERROR_ACCESS_DENIED`.
    pub name: String,
    /// What it means, in a few own words without a full stop.
    pub says: String,
}
