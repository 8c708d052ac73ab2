//! Conditions on an event's values, and values that are kept.

use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use schemars::JsonSchema;

use super::is_false;

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
    /// Test: one of the whole numbers that stand in the text is one of these, or in one of these
    /// ranges: 5 is in `5 (access denied)`, `0x12 0x5` and `error:5`, and not in `10.0.0.5`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contains_number: Option<Vec<Number>>,
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

/// What a condition asks of its subject.
///
/// Whoever shows conditions tells all of these apart, so that the compiler points to them when
/// there is one more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ConditionTest<'c> {
    /// `number`
    Number(&'c Number),
    /// `number_in`
    NumberIn(&'c [Number]),
    /// `contains_number`
    ContainsNumber(&'c [Number]),
    /// `more_than`
    MoreThan(&'c Number),
    /// `less_than`
    LessThan(&'c Number),
    /// `bits`
    Bits(&'c Bits),
    /// `is`
    Is(&'c OneOrMany),
    /// `is_exactly`
    IsExactly(&'c OneOrMany),
    /// `starts_with`
    StartsWith(&'c OneOrMany),
    /// `ends_with`
    EndsWith(&'c OneOrMany),
    /// `contains`
    Contains(&'c OneOrMany),
    /// `pattern`
    Pattern(&'c str),
    /// `present`
    Present(bool),
}

impl ConditionTest<'_> {
    /// The member of a condition that asks it.
    pub fn name(self) -> &'static str {
        match self {
            ConditionTest::Number(_) => "number",
            ConditionTest::NumberIn(_) => "number_in",
            ConditionTest::ContainsNumber(_) => "contains_number",
            ConditionTest::MoreThan(_) => "more_than",
            ConditionTest::LessThan(_) => "less_than",
            ConditionTest::Bits(_) => "bits",
            ConditionTest::Is(_) => "is",
            ConditionTest::IsExactly(_) => "is_exactly",
            ConditionTest::StartsWith(_) => "starts_with",
            ConditionTest::EndsWith(_) => "ends_with",
            ConditionTest::Contains(_) => "contains",
            ConditionTest::Pattern(_) => "pattern",
            ConditionTest::Present(_) => "present",
        }
    }
}

impl Condition {
    /// The tests that it makes: one, where it is sound and has no parts.
    pub fn tests(&self) -> impl Iterator<Item = ConditionTest<'_>> {
        let all = [
            self.number.as_ref().map(ConditionTest::Number),
            self.number_in.as_deref().map(ConditionTest::NumberIn),
            self.contains_number
                .as_deref()
                .map(ConditionTest::ContainsNumber),
            self.more_than.as_ref().map(ConditionTest::MoreThan),
            self.less_than.as_ref().map(ConditionTest::LessThan),
            self.bits.as_ref().map(ConditionTest::Bits),
            self.is.as_ref().map(ConditionTest::Is),
            self.is_exactly.as_ref().map(ConditionTest::IsExactly),
            self.starts_with.as_ref().map(ConditionTest::StartsWith),
            self.ends_with.as_ref().map(ConditionTest::EndsWith),
            self.contains.as_ref().map(ConditionTest::Contains),
            self.pattern.as_deref().map(ConditionTest::Pattern),
            self.present.map(ConditionTest::Present),
        ];
        all.into_iter().flatten()
    }
}

/// A whole number as JSON writes it or as a log writes it; in `number_in` and `contains_number` also a range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(untagged)]
pub enum Number {
    /// A JSON number.
    Plain(i64),
    /// `"0x80070005"`, `"%%1053"`, `"-5"`; in `number_in` and `contains_number` also `"5-10"`.
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
    pub(super) fn is_text(&self) -> bool {
        *self == Encoding::Text
    }
}
