//! What all commands that read logs share: options, signatures, and complaints about paths.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use eventkb::integrity::DefectCode;
use eventkb::report::{Input, Report};
use eventkb::{Problem, ProblemSeverity, ScanOptions, SignatureError, SignatureSet};
use jiff::Timestamp;

use crate::args::{GlobalArgs, ReadArgs};
use crate::exit::Exit;
use crate::interrupt;
use crate::output::{Output, Stop};
use crate::progress;
use crate::view::words;

/// Files named on stderr before the rest is only counted.
const MOST_COMPLAINTS: usize = 10;
/// Problems of one signature file shown by commands that are not about signatures.
const MOST_PROBLEMS: usize = 5;
/// The format of an input that could not be told.
const UNKNOWN: &str = "unknown";

/// Signatures, and whether some were refused.
pub(super) struct Signatures {
    pub(super) set: SignatureSet,
    pub(super) refused: bool,
}

/// Loads the built-in signatures and those the user adds. Bad ones are named and left out.
pub(super) fn signatures(global: &GlobalArgs, output: &mut Output) -> Signatures {
    let mut set = SignatureSet::built_in();
    let mut refused = false;
    for path in &global.signatures {
        if let Err(errors) = set.add_path(path) {
            refused = true;
            for error in &errors {
                complain_of_signature(error, output);
            }
        }
    }
    Signatures { set, refused }
}

fn complain_of_signature(error: &SignatureError, output: &mut Output) {
    let is_error = |p: &&Problem| p.severity == ProblemSeverity::Error;
    let mut errors: Vec<&Problem> = error.problems.iter().filter(is_error).collect();
    // Those with a way out first: one typing mistake may well be the reason for the rest.
    errors.sort_by_key(|problem| problem.help.is_none());
    for problem in errors.iter().take(MOST_PROBLEMS) {
        let at = if problem.place.is_empty() {
            String::new()
        } else {
            format!("{}: ", problem.place)
        };
        let help = problem
            .help
            .as_ref()
            .map_or_else(String::new, |help| format!(" ({help})"));
        let place = place(&error.file, problem);
        // The list of all fields there are helps only where none of them was meant.
        let message = match problem.message.split_once(", expected one of") {
            Some((message, _)) if problem.help.is_some() => message,
            _ => &problem.message,
        };
        output.error(format_args!(
            "{place}: {at}{message}{help}; signature not used"
        ));
    }
    let more = errors.len().saturating_sub(MOST_PROBLEMS) as u64;
    if more > 0 {
        output.error(format_args!(
            "{0}: {1}; `eventkb signatures check {0}` lists all",
            error.file,
            words::count(more, "more problem"),
        ));
    }
}

/// `file:line:column`, as far as they are known.
pub(super) fn place(file: &str, problem: &Problem) -> String {
    match problem.line {
        0 => file.to_owned(),
        line => format!("{file}:{line}:{}", problem.column),
    }
}

/// Turns arguments into options of the library.
pub(super) fn options(read: &ReadArgs, global: &GlobalArgs) -> Result<ScanOptions, Stop> {
    let now = Timestamp::now();
    let resolve = |name: &str, arg: &Option<crate::times::TimeArg>, is_end| match arg {
        None => Ok(None),
        Some(arg) => arg
            .resolve(&global.zone, now, is_end)
            .map(Some)
            .map_err(|problem| Stop::Usage(format!("--{name}: {problem}"))),
    };
    let since = resolve("since", &read.since, false)?;
    let until = resolve("until", &read.until, true)?;
    if let (Some(since), Some(until)) = (since, until)
        && since >= until
    {
        return Err(Stop::Usage(format!(
            "no time lies between --since ({since}) and --until ({until}); swap them?"
        )));
    }
    let options = ScanOptions {
        since,
        until,
        computers: read.computer.clone(),
        channels: read.channel.clone(),
        recovered: read.recovered,
        threads: read.threads,
        hash: read.hash,
        ..ScanOptions::default()
    };
    interrupt::listen(&options.progress.cancel);
    Ok(options)
}

/// How a command that read logs ends.
pub(super) fn exit(found: bool, unusable: bool, report: &Report, strict: bool) -> Exit {
    if report.cancelled {
        return Exit::Interrupted;
    }
    Exit::of_reading(found, unusable, report.may_hide_something(), strict)
}

/// Reads, showing progress where someone watches.
pub(super) fn watched<T>(
    options: &ScanOptions,
    global: &GlobalArgs,
    read: impl FnOnce() -> T,
) -> T {
    progress::during(
        &options.progress,
        progress::is_watched(global.quiet, false),
        read,
    )
}

/// Names on stderr everything that could not be read. Says whether a path on the command line
/// holds no readable log at all.
pub(super) fn complain(paths: &[PathBuf], report: &Report, output: &mut Output) -> bool {
    if report.cancelled {
        say_what_was_read(report, output);
        return false;
    }
    let mut unusable = false;
    for path in paths {
        let named = |other: &str| belongs(other, path);
        if report
            .inputs
            .iter()
            .any(|input| input.error.is_none() && named(&input.path))
        {
            continue;
        }
        unusable = true;
        let failed = report
            .inputs
            .iter()
            .any(|input| input.error.is_some() && named(&input.path));
        let exact = report
            .ignored
            .iter()
            .find(|ignored| is_same(&ignored.path, path));
        let inside = report
            .ignored
            .iter()
            .filter(|ignored| named(&ignored.path))
            .count();
        let shown = path.display();
        match (failed, exact) {
            // Said below, with its reason.
            (true, _) => {}
            (false, Some(ignored)) => output.error(format_args!(
                "{shown}: {}; name a Windows event log, a folder or an archive of logs",
                ignored.reason
            )),
            (false, None) => output.error(format_args!(
                "{shown}: {}; name a folder or file that holds .evt or .evtx logs",
                match inside {
                    0 => "nothing in here".to_owned(),
                    some => format!(
                        "no event log in here (looked into {}, whatever the names)",
                        words::count(some as u64, "file")
                    ),
                }
            )),
        }
    }
    complain_of_files(paths, report, output);
    unusable
}

/// After Ctrl-C: how much the answer is about.
fn say_what_was_read(report: &Report, output: &mut Output) {
    let stopped = |input: &&Input| {
        input
            .defects
            .iter()
            .any(|d| d.code == DefectCode::Cancelled)
    };
    let in_part = report.inputs.iter().filter(stopped).count() as u64;
    let unread = report
        .ignored
        .iter()
        .filter(|i| i.reason.contains("reading was stopped"))
        .count();
    output.error(format_args!(
        "stopped by Ctrl-C: {} and {} read{}, {} not or in part; the answer is about what was read, \
         `ignored` in the report names the rest",
        words::count(report.totals.files.saturating_sub(in_part), "file"),
        words::count(report.totals.records_read, "record"),
        if in_part > 0 { format!(", {} begun", words::count(in_part, "file")) } else { String::new() },
        words::count(unread as u64, "path"),
    ));
}

/// One line for each file with something wrong, as long as there are few.
fn complain_of_files(paths: &[PathBuf], report: &Report, output: &mut Output) {
    let failed = report
        .inputs
        .iter()
        .filter_map(|input| Some((input, input.error.as_ref()?)));
    for (input, error) in failed.clone().take(MOST_COMPLAINTS) {
        let named = paths.iter().find(|path| is_same(&input.path, path));
        let way_out = named.and_then(|path| way_out(path, input));
        let way_out = way_out.map_or_else(String::new, |way| format!("; {way}"));
        output.error(format_args!("{}: {error}{way_out}", input.path));
    }
    let damaged = report.inputs.iter().filter(|input| input.records_lost > 0);
    for input in damaged.clone().take(MOST_COMPLAINTS) {
        let lost = words::count(input.records_lost, "record");
        output.warning(format_args!(
            "{}: damaged, {lost} lost; `eventkb logs` says more",
            input.path
        ));
    }
    let more = failed.count().saturating_sub(MOST_COMPLAINTS)
        + damaged.count().saturating_sub(MOST_COMPLAINTS);
    if more > 0 {
        let files = words::count(more as u64, "more file");
        output.warning(format_args!(
            "{files} could not be read in full; `eventkb logs` lists them"
        ));
    }
}

/// What to do about a path of the command line that could not be read.
fn way_out(path: &Path, input: &Input) -> Option<&'static str> {
    if is_stdin(path) {
        return Some("pipe an event log or an archive of logs into it");
    }
    match std::fs::metadata(path).map_err(|error| error.kind()) {
        Err(ErrorKind::NotFound) if path.to_string_lossy().contains(['*', '?']) => {
            Some("the pattern fits no file here")
        }
        Err(ErrorKind::NotFound) => Some("check the spelling, and the folder you are in"),
        Ok(_) if is_forbidden(path) => Some("run as a user who may, or copy it with one who may"),
        Ok(_) if input.format == UNKNOWN => {
            Some("name a Windows event log, a folder or an archive of logs")
        }
        _ => None,
    }
}

fn is_forbidden(path: &Path) -> bool {
    let denied = |error: std::io::Error| error.kind() == ErrorKind::PermissionDenied;
    let opened = if path.is_dir() {
        std::fs::read_dir(path).map(drop)
    } else {
        std::fs::File::open(path).map(drop)
    };
    opened.is_err_and(denied)
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn is_same(shown: &str, path: &Path) -> bool {
    if is_stdin(path) {
        return matches!(shown, "-" | "stdin" | "<stdin>");
    }
    let path = path.to_string_lossy();
    shown.trim_end_matches('/') == path.trim_end_matches('/')
}

/// Whether a path of the report is this path of the command line, or lies in it.
fn belongs(shown: &str, path: &Path) -> bool {
    if is_same(shown, path) {
        return true;
    }
    if is_stdin(path) {
        return ["-!", "stdin!", "<stdin>!"]
            .iter()
            .any(|start| shown.starts_with(start));
    }
    let path = path.to_string_lossy();
    if path == "." {
        return true;
    }
    let path = path.trim_end_matches('/');
    shown
        .strip_prefix(path)
        .is_some_and(|rest| rest.starts_with(['/', '!']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_owns_what_lies_in_it() {
        for (shown, path) in [
            ("dump/a.evtx", "dump"),
            ("dump/a.evtx", "dump/"),
            ("case.zip!/a.evtx", "case.zip"),
            ("./a.evtx", "."),
            ("a.evtx", "a.evtx"),
            ("/a.evtx", "/"),
        ] {
            assert!(belongs(shown, Path::new(path)), "{shown} in {path}");
        }
        assert!(!belongs("dump2/a.evtx", Path::new("dump")));
        assert!(!belongs("a.evtx", Path::new("-")));
    }
}
