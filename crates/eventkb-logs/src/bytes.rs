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
    let rest = ascii_pieces(bytes, |ascii| out.push_str(ascii));
    if !rest.is_empty() {
        push_units(rest, out);
    }
}

/// The same for text of which not all is ASCII.
pub(crate) fn push_units(units: &[[u8; 2]], out: &mut String) {
    let units = units
        .iter()
        .map(|unit| u16::from_le_bytes(*unit))
        .take_while(|unit| *unit != 0);
    out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

/// Hands over the ASCII text at the beginning of UTF-16LE text in pieces, and gives the units behind
/// it. Nearly all text in logs is ASCII, and most of it is short. A zero ends it, and stays.
pub(crate) fn ascii_pieces(bytes: &[u8], mut piece: impl FnMut(&str)) -> &[[u8; 2]] {
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
        while let Some(after) = narrow::<8>(rest, &mut ascii, &mut length) {
            rest = after;
        }
        while let Some(after) = narrow::<4>(rest, &mut ascii, &mut length) {
            rest = after;
        }
        while let Some(after) = narrow::<1>(rest, &mut ascii, &mut length) {
            rest = after;
        }
        let text = ascii.get(..length).map(std::str::from_utf8);
        piece(text.and_then(Result::ok).unwrap_or_default());
        if length < PIECE {
            return rest;
        }
    }
}

/// Adds `N` units at once if all are ASCII and there is room. Without branches: the compiler makes wide
/// instructions of it. Gives the units behind them.
#[inline]
fn narrow<'u, const N: usize>(
    units: &'u [[u8; 2]],
    ascii: &mut [u8],
    length: &mut usize,
) -> Option<&'u [[u8; 2]]> {
    let (block, after) = units.split_first_chunk::<N>()?;
    let room = ascii.get_mut(*length..)?.first_chunk_mut::<N>()?;
    let mut other = 0;
    let mut narrowed = [0; N];
    for (to, unit) in narrowed.iter_mut().zip(block.map(u16::from_le_bytes)) {
        // Zero, too, is no such unit.
        other |= u16::from(unit.wrapping_sub(1) > 0x7e);
        *to = (unit & 0x7f) as u8;
    }
    if other != 0 {
        return None;
    }
    *room = narrowed;
    *length += N;
    Some(after)
}

/// How many bytes of a text there are before the first that JSON wants escaped.
#[inline]
pub(crate) fn before_escape(text: &[u8]) -> usize {
    let (blocks, _) = text.as_chunks::<16>();
    let plain = blocks.iter().take_while(|block| {
        // Without branches, as above.
        let odd = block.iter().fold(0, |odd, byte| {
            odd | u8::from(*byte < b' ') | u8::from(*byte == b'"') | u8::from(*byte == b'\\')
        });
        odd == 0
    });
    let before = 16 * plain.count();
    let rest = text.get(before..).unwrap_or_default();
    let (words, tail) = rest.as_chunks::<8>();
    for (word, at) in words.iter().zip((before..).step_by(8)) {
        if let Some(found) = escape_in(*word) {
            return at + found;
        }
    }
    match text.last_chunk::<8>() {
        // What of it was looked at before has none.
        Some(last) if !tail.is_empty() => {
            escape_in(*last).map_or(text.len(), |found| text.len() - 8 + found)
        }
        Some(_) => text.len(),
        None => tail.iter().take_while(|byte| !is_escaped(**byte)).count(),
    }
}

/// The place of the first byte of a word that JSON wants escaped.
#[inline]
fn escape_in(word: [u8; 8]) -> Option<usize> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The high bit of each byte that is zero; the lowest of them is right, whatever is borrowed.
    let zeroes = |word: u64| word.wrapping_sub(EACH) & !word & HIGH;
    let word = u64::from_le_bytes(word);
    let controls = word.wrapping_sub(EACH * 0x20) & !word & HIGH;
    let found = controls
        | zeroes(word ^ (EACH * u64::from(b'"')))
        | zeroes(word ^ (EACH * u64::from(b'\\')));
    (found != 0).then(|| (found.trailing_zeros() / 8) as usize)
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
                let rest = ascii_pieces(&bytes, |piece| got.extend_from_slice(piece.as_bytes()));
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
