//! The answer: what is wrong, in order, one line each; then what needs no care, what nobody
//! explains, and what could not be read.

use eventkb::report::{CauseState, Finding, Report, Standing, Verdict};
use eventkb_logs::event::short_name;

use super::{Context, Detail, Reader, files, unexplained};
use crate::Clean;
use crate::doc::{Anchor, Doc, Entries, Entry, Fact, Line, Span, Tone};
use crate::words::{self, finding as about, verdict as said};

/// Articles named in one sentence.
const MOST_NAMED: usize = 8;
/// Findings listed before the rest is only counted.
const MOST_LISTED: usize = 60;
/// With more findings than this, each takes one line, and what follows is kept short: the answer is to
/// fit on a screen.
const MANY: usize = 12;

/// Findings that are offered as an explanation.
pub(super) fn offered(report: &Report) -> impl Iterator<Item = &Finding> {
    report
        .findings
        .iter()
        .filter(|finding| finding.is_offered())
}

fn listed(report: &Report, standing: Standing) -> impl Iterator<Item = &Finding> {
    offered(report)
        .filter(move |finding| finding.standing == standing && finding.rival_of.is_none())
}

/// Findings whose details are told.
pub(super) fn detailed<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a Finding> {
    let is_full = context.is_full();
    offered(context.report).filter(move |finding| {
        is_full || (finding.rival_of.is_none() && finding.standing != Standing::Harmless)
    })
}

/// Whether there is so much to list that each thing gets no more than a line.
pub(super) fn is_long(context: &Context) -> bool {
    context.reader.detail == Detail::Summary || has_many(context)
}

/// Whether there are so many findings that what follows them is kept short.
pub(super) fn has_many(context: &Context) -> bool {
    let of = |standing| listed(context.report, standing).count();
    of(Standing::Problem) + of(Standing::Notice) > MANY
}

/// Adds the answer.
pub(super) fn add(doc: &mut Doc, context: &Context) {
    let report = context.report;
    doc.para(headline(report, context.reader));
    add_warnings(doc, context);
    add_list(doc, "Problems", Standing::Problem, context);
    add_uncounted(doc, context);
    add_list(doc, "Notices", Standing::Notice, context);
    add_harmless(doc, report);
    if context.reader.detail == Detail::Summary {
        return;
    }
    unexplained::add(doc, context);
    files::add_unreadable(doc, context);
}

fn headline(report: &Report, reader: &Reader) -> Line {
    if report.totals.files == 0 {
        return Line::toned(Tone::Strong, "No event log was read")
            .plain(", so there is no answer.");
    }
    let number = |standing, verdict| {
        listed(report, standing)
            .filter(|f| f.verdict == verdict)
            .count() as u64
    };
    let mut found = Vec::new();
    for (standing, one) in [(Standing::Problem, "problem"), (Standing::Notice, "notice")] {
        let by_verdict: Vec<String> = [Verdict::Match, Verdict::Likely, Verdict::Possible]
            .into_iter()
            .filter(|verdict| number(standing, *verdict) > 0)
            .map(|verdict| format!("{} {}", number(standing, verdict), said::verdict(verdict)))
            .collect();
        let all = listed(report, standing).count() as u64;
        if all > 0 {
            found.push(format!(
                "{} ({})",
                words::count(all, one),
                by_verdict.join(", ")
            ));
        }
    }
    let (tone, found) = match (found.is_empty(), report.best()) {
        (false, Some(best)) => (said::verdict_tone(best.verdict), found.join(", ")),
        (true, Some(_)) => (Tone::Good, "Nothing but what is harmless by design".into()),
        _ => (Tone::Strong, "No signature explains these logs".into()),
    };
    let totals = &report.totals;
    Line::toned(tone, found).plain(format!(
        "; asked {} over {} with {}{}.",
        words::count(report.signatures.count as u64, "signature"),
        words::count(totals.files, "log"),
        words::count(totals.records_read, "record"),
        files::when(", ", totals, reader),
    ))
}

/// What to know before reading on.
fn add_warnings(doc: &mut Doc, context: &Context) {
    let report = context.report;
    let mut lines: Vec<Line> = Vec::new();
    lines.extend(scope(report, context.reader).map(Line::from));
    let missing = missing_computers(report)
        .into_iter()
        .chain(missing_logs(report));
    lines.extend(missing.map(|missing| Line::toned(Tone::Warn, missing)));
    if report.cancelled {
        lines.push(Line::toned(
            Tone::Warn,
            "Reading was stopped before its end: this is about the part that was read.",
        ));
    }
    if report.may_hide_something() && report.totals.files > 0 {
        lines.push(Line::toned(
            Tone::Warn,
            "Not everything could be read, so something may be missing.",
        ));
    }
    if context.reader.detail == Detail::Summary {
        lines.extend(context.redaction_lines());
    } else {
        lines.extend(context.redaction_line());
    }
    lines.extend(context.folder_line());
    doc.list(lines);
}

/// What the user left out, so that the reader of a pasted report knows.
pub(super) fn scope(report: &Report, reader: &Reader) -> Option<String> {
    let scope = &report.scope;
    let mut parts = Vec::new();
    parts.extend(
        scope
            .since
            .map(|since| format!("from {}", reader.zone.full(since))),
    );
    parts.extend(
        scope
            .until
            .map(|until| format!("before {}", reader.zone.full(until))),
    );
    if !scope.computers.is_empty() {
        parts.push(format!("of {}", words::both(&scope.computers)));
    }
    if !scope.channels.is_empty() {
        parts.push(format!("in {}", words::both(&scope.channels)));
    }
    let only = (!parts.is_empty()).then(|| format!("Only events {}.", parts.join(", ")));
    let stale = scope
        .recovered
        .then(|| "Recovered, older records take part.".to_owned());
    let said: Vec<String> = only.into_iter().chain(stale).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// Says which computers were asked for and are not there. Nothing is known where nothing was read.
pub(super) fn missing_computers(report: &Report) -> Option<String> {
    let is = |wanted: &str, name: &str| {
        wanted.eq_ignore_ascii_case(name)
            || wanted.eq_ignore_ascii_case(eventkb_logs::event::short_name(name))
    };
    let wanted = report.scope.computers.iter().map(String::as_str);
    let missing: Vec<&str> = wanted
        .filter(|wanted| {
            !report
                .coverage
                .iter()
                .any(|span| is(wanted, &span.computer))
        })
        .collect();
    if report.coverage.is_empty() || missing.is_empty() {
        return None;
    }
    Some(format!(
        "No computer {} is in the collection; it has {}.",
        words::either(&missing),
        known_computers(report)
    ))
}

/// Says which logs were asked for and are not there.
pub(super) fn missing_logs(report: &Report) -> Option<String> {
    let is_there = |wanted: &str| {
        let mut spans = report.coverage.iter();
        spans.any(|span| span.channel.eq_ignore_ascii_case(wanted))
    };
    let wanted = report.scope.channels.iter().map(String::as_str);
    let missing: Vec<&str> = wanted.filter(|wanted| !is_there(wanted)).collect();
    if report.coverage.is_empty() || missing.is_empty() {
        return None;
    }
    let names = report.coverage.iter().map(|span| span.channel.as_str());
    Some(format!(
        "No log {} is in the collection; it has {}.",
        words::either(&missing),
        known(names)
    ))
}

fn known_computers(report: &Report) -> String {
    known(report.coverage.iter().map(|span| span.computer.as_str()))
}

/// Some of these names, each once.
fn known<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    match names.is_empty() {
        true => "none with a name".into(),
        false => words::some(&names, MOST_NAMED),
    }
}

fn add_list(doc: &mut Doc, title: &'static str, standing: Standing, context: &Context) {
    let items: Vec<Entry> = listed(context.report, standing)
        .take(MOST_LISTED)
        .map(|finding| entry(finding, context))
        .collect();
    if items.is_empty() {
        return;
    }
    doc.title(context.reader.timed(title));
    doc.entries(Entries {
        caption: title,
        columns: ["article", "title"],
        brief: is_long(context),
        items,
    });
    let more = listed(context.report, standing)
        .count()
        .saturating_sub(MOST_LISTED);
    if more > 0 {
        doc.para(format!("and {more} more."));
    }
}

/// A finding in one line.
fn entry(finding: &Finding, context: &Context) -> Entry {
    let reader = context.reader;
    let mut facts = Vec::new();
    if finding.history {
        let mut fact = Fact::new("state", ["history: mended since".into(), "history".into()]);
        fact.tone = Tone::Warn;
        facts.push(fact);
    }
    let is_contradicted = finding.cause.state == CauseState::Contradicted;
    if is_contradicted {
        let mut fact = Fact::new("cause", ["cause contradicted".into(), "other cause".into()]);
        fact.tone = Tone::Warn;
        facts.push(fact);
    }
    let computers = context.short_names(&finding.computers);
    if !computers.is_empty() {
        let forms = [4, 2, 1].map(|most| words::some(&computers, most));
        // The first label of one name says more than that it is one.
        let number = match computers.as_slice() {
            [name] => short_name(name).to_owned(),
            _ => words::count(computers.len() as u64, "computer"),
        };
        let brief = match (computers.first(), computers.len()) {
            (Some(name), 1) => (*name).to_owned(),
            (Some(name), all) => format!("{name} +{}", all - 1),
            (None, _) => String::new(),
        };
        facts.push(Fact::new("where", forms.into_iter().chain([number])).in_brief(brief));
    }
    let objects = about::objects(finding);
    if !objects.is_empty() {
        facts.push(Fact::new("what", objects));
    }
    let often = words::grouped(said::sure_occurrences(finding));
    facts.push(Fact::new("how often", [said::occurrences(finding)]).in_brief(often));
    let mut when = Fact::new("when", reader.zone.short_spans(finding.first, finding.last));
    when.gives_way = true;
    if let Some(last) = finding.last.or(finding.first) {
        when = when.in_brief(reader.zone.part(last, "%F"));
    }
    facts.push(when);
    Entry {
        mark: Span {
            text: Clean::new(said::verdict(finding.verdict)),
            tone: said::verdict_tone(finding.verdict),
            is_link: false,
        },
        name: Clean::new(&finding.signature.id),
        title: match (is_long(context), finding.history, is_contradicted) {
            (true, true, _) => Line::toned(Tone::Warn, "history: ").plain(&finding.signature.title),
            (true, false, true) => {
                Line::toned(Tone::Warn, "other cause: ").plain(&finding.signature.title)
            }
            _ => Line::from(&finding.signature.title),
        },
        facts,
        more: Vec::new(),
        target: (reader.detail > Detail::Summary).then(|| Anchor::new(&finding.signature.id)),
    }
}

/// What the list leaves out, in one line.
fn add_uncounted(doc: &mut Doc, context: &Context) {
    let report = context.report;
    let rivals = offered(report)
        .filter(|finding| finding.rival_of.is_some())
        .count() as u64;
    let ruled_out = report.findings.len() as u64 - offered(report).count() as u64;
    let mut parts = Vec::new();
    if rivals > 0 {
        let explain = if rivals == 1 { "explains" } else { "explain" };
        parts.push(format!(
            "{} {explain} no more than the same events",
            words::count(rivals, "more article")
        ));
    }
    // Only where it is all there is to say, or asked for: it is no part of the answer else.
    let is_said = context.is_full() || rivals + offered(report).count() as u64 == 0;
    if ruled_out > 0 && is_said {
        let are = if ruled_out == 1 { "is" } else { "are" };
        parts.push(format!(
            "{} {are} ruled out",
            words::count(ruled_out, "article")
        ));
    }
    if !parts.is_empty() {
        let hint = match context.is_full() {
            true => String::new(),
            false => context.reader.hint("-v", "says which and why"),
        };
        doc.para(format!("{}{hint}.", parts.join("; ")));
    }
}

fn add_harmless(doc: &mut Doc, report: &Report) {
    if report.harmless.findings == 0 {
        return;
    }
    let ids: Vec<&str> = listed(report, Standing::Harmless)
        .map(|finding| finding.signature.id.as_str())
        .collect();
    let ids = match ids.is_empty() {
        true => String::new(),
        false => format!(" ({})", words::some(&ids, MOST_NAMED)),
    };
    doc.para(Line::toned(Tone::Good, "Harmless: ").plain(format!(
        "{} can be ignored, as {} {}{ids}.",
        words::count(report.harmless.events, "event"),
        words::count(report.harmless.findings, "article"),
        if report.harmless.findings == 1 {
            "says"
        } else {
            "say"
        },
    )));
}

/// A finding in one line of text.
pub(super) fn one_line(finding: &Finding, reader: &Reader) -> String {
    format!(
        "{} {}: {} ({} on {}, {}; cause {})",
        finding.signature.id,
        said::verdict(finding.verdict),
        finding.signature.title,
        said::occurrences(finding),
        words::some(&finding.computers, 4),
        reader.zone.full_span(finding.first, finding.last),
        finding.cause.state.as_str(),
    )
}

/// The articles that the evidence speaks against, with their reasons.
pub(super) fn add_ruled_out(doc: &mut Doc, context: &Context) {
    if !context.is_full() {
        return;
    }
    let ruled_out = context
        .report
        .findings
        .iter()
        .filter(|finding| !finding.is_offered());
    let lines: Vec<Line> = ruled_out
        .map(|finding| {
            let why = said::why(finding, context.zone());
            let better = finding.better.as_ref();
            let better = better.map_or_else(String::new, |better| format!(" Better: {better}."));
            Line::toned(Tone::Strong, &finding.signature.id).plain(format!(
                " {}. {why}{better}",
                words::clause(&finding.signature.title)
            ))
        })
        .collect();
    if !lines.is_empty() {
        doc.heading("Ruled out");
        doc.list(lines);
    }
}
