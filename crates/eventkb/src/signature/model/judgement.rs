//! Words with which a signature asks and a report answers: how bad, how sure, whether the cause shows.

use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use schemars::JsonSchema;

/// How well a signature explains the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The evidence speaks against it.
    RuledOut,
    /// Its core is there, or all of it with other values.
    Possible,
    /// Its core and more is there, and nothing contradicts.
    Likely,
    /// Everything the article describes is there.
    Match,
}

impl Verdict {
    /// The name used in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Match => "match",
            Verdict::Likely => "likely",
            Verdict::Possible => "possible",
            Verdict::RuledOut => "ruled_out",
        }
    }
}

/// What kind of thing an article is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Something is wrong.
    #[default]
    Problem,
    /// Worth knowing: an announcement, an audit, a warning of what is to come.
    Notice,
    /// By design: the article says to ignore it.
    Harmless,
}

impl Standing {
    /// The name used in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Problem => "problem",
            Standing::Notice => "notice",
            Standing::Harmless => "harmless",
        }
    }

    pub(super) fn is_problem(&self) -> bool {
        *self == Standing::Problem
    }
}

/// How bad a problem is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Data or service is lost.
    Critical,
    /// A function stops working.
    High,
    /// A function works badly.
    #[default]
    Medium,
    /// A nuisance.
    Low,
}

impl Severity {
    /// The name used in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
        }
    }
}

/// What the logs say about the article's cause, apart from its symptoms.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CauseState {
    /// The logs show the cause itself.
    Confirmed,
    /// The logs cannot tell.
    #[default]
    Unknown,
    /// The logs show something else in its place.
    Contradicted,
}

impl CauseState {
    /// The name used in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            CauseState::Confirmed => "confirmed",
            CauseState::Contradicted => "contradicted",
            CauseState::Unknown => "unknown",
        }
    }
}
