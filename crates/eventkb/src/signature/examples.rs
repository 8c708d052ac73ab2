//! Examples of a signature: logs in short, and what must come out. They stand in a file beside the
//! signature (`ID.examples.json`), so that nothing parses them at run time.

use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use schemars::JsonSchema;

use super::model::CauseState;
use super::model::{Category, LevelName};

/// The file of examples beside a signature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// The signature's id.
    pub examples_of: String,
    /// Logs it must match and logs it must not match.
    pub examples: Vec<Example>,
}

/// A log in short, and the verdict wanted for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// The verdict this signature must reach; `none` when it must not be reported at all.
    pub verdict: ExampleVerdict,
    /// The result of the cause check, where it matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<CauseState>,
    /// The objects of the finding, where they matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objects: Option<Vec<String>>,
    /// How many occurrences the finding counts, where it matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurrences: Option<u64>,
    /// For a near miss: the rival that must come first when all signatures of the pack are asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better: Option<String>,
    /// The events, in any order.
    pub events: Vec<EventNote>,
}

/// A wanted verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExampleVerdict {
    /// `match`
    Match,
    /// `likely`
    Likely,
    /// `possible`
    Possible,
    /// `ruled_out`
    RuledOut,
    /// Not reported.
    None,
    /// Either `ruled_out` or not reported: it must not be offered as an explanation.
    NotOffered,
}

/// One event, written small: the notation of examples, fixtures and tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventNote {
    /// Seconds after the start of the example; may be negative, may have a fraction.
    #[serde(default)]
    pub at_s: f64,
    /// Computer. Default `SRV01`.
    #[serde(default = "srv01")]
    pub computer: String,
    /// Provider.
    pub provider: String,
    /// Event ID.
    pub event_id: u16,
    /// Level. Default: the catalogue's, else `error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<LevelName>,
    /// Channel. Default: the catalogue's, else `Application`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Insertion strings. With `named` and no `strings`, the named values in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strings: Option<Vec<String>>,
    /// Named values, in order: a list of pairs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<(String, String)>,
    /// The rendered message, for what comes of an export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The record's own id; events without one are numbered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_id: Option<u64>,
    /// SID of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_sid: Option<String>,
    /// Process that wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process_id: Option<u32>,
    /// Keywords.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keywords: Option<u64>,
    /// Opcode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opcode: Option<u8>,
    /// Binary data in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary: Option<String>,
    /// The same event again: this many in all, `every_s` apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// Seconds between repetitions. Default 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_s: Option<f64>,
    /// The record was recovered from space that the log no longer counts as its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recovered: bool,
}

fn srv01() -> String {
    "SRV01".into()
}
