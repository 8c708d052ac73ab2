//! How events become occurrences, and occurrences verdicts.

use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use schemars::JsonSchema;

use super::condition::{Capture, Condition};
use super::judgement::CauseState;
use super::symptom::{EventSelector, Locality};

/// How events are joined to occurrences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Join {
    /// Captures that name what an occurrence is about (a connector, service, disk, update,
    /// account): events that differ in one never share an occurrence. Events that do not carry it
    /// go with the nearest occurrence, but for those of the anchor symptom: they begin one of their
    /// own. The report lists these objects.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<String>,
    /// Further captures that must agree within an occurrence; not listed as objects.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same: Vec<String>,
    /// Seconds between the first and the last event of one occurrence on its computer.
    pub window_s: u64,
    /// Seconds between an occurrence and an event of another computer, clock skew included.
    pub across_window_s: u64,
    /// Symptoms around which occurrences are built, most telling first. Default: by role.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub anchor: Vec<String>,
    /// Seconds of silence after which the anchor event begins a new occurrence.
    pub attempt_gap_s: u64,
    /// Name of the capture by which an event names the other computer. An event that names a
    /// third computer of the collection is not joined across computers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
}

impl Default for Join {
    fn default() -> Self {
        // 600 s is the MTA's default Open Interval (Q150927) and as much as services, updates and
        // cluster resources take between an attempt and its last complaint; 900 s adds clock skew.
        Join {
            objects: Vec::new(),
            same: Vec::new(),
            window_s: 600,
            across_window_s: 900,
            anchor: Vec::new(),
            attempt_gap_s: 60,
            peer: None,
        }
    }
}

impl Join {
    pub(super) fn is_default(&self) -> bool {
        *self == Join::default()
    }
}

/// One rule for each verdict, tried from the top; the first that holds is the verdict.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Verdicts {
    /// Everything the article describes.
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none")]
    pub full: Option<Rule>,
    /// The core and more, and nothing against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likely: Option<Rule>,
    /// The core, or all of it with other values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub possible: Option<Rule>,
}

/// Logic over the symptoms of one occurrence. A symptom that was not seen is *absent*, which is
/// no contradiction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// Every part holds.
    All(Vec<Rule>),
    /// At least one part holds.
    Any(Vec<Rule>),
    /// The part does not hold.
    Not(Box<Rule>),
    /// All these symptoms were found, with the values they ask for.
    Found(Vec<String>),
    /// At least `count` of these symptoms were found.
    AtLeast {
        /// How many.
        count: usize,
        /// Of which.
        of: Vec<String>,
    },
    /// All these events are there, whatever their values.
    Seen(Vec<String>),
    /// At least one of these is there only with other values than it asks for.
    Contradicted(Vec<String>),
    /// None of these was seen, though undamaged logs cover the place and the time.
    Absent(Vec<String>),
    /// This comparison holds.
    Relation(String),
    /// The cause check has this result.
    Cause(CauseState),
}

/// A comparison of captured values, each written `symptom.capture`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// Id within the signature.
    pub id: String,
    /// One value.
    pub left: String,
    /// How it compares.
    pub is: Comparison,
    /// The other value.
    pub right: String,
    /// What it means when it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
}

/// How two values compare. Numbers compare as numbers, other texts ignoring case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The same.
    Same,
    /// Not the same.
    Different,
    /// Both are numbers, the left one is smaller.
    Less,
    /// Both are numbers, the left one is larger.
    Greater,
}

/// Another event that speaks against this article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RuleOut {
    /// Id within the signature.
    pub id: String,
    /// What the event shows, in a few own words.
    pub reason: String,
    /// The events.
    pub events: Vec<EventSelector>,
    /// Where it may sit. Default: on the computer of the occurrence.
    #[serde(default, skip_serializing_if = "Locality::is_same")]
    pub locality: Locality,
    /// Conditions; all must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty", rename = "where")]
    pub conditions: Vec<Condition>,
    /// Values to keep for joining.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capture: Vec<Capture>,
    /// It does not speak against the article where this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<Rule>,
    /// The article that explains the event better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better: Option<String>,
}

/// An article that is easily confused with this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rival {
    /// Its id.
    pub id: String,
    /// The fact that tells the two apart, in a sentence.
    pub difference: String,
    /// What to look at, or to ask for, when the logs leave it open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// It is the general article and this one a special case of it: where both match the same
    /// records, it is `likely` only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub general: bool,
}
