//! Observations in, report out: occurrences, verdicts, causes, rivals, what nobody explains.
//!
//! Nothing here depends on the order in which events came: what a session keeps does not, and
//! everything below works on sorted lists.

mod against;
mod case;
mod cause;
mod class_numbers;
mod computers;
mod coverage;
mod doubts;
mod finding;
mod items;
mod key;
mod leads;
mod names;
mod nearest;
mod occurrence;
mod outcome;
mod outdone;
mod peers;
mod possible;
mod qualify;
mod ranking;
mod rivals;
mod symptoms;
mod timeline;
mod unexplained;
mod verdict;
mod versions;
pub(crate) mod work;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use eventkb_logs::event::Event;
use smallvec::SmallVec;

use class_numbers::ClassNumbers;
use computers::{Computers, Machine};
use coverage::CoverageIndex;

use crate::collect::class::Class;
use crate::collect::content::Unpacked;
use crate::collect::coverage::{Diagnostics, earliest};
use crate::collect::landmarks::Noted;
use crate::collect::records::Point;
use crate::collect::session::Session;
use crate::collect::subscriptions::Resolved;
use crate::collect::view::View;
use crate::collect::{errors, evaluate};
use crate::knowledge::SignatureSet;
use crate::limits;
use crate::report::{
    Answer, Explanation, Finding, HarmlessSum, Landmark, REPORT_VERSION, Report, SignatureCount,
    Standing, Tool, Totals,
};
use crate::signature::compile::{Compiled, PartRole};
use crate::signature::model::EventSelector;

/// A class with what all signatures need to know of it, made once.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    /// The class's number.
    pub(crate) number: u128,
    pub(crate) class: &'a Class,
    /// The name of the computer that wrote it; empty where it names none.
    pub(crate) computer: &'a str,
    pub(crate) resolved: Arc<Resolved>,
    pub(crate) machine: Machine,
    /// The computer as far as it is known for sure: what names none is of one computer only within
    /// its file.
    pub(crate) place: Machine,
    /// When its records were written.
    pub(crate) points: SmallVec<[Point; 1]>,
    /// What it answers each part that asks for it, in the order of the subscriptions.
    answers: Arc<[Answer]>,
    /// How many records it has, and how many of them have no time. Here, as looking into a class
    /// again for each signature takes longer than all else where there are very many.
    pub(crate) count: u64,
    pub(crate) untimed: u64,
    /// Signatures that count it as found.
    pub(crate) shared_by: usize,
}

/// What the whole collection offers to every signature.
pub(crate) struct Collection<'a> {
    pub(crate) set: &'a SignatureSet,
    pub(crate) classes: Vec<Seen<'a>>,
    pub(crate) coverage: CoverageIndex,
    pub(crate) diagnostics: &'a Diagnostics,
    pub(crate) computers: Computers,
    landmarks: HashMap<Machine, Vec<&'a Noted>>,
    /// Some record cannot be believed by itself.
    pub(crate) has_weak: bool,
    /// The computers of files whose records name none, as far as they are known for sure: numbers
    /// that no named computer has.
    pub(crate) unnamed: BTreeMap<&'a str, Machine>,
    /// Events dropped because there were too many kinds of them.
    pub(crate) dropped: u64,
}

impl Collection<'_> {
    /// Landmarks of a computer, in order of time.
    pub(crate) fn landmarks_of(&self, machine: Machine) -> impl Iterator<Item = &Landmark> {
        self.noted_of(machine).map(|noted| &noted.landmark)
    }

    /// The same, and how far they can be believed.
    pub(crate) fn noted_of(&self, machine: Machine) -> impl Iterator<Item = &Noted> {
        self.landmarks.get(&machine).into_iter().flatten().copied()
    }

    /// Whether all evidence can be believed, and its computers are known to be the same or not.
    pub(crate) fn is_firm(&self) -> bool {
        !self.has_weak && self.unnamed.len() < 2
    }

    /// What a class answers the parts of one signature.
    pub(crate) fn answers(
        &self,
        class: usize,
        signature: usize,
    ) -> impl Iterator<Item = (usize, Answer)> {
        let seen = self.classes.get(class).into_iter();
        seen.flat_map(move |seen| {
            let own = seen.resolved.of_signature(signature);
            let asking = seen.resolved.subscriptions.get(own.clone());
            let answers = seen.answers.get(own).into_iter().flatten();
            let parts = asking.into_iter().flatten().map(|s| s.part);
            parts.zip(answers.copied())
        })
    }

    /// The channel in which a symptom would be looked for.
    pub(crate) fn channel_of(&self, compiled: &Compiled, symptom: usize) -> String {
        let Some(symptom) = compiled.document.symptoms.get(symptom) else {
            return String::new();
        };
        match (&symptom.channel, symptom.events.first()) {
            (Some(channel), _) => channel.clone(),
            (None, Some(selector)) => self.channel_of_selector(selector),
            (None, None) => String::new(),
        }
    }

    /// The channel that the catalogue gives for an event; Application where it knows none, which
    /// is where programs write that register nothing else.
    pub(crate) fn channel_of_selector(&self, selector: &EventSelector) -> String {
        let (provider, id) = self.first_event(selector);
        let facts = self.set.catalogue().event(&provider, None, id);
        facts.map_or_else(
            || "Application".to_owned(),
            |facts| facts.channel().to_owned(),
        )
    }

    /// The first event that a selector means.
    pub(crate) fn first_event(&self, selector: &EventSelector) -> (String, u16) {
        let ids = crate::signature::compile::ids_of(&selector.id).unwrap_or_default();
        (
            selector.provider.clone(),
            ids.first().map_or(0, |ids| ids.0),
        )
    }
}

impl Session {
    /// Judges everything that was seen.
    pub fn finish(self) -> Report {
        judged(self, 1)
    }

    /// The same with several threads, which changes nothing in the report; 0 takes one for each
    /// core.
    pub fn finish_with(self, threads: usize) -> Report {
        judged(self, eventkb_logs::threads(threads))
    }
}

fn judged(mut session: Session, threads: usize) -> Report {
    settle(&mut session);
    let set = Arc::clone(&session.set);
    let collection = collection(&session, &set);
    let mut written = write(&session, &collection, threads);
    let sums = unexplained::sums(&session, &written.explained_classes);
    let spans = session.coverage.spans();
    let timeline = timeline::build(&session, &collection, &written.assessed, &spans);
    let findings: Vec<Finding> = written.assessed.into_iter().map(|a| a.finding).collect();
    let ranked = leads::look_up(&session, &collection, &sums, &findings);
    let unexplained = unexplained::list(&collection, &sums, &ranked.of_kind);
    ranking::order_near_misses(&mut written.near_misses);
    let mut ignored = session.ignored.clone();
    ignored.sort();
    ignored.dedup();
    let mut totals = totals(&session);
    let duplicates = session
        .classes
        .values()
        .map(|class| class.records.duplicates());
    totals.records_duplicate = duplicates.fold(totals.records_duplicate, u64::saturating_add);
    let landmarks = session.landmarks.iter().take(limits::MAX_LANDMARKS_SHOWN);
    Report {
        report_version: REPORT_VERSION,
        tool: Tool {
            name: "eventkb".into(),
            version: env!("CARGO_PKG_VERSION").into(),
        },
        signatures: SignatureCount {
            count: set.len(),
            built_in: set.built_in_count(),
        },
        scope: session.scope.clone(),
        cancelled: session.cancelled,
        harmless: harmless(&findings),
        findings,
        leads: ranked.leads,
        near_misses: written.near_misses,
        unexplained: unexplained.rows,
        unexplained_more: unexplained.more,
        unexplained_not_counted: !session.counts_errors,
        explained: written.explained,
        landmarks: landmarks.cloned().collect(),
        timeline,
        coverage: spans,
        inputs: session.inputs.clone(),
        ignored,
        totals,
        redaction: None,
    }
}

/// Sorts everything in, and leaves copies of whole files out.
fn settle(session: &mut Session) {
    session.settle();
    session.forget_what_helps_feeding();
    session.inputs.sort_by(|a, b| a.path.cmp(&b.path));
    let copies = eventkb_logs::duplicates::fold(&mut session.inputs);
    session.coverage.forget(&copies);
    for class in session.classes.values_mut() {
        class.records.forget(&copies);
    }
    session.errors.forget(&copies);
}

/// What all classes have in common whose events differ in their values only.
struct Common {
    resolved: Arc<Resolved>,
    machine: Machine,
    place: Machine,
    /// The few ways in which they answer, with how many signatures count the event as found.
    ways: HashMap<Arc<[Answer]>, usize>,
}

/// By the event that classes share.
type Commons = HashMap<*const Event, Common>;

fn commons<'a>(
    session: &'a Session,
    set: &SignatureSet,
) -> (Commons, Computers, BTreeMap<&'a str, Machine>) {
    let shared = session.classes.values().map(|class| &*class.event);
    let shared: HashMap<*const Event, &Event> =
        shared.map(|e| (std::ptr::from_ref(e), e)).collect();
    let mut names = session.coverage.computers();
    let of_classes = shared.values().filter_map(|event| event.computer.clone());
    names.extend(of_classes);
    names.extend(session.errors.kinds().map(|kind| kind.computer.clone()));
    // Of a computer whose file nobody gave an account of, starts and updates may be all there is.
    let of_landmarks = session.landmarks.iter();
    names.extend(of_landmarks.map(|landmark| landmark.computer.clone()));
    names.retain(|name| !name.is_empty());
    let computers = Computers::new(names);
    let of_classes = shared
        .values()
        .filter_map(|event| errors::unnamed_in(event));
    let of_landmarks = session.landmarks.noted();
    let of_landmarks = of_landmarks.filter_map(|noted| noted.unnamed_in.as_ref());
    let unnamed: BTreeSet<&str> = of_classes.chain(of_landmarks).map(|file| &**file).collect();
    let numbered = unnamed.into_iter().enumerate();
    let unnamed: BTreeMap<&str, Machine> = numbered
        .map(|(n, file)| (file, Machine::MAX - 1 - n))
        .collect();
    let mut resolved: HashMap<(&str, Option<&str>, u16), Arc<Resolved>> = HashMap::new();
    let common = |(at, event): (*const Event, &'a Event)| {
        let source = event.event_source.as_deref();
        let (provider, id) = (event.provider.as_str(), event.event_id);
        let asking = resolved.entry((provider, source, id));
        let asking = asking.or_insert_with(|| Arc::new(Resolved::of(set, provider, source, id)));
        let machine = computers.of(event.computer.as_deref().unwrap_or(""));
        let place = errors::unnamed_in(event).and_then(|file| unnamed.get(&**file).copied());
        let common = Common {
            resolved: Arc::clone(asking),
            machine,
            place: place.unwrap_or(machine),
            ways: HashMap::new(),
        };
        (at, common)
    };
    (shared.into_iter().map(common).collect(), computers, unnamed)
}

fn collection<'a>(session: &'a Session, set: &'a SignatureSet) -> Collection<'a> {
    let (mut commons, computers, unnamed) = commons(session, set);
    let mut unpacked = Unpacked::default();
    let classes = session.classes.iter().filter_map(|(number, class)| {
        let common = commons.get_mut(&std::ptr::from_ref::<Event>(&class.event))?;
        let answers = match &class.answers {
            Some(answers) => Cow::Borrowed(&**answers),
            None => Cow::Owned(answers(unpacked.event_of(&class.event), &common.resolved)),
        };
        let (answers, shared_by) = match common.ways.get_key_value(&*answers) {
            Some((known, shared_by)) => (Arc::clone(known), *shared_by),
            None => {
                let shared_by = shared_by(&common.resolved, &answers);
                let new: Arc<[Answer]> = answers.into();
                common.ways.insert(Arc::clone(&new), shared_by);
                (new, shared_by)
            }
        };
        Some(Seen {
            number: *number,
            class,
            computer: class.event.computer.as_deref().unwrap_or(""),
            machine: common.machine,
            place: common.place,
            points: class.records.points(),
            count: class.records.count(),
            untimed: class.records.untimed(),
            shared_by,
            answers,
            resolved: Arc::clone(&common.resolved),
        })
    });
    let classes: Vec<Seen<'_>> = classes.collect();
    let mut landmarks: HashMap<Machine, Vec<&Noted>> = HashMap::new();
    for noted in session.landmarks.noted() {
        landmarks
            .entry(computers.of(&noted.landmark.computer))
            .or_default()
            .push(noted);
    }
    let mut trusts = session.landmarks.noted().map(|noted| noted.weak);
    Collection {
        set,
        has_weak: classes.iter().any(|seen| seen.class.weak) || trusts.any(|weak| weak),
        classes,
        coverage: CoverageIndex::new(session.coverage.spans(), &computers),
        diagnostics: &session.diagnostics,
        computers,
        landmarks,
        unnamed,
        dropped: session.dropped,
    }
}

/// What a class answers each part that asks for it.
fn answers(event: &Event, resolved: &Resolved) -> Vec<Answer> {
    let view = View::of(event, resolved.facts.as_deref());
    let answers = resolved.subscriptions.iter().map(|subscription| {
        let part = subscription.compiled.parts.get(subscription.part);
        part.map_or(Answer::No, |part| evaluate::answer_of(&part.matcher, &view))
    });
    answers.collect()
}

/// How many signatures count a class as found.
fn shared_by(resolved: &Resolved, answers: &[Answer]) -> usize {
    let asking = resolved.subscriptions.iter().zip(answers);
    let found = asking.filter(|(subscription, answer)| {
        let part = subscription.compiled.parts.get(subscription.part);
        let symptom = part.and_then(|part| match part.role {
            PartRole::Symptom(symptom) => subscription.compiled.symptoms.get(symptom),
            _ => None,
        });
        **answer == Answer::Yes && symptom.is_some_and(|s| s.is_evidence())
    });
    let found: BTreeSet<usize> = found.map(|(s, _)| s.signature).collect();
    found.len()
}

/// A finding, with the classes that it counts as found.
pub(crate) struct Assessed {
    pub(crate) finding: Finding,
    pub(crate) classes: ClassNumbers,
    /// Its marks in the timeline, where one was asked for.
    pub(crate) marks: Vec<timeline::PlacedMark>,
    /// What it rests on, if it is a match.
    pub(crate) claims: Option<outdone::Claims>,
}

struct Written {
    assessed: Vec<Assessed>,
    near_misses: Vec<crate::report::NearMiss>,
    explained: Vec<Explanation>,
    /// Numbers of the classes that a finding above `ruled_out` explains.
    explained_classes: BTreeSet<u128>,
}

/// Judges every signature with evidence, writes down what came of it, and sets the findings against
/// each other.
fn write(session: &Session, collection: &Collection<'_>, threads: usize) -> Written {
    let mut assessed: Vec<Assessed> = Vec::new();
    let mut near_misses = Vec::new();
    let mut near_unmet = BTreeMap::new();
    let mut no_verdicts: BTreeMap<String, Explanation> = BTreeMap::new();
    for (compiled, outcome) in outcome::of_all(session, collection, threads) {
        let id = compiled.document.id.clone();
        assessed.extend(outcome.assessed);
        near_misses.extend(outcome.near_miss);
        near_unmet.extend(outcome.unmet.map(|unmet| (id.clone(), unmet)));
        no_verdicts.extend(outcome.no_verdict.map(|why| (id, why)));
    }
    outdone::lower(&mut assessed);
    ranking::order(&mut assessed);
    rivals::relate(collection, &mut assessed, &near_unmet, &session.explain);
    let explained = session.explain.iter().filter_map(|id| {
        let found = assessed.iter().find(|a| a.finding.signature.id == *id);
        match found {
            Some(assessed) => Some(Explanation::Finding(Box::new(assessed.finding.clone()))),
            None => no_verdicts.remove(id),
        }
    });
    let explained = explained.collect();
    let offered = assessed.iter().filter(|a| a.finding.is_offered());
    let explained_classes = offered
        .flat_map(|a| a.classes.iter())
        .filter_map(|at| collection.classes.get(at).map(|seen| seen.number))
        .collect();
    Written {
        assessed,
        near_misses,
        explained,
        explained_classes,
    }
}

fn harmless(findings: &[Finding]) -> HarmlessSum {
    let mut sum = HarmlessSum::default();
    for finding in findings
        .iter()
        .filter(|f| f.is_offered() && f.standing == Standing::Harmless)
    {
        sum.findings += 1;
        sum.events = sum.events.saturating_add(finding.ranking.explains);
    }
    sum
}

fn totals(session: &Session) -> Totals {
    let mut totals = Totals::default();
    for input in &session.inputs {
        if input.error.is_some() {
            totals.failed_files += 1;
        } else {
            totals.files += 1;
        }
        // Saved observations may claim any number.
        for (sum, count) in [
            (&mut totals.bytes, input.bytes),
            (&mut totals.records_read, input.records_read),
            (&mut totals.records_recovered, input.records_recovered),
            (&mut totals.records_lost, input.records_lost),
            (&mut totals.records_duplicate, input.records_duplicate),
        ] {
            *sum = sum.saturating_add(count);
        }
        totals.first = earliest(totals.first, input.first);
        totals.last = totals.last.max(input.last);
    }
    totals
}
