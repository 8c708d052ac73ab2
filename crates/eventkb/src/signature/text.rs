//! How texts compare.

use crate::limits;

/// A text with case and surrounding space taken out.
pub(crate) fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Whether two texts are the same but for case and surrounding space. `b` is folded already.
pub(crate) fn is_folded(a: &str, b: &str) -> bool {
    let a = a.trim();
    // Nearly all values and all wanted texts are ASCII.
    if a.is_ascii() {
        a.eq_ignore_ascii_case(b)
    } else {
        a.to_lowercase() == b
    }
}

/// Whether `text` begins, ends with or contains `wanted`, which is folded already.
pub(crate) fn starts_folded(text: &str, wanted: &str) -> bool {
    let text = text.trim_start();
    match text.get(..wanted.len()) {
        Some(head) if head.is_ascii() => head.eq_ignore_ascii_case(wanted),
        _ => text.to_lowercase().starts_with(wanted),
    }
}

/// See [`starts_folded`].
pub(crate) fn ends_folded(text: &str, wanted: &str) -> bool {
    let text = text.trim_end();
    let at = text.len().checked_sub(wanted.len());
    match at.and_then(|at| text.get(at..)) {
        Some(tail) if tail.is_ascii() => tail.eq_ignore_ascii_case(wanted),
        _ => text.to_lowercase().ends_with(wanted),
    }
}

/// See [`starts_folded`].
pub(crate) fn contains_folded(text: &str, wanted: &str) -> bool {
    if wanted.is_empty() {
        return true;
    }
    if text.is_ascii() && wanted.is_ascii() {
        let wanted = wanted.as_bytes();
        return text
            .as_bytes()
            .windows(wanted.len())
            .any(|window| window.eq_ignore_ascii_case(wanted));
    }
    text.to_lowercase().contains(wanted)
}

/// The part of a text that patterns look at.
pub(crate) fn within_limit(text: &str) -> &str {
    let mut end = text.len().min(limits::MAX_PATTERN_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_count() {
        assert!(is_folded(" IP Helper ", "ip helper"));
        assert!(is_folded("Ärger", "ärger"));
        assert!(!is_folded("IP Helper 2", "ip helper"));
        assert!(starts_folded("  SQL Server (X)", "sql server ("));
        assert!(ends_folded("C:\\Windows\\WMIPRVSE.EXE ", "wmiprvse.exe"));
        assert!(contains_folded("x WmiPrvSE.exe y", "wmiprvse"));
        assert!(contains_folded("Ä wmiprvse", "ä W".to_lowercase().as_str()));
        assert!(!contains_folded("abc", "abcd"));
        assert!(!starts_folded("é", "e"));
    }
}
