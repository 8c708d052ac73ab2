//! Damages .evtx files in known ways, and tells which records were hit.
//!
//! A damage is applied to a sound file: what it hits is found by mapping the file first. The
//! same file, damage and seed give the same result. Checksums are left as they were, so that
//! the damage shows; [`repair_crcs`] hides it.

use std::ops::Range;

use crate::bytes::ByteDamage;
use crate::evtx::map::{Map, MappedRecord};
use crate::evtx::{CHUNK_HEADER_SIZE, CHUNK_SIZE, FILE_HEADER_SIZE, repair_chunk_crcs};
use crate::rng::Rng;

/// A kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Damage {
    /// This many single bits, anywhere in one chunk's used bytes.
    BitFlips(usize),
    /// A run of this many random bytes, anywhere in one chunk's used bytes.
    ByteRun(usize),
    /// The magic of a record.
    RecordMagic,
    /// The size field of a record: random, zero, a little off, or spanning its neighbours.
    RecordSize,
    /// The copy of the size at a record's end.
    RecordSizeCopy,
    /// The id in a record's header: random, or the chunk's last id.
    RecordId,
    /// The time in a record's header.
    RecordTime,
    /// A bit or a few bytes of the body of a record without a template definition. Names that
    /// others use may stand there.
    RecordBody,
    /// The same of a record that defines a template.
    DefiningBody,
    /// A whole record without a template definition is zeroed.
    RecordZeroed,
    /// A whole record without a template definition becomes random bytes.
    RecordNoise,
    /// A whole record that defines a template is zeroed.
    DefiningZeroed,
    /// A whole record that defines a template becomes random bytes.
    DefiningNoise,
    /// The number of a record's substitutions.
    SubstitutionCount,
    /// The size of one substitution.
    SubstitutionSize,
    /// The type of one substitution.
    SubstitutionType,
    /// Where a record says that its template is defined.
    TemplateOffset,
    /// The size of a template's definition.
    TemplateSize,
    /// The link of a template's definition to the next one of its bucket.
    TemplateLink,
    /// A few bytes of a template's definition.
    TemplateDefinition,
    /// The length of a name.
    NameLength,
    /// One bit of a name's text.
    NameText,
    /// The link of a name to the next one of its bucket.
    NameLink,
    /// The magic of a chunk.
    ChunkMagic,
    /// The free-space offset of a chunk: where its records end.
    ChunkFreeSpace,
    /// The last record id of a chunk: where readers stop.
    ChunkLastId,
    /// An entry of a chunk's string table.
    ChunkStringTable,
    /// Another field of a chunk's header: record numbers, first id, header size, offset of the last
    /// record, checksums, flags, or the unused bytes.
    ChunkOther,
    /// The magic of the file.
    FileMagic,
    /// One aligned sector of 512 bytes with records in it is zeroed.
    SectorZeroed,
    /// One aligned page of 4096 bytes is zeroed, but for a chunk's first one.
    PageZeroed,
    /// The sector of a chunk's header is zeroed.
    HeaderSectorZeroed,
    /// The page that begins with a chunk's header is zeroed.
    HeaderPageZeroed,
    /// The file ends early, at any byte behind the file header.
    Truncated,
    /// A chunk occurs twice: the copy is put behind it.
    ChunkDuplicated,
    /// A chunk is cut out.
    ChunkRemoved,
    /// The second half of one chunk is overwritten by that of another.
    ChunksSpliced,
    /// The body of another record of the chunk stands in the place of a record's own. Neither defines
    /// what others use.
    BodyCopied,
}

/// What was done to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamageReport {
    /// The damage.
    pub damage: Damage,
    /// The bytes that were changed, removed or put in (offsets in the file before). For
    /// [`Damage::BitFlips`], from the first to the last flipped byte.
    pub range: Range<usize>,
    /// The records whose own bytes were hit, as they stood before.
    pub records: Vec<MappedRecord>,
    /// Whether something that several records share was hit: names, template definitions, a
    /// chunk's header or the file's. Then records can suffer that are not in `records`.
    pub shared: bool,
}

impl DamageReport {
    /// Where the damage begins.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.range.start
    }

    /// Whether exactly one record was hit, and nothing that others share.
    #[must_use]
    pub fn is_inside_one_record(&self) -> bool {
        self.records.len() == 1 && !self.shared
    }
}

impl Damage {
    /// Every kind, with usual sizes.
    pub const ALL: &'static [Self] = &[
        Self::BitFlips(1),
        Self::BitFlips(8),
        Self::ByteRun(16),
        Self::ByteRun(600),
        Self::RecordMagic,
        Self::RecordSize,
        Self::RecordSizeCopy,
        Self::RecordId,
        Self::RecordTime,
        Self::RecordBody,
        Self::DefiningBody,
        Self::RecordZeroed,
        Self::RecordNoise,
        Self::DefiningZeroed,
        Self::DefiningNoise,
        Self::SubstitutionCount,
        Self::SubstitutionSize,
        Self::SubstitutionType,
        Self::TemplateOffset,
        Self::TemplateSize,
        Self::TemplateLink,
        Self::TemplateDefinition,
        Self::NameLength,
        Self::NameText,
        Self::NameLink,
        Self::ChunkMagic,
        Self::ChunkFreeSpace,
        Self::ChunkLastId,
        Self::ChunkStringTable,
        Self::ChunkOther,
        Self::FileMagic,
        Self::SectorZeroed,
        Self::PageZeroed,
        Self::HeaderSectorZeroed,
        Self::HeaderPageZeroed,
        Self::Truncated,
        Self::ChunkDuplicated,
        Self::ChunkRemoved,
        Self::ChunksSpliced,
    ];

    /// What no disk does, and no checksum shows that was put right behind it.
    pub const FORGED: &'static [Self] = &[Self::BodyCopied];

    /// Damages a sound file. Nothing is changed and nothing comes back when the file has not
    /// what the damage needs: a chunk, a record, a second chunk.
    pub fn apply(self, file: &mut Vec<u8>, seed: u64) -> Option<DamageReport> {
        let map = Map::of(file);
        let mut rng = Rng::new(seed);
        let range = match self {
            Self::BitFlips(_)
            | Self::ByteRun(_)
            | Self::SectorZeroed
            | Self::PageZeroed
            | Self::HeaderSectorZeroed
            | Self::HeaderPageZeroed => self.scatter(file, &map, &mut rng),
            Self::SubstitutionCount
            | Self::SubstitutionSize
            | Self::SubstitutionType
            | Self::TemplateOffset => self.hit_instance(file, &map, &mut rng),
            Self::TemplateSize
            | Self::TemplateLink
            | Self::TemplateDefinition
            | Self::NameLength
            | Self::NameText
            | Self::NameLink => self.hit_shared(file, &map, &mut rng),
            Self::ChunkMagic
            | Self::ChunkFreeSpace
            | Self::ChunkLastId
            | Self::ChunkStringTable
            | Self::ChunkOther
            | Self::FileMagic => self.hit_header(file, &map, &mut rng),
            Self::Truncated | Self::ChunkDuplicated | Self::ChunkRemoved | Self::ChunksSpliced => {
                self.reshape(file, &map, &mut rng)
            }
            _ => self.hit_record(file, &map, &mut rng),
        }?;
        Some(DamageReport {
            damage: self,
            records: map.touched(&range),
            shared: map.touches_shared(&range),
            range,
        })
    }

    fn hit_record(self, file: &mut [u8], map: &Map, rng: &mut Rng) -> Option<Range<usize>> {
        let wanted = |record: &&MappedRecord| match self {
            Self::RecordBody | Self::RecordZeroed | Self::RecordNoise => !record.defines_template,
            Self::DefiningBody | Self::DefiningZeroed | Self::DefiningNoise => {
                record.defines_template
            }
            Self::BodyCopied => !record.defines,
            _ => true,
        };
        let records: Vec<&MappedRecord> = map.records.iter().filter(wanted).collect();
        let record = *rng.pick(&records)?;
        let at = record.offset;
        let (range, bytes) = match self {
            Self::RecordMagic => (at..at + 4, noise(rng, 4)),
            Self::RecordSize => {
                let size = wrong_size(rng, map, record).to_le_bytes();
                (at + 4..at + 8, size.to_vec())
            }
            Self::RecordSizeCopy => {
                let end = record.range().end;
                (end - 4..end, noise(rng, 4))
            }
            Self::RecordId => {
                let last = map.records.iter().rfind(|r| r.chunk == record.chunk)?;
                let other = rng.next_u64();
                let id = [last.id, other, 0, u64::MAX][rng.below(4)];
                let id = if id == record.id { other } else { id };
                (at + 8..at + 16, id.to_le_bytes().to_vec())
            }
            Self::RecordTime => (at + 16..at + 24, noise(rng, 8)),
            Self::RecordBody | Self::DefiningBody => {
                let length = 1 + rng.below(12);
                let body = record.size.checked_sub(24 + 4 + length)?;
                let start = at + 24 + rng.below(body);
                if rng.below(2) == 0 {
                    let flipped = *file.get(start)? ^ (1 << rng.below(8));
                    (start..start + 1, vec![flipped])
                } else {
                    (start..start + length, noise(rng, length))
                }
            }
            Self::BodyCopied => {
                let fits = |other: &&&MappedRecord| {
                    other.chunk == record.chunk
                        && other.id != record.id
                        && other.size <= record.size
                };
                let others: Vec<&&MappedRecord> = records.iter().filter(fits).collect();
                let other = rng.pick(&others)?.range();
                let mut body = file.get(other.start + 24..other.end - 4)?.to_vec();
                body.resize(record.size - 28, 0);
                (at + 24..record.range().end - 4, body)
            }
            Self::RecordNoise | Self::DefiningNoise => (record.range(), noise(rng, record.size)),
            _ => (record.range(), vec![0; record.size]),
        };
        put(file, range, &bytes)
    }

    fn hit_instance(self, file: &mut [u8], map: &Map, rng: &mut Rng) -> Option<Range<usize>> {
        let record = rng.pick(&map.records)?;
        let instance = record.instance.as_ref()?;
        let descriptors = instance.descriptors.len() / 4;
        let descriptor = instance.descriptors.start + 4 * rng.below(descriptors);
        match self {
            Self::SubstitutionCount | Self::TemplateOffset => {
                let at = match self {
                    Self::TemplateOffset => instance.definition,
                    _ => instance.count,
                };
                let now = u32::from_le_bytes(file.get(at..at + 4)?.try_into().ok()?);
                let other = u32::try_from(rng.below(CHUNK_SIZE)).unwrap_or(0);
                let near = now.wrapping_add(1);
                let value = [0, near, now.wrapping_sub(1), other, u32::MAX][rng.below(5)];
                put(file, at..at + 4, &value.to_le_bytes())
            }
            Self::SubstitutionSize if descriptors > 0 => {
                put(file, descriptor..descriptor + 2, &noise(rng, 2))
            }
            Self::SubstitutionType if descriptors > 0 => {
                put(file, descriptor + 2..descriptor + 3, &noise(rng, 1))
            }
            _ => None,
        }
    }

    fn hit_shared(self, file: &mut [u8], map: &Map, rng: &mut Rng) -> Option<Range<usize>> {
        if self == Self::TemplateDefinition {
            let definition = rng.pick(&map.definitions)?.clone();
            let length = (1 + rng.below(12)).min(definition.len());
            let start = definition.start + rng.below(definition.len() - length + 1);
            return put(file, start..start + length, &noise(rng, length));
        }
        if matches!(self, Self::TemplateLink | Self::TemplateSize) {
            let start = rng.pick(&map.definitions)?.start;
            let at = if self == Self::TemplateLink {
                start
            } else {
                start + 20
            };
            return put(file, at..at + 4, &noise(rng, 4));
        }
        let name = rng.pick(&map.names)?.clone();
        let at = name.offset;
        match self {
            Self::NameLink => put(file, at..at + 4, &noise(rng, 4)),
            Self::NameLength => {
                let length = u16::try_from(name.text.len() / 2).unwrap_or_default();
                let longer = length.wrapping_add(1 + u16::from(rng.byte()));
                let other = [0, 0xffff, length / 2, longer][rng.below(4)];
                let other = if other == length { longer } else { other };
                put(file, at + 6..at + 8, &other.to_le_bytes())
            }
            _ => {
                let hit = name.text.start + rng.below(name.text.len());
                let flipped = *file.get(hit)? ^ (1 << rng.below(7));
                put(file, hit..hit + 1, &[flipped])
            }
        }
    }

    fn hit_header(self, file: &mut [u8], map: &Map, rng: &mut Rng) -> Option<Range<usize>> {
        if self == Self::FileMagic {
            return put(file, 0..8, &noise(rng, 8));
        }
        let at = *rng.pick(&map.chunks)?;
        match self {
            Self::ChunkMagic => put(file, at..at + 8, &noise(rng, 8)),
            Self::ChunkFreeSpace => {
                let within = CHUNK_HEADER_SIZE + rng.below(CHUNK_SIZE - CHUNK_HEADER_SIZE);
                let other = [0, within, CHUNK_SIZE, usize::MAX >> 33][rng.below(4)];
                let other = u32::try_from(other).unwrap_or(u32::MAX);
                put(file, at + 48..at + 52, &other.to_le_bytes())
            }
            Self::ChunkLastId => {
                let inside = |r: &&MappedRecord| (at..at + CHUNK_SIZE).contains(&r.offset);
                let ids: Vec<u64> = map.records.iter().filter(inside).map(|r| r.id).collect();
                let last = ids.last().copied().unwrap_or_default();
                let earlier = rng.pick(&ids).copied().unwrap_or(last);
                let other = [earlier, last.wrapping_add(1), rng.next_u64()][rng.below(3)];
                put(file, at + 32..at + 40, &other.to_le_bytes())
            }
            Self::ChunkOther => {
                // Offset and length of each field.
                let fields: [(usize, usize); 9] = [
                    (8, 8),
                    (16, 8),
                    (24, 8),
                    (40, 4),
                    (44, 4),
                    (52, 4),
                    (56, 64),
                    (120, 4),
                    (124, 4),
                ];
                let (field, length) = fields[rng.below(fields.len())];
                let range = at + field..at + field + length;
                put(file, range, &noise(rng, length))
            }
            _ => {
                let entry = at + 128 + 4 * rng.below(64);
                put(file, entry..entry + 4, &noise(rng, 4))
            }
        }
    }

    fn scatter(self, file: &mut [u8], map: &Map, rng: &mut Rng) -> Option<Range<usize>> {
        let chunk = *rng.pick(&map.chunks)?;
        let used = map.records.iter().map(|r| r.range().end);
        let end = used.filter(|end| (chunk + 1..=chunk + CHUNK_SIZE).contains(end));
        let used = end.max().unwrap_or(chunk + CHUNK_HEADER_SIZE) - chunk;
        let zeroed = |size: usize, rng: &mut Rng| {
            let start = chunk + size * (1 + rng.below(used.div_ceil(size) - 1));
            start..(start + size).min(chunk + CHUNK_SIZE)
        };
        match self {
            Self::BitFlips(count) => {
                let hits: Vec<usize> = (0..count.max(1)).map(|_| chunk + rng.below(used)).collect();
                for &hit in &hits {
                    file[hit] ^= 1 << rng.below(8);
                }
                let first = hits.iter().min()?;
                Some(*first..hits.iter().max()? + 1)
            }
            Self::ByteRun(length) => {
                let length = length.clamp(1, used);
                let start = chunk + rng.below(used - length + 1);
                put(file, start..start + length, &noise(rng, length))
            }
            _ => {
                let range = match self {
                    Self::SectorZeroed if used > 512 => zeroed(512, rng),
                    Self::PageZeroed if used > 4096 => zeroed(4096, rng),
                    Self::HeaderSectorZeroed => chunk..chunk + 512,
                    Self::HeaderPageZeroed => chunk..chunk + 4096,
                    _ => return None,
                };
                put(file, range.clone(), &vec![0; range.len()])
            }
        }
    }

    fn reshape(self, file: &mut Vec<u8>, map: &Map, rng: &mut Rng) -> Option<Range<usize>> {
        if self == Self::Truncated {
            let cut = FILE_HEADER_SIZE + rng.below(file.len().checked_sub(FILE_HEADER_SIZE)?);
            let range = cut..file.len();
            file.truncate(cut);
            return Some(range);
        }
        let at = *rng.pick(&map.chunks)?;
        let range = at..at + CHUNK_SIZE;
        match self {
            Self::ChunkDuplicated => {
                let copy = file[range.clone()].to_vec();
                file.splice(range.end..range.end, copy);
                Some(range.end..range.end)
            }
            Self::ChunkRemoved => {
                file.drain(range.clone());
                Some(range)
            }
            _ => {
                let others: Vec<usize> = map.chunks.iter().copied().filter(|&c| c != at).collect();
                let other = *rng.pick(&others)? + CHUNK_SIZE / 2;
                let half = file[other..other + CHUNK_SIZE / 2].to_vec();
                put(file, at + CHUNK_SIZE / 2..range.end, &half)
            }
        }
    }
}

/// A size for `record` that is not its own.
fn wrong_size(rng: &mut Rng, map: &Map, record: &MappedRecord) -> u32 {
    let next = map.records.iter().find(|r| r.offset == record.range().end);
    let spanning = record.size + next.map_or(64, |r| r.size);
    let small = record.size - 8 * (1 + rng.below(2));
    let odd = record.size + 1 + rng.below(64);
    let choices = [spanning, small, odd, 0, usize::MAX >> 33, rng.below(70_000)];
    let size = *rng.pick(&choices).unwrap_or(&0);
    let size = if size == record.size { spanning } else { size };
    u32::try_from(size).unwrap_or(u32::MAX)
}

fn noise(rng: &mut Rng, length: usize) -> Vec<u8> {
    (0..length).map(|_| rng.byte()).collect()
}

/// Overwrites `range`; makes sure that at least one byte is another one than before.
fn put(file: &mut [u8], range: Range<usize>, bytes: &[u8]) -> Option<Range<usize>> {
    let place = file.get_mut(range.clone())?;
    if place == bytes {
        if let Some(first) = place.first_mut() {
            *first ^= 0xff;
        }
    } else {
        place.copy_from_slice(bytes);
    }
    Some(range)
}

/// Damages the records of one chunk in a way that knows nothing of them, and puts the chunk's checksums
/// right. What moves within the chunk leaves the others where they are.
pub fn under_good_checksums(file: &mut [u8], damage: ByteDamage, seed: u64) {
    let mut rng = Rng::new(seed);
    let chunks = file.len().saturating_sub(FILE_HEADER_SIZE) / CHUNK_SIZE;
    let begins = FILE_HEADER_SIZE + rng.below(chunks.max(1)) * CHUNK_SIZE;
    let Some(chunk) = file.get_mut(begins..begins + CHUNK_SIZE) else {
        return;
    };
    let free = u32::from_le_bytes([chunk[48], chunk[49], chunk[50], chunk[51]]) as usize;
    let used = CHUNK_HEADER_SIZE..free.clamp(CHUNK_HEADER_SIZE, CHUNK_SIZE);
    let mut records = chunk[used.clone()].to_vec();
    damage.apply(&mut records, rng.next_u64());
    records.resize(CHUNK_SIZE - used.start, 0);
    chunk[used.start..].copy_from_slice(&records);
    repair_chunk_crcs(chunk);
}

/// Puts the first chunk of another log behind the last one of a log. Where it is `counted`, the header
/// of the file says so.
pub fn append_chunk(file: &mut Vec<u8>, other: &[u8], counted: bool) {
    let chunk = other.get(FILE_HEADER_SIZE..FILE_HEADER_SIZE + CHUNK_SIZE);
    file.extend_from_slice(chunk.unwrap_or_default());
    if counted {
        let chunks = (file.len() - FILE_HEADER_SIZE) / CHUNK_SIZE;
        let last = chunks.saturating_sub(1) as u64;
        file[16..24].copy_from_slice(&last.to_le_bytes());
        file[42..44].copy_from_slice(&((chunks & 0xffff) as u16).to_le_bytes());
        repair_crcs(file);
    }
}

/// Recomputes all checksums of a file from its bytes as they are: of the file header, and of
/// every whole chunk slot that carries a chunk's magic. Damage then no longer shows in them.
pub fn repair_crcs(file: &mut [u8]) {
    if file.len() < FILE_HEADER_SIZE {
        return;
    }
    let crc = crc32fast::hash(&file[..120]);
    file[124..128].copy_from_slice(&crc.to_le_bytes());
    for chunk in file[FILE_HEADER_SIZE..].chunks_exact_mut(CHUNK_SIZE) {
        if chunk.starts_with(b"ElfChnk\0") {
            repair_chunk_crcs(chunk);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventSpec;
    use crate::evtx::EvtxWriter;

    fn sample() -> Vec<u8> {
        let events: Vec<EventSpec> = (0..40)
            .map(|n| EventSpec::new("Contoso", n).strings([format!("string {n}").repeat(20)]))
            .collect();
        EvtxWriter::new().records_per_chunk(15).write(&events)
    }

    #[test]
    fn every_damage_changes_only_what_it_reports() {
        let sound = sample();
        for &damage in Damage::ALL.iter().chain(Damage::FORGED) {
            for seed in 0..40 {
                let mut file = sound.clone();
                let report = damage.apply(&mut file, seed).expect("applicable");
                assert_eq!(report.damage, damage);
                let head = report.range.start;
                assert_eq!(file[..head], sound[..head], "{damage:?} {seed}");
                if file.len() == sound.len() {
                    let end = report.range.end;
                    assert_eq!(file[end..], sound[end..], "{damage:?} {seed}");
                    if !matches!(
                        damage,
                        Damage::ChunksSpliced | Damage::SectorZeroed | Damage::BitFlips(_)
                    ) {
                        assert_ne!(file, sound, "{damage:?} {seed}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_damage() {
        for &damage in Damage::ALL {
            let (mut one, mut two) = (sample(), sample());
            assert_eq!(damage.apply(&mut one, 7), damage.apply(&mut two, 7));
            assert_eq!(one, two);
        }
    }

    #[test]
    fn repaired_checksums_are_those_of_a_sound_file() {
        let sound = sample();
        let mut file = sound.clone();
        for at in [124, FILE_HEADER_SIZE + 52, FILE_HEADER_SIZE + 124] {
            file[at] ^= 0xff;
        }
        repair_crcs(&mut file);
        assert_eq!(file, sound);
        repair_crcs(&mut []);
    }

    #[test]
    fn a_file_without_records_takes_no_record_damage() {
        let mut empty = EvtxWriter::new().write(&[]);
        assert_eq!(Damage::RecordSize.apply(&mut empty, 1), None);
        assert_eq!(Damage::ChunksSpliced.apply(&mut empty, 1), None);
    }
}
