//! For authors of signatures: check a file, run the examples, compare with the other signatures.

use std::path::Path;
use std::sync::Arc;

use eventkb_logs::event::Event;
use jiff::{SignedDuration, Timestamp};

use crate::collect::session::Session;
use crate::knowledge::set::SignatureSet;
use crate::report::{CauseState, Finding, Trust, Verdict};
use crate::signature::examples::{EventNote, Example, ExampleVerdict};
use crate::signature::load::{self, Document, Problem, ProblemSeverity};
use crate::signature::model::{Condition, Role, Signature, Symptom};

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
/// where the example does not say.
pub fn example_events(notes: &[EventNote], set: &SignatureSet) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for note in notes {
        let every = note.every_s.unwrap_or(1.0);
        for n in 0..note.times.unwrap_or(1) {
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
        category_name: note.category.as_ref().and_then(|category| category.name.clone()),
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
        trust: if note.recovered { Trust::Recovered } else { Trust::Intact },
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
    let mut scope = eventkb_logs::filter::Scope::default();
    scope.recovered = true;
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
    check(example.objects.as_ref().is_none_or(objects_fit), Mismatch::Objects);
    let occurrences = finding.map_or(0, |finding| finding.occurrences);
    let count_fits = |wanted| occurrences == wanted;
    check(example.occurrences.is_none_or(count_fits), Mismatch::Occurrences);
    let better_fits = |wanted: &String| {
        // A rival that is not loaded cannot come first.
        set.get(wanted).is_none()
            || first.as_ref().is_some_and(|first| first.eq_ignore_ascii_case(wanted))
    };
    check(example.better.as_ref().is_none_or(better_fits), Mismatch::Better);
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
/// about it: mistakes, and for a signature recommendations that look at the `others` as well.
pub fn check_file(path: &Path, others: &SignatureSet) -> (Option<Document>, Vec<Problem>) {
    let text = match load::read_file(path) {
        Ok(text) => text,
        Err(error) => return (None, error.problems),
    };
    check_text(&text, others)
}

/// See [`check_file`].
pub fn check_text(text: &str, others: &SignatureSet) -> (Option<Document>, Vec<Problem>) {
    let (document, mut problems) = load::examine(text);
    let sound = problems.iter().all(|p| p.severity != ProblemSeverity::Error);
    if let (true, Some(Document::Signature(signature))) = (sound, &document) {
        problems.extend(swallowed(text, signature, others));
    }
    (document, problems)
}

/// Recommends a difference where everything that the signature asks for is also asked for by
/// another one.
fn swallowed(text: &str, signature: &Signature, others: &SignatureSet) -> Vec<Problem> {
    let mut problems = Vec::new();
    for head in others.iter().filter(|h| !h.id().eq_ignore_ascii_case(&signature.id)) {
        let shares = signature.symptoms.iter().any(|symptom| {
            symptom.events.iter().any(|selector| {
                let ids = crate::signature::compile::ids_of(&selector.id).unwrap_or_default();
                ids.iter().any(|(low, _)| {
                    others
                        .for_event(&selector.provider, *low)
                        .any(|other| other.id() == head.id())
                })
            })
        });
        if !shares {
            continue;
        }
        let Some(other) = head.document() else {
            continue;
        };
        if let Some(message) = swallowed_by(signature, other) {
            problems.push(load::warning_at(
                text,
                &["symptoms"],
                "EK401",
                message,
                "add a condition, a symptom or a `rules_out` that tells the two apart, or name it in `rivals`",
            ));
        }
    }
    problems
}

/// Whether everything that `signature` asks for is also asked for by `other`, with nothing on
/// either side to tell them apart.
fn swallowed_by(signature: &Signature, other: &Signature) -> Option<String> {
    let covered = signature.symptoms.iter().all(|symptom| {
        other
            .symptoms
            .iter()
            .any(|theirs| asks_no_more(symptom, theirs))
    });
    let rival = signature
        .rivals
        .iter()
        .any(|rival| rival.id.eq_ignore_ascii_case(&other.id));
    let told_apart = rival || !signature.rules_out.is_empty();
    (covered && !told_apart).then(|| {
        format!(
            "all its symptoms are symptoms of {} as well, and nothing tells the two apart",
            other.id
        )
    })
}

/// Whether every event that meets `theirs` meets `ours` too.
fn asks_no_more(ours: &Symptom, theirs: &Symptom) -> bool {
    let same_event = theirs.events.iter().all(|theirs| {
        ours.events.iter().any(|ours| {
            ours.provider.eq_ignore_ascii_case(&theirs.provider) && ours.id == theirs.id
        })
    });
    let test = |condition: &Condition| Condition {
        meaning: None,
        ..condition.clone()
    };
    same_event
        && ours.only_if.iter().all(|want| theirs.only_if.contains(want))
        && ours.conditions.iter().all(|want| {
            theirs
                .conditions
                .iter()
                .any(|have| test(have) == test(want))
        })
        && (ours.role != Role::Supporting
            || theirs.role == Role::Supporting
            || ours.conditions.is_empty())
}
