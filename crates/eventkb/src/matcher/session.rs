//! A session: events go in, a report comes out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::class::Class;
use super::content::{Digest, Familiars, content_of};
use super::coverage::{Coverage, Diagnostics, RecentSpan};
use super::evaluate;
use super::evaluate::{Build, Patterns};
use super::observation::{ClassKey, Observation};
use super::tally::Tally;
use std::ops::ControlFlow;

use eventkb_logs::{Admission, FileReport, RecordRef, Sink};

use crate::event::{Event, Head, Trust};
use crate::limits;
use crate::report::{Ignored, Input, LogSpan, Report, Scope};
use crate::signature::model::{RuleOut, Symptom};
use crate::signature::set::{Part, SignatureSet, Subscription};

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
    /// By a number made from what their events say: see [`Session::class_of`].
    pub(super) classes: BTreeMap<u128, (ClassKey, Class)>,
    /// Events of classes that were dropped because there are too many.
    pub(super) dropped: u64,
    /// Errors and warnings of events that were fed, and of each file that was read.
    pub(super) tally: Tally,
    pub(super) tallies: BTreeMap<String, Tally>,
    pub(super) diagnostics: Diagnostics,
    pub(super) coverage: Coverage,
    pub(super) inputs: Vec<Input>,
    pub(super) ignored: Vec<Ignored>,
    /// Ids of signatures whose full outcome tree is wanted whatever comes out.
    pub(super) explain: BTreeSet<String>,
    pub(super) counts_all: bool,
    pub(super) cancelled: bool,
    /// Classes of events looked at before, by all that they say: a failing server says the same
    /// thing over and over. `None` are those that no signature wants.
    known: HashMap<u128, Option<u128>>,
    familiar: Familiars,
    recent: RecentSpan,
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
            tallies: BTreeMap::new(),
            diagnostics: Diagnostics::default(),
            coverage: Coverage::default(),
            inputs: Vec::new(),
            ignored: Vec::new(),
            explain: BTreeSet::new(),
            counts_all: true,
            cancelled: false,
            known: HashMap::new(),
            familiar: Familiars::default(),
            recent: RecentSpan::default(),
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

    /// Whether any event of this provider could matter to any signature.
    pub fn knows(&self, provider: &str) -> bool {
        self.signatures.interest().knows(provider)
    }

    /// Whether an event of this provider and id could matter to any signature. A reader that
    /// knows an event does not can call [`Session::skip`] instead of decoding it.
    pub fn wants(&self, provider: &str, event_source: Option<&str>, event_id: u16) -> bool {
        self.signatures
            .interest()
            .wants(provider, event_source, event_id)
    }

    /// Counts a record that no signature wants.
    pub fn skip(&mut self, head: &Head<'_>) {
        if self.counts(head) {
            self.tally.add(head);
        }
        self.pass(head);
    }

    /// Whether a record is to be counted among the errors and warnings.
    pub(crate) fn counts(&self, head: &Head<'_>) -> bool {
        self.counts_all && self.scope.contains(head)
    }

    /// Notes a record that no signature wants, and that is counted elsewhere.
    pub(crate) fn pass(&mut self, head: &Head<'_>) {
        if self.scope.contains(head) {
            self.note_category(head);
        }
    }

    /// Looks at one event.
    pub fn feed(&mut self, event: &Event) {
        let head = Head::of(event);
        if self.counts(&head) {
            self.tally.add(&head);
        }
        if self.scope.contains(&head) {
            self.coverage.saw(event, &mut self.recent);
        }
        self.look_at(event);
    }

    /// Looks at one event of a file that is accounted for elsewhere.
    pub(crate) fn look_at(&mut self, event: &Event) {
        let head = Head::of(event);
        if !self.scope.contains(&head) {
            return;
        }
        let class = self.class_by_content(event, &head);
        if let Some(class) = class {
            self.remember(event, class);
        }
    }

    /// The same, for an event whose likeness may come again.
    pub(crate) fn look_at_like(&mut self, event: &Event, likeness: &[u8]) {
        let head = Head::of(event);
        if !self.scope.contains(&head) {
            return;
        }
        let class = self.class_by_content(event, &head);
        let strings = class.map(|class| self.remember(event, class));
        self.familiar
            .learn(likeness, class, strings.unwrap_or_default());
    }

    /// Takes a record whose likeness is known; `false` when it is not.
    pub(crate) fn again(&mut self, likeness: &[u8], record: &RecordRef<'_>) -> bool {
        let Some(familiar) = self.familiar.get(likeness) else {
            return false;
        };
        // Computer and channel are those of the event that was in scope.
        let fits = self.scope.contains_time(record.time)
            && (record.trust != Trust::Recovered || self.scope.recovered);
        if let (true, Some(class)) = (fits, familiar.class) {
            let event = Observation {
                time: record.time,
                file: Arc::clone(record.file),
                record_id: record.record_id,
                offset: record.offset,
                strings: Arc::clone(&familiar.strings),
                trust: record.trust,
            };
            self.add(class, event);
        }
        true
    }

    /// The class of an event; `None` when no signature wants it.
    fn class_by_content(&mut self, event: &Event, head: &Head<'_>) -> Option<u128> {
        let content = content_of(event);
        if let Some(class) = self.known.get(&content) {
            return *class;
        }
        let class = self.learn(event, head);
        if self.known.len() >= limits::MAX_KNOWN_EVENTS {
            self.known.clear();
        }
        self.known.insert(content, class);
        class
    }

    /// Notes what equal events need not tell again, and gives their class.
    fn learn(&mut self, event: &Event, head: &Head<'_>) -> Option<u128> {
        self.note_category(head);
        if let Some(name) = &event.category_name
            && self.signatures.interest().knows(&event.provider)
        {
            self.diagnostics
                .saw_name(&event.provider, event.computer.as_deref(), name);
        }
        let subscriptions = self.signatures.interest().subscriptions(event);
        (!subscriptions.is_empty()).then(|| self.class_of(event, &subscriptions))
    }

    fn note_category(&mut self, head: &Head<'_>) {
        if let Some(category) = head.category
            && self.signatures.interest().knows(head.provider)
        {
            self.diagnostics
                .saw_number(head.provider, head.computer, category);
        }
    }

    /// What the event is to each part that subscribed to it, as a number: equal for events that
    /// say the same to all of them.
    fn class_of(&self, event: &Event, subscriptions: &[Subscription]) -> u128 {
        let mut digest = Digest::default();
        digest.folded(&event.provider);
        digest.bytes(&event.event_id.to_le_bytes());
        digest.text(event.computer.as_deref().unwrap_or(""));
        self.visit(event, subscriptions, |subscription, visited| {
            digest.bytes(&subscription.signature.to_le_bytes());
            match visited {
                Visited::Symptom(s, p) => evaluate::symptom(s, p, event, &mut digest),
                Visited::RuleOut(r, p) => evaluate::rule_out(r, p, event, &mut digest),
                Visited::Name(name) => digest.text(name.as_deref().unwrap_or("")),
            }
        });
        digest.finish()
    }

    /// The same, spelled out.
    fn class_key(&self, event: &Event, subscriptions: &[Subscription]) -> ClassKey {
        let mut evaluations = Vec::with_capacity(subscriptions.len());
        let mut names = Vec::new();
        self.visit(event, subscriptions, |subscription, visited| {
            let mut build = Build::default();
            match visited {
                Visited::Symptom(s, p) => evaluate::symptom(s, p, event, &mut build),
                Visited::RuleOut(r, p) => evaluate::rule_out(r, p, event, &mut build),
                Visited::Name(name) => {
                    names.extend(name.map(|name| (subscription, name)));
                    return;
                }
            }
            evaluations.push((subscription, build.0));
        });
        ClassKey {
            provider: event.provider.to_ascii_lowercase(),
            event_id: event.event_id,
            computer: event.computer.clone().unwrap_or_default(),
            evaluations,
            names,
        }
    }

    fn visit(
        &self,
        event: &Event,
        subscriptions: &[Subscription],
        mut each: impl FnMut(Subscription, Visited<'_>),
    ) {
        for &subscription in subscriptions {
            let index = subscription.signature as usize;
            let (Some(signature), Some(patterns)) =
                (self.signatures.at(index), self.signatures.patterns(index))
            else {
                continue;
            };
            let cause = signature.cause_check.as_ref();
            let visited = match subscription.part {
                Part::Symptom(n) => {
                    let n = usize::from(n);
                    signature
                        .symptoms
                        .get(n)
                        .zip(patterns.symptoms.get(n))
                        .map(|(s, p)| Visited::Symptom(s, p))
                }
                Part::RuleOut(n) => {
                    let n = usize::from(n);
                    signature
                        .rules_out
                        .get(n)
                        .zip(patterns.rules_out.get(n))
                        .map(|(r, p)| Visited::RuleOut(r, p))
                }
                Part::Name(n) => {
                    let n = usize::from(n);
                    cause
                        .and_then(|c| c.names.get(n))
                        .map(|s| Visited::Name(evaluate::name(s, patterns.names.get(n), event)))
                }
                Part::OwnName(n) => {
                    let n = usize::from(n);
                    cause
                        .and_then(|c| c.own_names.get(n))
                        .map(|s| Visited::Name(evaluate::name(s, patterns.own_names.get(n), event)))
                }
            };
            if let Some(visited) = visited {
                each(subscription, visited);
            }
        }
    }

    /// Adds an event to its class; gives its strings, to be shared by others that say the same.
    fn remember(&mut self, event: &Event, class: u128) -> Arc<[String]> {
        let observation = Observation::of(event);
        let strings = Arc::clone(&observation.strings);
        if !self.classes.contains_key(&class) {
            if !self.make_room(class) {
                return strings;
            }
            let most = self.most_singles();
            let subscriptions = self.signatures.interest().subscriptions(event);
            let key = self.class_key(event, &subscriptions);
            self.classes.insert(class, (key, Class::default()));
            self.bound_singles(most);
        }
        self.add(class, observation);
        strings
    }

    fn add(&mut self, class: u128, event: Observation) {
        let most = self.most_singles();
        match self.classes.get_mut(&class) {
            Some((_, class)) => class.add(event, most),
            // It was dropped to make room for another one.
            None => self.dropped += 1,
        }
    }

    /// Whether there is room for a new class. Where there are too many, those with the lowest
    /// numbers are kept: the same ones in whatever order they come.
    fn make_room(&mut self, class: u128) -> bool {
        if self.classes.len() < limits::MAX_CLASSES {
            return true;
        }
        if self
            .classes
            .last_key_value()
            .is_some_and(|(last, _)| *last < class)
        {
            self.dropped += 1;
            return false;
        }
        if let Some((_, (_, dropped))) = self.classes.pop_last() {
            self.dropped += dropped.given();
        }
        true
    }

    /// Single observations kept for each class. It only ever gets smaller, so that what is kept
    /// at the end does not depend on the order of events.
    fn most_singles(&self) -> usize {
        if self.classes.len() < limits::MANY_CLASSES {
            limits::MAX_SINGLE_OBSERVATIONS
        } else {
            limits::FEW_OBSERVATIONS
        }
    }

    fn bound_singles(&mut self, before: usize) {
        let most = self.most_singles();
        if most < before {
            self.classes
                .values_mut()
                .for_each(|(_, class)| class.bound(most));
        }
    }

    /// Adds the account of a file: what could be read of it, and which logs it covers.
    pub fn add_input(&mut self, input: Input, spans: Vec<LogSpan>) {
        self.coverage.add_file(&input.path, spans);
        self.inputs.push(input);
    }

    /// The same for a file that was read here.
    pub(crate) fn add_file(&mut self, file: FileReport) {
        self.add_input(file.input, file.spans);
    }

    /// Notes that reading was stopped before its end.
    pub fn cancelled(&mut self) {
        self.cancelled = true;
    }

    /// Notes a file that was left alone.
    pub fn ignore(&mut self, ignored: Ignored) {
        self.ignored.push(ignored);
    }

    /// Takes in all that another session over the same signatures has seen.
    pub fn merge(&mut self, other: Session<'s>) {
        for (number, (key, class)) in other.classes {
            let ours = self
                .classes
                .entry(number)
                .or_insert_with(|| (key, Class::default()));
            ours.1.merge(class, limits::MAX_SINGLE_OBSERVATIONS);
        }
        self.bound_singles(limits::MAX_SINGLE_OBSERVATIONS);
        self.dropped += other.dropped;
        while self.classes.len() > limits::MAX_CLASSES {
            if let Some((_, (_, class))) = self.classes.pop_last() {
                self.dropped += class.given();
            }
        }
        self.tally.merge(other.tally);
        for (file, tally) in other.tallies {
            self.tallies.entry(file).or_default().merge(tally);
        }
        self.diagnostics.merge(other.diagnostics);
        self.coverage.merge(other.coverage);
        self.inputs.extend(other.inputs);
        self.ignored.extend(other.ignored);
        self.explain.extend(other.explain);
        self.counts_all &= other.counts_all;
        self.cancelled |= other.cancelled;
    }

    /// Sorts in everything that was seen.
    pub(super) fn settle(&mut self) {
        let most = self.most_singles();
        self.classes
            .values_mut()
            .for_each(|(_, class)| class.settle(most));
    }

    /// Judges everything that was seen.
    pub fn finish(self) -> Report {
        super::finish::finish(self)
    }
}

impl Sink for Session<'_> {
    fn passes_over(&self, provider: &str) -> bool {
        !self.counts_all && !self.knows(provider)
    }

    fn admit(&mut self, head: &Head<'_>) -> Admission {
        if self.counts(head) {
            self.tally.add(head);
        }
        if self.wants(head.provider, head.event_source, head.event_id) {
            Admission::Full
        } else {
            self.pass(head);
            Admission::Skip
        }
    }

    fn event(&mut self, event: Event, fingerprint: Option<&[u8]>) -> ControlFlow<()> {
        match fingerprint {
            Some(fingerprint) => self.look_at_like(&event, fingerprint),
            None => self.look_at(&event),
        }
        ControlFlow::Continue(())
    }

    fn knows_fingerprints(&self) -> bool {
        true
    }

    fn repeated(&mut self, fingerprint: &[u8], record: &RecordRef<'_>) -> bool {
        self.again(fingerprint, record)
    }
}

/// A part of a signature that looks at an event.
enum Visited<'v> {
    Symptom(&'v Symptom, &'v Patterns),
    RuleOut(&'v RuleOut, &'v Patterns),
    Name(Option<String>),
}
