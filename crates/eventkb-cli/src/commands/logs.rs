//! `logs`: what is in the collection.

use eventkb_render::Files;

use super::reading::{self, Account};
use super::{Lines, Print, print};
use crate::args::{GlobalArgs, LogsArgs, ReportFormat};
use crate::exit::Exit;
use crate::output::{Output, Stop};

pub(super) fn run(args: &LogsArgs, global: &GlobalArgs, output: &mut Output) -> Result<Exit, Stop> {
    if args.show.format == ReportFormat::Csv {
        return Err(Stop::Usage(
            "logs has no findings to list as CSV; take --format jsonl, one file a line".into(),
        ));
    }
    let options = reading::options(&args.read, global)?;
    let report = reading::watched(&options, global, || {
        eventkb::inventory(&args.paths, &options)
    });
    let account = Account::of(&report);
    let unusable = reading::complain(&args.paths, &account, output);
    let how = Print {
        show: &args.show,
        inputs: &super::into_file::inputs_of_reading(&args.paths, Some(&args.read), global),
        signatures: None,
        lines: Lines::Files,
        summary: false,
        hashes: args.read.hash,
        global,
    };
    let which = if args.damaged {
        Files::Damaged
    } else {
        Files::All
    };
    print(&report, &how, output, |report, reader| {
        eventkb_render::logs(report, which, reader)
    })?;
    let found = report.totals.records_read > 0;
    Ok(account.exit(found, unusable, args.read.strict))
}
