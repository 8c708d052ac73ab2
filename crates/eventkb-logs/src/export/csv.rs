//! Events as tables: what Event Viewer saves as CSV or text, what the collectors of Microsoft
//! support write (`_evt_*.csv`), LogParser, dumpel, `Export-Csv`, EvtxECmd and others.
//!
//! Most of these have no insertion strings, only the text made of them, and have the local time of
//! the server: both are noted. Which columns there are is told by `layout`; a row then is a bag of
//! keys and values like those of other forms.

use std::io::Read;
use std::sync::Arc;

use crate::event::Trust;
use crate::evt::channel_from_file_name;
use crate::export::dates;
use crate::export::dialects::{COLLECTORS, EVENT_VIEWER, OURS};
use crate::export::fields;
use crate::export::handover::{Draft, Handover};
use crate::export::json::{self, Json, Object};
use crate::export::jsonl;
use crate::export::layout::{self, Layout};
use crate::export::missing_description;
use crate::export::rows::{self, Row, Rows};
use crate::export::text::{self, Window};
use crate::integrity::DefectCode;
use crate::limits;
use crate::sink::Delivery;

/// Reads the events of a table.
pub fn read(reader: &mut dyn Read, delivery: &mut Delivery<'_>) {
    let mut window = Window::of_lines(reader);
    while window.rest().len() < limits::DETECTION_TEXT && window.more() {}
    let Some(layout) = layout::detect(window.rest()) else {
        delivery.defect(
            DefectCode::Malformed,
            Some(0),
            "no table of events in any form that is known",
        );
        text::note_failure(delivery, &window);
        return;
    };
    pass_heading(&mut window, &layout, delivery);
    let mut rows = Rows::new(window, layout.delimiter);
    let file = Arc::clone(&delivery.file);
    let mut handover = Handover::new(delivery);
    handover.in_order(layout.dialect.order);
    let mut table = Table {
        channel: channel_from_file_name(&file),
        file,
        layout,
        pending: None,
        text_is_open: false,
        times: Times::default(),
        handover,
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
                table.handover.delivery.defect(
                    DefectCode::Limit,
                    rows.window.offset(),
                    "a row is larger than the limit for one record",
                );
            }
        }
        if table.handover.delivery.stopped() {
            break;
        }
    }
    table.flush();
    table.times.tell(table.handover.delivery);
    table.handover.finish();
    text::note_failure(table.handover.delivery, &rows.window);
}

/// Leaves the heading behind, and says what is wrong with it.
fn pass_heading(window: &mut Window<'_>, layout: &Layout, delivery: &mut Delivery<'_>) {
    let mut heading = "";
    let mut length = 0;
    for _ in 0..layout.heading {
        let rest = window.rest().get(length..).unwrap_or_default();
        let line = rest.find('\n').map_or(rest.len(), |at| at + 1);
        heading = rest.get(..line).unwrap_or_default();
        length += line;
    }
    // Of a heading whose line end is damaged, the first row has become a part.
    let quotes = heading.matches('"').count();
    let is_value = |name: &String| {
        name.parse::<u64>().is_ok() || dates::parse(name).is_ok() || name.contains(['"', '\r'])
    };
    let damaged = layout.columns.iter().any(is_value) || quotes % 2 == 1;
    window.skip(length);
    if layout.heading > 0 && damaged {
        delivery.defect(
            DefectCode::Gap,
            Some(0),
            "the heading holds what looks like a row of its table: a line end may be damaged",
        );
    }
    let mut names: Vec<&String> = layout.columns.iter().collect();
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    if names.windows(2).any(|pair| pair.first() == pair.last()) {
        let message = "a column of the table is there twice: the first one of that name is read";
        delivery.defect(DefectCode::Malformed, Some(0), message);
    }
}

struct Table<'d, 'a> {
    layout: Layout,
    file: Arc<str>,
    /// The log that the file's name tells, for rows that do not.
    channel: Option<&'static str>,
    /// The last event: in tables without quotes, the lines below it may belong to its text.
    pending: Option<Draft>,
    /// The last row has a text without quotes, of which the lines below may be a part.
    text_is_open: bool,
    times: Times,
    handover: Handover<'d, 'a>,
}

/// Times beside the XML of an event, held against the event's own.
#[derive(Default)]
struct Times {
    agree: u64,
    differ: u64,
    first: Option<u64>,
}

impl Times {
    /// Compares two times, of which one may be local.
    fn compare(&mut self, beside: &str, draft: &Draft) {
        /// Zones differ by so many seconds or a multiple of them.
        const ZONE: i64 = 15 * 60;
        let (Some(beside), Some(time)) = (dates::unambiguous(beside), draft.event.time) else {
            return;
        };
        if (beside.as_second() - time.as_second()) % ZONE == 0 {
            self.agree += 1;
        } else {
            self.differ += 1;
            self.first = self.first.or(draft.event.offset);
        }
    }

    /// Says so where a few differ: two rows may have become one. In some tables all differ, for they
    /// say when the event was collected.
    fn tell(&self, delivery: &mut Delivery<'_>) {
        if self.differ > 0 && self.differ * 4 <= self.agree {
            delivery.account.integrity.note_many(
                DefectCode::Gap,
                self.first,
                self.differ,
                "the time beside an event is another one than its own: a part of the row may be overwritten",
            );
        }
    }
}

impl Table<'_, '_> {
    fn row(&mut self, fields: &[String], rows: &Rows<'_>) {
        match self.event(fields, rows) {
            Ok(draft) => {
                self.flush();
                self.text_is_open = !rows::ends_quoted(rows.text(), self.layout.delimiter);
                self.pending = Some(draft);
            }
            Err(_) if is_info(fields) => self.info(fields),
            Err(_) if self.layout.heading == 0 => self.go_on(rows),
            Err(why) => {
                // Another heading, where tables were put behind each other.
                match layout::detect(rows.text()).filter(|layout| layout.heading > 0) {
                    Some(layout) => self.heading(layout, rows),
                    None => {
                        self.broken(fields, rows);
                        self.failed(rows, &format!("a row could not be read: {why}"));
                    }
                }
            }
        }
    }

    /// Goes on with the columns of another heading.
    fn heading(&mut self, layout: Layout, rows: &Rows<'_>) {
        self.flush();
        let same =
            |a: &Layout, b: &Layout| a.columns == b.columns && std::ptr::eq(a.dialect, b.dialect);
        if layout.delimiter != self.layout.delimiter || same(&layout, &self.layout) {
            return;
        }
        // Where nothing is in quotes, a text could name the columns anew.
        if !rows.text().contains('"') && !self.handover.in_doubt {
            self.handover.doubt(rows.window.offset());
        }
        self.layout = layout;
    }

    /// A row that ends too early, without any quotes: who wrote the table puts texts with line ends in it as they
    /// are, and they could look like rows.
    fn broken(&mut self, fields: &[String], rows: &Rows<'_>) {
        let short = fields.len() < self.layout.columns.len() && !rows.text().contains('"');
        if short && !self.handover.in_doubt {
            self.flush();
            self.handover.doubt(rows.window.offset());
        }
    }

    /// A line below an event in a table that has neither heading nor quotes.
    fn go_on(&mut self, rows: &Rows<'_>) {
        let Some(draft) = &mut self.pending else {
            return self.failed(rows, "a row could not be read: it is no event");
        };
        // Whoever writes such a text could make a line of it look like a row: this one, or those behind it.
        if self.text_is_open && !self.handover.in_doubt {
            draft.event.trust = draft.event.trust.max(Trust::HeaderMismatch);
            self.handover.doubt(draft.event.offset);
        }
        let message = draft.event.message.get_or_insert_default();
        if message.len() + rows.text().len() <= limits::MAX_RECORD_TEXT {
            message.push('\n');
            message.push_str(rows.text());
        } else {
            self.handover.delivery.defect(
                DefectCode::Limit,
                rows.window.offset(),
                "a text is longer than the limit: it is cut",
            );
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
            let zone = zone.chars().filter(|c| !c.is_control()).take(100).collect();
            self.handover.zone = Some(zone);
        }
    }

    fn failed(&mut self, rows: &Rows<'_>, message: &str) {
        self.flush();
        self.handover.delivery.failed(rows.window.offset(), message);
    }

    fn flush(&mut self) {
        let Some(mut draft) = self.pending.take() else {
            return;
        };
        let event = &mut draft.event;
        if event.strings.is_none()
            && std::ptr::eq(self.layout.dialect, &COLLECTORS)
            && let Some(text) = &event.message
            && let Some(strings) = missing_description::in_braces(text)
        {
            event.strings = Some(strings);
            event.message = None;
            draft.from_text = true;
        }
        fields::strings_of_text(&mut draft);
        if draft.event.channel.is_none() {
            draft.event.channel = self.channel.map(str::to_owned);
        }
        self.handover.event(draft);
    }

    /// The event of a row.
    fn event(&mut self, fields: &[String], rows: &Rows<'_>) -> Result<Draft, String> {
        let offset = rows.window.offset();
        let columns = self.layout.columns.len();
        if fields.len() < columns.min(8) && fields.len() + 1 < columns {
            return Err("it has fewer fields than the table has columns".to_owned());
        }
        let entries = self.layout.columns.iter().zip(fields);
        let entries =
            entries.map(|(key, field)| (key.clone(), Json::Text(field.trim().to_owned())));
        let bag = Object::new(entries.collect());
        self.other_times(&bag);
        let mut draft = match std::ptr::eq(self.layout.dialect, &OURS) {
            true => ours(&bag, &self.file, offset)?,
            false => fields::event(&bag, self.layout.dialect, &self.file, offset)
                .map_err(|why| why.to_string())?,
        };
        // Without a heading, only its time shows that a line is the beginning of a row.
        if self.layout.heading == 0 && draft.stamp.is_none() {
            return Err("it has no time".to_owned());
        }
        let timeless = draft.stamp.is_none() && draft.event.time.is_none();
        if draft.event.provider.is_empty() && draft.event.strings.is_none() && timeless {
            return Err("it has neither a source nor a time".to_owned());
        }
        if let Some(Json::Text(beside)) = bag.get("_time")
            && draft.stamp.is_none()
        {
            self.times.compare(beside, &draft);
        }
        self.rest(fields, &mut draft);
        self.rows_in_text(fields, rows.text(), &draft);
        Ok(draft)
    }

    /// A text that holds what looks like rows of the table, or a second event, may have swallowed
    /// them: a damaged quote or line end makes two rows one. Whether it did cannot be told, so
    /// nothing is made of it: who writes into a text could forge events.
    fn rows_in_text(&mut self, fields: &[String], raw: &str, draft: &Draft) {
        let columns = self.layout.columns.len();
        let (of_columns, surplus) = fields.split_at(columns.min(fields.len()));
        // What stands behind the last column is text, too.
        let behind = draft
            .event
            .message
            .as_deref()
            .filter(|_| !surplus.is_empty());
        let texts = of_columns.iter().map(String::as_str).chain(behind);
        let rows: u64 = texts.clone().map(|text| self.rows_in(text)).sum();
        let events: u64 = texts.map(events_in).sum();
        // Where every text is in quotes, more fields than columns are those of another row, and so is a
        // quoted field with a quote in it that is one of another row. Some leave the last column without a name.
        let quoted = self.layout.heading > 0
            && !self.layout.strings_at_end
            && !std::ptr::eq(self.layout.dialect, &COLLECTORS);
        let unnamed = !self
            .layout
            .columns
            .iter()
            .any(|column| column == "Description")
            && std::ptr::eq(self.layout.dialect, &EVENT_VIEWER);
        let mut others = surplus.iter().skip(usize::from(unnamed));
        let too_many = quoted
            && (others.any(|field| !field.trim().is_empty())
                || has_quote_of_another_row(raw, self.layout.delimiter));
        let inside = rows.max(events.saturating_sub(1)).max(u64::from(too_many));
        self.handover.delivery.account.integrity.note_many(
            DefectCode::Gap,
            draft.event.offset,
            inside,
            "a text holds what looks like rows of its table: a quote or a line end may be damaged",
        );
    }

    /// How often a date and an event id stand in a text as far from each other as in a row.
    fn rows_in(&self, text: &str) -> u64 {
        let delimiter = self.layout.delimiter;
        let at = |key: &str| self.layout.columns.iter().position(|column| column == key);
        let dialect = self.layout.dialect;
        let time = dialect.time.iter().find_map(|key| at(key));
        let id = dialect.id.iter().find_map(|key| at(key));
        let Some((time, id)) = time.zip(id).filter(|(time, id)| time != id) else {
            return 0;
        };
        let far = time.abs_diff(id);
        let signs = text.bytes().filter(|byte| *byte == delimiter).count();
        // A date and a number side by side say little, unless there is a line end or as many fields as
        // a row has.
        let of_a_row = text.contains('\n') || signs + 1 >= self.layout.columns.len();
        if signs < far || (far < 2 && !of_a_row) {
            return 0;
        }
        let fields: Vec<&str> = text
            .split(|c: char| c == '\n' || u32::from(c) == u32::from(delimiter))
            .map(|field| field.trim().trim_matches('"'))
            .collect();
        let rows = fields.windows(far + 1).filter(|window| {
            let ends = (window.first(), window.last());
            let (date, number) = if time < id { ends } else { (ends.1, ends.0) };
            number.is_some_and(|number| number.parse::<u16>().is_ok())
                && date.is_some_and(|date| dates::parse(date).is_ok())
        });
        rows.count() as u64
    }

    /// Times of a row that are not the event's: they tell the order of day and month as well.
    fn other_times(&mut self, bag: &Object) {
        for key in ["TimeWritten", "EventReceivedTime", "_time"] {
            if let Some(Json::Text(text)) = bag.get(key)
                && dates::parse(text).is_ok()
            {
                self.handover.evidence(text);
            }
        }
    }

    /// What stands behind the last column.
    fn rest(&self, fields: &[String], draft: &mut Draft) {
        let event = &mut draft.event;
        let behind = fields.get(self.layout.columns.len()..).unwrap_or_default();
        if self.layout.strings_at_end {
            // With one field it is open whether that is one string or several with blanks between.
            match behind {
                [] => event.strings = Some(Vec::new()),
                [text] => event.message = Some(text.clone()),
                several => event.strings = Some(several.to_vec()),
            }
        } else if !behind.is_empty() {
            let delimiter = char::from(self.layout.delimiter).to_string();
            let text = behind.join(&delimiter);
            // The text has no heading, or delimiters that nobody quoted.
            event.message = Some(match event.message.take() {
                Some(message) => format!("{message}{delimiter}{text}"),
                None => text.trim().to_owned(),
            })
            .filter(|text| !text.trim().is_empty());
        }
    }
}

/// The event of a row of our own. Its text is the log's, or our words for the event: it is taken where there is
/// nothing else.
fn ours(row: &Object, file: &Arc<str>, offset: Option<u64>) -> Result<Draft, String> {
    let without_values = row.text(&["strings"]).is_none();
    let mut entries = Vec::new();
    for (key, value) in &row.entries {
        let text = value.text().unwrap_or_default();
        // What a spreadsheet would compute has a sign before it.
        let text = match text.strip_prefix('\'') {
            Some(rest) if rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) => {
                rest
            }
            _ => text.as_str(),
        };
        let json = match key.as_str() {
            _ if text.is_empty() || key == "level" && text == "unknown" => continue,
            "text" if without_values => ("message".to_owned(), Json::Text(text.to_owned())),
            "text" => continue,
            "strings" | "named" => {
                let list = json::value(text).unwrap_or_else(|_| Json::Text(text.to_owned()));
                (key.clone(), list)
            }
            _ => (key.clone(), Json::Text(text.to_owned())),
        };
        entries.push(json);
    }
    jsonl::ours(&Object::new(entries), file, offset).map_err(|why| why.to_string())
}

/// Whether a quoted field holds a quote that is not doubled and stands where a field begins: the end of the
/// field may be damaged, and the row behind it a part of it. `{"a":1,"b":2}` that nobody doubled looks so
/// too, and is told by its bracket.
fn has_quote_of_another_row(raw: &str, delimiter: u8) -> bool {
    let (mut quoted, mut json) = (false, false);
    let mut before = delimiter;
    let mut bytes = raw.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let next = bytes.peek().copied();
        let begins = before == delimiter || before == b'\n';
        let ends = next.is_none_or(|n| n == delimiter || matches!(n, b'\r' | b'\n'));
        match (quoted, byte) {
            (false, b'"') if begins => {
                quoted = true;
                json = matches!(next, Some(b'{' | b'['));
            }
            (true, b'"') if next == Some(b'"') => {
                bytes.next();
            }
            (true, b'"') if ends => quoted = false,
            (true, b'"') if begins && !json => return true,
            _ => {}
        }
        before = byte;
    }
    false
}

/// How many events in XML a text holds.
fn events_in(text: &str) -> u64 {
    let begun = |name: &str| text.matches(name).count() as u64;
    begun("<Event ") + begun("<Event>")
}

/// Whether a row is what collectors add at the end.
fn is_info(fields: &[String]) -> bool {
    fields
        .iter()
        .any(|field| field.trim().eq_ignore_ascii_case("[Info]"))
}

#[cfg(test)]
#[path = "csv_tests.rs"]
mod tests;
