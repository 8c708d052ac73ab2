//! What was read, and what could not be.

use eventkb::report::{Input, Report, Totals};

use super::{Context, Reader};
use crate::doc::{Cell, Doc, Line, Table, Tone};
use crate::words::{self, defect};

/// Damaged files named in the answer.
const MOST_DAMAGED: usize = 8;
/// The same where many findings stand before them.
const FEW_DAMAGED: usize = 3;
/// With more files than this, only those with something wrong are listed.
const ALL_FILES: usize = 8;
/// Files listed at most.
const MOST_FILES: usize = 30;
/// Ignored files listed at most.
const MOST_IGNORED: usize = 8;

/// Names the damaged files in the answer, one line each.
pub(super) fn add_unreadable(doc: &mut Doc, context: &Context) {
    let damaged: Vec<&Input> = context
        .report
        .inputs
        .iter()
        .filter(|input| defect::is_damaged(input))
        .collect();
    if damaged.is_empty() {
        return;
    }
    doc.title("Not read in full");
    let most = match super::answer::has_many(context) && !context.is_full() {
        true => FEW_DAMAGED,
        false => MOST_DAMAGED,
    };
    let mut lines: Vec<Line> = damaged
        .iter()
        .take(most)
        .map(|input| {
            Line::from(context.path(&input.path))
                .plain(": ")
                .plain(defect::damage(input))
        })
        .collect();
    if let Some(rest) = damaged.get(most..).filter(|rest| !rest.is_empty()) {
        let lost = rest.iter().map(|input| input.records_lost);
        let lost = lost.fold(0, u64::saturating_add);
        lines.push(
            format!(
                "and {} with {} lost{}",
                words::count(rest.len() as u64, "more file"),
                words::count(lost, "record"),
                context
                    .reader
                    .hint("eventkb logs --damaged PATH...", "lists all"),
            )
            .into(),
        );
    }
    doc.list(lines);
}

/// Adds the account behind an answer.
pub(super) fn add(doc: &mut Doc, context: &Context) {
    let (report, reader) = (context.report, context.reader);
    doc.heading("What was read");
    doc.para(totals(report, reader));
    if context.is_full() {
        add_table(doc, context);
        add_ignored(doc, context, MOST_IGNORED);
    } else if !report.ignored.is_empty() {
        let hint = reader.hint("eventkb logs PATH...", "lists them");
        let number = words::count(report.ignored.len() as u64, "other file");
        doc.para(format!("{number} left alone{hint}."));
    }
    doc.list(context.redaction_lines().collect());
    doc.para(Line::toned(
        Tone::Dim,
        format!(
            "{} {}, {} ({} built in)",
            report.tool.name,
            report.tool.version,
            words::count(report.signatures.count as u64, "signature"),
            words::grouped(report.signatures.built_in as u64),
        ),
    ));
}

fn add_table(doc: &mut Doc, context: &Context) {
    let (report, reader) = (context.report, context.reader);
    let all = report.inputs.len() <= ALL_FILES;
    let shown: Vec<&Input> = report
        .inputs
        .iter()
        .filter(|input| all || is_notable(input))
        .collect();
    let when = reader.timed("first to last");
    let mut table = if reader.is_wide() {
        Table::new("Files", &["file", "format", ">records", &when, "condition"])
    } else {
        Table::new("Files", &["file", &reader.timed("records"), "condition"])
    };
    for input in shown.iter().take(MOST_FILES) {
        table.row(row(input, context));
    }
    doc.table(table);
    let unshown = report.inputs.len() - shown.len().min(MOST_FILES);
    if unshown > 0 {
        let sound = match all || shown.len() <= MOST_FILES {
            true => " without loss",
            false => "",
        };
        let and = if shown.is_empty() { "" } else { "and " };
        let hint = reader.hint("eventkb logs PATH...", "lists all");
        doc.para(format!(
            "{and}{}{sound}{hint}.",
            words::count(unshown as u64, "file")
        ));
    }
}

fn row(input: &Input, context: &Context) -> Vec<Cell> {
    let reader = context.reader;
    let is_wide = reader.is_wide();
    let name = file(input, context);
    if input.error.is_some() && input.records_read == 0 {
        let mut row = vec![name];
        row.resize(if is_wide { 4 } else { 2 }, "-".into());
        row.push(condition(input));
        return row;
    }
    let span = reader.zone.span(input.first, input.last);
    if is_wide {
        return vec![
            name,
            input.format.as_str().into(),
            words::grouped(input.records_read).into(),
            span.into(),
            condition(input),
        ];
    }
    let records = words::count(input.records_read, "record");
    let records = format!("{}, {records}", input.format);
    vec![
        name,
        Cell::lines(vec![records.into(), span.into()]),
        condition(input),
    ]
}

/// Lists what was left alone, and why.
pub(super) fn add_ignored(doc: &mut Doc, context: &Context, most: usize) {
    let ignored = &context.report.ignored;
    let mut lines: Vec<Line> = ignored
        .iter()
        .take(most)
        .map(|one| {
            Line::from(context.path(&one.path))
                .plain(": ")
                .plain(&one.reason)
        })
        .collect();
    let more = ignored.len().saturating_sub(most);
    if more > 0 {
        let hint = context.reader.hint("eventkb logs -v PATH...", "lists all");
        lines.push(format!("and {more} more{hint}").into());
    }
    doc.bullets("Left alone", lines);
}

/// One sentence on everything that was read.
pub(super) fn totals(report: &Report, reader: &Reader) -> String {
    let totals = &report.totals;
    let mut text = format!(
        "{}, {}, {}{}",
        words::count(totals.files, "file"),
        words::size(totals.bytes),
        words::count(totals.records_read, "record"),
        when(" from ", totals, reader),
    );
    for (number, thing, what) in [
        (totals.failed_files, "file", "could not be read"),
        (totals.records_lost, "record", "lost"),
        (
            totals.records_recovered,
            "record",
            "recovered from space the logs no longer use",
        ),
        (
            totals.records_duplicate,
            "record",
            "there twice and counted once",
        ),
    ] {
        if number > 0 {
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
pub(super) fn when(before: &str, totals: &Totals, reader: &Reader) -> String {
    if totals.first.is_none() && totals.last.is_none() {
        return String::new();
    }
    let span = reader.zone.full_span(totals.first, totals.last);
    format!("{before}{span}")
}

/// Whether a reader of the answer should know of it. That a log was copied from a running system,
/// as most are, is told by `logs`.
fn is_notable(input: &Input) -> bool {
    defect::is_damaged(input) || input.records_duplicate > 0
}

/// A file's path, with its hash where one was asked for.
pub(super) fn file(input: &Input, context: &Context) -> Cell {
    let mut lines: Vec<Line> = vec![context.path(&input.path).into()];
    if let Some(hash) = input.sha256.as_ref().filter(|_| context.reader.hashes) {
        lines.push(Line::from("sha256 ").plain(hash));
    }
    Cell::lines(lines)
}

/// What is wrong with a file, or that nothing is.
pub(super) fn condition(input: &Input) -> Cell {
    let mut lines: Vec<Line> = Vec::new();
    lines.extend(input.error.as_ref().map(Line::from));
    lines.extend(defect::numbers(input).iter().map(Line::from));
    lines.extend(
        input
            .defects
            .iter()
            .map(|one| Line::from(defect::defect(one))),
    );
    if lines.is_empty() {
        return Cell::toned(Tone::Good, "sound");
    }
    let is_bad = input.error.is_some() || input.records_lost > 0;
    let tone = if is_bad { Tone::Bad } else { Tone::Warn };
    Cell { lines, tone }
}
