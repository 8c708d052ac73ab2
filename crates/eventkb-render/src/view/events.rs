//! Records: as a table, one line each, or one row of CSV each.

use eventkb_logs::Event;

use super::Reader;
use super::cited::CitedFiles;
use crate::Clean;
use crate::doc::{Cell, Doc, Line, Table, Tone};
use crate::words::event as said;

/// The columns of [`event_csv`].
pub const EVENT_COLUMNS: [&str; 12] = [
    "time",
    "level",
    "provider",
    "event_id",
    "channel",
    "computer",
    "record_id",
    "text",
    "strings",
    "named",
    "file",
    "trust",
];

/// An event, and a sentence for it where the log has no text of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// The event.
    pub event: Event,
    /// What it says, in our words.
    pub sentence: Option<String>,
}

/// A table of records.
pub fn events(rows: &[EventRow], reader: &Reader) -> Doc {
    let when = reader.timed("time");
    let mut table = if reader.is_wide() {
        let titles = [
            &when,
            "level",
            "source",
            ">event",
            "computer",
            "text and record",
        ];
        Table::new("Records", &titles)
    } else {
        Table::new("Records", &[&when, "source", ">event", "text and record"])
    };
    // Each path is said once, not in every row.
    let files = CitedFiles::of(rows.iter().map(|row| &*row.event.file));
    for row in rows {
        table.row(cells(row, &files, reader));
    }
    let mut doc = Doc::default();
    if files.len() > 0 {
        doc.para(files.line_with(|path| path));
    }
    doc.table(table);
    doc
}

fn cells(row: &EventRow, files: &CitedFiles, reader: &Reader) -> Vec<Cell> {
    let event = &row.event;
    let time = event.time;
    let time = time.map_or_else(|| "no time".into(), |time| reader.zone.cell(time));
    let level = Cell::toned(said::level_tone(event.level), said::level(event.level));
    let id = event.event_id.to_string();
    let computer = event.computer.as_deref().unwrap_or("unknown");
    if reader.is_wide() {
        let record = format!("{}{}", files.mark(&event.file), record(event));
        let record = Line::toned(Tone::Dim, record);
        return vec![
            time.into(),
            level,
            event.provider.as_str().into(),
            id.into(),
            computer.into(),
            Cell::lines(vec![text(row).into(), record]),
        ];
    }
    let mut source = level;
    source.lines.insert(0, event.provider.as_str().into());
    let record = format!("{}{} on {computer}", files.mark(&event.file), record(event));
    let text = Cell::lines(vec![text(row).into(), Line::toned(Tone::Dim, record)]);
    vec![time.into(), source, id.into(), text]
}

/// One record as one line: time, level, computer, source, id, text. Safe to print.
pub fn event_line(row: &EventRow, reader: &Reader) -> String {
    let event = &row.event;
    let time = event.time;
    let time = time.map_or_else(|| "no time".into(), |time| reader.zone.full(time));
    let line = format!(
        "{time} {:<11} {} {} {}: {}",
        said::level(event.level),
        event.computer.as_deref().unwrap_or("unknown"),
        event.provider,
        event.event_id,
        text(row)
    );
    Line::from(line).text()
}

/// One record as a row of CSV (RFC 4180), without its line end. Times are RFC 3339 in UTC. A value
/// that a spreadsheet would compute gets a `'` before it.
pub fn event_csv(row: &EventRow) -> String {
    let event = &row.event;
    let list = |value: serde_json::Result<String>| value.unwrap_or_default();
    let named: Vec<(&str, &str)> = event
        .named
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let strings = event.strings.as_ref();
    csv_row(&[
        event.time.map_or_else(String::new, |time| time.to_string()),
        said::level(event.level).to_owned(),
        event.provider.clone(),
        event.event_id.to_string(),
        event.channel.clone().unwrap_or_default(),
        event.computer.clone().unwrap_or_default(),
        event
            .record_id
            .map_or_else(String::new, |id| id.to_string()),
        text(row),
        strings.map_or_else(String::new, |strings| list(serde_json::to_string(strings))),
        match named.is_empty() {
            true => String::new(),
            false => list(serde_json::to_string(&named)),
        },
        event.file.to_string(),
        event.trust.as_str().to_owned(),
    ])
}

fn csv_row(fields: &[String]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| csv_field(field)).collect();
    fields.join(",")
}

fn csv_field(text: &str) -> String {
    // Line ends and other characters that act are written as escapes.
    let clean = Clean::new(text);
    let computed = clean.as_str().starts_with(['=', '+', '-', '@']);
    let text = match computed {
        true => format!("'{}", clean.as_str()),
        false => clean.as_str().to_owned(),
    };
    match text.contains([',', '"', ';']) || text.starts_with(' ') || text.ends_with(' ') {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

fn record(event: &Event) -> String {
    let mut text = said::record_number(event.record_id, event.offset);
    if let Some(channel) = &event.channel {
        text.push_str(&format!(" of {channel}"));
    }
    if let Some(trust) = said::trust(event.trust) {
        text.push_str(&format!(" [{trust}]"));
    }
    text
}

/// The log's own text, or our sentence, or the bare values.
pub(super) fn text(row: &EventRow) -> String {
    let event = &row.event;
    if let Some(message) = event.message.as_deref().or(row.sentence.as_deref()) {
        // A message may have several paragraphs; here it is one.
        return message.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let named: Vec<String> = event
        .named
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    match &event.strings {
        _ if !named.is_empty() => named.join("; "),
        Some(strings) if !strings.is_empty() => strings.join("; "),
        Some(_) => "(no strings)".into(),
        None => "(this export carries no strings)".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> EventRow {
        EventRow {
            event: Event {
                provider: "MSExchangeMTA".into(),
                event_id: 9318,
                level: Some(2),
                computer: Some("SEATTLE".into()),
                time: "2000-02-06T01:20:02Z".parse().ok(),
                record_id: Some(7),
                strings: Some(vec!["=cmd|'/c calc'!A0".into(), "a\r\nb\u{1b}[2J".into()]),
                file: "a.evtx".into(),
                ..Event::default()
            },
            sentence: None,
        }
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(
            event_line(&row(), &Reader::default()),
            "2000-02-06 01:20:02 UTC error       SEATTLE MSExchangeMTA 9318: \
             =cmd|'/c calc'!A0; a\\r\\nb\\x1b[2J"
        );
    }

    #[test]
    fn csv_computes_nothing_and_quotes_what_must_be() {
        let csv = event_csv(&row());
        assert_eq!(
            csv,
            "2000-02-06T01:20:02Z,error,MSExchangeMTA,9318,,SEATTLE,7,\
             \"'=cmd|'/c calc'!A0; a\\r\\nb\\x1b[2J\",\
             \"[\"\"=cmd|'/c calc'!A0\"\",\"\"a\\r\\nb\\u001b[2J\"\"]\",,a.evtx,intact"
        );
        assert!(!csv.contains(['\n', '\r', '\u{1b}']));
        for (text, wanted) in [
            ("-1", "'-1"),
            ("@x", "'@x"),
            ("a,b", "\"a,b\""),
            ("\t=x", "\\t=x"),
        ] {
            assert_eq!(csv_field(text), wanted);
        }
    }
}
