//! Tar: ustar, GNU long names, pax headers and the form of 1979.
//!
//! Read here rather than by a crate, because long names and pax headers are members whose size
//! an attacker chooses, and because a damaged header need not be the end: the next good one is
//! found at a multiple of 512 bytes.

use std::io::{self, Read};

use super::guard::{Supply, Terms};
use super::place::decode;
use super::refusal::Refusal;
use super::{Reading, Stop, read_full};
use crate::limits::{MAX_ARCHIVE_INDEX_BYTES, MAX_MEMBER_NAME};

const BLOCK: usize = 512;

/// Whether a file that begins with these bytes begins with a tar header.
pub(super) fn is_header(prefix: &[u8]) -> bool {
    prefix
        .first_chunk()
        .is_some_and(|block| Header::parse(block).is_some())
}

/// Reads a tar.
pub(super) fn read(reading: &mut Reading<'_>, mut input: Supply<'_>) -> Result<(), Stop> {
    let mut named = Named::default();
    let mut damaged = false;
    let mut zeroes = 0;
    loop {
        let mut block = [0; BLOCK];
        match read_full(&mut input, &mut block)? {
            BLOCK => {}
            // Some tools leave out the blocks of zeroes that end a tar, but one that was cut
            // between two members looks the same.
            0 if zeroes == 0 => return Err(Refusal::NoEnd.into()),
            0 => return Ok(()),
            _ => return Err(Refusal::Truncated.into()),
        }
        if block.iter().all(|byte| *byte == 0) {
            zeroes += 1;
            if zeroes >= 2 && !damaged {
                // Padding follows, and the checksum of what the tar is packed in.
                return Ok(skip(&mut input, u64::MAX)?);
            }
            continue;
        }
        zeroes = 0;
        let Some(header) = Header::parse(&block) else {
            if !damaged {
                damaged = true;
                let place = reading.places.archive().to_owned();
                reading.refused(&place, Refusal::damaged("a header in it is not readable"));
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
        b'g' | b'K' | b'V' | b'N' => return Ok(skip(input, padded(header.size))?),
        _ => {}
    }
    let named = std::mem::take(named);
    let size = named.size.unwrap_or(header.size);
    // Files, in all the ways to say so. Links repeat another member; folders and devices hold
    // nothing.
    if matches!(header.kind, b'0' | b'7' | 0 | b'S') {
        let name = named.name.unwrap_or_else(|| header.name.clone());
        let folder = header.kind == 0 && name.ends_with('/');
        let path = reading.places.place(&name);
        if header.kind == b'S' || named.sparse {
            reading.refused(&path, Refusal::unsupported("a sparse file in a tar"));
        } else if !folder {
            let mut data = input.take(size);
            let terms = Terms {
                size: Some(size),
                ..Terms::default()
            };
            let refusal = reading.deliver(&path, &mut data, terms)?;
            let left = data.limit();
            if matches!(refusal, Some(Refusal::Smaller { .. })) {
                return Err(Refusal::Truncated.into());
            }
            skip(input, left + padding(size))?;
            return Ok(());
        }
    }
    // Links may carry the size of what they link to, but no data.
    let has_data = !matches!(header.kind, b'1' | b'2' | b'3' | b'4' | b'5' | b'6');
    if has_data {
        skip(input, padded(size))?;
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
    skip(input, (size - kept).saturating_add(padding(size)))?;
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

fn skip(input: &mut Supply<'_>, bytes: u64) -> io::Result<()> {
    // Large steps: a member that nobody wants may be gigabytes.
    let mut block = vec![0; usize::try_from(bytes).unwrap_or(usize::MAX).min(256 * 1024)];
    let mut left = bytes;
    while left > 0 {
        let want = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
        let Some(part) = block.get_mut(..want) else {
            break;
        };
        match read_full(input, part)? {
            0 => break,
            n => left = left.saturating_sub(n as u64),
        }
    }
    Ok(())
}

struct Header {
    name: String,
    size: u64,
    kind: u8,
}

impl Header {
    /// A header whose checksum holds.
    fn parse(block: &[u8; BLOCK]) -> Option<Header> {
        let field = |at: usize, size: usize| block.get(at..at + size).unwrap_or_default();
        let stored = number(field(148, 8))?;
        // The checksum is over the block with its own field as spaces. Old tars added signed bytes.
        let others = || {
            block
                .iter()
                .enumerate()
                .filter(|(at, _)| !(148..156).contains(at))
        };
        let unsigned: u64 = others().map(|(_, byte)| u64::from(*byte)).sum::<u64>() + 8 * 0x20;
        let signed: i64 = others()
            .map(|(_, byte)| i64::from(byte.cast_signed()))
            .sum::<i64>()
            + 8 * 0x20;
        // A block of zeroes is the end, not a header; its sum is that of the spaces.
        if unsigned == 8 * 0x20 || (stored != unsigned && i64::try_from(stored) != Ok(signed)) {
            return None;
        }
        let text = |at: usize, size: usize| {
            let field = field(at, size);
            decode(field.split(|byte| *byte == 0).next().unwrap_or_default())
        };
        let mut name = text(0, 100);
        // The prefix is ustar's; GNU keeps times there.
        if field(257, 6) == b"ustar\0" {
            let prefix = text(345, 155);
            if !prefix.is_empty() {
                name = format!("{prefix}/{name}");
            }
        }
        name.truncate(name.floor_char_boundary(4 * MAX_MEMBER_NAME));
        Some(Header {
            name,
            size: number(field(124, 12))?,
            kind: field(156, 1).first().copied()?,
        })
    }
}

/// An octal number, or one in base 256, as GNU writes those that do not fit.
fn number(field: &[u8]) -> Option<u64> {
    match field.split_first() {
        Some((0x80, rest)) => rest.iter().try_fold(0u64, |sum, byte| {
            Some(sum.checked_mul(256)? | u64::from(*byte))
        }),
        _ => {
            let text = std::str::from_utf8(field).ok()?;
            let text = text.trim_matches(['\0', ' ']);
            let digits = text.split(['\0', ' ']).next().unwrap_or_default();
            if digits.is_empty() {
                Some(0)
            } else {
                u64::from_str_radix(digits, 8).ok()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_tars_write_them() {
        assert_eq!(number(b"00000001750\0"), Some(1000));
        assert_eq!(number(b"   1750 \0\0\0\0"), Some(1000));
        assert_eq!(number(b"\0\0\0\0"), Some(0));
        assert_eq!(number(b"\x80\0\0\0\0\0\0\x02\0\0\0\0"), Some(0x2_0000_0000));
        assert_eq!(
            number(b"\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
            None
        );
        assert_eq!(number(b"99999999999\0"), None);
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
