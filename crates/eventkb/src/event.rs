//! The event model: what every log format becomes before anything is matched.
//!
//! Knows nothing of file formats and nothing of signatures.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How far the bytes behind an event can be believed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Read from a sound place: frames agree, checksums hold (or the format has none).
    #[default]
    Intact,
    /// The record's frame was damaged and could be put right from its surroundings, or a part of
    /// its content could not be read and was left out.
    Repaired,
    /// The checksum over the record's chunk does not hold: the content may differ from what was
    /// written.
    ChecksumFailed,
    /// Carved from space that the log no longer counts as its own: an older, overwritten record.
    Recovered,
}

impl Trust {
    /// The name used in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Trust::Intact => "intact",
            Trust::Repaired => "repaired",
            Trust::ChecksumFailed => "checksum_failed",
            Trust::Recovered => "recovered",
        }
    }
}

/// One log record, whatever file format it came from.
///
/// Fields are the event's own (`System/EventRecordID`, `System/TimeCreated`), never those of the
/// record's frame: in exported logs the two differ in almost half of all records.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Event {
    /// `Provider/@Name`, or the source name of a classic record.
    pub provider: String,
    /// `Provider/@EventSourceName`: the classic source name that a manifest provider kept.
    pub event_source: Option<String>,
    /// The event ID people see: the low 16 bits of the 32-bit identifier.
    pub event_id: u16,
    /// The high 16 bits of a classic identifier (severity, facility). Never decides a match.
    pub qualifiers: Option<u16>,
    /// 1 critical, 2 error, 3 warning, 4 information, 5 verbose, 0 "log always" or audit.
    pub level: Option<u8>,
    /// Category (`System/Task`) as the number the record holds.
    pub category: Option<u16>,
    /// The category's name, where the log carries it (forwarded events, exports).
    pub category_name: Option<String>,
    /// The log the event was written to, such as `Application`.
    pub channel: Option<String>,
    /// The computer that wrote the event, as the record spells it.
    pub computer: Option<String>,
    /// `System/TimeCreated` in UTC.
    pub time: Option<Timestamp>,
    /// `System/EventRecordID`.
    pub record_id: Option<u64>,
    /// The insertion strings in order (string 1 is `strings[0]`): every `Data` value, named or
    /// not; empty strings keep their place. `None` when this export carries no strings at all.
    pub strings: Option<Vec<String>>,
    /// Values that have a name, in order: `(name, value)`.
    pub named: Vec<(String, String)>,
    /// The rendered text, if the log carries one.
    pub message: Option<String>,
    /// How far the bytes behind it can be believed.
    pub trust: Trust,
    /// The file it was read from; inside an archive `case.zip!/SEATTLE/AppEvent.Evt`.
    pub file: Arc<str>,
    /// Where in that file, in bytes, if the format has such a place.
    pub offset: Option<u64>,
}

impl Event {
    /// Whether `name` is this event's provider: ignoring ASCII case, against both the provider
    /// name and the classic source name.
    pub fn is_from(&self, name: &str) -> bool {
        self.provider.eq_ignore_ascii_case(name)
            || self
                .event_source
                .as_deref()
                .is_some_and(|source| source.eq_ignore_ascii_case(name))
    }

    /// Insertion string `position`, counted from 1 as in `%1`.
    pub fn string(&self, position: usize) -> Option<&str> {
        let strings = self.strings.as_ref()?;
        strings.get(position.checked_sub(1)?).map(String::as_str)
    }
}

/// The word for a level number, as Event Viewer shows it.
pub fn level_name(level: u8) -> &'static str {
    match level {
        0 => "log always",
        1 => "critical",
        2 => "error",
        3 => "warning",
        4 => "information",
        5 => "verbose",
        _ => "other",
    }
}

/// The first label of a computer name: `FS03.example.lan` and `FS03` name the same machine.
pub fn short_name(computer: &str) -> &str {
    // An IPv4 address has no labels to cut.
    if computer.parse::<std::net::IpAddr>().is_ok() {
        return computer;
    }
    computer.split('.').next().unwrap_or(computer)
}
