//! How well are the built-in signatures told apart?
//!
//! Makes logs from every example that a signature must match, in several forms (both layouts of
//! .evtx, one file for all computers or one for each, with background noise, in a shuffled order),
//! scans them, and prints which article came first: `cargo run --release --example confusion`.
//!
//! Then every example is put into one log with each of its signature's rivals, a day apart: both
//! articles must be offered.
//!
//! Ends with exit code 1 if the right article came first in less than 95 % of the separable cases,
//! if a wrong article was ever given as `match`, or if one of two articles in a log was missed.
//!
//! Two articles count as inseparable only where the report says so of the article that is right,
//! gives both the same verdict, and an author named one as the rival of the other. An example that
//! is only `possible` is a part of its article's events, and may be all of a rival's: the rival may
//! then stand higher, if an author named it. Both kinds of pairs are printed.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

use eventkb::report::{Finding, Report, Verdict};
use eventkb::signature::model::{Example, ExampleVerdict, Signature};
use eventkb::{Event, ScanOptions, SignatureSet, example_events, scan};
use eventkb_testkit::event::EventSpec;
use eventkb_testkit::evtx::{DataShape, EvtxWriter, Layout};
use eventkb_testkit::rng::Rng;
use eventkb_testkit::scenario::Noise;

/// One way to put the events of an example into files.
#[derive(Clone, Copy)]
struct Form {
    name: &'static str,
    layout: Layout,
    shape: DataShape,
    file_per_computer: bool,
    /// All events under one computer's name: a server that calls and is called.
    one_computer: bool,
    noise: usize,
}

const FORMS: [Form; 5] = [
    Form {
        name: "one file",
        layout: Layout::NameInTemplate,
        shape: DataShape::StringArray,
        file_per_computer: false,
        one_computer: false,
        noise: 0,
    },
    Form {
        name: "file per computer, noise",
        layout: Layout::NameInTemplate,
        shape: DataShape::OneEach,
        file_per_computer: true,
        one_computer: false,
        noise: 300,
    },
    Form {
        name: "other layout, noise",
        layout: Layout::NameAsSubstitution,
        shape: DataShape::StringArray,
        file_per_computer: false,
        one_computer: false,
        noise: 300,
    },
    Form {
        name: "other layout, file per computer",
        layout: Layout::NameAsSubstitution,
        shape: DataShape::OneEach,
        file_per_computer: true,
        one_computer: false,
        noise: 50,
    },
    Form {
        name: "one computer, noise",
        layout: Layout::NameInTemplate,
        shape: DataShape::StringArray,
        file_per_computer: false,
        one_computer: true,
        noise: 100,
    },
];

/// Seconds between two articles in one log.
const DAY: i64 = 86_400;

#[derive(Default)]
struct Score {
    runs: usize,
    first: usize,
    /// Another article came first, and the two cannot be told apart: which, and how often.
    undecided: BTreeMap<String, usize>,
    /// Another article explains more of a log that holds only a part of this one's events.
    partial: BTreeMap<String, usize>,
    /// What came first instead.
    instead: BTreeMap<String, usize>,
    /// Wrong articles given as a match.
    false_matches: BTreeSet<String>,
    /// Logs with a rival beside, and those in which one of the two was missed.
    together: usize,
    missed: BTreeSet<String>,
}

fn main() -> ExitCode {
    let set = SignatureSet::built_in();
    let folder = std::env::temp_dir().join(format!("eventkb-confusion-{}", std::process::id()));
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let mut failed = None;
    for signature in set.iter() {
        for (n, example) in signature.examples.iter().enumerate() {
            if !offers(example) {
                continue;
            }
            for form in FORMS {
                let score = scores.entry(signature.id.clone()).or_default();
                match run(&set, &example_events(example), form, n as u64, &folder) {
                    Ok(report) => judge(score, &set, (signature, example), &report),
                    Err(error) => {
                        failed = Some(format!("{} in form {:?}: {error}", signature.id, form.name))
                    }
                }
            }
            let score = scores.entry(signature.id.clone()).or_default();
            for rival in signature.rivals.iter().filter_map(|r| set.get(&r.id)) {
                let Some(other) = rival.examples.iter().find(|e| offers(e)) else {
                    continue;
                };
                let mut events = example_events(example);
                events.extend(example_events(other).into_iter().map(a_day_later));
                match run(&set, &events, FORMS[1], n as u64, &folder) {
                    Ok(report) => judge_together(score, [signature, rival], &report),
                    Err(error) => {
                        failed = Some(format!("{} with {}: {error}", signature.id, rival.id))
                    }
                }
            }
        }
    }
    // A temporary folder that cannot be removed is no reason to fail.
    let _ = std::fs::remove_dir_all(&folder);
    if let Some(failed) = failed {
        eprintln!("confusion: {failed}");
        return ExitCode::from(2);
    }
    print(&scores)
}

fn offers(example: &Example) -> bool {
    matches!(
        example.verdict,
        ExampleVerdict::Match | ExampleVerdict::Likely | ExampleVerdict::Possible
    )
}

fn a_day_later(event: Event) -> Event {
    let later = |time: jiff::Timestamp| time.as_second().saturating_add(DAY);
    Event {
        time: event
            .time
            .and_then(|time| jiff::Timestamp::from_second(later(time)).ok()),
        ..event
    }
}

fn run(
    set: &SignatureSet,
    events: &[Event],
    form: Form,
    seed: u64,
    folder: &Path,
) -> std::io::Result<Report> {
    let mut events = events.to_vec();
    if form.one_computer {
        for event in &mut events {
            event.computer = Some("SEATTLE".to_owned());
        }
    }
    let computers: BTreeSet<String> = events.iter().filter_map(|e| e.computer.clone()).collect();
    let groups: Vec<Vec<String>> = if form.file_per_computer {
        computers.iter().map(|c| vec![c.clone()]).collect()
    } else {
        vec![computers.iter().cloned().collect()]
    };
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)?;
    let start = events
        .iter()
        .filter_map(|e| e.time)
        .map(|t| t.as_second())
        .min()
        .unwrap_or(0);
    for (n, group) in groups.iter().enumerate() {
        let mut specs: Vec<EventSpec> = events
            .iter()
            .filter(|event| event.computer.as_ref().is_some_and(|c| group.contains(c)))
            .map(spec)
            .collect();
        let names: Vec<&str> = group.iter().map(String::as_str).collect();
        let noise = Noise::new(seed + n as u64)
            .start(start - 3000)
            .step(20)
            .computers(&names);
        specs.extend(noise.take(form.noise));
        // Files in no particular order of time, as customers merge them.
        let mut rng = Rng::new(seed * 31 + n as u64);
        for at in (1..specs.len()).rev() {
            let other = usize::try_from(rng.next_u64() % (at as u64 + 1)).unwrap_or(0);
            specs.swap(at, other);
        }
        let bytes = EvtxWriter::new()
            .layout(form.layout)
            .data_shape(form.shape)
            .write(&specs);
        // The reverse order of names, so that file order is not the order of computers.
        std::fs::write(folder.join(format!("log{}.evtx", groups.len() - n)), bytes)?;
    }
    Ok(scan(&[folder.to_owned()], set, &ScanOptions::default()))
}

fn spec(event: &Event) -> EventSpec {
    let mut spec = EventSpec::new(&event.provider, event.event_id)
        .level(event.level.unwrap_or(4))
        .task(event.category.unwrap_or(0))
        .channel(event.channel.as_deref().unwrap_or("Application"))
        .computer(event.computer.as_deref().unwrap_or(""));
    if let Some(time) = event.time {
        spec = spec.at(time.as_second(), 0);
    }
    spec.strings(event.strings.clone().unwrap_or_default())
}

fn false_matches<'r>(report: &'r Report, right: &'r [&str]) -> impl Iterator<Item = String> + 'r {
    let matches = report.findings.iter();
    matches
        .filter(|f| f.verdict == Verdict::Match && !right.contains(&f.signature.id.as_str()))
        .map(|f| f.signature.id.clone())
}

fn judge(
    score: &mut Score,
    set: &SignatureSet,
    (signature, example): (&Signature, &Example),
    report: &Report,
) {
    score.runs += 1;
    let own = report
        .findings
        .iter()
        .find(|f| f.signature.id == signature.id);
    score
        .false_matches
        .extend(false_matches(report, &[&signature.id]));
    match report.best() {
        Some(best) if best.signature.id == signature.id => score.first += 1,
        Some(best) if own.is_some_and(|own| says_undecided(set, own, best)) => {
            let count = score.undecided.entry(best.signature.id.clone());
            *count.or_default() += 1;
        }
        Some(best)
            if example.verdict == ExampleVerdict::Possible
                && own.is_some_and(|own| own.verdict > Verdict::RuledOut)
                && rivals_by_author(set, &signature.id, &best.signature.id) =>
        {
            let count = score.partial.entry(best.signature.id.clone());
            *count.or_default() += 1;
        }
        best => {
            let name = best.map_or("nothing".to_owned(), |f| f.signature.id.clone());
            *score.instead.entry(name).or_default() += 1;
        }
    }
}

/// Two articles in one log, a day apart: both must be offered, or named as what cannot be told
/// from the one that is.
fn judge_together(score: &mut Score, pair: [&Signature; 2], report: &Report) {
    score.together += 1;
    let ids = pair.map(|signature| signature.id.as_str());
    score.false_matches.extend(false_matches(report, &ids));
    for id in ids {
        let offered = |f: &&Finding| f.signature.id == id && f.verdict > Verdict::RuledOut;
        if !report.findings.iter().any(|f| offered(&f)) {
            score
                .missed
                .insert(format!("{id} beside {}", ids.join("+")));
        }
    }
}

/// Whether the report is right that the evidence cannot separate the two: it says so of the article
/// that is right, both have the same verdict, and an author named one as a rival of the other.
fn says_undecided(set: &SignatureSet, own: &Finding, best: &Finding) -> bool {
    let said = own
        .rivals
        .iter()
        .any(|rival| rival.id == best.signature.id && !rival.separated);
    let rivals = rivals_by_author(set, &own.signature.id, &best.signature.id);
    said && own.verdict == best.verdict && rivals
}

/// Whether one of two signatures names the other as a rival.
fn rivals_by_author(set: &SignatureSet, a: &str, b: &str) -> bool {
    let names = |a: &str, b: &str| {
        let rivals = set.get(a).map(|signature| &signature.rivals);
        rivals.is_some_and(|rivals| rivals.iter().any(|rival| rival.id == b))
    };
    names(a, b) || names(b, a)
}

fn print(scores: &BTreeMap<String, Score>) -> ExitCode {
    println!(
        "{:<9} {:>5} {:>6} {:>10} {:>9}  ~ cannot be told from / part of / INSTEAD / FALSE MATCH / MISSED",
        "article", "runs", "first", "undecided", "together"
    );
    let (mut runs, mut first, mut undecided, mut wrong) = (0, 0, 0, 0);
    for (id, score) in scores {
        let counted = |what: &'static str, list: &BTreeMap<String, usize>| -> Vec<String> {
            let list = list.iter();
            list.map(|(id, n)| format!("{what} {id} {n}x")).collect()
        };
        let mut remarks = counted("~", &score.undecided);
        remarks.extend(counted("part of", &score.partial));
        remarks.extend(counted("INSTEAD", &score.instead));
        let false_matches = score.false_matches.iter();
        remarks.extend(false_matches.map(|id| format!("FALSE MATCH {id}")));
        remarks.extend(score.missed.iter().map(|pair| format!("MISSED {pair}")));
        let open: usize = score.undecided.values().chain(score.partial.values()).sum();
        println!(
            "{id:<9} {:>5} {:>6} {open:>10} {:>9}  {}",
            score.runs,
            score.first,
            score.together,
            remarks.join(", ")
        );
        runs += score.runs;
        first += score.first;
        undecided += open;
        wrong += score.false_matches.len() + score.missed.len();
    }
    let separable = runs - undecided;
    let share = 100.0 * first as f64 / separable.max(1) as f64;
    println!(
        "{} articles, {runs} logs: right article first in {first} of {separable} separable ({share:.1} %), {undecided} said to be inseparable, {wrong} false matches or missed",
        scores.len()
    );
    if share >= 95.0 && wrong == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
