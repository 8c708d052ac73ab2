//! A session: events go in, a report comes out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::ops::ControlFlow;
use std::sync::Arc;

use eventkb_logs::account::FileReport;
use eventkb_logs::event::{Event, Head};
use eventkb_logs::filter::Scope;
use eventkb_logs::{Admission, EventKind, RecordRef, Sink};
use eventkb_logs::{ReadOptions, ReadResult};

use super::class::Class;
use super::content::{Commons, Content, Strings};
use super::coverage::{Coverage, Diagnostics, RecentSpan};
use super::digest::Digest;
use super::duplicate_cache::{DuplicateCache, Known};
use super::errors::{self, Errors};
use super::evaluate::evaluate;
use super::landmarks::{self, Landmarks};
use super::most::Most;
use super::observation::Observation;
use super::record_times::TimelineNotes;
use super::records::{Keep, Records};
use super::subscriptions::{Answering, Resolved};
use super::view::View;
use crate::knowledge::SignatureSet;
use crate::leads::ArticleShelf;
use crate::limits;
use crate::report::{Answer, Ignored, Input, LogSpan, TimelineWindow};

/// Takes events, from any source and in any order, and judges them at the end.
///
/// A session holds small observations of the events that some signature cares about, never whole
/// logs. Sessions over parts of a collection can be merged; the report is the same as that of one
/// session over the whole. A session owns its set, so it can move between threads.
///
/// ```
/// use std::sync::Arc;
///
/// use eventkb::{Event, Session, SignatureSet};
///
/// let signatures = Arc::new(SignatureSet::built_in());
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
pub struct Session {
    pub(crate) set: Arc<SignatureSet>,
    pub(crate) scope: Scope,
    /// By a number made from what their events say: see [`Session::class_of`].
    pub(crate) classes: BTreeMap<u128, Box<Class>>,
    /// Events of classes that were dropped because there are too many.
    pub(crate) dropped: u64,
    pub(crate) errors: Errors,
    pub(crate) landmarks: Landmarks,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) coverage: Coverage,
    pub(crate) inputs: Vec<Input>,
    pub(crate) ignored: Vec<Ignored>,
    /// Ids of signatures whose whole logic is wanted whatever comes out.
    pub(crate) explain: BTreeSet<String>,
    pub(crate) counts_errors: bool,
    pub(crate) cancelled: bool,
    /// What is kept of what; tests force it low.
    pub(crate) most: Most,
    /// Only where a timeline was asked for.
    pub(crate) timeline: Option<TimelineNotes>,
    /// Where leads are looked up.
    pub(crate) articles: Arc<ArticleShelf>,
    resolved: HashMap<String, HashMap<u16, Arc<Resolved>>>,
    /// Events looked at before, by all that they say.
    known: HashMap<u128, Sorted>,
    duplicates: DuplicateCache,
    commons: Commons,
    recent: RecentSpan,
    digest: Digest,
    /// What the last event whose class was looked up answers, and the number of that class.
    answered: (Option<u128>, Vec<Answer>),
}

/// Where an event belongs: its class, if a signature asks for it, and the kind and form of error that
/// it is, if it is one.
type Sorted = (Option<u128>, Option<(u128, u128)>);

impl Session {
    /// A session that asks all of `signatures` about every event it is given.
    pub fn new(signatures: &Arc<SignatureSet>) -> Self {
        Session::with_scope(signatures, Scope::default())
    }

    /// A session that leaves out what is not in `scope`.
    pub fn with_scope(signatures: &Arc<SignatureSet>, scope: Scope) -> Self {
        Session {
            set: Arc::clone(signatures),
            scope,
            classes: BTreeMap::new(),
            dropped: 0,
            errors: Errors::default(),
            landmarks: Landmarks::default(),
            diagnostics: Diagnostics::default(),
            coverage: Coverage::default(),
            inputs: Vec::new(),
            ignored: Vec::new(),
            explain: BTreeSet::new(),
            counts_errors: true,
            cancelled: false,
            most: Most::default(),
            timeline: None,
            articles: Arc::default(),
            resolved: HashMap::new(),
            known: HashMap::new(),
            duplicates: DuplicateCache::default(),
            commons: Commons::default(),
            recent: RecentSpan::default(),
            digest: Digest::default(),
            answered: (None, Vec::new()),
        }
    }

    /// Asks for the full logic of a signature, even if nothing matches. Ids compare ignoring case.
    pub fn explain(&mut self, id: &str) {
        let known = self.set.position(id).and_then(|n| self.set.head(n));
        let id = known.map_or(id, |head| head.id());
        self.explain.insert(id.to_owned());
    }

    /// Whether to count errors and warnings that no signature wants, for the report's list of
    /// unexplained ones. A session does unless told otherwise.
    pub fn count_errors(&mut self, yes: bool) {
        self.counts_errors = yes;
    }

    /// Asks for a [timeline](crate::Report::timeline) of this part of time. What it shows of missing records
    /// is known of those that come after this call.
    pub fn timeline(&mut self, window: TimelineWindow) {
        match &mut self.timeline {
            Some(notes) => notes.window = window,
            None => self.timeline = Some(TimelineNotes::new(window)),
        }
    }

    /// Where articles are looked up that name what no finding explains. Unless told otherwise, a
    /// session looks into its signatures alone: those that reached no verdict.
    pub fn look_into(&mut self, articles: &Arc<ArticleShelf>) {
        self.articles = Arc::clone(articles);
    }

    /// For tests: keeps so many records of a class one by one, and looks at so many classes of what no
    /// occurrence can offer.
    #[doc(hidden)]
    pub fn force_limits(&mut self, singles: usize, ruled_out: usize) {
        self.most.singles = singles;
        self.most.few = singles;
        self.most.ruled_out = ruled_out;
    }

    /// Looks at one event.
    pub fn feed(&mut self, event: &Event) {
        if let Some(notes) = &mut self.timeline {
            notes.saw(&Head::of(event));
        }
        if self.scope.contains(&Head::of(event)) {
            self.coverage.saw(event, &mut self.recent);
        }
        self.look_at(event, None);
    }

    /// Reads one log, export or archive from a stream and looks at its events. `name` is what the
    /// report calls it.
    pub fn read_stream(&mut self, name: &str, input: &mut dyn Read, options: &ReadOptions) {
        let result = eventkb_logs::read_stream(name, input, options, self);
        self.take(result);
    }

    /// Reads one log, export or archive that is in memory and looks at its events.
    pub fn read_bytes(&mut self, name: &str, bytes: &[u8], options: &ReadOptions) {
        let mut input = bytes;
        self.read_stream(name, &mut input, options);
    }

    /// Takes the accounts of what was read.
    pub fn take(&mut self, result: ReadResult) {
        for FileReport { input, spans, .. } in result.files {
            self.add_input(input, spans);
        }
        self.ignored.extend(result.ignored);
        self.cancelled |= result.cancelled;
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

    /// Looks at an event of a file that is accounted for elsewhere.
    fn look_at(&mut self, event: &Event, fingerprint: Option<&[u8]>) {
        let head = Head::of(event);
        if !self.scope.contains(&head) {
            return;
        }
        if landmarks::wants(&event.provider, event.event_id) {
            self.landmarks.note(&View::of(event, None));
        }
        let (class, form) = self.sort(event);
        let observation = Observation::of(event);
        if let Some(class) = class {
            self.open_class(class, event, &observation.strings);
        }
        if let Some(fingerprint) = fingerprint {
            let known = Known {
                class,
                form,
                strings: observation.strings.clone(),
            };
            self.duplicates.learn(fingerprint, known);
        }
        self.note(class, form, observation);
    }

    /// Notes a record where it belongs.
    fn note(&mut self, class: Option<u128>, form: Option<(u128, u128)>, record: Observation) {
        match (class, form) {
            (Some(class), Some((kind, form))) => {
                self.add(class, record.clone());
                self.errors.again(kind, form, record);
            }
            (Some(class), None) => self.add(class, record),
            (None, Some((kind, form))) => self.errors.again(kind, form, record),
            (None, None) => {}
        }
    }

    /// The class and the form of error that an event belongs to.
    fn sort(&mut self, event: &Event) -> Sorted {
        self.digest.clear();
        errors::content(event, &mut self.digest);
        self.digest.bytes(&[u8::from(event.trust.is_weak())]);
        let content = self.digest.number();
        if let Some(known) = self.known.get(&content) {
            return *known;
        }
        let sorted = self.learn(event);
        if self.known.len() >= limits::MAX_KNOWN_EVENTS {
            self.known.clear();
        }
        self.known.insert(content, sorted);
        sorted
    }

    /// Notes what equal events need not tell again.
    fn learn(&mut self, event: &Event) -> Sorted {
        let resolved = self.resolve(event);
        let computer = event.computer.as_deref();
        if !resolved.subscriptions.is_empty() {
            if let Some(number) = event.category {
                self.diagnostics
                    .saw_number(&event.provider, computer, number);
            }
            if let Some(name) = &event.category_name {
                self.diagnostics.saw_name(&event.provider, computer, name);
            }
        }
        let class = self.class_number(event);
        if let Some(known) = class.and_then(|class| self.classes.get_mut(&class)) {
            known.show(event, &mut self.commons);
        }
        let form = (self.counts_errors && errors::counts(event.level))
            .then(|| self.errors.make_room(event, &mut self.digest));
        (class, form)
    }

    fn resolve(&mut self, event: &Event) -> Arc<Resolved> {
        let known = self.resolved.get(&event.provider);
        if let Some(resolved) = known.and_then(|ids| ids.get(&event.event_id))
            && event.event_source.is_none()
        {
            return Arc::clone(resolved);
        }
        let source = event.event_source.as_deref();
        let resolved = Arc::new(Resolved::of(
            &self.set,
            &event.provider,
            source,
            event.event_id,
        ));
        // A provider with a source of its own is rare; it is looked up each time.
        if source.is_none() {
            if self.resolved.len() >= limits::MAX_SPANS {
                self.resolved.clear();
            }
            let ids = self.resolved.entry(event.provider.clone()).or_default();
            ids.insert(event.event_id, Arc::clone(&resolved));
        }
        resolved
    }

    /// The number of the class that an event would be in, if some signature asks for it.
    pub(crate) fn class_number(&mut self, event: &Event) -> Option<u128> {
        let resolved = self.resolve(event);
        (!resolved.subscriptions.is_empty()).then(|| self.class_of(event, &resolved))
    }

    /// What the event is to each part that asks for it, as a number: equal for events that say the
    /// same to all of them.
    fn class_of(&mut self, event: &Event, resolved: &Resolved) -> u128 {
        let digest = &mut self.digest;
        let answers = &mut self.answered.1;
        answers.clear();
        digest.clear();
        digest.folded(&event.provider);
        digest.bytes(&event.event_id.to_le_bytes());
        digest.text(event.computer.as_deref().unwrap_or(""));
        digest.optional(errors::unnamed_in(event).map(|file| &**file));
        digest.bytes(&[u8::from(event.trust.is_weak())]);
        let view = View::of(event, resolved.facts.as_deref());
        for subscription in &resolved.subscriptions {
            let Some(part) = subscription.compiled.parts.get(subscription.part) else {
                answers.push(Answer::No);
                continue;
            };
            digest.bytes(&(subscription.signature as u64).to_le_bytes());
            digest.bytes(&(subscription.part as u64).to_le_bytes());
            evaluate(&part.matcher, &view, &mut Answering { digest, answers });
        }
        let number = digest.number();
        self.answered.0 = Some(number);
        number
    }

    /// Sees to it that there is a class of this number, if there is room for it. `event` is one of
    /// its events, and `strings` are that event's.
    fn open_class(&mut self, class: u128, event: &Event, strings: &Strings) {
        if self.classes.contains_key(&class) || !self.make_room(class) {
            return;
        }
        let before = self.keep();
        let new = Class {
            event: Content::of(event, strings, &mut self.commons),
            weak: event.trust.is_weak(),
            records: Records::default(),
            answers: (self.answered.0 == Some(class)).then(|| self.answered.1.as_slice().into()),
            says: None,
        };
        self.classes.insert(class, Box::new(new));
        self.bound(before);
    }

    /// Adds a record to its class.
    fn add(&mut self, class: u128, record: Observation) {
        let keep = self.keep();
        match self.classes.get_mut(&class) {
            Some(class) => class.records.add(record, keep),
            // There was no room for it, or it was dropped to make room for another one.
            None => self.dropped = self.dropped.saturating_add(1),
        }
    }

    /// Whether there is room for a new class. Where there are too many, those with the lowest
    /// numbers are kept: the same ones in whatever order they come.
    fn make_room(&mut self, class: u128) -> bool {
        if self.classes.len() < self.most.classes {
            return true;
        }
        if self
            .classes
            .last_key_value()
            .is_some_and(|(last, _)| *last < class)
        {
            return false;
        }
        if let Some((_, dropped)) = self.classes.pop_last() {
            self.dropped = self.dropped.saturating_add(dropped.records.given());
        }
        true
    }

    /// What is kept of each class for citation. It only ever gets less, so that what is kept at the
    /// end does not depend on the order of events.
    fn keep(&self) -> Keep {
        let singles = if self.classes.len() < limits::MANY_CLASSES {
            self.most.singles
        } else {
            self.most.few
        };
        Keep {
            singles,
            runs: singles,
        }
    }

    fn bound(&mut self, before: Keep) {
        let keep = self.keep();
        if keep != before {
            self.classes
                .values_mut()
                .for_each(|class| class.records.bound(keep));
        }
    }

    /// How much it holds, about.
    pub(crate) fn size(&self) -> usize {
        self.classes.len()
    }

    /// Takes in all that another session over the same signatures has seen.
    pub fn merge(&mut self, other: Session) {
        let most = Keep {
            singles: self.most.singles,
            runs: self.most.singles,
        };
        for (number, theirs) in other.classes {
            match self.classes.get_mut(&number) {
                Some(ours) => {
                    ours.show(&theirs.event.whole(), &mut self.commons);
                    ours.records.merge(theirs.records, most);
                }
                None => {
                    self.classes.insert(number, theirs);
                }
            }
        }
        self.dropped = self.dropped.saturating_add(other.dropped);
        while self.classes.len() > self.most.classes {
            if let Some((_, class)) = self.classes.pop_last() {
                self.dropped = self.dropped.saturating_add(class.records.given());
            }
        }
        self.bound(most);
        self.errors.merge(other.errors);
        self.landmarks.merge(other.landmarks);
        self.diagnostics.merge(other.diagnostics);
        self.coverage.merge(other.coverage);
        self.inputs.extend(other.inputs);
        self.ignored.extend(other.ignored);
        self.explain.extend(other.explain);
        self.counts_errors &= other.counts_errors;
        self.cancelled |= other.cancelled;
        match (&mut self.timeline, other.timeline) {
            (Some(ours), Some(theirs)) => ours.merge(theirs),
            (ours @ None, theirs) => *ours = theirs,
            (Some(_), None) => {}
        }
    }

    /// Sorts in everything that was seen.
    pub(crate) fn settle(&mut self) {
        let keep = self.keep();
        for class in self.classes.values_mut() {
            class.records.settle(keep);
            class.says = None;
        }
        self.errors.settle();
    }

    /// No more events will come: what only helps to look at them takes room.
    pub(crate) fn forget_what_helps_feeding(&mut self) {
        self.known = HashMap::new();
        self.duplicates = DuplicateCache::default();
        self.commons = Commons::default();
    }
}

impl Session {
    /// Whether events of this kind are looked at.
    fn asks_for(&self, kind: &EventKind<'_>) -> bool {
        (self.counts_errors && errors::counts(kind.level))
            || self
                .set
                .wants(kind.provider, kind.event_source, kind.event_id)
            || landmarks::wants(kind.provider, kind.event_id)
    }
}

impl Sink for Session {
    fn passes_over(&self, kind: &EventKind<'_>) -> bool {
        // A timeline shows where records are missing: it must see the head of each.
        self.timeline.is_none() && !self.asks_for(kind)
    }

    fn admit(&mut self, head: &Head<'_>) -> Admission {
        if let Some(notes) = &mut self.timeline {
            notes.saw(head);
        }
        if self.scope.contains(head) && self.asks_for(&EventKind::of(head)) {
            Admission::Full
        } else {
            Admission::Skip
        }
    }

    fn event(&mut self, event: Event, fingerprint: Option<&[u8]>) -> ControlFlow<()> {
        // A landmark is noted even where an equal event was seen before: its time is what counts. And
        // what names no computer says something else in every file.
        let is_of_its_own = landmarks::wants(&event.provider, event.event_id)
            || errors::unnamed_in(&event).is_some();
        self.look_at(&event, fingerprint.filter(|_| !is_of_its_own));
        ControlFlow::Continue(())
    }

    fn knows_fingerprints(&self) -> bool {
        true
    }

    fn repeated(&mut self, fingerprint: &[u8], record: &RecordRef<'_>) -> bool {
        let Some(known) = self.duplicates.get(fingerprint) else {
            return false;
        };
        let observation = Observation {
            time: record.time,
            file: Arc::clone(record.file),
            record_id: record.record_id,
            offset: record.offset,
            strings: known.strings.clone(),
            trust: record.trust,
        };
        let (class, form) = (known.class, known.form);
        self.note(class, form, observation);
        true
    }
}
