//! One module for each command: arguments to options, one call of the library, then a view.

mod around;
mod articles;
mod articles_find;
mod compare;
mod config;
mod events;
mod explain;
mod generated;
mod into_file;
mod leads;
mod logs;
mod merge;
mod reading;
mod redaction;
mod render;
mod scan;
mod signature_list;
mod signatures;
mod signatures_draft;

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches};
use eventkb::SignatureSet;
use eventkb::report::Report;
use eventkb_render::{Clean, Detail, Doc, Page, Reader};
use jiff::Timestamp;

use crate::args::{Cli, Command, GlobalArgs, ReportFormat, ShowArgs};
use crate::exit::Exit;
use crate::output::{self, Output, Stop};
use crate::settings::Settings;

const UNWRITTEN: &str = "the output could not be written";

/// Runs the program with these words of a command line.
pub(crate) fn run(words: impl Iterator<Item = OsString>) -> Exit {
    let words: Vec<OsString> = words.collect();
    let cli = match parse(&words) {
        Ok(cli) => cli,
        Err(error) => {
            // The complaint repeats a word, and a shell makes words of file names.
            let clean = |word: &OsString| Clean::new(&word.to_string_lossy()).as_str().to_owned();
            let cleaned: Vec<OsString> = words.iter().map(|word| clean(word).into()).collect();
            let cleaned = parse(&cleaned).err();
            let error = cleaned.unwrap_or(error);
            let is_error = error.use_stderr();
            let hint = path_for_command(&error).or_else(|| path_for_id(&error, &words));
            let printed = match hint {
                Some(hint) => writeln!(io::stderr(), "eventkb: {hint}"),
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
    // Where standard output is closed (`>&-`), Rust opens `/dev/null` in its place before `main` begins, in
    // the same way as other programs that want no output. Telling the two apart takes code that runs
    // before that, which cannot be written without `unsafe`.
    let mut out = BufWriter::with_capacity(OUTPUT_BYTES, io::stdout());
    let mut err = io::stderr();
    let file = into_file::of(&cli);
    let mut output = Output {
        out: &mut out,
        err: &mut err,
        look: output::look(&cli.global, file.is_some()),
        quiet: cli.global.quiet,
    };
    let result = match file {
        None => into_file::check_others(&cli)
            .and_then(|()| dispatch(&cli.command, &cli.global, &mut output))
            .and_then(|exit| output.out.flush().map(|()| exit).map_err(Stop::Output)),
        Some(path) => into_file::run(path, &cli, &mut output),
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

/// Bytes of output that are written together. Listings come in pieces larger than this, which are not
/// copied once more.
const OUTPUT_BYTES: usize = 16 * 1024;

/// The path that stands where a command should: the first thing that anyone tries.
fn path_for_command(error: &clap::Error) -> Option<String> {
    match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(word)) if Path::new(word).exists() => {
            let path = Clean::new(word);
            let path = path.as_str();
            Some(format!(
                "`{path}` is a path; say what to do with it, such as `eventkb scan {path}`"
            ))
        }
        _ => None,
    }
}

/// The path that stands where `explain` wants the id of an article.
fn path_for_id(error: &clap::Error, words: &[OsString]) -> Option<String> {
    let is_explain = words.get(1).is_some_and(|word| word == "explain");
    let word = words.last().filter(|word| Path::new(word).exists())?;
    (is_explain && error.kind() == ErrorKind::MissingRequiredArgument).then(|| {
        let path = Clean::new(&word.to_string_lossy());
        let path = path.as_str();
        format!(
            "`{path}` is a path; say before it which article to explain, such as `eventkb explain \
             KB922918 {path}`; `eventkb scan {path}` finds those that fit"
        )
    })
}

/// The command line, completed by variables and the settings file.
fn parse(words: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches_from(words)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    cli.global.settings = Settings::find().map(|found| found.complete(&mut cli.global, &matches));
    Ok(cli)
}

fn dispatch(command: &Command, global: &GlobalArgs, output: &mut Output) -> Result<Exit, Stop> {
    match command {
        // The settings have no say in these two: what is wrong with them does not matter.
        Command::Completions(args) => return generated::completions(args, output),
        Command::Man(args) => return generated::man(args, output),
        _ => {}
    }
    let settings = global.settings.as_ref();
    let settings = settings.map_err(|error| Stop::Usage(error.clone()))?;
    match command {
        Command::Completions(_) | Command::Man(_) => Ok(Exit::Found),
        Command::Config => config::run(settings, output),
        Command::Scan(args) => scan::run(args, global, output),
        Command::Explain(args) => explain::run(args, global, output),
        Command::Compare(args) => compare::run(args, global, output),
        Command::Events(args) => events::run(args, global, output),
        Command::Logs(args) => logs::run(args, global, output),
        Command::Articles(command) => articles::run(command, global, output),
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
    // Whoever is sent a ticket or a page may not have the program, and has not the logs.
    if matches!(format, ReportFormat::Markdown | ReportFormat::Html) {
        reader.commands = false;
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
    if let (ReportFormat::Csv | ReportFormat::Jsonl, true, Some(redaction)) =
        (format, redactor.is_some(), &report.redaction)
    {
        // Rows have no place for it.
        for line in eventkb_render::words::redaction::lines(redaction) {
            output.warning(line);
        }
    }
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
