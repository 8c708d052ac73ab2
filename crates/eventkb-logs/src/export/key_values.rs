//! Events as lines of `Name=value`: what Splunk keeps of an event that it collected as text, one behind
//! the other or in a field of JSON or a table; and what `wmic ntevent get /format:list` prints.
//!
//! Folklore it knows: Splunk puts a time above the lines and the message last, over several lines;
//! wmic sorts the names, and ends each line with two carriage returns.
//!
//! Nothing shows where a message ends: whoever writes one can make it look like the next event. So only
//! the first event of a file is as good as others.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::export::dates;
use crate::export::dialects;
use crate::export::fields;
use crate::export::handover::Handover;
use crate::export::json::{Json, Object};
use crate::export::text::{self, Window};
use crate::integrity::DefectCode;
use crate::limits;
use crate::sink::Delivery;

/// Names in the first lines of a block that must be there to take it for one.
const FEWEST: usize = 4;

/// The event that a text of one field holds; `None` if it is none of this form.
pub(crate) fn bag(text: &str) -> Option<Object> {
    let mut entries: Vec<(String, String)> = Vec::new();
    for line in text.trim_start().split('\n') {
        let line = line.trim_end_matches('\r');
        let in_message = entries.last().is_some_and(|(name, _)| name == "Message");
        match field(line) {
            Some((name, value)) if !in_message => {
                entries.push((name.to_owned(), value.to_owned()));
            }
            _ if entries.is_empty() && is_time(line) => {
                entries.push(("_time".to_owned(), line.trim().to_owned()));
            }
            _ => {
                let (_, value) = entries.last_mut()?;
                value.push('\n');
                value.push_str(line);
            }
        }
    }
    of(entries)
}

fn of(entries: Vec<(String, String)>) -> Option<Object> {
    let value = |(name, value): (String, String)| {
        let value = value.trim().to_owned();
        // wmic writes a list as `{"a","b"}`; where the list separator of the country is a semicolon, with that.
        let inner = value
            .strip_prefix("{\"")
            .and_then(|v| v.strip_suffix("\"}"));
        let json = match inner {
            Some(inner) if name == "InsertionStrings" => {
                let sign = match inner.contains("\",\"") {
                    true => "\",\"",
                    false => "\";\"",
                };
                let items = inner.split(sign).map(|item| Json::Text(item.to_owned()));
                Json::List(items.collect())
            }
            _ => Json::Text(value),
        };
        (name, json)
    };
    let enough = entries.len() >= FEWEST;
    enough.then(|| Object::new(entries.into_iter().map(value).collect()))
}

/// Whether the message of an event holds lines as another event has them: the line between the two may
/// be damaged, and nothing is made of it.
pub(crate) fn holds_another(bag: &Object) -> bool {
    let Some(message) = bag.text(&["Message"]) else {
        return false;
    };
    let named = message.lines().filter_map(field);
    let known = |(name, _): &(&str, &str)| bag.has(name);
    named.filter(known).nth(1).is_some()
}

fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let named = !name.is_empty()
        && name.len() <= 40
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    named.then_some((name, value))
}

fn is_time(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_digit()) && dates::parse(line.trim()).is_ok()
}

/// Whether a text begins with such events; `None` when its first lines are not all there.
pub(crate) fn are_events(text: &str) -> Option<bool> {
    let text = text.trim_start();
    let Some((first, below)) = text.split_once('\n') else {
        return if field(text).is_some() || is_time(text) {
            None
        } else {
            Some(false)
        };
    };
    let begins = field(first.trim_end()).is_some() || is_time(first) && field(below).is_some();
    if !begins {
        return Some(false);
    }
    // Up to the first empty line.
    let lines = text.lines().map(str::trim_end);
    let lines = lines.take_while(|line| !line.is_empty());
    let block: Vec<String> = lines.map(str::to_owned).collect();
    let bag = if is_time(first) {
        bag(&block.join("\n"))
    } else {
        sorted(&block)
    };
    Some(bag.is_some_and(|bag| dialects::find(&bag).is_some()))
}

/// Reads such events.
pub(crate) fn read(mut window: Window<'_>, delivery: &mut Delivery<'_>) {
    let mut blocks = Blocks {
        file: Arc::clone(&delivery.file),
        handover: Handover::new(delivery),
        lines: Vec::new(),
        bytes: 0,
        offset: None,
        first: None,
        held: None,
        above_is_empty: true,
        given: 0,
    };
    window.each_line(&mut |line, offset| {
        blocks.line(line, offset);
        match blocks.handover.delivery.stopped() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    blocks.pass_held("");
    blocks.close();
    blocks.handover.finish();
    text::note_failure(blocks.handover.delivery, &window);
}

struct Blocks<'d, 'a> {
    file: Arc<str>,
    handover: Handover<'d, 'a>,
    /// The lines of the event that is being read.
    lines: Vec<String>,
    bytes: usize,
    offset: Option<u64>,
    /// The name in the first line of the file, where that is no time.
    first: Option<String>,
    /// A line, until the one below shows whether an event begins with it.
    held: Option<(String, Option<u64>)>,
    above_is_empty: bool,
    /// Events so far.
    given: u64,
}

impl Blocks<'_, '_> {
    fn line(&mut self, line: &str, offset: Option<u64>) {
        let line = line.trim_end_matches('\r');
        self.pass_held(line);
        self.held = Some((line.to_owned(), offset));
    }

    /// Takes the line that waited for the one below it.
    fn pass_held(&mut self, below: &str) {
        let Some((line, offset)) = self.held.take() else {
            return;
        };
        if self.begins(&line, below) {
            self.close();
            self.offset = offset;
        }
        let empty = line.trim().is_empty();
        self.above_is_empty = empty;
        if self.lines.is_empty() {
            if empty {
                return;
            }
            if self.first.is_none() {
                self.first = field(&line).map(|(name, _)| name.to_owned());
            }
            self.offset = offset;
        }
        self.bytes += line.len();
        if self.bytes > limits::MAX_EXPORT_RECORD {
            let message = "a text is longer than the limit: it is cut";
            self.handover
                .delivery
                .defect(DefectCode::Limit, offset, message);
            return;
        }
        self.lines.push(line);
    }

    fn begins(&self, line: &str, below: &str) -> bool {
        let named = |line: &str, name: &str| field(line).is_some_and(|(is, _)| is == name);
        match &self.first {
            Some(first) => self.above_is_empty && named(line, first),
            None => is_time(line) && named(below, "LogName"),
        }
    }

    /// Notes that lines hold what looks like the beginning of another event: the lines between them may
    /// be damaged, and nothing is made of it.
    fn events_in(&mut self, lines: &[String]) {
        let begin = self.first.as_deref().unwrap_or("LogName");
        let begins = |line: &&String| field(line).is_some_and(|(name, _)| name == begin);
        let behind = lines.iter().filter(begins).count().saturating_sub(1);
        self.handover.delivery.account.integrity.note_many(
            DefectCode::Gap,
            self.offset,
            behind as u64,
            "the lines of an event hold what looks like another: a line between them may be damaged",
        );
    }

    /// Hands over the event whose lines have ended.
    fn close(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        self.bytes = 0;
        if lines.is_empty() {
            return;
        }
        let bag = match self.first {
            Some(_) => sorted(&lines),
            None => bag(&lines.join("\n")),
        };
        self.events_in(&lines);
        let delivery = &mut self.handover.delivery;
        let known = bag
            .as_ref()
            .and_then(|bag| Some((bag, dialects::find(bag)?)));
        let Some((bag, dialect)) = known.filter(|(bag, _)| !bag.repeats()) else {
            let why = "an event could not be read: its lines are none that are known, or one is there twice";
            return delivery.failed(self.offset, why);
        };
        match fields::event(bag, dialect, &self.file, self.offset) {
            Ok(mut draft) => {
                draft.holds_another = holds_another(bag);
                if self.given == 1 {
                    self.handover.doubt(self.offset);
                }
                self.given += 1;
                self.handover.event(draft);
            }
            Err(why) => {
                delivery.failed(self.offset, format!("an event could not be read: {why}"));
            }
        }
    }
}

/// The event of lines whose names are sorted: a message may stand between others.
fn sorted(lines: &[String]) -> Option<Object> {
    let mut entries: Vec<(String, String)> = Vec::new();
    for line in lines {
        let sorted = |(name, _): &(&str, &str)| {
            entries.last().is_none_or(|(last, _)| {
                // What does not follow by its name is a line of a text.
                last.to_ascii_lowercase() <= name.to_ascii_lowercase()
            })
        };
        match field(line).filter(sorted) {
            Some((name, value)) => entries.push((name.to_owned(), value.to_owned())),
            None => {
                let (_, value) = entries.last_mut()?;
                value.push('\n');
                value.push_str(line);
            }
        }
    }
    of(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Trust;
    use crate::export::format_list::read;
    use crate::export::testing::{self, read_with};

    const SPLUNK: &str = "02/13/2000 06:20:40.739 PM\nLogName=Application\nEventCode=9322\nEventType=3\nComputerName=SEATTLE\nSourceName=MSExchangeMTA\nType=Warning\nRecordNumber=17\nMessage=An error occurred.\nName=value\n\nOn lines.\n02/13/2000 06:20:41 PM\nLogName=Application\nEventCode=7\nSourceName=Other\nType=Error\nMessage=m\n";
    const WMIC: &str = "\r\r\n\r\r\nComputerName=SEATTLE\r\r\nEventCode=9322\r\r\nEventType=2\r\r\nInsertionStrings={\"68\",\"a, b\"}\r\r\nLogfile=Application\r\r\nMessage=On\r\nlines=2\r\r\nRecordNumber=17\r\r\nSourceName=MSExchangeMTA\r\r\nTimeGenerated=20000213182040.000000+000\r\r\n\r\r\n\r\r\nComputerName=SEATTLE\r\r\nEventCode=7\r\r\nEventType=3\r\r\nInsertionStrings=\r\r\nSourceName=Other\r\r\nTimeGenerated=20000213182041.000000+000\r\r\n";

    #[test]
    fn splunk_and_wmic() {
        for text in [SPLUNK, WMIC] {
            assert_eq!(are_events(text), Some(true), "{text}");
            let (events, account) = read_with(read, text.as_bytes());
            let [first, second] = &events[..] else {
                panic!("{account:?}")
            };
            let is = (first.provider.as_str(), first.event_id, first.level);
            assert_eq!(is, ("MSExchangeMTA", 9322, Some(3)));
            assert_eq!((first.record_id, second.event_id), (Some(17), 7));
            let time = first.time.map(|time| time.as_second());
            assert_eq!(time, Some(950_466_040));
            assert!(first.message.as_deref().is_some_and(|m| m.contains('=')));
            // A message could have made it up.
            assert_eq!(
                (first.trust, second.trust),
                (Trust::Intact, Trust::HeaderMismatch)
            );
            assert_eq!(account.integrity.failed, 0);
        }
        let (events, _) = read_with(read, WMIC.as_bytes());
        let strings = ["68", "a, b"].map(str::to_owned).to_vec();
        assert_eq!(events[0].strings, Some(strings));
        // WMI's own numbers: 3 is information.
        assert_eq!(events[1].level, Some(4));
    }

    #[test]
    fn what_is_there_twice_is_refused() {
        let text = SPLUNK.replace("EventType=3\n", "EventType=3\nEventCode=4624\n");
        let (events, account) = read_with(read, text.as_bytes());
        assert_eq!((events.len(), account.integrity.failed), (1, 1));
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in [
            "Name=x\nValue=y\nThird=z\nFourth=w\n\n",
            "LogName=Application\n\n",
            "2000-02-13 18:20:40\nstarted\n",
            "[section]\nSourceName=x\nEventCode=1\nLogName=y\nType=z\n",
        ] {
            assert_eq!(are_events(text), Some(false), "{text}");
        }
    }

    #[test]
    fn damage_never_panics() {
        testing::damage(read, SPLUNK.as_bytes());
        testing::damage(read, WMIC.as_bytes());
    }
}
