//! How the cause itself can be seen in the logs.

use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use schemars::JsonSchema;

use super::condition::{Capture, Condition, Encoding};
use super::symptom::EventSelector;

/// One way to see the cause itself in the logs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CauseCheck {
    /// Names of computers, as events give them, against the computers of the collection.
    ComputerNames(ComputerNameCheck),
    /// An event near the occurrence, on one of its computers, with these values.
    Event(EventCheck),
    /// An event that would have to be near the occurrence and is not, though the logs cover it.
    Absence(AbsenceCheck),
}

/// A comparison of names of computers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ComputerNameCheck {
    /// Where events give the name of another computer.
    pub names: Vec<NameSource>,
    /// Where events give the true name of the computer that wrote them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_names: Vec<NameSource>,
    /// The results that confirm the cause.
    pub confirmed_by: Vec<NameResult>,
    /// The results that speak against it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contradicted_by: Vec<NameResult>,
    /// What a confirmation means, in a sentence.
    pub confirmed: String,
    /// What a contradiction means, in a sentence.
    pub contradicted: String,
    /// What to do when the logs cannot tell, in a sentence.
    pub unknown: String,
}

/// How a name compares with a computer of the collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NameResult {
    /// Letter by letter the same.
    Equal,
    /// The same but for case.
    CaseOnly,
    /// Another name.
    Different,
}

impl NameResult {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            NameResult::Equal => "equal",
            NameResult::CaseOnly => "case_only",
            NameResult::Different => "different",
        }
    }
}

/// Where an event gives a computer's name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NameSource {
    /// The events.
    pub events: Vec<EventSelector>,
    /// The string at this position, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string: Option<usize>,
    /// The value of this name, as in a condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Only in records with exactly this many strings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strings: Option<usize>,
    /// The one capture group of this regular expression. Without `string` or `value`, it is tried
    /// on every string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// The same for the message text of exports that carry no strings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_text: Option<String>,
    /// How the name is written.
    #[serde(default, skip_serializing_if = "Encoding::is_text")]
    pub encoding: Encoding,
}

/// What a check proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Proves {
    /// The cause is what the article says.
    Confirmed,
    /// It is something else.
    Contradicted,
}

/// An event that proves or disproves the cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventCheck {
    /// The events.
    pub events: Vec<EventSelector>,
    /// Conditions; all must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty", rename = "where")]
    pub conditions: Vec<Condition>,
    /// Values to keep; those named in `join` must fit the occurrence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capture: Vec<Capture>,
    /// Seconds before the first or after the last event of the occurrence. Default: the
    /// signature's `across_window_s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_s: Option<u64>,
    /// What it proves.
    pub proves: Proves,
    /// What that means, in a sentence.
    pub says: String,
}

/// An event whose absence proves or disproves the cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AbsenceCheck {
    /// The events.
    pub events: Vec<EventSelector>,
    /// Conditions; all must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty", rename = "where")]
    pub conditions: Vec<Condition>,
    /// The log they would be in, where the catalogue does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Seconds before the first or after the last event of the occurrence. Default: the
    /// signature's `across_window_s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_s: Option<u64>,
    /// What it proves.
    pub proves: Proves,
    /// What that means, in a sentence.
    pub says: String,
}
