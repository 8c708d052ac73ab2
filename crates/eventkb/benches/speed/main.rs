//! How fast eventkb is, measured against `evtx_dump` and against reading the bytes, in one run.
//!
//! `cargo bench -p eventkb --bench speed -- --quick` makes logs in a temporary folder, runs every
//! program over them in turns, several times, and prints medians as tables, and whether the targets
//! are met. `docs/performance.md` says what the cases are and keeps the results.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs,
    reason = "a program"
)]

mod children;
mod logs;
mod measure;
mod targets;

use std::path::PathBuf;
use std::process::ExitCode;

use logs::{Logs, Made, Sizes};
use measure::{Case, Program, Programs, Reader, Results};

const USAGE: &str = "\
cargo bench -p eventkb --bench speed -- [--quick] [--runs N] [--only TEXT] [--evtx-dump PATH]
                                        [--eventkb PATH] [--keep FOLDER] [--log FILE]

  --quick           logs of 0.25 and 0.5 GB and 2,000 small files (default: up to 4 GB, 10,000 files)
  --runs N          runs of each program (default 5)
  --only TEXT       only cases whose name has this text
  --evtx-dump PATH  evtx_dump 0.15.1 (default: EVTX_DUMP, or on PATH; `cargo install evtx --version 0.15.1 --locked`)
  --eventkb PATH    the program to measure (default: target/release/eventkb, built if need be)
  --log FILE        also read every record of this .evtx log
  EVENTKB_CORPUS    (environment) a folder of .evtx logs: also measure a log of their chunks
  --keep FOLDER     make the logs there, and use those that are there already
";

/// What the user asked for.
#[derive(Debug)]
struct Options {
    quick: bool,
    runs: usize,
    only: String,
    evtx_dump: Option<PathBuf>,
    eventkb: Option<PathBuf>,
    keep: Option<PathBuf>,
    log: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    if let Some((job, rest)) = arguments.split_first()
        && let Some(exit) = children::run(job, rest)
    {
        return exit;
    }
    let result = parse(&arguments).and_then(|options| bench(&options).map_err(|e| e.to_string()));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("speed: {problem}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn parse(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options {
        quick: false,
        runs: 5,
        only: String::new(),
        evtx_dump: None,
        eventkb: None,
        keep: None,
        log: None,
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || {
            rest.next()
                .cloned()
                .ok_or_else(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--quick" => options.quick = true,
            "--runs" => {
                options.runs = value()?
                    .parse()
                    .map_err(|_| "--runs wants a number".to_owned())?
            }
            "--only" => options.only = value()?,
            "--evtx-dump" => options.evtx_dump = Some(value()?.into()),
            "--eventkb" => options.eventkb = Some(value()?.into()),
            "--log" => options.log = Some(value()?.into()),
            "--keep" => options.keep = Some(value()?.into()),
            other => return Err(format!("unknown option {other}")),
        }
    }
    options.runs = options.runs.max(1);
    Ok(options)
}

fn bench(options: &Options) -> std::io::Result<()> {
    let sizes = if options.quick {
        Sizes::QUICK
    } else {
        Sizes::FULL
    };
    let programs = Programs::find(options.eventkb.as_deref(), options.evtx_dump.as_deref())?;
    let temporary = std::env::temp_dir().join(format!("eventkb-bench-{}", std::process::id()));
    let folder = options.keep.clone().unwrap_or_else(|| temporary.clone());
    let logs = Logs::new(&folder, sizes, options.keep.is_some())?;
    println!("{}\n", measure::machine(&programs));
    println!("{}", measure::HEAD);
    let mut results = Results::default();
    let own = options
        .log
        .iter()
        .map(|log| every_record(log.display().to_string(), &programs, || Made::found(log)));
    let real_bytes = logs.sizes.real;
    let corpus = std::env::var_os("EVENTKB_CORPUS").map(PathBuf::from);
    let real = corpus.iter().flat_map(|corpus| {
        let all = jobs(REAL, real_bytes, &programs, || logs.real(corpus, false));
        let full = jobs(FULL, real_bytes, &programs, || logs.real(corpus, true));
        let name = format!("{FULL}, {}, {}, 1 thread", NOTHING.0, gigabytes(real_bytes));
        let nothing = Case::new(name, || logs.real(corpus, true));
        let nothing = nothing
            .with(Program::Library {
                signatures: logs.signatures(1),
                count: 1,
                programs: &programs,
            })
            .with(Program::EvtxDump {
                threads: 1,
                programs: &programs,
            })
            .with(Program::Read {
                programs: &programs,
            });
        all.into_iter().chain(full).chain([nothing])
    });
    let made = jobs(MADE, real_bytes, &programs, || logs.nothing(real_bytes));
    let cases = cases(&logs, &programs).into_iter().chain(made);
    for case in cases.chain(real).chain(own) {
        if !case.name.contains(&options.only) {
            continue;
        }
        let case = case.prepared()?;
        let rows = case.run(options.runs)?;
        for row in &rows {
            println!("{row}");
        }
        results.extend(rows);
    }
    if "signatures list".contains(&options.only) {
        results.first_byte = Some(measure::first_byte(&programs.eventkb, 10 * options.runs)?);
    }
    println!("\n{}", targets::table(&results));
    println!("\n{}", targets::ratios(&results, &[MADE, REAL, FULL]));
    if options.keep.is_none() {
        std::fs::remove_dir_all(&temporary)?;
    }
    Ok(())
}

/// All cases, in the order they are run. Logs are made when a case is about to run.
fn cases<'a>(logs: &'a Logs, programs: &'a Programs) -> Vec<Case<'a>> {
    let mut cases = Vec::new();
    for &bytes in logs.sizes.nothing {
        for threads in [1, 2] {
            let name = format!("nothing relevant, {}, {}", gigabytes(bytes), words(threads));
            let mut case = Case::new(name, move || logs.nothing(bytes))
                .with(Program::Eventkb { threads, programs })
                .with(Program::EvtxDump { threads, programs });
            if threads == 1 {
                case = case.with(Program::Read { programs });
            }
            cases.push(case);
        }
    }
    let main = logs.sizes.main;
    for threads in [1, 2] {
        let name = format!("0.1 % relevant, {}, {}", gigabytes(main), words(threads));
        cases.push(
            Case::new(name, move || logs.some(main))
                .with(Program::Eventkb { threads, programs })
                .with(Program::EvtxDump { threads, programs }),
        );
    }
    let all = logs.sizes.all;
    for threads in [1, 2] {
        let name = format!(
            "every record relevant, {}, {}",
            gigabytes(all),
            words(threads)
        );
        cases.push(
            Case::new(name, move || logs.all(all))
                .with(Program::Eventkb { threads, programs })
                .with(Program::EvtxDump { threads, programs }),
        );
    }
    cases.push(every_record(gigabytes(all), programs, move || {
        logs.nothing(all)
    }));
    for threads in [1, 2] {
        let name = format!("{} files of 68 KB, {}", logs.sizes.files, words(threads));
        let mut case = Case::new(name, || logs.many()).with(Program::Eventkb { threads, programs });
        if threads == 1 {
            case = case
                .with(Program::Read { programs })
                .with(Program::EvtxDumpEach { programs });
        }
        cases.push(case);
    }
    for threads in [1, 2] {
        let name = format!("a zip of {}, {}", gigabytes(logs.sizes.zip), words(threads));
        let case = Case::new(name, || logs.zip()).with(Program::Eventkb { threads, programs });
        cases.push(if threads == 1 {
            case.with(Program::Inflate { programs })
        } else {
            case
        });
    }
    cases.push(
        Case::new(format!(".evt, {}", gigabytes(logs.sizes.evt)), || {
            logs.evt()
        })
        .with(Program::Eventkb {
            threads: 1,
            programs,
        })
        .with(Program::Read { programs }),
    );
    let name = format!("signatures, nothing relevant, {}", gigabytes(main));
    cases.push([1, 400, 5000].into_iter().fold(
        Case::new(name, move || logs.nothing(main)),
        |case, count| {
            case.with(Program::Library {
                signatures: logs.signatures(count),
                count,
                programs,
            })
        },
    ));
    cases
}

/// How the names of cases over real chunks begin.
const REAL: &str = "real chunks";

/// The same over those of them that are full.
const FULL: &str = "full real chunks";

/// The same over generated records.
const MADE: &str = "made records";

/// What is asked of a log: a name, the words of the command line, and how many times as fast as
/// evtx_dump it should be.
pub(crate) const JOBS: [(&str, &[&str], f64); 5] = [
    (
        "scan, errors not counted",
        &["scan", "--format", "json", "--no-unexplained"],
        10.0,
    ),
    ("scan, errors counted", &["scan", "--format", "json"], 7.0),
    (
        "listing by file",
        &["events", "--format", "jsonl", "--sort", "file"],
        1.0,
    ),
    (
        "listing by time",
        &["events", "--format", "jsonl", "--sort", "time"],
        1.0 / 1.3,
    ),
    (
        "listing what a filter leaves",
        &["events", "--format", "jsonl", "--level", "critical"],
        5.0,
    ),
];

/// A scan with a signature that asks for nothing in the log; the built-in ones ask for much of what
/// real logs hold.
pub(crate) const NOTHING: (&str, f64) = ("nothing relevant", 10.0);

/// Each job over one log.
fn jobs<'a>(
    log: &str,
    bytes: u64,
    programs: &'a Programs,
    make: impl Fn() -> std::io::Result<Made> + Clone + 'a,
) -> Vec<Case<'a>> {
    let mut cases = Vec::new();
    for (job, words_of_job, _) in JOBS {
        for threads in [1, 2] {
            let name = format!("{log}, {job}, {}, {}", gigabytes(bytes), words(threads));
            let case = Case::new(name, make.clone())
                .with(Program::EventkbJob {
                    words: words_of_job,
                    threads,
                    programs,
                })
                .with(Program::EvtxDump { threads, programs })
                .with(Program::Read { programs });
            cases.push(case);
        }
    }
    cases
}

/// A clean log, every record of it as an event: what guards and accounting cost.
fn every_record<'a>(
    log: String,
    programs: &'a Programs,
    make: impl Fn() -> std::io::Result<Made> + 'a,
) -> Case<'a> {
    let case = Case::new(format!("each record read, {log}"), make);
    Reader::ALL.into_iter().fold(case, |case, reader| {
        case.with(Program::Records { reader, programs })
    })
}

fn gigabytes(bytes: u64) -> String {
    format!("{} GB", bytes as f64 / 1e9)
}

fn words(threads: usize) -> String {
    format!("{threads} thread{}", if threads == 1 { "" } else { "s" })
}
