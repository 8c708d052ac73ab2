//! Events as `wevtutil qe /f:text` prints them: blocks of `  Name: value` lines under `Event[0]:`,
//! the text last.
//!
//! Folklore it knows: the blocks are numbered without gaps, which tells a real block from a line
//! of some event's text that looks like one. Where a number is missed to the end of the file, its
//! line is damaged, and what was held for text is read as blocks after all; newer systems leave out the colon; `N/A` is what
//! stands where there is nothing; times are local; the names are in the language of the system, but
//! always come in the same order.

use std::io::Read;
use std::sync::Arc;

use crate::event::{Event, Trust};
use crate::event_builder::words_of;
use crate::export::detection::block_number;
use crate::export::dialects::Zone;
use crate::export::fields::{self, category_name};
use crate::export::handover::{Draft, Handover};
use crate::export::localized_levels;
use crate::export::text::{self, Window};
use crate::integrity::DefectCode;
use crate::limits;
use crate::sink::Delivery;
use crate::unread::{Field, Unread};

/// Reads the events of such an export.
pub fn read(reader: &mut dyn Read, delivery: &mut Delivery<'_>) {
    let mut window = Window::of_lines(reader);
    let mut blocks = Blocks {
        file: Arc::clone(&delivery.file),
        handover: Handover::new(delivery),
        open: None,
        next: None,
        word: None,
        names: Vec::new(),
        held: None,
        accepted: 0,
    };
    loop {
        let Some(at) = window.rest().find('\n') else {
            let length = window.rest().len();
            if length > limits::MAX_EXPORT_RECORD {
                blocks.too_large(window.offset());
                window.skip(length);
            }
            if window.more() {
                continue;
            }
            // The last line may lack its end.
            blocks.line(window.rest(), window.offset());
            break;
        };
        blocks.line(window.rest().get(..at).unwrap_or_default(), window.offset());
        window.skip(at + 1);
        if blocks.handover.delivery.stopped() {
            return;
        }
    }
    while blocks.held.is_some() {
        blocks.accept_held();
    }
    blocks.close();
    blocks.handover.finish();
    text::note_failure(blocks.handover.delivery, &window);
}

/// The block that is being read.
struct Block {
    draft: Draft,
    id: Option<u32>,
    /// Fields read so far.
    fields: usize,
    /// The lines of its text have begun.
    in_text: bool,
    text: String,
    /// The last line of the text is called like the second of a block.
    like_second: bool,
}

struct Blocks<'d, 'a> {
    file: Arc<str>,
    handover: Handover<'d, 'a>,
    open: Option<Block>,
    /// The number that the next block must have.
    next: Option<u64>,
    /// The word that begins a block, in small letters.
    word: Option<String>,
    /// The names in the three lines below that, with the blanks before them.
    names: Vec<String>,
    /// Lines that are text, or blocks behind one that is damaged.
    held: Option<Held>,
    /// How often lines that were held turned out to be blocks.
    accepted: usize,
}

/// Lines from one on that looks like the first of a block, but has another number than the next one.
struct Held {
    number: u64,
    bytes: usize,
    lines: Vec<(String, Option<u64>)>,
}

impl Held {
    /// Whether the lines look like those of a block.
    fn is_block(&self) -> bool {
        let fields = self.lines.iter().skip(1).take(4);
        let fields = fields.filter(|(line, _)| line.starts_with("  ") && line.contains(": "));
        fields.count() == 4
    }
}

/// Damaged first lines that are coped with in one file: what is held is read again for each.
const MOST_ACCEPTED: usize = 64;

impl Blocks<'_, '_> {
    fn line(&mut self, line: &str, offset: Option<u64>) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let number = block_number(line).filter(|_| self.has_word(line));
        if let Some(number) = number
            && self.next.is_none_or(|next| next == number)
        {
            self.give_up_held();
            return self.begin(line, number, offset);
        }
        match (&mut self.held, number, self.next) {
            (Some(held), ..) => {
                held.bytes += line.len() + size_of::<String>();
                held.lines.push((line.to_owned(), offset));
                if held.bytes > limits::MAX_WAITING_BYTES {
                    self.accept_held();
                }
            }
            (None, Some(number), Some(next)) if number != next => {
                self.held = Some(Held {
                    number,
                    bytes: line.len(),
                    lines: vec![(line.to_owned(), offset)],
                });
            }
            _ => self.content(line, offset),
        }
    }

    /// Whether a line begins with the word that begins all blocks; one letter may be damaged.
    fn has_word(&self, line: &str) -> bool {
        let Some(word) = &self.word else { return true };
        let begin = line.split('[').next().unwrap_or_default().to_lowercase();
        let differs = word.chars().zip(begin.chars()).filter(|(a, b)| a != b);
        begin.chars().count() == word.chars().count() && differs.count() <= 1
    }

    /// A block begins.
    fn begin(&mut self, line: &str, number: u64, offset: Option<u64>) {
        self.close();
        self.word = line.split('[').next().map(str::to_lowercase);
        self.next = number.checked_add(1);
        let event = Event {
            file: Arc::clone(&self.file),
            offset,
            // Whoever writes into the text of the last event could forge such blocks.
            trust: match self.accepted {
                0 => Trust::Intact,
                _ => Trust::HeaderMismatch,
            },
            ..Event::default()
        };
        self.open = Some(Block {
            draft: Draft::of(event, Unread::default()),
            id: None,
            fields: 0,
            in_text: false,
            text: String::new(),
            like_second: false,
        });
    }

    /// The number that was missed has come: what was held is text.
    fn give_up_held(&mut self) {
        if let Some(held) = self.held.as_ref().filter(|held| held.is_block()) {
            let offset = held.lines.first().and_then(|(_, offset)| *offset);
            self.looks_like_event(offset);
        }
        for (line, offset) in self.held.take().into_iter().flat_map(|held| held.lines) {
            self.content(&line, offset);
        }
    }

    /// The number that was missed will not come: what was held are blocks, if they look like some.
    fn accept_held(&mut self) {
        let Some(held) = self.held.take() else {
            return;
        };
        let indented =
            |line: &(String, Option<u64>)| line.0.starts_with("  ") && line.0.contains(": ");
        let looks_right = held
            .lines
            .iter()
            .skip(1)
            .take(4)
            .filter(|line| indented(line));
        let mut lines = held.lines.iter();
        if looks_right.count() < 4 || self.accepted >= MOST_ACCEPTED {
            return lines.for_each(|(line, offset)| self.content(line, *offset));
        }
        self.accepted += 1;
        let missing = held.number.saturating_sub(self.next.unwrap_or(0));
        if let Some((line, offset)) = lines.next() {
            let integrity = &mut self.handover.delivery.account.integrity;
            integrity.lost = integrity.lost.saturating_add(missing);
            integrity.note_many(
                DefectCode::Gap,
                *offset,
                missing,
                "events whose first line is damaged: what they hold stands in the text before them",
            );
            self.begin(line, held.number, *offset);
        }
        lines.for_each(|(line, offset)| self.line(line, *offset));
    }

    /// Notes that a text holds what looks like an event: either somebody wrote it there, or the
    /// first line of a block is damaged.
    fn looks_like_event(&mut self, offset: Option<u64>) {
        self.handover.delivery.defect(
            DefectCode::Gap,
            offset,
            "the text of an event holds what looks like another: a line between them may be damaged",
        );
    }

    /// A line inside a block.
    fn content(&mut self, line: &str, offset: Option<u64>) {
        let Some(block) = &mut self.open else {
            if !line.trim().is_empty() {
                self.handover.delivery.defect(
                    DefectCode::Gap,
                    offset,
                    "a line before the first event that belongs to none",
                );
            }
            return;
        };
        if block.in_text {
            let name = line.split_once(':').map(|(name, _)| name);
            let is = |at: usize| {
                let name = name.filter(|name| name.starts_with(' '));
                name.is_some() && name == self.names.get(at).map(String::as_str)
            };
            // The first one may have become a part of the line above it.
            let begins = is(0) || block.like_second && is(2);
            block.like_second = is(1);
            if begins {
                self.looks_like_event(offset);
            }
            let Some(block) = &mut self.open else { return };
            if block.text.len() + line.len() > limits::MAX_RECORD_TEXT {
                self.too_large(offset);
                return;
            }
            block.text.push_str(line);
            block.text.push('\n');
        } else if let Some((name, value)) = line.split_once(':') {
            if block.fields == self.names.len() && self.names.len() < 3 {
                self.names.push(name.to_owned());
            }
            block.field(name.trim(), value.trim());
        }
    }

    fn too_large(&mut self, offset: Option<u64>) {
        self.handover.delivery.defect(
            DefectCode::Limit,
            offset,
            "a text is longer than the limit: it is cut",
        );
    }

    /// Hands over the block that has ended.
    fn close(&mut self) {
        let Some(block) = self.open.take() else {
            return;
        };
        let mut draft = block.draft;
        let event = &mut draft.event;
        let Some(id) = block.id.filter(|_| !event.provider.is_empty()) else {
            let offset = event.offset;
            self.handover.delivery.failed(
                offset,
                "an event could not be read: it has no event id or no source",
            );
            return;
        };
        (event.event_id, event.qualifiers) = words_of(id);
        let text = block.text.trim();
        if !text.is_empty() && text != "N/A" {
            event.message = Some(text.to_owned());
            fields::strings_of_text(&mut draft);
        }
        self.handover.event(draft);
    }
}

/// What stands in the lines of a block, in this order.
const ORDER: [&str; 12] = [
    "Log Name",
    "Source",
    "Date",
    "Event ID",
    "Task",
    "Level",
    "Opcode",
    "Keyword",
    "User",
    "User Name",
    "Computer",
    "Description",
];

impl Block {
    fn field(&mut self, name: &str, value: &str) {
        // Names that are not English are told by where they stand.
        let known = ORDER.iter().position(|known| *known == name);
        let at = known.unwrap_or(self.fields);
        self.fields = at + 1;
        let name = ORDER.get(at).copied().unwrap_or(name);
        if name == "Description" {
            self.in_text = true;
            self.text.push_str(value);
            self.text.push('\n');
            return;
        }
        let text = Some(value)
            .filter(|value| !value.is_empty() && *value != "N/A")
            .map(str::to_owned);
        let event = &mut self.draft.event;
        match name {
            "Log Name" => event.channel = text,
            "Source" => event.provider = text.unwrap_or_default(),
            "Date" => self.draft.time(value, Zone::Local),
            "Event ID" => self.id = value.parse().ok(),
            "Task" => event.category_name = text.and_then(category_name),
            "Level" => {
                event.level = localized_levels::level(value);
                if event.level.is_none() && text.is_some() {
                    self.draft.unread.note(Field::Level, value);
                }
            }
            "User" => event.user_sid = text.filter(|sid| sid.starts_with("S-1-")),
            "Computer" => event.computer = text,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{self, Format};
    use crate::export::testing::{self, read_with};

    const PRINTED: &str = "Event[0]:\r\n  Log Name: Application\r\n  Source: MSExchangeMTA\r\n  Date: 2000-02-05T18:20:40.000\r\n  Event ID: 9322\r\n  Task: Interface\r\n  Level: Warning\r\n  Opcode: N/A\r\n  Keyword: Classic\r\n  User: N/A\r\n  User Name: N/A\r\n  Computer: SEATTLE\r\n  Description: \r\nAn error: occurred\r\nEvent[9]:\r\n  Source: not real\r\n\r\n\
        Event[1]\r\n  Log Name: Application\r\n  Source: Other\r\n  Date: 2000-02-05T18:20:41.000\r\n  Event ID: 7\r\n  Level: Error\r\n  Computer: SEATTLE\r\n  Description: \r\nN/A\r\n";

    #[test]
    fn blocks_of_text() {
        assert_eq!(
            detect::detect(PRINTED.as_bytes()),
            Some(Format::WevtutilText)
        );
        let (events, account) = read_with(read, PRINTED.as_bytes());
        let [first, second] = &events[..] else {
            panic!("{account:?}")
        };
        assert_eq!(
            (first.provider.as_str(), first.event_id, first.level),
            ("MSExchangeMTA", 9322, Some(3))
        );
        assert_eq!(
            first.time.map(|time| time.to_string()).as_deref(),
            Some("2000-02-05T18:20:40Z")
        );
        assert_eq!(
            (first.channel.as_deref(), first.computer.as_deref()),
            (Some("Application"), Some("SEATTLE"))
        );
        assert_eq!(first.category_name.as_deref(), Some("Interface"));
        assert_eq!(
            first.message.as_deref(),
            Some("An error: occurred\nEvent[9]:\n  Source: not real")
        );
        assert_eq!(
            (second.event_id, &second.message, &second.strings),
            (7, &None, &None)
        );
        assert_eq!(testing::codes(&account), [DefectCode::Incomplete]);
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in [
            "Event[0]:\n  Name: x\n",
            "Event[x]:\n  Log Name: a\n  Source: b\n  Date: c\n",
            "Event log\n",
        ] {
            assert_eq!(detect::detect(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn damage_never_panics() {
        testing::damage(read, PRINTED.as_bytes());
        testing::endless(
            read,
            b"Event[0]:\n  Log Name: ",
            b"  Source: P\n  Event ID: 7\n  Description:\nx\n",
        );
    }
}
