//! How well are the built-in signatures told apart?
//!
//! Makes logs from every example that a signature must match, in several forms (both layouts of
//! .evtx, one file for all computers or one for each, with background noise, in a shuffled order),
//! scans them, and prints which article came first: `cargo run --release --example confusion`.
//!
//! Ends with exit code 1 if the right article came first in less than 95 % of the separable cases,
//! or a wrong article was ever given as `match`.

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
    noise: usize,
}

const FORMS: [Form; 4] = [
    Form {
        name: "one file",
        layout: Layout::NameInTemplate,
        shape: DataShape::StringArray,
        file_per_computer: false,
        noise: 0,
    },
    Form {
        name: "file per computer, noise",
        layout: Layout::NameInTemplate,
        shape: DataShape::OneEach,
        file_per_computer: true,
        noise: 300,
    },
    Form {
        name: "other layout, noise",
        layout: Layout::NameAsSubstitution,
        shape: DataShape::StringArray,
        file_per_computer: false,
        noise: 300,
    },
    Form {
        name: "other layout, file per computer",
        layout: Layout::NameAsSubstitution,
        shape: DataShape::OneEach,
        file_per_computer: true,
        noise: 50,
    },
];

#[derive(Default)]
struct Score {
    runs: usize,
    first: usize,
    /// Another article came first, and the report says that the two cannot be told apart.
    undecided: usize,
    /// What came first instead.
    instead: BTreeMap<String, usize>,
    /// Wrong articles given as a match.
    false_matches: BTreeSet<String>,
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
                match run(&set, example, form, n as u64, &folder) {
                    Ok(report) => judge(
                        scores.entry(signature.id.clone()).or_default(),
                        signature,
                        &report,
                    ),
                    Err(error) => {
                        failed = Some(format!("{} in form {:?}: {error}", signature.id, form.name))
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

fn run(
    set: &SignatureSet,
    example: &Example,
    form: Form,
    seed: u64,
    folder: &Path,
) -> std::io::Result<Report> {
    let events = example_events(example);
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

fn judge(score: &mut Score, signature: &Signature, report: &Report) {
    score.runs += 1;
    let own = report
        .findings
        .iter()
        .find(|f| f.signature.id == signature.id);
    for finding in report
        .findings
        .iter()
        .filter(|f| f.verdict == Verdict::Match)
    {
        if finding.signature.id != signature.id {
            score.false_matches.insert(finding.signature.id.clone());
        }
    }
    match report.best() {
        Some(best) if best.signature.id == signature.id => score.first += 1,
        Some(best) if own.is_some_and(|own| says_undecided(own, best)) => score.undecided += 1,
        best => {
            let name = best.map_or("nothing".to_owned(), |f| f.signature.id.clone());
            *score.instead.entry(name).or_default() += 1;
        }
    }
}

/// Whether one of the two names the other as a rival that the evidence does not separate.
fn says_undecided(own: &Finding, best: &Finding) -> bool {
    let names = |a: &Finding, b: &Finding| {
        a.rivals
            .iter()
            .any(|rival| rival.id == b.signature.id && !rival.separated)
    };
    own.verdict > Verdict::RuledOut && (names(own, best) || names(best, own))
}

fn print(scores: &BTreeMap<String, Score>) -> ExitCode {
    println!(
        "{:<9} {:>5} {:>6} {:>10}  instead / false match",
        "article", "runs", "first", "undecided"
    );
    let (mut runs, mut first, mut undecided, mut false_matches) = (0, 0, 0, 0);
    for (id, score) in scores {
        let mut remarks: Vec<String> = score
            .instead
            .iter()
            .map(|(id, count)| format!("{id} {count}x"))
            .collect();
        remarks.extend(
            score
                .false_matches
                .iter()
                .map(|id| format!("FALSE MATCH {id}")),
        );
        println!(
            "{id:<9} {:>5} {:>6} {:>10}  {}",
            score.runs,
            score.first,
            score.undecided,
            remarks.join(", ")
        );
        runs += score.runs;
        first += score.first;
        undecided += score.undecided;
        false_matches += score.false_matches.len();
    }
    let separable = runs - undecided;
    let share = 100.0 * first as f64 / separable.max(1) as f64;
    println!(
        "{} articles, {runs} logs: right article first in {first} of {separable} separable ({share:.1} %), {undecided} said to be inseparable, {false_matches} false matches",
        scores.len()
    );
    if share >= 95.0 && false_matches == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
