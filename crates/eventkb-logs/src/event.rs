//! The event model: what every log format becomes.
//!
//! Knows nothing of file formats.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether a time was set at all. Zero stands for none where Windows counts from 1601 and where others
/// count from 1970; what else lies in that first year is a duration, or a clock that never ran. Taken as
/// times they would all be one, and tie together what has nothing to do with each other.
pub(crate) fn is_set(time: &Timestamp) -> bool {
    /// The year 1602, in seconds since 1970.
    const SECOND_YEAR: i64 = -11_612_937_600;
    time.as_second() >= SECOND_YEAR && *time != Timestamp::UNIX_EPOCH
}

/// How far the bytes behind an event can be believed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trust {
    /// Read from a sound place: frames agree, checksums hold (or the format has none).
    #[default]
    Intact,
    /// Read from the end of a log that is still being written: it has no checksum yet.
    Unverified,
    /// The record's frame was damaged and could be put right from its surroundings, or a part of
    /// its content could not be read and was left out.
    Repaired,
    /// The checksum over the record's chunk does not hold: the content may differ from what was
    /// written.
    ChecksumFailed,
    /// The record's chunk says that it keeps no checksums: nothing shows whether the content was
    /// altered.
    NoChecksum,
    /// The header of the record's chunk contradicts it: the record may be forged, or belong
    /// elsewhere.
    HeaderMismatch,
    /// Carved from space that the log no longer counts as its own: an older, overwritten record.
    Recovered,
}

impl Trust {
    /// All states, the best first.
    pub const ALL: [Trust; 7] = [
        Trust::Intact,
        Trust::Unverified,
        Trust::Repaired,
        Trust::ChecksumFailed,
        Trust::NoChecksum,
        Trust::HeaderMismatch,
        Trust::Recovered,
    ];

    /// Whether an event of this kind is weak evidence, which cannot carry a conclusion alone:
    /// nothing vouches for the content ([`NoChecksum`](Trust::NoChecksum)), the log itself speaks
    /// against it ([`HeaderMismatch`](Trust::HeaderMismatch)), or the log had given the record up
    /// ([`Recovered`](Trust::Recovered)). A record that was put right, or whose chunk has a wrong
    /// checksum, was written by this log all the same and is not weak by that alone.
    pub fn is_weak(self) -> bool {
        matches!(
            self,
            Trust::NoChecksum | Trust::HeaderMismatch | Trust::Recovered
        )
    }

    /// The name used in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Trust::Intact => "intact",
            Trust::Repaired => "repaired",
            Trust::Unverified => "unverified",
            Trust::ChecksumFailed => "checksum_failed",
            Trust::NoChecksum => "no_checksum",
            Trust::HeaderMismatch => "header_mismatch",
            Trust::Recovered => "recovered",
        }
    }
}

/// One log record, whatever file format it came from.
///
/// Fields are the event's own (`System/EventRecordID`, `System/TimeCreated`), never those of the
/// record's frame: in exported logs the two differ in almost half of all records.
///
/// The fields may grow in number. The type is not `#[non_exhaustive]` all the same, because that
/// would forbid the struct literals with which embedders make events: write them with
/// `..Event::default()`, and a new field breaks nothing.
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
    /// Version of the event's manifest entry.
    pub version: Option<u8>,
    /// Opcode: the step within a task, such as start or stop.
    pub opcode: Option<u8>,
    /// Keywords, one bit each.
    pub keywords: Option<u64>,
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
    /// The process that wrote the event.
    pub process_id: Option<u32>,
    /// The thread that wrote the event.
    pub thread_id: Option<u32>,
    /// The account the event is about or was written by, as a SID (`System/Security/@UserID`).
    pub user_sid: Option<String>,
    /// What ties events of one activity together, as a GUID in braces.
    pub activity_id: Option<String>,
    /// The activity that this one came from, as a GUID in braces.
    pub related_activity_id: Option<String>,
    /// The insertion strings in order (string 1 is `strings[0]`): every `Data` value, named or
    /// not; empty strings keep their place. `None` when this export carries no strings at all.
    pub strings: Option<Vec<String>>,
    /// Values that have a name, in order: `(name, value)`.
    pub named: Vec<(String, String)>,
    /// The record's binary data. No insertion string, and not shown among them.
    pub binary: Option<Vec<u8>>,
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

/// What a reader knows of a record without decoding all of it: enough to count it, and to say
/// whether the rest is wanted.
///
/// Like [`Event`] it is not `#[non_exhaustive]`: fill it with `..Head::default()`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Head<'a> {
    /// `Provider/@Name`, or the source name of a classic record.
    pub provider: &'a str,
    /// `Provider/@EventSourceName`: the classic source name that a manifest provider kept.
    pub event_source: Option<&'a str>,
    /// Event ID.
    pub event_id: u16,
    /// Level, 1 to 5; 0 for audit events and "log always".
    pub level: Option<u8>,
    /// Category number.
    pub category: Option<u16>,
    /// When.
    pub time: Option<Timestamp>,
    /// On which computer.
    pub computer: Option<&'a str>,
    /// In which channel.
    pub channel: Option<&'a str>,
    /// `System/EventRecordID`.
    pub record_id: Option<u64>,
    /// How far the bytes can be believed, as far as that is known before the record is decoded.
    pub trust: Trust,
}

impl<'a> Head<'a> {
    /// The head of an event.
    pub fn of(event: &'a Event) -> Head<'a> {
        Head {
            provider: &event.provider,
            event_source: event.event_source.as_deref(),
            event_id: event.event_id,
            level: event.level,
            category: event.category,
            time: event.time,
            computer: event.computer.as_deref(),
            channel: event.channel.as_deref(),
            record_id: event.record_id,
            trust: event.trust,
        }
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
