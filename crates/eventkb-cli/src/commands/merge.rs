//! `merge`: what several scans have seen, judged as one.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use eventkb::Observations;

use super::reading;
use crate::args::{GlobalArgs, MergeArgs};
use crate::exit::Exit;
use crate::output::{Output, Stop};
use crate::view;

pub(super) fn run(
    args: &MergeArgs,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<Exit, Stop> {
    let signatures = reading::signatures(global, output);
    let all = args
        .files
        .iter()
        .map(|file| read(file))
        .collect::<Result<Vec<_>, Stop>>()?;
    let report = eventkb::merge(&signatures.set, all).map_err(|(n, error)| {
        let file = args
            .files
            .get(n)
            .map_or_else(String::new, |file| file.display().to_string());
        Stop::Usage(format!(
            "{file}: these observations cannot be merged: {error}"
        ))
    })?;
    let how = super::Print {
        format: args.format,
        hashes: false,
        global,
    };
    super::print(&report, &how, output, |reader| view::scan(&report, reader))?;
    Ok(Exit::of_reading(
        report.best().is_some(),
        signatures.refused,
        report.may_hide_something(),
        args.strict,
    ))
}

fn read(path: &Path) -> Result<Observations, Stop> {
    let failed = |error: &dyn std::fmt::Display| {
        Stop::Usage(format!(
            "{}: not observations ({error}); make them with `eventkb scan PATH --emit-observations FILE`",
            path.display()
        ))
    };
    let file = File::open(path).map_err(|error| failed(&error))?;
    serde_json::from_reader(BufReader::new(file)).map_err(|error| failed(&error))
}
