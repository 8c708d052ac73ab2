//! Numbers that logs write as text.

/// Reads a whole number as logs write it: decimal or `0x` hex, spaces around it, leading zeros.
/// Anything else, such as `5.0` or `5 (access denied)`, is no whole number.
pub(crate) fn whole_number(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let value = match hex_digits(digits) {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
            i64::from_str_radix(hex, 16).ok()?
        }
        Some(_) => return None,
        None if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
        None => return None,
    };
    Some(if negative { -value } else { value })
}

/// A number of 64 bits that may use all of them, as keywords do: decimal, also as a negative
/// number, or `0x` hex.
pub(crate) fn bits(text: &str) -> Option<u64> {
    let text = text.trim();
    match hex_digits(text) {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
            u64::from_str_radix(hex, 16).ok()
        }
        Some(_) => None,
        None => text
            .parse()
            .ok()
            .or_else(|| text.parse().ok().map(i64::cast_unsigned)),
    }
}

/// The digits behind `0x`.
fn hex_digits(text: &str) -> Option<&str> {
    text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))
}

/// Hexadecimal digits as nearly everything writes them.
pub(crate) const HEX: &[u8; 16] = b"0123456789abcdef";
/// Hexadecimal digits of binary data in logs.
pub(crate) const HEX_UPPER: &[u8; 16] = b"0123456789ABCDEF";

/// Bytes as pairs of hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    push_hex(bytes, HEX, &mut text);
    text
}

/// Adds bytes as pairs of these digits.
pub(crate) fn push_hex(bytes: &[u8], digits: &[u8; 16], out: &mut String) {
    let mut pairs = [[0; 2]; 32];
    for piece in bytes.chunks(pairs.len()) {
        for (pair, byte) in pairs.iter_mut().zip(piece) {
            *pair = hex_pair(*byte, digits);
        }
        let pairs = pairs.get(..piece.len()).unwrap_or(&[]);
        out.push_str(std::str::from_utf8(pairs.as_flattened()).unwrap_or_default());
    }
}

/// A byte as two of these digits.
pub(crate) fn hex_pair(byte: u8, digits: &[u8; 16]) -> [u8; 2] {
    [byte >> 4, byte & 0xf].map(|half| digits.get(usize::from(half)).copied().unwrap_or(b'0'))
}

/// Bytes written as pairs of hexadecimal digits, blanks between them allowed.
pub(crate) fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let mut digits = text
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
    let mut bytes = Vec::with_capacity(text.len() / 2);
    while let Some(high) = digits.next() {
        bytes.push(high? << 4 | digits.next()??);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_only() {
        assert_eq!(whole_number(" 05 "), Some(5));
        assert_eq!(whole_number("0x5"), Some(5));
        assert_eq!(whole_number("-1"), Some(-1));
        for text in [
            "",
            "5.0",
            "5 (denied)",
            "19301x",
            "0xg",
            "--5",
            "0x",
            "99999999999999999999",
        ] {
            assert_eq!(whole_number(text), None, "{text}");
        }
    }

    #[test]
    fn keywords_use_all_bits() {
        assert_eq!(bits("0x8000000000000000"), Some(1 << 63));
        assert_eq!(bits("-9223372036854775808"), Some(1 << 63));
        assert_eq!(bits(" 36028797018963968 "), Some(0x80_0000_0000_0000));
        for text in ["", "0x", "0xg", "Classic", "99999999999999999999"] {
            assert_eq!(bits(text), None, "{text}");
        }
    }

    #[test]
    fn hex_of_any_length() {
        for length in [0, 1, 31, 32, 33, 100] {
            let bytes: Vec<u8> = (0..length).map(|n: u8| n.wrapping_mul(7)).collect();
            let wanted: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex(&bytes), wanted);
        }
    }

    #[test]
    fn hex_is_read_in_pairs() {
        assert_eq!(bytes_of_hex("00FFa0"), Some(vec![0, 0xff, 0xa0]));
        assert_eq!(bytes_of_hex("00 ff\r\n"), Some(vec![0, 0xff]));
        assert_eq!(bytes_of_hex(""), Some(vec![]));
        for text in ["0", "0g", "é0"] {
            assert_eq!(bytes_of_hex(text), None, "{text}");
        }
    }
}
