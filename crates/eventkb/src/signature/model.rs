//! The signature format: one KB article made executable.
//!
//! These types *are* the format: the loader reads them with serde, and the published JSON Schema
//! is generated from them. What a field means to the matcher is said here, next to the field.

use serde::{Deserialize, Serialize};

use crate::report::CauseState;

#[cfg(feature = "schema")]
use schemars::JsonSchema;

/// One KB article as a signature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Address of the JSON Schema, for editors. Ignored by eventkb.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The article's id, such as `Q253307`: letters, digits, `-`, `_` and `.`, at most 64.
    pub id: String,
    /// Revision of this signature, from 1; raise it with every change of meaning.
    pub revision: u32,
    /// Title in your own words, at most 120 characters.
    pub title: String,
    /// Products and versions the article is about.
    pub products: Vec<Product>,
    /// How bad it is for the customer.
    pub severity: Severity,
    /// The cause, in short own words.
    pub cause: String,
    /// What to do, step by step, in short own words.
    pub resolution: Vec<String>,
    /// What to ask the customer for when the logs leave questions open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collect: Vec<String>,
    /// Other articles and how-tos, each with a word on why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// Anything a reader of the signature should know: what is uncertain, where a fact comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The log the events are written to. Default `Application`.
    #[serde(default = "application", skip_serializing_if = "is_application")]
    pub channel: String,
    /// Diagnostics logging that must be on for some symptoms to be written at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logging: Vec<Logging>,
    /// The parts that computers play, such as `caller` and `called`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<SideModel>,
    /// The events the article names.
    pub symptoms: Vec<Symptom>,
    /// How events are joined to occurrences.
    #[serde(default)]
    pub join: Join,
    /// When which verdict is given.
    pub verdicts: Verdicts,
    /// Other events that speak against this article.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules_out: Vec<RuleOut>,
    /// Articles that are easily confused with this one, and what tells them apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rivals: Vec<Rival>,
    /// How the cause itself can be seen in the logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause_check: Option<CauseCheck>,
    /// Logs it must match and logs it must not match; `eventkb signatures test` runs them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Example>,
}

fn application() -> String {
    "Application".into()
}

fn is_application(channel: &String) -> bool {
    channel == "Application"
}

/// A product with its versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its name, such as `Exchange Server`.
    pub name: String,
    /// Versions; empty when the article names none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Data or service is lost.
    Critical,
    /// A function stops working.
    High,
    /// A function works badly.
    Medium,
    /// A nuisance.
    Low,
}

/// A pointer to another article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The article's id.
    pub id: String,
    /// Why to read it.
    pub note: String,
}

/// Diagnostics logging that some symptoms need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Logging {
    /// Name of the category, such as `Field Engineering`.
    pub category: String,
    /// The category's number in raw records, where known: raw logs hold only the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u16>,
    /// The level it must be set to, such as `maximum`.
    pub level: String,
    /// Symptoms that may be missing without it.
    pub symptoms: Vec<String>,
}

/// A part that computers play.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SideModel {
    /// Its name, such as `caller`.
    pub name: String,
    /// What it does, in a few words.
    pub description: String,
}

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
}

impl Role {
    /// The name used in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Core => "core",
            Role::Strong => "strong",
            Role::Supporting => "supporting",
        }
    }
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
    /// Accepted providers; compared ignoring case, against the provider's and the event source's
    /// name.
    pub provider: Vec<String>,
    /// Event ID (the low 16 bits of the 32-bit identifier).
    pub event_id: u16,
    /// Accepted levels; none given means any. Real logs disagree with articles about levels, so
    /// ask for one only where it separates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub level: Vec<LevelName>,
    /// Accepted categories, by name or number; none given means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub category: Vec<Category>,
    /// How much it says.
    pub role: Role,
    /// Which of the `sides` logs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
    /// Where it may sit. Default: on the computer of the occurrence.
    #[serde(default, skip_serializing_if = "Place::is_same")]
    pub place: Place,
    /// The log it is in, where that is not the signature's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// A note on the event for the reader of a report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What its strings are called, for each number of strings that builds pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layouts: Vec<Layout>,
    /// Conditions on its values; all must hold. An event with the right id that fails one of them
    /// *contradicts* the symptom.
    #[serde(default, skip_serializing_if = "Vec::is_empty", rename = "where")]
    pub conditions: Vec<Condition>,
    /// Values to keep, for joining and to be shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capture: Vec<Capture>,
    /// The event as a sentence in own words; `{2}` is string 2, `{code}` a field of the layout.
    /// Shown where the log carries no text of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// How to read strings out of the message text, for exports that carry text but no strings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from_text: Vec<FromText>,
}

/// Where a symptom may sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// On the computer of the occurrence, within `window_s`.
    #[default]
    SameComputer,
    /// On any computer of the dump, within `across_window_s`.
    AnyComputer,
}

impl Place {
    fn is_same(&self) -> bool {
        *self == Place::SameComputer
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
}

impl LevelName {
    /// Whether a record's level number is this level.
    pub fn is(self, level: u8) -> bool {
        match self {
            LevelName::Critical => level == 1,
            LevelName::Error => level == 2,
            LevelName::Warning => level == 3,
            LevelName::Information => level == 4 || level == 0,
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

/// Names for the strings of records that have exactly this many of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// A word on which builds write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// One name for each string, in order. A record has this layout when it has as many strings.
    pub fields: Vec<String>,
}

/// A condition: one subject, one test.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Subject: insertion string at this position, counted from 1 as in `%1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string: Option<usize>,
    /// Subject: the string that the record's layout gives this name. Cannot be checked in records
    /// whose layout does not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Subject: any of the strings (must be `true`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub any_string: bool,
    /// Subject: the named value (`<Data Name="...">`), name compared ignoring case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    /// Subject: the rendered message, where the log carries one (must be `true`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub message: bool,

    /// Test: is this whole number. `5` is not `50`; leading zeros, spaces around it and `0x`
    /// forms are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    /// Test: is one of these whole numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_in: Option<Vec<i64>>,
    /// Test: is exactly this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Test: is this text, ignoring case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_ignoring_case: Option<String>,
    /// Test: contains a match of this regular expression (linear-time; `(?i)` ignores case).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,

    /// Turns the test around: the value must be something else.
    #[serde(default, skip_serializing_if = "is_false")]
    pub not: bool,
    /// What the wanted value means, such as `access denied`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
}

/// Whether a flag is off, so that it need not be written.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_false(flag: &bool) -> bool {
    !*flag
}

/// A value to keep. The subject is one of `string`, `field`, `named` and `shape`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Capture {
    /// What to call it; captures of several symptoms with one name hold the same kind of value.
    pub name: String,
    /// The string at this position, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string: Option<usize>,
    /// The string that the record's layout gives this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The named value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    /// Only a string that looks like this counts. Alone: the first string that does, wherever a
    /// build puts it. With `string` or `field`: that one if it does, otherwise the first that does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Shape>,
    /// Values that differ only in case are the same for joining. Shown as written.
    #[serde(default, skip_serializing_if = "is_false")]
    pub fold_case: bool,
}

/// What a string looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// An X.500 name as Exchange writes it: begins with `/o=`, in any case.
    Dn,
    /// Digits only.
    Number,
    /// A computer name: letters, digits, `-`, `_` and `.`, not only digits.
    ComputerName,
    /// Four numbers with dots between.
    Ipv4,
}

/// Reads one string out of a message text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FromText {
    /// The position the value has among the insertion strings, counted from 1.
    pub string: usize,
    /// A regular expression with exactly one capture group, which is the value.
    pub pattern: String,
}

/// How events are joined to occurrences: one occurrence is one attempt on one computer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Join {
    /// Name of the capture that events of one occurrence share. Events that do not carry it go
    /// with the nearest occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Seconds between the first and the last event of one occurrence on its computer.
    pub window_s: u64,
    /// Seconds between an occurrence and an event of another computer, clock skew included.
    pub across_window_s: u64,
    /// Symptoms around which occurrences are built, most telling first. Default: by role.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub anchor: Vec<String>,
    /// Seconds of silence after which the anchor event begins a new attempt.
    pub attempt_gap_s: u64,
    /// Name of the capture by which an event names the other computer. An event that names a
    /// third computer of the dump is not joined across computers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
}

impl Default for Join {
    fn default() -> Self {
        // 600 s is the MTA's default Open Interval (Q150927): a failed call is tried again after
        // it, so events further apart belong to different attempts. 900 s adds clock skew.
        Join {
            key: None,
            window_s: 600,
            across_window_s: 900,
            anchor: Vec::new(),
            attempt_gap_s: 60,
            peer: None,
        }
    }
}

/// One rule for each verdict, tried from the top; the first that holds is the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// The cause check has this result.
    Cause(CauseState),
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
    /// Accepted providers.
    pub provider: Vec<String>,
    /// Event ID.
    pub event_id: u16,
    /// Where it may sit. Default: on the computer of the occurrence.
    #[serde(default, skip_serializing_if = "Place::is_same")]
    pub place: Place,
    /// Names for its strings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layouts: Vec<Layout>,
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
}

/// A check of the cause itself: names of computers, as events give them, against the computers
/// whose logs are in the dump.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CauseCheck {
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

/// How a name compares with a computer of the dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Accepted providers.
    pub provider: Vec<String>,
    /// Event ID.
    pub event_id: u16,
    /// The string at this position, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string: Option<usize>,
    /// Only in records with exactly this many strings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strings: Option<usize>,
    /// A regular expression with exactly one capture group, which is the name. Without `string`,
    /// it is tried on every string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// A regular expression with exactly one capture group, which is the name, for exports that
    /// carry the message text and no strings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_text: Option<String>,
    /// How the name is written.
    #[serde(default)]
    pub encoding: NameEncoding,
}

/// How a name is written in a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NameEncoding {
    /// As text.
    #[default]
    Text,
    /// As hex digits of its ASCII characters, as event 9301 does (Q193380).
    HexAscii,
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
    /// The events, in any order.
    pub events: Vec<ExampleEvent>,
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

/// One event of an example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExampleEvent {
    /// Seconds after the start of the example; may be negative.
    #[serde(default)]
    pub at_s: i64,
    /// Computer. Default `SEATTLE`.
    #[serde(default = "seattle", skip_serializing_if = "is_seattle")]
    pub computer: String,
    /// Provider.
    pub provider: String,
    /// Event ID.
    pub event_id: u16,
    /// Level. Default `warning`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<LevelName>,
    /// Category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Insertion strings.
    #[serde(default)]
    pub strings: Vec<String>,
}

fn seattle() -> String {
    "SEATTLE".into()
}

fn is_seattle(computer: &String) -> bool {
    computer == "SEATTLE"
}
