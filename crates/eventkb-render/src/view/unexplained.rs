//! What no finding explains: frequent errors and warnings with their values, the articles that
//! name them, and what came closest.

use std::collections::BTreeSet;

use eventkb::Found;
use eventkb::report::{Lead, NearMiss, Unexplained, ValueCounts};

use super::{Context, Detail, Reader};
use crate::Clean;
use crate::doc::{Cell, Doc, Entries, Entry, Fact, Line, Span, Table, Tone};
use crate::words::{self, event, finding as about, lead as why, symptom};

/// Kinds of events shown, unless all are wanted.
const MOST_KINDS: usize = 8;
/// The same where many findings stand before them.
const FEW_KINDS: usize = 4;
/// Values of one kind of event.
const MOST_VALUES: usize = 3;
/// Contents of one value.
const MOST_CONTENTS: usize = 4;
/// Leads told for one kind of event, where all is told.
const MOST_LEADS: usize = 3;
/// Further leads of it, by their ids.
const MOST_IDS: usize = 4;
/// Events of one lead.
const MOST_EVENTS: usize = 8;
/// Near misses and leads in tables.
const MOST_ROWS: usize = 10;
/// Leads in a table, where not all is told.
const FEW_ROWS: usize = 3;

/// Adds the list of the answer.
pub(super) fn add(doc: &mut Doc, context: &Context) {
    let report = context.report;
    if report.totals.records_read == 0 {
        if report.totals.files > 0 {
            doc.para("No record was read, so this says nothing about the computers.");
        }
        return;
    }
    if report.unexplained_not_counted {
        doc.para("Errors and warnings that no article explains were not counted.");
        return;
    }
    if report.unexplained.is_empty() {
        return;
    }
    let is_brief = super::answer::has_many(context) && !context.is_full();
    let most = match (context.is_full(), is_brief) {
        (true, _) => usize::MAX,
        (false, true) => FEW_KINDS,
        (false, false) => MOST_KINDS,
    };
    doc.title(
        context
            .reader
            .timed("Errors and warnings that no article explains"),
    );
    doc.entries(Entries {
        caption: "Errors and warnings that no article explains",
        columns: ["event", "what it says"],
        brief: is_brief,
        items: report
            .unexplained
            .iter()
            .take(most)
            .scan(BTreeSet::new(), |told, kind| {
                Some(entry(kind, told, is_brief, context))
            })
            .collect(),
    });
    let unlisted = report.unexplained.len().saturating_sub(most) as u64 + report.unexplained_more;
    if unlisted > 0 {
        let hint = match context.is_full() {
            true => String::new(),
            false => context.reader.hint("-v", "lists more of them"),
        };
        let kinds = if unlisted == 1 { "kind" } else { "kinds" };
        doc.para(format!(
            "and {} more {kinds} of them{hint}.",
            words::grouped(unlisted)
        ));
    }
}

/// `told` are the leads whose reasons were given further up.
fn entry<'a>(
    kind: &'a Unexplained,
    told: &mut BTreeSet<&'a str>,
    is_brief: bool,
    context: &Context<'a>,
) -> Entry {
    let text = match &kind.sentence {
        Some(sentence) => format!("{}: {sentence}", kind.provider),
        None => kind.provider.clone(),
    };
    let computers = [3, 1].map(|most| words::some(&context.short_names(&kind.computers), most));
    let often = Fact::new("how often", [words::times(kind.count)]);
    let mut facts = vec![often.in_brief(words::grouped(kind.count))];
    if !kind.computers.is_empty() {
        let names = context.short_names(&kind.computers);
        let brief = match (names.first(), names.len()) {
            (Some(name), 1) => (*name).to_owned(),
            (Some(name), all) => format!("{name} +{}", all - 1),
            (None, _) => String::new(),
        };
        facts.push(Fact::new("where", computers).in_brief(brief));
    }
    let mut when = Fact::new("when", context.zone().short_spans(kind.first, kind.last));
    if let Some(last) = kind.last.or(kind.first) {
        when = when.in_brief(context.zone().part(last, "%F"));
    }
    facts.push(when);
    let mut more: Vec<Line> = kind
        .values
        .iter()
        .filter(|counts| context.is_full() || tells_something(counts))
        .take(MOST_VALUES)
        .map(|counts| values(counts).into())
        .collect();
    more.extend(leads_of(kind, told, context));
    Entry {
        mark: Span {
            text: Clean::new(event::level(Some(kind.level))),
            tone: event::level_tone(Some(kind.level)),
            is_link: false,
        },
        name: Clean::new(&kind.event_id.to_string()),
        // One line has no room for more than the best lead.
        title: match kind.leads.first().filter(|_| is_brief) {
            Some(lead) => Line::toned(Tone::Strong, format!("see {lead} ")).plain(text),
            None => text.into(),
        },
        facts,
        more,
        target: None,
    }
}

/// Whether some content stands out: a value that is another one each time tells nothing at a glance.
fn tells_something(counts: &ValueCounts) -> bool {
    counts.distinct <= 1 || counts.top.first().is_some_and(|top| top.count > 1)
}

/// `service: Spooler (28), W32Time (3) and 4 more`.
fn values(counts: &ValueCounts) -> String {
    let shown: Vec<String> = counts
        .top
        .iter()
        .take(MOST_CONTENTS)
        .map(|content| {
            let value = event::shown(&content.value);
            let number = words::grouped(content.count);
            // Of very many different events not all are kept apart.
            let number = match counts.at_least {
                true => format!("at least {number}"),
                false => number,
            };
            match &content.meaning {
                Some(meaning) => format!("{value} = {meaning} ({number})"),
                None => format!("{value} ({number})"),
            }
        })
        .collect();
    let more = counts.distinct.saturating_sub(shown.len() as u64);
    let name = event::value_name(&counts.name);
    let more = match (more, counts.at_least) {
        (0, _) => String::new(),
        (more, false) => format!(" and {} more", words::grouped(more)),
        (more, true) => format!(" and at least {} more", words::grouped(more)),
    };
    format!("{name}: {}{more}", shown.join(", "))
}

/// The best leads for one kind of event, each with why: one, or a few where all is told.
fn leads_of<'a>(
    kind: &'a Unexplained,
    told: &mut BTreeSet<&'a str>,
    context: &Context<'a>,
) -> Vec<Line> {
    let most = match context.is_full() {
        true => MOST_LEADS,
        false => 1,
    };
    let find = |id: &String| {
        let mut leads = context.report.leads.iter();
        leads.find(|lead| lead.article.id == *id)
    };
    let shown: Vec<&Lead> = kind.leads.iter().take(most).filter_map(find).collect();
    let more = kind.leads.len().saturating_sub(shown.len());
    let mut lines: Vec<Line> = shown
        .iter()
        .map(|lead| {
            let line = Line::toned(Tone::Dim, "lead: ").and(Tone::Strong, &lead.article.id);
            match told.insert(&lead.article.id) {
                true => line.plain(format!(" {}: {}", lead.article.title, why::line(lead))),
                false => line.plain(", as said above"),
            }
        })
        .collect();
    if lines.is_empty() && !kind.leads.is_empty() {
        // A report that was made elsewhere may name leads that it does not list.
        let ids: Vec<&str> = kind.leads.iter().map(String::as_str).collect();
        lines.push(Line::toned(Tone::Dim, "leads: ").plain(words::some(&ids, MOST_IDS)));
        return lines;
    }
    if let Some(last) = lines.pop() {
        let ids = kind.leads.iter().skip(shown.len()).map(String::as_str);
        let ids: Vec<&str> = ids.collect();
        lines.push(match more {
            0 => last,
            _ => last.and(
                Tone::Dim,
                format!(" (then {})", words::some(&ids, MOST_IDS)),
            ),
        });
    }
    lines
}

/// Adds leads and near misses with their reasons.
pub(super) fn add_details(doc: &mut Doc, context: &Context) {
    let nothing = super::answer::offered(context.report).next().is_none();
    add_leads(doc, context);
    if context.is_full() || nothing {
        add_near_misses(doc, context);
    }
}

fn add_leads(doc: &mut Doc, context: &Context) {
    let report = context.report;
    if report.leads.is_empty() {
        return;
    }
    let most = match context.is_full() {
        true => MOST_ROWS,
        false => FEW_ROWS,
    };
    doc.heading("Leads: articles that name what nothing explains");
    doc.para("They are places to read on and no verdicts.");
    doc.table(leads_table(&report.leads, most, context.is_full()));
    let more = report.leads.len().saturating_sub(most);
    if more > 0 {
        let hint = match context.is_full() {
            true => context.reader.hint("--format json", "has all of them"),
            false => context
                .reader
                .hint("-v", "lists more of them, with every reason"),
        };
        doc.para(format!("and {more} more{hint}."));
    }
}

/// Leads as a table: why in one line, or reason by reason.
pub(super) fn leads_table(leads: &[Lead], most: usize, in_full: bool) -> Table {
    let mut table = match in_full {
        true => Table::new("Leads", &["article", "names", "why"]),
        false => Table::new("Leads", &["article", "why"]),
    };
    for lead in leads.iter().take(most) {
        table.row(lead_row(lead, in_full));
    }
    table
}

/// Articles that were asked for.
pub fn found_articles(found: &Found, reader: &Reader) -> Doc {
    let mut doc = Doc::default();
    if found.leads.is_empty() {
        doc.para("No article names this.");
        return doc;
    }
    let in_full = reader.detail >= Detail::Full;
    doc.table(leads_table(&found.leads, usize::MAX, in_full));
    if found.more > 0 {
        let hint = reader.hint("--limit N", "lists more");
        doc.para(format!("and {} more{hint}.", words::grouped(found.more)));
    }
    doc
}

fn lead_row(lead: &Lead, in_full: bool) -> Vec<Cell> {
    let mut article = vec![
        Line::toned(Tone::Strong, &lead.article.id),
        lead.article.title.as_str().into(),
        Line::default().address(&lead.article.source),
    ];
    article.retain(|line| !line.text().is_empty());
    if !in_full {
        return vec![Cell::lines(article), why::line(lead).into()];
    }
    let mut events: Vec<Line> = lead
        .events
        .iter()
        .take(MOST_EVENTS)
        .map(|one| event::reference(one).into())
        .collect();
    let more = lead.events.len().saturating_sub(MOST_EVENTS);
    if more > 0 {
        events.push(format!("and {more} more").into());
    }
    let reasons = lead.reasons.iter().map(|reason| why::reason(reason).into());
    let mut why: Vec<Line> = reasons.collect();
    why.extend(why::equals(lead).map(|equals| Line::toned(Tone::Dim, equals)));
    vec![Cell::lines(article), Cell::lines(events), Cell::lines(why)]
}

fn add_near_misses(doc: &mut Doc, context: &Context) {
    let report = context.report;
    if report.near_misses.is_empty() {
        return;
    }
    doc.heading("What came closest");
    let mut table = Table::new("Near misses", &["article", "found", "missing, and why"]);
    for miss in report.near_misses.iter().take(MOST_ROWS) {
        table.row(near_miss(miss, context));
    }
    doc.table(table);
    let more = report.near_misses.len().saturating_sub(MOST_ROWS);
    if more > 0 {
        doc.para(format!("and {more} more."));
    }
    if let Some(closest) = report.near_misses.first() {
        let command = format!("eventkb explain {} PATH...", closest.signature.id);
        let hint = context.reader.hint(&command, "shows every condition");
        if let Some(hint) = hint.strip_prefix("; ") {
            doc.para(format!("{hint}."));
        }
    }
}

fn near_miss(miss: &NearMiss, context: &Context) -> Vec<Cell> {
    let zone = context.zone();
    let mut article = vec![
        Line::toned(Tone::Strong, &miss.signature.id),
        miss.signature.title.as_str().into(),
    ];
    if let Some(first) = miss.first {
        let computers = words::some(&miss.computers, MOST_CONTENTS);
        article.push(format!("first {} on {computers}", zone.full(first)).into());
    }
    let found = miss
        .found
        .iter()
        .take(MOST_CONTENTS)
        .map(|id| symptom::name(&[], id).into());
    let unmet = miss.unmet.iter().take(MOST_CONTENTS);
    let unmet = unmet.map(|unmet| about::unmet(unmet, zone).into());
    vec![
        Cell::lines(article),
        Cell::lines(found.collect()),
        Cell::lines(unmet.collect()),
    ]
}
