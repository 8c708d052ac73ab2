//! Where things stand in a sound .evtx file: chunks, records, names, template definitions.
//! It believes what it reads, so it is for files before they are damaged.

use std::collections::HashSet;
use std::ops::Range;

use super::{CHUNK_HEADER_SIZE, CHUNK_SIZE, FILE_HEADER_SIZE};

/// One record of a file. All offsets are offsets in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedRecord {
    /// Number of the chunk slot, from 0.
    pub chunk: usize,
    /// Position in the chunk, from 0.
    pub index: usize,
    /// Where the record starts.
    pub offset: usize,
    /// Its size.
    pub size: usize,
    /// The id in its header.
    pub id: u64,
    /// Whether names or template definitions that others may use stand in it. Those of a record
    /// that uses no template are not always in the chunk's table.
    pub defines: bool,
    /// Whether a template definition stands in it.
    pub defines_template: bool,
    /// The template it is written with.
    pub instance: Option<MappedInstance>,
}

/// How a record uses a template. All offsets are offsets in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedInstance {
    /// Where the offset of the template's definition in its chunk stands (u32).
    pub definition: usize,
    /// Where the number of substitutions stands (u32).
    pub count: usize,
    /// The descriptors of the substitutions, four bytes each: size (u16), type, zero.
    pub descriptors: Range<usize>,
}

impl MappedRecord {
    /// The bytes of the record.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.size
    }
}

/// One name of a chunk's string table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedName {
    /// Where its link to the next name stands (u32); hash and length (u16 each) follow.
    pub offset: usize,
    /// The bytes of its text.
    pub text: Range<usize>,
}

/// Where everything stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map {
    /// File offsets of the chunks with a sound magic.
    pub chunks: Vec<usize>,
    /// All records, in file order.
    pub records: Vec<MappedRecord>,
    /// All names of all chunks.
    pub names: Vec<MappedName>,
    /// The bytes of all template definitions, each from its link to its end.
    pub definitions: Vec<Range<usize>>,
}

impl Map {
    /// Maps a sound file.
    #[must_use]
    pub fn of(file: &[u8]) -> Self {
        let mut map = Self::default();
        let slots = (FILE_HEADER_SIZE..).step_by(CHUNK_SIZE).enumerate();
        for (slot, at) in slots.take_while(|(_, at)| at + CHUNK_SIZE <= file.len()) {
            let chunk = &file[at..at + CHUNK_SIZE];
            if chunk.starts_with(b"ElfChnk\0") {
                map.chunks.push(at);
                map.add_tables(chunk, at);
                map.add_used(chunk, at);
                map.add_records(chunk, at, slot);
            }
        }
        map
    }

    /// The records that `range` touches.
    #[must_use]
    pub fn touched(&self, range: &Range<usize>) -> Vec<MappedRecord> {
        let hit = |record: &&MappedRecord| overlap(&record.range(), range);
        self.records.iter().filter(hit).cloned().collect()
    }

    /// Whether `range` touches what several records share: a name, a definition, a chunk header
    /// or the file header.
    #[must_use]
    pub fn touches_shared(&self, range: &Range<usize>) -> bool {
        let headers = self.chunks.iter().map(|&at| at..at + CHUNK_HEADER_SIZE);
        let names = self.names.iter().map(|name| name.offset..name.text.end);
        let bare = self.records.iter().filter(|r| r.instance.is_none());
        headers
            .chain(names)
            .chain(bare.map(MappedRecord::range))
            .chain(self.definitions.iter().cloned())
            .chain(std::iter::once(0..FILE_HEADER_SIZE))
            .any(|shared| overlap(&shared, range))
    }

    fn add_tables(&mut self, chunk: &[u8], at: usize) {
        let mut seen = HashSet::new();
        for bucket in (128..384).step_by(4) {
            let mut name = u32_at(chunk, bucket);
            while name != 0 && name + 8 <= chunk.len() && seen.insert(name) {
                let units = usize::from(u16::from_le_bytes([chunk[name + 6], chunk[name + 7]]));
                let text = at + name + 8;
                self.names.push(MappedName {
                    offset: at + name,
                    text: text..text + 2 * units,
                });
                name = u32_at(chunk, name);
            }
        }
        for bucket in (384..CHUNK_HEADER_SIZE).step_by(4) {
            let mut definition = u32_at(chunk, bucket);
            while definition != 0 && definition + 24 <= chunk.len() && seen.insert(definition) {
                let end = definition + 24 + u32_at(chunk, definition + 20);
                self.definitions.push(at + definition..at + end);
                definition = u32_at(chunk, definition);
            }
        }
    }

    /// Definitions that records use and no table names: real logs have such.
    fn add_used(&mut self, chunk: &[u8], at: usize) {
        for frame in frames(chunk, chunk.len()) {
            self.add_instance(chunk, frame.start + 24..frame.end, at);
        }
    }

    /// The definition that a fragment uses, and those that its values use.
    fn add_instance(&mut self, chunk: &[u8], body: Range<usize>, at: usize) {
        let Some(instance) = instance(chunk, &body, 0) else {
            return;
        };
        let definition = u32_at(chunk, instance.definition);
        let end = definition + 24 + u32_at(chunk, definition + 20);
        if end <= chunk.len() && !self.definitions.iter().any(|d| d.start == at + definition) {
            self.definitions.push(at + definition..at + end);
        }
        let mut value = instance.descriptors.end;
        for descriptor in chunk[instance.descriptors].chunks_exact(4) {
            let size = usize::from(u16::from_le_bytes([descriptor[0], descriptor[1]]));
            if descriptor[2] == 0x21 && size > 0 && value + size <= body.end {
                self.add_instance(chunk, value..value + size, at);
            }
            value += size;
        }
    }

    fn add_records(&mut self, chunk: &[u8], at: usize, slot: usize) {
        let free = u32_at(chunk, 48).min(chunk.len());
        for (index, frame) in frames(chunk, free).enumerate() {
            let (offset, size) = (frame.start, frame.len());
            let range = at + offset..at + offset + size;
            let holds = |place: usize| range.contains(&place);
            let defines_template = self.definitions.iter().any(|d| holds(d.start));
            let instance = instance(chunk, &(offset + 24..frame.end), at);
            let id = std::array::from_fn(|i| chunk[offset + 8 + i]);
            self.records.push(MappedRecord {
                chunk: slot,
                index,
                offset: at + offset,
                size,
                id: u64::from_le_bytes(id),
                defines: defines_template
                    || instance.is_none()
                    || self.names.iter().any(|name| holds(name.offset)),
                defines_template,
                instance,
            });
        }
    }
}

/// The records of a sound chunk, one behind the other, up to `end`.
fn frames(chunk: &[u8], end: usize) -> impl Iterator<Item = Range<usize>> {
    let mut offset = CHUNK_HEADER_SIZE;
    std::iter::from_fn(move || {
        let rest = chunk.get(offset..end)?;
        let size = u32_at(rest, 4);
        if !rest.starts_with(&[0x2a, 0x2a, 0, 0]) || size < 28 || size > rest.len() {
            return None;
        }
        let frame = offset..offset + size;
        offset = frame.end;
        Some(frame)
    })
}

/// The use of a template at the beginning of a record's body, or of a nested value: a fragment header
/// of four bytes, the token, a byte, the template's short id and the offset of its definition, which
/// may follow at once. Offsets are given with `at` added.
fn instance(chunk: &[u8], body: &Range<usize>, at: usize) -> Option<MappedInstance> {
    let token = body.start + 4;
    if *chunk.get(token)? != 0x0c {
        return None;
    }
    let definition = token + 6;
    let mut count = definition + 4;
    if u32_at(chunk, definition) == count {
        count += 24 + u32_at(chunk, count + 20);
    }
    let descriptors = count + 4..count + 4 + 4 * u32_at(chunk, count);
    (descriptors.end <= body.end).then(|| MappedInstance {
        definition: at + definition,
        count: at + count,
        descriptors: at + descriptors.start..at + descriptors.end,
    })
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn u32_at(bytes: &[u8], at: usize) -> usize {
    let word = bytes.get(at..at + 4).and_then(|word| word.try_into().ok());
    word.map_or(0, u32::from_le_bytes) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventSpec;
    use crate::evtx::EvtxWriter;

    #[test]
    fn a_written_file_is_mapped_whole() {
        let events: Vec<EventSpec> = (0..10).map(|n| EventSpec::new("Contoso", n)).collect();
        let file = EvtxWriter::new().records_per_chunk(4).write(&events);
        let map = Map::of(&file);
        assert_eq!(map.chunks.len(), 3);
        let ids: Vec<u64> = map.records.iter().map(|r| r.id).collect();
        assert_eq!(ids, (1..=10).collect::<Vec<u64>>());
        let defining = map.records.iter().filter(|r| r.defines).map(|r| r.index);
        assert_eq!(defining.collect::<Vec<_>>(), [0, 0, 0]);
        assert_eq!(map.definitions.len(), 6, "two templates in each chunk");
        for record in &map.records {
            let instance = record.instance.as_ref().expect("a template is used");
            assert!(instance.descriptors.len() > 4 * 10, "System has that many");
            assert!(record.range().contains(&instance.descriptors.end));
            let definition =
                FILE_HEADER_SIZE + record.chunk * CHUNK_SIZE + u32_at(&file, instance.definition);
            assert!(map.definitions.iter().any(|d| d.start == definition));
        }
        let texts = map.names.iter().map(|name| &file[name.text.clone()]);
        let event: Vec<u8> = "Event".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(texts.filter(|text| *text == event).count(), 3);
    }
}
