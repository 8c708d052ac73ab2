//! `--redact`: stand-ins for names, and the private map of them.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use eventkb::redact::{Learning, Redactor};
use eventkb::report::Report;
use eventkb::{EventFilter, ScanOptions, SignatureSet};

use super::Print;
use crate::args::RedactArgs;
use crate::files::{self, Access, NewFile};
use crate::output::{Output, Stop};

/// A report without names, after its map was written.
pub(super) fn of_report(
    report: &Report,
    how: &Print,
    output: &mut Output,
) -> Result<(Report, Redactor), Stop> {
    if report.redaction.is_some() {
        output.warning("the report is redacted already, and is shown as it is");
    }
    let built_in;
    let set = match how.signatures {
        Some(set) => set,
        None => {
            built_in = SignatureSet::built_in();
            &built_in
        }
    };
    let args = &how.show.redact;
    let (mut learning, map) = begin(args, how.inputs)?;
    learning.report(report, set);
    refuse_too_many(&learning)?;
    let mut redactor = learning.done();
    let redacted = redactor
        .report(report, set)
        .map_err(|error| Stop::Usage(format!("the report could not be redacted: {error}")))?;
    // The map lists what was replaced, so it comes after the work and before the document.
    if let Some(map) = map {
        files::write(map, redactor.map().as_bytes())?;
    }
    Ok((redacted, redactor))
}

/// What names are learned from.
pub(super) struct Learned<'a> {
    /// All events in there.
    pub(super) paths: &'a [PathBuf],
    /// What was found in them, where it is shown as well.
    pub(super) report: Option<&'a Report>,
    pub(super) set: &'a SignatureSet,
}

/// Learns the names of all events: an early one may name what only a late one shows to be a name.
pub(super) fn of_events(
    args: &RedactArgs,
    inputs: &[PathBuf],
    from: &Learned,
    options: &ScanOptions,
) -> Result<(Redactor, Option<NewFile>), Stop> {
    let Learned { paths, report, set } = *from;
    if let Some(stream) = paths.iter().find(|path| is_stream(path)) {
        return Err(Stop::Usage(format!(
            "{}: --redact reads everything twice, first for the names; save it to a file, and name \
             that",
            stream.display()
        )));
    }
    let (mut learning, map) = begin(args, inputs)?;
    let mut everything = EventFilter::default();
    everything.scope.recovered = true;
    eventkb::list_events(paths, &everything, &options.reading(), &mut |event| {
        learning.event(&event, set);
        match learning.is_full() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    if let Some(report) = report {
        learning.report(report, set);
    }
    refuse_too_many(&learning)?;
    Ok((learning.done(), map))
}

fn is_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
        || fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

fn refuse_too_many(learning: &Learning) -> Result<(), Stop> {
    match learning.is_full() {
        false => Ok(()),
        true => Err(Stop::Usage(
            "there are more names than can be redacted at once; take a part of the collection"
                .into(),
        )),
    }
}

/// An empty book of names, or that of an earlier map.
fn begin(args: &RedactArgs, inputs: &[PathBuf]) -> Result<(Learning, Option<NewFile>), Stop> {
    let Some(path) = &args.redact_map else {
        return Ok((Learning::new(), None));
    };
    let file = NewFile::new(path, Access::Private, inputs)?;
    let learning = match fs::read(path) {
        Ok(bytes) => Learning::with_map(&bytes).map_err(|error| {
            Stop::Usage(format!(
                "{}: {error}, and is left as it is; name another file",
                path.display()
            ))
        })?,
        Err(_) => Learning::new(),
    };
    Ok((learning, Some(file)))
}
