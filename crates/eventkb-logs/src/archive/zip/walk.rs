//! A zip without its directory: truncated, or too large to be held for it. Its members are found
//! by the headers before them.

use std::collections::HashMap;
use std::io::{self, Read};

use super::{
    Aes, DEFLATE, DEFLATE64, LOCAL, LOCAL_SIZE, Packing, SIZES_FOLLOW, Zip64, is_folder, unpack,
};
use crate::archive::guard::{Metered, PassHoles, Terms};
use crate::archive::names::decode;
use crate::archive::reader::{Reading, Stop, read_full, u16_at, u32_at};
use crate::archive::refusal::Refusal;

const DIRECTORY: u32 = u32::from_le_bytes(*b"PK\x01\x02");
const END: u32 = u32::from_le_bytes(*b"PK\x05\x06");

/// The size of what may follow a member: its checksum and sizes, wide ones at most.
const MAX_DESCRIPTOR: u64 = 24;

/// Reads members one after the other. `known` are offsets of members that were read already, with
/// their packed sizes.
pub(in crate::archive) fn walk(
    reading: &mut Reading<'_>,
    input: impl PassHoles,
    known: &HashMap<u64, u64>,
) -> Result<(), Stop> {
    let mut input = Metered::new(input);
    let meter = input.meter();
    let mut gap_reported = false;
    let mut before = 0;
    loop {
        match next_header(&mut input)? {
            Next::Header => {}
            Next::End => return Ok(()),
            // With known members, the directory's damage was reported before.
            Next::Nothing if known.is_empty() => return Err(Refusal::Truncated.into()),
            Next::Nothing => return Ok(()),
        }
        let offset = meter.get() - 4;
        if let Some(packed) = known.get(&offset) {
            read_header(&mut input)?;
            skip(&mut input, *packed)?;
            before = meter.get();
            continue;
        }
        if offset.saturating_sub(before) > MAX_DESCRIPTOR && known.is_empty() && !gap_reported {
            gap_reported = true;
            let path = reading.paths.archive().to_owned();
            reading.refused(
                &path,
                Refusal::damaged("there are bytes between its members"),
            );
        }
        reading.entry()?;
        let header = read_header(&mut input)?;
        read_member(reading, &mut input, &header)?;
        before = meter.get();
    }
}

struct Header {
    packing: Packing,
    crc: u32,
    packed: u64,
    size: u64,
    name: String,
}

/// Reads a local header after its signature, its name and extra field included.
fn read_header(input: &mut dyn Read) -> Result<Header, Stop> {
    let mut fixed = [0; LOCAL_SIZE - 4];
    if read_full(input, &mut fixed)? < fixed.len() {
        return Err(Refusal::Truncated.into());
    }
    let name_size = usize::from(u16_at(&fixed, 22));
    let mut names = vec![0; name_size + usize::from(u16_at(&fixed, 24))];
    if read_full(input, &mut names)? < names.len() {
        return Err(Refusal::Truncated.into());
    }
    let extra = names.get(name_size..).unwrap_or_default();
    let mut zip64 = Zip64::of(extra);
    let size = zip64.widen(u32_at(&fixed, 18));
    let packed = zip64.widen(u32_at(&fixed, 14));
    Ok(Header {
        packing: Packing {
            flags: u16_at(&fixed, 2),
            method: u16_at(&fixed, 4),
            time: u16_at(&fixed, 6),
            crc: u32_at(&fixed, 10),
            aes: Aes::of(extra),
            packed: Some(packed),
        },
        crc: u32_at(&fixed, 10),
        packed,
        size,
        name: decode(names.get(..name_size).unwrap_or_default()),
    })
}

fn read_member(
    reading: &mut Reading<'_>,
    input: &mut Metered<impl PassHoles>,
    header: &Header,
) -> Result<(), Stop> {
    let Packing { flags, method, .. } = header.packing;
    let sized = flags & SIZES_FOLLOW == 0 || header.packed > 0;
    if is_folder(&header.name, header.size) && header.packed == 0 {
        return Ok(());
    }
    let path = reading.paths.member(&header.name);
    let meter = Some(input.meter());
    if !sized {
        // The packed data tells its own end; without that there is nothing to go by, and the
        // search for the next header goes on from here.
        if matches!(method, DEFLATE | DEFLATE64) {
            let terms = Terms {
                meter,
                to_end: true,
                ..Terms::default()
            };
            let packing = Packing {
                packed: None,
                ..header.packing
            };
            unpack(reading, &path, packing, input, terms)?;
        } else {
            let what = "a zip member without its size, in a zip without its directory,";
            reading.refused(&path, Refusal::unsupported(what));
        }
        return Ok(());
    }
    let sizes_follow = flags & SIZES_FOLLOW != 0;
    let terms = Terms {
        meter,
        size: Some(header.size).filter(|size| !sizes_follow || *size > 0),
        crc: Some(header.crc).filter(|_| !sizes_follow),
        ..Terms::default()
    };
    let mut packed = input.take(header.packed);
    unpack(reading, &path, header.packing, &mut packed, terms)?;
    let left = packed.limit();
    skip(input, left)
}

/// Passes over bytes. A hole that reaches further may be passed over as a whole: no header is in it.
fn skip(input: &mut dyn PassHoles, bytes: u64) -> Result<(), Stop> {
    let mut left = bytes;
    while left > 0 {
        let block = input.fill_buf()?;
        let taken = usize::try_from(left).map_or(block.len(), |left| left.min(block.len()));
        if taken == 0 {
            break;
        }
        let is_blank = block.iter().take(taken).all(|byte| *byte == 0);
        input.consume(taken);
        left -= taken as u64;
        if is_blank && left > 0 {
            left = left.saturating_sub(input.pass_hole()?);
        }
    }
    Ok(())
}

enum Next {
    /// A local header; its signature was read.
    Header,
    /// The end of the file, after a directory.
    End,
    /// The end of the file, and no directory before it.
    Nothing,
}

/// Looks for the next local header. A directory does not end the search: it may be that of a zip
/// in a member that could not be read.
fn next_header(input: &mut dyn PassHoles) -> io::Result<Next> {
    let mut window = 0u32;
    let mut directory = false;
    loop {
        let block = input.fill_buf()?;
        if block.is_empty() {
            return Ok(if directory { Next::End } else { Next::Nothing });
        }
        let mut found = None;
        for (at, byte) in block.iter().enumerate() {
            // Little-endian, as the constants are.
            window = window >> 8 | u32::from(*byte) << 24;
            if window == LOCAL {
                found = Some(at + 1);
                break;
            }
            directory |= window == DIRECTORY || window == END;
        }
        let taken = found.unwrap_or(block.len());
        input.consume(taken);
        if found.is_some() {
            return Ok(Next::Header);
        }
        if window == 0 {
            input.pass_hole()?;
        }
    }
}
