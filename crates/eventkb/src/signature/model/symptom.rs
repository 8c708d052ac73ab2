//! Symptoms: which events, how much they say, what else must be so around them.

use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use schemars::JsonSchema;

use super::condition::{Capture, Condition};
use super::is_false;

/// How much a symptom says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Without it, it is another problem.
    Core,
    /// Points to this article and few others.
    Strong,
    /// Goes with it, and with many others.
    Supporting,
    /// Not evidence itself: an event that conditions of other symptoms or rules refer to.
    Context,
}

impl Role {
    /// The name used in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Core => "core",
            Role::Strong => "strong",
            Role::Supporting => "supporting",
            Role::Context => "context",
        }
    }
}

/// Which events are meant: one provider, one or several ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventSelector {
    /// The provider, compared ignoring case against the provider's and the event source's name. A
    /// `*` at the end stands for any rest (`MSSQL$*`); `*` alone for any provider.
    pub provider: String,
    /// Event ID, the low 16 bits of the 32-bit identifier: a number, a range such as
    /// `"17204-17210"`, or a list of both.
    pub id: Ids,
}

/// One or several event ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(untagged)]
pub enum Ids {
    /// A number.
    One(u16),
    /// A range such as `"17204-17210"`.
    Range(String),
    /// Several of both.
    Many(Vec<IdOrRange>),
}

/// An event id or a range of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(untagged)]
pub enum IdOrRange {
    /// A number.
    One(u16),
    /// A range such as `"17204-17210"`.
    Range(String),
}

/// One event the article names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Symptom {
    /// Id within the signature, such as `rpc_error`.
    pub id: String,
    /// What the event is, in a few own words.
    pub description: String,
    /// The events that are this symptom: any of them.
    pub events: Vec<EventSelector>,
    /// How much it says.
    pub role: Role,
    /// The event is the article's own: nothing else writes it. Lets a symptom without conditions
    /// count for more than `possible`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub own: bool,
    /// Which of the `sides` logs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
    /// Where it may sit. Default: on the computer of the occurrence.
    #[serde(default, skip_serializing_if = "Locality::is_same")]
    pub locality: Locality,
    /// Accepted levels; none given means any. Real logs disagree with articles about levels, so
    /// ask for one only where it separates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub level: Vec<LevelName>,
    /// Accepted categories, by name or number; none given means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub category: Vec<Category>,
    /// The log it is in, where the catalogue does not say or says another one. Decides where an
    /// absent event would have been; never whether an event counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Conditions on its values; all must hold. An event with the right id that fails one of them
    /// *contradicts* the symptom.
    #[serde(default, skip_serializing_if = "Vec::is_empty", rename = "where")]
    pub conditions: Vec<Condition>,
    /// Values to keep: for joining, for relations and to be shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capture: Vec<Capture>,
    /// What else must be so around an event for it to count. All must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_if: Vec<Qualifier>,
    /// A note on the event for the reader of a report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Where a symptom may sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Locality {
    /// On the computer of the occurrence, within `window_s`.
    #[default]
    SameComputer,
    /// On any computer of the collection, within `across_window_s`.
    AnyComputer,
}

impl Locality {
    pub(super) fn is_same(&self) -> bool {
        *self == Locality::SameComputer
    }
}

/// A level by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LevelName {
    /// 1
    Critical,
    /// 2
    Error,
    /// 3
    Warning,
    /// 4, and 0 in classic logs
    Information,
    /// 5
    Verbose,
}

impl LevelName {
    /// Whether a record's level number is this level.
    pub fn is(self, level: u8) -> bool {
        match self {
            LevelName::Critical => level == 1,
            LevelName::Error => level == 2,
            LevelName::Warning => level == 3,
            LevelName::Information => level == 4 || level == 0,
            LevelName::Verbose => level == 5,
        }
    }

    /// The number that records hold.
    pub fn number(self) -> u8 {
        match self {
            LevelName::Critical => 1,
            LevelName::Error => 2,
            LevelName::Warning => 3,
            LevelName::Information => 4,
            LevelName::Verbose => 5,
        }
    }
}

/// A category by name, by number, or both: raw logs hold the number, exports the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Name, compared ignoring case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u16>,
}

/// What else must be so around an event for it to count as found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Qualifier {
    /// It is one of at least this many events of the symptom within a time, on one computer and
    /// about one object.
    Count(CountAtLeast),
    /// Within this time after a start of its computer.
    AtStart(Within),
    /// Within this time of a shutdown of its computer, before or after.
    AtShutdown(Within),
    /// An event of another symptom, fitting its object, within this time before it.
    PrecededBy(Neighbour),
    /// An event of another symptom, fitting its object, within this time after it.
    FollowedBy(Neighbour),
    /// No such event before it, though the logs cover the time.
    NotPrecededBy(Neighbour),
    /// No such event after it, though the logs cover the time: what began has not ended.
    NotFollowedBy(Neighbour),
}

/// A number of events within a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CountAtLeast {
    /// How many.
    pub at_least: u64,
    /// Seconds.
    pub within_s: u64,
}

/// A time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Within {
    /// Seconds.
    pub within_s: u64,
}

/// Another symptom within a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Neighbour {
    /// The other symptom's id.
    pub symptom: String,
    /// Seconds.
    pub within_s: u64,
}
