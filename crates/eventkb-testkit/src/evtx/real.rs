//! Logs made of chunks that Windows wrote: sound ones are taken out of files, numbered anew and put
//! into files of any size. What generated records are too regular for is measured with these.

use std::fs;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::chunk::repair_chunk_crcs;
use super::map::Map;
use super::{CHUNK_SIZE, FILE_HEADER_SIZE, Summary, file_header};
use crate::rng::Rng;

/// The type of a 64-bit number among a template's values.
const U64: u8 = 0x0a;

/// A sound chunk, and where the numbers of its records stand.
#[derive(Debug, Clone)]
pub struct RealChunk {
    bytes: Vec<u8>,
    /// Offsets of each record, and of `EventRecordID` among its values where that was found.
    records: Vec<(usize, Option<usize>)>,
}

impl RealChunk {
    /// The chunks of a file whose checksums and counts are right, in order.
    #[must_use]
    pub fn sound_ones(file: &[u8]) -> Vec<RealChunk> {
        let slots = file.get(FILE_HEADER_SIZE..).unwrap_or_default();
        let whole = slots.as_chunks::<CHUNK_SIZE>().0.iter();
        whole.filter_map(|chunk| RealChunk::of(chunk)).collect()
    }

    /// Records of this chunk.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records.len() as u64
    }

    /// Whether it is full, as all but the last chunk of a log are which Windows wrote for long. Logs of
    /// single experiments have one chunk each, most of it free space.
    #[must_use]
    pub fn is_full(&self) -> bool {
        const NEARLY_ALL: u32 = CHUNK_SIZE as u32 / 10 * 9;
        let free = self.bytes.get(48..52).and_then(|b| b.try_into().ok());
        free.map(u32::from_le_bytes)
            .is_some_and(|free| free >= NEARLY_ALL)
    }

    fn of(chunk: &[u8]) -> Option<RealChunk> {
        let mut repaired = chunk.to_vec();
        repair_chunk_crcs(&mut repaired);
        if !chunk.starts_with(b"ElfChnk\0") || repaired != chunk {
            return None;
        }
        // The map reads files: the chunk alone behind a header is one.
        let mut file = vec![0; FILE_HEADER_SIZE];
        file.extend_from_slice(chunk);
        let records: Vec<(usize, Option<usize>)> = Map::of(&file)
            .records
            .iter()
            .map(|record| {
                let instance = record.instance.as_ref();
                let id = instance.and_then(|i| id_among(&file, &i.descriptors, record.id));
                (
                    record.offset - FILE_HEADER_SIZE,
                    id.map(|at| at - FILE_HEADER_SIZE),
                )
            })
            .collect();
        let (first, last) = (u64_at(chunk, 8)?, u64_at(chunk, 16)?);
        let promised = last.checked_sub(first)?.checked_add(1)?;
        (promised == records.len() as u64).then_some(RealChunk {
            bytes: repaired,
            records,
        })
    }

    /// The chunk with its records numbered from `first`.
    fn numbered(&self, first: u64) -> Vec<u8> {
        let mut chunk = self.bytes.clone();
        for (id, (record, among)) in (first..).zip(&self.records) {
            put(&mut chunk, record + 8, id);
            if let Some(at) = among {
                put(&mut chunk, *at, id);
            }
        }
        let last = first + self.records().saturating_sub(1);
        for (at, id) in [(8, first), (16, last), (24, first), (32, last)] {
            put(&mut chunk, at, id);
        }
        repair_chunk_crcs(&mut chunk);
        chunk
    }
}

/// The sound chunks of all .evtx files at and below a folder, in an order that is the same every
/// time and mixes the files.
///
/// # Errors
///
/// When the folder cannot be read, or has no sound chunk.
pub fn shuffled_chunks(corpus: &Path) -> io::Result<Vec<RealChunk>> {
    let mut chunks = Vec::new();
    for file in evtx_files(corpus)? {
        chunks.extend(RealChunk::sound_ones(&fs::read(file)?));
    }
    if chunks.is_empty() {
        let folder = corpus.display();
        return Err(io::Error::other(format!(
            "{folder} has no .evtx file with a sound chunk"
        )));
    }
    let mut rng = Rng::new(1);
    for at in (1..chunks.len()).rev() {
        chunks.swap(at, rng.below(at + 1));
    }
    Ok(chunks)
}

/// All .evtx files at and below a folder, in order of their paths.
fn evtx_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("evtx"))
            {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Writes a log of such chunks, one after the other, numbered from 1.
///
/// # Errors
///
/// When the destination fails.
pub fn write_chunks<'c, W: Write + Seek>(
    out: &mut W,
    chunks: impl Iterator<Item = &'c RealChunk>,
) -> io::Result<Summary> {
    let start = out.stream_position()?;
    out.write_all(&[0; FILE_HEADER_SIZE])?;
    let mut summary = Summary::default();
    for chunk in chunks {
        out.write_all(&chunk.numbered(summary.records + 1))?;
        summary.records += chunk.records();
        summary.chunks += 1;
    }
    summary.bytes = FILE_HEADER_SIZE as u64 + summary.chunks * CHUNK_SIZE as u64;
    let end = out.stream_position()?;
    out.seek(SeekFrom::Start(start))?;
    out.write_all(&file_header(summary.chunks, summary.records + 1, false))?;
    out.seek(SeekFrom::Start(end))?;
    Ok(summary)
}

/// Where the record's id stands among the values: the 64-bit number that equals it.
fn id_among(file: &[u8], descriptors: &std::ops::Range<usize>, id: u64) -> Option<usize> {
    let mut at = descriptors.end;
    for descriptor in file.get(descriptors.clone())?.as_chunks::<4>().0 {
        let size = usize::from(u16::from_le_bytes([descriptor[0], descriptor[1]]));
        if descriptor[2] == U64 && size == 8 && u64_at(file, at) == Some(id) {
            return Some(at);
        }
        at += size;
    }
    None
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + 8)?;
    bytes.try_into().ok().map(u64::from_le_bytes)
}

fn put(bytes: &mut [u8], at: usize, number: u64) {
    if let Some(place) = bytes.get_mut(at..at + 8) {
        place.copy_from_slice(&number.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::EventSpec;
    use crate::evtx::EvtxWriter;

    #[test]
    fn chunks_are_numbered_anew_and_stay_sound() {
        let events: Vec<EventSpec> = (0..10).map(|n| EventSpec::new("Contoso", n)).collect();
        let mut file = EvtxWriter::new().records_per_chunk(4).write(&events);
        assert_eq!(RealChunk::sound_ones(&file).len(), 3);
        // A byte of a record in the second chunk: its checksum is wrong.
        file[FILE_HEADER_SIZE + CHUNK_SIZE + 600] ^= 1;
        let chunks = RealChunk::sound_ones(&file);
        assert_eq!(chunks.len(), 2);
        let mut out = Cursor::new(Vec::new());
        let order = [&chunks[1], &chunks[0], &chunks[1]];
        let summary = write_chunks(&mut out, order.into_iter()).expect("memory holds it");
        assert_eq!(summary.records, 8);
        let log = out.into_inner();
        let map = Map::of(&log);
        assert_eq!(
            map.records.iter().map(|r| r.id).collect::<Vec<_>>(),
            [1, 2, 3, 4, 5, 6, 7, 8]
        );
        for record in &map.records {
            let values = &record.instance.as_ref().expect("a template").descriptors;
            assert!(id_among(&log, values, record.id).is_some(), "{record:?}");
        }
        assert_eq!(RealChunk::sound_ones(&log).len(), 3);
    }
}
