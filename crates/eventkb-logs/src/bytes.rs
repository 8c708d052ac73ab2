//! Little-endian numbers at offsets that come from a file, `None` where the bytes end first; and text in
//! UTF-16LE.

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

/// Adds UTF-16LE text, without the zero that ends it. Unpaired surrogates become U+FFFD.
pub(crate) fn utf16(bytes: &[u8], out: &mut String) {
    let rest = ascii_pieces(bytes, |ascii| {
        out.push_str(std::str::from_utf8(ascii).unwrap_or_default());
    });
    let units = rest
        .iter()
        .map(|unit| u16::from_le_bytes(*unit))
        .take_while(|unit| *unit != 0);
    out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

/// Hands over the ASCII text at the beginning of UTF-16LE text in pieces, and gives the units behind
/// it. Nearly all text in logs is ASCII, and most of it is short. A zero ends it, and stays.
fn ascii_pieces(bytes: &[u8], mut piece: impl FnMut(&[u8])) -> &[[u8; 2]] {
    /// Bytes that are handed over together.
    const PIECE: usize = 64;
    let (mut rest, _) = bytes.as_chunks::<2>();
    let mut ascii = [0; PIECE];
    loop {
        let mut length = 0;
        // Wide blocks first, then what is left of a block, then what is left of that.
        while let Some(after) = narrow::<16>(rest, &mut ascii, &mut length) {
            rest = after;
        }
        while let Some(after) = narrow::<4>(rest, &mut ascii, &mut length) {
            rest = after;
        }
        while let Some(after) = narrow::<1>(rest, &mut ascii, &mut length) {
            rest = after;
        }
        piece(ascii.get(..length).unwrap_or(&[]));
        if length < PIECE {
            return rest;
        }
    }
}

/// Adds `N` units at once if all are ASCII and there is room: the compiler makes wide instructions of
/// it. Gives the units behind them.
fn narrow<'u, const N: usize>(
    units: &'u [[u8; 2]],
    ascii: &mut [u8],
    length: &mut usize,
) -> Option<&'u [[u8; 2]]> {
    let (block, after) = units.split_first_chunk::<N>()?;
    let room = ascii.get_mut(*length..)?.first_chunk_mut::<N>()?;
    let mut other = false;
    for (to, [low, high]) in room.iter_mut().zip(block) {
        other |= *high != 0 || *low == 0 || *low > 0x7f;
        *to = *low;
    }
    if other {
        return None;
    }
    *length += N;
    Some(after)
}

/// How many bytes of a text there are before the first that JSON wants escaped.
pub(crate) fn before_escape(text: &[u8]) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The high bit of each byte that is zero; the lowest of them is right, whatever is borrowed.
    let zeroes = |word: u64| word.wrapping_sub(EACH) & !word & HIGH;
    let (words, tail) = text.as_chunks::<8>();
    let mut before = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let controls = word.wrapping_sub(EACH * 0x20) & !word & HIGH;
        let found = controls
            | zeroes(word ^ (EACH * u64::from(b'"')))
            | zeroes(word ^ (EACH * u64::from(b'\\')));
        if found != 0 {
            return before + (found.trailing_zeros() / 8) as usize;
        }
        before += 8;
    }
    before + tail.iter().take_while(|byte| !is_escaped(**byte)).count()
}

/// Whether JSON wants this byte of a text escaped.
fn is_escaped(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_in_pieces_of_any_length() {
        for length in 0..200 {
            let text: String = ('!'..='~').cycle().take(length).collect();
            for end in ["", "\0after", "é after", "\u{1f600}"] {
                let all = format!("{text}{end}");
                let bytes: Vec<u8> = all.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let mut got = Vec::new();
                let rest = ascii_pieces(&bytes, |piece| got.extend_from_slice(piece));
                assert_eq!(got, text.as_bytes(), "{all:?}");
                assert_eq!(rest.len(), end.encode_utf16().count(), "{all:?}");
            }
        }
    }

    #[test]
    fn half_a_pair_is_replaced() {
        let mut text = String::new();
        utf16(&[0, 0xd8, b'a', 0], &mut text);
        assert_eq!(text, "\u{fffd}a");
    }

    #[test]
    fn what_must_be_escaped_is_found_wherever_it_stands() {
        for odd in (0..=u8::MAX).filter(|byte| is_escaped(*byte)) {
            for at in 0..30 {
                for other in [b' ', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xff] {
                    let mut text = [other; 40];
                    assert_eq!(before_escape(&text), 40);
                    text[at + 5] = b'\n';
                    text[at] = odd;
                    assert_eq!(before_escape(&text), at, "{odd} among {other}");
                    assert_eq!(before_escape(&text[..at]), at);
                }
            }
        }
    }
}
