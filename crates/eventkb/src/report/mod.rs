//! The report: the one document between the engine and everything that shows it.
//!
//! It is plain typed data, can be written as JSON and read back, and its field names are a contract
//! (`docs/report.md`). Reasons are enums with fields; the words for them are made by whoever shows
//! the report (`eventkb-render`), never here. The only sentences in it are those that authors of
//! signatures wrote. Readers should treat every field as optional and accept new ones. Times are
//! RFC 3339 in UTC.

mod evidence;
mod finding;
mod reason;
mod redaction;
mod timeline;

pub use eventkb_logs::account::{Ignored, Input, LogSpan, RecordGap, SourceCount};
pub use eventkb_logs::event::Trust;
pub use eventkb_logs::filter::Scope;
pub use eventkb_logs::integrity::{Defect, DefectCode};
pub use evidence::{
    Answer, Citation, ConditionReport, EventRef, Group, ObjectSeen, Side, SymptomReport,
    SymptomState, TimelineEntry, ValueSeen,
};
pub use finding::{
    CauseReport, Explanation, Finding, FixReport, NearMiss, Ranking, RivalReport, RivalStanding,
    SignatureRef, VerdictCounts,
};
pub use reason::{
    Absence, CauseEvidence, CauseReason, ContextMissing, Doubt, LeadReason, NameCompared, NamedAs,
    RankingReason, RuleNode, RuleOp, Unmet, VerdictReason,
};
pub use redaction::{NameKind, Redaction, Remaining, Replaced};
pub use timeline::{
    GapKind, Lane, MarkKind, TimeSpan, Timeline, TimelineGap, TimelineMark, TimelineWindow,
};

pub use crate::signature::model::{CauseState, Severity, Standing, Verdict};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Version of the report's shape; grows when a field changes its meaning or goes away.
pub const REPORT_VERSION: u32 = 2;

/// Everything one scan found out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// See [`REPORT_VERSION`].
    pub report_version: u32,
    /// The program that made it.
    pub tool: Tool,
    /// The signatures that were asked.
    pub signatures: SignatureCount,
    /// What was left out on request.
    #[serde(default, skip_serializing_if = "Scope::is_everything")]
    pub scope: Scope,
    /// Reading was stopped before its end: what follows is about the part that was read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
    /// Best first; `ruled_out` last.
    pub findings: Vec<Finding>,
    /// What harmless findings explain, summed up.
    #[serde(default)]
    pub harmless: HarmlessSum,
    /// Articles of an index that name unexplained events, best first.
    #[serde(default)]
    pub leads: Vec<Lead>,
    /// Signatures that share telling evidence but reach no verdict, closest first.
    #[serde(default)]
    pub near_misses: Vec<NearMiss>,
    /// The most frequent errors and warnings that no finding explains.
    #[serde(default)]
    pub unexplained: Vec<Unexplained>,
    /// Further kinds of unexplained errors and warnings that are not listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unexplained_more: u64,
    /// They were not counted, because nobody wanted it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unexplained_not_counted: bool,
    /// Signatures whose whole logic was asked for, whatever came out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explained: Vec<Explanation>,
    /// Starts, stops, cleared logs, clock changes and updates, in order of time; bounded.
    #[serde(default)]
    pub landmarks: Vec<Landmark>,
    /// What happened on which computer, on one axis; only where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Timeline>,
    /// Which logs cover which computer, and when.
    #[serde(default)]
    pub coverage: Vec<LogSpan>,
    /// What was read, in the order of paths.
    pub inputs: Vec<Input>,
    /// What was found and left alone, and why.
    #[serde(default)]
    pub ignored: Vec<Ignored>,
    /// Sums over all inputs.
    #[serde(default)]
    pub totals: Totals,
    /// Names were replaced by stand-ins: which kinds, and what may remain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redaction: Option<Redaction>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The program behind a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tool {
    /// `eventkb`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// How many signatures were asked, and where they came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SignatureCount {
    /// All of them.
    pub count: usize,
    /// Of those, the ones of the built-in pack.
    #[serde(default)]
    pub built_in: usize,
}

/// What harmless findings explain, summed up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HarmlessSum {
    /// Findings that say so.
    pub findings: u64,
    /// Events that they explain.
    pub events: u64,
}

/// An article that names events which nothing explains: no verdict, a place to read on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Lead {
    /// The article.
    pub article: ArticleRef,
    /// The events of the collection that it names.
    pub events: Vec<EventRef>,
    /// Why it is offered, weightiest first.
    pub reasons: Vec<LeadReason>,
    /// Other leads that are as good as this one.
    #[serde(default)]
    pub equals: u64,
    /// Larger is better; comparable within one report only.
    #[serde(default)]
    pub score: f64,
}

/// An article of an index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ArticleRef {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Path or address.
    pub source: String,
}

impl ArticleRef {
    /// An article.
    pub fn new(id: impl Into<String>, title: impl Into<String>, source: impl Into<String>) -> Self {
        ArticleRef {
            id: id.into(),
            title: title.into(),
            source: source.into(),
        }
    }
}

/// A frequent error or warning that no finding explains.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unexplained {
    /// Provider as the first record spells it.
    pub provider: String,
    /// Event ID.
    pub event_id: u16,
    /// 1 critical, 2 error, 3 warning.
    pub level: u8,
    /// How many.
    pub count: u64,
    /// First time.
    pub first: Option<Timestamp>,
    /// Last time.
    pub last: Option<Timestamp>,
    /// Computers, sorted, a bounded number of them.
    pub computers: Vec<String>,
    /// The catalogue's sentence for its most frequent form, filled with that form's values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// Its values, most varied ones left out: which services, codes, users.
    #[serde(default)]
    pub values: Vec<ValueCounts>,
    /// One record of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Citation>,
    /// Ids of leads that name it, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leads: Vec<String>,
}

/// How often a value of an event has which content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ValueCounts {
    /// The catalogue's or the record's own name of it; a position where there is none.
    pub name: String,
    /// The most frequent contents.
    pub top: Vec<ValueCount>,
    /// Different contents seen.
    pub distinct: u64,
    /// There are more than were kept apart: counts and `distinct` are lower bounds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}

/// One content of a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ValueCount {
    /// As written.
    pub value: String,
    /// What it means, where it is a code that the tables know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// How often.
    pub count: u64,
}

/// Something that happened to a computer or a log, whatever the signatures ask.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Landmark {
    /// When.
    pub time: Timestamp,
    /// Whose.
    pub computer: String,
    /// What.
    #[serde(flatten)]
    pub what: LandmarkKind,
}

/// Kinds of landmarks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LandmarkKind {
    /// The computer started.
    Start,
    /// It shut down in order.
    Stop,
    /// It had not shut down in order before this start.
    UncleanStop,
    /// The operating system's version as a start shows it.
    Version {
        /// Build, such as `17763`.
        build: u32,
    },
    /// A log was cleared.
    Cleared {
        /// Which one.
        channel: String,
    },
    /// The clock was set.
    TimeChanged {
        /// By how many seconds, where both times are given.
        by_s: Option<i64>,
    },
    /// An update was installed.
    Update {
        /// Its id, such as `KB5034439`.
        id: String,
    },
}

/// Sums over all inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Totals {
    /// Files read.
    pub files: u64,
    /// Files that could not be read at all.
    pub failed_files: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Records read.
    pub records_read: u64,
    /// Stale records found.
    pub records_recovered: u64,
    /// Records lost.
    pub records_lost: u64,
    /// Records that were there twice and counted once.
    pub records_duplicate: u64,
    /// First event.
    pub first: Option<Timestamp>,
    /// Last event.
    pub last: Option<Timestamp>,
}

impl Report {
    /// The best finding, `ruled_out` not counted.
    pub fn best(&self) -> Option<&Finding> {
        self.findings
            .iter()
            .find(|finding| finding.verdict >= Verdict::Possible)
    }

    /// The finding of a signature, if it has one; ids compare ignoring case.
    pub fn finding(&self, id: &str) -> Option<&Finding> {
        self.findings
            .iter()
            .find(|finding| finding.signature.id.eq_ignore_ascii_case(id))
    }

    /// Whether something may be missing because of damage or unreadable files.
    pub fn may_hide_something(&self) -> bool {
        self.totals.failed_files > 0
            || self.totals.records_lost > 0
            || self.inputs.iter().any(|input| {
                input
                    .defects
                    .iter()
                    .any(|defect| defect.code.may_hide_records())
            })
    }
}
