//! Nothing found: what came closest, and what nobody explains.

use eventkb::event::level_name;
use eventkb::report::Report;

use super::{Reader, words};
use crate::render::doc::{Cell, Doc, Line, Table, Tone};

/// Near misses shown.
const MOST_MISSES: usize = 5;
/// Events named for one near miss.
const MOST_EVENTS: usize = 4;
/// Unexplained events shown.
const MOST_UNEXPLAINED: usize = 15;

/// Adds what a reader can still take from a scan without findings.
pub(crate) fn add(doc: &mut Doc, report: &Report, reader: &Reader) {
    if report.totals.records_read == 0 {
        if report.totals.files > 0 {
            doc.para("No record was read, so this says nothing about the computers.");
        }
        return;
    }
    add_near_misses(doc, report, reader);
    add_unexplained(doc, report, reader);
}

fn add_near_misses(doc: &mut Doc, report: &Report, reader: &Reader) {
    if report.near_misses.is_empty() {
        // An article that is ruled out did come close, and has been told of.
        if report.findings.is_empty() {
            doc.para("Nothing comes close: no record has an event that a signature looks for.");
        }
        return;
    }
    doc.heading("What came closest");
    let mut table = if reader.wide {
        Table::new(&["article", "found", "missing", "why it does not count"])
    } else {
        Table::new(&["article", "found and missing", "why it does not count"])
    };
    for miss in report.near_misses.iter().take(MOST_MISSES) {
        let mut why: Vec<Line> = vec![miss.reason.as_str().into()];
        if let Some(first) = miss.first {
            let computers = words::some(&miss.computers, 4);
            why.push(format!("first {} on {computers}", reader.zone.full(first)).into());
        }
        let article = Cell::lines(vec![
            Line::toned(Tone::Strong, &miss.signature.id),
            miss.signature.title.as_str().into(),
        ]);
        let (found, missing) = (listed(&miss.found), listed(&miss.missing));
        table.row(if reader.wide {
            vec![
                article,
                Cell::lines(found),
                Cell::lines(missing),
                Cell::lines(why),
            ]
        } else {
            let part = |title: &str, lines: Vec<Line>| {
                std::iter::once(Line::toned(Tone::Strong, title)).chain(lines)
            };
            let both = part("found", found)
                .chain(part("missing", missing))
                .collect();
            vec![article, Cell::lines(both), Cell::lines(why)]
        });
    }
    doc.table(table);
    let more = report.near_misses.len().saturating_sub(MOST_MISSES);
    if more > 0 {
        doc.para(format!("and {more} more; --format json has all."));
    }
    if let Some(closest) = report.near_misses.first() {
        let id = &closest.signature.id;
        doc.para(format!(
            "`eventkb explain {id} PATH...` shows every condition."
        ));
    }
}

fn listed(names: &[String]) -> Vec<Line> {
    let mut lines: Vec<Line> = names.iter().take(MOST_EVENTS).map(Line::from).collect();
    if names.len() > MOST_EVENTS {
        lines.push(format!("and {} more", names.len() - MOST_EVENTS).into());
    }
    lines
}

fn add_unexplained(doc: &mut Doc, report: &Report, reader: &Reader) {
    doc.heading("Most frequent errors and warnings that no signature explains");
    if report.unexplained_not_counted {
        doc.para("Not counted; `--unexplained always` counts them, which takes longer.");
        return;
    }
    if report.unexplained.is_empty() {
        doc.para("None.");
        return;
    }
    let when = reader.timed("first to last");
    let mut table = Table::new(&["level", "source", ">event", ">times", &when, "computers"]);
    for event in report.unexplained.iter().take(MOST_UNEXPLAINED) {
        let tone = if event.level <= 2 {
            Tone::Bad
        } else {
            Tone::Warn
        };
        table.row(vec![
            Cell::toned(tone, level_name(event.level)),
            event.provider.as_str().into(),
            event.event_id.to_string().into(),
            words::grouped(event.count).into(),
            reader.zone.span(event.first, event.last).into(),
            words::some(&event.computers, 3).into(),
        ]);
    }
    doc.table(table);
}
