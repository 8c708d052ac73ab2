//! Writes .evtx files (version 3.1): file header, chunks, records, BinXML templates.
//!
//! The files hold what Windows would write: names and templates are stored once per chunk and
//! chained from its tables, records are padded to 8 bytes, all checksums are right. Options
//! make the oddities of real logs: a dirty flag with a stale header, chunks that are not full,
//! record headers that differ from what the event says of itself.

mod binxml;
mod chunk;
mod elements;
mod encode;
pub mod map;
pub mod real;

use std::io::{self, Cursor, Seek, SeekFrom, Write};

pub use chunk::{CHUNK_HEADER_SIZE, CHUNK_SIZE};
pub(crate) use chunk::{Chunk, Promise, RECORDS_END, repair_chunk_crcs};
pub(crate) use encode::{Encoder, Header, Place, Shape};

use crate::event::EventSpec;

/// The size of the file header, behind which the first chunk starts.
pub const FILE_HEADER_SIZE: usize = 4096;

/// Where provider, source name, channel and computer are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// As text of the template's definition, as Windows does: once per chunk and provider.
    #[default]
    NameInTemplate,
    /// As values of every record.
    NameAsSubstitution,
}

/// How unnamed insertion strings are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DataShape {
    /// As one array of strings, which expands to several `Data` elements: classic events of
    /// Windows.
    #[default]
    StringArray,
    /// As one value and one `Data` element of the template each.
    OneEach,
}

/// How the numbers of `System` are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// As numbers.
    #[default]
    Native,
    /// As text, as forwarded events (WEC) are.
    Forwarded,
    /// As text within the record's own elements, which are of no template: saved forwarded events.
    WithoutTemplate,
}

impl Style {
    /// All of them.
    pub const ALL: [Style; 3] = [Style::Native, Style::Forwarded, Style::WithoutTemplate];
}

/// What a writer has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Bytes, the file header included.
    pub bytes: u64,
    /// Chunks.
    pub chunks: u64,
    /// Records.
    pub records: u64,
}

/// Writes .evtx files; the methods set options.
#[derive(Debug, Clone, Default)]
pub struct EvtxWriter {
    shape: Shape,
    dirty: bool,
    records_per_chunk: Option<usize>,
    header_chunks: Option<u64>,
    header_ids_from: Option<u64>,
    header_time_shift: i64,
}

impl EvtxWriter {
    /// A writer of clean files with full chunks, as Windows writes classic events.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Where names are stored.
    #[must_use]
    pub fn layout(mut self, layout: Layout) -> Self {
        self.shape.layout = layout;
        self
    }

    /// How insertion strings are stored.
    #[must_use]
    pub fn data_shape(mut self, data: DataShape) -> Self {
        self.shape.data = data;
        self
    }

    /// How the numbers of `System` are stored.
    #[must_use]
    pub fn style(mut self, style: Style) -> Self {
        self.shape.style = style;
        self
    }

    /// Sets the dirty flag of the file header: the log was not closed.
    #[must_use]
    pub fn dirty(mut self, dirty: bool) -> Self {
        self.dirty = dirty;
        self
    }

    /// Starts a new chunk after this many records, even when more would fit. At least 1.
    #[must_use]
    pub fn records_per_chunk(mut self, records: usize) -> Self {
        self.records_per_chunk = Some(records.max(1));
        self
    }

    /// Makes the file header stale: it speaks of the first `chunks` chunks only, in its chunk
    /// count, its last chunk and its next record id.
    #[must_use]
    pub fn header_chunks(mut self, chunks: u64) -> Self {
        self.header_chunks = Some(chunks);
        self
    }

    /// Numbers the record headers from `first`, whatever the events say in `System`, as
    /// exports by `wevtutil epl` do.
    #[must_use]
    pub fn header_ids_from(mut self, first: u64) -> Self {
        self.header_ids_from = Some(first);
        self
    }

    /// Moves the time in the record headers by `ticks` of 100 ns against `TimeCreated`.
    #[must_use]
    pub fn header_time_shift(mut self, ticks: i64) -> Self {
        self.header_time_shift = ticks;
        self
    }

    /// The bytes of a file that holds `events`, in this order. Without events the file still
    /// has one empty chunk, as an empty log has.
    ///
    /// # Panics
    ///
    /// When one event does not fit into a chunk of 64 KiB.
    #[must_use]
    pub fn write(&self, events: &[EventSpec]) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        let written = self.write_to(&mut file, events.iter().cloned());
        assert!(written.is_ok(), "{written:?}");
        file.into_inner()
    }

    /// Writes a file chunk by chunk; memory does not grow with the number of events. The file
    /// header comes last, which is why the writer must seek.
    ///
    /// # Errors
    ///
    /// When the destination fails, or when one event does not fit into a chunk.
    pub fn write_to<W: Write + Seek>(
        &self,
        out: &mut W,
        events: impl Iterator<Item = EventSpec>,
    ) -> io::Result<Summary> {
        let mut run = Run::start(self, out)?;
        for event in events {
            run.add(&event)?;
        }
        run.finish()
    }
}

/// One file while it is written.
struct Run<'a, W> {
    options: &'a EvtxWriter,
    out: &'a mut W,
    start: u64,
    encoder: Encoder,
    chunk: Chunk,
    in_chunk: usize,
    promise: Promise,
    summary: Summary,
    last_id: u64,
    next_header_id: u64,
    /// Next record id after each of the first chunks, for a stale header.
    stale_next_id: u64,
}

impl<'a, W: Write + Seek> Run<'a, W> {
    fn start(options: &'a EvtxWriter, out: &'a mut W) -> io::Result<Self> {
        let start = out.stream_position()?;
        out.write_all(&[0; FILE_HEADER_SIZE])?;
        Ok(Self {
            options,
            out,
            start,
            encoder: Encoder::new(options.shape),
            chunk: Chunk::new(),
            in_chunk: 0,
            promise: Promise::default(),
            summary: Summary::default(),
            last_id: 0,
            next_header_id: options.header_ids_from.unwrap_or(1),
            stale_next_id: 1,
        })
    }

    fn add(&mut self, event: &EventSpec) -> io::Result<()> {
        let full = self
            .options
            .records_per_chunk
            .is_some_and(|most| self.in_chunk >= most);
        if full {
            self.flush()?;
        }
        if !self.try_add(event) {
            if self.in_chunk > 0 {
                self.flush()?;
            }
            if !self.try_add(event) {
                let text = format!(
                    "event {} of {} does not fit into a chunk",
                    event.event_id, event.provider
                );
                return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
            }
        }
        Ok(())
    }

    /// Puts the event into the current chunk, or leaves the chunk as it was.
    fn try_add(&mut self, event: &EventSpec) -> bool {
        let id = match event.record_id {
            0 => self.last_id.saturating_add(1),
            id => id,
        };
        let header = Header {
            id: match self.options.header_ids_from {
                Some(_) => self.next_header_id,
                None => id,
            },
            time: event.time.shifted(self.options.header_time_shift),
        };
        let mark = self.chunk.mark();
        let place = self.encoder.record(&mut self.chunk, event, id, header);
        let place = place.filter(|_| self.chunk.bytes.len() <= RECORDS_END);
        let Some(place) = place else {
            self.chunk.roll_back(&mark);
            return false;
        };
        self.summary.records += 1;
        if self.in_chunk == 0 {
            self.promise.first_number = self.summary.records;
            self.promise.first_id = header.id;
        }
        self.promise.last_number = self.summary.records;
        self.promise.last_id = header.id;
        self.promise.last_record = u32::try_from(place.offset).unwrap_or_default();
        self.in_chunk += 1;
        self.last_id = id;
        self.next_header_id = header.id.saturating_add(1);
        true
    }

    fn flush(&mut self) -> io::Result<()> {
        self.chunk.seal(&self.promise);
        self.out.write_all(&self.chunk.bytes)?;
        self.chunk.clear();
        self.in_chunk = 0;
        self.summary.chunks += 1;
        let listed = self.options.header_chunks.unwrap_or(u64::MAX);
        if self.summary.chunks <= listed {
            self.stale_next_id = self.promise.last_id.saturating_add(1);
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<Summary> {
        if self.in_chunk > 0 {
            self.flush()?;
        } else if self.summary.chunks == 0 {
            self.promise = Promise {
                first_number: 1,
                last_number: u64::MAX,
                first_id: u64::MAX,
                last_id: u64::MAX,
                last_record: 0,
            };
            self.chunk.seal(&self.promise);
            self.out.write_all(&self.chunk.bytes)?;
            self.summary.chunks = 1;
        }
        let listed = self.options.header_chunks.unwrap_or(u64::MAX);
        let header = file_header(
            self.summary.chunks.min(listed),
            self.stale_next_id,
            self.options.dirty,
        );
        let end = self.out.stream_position()?;
        self.out.seek(SeekFrom::Start(self.start))?;
        self.out.write_all(&header)?;
        self.out.seek(SeekFrom::Start(end))?;
        self.summary.bytes = end - self.start;
        Ok(self.summary)
    }
}

/// The file header. The chunk count has 16 bits: it keeps the low ones, as nothing else fits.
pub(crate) fn file_header(chunks: u64, next_record_id: u64, dirty: bool) -> Vec<u8> {
    let mut header = Vec::with_capacity(FILE_HEADER_SIZE);
    header.extend_from_slice(b"ElfFile\0");
    for value in [0, chunks.saturating_sub(1), next_record_id] {
        header.extend_from_slice(&value.to_le_bytes());
    }
    header.extend_from_slice(&128_u32.to_le_bytes());
    for value in [1_u16, 3, 4096, (chunks & 0xffff) as u16] {
        header.extend_from_slice(&value.to_le_bytes());
    }
    header.resize(120, 0);
    header.extend_from_slice(&u32::from(dirty).to_le_bytes());
    let crc = crc32fast::hash(&header[..120]);
    header.extend_from_slice(&crc.to_le_bytes());
    header.resize(FILE_HEADER_SIZE, 0);
    header
}
