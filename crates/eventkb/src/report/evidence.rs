//! The evidence of a finding: symptoms, records, values, objects, the order of events.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::reason::Absence;
use super::{Trust, Verdict};
use crate::signature::model::Condition;

/// What became of one symptom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SymptomState {
    /// Seen, with the values the article gives.
    Found,
    /// Looked for in a log that could have held it, and not there.
    NotFound,
    /// The event is there, with other values.
    Contradicted,
    /// The event is there with its values, but not often, early or alone enough.
    Unqualified,
    /// The collection cannot say.
    NotCheckable,
}

impl SymptomState {
    /// The name used in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            SymptomState::Found => "found",
            SymptomState::NotFound => "not_found",
            SymptomState::Contradicted => "contradicted",
            SymptomState::Unqualified => "unqualified",
            SymptomState::NotCheckable => "not_checkable",
        }
    }
}

/// A kind of event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventRef {
    /// Provider.
    pub provider: String,
    /// Event ID.
    pub event_id: u16,
}

/// What became of one symptom, with the records that prove it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SymptomReport {
    /// The symptom's id within the signature.
    pub id: String,
    /// What became of it.
    pub state: SymptomState,
    /// `core`, `strong`, `supporting` or `context`.
    #[serde(default)]
    pub role: String,
    /// The part of the pattern that logs it, if the signature says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
    /// Provider of the evidence, else the first of the alternatives.
    pub provider: String,
    /// Event ID of the evidence, else the first of the alternatives.
    pub event_id: u16,
    /// What the event is, the author's words.
    #[serde(default)]
    pub description: String,
    /// The conditions, and what became of each in the first record of the evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<ConditionReport>,
    /// Why it is not found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absence: Option<Absence>,
    /// How many times it was seen in the counted occurrences.
    pub count: u64,
    /// First time.
    #[serde(default)]
    pub first: Option<Timestamp>,
    /// Last time.
    #[serde(default)]
    pub last: Option<Timestamp>,
    /// Values read from the first record, with their meaning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<ValueSeen>,
    /// Proof: bounded; `count` says how many there are.
    pub citations: Vec<Citation>,
    /// The author's note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It holds.
    Yes,
    /// The record does not carry the value.
    Unknown,
    /// It does not hold.
    No,
}

/// One condition of a symptom, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConditionReport {
    /// As the signature has it.
    pub condition: Condition,
    /// Whether it holds; `None` where no record was there to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<Answer>,
    /// The value that was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
}

/// A value read from a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ValueSeen {
    /// Its name, or its position in digits.
    pub name: String,
    /// The value as the record spells it.
    pub value: String,
    /// What it means, where the signature or a table of codes knows: "access denied".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
}

/// The proof: one record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Citation {
    /// The file, with the path inside an archive.
    pub file: String,
    /// The event's own record id.
    pub record_id: Option<u64>,
    /// When.
    pub time: Option<Timestamp>,
    /// On which computer.
    pub computer: Option<String>,
    /// All insertion strings, in order.
    pub strings: Vec<String>,
    /// Byte offset in the file, where the format has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// How far the bytes can be believed.
    #[serde(default)]
    pub trust: Trust,
    /// The values were read from the message text, because the export carries no strings.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub from_text: bool,
}

/// What occurrences are about: a connector, service, disk, volume, update, account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ObjectSeen {
    /// The signature's word for it, such as `service`.
    pub kind: String,
    /// As the records spell it.
    pub name: String,
    /// Occurrences about it.
    pub count: u64,
    /// First event.
    pub first: Option<Timestamp>,
    /// Last event.
    pub last: Option<Timestamp>,
    /// Computers, sorted, a bounded number of them.
    #[serde(default)]
    pub computers: Vec<String>,
}

/// The part a group of computers plays in the pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Side {
    /// Name of the part, such as `caller`.
    pub name: String,
    /// What it does, the author's words.
    pub description: String,
    /// Computers seen in it; empty when its log is not in the collection.
    pub computers: Vec<String>,
}

/// All occurrences on one computer with one key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Group {
    /// The computer the pattern was judged on.
    pub computer: String,
    /// The key that joins the events, as `(capture, value)`; empty when no event carried it.
    #[serde(default)]
    pub key: Vec<(String, String)>,
    /// Best verdict within the group.
    pub verdict: Verdict,
    /// How many occurrences.
    pub occurrences: u64,
    /// First event.
    pub first: Option<Timestamp>,
    /// Last event.
    pub last: Option<Timestamp>,
}

/// One event of the best occurrence, placed against the anchor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TimelineEntry {
    /// The symptom's id.
    pub symptom: String,
    /// Provider.
    #[serde(default)]
    pub provider: String,
    /// Event ID.
    pub event_id: u16,
    /// On which computer.
    pub computer: String,
    /// When.
    pub time: Option<Timestamp>,
    /// Seconds after (or, negative, before) the anchor event.
    pub delta_s: Option<f64>,
    /// Seconds that the join allows.
    pub window_s: u64,
    /// This event is the anchor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anchor: bool,
    /// The catalogue's sentence, filled with the record's values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
}
