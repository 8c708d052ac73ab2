//! Hands the records of a log to its delivery, chunk by chunk: what is not wanted is only counted,
//! and what cannot be read is named.

use std::sync::Arc;

use jiff::Timestamp;

use super::account::Stated;
use super::chunk;
use super::failure::{Failure, failed};
use super::fallback;
use super::file::Block;
use super::frames::Frame;
use super::record::{Decoder, is_unusual};
use super::value::DecodeError;
use crate::account::Account;
use crate::event::{Event, Head, Trust};
use crate::event_builder::EventBuilder;
use crate::event_xml::{self, XmlError};
use crate::integrity::{DefectCode, Integrity};
use crate::json_line;
use crate::limits::{self, CHUNK_SIZE};
use crate::sink::{Delivery, EventKind, RecordRef};

/// Decodes blocks; one for each thread.
#[derive(Debug, Default)]
pub struct BlockDecoder {
    decoder: Decoder,
    /// Records and bytes that the crate rendered for the block.
    rendered_so_far: (usize, usize),
    /// Records of the chunk that can be read only in part are taken: it is known that they are live.
    takes_parts: bool,
    /// The checksums and counts of the chunk hold.
    is_sound: bool,
    /// Which frames of the chunk are not passed over.
    left: Vec<usize>,
    /// What ids of the chunk usually differ by from the numbers of their frames, where it is sound.
    usual: Option<u64>,
    /// The chunk may have the text that is searched for, once that was asked.
    may_have_text: Option<bool>,
}

impl BlockDecoder {
    /// Delivers the records of a block. Gives the number of chunks that were not empty.
    pub fn decode(&mut self, block: &Block, delivery: &mut Delivery<'_>) -> u64 {
        self.rendered_so_far = (0, 0);
        let mut used = 0;
        for (bytes, n) in block.chunks().zip(0_u64..) {
            if delivery.stopped() {
                break;
            }
            let offset = block.offset() + n * CHUNK_SIZE as u64;
            let real = block
                .real()
                .saturating_sub(CHUNK_SIZE * usize::try_from(n).unwrap_or(0));
            let at = (offset, block.stated());
            used += u64::from(!self.chunk(bytes, real, at, delivery));
        }
        used
    }

    /// Delivers the records of one chunk that begins at `start` in the file, of whose chunks the header
    /// says what is `stated`; `true` when it is empty.
    fn chunk(
        &mut self,
        bytes: &[u8],
        real: usize,
        (start, stated): (u64, Stated),
        delivery: &mut Delivery<'_>,
    ) -> bool {
        let mut integrity = Integrity::default();
        let chunk = chunk::read(bytes, real, (start, stated), &mut integrity);
        delivery.account.integrity.add(integrity);
        delivery.account.saw_chunk(chunk.mark);
        self.decoder.next_chunk(chunk.sound);
        self.takes_parts = chunk.tells_live;
        self.is_sound = chunk.sound;
        self.may_have_text = None;
        let mut left = std::mem::take(&mut self.left);
        left.clear();
        self.usual = None;
        if chunk.sound {
            self.usual = self.decoder.usual_difference(bytes, &chunk.frames);
            // The account is the same whether records are passed over or read one by one.
            let wants = |kind: &EventKind<'_>| delivery.wants_kind(kind);
            let frames = (chunk.frames.as_slice(), self.usual);
            self.decoder.look_over(bytes, frames, &wants, &mut left);
            let account = &mut *delivery.account;
            self.decoder
                .account_rows(bytes, &mut |row| account.saw_row(row));
        } else {
            left.extend(0..chunk.frames.len());
        }
        for at in &left {
            if delivery.stopped() {
                break;
            }
            self.record(bytes, (&chunk.frames, *at), start, delivery);
        }
        self.left = left;
        chunk.empty
    }

    fn record(
        &mut self,
        chunk: &[u8],
        (frames, at): (&[Frame], usize),
        start: u64,
        delivery: &mut Delivery<'_>,
    ) {
        let Some(frame) = frames.get(at) else { return };
        let offset = Some(start + frame.start as u64);
        if frame.cut {
            return self.cut_off(chunk, frame, offset, delivery);
        }
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
        let by_fingerprint = delivery.knows_fingerprints();
        let by_text = delivery.wanted_text().is_some();
        // Where no record is known by its fingerprint or by a text, whatever is wanted is read in full.
        let is_full = !by_fingerprint && !by_text;
        let mut head = self.decoder.head_or_all(chunk, frame, is_full);
        if frame.trust == Trust::Intact
            && let Ok(record) = &head
            && is_unusual(self.usual, record.head.record_id, frame)
        {
            let place = (frames, at);
            if self.decoder.is_out_of_order(chunk, place, self.usual) {
                return self.out_of_order(chunk, frame, start, delivery);
            }
            head = self.decoder.head_or_all(chunk, frame, is_full);
        }
        let Ok(record) = head else {
            return match is_full {
                true => self.without_full_head(chunk, frame, offset, delivery),
                false => self.without_head(chunk, frame, offset, delivery),
            };
        };
        let head = record.head;
        let learns = Account::learns_from(head.provider, head.event_id);
        let admitted = delivery.admit(&head);
        // Nothing of a sound chunk is damaged: its records count by their heads, and whether the rest
        // can be read is a question only for those who want it. In another chunk it is asked of every
        // record, wanted or not: the account must not depend on what is wanted.
        if !admitted && !learns && self.is_sound {
            return;
        }
        let record_ref = (head.time, head.record_id, offset);
        let is_plain = admitted && !learns && self.is_sound && frame.trust == Trust::Intact;
        if is_plain && by_text && !by_fingerprint {
            return self.searched(chunk, frame, record_ref, delivery);
        }
        let mut begun = None;
        if is_plain && let Some((_, lines)) = delivery.lines() {
            let start = lines.len();
            record.begin_line(lines);
            if self.end_line(chunk, frame, (start, record_ref), delivery) {
                return;
            }
        } else if is_full {
            begun = Some(record.event(&delivery.file, offset));
        }
        let has_fingerprint =
            admitted && !learns && by_fingerprint && self.decoder.make_fingerprint(chunk, frame);
        if !has_fingerprint {
            return self.body(chunk, frame, (offset, begun), admitted, delivery);
        }
        let file = Arc::clone(&delivery.file);
        let known = reference(&file, record_ref, frame);
        if delivery.repeated(self.decoder.fingerprint(), &known) {
            return;
        }
        let (time, record_id, _) = record_ref;
        match self.whole(chunk, frame, (offset, &delivery.file), begun) {
            // What the fallback reads may not be what the fingerprint was made of.
            Ok(event) if event.time == time && event.record_id == record_id => {
                delivery.admitted_with_fingerprint(event, self.decoder.fingerprint());
            }
            Ok(mut event) => {
                if self.decoder.left_a_name_out() {
                    self.partial(&mut event, "a name that it uses is damaged", delivery);
                }
                deliver(event, admitted, frame, delivery);
            }
            Err(why) => self.in_part(chunk, frame, offset, (admitted, &why), delivery),
        }
    }

    /// A record that belongs elsewhere, whatever checksum covers it.
    fn out_of_order(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        start: u64,
        delivery: &mut Delivery<'_>,
    ) {
        delivery.defect(
            DefectCode::HeaderMismatch,
            Some(start + frame.start as u64),
            "records whose ids do not go on from those around them: copies of others, put in their places",
        );
        let frame = Frame {
            trust: Trust::HeaderMismatch,
            ..frame.clone()
        };
        self.record(chunk, (std::slice::from_ref(&frame), 0), start, delivery);
    }

    /// A record of a sound chunk that is wanted if it has a text.
    fn searched(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        record_ref: Placed,
        delivery: &mut Delivery<'_>,
    ) {
        let has_text = delivery.wanted_text().map(|wanted| {
            let may_have = &mut self.may_have_text;
            let in_chunk = *may_have.get_or_insert_with(|| wanted.may_be_in(chunk));
            self.decoder.has_text(chunk, frame, wanted, in_chunk)
        });
        match has_text {
            Some(Ok(false)) => return,
            Some(Ok(true)) => {
                if let Some((_, lines)) = delivery.lines()
                    && let Ok(record) = self.decoder.full_head(chunk, frame)
                {
                    let start = lines.len();
                    record.begin_line(lines);
                    if self.end_line(chunk, frame, (start, record_ref), delivery) {
                        return;
                    }
                }
            }
            // It has to be read in another way, and whoever wants it looks for the text.
            Some(Err(_)) | None => {}
        }
        let (_, _, offset) = record_ref;
        self.body(chunk, frame, (offset, None), true, delivery);
    }

    /// Ends a line that was begun, and says that it was added; `false`: the record must be read in
    /// another way, and there is no line.
    fn end_line(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        (start, record_ref): (usize, Placed),
        delivery: &mut Delivery<'_>,
    ) -> bool {
        let Some((file, lines)) = delivery.lines() else {
            return false;
        };
        if self.decoder.line(chunk, frame, lines).is_err() {
            lines.truncate(start);
            return false;
        }
        let (_, _, offset) = record_ref;
        json_line::end(None, file, offset, frame.trust, lines);
        let file = Arc::clone(file);
        delivery.line_added(&reference(&file, record_ref, frame));
        true
    }

    /// A record of which not all of System can be read. It counts as it does for those who ask for the
    /// head alone.
    fn without_full_head(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        offset: Option<u64>,
        delivery: &mut Delivery<'_>,
    ) {
        let Ok(record) = self.decoder.head(chunk, frame) else {
            return self.without_head(chunk, frame, offset, delivery);
        };
        let head = record.head;
        let learns = Account::learns_from(head.provider, head.event_id);
        let admitted = delivery.admit(&head);
        if !admitted && !learns && self.is_sound {
            return;
        }
        self.body(chunk, frame, (offset, None), admitted, delivery);
    }

    /// The rest of a record that was counted by its head, for those who want it.
    fn body(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        (offset, begun): (Option<u64>, Option<Event>),
        admitted: bool,
        delivery: &mut Delivery<'_>,
    ) {
        match self.whole(chunk, frame, (offset, &delivery.file), begun) {
            Ok(mut event) => {
                if self.decoder.left_a_name_out() {
                    self.partial(&mut event, "a name that it uses is damaged", delivery);
                }
                deliver(event, admitted, frame, delivery);
            }
            Err(why) => self.in_part(chunk, frame, offset, (admitted, &why), delivery),
        }
    }

    /// A record whose end is gone: its head is kept, if all of it is there.
    fn cut_off(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        offset: Option<u64>,
        delivery: &mut Delivery<'_>,
    ) {
        const WHY: &str = "its end is missing";
        match self.decoder.full_head(chunk, frame) {
            Ok(record)
                if self.takes_parts
                    && record.head.time.is_some()
                    && Decoder::names_its_template(chunk, frame) =>
            {
                let mut event = record.event(&delivery.file, offset);
                let admitted = delivery.admit(&Head::of(&event));
                self.partial(&mut event, WHY, delivery);
                deliver(event, admitted, frame, delivery);
            }
            _ => failed(delivery, offset, &Failure::Damaged(WHY.to_owned())),
        }
    }

    /// A record whose head cannot be read by itself: it is decoded whole, and then counted.
    fn without_head(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        offset: Option<u64>,
        delivery: &mut Delivery<'_>,
    ) {
        let builder = EventBuilder::new(&delivery.file, offset, frame.trust);
        match self.event(chunk, frame, builder) {
            // A name of System may be what could not be read: then this is another event.
            Ok(_) if self.decoder.left_a_name_out() => {
                let why = "a name that it uses is damaged".to_owned();
                failed(delivery, offset, &Failure::Damaged(why));
            }
            // Zeroes where its values stood make an event without anything.
            Ok(event) if event.time.is_none() && frame.trust != Trust::Intact => {
                let why = "its System part is not whole".to_owned();
                failed(delivery, offset, &Failure::Damaged(why));
            }
            Ok(event) => {
                let admitted = delivery.admit(&Head::of(&event));
                deliver(event, admitted, frame, delivery);
            }
            Err(why) => failed(delivery, offset, &why),
        }
    }

    /// A record that was counted by its head, and whose rest cannot be decoded.
    fn in_part(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        offset: Option<u64>,
        (admitted, why): (bool, &Failure),
        delivery: &mut Delivery<'_>,
    ) {
        // A record that names another template than the one it points at was overwritten.
        let takes_part = matches!(why, Failure::Damaged(_))
            && self.takes_parts
            && Decoder::names_its_template(chunk, frame);
        // What checksums vouch for was not damaged: its head is as it was written.
        let is_kept = takes_part || self.is_sound;
        let file = &delivery.file;
        let full = self.decoder.full_head(chunk, frame);
        let event = full.ok().map(|record| record.event(file, offset));
        let event = event.or_else(|| {
            let head = self.decoder.head(chunk, frame);
            head.ok().map(|record| record.event(file, offset))
        });
        match event {
            Some(mut event) if is_kept => {
                self.partial(&mut event, why.words(), delivery);
                deliver(event, admitted, frame, delivery);
            }
            _ => {
                // The head was counted as read, but is not to be believed either.
                delivery.account.integrity.read -= 1;
                failed(delivery, offset, why);
            }
        }
    }

    /// Marks an event that is not all that its record holds.
    fn partial(&self, event: &mut Event, why: &str, delivery: &mut Delivery<'_>) {
        if event.trust == Trust::Intact {
            event.trust = Trust::Repaired;
        }
        let (code, what) = match self.is_sound {
            true => (
                DefectCode::NotUnderstood,
                "a part of a record is written in a way that is not understood",
            ),
            false => (
                DefectCode::PartialRecord,
                "of a record only a part could be read",
            ),
        };
        delivery.defect(code, event.offset, format!("{what}: {why}"));
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
        let event = match self.decoder.check(chunk, frame) {
            Ok(()) => return self.stale_and_whole(chunk, frame, offset, delivery),
            Err(DecodeError::NoLayout) if self.decoder.full_head(chunk, frame).is_ok() => {
                let mut builder = EventBuilder::new(&delivery.file, offset, frame.trust);
                let direct = self.decoder.walk(chunk, frame, &mut builder);
                let whole = direct.is_ok() && !self.decoder.left_a_name_out();
                builder.finish().ok().filter(|_| whole)
            }
            Err(_) => None,
        };
        if let Some(event) = event {
            note_stale(offset, delivery);
            delivery.event(event);
        }
    }

    /// The same for one of which all values can be read.
    fn stale_and_whole(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        offset: Option<u64>,
        delivery: &mut Delivery<'_>,
    ) {
        let Ok(record) = self.decoder.full_head(chunk, frame) else {
            return;
        };
        note_stale(offset, delivery);
        let learns = Account::learns_from(record.head.provider, record.head.event_id);
        // Most are not wanted: it is enough that they can be read.
        let admitted = delivery.admit(&record.head);
        if admitted || learns {
            let event = record.event(&delivery.file, offset);
            if let Ok(event) = self.decoder.complete(chunk, frame, event) {
                deliver(event, admitted, frame, delivery);
            }
        }
    }

    /// A record's whole event, in the shortest way that reads it. It may be `begun` with what its
    /// head says.
    fn whole(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        (offset, file): (Option<u64>, &Arc<str>),
        begun: Option<Event>,
    ) -> Result<Event, Failure> {
        let laid_out = match begun {
            Some(event) => self.decoder.complete(chunk, frame, event),
            None => self.decoder.laid_out(chunk, frame, file, offset),
        };
        if let Ok(event) = laid_out {
            return Ok(event);
        }
        let builder = match self.decoder.full_head(chunk, frame) {
            Ok(record) => EventBuilder::with_head(record.event(file, offset)),
            Err(_) => EventBuilder::new(file, offset, frame.trust),
        };
        self.event(chunk, frame, builder)
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
            Err(DecodeError::OverBudget) => Err(Failure::Limit(
                "the records of a chunk ask for more work than any real ones",
            )),
            Err(DecodeError::Unsupported | DecodeError::NoLayout | DecodeError::UnreadableName) => {
                let (file, offset) = builder.origin();
                self.rendered(chunk, frame, offset, &file)
            }
        }
    }

    /// The event as the crate renders the record.
    pub(super) fn rendered(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        offset: Option<u64>,
        file: &Arc<str>,
    ) -> Result<Event, Failure> {
        let part = if offset.is_some_and(|offset| offset > limits::RENDERED_FREELY) {
            8
        } else {
            1
        };
        let (records, bytes) = &mut self.rendered_so_far;
        if *records >= limits::MAX_RENDERED_RECORDS / part
            || *bytes >= limits::MAX_RENDERED_BYTES / part
        {
            return Err(Failure::Limit(
                "unusual records of a block would take too long to render",
            ));
        }
        *records += 1;
        match fallback::xml(chunk, frame) {
            Ok(rendered) => {
                *bytes += rendered.len();
                event_xml::event(&rendered, file, offset, frame.trust).map_err(
                    |error| match error {
                        XmlError::Event(_) | XmlError::TooDeep => {
                            Failure::Refused(error.to_string())
                        }
                        _ => Failure::Damaged(error.to_string()),
                    },
                )
            }
            Err(error) if error.too_large => {
                *bytes += limits::MAX_RENDERED_BYTES;
                Err(Failure::Refused(error.why))
            }
            Err(error) => Err(Failure::Damaged(error.why)),
        }
    }
}

/// When a record was written, its id, and its offset in the file.
type Placed = (Option<Timestamp>, Option<u64>, Option<u64>);

fn reference<'f>(
    file: &'f Arc<str>,
    (time, record_id, offset): Placed,
    frame: &Frame,
) -> RecordRef<'f> {
    RecordRef {
        file,
        time,
        record_id,
        offset,
        trust: frame.trust,
    }
}

fn note_stale(offset: Option<u64>, delivery: &mut Delivery<'_>) {
    delivery.defect(
        DefectCode::StaleRecords,
        offset,
        "records that the log no longer counts as its own were found behind the live ones",
    );
}

/// Hands over an event that is in the account already, with the texts that lie beside the log.
fn deliver(mut event: Event, admitted: bool, frame: &Frame, delivery: &mut Delivery<'_>) {
    if !admitted {
        return delivery.account.learn(&event);
    }
    if let Some(texts) = delivery.texts() {
        texts.give(&mut event, frame.number);
    }
    delivery.admitted(event);
}
