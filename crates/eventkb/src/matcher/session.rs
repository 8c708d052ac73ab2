//! A session: events go in, a report comes out.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;

use super::coverage::{Coverage, Diagnostics};
use super::evaluate;
use super::observation::{Class, ClassKey, Observation};
use super::tally::Tally;
use crate::event::{Event, Trust};
use crate::limits;
use crate::report::{Ignored, Input, LogSpan, Report, Scope};
use crate::scan::in_scope;
use crate::signature::set::{Part, SignatureSet, Subscription};

/// What a reader knows of a record without decoding all of it: enough to count it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Head<'a> {
    /// Provider name.
    pub provider: &'a str,
    /// Event ID.
    pub event_id: u16,
    /// Level, 1 to 5; 0 for audit events and "log always".
    pub level: Option<u8>,
    /// Category number.
    pub category: Option<u16>,
    /// When.
    pub time: Option<Timestamp>,
    /// On which computer.
    pub computer: Option<&'a str>,
    /// In which channel.
    pub channel: Option<&'a str>,
    /// How far the bytes can be believed.
    pub trust: Trust,
}

impl<'a> Head<'a> {
    /// The head of an event.
    pub fn of(event: &'a Event) -> Head<'a> {
        Head {
            provider: &event.provider,
            event_id: event.event_id,
            level: event.level,
            category: event.category,
            time: event.time,
            computer: event.computer.as_deref(),
            channel: event.channel.as_deref(),
            trust: event.trust,
        }
    }
}

/// Takes events, from any source and in any order, and judges them at the end.
///
/// A session holds small observations of the events that some signature cares about, never whole
/// logs. Two sessions over parts of a dump can be merged; the report is the same as that of one
/// session over the whole.
///
/// ```
/// use eventkb::{Event, Session, SignatureSet};
///
/// let signatures = SignatureSet::built_in();
/// let mut session = Session::new(&signatures);
/// session.feed(&Event {
///     provider: "MSExchangeMTA".into(),
///     event_id: 9316,
///     computer: Some("SEATTLE".into()),
///     time: "2000-02-06T01:20:01Z".parse().ok(),
///     strings: Some(["7", "9301", "BASE IL", "PIPE RAS", "36", "500"].map(String::from).to_vec()),
///     ..Event::default()
/// });
/// let report = session.finish();
/// assert_eq!(report.findings[0].signature.id, "Q253307");
/// ```
#[derive(Debug, Clone)]
pub struct Session<'s> {
    pub(super) signatures: &'s SignatureSet,
    pub(super) scope: Scope,
    /// By a hash first, so that a bound on their number is kept in the same way in any order.
    pub(super) classes: BTreeMap<(u64, ClassKey), Class>,
    /// Events of classes that were dropped because there are too many.
    pub(super) dropped: u64,
    pub(super) tally: Tally,
    pub(super) diagnostics: Diagnostics,
    pub(super) coverage: Coverage,
    pub(super) inputs: Vec<Input>,
    pub(super) ignored: Vec<Ignored>,
    /// Ids of signatures whose full outcome tree is wanted whatever comes out.
    pub(super) explain: BTreeSet<String>,
    pub(super) counts_all: bool,
}

impl<'s> Session<'s> {
    /// A session that asks all of `signatures` about every event it is given.
    pub fn new(signatures: &'s SignatureSet) -> Self {
        Session::with_scope(signatures, Scope::default())
    }

    /// A session that leaves out what is not in `scope`.
    pub fn with_scope(signatures: &'s SignatureSet, scope: Scope) -> Self {
        Session {
            signatures,
            scope,
            classes: BTreeMap::new(),
            dropped: 0,
            tally: Tally::default(),
            diagnostics: Diagnostics::default(),
            coverage: Coverage::default(),
            inputs: Vec::new(),
            ignored: Vec::new(),
            explain: BTreeSet::new(),
            counts_all: true,
        }
    }

    /// Asks for the full outcome tree of a signature, even if nothing matches.
    pub fn explain(&mut self, id: &str) {
        self.explain.insert(id.to_owned());
    }

    /// Whether to count errors and warnings that no signature wants, for the report's list of
    /// unexplained ones. A session does unless told otherwise.
    pub fn count_unexplained(&mut self, yes: bool) {
        self.counts_all = yes;
    }

    pub(crate) fn counts_all(&self) -> bool {
        self.counts_all
    }

    /// Whether any event of this provider could matter to any signature.
    pub fn knows(&self, provider: &str) -> bool {
        self.signatures.interest().knows(provider)
    }

    /// Whether an event of this provider and id could matter to any signature. A reader that
    /// knows an event does not can call [`Session::skip`] instead of decoding it.
    pub fn wants(&self, provider: &str, event_source: Option<&str>, event_id: u16) -> bool {
        self.signatures.interest().wants(provider, event_source, event_id)
    }

    /// Counts a record that no signature wants.
    pub fn skip(&mut self, head: &Head<'_>) {
        if in_scope(&self.scope, head) {
            self.count(head);
        }
    }

    /// Looks at one event.
    pub fn feed(&mut self, event: &Event) {
        let head = Head::of(event);
        if !in_scope(&self.scope, &head) {
            return;
        }
        self.count(&head);
        if let Some(name) = &event.category_name
            && self.signatures.interest().knows(&event.provider)
        {
            self.diagnostics.saw_name(&event.provider, event.computer.as_deref(), name);
        }
        self.coverage.saw(event);
        let subscriptions = self.signatures.interest().subscriptions(event);
        if subscriptions.is_empty() {
            return;
        }
        let key = self.class_key(event, subscriptions);
        if key.evaluations.is_empty() && key.names.is_empty() {
            return;
        }
        self.remember(key, Observation::of(event));
    }

    fn count(&mut self, head: &Head<'_>) {
        if self.counts_all {
            self.tally.add(head.provider, head.event_id, head.level, head.time, head.computer);
        }
        if let Some(category) = head.category
            && self.signatures.interest().knows(head.provider)
        {
            self.diagnostics.saw_number(head.provider, head.computer, category);
        }
    }

    fn class_key(&self, event: &Event, subscriptions: Vec<Subscription>) -> ClassKey {
        let mut evaluations = Vec::with_capacity(subscriptions.len());
        let mut names = Vec::new();
        for subscription in subscriptions {
            let index = subscription.signature as usize;
            let (Some(signature), Some(patterns)) =
                (self.signatures.at(index), self.signatures.patterns(index))
            else {
                continue;
            };
            let cause = signature.cause_check.as_ref();
            match subscription.part {
                Part::Symptom(n) => {
                    let n = usize::from(n);
                    if let (Some(s), Some(p)) =
                        (signature.symptoms.get(n), patterns.symptoms.get(n))
                    {
                        evaluations.push((subscription, evaluate::symptom(s, p, event)));
                    }
                }
                Part::RuleOut(n) => {
                    let n = usize::from(n);
                    if let (Some(r), Some(p)) =
                        (signature.rules_out.get(n), patterns.rules_out.get(n))
                    {
                        evaluations.push((subscription, evaluate::rule_out(r, p, event)));
                    }
                }
                Part::Name(n) => {
                    let n = usize::from(n);
                    let source = cause.and_then(|c| c.names.get(n));
                    let name = source
                        .and_then(|s| evaluate::name(s, patterns.names.get(n), event));
                    names.extend(name.map(|name| (subscription, name)));
                }
                Part::OwnName(n) => {
                    let n = usize::from(n);
                    let source = cause.and_then(|c| c.own_names.get(n));
                    let name = source
                        .and_then(|s| evaluate::name(s, patterns.own_names.get(n), event));
                    names.extend(name.map(|name| (subscription, name)));
                }
            }
        }
        ClassKey {
            provider: event.provider.to_ascii_lowercase(),
            event_id: event.event_id,
            computer: event.computer.clone().unwrap_or_default(),
            evaluations,
            names,
        }
    }

    fn remember(&mut self, key: ClassKey, observation: Observation) {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let key = (hasher.finish(), key);
        if self.classes.len() >= limits::MAX_CLASSES && !self.classes.contains_key(&key) {
            // Keep the classes with the lowest hashes: the same ones in whatever order they come.
            if self.classes.last_key_value().is_some_and(|(last, _)| *last < key) {
                self.dropped += 1;
                return;
            }
            if let Some((_, class)) = self.classes.pop_last() {
                self.dropped += class.count();
            }
        }
        self.classes.entry(key).or_default().add(observation);
    }

    /// Adds the account of a file: what could be read of it, and which logs it covers.
    pub fn add_input(&mut self, input: Input, spans: Vec<LogSpan>) {
        self.coverage.add_file(&input.path, spans);
        self.inputs.push(input);
    }

    /// Notes a file that was left alone.
    pub fn ignore(&mut self, ignored: Ignored) {
        self.ignored.push(ignored);
    }

    /// Takes in all that another session over the same signatures has seen.
    pub fn merge(&mut self, other: Session<'s>) {
        for (key, class) in other.classes {
            self.classes.entry(key).or_default().merge(class);
        }
        self.dropped += other.dropped;
        while self.classes.len() > limits::MAX_CLASSES {
            if let Some((_, class)) = self.classes.pop_last() {
                self.dropped += class.count();
            }
        }
        self.tally.merge(other.tally);
        self.diagnostics.merge(other.diagnostics);
        self.coverage.merge(other.coverage);
        self.inputs.extend(other.inputs);
        self.ignored.extend(other.ignored);
        self.explain.extend(other.explain);
        self.counts_all &= other.counts_all;
    }

    /// Judges everything that was seen.
    pub fn finish(self) -> Report {
        super::finish::finish(self)
    }
}
