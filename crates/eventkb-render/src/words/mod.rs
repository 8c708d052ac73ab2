//! Words: everything in a report that is no text yet is said here, each thing in one place.
//!
//! Reasons come as data. A module for each kind of them makes the words; nothing else does, and
//! nothing looks into a sentence once it is made.

pub(crate) mod absence;
pub(crate) mod cause;
pub(crate) mod condition;
pub(crate) mod defect;
pub(crate) mod doubt;
pub(crate) mod event;
#[cfg(test)]
mod every_variant;
pub(crate) mod finding;
pub(crate) mod landmark;
pub(crate) mod lead;
pub(crate) mod ranking;
pub mod redaction;
pub(crate) mod rule;
pub(crate) mod symptom;
pub(crate) mod timeline;
pub(crate) mod verdict;

/// What is said of a kind of reason that a newer version knows and this one does not.
pub(crate) const UNKNOWN: &str = "for a reason that this version of the program does not know";

/// A computer; some exports name none.
pub(crate) fn computer(name: &str) -> &str {
    match name {
        "" => "the computer that the export does not name",
        name => name,
    }
}

/// `1 file`, `2 files`, `1,204 records`.
pub fn count(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", grouped(number))
}

/// `once`, `twice`, `3 times`.
pub fn times(number: u64) -> String {
    match number {
        1 => "once".into(),
        2 => "twice".into(),
        more => count(more, "time"),
    }
}

/// A number with thousands apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A size for people.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return count(bytes, "byte");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// A number of seconds in the largest unit that is exact: `90 s`, `10 min`, `2 h`, `7 days`.
pub(crate) fn duration(seconds: u64) -> String {
    match seconds {
        0 => "0 s".into(),
        s if s.is_multiple_of(86_400) => count(s / 86_400, "day"),
        s if s.is_multiple_of(3_600) => format!("{} h", grouped(s / 3_600)),
        s if s.is_multiple_of(60) => format!("{} min", grouped(s / 60)),
        s => format!("{} s", grouped(s)),
    }
}

/// About how long something took, in a unit that fits: `41 s`, `12 min`, `5 h`, `3 days`.
pub(crate) fn lasting(seconds: u64) -> String {
    match seconds {
        s if s < 120 => format!("{s} s"),
        s if s < 7_200 => format!("{} min", s / 60),
        s if s < 172_800 => format!("{} h", s / 3_600),
        s => count(s / 86_400, "day"),
    }
}

/// The first few names, and how many more there are.
pub(crate) fn some<T: AsRef<str>>(names: &[T], most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(most) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(crate) fn either<T: AsRef<str>>(names: &[T]) -> String {
    joined(names, "or")
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn both<T: AsRef<str>>(names: &[T]) -> String {
    joined(names, "and")
}

fn joined<T: AsRef<str>>(names: &[T], word: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} {word} {}", first.join(", "), last.as_ref())
        }
    }
}

/// A sentence out of a clause: a capital at its beginning, a stop at its end.
pub(crate) fn sentence(clause: &str) -> String {
    let clause = clause.trim();
    let mut chars = clause.chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    let mut text: String = first.to_uppercase().chain(chars).collect();
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

/// An author's sentence as part of a longer one: without its stop.
pub(crate) fn clause(sentence: &str) -> &str {
    sentence.trim().trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1, "file"), "1 file");
        assert_eq!(count(0, "file"), "0 files");
        assert_eq!(count(1_234_567, "record"), "1,234,567 records");
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(69_632), "68.0 KiB");
        assert_eq!(size(u64::MAX), "16777216.0 TiB");
    }

    #[test]
    fn durations_are_exact() {
        for (seconds, wanted) in [
            (0, "0 s"),
            (90, "90 s"),
            (600, "10 min"),
            (7_200, "2 h"),
            (86_400, "1 day"),
            (604_800, "7 days"),
            (86_401, "86,401 s"),
        ] {
            assert_eq!(duration(seconds), wanted);
        }
    }

    #[test]
    fn long_lists_are_cut_and_say_so() {
        let names = ["a", "b", "c"];
        assert_eq!(some(&names, 3), "a, b, c");
        assert_eq!(some(&names, 1), "a and 2 more");
        assert_eq!(either(&names), "a, b or c");
        assert_eq!(both(&names[..2]), "a and b");
    }

    #[test]
    fn clauses_become_sentences() {
        assert_eq!(sentence("the log is cut"), "The log is cut.");
        assert_eq!(sentence("Is it?"), "Is it?");
        assert_eq!(sentence(""), "");
        assert_eq!(clause("A full stop. "), "A full stop");
    }
}
