//! `merge`: what several scans have seen, judged as one.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use eventkb::Observations;
use eventkb::report::TimelineWindow;

use super::leads;
use super::reading::{self, Account};
use super::{Lines, Print, print};
use crate::args::{GlobalArgs, MergeArgs};
use crate::exit::Exit;
use crate::files;
use crate::output::{Output, Stop};

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
    let articles = leads::shelf(&args.leads, global)?;
    let mut session = eventkb::merge_sessions(&signatures.set, all).map_err(|(n, error)| {
        let file = args.files.get(n);
        let file = file.map_or_else(String::new, |file| file.display().to_string());
        Stop::Usage(format!(
            "{file}: these observations cannot be merged: {error}"
        ))
    })?;
    session.look_into(&articles);
    if args.timeline {
        session.timeline(TimelineWindow::default());
    }
    let report = session.finish_with(0);
    let how = Print {
        show: &args.show,
        inputs: &args.files,
        signatures: Some(&signatures.set),
        lines: Lines::Findings,
        summary: args.summary,
        hashes: false,
        global,
    };
    print(&report, &how, output, eventkb_render::scan)?;
    let account = Account::of(&report);
    Ok(Exit::of_reading(
        report.best().is_some(),
        leads::complain(&articles, output) || signatures.refused,
        account.may_hide_something(),
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
    let bytes = if path.as_os_str() == "-" {
        as_far_as_text(&mut io::stdin().lock())
    } else {
        File::open(path).and_then(|mut file| as_far_as_text(&mut file))
    };
    let unread =
        |error: &io::Error| Stop::Usage(format!("{}: {}", path.display(), files::unread(error)));
    let bytes = bytes.map_err(|error| unread(&error))?;
    Observations::from_bytes(&bytes).map_err(|error| failed(&error))
}

/// The bytes of a file up to the first block with a zero byte, which no JSON has: a sparse file, or a device,
/// would fill the memory.
fn as_far_as_text(input: &mut dyn Read) -> io::Result<Vec<u8>> {
    const BLOCK: u64 = 1024 * 1024;
    let mut bytes = Vec::new();
    loop {
        let begins = bytes.len();
        let read = input.take(BLOCK).read_to_end(&mut bytes)?;
        let block = bytes.get(begins..).unwrap_or_default();
        if read == 0 || block.contains(&0) {
            return Ok(bytes);
        }
    }
}
