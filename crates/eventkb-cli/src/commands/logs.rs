//! `logs`: what is in the pile.

use super::reading;
use crate::args::{GlobalArgs, LogsArgs};
use crate::exit::Exit;
use crate::output::{Output, Stop};
use crate::view;

pub(super) fn run(args: &LogsArgs, global: &GlobalArgs, output: &mut Output) -> Result<Exit, Stop> {
    let options = reading::options(&args.read, global)?;
    let report = reading::watched(&options, global, || {
        eventkb::inventory(&args.paths, &options)
    });
    let unusable = reading::complain(&args.paths, &report, output);
    let how = super::Print {
        format: args.format,
        hashes: args.read.hash,
        global,
    };
    super::print(&report, &how, output, |reader| {
        view::logs::doc(&report, reader)
    })?;
    let found = report.totals.records_read > 0;
    Ok(reading::exit(found, unusable, &report, args.read.strict))
}
