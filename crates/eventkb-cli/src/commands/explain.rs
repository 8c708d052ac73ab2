//! `explain`: every condition of one article, met or not.

use eventkb::report::Verdict;

use super::{reading, signatures};
use crate::args::{ExplainArgs, GlobalArgs};
use crate::exit::Exit;
use crate::output::{Output, Stop};
use crate::view;

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
    let unusable = reading::complain(&args.paths, &report, output) || loaded.refused;
    let how = super::Print {
        format: args.format,
        hashes: args.read.hash,
        global,
    };
    super::print(&report, &how, output, |reader| {
        view::explain(&report, &id, reader)
    })?;
    let finding = report
        .findings
        .iter()
        .find(|finding| finding.signature.id == id);
    let found = finding.is_some_and(|finding| finding.verdict >= Verdict::Possible);
    Ok(reading::exit(found, unusable, &report, args.read.strict))
}
