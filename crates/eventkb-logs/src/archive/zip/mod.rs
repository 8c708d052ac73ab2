//! Zip: by its central directory where there is one, else by the headers before its members.
//!
//! The container is read here rather than by a crate: its directory is bounded by the budget
//! before it is held, overlapping members are found before they are read, and what is left of a
//! truncated zip, which has no directory, is still read.

mod directory;
mod walk;

pub(super) use walk::walk;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, SeekFrom};

use super::compress;
use super::guard::{Metered, Terms};
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
const AES: u16 = 99;

/// Reads a zip that can be sought in.
pub(super) fn read(reading: &mut Reading<'_>, file: &mut dyn ReadSeek) -> Result<(), Stop> {
    let most = usize::try_from(reading.budget.entries_left()).unwrap_or(usize::MAX);
    let Some(directory) = directory::read(file, most)? else {
        // The walk reports that the directory is missing when it does not come upon one.
        file.seek(SeekFrom::Start(0))?;
        return walk(reading, BufReader::new(file), &HashMap::new());
    };
    let Directory {
        mut entries,
        more,
        damaged,
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
    if damaged {
        let path = reading.paths.archive().to_owned();
        reading.refused(&path, Refusal::damaged("its directory breaks off"));
        let known = entries
            .iter()
            .map(|entry| (entry.offset, entry.packed))
            .collect();
        file.seek(SeekFrom::Start(0))?;
        return walk(reading, BufReader::new(file), &known);
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
    let names = i64::from(u16_at(&header, 26)) + i64::from(u16_at(&header, 28));
    file.seek(SeekFrom::Current(names))?;
    let terms = Terms {
        size: Some(entry.size),
        crc: Some(entry.crc),
        ..Terms::default()
    };
    let capacity = usize::try_from(entry.packed)
        .unwrap_or(usize::MAX)
        .clamp(64, 64 * 1024);
    let packed = Metered::new(BufReader::with_capacity(capacity, file.take(entry.packed)));
    let terms = Terms {
        meter: Some(packed.meter()),
        ..terms
    };
    unpack(
        reading,
        path,
        Packing {
            flags: entry.flags,
            method: entry.method,
        },
        packed,
        terms,
    )?;
    Ok(())
}

#[derive(Clone, Copy)]
struct Packing {
    flags: u16,
    method: u16,
}

/// Delivers a member from its packed bytes.
fn unpack(
    reading: &mut Reading<'_>,
    path: &str,
    packing: Packing,
    mut packed: impl BufRead,
    terms: Terms,
) -> Result<Option<Refusal>, Stop> {
    let refusal = match packing.method {
        _ if packing.flags & (ENCRYPTED | MASKED) != 0 => Refusal::Encrypted,
        AES => Refusal::Encrypted,
        STORED => {
            return reading.deliver(
                path,
                &mut packed,
                Terms {
                    meter: None,
                    ..terms
                },
            );
        }
        DEFLATE => return reading.deliver(path, &mut Inflate::deflate(packed), terms),
        DEFLATE64 => return reading.deliver(path, &mut Inflate::deflate64(packed), terms),
        BZIP2 => return reading.deliver(path, &mut compress::unbzip2(packed), terms),
        XZ => return reading.deliver(path, &mut compress::unxz(packed), terms),
        LZMA => match compress::unlzma(packed, terms.size) {
            Ok(mut unpacked) => return reading.deliver(path, &mut unpacked, terms),
            Err(refusal) => refusal,
        },
        method => Refusal::unsupported(method_name(method)),
    };
    reading.refused(path, refusal.clone());
    Ok(Some(refusal))
}

fn method_name(method: u16) -> String {
    let name = match method {
        1 => "Shrink",
        2..=5 => "Reduce",
        6 => "Implode",
        20 | 93 => "Zstandard",
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
