//! The inventory: what is in the pile.

use eventkb::event::short_name;
use eventkb::report::{Input, LogSpan, Report, Scope};

use super::{Reader, answer, pile, words};
use crate::render::doc::{Cell, Doc, Line, Table};

/// Sources named for one file.
const MOST_SOURCES: usize = 5;
/// A folder's name from which on it is worth saying once.
const LONG_FOLDER: usize = 24;
/// Gaps named for one file.
const MOST_GAPS: usize = 3;

/// The whole answer to `logs`.
pub(crate) fn doc(report: &Report, reader: &Reader) -> Doc {
    let mut doc = Doc::default();
    doc.para(pile::totals(report, reader));
    if let Some(scope) = answer::scope(report, reader) {
        doc.para(scope);
    }
    let folder = common_folder(report);
    let shorter = folder.map(|folder| {
        doc.para(format!("Paths below are in {folder}"));
        without(report, folder)
    });
    let report = shorter.as_ref().unwrap_or(report);
    add_coverage(&mut doc, report, reader);
    add_files(&mut doc, report, reader);
    pile::add_ignored(&mut doc, report, usize::MAX);
    doc
}

/// The folder or archive that all files are in, if its name is long and there are several.
fn common_folder(report: &Report) -> Option<&str> {
    let (first, others) = report.inputs.split_first()?;
    let mut common = first.path.as_str();
    for other in others {
        let same = common
            .bytes()
            .zip(other.path.bytes())
            .take_while(|(a, b)| a == b)
            .count();
        let end = common
            .get(..same)
            .unwrap_or("")
            .rfind('/')
            .map_or(0, |at| at + 1);
        common = common.get(..end)?;
    }
    (!others.is_empty() && common.len() >= LONG_FOLDER).then_some(common)
}

/// The report with paths as they are in this folder.
fn without(report: &Report, folder: &str) -> Report {
    let mut report = report.clone();
    let inputs = report.inputs.iter_mut().map(|input| &mut input.path);
    let spans = report.coverage.iter_mut().map(|span| &mut span.file);
    let ignored = report.ignored.iter_mut().map(|ignored| &mut ignored.path);
    for path in inputs.chain(spans).chain(ignored) {
        if let Some(rest) = path.strip_prefix(folder) {
            *path = rest.to_owned();
        }
    }
    report
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

fn add_coverage(doc: &mut Doc, report: &Report, reader: &Reader) {
    if report.coverage.is_empty() {
        return;
    }
    doc.heading("Whose logs, and when");
    let when = reader.timed("first to last");
    let mut table = if reader.wide {
        Table::new(&[
            "computer",
            "log",
            ">records",
            &when,
            "record ids",
            "file",
            "notes",
        ])
    } else {
        Table::new(&["computer", "log", &when, "file"])
    };
    for span in report
        .coverage
        .iter()
        .filter(|span| is_wanted(span, &report.scope))
    {
        let (computer, channel) = (Cell::from(&span.computer), Cell::from(&span.channel));
        let records = words::grouped(span.records);
        let when = reader.zone.span(span.first, span.last);
        table.row(if reader.wide {
            let notes = Cell::lines(notes(span, reader));
            vec![
                computer,
                channel,
                records.into(),
                when.into(),
                ids(span).into(),
                span.file.as_str().into(),
                notes,
            ]
        } else {
            let mut lines: Vec<Line> =
                vec![when.into(), words::count(span.records, "record").into()];
            if span.lowest_record_id.is_some() {
                lines.push(format!("ids {}", ids(span)).into());
            }
            lines.extend(notes(span, reader));
            vec![
                computer,
                channel,
                Cell::lines(lines),
                span.file.as_str().into(),
            ]
        });
    }
    doc.table(table);
}

fn ids(span: &LogSpan) -> String {
    match (span.lowest_record_id, span.highest_record_id) {
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (Some(id), None) | (None, Some(id)) => id.to_string(),
        (None, None) => "none".into(),
    }
}

fn notes(span: &LogSpan, reader: &Reader) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    if span.lowest_record_id.is_some_and(|id| id > 1) {
        lines.push("begins later than record 1: wrapped, cut or filtered".into());
    }
    lines.extend(
        span.cleared
            .iter()
            .map(|time| Line::from(format!("cleared {}", reader.zone.full(*time)))),
    );
    if span.damaged {
        lines.push("damaged".into());
    }
    lines
}

fn add_files(doc: &mut Doc, report: &Report, reader: &Reader) {
    if report.inputs.is_empty() {
        return;
    }
    doc.heading("Files");
    let mut table = if reader.wide {
        Table::new(&[
            "file",
            "format",
            ">size",
            ">records",
            "condition",
            "gaps in record ids",
            "top sources",
        ])
    } else {
        Table::new(&["file", "what", "condition"])
    };
    for input in &report.inputs {
        let file = pile::file(input, reader);
        let (format, size) = (input.format.as_str(), words::size(input.bytes));
        let mut condition = pile::condition(input);
        let sources = sources(input);
        table.row(if reader.wide {
            let records = match input.records_promised {
                Some(promised) if promised != input.records_read => {
                    format!(
                        "{} of {}",
                        words::grouped(input.records_read),
                        words::grouped(promised)
                    )
                }
                _ => words::grouped(input.records_read),
            };
            let gaps = Cell::lines(gaps(input));
            vec![
                file,
                format.into(),
                size.into(),
                records.into(),
                condition,
                gaps,
                Cell::lines(sources),
            ]
        } else {
            let mut what: Vec<Line> = vec![
                format!("{format}, {size}").into(),
                words::count(input.records_read, "record").into(),
            ];
            what.extend(sources);
            condition.lines.extend(gaps(input));
            vec![file, Cell::lines(what), condition]
        });
    }
    doc.table(table);
}

fn sources(input: &Input) -> Vec<Line> {
    let top = input.top_sources.iter().take(MOST_SOURCES);
    top.map(|source| {
        Line::from(format!(
            "{} ({})",
            source.provider,
            words::grouped(source.count)
        ))
    })
    .collect()
}

fn gaps(input: &Input) -> Vec<Line> {
    let mut lines: Vec<Line> = input
        .gaps
        .iter()
        .take(MOST_GAPS)
        .map(|gap| {
            let missing = gap.before.saturating_sub(gap.after).saturating_sub(1);
            let (after, before) = (gap.after, gap.before);
            format!(
                "{} missing between ids {after} and {before}",
                words::count(missing, "record")
            )
            .into()
        })
        .collect();
    if input.many_gaps {
        lines.push("many, as in a filtered export".into());
    }
    if input.gaps.len() > MOST_GAPS {
        lines.push(format!("and {} more gaps", input.gaps.len() - MOST_GAPS).into());
    }
    lines
}
