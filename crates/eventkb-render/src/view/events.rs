//! Records: as a table, one line each, or one row of CSV each.

use eventkb_logs::Event;

use super::Reader;
use super::cited::CitedFiles;
use crate::doc::{Cell, Doc, Line, Table, Tone};
use crate::words::event as said;

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
}
