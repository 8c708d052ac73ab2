//! Events as lines of JSON, with as few steps as it takes: what a listing of millions of records
//! spends its time on.
//!
//! A line says what [`JsonEvent`](crate::JsonEvent) says, byte for byte; tests compare both. Most
//! lines are written from the record itself ([`crate::evtx`]), without building an [`Event`]:
//! text goes from the log's UTF-16 into the line once, and from there to the value's name.

use std::ops::Range;
use std::rc::Rc;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;

use crate::bytes::{self, ascii_pieces, before_escape};
use crate::event::{Event, Trust};
use crate::numbers::{self, HEX, hex_pair, push_hex};

/// A field's name with all that stands around it, and what its value begins with.
macro_rules! key {
    ($name:literal) => {
        key!($name, "")
    };
    ($name:literal, $value:literal) => {
        concat!(",\"", $name, "\":", $value)
    };
}

/// What a line says before the values.
#[derive(Debug, Default)]
pub(crate) struct LineHead<'a> {
    pub(crate) provider: &'a str,
    pub(crate) event_source: Option<&'a str>,
    pub(crate) event_id: u16,
    pub(crate) qualifiers: Option<u16>,
    pub(crate) level: Option<u8>,
    pub(crate) category: Option<u16>,
    pub(crate) category_name: Option<&'a str>,
    pub(crate) channel: Option<&'a str>,
    pub(crate) computer: Option<&'a str>,
    pub(crate) time: Option<Timestamp>,
    pub(crate) record_id: Option<u64>,
    pub(crate) version: Option<u8>,
    pub(crate) opcode: Option<u8>,
    pub(crate) keywords: Option<u64>,
    pub(crate) process_id: Option<u32>,
    pub(crate) thread_id: Option<u32>,
    pub(crate) user_sid: Option<&'a str>,
    pub(crate) activity_id: Option<&'a str>,
    pub(crate) related_activity_id: Option<&'a str>,
}

impl<'a> LineHead<'a> {
    fn of(event: &'a Event) -> LineHead<'a> {
        LineHead {
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
            version: event.version,
            opcode: event.opcode,
            keywords: event.keywords,
            process_id: event.process_id,
            thread_id: event.thread_id,
            user_sid: event.user_sid.as_deref(),
            activity_id: event.activity_id.as_deref(),
            related_activity_id: event.related_activity_id.as_deref(),
        }
    }

    /// Begins a line.
    pub(crate) fn write(&self, out: &mut String) {
        out.push_str("{\"provider\":");
        quoted(self.provider, out);
        text(key!("event_source"), self.event_source, out);
        number(key!("event_id"), Some(self.event_id), out);
        number(key!("qualifiers"), self.qualifiers, out);
        number(key!("level"), self.level, out);
        number(key!("category"), self.category, out);
        text(key!("category_name"), self.category_name, out);
        text(key!("channel"), self.channel, out);
        text(key!("computer"), self.computer, out);
        match &self.time {
            Some(time) => {
                out.push_str(key!("time", "\""));
                // A string takes whatever is written.
                let _ = PRINTER.print_timestamp(time, &mut *out);
                out.push('"');
            }
            None => out.push_str(key!("time", "null")),
        }
        number(key!("record_id"), self.record_id, out);
        if self.version.is_some() {
            number(key!("version"), self.version, out);
        }
        if self.opcode.is_some() {
            number(key!("opcode"), self.opcode, out);
        }
        if let Some(bits) = self.keywords {
            out.push_str(key!("keywords", "\"0x"));
            hex(bits, out);
            out.push('"');
        }
        if self.process_id.is_some() {
            number(key!("process_id"), self.process_id, out);
        }
        if self.thread_id.is_some() {
            number(key!("thread_id"), self.thread_id, out);
        }
        if self.user_sid.is_some() {
            text(key!("user_sid"), self.user_sid, out);
        }
        if self.activity_id.is_some() {
            text(key!("activity_id"), self.activity_id, out);
        }
        if self.related_activity_id.is_some() {
            text(key!("related_activity_id"), self.related_activity_id, out);
        }
    }
}

static PRINTER: DateTimePrinter = DateTimePrinter::new();

/// Room for the values of an event on their way into a line; kept from record to record.
#[derive(Debug, Default)]
pub(crate) struct LineRoom {
    /// Names, and where the strings stand in the line that they are names of.
    named: Vec<(Rc<str>, Range<usize>)>,
    /// Text beyond ASCII before it is escaped.
    text: String,
}

/// The values of an event, which go into a line that [`LineHead::write`] began. Each is written once,
/// and copied from there to its name.
#[derive(Debug)]
pub(crate) struct LineValues<'l> {
    line: &'l mut String,
    room: &'l mut LineRoom,
    /// Where the strings begin.
    start: usize,
    count: usize,
    binary: Option<String>,
}

impl<'l> LineValues<'l> {
    pub(crate) fn new(line: &'l mut String, room: &'l mut LineRoom) -> LineValues<'l> {
        room.named.clear();
        let start = line.len();
        line.push_str(key!("strings", "["));
        LineValues {
            line,
            room,
            start,
            count: 0,
            binary: None,
        }
    }

    /// How many strings there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Bytes of the strings so far.
    pub(crate) fn size(&self) -> usize {
        self.line.len().saturating_sub(self.start)
    }

    pub(crate) fn has_binary(&self) -> bool {
        self.binary.is_some()
    }

    /// Adds a string that stands in the log as UTF-16LE. `opening` is what stands before the value
    /// where it has a name ([`opening`]).
    pub(crate) fn push_utf16(&mut self, opening: Option<&Rc<str>>, utf16: &[u8]) {
        let start = self.begin();
        let rest = ascii_pieces(utf16, |ascii| escaped(ascii, self.line));
        if !rest.is_empty() {
            self.room.text.clear();
            bytes::push_units(rest, &mut self.room.text);
            escaped(&self.room.text, self.line);
        }
        self.end(opening, start);
    }

    /// Adds a string.
    pub(crate) fn push(&mut self, opening: Option<&Rc<str>>, text: &str) {
        let start = self.begin();
        escaped(text, self.line);
        self.end(opening, start);
    }

    /// Adds a string that `write` writes, and in which nothing must be escaped. After an error the line
    /// is worth nothing.
    pub(crate) fn push_plain<E>(
        &mut self,
        opening: Option<&Rc<str>>,
        write: impl FnOnce(&mut String) -> Result<(), E>,
    ) -> Result<(), E> {
        let start = self.begin();
        write(self.line)?;
        self.end(opening, start);
        Ok(())
    }

    fn begin(&mut self) -> usize {
        self.line
            .push_str(if self.count > 0 { ",\"" } else { "\"" });
        self.count += 1;
        self.line.len() - 1
    }

    fn end(&mut self, opening: Option<&Rc<str>>, start: usize) {
        self.line.push('"');
        if let Some(opening) = opening {
            let place = start..self.line.len();
            self.room.named.push((Rc::clone(opening), place));
        }
    }

    /// The record's binary data.
    pub(crate) fn binary(&mut self, bytes: &[u8]) {
        self.binary = Some(numbers::hex(bytes));
    }

    /// Ends the values.
    pub(crate) fn finish(self) {
        let line = self.line;
        line.push_str("],\"named\":[");
        for (n, (opening, place)) in self.room.named.drain(..).enumerate() {
            if n > 0 {
                line.push(',');
            }
            line.push_str(&opening);
            line.extend_from_within(place);
            line.push('}');
        }
        line.push(']');
        // Known last, and written first. Few records have any.
        if let Some(binary) = self.binary {
            line.insert_str(self.start, &format!(key!("binary", "\"{}\""), binary));
        }
    }
}

/// Ends the line: where the event was read.
pub(crate) fn end(
    message: Option<&str>,
    file: &str,
    offset: Option<u64>,
    trust: Trust,
    out: &mut String,
) {
    text(key!("message"), message, out);
    text(key!("file"), Some(file), out);
    number(key!("offset"), offset, out);
    out.push_str(key!("trust", "\""));
    out.push_str(trust.as_str());
    out.push_str("\"}\n");
}

/// Adds an event as a line.
pub(crate) fn push_event(event: &Event, out: &mut String) {
    LineHead::of(event).write(out);
    if let Some(binary) = &event.binary {
        out.push_str(key!("binary", "\""));
        push_hex(binary, HEX, out);
        out.push('"');
    }
    match &event.strings {
        None => out.push_str(",\"strings\":null"),
        Some(strings) => {
            out.push_str(key!("strings", "["));
            for (n, string) in strings.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                quoted(string, out);
            }
            out.push(']');
        }
    }
    out.push_str(key!("named", "["));
    for (n, (name, value)) in event.named.iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        out.push_str(&opening(name));
        quoted(value, out);
        out.push('}');
    }
    out.push(']');
    let (message, file) = (event.message.as_deref(), &event.file);
    end(message, file, event.offset, event.trust, out);
}

/// What stands before the value of this name.
pub(crate) fn opening(name: &str) -> String {
    let mut opening = String::from("{\"name\":");
    quoted(name, &mut opening);
    opening.push_str(",\"value\":");
    opening
}

#[inline]
fn text(key: &str, value: Option<&str>, out: &mut String) {
    out.push_str(key);
    match value {
        Some(value) => quoted(value, out),
        None => out.push_str("null"),
    }
}

#[inline]
fn number(key: &str, value: Option<impl itoa::Integer>, out: &mut String) {
    out.push_str(key);
    match value {
        Some(value) => out.push_str(itoa::Buffer::new().format(value)),
        None => out.push_str("null"),
    }
}

#[inline]
fn quoted(text: &str, out: &mut String) {
    out.push('"');
    escaped(text, out);
    out.push('"');
}

/// Adds text of which JSON wants some characters escaped.
#[inline]
fn escaped(text: &str, out: &mut String) {
    let mut rest = text;
    loop {
        // Whatever must be escaped is ASCII: text can be cut around it.
        let Some((plain, from)) = rest.split_at_checked(before_escape(rest.as_bytes())) else {
            return;
        };
        out.push_str(plain);
        let mut from = from.chars();
        let Some(first) = from.next() else { return };
        escape(first, out);
        rest = from.as_str();
    }
}

fn escape(c: char, out: &mut String) {
    match c {
        '\\' => out.push_str("\\\\"),
        '"' => out.push_str("\\\""),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        _ => {
            // All others are below the space.
            out.push_str("\\u00");
            push_hex(&[c as u8], HEX, out);
        }
    }
}

/// Adds a number in hex, without a prefix.
pub(crate) fn hex(number: u64, out: &mut String) {
    let pairs = number.to_be_bytes().map(|byte| hex_pair(byte, HEX));
    let zeroes = (number.leading_zeros() / 4).min(15) as usize;
    let digits = pairs.as_flattened().get(zeroes..).unwrap_or(&[]);
    out.push_str(std::str::from_utf8(digits).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(event: &Event) -> String {
        let mut line = String::new();
        push_event(event, &mut line);
        line
    }

    #[test]
    fn a_line_is_what_serde_writes() {
        let full = Event {
            provider: "A \"quoted\" \\ name".into(),
            event_source: Some("source\u{1}\u{7f}\u{2028}".into()),
            event_id: 65535,
            qualifiers: Some(0xc000),
            level: Some(2),
            version: Some(1),
            opcode: Some(0),
            keywords: Some(0x8020_0000_0000_0000),
            category: Some(7),
            category_name: Some("\r\n\t\u{8}\u{c}".into()),
            channel: Some("System".into()),
            computer: Some("grün.example".into()),
            time: "2020-07-11T17:16:42.5764840Z".parse().ok(),
            record_id: Some(u64::MAX),
            process_id: Some(4),
            thread_id: Some(u32::MAX),
            user_sid: Some("S-1-5-18".into()),
            activity_id: Some("{0}".into()),
            related_activity_id: Some("{1}".into()),
            strings: Some(vec![String::new(), "two".into(), "日本 \u{1f600}".into()]),
            named: vec![("a\"".into(), "two".into()), ("b".into(), String::new())],
            binary: Some(vec![0, 0xff]),
            message: Some("It\nfailed".into()),
            trust: Trust::Repaired,
            file: "C:\\a.zip!/b.evtx".into(),
            offset: Some(512),
        };
        for event in [full, Event::default()] {
            let theirs = serde_json::to_string(&crate::JsonEvent::from(&event)).expect("JSON");
            assert_eq!(line(&event), theirs + "\n");
        }
    }

    #[test]
    fn text_of_a_log_is_escaped_as_text_is() {
        let long = "C:\\Windows\\System32\\drivers\\etc ".repeat(5);
        for text in [
            "",
            "plain",
            "exactly sixteen!",
            "exactly sixteen\\and then more, \"quoted\" text of some length",
            "two blocks of ASCII, then ünïcode, then more than one block again",
            "\u{1}\u{1f}\u{7f}\r\n\t in a block of sixteen units and more",
            "a pair over the block's end: \u{1f600}\u{1f600}\u{1f600}\u{1f600}",
            &long,
        ] {
            for cut in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
                let text = &text[cut..];
                let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let wanted = serde_json::to_string(text).expect("JSON");
                let mut plain = String::new();
                quoted(text, &mut plain);
                assert_eq!(plain, wanted);
                let of_log = |bytes: &[u8]| {
                    let (mut line, mut room) = (String::new(), LineRoom::default());
                    let mut values = LineValues::new(&mut line, &mut room);
                    values.push_utf16(None, bytes);
                    values.finish();
                    let value = line.strip_prefix(",\"strings\":[");
                    let value = value.and_then(|value| value.strip_suffix("],\"named\":[]"));
                    value.expect("one string").to_owned()
                };
                assert_eq!(of_log(&bytes), wanted);
                let mut ended = bytes.clone();
                ended.extend([0, 0, b'x', 0]);
                assert_eq!(of_log(&ended), wanted, "a zero ends it");
            }
        }
    }

    #[test]
    fn numbers_in_hex() {
        for number in [0, 1, 0xf, 0x10, 0x202_dac8, u64::MAX] {
            let mut ours = String::new();
            hex(number, &mut ours);
            assert_eq!(ours, format!("{number:x}"));
        }
    }
}
