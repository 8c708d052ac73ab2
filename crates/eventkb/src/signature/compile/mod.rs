//! Turns a checked document into enums: what these types cannot hold cannot be wrong.
//!
//! A compiled signature refers by index where the document refers by name. Everything that an
//! event can be to a signature (symptom, rule-out, source of a name, evidence of a cause, a
//! product's version) is a [`Part`] with a [`Matcher`]; the collector knows nothing else of it.

mod build;
mod names;
mod selectors;

pub(crate) use build::{compile, qualifier_symptom};
pub(crate) use selectors::{Selector, ids_of};

use std::sync::{Arc, OnceLock};

use regex_lite::{Regex, RegexBuilder};

use super::model::{
    self, BinaryWord, CauseState, Encoding, Role, Shape, Signature, SystemValue, Verdict,
};
use crate::limits;

/// A signature, ready to be asked.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) document: Arc<Signature>,
    pub(crate) parts: Vec<Part>,
    pub(crate) symptoms: Vec<CompiledSymptom>,
    pub(crate) rules_out: Vec<CompiledRuleOut>,
    /// The captures that make the key: objects first.
    pub(crate) key: Vec<KeyPart>,
    /// How many of `key` are objects.
    pub(crate) objects: usize,
    /// The order in which symptoms anchor occurrences.
    pub(crate) anchors: Vec<usize>,
    pub(crate) rules: Vec<(Verdict, CompiledRule)>,
    pub(crate) relations: Vec<CompiledRelation>,
    /// Some rule depends on the cause check.
    pub(crate) cause_decides: bool,
    pub(crate) window_s: i64,
    pub(crate) across_window_s: i64,
    pub(crate) attempt_gap_s: i64,
}

/// One capture of the key.
#[derive(Debug)]
pub(crate) struct KeyPart {
    pub(crate) name: String,
    pub(crate) exact_case: bool,
}

/// What an event can be to a signature.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) role: PartRole,
    pub(crate) matcher: Matcher,
}

/// What a part is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PartRole {
    /// Symptom by index.
    Symptom(usize),
    /// `rules_out` clause by index.
    RuleOut(usize),
    /// A name of another computer, for the cause check with this index.
    Name(usize),
    /// The computer's own name, for the cause check with this index.
    OwnName(usize),
    /// An event of a cause check by index: its presence or its absence.
    CauseEvent(usize),
    /// A product's version, for the member of `applies_to` with this index.
    Version(usize),
}

/// Which events a part is about, and what it asks and keeps of them.
#[derive(Debug)]
pub(crate) struct Matcher {
    pub(crate) events: Vec<Selector>,
    pub(crate) levels: Vec<model::LevelName>,
    pub(crate) categories: Vec<model::Category>,
    pub(crate) conditions: Vec<Node>,
    pub(crate) captures: Vec<CompiledCapture>,
}

/// A condition.
#[derive(Debug)]
pub(crate) enum Node {
    Leaf(Leaf),
    Any(Vec<Node>, bool),
    All(Vec<Node>, bool),
}

/// One subject and one test.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) subject: Subject,
    pub(crate) each_line: bool,
    pub(crate) part: Option<LazyRegex>,
    pub(crate) test: Test,
    pub(crate) not: bool,
}

/// Where a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Position from 0.
    String(usize),
    Value(String),
    AnyValue,
    Message,
    Binary(BinaryWord),
    System(SystemValue),
}

/// What is asked of a value. Texts are folded.
#[derive(Debug)]
pub(crate) enum Test {
    Numbers(Vec<(i64, i64)>),
    ContainsNumber(Vec<(i64, i64)>),
    MoreThan(i64),
    LessThan(i64),
    Bits { mask: u64, set: u64 },
    Is(Vec<String>),
    IsExactly(Vec<String>),
    StartsWith(Vec<String>),
    EndsWith(Vec<String>),
    Contains(Vec<String>),
    Pattern(LazyRegex),
    Present(bool),
}

/// A value to keep.
#[derive(Debug)]
pub(crate) struct CompiledCapture {
    pub(crate) name: String,
    pub(crate) subject: Option<Subject>,
    pub(crate) shape: Option<Shape>,
    pub(crate) part: Option<LazyRegex>,
    /// Only in records with exactly this many strings.
    pub(crate) strings: Option<usize>,
    /// The same out of the message of exports that carry no strings.
    pub(crate) from_text: Option<LazyRegex>,
    pub(crate) encoding: Encoding,
    /// Its place in the key, where it is part of it.
    pub(crate) key: Option<usize>,
    /// It names the other computer.
    pub(crate) is_peer: bool,
}

/// A pattern, if it is one and none that takes too long to look for.
pub(crate) fn pattern(source: &str) -> Result<Regex, regex_lite::Error> {
    let most = if source.starts_with('^') {
        limits::MAX_ANCHORED_PROGRAM
    } else {
        limits::MAX_PATTERN_PROGRAM
    };
    RegexBuilder::new(source).size_limit(most).build()
}

/// About how large the program of a pattern is that has one.
pub(crate) fn program_size(source: &str) -> usize {
    let sizes = [1, 2, 4, 8].map(|kib| kib * 1024);
    let fits = |size: &usize| RegexBuilder::new(source).size_limit(*size).build().is_ok();
    let size = sizes.into_iter().find(fits);
    size.unwrap_or(limits::MAX_ANCHORED_PROGRAM)
}

/// A pattern, compiled when it is first used: most signatures never are.
#[derive(Debug)]
pub(crate) struct LazyRegex {
    source: String,
    cell: OnceLock<Option<Regex>>,
}

impl LazyRegex {
    pub(super) fn new(source: &str) -> LazyRegex {
        LazyRegex {
            source: source.to_owned(),
            cell: OnceLock::new(),
        }
    }

    /// `None` only for a pattern that the check would have refused.
    pub(crate) fn get(&self) -> Option<&Regex> {
        self.cell
            .get_or_init(|| pattern(&self.source).ok())
            .as_ref()
    }
}

/// A symptom.
#[derive(Debug)]
pub(crate) struct CompiledSymptom {
    pub(crate) role: Role,
    pub(crate) local: bool,
    /// Qualifiers, with the index of the other symptom where they name one.
    pub(crate) only_if: Vec<(model::Qualifier, Option<usize>)>,
}

impl CompiledSymptom {
    pub(crate) fn is_evidence(&self) -> bool {
        self.role != Role::Context
    }
}

/// A `rules_out` clause.
#[derive(Debug)]
pub(crate) struct CompiledRuleOut {
    pub(crate) local: bool,
    pub(crate) unless: Option<CompiledRule>,
}

/// A rule over symptoms by index.
#[derive(Debug, Clone)]
pub(crate) enum CompiledRule {
    All(Vec<CompiledRule>),
    Any(Vec<CompiledRule>),
    Not(Box<CompiledRule>),
    Found(Vec<usize>),
    AtLeast(usize, Vec<usize>),
    Seen(Vec<usize>),
    Contradicted(Vec<usize>),
    Absent(Vec<usize>),
    Relation(usize),
    Cause(CauseState),
}

impl CompiledRule {
    /// Whether it depends on the cause check.
    fn asks_cause(&self) -> bool {
        match self {
            CompiledRule::All(parts) | CompiledRule::Any(parts) => {
                parts.iter().any(CompiledRule::asks_cause)
            }
            CompiledRule::Not(part) => part.asks_cause(),
            CompiledRule::Cause(_) => true,
            _ => false,
        }
    }
}

/// A comparison of captures: `(symptom, capture name)` on both sides.
#[derive(Debug)]
pub(crate) struct CompiledRelation {
    pub(crate) left: (usize, String),
    pub(crate) right: (usize, String),
    pub(crate) is: model::Comparison,
}
