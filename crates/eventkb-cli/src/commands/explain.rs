//! `explain`: every condition of one article, met or not.

use super::reading::{self, Account};
use super::{Lines, Print, print, signatures};
use crate::args::{ExplainArgs, GlobalArgs};
use crate::exit::Exit;
use crate::output::{Output, Stop};

pub(super) fn run(
    args: &ExplainArgs,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<Exit, Stop> {
    let loaded = reading::signatures(global, output);
    let id = signatures::known(&loaded.set, &args.signature)?.id.clone();
    let mut options = reading::options(&args.read, global)?;
    options.explain = vec![id.clone()];
    let report = reading::watched(&options, global, || {
        eventkb::scan(&args.paths, &loaded.set, &options)
    });
    let account = Account::of(&report);
    let unusable = reading::complain(&args.paths, &account, output) || loaded.refused;
    let how = Print {
        show: &args.show,
        inputs: &super::into_file::inputs_of_reading(&args.paths, Some(&args.read), global),
        signatures: Some(&loaded.set),
        lines: Lines::Findings,
        summary: false,
        hashes: args.read.hash,
        global,
    };
    print(&report, &how, output, |report, reader| {
        eventkb_render::explain(report, &[&id], reader)
    })?;
    let found = report
        .finding(&id)
        .is_some_and(|finding| finding.is_offered());
    Ok(account.exit(found, unusable, args.read.strict))
}
