//! The signature document, second format: one article made executable, as its author writes it.
//!
//! These types *are* the format: the loader reads them with serde and the published JSON Schema is
//! generated from them. They are permissive on purpose (a condition is a bag of optional members,
//! so that a mistake in it gets a sentence of its own); [`super::compile`] turns a checked document
//! into enums that cannot be wrong. What a member means is said here, next to it; how a signature
//! is judged stands in `docs/signature-format.md`.

use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use schemars::JsonSchema;

use crate::report::{CauseState, Severity, Standing};

/// The version of the format that this library reads.
pub const FORMAT: u32 = 2;

/// One article as a signature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Address of the JSON Schema, for editors. Ignored by eventkb.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Always 2.
    pub format: u32,
    /// The article's id, such as `Q253307` or `KB922918`: begins with a letter or digit, then
    /// letters, digits, `-`, `_` and `.`, at most 64. Ids compare ignoring case.
    pub id: String,
    /// Revision of this signature, from 1; raise it with every change of meaning.
    pub revision: u32,
    /// Title in your own words, at most 120 characters.
    pub title: String,
    /// Where the article can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Products and versions the article is about, for the reader.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Product>,
    /// Whether it is a problem, worth a notice, or harmless by design.
    #[serde(default, skip_serializing_if = "Standing::is_problem")]
    pub standing: Standing,
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
    /// Diagnostics logging that must be on for some symptoms to be written at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logging: Vec<Logging>,
    /// The parts that computers play, such as `caller` and `called`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<SideModel>,
    /// The events the article names.
    pub symptoms: Vec<Symptom>,
    /// How events are joined to occurrences.
    #[serde(default, skip_serializing_if = "Join::is_default")]
    pub join: Join,
    /// When which verdict is given. Left out, the standard rules hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdicts: Option<Verdicts>,
    /// Comparisons of captured values of two symptoms, for rules to refer to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// Other events that speak against this article.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules_out: Vec<RuleOut>,
    /// What an author knows beyond shared events of articles that are easily confused with this.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rivals: Vec<Rival>,
    /// How the cause itself can be seen in the logs, most telling check first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cause_checks: Vec<CauseCheck>,
    /// Versions the article applies to, where logs show them. All must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applies_to: Vec<AppliesTo>,
    /// The update that mends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
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

/// A pointer to another article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The article's id or short name.
    pub id: String,
    /// Why to read it.
    pub note: String,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
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
    fn is_same(&self) -> bool {
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

/// A condition: one subject and one test, or several conditions joined by `any` or `all`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// Subject: insertion string at this position, counted from 1 as in `%1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string: Option<usize>,
    /// Subject: the value of this name: of the record's own names (EventData, UserData; inner
    /// elements and attributes by a dotted path), else of the catalogue's names. Ignoring case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Subject: any insertion string or named value (must be `true`).
    #[serde(skip_serializing_if = "is_false")]
    pub any_value: bool,
    /// Subject: the rendered message, where the log carries one (must be `true`).
    #[serde(skip_serializing_if = "is_false")]
    pub message: bool,
    /// Subject: a little-endian word of the record's binary data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary: Option<BinaryWord>,
    /// Subject: a field of the record's System part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<SystemValue>,

    /// The test is made on each line of the subject; one line that fits is enough.
    #[serde(skip_serializing_if = "is_false")]
    pub each_line: bool,
    /// The test is made on a part of the subject: the one capture group of this regular
    /// expression. Where it does not match, the condition does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,

    /// Test: is this whole number. Decimal, hex, `%%n`, signed and unsigned 32-bit forms are the
    /// same number: `5`, `"0x80070005"`, `"%%1053"`, `-2147024891`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<Number>,
    /// Test: is one of these whole numbers, or in one of these ranges (`"5-10"`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_in: Option<Vec<Number>>,
    /// Test: is a whole number above this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more_than: Option<Number>,
    /// Test: is a whole number below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub less_than: Option<Number>,
    /// Test: is a whole number with these bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bits: Option<Bits>,
    /// Test: is this text, or one of these, ignoring case and space around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is: Option<OneOrMany>,
    /// Test: is exactly this text, or one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_exactly: Option<OneOrMany>,
    /// Test: begins with this text, or one of these, ignoring case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_with: Option<OneOrMany>,
    /// Test: ends with this text, or one of these, ignoring case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_with: Option<OneOrMany>,
    /// Test: contains this text, or one of these, ignoring case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contains: Option<OneOrMany>,
    /// Test: contains a match of this regular expression (linear-time; `(?i)` ignores case).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Test: has any value at all (`true`), or none (`false`: empty or absent).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub present: Option<bool>,

    /// Turns the test around: the value must be something else.
    #[serde(skip_serializing_if = "is_false")]
    pub not: bool,
    /// What the wanted value means, such as `access denied`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,

    /// At least one of these holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<Condition>,
    /// All of these hold; inside `any`, for pairs of values that belong together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<Condition>,
}

/// A whole number as JSON writes it or as a log writes it; in `number_in` also a range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(untagged)]
pub enum Number {
    /// A JSON number.
    Plain(i64),
    /// `"0x80070005"`, `"%%1053"`, `"-5"`; in `number_in` also `"5-10"`.
    Written(String),
}

/// One text or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several; one of them is enough.
    Many(Vec<String>),
}

impl OneOrMany {
    /// All of them.
    pub fn as_slice(&self) -> &[String] {
        match self {
            OneOrMany::One(text) => std::slice::from_ref(text),
            OneOrMany::Many(texts) => texts,
        }
    }
}

/// A word of a record's binary data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BinaryWord {
    /// First byte, counted from 0.
    pub offset: usize,
    /// Bytes: 1, 2, 4 or 8.
    pub size: u8,
}

/// Bits of a number: those under `mask` must be `set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Bits {
    /// The bits that are looked at.
    pub mask: Number,
    /// What they must be.
    pub set: Number,
}

/// A field of a record's System part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SystemValue {
    /// The provider's name.
    Provider,
    /// The event ID.
    EventId,
    /// The channel.
    Channel,
    /// The computer that wrote it.
    Computer,
    /// The SID of the user it was written for.
    UserSid,
    /// The process that wrote it.
    ProcessId,
    /// Keywords, as one 64-bit number.
    Keywords,
    /// Opcode.
    Opcode,
    /// Task (category) number.
    Task,
    /// Version of the event's layout.
    Version,
    /// The high 16 bits of a classic identifier.
    Qualifiers,
}

/// Whether a flag is off, so that it need not be written.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_false(flag: &bool) -> bool {
    !*flag
}

/// A value to keep. One subject (`string`, `value`, `system`, `message` or `any_value`), which
/// `shape` or `part` may narrow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Capture {
    /// What to call it; captures of several symptoms with one name hold the same kind of value.
    pub name: String,
    /// Subject: the string at this position, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string: Option<usize>,
    /// Subject: the value of this name, as in a condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Subject: a field of the record's System part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<SystemValue>,
    /// Subject: the rendered message; with `part`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub message: bool,
    /// Subject: the first insertion string that `shape` or `part` fits.
    #[serde(default, skip_serializing_if = "is_false")]
    pub any_value: bool,
    /// Only a value that looks like this counts. With `string` or `value`: that one if it does,
    /// otherwise the first string that does (builds put it in different places).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Shape>,
    /// Only a part of it: the one capture group of this regular expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// How the value is written, where it is not plain text.
    #[serde(default, skip_serializing_if = "Encoding::is_text")]
    pub encoding: Encoding,
    /// Values that differ in case are different. By default they are the same for joining; they
    /// are always shown as written.
    #[serde(default, skip_serializing_if = "is_false")]
    pub exact_case: bool,
}

/// What a string looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// An X.500 name as Exchange writes it: begins with `/o=`, in any case.
    Dn,
    /// A whole number in any form that conditions read.
    Number,
    /// A computer name: letters, digits, `-`, `_` and `.`, not only digits.
    ComputerName,
    /// Four numbers with dots between.
    Ipv4,
    /// A GUID, with or without braces.
    Guid,
    /// A security identifier: `S-1-...`.
    Sid,
    /// A path: `C:\...`, `\\server\share`, `\Device\...`.
    Path,
}

/// How a value is written in a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// As text.
    #[default]
    Text,
    /// As hex digits of its ASCII characters, as MSExchangeMTA 9301 does (Q193380).
    HexAscii,
}

impl Encoding {
    fn is_text(&self) -> bool {
        *self == Encoding::Text
    }
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
    fn is_default(&self) -> bool {
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
}

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

/// Versions of a product that the article applies to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AppliesTo {
    /// `Windows`, or a product for which `events` show the version.
    pub product: String,
    /// Where the version is read. Not for Windows: its builds are read from EventLog 6009 and
    /// Kernel-General 12.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventSelector>,
    /// The value that holds it. Not for Windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<Capture>,
    /// Versions or ranges of versions, dotted numbers: `"17763"`, `"14393-20348"`,
    /// `"15.0-15.0.4200"`. For Windows: builds. A shorter version stands for all that begin so.
    pub versions: Vec<String>,
}

/// The update that mends a problem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// Ids such as `KB5034439`, any of which mends it. Its installation is looked for in
    /// WindowsUpdateClient 19, Servicing 2 and MsiInstaller 1022, 1035 and 1036.
    pub updates: Vec<String>,
    /// A word on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
