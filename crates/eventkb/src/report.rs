//! The report: the one document between the engine and everything that shows it.
//!
//! It is plain data, can be written as JSON and read back, and its field names are a contract
//! (`docs/report.md`). Readers should treat every field as optional and accept new ones.
//! Times are RFC 3339 in UTC.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::Trust;
pub use eventkb_logs::account::{Ignored, Input, LogSpan, RecordGap, SourceCount};
pub use eventkb_logs::filter::Scope;

/// Version of the report's shape; grows when a field changes its meaning or goes away.
pub const REPORT_VERSION: u32 = 1;

/// Everything one scan found out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// Signatures that share some evidence but reach no verdict, closest first.
    #[serde(default)]
    pub near_misses: Vec<NearMiss>,
    /// The most frequent errors and warnings that no finding explains.
    #[serde(default)]
    pub unexplained: Vec<Unexplained>,
    /// They were not counted, because the dump is large and nobody asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unexplained_not_counted: bool,
    /// Signatures whose whole logic was asked for, whatever came out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explained: Vec<Explanation>,
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
}

/// The program behind a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `eventkb`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// How many signatures were asked, and where they came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureCount {
    /// All of them.
    pub count: usize,
    /// Of those, the ones compiled into the program.
    #[serde(default)]
    pub built_in: usize,
}

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
    /// The dump cannot say, and the reason says why.
    NotCheckable,
}

impl SymptomState {
    /// The name used in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            SymptomState::Found => "found",
            SymptomState::NotFound => "not_found",
            SymptomState::Contradicted => "contradicted",
            SymptomState::NotCheckable => "not_checkable",
        }
    }
}

/// What the logs say about the article's cause, apart from its symptoms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CauseState {
    /// The logs show the cause itself.
    Confirmed,
    /// The logs show something else in its place.
    Contradicted,
    /// The logs cannot tell.
    Unknown,
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

/// A signature as a finding names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SignatureRef {
    /// The article's id, such as `Q253307`.
    pub id: String,
    /// Revision of the signature.
    pub revision: u32,
    /// Title in our own words.
    pub title: String,
}

/// One signature with its verdict, evidence and doubts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which article.
    pub signature: SignatureRef,
    /// How well it explains the logs.
    pub verdict: Verdict,
    /// Why, in a sentence or two.
    pub reason: String,
    /// The cause check.
    pub cause: CauseReport,
    /// Separate attempts in which the pattern was seen.
    pub occurrences: u64,
    /// Computers that take part, sorted.
    pub computers: Vec<String>,
    /// First event of the evidence.
    pub first: Option<Timestamp>,
    /// Last event of the evidence.
    pub last: Option<Timestamp>,
    /// Who played which part.
    #[serde(default)]
    pub sides: Vec<Side>,
    /// Symptom by symptom, in the signature's order.
    pub symptoms: Vec<SymptomReport>,
    /// How the evidence was joined: one row per computer and key.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// The best occurrence, event by event.
    #[serde(default)]
    pub timeline: Vec<TimelineEntry>,
    /// Why this verdict should be taken with care.
    #[serde(default)]
    pub doubts: Vec<Doubt>,
    /// For `ruled_out`: the article that explains the evidence better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better: Option<String>,
    /// The closest other articles, and what separates them.
    #[serde(default)]
    pub rivals: Vec<RivalReport>,
    /// Why it stands where it stands in the list.
    #[serde(default)]
    pub ranking: Ranking,
    /// The cause in short, own words.
    #[serde(default)]
    pub cause_text: String,
    /// What to do, step by step.
    #[serde(default)]
    pub resolution: Vec<String>,
    /// What to ask the customer for.
    #[serde(default)]
    pub collect: Vec<String>,
    /// Further reading: article ids with a word on each.
    #[serde(default)]
    pub references: Vec<String>,
    /// The verdict's logic, met or not, for the best occurrence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tree: Vec<OutcomeNode>,
}

/// What a signature makes of the logs, asked for by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// The verdict; `None` when there is none, and then the one inside `finding` means nothing.
    pub verdict: Option<Verdict>,
    /// Everything there is to say.
    pub finding: Finding,
}

/// The result of the cause check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CauseReport {
    /// What the logs say.
    pub state: CauseState,
    /// Why, in a sentence.
    pub reason: String,
    /// The names that were compared.
    #[serde(default)]
    pub evidence: Vec<CauseEvidence>,
}

/// One comparison of the cause check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CauseEvidence {
    /// The name as the record spells it.
    pub name: String,
    /// The computer name it was compared with.
    pub compared_with: String,
    /// `equal`, `case_only` or `different`.
    pub result: String,
    /// Where the name was read.
    pub citation: Citation,
}

/// The part a group of computers plays in the pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// Name of the part, such as `caller`.
    pub name: String,
    /// What it does, in a few words.
    pub description: String,
    /// Computers seen in it; empty when its log is not in the dump.
    pub computers: Vec<String>,
}

/// What became of one symptom, with the records that prove it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SymptomReport {
    /// The symptom's id within the signature.
    pub id: String,
    /// What became of it.
    pub state: SymptomState,
    /// `core`, `strong` or `supporting`.
    #[serde(default)]
    pub role: String,
    /// The part of the pattern that logs it, if the signature says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
    /// First of the accepted providers.
    pub provider: String,
    /// Event ID.
    pub event_id: u16,
    /// What the event is, in our own words.
    #[serde(default)]
    pub description: String,
    /// Conditions in words: "string 2 is 9301 (no such gateway)".
    #[serde(default)]
    pub wanted: Vec<String>,
    /// Why it is not found, contradicted or not checkable; empty when found.
    #[serde(default)]
    pub reason: String,
    /// How many times it was seen in the counted occurrences.
    pub count: u64,
    /// First time.
    #[serde(default)]
    pub first: Option<Timestamp>,
    /// Last time.
    #[serde(default)]
    pub last: Option<Timestamp>,
    /// Values read from it, with their meaning.
    #[serde(default)]
    pub values: Vec<ValueSeen>,
    /// Proof: bounded; `count` says how many there are.
    pub citations: Vec<Citation>,
    /// The signature author's note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A value read from a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ValueSeen {
    /// What it is: a field's name or `string 2`.
    pub name: String,
    /// The value as the record spells it.
    pub value: String,
    /// What it means, where the signature knows: "access denied".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
}

/// The proof: one record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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

/// All occurrences on one computer with one key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The computer the pattern was judged on.
    pub computer: String,
    /// The key that joins the events, such as the connector's name; `None` when no event of the
    /// group carried it.
    pub key: Option<String>,
    /// Best verdict within the group.
    pub verdict: Verdict,
    /// How many attempts.
    pub occurrences: u64,
    /// First event.
    pub first: Option<Timestamp>,
    /// Last event.
    pub last: Option<Timestamp>,
}

/// One event of the best occurrence, placed against the anchor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// The symptom's id.
    pub symptom: String,
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
    /// The event as a sentence.
    pub text: String,
}

/// A reason for care.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Doubt {
    /// Stable code, such as `clock_skew` or `damaged_evidence`.
    pub code: String,
    /// A sentence.
    pub message: String,
}

/// Another article that shares events with this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RivalReport {
    /// Its id.
    pub id: String,
    /// Its title, if its signature is loaded.
    #[serde(default)]
    pub title: String,
    /// Its own verdict over the same logs, if it reached one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// The fact that separates the two.
    pub difference: String,
    /// Whether the evidence at hand does separate them.
    #[serde(default)]
    pub separated: bool,
    /// What to look at, or to ask for, when it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Why a finding stands where it stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// Larger is better among findings of the same verdict and cause.
    pub score: f64,
    /// The reasons in words, weightiest first.
    pub reasons: Vec<String>,
}

/// One node of the verdict's logic.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OutcomeNode {
    /// `match`, `all of`, `found rpc_error`, `string 2 is 9301` and so on.
    pub label: String,
    /// Whether it holds.
    pub met: bool,
    /// What was seen, or where it was looked for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The parts it is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<OutcomeNode>,
}

/// A signature that shares evidence with the logs without reaching a verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NearMiss {
    /// Which article.
    pub signature: SignatureRef,
    /// Symptoms seen in the closest occurrence.
    pub found: Vec<String>,
    /// Symptoms missing from it.
    pub missing: Vec<String>,
    /// How close, from 0 to 1: the weight of what was seen among all symptoms.
    pub closeness: f64,
    /// Why it does not count.
    pub reason: String,
    /// First event of the evidence.
    pub first: Option<Timestamp>,
    /// Computers that take part.
    pub computers: Vec<String>,
}

/// A frequent error or warning that no finding explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// Sums over all inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The best verdict, `ruled_out` not counted.
    pub fn best(&self) -> Option<&Finding> {
        self.findings
            .iter()
            .find(|finding| finding.verdict >= Verdict::Possible)
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
