//! The engine against a slow second implementation of the same text, over random signatures and
//! streams of events.
//!
//! `EVENTKB_STREAMS=100000` tries more streams, `EVENTKB_SEED=7` begins at another seed. What a
//! stream shows depends on its seed alone: a failure prints the seed, the signature and the fewest
//! events that still fail.

#![expect(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "tests may panic"
)]

mod reference;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use eventkb::report::{Doubt, Finding, Input, LogSpan, Report, SymptomState, Verdict};
use eventkb::{Event, Observations, Scope, Session, SignatureSet, example_events};
use eventkb_testkit::rng::Rng;
use reference::generate::{Trial, trial};
use reference::{Answer, Judged, Matcher, Of, State};
use serde_json::{Map, Value};

/// Streams of a normal test run.
const STREAMS: u64 = 2_000;

#[test]
fn the_engine_does_what_the_text_says() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|text| text.parse::<u64>().expect(name))
    };
    let (first, streams) = (
        number("EVENTKB_SEED").unwrap_or(0),
        number("EVENTKB_STREAMS").unwrap_or(STREAMS),
    );
    let mut figures = Figures::default();
    let mut failures = 0;
    let mut shown = String::new();
    for seed in first..first + streams {
        let trial = trial(seed);
        match check(&trial, seed) {
            Ok(outcome) => figures.add(&outcome),
            Err(_) => {
                failures += 1;
                if failures <= 3 {
                    let small = shrunk(trial, seed);
                    let difference = check(&small, seed).expect_err("it still fails");
                    let _ = writeln!(shown, "{}", described(&small, seed, &difference));
                }
            }
        }
    }
    assert!(
        failures == 0,
        "{failures} of {streams} streams differ\n{shown}"
    );
    figures.are_telling(streams);
}

/// What came of streams: a test that never finds anything proves nothing.
#[derive(Debug, Default)]
struct Figures {
    events: usize,
    occurrences: usize,
    verdicts: BTreeMap<Option<Verdict>, usize>,
    states: BTreeMap<State, usize>,
}

impl Figures {
    fn add(&mut self, outcome: &Outcome) {
        self.events += outcome.events;
        self.occurrences += outcome.judged.len();
        for judged in &outcome.judged {
            *self.verdicts.entry(judged.verdict).or_default() += 1;
            judged
                .states
                .iter()
                .for_each(|state| *self.states.entry(*state).or_default() += 1);
        }
    }

    fn are_telling(&self, streams: u64) {
        if streams < STREAMS {
            return;
        }
        let rare = self.occurrences / 200;
        for verdict in [
            None,
            Some(Verdict::RuledOut),
            Some(Verdict::Possible),
            Some(Verdict::Likely),
            Some(Verdict::Match),
        ] {
            let seen = self.verdicts.get(&verdict).copied().unwrap_or_default();
            assert!(
                seen > rare,
                "{verdict:?} is too rare to be tested: {self:?}"
            );
        }
        for state in [
            State::Found,
            State::Unqualified,
            State::Contradicted,
            State::Unreadable,
        ] {
            let seen = self.states.get(&state).copied().unwrap_or_default();
            assert!(seen > rare, "{state:?} is too rare to be tested: {self:?}");
        }
        if std::env::var_os("EVENTKB_STREAMS").is_some() {
            // Shown by `--nocapture`; asked for by whoever asks for more streams.
            let text = format!("{streams} streams agree: {self:?}\n");
            let _ = std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes());
        }
    }
}

/// What both made of a stream.
#[derive(Debug)]
struct Outcome {
    events: usize,
    judged: Vec<Judged>,
}

fn check(trial: &Trial, seed: u64) -> Result<Outcome, String> {
    let matcher = Matcher::new(&trial.signature, &trial.events, trial.spans.as_deref());
    let judged = reference::judge(&matcher);
    let mut rng = Rng::new(seed ^ 0x5eed);
    let alone = Arc::new(set(trial, false));
    let events = events_of(trial, &alone);
    let report = run(&alone, trial, std::slice::from_ref(&events));
    compare(&matcher, &judged, &report)?;
    let mut forced = session(&alone, trial, &events, true, false);
    forced.force_limits(1, 1 + rng.below(3));
    compare_forced(&matcher, &judged, &forced.finish())?;

    // In any order, over parts, and over parts that were saved.
    let mut shuffled = events;
    for n in (1..shuffled.len()).rev() {
        shuffled.swap(n, rng.below(n + 1));
    }
    let mut parts: Vec<Vec<Event>> = vec![Vec::new(); 1 + rng.below(3)];
    let many = parts.len();
    for event in shuffled {
        parts[rng.below(many)].push(event);
    }
    let saved = rng.below(4) == 0;
    let again = if saved {
        run_saved(&alone, trial, &parts)?
    } else {
        run(&alone, trial, &parts)
    };
    if again != report {
        let json = |report: &Report| serde_json::to_value(report).expect("plain data");
        let mut differing = String::new();
        differences("", &json(&report), &json(&again), &mut differing);
        return Err(format!(
            "one session, and {many} merged, shuffled, saved {saved}:\n{differing}"
        ));
    }

    // Whatever other signatures ask of the same events, and with copies of some in another file.
    if rng.below(4) == 0 {
        // A second file would cover what the first is said not to.
        if trial.spans.is_none() {
            for part in &mut parts {
                // A copy of what names no computer is of another computer.
                let named = part.clone().into_iter().filter(|e| e.computer.is_some());
                let again = named.filter(|_| rng.below(3) == 0);
                let copies: Vec<Event> = again
                    .map(|event| Event {
                        file: "copy".into(),
                        ..event
                    })
                    .collect();
                part.extend(copies);
            }
        }
        let others = Arc::new(set(trial, true));
        let report = run(&others, trial, &parts);
        compare(&matcher, &judged, &report).map_err(|e| format!("beside another one: {e}"))?;
    }
    Ok(Outcome {
        events: trial.events.len(),
        judged,
    })
}

/// The events of a trial, those without a computer in their files.
fn events_of(trial: &Trial, set: &SignatureSet) -> Vec<Event> {
    let events = example_events(&trial.events, set).into_iter();
    let events = events.zip(&trial.events).map(|(event, note)| {
        let Some(file) = reference::file_of(note) else {
            return event;
        };
        Event {
            computer: None,
            file: format!("unnamed-{file}").into(),
            ..event
        }
    });
    events.collect()
}

fn set(trial: &Trial, with_another: bool) -> SignatureSet {
    let mut set = SignatureSet::empty();
    if with_another {
        let captures = [1, 2, 3, 4]
            .map(|string| serde_json::json!({ "name": format!("c{string}"), "string": string }));
        let symptoms: Vec<_> = (1..=6)
            .map(|id| {
                let level: &[&str] = if id == 1 { &["critical"] } else { &[] };
                serde_json::json!({
                    "id": format!("s{id}"),
                    "description": "made",
                    "events": [{ "provider": "App", "id": id }],
                    "role": if id == 1 { "core" } else { "context" },
                    "level": level,
                    "capture": captures,
                })
            })
            .collect();
        let other = serde_json::from_value(serde_json::json!({
            "format": 2, "id": "A0", "revision": 1, "title": "Another", "severity": "low",
            "cause": "None.", "resolution": ["None."], "symptoms": symptoms,
        }));
        set.add("another", other.expect("of the format"))
            .expect("sound");
    }
    set.add("made", trial.signature.clone()).expect("sound");
    set
}

fn run(set: &Arc<SignatureSet>, trial: &Trial, parts: &[Vec<Event>]) -> Report {
    let mut sessions = sessions(set, trial, parts).into_iter();
    let mut session = sessions.next().expect("one at least");
    sessions.for_each(|other| session.merge(other));
    session.finish()
}

/// The same over files of observations.
fn run_saved(
    set: &Arc<SignatureSet>,
    trial: &Trial,
    parts: &[Vec<Event>],
) -> Result<Report, String> {
    let saved = sessions(set, trial, parts)
        .into_iter()
        .map(|session| session.save().to_bytes());
    let read = saved.map(|bytes| Observations::from_bytes(&bytes));
    let read: Result<Vec<Observations>, _> = read.collect();
    eventkb::merge(set, read.map_err(|error| error.to_string())?)
        .map_err(|(_, error)| error.to_string())
}

fn sessions(set: &Arc<SignatureSet>, trial: &Trial, parts: &[Vec<Event>]) -> Vec<Session> {
    let numbered = parts.iter().enumerate();
    numbered
        .map(|(n, events)| session(set, trial, events, n == 0, true))
        .collect()
}

/// A session that has seen some events; the first of several has the account of the file.
fn session(
    set: &Arc<SignatureSet>,
    trial: &Trial,
    events: &[Event],
    first: bool,
    in_full: bool,
) -> Session {
    let scope = Scope {
        recovered: true,
        ..Scope::default()
    };
    let mut session = Session::with_scope(set, scope);
    if in_full {
        session.explain("T1");
    }
    if let (Some(spans), true) = (&trial.spans, first) {
        let mut input = Input::default();
        input.path = "example".into();
        session.add_input(input, spans.iter().map(span).collect());
    }
    events.iter().for_each(|event| session.feed(event));
    session
}

/// When second 0 of an event note is.
fn start() -> i64 {
    let note = serde_json::json!({ "provider": "App", "event_id": 1 });
    let notes = [serde_json::from_value(note).expect("an event")];
    example_events(&notes, &SignatureSet::empty())[0]
        .time
        .expect("a time")
        .as_second()
}

fn span(of: &reference::Span) -> LogSpan {
    let mut span = LogSpan::new(of.computer.clone(), of.channel.clone(), "example");
    let time = |second: i64| eventkb::jiff::Timestamp::from_second(start() + second).ok();
    (span.first, span.last) = (time(of.from), time(of.to));
    (span.lowest_record_id, span.highest_record_id) = of.ids.unzip();
    span.damaged = of.damaged;
    span
}

/// What is told of a finding, or of the lack of one.
#[derive(Debug, PartialEq)]
struct Told {
    verdict: Verdict,
    by_verdict: BTreeMap<Verdict, u64>,
    states: Vec<Option<SymptomState>>,
    counts: Vec<u64>,
    objects: BTreeMap<(String, String), u64>,
    /// Machine, first and last second, best verdict, occurrences; without those beyond the limit.
    groups: BTreeSet<(Verdict, i64, i64, String, u64)>,
    computers: BTreeSet<String>,
    span: (i64, i64),
}

fn compare(matcher: &Matcher<'_>, judged: &[Judged], report: &Report) -> Result<(), String> {
    let wanted = wanted(matcher, judged);
    let got = report.finding("T1").map(|finding| got(matcher, finding));
    if wanted == got {
        return Ok(());
    }
    Err(format!("the text: {wanted:#?}\nthe engine: {got:#?}"))
}

/// With limits forced low, what is offered stays as it is to the last count. Of what is ruled out less
/// may be counted, and then it says so.
fn compare_forced(matcher: &Matcher<'_>, judged: &[Judged], report: &Report) -> Result<(), String> {
    let wanted = wanted(matcher, judged);
    let finding = report.finding("T1");
    let got = finding.map(|finding| got(matcher, finding));
    let offered =
        |told: &Option<Told>| told.as_ref().is_some_and(|t| t.verdict > Verdict::RuledOut);
    let says_so = finding.is_some_and(|finding| {
        let mut doubts = finding.doubts.iter();
        doubts.any(|doubt| matches!(doubt, Doubt::EvidenceDropped { .. }))
    });
    // What is ruled out is told in few words, unless it was asked for by name.
    let counts = |told: &Option<Told>| told.as_ref().map(|t| (t.verdict, t.by_verdict.clone()));
    let ruled_out = !offered(&wanted) && !offered(&got);
    if wanted == got || (ruled_out && (says_so || counts(&wanted) == counts(&got))) {
        return Ok(());
    }
    Err(format!(
        "limits forced low\nthe text: {wanted:#?}\nthe engine: {got:#?}"
    ))
}

fn wanted(matcher: &Matcher<'_>, judged: &[Judged]) -> Option<Told> {
    let mut order: Vec<&Judged> = judged.iter().collect();
    order.sort_by(|a, b| {
        let found = |j: &Judged| {
            j.states
                .iter()
                .filter(|state| **state == State::Found)
                .count()
        };
        let of = |j: &Judged| (j.occurrence.first, j.occurrence.computer.clone());
        (b.verdict, found(b))
            .cmp(&(a.verdict, found(a)))
            .then_with(|| of(a).cmp(&of(b)))
            .then_with(|| a.occurrence.key.cmp(&b.occurrence.key))
    });
    let best = *order.first()?;
    let verdict = best.verdict?;
    let offered = verdict > Verdict::RuledOut;
    let counted: Vec<&Judged> = order
        .into_iter()
        .filter(|j| {
            j.verdict
                .is_some_and(|v| (v > Verdict::RuledOut) == offered)
        })
        .collect();
    let items = |j: &Judged| {
        j.occurrence
            .items
            .iter()
            .map(|&n| &matcher.items[n])
            .collect::<Vec<_>>()
    };
    let all = || counted.iter().flat_map(|j| items(j));
    let state = |state: &State| match state {
        State::Found => Some(SymptomState::Found),
        State::Unqualified => Some(SymptomState::Unqualified),
        State::Contradicted => Some(SymptomState::Contradicted),
        State::Unreadable => Some(SymptomState::NotCheckable),
        State::Absent => None,
    };
    let count = |(n, state): (usize, &State)| {
        let answer = match state {
            State::Found => Answer::Yes,
            State::Unqualified => Answer::Unqualified,
            State::Contradicted => Answer::No,
            State::Unreadable => Answer::Unknown,
            State::Absent => return 0,
        };
        all()
            .filter(|item| item.of == Of::Symptom(n) && item.answer == answer)
            .count() as u64
    };
    let Sums {
        objects,
        by_verdict,
        groups,
    } = sums(matcher, &counted);
    Some(Told {
        verdict,
        by_verdict,
        states: best.states.iter().map(state).collect(),
        counts: best.states.iter().enumerate().map(count).collect(),
        objects,
        groups,
        computers: all()
            .map(|item| item.computer.clone())
            .filter(|name| !name.is_empty())
            .collect(),
        span: (
            all().map(|item| item.at).min().expect("one"),
            all().map(|item| item.at).max().expect("one"),
        ),
    })
}

/// What is told of all occurrences that count.
struct Sums {
    objects: BTreeMap<(String, String), u64>,
    by_verdict: BTreeMap<Verdict, u64>,
    groups: BTreeSet<(Verdict, i64, i64, String, u64)>,
}

fn sums(matcher: &Matcher<'_>, counted: &[&Judged]) -> Sums {
    let mut objects = BTreeMap::new();
    let mut by_verdict = BTreeMap::new();
    let mut groups: BTreeMap<_, (Verdict, i64, i64, u64)> = BTreeMap::new();
    for j in counted {
        let o = &j.occurrence;
        for (name, value) in matcher.signature.join.objects.iter().zip(&o.key) {
            if let Some(value) = value {
                let object = (name.clone(), value.trim().to_lowercase());
                *objects.entry(object).or_default() += 1;
            }
        }
        let verdict = j.verdict.expect("it is counted");
        *by_verdict.entry(verdict).or_default() += 1;
        let items = o.items.iter().map(|&n| &matcher.items[n]);
        let times = || items.clone().map(|item| item.at);
        let (first, last) = (times().min().expect("one"), times().max().expect("one"));
        let group = groups
            .entry((o.machine.clone(), o.key.clone()))
            .or_insert((verdict, first, last, 0));
        group.0 = group.0.max(verdict);
        group.1 = group.1.min(first);
        group.2 = group.2.max(last);
        group.3 += 1;
    }
    let groups = groups
        .into_iter()
        .map(|((machine, _), g)| (g.0, g.1, g.2, machine, g.3));
    Sums {
        objects,
        by_verdict,
        groups: listed(groups.collect()),
    }
}

/// A report lists so many groups; with more of them, there is nothing to compare.
fn listed(
    groups: Vec<(Verdict, i64, i64, String, u64)>,
) -> BTreeSet<(Verdict, i64, i64, String, u64)> {
    if groups.len() < eventkb::limits::MAX_COMPUTERS_LISTED {
        groups.into_iter().collect()
    } else {
        BTreeSet::new()
    }
}

fn got(matcher: &Matcher<'_>, finding: &Finding) -> Told {
    let zero = start();
    let second =
        |time: Option<eventkb::jiff::Timestamp>| time.map_or(i64::MIN, |t| t.as_second() - zero);
    let verdicts = [
        Verdict::RuledOut,
        Verdict::Possible,
        Verdict::Likely,
        Verdict::Match,
    ];
    let by_verdict: BTreeMap<Verdict, u64> = verdicts
        .into_iter()
        .map(|verdict| (verdict, finding.by_verdict.of(verdict)))
        .filter(|(_, count)| *count > 0)
        .collect();
    assert_eq!(
        finding.occurrences,
        by_verdict.values().sum::<u64>(),
        "the sum by verdict"
    );
    let objects = finding
        .objects
        .iter()
        .map(|o| ((o.kind.clone(), o.name.trim().to_lowercase()), o.count));
    let mut summed = BTreeMap::new();
    objects.for_each(|(object, count)| *summed.entry(object).or_default() += count);
    let groups = finding.groups.iter().map(|group| {
        let machine = matcher.machine(&group.computer);
        (
            group.verdict,
            second(group.first),
            second(group.last),
            machine,
            group.occurrences,
        )
    });
    Told {
        verdict: finding.verdict,
        by_verdict,
        // Whether something absent could have been seen is not part of the text's steps.
        states: finding
            .symptoms
            .iter()
            .map(|s| Some(s.state).filter(|_| s.count > 0))
            .collect(),
        counts: finding.symptoms.iter().map(|s| s.count).collect(),
        objects: summed,
        groups: listed(groups.collect()),
        computers: finding.computers.iter().cloned().collect(),
        span: (second(finding.first), second(finding.last)),
    }
}

/// Where two documents differ.
fn differences(path: &str, a: &Value, b: &Value, out: &mut String) {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            let names: BTreeSet<&String> = x.keys().chain(y.keys()).collect();
            for name in names {
                let of = |map: &Map<String, Value>| map.get(name).cloned().unwrap_or_default();
                differences(&format!("{path}.{name}"), &of(x), &of(y), out);
            }
        }
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => {
            for (n, (x, y)) in x.iter().zip(y).enumerate() {
                differences(&format!("{path}[{n}]"), x, y, out);
            }
        }
        _ if a == b => {}
        _ => {
            let _ = writeln!(out, "{path}: {a} and {b}");
        }
    }
}

/// The trial without every event that it fails without.
fn shrunk(mut trial: Trial, seed: u64) -> Trial {
    let mut size = trial.events.len().div_ceil(2);
    loop {
        let mut at = 0;
        while at < trial.events.len() {
            let mut smaller = trial.clone();
            smaller
                .events
                .drain(at..(at + size).min(smaller.events.len()));
            if check(&smaller, seed).is_err() {
                trial = smaller;
            } else {
                at += size;
            }
        }
        if size <= 1 {
            return trial;
        }
        size = size.div_ceil(2);
    }
}

fn described(trial: &Trial, seed: u64, difference: &str) -> String {
    let mut text = format!("==== EVENTKB_SEED={seed} EVENTKB_STREAMS=1\n");
    let signature = serde_json::to_string_pretty(&trial.signature).expect("plain data");
    let _ = writeln!(text, "{signature}");
    for event in &trial.events {
        let _ = writeln!(
            text,
            "{}",
            serde_json::to_string(event).expect("plain data")
        );
    }
    if let Some(spans) = &trial.spans {
        let _ = writeln!(text, "{spans:?}");
    }
    let _ = write!(text, "{difference}");
    text
}

/// A report that says something else is noticed, whatever it is.
#[test]
fn a_difference_is_noticed() {
    let mut noticed = BTreeSet::new();
    for seed in 0..300 {
        let trial = trial(seed);
        let matcher = Matcher::new(&trial.signature, &trial.events, trial.spans.as_deref());
        let judged = reference::judge(&matcher);
        let set = Arc::new(set(&trial, false));
        let events = events_of(&trial, &set);
        let report = run(&set, &trial, &[events]);
        if report
            .finding("T1")
            .is_none_or(|finding| !finding.is_offered())
        {
            continue;
        }
        type Change = fn(&mut Finding);
        let changes: [(&str, Change); 5] = [
            ("verdict", |f| {
                f.verdict = if f.verdict == Verdict::Match {
                    Verdict::Likely
                } else {
                    Verdict::Match
                }
            }),
            ("count", |f| f.symptoms[0].count += 1),
            ("state", |f| f.symptoms[0].state = SymptomState::Unqualified),
            ("objects", |f| f.objects.clear()),
            ("groups", |f| f.groups.clear()),
        ];
        for (name, change) in changes {
            let mut changed = report.clone();
            let finding = &mut changed.findings[0];
            let before = finding.clone();
            change(finding);
            if *finding == before {
                continue;
            }
            match compare(&matcher, &judged, &changed) {
                Ok(()) if name == "state" && before.symptoms[0].count == 0 => {}
                Ok(())
                    if name == "groups"
                        && before.groups.len() >= eventkb::limits::MAX_COMPUTERS_LISTED => {}
                Ok(()) => panic!("seed {seed}: {name} changed and nobody saw it"),
                Err(_) => {
                    noticed.insert(name);
                }
            }
        }
    }
    assert_eq!(noticed.len(), 5, "{noticed:?}");
}
