//! The values of a record, and how they are written as text.
//!
//! The forms are those of Windows' own rendering and of the `evtx` crate; a test compares every
//! record of real logs with the crate's. Types that are rare or whose form is intricate (floats, arrays
//! of anything but strings) are left to the crate.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::Offset;

use super::binxml::kind;
pub(super) use crate::bytes::utf16;
use crate::bytes::{u16_at, u32_at, u64_at};
use crate::event::is_set;
use crate::limits;
use crate::numbers::{HEX, HEX_UPPER, hex_pair, push_hex};

/// One value of a record: its type and where its bytes stand in the chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) kind: u8,
    pub(super) bytes: Range<usize>,
}

/// 100 ns intervals between 1601-01-01 and 1970-01-01.
const EPOCH: i64 = 116_444_736_000_000_000;

impl Value {
    /// Whether there is nothing in it: an element that dependency_id on it is left out.
    pub(super) fn is_null(&self) -> bool {
        self.kind == kind::NULL
    }

    /// Whether it is left out where it is optional.
    pub(super) fn is_empty(&self, chunk: &[u8]) -> bool {
        self.kind == kind::NULL
            || self.bytes.is_empty()
            || (self.kind == kind::STRING && u16_at(chunk, self.bytes.start) == Some(0))
    }

    /// A whole number, from a number or from a text that is one.
    pub(super) fn number(&self, chunk: &[u8]) -> Option<u64> {
        let at = self.bytes.start;
        match (self.kind, self.bytes.len()) {
            (kind::U8, 1) => chunk.get(at).copied().map(u64::from),
            (kind::U16, 2) => u16_at(chunk, at).map(u64::from),
            (kind::U32 | kind::HEX32, 4) => u32_at(chunk, at).map(u64::from),
            (kind::U64 | kind::HEX64, 8) => u64_at(chunk, at),
            (kind::I8 | kind::I16 | kind::I32 | kind::I64 | kind::STRING | kind::ANSI, _) => {
                let mut text = String::new();
                self.write(chunk, &mut text).ok()?;
                let number = crate::numbers::whole_number(&text)?;
                u64::try_from(number).ok()
            }
            _ => None,
        }
    }

    /// A number that may use all of its 64 bits, from a number or from a text that is one.
    pub(super) fn bits(&self, chunk: &[u8]) -> Option<u64> {
        match self.kind {
            kind::STRING | kind::ANSI | kind::I64 => {
                let mut text = String::new();
                self.write(chunk, &mut text).ok()?;
                crate::numbers::bits(&text)
            }
            _ => self.number(chunk),
        }
    }

    /// When something happened, from a FILETIME or from a text that is one.
    pub(super) fn time(&self, chunk: &[u8]) -> Option<Timestamp> {
        let time = match self.kind {
            kind::FILETIME if self.bytes.len() == 8 => filetime(u64_at(chunk, self.bytes.start)?),
            kind::STRING => {
                let mut text = String::new();
                self.write(chunk, &mut text).ok()?;
                crate::event_builder::time(&text)
            }
            _ => None,
        };
        time.filter(is_set)
    }

    /// About how many bytes its text has.
    pub(super) fn usual_length(&self) -> usize {
        match self.kind {
            kind::STRING => self.bytes.len() / 2,
            kind::ANSI => self.bytes.len(),
            kind::BINARY => 2 * self.bytes.len(),
            kind::GUID => 38,
            kind::FILETIME | kind::SYSTEMTIME => 28,
            kind::SID => 48,
            kind::U64 | kind::HEX64 | kind::I64 => 20,
            _ => 10,
        }
    }

    /// Writes the value as text.
    ///
    /// # Errors
    /// When its type is left to the crate, or its bytes are not of its type.
    pub(super) fn write(&self, chunk: &[u8], out: &mut String) -> Result<(), DecodeError> {
        let at = self.bytes.start;
        let bytes = chunk.get(self.bytes.clone()).ok_or(Unsupported)?;
        match (self.kind, bytes.len()) {
            (kind::NULL, _) => Ok(()),
            (kind::STRING, _) => {
                utf16(bytes, out);
                Ok(())
            }
            (kind::ANSI, _) if bytes.is_ascii() => {
                // A zero ends it as a rule.
                for part in bytes.split(|byte| *byte == 0) {
                    out.push_str(std::str::from_utf8(part).unwrap_or_default());
                }
                Ok(())
            }
            (kind::I8, 1) => decimal(bytes.first().map(|byte| byte.cast_signed()), out),
            (kind::U8, 1) => decimal(bytes.first().copied(), out),
            (kind::I16, 2) => decimal(u16_at(chunk, at).map(u16::cast_signed), out),
            (kind::U16, 2) => decimal(u16_at(chunk, at), out),
            (kind::I32, 4) => decimal(u32_at(chunk, at).map(u32::cast_signed), out),
            (kind::U32, 4) => decimal(u32_at(chunk, at), out),
            (kind::I64, 8) => decimal(u64_at(chunk, at).map(u64::cast_signed), out),
            (kind::U64, 8) => decimal(u64_at(chunk, at), out),
            (kind::BOOL, 4) => {
                let is = u32_at(chunk, at).ok_or(Unsupported)? != 0;
                out.push_str(if is { "true" } else { "false" });
                Ok(())
            }
            (kind::BINARY, _) => {
                push_hex(bytes, HEX_UPPER, out);
                Ok(())
            }
            (kind::GUID, 16) => {
                guid(bytes, out);
                Ok(())
            }
            (kind::FILETIME, 8) => filetime_text(u64_at(chunk, at).ok_or(Unsupported)?, out),
            (kind::SYSTEMTIME, 16) => time_text(system_time(bytes).ok_or(Unsupported)?, out),
            (kind::SID, 8..) => sid(bytes, out),
            (kind::HEX32, 4) => hexadecimal(u32_at(chunk, at).map(u64::from), out),
            (kind::HEX64, 8) => hexadecimal(u64_at(chunk, at), out),
            _ => Err(Unsupported),
        }
    }

    /// Whether [`Value::write`] can write it.
    pub(super) fn is_readable(&self, chunk: &[u8]) -> bool {
        let Some(bytes) = chunk.get(self.bytes.clone()) else {
            return false;
        };
        match (self.kind, bytes.len()) {
            (kind::NULL | kind::STRING | kind::BINARY, _)
            | (kind::I8 | kind::U8, 1)
            | (kind::I16 | kind::U16, 2)
            | (kind::I32 | kind::U32 | kind::HEX32 | kind::BOOL, 4)
            | (kind::I64 | kind::U64 | kind::HEX64, 8)
            | (kind::GUID, 16) => true,
            (kind::ANSI, _) => bytes.is_ascii(),
            (kind::FILETIME, 8) => u64_at(chunk, self.bytes.start).and_then(filetime).is_some(),
            (kind::SYSTEMTIME, 16) => system_time(bytes).is_some(),
            (kind::SID, 8..) => is_sid(bytes),
            _ => false,
        }
    }

    /// The items of an array of strings.
    pub(super) fn items<'c>(&self, chunk: &'c [u8]) -> impl Iterator<Item = &'c [u8]> + use<'c> {
        let mut rest = chunk.get(self.bytes.clone()).unwrap_or(&[]);
        std::iter::from_fn(move || {
            if rest.len() < 2 {
                return None;
            }
            let end = rest.chunks_exact(2).position(|unit| unit == [0, 0]);
            let item;
            match end {
                Some(units) => {
                    item = rest.get(..units * 2)?;
                    rest = rest.get(units * 2 + 2..)?;
                }
                None => {
                    item = rest;
                    rest = &[];
                }
            }
            Some(item)
        })
    }
}

/// Why a record is not read directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecodeError {
    /// A value, or the record's span, is left to the crate.
    Unsupported,
    /// It is written in a way that has no layout: it must be walked.
    NoLayout,
    /// A name that it uses cannot be read, where all are needed.
    UnreadableName,
    /// It would take more work than any real record: nobody reads it.
    OverBudget,
}

pub(super) use DecodeError::Unsupported;

/// The work that may still be done for one chunk. A few bytes of a crafted log can ask for
/// gigabytes of text: definitions and values are used as often as a record likes.
#[derive(Debug, Default, Clone)]
pub(super) struct Fuel {
    left: usize,
}

impl Fuel {
    pub(super) fn fill(&mut self) {
        self.left = limits::MAX_CHUNK_WORK;
    }

    /// What was spent since it was filled.
    #[cfg(test)]
    pub(super) fn spent(&self) -> usize {
        limits::MAX_CHUNK_WORK - self.left
    }

    /// Pays for `steps` steps.
    pub(super) fn burn(&mut self, steps: usize) -> Result<(), DecodeError> {
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(DecodeError::OverBudget)
            }
        }
    }

    /// Pays for bytes of text that were built.
    pub(super) fn burn_bytes(&mut self, bytes: usize) -> Result<(), DecodeError> {
        self.burn(bytes / BYTES_A_STEP)
    }
}

/// Bytes of text that cost as much as one step through a template.
const BYTES_A_STEP: usize = 16;

pub(super) fn filetime(ticks: u64) -> Option<Timestamp> {
    let since = i64::try_from(ticks).ok()? - EPOCH;
    // Both are whole and in range: a second has 10,000,000 ticks.
    let (seconds, ticks) = (since.div_euclid(10_000_000), since.rem_euclid(10_000_000));
    Timestamp::new(seconds, i32::try_from(ticks).ok()? * 100).ok()
}

/// A time as ticks, if it is a whole number of them.
pub(super) fn ticks_of(time: Timestamp) -> Option<u64> {
    let nanoseconds = time.as_nanosecond();
    let is_whole = nanoseconds % 100 == 0;
    u64::try_from(nanoseconds / 100 + i128::from(EPOCH))
        .ok()
        .filter(|_| is_whole)
}

fn filetime_text(ticks: u64, out: &mut String) -> Result<(), DecodeError> {
    time_text(filetime(ticks).ok_or(Unsupported)?, out)
}

fn time_text(time: Timestamp, out: &mut String) -> Result<(), DecodeError> {
    static PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(7));
    let printed = PRINTER.print_timestamp(&time, &mut *out);
    printed.map_err(|_| Unsupported)
}

/// A time as eight numbers: year, month, day of the week, day, hour, minute, second, millisecond. How
/// one is written that is none, or that lies beyond the calendar, the crate knows.
fn system_time(bytes: &[u8]) -> Option<Timestamp> {
    let (fields, _) = bytes.as_chunks::<2>();
    let fields: [[u8; 2]; 8] = fields.try_into().ok()?;
    let [year, month, _, day, hour, minute, second, thousandth] = fields.map(u16::from_le_bytes);
    let small = |field: u16| i8::try_from(field).ok();
    let is_in_calendar = (1601..=9999).contains(&year) && second < 60 && thousandth < 1000;
    let time = DateTime::new(
        i16::try_from(year).ok().filter(|_| is_in_calendar)?,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        i32::from(thousandth) * 1_000_000,
    );
    Offset::UTC.to_timestamp(time.ok()?).ok()
}

fn decimal(number: Option<impl itoa::Integer>, out: &mut String) -> Result<(), DecodeError> {
    out.push_str(itoa::Buffer::new().format(number.ok_or(Unsupported)?));
    Ok(())
}

fn hexadecimal(number: Option<u64>, out: &mut String) -> Result<(), DecodeError> {
    out.push_str("0x");
    crate::json_line::hex(number.ok_or(Unsupported)?, out);
    Ok(())
}

/// The first three fields are little-endian numbers, the rest are bytes.
fn guid(bytes: &[u8], out: &mut String) {
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    const PLACES: [usize; 16] = [1, 3, 5, 7, 10, 12, 15, 17, 20, 22, 25, 27, 29, 31, 33, 35];
    let mut text = *b"{00000000-0000-0000-0000-000000000000}";
    for (at, place) in ORDER.into_iter().zip(PLACES) {
        let byte = bytes.get(at).copied().unwrap_or(0);
        if let Some(pair) = text.get_mut(place..place + 2) {
            pair.copy_from_slice(&hex_pair(byte, HEX));
        }
    }
    out.push_str(std::str::from_utf8(&text).unwrap_or_default());
}

/// Whether [`sid`] can write it.
pub(super) fn is_sid(bytes: &[u8]) -> bool {
    let subs = bytes.get(1).map(|count| usize::from(*count));
    // An authority of more than 32 bits is written in hex by some readers; none was ever seen.
    subs.is_some_and(|count| bytes.len() == 8 + 4 * count) && bytes.get(2..4) == Some(&[0, 0])
}

fn sid(bytes: &[u8], out: &mut String) -> Result<(), DecodeError> {
    if !is_sid(bytes) {
        return Err(Unsupported);
    }
    let revision = *bytes.first().ok_or(Unsupported)?;
    let count = usize::from(*bytes.get(1).ok_or(Unsupported)?);
    let authority = bytes.get(2..8).ok_or(Unsupported)?;
    let authority = authority
        .iter()
        .fold(0_u64, |sum, b| sum << 8 | u64::from(*b));
    out.push_str("S-");
    decimal(Some(revision), out)?;
    out.push('-');
    decimal(Some(authority), out)?;
    for n in 0..count {
        out.push('-');
        decimal(u32_at(bytes, 8 + 4 * n), out)?;
    }
    Ok(())
}
