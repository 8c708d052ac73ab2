//! One module for each command: arguments to options, one call of the library, then a view.

mod compare;
mod events;
mod explain;
mod logs;
mod merge;
mod reading;
mod redaction;
mod render;
mod scan;
mod signatures;

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Parser;
use clap::error::{ContextKind, ContextValue};
use eventkb::SignatureSet;
use eventkb::report::Report;
use eventkb_render::{Clean, Detail, Doc, Page, Reader};
use jiff::Timestamp;

use crate::args::{Cli, Command, GlobalArgs, ReadArgs, ReportFormat, ShowArgs, SignaturesCommand};
use crate::exit::Exit;
use crate::files::{Access, NewFile};
use crate::output::{self, Output, Stop};

const UNWRITTEN: &str = "the output could not be written";

/// Runs the program with these words of a command line.
pub(crate) fn run(words: impl Iterator<Item = OsString>) -> Exit {
    let words: Vec<OsString> = words.collect();
    let cli = match Cli::try_parse_from(&words) {
        Ok(cli) => cli,
        Err(error) => {
            // The complaint repeats a word, and a shell makes words of file names.
            let clean = |word: &OsString| Clean::new(&word.to_string_lossy()).as_str().to_owned();
            let cleaned = Cli::try_parse_from(words.iter().map(clean)).err();
            let error = cleaned.unwrap_or(error);
            let is_error = error.use_stderr();
            let printed = match path_for_command(&error) {
                Some(path) => writeln!(
                    io::stderr(),
                    "eventkb: `{0}` is a path; say what to do with it, such as `eventkb scan {0}`",
                    Clean::new(path).as_str()
                ),
                None => error.print().and_then(|()| io::stdout().flush()),
            };
            return match printed {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    let _ = writeln!(io::stderr(), "eventkb: {UNWRITTEN}: {error}");
                    Exit::Unusable
                }
                _ if is_error => Exit::Unusable,
                _ => Exit::Found,
            };
        }
    };
    let mut out = BufWriter::new(io::stdout());
    let mut err = io::stderr();
    let into_file = cli
        .global
        .output
        .as_deref()
        .filter(|path| path.as_os_str() != "-");
    let mut output = Output {
        out: &mut out,
        err: &mut err,
        look: output::look(&cli.global, into_file.is_some()),
        quiet: cli.global.quiet,
    };
    let result = match into_file {
        None => check_other_outputs(&cli)
            .and_then(|()| dispatch(&cli.command, &cli.global, &mut output))
            .and_then(|exit| output.out.flush().map(|()| exit).map_err(Stop::Output)),
        Some(path) => into(path, &cli, &mut output),
    };
    match result {
        Ok(exit) => exit,
        // Whoever reads has seen enough.
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            // The rest of the buffer has no reader: do not try again on drop.
            let _ = out.into_parts();
            Exit::Found
        }
        Err(Stop::Output(error)) => {
            output.error(format_args!("{UNWRITTEN}: {error}"));
            Exit::Unusable
        }
        Err(Stop::Usage(text)) => {
            let _ = output.out.flush();
            output.error(text);
            Exit::Unusable
        }
    }
}

/// Runs a command whose document goes into a file.
fn into(path: &Path, cli: &Cli, output: &mut Output) -> Result<Exit, Stop> {
    let inputs = inputs(&cli.command, &cli.global);
    let mut file = NewFile::new(path, Access::Usual, &inputs)?;
    for other in other_outputs(&cli.command) {
        if file.is_same_as(&NewFile::new(other, Access::Private, &inputs)?) {
            return Err(Stop::Usage(format!(
                "{}: two things would be written into this file; name two files",
                path.display()
            )));
        }
    }
    let mut into_file = Output {
        out: &mut file,
        err: &mut *output.err,
        look: output.look,
        quiet: output.quiet,
    };
    let exit = match dispatch(&cli.command, &cli.global, &mut into_file) {
        // A file does not end as a pipe does.
        Err(Stop::Output(error)) => {
            return Err(Stop::Usage(format!(
                "{}: {UNWRITTEN}: {error}",
                path.display()
            )));
        }
        result => result?,
    };
    file.finish()?;
    Ok(exit)
}

/// What a command reads, which may not be written over.
fn inputs(command: &Command, global: &GlobalArgs) -> Vec<PathBuf> {
    let of = |paths: &[PathBuf], read| inputs_of_reading(paths, read, global);
    let mut inputs = match command {
        Command::Scan(args) => return of(&args.paths, &args.read),
        Command::Explain(args) => return of(&args.paths, &args.read),
        Command::Compare(args) => return of(&args.words, &args.read),
        Command::Events(args) => return of(&args.paths, &args.read),
        Command::Logs(args) => return of(&args.paths, &args.read),
        Command::Merge(args) => args.files.clone(),
        Command::Render(args) => vec![args.report.clone()],
        Command::Signatures(SignaturesCommand::Check { files }) => files.clone(),
        Command::Signatures(_) => Vec::new(),
    };
    inputs.extend(global.signatures.iter().cloned());
    inputs
}

/// What a command that reads logs may not write over.
fn inputs_of_reading(paths: &[PathBuf], read: &ReadArgs, global: &GlobalArgs) -> Vec<PathBuf> {
    let others = global.signatures.iter().chain(&read.password_file);
    paths.iter().chain(others).cloned().collect()
}

/// Refuses files that may not be written before anything is read.
fn check_other_outputs(cli: &Cli) -> Result<(), Stop> {
    let others = other_outputs(&cli.command);
    if others.is_empty() {
        return Ok(());
    }
    let inputs = inputs(&cli.command, &cli.global);
    let mut others = others.into_iter();
    others.try_for_each(|path| NewFile::new(path, Access::Private, &inputs).map(drop))
}

/// Files that a command writes besides its document.
fn other_outputs(command: &Command) -> Vec<&Path> {
    let (redact, observations) = match command {
        Command::Scan(args) => (Some(&args.show.redact), args.emit_observations.as_deref()),
        Command::Explain(args) => (Some(&args.show.redact), None),
        Command::Compare(args) => (Some(&args.show.redact), None),
        Command::Logs(args) => (Some(&args.show.redact), None),
        Command::Merge(args) => (Some(&args.show.redact), None),
        Command::Render(args) => (Some(&args.show.redact), None),
        Command::Events(args) => (Some(&args.redact), None),
        Command::Signatures(_) => (None, None),
    };
    let map = redact.and_then(|redact| redact.redact_map.as_deref());
    let files = map.into_iter().chain(observations);
    files.filter(|path| path.as_os_str() != "-").collect()
}

/// The path that stands where a command should: the first thing that anyone tries.
fn path_for_command(error: &clap::Error) -> Option<&str> {
    match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(word)) if Path::new(word).exists() => Some(word),
        _ => None,
    }
}

fn dispatch(command: &Command, global: &GlobalArgs, output: &mut Output) -> Result<Exit, Stop> {
    match command {
        Command::Scan(args) => scan::run(args, global, output),
        Command::Explain(args) => explain::run(args, global, output),
        Command::Compare(args) => compare::run(args, global, output),
        Command::Events(args) => events::run(args, global, output),
        Command::Logs(args) => logs::run(args, global, output),
        Command::Signatures(command) => signatures::run(command, global, output),
        Command::Merge(args) => merge::run(args, global, output),
        Command::Render(args) => render::run(args, global, output),
    }
}

/// For whom documents are made.
fn reader(global: &GlobalArgs, output: &Output) -> Reader {
    let mut reader = Reader::default();
    reader.zone = global.zone.clone();
    reader.detail = global.detail();
    reader.width = Some(output.look.width);
    reader.commands = true;
    reader
}

/// How a report is to be printed.
struct Print<'a> {
    show: &'a ShowArgs,
    /// What is read, which may not be written over.
    inputs: &'a [PathBuf],
    /// They say which values are names; without them the built-in ones do.
    signatures: Option<&'a SignatureSet>,
    /// What a line of JSON Lines is.
    lines: Lines,
    summary: bool,
    /// The user asked for hashes.
    hashes: bool,
    global: &'a GlobalArgs,
}

/// What a line of JSON Lines is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lines {
    Findings,
    Files,
}

/// Prints a report: its own data as JSON, or the view of it in another format. Where that is
/// wanted, without names.
fn print(
    report: &Report,
    how: &Print,
    output: &mut Output,
    view: impl FnOnce(&Report, &Reader) -> Doc,
) -> Result<(), Stop> {
    let format = how.show.format;
    let (redacted, mut redactor);
    let (report, redactor) = match how.show.redact.is_wanted() {
        false => (report, None),
        true => {
            (redacted, redactor) = redaction::of_report(report, how, output)?;
            (&redacted, Some(&mut redactor))
        }
    };
    let mut reader = reader(how.global, output);
    if format != ReportFormat::Table {
        reader.width = None;
    }
    // A page folds details away.
    if format == ReportFormat::Html {
        reader.detail = reader.detail.max(Detail::Full);
    }
    if how.summary {
        reader.detail = Detail::Summary;
    }
    // On a terminal they are noise; in a file they are provenance.
    reader.hashes = how.hashes || format != ReportFormat::Table;
    match format {
        ReportFormat::Json => output.json(report, true),
        ReportFormat::Jsonl if how.lines == Lines::Files => {
            let mut files = report.inputs.iter();
            files.try_for_each(|file| output.json(file, false))
        }
        ReportFormat::Jsonl => {
            let mut findings = report.findings.iter();
            findings.try_for_each(|finding| output.json(finding, false))
        }
        ReportFormat::Csv => output.text(&eventkb_render::finding_rows(report, &reader)),
        ReportFormat::Table => output.tables(&view(report, &reader)),
        ReportFormat::Markdown => output.text(&eventkb_render::markdown(&view(report, &reader))),
        ReportFormat::Html => {
            let mut page = page(report, how.show, &reader);
            if let Some(redactor) = redactor {
                page.title = redactor.text(&page.title);
            }
            output.text(&eventkb_render::html(&view(report, &reader), &page))
        }
    }
}

fn page(report: &Report, show: &ShowArgs, reader: &Reader) -> Page {
    let mut lines = vec![format!("Made {}.", reader.zone.full(now()))];
    lines.extend(eventkb_render::page_lines(report, reader));
    Page {
        title: match &show.case {
            Some(case) => format!("{case}: event logs"),
            None => "Event logs".into(),
        },
        lines,
    }
}

/// The time that is written into pages; builds that must be the same twice set it.
fn now() -> Timestamp {
    let seconds = std::env::var("SOURCE_DATE_EPOCH").ok();
    let fixed =
        seconds.and_then(|seconds| Timestamp::from_second(seconds.trim().parse().ok()?).ok());
    fixed.unwrap_or_else(Timestamp::now)
}
