//! The inventory: what is in a collection.

use std::collections::BTreeMap;

use eventkb::report::{Input, LogSpan, Report, Scope};
use eventkb_logs::event::short_name;
use jiff::Timestamp;

use super::{Context, Reader, answer, files};
use crate::doc::{Cell, Doc, Line, Table};
use crate::words::{self, defect};

/// Sources named for one file.
const MOST_SOURCES: usize = 5;
/// Gaps named for one file.
const MOST_GAPS: usize = 3;
/// Logs and files listed one by one, unless everything is wanted.
const MOST_ROWS: usize = 24;
/// Logs named for one computer.
const MOST_CHANNELS: usize = 4;
/// Ignored files listed, unless everything is wanted.
const MOST_IGNORED: usize = 8;

/// Which files an inventory lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Files {
    /// All, as far as the detail goes.
    #[default]
    All,
    /// Only those of which something may be missing.
    Damaged,
}

/// The whole answer to `logs`.
pub fn logs(report: &Report, which: Files, reader: &Reader) -> Doc {
    let context = Context::new(report, reader);
    let mut doc = Doc::default();
    doc.para(files::totals(report, reader));
    let said = answer::scope(report, reader)
        .into_iter()
        .chain(answer::missing_computers(report))
        .chain(answer::missing_logs(report));
    let said = said
        .map(Line::from)
        .chain(context.redaction_lines())
        .chain(context.folder_line());
    doc.list(said.collect());
    if which == Files::All {
        add_coverage(&mut doc, &context);
    }
    add_files(&mut doc, which, &context);
    if which == Files::All {
        let most = if context.is_full() {
            usize::MAX
        } else {
            MOST_IGNORED
        };
        files::add_ignored(&mut doc, &context, most);
    }
    doc
}

/// Whether a log is within what the user asked for, as far as its span tells.
fn is_wanted(span: &LogSpan, scope: &Scope) -> bool {
    let is = |names: &[String], name: &str| {
        names.is_empty()
            || names.iter().any(|want| {
                want.eq_ignore_ascii_case(name) || want.eq_ignore_ascii_case(short_name(name))
            })
    };
    is(&scope.computers, &span.computer)
        && (scope.channels.is_empty()
            || scope
                .channels
                .iter()
                .any(|want| want.eq_ignore_ascii_case(&span.channel)))
        && scope
            .since
            .is_none_or(|since| span.last.is_none_or(|last| last >= since))
        && scope
            .until
            .is_none_or(|until| span.first.is_none_or(|first| first < until))
}

fn add_coverage(doc: &mut Doc, context: &Context) {
    let spans: Vec<&LogSpan> = context
        .report
        .coverage
        .iter()
        .filter(|span| is_wanted(span, &context.report.scope))
        .collect();
    if spans.is_empty() {
        return;
    }
    doc.heading("Whose logs, and when");
    if spans.len() > MOST_ROWS && !context.is_full() {
        add_computers(doc, &spans, context);
        return;
    }
    let when = context.reader.timed("first to last");
    let mut table = if context.reader.is_wide() {
        let titles = [
            "computer",
            "log",
            ">records",
            &when,
            "record ids",
            "file",
            "notes",
        ];
        Table::new("Logs", &titles)
    } else {
        Table::new("Logs", &["computer", "log", &when, "file"])
    };
    for span in spans {
        table.row(span_row(span, context));
    }
    doc.table(table);
}

fn span_row(span: &LogSpan, context: &Context) -> Vec<Cell> {
    let when = context.zone().span(span.first, span.last);
    let computer = Cell::from(&span.computer);
    let channel = Cell::from(&span.channel);
    let file = Cell::from(context.path(&span.file));
    if context.reader.is_wide() {
        return vec![
            computer,
            channel,
            words::grouped(span.records).into(),
            when.into(),
            ids(span).into(),
            file,
            Cell::lines(notes(span, context)),
        ];
    }
    let mut lines: Vec<Line> = vec![when.into(), words::count(span.records, "record").into()];
    if span.lowest_record_id.is_some() {
        lines.push(format!("ids {}", ids(span)).into());
    }
    lines.extend(notes(span, context));
    vec![computer, channel, Cell::lines(lines), file]
}

/// One row for each computer, where there are too many logs to read.
fn add_computers(doc: &mut Doc, spans: &[&LogSpan], context: &Context) {
    // Windows does not tell computers apart by the case of their names.
    let mut computers: BTreeMap<String, Vec<&LogSpan>> = BTreeMap::new();
    for span in spans {
        let name = span.computer.to_lowercase();
        computers.entry(name).or_default().push(span);
    }
    let when = context.reader.timed("first to last");
    let titles = ["computer", ">logs", ">records", &when, "most records in"];
    let mut table = Table::new("Computers", &titles).without_rules();
    let unlisted = computers.len().saturating_sub(MOST_ROWS) as u64;
    for (_, mut spans) in computers.into_iter().take(MOST_ROWS) {
        let computer = spans.first().map_or("", |span| span.computer.as_str());
        let first: Option<Timestamp> = spans.iter().filter_map(|span| span.first).min();
        let last: Option<Timestamp> = spans.iter().filter_map(|span| span.last).max();
        let records: u64 = spans.iter().map(|span| span.records).sum();
        spans.sort_by(|a, b| (b.records, &a.channel).cmp(&(a.records, &b.channel)));
        let mut channels: Vec<&str> = Vec::new();
        for span in &spans {
            if !channels.contains(&span.channel.as_str()) {
                channels.push(&span.channel);
            }
        }
        let name = if computer.is_empty() {
            "not named"
        } else {
            computer
        };
        table.row(vec![
            name.into(),
            words::grouped(channels.len() as u64).into(),
            words::grouped(records).into(),
            // Days are enough where there are so many.
            context
                .zone()
                .short_spans(first, last)
                .pop()
                .unwrap_or_default()
                .into(),
            channel_names(&channels, context).into(),
        ]);
    }
    doc.table(table);
    let hint = context.reader.hint("eventkb logs -v PATH...", "lists each");
    let more = match unlisted {
        0 => String::new(),
        more => format!("and {}; ", words::count(more, "more computer")),
    };
    let logs = words::count(spans.len() as u64, "log");
    doc.para(format!("{more}{logs} in all{hint}."));
}

/// The names of channels, without what most of them begin with; one, where there is little room.
fn channel_names(channels: &[&str], context: &Context) -> String {
    let names: Vec<&str> = channels
        .iter()
        .map(|name| name.strip_prefix("Microsoft-Windows-").unwrap_or(name))
        .collect();
    let most = if context.reader.is_wide() {
        MOST_CHANNELS
    } else {
        1
    };
    words::some(&names, most)
}

fn ids(span: &LogSpan) -> String {
    match (span.lowest_record_id, span.highest_record_id) {
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (Some(id), None) | (None, Some(id)) => id.to_string(),
        (None, None) => "none".into(),
    }
}

fn notes(span: &LogSpan, context: &Context) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    if span.lowest_record_id.is_some_and(|id| id > 1) {
        lines.push("begins later than record 1: wrapped, cut or filtered".into());
    }
    let cleared = span.cleared.iter();
    lines.extend(cleared.map(|time| Line::from(format!("cleared {}", context.zone().full(*time)))));
    if span.damaged {
        lines.push("damaged".into());
    }
    lines
}

fn add_files(doc: &mut Doc, which: Files, context: &Context) {
    let inputs = &context.report.inputs;
    if inputs.is_empty() {
        return;
    }
    let is_short = which == Files::All && inputs.len() > MOST_ROWS && !context.is_full();
    let shown: Vec<&Input> = inputs
        .iter()
        .filter(|input| (which == Files::All && !is_short) || defect::is_damaged(input))
        .collect();
    let title = match (which, is_short) {
        (Files::All, false) => "Files",
        (Files::All, true) if shown.is_empty() => "Files",
        _ => "Damaged files",
    };
    doc.heading(title);
    if is_short || which == Files::Damaged {
        doc.para(formats(inputs, shown.len()));
    }
    if (is_short || which == Files::Damaged) && !context.is_full() {
        add_damaged(doc, &shown, is_short, context);
        return;
    }
    let mut table = if context.reader.is_wide() {
        Table::new(
            title,
            &[
                "file",
                "format",
                ">size",
                ">records",
                "condition",
                "gaps in record ids",
                "top sources",
            ],
        )
    } else {
        Table::new(title, &["file", "what", "condition"])
    };
    for input in &shown {
        table.row(file_row(input, context));
    }
    doc.table(table);
}

/// One row for each damaged file: how much is lost, and what is wrong in short.
fn add_damaged(doc: &mut Doc, damaged: &[&Input], is_short: bool, context: &Context) {
    let most = if is_short { MOST_ROWS } else { usize::MAX };
    let titles = ["file", ">read", ">lost", "what is wrong"];
    let mut table = Table::new("Damaged files", &titles).without_rules();
    for input in damaged.iter().take(most) {
        table.row(vec![
            files::file(input, context),
            words::grouped(input.records_read).into(),
            words::grouped(input.records_lost).into(),
            defect::what(input).into(),
        ]);
    }
    doc.table(table);
    let more = damaged.len().saturating_sub(most);
    let more = match more {
        0 => String::new(),
        more => format!("and {more} more; "),
    };
    let hint = match is_short {
        true => context
            .reader
            .hint("eventkb logs --damaged PATH...", "lists all"),
        false => context.reader.hint("-v", "says all that is wrong"),
    };
    let hint = hint.trim_start_matches("; ");
    if !(damaged.is_empty() || more.is_empty() && hint.is_empty()) {
        doc.para(words::sentence(
            format!("{more}{hint}").trim_end_matches("; "),
        ));
    }
}

/// `593 files: 580 evtx, 13 evt; 23 of them damaged.`
fn formats(inputs: &[Input], damaged: usize) -> String {
    let mut formats: BTreeMap<&str, u64> = BTreeMap::new();
    for input in inputs {
        *formats.entry(&input.format).or_default() += 1;
    }
    let mut formats: Vec<(&str, u64)> = formats.into_iter().collect();
    formats.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
    let formats: Vec<String> = formats
        .iter()
        .map(|(format, number)| format!("{} {format}", words::grouped(*number)))
        .collect();
    let damaged = match damaged {
        0 => "none".to_owned(),
        some => words::grouped(some as u64),
    };
    format!(
        "{}: {}; {damaged} of them damaged.",
        words::count(inputs.len() as u64, "file"),
        formats.join(", ")
    )
}

fn file_row(input: &Input, context: &Context) -> Vec<Cell> {
    let file = files::file(input, context);
    let (format, size) = (input.format.as_str(), words::size(input.bytes));
    let mut condition = files::condition(input);
    let sources = sources(input);
    if context.reader.is_wide() {
        let records = words::grouped(input.records_read);
        let records = match input.records_promised {
            Some(promised) if promised != input.records_read => {
                format!("{records} of {}", words::grouped(promised))
            }
            _ => records,
        };
        return vec![
            file,
            format.into(),
            size.into(),
            records.into(),
            condition,
            Cell::lines(gaps(input)),
            Cell::lines(sources),
        ];
    }
    let mut what: Vec<Line> = vec![
        format!("{format}, {size}").into(),
        words::count(input.records_read, "record").into(),
    ];
    what.extend(sources);
    condition.lines.extend(gaps(input));
    vec![file, Cell::lines(what), condition]
}

fn sources(input: &Input) -> Vec<Line> {
    let top = input.top_sources.iter().take(MOST_SOURCES);
    let line = |provider: &str, number| format!("{provider} ({})", words::grouped(number)).into();
    top.map(|source| line(&source.provider, source.count))
        .collect()
}

fn gaps(input: &Input) -> Vec<Line> {
    let gap = |gap: &eventkb::report::RecordGap| {
        let missing = gap.before.saturating_sub(gap.after).saturating_sub(1);
        let missing = words::count(missing, "record");
        let of = match (&gap.computer, &gap.channel) {
            (Some(computer), Some(channel)) => format!(" ({channel} of {computer})"),
            _ => String::new(),
        };
        format!(
            "{missing} missing between ids {} and {}{of}",
            gap.after, gap.before
        )
        .into()
    };
    let mut lines: Vec<Line> = input.gaps.iter().take(MOST_GAPS).map(gap).collect();
    if input.many_gaps {
        lines.push("many, as in a filtered export".into());
    }
    if input.gaps.len() > MOST_GAPS {
        lines.push(format!("and {} more gaps", input.gaps.len() - MOST_GAPS).into());
    }
    lines
}
