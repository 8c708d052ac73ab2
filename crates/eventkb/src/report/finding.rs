//! A finding: a signature with its verdict, its evidence and what speaks for care.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::evidence::{Group, ObjectSeen, Side, SymptomReport, TimelineEntry};
use super::reason::{
    CauseEvidence, CauseReason, Doubt, RankingReason, RuleNode, Unmet, VerdictReason,
};
use crate::signature::model::{CauseState, Reference, Severity, Standing, Verdict};

/// A signature as a finding names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SignatureRef {
    /// The article's id, such as `Q253307`.
    pub id: String,
    /// Revision of the signature.
    pub revision: u32,
    /// Title in our own words.
    pub title: String,
    /// Where the article can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// One signature with its verdict, evidence and doubts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// Which article.
    pub signature: SignatureRef,
    /// Problem, notice or harmless.
    #[serde(default)]
    pub standing: Standing,
    /// How bad it is.
    #[serde(default)]
    pub severity: Severity,
    /// How well it explains the logs.
    pub verdict: Verdict,
    /// Why, weightiest first.
    #[serde(default)]
    pub reasons: Vec<VerdictReason>,
    /// The cause check of the best occurrence.
    pub cause: CauseReport,
    /// Occurrences counted: those above `ruled_out`, or, when there is none, those ruled out.
    pub occurrences: u64,
    /// The same by verdict.
    #[serde(default)]
    pub by_verdict: VerdictCounts,
    /// Computers that take part, sorted.
    pub computers: Vec<String>,
    /// First event of the evidence.
    pub first: Option<Timestamp>,
    /// Last event of the evidence.
    pub last: Option<Timestamp>,
    /// What the occurrences are about, most frequent first; bounded.
    #[serde(default)]
    pub objects: Vec<ObjectSeen>,
    /// Objects that are not listed.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub objects_more: u64,
    /// Who played which part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<Side>,
    /// Symptom by symptom, in the signature's order.
    pub symptoms: Vec<SymptomReport>,
    /// How the evidence was joined: one row per computer and key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// The best occurrence, event by event.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<TimelineEntry>,
    /// Why this verdict should be taken with care.
    #[serde(default)]
    pub doubts: Vec<Doubt>,
    /// The update that mends it, and when it was installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<FixReport>,
    /// It is history: the update that mends it was installed after its last occurrence.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub history: bool,
    /// For `ruled_out`: the article that explains the evidence better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better: Option<String>,
    /// A finding further up explains all of the same records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rival_of: Option<String>,
    /// The closest other articles, and what separates them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rivals: Vec<RivalReport>,
    /// Why it stands where it stands in the list.
    #[serde(default)]
    pub ranking: Ranking,
    /// The cause in short, the author's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cause_text: String,
    /// What to do, step by step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolution: Vec<String>,
    /// What to ask the customer for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collect: Vec<String>,
    /// Further reading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// The verdict's logic over the best occurrence; only where it was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tree: Vec<RuleNode>,
}

impl Finding {
    /// Whether it offers the article as an explanation.
    pub fn is_offered(&self) -> bool {
        self.verdict > Verdict::RuledOut
    }
}

/// How many occurrences have which verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VerdictCounts {
    /// `match`
    #[serde(rename = "match", default, skip_serializing_if = "super::is_zero")]
    pub full: u64,
    /// `likely`
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub likely: u64,
    /// `possible`
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub possible: u64,
    /// `ruled_out`
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub ruled_out: u64,
}

impl VerdictCounts {
    pub(crate) fn add(&mut self, verdict: Verdict) {
        let count = match verdict {
            Verdict::Match => &mut self.full,
            Verdict::Likely => &mut self.likely,
            Verdict::Possible => &mut self.possible,
            Verdict::RuledOut => &mut self.ruled_out,
        };
        *count += 1;
    }

    /// How many have this verdict.
    pub fn of(&self, verdict: Verdict) -> u64 {
        match verdict {
            Verdict::Match => self.full,
            Verdict::Likely => self.likely,
            Verdict::Possible => self.possible,
            Verdict::RuledOut => self.ruled_out,
        }
    }
}

/// What a signature makes of the logs, asked for by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Explanation {
    /// It reached a verdict: everything there is to say.
    Finding(Box<Finding>),
    /// It reached none.
    NoVerdict {
        /// Which article.
        signature: SignatureRef,
        /// Symptom by symptom, over its closest occurrence.
        symptoms: Vec<SymptomReport>,
        /// The verdict's logic.
        tree: Vec<RuleNode>,
    },
}

impl Explanation {
    /// Which article.
    pub fn signature(&self) -> &SignatureRef {
        match self {
            Explanation::Finding(finding) => &finding.signature,
            Explanation::NoVerdict { signature, .. } => signature,
        }
    }
}

/// The result of the cause check.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CauseReport {
    /// What the logs say.
    pub state: CauseState,
    /// Why.
    #[serde(default)]
    pub reason: CauseReason,
    /// What was compared or found, most telling first; bounded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<CauseEvidence>,
}

/// The update that mends a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FixReport {
    /// Ids, any of which mends it.
    pub updates: Vec<String>,
    /// The author's word on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where and when one of them was installed, in order of time; bounded.
    #[serde(default)]
    pub installed: Vec<super::Landmark>,
}

/// How another signature stands over the same logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RivalStanding {
    /// It has a verdict of its own.
    Finding,
    /// It has evidence, but too little for a verdict.
    NearMiss,
    /// None of its events is there with its values.
    NoEvidence,
    /// Its signature is not loaded, so the logs were not asked.
    NotLoaded,
}

/// Another article that shares events with this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RivalReport {
    /// Its id.
    pub id: String,
    /// Its title, if its signature is loaded.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// How it stands.
    pub standing: RivalStanding,
    /// Its own verdict over the same logs, if it reached one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// What separates the two, the author's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
    /// What it asks for that is not here: worked out from its conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmet: Vec<Unmet>,
    /// Whether the evidence at hand does separate them.
    #[serde(default)]
    pub separated: bool,
    /// What to look at, or to ask for, when it does not: the author's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Why a finding stands where it stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ranking {
    /// How specific the evidence is; comparable within one report only.
    pub score: f64,
    /// Events that it explains.
    pub explains: u64,
    /// The reasons, weightiest first.
    #[serde(default)]
    pub reasons: Vec<RankingReason>,
}

/// A signature that shares telling evidence with the logs without reaching a verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NearMiss {
    /// Which article.
    pub signature: SignatureRef,
    /// Problem, notice or harmless.
    #[serde(default)]
    pub standing: Standing,
    /// Ids of symptoms found in the closest occurrence.
    pub found: Vec<String>,
    /// What is missing from it.
    pub unmet: Vec<Unmet>,
    /// How close, from 0 to 1: the weight of what was seen among all symptoms.
    pub closeness: f64,
    /// First event of the evidence.
    pub first: Option<Timestamp>,
    /// Computers that take part.
    pub computers: Vec<String>,
}
