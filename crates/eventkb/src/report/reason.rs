//! Reasons as data: why a verdict, an absence, a doubt, a rank. The words are made elsewhere.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::evidence::Citation;
use super::{SymptomState, Trust, Verdict};
use crate::signature::model::{Comparison, NameResult, Qualifier};

/// Why a finding has its verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum VerdictReason {
    /// The rule for this verdict holds over the best occurrence.
    Rule {
        /// Computer of the best occurrence, empty when its records name none.
        computer: String,
        /// Symptoms found, contradicted, without readable values, and in all; `context` ones not
        /// counted.
        found: u64,
        /// With other values.
        contradicted: u64,
        /// Without the values that would tell.
        unreadable: u64,
        /// In all.
        of: u64,
    },
    /// Another event speaks against it.
    RuledOutBy {
        /// The clause's id.
        clause: String,
        /// What the event shows, the author's words.
        says: String,
        /// Provider of the event.
        provider: String,
        /// Its id.
        event_id: u16,
        /// The record.
        citation: Citation,
    },
    /// Its events are there, but with other values.
    Contradicted {
        /// Ids of the symptoms.
        symptoms: Vec<String>,
    },
    /// The logs show a version that the article is not about.
    Version {
        /// The product.
        product: String,
        /// The version that the logs show.
        seen: String,
        /// The versions it applies to.
        wanted: Vec<String>,
    },
    /// The update that mends it was installed and in effect before.
    Fixed {
        /// The update.
        update: String,
        /// When it was installed.
        installed: Timestamp,
    },
    /// Without evidence of weak trust the verdict would be lower: it is held back.
    WeakEvidence {
        /// What the verdict would be if all evidence were sound.
        otherwise: Verdict,
    },
    /// It takes records of several files that name no computer for records of one: it is held back.
    UnnamedComputers {
        /// Files of the collection whose records name no computer.
        files: u64,
        /// What the verdict would be if they are of one computer.
        otherwise: Verdict,
    },
    /// It would be a `match`, but another match explains the same records and says more.
    Outdone {
        /// Its id.
        by: String,
    },
}

/// Why a symptom is not found, or cannot be checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Absence {
    /// Logs cover the place and the time, and it is not in them.
    LookedFor {
        /// Computers whose logs were looked at, sorted.
        computers: Vec<String>,
        /// The channel; empty when the format does not name it.
        channel: String,
        /// From when.
        from: Timestamp,
        /// To when.
        to: Timestamp,
        /// Part of such a log could not be read.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        damaged: bool,
    },
    /// The event is there, but belongs to another occurrence.
    Elsewhere {
        /// On which computer.
        computer: String,
        /// When.
        time: Timestamp,
        /// The key of that event.
        key: Vec<(String, String)>,
    },
    /// No such event is anywhere in the collection, and there is no occurrence to place it by.
    Nowhere,
    /// No log could have held it.
    NotCovered {
        /// Whose log; `None`: any computer's.
        computer: Option<String>,
        /// It is another computer than this one whose log would hold it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        other_than: bool,
        /// Its channel.
        channel: String,
        /// Why.
        why: ContextMissing,
        /// When the log begins, ends or was cleared, where that is why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
    },
    /// It is only written with diagnostics logging that nothing shows was on.
    LoggingOff {
        /// The category.
        category: String,
        /// The level it needs.
        level: String,
        /// On which computer.
        computer: String,
    },
    /// The event is there without the values asked for: the log or export does not carry them.
    NoValues,
    /// The event is there with other values: see the conditions.
    OtherValues {
        /// Its level or category is not one of those asked for.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        level_or_category: bool,
    },
    /// The event is there with its values, and this does not hold.
    Unqualified {
        /// What does not hold.
        condition: Qualifier,
    },
    /// The event is there with its values, and the logs cannot say whether this holds.
    QualifierUnknown {
        /// What cannot be said.
        condition: Qualifier,
    },
}

/// Why no log could have held an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ContextMissing {
    /// No log of the computer is in the collection.
    NoLog,
    /// No log of that channel.
    NoChannel,
    /// It begins later.
    BeginsLater,
    /// It ends earlier.
    EndsEarlier,
    /// It begins within the time that was to be looked at.
    BeginsWithin,
    /// There are logs from before and after, but between them one is missing.
    Gap,
    /// It was cleared.
    Cleared,
    /// Its events have no time.
    NoTimes,
    /// No computer is named at all.
    NoComputers,
}

/// What an article asks for that is not there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unmet {
    /// The symptom's id.
    pub symptom: String,
    /// Provider.
    pub provider: String,
    /// Event ID.
    pub event_id: u16,
    /// What became of it.
    pub state: SymptomState,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absence: Option<Absence>,
    /// Its conditions that do not hold, with the value seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<super::ConditionReport>,
}

/// Why a cause is confirmed, contradicted or unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum CauseReason {
    /// The events of this article do not show its cause.
    #[default]
    NoCheck,
    /// A check decided it.
    Decided {
        /// What that means, the author's words.
        says: String,
    },
    /// No event of the occurrence gives another computer's name.
    NoNames {
        /// What to do, the author's words.
        says: String,
    },
    /// A name is given, but no computer it could be compared with is in the collection.
    NothingToCompare {
        /// The name.
        name: String,
        /// What to do, the author's words.
        says: String,
    },
    /// The events that would tell are not there, or no log could have held them.
    NotSeen,
}

/// A piece of evidence for or against the cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum CauseEvidence {
    /// A name against a computer's.
    Name(NameCompared),
    /// An event.
    Event {
        /// Provider.
        provider: String,
        /// Event ID.
        event_id: u16,
        /// The record.
        citation: Citation,
    },
    /// An event that is not there.
    Absence {
        /// Provider.
        provider: String,
        /// Event ID.
        event_id: u16,
        /// Where it was looked for.
        absence: Absence,
    },
}

/// One comparison of names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NameCompared {
    /// The name as the record spells it.
    pub name: String,
    /// The computer name it was compared with.
    pub compared_with: String,
    /// How they compare.
    pub result: NameResult,
    /// Where the name was read.
    pub citation: Citation,
}

/// A reason for care.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Doubt {
    /// A join across computers that only holds because clocks may differ.
    ClockSkew {
        /// Provider of the event.
        provider: String,
        /// Its id.
        event_id: u16,
        /// The computer that wrote it.
        computer: String,
        /// The computer of the occurrence.
        against: String,
        /// Seconds between the event and the occurrence.
        seconds: i64,
        /// It lies before the occurrence, not after it.
        before: bool,
        /// What one occurrence may span.
        window_s: u64,
        /// What is allowed across computers.
        across_window_s: u64,
    },
    /// Cited records whose bytes cannot be believed without question.
    #[serde(rename = "damaged_evidence")]
    Trust {
        /// How far they can be believed.
        trust: Trust,
        /// How many of the cited records.
        count: u64,
    },
    /// Values were read from message texts, because the export carries no insertion strings.
    FromText,
    /// A symptom that was not found may have been in a part of a log that could not be read.
    DamagedLog,
    /// Relevant events were not kept, because there were too many kinds of them.
    EvidenceDropped {
        /// How many events.
        count: u64,
        /// The limit.
        limit: u64,
    },
    /// Events of the article without a time could not be joined.
    NoTime {
        /// How many.
        count: u64,
    },
    /// The computer's clock was set during the occurrence.
    TimeChanged {
        /// Whose.
        computer: String,
        /// When.
        time: Timestamp,
    },
}

/// Why a finding stands where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RankingReason {
    /// An event with its values, and how many signatures ask for it.
    Shared {
        /// The symptom's id.
        symptom: String,
        /// Event ID.
        event_id: u16,
        /// Signatures that count this very event as found, this one among them.
        signatures: u64,
        /// It is found with values of its own, not by its id alone.
        values: bool,
    },
    /// The cause itself shows in the logs.
    CauseConfirmed,
    /// The logs speak against its cause.
    CauseContradicted,
    /// Its fix was installed since.
    History,
}

/// Why an article is a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LeadReason {
    /// It names the event.
    NamesEvent {
        /// Provider.
        provider: String,
        /// Event ID.
        event_id: u16,
        /// Articles of the index that name it.
        of_articles: u64,
        /// What the article says the event is.
        #[serde(default, skip_serializing_if = "NamedAs::is_symptom")]
        named_as: NamedAs,
        /// The article names the id without a provider, or the provider was inferred from other
        /// articles.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        provider_unsure: bool,
    },
    /// It names a code that the event carries.
    NamesCode {
        /// As the record has it.
        code: String,
        /// The event that carries it.
        #[serde(default)]
        provider: String,
        /// Its id.
        #[serde(default)]
        event_id: u16,
    },
    /// It uses words that the event carries.
    NamesPhrase {
        /// The words.
        phrase: String,
        /// The event that carries them.
        #[serde(default)]
        provider: String,
        /// Its id.
        #[serde(default)]
        event_id: u16,
    },
    /// The event carries other codes than those the article names for it.
    OtherCodes {
        /// The event.
        provider: String,
        /// Its id.
        event_id: u16,
        /// The codes that the article names, a few of them.
        named: Vec<String>,
    },
    /// Its events are here near each other on one computer.
    Together {
        /// How many kinds.
        events: u64,
        /// Seconds between the first and the last of them.
        within_s: u64,
        /// The computer.
        computer: String,
    },
    /// It names further events, which are not among the errors and warnings here.
    OthersMissing {
        /// How many kinds.
        events: u64,
    },
    /// It is about a product that the logs show.
    Product {
        /// The product.
        product: String,
    },
    /// It is about other versions of Windows than the logs show.
    OtherVersion {
        /// What it is about.
        product: String,
        /// The build that the logs show.
        seen: String,
    },
    /// An event is here that it says is logged only after its fix.
    FixInPlace {
        /// Provider.
        provider: String,
        /// Event ID.
        event_id: u16,
    },
}

/// What an article says an event is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NamedAs {
    /// A symptom of the problem.
    #[default]
    Symptom,
    /// Named in passing.
    Reference,
    /// Logged only after the fix.
    AfterFix,
    /// To be ignored.
    Harmless,
}

impl NamedAs {
    /// The name used in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            NamedAs::Symptom => "symptom",
            NamedAs::Reference => "reference",
            NamedAs::AfterFix => "after_fix",
            NamedAs::Harmless => "harmless",
        }
    }

    pub(crate) fn is_symptom(&self) -> bool {
        *self == NamedAs::Symptom
    }
}

/// One node of a verdict's logic, over one occurrence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuleNode {
    /// What it asks.
    pub op: RuleOp,
    /// Whether it holds.
    pub met: bool,
    /// The parts it is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<RuleNode>,
}

/// What a node of a verdict's logic asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RuleOp {
    /// The rule of a verdict.
    Verdict {
        /// Which one.
        verdict: Verdict,
    },
    /// Every part holds.
    All,
    /// At least one part holds.
    Any,
    /// The part does not hold.
    Not,
    /// All these were found, with their values.
    Found,
    /// At least so many were found.
    AtLeast {
        /// How many.
        count: u64,
    },
    /// All are there, whatever their values.
    Seen,
    /// At least one is there only with other values.
    Contradicted,
    /// None was seen, though the logs cover it.
    Absent,
    /// A comparison of captured values.
    Relation {
        /// Its id.
        id: String,
        /// One value.
        left: String,
        /// How they should compare.
        is: Comparison,
        /// The other value.
        right: String,
    },
    /// The cause check has this result.
    Cause {
        /// Wanted.
        wanted: super::CauseState,
        /// What it is.
        is: super::CauseState,
    },
    /// One symptom: its report says the rest.
    Symptom {
        /// Its id.
        id: String,
        /// What became of it in this occurrence.
        state: SymptomState,
    },
}

impl CauseEvidence {
    /// The record behind it, where there is one.
    pub fn citation(&self) -> Option<&Citation> {
        match self {
            CauseEvidence::Name(compared) => Some(&compared.citation),
            CauseEvidence::Event { citation, .. } => Some(citation),
            CauseEvidence::Absence { .. } => None,
        }
    }
}
