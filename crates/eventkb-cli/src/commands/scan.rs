//! `scan`: which article explains the logs.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::atomic::Ordering;

use eventkb::{CountUnexplained, Observations, ScanOptions};

use super::reading;
use crate::args::{GlobalArgs, ScanArgs, Unexplained};
use crate::exit::Exit;
use crate::output::{Output, Stop};
use crate::view;

pub(super) fn run(args: &ScanArgs, global: &GlobalArgs, output: &mut Output) -> Result<Exit, Stop> {
    let signatures = reading::signatures(global, output);
    let options = ScanOptions {
        unexplained: match args.unexplained {
            Unexplained::Auto => CountUnexplained::Auto,
            Unexplained::Always => CountUnexplained::Always,
            Unexplained::Never => CountUnexplained::Never,
        },
        ..reading::options(&args.read, global)?
    };
    if let Some(file) = &args.emit_observations {
        let seen = reading::watched(&options, global, || {
            eventkb::observe(&args.paths, &signatures.set, &options)
        });
        write(&seen, file, output)?;
        if options.progress.cancel.load(Ordering::Relaxed) {
            output.error("stopped by Ctrl-C: the observations are about the part that was read");
            return Ok(Exit::Interrupted);
        }
        // Judged once for its account: a part that is missing must not go unnoticed until the merge.
        let report = eventkb::merge(&signatures.set, vec![seen])
            .map_err(|(_, error)| Stop::Usage(error.to_string()))?;
        let unusable = reading::complain(&args.paths, &report, output) || signatures.refused;
        return Ok(reading::exit(true, unusable, &report, args.read.strict));
    }
    let report = reading::watched(&options, global, || {
        eventkb::scan(&args.paths, &signatures.set, &options)
    });
    let unusable = reading::complain(&args.paths, &report, output) || signatures.refused;
    let how = super::Print {
        format: args.format,
        hashes: args.read.hash,
        global,
    };
    super::print(&report, &how, output, |reader| view::scan(&report, reader))?;
    Ok(reading::exit(
        report.best().is_some(),
        unusable,
        &report,
        args.read.strict,
    ))
}

/// Saves what was seen for `eventkb merge`.
fn write(seen: &Observations, path: &Path, output: &mut Output) -> Result<(), Stop> {
    if path.as_os_str() == "-" {
        return serde_json::to_writer(&mut *output.out, seen)
            .map_err(|error| Stop::Output(error.into()));
    }
    let failed = |error: &dyn std::fmt::Display| {
        Stop::Usage(format!(
            "{}: the observations could not be written: {error}",
            path.display()
        ))
    };
    let mut file = BufWriter::new(File::create(path).map_err(|error| failed(&error))?);
    serde_json::to_writer(&mut file, seen).map_err(|error| failed(&error))?;
    file.flush().map_err(|error| failed(&error))
}
