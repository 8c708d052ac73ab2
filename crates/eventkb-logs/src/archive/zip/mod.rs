//! Zip: by its central directory where there is one, else by the headers before its members.
//!
//! The container is read here rather than by a crate: its directory is bounded by the budget
//! before it is held, overlapping members are found before they are read, and what is left of a
//! truncated zip, which has no directory, is still read.

#[cfg(feature = "passwords")]
mod decrypt;
mod directory;
mod walk;

pub(super) use walk::walk;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, SeekFrom};

use super::budget::Budget;
use super::compress;
use super::guard::{Metered, Present, Supply, Terms};
use super::inflate::Inflate;
use super::reader::{ReadSeek, Reading, Stop, read_full, u16_at, u32_at};
use super::refusal::Refusal;
use directory::{Directory, Entry};

const LOCAL: u32 = u32::from_le_bytes(*b"PK\x03\x04");
const LOCAL_SIZE: usize = 30;

const ENCRYPTED: u16 = 1;
const SIZES_FOLLOW: u16 = 1 << 3;
const MASKED: u16 = 1 << 13;

const STORED: u16 = 0;
const DEFLATE: u16 = 8;
const DEFLATE64: u16 = 9;
const BZIP2: u16 = 12;
const LZMA: u16 = 14;
const XZ: u16 = 95;
const ZSTD: [u16; 2] = [20, 93];
const AES: u16 = 99;
/// Encryption of PKZIP's own kind.
#[cfg(feature = "passwords")]
const STRONG: u16 = 1 << 6;

/// Reads a zip that can be sought in.
pub(super) fn read(reading: &mut Reading<'_>, file: &mut dyn ReadSeek) -> Result<(), Stop> {
    let most = usize::try_from(reading.budget.entries_left()).unwrap_or(usize::MAX);
    let Some(directory) = directory::read(file, most)? else {
        // The walk reports that the directory is missing when it does not come upon one.
        let whole = Supply::of_file(file)?;
        return walk(reading, BufReader::new(whole), &HashMap::new());
    };
    let Directory {
        mut entries,
        more,
        damaged,
        begins,
    } = directory;
    entries.sort_by_key(|entry| entry.offset);
    for (entry, overlaps) in entries.iter().zip(overlaps(&entries)) {
        reading.entry()?;
        if entry.is_folder {
            continue;
        }
        let path = reading.paths.member(&entry.name);
        if overlaps {
            reading.refused(&path, Refusal::Overlap);
        } else {
            read_entry(reading, file, entry, &path)?;
        }
    }
    if more {
        reading.entry()?;
    }
    let why = if damaged {
        Some("its directory breaks off")
    } else if has_unlisted(file, &entries, begins).unwrap_or(false) {
        Some("its directory does not list all members")
    } else {
        None
    };
    if let Some(why) = why {
        let path = reading.paths.archive().to_owned();
        reading.refused(&path, Refusal::damaged(why));
        let known = entries
            .iter()
            .map(|entry| (entry.offset, entry.packed))
            .collect();
        let whole = Supply::of_file(file)?;
        return walk(reading, BufReader::new(whole), &known);
    }
    Ok(())
}

/// Which entries, sorted by offset, share bytes with another. Of several at one path the first
/// is let through: bombs point thousands of names at it, but it is one member.
fn overlaps(entries: &[Entry]) -> Vec<bool> {
    let mut overlaps = vec![false; entries.len()];
    // The entry that reaches furthest so far, where it begins and where it ends.
    let mut furthest: Option<(usize, u64, u64)> = None;
    for (at, entry) in entries.iter().enumerate() {
        let end = entry
            .offset
            .saturating_add(LOCAL_SIZE as u64)
            .saturating_add(entry.packed);
        if let Some((before, begins, ends)) = furthest
            && entry.offset < ends
        {
            if let Some(overlaps) = overlaps.get_mut(at) {
                *overlaps = true;
            }
            if begins != entry.offset
                && let Some(overlaps) = overlaps.get_mut(before)
            {
                *overlaps = true;
            }
        }
        if furthest.is_none_or(|(_, _, ends)| end > ends) {
            furthest = Some((at, entry.offset, end));
        }
    }
    overlaps
}

/// Whether a member stands between those that the directory lists, which are sorted by offset, or before
/// the first of them: two zips that were joined, or one whose directory was altered.
fn has_unlisted(
    file: &mut dyn ReadSeek,
    entries: &[Entry],
    directory_begins: u64,
) -> std::io::Result<bool> {
    /// What may follow a member: nothing, or its checksum and its sizes, with a signature or without.
    const DESCRIPTORS: [u64; 5] = [0, 12, 16, 20, 24];
    let mut is_local = |at: u64| -> std::io::Result<Option<[u8; LOCAL_SIZE]>> {
        let mut header = [0; LOCAL_SIZE];
        file.seek(SeekFrom::Start(at))?;
        let read = read_full(file, &mut header)?;
        Ok((read == LOCAL_SIZE && is_plausible(&header)).then_some(header))
    };
    let first = entries
        .first()
        .map_or(directory_begins, |entry| entry.offset);
    if first > 0 && is_local(0)?.is_some() {
        return Ok(true);
    }
    let next = entries.iter().skip(1).map(|entry| entry.offset);
    for (entry, next) in entries.iter().zip(next.chain([directory_begins])) {
        let least = (LOCAL_SIZE as u64).saturating_add(entry.packed);
        // The usual case: no room for another member, or for much more than a name.
        let room = next.saturating_sub(entry.offset.saturating_add(least));
        if room < LOCAL_SIZE as u64 + entry.name.len() as u64 {
            continue;
        }
        let Some(header) = is_local(entry.offset)? else {
            continue;
        };
        let names = u64::from(u16_at(&header, 26)) + u64::from(u16_at(&header, 28));
        let end = entry.offset.saturating_add(least).saturating_add(names);
        for behind in DESCRIPTORS {
            let at = end.saturating_add(behind);
            if at.saturating_add(LOCAL_SIZE as u64) <= next && is_local(at)?.is_some() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whether bytes are the header of a member, and not only begin as one: a program before a zip may hold
/// such bytes. No version above 6.3 was ever defined, and no method above 99.
fn is_plausible(header: &[u8; LOCAL_SIZE]) -> bool {
    let [version, system] = u16_at(header, 4).to_le_bytes();
    let name = usize::from(u16_at(header, 26));
    u32_at(header, 0) == LOCAL
        && version <= 63
        && system < 32
        && u16_at(header, 8) <= AES
        && (1..=4 * crate::limits::MAX_MEMBER_NAME).contains(&name)
}

fn read_entry(
    reading: &mut Reading<'_>,
    file: &mut dyn ReadSeek,
    entry: &Entry,
    path: &str,
) -> Result<(), Stop> {
    let mut header = [0; LOCAL_SIZE];
    let found = file
        .seek(SeekFrom::Start(entry.offset))
        .and_then(|_| read_full(file, &mut header));
    match found {
        Ok(LOCAL_SIZE) if u32_at(&header, 0) == LOCAL => {}
        Ok(n) if n < LOCAL_SIZE => {
            reading.refused(path, Refusal::Truncated);
            return Ok(());
        }
        Ok(_) => {
            reading.refused(path, Refusal::damaged("it is not where the directory says"));
            return Ok(());
        }
        Err(error) => {
            reading.refused(path, Refusal::from(&error));
            return Ok(());
        }
    }
    let names = u64::from(u16_at(&header, 26)) + u64::from(u16_at(&header, 28));
    let begins = entry.offset + LOCAL_SIZE as u64 + names;
    let packing = Packing {
        flags: entry.flags,
        method: entry.method,
        time: entry.time,
        crc: entry.crc,
        aes: entry.aes,
        packed: Some(entry.packed),
    };
    // Of several passwords that seem to fit, only a try can tell the right one.
    #[cfg(feature = "passwords")]
    if let Err(refusal) = decrypt::settle(reading, &packing, file, begins, entry.size) {
        reading.refused(path, refusal);
        return Ok(());
    }
    let file = Present::new(file, begins)?;
    let capacity = usize::try_from(entry.packed)
        .unwrap_or(usize::MAX)
        .clamp(64, 64 * 1024);
    let packed = Metered::new(BufReader::with_capacity(capacity, file.take(entry.packed)));
    let terms = Terms {
        size: Some(entry.size),
        crc: Some(entry.crc),
        meter: Some(packed.meter()),
        ..Terms::default()
    };
    unpack(reading, path, packing, packed, terms)?;
    Ok(())
}

/// How a member is stored.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(feature = "passwords"),
    allow(dead_code, reason = "passwords are tried by it")
)]
struct Packing {
    flags: u16,
    method: u16,
    time: u16,
    crc: u32,
    aes: Option<Aes>,
    /// Its packed size, where it is known beforehand.
    packed: Option<u64>,
}

/// The extra field of a member that is encrypted with AES.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "passwords"),
    allow(dead_code, reason = "passwords are tried by it")
)]
struct Aes {
    version: u16,
    strength: u8,
    /// How it is packed.
    method: u16,
}

impl Aes {
    fn of(mut extra: &[u8]) -> Option<Aes> {
        while extra.len() >= 4 {
            let size = usize::from(u16_at(extra, 2));
            let rest = extra.get(4..)?;
            if u16_at(extra, 0) == 0x9901 && size >= 7 {
                return Some(Aes {
                    version: u16_at(rest, 0),
                    strength: *rest.get(4)?,
                    method: u16_at(rest, 5),
                });
            }
            extra = rest.get(size..)?;
        }
        None
    }
}

/// Delivers a member from its packed bytes.
fn unpack(
    reading: &mut Reading<'_>,
    path: &str,
    packing: Packing,
    packed: impl BufRead,
    mut terms: Terms,
) -> Result<Option<Refusal>, Stop> {
    let is_encrypted = packing.flags & (ENCRYPTED | MASKED) != 0 || packing.method == AES;
    let opened: Result<(Box<dyn BufRead + '_>, u16), Refusal> = match is_encrypted {
        false => Ok((Box::new(packed), packing.method)),
        true => {
            terms.doubtful = true;
            // The second version has no checksum of the content; a seal behind it tells more.
            if packing.aes.is_some_and(|aes| aes.version == 2) {
                terms.crc = None;
            }
            open_encrypted(reading, &packing, packed)
        }
    };
    let decoder = opened.and_then(|(packed, method)| {
        if method == STORED {
            terms.meter = None;
        }
        decoder(&reading.budget, method, packed, terms.size)
    });
    match decoder {
        Ok(mut decoder) => reading.deliver(path, &mut decoder, terms),
        Err(refusal) => {
            reading.refused(path, refusal.clone());
            Ok(Some(refusal))
        }
    }
}

#[cfg(feature = "passwords")]
use decrypt::open as open_encrypted;

/// Without the feature `passwords` an encrypted member stays closed.
#[cfg(not(feature = "passwords"))]
fn open_encrypted<'a>(
    _: &Reading<'_>,
    _: &Packing,
    _: impl BufRead + 'a,
) -> Result<(Box<dyn BufRead + 'a>, u16), Refusal> {
    Err(Refusal::Encrypted)
}

/// What unpacks a member.
fn decoder<'a>(
    budget: &Budget,
    method: u16,
    packed: Box<dyn BufRead + 'a>,
    size: Option<u64>,
) -> Result<Box<dyn Read + 'a>, Refusal> {
    let _ = budget;
    Ok(match method {
        STORED => Box::new(packed),
        DEFLATE => Box::new(Inflate::deflate(packed)),
        DEFLATE64 => Box::new(Inflate::deflate64(packed)),
        BZIP2 => Box::new(compress::unbzip2(packed)),
        XZ => Box::new(compress::unxz(packed)),
        LZMA => Box::new(compress::unlzma(packed, size)?),
        #[cfg(feature = "zstd")]
        method if ZSTD.contains(&method) => {
            Box::new(crate::archive::zstd::Frames::new(packed, budget))
        }
        method => return Err(Refusal::unsupported(method_name(method))),
    })
}

fn method_name(method: u16) -> String {
    let name = match method {
        1 => "Shrink",
        2..=5 => "Reduce",
        6 => "Implode",
        method if ZSTD.contains(&method) => "Zstandard",
        94 => "MP3",
        96 => "JPEG",
        97 => "WavPack",
        98 => "PPMd",
        _ => return format!("zip compression method {method}"),
    };
    format!("zip compression method {method} ({name})")
}

/// What the 64-bit extension says for the fields that hold all ones, in their order.
struct Zip64<'a> {
    values: &'a [u8],
}

impl<'a> Zip64<'a> {
    fn of(mut extra: &'a [u8]) -> Self {
        while extra.len() >= 4 {
            let size = usize::from(u16_at(extra, 2));
            let rest = extra.get(4..).unwrap_or_default();
            if u16_at(extra, 0) == 1 {
                return Zip64 {
                    values: rest.get(..size).unwrap_or(rest),
                };
            }
            extra = rest.get(size..).unwrap_or_default();
        }
        Zip64 { values: &[] }
    }

    fn widen(&mut self, value: u32) -> u64 {
        match (value, self.values.split_first_chunk()) {
            (u32::MAX, Some((wide, rest))) => {
                self.values = rest;
                u64::from_le_bytes(*wide)
            }
            _ => u64::from(value),
        }
    }
}

fn is_folder(name: &str, size: u64) -> bool {
    size == 0 && name.ends_with(['/', '\\'])
}
