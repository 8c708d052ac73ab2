//! Articles of an index: the list, one of them, how much was understood, what a build did.

use eventkb::articles::{Article, EventNamed, EventRole, Missing, Passage, ProviderHow};

use super::Reader;
use crate::doc::{Cell, Doc, Line, Table, Tone};
use crate::words;

/// Events named in one row of the list.
const MOST_EVENTS: usize = 4;
/// Articles listed by name in a check.
const MOST_LISTED: usize = 40;

/// Articles, one a row.
pub fn articles<'a>(articles: impl Iterator<Item = &'a Article>, reader: &Reader) -> Doc {
    let titles: &[&str] = if reader.is_wide() {
        &["id", "title", "events", "source"]
    } else {
        &["id", "title", "events"]
    };
    let mut table = Table::new("Articles", titles);
    let mut number = 0;
    for article in articles {
        number += 1;
        let mut row = vec![
            Cell::toned(Tone::Strong, &article.id),
            Cell::from(&article.title),
            Cell::lines(event_lines(article)),
        ];
        if reader.is_wide() {
            row.push(Cell::from(article.source().unwrap_or_default()));
        }
        table.row(row);
    }
    let mut doc = Doc::default();
    doc.table(table);
    doc.para(format!("{}.", words::count(number, "article")));
    doc
}

fn event_lines(article: &Article) -> Vec<Line> {
    let mut lines: Vec<Line> = article.events().take(MOST_EVENTS).map(name).collect();
    let more = article.events().count().saturating_sub(MOST_EVENTS);
    if more > 0 {
        lines.push(Line::toned(Tone::Dim, format!("and {more} more")));
    }
    lines
}

fn name(event: &EventNamed) -> Line {
    let provider = event.provider.as_deref().unwrap_or("(no source)");
    let line = Line::from(format!("{provider} {}", event.event_id));
    match event.role {
        EventRole::Symptom => line,
        role => line.and(Tone::Dim, format!(" ({})", role_words(role))),
    }
}

fn role_words(role: EventRole) -> &'static str {
    match role {
        EventRole::Symptom => "symptom",
        EventRole::Reference => "mentioned",
        EventRole::AfterFix => "after the fix",
        EventRole::Harmless => "harmless",
    }
}

/// How a source is known, in words.
fn how(event: &EventNamed) -> String {
    let known = match event.provider_how {
        Some(ProviderHow::Field) => "in a field",
        Some(ProviderHow::Inline) => "beside the id",
        Some(ProviderHow::Table) => "in a table",
        Some(ProviderHow::Prose) => "in a sentence",
        Some(ProviderHow::Inferred) => "from another article",
        None => "not said",
    };
    let mut text = known.to_owned();
    if let Some(from) = &event.provider_from {
        text.push_str(&format!(", {from}"));
    }
    let other = event.provider_written.as_deref();
    if let Some(written) = other.filter(|written| Some(*written) != event.provider.as_deref()) {
        text.push_str(&format!(", written `{written}`"));
    }
    text
}

/// One article: its facts, and the passage behind them.
pub fn article(article: &Article, passage: &Result<Passage, Missing>) -> Doc {
    let mut doc = Doc::default();
    doc.heading(format!("{}  {}", article.id, article.title));
    let mut fields = Vec::new();
    if let Some(path) = &article.path {
        fields.push(("Copy", vec![Line::from(&**path)]));
    }
    if let Some(url) = &article.url {
        fields.push(("Address", vec![Line::default().address(url)]));
    }
    if !article.products.is_empty() {
        let products: Vec<&str> = article.products.iter().map(|p| &**p).collect();
        fields.push(("Products", vec![products.join("; ").into()]));
    }
    if let Some(date) = &article.date {
        fields.push(("Date", vec![Line::from(&**date)]));
    }
    if !article.codes.is_empty() {
        let codes: Vec<&str> = article.codes.iter().map(|code| &*code.written).collect();
        fields.push(("Other codes", vec![codes.join(", ").into()]));
    }
    doc.fields(fields);
    for (number, problem) in article.problems.iter().enumerate() {
        if article.problems.len() > 1 {
            doc.sub(format!(
                "Problem {}, lines {} to {}",
                number + 1,
                problem.lines.first,
                problem.lines.last
            ));
        }
        let mut table = Table::new(
            "Events",
            &["event", "level", "role", "source known", "says", ">lines"],
        );
        for event in &problem.events {
            table.row(event_row(event));
        }
        doc.table(table);
    }
    show_passage(&mut doc, article, passage);
    doc
}

fn event_row(event: &EventNamed) -> Vec<Cell> {
    let provider = event.provider.as_deref().unwrap_or("(no source)");
    let mut says: Vec<Line> = event
        .phrases
        .iter()
        .take(3)
        .map(|phrase| Line::from(&*phrase.text))
        .collect();
    if !event.codes.is_empty() {
        let codes: Vec<&str> = event.codes.iter().map(|code| &*code.written).collect();
        says.push(Line::toned(
            Tone::Dim,
            format!("codes {}", codes.join(", ")),
        ));
    }
    let lines = match event.lines {
        lines if lines.first == 0 => String::new(),
        lines if lines.first == lines.last => lines.first.to_string(),
        lines => format!("{}-{}", lines.first, lines.last),
    };
    vec![
        Cell::toned(Tone::Strong, format!("{provider} {}", event.event_id)),
        Cell::from(event.level.map_or("", level)),
        Cell::from(role_words(event.role)),
        Cell::from(how(event)),
        Cell::lines(says),
        Cell::from(lines),
    ]
}

fn level(level: eventkb::signature::model::LevelName) -> &'static str {
    use eventkb::signature::model::LevelName;
    match level {
        LevelName::Critical => "critical",
        LevelName::Error => "error",
        LevelName::Warning => "warning",
        LevelName::Information => "information",
        LevelName::Verbose => "verbose",
    }
}

fn show_passage(doc: &mut Doc, article: &Article, passage: &Result<Passage, Missing>) {
    match passage {
        Err(Missing::NoPath) => {}
        Err(Missing::NotFound) => doc.para(format!(
            "The copy is not here: {} was looked for from this folder and from that of the index.",
            article.path.as_deref().unwrap_or_default()
        )),
        Err(Missing::Unreadable(reason)) => doc.para(format!(
            "The copy {} cannot be read: {reason}.",
            article.path.as_deref().unwrap_or_default()
        )),
        Err(_) => doc.para("The copy cannot be shown."),
        Ok(passage) => {
            doc.sub(format!("In {}", passage.path.display()));
            if passage.changed {
                doc.para(Line::toned(
                    Tone::Warn,
                    "The copy was changed since the index was built: lines may have moved.",
                ));
            }
            // Tabs would be drawn as marks; what all lines begin with says nothing.
            let spread: Vec<String> = passage
                .lines
                .iter()
                .map(|line| line.text.replace('\t', "    "))
                .collect();
            let indents = spread.iter().filter(|text| !text.trim().is_empty());
            let indent = indents
                .map(|text| text.len() - text.trim_start().len())
                .min()
                .unwrap_or(0);
            let mut table = Table::new("Passage", &["", ">line", "text"]);
            let mut before = None;
            for (line, text) in passage.lines.iter().zip(&spread) {
                if before.is_some_and(|before| line.number > before + 1) {
                    table.row(vec![
                        Cell::from(""),
                        Cell::from(""),
                        Cell::toned(Tone::Dim, "..."),
                    ]);
                }
                before = Some(line.number);
                let (mark, tone) = if line.marked {
                    (">", Tone::Strong)
                } else {
                    ("", Tone::Plain)
                };
                table.row(vec![
                    Cell::from(mark),
                    Cell::from(line.number.to_string()),
                    Cell::toned(tone, text.get(indent..).unwrap_or_default().trim_end()),
                ]);
            }
            doc.table(table);
        }
    }
}

/// How much of an index was understood: in sum, and the articles of which something was not.
pub fn checked_articles(articles: &[Article], reader: &Reader) -> Doc {
    let events: Vec<&EventNamed> = articles.iter().flat_map(Article::events).collect();
    let mut doc = Doc::default();
    doc.heading("How much was understood");
    understood_sums(articles, &events, &mut doc);
    doc.table(sources_table(&events));
    doc.table(roles_table(&events));
    gaps(articles, reader, &mut doc);
    doc
}

fn understood_sums(articles: &[Article], events: &[&EventNamed], doc: &mut Doc) {
    let count = |wanted: &dyn Fn(&Article) -> bool| {
        let number = articles.iter().filter(|article| wanted(article)).count();
        words::grouped(number as u64)
    };
    let naming = count(&|article| article.events().next().is_some());
    let known = count(&|article| article.events().any(|event| event.provider.is_some()));
    let all = words::grouped(articles.len() as u64);
    let articles = format!("{all}, of which {naming} name events, {known} with a source");
    doc.fields(vec![
        ("Articles", vec![articles.into()]),
        ("Events", vec![words::grouped(events.len() as u64).into()]),
    ]);
}

/// A row: how many events are so.
fn event_count(
    what: &str,
    events: &[&EventNamed],
    wanted: impl Fn(&EventNamed) -> bool,
) -> Vec<Cell> {
    let number = events.iter().filter(|event| wanted(event)).count();
    vec![Cell::from(what), Cell::from(words::grouped(number as u64))]
}

/// Where articles say which source an event has.
fn sources_table(events: &[&EventNamed]) -> Table {
    let mut table = Table::new("Sources", &["source", ">events"]);
    for (how, what) in [
        (Some(ProviderHow::Field), "in a field of its own"),
        (Some(ProviderHow::Inline), "beside the id"),
        (Some(ProviderHow::Table), "in a table"),
        (Some(ProviderHow::Prose), "in a sentence"),
        (Some(ProviderHow::Inferred), "from another article"),
        (None, "not said: such events are found by id and text only"),
    ] {
        table.row(event_count(what, events, |event| event.provider_how == how));
    }
    table
}

/// What events are to their articles.
fn roles_table(events: &[&EventNamed]) -> Table {
    let mut table = Table::new("Roles", &["role", ">events"]);
    for role in [
        EventRole::Symptom,
        EventRole::Reference,
        EventRole::AfterFix,
        EventRole::Harmless,
    ] {
        table.row(event_count(role_words(role), events, |event| {
            event.role == role
        }));
    }
    table
}

/// The articles of which something was not understood.
fn gaps(articles: &[Article], reader: &Reader, doc: &mut Doc) {
    let doubtful = |article: &&Article| {
        !article.unclear.is_empty() || article.events().any(|event| event.provider.is_none())
    };
    let most = if reader.detail > super::Detail::Short {
        usize::MAX
    } else {
        MOST_LISTED
    };
    let mut table = Table::new("Articles with gaps", &["id", "no source", "not understood"]);
    for article in articles.iter().filter(doubtful).take(most) {
        let ids: Vec<String> = article
            .events()
            .filter(|event| event.provider.is_none())
            .map(|event| event.event_id.to_string())
            .collect();
        let lines: Vec<String> = article
            .unclear
            .iter()
            .map(|line| format!("line {line}"))
            .collect();
        table.row(vec![
            Cell::toned(Tone::Strong, &article.id),
            Cell::from(shortened(&ids)),
            Cell::from(shortened(&lines)),
        ]);
    }
    let all = articles.iter().filter(doubtful).count();
    doc.sub("Articles with gaps");
    doc.table(table);
    if all > most {
        let hint = reader.hint("-v", "lists all");
        doc.para(format!(
            "and {} more{hint}.",
            words::grouped((all - most) as u64)
        ));
    } else if all == 0 {
        doc.para("None.");
    }
}

fn shortened(all: &[String]) -> String {
    const MOST: usize = 12;
    let mut text = all
        .iter()
        .take(MOST)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if all.len() > MOST {
        text.push_str(&format!(" and {} more", all.len() - MOST));
    }
    text
}
