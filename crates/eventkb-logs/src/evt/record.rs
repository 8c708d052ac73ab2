//! One record: its fields, read with distrust.
//!
//! Every offset in a record comes from the file and may point anywhere. What does not fit is left
//! out and noted; the other fields are read all the same.

use std::borrow::Cow;

use jiff::Timestamp;

use super::defect::RecordDefect;
use super::frames::{Fit, Frame};
use super::layout::RECORD_FIXED_BYTES;
use super::levels::EventType;
use crate::bytes::{u16_at, u32_at};

/// What a record's place in the file says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordState {
    /// Part of the log: between the oldest record and the EOF record.
    Live,
    /// Found outside: older than the log's oldest record, left from before it was cleared, or a
    /// second record with the same number. It happened, but it must not be counted with the others.
    Recovered,
}

/// One event as the log holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EvtRecord {
    /// Where the record begins, in bytes from the start of the file.
    pub offset: u64,
    /// Whether the record belongs to the log.
    pub state: RecordState,
    /// Whether the record lies in two parts, at the end and at the start of the ring.
    pub split: bool,
    /// The record's number.
    pub record_number: u32,
    /// When the event happened, in seconds since 1970, UTC, by the clock of its computer.
    pub time_generated: u32,
    /// When the log received it, in seconds since 1970, UTC.
    pub time_written: u32,
    /// The event id people see: the low half of the event identifier.
    pub event_id: u16,
    /// The high half of the event identifier: severity, customer bit, facility.
    pub qualifiers: u16,
    /// Error, warning, information or audit.
    pub event_type: EventType,
    /// The source's category ("Task" in newer logs).
    pub category: u16,
    /// Reserved flags, 0 as a rule.
    pub flags: u16,
    /// The source: the program that wrote the event.
    pub source: String,
    /// The computer's name.
    pub computer: String,
    /// The user, as `S-1-...`, if the event has one.
    pub sid: Option<String>,
    /// The insertion strings, %1 first; empty ones keep their place.
    pub strings: Vec<String>,
    /// The binary data, as they are.
    pub data: Vec<u8>,
    /// What is wrong with the record.
    pub defects: Vec<RecordDefect>,
}

impl EvtRecord {
    /// When the event happened.
    #[must_use]
    pub fn generated_at(&self) -> Timestamp {
        timestamp(self.time_generated)
    }

    /// When the log received the event.
    #[must_use]
    pub fn written_at(&self) -> Timestamp {
        timestamp(self.time_written)
    }

    /// The whole event identifier: qualifiers and event id, as message files use it.
    #[must_use]
    pub fn event_identifier(&self) -> u32 {
        u32::from(self.qualifiers) << 16 | u32::from(self.event_id)
    }
}

/// Seconds of 32 bits end in 2106, long before a timestamp does.
fn timestamp(seconds: u32) -> Timestamp {
    Timestamp::from_second(i64::from(seconds)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A record that was found and not decoded yet.
#[derive(Debug, Clone)]
pub struct RawRecord<'a> {
    frame: Frame,
    bytes: Cow<'a, [u8]>,
}

impl<'a> RawRecord<'a> {
    pub(super) fn new(frame: Frame, bytes: Cow<'a, [u8]>) -> Self {
        Self { frame, bytes }
    }

    /// The record as stored, from its length to its repeated length; a split one joined.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether the record belongs to the log.
    #[must_use]
    pub fn state(&self) -> RecordState {
        if self.frame.live {
            RecordState::Live
        } else {
            RecordState::Recovered
        }
    }

    /// The event id people see. Costs nothing.
    #[must_use]
    pub fn event_id(&self) -> u16 {
        self.half(0x14)
    }

    /// The record's number.
    #[must_use]
    pub fn record_number(&self) -> u32 {
        self.frame.number
    }

    /// When the event happened, in seconds since 1970, UTC.
    #[must_use]
    pub fn time_generated(&self) -> u32 {
        self.word(0x0C)
    }

    /// Error, warning, information or audit.
    #[must_use]
    pub fn event_type(&self) -> EventType {
        EventType::from_raw(self.half(0x18))
    }

    /// The source's category.
    #[must_use]
    pub fn category(&self) -> u16 {
        self.half(0x1C)
    }

    /// Source and computer, decoded alone.
    #[must_use]
    pub fn names(&self) -> (String, String) {
        Decoder::new(&self.bytes, self.text_end()).names()
    }

    /// Source and computer as they are stored, both terminated; `None` if they are not, or if
    /// something else in the record lies among them. Records with the same bytes here have the same
    /// [`names`](Self::names), and comparing is much cheaper than decoding.
    #[must_use]
    pub fn names_as_stored(&self) -> Option<&[u8]> {
        Decoder::new(&self.bytes, self.text_end()).plain_names()
    }

    /// Decodes all of it.
    #[must_use]
    pub fn decode(&self) -> EvtRecord {
        let mut decoder = Decoder::new(&self.bytes, self.text_end());
        let closing = self.word(0x20);
        match self.frame.fit {
            Fit::Sound => {}
            Fit::OneLength => decoder.defects.push(RecordDefect::LengthsDiffer),
            Fit::Lengths => decoder.defects.push(RecordDefect::SignatureDamaged),
            Fit::Truncated => decoder.defects.push(RecordDefect::Truncated),
        }
        if self.frame.misnumbered {
            decoder.defects.push(RecordDefect::Misnumbered);
        }
        if closing != 0 {
            decoder.defects.push(RecordDefect::ClosingNumber(closing));
        }
        let (source, computer) = decoder.names();
        let strings = decoder.strings();
        let sid = decoder.sid();
        let data = decoder.data();
        if decoder.text_damaged {
            decoder.defects.push(RecordDefect::TextDamaged);
        }
        EvtRecord {
            offset: u64::from(self.frame.offset),
            state: self.state(),
            split: self.frame.split_after > 0,
            record_number: self.frame.number,
            time_generated: self.word(0x0C),
            time_written: self.word(0x10),
            event_id: self.event_id(),
            qualifiers: self.half(0x16),
            event_type: EventType::from_raw(self.half(0x18)),
            category: self.half(0x1C),
            flags: self.half(0x1E),
            source,
            computer,
            sid,
            strings,
            data,
            defects: decoder.defects,
        }
    }

    /// Where the content ends: before the repeated length, if that is there.
    fn text_end(&self) -> usize {
        let len = self.bytes.len();
        if self.frame.fit == Fit::Truncated {
            len
        } else {
            len.saturating_sub(4)
        }
    }

    /// Frames hold the fixed part whole, so the default is never used.
    fn word(&self, offset: usize) -> u32 {
        u32_at(&self.bytes, offset).unwrap_or_default()
    }

    fn half(&self, offset: usize) -> u16 {
        u16_at(&self.bytes, offset).unwrap_or_default()
    }
}

/// Reads the parts of a record that offsets point to.
struct Decoder<'a> {
    bytes: &'a [u8],
    /// Where the content ends.
    end: usize,
    text_damaged: bool,
    defects: Vec<RecordDefect>,
}

impl<'a> Decoder<'a> {
    fn new(bytes: &'a [u8], end: usize) -> Self {
        Self {
            bytes,
            end: end.min(bytes.len()),
            text_damaged: false,
            defects: Vec::new(),
        }
    }

    /// Length and offset of a part, if it is not empty.
    fn part(&self, length_at: usize, offset_at: usize) -> Option<(usize, usize)> {
        let len = u32_at(self.bytes, length_at)? as usize;
        let offset = u32_at(self.bytes, offset_at)? as usize;
        (len > 0).then_some((len, offset))
    }

    fn announced_strings(&self) -> u16 {
        u16_at(self.bytes, 0x1A).unwrap_or_default()
    }

    fn strings_offset(&self) -> usize {
        u32_at(self.bytes, 0x24).unwrap_or_default() as usize
    }

    /// Source and computer, which have no offsets: they follow the fixed part.
    fn names(&mut self) -> (String, String) {
        // Offsets of absent parts mean nothing, and a SID's only something if a SID is there.
        let strings = (self.announced_strings() > 0).then(|| self.strings_offset());
        let sid = self.sid_at().map(|(offset, _)| offset);
        let data = self.part(0x30, 0x34).map(|(_, offset)| offset);
        let next = [strings, sid, data];
        let next = || {
            next.into_iter()
                .flatten()
                .filter(|offset| *offset > RECORD_FIXED_BYTES)
        };

        let mut at = RECORD_FIXED_BYTES;
        let ends = self.name_end(at).and_then(|end| self.name_end(end));
        let limit = match ends {
            // The next part begins right behind the names (a SID after up to three bytes more), or
            // nothing begins inside them.
            Some(end) if next().any(|offset| (end..end + 4).contains(&offset)) => self.end,
            Some(end) if next().all(|offset| offset >= end) => self.end,
            // A terminator was lost. Names end before the next part, or all text were a name.
            _ => next().min().unwrap_or(self.end),
        };
        let source = self.text(&mut at, limit);
        let computer = self.text(&mut at, limit);
        if source.is_none() || computer.is_none() {
            self.defects.push(RecordDefect::NameUnterminated);
        }
        // `at` has not moved past an unterminated name: what is there is still the best guess.
        let source = source.or_else(|| self.rest(&mut at, limit));
        let computer = computer.or_else(|| self.rest(&mut at, limit));
        (source.unwrap_or_default(), computer.unwrap_or_default())
    }

    /// The bytes of [`names`](Self::names) where nothing is odd about them.
    fn plain_names(&self) -> Option<&'a [u8]> {
        let end = self.name_end(self.name_end(RECORD_FIXED_BYTES)?)?;
        let strings = (self.announced_strings() > 0).then(|| self.strings_offset());
        let parts = [(0x28, 0x2C), (0x30, 0x34)].map(|(length_at, offset_at)| {
            let part = self.part(length_at, offset_at);
            part.map(|(_, offset)| offset)
        });
        let behind = parts
            .into_iter()
            .chain([strings])
            .flatten()
            .all(|offset| offset >= end);
        self.bytes.get(RECORD_FIXED_BYTES..end).filter(|_| behind)
    }

    /// Where the text at `at` ends, terminator included.
    fn name_end(&self, at: usize) -> Option<usize> {
        let field = self.bytes.get(at..self.end)?;
        let units = field.chunks_exact(2).position(|unit| unit == [0, 0])?;
        Some(at + units * 2 + 2)
    }

    fn strings(&mut self) -> Vec<String> {
        let announced = self.announced_strings();
        let mut strings = Vec::new();
        let mut at = self.strings_offset();
        if announced > 0 && at >= RECORD_FIXED_BYTES {
            // Data come after the strings; if theirs is a range that can be right, it is the limit.
            let limit = match self.part(0x30, 0x34) {
                Some((len, offset)) if offset >= at && offset.saturating_add(len) <= self.end => {
                    offset
                }
                _ => self.end,
            };
            while strings.len() < usize::from(announced) {
                let Some(text) = self
                    .text(&mut at, limit)
                    .or_else(|| self.rest(&mut at, limit))
                else {
                    break;
                };
                strings.push(text);
            }
        }
        let read = u16::try_from(strings.len()).unwrap_or(u16::MAX);
        if read < announced {
            self.defects
                .push(RecordDefect::StringsMissing { announced, read });
        }
        strings
    }

    /// `S-1-authority-...`, as Windows writes it: an authority of more than 32 bits in hex.
    fn sid(&mut self) -> Option<String> {
        self.part(0x28, 0x2C)?;
        let sid = self.sid_at().map(|(_, text)| text);
        if sid.is_none() {
            self.defects.push(RecordDefect::SidUnreadable);
        }
        sid
    }

    /// Where the SID is, and its text.
    fn sid_at(&self) -> Option<(usize, String)> {
        let (len, offset) = self.part(0x28, 0x2C)?;
        let end = offset.checked_add(len).filter(|end| *end <= self.end)?;
        let bytes = self
            .bytes
            .get(offset..end)
            .filter(|_| offset >= RECORD_FIXED_BYTES)?;
        sid_text(bytes).map(|text| (offset, text))
    }

    fn data(&mut self) -> Vec<u8> {
        let Some((len, offset)) = self.part(0x30, 0x34) else {
            return Vec::new();
        };
        let end = offset.saturating_add(len).min(self.end);
        let there = if offset < RECORD_FIXED_BYTES {
            None
        } else {
            self.bytes.get(offset..end)
        };
        let data = there.unwrap_or_default();
        if data.len() < len {
            let announced = u32::try_from(len).unwrap_or(u32::MAX);
            let read = u32::try_from(data.len()).unwrap_or(u32::MAX);
            self.defects
                .push(RecordDefect::DataMissing { announced, read });
        }
        data.to_vec()
    }

    /// The text at `at` up to its terminator; `at` then stands behind it. `None` if it has none.
    fn text(&mut self, at: &mut usize, limit: usize) -> Option<String> {
        let field = self.bytes.get(*at..limit.min(self.end))?;
        let units = field.chunks_exact(2).position(|unit| unit == [0, 0])?;
        let text = field.get(..units * 2)?;
        *at += units * 2 + 2;
        Some(self.utf16(text))
    }

    /// What is left before `limit`, for a text without terminator; `None` if that is nothing.
    fn rest(&mut self, at: &mut usize, limit: usize) -> Option<String> {
        let field = self
            .bytes
            .get(*at..limit.min(self.end))
            .filter(|field| field.len() >= 2)?;
        *at += field.len();
        Some(self.utf16(field))
    }

    fn utf16(&mut self, bytes: &[u8]) -> String {
        let units = bytes.chunks_exact(2).map(|unit| match unit {
            [low, high] => u16::from_le_bytes([*low, *high]),
            _ => 0,
        });
        let mut damaged = false;
        let text = char::decode_utf16(units)
            .map(|unit| {
                unit.unwrap_or_else(|_| {
                    damaged = true;
                    char::REPLACEMENT_CHARACTER
                })
            })
            .collect();
        self.text_damaged |= damaged;
        text
    }
}

fn sid_text(bytes: &[u8]) -> Option<String> {
    let (revision, rest) = bytes.split_first()?;
    let (count, rest) = rest.split_first()?;
    let authority = rest.get(..6)?;
    // The stored length may be larger than the SID; the count of parts decides.
    let parts = rest.get(6..6 + 4 * usize::from(*count))?;
    if *revision != 1 || *count > 15 {
        return None;
    }
    let authority = authority
        .iter()
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let mut text = if authority >> 32 == 0 {
        format!("S-1-{authority}")
    } else {
        format!("S-1-{authority:#014x}")
    };
    for part in parts.chunks_exact(4) {
        let part = u32_at(part, 0)?;
        text.push_str(&format!("-{part}"));
    }
    Some(text)
}
