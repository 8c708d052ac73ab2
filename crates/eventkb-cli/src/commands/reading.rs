//! What all commands that read logs share: options, signatures, and complaints about paths.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use std::sync::Arc;

use eventkb::report::{Defect, DefectCode, Ignored, Input, LogSpan, Report};
use eventkb::{
    Added, Passwords, Problem, ProblemSeverity, ReadResult, ScanOptions, SignatureError,
    SignatureSet,
};
use eventkb_render::words;
use jiff::Timestamp;

use crate::args::{GlobalArgs, ReadArgs};
use crate::exit::Exit;
use crate::files;
use crate::interrupt;
use crate::output::{Output, Stop};
use crate::progress;

/// Files named on stderr before the rest is only counted.
const MOST_COMPLAINTS: usize = 10;
/// Problems of one signature file shown by commands that are not about signatures.
const MOST_PROBLEMS: usize = 5;
/// Passwords that are tried: a customer knows which archive has which.
const MOST_PASSWORDS: usize = 64;
/// Bytes of a file of passwords.
const MOST_PASSWORD_BYTES: u64 = 64 * 1024;
/// The format of an input that could not be told.
const UNKNOWN: &str = "unknown";

/// Signatures, and whether some were refused.
pub(super) struct Signatures {
    pub(super) set: Arc<SignatureSet>,
    pub(super) refused: bool,
}

/// Loads the built-in signatures and those the user adds. Bad ones are named and left out.
pub(super) fn signatures(global: &GlobalArgs, output: &mut Output) -> Signatures {
    signatures_and(global, &[], output)
}

/// The same, with the catalogue and the codes of further folders.
pub(super) fn signatures_and(
    global: &GlobalArgs,
    knowledge: &[PathBuf],
    output: &mut Output,
) -> Signatures {
    let mut set = SignatureSet::built_in();
    for path in knowledge {
        set.add_knowledge(path);
    }
    let mut refused = false;
    for path in &global.signatures {
        match set.add_path(path) {
            Ok(added) if added == Added::default() => {
                refused = true;
                let path = path.display();
                output.error(format_args!(
                    "{path}: the folder holds no .json file, so no signature of it was used"
                ));
            }
            Ok(_) => {}
            Err(errors) => {
                refused = true;
                for error in &errors {
                    complain_of_signature(error, output);
                }
            }
        }
    }
    Signatures {
        set: Arc::new(set),
        refused,
    }
}

/// What became of the files that were read, whichever way.
pub(super) struct Account<'a> {
    inputs: Vec<&'a Input>,
    spans: Vec<&'a LogSpan>,
    ignored: &'a [Ignored],
    cancelled: bool,
}

impl<'a> Account<'a> {
    pub(super) fn of(report: &'a Report) -> Account<'a> {
        Account {
            inputs: report.inputs.iter().collect(),
            spans: report.coverage.iter().collect(),
            ignored: &report.ignored,
            cancelled: report.cancelled,
        }
    }

    pub(super) fn of_result(result: &'a ReadResult) -> Account<'a> {
        Account {
            inputs: result.files.iter().map(|file| &file.input).collect(),
            spans: result.files.iter().flat_map(|file| &file.spans).collect(),
            ignored: &result.ignored,
            cancelled: result.cancelled,
        }
    }

    /// Records read.
    pub(super) fn records(&self) -> u64 {
        self.inputs.iter().map(|input| input.records_read).sum()
    }

    /// Whether something may be missing because of damage or unreadable files.
    pub(super) fn may_hide_something(&self) -> bool {
        let hides = |defect: &Defect| defect.code.may_hide_records();
        self.inputs.iter().any(|input| {
            input.error.is_some() || input.records_lost > 0 || input.defects.iter().any(hides)
        })
    }

    /// The computers of the collection, those that are named.
    pub(super) fn computers(&self) -> Vec<&'a str> {
        let names = self.spans.iter().map(|span| span.computer.as_str());
        let mut names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// How a command that read logs ends.
    pub(super) fn exit(&self, found: bool, unusable: bool, strict: bool) -> Exit {
        if self.cancelled {
            return Exit::Interrupted;
        }
        Exit::of_reading(found, unusable, self.may_hide_something(), strict)
    }
}

fn complain_of_signature(error: &SignatureError, output: &mut Output) {
    let is_error = |p: &&Problem| p.severity == ProblemSeverity::Error;
    let mut errors: Vec<&Problem> = error.problems.iter().filter(is_error).collect();
    // Those with a way out first: one typing mistake may well be the reason for the rest.
    errors.sort_by_key(|problem| problem.help.is_none());
    for problem in errors.iter().take(MOST_PROBLEMS) {
        let at = if problem.path.is_empty() {
            String::new()
        } else {
            format!("{}: ", problem.path)
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
    if let (Some(from), Some(to)) = (since, until)
        && from >= to
    {
        // A day stands for its end in --until.
        let of_day = match read.until {
            Some(crate::times::TimeArg::Day(day)) => format!("the end of {day}, "),
            _ => String::new(),
        };
        return Err(Stop::Usage(format!(
            "no time lies between --since ({}) and --until ({of_day}{}); swap them?",
            global.zone.full(from),
            global.zone.full(to)
        )));
    }
    let mut options = ScanOptions::default();
    options.since = since;
    options.until = until;
    options.computers.clone_from(&read.computer);
    options.channels.clone_from(&read.channel);
    options.recovered = read.recovered;
    options.threads = read.threads;
    options.follow_links = read.follow_links;
    options.hash = read.hash;
    if let Some(path) = &read.password_file {
        options.passwords = passwords(path)?;
    }
    interrupt::listen(&options.progress.cancel);
    Ok(options)
}

/// Reads a file of passwords, one a line.
fn passwords(path: &Path) -> Result<Passwords, Stop> {
    let refuse = |why: String| Stop::Usage(format!("{}: {why}", path.display()));
    let is_file = std::fs::metadata(path).map(|metadata| !metadata.is_dir());
    if matches!(is_file, Ok(false)) {
        return Err(refuse(
            "it is a folder; name a file with a password on each line".into(),
        ));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MOST_PASSWORD_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| refuse(files::unread(&error)))?;
    if bytes.len() as u64 > MOST_PASSWORD_BYTES {
        return Err(refuse(
            "it is too large for a file of passwords, one a line".into(),
        ));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| refuse("the passwords are not UTF-8; save the file as UTF-8".into()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let lines = text.lines().map(ToOwned::to_owned);
    let passwords = Passwords::new(lines);
    match passwords.len() {
        0 => Err(refuse(
            "there is no password in it; write one on each line".into(),
        )),
        1..=MOST_PASSWORDS => Ok(passwords),
        many => Err(refuse(format!(
            "{many} passwords are too many to try each on each member; give at most {MOST_PASSWORDS}"
        ))),
    }
}

/// Reads, showing progress where someone watches.
pub(super) fn watched<T>(
    options: &ScanOptions,
    global: &GlobalArgs,
    read: impl FnOnce() -> T,
) -> T {
    progress::during(
        &options.progress,
        progress::is_watched(global.quiet),
        |_| read(),
    )
}

/// Names on stderr everything that could not be read. Says whether a path on the command line
/// holds no readable log at all.
pub(super) fn complain(paths: &[PathBuf], account: &Account, output: &mut Output) -> bool {
    if account.cancelled {
        say_what_was_read(account, output);
        return false;
    }
    let mut unusable = false;
    for path in paths {
        let named = |other: &str| belongs(other, path);
        if account
            .inputs
            .iter()
            .any(|input| input.error.is_none() && named(&input.path))
        {
            continue;
        }
        unusable = true;
        let failed = account
            .inputs
            .iter()
            .any(|input| input.error.is_some() && named(&input.path));
        let exact = account
            .ignored
            .iter()
            .find(|ignored| is_same(&ignored.path, path));
        let inside = account
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
    complain_of_files(paths, account, output);
    unusable
}

/// After Ctrl-C: how much the answer is about.
fn say_what_was_read(account: &Account, output: &mut Output) {
    let stopped = |input: &&&Input| {
        let mut codes = input.defects.iter().map(|defect| defect.code);
        codes.any(|code| code == DefectCode::Cancelled)
    };
    let begun = account.inputs.iter().filter(stopped).count() as u64;
    let whole = (account.inputs.len() as u64).saturating_sub(begun);
    let begun = match begun {
        0 => String::new(),
        some => format!(", {} begun", words::count(some, "file")),
    };
    output.error(format_args!(
        "stopped by Ctrl-C: {} and {} read{begun}; the answer is about what was read, `ignored` in \
         the report names the rest",
        words::count(whole, "file"),
        words::count(account.records(), "record"),
    ));
}

/// One line for each file with something wrong, as long as there are few.
fn complain_of_files(paths: &[PathBuf], account: &Account, output: &mut Output) {
    let failed = account
        .inputs
        .iter()
        .filter_map(|input| Some((*input, input.error.as_ref()?)));
    for (input, error) in failed.clone().take(MOST_COMPLAINTS) {
        let named = paths.iter().find(|path| is_same(&input.path, path));
        let way_out = named.and_then(|path| way_out(path, input));
        let way_out = way_out.map_or_else(String::new, |way| format!("; {way}"));
        output.error(format_args!("{}: {error}{way_out}", input.path));
    }
    let damaged = account.inputs.iter().filter(|input| input.records_lost > 0);
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
