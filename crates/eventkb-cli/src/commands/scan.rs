//! `scan`: which article explains the logs.

use std::sync::atomic::Ordering;

use eventkb::Observations;
use eventkb::report::TimelineWindow;
use eventkb_render::Detail;

use super::leads;
use super::reading::{self, Account};
use super::{Lines, Print, print};
use crate::args::{GlobalArgs, ScanArgs};
use crate::exit::Exit;
use crate::files::{self, Access, NewFile};
use crate::output::{Output, Stop};

pub(super) fn run(args: &ScanArgs, global: &GlobalArgs, output: &mut Output) -> Result<Exit, Stop> {
    let signatures = reading::signatures(global, output);
    let mut options = reading::options(&args.read, global)?;
    options.skip_unexplained = args.no_unexplained;
    // What the user left out of the scan is no part of its timeline either.
    let (from, to) = (options.since, options.until);
    options.timeline = args.timeline.then_some(TimelineWindow { from, to });
    options.articles = leads::shelf(&args.leads, global)?;
    if let Some(path) = &args.emit_observations {
        let inputs = super::into_file::inputs_of_reading(&args.paths, Some(&args.read), global);
        let file = match path.as_os_str() == "-" {
            true => None,
            false => Some(NewFile::new(path, Access::Usual, &inputs)?),
        };
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
        let account = Account::of(&report);
        let unusable = reading::complain(&args.paths, &account, output) || signatures.refused;
        return Ok(account.exit(true, unusable, args.read.strict));
    }
    // The logic of verdicts is kept only for signatures that are asked for by name.
    if global.detail() >= Detail::Logic {
        options.explain = signatures
            .set
            .iter()
            .map(|head| head.id().to_owned())
            .collect();
    }
    let report = reading::watched(&options, global, || {
        eventkb::scan(&args.paths, &signatures.set, &options)
    });
    let account = Account::of(&report);
    let unusable = reading::complain(&args.paths, &account, output) || signatures.refused;
    let unusable = leads::complain(&options.articles, output) || unusable;
    let how = Print {
        show: &args.show,
        inputs: &super::into_file::inputs_of_reading(&args.paths, Some(&args.read), global),
        signatures: Some(&signatures.set),
        lines: Lines::Findings,
        summary: args.summary,
        hashes: args.read.hash,
        global,
    };
    print(&report, &how, output, eventkb_render::scan)?;
    Ok(account.exit(report.best().is_some(), unusable, args.read.strict))
}

/// Saves what was seen for `eventkb merge`.
fn write(seen: &Observations, file: Option<NewFile>, output: &mut Output) -> Result<(), Stop> {
    let bytes = seen.to_bytes();
    match file {
        None => output.out.write_all(&bytes).map_err(Stop::Output),
        Some(file) => files::write(file, &bytes),
    }
}
