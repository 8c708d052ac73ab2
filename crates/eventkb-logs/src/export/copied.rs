//! Events as Event Viewer copies them to the clipboard as text, and people paste them into mails:
//! `Log Name:      Application` and nine lines more, the text last. In any language: the lines always
//! come in the same order. Where the event's XML stands below, that is read instead (`xml`).
//!
//! Nothing shows where a text ends: whoever writes one can make it look like the next event. So only the
//! first event of a file is as good as others.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::event::Event;
use crate::export::dates;
use crate::export::dialects::EVENT_VIEWER;
use crate::export::fields;
use crate::export::handover::Handover;
use crate::export::json::{Json, Object};
use crate::export::text::{self, Window};
use crate::integrity::DefectCode;
use crate::limits;
use crate::sink::Delivery;

/// What the lines hold, in their order.
const ORDER: [&str; 10] = [
    "Log Name",
    "Source",
    "Date and Time",
    "Event ID",
    "Task Category",
    "Level",
    "Keywords",
    "User",
    "Computer",
    "Description",
];

/// Whether a text begins with such an event; `None` when its first lines are not all there.
pub(crate) fn are_events(text: &str) -> Option<bool> {
    let mut lines = text.trim_start().lines();
    let mut next = || lines.next().map(named);
    let (Some(log), Some(source), Some(date), Some(id), Some(_)) =
        (next(), next(), next(), next(), next())
    else {
        // What is no line of this form at all needs no more of it.
        let first = text.trim_start().lines().next().unwrap_or_default();
        return named(first).is_none().then_some(false);
    };
    let is = |value: Option<(&str, &str)>, right: &dyn Fn(&str) -> bool| {
        value.is_some_and(|(_, value)| right(value))
    };
    let filled = |value: &str| !value.is_empty();
    Some(
        is(log, &filled)
            && is(source, &filled)
            && is(date, &|date| dates::parse(date).is_ok())
            && is(id, &|id| id.parse::<u32>().is_ok()),
    )
}

/// The name and the value of a line.
fn named(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once([':', '：'])?;
    let right = !name.is_empty() && !name.starts_with(' ') && name.chars().count() <= 40;
    right.then(|| (name.trim_end(), value.trim()))
}

/// What the lines say of the first event of a text.
#[derive(Debug)]
pub(crate) struct First {
    source: String,
    id: String,
    /// An event was read already.
    pub(crate) passed: bool,
}

impl First {
    pub(crate) fn of(text: &str) -> First {
        let mut lines = text.trim_start().lines().map(named);
        let mut value = |at: usize| {
            let (_, value) = lines.nth(at).flatten().unwrap_or_default();
            value.to_owned()
        };
        First {
            source: value(1),
            id: value(1),
            passed: false,
        }
    }

    /// Whether this is the first event, and the one that the lines name. They show an old source without
    /// the name of its maker.
    pub(crate) fn is(&self, event: &Event) -> bool {
        let names = [Some(event.provider.as_str()), event.event_source.as_deref()];
        let ends = |name: &str| {
            let at = name.len().checked_sub(self.source.len());
            let end = at.and_then(|at| name.get(at..));
            end.is_some_and(|end| end.eq_ignore_ascii_case(&self.source))
        };
        let same = !self.source.is_empty() && names.into_iter().flatten().any(ends);
        !self.passed && same && self.id == event.event_id.to_string()
    }
}

/// Reads such events.
pub(crate) fn read(mut window: Window<'_>, delivery: &mut Delivery<'_>) {
    let mut copied = Copied {
        file: Arc::clone(&delivery.file),
        handover: Handover::new(delivery),
        values: Vec::new(),
        text: String::new(),
        offset: None,
        names: Vec::new(),
        held: None,
        given: 0,
    };
    window.each_line(&mut |line, offset| {
        copied.line(line, offset);
        match copied.handover.delivery.stopped() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    if let Some((line, offset)) = copied.held.take() {
        copied.content(&line, offset);
    }
    copied.close();
    copied.handover.finish();
    text::note_failure(copied.handover.delivery, &window);
}

struct Copied<'d, 'a> {
    file: Arc<str>,
    handover: Handover<'d, 'a>,
    /// The values of the lines so far.
    values: Vec<String>,
    text: String,
    offset: Option<u64>,
    /// The names in the first two lines of the file.
    names: Vec<String>,
    /// A line that looks like the first of an event, until the next one shows whether it is.
    held: Option<(String, Option<u64>)>,
    given: u64,
}

impl Copied<'_, '_> {
    fn line(&mut self, line: &str, offset: Option<u64>) {
        let line = line.trim_end_matches('\r');
        let is = |at: usize| {
            let name = self.names.get(at).map(String::as_str);
            name.is_some() && named(line).map(|(name, _)| name) == name
        };
        if let Some((first, at)) = self.held.take() {
            if is(1) {
                self.close();
                self.offset = at;
            }
            self.content(&first, at);
        } else if self.in_text() && is(0) {
            self.held = Some((line.to_owned(), offset));
            return;
        }
        self.content(line, offset);
    }

    fn in_text(&self) -> bool {
        self.values.len() >= ORDER.len() - 1
    }

    fn content(&mut self, line: &str, offset: Option<u64>) {
        if self.in_text() {
            if self.text.len() + line.len() > limits::MAX_RECORD_TEXT {
                let message = "a text is longer than the limit: it is cut";
                self.handover
                    .delivery
                    .defect(DefectCode::Limit, offset, message);
                return;
            }
            let name = named(line).map(|(name, _)| name);
            if !self.text.is_empty() && name.is_some_and(|n| self.names.iter().any(|is| is == n)) {
                let message = "the text of an event holds what looks like another: a line between them may \
                               be damaged";
                self.handover
                    .delivery
                    .defect(DefectCode::Gap, offset, message);
            }
            // The first line of it has a name.
            let line = match named(line) {
                Some((_, value)) if self.text.is_empty() => value,
                _ => line,
            };
            self.text.push_str(line);
            self.text.push('\n');
            return;
        }
        let Some((name, value)) = named(line) else {
            if !line.trim().is_empty() {
                let message = "a line between events that belongs to none";
                self.handover
                    .delivery
                    .defect(DefectCode::Gap, offset, message);
            }
            return;
        };
        if self.values.is_empty() {
            self.offset = offset;
        }
        if self.names.len() < 2 {
            self.names.push(name.to_owned());
        }
        self.values.push(value.to_owned());
    }

    /// Hands over the event that has ended.
    fn close(&mut self) {
        let values = std::mem::take(&mut self.values);
        let text = std::mem::take(&mut self.text);
        if values.is_empty() {
            return;
        }
        let filled = |value: &String| !value.is_empty() && value != "N/A";
        let entries = ORDER.iter().zip(values.into_iter().chain([text]));
        let entries = entries.filter(|(_, value)| filled(value));
        let entries = entries.map(|(name, value)| ((*name).to_owned(), Json::Text(value)));
        let bag = Object::new(entries.collect());
        match fields::event(&bag, &EVENT_VIEWER, &self.file, self.offset) {
            Ok(draft) => {
                if self.given == 1 {
                    self.handover.doubt(self.offset);
                }
                self.given += 1;
                self.handover.event(draft);
            }
            Err(why) => self
                .handover
                .delivery
                .failed(self.offset, format!("an event could not be read: {why}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Trust;
    use crate::export::format_list::read;
    use crate::export::testing::{self, read_with};

    const GERMAN: &str = "Protokollname: Application\r\nQuelle:        MSExchangeMTA\r\nDatum:         13.02.2000 18:20:40\r\nEreignis-ID:   9322\r\nAufgabenkategorie:(5)\r\nEbene:         Warnung\r\nSchlüsselwörter:Klassisch\r\nBenutzer:      Nicht zutreffend\r\nComputer:      SEATTLE\r\nBeschreibung:\r\nEin Fehler: ja.\r\nQuelle: unbekannt\r\n\r\nProtokollname: System\r\nQuelle:        Andere\r\nDatum:         13.02.2000 18:20:41\r\nEreignis-ID:   7\r\nAufgabenkategorie:Keine\r\nEbene:         Fehler\r\nSchlüsselwörter:Klassisch\r\nBenutzer:      Nicht zutreffend\r\nComputer:      SEATTLE\r\nBeschreibung:\r\nText\r\n";

    #[test]
    fn in_any_language() {
        assert_eq!(are_events(GERMAN), Some(true));
        let (events, account) = read_with(read, GERMAN.as_bytes());
        let [first, second] = &events[..] else {
            panic!("{account:?}")
        };
        let is = (first.provider.as_str(), first.event_id, first.level);
        assert_eq!(is, ("MSExchangeMTA", 9322, Some(3)));
        assert_eq!(first.channel.as_deref(), Some("Application"));
        assert_eq!(first.computer.as_deref(), Some("SEATTLE"));
        let text = "Ein Fehler: ja.\nQuelle: unbekannt";
        assert_eq!(first.message.as_deref(), Some(text));
        let time = first.time.map(|time| time.as_second());
        assert_eq!(time, Some(950_466_040));
        assert_eq!((second.event_id, second.level), (7, Some(2)));
        // A text could have made it up.
        assert_eq!(
            (first.trust, second.trust),
            (Trust::Intact, Trust::HeaderMismatch)
        );
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in [
            "To: you\nFrom: me\nDate: 13.02.2000 18:20:40\nSubject: 7 events\nCc: x\n",
            "Name: x\nValue: y\n\n\n\n\n",
            "Chapter 1\n",
        ] {
            assert_eq!(are_events(text), Some(false), "{text}");
        }
        assert_eq!(are_events("Log Name: Application\n"), None);
    }

    #[test]
    fn damage_never_panics() {
        testing::damage(read, GERMAN.as_bytes());
    }
}
