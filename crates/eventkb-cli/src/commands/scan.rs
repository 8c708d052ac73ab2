//! `scan`: which article explains the logs.

use super::reading;
use crate::args::{GlobalArgs, ScanArgs};
use crate::exit::Exit;
use crate::output::{Output, Stop};
use crate::view;

pub(super) fn run(args: &ScanArgs, global: &GlobalArgs, output: &mut Output) -> Result<Exit, Stop> {
    let signatures = reading::signatures(global, output);
    let options = reading::options(&args.read, global)?;
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
    Ok(Exit::of_reading(
        report.best().is_some(),
        unusable,
        report.may_hide_something(),
        args.read.strict,
    ))
}
