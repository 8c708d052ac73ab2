//! A whole chunk at a glance: which of its records anyone may want, and of all others what the
//! account of the file needs.
//!
//! What kind of event a record is stands in its template or in its values. Kinds are looked up
//! exactly, so that no wanted record can be passed over, and the cost does not depend on how many
//! kinds are wanted. Nothing is decoded: times and numbers are compared as they stand, names as the
//! bytes they are, and what a template says itself is compared once in each chunk.

use std::collections::HashMap;
use std::ops::Range;

use super::start::{Start, read_first_values, start_of};
use super::{Decoder, Entry, read_once};
use crate::account::Row;
use crate::bytes::u64_at;
use crate::event::{Trust, is_set};
use crate::evtx::binxml::kind;
use crate::evtx::frames::Frame;
use crate::evtx::system::{Field, System};
use crate::evtx::value::{DecodeError, Unsupported, Value, filetime, ticks_of, utf16};
use crate::sink::EventKind;

/// What was met in the chunks before, as the log writes it, and which kinds of events anyone wants.
/// Logs have few providers, and most records are of the same kind as one shortly before.
#[derive(Debug, Default)]
pub(super) struct Glances {
    names: Vec<Name>,
    /// Places of the names met last, each where its length and its last letters put it: many
    /// providers take turns, and their names begin alike.
    recent: [usize; NAMES_AT_HAND],
    /// By the kind's place among names.
    wanted: HashMap<KindKey, bool>,
    /// Those met last, each where its numbers put it: hashing costs as much as all else together.
    at_hand: Vec<Option<(KindKey, bool)>>,
    logs: Vec<Log>,
    recent_log: usize,
    /// Chunks that are not looked at beforehand, because nearly everything in them is wanted.
    unseen: u8,
}

/// A provider's name.
#[derive(Debug)]
struct Name {
    bytes: Vec<u8>,
    name: String,
    /// Records of this provider that were passed over in this chunk.
    count: u64,
}

/// Provider and second name, by their places among the names; id and level.
type KindKey = (u32, u32, u16, Option<u8>);

/// Records of one log in the chunk that were passed over.
#[derive(Debug)]
struct Log {
    computer: Range<usize>,
    channel: Range<usize>,
    records: u64,
    /// The earliest and the latest time, in ticks.
    times: (u64, u64),
    /// Record ids: first and last of each range.
    ids: Vec<(u64, u64)>,
}

/// What a template says by itself, so that it need not be compared for each of its records.
#[derive(Debug, Default)]
pub(super) struct OfTemplate {
    names: Option<(u32, u32)>,
    log: Option<usize>,
    /// The kind met last, and whether it is wanted.
    recent: Option<(KindKey, bool)>,
}

/// Names remembered from chunk to chunk. Real logs have tens; one with more only loses the
/// shortcut.
const MOST_NAMES: usize = 256;
/// Kinds remembered from chunk to chunk. Real logs have hundreds.
const MOST_KINDS: usize = 8192;
/// Names that are found without a search.
const NAMES_AT_HAND: usize = 32;
/// Kinds of which it is known without hashing whether they are wanted.
const KINDS_AT_HAND: usize = 512;
/// Where at least this share of a chunk's live records is wanted, in percent, looking beforehand costs
/// more than it spares, and the next chunks are read without.
const MOSTLY_WANTED: usize = 85;
/// How many chunks that is.
const UNSEEN_CHUNKS: u8 = 15;

impl Glances {
    fn next_chunk(&mut self) {
        if self.names.len() > MOST_NAMES || self.wanted.len() > MOST_KINDS {
            self.names.clear();
            self.wanted.clear();
            self.at_hand.clear();
        }
        self.names.iter_mut().for_each(|name| name.count = 0);
        self.logs.clear();
    }

    /// The place of a name.
    fn name(&mut self, bytes: &[u8]) -> usize {
        let is = |name: &Name| name.bytes == bytes;
        let letters = bytes.iter().rev().skip(1).step_by(2).take(2);
        let hand = letters.fold(bytes.len() / 2, |sum, letter| {
            sum * 5 + usize::from(*letter)
        });
        // It is one of them: the array is as long.
        let Some(recent) = self.recent.get_mut(hand % NAMES_AT_HAND) else {
            return 0;
        };
        if !self.names.get(*recent).is_some_and(is) {
            *recent = self.names.iter().position(is).unwrap_or_else(|| {
                let mut name = String::new();
                utf16(bytes, &mut name);
                self.names.push(Name {
                    bytes: bytes.to_vec(),
                    name,
                    count: 0,
                });
                self.names.len() - 1
            });
        }
        *recent
    }

    fn is_wanted(&mut self, key: KindKey, wants: &dyn Fn(&EventKind<'_>) -> bool) -> bool {
        let (provider, source, event_id, level) = key;
        let place = (provider as usize * 37 + usize::from(event_id)) % KINDS_AT_HAND;
        if let Some(Some((known, wanted))) = self.at_hand.get(place)
            && *known == key
        {
            return *wanted;
        }
        let names = &self.names;
        let wanted = *self.wanted.entry(key).or_insert_with(|| {
            let name = |at: u32| names.get(at as usize).map_or("", |name| name.name.as_str());
            wants(&EventKind {
                provider: name(provider),
                event_source: Some(name(source)).filter(|source| !source.is_empty()),
                event_id,
                level,
            })
        });
        self.at_hand.resize(KINDS_AT_HAND, None);
        if let Some(kind) = self.at_hand.get_mut(place) {
            *kind = Some((key, wanted));
        }
        wanted
    }

    /// The place of the log whose computer and channel stand there.
    fn log(&mut self, chunk: &[u8], computer: Range<usize>, channel: Range<usize>) -> usize {
        let same = |a: &Range<usize>, b: &Range<usize>| {
            a == b || chunk.get(a.clone()) == chunk.get(b.clone())
        };
        let is = |log: &Log| same(&log.computer, &computer) && same(&log.channel, &channel);
        if !self.logs.get(self.recent_log).is_some_and(is) {
            self.recent_log = self.logs.iter().position(is).unwrap_or_else(|| {
                self.logs.push(Log {
                    computer,
                    channel,
                    records: 0,
                    times: (u64::MAX, 0),
                    ids: Vec::new(),
                });
                self.logs.len() - 1
            });
        }
        self.recent_log
    }

    fn pass(&mut self, log: usize, provider: u32, time: u64, id: u64) {
        if let Some(name) = self.names.get_mut(provider as usize) {
            name.count += 1;
        }
        let Some(log) = self.logs.get_mut(log) else {
            return;
        };
        log.records += 1;
        log.times = (log.times.0.min(time), log.times.1.max(time));
        match log.ids.last_mut() {
            Some((_, high)) if high.checked_add(1) == Some(id) => *high = id,
            _ => log.ids.push((id, id)),
        }
    }
}

impl Decoder {
    /// Looks at the records of a sound chunk and keeps what the account needs of those that nobody
    /// wants: see [`Decoder::account_rows`]. The places of all others among the frames go to
    /// `left`: records that may be wanted, and those that must be looked at one by one because they
    /// are written in an unusual way or whose ids have not the `usual` difference to the numbers of
    /// their frames. `wants` must answer the same for the life of the decoder.
    pub(in crate::evtx) fn look_over(
        &mut self,
        chunk: &[u8],
        (frames, usual): (&[Frame], Option<u64>),
        wants: &dyn Fn(&EventKind<'_>) -> bool,
        left: &mut Vec<usize>,
    ) {
        self.glances.next_chunk();
        if self.glances.unseen > 0 {
            self.glances.unseen -= 1;
            left.extend(0..frames.len());
            return;
        }
        let (mut live, mut passed) = (0, 0);
        for (at, frame) in frames.iter().enumerate() {
            let is_live = frame.trust == Trust::Intact && !frame.cut;
            live += usize::from(is_live);
            if is_live && self.glance(chunk, (frame, usual), wants) == Ok(true) {
                passed += 1;
            } else {
                left.push(at);
            }
        }
        // Stale records, of which some chunks have more than of others, are looked at in any case.
        if (live - passed) * 100 >= live * MOSTLY_WANTED && live > 0 {
            self.glances.unseen = UNSEEN_CHUNKS;
        }
    }

    /// Hands over the records that were passed over, as rows: one for each log in the chunk. The
    /// first row tells the providers of all.
    pub(in crate::evtx) fn account_rows(&mut self, chunk: &[u8], each: &mut dyn FnMut(&Row<'_>)) {
        let names = self.glances.names.iter().filter(|name| name.count > 0);
        let mut sources: Vec<(&str, u64)> =
            names.map(|name| (name.name.as_str(), name.count)).collect();
        for log in self.glances.logs.iter().filter(|log| log.records > 0) {
            let bytes = |range: &Range<usize>| chunk.get(range.clone()).unwrap_or_default();
            self.computer.set_utf16(bytes(&log.computer));
            self.channel.set_utf16(bytes(&log.channel));
            // Both were told apart from what is no time when the record was passed over.
            let (Some(first), Some(last)) = (filetime(log.times.0), filetime(log.times.1)) else {
                continue;
            };
            each(&Row {
                computer: &self.computer.text,
                channel: &self.channel.text,
                first,
                last,
                ids: &log.ids,
                records: log.records,
                sources: std::mem::take(&mut sources),
            });
        }
    }

    /// Whether a record was passed over: nobody wants it, and it is noted for the account.
    fn glance(
        &mut self,
        chunk: &[u8],
        (frame, usual): (&Frame, Option<u64>),
        wants: &dyn Fn(&EventKind<'_>) -> bool,
    ) -> Result<bool, DecodeError> {
        let start = start_of(chunk, &frame.body, &mut self.head_fuel)?;
        let Entry {
            system, glanced, ..
        } = self.entries.of(&start)?;
        let fuel = &mut self.head_fuel;
        let system = read_once(system, chunk, (&start, &frame.body), fuel)?;
        read_values_of_head(chunk, (&start, frame), system, &mut self.values)?;
        let values = &self.values;
        let glances = &mut self.glances;
        let names = match glanced.names {
            Some(names) => names,
            None => {
                let mut place = |field: &Field| -> Result<u32, DecodeError> {
                    let bytes = chunk.get(text(values, field)?).ok_or(Unsupported)?;
                    u32::try_from(glances.name(bytes)).map_err(|_| Unsupported)
                };
                let names = (place(&system.provider)?, place(&system.event_source)?);
                if system.provider.is_fixed() && system.event_source.is_fixed() {
                    glanced.names = Some(names);
                }
                names
            }
        };
        let event_id = super::number(chunk, values, &system.event_id).ok_or(Unsupported)?;
        let level = super::number(chunk, values, &system.level).and_then(|n| u8::try_from(n).ok());
        let key = (names.0, names.1, (event_id & 0xffff) as u16, level);
        let wanted = match glanced.recent {
            Some((recent, wanted)) if recent == key => wanted,
            _ => {
                let wanted = glances.is_wanted(key, wants);
                glanced.recent = Some((key, wanted));
                wanted
            }
        };
        if wanted {
            return Ok(false);
        }
        let time = ticks(chunk, values, &system.time)?;
        // A time outside of all calendars, or one that was not set, is left to the fallback.
        if !IN_CALENDARS.contains(&time) && filetime(time).filter(is_set).is_none() {
            return Err(Unsupported);
        }
        let id = match &system.record_id {
            Field::Text(_) => super::number(chunk, values, &system.record_id).ok_or(Unsupported)?,
            _ => number(chunk, values, &system.record_id, kind::U64)?,
        };
        if is_unusual(usual, Some(id), frame) {
            return Ok(false);
        }
        let log = match glanced.log {
            Some(log) => log,
            None => {
                let (computer, channel) = (
                    text(values, &system.computer)?,
                    text(values, &system.channel)?,
                );
                let log = glances.log(chunk, computer, channel);
                if system.computer.is_fixed() && system.channel.is_fixed() {
                    glanced.log = Some(log);
                }
                log
            }
        };
        glances.pass(log, names.0, time, id);
        Ok(true)
    }
}

/// Whether the id of a record has another difference to its frame's number than is usual in its chunk.
pub(in crate::evtx) fn is_unusual(usual: Option<u64>, id: Option<u64>, frame: &Frame) -> bool {
    let both = usual.zip(id);
    both.is_some_and(|(usual, id)| id.wrapping_sub(frame.number) != usual)
}

/// Reads those of a record's values that its head is made of.
pub(super) fn read_values_of_head(
    chunk: &[u8],
    (start, frame): (&Start, &Frame),
    system: &System,
    values: &mut Vec<Value>,
) -> Result<(), DecodeError> {
    values.clear();
    if let Some(table) = start.values() {
        read_first_values(chunk, table, frame.body.end, system.values_used(), values)?;
    }
    Ok(())
}

/// Ticks of times that are one for certain: 1970, but for its first moment, to 2200.
const IN_CALENDARS: Range<u64> = 116_444_736_000_000_001..189_000_000_000_000_000;

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

/// The time in ticks. Records without a template, such as forwarded ones, have it as text.
fn ticks(chunk: &[u8], values: &[Value], field: &Field) -> Result<u64, DecodeError> {
    match field {
        Field::Text(_) => super::time(chunk, values, field)
            .and_then(ticks_of)
            .ok_or(Unsupported),
        _ => number(chunk, values, field, kind::FILETIME),
    }
}

/// Where a text stands in the chunk.
pub(super) fn text(values: &[Value], field: &Field) -> Result<Range<usize>, DecodeError> {
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
