//! The fallback: a record that is not read directly is rendered by the `evtx` crate.
//!
//! Besides [`mta`](super::mta) this is the only file that names the crate. It is given a copy of the chunk whose header cannot
//! stop it: string and template tables blanked (one damaged entry would cost the whole chunk),
//! record ids from 0 to the maximum, free space behind the wanted record. Nothing of a record's
//! content dependency_id on those. Each record has a walk of its own, so that no other record can spend
//! the crate's budget for a chunk or end its walk.

use std::sync::Arc;

use evtx::{EvtxChunkData, ParserSettings};

use super::chunk::HEADER;
use super::frames::{FRAME_HEAD, Frame, RECORD_MAGIC};
use crate::limits::CHUNK_SIZE;

/// Why the crate cannot decode a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotRendered {
    /// In the crate's words.
    pub(super) why: String,
    /// It was given up for its size: that took time.
    pub(super) too_large: bool,
}

/// The record as XML.
///
/// # Errors
/// Why it cannot be decoded.
pub(super) fn xml(chunk: &[u8], frame: &Frame) -> Result<Vec<u8>, NotRendered> {
    let started = render(chunk, frame);
    started.map_err(|why| {
        // The crate's budgets are no errors of their own; their messages name the amount.
        let too_large = ["more than", "budget", "too many", "too deep"]
            .iter()
            .any(|word| why.contains(word));
        NotRendered { why, too_large }
    })
}

fn render(chunk: &[u8], frame: &Frame) -> Result<Vec<u8>, String> {
    let copy = prepared(chunk, frame);
    let mut data = EvtxChunkData::new(copy, false).map_err(|error| innermost(&error))?;
    let settings = ParserSettings::default().num_threads(1).indent(false);
    let mut parsed = data
        .parse(Arc::new(settings))
        .map_err(|error| innermost(&error))?;
    let wanted = (frame.start + FRAME_HEAD) as u64;
    let mut why = "its content cannot be decoded".to_owned();
    for record in parsed.iter() {
        match record {
            Ok(record) if record.binxml_offset == wanted => {
                return record
                    .into_xml_bytes()
                    .map(|r| r.data)
                    .map_err(|error| innermost(&error));
            }
            Ok(_) => {}
            // The wanted record is the last one, and so is its error.
            Err(error) => why = innermost(&error),
        }
    }
    Err(why)
}

fn prepared(chunk: &[u8], frame: &Frame) -> Vec<u8> {
    let mut copy = chunk.to_vec();
    copy.resize(CHUNK_SIZE, 0);
    if let Some(header) = copy.get_mut(..HEADER) {
        header.fill(0);
    }
    let end = frame.body.end + 4;
    let bytes = |number: usize| u32::try_from(number).unwrap_or(0).to_le_bytes();
    put(&mut copy, 0, b"ElfChnk\0");
    put(&mut copy, 16, &u64::MAX.to_le_bytes());
    put(&mut copy, 32, &u64::MAX.to_le_bytes());
    put(&mut copy, 40, &bytes(128));
    put(&mut copy, 44, &bytes(frame.start));
    put(&mut copy, 48, &bytes(end));
    // The first record's frame is stretched over all that stands before the wanted one, so that
    // the walk comes to it in two steps. The bytes between, with the definitions that the wanted
    // record may use, stay as they are.
    if frame.start > HEADER {
        put(&mut copy, HEADER, &RECORD_MAGIC);
        put(&mut copy, HEADER + 4, &bytes(frame.start - HEADER));
        // The walk ends at the header's last id, wherever it meets it.
        put(&mut copy, HEADER + 8, &1_u64.to_le_bytes());
    }
    // The wanted record's frame as it should be, wherever it was damaged.
    put(&mut copy, frame.start, &RECORD_MAGIC);
    put(&mut copy, frame.start + 4, &bytes(end - frame.start));
    put(&mut copy, frame.body.end, &bytes(end - frame.start));
    copy
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut at = error;
    while let Some(inner) = at.source() {
        at = inner;
    }
    at.to_string()
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(slot) = bytes.get_mut(at..at + value.len()) {
        slot.copy_from_slice(value);
    }
}
