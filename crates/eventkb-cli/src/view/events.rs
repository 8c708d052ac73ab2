//! Records, one row or one JSON object each.

use eventkb::event::{Event, level_name};
use serde::Serialize;

use super::{Reader, words};
use crate::render::doc::{Cell, Doc, Line, Table, Tone};

/// One record as `events --format jsonl` prints it.
#[derive(Debug, Serialize)]
pub(crate) struct JsonEvent<'a> {
    provider: &'a str,
    event_source: Option<&'a str>,
    event_id: u16,
    qualifiers: Option<u16>,
    level: Option<u8>,
    category: Option<u16>,
    category_name: Option<&'a str>,
    channel: Option<&'a str>,
    computer: Option<&'a str>,
    time: Option<jiff::Timestamp>,
    record_id: Option<u64>,
    strings: Option<&'a [String]>,
    named: Vec<Named<'a>>,
    message: Option<&'a str>,
    file: &'a str,
    offset: Option<u64>,
    trust: &'static str,
}

/// A value with its name; names may repeat.
#[derive(Debug, Serialize)]
struct Named<'a> {
    name: &'a str,
    value: &'a str,
}

impl<'a> From<&'a Event> for JsonEvent<'a> {
    fn from(event: &'a Event) -> JsonEvent<'a> {
        JsonEvent {
            provider: &event.provider,
            event_source: event.event_source.as_deref(),
            event_id: event.event_id,
            qualifiers: event.qualifiers,
            level: event.level,
            category: event.category,
            category_name: event.category_name.as_deref(),
            channel: event.channel.as_deref(),
            computer: event.computer.as_deref(),
            time: event.time,
            record_id: event.record_id,
            strings: event.strings.as_deref(),
            named: event
                .named
                .iter()
                .map(|(name, value)| Named { name, value })
                .collect(),
            message: event.message.as_deref(),
            file: &event.file,
            offset: event.offset,
            trust: event.trust.as_str(),
        }
    }
}

/// An event, and its sentence where the log has no text of its own.
pub(crate) struct Row {
    pub(crate) event: Event,
    pub(crate) sentence: Option<String>,
}

/// A table of records.
pub(crate) fn doc(rows: &[Row], reader: &Reader) -> Doc {
    let when = reader.timed("time");
    let mut table = if reader.wide {
        Table::new(&[
            &when,
            "level",
            "source",
            ">event",
            "computer",
            "text and record",
        ])
    } else {
        Table::new(&[&when, "source", ">event", "text and record"])
    };
    for row in rows {
        let event = &row.event;
        let time = event
            .time
            .map_or_else(|| "no time".into(), |time| reader.zone.cell(time));
        let level = level(event);
        let id = event.event_id.to_string();
        let computer = event.computer.as_deref().unwrap_or("unknown");
        table.row(if reader.wide {
            let record = Line::toned(Tone::Dim, format!("{} in {}", record(event), event.file));
            let provider = event.provider.as_str().into();
            let text = Cell::lines(vec![text(row), record]);
            vec![
                time.into(),
                level,
                provider,
                id.into(),
                computer.into(),
                text,
            ]
        } else {
            let mut source = level;
            source.lines.insert(0, event.provider.as_str().into());
            let record = format!("{} on {computer} in {}", record(event), event.file);
            let text = Cell::lines(vec![text(row), record.into()]);
            vec![time.into(), source, id.into(), text]
        });
    }
    let mut doc = Doc::default();
    doc.table(table);
    doc
}

fn level(event: &Event) -> Cell {
    match event.level {
        Some(level @ (1 | 2)) => Cell::toned(Tone::Bad, level_name(level)),
        Some(3) => Cell::toned(Tone::Warn, level_name(3)),
        Some(level) => level_name(level).into(),
        None => "unknown".into(),
    }
}

fn record(event: &Event) -> String {
    let mut text = match (event.record_id, event.offset) {
        (Some(id), _) => format!("record {id}"),
        (None, Some(offset)) => format!("byte {offset}"),
        (None, None) => "record without id".into(),
    };
    if let Some(channel) = &event.channel {
        text.push_str(&format!(" of {channel}"));
    }
    if let Some(trust) = words::trust(event.trust) {
        text.push_str(&format!(" [{trust}]"));
    }
    text
}

/// The log's own text, or our sentence, or the bare strings.
fn text(row: &Row) -> Line {
    let event = &row.event;
    if let Some(message) = event.message.as_deref().or(row.sentence.as_deref()) {
        // A message may have several paragraphs; in a table it is one.
        return message
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .into();
    }
    let named: Vec<String> = event
        .named
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    match &event.strings {
        _ if !named.is_empty() => named.join("; ").into(),
        Some(strings) if !strings.is_empty() => strings.join("; ").into(),
        Some(_) => "(no strings)".into(),
        None => "(this export carries no strings)".into(),
    }
}
