//! Little-endian numbers at offsets that come from a file, `None` where the bytes end first; and the
//! ASCII text at the beginning of UTF-16LE text.

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(
        bytes.get(at..at.checked_add(2)?)?.try_into().ok()?,
    ))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(
        bytes.get(at..at.checked_add(4)?)?.try_into().ok()?,
    ))
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(
        bytes.get(at..at.checked_add(8)?)?.try_into().ok()?,
    ))
}

/// Units of UTF-16 that are looked at together: the compiler makes wide instructions of it.
const BLOCK: usize = 16;

/// Hands over the ASCII text at the beginning of UTF-16LE text in pieces, and gives the units behind
/// it. Nearly all text in logs is ASCII. A zero ends it, and stays.
pub(crate) fn ascii_pieces(bytes: &[u8], mut piece: impl FnMut(&[u8])) -> &[[u8; 2]] {
    let (mut rest, _) = bytes.as_chunks::<2>();
    while let Some((block, after)) = rest.split_first_chunk::<BLOCK>() {
        let mut ascii = [0; BLOCK];
        let mut other = false;
        for (to, [low, high]) in ascii.iter_mut().zip(block) {
            other |= *high != 0 || *low == 0 || *low > 0x7f;
            *to = *low;
        }
        if other {
            break;
        }
        piece(&ascii);
        rest = after;
    }
    // Most texts end with less than a block.
    let mut ascii = [0; BLOCK];
    let mut length = 0;
    for (to, unit) in ascii.iter_mut().zip(rest) {
        let [low @ 1..=0x7f, 0] = unit else { break };
        *to = *low;
        length += 1;
    }
    piece(ascii.get(..length).unwrap_or(&[]));
    rest.get(length..).unwrap_or(&[])
}
