//! The message texts of an exported log: `LocaleMetaData/<log>_<LCID>.MTA`.
//!
//! Besides [`fallback`](super::fallback) this is the only file that names the `evtx` crate, which
//! knows the format and how Windows finds the text of a record. The crate believes the file's
//! bookkeeping, and a small file can ask for gigabytes: pages that name one record a hundred
//! times, tables that name one long text a million times. So the bookkeeping is added up first.

use std::collections::HashMap;

use evtx::mta::{MtaEvent, MtaFile};

use crate::bytes::{u32_at, u64_at};
use crate::event::Event;
use crate::limits;

/// The first bytes of such a file.
pub(crate) const MAGIC: &[u8; 8] = b"MTAFile\0";

const HEADER: usize = 24;
/// Offset, size and name length of a section; its name follows.
const SECTION: usize = 20;
/// Header of a page: places of the next page, of itself, and of up to 100 records.
const PAGE: usize = 888;
const PAGE_NEXT: usize = 72;
const PAGE_SELF: usize = 80;
const PAGE_RECORDS: usize = 88;
/// Index and size before a record's content.
const RECORD: usize = 8;
/// Levels, tasks, opcodes and keywords.
const TABLES: usize = 4;

/// Why message texts cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MtaError {
    /// Its parts overlap, or its tables would grow beyond all measure.
    #[error("its parts take more room than the file has")]
    Oversized,
    /// The crate's own words.
    #[error("{0}")]
    Unreadable(String),
}

/// The texts of one log in one language.
#[derive(Debug)]
pub(crate) struct MessageTexts {
    file: MtaFile,
}

impl MessageTexts {
    /// Reads the content of an .MTA file.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(crate) fn read(bytes: &[u8]) -> Result<MessageTexts, MtaError> {
        add_up(bytes)?;
        match MtaFile::from_bytes(bytes) {
            Ok(file) => Ok(MessageTexts { file }),
            Err(error) => Err(MtaError::Unreadable(error.to_string())),
        }
    }

    /// Gives an event the texts it lacks: its message, and its category's name. `number` is the
    /// record's number in its frame, by which an exported log and its texts count.
    pub(crate) fn give(&self, event: &mut Event, number: u64) {
        let wanted = MtaEvent {
            provider: &event.provider,
            record_number: number,
            event_record_id: event.record_id.unwrap_or(0),
            qualifiers: event.qualifiers.unwrap_or(0),
            level: event.level.unwrap_or(0),
            task: event.category.unwrap_or(0),
            ..MtaEvent::default()
        };
        let Some(found) = self.file.rendering_info(&wanted) else {
            return;
        };
        let short = |text: &str| {
            let text = text.trim();
            (!text.is_empty() && text.len() <= limits::MAX_RECORD_TEXT).then(|| text.to_owned())
        };
        if event.message.is_none() {
            event.message = found.message.and_then(short);
        }
        // Category 0 means that there is none; Windows names it all the same.
        if event.category_name.is_none() && event.category.is_some_and(|number| number != 0) {
            event.category_name = found.task.and_then(short);
        }
    }
}

/// What the file asks for, against what it holds.
struct Sum<'b> {
    bytes: &'b [u8],
    /// Bytes that no page and no record has claimed yet.
    room: usize,
    /// Bytes of each text, by its index.
    texts: HashMap<u32, usize>,
    publishers: Vec<&'b [u8]>,
}

/// Refuses a file whose pages and records together claim more bytes than it has, or whose tables
/// would copy more text than [`limits::MAX_MESSAGE_FILE_BYTES`]. Anything else that is wrong with
/// it ends the adding up, as it ends the reading.
fn add_up(bytes: &[u8]) -> Result<(), MtaError> {
    let mut sum = Sum {
        bytes,
        room: bytes.len(),
        texts: HashMap::new(),
        publishers: Vec::new(),
    };
    let mut at = HEADER;
    for _ in 0..u32_at(bytes, 20).unwrap_or(0) {
        let (Some(start), Some(size), Some(name_size)) = (
            u64_at(bytes, at),
            u64_at(bytes, at + 8),
            u32_at(bytes, at + 16),
        ) else {
            break;
        };
        let name_at = at + SECTION;
        let Some(name) = slice(bytes, name_at as u64, u64::from(name_size)) else {
            break;
        };
        at = name_at + name.len();
        if let Some(data) = slice(bytes, start, size) {
            sum.section(name, data)?;
        }
    }
    sum.tables()
}

impl<'b> Sum<'b> {
    fn section(&mut self, name: &[u8], data: &'b [u8]) -> Result<(), MtaError> {
        let is = |ascii: &str| {
            name.iter()
                .copied()
                .filter(|byte| *byte != 0)
                .eq(ascii.bytes())
        };
        if !is("EVT") && !is("MSG") && !is("PUB") {
            return Ok(());
        }
        let mut page = 0_u64;
        loop {
            let Some(header) = slice(data, page, PAGE as u64) else {
                return Ok(());
            };
            self.claim(PAGE)?;
            if u32_at(header, 0) != Some(0) {
                for place in (PAGE_RECORDS..PAGE)
                    .step_by(8)
                    .filter_map(|at| u64_at(header, at))
                {
                    if place == 0 {
                        continue;
                    }
                    let head = slice(data, place, RECORD as u64).unwrap_or(&[]);
                    let (Some(index), Some(size)) = (u32_at(head, 0), u32_at(head, 4)) else {
                        return Ok(());
                    };
                    self.claim(RECORD + size as usize)?;
                    let Some(content) =
                        slice(data, place.saturating_add(RECORD as u64), size.into())
                    else {
                        return Ok(());
                    };
                    if is("MSG") {
                        self.texts.entry(index).or_insert(content.len());
                    } else if is("PUB") {
                        self.publishers.push(content);
                    }
                }
            }
            let next = u64_at(header, PAGE_NEXT);
            match next {
                Some(next) if Some(next) != u64_at(header, PAGE_SELF) => page = next,
                _ => return Ok(()),
            }
        }
    }

    fn claim(&mut self, bytes: usize) -> Result<(), MtaError> {
        self.room = self.room.checked_sub(bytes).ok_or(MtaError::Oversized)?;
        Ok(())
    }

    /// Every table of every publisher gets its own copy of each name.
    fn tables(&self) -> Result<(), MtaError> {
        let most = limits::MAX_MESSAGE_FILE_BYTES.max(self.bytes.len() as u64);
        let mut copied = 0_u64;
        for publisher in &self.publishers {
            let mut at = 0;
            for _ in 0..TABLES {
                let Some(entries) = u32_at(publisher, at) else {
                    break;
                };
                let size = u64::from(entries) * 8;
                let Some(table) = slice(publisher, at as u64 + 4, size) else {
                    break;
                };
                for text in table.chunks_exact(8).filter_map(|entry| u32_at(entry, 4)) {
                    copied += self.texts.get(&text).map_or(0, |size| *size as u64);
                }
                if copied > most {
                    return Err(MtaError::Oversized);
                }
                at += 4 + table.len();
            }
        }
        Ok(())
    }
}

/// Part of the bytes, if they reach that far.
fn slice(bytes: &[u8], at: u64, size: u64) -> Option<&[u8]> {
    let end = usize::try_from(at.checked_add(size)?).ok()?;
    bytes.get(usize::try_from(at).ok()?..end)
}

#[cfg(test)]
mod tests {
    use eventkb_testkit::{EventSpec, Rendering, mta};

    use super::*;

    fn log() -> Vec<EventSpec> {
        let text = |n: u64| Rendering::english(&format!("text {n}\r\n"), "Warning", "Interface");
        (1..=250)
            .map(|n| EventSpec {
                record_id: 1000 + n,
                task: 4,
                level: 3,
                rendering: Some(text(n)),
                ..EventSpec::new("MSExchangeMTA", 9316)
            })
            .collect()
    }

    fn event(provider: &str, record_id: u64) -> Event {
        Event {
            provider: provider.into(),
            event_id: 9316,
            level: Some(3),
            category: Some(4),
            record_id: Some(record_id),
            ..Event::default()
        }
    }

    #[test]
    fn texts_are_found_by_place_and_by_record_id() {
        let texts = MessageTexts::read(&mta::write(&log())).expect("readable");
        for (number, id, wanted) in [
            (1, 1001, "text 1"),
            (250, 1250, "text 250"),
            (9, 1007, "text 7"),
        ] {
            let mut event = event("msexchangemta", id);
            texts.give(&mut event, number);
            assert_eq!(event.message.as_deref(), Some(wanted));
            assert_eq!(event.category_name.as_deref(), Some("Interface"));
        }
        let mut stranger = event("Other", 1001);
        texts.give(&mut stranger, 1);
        assert_eq!((stranger.message, stranger.category_name), (None, None));
        let mut own = Event {
            message: Some("own".into()),
            ..event("MSExchangeMTA", 1001)
        };
        texts.give(&mut own, 1);
        assert_eq!(own.message.as_deref(), Some("own"));
    }

    #[test]
    fn damage_is_refused_or_harmless() {
        let sound = mta::write(&log());
        assert!(matches!(
            MessageTexts::read(b"MTAFile\0"),
            Err(MtaError::Unreadable(_))
        ));
        for cut in (0..sound.len()).step_by(97) {
            let _ = MessageTexts::read(&sound[..cut]);
        }
        let mut damaged = sound;
        for at in 0..damaged.len().min(3000) {
            let was = std::mem::replace(&mut damaged[at], 0xff);
            let _ = MessageTexts::read(&damaged);
            damaged[at] = was;
        }
    }

    #[test]
    fn pages_that_name_one_record_again_and_again_are_refused() {
        let mut bytes = mta::write(&log());
        // The first page of the first section, behind the header and three descriptors.
        let page = HEADER + 3 * (SECTION + 6);
        let first: Vec<u8> = bytes[page + PAGE_RECORDS..][..8].to_vec();
        let record = page + u64::from_le_bytes(first.clone().try_into().expect("eight")) as usize;
        for slot in 0..100 {
            bytes[page + PAGE_RECORDS + slot * 8..][..8].copy_from_slice(&first);
        }
        let size = (bytes.len() - record - 64).min(20_000) as u32;
        bytes[record + 4..][..4].copy_from_slice(&size.to_le_bytes());
        assert_eq!(MessageTexts::read(&bytes).err(), Some(MtaError::Oversized));
    }
}
