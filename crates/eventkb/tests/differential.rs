//! Logs in short with the answer wanted, worked out from the rules of Q253307 and from the articles
//! it is confused with, before the engine was asked: `differential.jsonl`, one case a line.
//!
//! A case has `events` (in the words of a signature's examples; a log is Application unless it says
//! otherwise) and what must come out: `verdict` and `cause` of Q253307 (any of a list), `top` (the
//! best article, or null for none), `also` (another article that must be offered), `occurrences`,
//! `groups` (verdict by calling computer), `better`, `says` (words of the reason), `states`
//! and `separated` (of symptoms and rivals), `doubt` and `no_doubt` (codes). `repeat` says how often, and how many seconds apart, the events come.
//!
//! Every case must give the same report in any order and when its events come in two parts.

mod common;

use std::collections::BTreeMap;

use eventkb::report::{Finding, Verdict};
use eventkb::{Event, Report, Session, SignatureSet};
use serde::Deserialize;
use serde_json::Value;

const ARTICLE: &str = "Q253307";
/// 2000-02-06 01:20:00 UTC.
const START: i64 = 949_800_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: String,
    #[allow(dead_code, reason = "for the reader")]
    about: String,
    verdict: Vec<String>,
    #[serde(default)]
    cause: Vec<String>,
    /// Absent, null or an id: only serde_json tells the first two apart.
    #[serde(default)]
    top: Option<Value>,
    #[serde(default)]
    no_top: bool,
    also: Option<String>,
    occurrences: Option<u64>,
    #[serde(default)]
    groups: BTreeMap<String, String>,
    better: Option<String>,
    #[serde(default)]
    says: Vec<String>,
    /// Whether the logs tell this rival apart.
    #[serde(default)]
    separated: BTreeMap<String, bool>,
    /// Symptom states by event id, with words of the reason.
    #[serde(default)]
    states: BTreeMap<String, (String, String)>,
    doubt: Option<String>,
    no_doubt: Option<String>,
    #[serde(default = "once")]
    repeat: (i64, i64),
    events: Vec<Line>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    at_s: i64,
    #[serde(default = "seattle")]
    computer: String,
    #[serde(default = "mta")]
    provider: String,
    source: Option<String>,
    event_id: u16,
    #[serde(default = "warning")]
    level: Option<u8>,
    category: Option<String>,
    category_number: Option<u16>,
    channel: Option<String>,
    strings: Option<Vec<String>>,
    message: Option<String>,
}

fn once() -> (i64, i64) {
    (1, 0)
}

fn seattle() -> String {
    "SEATTLE".into()
}

fn mta() -> String {
    "MSExchangeMTA".into()
}

fn warning() -> Option<u8> {
    Some(3)
}

fn events(case: &Case) -> Vec<Event> {
    let (times, apart) = case.repeat;
    let lines = (0..times).flat_map(|n| case.events.iter().map(move |line| (n * apart, line)));
    lines
        .zip(1_u64..)
        .map(|((shift, line), id)| Event {
            provider: line.provider.clone(),
            event_source: line.source.clone(),
            event_id: line.event_id,
            level: line.level,
            category: line.category_number,
            category_name: line.category.clone(),
            channel: Some(line.channel.clone().unwrap_or("Application".into())),
            computer: (!line.computer.is_empty()).then(|| line.computer.clone()),
            time: jiff::Timestamp::from_second(START + line.at_s + shift).ok(),
            record_id: Some(id),
            strings: line.strings.clone(),
            message: line.message.clone(),
            file: format!("{}.evtx", line.computer).into(),
            ..Event::default()
        })
        .collect()
}

fn report<'a>(
    set: &std::sync::Arc<SignatureSet>,
    events: impl Iterator<Item = &'a Event>,
) -> Report {
    let mut session = Session::new(set);
    events.for_each(|event| session.feed(event));
    session.finish()
}

/// Other orders of the same events, and the events in two parts.
fn others(set: &std::sync::Arc<SignatureSet>, events: &[Event]) -> Vec<(&'static str, Report)> {
    let shuffled = |step: usize| {
        // A step that shares no factor with the length visits every event once.
        let step = (step..).find(|step| gcd(*step, events.len()) == 1);
        let step = step.unwrap_or(1);
        (0..events.len()).filter_map(move |n| events.get(n * step % events.len()))
    };
    let mut first = Session::new(set);
    let mut second = Session::new(set);
    for (n, event) in events.iter().enumerate() {
        let part = if n % 3 == 0 { &mut first } else { &mut second };
        part.feed(event);
    }
    second.merge(first);
    vec![
        ("backwards", report(set, events.iter().rev())),
        ("shuffled", report(set, shuffled(7))),
        ("shuffled again", report(set, shuffled(1001))),
        ("in two parts", second.finish()),
    ]
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn problems(case: &Case, report: &Report) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut want = |what: &str, holds: bool, got: String| {
        if !holds {
            wrong.push(format!("{}: {what}: got {got}", case.case));
        }
    };
    let finding = report.findings.iter().find(|f| f.signature.id == ARTICLE);
    let verdict = finding.map_or("none", |f| f.verdict.as_str());
    let fits = case.verdict.iter().any(|want| want == verdict);
    want(&format!("verdict {:?}", case.verdict), fits, verdict.into());
    let cause = finding.map_or("unknown", |f| f.cause.state.as_str());
    let fits = case.cause.is_empty() || case.cause.iter().any(|want| want == cause);
    want(&format!("cause {:?}", case.cause), fits, cause.into());
    let top = report.best().map(|f| f.signature.id.as_str());
    let fits = match &case.top {
        Some(Value::Array(any)) => any.iter().any(|id| id.as_str() == top),
        Some(id) => id.as_str() == top,
        None => !case.no_top || top.is_none(),
    };
    want(&format!("top {:?}", case.top), fits, format!("{top:?}"));
    for finding in report
        .findings
        .iter()
        .filter(|f| f.verdict == Verdict::Match)
    {
        let id = finding.signature.id.as_str();
        let wanted = [
            case.also.as_deref(),
            Some(ARTICLE),
            case.top.as_ref().and_then(Value::as_str),
        ];
        let beside = case
            .top
            .as_ref()
            .is_some_and(|top| top.to_string().contains(id));
        want(
            "no wrong match",
            wanted.contains(&Some(id)) || beside,
            id.into(),
        );
    }
    if let Some(id) = &case.also {
        let offered = report
            .findings
            .iter()
            .any(|f| f.signature.id == *id && f.verdict > Verdict::RuledOut);
        want(&format!("{id} is offered too"), offered, "not".into());
    }
    if let Some(finding) = finding {
        details(case, finding, &mut want);
    }
    wrong
}

fn details(case: &Case, finding: &Finding, want: &mut dyn FnMut(&str, bool, String)) {
    if let Some(n) = case.occurrences {
        want(
            &format!("{n} occurrences"),
            finding.occurrences == n,
            finding.occurrences.to_string(),
        );
    }
    for (computer, verdict) in &case.groups {
        let group = finding.groups.iter().find(|g| g.computer == *computer);
        let got = group.map_or("none", |g| g.verdict.as_str());
        want(
            &format!("{verdict} on {computer}"),
            got == verdict,
            got.into(),
        );
    }
    if let Some(better) = &case.better {
        want(
            &format!("better {better}"),
            finding.better.as_ref() == Some(better),
            format!("{:?}", finding.better),
        );
    }
    for (id, wanted) in &case.separated {
        let rival = finding.rivals.iter().find(|rival| rival.id == *id);
        let got = rival.map(|rival| rival.separated);
        want(
            &format!("{id} separated: {wanted}"),
            got == Some(*wanted),
            format!("{rival:?}"),
        );
    }
    for (id, (state, words)) in &case.states {
        let symptom = finding
            .symptoms
            .iter()
            .find(|s| s.event_id.to_string() == *id);
        let fits = symptom.is_some_and(|s| {
            s.state.as_str() == state && data(&s.absence).contains(words.as_str())
        });
        let got = symptom.map(|s| (s.state.as_str(), data(&s.absence)));
        want(&format!("{id} {state} {words:?}"), fits, format!("{got:?}"));
    }
    for word in &case.says {
        want(
            &format!("the reason says {word:?}"),
            data(&(&finding.reasons, &finding.symptoms)).contains(word.as_str()),
            data(&(&finding.reasons, &finding.symptoms)),
        );
    }
    let doubts = data(&finding.doubts);
    if let Some(code) = &case.doubt {
        want(
            &format!("doubt {code}"),
            doubts.contains(&format!("\"{code}\"")),
            doubts.clone(),
        );
    }
    if let Some(code) = &case.no_doubt {
        want(
            &format!("no doubt {code}"),
            !doubts.contains(&format!("\"{code}\"")),
            doubts.clone(),
        );
    }
}

/// Reasons are data: as JSON they can be looked through.
fn data(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("plain data")
}

#[test]
fn every_case_gets_the_answer_the_rules_want_in_any_order() {
    let set = common::built_in();
    let text = include_str!("differential.jsonl");
    let mut wrong = Vec::new();
    for line in text.lines() {
        let case: Case = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line:.60}"));
        let events = events(&case);
        let report = report(&set, events.iter());
        wrong.extend(problems(&case, &report));
        for (how, other) in others(&set, &events) {
            if other != report {
                wrong.push(format!("{}: {how}, the report is another one", case.case));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
