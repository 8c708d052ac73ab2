//! Events as PowerShell's `Format-List` prints them, and programs like it: blocks of
//! `Name : value` lines with an empty line between.
//!
//! Folklore it knows: names are padded to one width, and what goes on in the next line begins
//! behind it; lists are cut at the fourth item unless somebody asked for more.
//!
//! As each further line of a text begins with blanks, no text can look like the next event. Where lines
//! stand that belong to none, somebody wrote texts without those blanks: from there on events are doubtful.

use std::io::Read;
use std::sync::Arc;

use crate::export::clixml::deliver_once;
use crate::export::copied;
use crate::export::dialects;
use crate::export::handover::Handover;
use crate::export::json::{Json, Object};
use crate::export::key_values;
use crate::export::text::{self, Window};
use crate::integrity::DefectCode;
use crate::limits;
use crate::sink::Delivery;

/// Whether a text begins as such a listing; `None` when its first block is not whole.
pub(crate) fn are_events(text: &str) -> Option<bool> {
    let mut block = Block::default();
    for line in text.trim_start().lines() {
        if line.trim().is_empty() && !block.entries.is_empty() {
            return Some(dialects::find(&block.bag()).is_some());
        }
        if !block.line(line) {
            return Some(false);
        }
    }
    if dialects::find(&block.bag()).is_some() {
        return Some(true);
    }
    None
}

/// Reads the events of a listing, also of those of other forms (`key_values`, `copied`).
pub fn read(reader: &mut dyn Read, delivery: &mut Delivery<'_>) {
    let mut window = Window::of_lines(reader);
    while window.rest().len() < limits::DETECTION_TEXT && window.more() {}
    if key_values::are_events(window.rest()) == Some(true) {
        return key_values::read(window, delivery);
    }
    if copied::are_events(window.rest()) == Some(true) {
        return copied::read(window, delivery);
    }
    let file = Arc::clone(&delivery.file);
    let mut handover = Handover::new(delivery);
    let mut block = Block::default();
    let mut strays = Strays::default();
    loop {
        let Some(at) = window.rest().find('\n') else {
            let length = window.rest().len();
            if length > limits::MAX_EXPORT_RECORD {
                let message = "a line is longer than the limit for one record";
                handover
                    .delivery
                    .defect(DefectCode::Limit, window.offset(), message);
                window.skip(length);
            }
            if window.more() {
                continue;
            }
            // The last line may lack its end.
            take(
                &mut block,
                window.rest(),
                window.offset(),
                &file,
                &mut handover,
                &mut strays,
            );
            break;
        };
        window.look_for_fills(at);
        let line = text::without_mark(window.rest().get(..at).unwrap_or_default());
        let offset = window.offset();
        take(&mut block, line, offset, &file, &mut handover, &mut strays);
        window.skip(at + 1);
        if handover.delivery.stopped() {
            break;
        }
    }
    close(&mut block, &file, &mut handover, &mut strays);
    handover.finish();
    text::note_failure(handover.delivery, &window);
}

fn take(
    block: &mut Block,
    line: &str,
    offset: Option<u64>,
    file: &Arc<str>,
    handover: &mut Handover<'_, '_>,
    strays: &mut Strays,
) {
    // An empty line may stand inside a text as well: there, what follows is indented.
    let ends = line.trim().is_empty() && !block.entries.is_empty();
    if ends {
        block.empty += 1;
        return;
    }
    if block.empty > 0 && !block.goes_on(line) {
        close(block, file, handover, strays);
    }
    if block.entries.is_empty() {
        block.offset = offset;
    }
    if block.size > limits::MAX_EXPORT_RECORD {
        handover.delivery.defect(
            DefectCode::Limit,
            offset,
            "a text is longer than the limit: it is cut",
        );
    } else if !block.line(line) {
        strays.seen = true;
        handover.delivery.defect(
            DefectCode::Gap,
            offset,
            "a line between events that belongs to none",
        );
    }
}

fn close(block: &mut Block, file: &Arc<str>, handover: &mut Handover<'_, '_>, strays: &mut Strays) {
    let block = std::mem::take(block);
    if block.entries.is_empty() {
        return;
    }
    if strays.before && !handover.in_doubt {
        handover.doubt(block.offset);
    }
    strays.before = strays.seen;
    deliver_once(block.bag(), file, block.offset, handover);
}

/// Lines that belong to no event.
#[derive(Default)]
struct Strays {
    seen: bool,
    /// They stand before the block that is being read.
    before: bool,
}

/// The lines of one event.
#[derive(Default)]
struct Block {
    offset: Option<u64>,
    entries: Vec<(String, String)>,
    /// Where values begin on their lines.
    margin: usize,
    size: usize,
    /// Empty lines since the last one that was not.
    empty: usize,
}

impl Block {
    fn goes_on(&self, line: &str) -> bool {
        self.margin > 0 && line.len() > self.margin && {
            line.bytes().take(self.margin).all(|byte| byte == b' ')
        }
    }

    /// Takes a line; `false` when it is none of such a listing.
    fn line(&mut self, line: &str) -> bool {
        let line = line.trim_end_matches('\r');
        self.size += line.len();
        if self.goes_on(line) {
            if let Some((_, value)) = self.entries.last_mut() {
                for _ in 0..std::mem::take(&mut self.empty) {
                    value.push('\n');
                }
                value.push('\n');
                value.push_str(line.get(self.margin..).unwrap_or_default());
            }
            return true;
        }
        if line.trim().is_empty() {
            return true;
        }
        self.empty = 0;
        let Some((name, value)) = line.split_once(':') else {
            return false;
        };
        let padded = name.trim_end();
        let named = !padded.is_empty()
            && padded.len() <= 40
            && padded
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-'));
        if !named || !name.ends_with(' ') {
            return false;
        }
        self.margin = name.len() + 2;
        self.entries
            .push((padded.to_owned(), value.trim().to_owned()));
        true
    }

    fn bag(&self) -> Object {
        let entries = self.entries.iter();
        let entries = entries.map(|(key, value)| (key.clone(), Json::Text(value.clone())));
        Object::new(entries.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::testing::{self, read_with};

    const LISTED: &str = "\r\n\r\nTimeCreated  : 2/13/2000 6:20:40 PM\r\nProviderName : MSExchangeMTA\r\nId           : 9322\r\nMessage      : An error\r\n               Name : value\r\n\r\n               occurred.\r\n\r\nTimeCreated  : 2/13/2000 6:20:41 PM\r\nProviderName : Other\r\nId           : 7\r\nMessage      : \r\n\r\n";

    #[test]
    fn blocks_of_format_list() {
        assert_eq!(are_events(LISTED), Some(true));
        let (events, account) = read_with(read, LISTED.as_bytes());
        let [first, second] = &events[..] else {
            panic!("{account:?}")
        };
        assert_eq!(
            (first.provider.as_str(), first.event_id),
            ("MSExchangeMTA", 9322)
        );
        assert_eq!(
            first.message.as_deref(),
            Some("An error\nName : value\n\noccurred.")
        );
        let time = first.time.map(|time| time.to_string());
        assert_eq!(time.as_deref(), Some("2000-02-13T18:20:40Z"));
        assert_eq!((second.event_id, &second.message), (7, &None));
        assert_eq!(
            (account.integrity.failed, account.integrity.defects.len()),
            (0, 1)
        );
        let entry = "Index              : 17\nEntryType          : Warning\nInstanceId         : 2147492970\nMessage            : m\nCategory           : (5)\nReplacementStrings : {68, 5, x}\nSource             : MSExchangeMTA\nTimeGenerated      : 2/13/2000 6:20:40 PM\n";
        let (events, _) = read_with(read, entry.as_bytes());
        assert_eq!((events[0].event_id, events[0].category), (9322, Some(5)));
        assert_eq!(events[0].strings.as_ref().map(Vec::len), Some(3));
        let (events, _) = read_with(read, entry.replace("5, x}", "5, x...}").as_bytes());
        assert_eq!(events[0].strings, None);
    }

    #[test]
    fn where_texts_are_not_indented_they_may_look_like_events() {
        let forged = LISTED.replace(
            "               Name : value",
            "no blanks before this\r\n\r\nTimeCreated  : 2/13/2000 6:20:40 PM\r\nProviderName : Forged\r\nId           : 1\r\nMessage      : x",
        );
        let (events, account) = read_with(read, forged.as_bytes());
        let weak: Vec<bool> = events.iter().map(|event| event.trust.is_weak()).collect();
        assert_eq!(weak, [false, true, true], "{account:?}");
        let mismatch = account.integrity.count(DefectCode::HeaderMismatch);
        assert_eq!(mismatch, 1);
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in [
            "Name : x\nValue : y\n\n",
            "To: you\nFrom: me\n\n",
            "Chapter 1\n",
            "Id : 1\nText\n\n",
        ] {
            assert_eq!(are_events(text), Some(false), "{text}");
        }
    }

    #[test]
    fn damage_never_panics() {
        testing::damage(read, LISTED.as_bytes());
    }
}
