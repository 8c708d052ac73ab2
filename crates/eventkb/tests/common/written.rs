//! Logs as programs export them, whole: what tests of forms have in common.

use eventkb_testkit::EventSpec;
use eventkb_testkit::dialects::{Dialect, xml};
use serde_json::{Value, json};

/// As Event Viewer saves a log as XML.
pub(crate) fn xml_of_event_viewer(events: &[EventSpec]) -> String {
    let body: String = events.iter().map(xml).collect();
    let head = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n";
    format!("{head}<Events>{body}</Events>")
}

/// As a redirected `wevtutil qe` writes it: UTF-16, and no root around the events.
pub(crate) fn xml_of_wevtutil(events: &[EventSpec]) -> Vec<u8> {
    let body: String = events.iter().map(|event| xml(event) + "\r\n").collect();
    utf16(&body)
}

/// A text as PowerShell redirects it.
pub(crate) fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// As `evtx_dump -o jsonl` writes events.
pub(crate) fn json_of_evtx_dump(events: &[EventSpec]) -> String {
    lines(events, |event| {
        json!({ "Event": {
            "System": {
                "Provider": { "#attributes": { "Name": event.provider } },
                "EventID": {
                    "#attributes": { "Qualifiers": event.qualifiers }, "#text": event.event_id,
                },
                "Level": event.level, "Task": event.task,
                "TimeCreated": { "#attributes": { "SystemTime": event.time.to_rfc3339() } },
                "EventRecordID": event.record_id, "Channel": event.channel,
                "Computer": event.computer,
            },
            "EventData": { "Data": { "#text": event.strings } },
        }})
    })
}

/// As `eventkb events --format jsonl` writes events.
pub(crate) fn json_lines(events: &[EventSpec]) -> String {
    lines(events, |event| {
        json!({
            "provider": event.provider, "event_source": null, "event_id": event.event_id,
            "qualifiers": event.qualifiers, "level": event.level, "category": event.task,
            "category_name": null, "channel": event.channel, "computer": event.computer,
            "time": event.time.to_rfc3339(), "record_id": event.record_id,
            "strings": event.strings, "named": [], "message": null, "trust": "intact",
        })
    })
}

fn lines(events: &[EventSpec], each: fn(&EventSpec) -> Value) -> String {
    events
        .iter()
        .map(|event| each(event).to_string() + "\n")
        .collect()
}

/// As `Get-EventLog | Export-Clixml` writes events.
pub(crate) fn clixml(events: &[EventSpec]) -> String {
    Dialect::Clixml.write(events)
}
