//! The central directory of a zip, from its end.

use std::io::{self, BufReader, Read, SeekFrom};

use super::{Zip64, is_folder};
use crate::archive::names::decode;
use crate::archive::reader::{ReadSeek, read_full, u16_at, u32_at, u64_at};

const ENTRY: u32 = u32::from_le_bytes(*b"PK\x01\x02");
const ENTRY_SIZE: usize = 46;
const END: &[u8] = b"PK\x05\x06";
const END_SIZE: usize = 22;
const END64: u32 = u32::from_le_bytes(*b"PK\x06\x06");
const END64_SIZE: usize = 56;
const LOCATOR: u32 = u32::from_le_bytes(*b"PK\x06\x07");
const LOCATOR_SIZE: usize = 20;

/// One entry of the directory.
pub(super) struct Entry {
    /// Where its local header begins in the file.
    pub(super) offset: u64,
    pub(super) packed: u64,
    pub(super) size: u64,
    pub(super) crc: u32,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) time: u16,
    /// What is said of its encryption with AES.
    pub(super) aes: Option<super::Aes>,
    pub(super) name: String,
    pub(super) is_folder: bool,
}

/// What could be read of a directory.
pub(super) struct Directory {
    pub(super) entries: Vec<Entry>,
    /// There are more entries than were asked for.
    pub(super) more: bool,
    /// It ends before its end.
    pub(super) damaged: bool,
    /// Where it begins in the file.
    pub(super) begins: u64,
}

/// Reads at most `most` entries. `None` when there is no directory.
pub(super) fn read(file: &mut dyn ReadSeek, most: usize) -> io::Result<Option<Directory>> {
    let Some(span) = locate(file)? else {
        return Ok(None);
    };
    file.seek(SeekFrom::Start(span.begins))?;
    let mut reader = BufReader::with_capacity(64 * 1024, file);
    let mut directory = Directory {
        entries: Vec::new(),
        more: false,
        damaged: false,
        begins: span.begins,
    };
    let mut at = span.begins;
    while at < span.ends {
        let Some((entry, size)) = read_entry(&mut reader, span.shift)? else {
            directory.damaged = true;
            break;
        };
        if directory.entries.len() >= most {
            directory.more = true;
            break;
        }
        at = at.saturating_add(size);
        directory.entries.push(entry);
    }
    // Archivers that cannot count beyond 65,535 still list all: the list decides. But a list
    // that is shorter than its count has lost something.
    directory.damaged |= !directory.more && (directory.entries.len() as u64) < span.entries;
    Ok(Some(directory))
}

/// Where the directory lies.
struct Span {
    begins: u64,
    ends: u64,
    /// What to add to offsets: something was put before the zip, such as an unpacking program.
    shift: u64,
    entries: u64,
}

fn locate(file: &mut dyn ReadSeek) -> io::Result<Option<Span>> {
    let length = file.seek(SeekFrom::End(0))?;
    let tail_at = length.saturating_sub((LOCATOR_SIZE + END_SIZE + usize::from(u16::MAX)) as u64);
    file.seek(SeekFrom::Start(tail_at))?;
    let mut tail = Vec::new();
    file.take(length - tail_at).read_to_end(&mut tail)?;
    let Some(end_at) = find_end(&tail) else {
        return Ok(None);
    };
    let end = tail.get(end_at..).unwrap_or_default();

    let mut entries = u64::from(u16_at(end, 10));
    let mut size = u64::from(u32_at(end, 12));
    let mut offset = u64::from(u32_at(end, 16));
    let mut ends = tail_at + end_at as u64;
    let locator = end_at
        .checked_sub(LOCATOR_SIZE)
        .and_then(|at| tail.get(at..end_at));
    if let Some(locator) = locator.filter(|locator| u32_at(locator, 0) == LOCATOR)
        && let Some((at, end64)) = find_end64(file, u64_at(locator, 8), ends)?
    {
        entries = u64_at(&end64, 32);
        size = u64_at(&end64, 40);
        offset = u64_at(&end64, 48);
        ends = at;
    }
    if entries == 0 && size == 0 {
        return Ok(Some(Span {
            begins: ends,
            ends,
            shift: 0,
            entries: 0,
        }));
    }
    // By its size it ends where the end record begins; by its offset it may be off.
    if let Some(begins) = ends.checked_sub(size)
        && has_entry(file, begins)?
    {
        let shift = begins.saturating_sub(offset);
        return Ok(Some(Span {
            begins,
            ends,
            shift,
            entries,
        }));
    }
    if offset < ends && has_entry(file, offset)? {
        return Ok(Some(Span {
            begins: offset,
            ends,
            shift: 0,
            entries,
        }));
    }
    Ok(None)
}

/// The last end record whose comment fits into the file.
fn find_end(tail: &[u8]) -> Option<usize> {
    let mut until = tail.len();
    while let Some(at) = memchr::memmem::rfind(tail.get(..until)?, END) {
        let end = tail.get(at..)?;
        if end.len() >= END_SIZE && END_SIZE + usize::from(u16_at(end, 20)) <= end.len() {
            return Some(at);
        }
        until = at + END.len() - 1;
    }
    None
}

/// The 64-bit end record: where the locator says, or right before the locator.
fn find_end64(
    file: &mut dyn ReadSeek,
    offset: u64,
    end_at: u64,
) -> io::Result<Option<(u64, [u8; END64_SIZE])>> {
    let before = end_at.checked_sub((LOCATOR_SIZE + END64_SIZE) as u64);
    for at in [Some(offset), before].into_iter().flatten() {
        let mut end64 = [0; END64_SIZE];
        file.seek(SeekFrom::Start(at))?;
        if read_full(file, &mut end64)? == END64_SIZE && u32_at(&end64, 0) == END64 {
            return Ok(Some((at, end64)));
        }
    }
    Ok(None)
}

fn has_entry(file: &mut dyn ReadSeek, at: u64) -> io::Result<bool> {
    let mut signature = [0; 4];
    file.seek(SeekFrom::Start(at))?;
    Ok(read_full(file, &mut signature)? == 4 && u32::from_le_bytes(signature) == ENTRY)
}

/// The next entry and its size in the directory; `None` when there is none.
fn read_entry(reader: &mut dyn Read, shift: u64) -> io::Result<Option<(Entry, u64)>> {
    let mut header = [0; ENTRY_SIZE];
    if read_full(reader, &mut header)? < ENTRY_SIZE || u32_at(&header, 0) != ENTRY {
        return Ok(None);
    }
    let sizes = [28, 30, 32].map(|at| usize::from(u16_at(&header, at)));
    let [name_size, extra_size, comment_size] = sizes;
    let mut tail = vec![0; name_size + extra_size + comment_size];
    if read_full(reader, &mut tail)? < tail.len() {
        return Ok(None);
    }
    let name = decode(tail.get(..name_size).unwrap_or_default());
    let extra = tail
        .get(name_size..name_size + extra_size)
        .unwrap_or_default();
    let mut zip64 = Zip64::of(extra);
    let size = zip64.widen(u32_at(&header, 24));
    let packed = zip64.widen(u32_at(&header, 20));
    let offset = zip64.widen(u32_at(&header, 42)).saturating_add(shift);
    let entry = Entry {
        offset,
        packed,
        size,
        crc: u32_at(&header, 16),
        flags: u16_at(&header, 8),
        method: u16_at(&header, 10),
        time: u16_at(&header, 12),
        aes: super::Aes::of(extra),
        is_folder: is_folder(&name, size),
        name,
    };
    Ok(Some((entry, (ENTRY_SIZE + tail.len()) as u64)))
}
