//! Windows event logs since Vista: `.evtx`.
//!
//! The file is read in blocks of 64 KiB slots, never whole. Each slot is taken for itself
//! (`slot`): its records are found by their frames, its checksums and promises are compared with
//! what was found. A record is read directly (`record`) or, where its shape is unusual, through
//! the `evtx` crate (`fallback`). Texts that lie beside an exported log are in `mta`.

mod fallback;
mod frames;
pub(crate) mod mta;
mod names;
mod record;
mod slot;
mod system;
mod template;
mod value;

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use crate::event::{Event, Trust};
use crate::integrity::{DefectCode, Integrity};
use crate::limits::{self, CHUNK_SIZE, CHUNKS_PER_BLOCK, FILE_HEADER_SIZE};
use crate::matcher::session::Head;
use crate::source::account::Account;
use crate::source::build::EventBuilder;
use crate::source::export::xml::{self, XmlError};
use crate::source::{Delivery, Record};
use frames::Frame;
use record::Decoder;
use slot::{Slot, u16_at, u32_at};
use value::Hurdle;

/// The log was not closed: header flag bit 0.
const DIRTY: u32 = 1;

/// A run of slots that were read together.
#[derive(Debug)]
pub struct Block {
    /// Offset of the first slot in the file.
    offset: u64,
    /// The slots, and room for more: a buffer that is used again need not be cleared.
    buffer: Vec<u8>,
    /// Bytes of the buffer that are slots: a multiple of 64 KiB.
    whole: usize,
    /// Bytes of these that the file really has; the rest is padding of a cut last slot.
    real: usize,
}

impl Block {
    /// Reads up to `most` bytes as whole slots: a cut last one is padded. Also gives the error that
    /// ended the reading.
    fn read(
        input: &mut impl Read,
        offset: u64,
        most: usize,
        mut buffer: Vec<u8>,
    ) -> (Block, Option<io::Error>) {
        if buffer.len() < most {
            buffer.resize(most.next_multiple_of(CHUNK_SIZE), 0);
        }
        let (real, error) = fill(input, buffer.get_mut(..most).unwrap_or(&mut []));
        let whole = real.next_multiple_of(CHUNK_SIZE);
        if let Some(padding) = buffer.get_mut(real..whole) {
            padding.fill(0);
        }
        let block = Block {
            offset,
            buffer,
            whole,
            real,
        };
        (block, error)
    }

    fn slots(&self) -> impl Iterator<Item = &[u8]> {
        let bytes = self.buffer.get(..self.whole).unwrap_or(&[]);
        bytes.chunks_exact(CHUNK_SIZE)
    }

    /// Bytes that the file really has.
    pub(crate) fn real(&self) -> usize {
        self.real
    }

    /// The buffer, to be used again.
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }
}

/// Reads an .evtx file as blocks, so that they can be decoded apart from each other.
pub struct Blocks<R> {
    input: R,
    ended: bool,
    file: FileAccount,
}

impl<R: Read> Blocks<R> {
    /// Reads the file header.
    pub fn new(mut input: R) -> Self {
        let mut header = vec![0; FILE_HEADER_SIZE];
        let (read, error) = fill(&mut input, &mut header);
        header.truncate(read);
        let mut blocks = Blocks {
            input,
            ended: read < FILE_HEADER_SIZE,
            file: FileAccount::open(&header),
        };
        blocks.note(error);
        blocks
    }

    fn note(&mut self, error: Option<io::Error>) {
        if let Some(error) = error {
            let message = format!("reading failed: {error}");
            let at = Some(self.file.end);
            let integrity = &mut self.file.account.integrity;
            integrity.note(DefectCode::ReadError, at, message);
        }
    }

    /// The next block; `None` at the end of the file. A buffer handed in is used again.
    pub fn next_block(&mut self, buffer: Vec<u8>) -> Option<Block> {
        if self.ended {
            return None;
        }
        let most = CHUNK_SIZE * CHUNKS_PER_BLOCK;
        let (block, error) = Block::read(&mut self.input, self.file.end, most, buffer);
        self.ended = block.real < most;
        self.file.took(block.real as u64);
        self.note(error);
        (block.real > 0).then_some(block)
    }

    /// Whether the file was read to its end.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Ends the reading: what is known of the file itself.
    pub fn finish(self) -> FileAccount {
        self.file
    }
}

/// Something that went wrong while slots were read.
pub(crate) struct Lack {
    pub(crate) code: DefectCode,
    pub(crate) message: String,
}

/// Reads the slots of a file that stand in so many bytes from `offset` on.
pub(crate) fn read_slots(
    file: &File,
    offset: u64,
    bytes: usize,
    buffer: Vec<u8>,
) -> (Block, Option<Lack>) {
    let mut stretch = Stretch { file, offset };
    let (block, error) = Block::read(&mut stretch, offset, bytes, buffer);
    let lack = match error {
        Some(error) => Some(Lack {
            code: DefectCode::ReadError,
            message: format!("reading failed: {error}"),
        }),
        None if block.real < bytes => Some(Lack {
            code: DefectCode::Truncated,
            message: "the file became shorter while it was read".to_owned(),
        }),
        None => None,
    };
    (block, lack)
}

/// A file from some place on. Unlike a cursor, that place is not shared with other threads.
struct Stretch<'f> {
    file: &'f File,
    offset: u64,
}

impl Read for Stretch<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = read_at(self.file, buffer, self.offset)?;
        self.offset += read as u64;
        Ok(read)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// What is known of a file itself, apart from what its blocks hold.
#[derive(Debug)]
pub struct FileAccount {
    /// Offset behind what was taken of the file so far.
    end: u64,
    claimed_chunks: Option<u64>,
    slots: u64,
    account: Account,
}

impl FileAccount {
    /// Reads the file header; more than the header is not looked at.
    pub(crate) fn open(bytes: &[u8]) -> FileAccount {
        let header = bytes.get(..FILE_HEADER_SIZE).unwrap_or(bytes);
        let mut file = FileAccount {
            end: header.len() as u64,
            claimed_chunks: None,
            slots: 0,
            account: Account::default(),
        };
        file.account.bytes = file.end;
        file.header(header);
        file
    }

    fn header(&mut self, header: &[u8]) {
        let integrity = &mut self.account.integrity;
        if header.len() < FILE_HEADER_SIZE {
            integrity.note(
                DefectCode::Truncated,
                Some(header.len() as u64),
                format!(
                    "the file ends inside its header, after {} bytes",
                    header.len()
                ),
            );
            return;
        }
        let crc = crc32fast::hash(header.get(..120).unwrap_or(&[]));
        if !header.starts_with(b"ElfFile\0") || u32_at(header, 124) != Some(crc) {
            integrity.note(
                DefectCode::FileHeader,
                Some(0),
                "the file header is damaged; the chunks were read without it",
            );
            return;
        }
        if u32_at(header, 120).unwrap_or(0) & DIRTY != 0 {
            integrity.note(
                DefectCode::Dirty,
                None,
                "the log was not closed cleanly: a copy of a live log, or of a crashed machine",
            );
        }
        self.claimed_chunks = u16_at(header, 42).map(u64::from);
    }

    /// Offset behind what was taken so far.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Counts more bytes that were taken, or are about to be: whole slots, unless the file ends
    /// with them.
    pub(crate) fn took(&mut self, bytes: u64) {
        self.end += bytes;
        self.account.bytes += bytes;
        self.slots += bytes.div_ceil(CHUNK_SIZE as u64);
        let cut = bytes % CHUNK_SIZE as u64;
        if cut != 0 {
            // Folklore: one public log ends 704 bytes short of a chunk that still holds 90 records.
            self.account.integrity.note(
                DefectCode::Truncated,
                Some(self.end),
                format!(
                    "the file ends {} bytes short of a whole chunk",
                    CHUNK_SIZE as u64 - cut
                ),
            );
        }
    }

    /// Notes that the user ended the reading. What the header claims can no longer be checked.
    pub(crate) fn stop(&mut self) {
        self.claimed_chunks = None;
        self.account.stop();
    }

    /// Closes the account of the file itself, once all blocks are decoded: `used` is the number
    /// of slots that were not empty.
    pub fn close(mut self, used: u64) -> Account {
        if let Some(claimed) = self.claimed_chunks {
            // The header counts chunks in 16 bits.
            let have = used & 0xffff;
            let integrity = &mut self.account.integrity;
            if claimed > have && self.slots >= claimed {
                integrity.note_many(
                    DefectCode::MissingChunks,
                    None,
                    claimed - have,
                    format!("chunks by the header: {claimed}; with records: {used}"),
                );
            } else if claimed > have {
                integrity.note(
                    DefectCode::Truncated,
                    Some(self.end),
                    format!(
                        "chunks by the header: {claimed}; room in the file: {}",
                        self.slots
                    ),
                );
            } else if claimed != have {
                integrity.note(
                    DefectCode::ChunkCount,
                    None,
                    format!("chunks by the header: {claimed}; with records: {used}"),
                );
            }
        }
        self.account
    }
}

/// Reads until the buffer is full or the input ends. An error ends it too, but keeps what was read.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut read = 0;
    while let Some(rest) = buffer.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(n) => read += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (read, Some(error)),
        }
    }
    (read, None)
}

/// Decodes blocks; one for each thread.
#[derive(Debug, Default)]
pub struct BlockDecoder {
    decoder: Decoder,
    /// Records and bytes that the crate rendered for the block.
    rendered: (usize, usize),
    /// Records of the slot that can be read only in part are taken: it is known that they are live.
    takes_parts: bool,
}

impl BlockDecoder {
    /// Delivers the records of a block. Gives the number of slots that were not empty.
    pub fn decode(&mut self, block: &Block, delivery: &mut Delivery<'_>) -> u64 {
        self.rendered = (0, 0);
        let mut used = 0;
        for (chunk, n) in block.slots().zip(0_u64..) {
            if delivery.stopped() {
                break;
            }
            let place = block.offset + n * CHUNK_SIZE as u64;
            let real = block
                .real
                .saturating_sub(CHUNK_SIZE * usize::try_from(n).unwrap_or(0));
            used += u64::from(!self.slot(chunk, real, place, delivery));
        }
        used
    }

    /// Delivers the records of one slot; `true` when it is empty.
    fn slot(&mut self, chunk: &[u8], real: usize, place: u64, delivery: &mut Delivery<'_>) -> bool {
        let mut integrity = Integrity::default();
        let slot = slot::read(chunk, real, place, &mut integrity);
        delivery.account.integrity.add(integrity);
        delivery.account.saw_chunk(slot.mark);
        self.decoder.next_chunk(slot.sound);
        self.takes_parts = slot.tells_live;
        if slot.sound && !delivery.counts_all() && self.pass_over(chunk, &slot, delivery) {
            return slot.empty;
        }
        for frame in &slot.frames {
            if delivery.stopped() {
                break;
            }
            self.record(chunk, frame, place, delivery);
        }
        slot.empty
    }

    /// Accounts for a slot in which nobody wants anything, without reading its records one by one;
    /// `false` when they must be. The account is the same either way.
    fn pass_over(&mut self, chunk: &[u8], slot: &Slot, delivery: &mut Delivery<'_>) -> bool {
        if slot.frames.iter().any(|frame| frame.trust != Trust::Intact) {
            return false;
        }
        match self
            .decoder
            .row(chunk, &slot.frames, &|provider| delivery.knows(provider))
        {
            Some(row) => {
                delivery.account.saw_row(&row, slot.frames.len() as u64);
                true
            }
            None => false,
        }
    }

    fn record(&mut self, chunk: &[u8], frame: &Frame, place: u64, delivery: &mut Delivery<'_>) {
        let offset = Some(place + frame.start as u64);
        if frame.trust == Trust::Repaired {
            delivery.defect(
                DefectCode::RepairedRecord,
                offset,
                "the frame of a record was damaged and was put right from its surroundings",
            );
        }
        if frame.trust == Trust::Recovered {
            return self.stale(chunk, frame, offset, delivery);
        }
        let Ok(record) = self.decoder.head(chunk, frame) else {
            let builder = EventBuilder::new(&delivery.file, offset, frame.trust);
            match self.event(chunk, frame, builder) {
                // A name of System may be what could not be read: then this is another event.
                Ok(_) if self.decoder.left_a_name_out() => {
                    let why = "a name that it uses is damaged".to_owned();
                    failed(delivery, offset, &Failure::Damaged(why));
                }
                Ok(event) => {
                    let head = Head::of(&event);
                    let wanted =
                        delivery.wants(&head, event.event_source.as_deref(), event.record_id);
                    deliver(event, wanted, frame, delivery);
                }
                Err(why) => failed(delivery, offset, &why),
            }
            return;
        };
        let learns = Account::learns_from(record.head.provider, record.head.event_id);
        let wanted = delivery.wants(&record.head, record.event_source, record.record_id);
        if !wanted && !learns {
            return;
        }
        let (time, record_id) = (record.head.time, record.record_id);
        let alike =
            wanted && !learns && delivery.knows_likenesses() && self.decoder.liken(chunk, frame);
        if alike {
            let file = Arc::clone(&delivery.file);
            let record = Record {
                file: &file,
                time,
                record_id,
                offset,
                trust: frame.trust,
            };
            if delivery.again(self.decoder.likeness(), &record) {
                return;
            }
        }
        let builder = match self.decoder.checked_head(chunk, frame) {
            Ok(record) => EventBuilder::with_head(record.event(&delivery.file, offset)),
            Err(_) => EventBuilder::new(&delivery.file, offset, frame.trust),
        };
        match self.event(chunk, frame, builder) {
            // What is read the long way may not be what the likeness was made of.
            Ok(event) if alike && event.time == time && event.record_id == record_id => {
                delivery.wanted_like(event, self.decoder.likeness());
            }
            Ok(mut event) => {
                if self.decoder.left_a_name_out() {
                    partial(&mut event, "a name that it uses is damaged", delivery);
                }
                deliver(event, wanted, frame, delivery);
            }
            Err(why) => match (&why, self.decoder.checked_head(chunk, frame)) {
                // A record that names another template than the one it points at was overwritten.
                (Failure::Damaged(why), Ok(record))
                    if self.takes_parts && Decoder::names_its_template(chunk, frame) =>
                {
                    let mut event = record.event(&delivery.file, offset);
                    partial(&mut event, why, delivery);
                    deliver(event, wanted, frame, delivery);
                }
                _ => {
                    // The head was counted as read, but is not to be believed either.
                    delivery.account.integrity.read -= 1;
                    failed(delivery, offset, &why);
                }
            },
        }
    }

    /// A record that the log no longer counts as its own. Whatever it needs of its chunk may be
    /// overwritten: what cannot be decoded whole was no record.
    fn stale(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        offset: Option<u64>,
        delivery: &mut Delivery<'_>,
    ) {
        if !Decoder::names_its_template(chunk, frame) {
            return;
        }
        let mut builder = EventBuilder::new(&delivery.file, offset, frame.trust);
        let direct = self.decoder.walk(chunk, frame, &mut builder);
        let whole = direct.is_ok() && !self.decoder.left_a_name_out();
        if let (true, Ok(event)) = (whole, builder.finish()) {
            delivery.defect(
                DefectCode::StaleRecords,
                offset,
                "records that the log no longer counts as its own were found behind the live ones",
            );
            delivery.event(event);
        }
    }

    /// A record's whole event. The builder may know what the head says.
    fn event(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        mut builder: EventBuilder,
    ) -> Result<Event, Failure> {
        match self.decoder.walk(chunk, frame, &mut builder) {
            Ok(()) => builder
                .finish()
                .map_err(|error| Failure::Refused(error.to_string())),
            Err(Hurdle::TooMuch) => Err(Failure::Limit(
                "the records of a chunk ask for more work than any real ones",
            )),
            Err(Hurdle::NotDirect) => {
                let (file, offset) = builder.place();
                self.long_way(chunk, frame, offset, &file)
            }
        }
    }

    /// The event as the crate renders the record.
    fn long_way(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        offset: Option<u64>,
        file: &Arc<str>,
    ) -> Result<Event, Failure> {
        let (records, bytes) = &mut self.rendered;
        if *records >= limits::MAX_RENDERED_RECORDS || *bytes >= limits::MAX_RENDERED_BYTES {
            return Err(Failure::Limit(
                "unusual records of a block would take too long to render",
            ));
        }
        *records += 1;
        match fallback::xml(chunk, frame) {
            Ok(rendered) => {
                *bytes += rendered.len();
                xml::event(&rendered, file, offset, frame.trust).map_err(|error| match error {
                    XmlError::Event(_) | XmlError::TooDeep => Failure::Refused(error.to_string()),
                    _ => Failure::Damaged(error.to_string()),
                })
            }
            Err(error) if error.too_large => {
                *bytes += limits::MAX_RENDERED_BYTES;
                Err(Failure::Refused(error.why))
            }
            Err(error) => Err(Failure::Damaged(error.why)),
        }
    }
}

/// Hands over an event that is in the account already, with the texts that lie beside the log.
fn deliver(mut event: Event, wanted: bool, frame: &Frame, delivery: &mut Delivery<'_>) {
    if !wanted {
        return delivery.account.learn(&event);
    }
    if let Some(texts) = delivery.texts() {
        texts.give(&mut event, frame.number);
    }
    delivery.wanted(event);
}

/// Why a record gave no event.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Failure {
    /// Its content cannot be decoded. What its head says can be true all the same.
    Damaged(String),
    /// It was decoded, and is no event to believe.
    Refused(String),
    Limit(&'static str),
}

/// Marks an event that is not all that its record held.
fn partial(event: &mut Event, why: &str, delivery: &mut Delivery<'_>) {
    if event.trust == Trust::Intact {
        event.trust = Trust::Repaired;
    }
    delivery.defect(
        DefectCode::PartialRecord,
        event.offset,
        format!("of a record only a part could be read: {why}"),
    );
}

fn failed(delivery: &mut Delivery<'_>, offset: Option<u64>, why: &Failure) {
    delivery.account.integrity.failed += 1;
    let (code, why) = match why {
        Failure::Damaged(why) | Failure::Refused(why) => (DefectCode::FailedRecord, why.as_str()),
        Failure::Limit(why) => (DefectCode::Limit, *why),
    };
    delivery.defect(
        code,
        offset,
        format!("a record was found but not decoded: {why}"),
    );
}

#[cfg(test)]
mod tests;
