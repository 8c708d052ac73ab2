//! The answer first: one row for each article, then the articles that are ruled out.

use eventkb::report::{Finding, Report, Verdict};

use super::{Reader, pile, words};
use crate::render::doc::{Block, Cell, Doc, Line, Table, Tone};

/// Computers named in one cell.
const MOST_COMPUTERS: usize = 4;

/// Articles that are ruled out with their reason, before the rest is only named.
const MOST_RULED_OUT: usize = 8;

/// Findings that are offered as an explanation.
pub(crate) fn offered(report: &Report) -> impl Iterator<Item = &Finding> {
    report
        .findings
        .iter()
        .filter(|finding| finding.verdict >= Verdict::Possible)
}

/// Says in one line what was found in what, then lists it.
pub(crate) fn add(doc: &mut Doc, report: &Report, reader: &Reader) {
    doc.para(summary(report, reader));
    if let Some(scope) = scope(report, reader) {
        doc.para(scope);
    }
    if report.cancelled {
        doc.para(Line::toned(
            Tone::Warn,
            "Reading was stopped before its end: this is about the part that was read.",
        ));
    }
    if report.may_hide_something() && report.totals.files > 0 {
        doc.para(Line::toned(
            Tone::Warn,
            "Not everything could be read, so something may be missing: see \"What was read\".",
        ));
    }
    let mut table = titles(reader);
    for finding in offered(report) {
        table.row(row(finding, reader));
    }
    doc.table(table);
}

fn summary(report: &Report, reader: &Reader) -> Line {
    if report.totals.files == 0 {
        return Line::toned(Tone::Strong, "No event log was read")
            .plain(", so there is no answer.");
    }
    let number = |verdict| {
        report
            .findings
            .iter()
            .filter(|f| f.verdict == verdict)
            .count() as u64
    };
    let mut found = Vec::new();
    for verdict in [
        Verdict::Match,
        Verdict::Likely,
        Verdict::Possible,
        Verdict::RuledOut,
    ] {
        match (verdict, number(verdict)) {
            (_, 0) => {}
            (Verdict::Match, 1) => found.push("1 match".to_owned()),
            (Verdict::Match, many) => found.push(format!("{many} matches")),
            (verdict, some) => found.push(format!("{some} {}", words::verdict(verdict))),
        }
    }
    let (tone, found) = match report.best() {
        Some(best) => (words::verdict_tone(best.verdict), found.join(", ")),
        None if found.is_empty() => (Tone::Strong, "No signature explains these logs".into()),
        None => (
            Tone::Strong,
            format!("No signature explains these logs ({})", found.join(", ")),
        ),
    };
    let totals = &report.totals;
    Line::toned(tone, found).plain(format!(
        "; asked {} over {} with {}{}.",
        words::count(report.signatures.count as u64, "signature"),
        words::count(totals.files, "log"),
        words::count(totals.records_read, "record"),
        pile::when(", ", totals, reader),
    ))
}

/// What the user left out, so that the reader of a pasted report knows.
pub(super) fn scope(report: &Report, reader: &Reader) -> Option<String> {
    let scope = &report.scope;
    let mut parts = Vec::new();
    if let Some(since) = scope.since {
        parts.push(format!("from {}", reader.zone.full(since)));
    }
    if let Some(until) = scope.until {
        parts.push(format!("before {}", reader.zone.full(until)));
    }
    if !scope.computers.is_empty() {
        parts.push(format!("computers {}", scope.computers.join(", ")));
    }
    if !scope.channels.is_empty() {
        parts.push(format!("logs {}", scope.channels.join(", ")));
    }
    let only = (!parts.is_empty()).then(|| format!("Only events {}.", parts.join("; ")));
    let stale = scope
        .recovered
        .then(|| "Recovered, older records take part.".to_owned());
    let said: Vec<String> = only.into_iter().chain(stale).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

fn titles(reader: &Reader) -> Table {
    if reader.wide {
        let when = reader.timed("first to last");
        Table::new(&[
            "verdict",
            "article",
            "title",
            ">times",
            "computers",
            &when,
            "cause",
        ])
    } else {
        Table::new(&["verdict", "article", &reader.timed("seen"), "cause"])
    }
}

fn row(finding: &Finding, reader: &Reader) -> Vec<Cell> {
    let verdict = Cell::toned(
        words::verdict_tone(finding.verdict),
        words::verdict(finding.verdict),
    );
    let cause = Cell::toned(
        words::cause_tone(finding.cause.state),
        finding.cause.state.as_str(),
    );
    let computers = words::some(&finding.computers, MOST_COMPUTERS);
    let span = reader.zone.span(finding.first, finding.last);
    let SignatureText { id, title } = text(finding);
    if reader.wide {
        let times = words::grouped(finding.occurrences);
        return vec![
            verdict,
            id.into(),
            title.into(),
            times.into(),
            computers.into(),
            span.into(),
            cause,
        ];
    }
    vec![
        verdict,
        Cell::lines(vec![Line::toned(Tone::Strong, id), title.into()]),
        Cell::lines(vec![
            format!("{} on {computers}", words::times(finding.occurrences)).into(),
            span.into(),
        ]),
        cause,
    ]
}

struct SignatureText<'a> {
    id: &'a str,
    title: &'a str,
}

fn text(finding: &Finding) -> SignatureText<'_> {
    SignatureText {
        id: &finding.signature.id,
        title: &finding.signature.title,
    }
}

/// A finding in one line, for mails.
pub(crate) fn one_line(finding: &Finding, reader: &Reader) -> String {
    format!(
        "{} {}: {} ({} on {}, {}; cause {})",
        finding.signature.id,
        words::verdict(finding.verdict),
        finding.signature.title,
        words::times(finding.occurrences),
        words::some(&finding.computers, MOST_COMPUTERS),
        reader.zone.full_span(finding.first, finding.last),
        finding.cause.state.as_str(),
    )
}

/// The articles that the evidence speaks against, in short.
pub(crate) fn add_ruled_out(doc: &mut Doc, report: &Report) {
    let ruled_out = || {
        report
            .findings
            .iter()
            .filter(|f| f.verdict == Verdict::RuledOut)
    };
    let mut lines: Vec<Line> = ruled_out()
        .take(MOST_RULED_OUT)
        .map(|finding| {
            let reason = finding.reason.trim_end_matches('.');
            let better = finding.better.as_ref();
            let better = better.map_or_else(String::new, |better| format!(" Better: {better}."));
            Line::toned(Tone::Strong, &finding.signature.id).plain(format!(": {reason}.{better}"))
        })
        .collect();
    let more: Vec<&str> = ruled_out()
        .skip(MOST_RULED_OUT)
        .map(|finding| finding.signature.id.as_str())
        .collect();
    if !more.is_empty() {
        lines.push(
            format!(
                "and {}; `eventkb explain ID PATH...` says why",
                more.join(", ")
            )
            .into(),
        );
    }
    if !lines.is_empty() {
        doc.heading("Ruled out");
        doc.blocks.push(Block::Bullets(lines));
    }
}
