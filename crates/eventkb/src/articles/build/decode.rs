//! From bytes to text: which encoding it is, and whether it is a text at all.

/// Why a file was not read as a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoText {
    Binary,
}

/// Bytes at the beginning that decide whether a file is a text.
const PROBE: usize = 64 * 1024;

/// The text of a file.
pub(super) fn text(bytes: &[u8]) -> Result<String, NoText> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default());
        return checked(text.into_owned());
    }
    let probe = bytes.get(..bytes.len().min(PROBE)).unwrap_or_default();
    if probe.contains(&0) {
        let Some(encoding) = utf16(probe) else {
            return Err(NoText::Binary);
        };
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        return checked(text.into_owned());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => checked(text.to_owned()),
        // What is no UTF-8 is what Windows wrote before it.
        Err(_) => {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
            checked(text.into_owned())
        }
    }
}

/// Every other byte of plain text in UTF-16 is zero.
fn utf16(probe: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let zeros = |odd: usize| {
        let bytes = probe.iter().skip(odd).step_by(2);
        bytes.filter(|byte| **byte == 0).count()
    };
    let half = probe.len() / 2;
    let (even, odd) = (zeros(0), zeros(1));
    if odd * 10 >= half * 7 && even * 10 < half {
        Some(encoding_rs::UTF_16LE)
    } else if even * 10 >= half * 7 && odd * 10 < half {
        Some(encoding_rs::UTF_16BE)
    } else {
        None
    }
}

/// A text has hardly any control characters.
fn checked(text: String) -> Result<String, NoText> {
    let mut probe = 0_usize;
    let mut odd = 0_usize;
    for c in text.chars().take(PROBE) {
        probe += 1;
        let control = c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{1a}');
        if control || c == char::REPLACEMENT_CHARACTER {
            odd += 1;
        }
    }
    if odd * 20 > probe {
        return Err(NoText::Binary);
    }
    // As old computers of Apple's ended lines.
    if text.contains('\r') && !text.contains('\n') {
        return Ok(text.replace('\r', "\n"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        let utf16: Vec<u8> = "Event ID: 7"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let with_mark: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(utf16.iter().copied())
            .collect();
        for bytes in [
            &b"Event ID: 7"[..],
            &utf16,
            &with_mark,
            b"\xef\xbb\xbfEvent ID: 7",
        ] {
            assert_eq!(text(bytes).as_deref(), Ok("Event ID: 7"));
        }
        assert_eq!(text(b"caf\xe9").as_deref(), Ok("caf\u{e9}"));
        assert_eq!(text(b""), Ok(String::new()));
        assert_eq!(text(b"a\rb").as_deref(), Ok("a\nb"));
        assert_eq!(text(b"a\r\nb").as_deref(), Ok("a\r\nb"));
    }

    #[test]
    fn what_is_no_text() {
        assert_eq!(text(b"MZ\x90\0\x03\0\0\0\x04"), Err(NoText::Binary));
        let noise: Vec<u8> = (0..4096_u32).map(|n| (n * 7 % 31 + 1) as u8).collect();
        assert_eq!(text(&noise), Err(NoText::Binary));
    }
}
