//! The header before each member of a tar, which is also what a tar is known by.

use super::names::decode;
use crate::limits::MAX_MEMBER_NAME;

/// A tar is made of blocks of this size.
pub(super) const BLOCK: usize = 512;

/// Whether a file that begins with these bytes begins with a tar header.
pub(super) fn is_header(prefix: &[u8]) -> bool {
    prefix
        .first_chunk()
        .is_some_and(|block| Header::parse(block).is_some())
}

pub(super) struct Header {
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) kind: u8,
}

impl Header {
    /// A header whose checksum holds.
    pub(super) fn parse(block: &[u8; BLOCK]) -> Option<Header> {
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
    }
}
