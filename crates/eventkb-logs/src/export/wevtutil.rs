//! Events as `wevtutil qe /f:text` prints them: blocks of `  Name: value` lines under `Event[0]:`,
//! the text last.
//!
//! Folklore it knows: the blocks are numbered without gaps, which tells a real block from a line
//! of some event's text that looks like one; newer systems leave out the colon; `N/A` is what
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
    let mut window = Window::new(reader);
    let mut blocks = Blocks {
        file: Arc::clone(&delivery.file),
        handover: Handover::new(delivery),
        open: None,
        next: None,
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
}

struct Blocks<'d, 'a> {
    file: Arc<str>,
    handover: Handover<'d, 'a>,
    open: Option<Block>,
    /// The number that the next block must have.
    next: Option<u64>,
}

impl Blocks<'_, '_> {
    fn line(&mut self, line: &str, offset: Option<u64>) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some(number) = block_number(line)
            && self.next.is_none_or(|next| next == number)
        {
            self.close();
            self.next = number.checked_add(1);
            let event = Event {
                file: Arc::clone(&self.file),
                offset,
                trust: Trust::Intact,
                ..Event::default()
            };
            self.open = Some(Block {
                draft: Draft::of(event, Unread::default()),
                id: None,
                fields: 0,
                in_text: false,
                text: String::new(),
            });
            return;
        }
        let Some(block) = &mut self.open else { return };
        if block.in_text {
            if block.text.len() + line.len() > limits::MAX_RECORD_TEXT {
                self.too_large(offset);
                return;
            }
            block.text.push_str(line);
            block.text.push('\n');
        } else if let Some((name, value)) = line.split_once(':') {
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
        let codes: Vec<_> = account
            .integrity
            .defects
            .iter()
            .map(|defect| defect.code)
            .collect();
        assert_eq!(codes, [DefectCode::Incomplete]);
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
