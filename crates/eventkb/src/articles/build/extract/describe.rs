//! Descriptions of events as phrases with placeholders, and the codes in them.

use crate::articles::model::{CodeNamed, Phrase};
use crate::signature::number;

/// Phrases kept of one description, and bytes of each: what tells events apart stands at the
/// beginning of a sentence.
const MOST_PHRASES: usize = 6;
const LONGEST_PHRASE: usize = 200;
/// Codes kept of one description or article.
const MOST_CODES: usize = 12;

/// The sentences of a description. Its lines come with their numbers.
pub(super) fn phrases(lines: &[(u32, String)]) -> Vec<Phrase> {
    let mut text = String::new();
    let mut starts = Vec::new();
    for (number, line) in lines {
        starts.push((text.len(), *number));
        text.push_str(line);
        // A name that was wrapped at a hyphen or inside a path goes on.
        text.push(' ');
    }
    let mut phrases = Vec::new();
    let mut begin = 0;
    while begin < text.len() && phrases.len() < MOST_PHRASES {
        let rest = text.get(begin..).unwrap_or_default();
        let end = [". ", "? ", "! ", ": \n"]
            .iter()
            .filter_map(|mark| rest.find(mark))
            .min();
        let end = end.map_or(text.len(), |at| begin + at + 1);
        let sentence = text.get(begin..end).unwrap_or_default();
        let line = starts.partition_point(|(start, _)| *start <= begin);
        let line = line
            .checked_sub(1)
            .and_then(|n| starts.get(n))
            .map_or(0, |(_, line)| *line);
        let phrase = with_placeholders(sentence);
        // A rest of punctuation and placeholders says nothing.
        if phrase.chars().filter(|c| c.is_alphabetic()).count() >= 4 && !is_boilerplate(&phrase) {
            phrases.push(Phrase {
                text: phrase.into(),
                line,
            });
        }
        begin = end;
        begin += text
            .get(begin..)
            .map_or(0, |rest| rest.len() - rest.trim_start().len());
    }
    phrases
}

/// Sentences that stand below any event.
fn is_boilerplate(phrase: &str) -> bool {
    let low = phrase.to_ascii_lowercase();
    low.starts_with("for more information, see help and support")
        || low.starts_with("data: 0000")
        || low.starts_with("event xml")
}

/// A sentence whose values are placeholders.
fn with_placeholders(sentence: &str) -> String {
    let mut out = String::new();
    let mut before = String::new();
    for word in joined(sentence) {
        let is_code = says_code(&before);
        let piece = placeholder(&word, is_code);
        if out.len() + piece.len() > LONGEST_PHRASE {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        // Two values side by side are one.
        if piece == "{}" && out.ends_with("{} ") {
            out.pop();
        } else {
            out.push_str(&piece);
        }
        before = word.to_ascii_lowercase();
    }
    out
}

/// Words, with `<server name>` as one of them.
fn joined(sentence: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for word in sentence.split_whitespace() {
        match words.last_mut() {
            Some(last) if open => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
        if let Some(last) = words.last() {
            let begun = last.matches('<').count();
            open = begun > last.matches('>').count() && last.len() < 60;
        }
    }
    words
}

fn placeholder(word: &str, is_code: bool) -> String {
    let core = word.trim_matches(|c: char| {
        matches!(
            c,
            '"' | '\'' | ',' | '.' | ';' | ':' | '(' | ')' | '[' | ']' | '\u{201c}' | '\u{201d}'
        )
    });
    let around = |inner: &str| match word.find(core).filter(|_| !core.is_empty()) {
        Some(at) => {
            let (before, behind) = (word.get(..at), word.get(at + core.len()..));
            format!(
                "{}{inner}{}",
                before.unwrap_or_default(),
                behind.unwrap_or_default()
            )
        }
        None => word.to_owned(),
    };
    let clean = || word.replace('{', "(").replace('}', ")");
    if core.is_empty() {
        return clean();
    }
    if let Some(number) = numbered(core) {
        return around(&format!("{{{number}}}"));
    }
    let angled = core.starts_with('<') && core.ends_with('>');
    let crosses = core.len() >= 2 && core.chars().all(|c| matches!(c, 'x' | 'X'));
    let digits = core.chars().filter(char::is_ascii_digit).count();
    let numeric = digits > 0
        && core.chars().all(|c| {
            c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '/' | '-' | 'x' | 'X' | ',' | '%')
        });
    let path = core.contains('\\')
        || core.contains("://")
        || core.matches('/').count() >= 2
        || core.contains("CN=")
        || core.contains("cn=");
    let named = core.contains("Name")
        && core.chars().filter(|c| c.is_uppercase()).count() >= 2
        && core.chars().all(char::is_alphanumeric);
    let guid = core.starts_with('{') || core.len() == 36 && core.matches('-').count() == 4;
    if angled || crosses || path || named || guid || numeric && !is_code {
        return around("{}");
    }
    if core.contains('<') && core.contains('>') {
        return "{}".into();
    }
    clean()
}

/// `%1`, `1%`.
fn numbered(core: &str) -> Option<u8> {
    let digits = core.strip_prefix('%').or_else(|| core.strip_suffix('%'))?;
    let digits = digits.split('!').next()?;
    let number: u8 = digits.parse().ok()?;
    (core.starts_with('%') && (1..=99).contains(&number)).then_some(number)
}

/// Whether the word before says that a number is a code.
fn says_code(before: &str) -> bool {
    let word = before.trim_matches(|c: char| !c.is_alphanumeric());
    [
        "error",
        "code",
        "status",
        "hresult",
        "returned",
        "hr",
        "reason",
        "errorcode",
        "err",
        "exception",
        "stop",
        "jet",
        "rc",
    ]
    .contains(&word)
}

/// Codes in a text, with the line that each stands on. `plain` takes short numbers too, where the
/// word before says that they are codes.
pub(super) fn codes(lines: &[(u32, &str)], plain: bool) -> Vec<CodeNamed> {
    let mut codes: Vec<CodeNamed> = Vec::new();
    let mut before = String::new();
    let mut earlier = String::new();
    for (line, text) in lines {
        for word in text.split_whitespace() {
            // "error:-1032", "code=5", "(0x80070005)"
            let mut name = String::new();
            for piece in word.split([
                ':', '=', '(', ')', '[', ']', ',', ';', '"', '\'', '<', '>', '`',
            ]) {
                let label = if name.is_empty() { &before } else { &name };
                let by_word = says_code(label)
                    || (["is", "of", "was", "number", "code", "#", ""]
                        .contains(&label.trim_matches(|c: char| !c.is_alphanumeric() && c != '#'))
                        && says_code(&earlier));
                if let Some(code) = code(piece, by_word && plain) {
                    let known = codes.iter().any(|known| known.value == code.0);
                    if !known && codes.len() < MOST_CODES {
                        codes.push(CodeNamed {
                            value: code.0,
                            written: code.1.into(),
                            line: *line,
                        });
                    }
                }
                if !piece.is_empty() {
                    name = piece.to_ascii_lowercase();
                }
            }
            earlier = std::mem::replace(&mut before, word.to_ascii_lowercase());
        }
    }
    codes
}

/// A code and how it is written. Hex of eight digits says itself that it is one, if it has the top
/// bit of an HRESULT or NTSTATUS.
fn code(piece: &str, by_word: bool) -> Option<(i64, String)> {
    let core = piece
        .trim_end_matches(['.', '!', '?', 'L', 'l', '*'])
        .trim_start_matches('*');
    let core = core
        .strip_suffix('h')
        .filter(|_| core.len() == 9)
        .unwrap_or(core);
    if core.len() < 2 && !by_word || core.is_empty() || core.len() > 14 {
        return None;
    }
    if let Some(hex) = core.strip_prefix("0x").or_else(|| core.strip_prefix("0X")) {
        let value = number::parse(core)?;
        let telling = hex.len() >= 7 && (0x4000_0000..=0xffff_fffe).contains(&value);
        return (telling || by_word && value > 1).then(|| (value, core.to_owned()));
    }
    if core.starts_with("%%") {
        return number::parse(core)
            .filter(|value| *value > 1)
            .map(|value| (value, core.to_owned()));
    }
    let bare = core.len() == 8
        && core.starts_with(['8', 'c', 'C', 'e', 'E'])
        && core.bytes().all(|byte| byte.is_ascii_hexdigit())
        && core.bytes().any(|byte| byte.is_ascii_digit());
    if bare
        && (by_word
            || core.starts_with("8007")
            || core.starts_with("8004")
            || core.starts_with("c00")
            || core.starts_with("C00"))
    {
        let value = i64::from_str_radix(core, 16).ok()?;
        return Some((value, core.to_owned()));
    }
    if !by_word {
        return None;
    }
    let plain = core.strip_prefix('-').unwrap_or(core);
    let sound = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
    let value = sound.then(|| number::parse(core)).flatten()?;
    (value > 1).then(|| (value, core.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Vec<String> {
        let phrases = phrases(&[(1, text.to_owned())]).into_iter();
        phrases.map(|phrase| phrase.text.to_string()).collect()
    }

    #[test]
    fn what_varies_is_a_placeholder() {
        for (text, wanted) in [
            (
                "Table (LTAB) index: %1, NT/MTA error code:5.",
                "Table (LTAB) index: {1}, NT/MTA error code:5.",
            ),
            (
                "Zone <zone name> to <ip-address>, done.",
                "Zone {} to {}, done.",
            ),
            (
                "No data for xxxxx after 213 tries.",
                "No data for {} after {} tries.",
            ),
            ("It failed with error 1722.", "It failed with error 1722."),
            (
                "A connection to /O=Org/OU=Site/CN=Name could not be opened.",
                "A connection to {} could not be opened.",
            ),
            ("File {a} is gone.", "File {} is gone."),
        ] {
            assert_eq!(one(text), [wanted], "{text}");
        }
        assert_eq!(
            one("It stops. It starts. (12)"),
            ["It stops.", "It starts."]
        );
        assert_eq!(one("12. 34."), [] as [&str; 0]);
    }

    #[test]
    fn codes_in_a_text() {
        let values = |text: &str| -> Vec<i64> {
            codes(&[(1, text)], true)
                .iter()
                .map(|code| code.value)
                .collect()
        };
        for (text, wanted) in [
            ("returned error 1722", &[1722][..]),
            ("NT/MTA error code:5.", &[5]),
            ("Error -1018 in file", &[0xffff_fc06]),
            ("HRESULT: 0x80040111", &[0x8004_0111]),
            ("The error is 8007000e, which", &[0x8007_000e]),
            ("failed: %%1053", &[1053]),
            ("Windows NT error: 9301.The", &[]),
            ("50 files, 0x5 of them", &[]),
            ("error code is 718, index 0", &[718]),
            ("error 5 and error 5", &[5]),
        ] {
            assert_eq!(values(text), wanted, "{text}");
        }
        assert_eq!(codes(&[(1, "error 5")], false), []);
    }
}
