//! For authors of signatures: check a file, run the examples, compare with the other signatures.

use std::path::Path;
use std::sync::Arc;

use eventkb_logs::event::Event;
use jiff::{SignedDuration, Timestamp};

use crate::collect::session::Session;
use crate::knowledge::SignatureSet;
use crate::limits;
use crate::report::{CauseState, Finding, Trust, Verdict};
use crate::signature::examples::{EventNote, Example, ExampleVerdict, Examples};
use crate::signature::lint::{self, Others};
use crate::signature::load::{self, Document};
use crate::signature::problem::{Problem, ProblemSeverity};

/// When examples happen: 2000-02-06, the day Q253307 was last changed.
const EXAMPLE_START: i64 = 949_800_000;

/// What came of one example of one signature.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ExampleResult {
    /// The signature's id.
    pub signature: String,
    /// The example's name.
    pub example: String,
    /// The verdict wanted.
    pub wanted: ExampleVerdict,
    /// The verdict reached.
    pub got: Option<Verdict>,
    /// The result of the cause check wanted, where the example asks for one.
    pub cause_wanted: Option<CauseState>,
    /// The result of the cause check.
    pub cause_got: Option<CauseState>,
    /// The article that ranks first over the example, if any is offered.
    pub first: Option<String>,
    /// What does not fit; empty where the example does what it says.
    pub mismatches: Vec<Mismatch>,
    /// What the signature makes of it.
    pub finding: Option<Box<Finding>>,
}

/// What of an example does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// The verdict.
    Verdict,
    /// The result of the cause check.
    Cause,
    /// The objects.
    Objects,
    /// The number of occurrences.
    Occurrences,
    /// The article that should come first.
    Better,
}

impl ExampleResult {
    /// Whether the example does what it says.
    pub fn is_ok(&self) -> bool {
        self.mismatches.is_empty()
    }
}

/// Runs every example of every signature, each against the whole set.
pub fn test_signatures(set: &Arc<SignatureSet>) -> Vec<ExampleResult> {
    set.iter()
        .flat_map(|head| test_signature(head.id(), set))
        .collect()
}

/// Runs the examples of one signature against the set that holds it.
pub fn test_signature(id: &str, set: &Arc<SignatureSet>) -> Vec<ExampleResult> {
    let examples = set.examples(id);
    let examples = examples.iter().flat_map(|examples| &examples.examples);
    examples.map(|example| run(id, example, set)).collect()
}

/// The events of an example, as a log would give them. Channel and level come from the catalogue
/// where the example does not say. There are at most [`limits::MAX_EXAMPLE_EVENTS`] of them.
pub fn example_events(notes: &[EventNote], set: &SignatureSet) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for note in notes {
        let every = note.every_s.unwrap_or(1.0);
        for n in 0..note.times.unwrap_or(1) {
            if events.len() >= limits::MAX_EXAMPLE_EVENTS {
                return events;
            }
            let mut event = event_of(note, set, note.at_s + every * f64::from(n));
            // Records of one log have ids of their own; equal ones would be copies.
            event.record_id = event.record_id.or(Some(events.len() as u64 + 1));
            events.push(event);
        }
    }
    events
}

fn event_of(note: &EventNote, set: &SignatureSet, at_s: f64) -> Event {
    let facts = set.catalogue().event(&note.provider, None, note.event_id);
    let facts = facts.as_deref();
    let level = note.level.or_else(|| facts?.level());
    let channel = note.channel.clone();
    let channel = channel.or_else(|| Some(facts?.channel().to_owned()));
    let start = Timestamp::from_second(EXAMPLE_START).unwrap_or_default();
    let after = SignedDuration::try_from_secs_f64(at_s).unwrap_or_default();
    let strings = note.strings.clone();
    let of_named = || note.named.iter().map(|(_, value)| value.clone()).collect();
    let has_text_only = note.message.is_some() && note.named.is_empty();
    Event {
        provider: note.provider.clone(),
        event_id: note.event_id,
        level: Some(level.map_or(2, |level| level.number())),
        category: note.category.as_ref().and_then(|category| category.number),
        category_name: note
            .category
            .as_ref()
            .and_then(|category| category.name.clone()),
        channel: channel.or_else(|| Some("Application".to_owned())),
        computer: Some(note.computer.clone()),
        time: start.checked_add(after).ok(),
        record_id: note.record_id,
        strings: strings.or_else(|| (!has_text_only).then(of_named)),
        named: note.named.clone(),
        message: note.message.clone(),
        user_sid: note.user_sid.clone(),
        process_id: note.process_id,
        keywords: note.keywords,
        opcode: note.opcode,
        binary: note.binary.as_deref().and_then(from_hex),
        trust: if note.recovered {
            Trust::Recovered
        } else {
            Trust::Intact
        },
        file: "example".into(),
        ..Event::default()
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

fn run(id: &str, example: &Example, set: &Arc<SignatureSet>) -> ExampleResult {
    let scope = eventkb_logs::Scope {
        recovered: true,
        ..eventkb_logs::Scope::default()
    };
    let mut session = Session::with_scope(set, scope);
    for event in example_events(&example.events, set) {
        session.feed(&event);
    }
    let report = session.finish();
    let finding = report.finding(id);
    let got = finding.map(|finding| finding.verdict);
    let cause = finding.map(|finding| finding.cause.state);
    let first = report.best().map(|best| best.signature.id.clone());
    let mut mismatches = Vec::new();
    let mut check = |fits: bool, what: Mismatch| {
        if !fits {
            mismatches.push(what);
        }
    };
    check(verdict_fits(example.verdict, got), Mismatch::Verdict);
    let cause_fits = |want| cause.unwrap_or_default() == want;
    check(example.cause.is_none_or(cause_fits), Mismatch::Cause);
    let objects_fit = |wanted: &Vec<String>| {
        let mut names: Vec<&str> = finding
            .iter()
            .flat_map(|f| &f.objects)
            .map(|object| object.name.as_str())
            .collect();
        let mut wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
        names.sort_unstable();
        wanted.sort_unstable();
        names == wanted
    };
    check(
        example.objects.as_ref().is_none_or(objects_fit),
        Mismatch::Objects,
    );
    let occurrences = finding.map_or(0, |finding| finding.occurrences);
    let count_fits = |wanted| occurrences == wanted;
    check(
        example.occurrences.is_none_or(count_fits),
        Mismatch::Occurrences,
    );
    let better_fits = |wanted: &String| {
        // A rival that is not loaded cannot come first.
        set.get(wanted).is_none()
            || first
                .as_ref()
                .is_some_and(|first| first.eq_ignore_ascii_case(wanted))
    };
    check(
        example.better.as_ref().is_none_or(better_fits),
        Mismatch::Better,
    );
    ExampleResult {
        signature: id.to_owned(),
        example: example.name.clone(),
        wanted: example.verdict,
        got,
        cause_wanted: example.cause,
        cause_got: cause,
        first,
        mismatches,
        finding: finding.cloned().map(Box::new),
    }
}

fn verdict_fits(wanted: ExampleVerdict, got: Option<Verdict>) -> bool {
    match wanted {
        ExampleVerdict::Match => got == Some(Verdict::Match),
        ExampleVerdict::Likely => got == Some(Verdict::Likely),
        ExampleVerdict::Possible => got == Some(Verdict::Possible),
        ExampleVerdict::RuledOut => got == Some(Verdict::RuledOut),
        ExampleVerdict::None => got.is_none(),
        ExampleVerdict::NotOffered => got.is_none_or(|verdict| verdict == Verdict::RuledOut),
    }
}

/// Reads a file of signatures, catalogue, codes or examples and gives everything there is to say
/// about it: mistakes, and recommendations that look at the `others` and at the examples that stand
/// beside a signature.
pub fn check_file(path: &Path, others: &SignatureSet) -> (Option<Document>, Vec<Problem>) {
    let text = match load::read_file(path) {
        Ok(text) => text,
        Err(error) => return (None, error.problems),
    };
    let beside = match load::read_file(&path.with_extension("examples.json")) {
        Ok(text) => match load::examine(&text).0 {
            Some(Document::Examples(examples)) => Some(Arc::new(*examples)),
            _ => None,
        },
        Err(_) => None,
    };
    check_beside(&text, others, beside)
}

/// See [`check_file`]; the examples are those that `others` has for the signature.
pub fn check_text(text: &str, others: &SignatureSet) -> (Option<Document>, Vec<Problem>) {
    check_beside(text, others, None)
}

fn check_beside(
    text: &str,
    others: &SignatureSet,
    beside: Option<Arc<Examples>>,
) -> (Option<Document>, Vec<Problem>) {
    let (document, mut problems) = load::examine(text);
    let sound = problems
        .iter()
        .all(|p| p.severity != ProblemSeverity::Error);
    let mut found = Vec::new();
    match &document {
        Some(Document::Signature(signature)) if sound => {
            let examples = beside.or_else(|| others.examples(&signature.id));
            let around = Others {
                set: others,
                examples,
            };
            lint::check_in_set(signature, &around, &mut found);
        }
        Some(Document::Examples(examples)) if sound => {
            if let Some(signature) = others.get(&examples.examples_of) {
                lint::check_examples_of(examples, signature, &mut found);
            }
        }
        _ => {}
    }
    problems.extend(load::located(text, found));
    load::sort(&mut problems);
    (document, problems)
}
