//! A whole chunk at a glance: whether anyone wants anything in it, and if not, all that the account
//! of its file needs.
//!
//! Whose event a record is stands in its template or in one of its values. Both are looked up
//! exactly, so that no wanted record can be passed over, and the cost does not depend on how many
//! providers are wanted. Nothing is decoded: times and numbers are compared as they stand, names as
//! the bytes they are.

use std::ops::Range;

use jiff::Timestamp;

use super::start::{read_values, start_of};
use super::{Decoder, entry};
use crate::account::Row;
use crate::bytes::u64_at;
use crate::evtx::binxml::kind;
use crate::evtx::frames::Frame;
use crate::evtx::system::{Field, System};
use crate::evtx::value::{DecodeError, Unsupported, Value, filetime, utf16};

/// Providers met before, as the log writes them, and whether anyone wants their events. Logs have
/// few providers, and most records are of the same one as the record before.
#[derive(Debug, Default)]
pub(super) struct Providers {
    known: Vec<Provider>,
    recent: usize,
}

#[derive(Debug)]
struct Provider {
    bytes: Vec<u8>,
    name: String,
    wanted: bool,
    /// Its records in this chunk.
    count: u64,
}

/// Providers remembered from chunk to chunk. Real logs have tens; one with more only loses the
/// shortcut.
const MOST_PROVIDERS: usize = 256;

impl Providers {
    fn next_chunk(&mut self) {
        if self.known.len() > MOST_PROVIDERS {
            self.known.clear();
        }
        self.known
            .iter_mut()
            .for_each(|provider| provider.count = 0);
    }

    fn get(&mut self, bytes: &[u8], knows: &dyn Fn(&str) -> bool) -> Option<&mut Provider> {
        let is = |provider: &Provider| provider.bytes == bytes;
        if !self.known.get(self.recent).is_some_and(is) {
            self.recent = self.known.iter().position(is).unwrap_or_else(|| {
                let mut name = String::new();
                utf16(bytes, &mut name);
                let wanted = knows(&name);
                self.known.push(Provider {
                    bytes: bytes.to_vec(),
                    name,
                    wanted,
                    count: 0,
                });
                self.known.len() - 1
            });
        }
        self.known.get_mut(self.recent)
    }
}

/// Where the first record's computer and channel stand in the chunk.
struct Log {
    computer: Range<usize>,
    channel: Range<usize>,
}

/// What the records have shown so far.
#[derive(Default)]
struct Seen {
    log: Option<Log>,
    /// The earliest and the latest time.
    times: Option<(u64, u64)>,
}

impl Decoder {
    /// The records of a chunk as a row of one log, if nobody wants any of them. `None` when somebody
    /// may, and when the records must be looked at one by one to be counted: they are of several
    /// logs, or written in an unusual way. `knows` must answer the same for the life of the decoder.
    pub(in crate::evtx) fn row(
        &mut self,
        chunk: &[u8],
        frames: &[Frame],
        knows: &dyn Fn(&str) -> bool,
    ) -> Option<Row<'_>> {
        self.providers.next_chunk();
        self.ids.clear();
        let mut seen = Seen::default();
        for frame in frames {
            if self.glance(chunk, frame, knows, &mut seen) != Ok(true) {
                return None;
            }
        }
        let (log, (first, last)) = (seen.log?, seen.times?);
        self.computer.set_utf16(chunk.get(log.computer)?);
        self.channel.set_utf16(chunk.get(log.channel)?);
        let providers = self
            .providers
            .known
            .iter()
            .filter(|provider| provider.count > 0);
        Some(Row {
            computer: &self.computer.text,
            channel: &self.channel.text,
            first: time(first)?,
            last: time(last)?,
            ids: &self.ids,
            sources: providers
                .map(|provider| (provider.name.as_str(), provider.count))
                .collect(),
        })
    }

    /// Whether a record can join the row.
    fn glance(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        knows: &dyn Fn(&str) -> bool,
        seen: &mut Seen,
    ) -> Result<bool, DecodeError> {
        let start = start_of(chunk, &frame.body, &mut self.fuel)?;
        self.values.clear();
        if let Some(table) = start.values() {
            read_values(chunk, table, (frame.body.end, false), &mut self.values)?;
        }
        let entry = entry(&mut self.templates, &mut self.recent, start.tokens_at())?;
        let span = || start.span(chunk, &frame.body, self.sound);
        let read = || System::read(chunk, &span()?, &mut self.fuel);
        let system = entry
            .system
            .get_or_insert_with(read)
            .as_ref()
            .map_err(|error| *error)?;
        let bytes = |field: &Field| text(&self.values, field);
        let source = chunk.get(bytes(&system.event_source)?).ok_or(Unsupported)?;
        if !source.is_empty() && self.providers.get(source, knows).is_none_or(|p| p.wanted) {
            return Ok(false);
        }
        let provider = chunk.get(bytes(&system.provider)?).ok_or(Unsupported)?;
        match self.providers.get(provider, knows) {
            Some(provider) if !provider.wanted => provider.count += 1,
            _ => return Ok(false),
        }
        // A record without these is read the fallback, or not at all.
        value(&self.values, &system.event_id)
            .filter(|value| value.number(chunk).is_some())
            .ok_or(Unsupported)?;
        let time = number(chunk, &self.values, &system.time, kind::FILETIME)?;
        let id = number(chunk, &self.values, &system.record_id, kind::U64)?;
        let (computer, channel) = (bytes(&system.computer)?, bytes(&system.channel)?);
        match &seen.log {
            None => seen.log = Some(Log { computer, channel }),
            Some(log) => {
                let same = |a: &Range<usize>, b: &Range<usize>| {
                    a == b || chunk.get(a.clone()) == chunk.get(b.clone())
                };
                if !same(&log.computer, &computer) || !same(&log.channel, &channel) {
                    return Ok(false);
                }
            }
        }
        let (first, last) = seen.times.unwrap_or((time, time));
        seen.times = Some((first.min(time), last.max(time)));
        match self.ids.last_mut() {
            Some((_, high)) if high.checked_add(1) == Some(id) => *high = id,
            _ => self.ids.push((id, id)),
        }
        Ok(true)
    }
}

/// A time that every reader can tell; one outside of all calendars is left to the fallback.
fn time(ticks: u64) -> Option<Timestamp> {
    filetime(ticks)
}

fn value<'v>(values: &'v [Value], field: &Field) -> Option<&'v Value> {
    match field {
        Field::Value(at) => values.get(usize::from(*at)),
        _ => None,
    }
}

fn number(chunk: &[u8], values: &[Value], field: &Field, kind: u8) -> Result<u64, DecodeError> {
    let value = value(values, field).filter(|value| value.kind == kind && value.bytes.len() == 8);
    value
        .and_then(|value| u64_at(chunk, value.bytes.start))
        .ok_or(Unsupported)
}

/// Where a text stands in the chunk.
fn text(values: &[Value], field: &Field) -> Result<Range<usize>, DecodeError> {
    match field {
        Field::Missing => Ok(0..0),
        Field::Text(bytes) => Ok(bytes.clone()),
        Field::Value(at) => match values.get(usize::from(*at)) {
            None => Ok(0..0),
            Some(value) if value.kind == kind::NULL => Ok(0..0),
            Some(value) if value.kind == kind::STRING => Ok(value.bytes.clone()),
            Some(_) => Err(Unsupported),
        },
    }
}
