//! Events as `wevtutil qe /f:text` prints them: blocks of `  Name: value` lines under `Event[0]:`,
//! the text last.
//!
//! Folklore it knows: the blocks are numbered from 0 without gaps, which tells a real block from a line
//! of some event's text that looks like one; newer systems leave out the colon; `N/A` is what
//! stands where there is nothing; times are local; the names are in the language of the system, but
//! always come in the same order.
//!
//! Nothing but the numbers shows where a text ends, and whoever writes one can make it look like blocks. So:
//! - The next number begins a block. A number too high is text, for the next one may follow.
//! - Where the numbers go back, somebody's text holds blocks, and nothing tells which side is the forged one:
//!   all since the first block that may be are doubtful, to the end of the file. So are all from a number on
//!   that never came, for its line is damaged.
//! - Where the numbers begin again, two exports were joined, or a text looks as if: what stands before is as
//!   good as it was, what stands behind is doubtful. Joined exports are legal, so all of them are read.
//!
//! A text at the very end of a file that goes on with the right number cannot be told from an event.

use std::collections::VecDeque;
use std::io::Read;
use std::ops::ControlFlow;
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
        first: 0,
        word: None,
        names: Vec::new(),
        held: None,
        recent: VecDeque::new(),
        passed: 0,
        in_doubt: false,
    };
    window.each_line(&mut |line, offset| {
        blocks.line(line, offset);
        match blocks.handover.delivery.stopped() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    if blocks.handover.delivery.stopped() {
        return;
    }
    blocks.end();
    blocks.handover.finish();
    text::note_failure(blocks.handover.delivery, &window);
}

/// The block that is being read.
struct Block {
    draft: Draft,
    number: u64,
    /// Where it begins, in bytes of text.
    begin: u64,
    id: Option<u32>,
    /// Fields read so far.
    fields: usize,
    /// The lines of its text have begun.
    in_text: bool,
    text: String,
    /// The last line of the text is called like the second of a block.
    like_second: bool,
}

/// An event whose block has ended, and that may yet turn out to be a part of another one's text.
struct Recent {
    number: u64,
    begin: u64,
    draft: Draft,
}

/// How far a text reaches: what begins further back than this is no part of a text that goes on here.
const LONGEST_TEXT: u64 = limits::MAX_EXPORT_RECORD as u64;

/// Bytes that a block has at least.
const SMALLEST_BLOCK: usize = 64;

struct Blocks<'d, 'a> {
    file: Arc<str>,
    handover: Handover<'d, 'a>,
    open: Option<Block>,
    /// The number that the next block must have.
    next: Option<u64>,
    /// The number of the first block.
    first: u64,
    /// The word that begins a block, in small letters.
    word: Option<String>,
    /// The names in the three lines below that, with the blanks before them.
    names: Vec<String>,
    /// Lines that are text, or blocks behind one that is damaged.
    held: Option<Held>,
    /// The last events, as far back as a text may reach.
    recent: VecDeque<Recent>,
    /// Bytes of text so far.
    passed: u64,
    /// The numbers are no proof any more: what looks like a block is read as one and trusted less.
    in_doubt: bool,
}

/// Lines from one on that looks like the first of a block.
struct Held {
    number: u64,
    bytes: usize,
    lines: Vec<(String, Option<u64>)>,
}

/// Lines below the first one that show whether a block begins.
const SHOWN: usize = 4;

impl Held {
    fn new(line: &str, number: u64, offset: Option<u64>) -> Held {
        Held {
            number,
            bytes: line.len(),
            lines: vec![(line.to_owned(), offset)],
        }
    }

    fn push(&mut self, line: &str, offset: Option<u64>) {
        self.bytes += line.len() + size_of::<String>();
        self.lines.push((line.to_owned(), offset));
    }

    /// Whether enough lines are there to tell.
    fn is_whole(&self) -> bool {
        self.lines.len() > SHOWN
    }

    /// Whether the lines look like those of a block, as far as they are there.
    fn is_block(&self) -> bool {
        let mut fields = self.lines.iter().skip(1).take(SHOWN);
        fields.all(|(line, _)| line.starts_with("  ") && line.contains(':'))
    }
}

impl Blocks<'_, '_> {
    fn line(&mut self, line: &str, offset: Option<u64>) {
        self.passed += line.len() as u64 + 1;
        self.sort(line.strip_suffix('\r').unwrap_or(line), offset);
    }

    /// Finds out whether a line begins a block.
    fn sort(&mut self, line: &str, offset: Option<u64>) {
        let number = block_number(line).filter(|_| self.has_word(line));
        if self.in_doubt {
            return self.sort_in_doubt(line, number, offset);
        }
        match (number, self.next) {
            (Some(number), None) => {
                self.first = number;
                if number > 1 {
                    let message = format!(
                        "its first event has the number {number}: those before it are missing"
                    );
                    self.handover
                        .delivery
                        .defect(DefectCode::Gap, offset, message);
                }
                self.begin(line, number, offset);
            }
            (Some(number), Some(next)) if number == next => {
                self.give_up_held();
                self.begin(line, number, offset);
            }
            (Some(number), Some(next)) if number < next => {
                self.goes_back(number, offset);
                let held = self.held.take();
                for (line, offset) in held.into_iter().flat_map(|held| held.lines) {
                    self.sort(&line, offset);
                }
                self.sort(line, offset);
            }
            (number, _) => self.hold_or_take(line, number, offset),
        }
    }

    /// A line that begins no block, or one whose number is too high.
    fn hold_or_take(&mut self, line: &str, number: Option<u64>, offset: Option<u64>) {
        match (&mut self.held, number) {
            (Some(held), _) => {
                held.push(line, offset);
                if held.lines.len() == SHOWN + 1 && !held.is_block() {
                    self.give_up_first();
                } else if held.bytes > limits::MAX_WAITING_BYTES {
                    self.accept_held();
                }
            }
            (None, Some(number)) => self.held = Some(Held::new(line, number, offset)),
            (None, None) => self.content(line, offset),
        }
    }

    /// The first of the lines that are held is text after all.
    fn give_up_first(&mut self) {
        let lines = self.held.take().into_iter().flat_map(|held| held.lines);
        for (at, (line, offset)) in lines.enumerate() {
            match at {
                0 => self.content(&line, offset),
                _ => self.sort(&line, offset),
            }
        }
    }

    /// A line where the numbers prove nothing any more.
    fn sort_in_doubt(&mut self, line: &str, number: Option<u64>, offset: Option<u64>) {
        if let Some(held) = &mut self.held
            && number.is_none()
        {
            held.push(line, offset);
            if held.is_whole() {
                self.settle(false);
            }
            return;
        }
        self.settle(false);
        match number {
            Some(number) => self.held = Some(Held::new(line, number, offset)),
            None => self.content(line, offset),
        }
    }

    /// Makes a block or text of the lines that are held, by what they look like. At the end of the file a
    /// block may be cut.
    fn settle(&mut self, at_end: bool) {
        let Some(held) = self.held.take() else { return };
        let is_block = held.is_block() && (at_end || held.is_whole());
        for (at, (line, offset)) in held.lines.into_iter().enumerate() {
            if at == 0 && is_block {
                self.begin(&line, held.number, offset);
            } else {
                self.content(&line, offset);
            }
        }
    }

    /// The numbers go back to this one: from the first block on that may stand in a text of another one, all
    /// are doubtful.
    fn goes_back(&mut self, number: u64, offset: Option<u64>) {
        self.in_doubt = true;
        let message = if number <= self.first {
            "the numbers of its events begin again: exports were joined, or a text holds what looks like \
             events; from there on they are trusted less"
        } else {
            let recent = self.recent.iter_mut();
            let since = recent.filter(|recent| recent.number >= number);
            let since = since.map(|recent| &mut recent.draft);
            let open = self.open.as_mut().filter(|open| open.number >= number);
            for draft in since.chain(open.map(|open| &mut open.draft)) {
                draft.event.trust = Trust::HeaderMismatch;
            }
            "the numbers of its events go back: a text holds what looks like events; from the first that may \
             be one of those on they are trusted less"
        };
        self.handover
            .delivery
            .defect(DefectCode::HeaderMismatch, offset, message);
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
        if self.word.is_none() {
            self.word = line.split('[').next().map(str::to_lowercase);
        }
        self.next = number.checked_add(1);
        let event = Event {
            file: Arc::clone(&self.file),
            offset,
            trust: match self.in_doubt {
                false => Trust::Intact,
                true => Trust::HeaderMismatch,
            },
            ..Event::default()
        };
        self.open = Some(Block {
            draft: Draft::of(event, Unread::default()),
            number,
            begin: self.passed,
            id: None,
            fields: 0,
            in_text: false,
            text: String::new(),
            like_second: false,
        });
    }

    /// The number that was missed has come: what was held is text.
    fn give_up_held(&mut self) {
        let is_block = |held: &&Held| held.is_whole() && held.is_block();
        if let Some(held) = self.held.as_ref().filter(is_block) {
            let offset = held.lines.first().and_then(|(_, offset)| *offset);
            self.looks_like_event(offset);
        }
        for (line, offset) in self.held.take().into_iter().flat_map(|held| held.lines) {
            self.content(&line, offset);
        }
    }

    /// The number that was missed will not come, for its line is damaged: what was held are blocks.
    fn accept_held(&mut self) {
        let Some(held) = self.held.take() else {
            return;
        };
        self.in_doubt = true;
        // What is missing stands in the text before: it cannot be more than has room there.
        let room = self.open.as_ref().map_or(0, |open| open.text.len());
        let missing = held.number.saturating_sub(self.next.unwrap_or(0));
        let missing = missing.min((room / SMALLEST_BLOCK) as u64 + 1);
        let offset = held.lines.first().and_then(|(_, offset)| *offset);
        let integrity = &mut self.handover.delivery.account.integrity;
        integrity.lost = integrity.lost.saturating_add(missing);
        integrity.note_many(
            DefectCode::Gap,
            offset,
            missing,
            "events whose first line is damaged: what they hold stands in the text before them",
        );
        for (line, offset) in held.lines {
            self.sort(&line, offset);
        }
    }

    /// No more lines will come.
    fn end(&mut self) {
        if !self.in_doubt {
            match &self.held {
                Some(held) if held.is_block() => self.accept_held(),
                _ => self.give_up_held(),
            }
        }
        self.settle(true);
        self.close();
        self.hand_over(true);
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
        self.recent.push_back(Recent {
            number: block.number,
            begin: block.begin,
            draft,
        });
        self.hand_over(false);
    }

    /// Hands over the events that no text can reach any more, or `all`.
    fn hand_over(&mut self, all: bool) {
        let reached = |recent: &Recent| recent.begin + LONGEST_TEXT >= self.passed;
        while self
            .recent
            .front()
            .is_some_and(|first| all || !reached(first))
        {
            if let Some(recent) = self.recent.pop_front() {
                self.handover.event(recent.draft);
            }
        }
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

    /// Blocks with these numbers, each of its own id.
    fn printed(numbers: &[u64]) -> String {
        let blocks = numbers.iter().zip(1..).map(|(number, id)| {
            format!(
                "Event[{number}]:\r\n  Log Name: Application\r\n  Source: P\r\n  Date: 2000-02-05T18:20:40.000\r\n  \
                 Event ID: {id}\r\n  Level: Error\r\n  Computer: A\r\n  Description: \r\nText {id}.\r\n\r\n"
            )
        });
        blocks.collect()
    }

    /// The ids of events that are trusted less, and how many are read.
    fn doubtful(numbers: &[u64]) -> (Vec<u16>, usize) {
        let (events, account) = read_with(read, printed(numbers).as_bytes());
        let weak = events.iter().filter(|event| event.trust.is_weak());
        let weak: Vec<u16> = weak.map(|event| event.event_id).collect();
        let named = [DefectCode::HeaderMismatch, DefectCode::Gap];
        let named = testing::codes(&account)
            .iter()
            .any(|code| named.contains(code));
        assert_eq!(named, !weak.is_empty(), "{numbers:?}: {account:?}");
        (weak, events.len())
    }

    #[test]
    fn what_a_text_may_have_forged_is_doubtful() {
        assert_eq!(doubtful(&[0, 1, 2, 3]), (vec![], 4));
        // The text of the second holds two that look like the next ones: which side is right cannot be told.
        assert_eq!(doubtful(&[0, 1, 2, 3, 2, 3, 4]), ((3..=7).collect(), 7));
        assert_eq!(doubtful(&[0, 1, 1, 2]), (vec![2, 3, 4], 4));
        // Joined exports, or a text that looks so.
        assert_eq!(doubtful(&[0, 1, 0, 1, 2]), (vec![3, 4, 5], 5));
        assert_eq!(doubtful(&[0, 1, 2, 0, 1, 3, 4]), (vec![4, 5, 6, 7], 7));
        // A number that is too high is text until it shows that the right one does not come.
        assert_eq!(doubtful(&[0, 1, 3, 4, 5]), (vec![3, 4, 5], 5));
        // The line of 1 is damaged in the first of two exports.
        assert_eq!(doubtful(&[0, 2, 3, 0, 1, 2]).1, 6);
    }

    #[test]
    fn what_is_missing_is_no_more_than_has_room() {
        let (_, account) = read_with(read, printed(&[0, 1, u64::MAX - 1]).as_bytes());
        assert_eq!(account.integrity.lost, 1, "{account:?}");
        let (_, account) = read_with(read, printed(&[7, 8]).as_bytes());
        assert_eq!(account.integrity.count(DefectCode::Gap), 1);
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
