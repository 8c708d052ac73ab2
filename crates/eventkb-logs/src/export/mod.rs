//! Events that other tools wrote as text: XML, CLIXML, JSON, tables.
//!
//! One module for each form; the others are what forms share. This file tells the forms apart by
//! their content: a dump is full of other texts, tables and XML, and nothing is taken for an export
//! unless its first record, or the heading above it, shows what it is.

#[cfg(feature = "exports")]
pub mod clixml;
#[cfg(feature = "exports")]
pub mod csv;
#[cfg_attr(
    not(feature = "exports"),
    allow(dead_code, reason = "what only tells an export apart is a part")
)]
mod dates;
#[cfg(feature = "exports")]
mod elements;
#[cfg(feature = "exports")]
mod json;
#[cfg(feature = "exports")]
pub mod jsonl;
#[cfg_attr(
    not(feature = "exports"),
    allow(dead_code, reason = "what only tells an export apart is a part")
)]
mod layout;
#[cfg_attr(
    not(feature = "exports"),
    allow(dead_code, reason = "what only tells an export apart is a part")
)]
mod localized_levels;
#[cfg(feature = "exports")]
mod missing_description;
#[cfg(feature = "exports")]
mod powershell;
#[cfg_attr(
    not(feature = "exports"),
    allow(dead_code, reason = "what only tells an export apart is a part")
)]
mod rows;
#[cfg(all(test, feature = "exports"))]
pub(crate) mod testing;
#[cfg_attr(
    not(feature = "exports"),
    allow(dead_code, reason = "what only tells an export apart is a part")
)]
pub(crate) mod text;
#[cfg(feature = "exports")]
pub mod wevtutil;
#[cfg(feature = "exports")]
pub mod xml;

use crate::detect::Format;

/// The namespace of events.
const NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// What kind of export a file is, judged by its beginning.
pub(crate) fn detect(prefix: &[u8]) -> Option<Format> {
    let text = text::beginning(prefix);
    let text = start(&text);
    match text.chars().next()? {
        '<' => xml(text),
        '{' | '[' => json(text).then_some(Format::Json),
        'E' if is_wevtutil_text(text) => Some(Format::WevtutilText),
        _ => layout::detect(text).map(|_| Format::Csv),
    }
}

/// Leaves out what may stand before the first record.
fn start(text: &str) -> &str {
    let mut text = text.trim_start();
    loop {
        let after = if let Some(rest) = text.strip_prefix("<?") {
            rest.split_once("?>").map(|(_, after)| after)
        } else if let Some(rest) = text.strip_prefix("<!--") {
            rest.split_once("-->").map(|(_, after)| after)
        } else if let Some(rest) = text.strip_prefix("Record ") {
            // As evtx_dump numbers records.
            rest.split_once('\n')
                .filter(|(number, _)| number.trim().parse::<u64>().is_ok())
                .map(|(_, after)| after)
        } else {
            None
        };
        match after {
            Some(after) => text = after.trim_start(),
            None => return text,
        }
    }
}

fn xml(text: &str) -> Option<Format> {
    if text.starts_with("<Objs") {
        let powershell = text.contains("http://schemas.microsoft.com/powershell/2004/04");
        let events = [
            "System.Diagnostics.EventLogEntry",
            "System.Diagnostics.Eventing.Reader.EventLogRecord",
        ]
        .iter()
        .any(|name| text.contains(name));
        return (powershell && events).then_some(Format::Clixml);
    }
    let is = |name: &str| {
        text.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n', '>', '/']))
    };
    let event = is("<Event") && (text.contains("<System") || text.contains(NAMESPACE));
    let events = is("<Events")
        && (text.contains("<Event ") || text.contains("<Event>") || text.contains("</Events>"));
    // `wevtutil /e:NAME` makes a root of any name.
    let other = [r#"<Event xmlns=""#, "<Event xmlns='"].iter().any(|tag| {
        text.split(tag)
            .skip(1)
            .any(|rest| rest.starts_with(NAMESPACE))
    });
    (event || events || other).then_some(Format::Xml)
}

fn json(text: &str) -> bool {
    let text = text.strip_prefix('[').map_or(text, str::trim_start);
    let keys = keys(text);
    let has = |key: &str| keys.contains(&key);
    has("provider") && has("event_id")
        || has("Event") && text.contains("\"System\"")
        || (has("winlog") || has("_source") && text.contains("\"winlog\""))
        || has("source_name") && has("event_id")
        || has("ProviderName") && has("Id")
        || has("Source") && (has("InstanceId") || has("EventID")) && has("MachineName")
}

/// The keys of the first object, as far as its text goes.
fn keys(text: &str) -> Vec<&str> {
    let mut keys = Vec::new();
    let mut depth = 0_usize;
    let mut opened = None;
    let mut last = None;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(start) = opened {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    opened = None;
                    last = text.get(start..at);
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => opened = Some(at + 1),
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => break,
            b'}' | b']' => depth -= 1,
            b':' if depth == 1 => keys.extend(last),
            _ => {}
        }
    }
    keys
}

/// Whether a text begins as `wevtutil` prints events.
fn is_wevtutil_text(text: &str) -> bool {
    let mut lines = text.lines();
    let first = lines.next().and_then(block_number).is_some();
    let names: Vec<&str> = lines
        .take(3)
        .filter_map(|line| Some(line.trim_start().split_once(':')?.0))
        .collect();
    first && names == ["Log Name", "Source", "Date"]
}

/// The number in `Event[7]:`.
fn block_number(line: &str) -> Option<u64> {
    let line = line.trim_end();
    line.strip_prefix("Event[")?
        .strip_suffix(']')
        .or_else(|| line.strip_prefix("Event[")?.strip_suffix("]:"))?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Option<Format> {
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let plain = detect(text.as_bytes());
        let wide = detect(&utf16);
        assert_eq!(plain, wide, "{text}");
        plain
    }

    #[test]
    fn exports_are_seen_whatever_stands_before() {
        let event = format!("<Event xmlns='{NAMESPACE}'><System>");
        for before in [
            "",
            "\u{feff}",
            "\r\n ",
            "<?xml version='1.0'?>\n<!-- x -->",
            "Record 12\n<?xml version='1.0'?>",
            "<?xml version='1.0'?><Events>",
            "<Root>",
        ] {
            assert_eq!(
                seen(&format!("{before}{event}")),
                Some(Format::Xml),
                "{before}"
            );
        }
        assert_eq!(seen("<Events></Events>"), Some(Format::Xml));
        for json in [
            r#"{"provider":"p","event_id":1}"#,
            r#"[ {"time": 1, "strings": ["a:b", "{\"x\":1}"], "provider": "p", "event_id": 1}"#,
            r##"Record 1
{"Event":{"#attributes":{},"System":{"Provider":"##,
            r#"{"@timestamp":"x","winlog":{"#,
            "[\n    {\n        \"Id\":  9322,\n        \"ProviderName\":  \"x\"",
            r#"{"EventID":1,"MachineName":"x","Source":"y"}"#,
        ] {
            assert_eq!(seen(json), Some(Format::Json), "{json}");
        }
        let clixml = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\n  <Obj RefId=\"0\">\n    <TN RefId=\"0\">\n      <T>System.Diagnostics.EventLogEntry#Application/x/1</T>";
        assert_eq!(seen(clixml), Some(Format::Clixml));
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in [
            "",
            "\u{feff}",
            "# Readme\n\n<Event> is described here",
            "<html><body>Event</body></html>",
            "<EventSource name='x'/>",
            "<Event>party</Event>",
            "<Objs xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj><T>System.Diagnostics.Process</T>",
            "<?xml version='1.0'",
            "Record of changes\n{\"Event\":{\"System\":1}}",
            "{\"name\":\"x\",\"version\":\"1.0\",\"event_id\":\"y\"}",
            "{\"x\":{\"provider\":\"p\",\"event_id\":1}}",
            "{\"case\":\"P01\",\"events\":[{\"provider\":\"p\",\"event_id\":1}]}",
            "[1,2,3]",
            "{}",
            "{",
        ] {
            assert_eq!(seen(text), None, "{text}");
        }
    }
}
