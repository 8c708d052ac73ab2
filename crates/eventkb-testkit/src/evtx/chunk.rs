//! One 64 KiB chunk while it is being filled: bytes, the string table and the template table.
//! Knows nothing of events.

/// The size of every chunk.
pub const CHUNK_SIZE: usize = 65_536;
/// Where the first record of a chunk starts.
pub const CHUNK_HEADER_SIZE: usize = 512;

/// Records end at or before this. A record that ends on the very last byte of its chunk would be
/// within the format, but libevtx does not read it and no real log was seen to hold one.
pub(crate) const RECORDS_END: usize = CHUNK_SIZE - 8;

const STRING_TABLE: usize = 128;
const TEMPLATE_TABLE: usize = 384;

/// What a chunk header promises about its records.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Promise {
    /// Position of the first record in the file, counted from 1.
    pub(crate) first_number: u64,
    /// Position of the last record in the file.
    pub(crate) last_number: u64,
    /// Id in the first record's header.
    pub(crate) first_id: u64,
    /// Id in the last record's header.
    pub(crate) last_id: u64,
    /// Where the last record starts.
    pub(crate) last_record: u32,
}

/// The bytes of one chunk, and the tables that let records share names and templates.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) bytes: Vec<u8>,
    /// Elements name the value they depend on, as those of a template's definition do.
    pub(crate) in_definition: bool,
    strings: [u32; 64],
    templates: [u32; 32],
    names: Vec<(u64, String, u32)>,
    definitions: Vec<([u8; 16], u32)>,
}

/// A state of a chunk to go back to when a record turned out not to fit.
#[derive(Debug)]
pub(crate) struct Mark {
    len: usize,
    strings: [u32; 64],
    templates: [u32; 32],
    names: usize,
    definitions: usize,
}

impl Chunk {
    /// An empty chunk.
    pub(crate) fn new() -> Self {
        let mut bytes = Vec::with_capacity(2 * CHUNK_SIZE);
        bytes.resize(CHUNK_HEADER_SIZE, 0);
        Self {
            bytes,
            in_definition: true,
            strings: [0; 64],
            templates: [0; 32],
            names: Vec::new(),
            definitions: Vec::new(),
        }
    }

    /// Empties the chunk, keeping its memory.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.resize(CHUNK_HEADER_SIZE, 0);
        self.strings = [0; 64];
        self.templates = [0; 32];
        self.names.clear();
        self.definitions.clear();
    }

    /// Where the next byte goes, relative to the chunk.
    pub(crate) fn position(&self) -> u32 {
        u32::try_from(self.bytes.len()).unwrap_or(u32::MAX)
    }

    /// The state to return to by [`Chunk::roll_back`].
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            len: self.bytes.len(),
            strings: self.strings,
            templates: self.templates,
            names: self.names.len(),
            definitions: self.definitions.len(),
        }
    }

    /// Forgets everything written since `mark`. Older entries never change, because new ones go
    /// to the head of their bucket.
    pub(crate) fn roll_back(&mut self, mark: &Mark) {
        self.bytes.truncate(mark.len);
        self.strings = mark.strings;
        self.templates = mark.templates;
        self.names.truncate(mark.names);
        self.definitions.truncate(mark.definitions);
    }

    pub(crate) fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    pub(crate) fn u16(&mut self, value: u16) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn raw(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
    }

    /// UTF-16LE without a terminator.
    pub(crate) fn utf16(&mut self, text: &str) {
        if text.is_ascii() {
            self.bytes.extend(text.bytes().flat_map(|byte| [byte, 0]));
        } else {
            self.bytes
                .extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        }
    }

    /// Overwrites the u32 at `at`.
    pub(crate) fn patch_u32(&mut self, at: usize, value: u32) {
        if let Some(place) = self.bytes.get_mut(at..at + 4) {
            place.copy_from_slice(&value.to_le_bytes());
        }
    }

    /// Writes a reference to an element's or attribute's name, with the name itself behind it
    /// when this chunk does not hold it yet.
    pub(crate) fn name(&mut self, name: &str) {
        let key = fnv(name.as_bytes());
        let known = self.names.iter().find(|(k, n, _)| *k == key && n == name);
        if let Some(&(_, _, at)) = known {
            self.u32(at);
            return;
        }
        let at = self.position() + 4;
        self.u32(at);
        let hash = name_hash(name);
        let bucket = usize::from(hash % 64);
        self.u32(self.strings[bucket]);
        self.u16(hash);
        self.u16(u16::try_from(name.encode_utf16().count()).unwrap_or(u16::MAX));
        self.utf16(name);
        self.u16(0);
        self.strings[bucket] = at;
        self.names.push((key, name.to_owned(), at));
    }

    /// Where the template with this GUID is defined in this chunk.
    pub(crate) fn definition(&self, guid: &[u8; 16]) -> Option<u32> {
        let found = self.definitions.iter().find(|(known, _)| known == guid);
        found.map(|&(_, at)| at)
    }

    /// Enters the definition that starts at the current position and returns the link to the
    /// next definition of its bucket, which the definition must begin with.
    pub(crate) fn enter_definition(&mut self, guid: [u8; 16]) -> u32 {
        let at = self.position();
        let bucket = usize::from(guid[0] % 32);
        self.definitions.push((guid, at));
        std::mem::replace(&mut self.templates[bucket], at)
    }

    /// Pads the chunk to its size and writes its header. The bytes are then a whole chunk.
    pub(crate) fn seal(&mut self, promise: &Promise) {
        let free = self.bytes.len();
        self.bytes.resize(CHUNK_SIZE, 0);
        let mut header = Vec::with_capacity(CHUNK_HEADER_SIZE);
        header.extend_from_slice(b"ElfChnk\0");
        for value in [
            promise.first_number,
            promise.last_number,
            promise.first_id,
            promise.last_id,
        ] {
            header.extend_from_slice(&value.to_le_bytes());
        }
        header.extend_from_slice(&128_u32.to_le_bytes());
        header.extend_from_slice(&promise.last_record.to_le_bytes());
        header.extend_from_slice(&u32::try_from(free).unwrap_or(u32::MAX).to_le_bytes());
        header.resize(STRING_TABLE, 0);
        for offset in self.strings {
            header.extend_from_slice(&offset.to_le_bytes());
        }
        debug_assert_eq!(header.len(), TEMPLATE_TABLE);
        for offset in self.templates {
            header.extend_from_slice(&offset.to_le_bytes());
        }
        self.bytes[..CHUNK_HEADER_SIZE].copy_from_slice(&header);
        repair_chunk_crcs(&mut self.bytes);
    }
}

/// Recomputes the two checksums of a whole chunk from what it holds: the records up to the
/// free-space offset, and the header. Too short a slice is left alone.
pub(crate) fn repair_chunk_crcs(chunk: &mut [u8]) {
    if chunk.len() < CHUNK_HEADER_SIZE {
        return;
    }
    let free = u32::from_le_bytes([chunk[48], chunk[49], chunk[50], chunk[51]]);
    let free = (free as usize).clamp(CHUNK_HEADER_SIZE, chunk.len());
    let data = crc32fast::hash(&chunk[CHUNK_HEADER_SIZE..free]);
    chunk[52..56].copy_from_slice(&data.to_le_bytes());
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&chunk[..120]);
    hasher.update(&chunk[STRING_TABLE..CHUNK_HEADER_SIZE]);
    chunk[124..128].copy_from_slice(&hasher.finalize().to_le_bytes());
}

/// The hash that the string table sorts names by.
#[must_use]
pub(crate) fn name_hash(name: &str) -> u16 {
    let hash = name.encode_utf16().fold(0_u32, |hash, unit| {
        hash.wrapping_mul(65_599).wrapping_add(u32::from(unit))
    });
    u16::try_from(hash & 0xffff).unwrap_or_default()
}

/// 64-bit FNV-1a, to recognise names and to make template GUIDs.
pub(crate) fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hash_as_in_real_logs() {
        // Values read from logs that Windows wrote.
        for (name, hash) in [("Event", 0x0cba), ("Provider", 0x7bf1), ("Data", 0x6f8a)] {
            assert_eq!(name_hash(name), hash, "{name}");
        }
    }

    #[test]
    fn rolling_back_forgets_names_and_definitions() {
        let mut chunk = Chunk::new();
        chunk.name("Event");
        let mark = chunk.mark();
        let before = chunk.bytes.clone();
        chunk.name("System");
        let _ = chunk.enter_definition([7; 16]);
        chunk.roll_back(&mark);
        assert_eq!(chunk.bytes, before);
        assert_eq!(chunk.definition(&[7; 16]), None);
        chunk.name("System");
        assert!(
            chunk.bytes.len() > before.len() + 4,
            "written in full again"
        );
    }
}
