//! Writes legacy .evt files (NT 4 to Server 2003) the way the old event service did: a ring of
//! records behind a header, with an end record that tells the truth when the header does not.
//!
//! The ring is simulated, so a small [`EvtWriter::max_size`] gives what real files have: records
//! split over the end of the file, filler, an end record that is itself split, and stale records
//! between the end record and the oldest live one.

use std::collections::VecDeque;

use crate::event::{AUDIT_FAILURE_KEYWORD, AUDIT_SUCCESS_KEYWORD, EventSpec};

/// The size of the file header, behind which the ring starts.
pub const EVT_HEADER_SIZE: usize = 0x30;
/// The size of the end record.
pub const EVT_EOF_SIZE: usize = 0x28;
/// The fixed part of a record. Where less room is left, the ring starts anew.
pub const EVT_RECORD_HEADER_SIZE: usize = 0x38;

const FLAG_DIRTY: u32 = 1;
const FLAG_WRAPPED: u32 = 2;

/// Where a record stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvtPlace {
    /// The record number.
    pub number: u32,
    /// Where the record starts.
    pub offset: usize,
    /// Its length, both length fields included.
    pub length: usize,
    /// Whether its end continues behind the file header.
    pub split: bool,
    /// Position of the event in the slice that was written.
    pub event: usize,
}

/// A written file and what is in it.
#[derive(Debug, Clone)]
pub struct EvtFile {
    /// The file.
    pub bytes: Vec<u8>,
    /// The live records, oldest first.
    pub live: Vec<EvtPlace>,
    /// Records that are no longer live but whose bytes are all still there, oldest first.
    pub stale: Vec<EvtPlace>,
    /// Where the end record starts.
    pub eof: usize,
    /// Whether the ring has wrapped.
    pub wrapped: bool,
}

/// Writes .evt files; the methods set options.
#[derive(Debug, Clone, Default)]
pub struct EvtWriter {
    max_size: Option<usize>,
    dirty: bool,
    header_after: usize,
    first_number: Option<u32>,
    cleared_after: Option<usize>,
    drop_extra: usize,
    written_delay: u32,
    without_eof: bool,
}

impl EvtWriter {
    /// A writer of clean files that end behind the end record, as a saved log does.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the file a ring of exactly this many bytes (rounded up to 4): older records give
    /// way to newer ones.
    #[must_use]
    pub fn max_size(mut self, bytes: usize) -> Self {
        self.max_size = Some(bytes.next_multiple_of(4));
        self
    }

    /// Leaves the log open: the dirty flag is set and the header is stale, as in a copy of a
    /// live log. See [`EvtWriter::header_after`].
    #[must_use]
    pub fn dirty(mut self, dirty: bool) -> Self {
        self.dirty = dirty;
        self
    }

    /// The stale header of a dirty file tells the state after this many events; 0 without it.
    #[must_use]
    pub fn header_after(mut self, events: usize) -> Self {
        self.header_after = events;
        self
    }

    /// The number of the first record; 1 without it.
    #[must_use]
    pub fn first_number(mut self, number: u32) -> Self {
        self.first_number = Some(number);
        self
    }

    /// Clears the log after this many events: what comes later starts at the front with number
    /// 1 again, and older records stay behind it as stale bytes.
    #[must_use]
    pub fn cleared_after(mut self, events: usize) -> Self {
        self.cleared_after = Some(events);
        self
    }

    /// Whenever room is made, drops this many more of the oldest records than needed, so that
    /// whole stale records stay between the end record and the oldest one.
    #[must_use]
    pub fn drop_extra(mut self, records: usize) -> Self {
        self.drop_extra = records;
        self
    }

    /// The time written is this many seconds later than the time generated.
    #[must_use]
    pub fn written_delay(mut self, seconds: u32) -> Self {
        self.written_delay = seconds;
        self
    }

    /// Leaves the end record out.
    #[must_use]
    pub fn without_eof(mut self) -> Self {
        self.without_eof = true;
        self
    }

    /// The bytes of a file that holds `events`.
    ///
    /// # Panics
    ///
    /// When [`EvtWriter::max_size`] is too small for one of the events.
    #[must_use]
    pub fn write(&self, events: &[EventSpec]) -> Vec<u8> {
        self.write_placed(events).bytes
    }

    /// As [`EvtWriter::write`], with the place of every record.
    ///
    /// # Panics
    ///
    /// When [`EvtWriter::max_size`] is too small for one of the events.
    #[must_use]
    pub fn write_placed(&self, events: &[EventSpec]) -> EvtFile {
        let records: Vec<Vec<u8>> = events
            .iter()
            .map(|event| record(event, self.written_delay))
            .collect();
        let all: usize = records.iter().map(Vec::len).sum();
        let whole = EVT_HEADER_SIZE + all + EVT_EOF_SIZE;
        let mut ring = Ring::new(
            self.max_size.unwrap_or(whole),
            self.first_number.unwrap_or(1),
        );
        let mut header = ring.state;
        if self.without_eof {
            ring.eof = false;
        }
        for (at, record) in records.iter().enumerate() {
            if self.cleared_after == Some(at) {
                ring.clear();
            }
            ring.add(record, at, self.drop_extra);
            if at + 1 == self.header_after {
                header = ring.state;
            }
        }
        if self.cleared_after.is_some_and(|at| at >= records.len()) {
            ring.clear();
        }
        ring.write_eof();
        if !self.dirty {
            header = ring.state;
        }
        self.finish(ring, header)
    }

    fn finish(&self, mut ring: Ring, mut header: State) -> EvtFile {
        if self.max_size.is_none() {
            let end = if self.cleared_after.is_some() {
                ring.bytes.len()
            } else {
                ring.state.end + EVT_EOF_SIZE
            };
            ring.bytes.truncate(end);
        }
        if self.dirty {
            header.flags |= FLAG_DIRTY;
        }
        header.write(&mut ring.bytes);
        let stale = ring.still_whole();
        EvtFile {
            eof: ring.state.end,
            wrapped: ring.state.flags & FLAG_WRAPPED != 0,
            live: ring.live.into(),
            stale,
            bytes: ring.bytes,
        }
    }
}

/// What header and end record say of the ring.
#[derive(Debug, Clone, Copy)]
struct State {
    begin: usize,
    end: usize,
    next: u32,
    oldest: u32,
    flags: u32,
}

impl State {
    fn write(self, bytes: &mut [u8]) {
        let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let fields = [
            0x30,
            u32::from_le_bytes(*b"LfLe"),
            1,
            1,
            offset(self.begin),
            offset(self.end),
            self.next,
            self.oldest,
            size,
            self.flags,
            0,
            0x30,
        ];
        for (place, field) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(fields) {
            *place = field.to_le_bytes();
        }
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The file while it is written.
#[derive(Debug)]
struct Ring {
    bytes: Vec<u8>,
    state: State,
    live: VecDeque<EvtPlace>,
    dropped: Vec<(EvtPlace, Vec<u8>)>,
    eof: bool,
}

impl Ring {
    fn new(size: usize, first_number: u32) -> Self {
        let smallest = EVT_HEADER_SIZE + EVT_EOF_SIZE;
        Self {
            bytes: vec![0; size.max(smallest)],
            state: State {
                begin: EVT_HEADER_SIZE,
                end: EVT_HEADER_SIZE,
                next: first_number,
                oldest: 0,
                flags: 0,
            },
            live: VecDeque::new(),
            dropped: Vec::new(),
            eof: true,
        }
    }

    /// Free bytes behind the newest record, and how many of them are only good for filler.
    fn room(&self) -> (usize, usize) {
        let (begin, end) = (self.state.begin, self.state.end);
        if begin > end {
            return (begin - end, 0);
        }
        let tail = self.bytes.len() - end;
        let filler = if tail < EVT_RECORD_HEADER_SIZE {
            tail
        } else {
            0
        };
        (tail - filler + begin - EVT_HEADER_SIZE, filler)
    }

    fn add(&mut self, record: &[u8], event: usize, drop_extra: usize) {
        let needed = record.len() + EVT_EOF_SIZE;
        let fits = self.bytes.len() - EVT_HEADER_SIZE >= needed;
        assert!(fits, "event {event} does not fit into the ring");
        let mut made_room = false;
        while self.room().0 < needed {
            self.drop_oldest();
            made_room = true;
        }
        if made_room {
            let extra = drop_extra.min(self.live.len().saturating_sub(1));
            (0..extra).for_each(|_| self.drop_oldest());
        }
        let (_, filler) = self.room();
        if filler > 0 {
            let end = self.state.end;
            for word in self.bytes[end..].as_chunks_mut::<4>().0 {
                *word = 0x27_u32.to_le_bytes();
            }
            self.state.end = EVT_HEADER_SIZE;
            self.state.flags |= FLAG_WRAPPED;
        }
        self.place(record, event);
    }

    fn place(&mut self, record: &[u8], event: usize) {
        let at = self.state.end;
        let mut record = record.to_vec();
        record[8..12].copy_from_slice(&self.state.next.to_le_bytes());
        self.state.end = self.copy_in(at, &record);
        if self.state.end < at {
            self.state.flags |= FLAG_WRAPPED;
        }
        if self.live.is_empty() {
            self.state.begin = at;
        }
        self.live.push_back(EvtPlace {
            number: self.state.next,
            offset: at,
            length: record.len(),
            split: at + record.len() > self.bytes.len(),
            event,
        });
        self.state.next += 1;
        self.state.oldest = self.live.front().map_or(0, |first| first.number);
        self.write_eof();
    }

    fn drop_oldest(&mut self) {
        let Some(gone) = self.live.pop_front() else {
            // Nothing is left: the next record starts at the front.
            self.state.begin = EVT_HEADER_SIZE;
            self.state.end = EVT_HEADER_SIZE;
            return;
        };
        let bytes = self.copy_out(gone.offset, gone.length);
        self.dropped.push((gone, bytes));
        self.state.begin = self
            .live
            .front()
            .map_or(self.state.end, |first| first.offset);
        self.state.oldest = self.live.front().map_or(0, |first| first.number);
    }

    fn clear(&mut self) {
        while !self.live.is_empty() {
            self.drop_oldest();
        }
        let numbers = State {
            begin: EVT_HEADER_SIZE,
            end: EVT_HEADER_SIZE,
            next: 1,
            oldest: 0,
            flags: 0,
        };
        self.state = numbers;
    }

    fn write_eof(&mut self) {
        if !self.eof {
            return;
        }
        let State {
            begin,
            end,
            next,
            oldest,
            ..
        } = self.state;
        let fields = [
            0x28,
            0x1111_1111,
            0x2222_2222,
            0x3333_3333,
            0x4444_4444,
            offset(begin),
            offset(end),
            next,
            oldest,
            0x28,
        ];
        let eof: Vec<u8> = fields.into_iter().flat_map(u32::to_le_bytes).collect();
        self.copy_in(end, &eof);
    }

    /// Copies into the ring and returns where the next byte goes.
    fn copy_in(&mut self, at: usize, data: &[u8]) -> usize {
        let first = data.len().min(self.bytes.len() - at);
        let (front, rest) = data.split_at(first);
        self.bytes[at..at + first].copy_from_slice(front);
        self.bytes[EVT_HEADER_SIZE..EVT_HEADER_SIZE + rest.len()].copy_from_slice(rest);
        let next = at + first;
        if next < self.bytes.len() {
            next
        } else {
            EVT_HEADER_SIZE + rest.len()
        }
    }

    fn copy_out(&self, at: usize, length: usize) -> Vec<u8> {
        let first = length.min(self.bytes.len() - at);
        let mut data = self.bytes[at..at + first].to_vec();
        data.extend_from_slice(&self.bytes[EVT_HEADER_SIZE..EVT_HEADER_SIZE + length - first]);
        data
    }

    /// The dropped records of which no byte has been overwritten.
    fn still_whole(&self) -> Vec<EvtPlace> {
        let whole = |(place, bytes): &&(EvtPlace, Vec<u8>)| {
            place.offset + 4 <= self.bytes.len()
                && (!place.split || self.bytes.len() > EVT_HEADER_SIZE + place.length)
                && self.copy_out(place.offset, place.length) == *bytes
        };
        let kept = self.dropped.iter().filter(whole);
        kept.map(|(place, _)| *place).collect()
    }
}

/// The bytes of a record, with number 0.
fn record(event: &EventSpec, written_delay: u32) -> Vec<u8> {
    let source = event.event_source_name.as_ref().unwrap_or(&event.provider);
    let mut tail = Vec::new();
    for text in [source, &event.computer] {
        push_text(&mut tail, text);
    }
    pad(&mut tail);
    let start = EVT_RECORD_HEADER_SIZE;
    let sid = event.user_sid.as_deref().unwrap_or_default();
    let sid_at = start + tail.len();
    tail.extend_from_slice(sid);
    let strings_at = start + tail.len();
    let named = event.named.iter().map(|(_, value)| value);
    for text in event.strings.iter().chain(named) {
        push_text(&mut tail, text);
    }
    let data = event.binary.as_deref().unwrap_or_default();
    let data_at = start + tail.len();
    tail.extend_from_slice(data);
    pad(&mut tail);
    let length = offset(start + tail.len() + 4);
    let generated = u32::try_from(event.time.unix_seconds()).unwrap_or_default();
    let identifier = u32::from(event.qualifiers) << 16 | u32::from(event.event_id);
    let count = u16::try_from(event.strings.len() + event.named.len()).unwrap_or(u16::MAX);

    let mut bytes = Vec::with_capacity(start + tail.len() + 4);
    let words = |bytes: &mut Vec<u8>, words: &[u32]| {
        bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    };
    words(&mut bytes, &[length, u32::from_le_bytes(*b"LfLe"), 0]);
    words(
        &mut bytes,
        &[generated, generated.saturating_add(written_delay)],
    );
    words(&mut bytes, &[identifier]);
    for half in [event_type(event), count, event.task, 0] {
        bytes.extend_from_slice(&half.to_le_bytes());
    }
    words(&mut bytes, &[0, offset(strings_at)]);
    words(&mut bytes, &[offset(sid.len()), offset(sid_at)]);
    words(&mut bytes, &[offset(data.len()), offset(data_at)]);
    bytes.extend_from_slice(&tail);
    words(&mut bytes, &[length]);
    bytes
}

/// The classic event type that a level or the audit keywords stand for.
fn event_type(event: &EventSpec) -> u16 {
    match event.level {
        1 | 2 => 1,
        3 => 2,
        0 if event.keywords & AUDIT_SUCCESS_KEYWORD != 0 => 8,
        0 if event.keywords & AUDIT_FAILURE_KEYWORD != 0 => 16,
        0 => 0,
        _ => 4,
    }
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bytes.extend_from_slice(&[0, 0]);
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}
