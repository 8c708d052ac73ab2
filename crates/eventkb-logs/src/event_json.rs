//! One event as one line of JSON.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::event::Event;
use crate::numbers;

/// One event as one line of JSON: what is written here is read back as the same event, but for its file and
/// offset, which are then those of the line.
#[derive(Debug, Serialize)]
pub struct JsonEvent<'a> {
    provider: &'a str,
    event_source: Option<&'a str>,
    event_id: u16,
    qualifiers: Option<u16>,
    level: Option<u8>,
    category: Option<u16>,
    category_name: Option<&'a str>,
    channel: Option<&'a str>,
    computer: Option<&'a str>,
    time: Option<Timestamp>,
    record_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opcode: Option<u8>,
    /// In hex: readers of JSON lose the low bits of numbers this large.
    #[serde(skip_serializing_if = "Option::is_none")]
    keywords: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    process_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_sid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    related_activity_id: Option<&'a str>,
    /// In hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    binary: Option<String>,
    strings: Option<&'a [String]>,
    #[serde(serialize_with = "named")]
    named: &'a [(String, String)],
    message: Option<&'a str>,
    file: &'a str,
    offset: Option<u64>,
    trust: &'static str,
}

/// A value with its name; names may repeat.
#[derive(Debug, Serialize)]
struct Named<'a> {
    name: &'a str,
    value: &'a str,
}

fn named<S: Serializer>(named: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(named.iter().map(|(name, value)| Named { name, value }))
}

impl<'a> From<&'a Event> for JsonEvent<'a> {
    fn from(event: &'a Event) -> Self {
        JsonEvent {
            provider: &event.provider,
            event_source: event.event_source.as_deref(),
            event_id: event.event_id,
            qualifiers: event.qualifiers,
            level: event.level,
            category: event.category,
            category_name: event.category_name.as_deref(),
            channel: event.channel.as_deref(),
            computer: event.computer.as_deref(),
            time: event.time,
            record_id: event.record_id,
            version: event.version,
            opcode: event.opcode,
            keywords: event.keywords.map(|bits| format!("{bits:#x}")),
            process_id: event.process_id,
            thread_id: event.thread_id,
            user_sid: event.user_sid.as_deref(),
            activity_id: event.activity_id.as_deref(),
            related_activity_id: event.related_activity_id.as_deref(),
            binary: event.binary.as_deref().map(numbers::hex),
            strings: event.strings.as_deref(),
            named: &event.named,
            message: event.message.as_deref(),
            file: &event.file,
            offset: event.offset,
            trust: event.trust.as_str(),
        }
    }
}
