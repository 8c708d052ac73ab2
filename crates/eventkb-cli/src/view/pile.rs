//! What was read: a short account behind a scan.

use eventkb::integrity::Defect;
use eventkb::report::{Input, Report, Totals};

use super::{Reader, words};
use crate::render::doc::{Cell, Doc, Line, Table, Tone};

/// With more files than this, only those with something wrong are listed.
const ALL_FILES: usize = 8;
/// Files listed at most.
const MOST_FILES: usize = 30;
/// Ignored files listed at most.
const MOST_IGNORED: usize = 8;

/// Adds the account.
pub(crate) fn add(doc: &mut Doc, report: &Report, reader: &Reader) {
    doc.heading("What was read");
    doc.para(totals(report, reader));
    let all = report.inputs.len() <= ALL_FILES;
    let shown: Vec<&Input> = report
        .inputs
        .iter()
        .filter(|input| all || is_notable(input))
        .collect();
    let when = reader.timed("first to last");
    let mut table = if reader.wide {
        Table::new(&["file", "format", ">records", &when, "condition"])
    } else {
        Table::new(&["file", &reader.timed("records"), "condition"])
    };
    for input in shown.iter().take(MOST_FILES) {
        let span = reader.zone.span(input.first, input.last);
        let records = words::grouped(input.records_read);
        table.row(if input.error.is_some() && input.records_read == 0 {
            let mut row = vec![file(input, reader)];
            row.resize(if reader.wide { 4 } else { 2 }, "-".into());
            row.push(condition(input));
            row
        } else if reader.wide {
            vec![
                file(input, reader),
                input.format.as_str().into(),
                records.into(),
                span.into(),
                condition(input),
            ]
        } else {
            let records = format!(
                "{}, {}",
                input.format,
                words::count(input.records_read, "record")
            );
            vec![
                file(input, reader),
                Cell::lines(vec![records.into(), span.into()]),
                condition(input),
            ]
        });
    }
    doc.table(table);
    let unshown = report.inputs.len() - shown.len().min(MOST_FILES);
    if unshown > 0 {
        let sound = if all || shown.len() <= MOST_FILES {
            " without loss"
        } else {
            ""
        };
        let and = if shown.is_empty() { "" } else { "and " };
        doc.para(format!(
            "{and}{}{sound}; `eventkb logs` lists all.",
            words::count(unshown as u64, "file")
        ));
    }
    add_ignored(doc, report, MOST_IGNORED);
    doc.para(Line::toned(
        Tone::Dim,
        format!(
            "{} {}, {} ({} built in)",
            report.tool.name,
            report.tool.version,
            words::count(report.signatures.count as u64, "signature"),
            report.signatures.built_in,
        ),
    ));
}

/// Lists what was left alone, and why.
pub(crate) fn add_ignored(doc: &mut Doc, report: &Report, most: usize) {
    let mut lines: Vec<Line> = report
        .ignored
        .iter()
        .take(most)
        .map(|ignored| Line::from(&ignored.path).plain(": ").plain(&ignored.reason))
        .collect();
    let more = report.ignored.len().saturating_sub(most);
    if more > 0 {
        lines.push(format!("and {more} more; `eventkb logs` lists all").into());
    }
    doc.bullets("Left alone", lines);
}

/// One sentence on everything that was read.
pub(crate) fn totals(report: &Report, reader: &Reader) -> String {
    let totals = &report.totals;
    let mut text = format!(
        "{}, {}, {}{}",
        words::count(totals.files, "file"),
        words::size(totals.bytes),
        words::count(totals.records_read, "record"),
        when(" from ", totals, reader),
    );
    for (number, what) in [
        (totals.failed_files, "could not be read"),
        (totals.records_lost, "lost"),
        (
            totals.records_recovered,
            "recovered from space the logs no longer use",
        ),
        (totals.records_duplicate, "there twice and counted once"),
    ] {
        if number > 0 {
            let thing = if what == "could not be read" {
                "file"
            } else {
                "record"
            };
            text.push_str(&format!("; {} {what}", words::count(number, thing)));
        }
    }
    text.push('.');
    if report.cancelled {
        text.push_str(" Reading was stopped before its end.");
    }
    text
}

/// The span of what was read, if anything was.
pub(crate) fn when(before: &str, totals: &Totals, reader: &Reader) -> String {
    if totals.first.is_none() && totals.last.is_none() {
        return String::new();
    }
    format!(
        "{before}{}",
        reader.zone.full_span(totals.first, totals.last)
    )
}

/// Whether a reader of the answer should know of it. That a log was copied from a running system,
/// as most are, is told by `logs`.
fn is_notable(input: &Input) -> bool {
    input.error.is_some()
        || input.records_lost > 0
        || input.records_duplicate > 0
        || input
            .defects
            .iter()
            .any(|defect| defect.code.may_hide_records())
}

/// A file's path, with its hash where one was asked for.
pub(crate) fn file(input: &Input, reader: &Reader) -> Cell {
    let mut lines: Vec<Line> = vec![input.path.as_str().into()];
    if let Some(hash) = input.sha256.as_ref().filter(|_| reader.hashes) {
        lines.push(Line::from("sha256 ").plain(hash));
    }
    Cell::lines(lines)
}

/// What is wrong with a file, or that nothing is.
pub(crate) fn condition(input: &Input) -> Cell {
    let mut lines: Vec<Line> = Vec::new();
    let mut tone = Tone::Warn;
    if let Some(error) = &input.error {
        lines.push(error.as_str().into());
        tone = Tone::Bad;
    }
    if input.records_lost > 0 {
        lines.push(format!("{} lost", words::count(input.records_lost, "record")).into());
        tone = Tone::Bad;
    }
    if input.records_recovered > 0 {
        lines.push(
            format!(
                "{} recovered",
                words::count(input.records_recovered, "record")
            )
            .into(),
        );
    }
    if input.records_duplicate > 0 {
        lines.push(
            format!(
                "{} there twice",
                words::count(input.records_duplicate, "record")
            )
            .into(),
        );
    }
    lines.extend(input.defects.iter().map(defect));
    if lines.is_empty() {
        return Cell::toned(Tone::Good, "sound");
    }
    Cell { lines, tone }
}

fn defect(defect: &Defect) -> Line {
    let mut text = defect.message.clone();
    if defect.count > 1 {
        text.push_str(&format!(" ({} times)", words::grouped(defect.count)));
    }
    if let Some(offset) = defect.offset {
        text.push_str(&format!(" [first at byte {offset}]"));
    }
    text.into()
}
