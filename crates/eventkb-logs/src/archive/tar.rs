//! Tar: ustar, GNU long names, pax headers and the form of 1979.
//!
//! Read here rather than by a crate, because long names and pax headers are members whose size
//! an attacker chooses, and because a damaged header need not be the end: the next good one is
//! found at a multiple of 512 bytes.

use std::io::Read;

use super::guard::{Supply, Terms};
use super::names::decode;
use super::reader::{Reading, Stop, read_full};
use super::refusal::Refusal;
use super::tar_header::{BLOCK, Header};
use crate::limits::MAX_ARCHIVE_INDEX_BYTES;

/// Blocks of zeroes behind the end of a tar that are looked through for another one: tars are joined
/// with `cat`, and each is padded to 10 KiB or more.
const MOST_PADDING: u64 = 2048;

/// Reads a tar, and those that were joined to it.
pub(super) fn read(reading: &mut Reading<'_>, mut input: Supply<'_>) -> Result<(), Stop> {
    let mut named = Named::default();
    let mut damaged = false;
    let mut zeroes = 0_u64;
    loop {
        let mut block = [0; BLOCK];
        match read_full(&mut input, &mut block)? {
            BLOCK => {}
            // Some tools leave out the blocks of zeroes that end a tar, but one that was cut
            // between two members looks the same.
            0 if zeroes == 0 => return Err(Refusal::NoEnd.into()),
            0 => return Ok(()),
            // Padding need not end with a whole block.
            _ if zeroes >= 2 => return Ok(()),
            _ => return Err(Refusal::Truncated.into()),
        }
        if block.iter().all(|byte| *byte == 0) {
            zeroes += 1;
            if zeroes >= 2 {
                zeroes += input.skip_hole(BLOCK as u64)? / BLOCK as u64;
            }
            if zeroes >= MOST_PADDING && !damaged {
                // What the tar is packed in has a checksum behind it all.
                return Ok(input.skip(u64::MAX)?);
            }
            continue;
        }
        let header = Header::parse(&block);
        if header.is_none() && zeroes >= 2 && !damaged {
            // Behind the end anything may stand; only another tar is of interest.
            continue;
        }
        zeroes = 0;
        let Some(header) = header else {
            if !damaged {
                damaged = true;
                let path = reading.paths.archive().to_owned();
                reading.refused(&path, Refusal::damaged("a header in it is not readable"));
            }
            continue;
        };
        member(reading, &mut input, &header, &mut named)?;
    }
}

/// What special members say of the member that follows them.
#[derive(Default)]
struct Named {
    name: Option<String>,
    size: Option<u64>,
    sparse: bool,
}

fn member(
    reading: &mut Reading<'_>,
    input: &mut Supply<'_>,
    header: &Header,
    named: &mut Named,
) -> Result<(), Stop> {
    // Special members count too: a tar of nothing else must end somewhere.
    reading.entry()?;
    match header.kind {
        b'L' => {
            let text = special(input, header.size)?;
            named.name = Some(decode(
                text.split(|byte| *byte == 0).next().unwrap_or_default(),
            ));
            return Ok(());
        }
        b'x' => {
            pax(&special(input, header.size)?, named);
            return Ok(());
        }
        // What holds for all that follows: dates and comments.
        b'g' | b'K' | b'V' | b'N' => return Ok(input.skip(padded(header.size))?),
        _ => {}
    }
    let named = std::mem::take(named);
    let size = named.size.unwrap_or(header.size);
    if header.kind == b'2' {
        let name = named.name.as_ref().unwrap_or(&header.name);
        let path = reading.paths.member(name);
        reading.refused(&path, Refusal::Link);
    }
    // Files, in all the ways to say so. Hard links repeat another member; folders and devices hold
    // nothing.
    if matches!(header.kind, b'0' | b'7' | 0 | b'S') {
        let name = named.name.unwrap_or_else(|| header.name.clone());
        let folder = header.kind == 0 && name.ends_with('/');
        let path = reading.paths.member(&name);
        if header.kind == b'S' || named.sparse {
            reading.refused(&path, Refusal::unsupported("a sparse file in a tar"));
        } else if !folder {
            input.refuse_holes(true);
            let mut data = input.take(size);
            let terms = Terms {
                size: Some(size),
                ..Terms::default()
            };
            let refusal = reading.deliver(&path, &mut data, terms)?;
            let left = data.limit();
            input.refuse_holes(false);
            if matches!(refusal, Some(Refusal::Smaller { .. })) {
                return Err(Refusal::Truncated.into());
            }
            input.skip(left.saturating_add(padding(size)))?;
            return Ok(());
        }
    }
    // Links may carry the size of what they link to, but no data.
    let has_data = !matches!(header.kind, b'1' | b'2' | b'3' | b'4' | b'5' | b'6');
    if has_data {
        input.skip(padded(size))?;
    }
    Ok(())
}

/// The data of a special member.
fn special(input: &mut Supply<'_>, size: u64) -> Result<Vec<u8>, Stop> {
    let mut data = Vec::new();
    let kept = size.min(MAX_ARCHIVE_INDEX_BYTES);
    input.take(kept).read_to_end(&mut data)?;
    if (data.len() as u64) < kept {
        return Err(Refusal::Truncated.into());
    }
    input.skip((size - kept).saturating_add(padding(size)))?;
    Ok(data)
}

/// Lines of `<length> <key>=<value>\n`.
fn pax(mut data: &[u8], named: &mut Named) {
    while let Some(space) = data.iter().position(|byte| *byte == b' ') {
        let length = data
            .get(..space)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let Some(length) = length.and_then(|digits| digits.parse::<usize>().ok()) else {
            return;
        };
        let Some(line) = data.get(space + 1..length) else {
            return;
        };
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let mut parts = line.splitn(2, |byte| *byte == b'=');
        let (key, value) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        match key {
            b"path" => named.name = Some(decode(value)),
            b"size" => {
                named.size = std::str::from_utf8(value)
                    .ok()
                    .and_then(|text| text.parse().ok());
            }
            _ => named.sparse |= key.starts_with(b"GNU.sparse."),
        }
        data = data.get(length..).unwrap_or_default();
    }
}

fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

fn padded(size: u64) -> u64 {
    size.saturating_add(padding(size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_padded_to_blocks() {
        assert_eq!(
            (padding(0), padding(1), padding(512), padding(513)),
            (0, 511, 0, 511)
        );
    }

    #[test]
    fn pax_lines() {
        let mut named = Named::default();
        pax(b"15 size=8589934\n19 path=M\xc3\xbcller.evt\n", &mut named);
        // The first length is one short: what it leaves over is no line.
        assert_eq!((named.size, named.name), (Some(8_589_934), None));
        let mut named = Named::default();
        pax(b"16 size=8589934\n20 path=M\xc3\xbcller.evt\n", &mut named);
        assert_eq!(
            (named.size, named.name.as_deref()),
            (Some(8_589_934), Some("Müller.evt"))
        );
        for broken in [
            &b"999999 path=a\n"[..],
            b"x path=a\n",
            b"1 path=a\n",
            b"0 a=b\n",
            b" ",
        ] {
            let mut named = Named::default();
            pax(broken, &mut named);
            assert_eq!(named.name, None);
        }
    }
}
