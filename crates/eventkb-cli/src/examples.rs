//! Runs the examples that signatures carry.
//!
//! To be replaced by the library's own call.

use std::sync::Arc;

use eventkb::report::CauseState;
use eventkb::signature::model::{Example, ExampleEvent, ExampleVerdict, LevelName};
use eventkb::{Event, Report, Session, Signature, SignatureSet};
use jiff::{SignedDuration, Timestamp};

/// What one example gave.
#[derive(Debug, Clone)]
pub(crate) struct ExampleResult {
    pub(crate) signature: String,
    pub(crate) example: String,
    pub(crate) wanted: String,
    pub(crate) got: String,
    pub(crate) cause_wanted: Option<String>,
    pub(crate) cause_got: Option<String>,
    pub(crate) ok: bool,
    pub(crate) detail: String,
}

/// Runs the examples of every signature, each alone.
pub(crate) fn test_signatures(set: &SignatureSet) -> Vec<ExampleResult> {
    let examples = set.iter().flat_map(|signature| {
        signature
            .examples
            .iter()
            .map(move |example| run(set, signature, example))
    });
    examples.collect()
}

fn run(set: &SignatureSet, signature: &Signature, example: &Example) -> ExampleResult {
    let mut session = Session::new(set);
    for (number, event) in example.events.iter().enumerate() {
        session.feed(&to_event(event, number, signature));
    }
    judge(&session.finish(), signature, example)
}

fn judge(report: &Report, signature: &Signature, example: &Example) -> ExampleResult {
    let finding = report
        .findings
        .iter()
        .find(|finding| finding.signature.id == signature.id);
    let got = finding.map_or("none", |finding| finding.verdict.as_str());
    let cause = finding.map_or(CauseState::Unknown, |finding| finding.cause.state);
    let (wanted, fits) = match example.verdict {
        ExampleVerdict::Match => ("match", got == "match"),
        ExampleVerdict::Likely => ("likely", got == "likely"),
        ExampleVerdict::Possible => ("possible", got == "possible"),
        ExampleVerdict::RuledOut => ("ruled_out", got == "ruled_out"),
        ExampleVerdict::None => ("none", got == "none"),
        ExampleVerdict::NotOffered => ("none or ruled_out", matches!(got, "none" | "ruled_out")),
    };
    let cause_fits = example.cause.is_none_or(|wanted| wanted == cause);
    ExampleResult {
        signature: signature.id.clone(),
        example: example.name.clone(),
        wanted: wanted.to_owned(),
        got: got.to_owned(),
        cause_wanted: example.cause.map(|cause| cause.as_str().to_owned()),
        cause_got: example.cause.map(|_| cause.as_str().to_owned()),
        ok: fits && cause_fits,
        detail: finding.map_or_else(String::new, |finding| finding.reason.clone()),
    }
}

fn to_event(event: &ExampleEvent, number: usize, signature: &Signature) -> Event {
    // Any day will do; this one is the article's.
    let start = Timestamp::from_second(949_800_000).unwrap_or_default();
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
        channel: Some(signature.channel.clone()),
        computer: Some(event.computer.clone()),
        time: start
            .checked_add(SignedDuration::from_secs(event.at_s))
            .ok(),
        record_id: u64::try_from(number + 1).ok(),
        strings: Some(event.strings.clone()),
        file: Arc::from("example"),
        ..Event::default()
    }
}
