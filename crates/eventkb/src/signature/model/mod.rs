//! The signature document, second format: one article made executable, as its author writes it.
//!
//! These types *are* the format: the loader reads them with serde and the published JSON Schema is
//! generated from them. They are permissive on purpose (a condition is a bag of optional members,
//! so that a mistake in it gets a sentence of its own); `compile` turns a checked document
//! into enums that cannot be wrong. What a member means is said here, next to it; how a signature
//! is judged stands in `docs/signature-format.md`.

mod cause;
mod condition;
mod judgement;
mod rules;
mod symptom;

pub use cause::{
    AbsenceCheck, CauseCheck, ComputerNameCheck, EventCheck, NameResult, NameSource, Proves,
};
pub use condition::{
    BinaryWord, Bits, Capture, Condition, ConditionTest, Encoding, Number, OneOrMany, Shape,
    SystemValue,
};
pub use judgement::{CauseState, Severity, Standing, Verdict};
pub use rules::{Comparison, Join, Relation, Rival, Rule, RuleOut, Verdicts};
pub use symptom::{
    Category, CountAtLeast, EventSelector, IdOrRange, Ids, LevelName, Locality, Neighbour,
    Qualifier, Role, Symptom, Within,
};

use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use schemars::JsonSchema;

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

/// Whether a flag is off, so that it need not be written.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
pub(super) fn is_false(flag: &bool) -> bool {
    !*flag
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
