//! `render`: a saved report, shown again.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use eventkb::report::{REPORT_VERSION, Report};
use serde_json::Value;

use super::{Lines, Print, print};
use crate::args::{GlobalArgs, RenderArgs};
use crate::exit::Exit;
use crate::files;
use crate::output::{Output, Stop};

pub(super) fn run(
    args: &RenderArgs,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<Exit, Stop> {
    let report = read(&args.report)?;
    if report.report_version > REPORT_VERSION {
        output.warning(format_args!(
            "{}: the report has version {}, this program knows up to {REPORT_VERSION}: some of it may \
             not be shown",
            args.report.display(),
            report.report_version
        ));
    }
    let how = Print {
        show: &args.show,
        inputs: std::slice::from_ref(&args.report),
        signatures: None,
        lines: Lines::Findings,
        summary: args.summary,
        hashes: false,
        global,
    };
    print(&report, &how, output, eventkb_render::scan)?;
    Ok(if report.best().is_some() {
        Exit::Found
    } else {
        Exit::Nothing
    })
}

fn read(path: &Path) -> Result<Report, Stop> {
    let failed = |error: &dyn std::fmt::Display| {
        Stop::Usage(format!(
            "{}: not a report ({error}); save one with `eventkb scan PATH --format json`",
            path.display()
        ))
    };
    let unread =
        |error: &io::Error| Stop::Usage(format!("{}: {}", path.display(), files::unread(error)));
    let reader: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(|error| unread(&error))?)
    };
    let value = serde_json::from_reader(BufReader::new(reader));
    let value: Value = value.map_err(|error| match error.io_error_kind() {
        Some(kind) => unread(&kind.into()),
        None => failed(&error),
    })?;
    // Said before a complaint about some field that an old report does not have.
    let version = value.get("report_version").and_then(Value::as_u64);
    if let Some(version) = version.filter(|version| *version < u64::from(REPORT_VERSION)) {
        return Err(failed(&format_args!(
            "it has version {version}, this program shows version {REPORT_VERSION}: scan again"
        )));
    }
    serde_json::from_value(value).map_err(|error| failed(&error))
}
