//! Words and numbers that several views share.

use eventkb::event::Trust;
use eventkb::report::{CauseState, Citation, SymptomState, ValueSeen, Verdict};

use super::Reader;
use crate::render::doc::Tone;

/// `1 file`, `2 files`, `1,204 records`.
pub(crate) fn count(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", grouped(number))
}

/// `once`, `twice`, `3 times`.
pub(crate) fn times(number: u64) -> String {
    match number {
        1 => "once".into(),
        2 => "twice".into(),
        more => count(more, "time"),
    }
}

/// A number with thousands apart.
pub(crate) fn grouped(number: u64) -> String {
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
pub(crate) fn size(bytes: u64) -> String {
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

/// The first few names, and how many more there are.
pub(crate) fn some(names: &[String], most: usize) -> String {
    if names.len() <= most {
        return names.join(", ");
    }
    format!(
        "{} and {} more",
        names[..most].join(", "),
        names.len() - most
    )
}

/// A verdict as people read it.
pub(crate) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::RuledOut => "ruled out",
        other => other.as_str(),
    }
}

pub(crate) fn verdict_tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Match => Tone::Good,
        Verdict::Likely => Tone::Good,
        Verdict::Possible => Tone::Warn,
        Verdict::RuledOut => Tone::Dim,
    }
}

pub(crate) fn cause_tone(cause: CauseState) -> Tone {
    match cause {
        CauseState::Confirmed => Tone::Good,
        CauseState::Contradicted => Tone::Bad,
        CauseState::Unknown => Tone::Plain,
    }
}

/// A symptom's state as people read it.
pub(crate) fn state(state: SymptomState) -> &'static str {
    match state {
        SymptomState::Found => "found",
        SymptomState::NotFound => "not found",
        SymptomState::Contradicted => "contradicted",
        SymptomState::NotCheckable => "not checkable",
    }
}

pub(crate) fn state_tone(state: SymptomState) -> Tone {
    match state {
        SymptomState::Found => Tone::Good,
        SymptomState::NotFound => Tone::Warn,
        SymptomState::Contradicted => Tone::Bad,
        SymptomState::NotCheckable => Tone::Dim,
    }
}

/// `string 2 = 5 (access denied)`.
pub(crate) fn value(value: &ValueSeen) -> String {
    let shown = if value.value.is_empty() {
        "(empty)"
    } else {
        &value.value
    };
    match &value.meaning {
        Some(meaning) => format!("{} = {shown} ({meaning})", value.name),
        None => format!("{} = {shown}", value.name),
    }
}

/// When and where a record was written: everything but its file.
pub(crate) fn place(citation: &Citation, reader: &Reader) -> String {
    let mut parts = Vec::new();
    if let Some(time) = citation.time {
        parts.push(reader.zone.cell(time));
    }
    if let Some(computer) = &citation.computer {
        parts.push(computer.clone());
    }
    parts.push(record(citation));
    parts.join(" ")
}

/// Which record, and how far it can be believed.
pub(crate) fn record(citation: &Citation) -> String {
    let mut text = match (citation.record_id, citation.offset) {
        (Some(id), _) => format!("record {id}"),
        (None, Some(offset)) => format!("byte {offset}"),
        (None, None) => "record without id".into(),
    };
    if let Some(trust) = trust(citation.trust) {
        text.push_str(&format!(" [{trust}]"));
    }
    if citation.from_text {
        text.push_str(" [read from the message text]");
    }
    text
}

/// Why a record's bytes cannot be fully believed.
pub(crate) fn trust(trust: Trust) -> Option<&'static str> {
    match trust {
        Trust::Intact => None,
        Trust::Repaired => Some("repaired"),
        Trust::ChecksumFailed => Some("checksum failed"),
        Trust::Recovered => Some("recovered: an older, overwritten record"),
        other => Some(other.as_str()),
    }
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
    fn long_lists_are_cut_and_say_so() {
        let names: Vec<String> = ["a", "b", "c"].map(String::from).into();
        assert_eq!(some(&names, 3), "a, b, c");
        assert_eq!(some(&names, 1), "a and 2 more");
    }
}
