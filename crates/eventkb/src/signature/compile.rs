//! Turns a checked document into enums: what these types cannot hold cannot be wrong.
//!
//! A compiled signature refers by index where the document refers by name. Everything that an
//! event can be to a signature (symptom, rule-out, source of a name, evidence of a cause, a
//! product's version) is a [`Part`] with a [`Matcher`]; the collector knows nothing else of it.

use std::sync::{Arc, OnceLock};

use regex_lite::Regex;

use super::model::{
    self, BinaryWord, Capture, CauseCheck, Condition, Encoding, EventSelector, IdOrRange, Ids,
    Locality, Role, Rule, Shape, Signature, SystemValue,
};
use super::{number, text};
use crate::report::{CauseState, Verdict};

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

/// Events by provider and ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selector {
    pub(crate) provider: ProviderPattern,
    pub(crate) ids: Vec<(u16, u16)>,
}

/// A provider's name, or how it begins; in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProviderPattern {
    Exact(String),
    Prefix(String),
}

impl ProviderPattern {
    pub(crate) fn of(written: &str) -> ProviderPattern {
        let folded = written.to_ascii_lowercase();
        match folded.strip_suffix('*') {
            Some(prefix) => ProviderPattern::Prefix(prefix.to_owned()),
            None => ProviderPattern::Exact(folded),
        }
    }

    pub(crate) fn fits(&self, provider: &str) -> bool {
        match self {
            ProviderPattern::Exact(name) => provider.eq_ignore_ascii_case(name),
            ProviderPattern::Prefix(prefix) => provider
                .get(..prefix.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(prefix)),
        }
    }
}

impl Selector {
    pub(crate) fn of(selector: &EventSelector) -> Option<Selector> {
        Some(Selector {
            provider: ProviderPattern::of(&selector.provider),
            ids: ids_of(&selector.id)?,
        })
    }

    /// Whether an event of any of these providers and this id is meant.
    pub(crate) fn fits(&self, providers: &[&str], event_id: u16) -> bool {
        self.ids
            .iter()
            .any(|(low, high)| (*low..=*high).contains(&event_id))
            && providers.iter().any(|name| self.provider.fits(name))
    }
}

/// The ids as ranges; `None` when one is not a number or range.
pub(crate) fn ids_of(ids: &Ids) -> Option<Vec<(u16, u16)>> {
    let range = |text: &str| {
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        let (low, high) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
        (low <= high).then_some((low, high))
    };
    match ids {
        Ids::One(id) => Some(vec![(*id, *id)]),
        Ids::Range(text) => Some(vec![range(text)?]),
        Ids::Many(list) => list
            .iter()
            .map(|entry| match entry {
                IdOrRange::One(id) => Some((*id, *id)),
                IdOrRange::Range(text) => range(text),
            })
            .collect(),
    }
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

/// A pattern, compiled when it is first used: most signatures never are.
#[derive(Debug)]
pub(crate) struct LazyRegex {
    source: String,
    cell: OnceLock<Option<Regex>>,
}

impl LazyRegex {
    fn new(source: &str) -> LazyRegex {
        LazyRegex {
            source: source.to_owned(),
            cell: OnceLock::new(),
        }
    }

    /// `None` only for a pattern that the check would have refused.
    pub(crate) fn get(&self) -> Option<&Regex> {
        self.cell
            .get_or_init(|| Regex::new(&self.source).ok())
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

/// A comparison of captures: `(symptom, capture name)` on both sides.
#[derive(Debug)]
pub(crate) struct CompiledRelation {
    pub(crate) left: (usize, String),
    pub(crate) right: (usize, String),
    pub(crate) is: model::Comparison,
}

/// Compiles a document; `None` where it names what is not there, which the check reports in words.
pub(crate) fn compile(document: Arc<Signature>) -> Option<Compiled> {
    let signature = &*document;
    let names = Names::of(signature);
    let mut parts = Vec::new();
    for (n, symptom) in signature.symptoms.iter().enumerate() {
        let matcher = Matcher {
            events: selectors(&symptom.events)?,
            levels: symptom.level.clone(),
            categories: symptom.category.clone(),
            conditions: nodes(&symptom.conditions)?,
            captures: names.captures(&symptom.capture),
        };
        let role = PartRole::Symptom(n);
        parts.push(Part { role, matcher });
    }
    for (n, clause) in signature.rules_out.iter().enumerate() {
        let captures = names.captures(&clause.capture);
        let matcher = plain(&clause.events, &clause.conditions, captures)?;
        let role = PartRole::RuleOut(n);
        parts.push(Part { role, matcher });
    }
    for (n, check) in signature.cause_checks.iter().enumerate() {
        cause_parts(n, check, &names, &mut parts)?;
    }
    for (n, version) in signature.applies_to.iter().enumerate() {
        if let Some(capture) = &version.capture {
            let captures = names.captures(std::slice::from_ref(capture));
            let matcher = plain(&version.events, &[], captures)?;
            let role = PartRole::Version(n);
            parts.push(Part { role, matcher });
        }
    }
    let symptoms = signature.symptoms.iter().map(|symptom| {
        let only_if = symptom.only_if.iter().map(|qualifier| {
            let other = qualifier_symptom(qualifier);
            Some((qualifier.clone(), other.map_or(Some(None), |id| names.symptom(id).map(Some))?))
        });
        Some(CompiledSymptom {
            role: symptom.role,
            local: symptom.locality == Locality::SameComputer,
            only_if: only_if.collect::<Option<_>>()?,
        })
    });
    let symptoms: Vec<CompiledSymptom> = symptoms.collect::<Option<_>>()?;
    let rules_out = signature.rules_out.iter().map(|clause| {
        Some(CompiledRuleOut {
            local: clause.locality == Locality::SameComputer,
            unless: match &clause.unless {
                Some(rule) => Some(names.rule(rule)?),
                None => None,
            },
        })
    });
    let rules_out = rules_out.collect::<Option<_>>()?;
    let rules = names.rules()?;
    let relations = names.relations()?;
    let seconds = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    Some(Compiled {
        anchors: names.anchors(&symptoms),
        symptoms,
        rules_out,
        rules,
        relations,
        objects: signature.join.objects.len(),
        window_s: seconds(signature.join.window_s),
        across_window_s: seconds(signature.join.across_window_s),
        attempt_gap_s: seconds(signature.join.attempt_gap_s),
        key: names.key_parts(),
        parts,
        document,
    })
}

fn cause_parts(
    n: usize,
    check: &CauseCheck,
    names: &Names<'_>,
    parts: &mut Vec<Part>,
) -> Option<()> {
    match check {
        CauseCheck::ComputerNames(check) => {
            let sources = check.names.iter().map(|source| (PartRole::Name(n), source));
            let own = check
                .own_names
                .iter()
                .map(|source| (PartRole::OwnName(n), source));
            for (role, source) in sources.chain(own) {
                let matcher = plain(&source.events, &[], vec![name_capture(source)])?;
                parts.push(Part { role, matcher });
            }
        }
        CauseCheck::Event(check) => {
            let captures = names.captures(&check.capture);
            let matcher = plain(&check.events, &check.conditions, captures)?;
            let role = PartRole::CauseEvent(n);
            parts.push(Part { role, matcher });
        }
        CauseCheck::Absence(check) => {
            let matcher = plain(&check.events, &check.conditions, Vec::new())?;
            let role = PartRole::CauseEvent(n);
            parts.push(Part { role, matcher });
        }
    }
    Some(())
}

fn plain(
    events: &[EventSelector],
    conditions: &[Condition],
    captures: Vec<CompiledCapture>,
) -> Option<Matcher> {
    Some(Matcher {
        events: selectors(events)?,
        levels: Vec::new(),
        categories: Vec::new(),
        conditions: nodes(conditions)?,
        captures,
    })
}

fn selectors(events: &[EventSelector]) -> Option<Vec<Selector>> {
    events.iter().map(Selector::of).collect()
}

fn nodes(conditions: &[Condition]) -> Option<Vec<Node>> {
    conditions.iter().map(node).collect()
}

fn node(condition: &Condition) -> Option<Node> {
    if !condition.any.is_empty() {
        return Some(Node::Any(nodes(&condition.any)?, condition.not));
    }
    if !condition.all.is_empty() {
        return Some(Node::All(nodes(&condition.all)?, condition.not));
    }
    Some(Node::Leaf(Leaf {
        subject: subject(condition)?,
        each_line: condition.each_line,
        part: condition.part.as_deref().map(LazyRegex::new),
        test: test(condition)?,
        not: condition.not,
    }))
}

fn subject(condition: &Condition) -> Option<Subject> {
    if let Some(position) = condition.string {
        return Some(Subject::String(position.checked_sub(1)?));
    }
    if let Some(name) = &condition.value {
        return Some(Subject::Value(name.clone()));
    }
    if let Some(word) = condition.binary {
        return Some(Subject::Binary(word));
    }
    if let Some(value) = condition.system {
        return Some(Subject::System(value));
    }
    if condition.message {
        return Some(Subject::Message);
    }
    condition.any_value.then_some(Subject::AnyValue)
}

fn test(condition: &Condition) -> Option<Test> {
    let folded = |texts: &model::OneOrMany| -> Vec<String> {
        texts.as_slice().iter().map(|t| text::fold(t)).collect()
    };
    let lower = |texts: &model::OneOrMany| -> Vec<String> {
        texts.as_slice().iter().map(|t| t.to_lowercase()).collect()
    };
    Some(if let Some(wanted) = &condition.number {
        let value = number::of(wanted)?;
        Test::Numbers(vec![(value, value)])
    } else if let Some(wanted) = &condition.number_in {
        Test::Numbers(wanted.iter().map(number::range_of).collect::<Option<_>>()?)
    } else if let Some(wanted) = &condition.more_than {
        Test::MoreThan(number::of(wanted)?)
    } else if let Some(wanted) = &condition.less_than {
        Test::LessThan(number::of(wanted)?)
    } else if let Some(bits) = &condition.bits {
        Test::Bits {
            mask: number::of(&bits.mask)?.cast_unsigned(),
            set: number::of(&bits.set)?.cast_unsigned(),
        }
    } else if let Some(texts) = &condition.is {
        Test::Is(folded(texts))
    } else if let Some(texts) = &condition.is_exactly {
        Test::IsExactly(texts.as_slice().to_vec())
    } else if let Some(texts) = &condition.starts_with {
        Test::StartsWith(lower(texts))
    } else if let Some(texts) = &condition.ends_with {
        Test::EndsWith(lower(texts))
    } else if let Some(texts) = &condition.contains {
        Test::Contains(lower(texts))
    } else if let Some(pattern) = &condition.pattern {
        Test::Pattern(LazyRegex::new(pattern))
    } else {
        Test::Present(condition.present?)
    })
}

fn name_capture(source: &model::NameSource) -> CompiledCapture {
    CompiledCapture {
        name: "name".to_owned(),
        subject: match (source.string, &source.value) {
            (Some(position), _) => position.checked_sub(1).map(Subject::String),
            (None, Some(name)) => Some(Subject::Value(name.clone())),
            (None, None) => Some(Subject::AnyValue),
        },
        shape: None,
        part: source.part.as_deref().map(LazyRegex::new),
        strings: source.strings,
        from_text: source.from_text.as_deref().map(LazyRegex::new),
        encoding: source.encoding,
        key: None,
        is_peer: false,
    }
}

/// The symptom that a qualifier names.
pub(crate) fn qualifier_symptom(qualifier: &model::Qualifier) -> Option<&str> {
    match qualifier {
        model::Qualifier::PrecededBy(other)
        | model::Qualifier::FollowedBy(other)
        | model::Qualifier::NotPrecededBy(other)
        | model::Qualifier::NotFollowedBy(other) => Some(&other.symptom),
        model::Qualifier::Count(_)
        | model::Qualifier::AtStart(_)
        | model::Qualifier::AtShutdown(_) => None,
    }
}

/// Looks names up, to make indices of them.
struct Names<'a> {
    signature: &'a Signature,
    /// Objects, then what must agree besides.
    key: Vec<&'a str>,
}

impl<'a> Names<'a> {
    fn of(signature: &'a Signature) -> Names<'a> {
        let join = &signature.join;
        Names {
            signature,
            key: join
                .objects
                .iter()
                .chain(&join.same)
                .map(String::as_str)
                .collect(),
        }
    }

    fn symptom(&self, id: &str) -> Option<usize> {
        self.signature.symptoms.iter().position(|s| s.id == id)
    }

    fn captures(&self, captures: &[Capture]) -> Vec<CompiledCapture> {
        captures
            .iter()
            .map(|capture| CompiledCapture {
                name: capture.name.clone(),
                subject: if let Some(position) = capture.string {
                    position.checked_sub(1).map(Subject::String)
                } else if let Some(name) = &capture.value {
                    Some(Subject::Value(name.clone()))
                } else if let Some(value) = capture.system {
                    Some(Subject::System(value))
                } else if capture.message {
                    Some(Subject::Message)
                } else if capture.any_value {
                    Some(Subject::AnyValue)
                } else {
                    None
                },
                shape: capture.shape,
                part: capture.part.as_deref().map(LazyRegex::new),
                strings: None,
                from_text: None,
                encoding: capture.encoding,
                key: self.key.iter().position(|name| *name == capture.name),
                is_peer: self.signature.join.peer.as_deref() == Some(&*capture.name),
            })
            .collect()
    }

    fn key_parts(&self) -> Vec<KeyPart> {
        let all = || {
            let symptoms = self.signature.symptoms.iter().flat_map(|s| &s.capture);
            symptoms.chain(self.signature.rules_out.iter().flat_map(|r| &r.capture))
        };
        self.key
            .iter()
            .map(|name| KeyPart {
                name: (*name).to_owned(),
                exact_case: all().any(|capture| capture.name == *name && capture.exact_case),
            })
            .collect()
    }

    /// Local symptoms, most telling first.
    fn anchors(&self, symptoms: &[CompiledSymptom]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..symptoms.len())
            .filter(|&n| symptoms.get(n).is_some_and(|s| s.local && s.is_evidence()))
            .collect();
        order.sort_by_key(|&n| {
            let id = self.signature.symptoms.get(n).map(|s| s.id.as_str());
            let anchor = &self.signature.join.anchor;
            let named = anchor.iter().position(|name| Some(name.as_str()) == id);
            let role = symptoms.get(n).map(|s| s.role);
            (named.unwrap_or(usize::MAX), role, n)
        });
        order
    }

    fn rules(&self) -> Option<Vec<(Verdict, CompiledRule)>> {
        let Some(verdicts) = &self.signature.verdicts else {
            return Some(self.standard_rules());
        };
        [
            (Verdict::Match, &verdicts.full),
            (Verdict::Likely, &verdicts.likely),
            (Verdict::Possible, &verdicts.possible),
        ]
        .into_iter()
        .filter_map(|(verdict, rule)| {
            let rule = rule.as_ref()?;
            Some(self.rule(rule).map(|rule| (verdict, rule)))
        })
        .collect()
    }

    /// The rules that hold where an author gives none; see docs/signature-format.md.
    fn standard_rules(&self) -> Vec<(Verdict, CompiledRule)> {
        let with = |role: Role| -> Vec<usize> {
            let symptoms = self.signature.symptoms.iter().enumerate();
            symptoms
                .filter(|(_, symptom)| symptom.role == role)
                .map(|(n, _)| n)
                .collect()
        };
        let (core, strong) = (with(Role::Core), with(Role::Strong));
        let specific = core.len() > 1
            || core.iter().any(|&n| {
                self.signature.symptoms.get(n).is_some_and(|symptom| {
                    symptom.own || !symptom.conditions.is_empty() || !symptom.only_if.is_empty()
                })
            });
        let all: Vec<usize> = core.iter().chain(&strong).copied().collect();
        let mut rules = Vec::new();
        if specific || !strong.is_empty() {
            rules.push((Verdict::Match, CompiledRule::Found(all)));
        }
        if specific {
            rules.push((Verdict::Likely, CompiledRule::Found(core.clone())));
        } else if !strong.is_empty() {
            let both = vec![
                CompiledRule::Found(core.clone()),
                CompiledRule::AtLeast(1, strong),
            ];
            rules.push((Verdict::Likely, CompiledRule::All(both)));
        }
        rules.push((Verdict::Possible, CompiledRule::AtLeast(1, core)));
        rules
    }

    fn rule(&self, rule: &Rule) -> Option<CompiledRule> {
        let rules = |parts: &[Rule]| -> Option<Vec<CompiledRule>> {
            parts.iter().map(|part| self.rule(part)).collect()
        };
        let symptoms = |ids: &[String]| -> Option<Vec<usize>> {
            ids.iter().map(|id| self.symptom(id)).collect()
        };
        Some(match rule {
            Rule::All(parts) => CompiledRule::All(rules(parts)?),
            Rule::Any(parts) => CompiledRule::Any(rules(parts)?),
            Rule::Not(part) => CompiledRule::Not(Box::new(self.rule(part)?)),
            Rule::Found(ids) => CompiledRule::Found(symptoms(ids)?),
            Rule::AtLeast { count, of } => {
                CompiledRule::AtLeast(*count, symptoms(of)?)
            }
            Rule::Seen(ids) => CompiledRule::Seen(symptoms(ids)?),
            Rule::Contradicted(ids) => CompiledRule::Contradicted(symptoms(ids)?),
            Rule::Absent(ids) => CompiledRule::Absent(symptoms(ids)?),
            Rule::Relation(id) => {
                let at = self.signature.relations.iter().position(|r| r.id == *id)?;
                CompiledRule::Relation(at)
            }
            Rule::Cause(state) => CompiledRule::Cause(*state),
        })
    }

    fn relations(&self) -> Option<Vec<CompiledRelation>> {
        let side = |written: &str| {
            let (symptom, capture) = written.split_once('.')?;
            Some((self.symptom(symptom)?, capture.to_owned()))
        };
        let relations = self.signature.relations.iter();
        relations
            .map(|relation| {
                Some(CompiledRelation {
                    left: side(&relation.left)?,
                    right: side(&relation.right)?,
                    is: relation.is,
                })
            })
            .collect()
    }
}
