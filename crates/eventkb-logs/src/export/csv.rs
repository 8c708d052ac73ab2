//! Events as tables: what Event Viewer saves as CSV or text, what the collectors of Microsoft
//! support write (`_evt_*.csv`), LogParser, dumpel, `Export-Csv`.
//!
//! Most of these have no insertion strings, only the text made of them, and all have the local
//! time of the server: both are noted. Which columns there are is told by `source/layout.rs`.

use std::io::Read;
use std::sync::Arc;

use crate::event::{Event, Trust};
use crate::event_builder::words_of;
use crate::evt::channel_from_file_name;
use crate::export::dates::{self, Moment};
use crate::export::layout::{self, Column, Layout};
use crate::export::localized_levels::{self, MissingFields};
use crate::export::missing_description;
use crate::export::powershell;
use crate::export::rows::{Row, Rows};
use crate::export::text::{self, Window};
use crate::integrity::DefectCode;
use crate::limits;
use crate::sink::Delivery;

/// Reads the events of a table.
pub fn read(reader: &mut dyn Read, delivery: &mut Delivery<'_>) {
    let mut window = Window::new(reader);
    while window.rest().len() < limits::TEXT_BLOCK && window.more() {}
    let Some(layout) = layout::detect(window.rest()) else {
        delivery.defect(
            DefectCode::Malformed,
            Some(0),
            "no table of events in any form that is known",
        );
        text::note_failure(delivery, &window);
        return;
    };
    for _ in 0..layout.heading {
        let rest = window.rest();
        let line = rest.find('\n').map_or(rest.len(), |at| at + 1);
        window.skip(line);
    }
    let mut rows = Rows::new(window, layout.delimiter);
    let mut missing = MissingFields::default();
    missing.dates_guessed = layout.guessed;
    let mut table = Table {
        file: Arc::clone(&delivery.file),
        channel: channel_from_file_name(&delivery.file),
        missing,
        layout,
        pending: None,
        delivery,
    };
    while let Some(row) = rows.next() {
        match row {
            Row::Fields(fields) => table.row(&fields, &rows),
            Row::NotClosed => {
                table.failed(
                    &rows,
                    "a row could not be read: a quote in it is not closed",
                );
            }
            Row::TooLarge => {
                table.failed(
                    &rows,
                    "a row could not be read: it is larger than the limit for one record",
                );
                table.delivery.defect(
                    DefectCode::Limit,
                    rows.window.offset(),
                    "a row is larger than the limit for one record",
                );
            }
        }
        if table.delivery.stopped() {
            break;
        }
    }
    table.flush();
    table.missing.tell(table.delivery);
    text::note_failure(table.delivery, &rows.window);
}

struct Table<'d, 'a> {
    layout: Layout,
    file: Arc<str>,
    /// The log that the file's name tells, for rows that do not.
    channel: Option<&'static str>,
    missing: MissingFields,
    /// The last event: in tables without quotes, the lines below it may belong to its text.
    pending: Option<(Event, bool)>,
    delivery: &'d mut Delivery<'a>,
}

impl Table<'_, '_> {
    fn row(&mut self, fields: &[String], rows: &Rows<'_>) {
        let offset = rows.window.offset();
        if let Some((event, local)) = self.event(fields, offset) {
            self.flush();
            self.pending = Some((event, local));
            return;
        }
        if fields
            .iter()
            .any(|field| field.trim().eq_ignore_ascii_case("[Info]"))
        {
            self.info(fields);
        } else if self.layout.heading > 0 {
            // The heading once more, where tables were put behind each other.
            if layout::detect(rows.text()).is_none_or(|layout| layout.heading == 0) {
                self.failed(rows, "a row could not be read: it is no event");
            }
        } else {
            self.go_on(rows);
        }
    }

    /// A line below an event in a table that has neither heading nor quotes.
    fn go_on(&mut self, rows: &Rows<'_>) {
        match &mut self.pending {
            Some((event, _)) => {
                let message = event.message.get_or_insert_default();
                if message.len() + rows.text().len() < limits::MAX_RECORD_TEXT {
                    message.push('\n');
                    message.push_str(rows.text());
                } else {
                    let offset = rows.window.offset();
                    self.delivery.defect(
                        DefectCode::Limit,
                        offset,
                        "a text is longer than the limit: it is cut",
                    );
                }
            }
            None => self.failed(rows, "a row could not be read: it is no event"),
        }
    }

    /// What collectors add about the computer at the end, with the zone of its clock.
    fn info(&mut self, fields: &[String]) {
        let zone = fields.iter().find_map(|field| {
            let (_, rest) = field.split_once("TimeZone:")?;
            let rest = rest.trim_start();
            let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
            rest.get(1..)?.split(quote).next()
        });
        if let Some(zone) = zone {
            self.missing.zone = Some(zone.chars().filter(|c| !c.is_control()).take(100).collect());
        }
    }

    fn failed(&mut self, rows: &Rows<'_>, message: &str) {
        self.flush();
        self.delivery.failed(rows.window.offset(), message);
    }

    fn flush(&mut self) {
        let Some((mut event, local)) = self.pending.take() else {
            return;
        };
        if event.strings.is_none() {
            let text = event.message.as_deref().unwrap_or_default();
            if self.layout.braces
                && let Some(strings) = missing_description::in_braces(text)
            {
                event.strings = Some(strings);
                event.message = None;
            } else {
                event.strings = missing_description::strings(text);
            }
            if event.strings.is_some() {
                self.missing.taken_from_text();
            }
        }
        if event.channel.is_none() {
            event.channel = self.channel.map(str::to_owned);
        }
        self.missing.see(&event, local);
        self.delivery.event(event);
    }

    /// The event of a row, and whether its time is local.
    fn event(&self, fields: &[String], offset: Option<u64>) -> Option<(Event, bool)> {
        if fields.len() < self.layout.columns.len().min(8)
            && fields.len() < self.layout.columns.len() - 1
        {
            return None;
        }
        let mut event = Event {
            file: Arc::clone(&self.file),
            offset,
            trust: Trust::Intact,
            ..Event::default()
        };
        let mut id = None;
        let (mut date, mut time, mut moment): (&str, &str, Option<Moment>) = ("", "", None);
        for (column, field) in self.layout.columns.iter().zip(fields) {
            let field = field.trim();
            let text = || Some(field.to_owned()).filter(|text| !text.is_empty());
            match column {
                Column::DateTime => {
                    moment = moment.or_else(|| dates::moment(field, self.layout.order))
                }
                Column::Date => date = field,
                Column::Time => time = field,
                Column::Source => field.clone_into(&mut event.provider),
                Column::EventId => id = id.max(identifier(field)),
                Column::Level => event.level = localized_levels::level(field).or(event.level),
                Column::Kind => {
                    event.level = event
                        .level
                        .or_else(|| localized_levels::classic_level(field))
                }
                Column::Keywords => {
                    event.level = event.level.or_else(|| localized_levels::level(field))
                }
                Column::Category => event.category = field.parse().ok(),
                Column::CategoryName => category(field, &mut event),
                Column::Computer => event.computer = text(),
                Column::Log => event.channel = text(),
                Column::RecordId => event.record_id = field.parse().ok(),
                Column::Strings => event.strings = Some(joined(field)),
                Column::Description => event.message = text(),
                Column::StringsFromHere | Column::Other => {}
            }
        }
        self.rest(fields, &mut event);
        let moment = moment.or_else(|| dates::date_and_time(date, time, self.layout.order))?;
        let id = id?;
        (event.event_id, event.qualifiers) = words_of(id);
        event.time = Some(moment.time);
        Some((event, moment.local))
    }

    /// What stands in the last column and behind it.
    fn rest(&self, fields: &[String], event: &mut Event) {
        let columns = self.layout.columns.len();
        if self.layout.columns.last() == Some(&Column::StringsFromHere) {
            let strings = fields.get(columns - 1..).unwrap_or_default();
            // With one field it is open whether that is one string or several with blanks between.
            match strings {
                [] => event.strings = Some(Vec::new()),
                [text] => event.message = Some(text.clone()),
                several => event.strings = Some(several.to_vec()),
            }
            return;
        }
        let behind = fields.get(columns..).unwrap_or_default();
        if !behind.is_empty() {
            let delimiter = char::from(self.layout.delimiter).to_string();
            let text = behind.join(&delimiter);
            // The text has no heading, or delimiters that nobody quoted.
            event.message = Some(match event.message.take() {
                Some(message) => format!("{message}{delimiter}{text}"),
                None => text,
            })
            .filter(|text| !text.trim().is_empty());
        }
    }
}

/// An identifier, of 16 bits or of all 32, which some tools show as a negative number.
fn identifier(field: &str) -> Option<u32> {
    let number: i64 = field.parse().ok()?;
    u32::try_from(number)
        .ok()
        .or_else(|| i32::try_from(number).ok().map(i32::cast_unsigned))
}

/// A category by its name, or by its number, with brackets or without.
fn category(field: &str, event: &mut Event) {
    let number = field
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or(field);
    match number.parse() {
        Ok(number) => event.category = Some(number),
        Err(_) => event.category_name = powershell::category_name(field.to_owned()),
    }
}

fn joined(field: &str) -> Vec<String> {
    if field.is_empty() {
        return Vec::new();
    }
    field
        .split('|')
        .take(limits::MAX_STRINGS)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
#[path = "csv_tests.rs"]
mod tests;
