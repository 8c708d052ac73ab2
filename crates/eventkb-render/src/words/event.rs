//! Events and records in words: citations, values, levels, trust.

use eventkb::report::{Citation, EventRef, Trust, ValueSeen};

use crate::doc::Tone;
use crate::times::Zone;

/// Shorter paths are shown whole.
const SHORT_PATH: usize = 40;
/// Characters of a value in a line.
const LONGEST_VALUE: usize = 100;

/// `7000 Service Control Manager`.
pub(crate) fn event(provider: &str, event_id: u16) -> String {
    match provider {
        "" => event_id.to_string(),
        provider => format!("{event_id} {provider}"),
    }
}

/// The same for a reference.
pub(crate) fn reference(event: &EventRef) -> String {
    self::event(&event.provider, event.event_id)
}

/// A level, as Event Viewer shows it.
pub(crate) fn level(level: Option<u8>) -> &'static str {
    level.map_or("unknown", eventkb_logs::event::level_name)
}

/// Errors and warnings stand out.
pub(crate) fn level_tone(level: Option<u8>) -> Tone {
    match level {
        Some(1 | 2) => Tone::Bad,
        Some(3) => Tone::Warn,
        _ => Tone::Plain,
    }
}

/// `error = 5 (access denied)`.
pub(crate) fn value(value: &ValueSeen) -> String {
    let name = value_name(&value.name);
    let shown = shown(&value.value);
    match &value.meaning {
        Some(meaning) => format!("{name} = {shown} ({meaning})"),
        None => format!("{name} = {shown}"),
    }
}

/// Of a long path or name of a directory its end tells most: from the last separator on.
pub(crate) fn short_end(name: &str) -> &str {
    match name.rfind(['/', '\\']) {
        Some(at) if at > SHORT_PATH => name
            .get(at + 1..)
            .filter(|end| !end.is_empty())
            .unwrap_or(name),
        _ => name,
    }
}

/// The same for a line: a long value is cut, of a path its beginning.
pub(crate) fn short_value(value: &ValueSeen) -> String {
    let end = short_end(&value.value);
    if end.len() < value.value.len() {
        let mut short = value.clone();
        short.value = format!("…{end}");
        return self::value(&short);
    }
    match value.value.char_indices().nth(LONGEST_VALUE) {
        Some((cut, _)) => {
            let mut short = value.clone();
            short.value.truncate(cut);
            short.value.push('…');
            self::value(&short)
        }
        None => self::value(value),
    }
}

/// A value's name; a position where it has none.
pub(crate) fn value_name(name: &str) -> String {
    let is_position = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    if is_position {
        format!("string {name}")
    } else {
        name.to_owned()
    }
}

/// A value that is empty says so.
pub(crate) fn shown(value: &str) -> &str {
    if value.is_empty() { "(empty)" } else { value }
}

/// When and where a record was written: everything but its file.
pub(crate) fn place(citation: &Citation, zone: &Zone) -> String {
    let mut parts = Vec::new();
    parts.extend(citation.time.map(|time| zone.cell(time)));
    parts.extend(citation.computer.clone());
    parts.push(record(citation));
    parts.join(" ")
}

/// The same for a sentence, where no header names the zone.
pub(crate) fn full_place(citation: &Citation, zone: &Zone) -> String {
    let mut text = record(citation);
    if let Some(computer) = &citation.computer {
        text.push_str(&format!(" of {computer}"));
    }
    if let Some(time) = citation.time {
        text.push_str(&format!(", {}", zone.full(time)));
    }
    text
}

/// Which record, and how far it can be believed.
pub(crate) fn record(citation: &Citation) -> String {
    let mut text = record_number(citation.record_id, citation.offset);
    if let Some(trust) = trust(citation.trust) {
        text.push_str(&format!(" [{trust}]"));
    }
    if citation.from_text {
        text.push_str(" [read from the message text]");
    }
    text
}

/// A record by its id, else by its place.
pub(crate) fn record_number(record_id: Option<u64>, offset: Option<u64>) -> String {
    match (record_id, offset) {
        (Some(id), _) => format!("record {id}"),
        (None, Some(offset)) => format!("byte {offset}"),
        (None, None) => "record without id".into(),
    }
}

/// Why a record's bytes cannot be fully believed.
pub(crate) fn trust(trust: Trust) -> Option<&'static str> {
    match trust {
        Trust::Intact => None,
        Trust::Unverified => Some("not yet under a checksum"),
        Trust::Repaired => Some("repaired"),
        Trust::ChecksumFailed => Some("checksum failed"),
        Trust::NoChecksum => Some("without a checksum"),
        Trust::HeaderMismatch => Some("contradicted by the log around it"),
        Trust::Recovered => Some("recovered: an older, overwritten record"),
        _ => Some("of a trust that this version of the program does not know"),
    }
}
