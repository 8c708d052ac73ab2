//! For authors of signatures: check a file, run the examples, compare with the other signatures.

use std::path::Path;

use jiff::Timestamp;

use crate::event::Event;
use crate::matcher::session::Session;
use crate::report::{CauseState, Finding, Verdict};
use crate::signature::load::{self, Problem, ProblemSeverity};
use crate::signature::model::{
    Condition, Example, ExampleEvent, ExampleVerdict, LevelName, Role, Signature, Symptom,
};
use crate::signature::set::SignatureSet;

/// When examples happen: 2000-02-06, the day Q253307 was last changed.
const EXAMPLE_START: i64 = 949_800_000;

/// What came of one example of one signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleResult {
    /// The signature's id.
    pub signature: String,
    /// The example's name.
    pub example: String,
    /// The verdict wanted.
    pub wanted: String,
    /// The verdict reached, or `none`.
    pub got: String,
    /// The result of the cause check wanted, where the example asks for one.
    pub cause_wanted: Option<String>,
    /// The result of the cause check.
    pub cause_got: Option<String>,
    /// The article that ranks first over the example, if any is offered.
    pub first: Option<String>,
    /// Whether the example does what it says.
    pub ok: bool,
    /// Why the verdict is what it is.
    pub detail: String,
}

/// Runs every example of every signature, each against the whole set.
pub fn test_signatures(set: &SignatureSet) -> Vec<ExampleResult> {
    set.iter()
        .flat_map(|signature| test_signature(signature, set))
        .collect()
}

/// Runs the examples of one signature against the set, which must hold it.
pub fn test_signature(signature: &Signature, set: &SignatureSet) -> Vec<ExampleResult> {
    signature
        .examples
        .iter()
        .map(|example| run(signature, example, set))
        .collect()
}

/// The events of an example, as a log would give them.
pub fn example_events(example: &Example) -> Vec<Event> {
    example.events.iter().map(event).collect()
}

fn event(event: &ExampleEvent) -> Event {
    let level = match event.level.unwrap_or(LevelName::Warning) {
        LevelName::Critical => 1,
        LevelName::Error => 2,
        LevelName::Warning => 3,
        LevelName::Information => 4,
    };
    Event {
        provider: event.provider.clone(),
        event_id: event.event_id,
        level: Some(level),
        category: event.category.as_ref().and_then(|category| category.number),
        category_name: event
            .category
            .as_ref()
            .and_then(|category| category.name.clone()),
        channel: Some("Application".to_owned()),
        computer: Some(event.computer.clone()),
        time: Timestamp::from_second(EXAMPLE_START.saturating_add(event.at_s)).ok(),
        strings: Some(event.strings.clone()),
        file: "example".into(),
        ..Event::default()
    }
}

fn run(signature: &Signature, example: &Example, set: &SignatureSet) -> ExampleResult {
    let mut session = Session::new(set);
    for mut event in example_events(example) {
        let symptom = signature
            .symptoms
            .iter()
            .find(|s| s.event_id == event.event_id && s.provider.iter().any(|p| event.is_from(p)));
        let channel = symptom.and_then(|s| s.channel.as_ref());
        event.channel = Some(channel.unwrap_or(&signature.channel).clone());
        session.feed(&event);
    }
    let report = session.finish();
    let finding = report
        .findings
        .iter()
        .find(|f| f.signature.id == signature.id);
    let got = finding.map(|finding| finding.verdict);
    let cause = finding.map(|finding| finding.cause.state);
    let verdict_ok = match example.verdict {
        ExampleVerdict::Match => got == Some(Verdict::Match),
        ExampleVerdict::Likely => got == Some(Verdict::Likely),
        ExampleVerdict::Possible => got == Some(Verdict::Possible),
        ExampleVerdict::RuledOut => got == Some(Verdict::RuledOut),
        ExampleVerdict::None => got.is_none(),
        ExampleVerdict::NotOffered => got.is_none_or(|verdict| verdict == Verdict::RuledOut),
    };
    let cause_ok = example
        .cause
        .is_none_or(|want| cause.unwrap_or(CauseState::Unknown) == want);
    ExampleResult {
        signature: signature.id.clone(),
        example: example.name.clone(),
        wanted: wanted_word(example.verdict).to_owned(),
        got: got.map_or("none", Verdict::as_str).to_owned(),
        cause_wanted: example.cause.map(|cause| cause.as_str().to_owned()),
        cause_got: cause.map(|cause| cause.as_str().to_owned()),
        first: report.best().map(|best| best.signature.id.clone()),
        ok: verdict_ok && cause_ok,
        detail: finding.map_or_else(|| "not reported".to_owned(), detail),
    }
}

fn detail(finding: &Finding) -> String {
    format!("{} Cause: {}", finding.reason, finding.cause.reason)
}

fn wanted_word(verdict: ExampleVerdict) -> &'static str {
    match verdict {
        ExampleVerdict::Match => "match",
        ExampleVerdict::Likely => "likely",
        ExampleVerdict::Possible => "possible",
        ExampleVerdict::RuledOut => "ruled_out",
        ExampleVerdict::None => "none",
        ExampleVerdict::NotOffered => "not_offered",
    }
}

/// Reads a signature file and gives everything there is to say about it: mistakes, and
/// recommendations that look at its examples and at the `others` as well.
pub fn check_signature(path: &Path, others: &SignatureSet) -> (Option<Signature>, Vec<Problem>) {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        // Reading it the strict way words the error.
        Err(_) => {
            return match load::read_file(path) {
                Ok(signature) => (Some(signature), Vec::new()),
                Err(error) => (None, error.problems),
            };
        }
    };
    let (signature, mut problems) = load::examine(&text);
    if let Some(signature) = &signature
        && !problems
            .iter()
            .any(|problem| problem.severity == ProblemSeverity::Error)
    {
        problems.extend(advice(&text, signature, others));
    }
    (signature, problems)
}

/// Recommendations that need the matcher or the other signatures.
fn advice(text: &str, signature: &Signature, others: &SignatureSet) -> Vec<Problem> {
    let mut set = SignatureSet::empty();
    for other in others.iter().filter(|other| other.id != signature.id) {
        // Ids within a set are unique, so adding cannot fail.
        let _ = set.add("", other.clone());
    }
    let mut problems = Vec::new();
    for other in set.iter() {
        if let Some(message) = swallowed_by(signature, other) {
            problems.push(load::warning_at(
                text,
                &["symptoms"],
                message,
                "add a condition, a symptom or a `rules_out` that tells the two apart, or name it in `rivals`",
            ));
        }
    }
    let _ = set.add("", signature.clone());
    for (n, result) in test_signature(signature, &set).into_iter().enumerate() {
        if !result.ok {
            let cause = match (&result.cause_wanted, &result.cause_got) {
                (Some(want), got) if got.as_ref() != Some(want) => {
                    format!(
                        ", cause {} instead of {want}",
                        got.as_deref().unwrap_or("unknown")
                    )
                }
                _ => String::new(),
            };
            problems.push(load::warning_at(
                text,
                &["examples", &n.to_string()],
                format!(
                    "the example does not do what it says: {} instead of {}{cause}",
                    result.got, result.wanted
                ),
                result.detail,
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
    let rival = signature.rivals.iter().any(|rival| rival.id == other.id);
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
    let same_event = ours.event_id == theirs.event_id
        && ours
            .provider
            .iter()
            .any(|a| theirs.provider.iter().any(|b| a.eq_ignore_ascii_case(b)));
    let test = |condition: &Condition| Condition {
        meaning: None,
        ..condition.clone()
    };
    same_event
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
