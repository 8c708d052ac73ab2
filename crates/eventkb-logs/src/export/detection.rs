//! Tells what kind of export a text is, by its first record.
//!
//! A first record may be long: where the beginning of a text leaves it open what it is, more of it
//! is asked for, up to the limit for one record.

use crate::detect::{Format, Seen};
use crate::export::{
    NAMESPACE, copied, dates, format_list, key_values, layout, objects, properties, snare, text,
    xml,
};
use crate::limits;

/// What kind of export a file is, judged by its beginning. `whole` says that there is no more of
/// the file.
pub(crate) fn look(prefix: &[u8], whole: bool) -> Seen {
    let text = text::beginning(prefix);
    let text = start(&text);
    let Some(first) = text.chars().next() else {
        return Seen::Unknown;
    };
    let (seen, wanted) = match first {
        // `<13>` begins a line of syslog.
        '<' if !has_priority(text) => (markup(text), limits::DETECTION_RECORD),
        '{' | '[' => {
            let events = objects::are_events(text);
            (
                events.map(|are| are.then_some(Format::Json)),
                limits::DETECTION_RECORD,
            )
        }
        _ if text.lines().next().is_some_and(|line| line.contains('{')) => {
            (plain(text), limits::DETECTION_RECORD)
        }
        _ => (plain(text), limits::DETECTION_TEXT),
    };
    match seen {
        Some(Some(format)) => Seen::Known(format),
        Some(None) => Seen::Unknown,
        None if whole || prefix.len() >= wanted => Seen::Unknown,
        None => {
            // In two steps: most texts show what they are in the first one.
            let more = [limits::DETECTION_TEXT, wanted];
            let more = more.into_iter().find(|more| *more > prefix.len());
            Seen::More(more.unwrap_or(wanted))
        }
    }
}

/// Whether a text begins as a line of syslog with its priority.
fn has_priority(text: &str) -> bool {
    let number = text.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    number.is_some_and(|(number, _)| number.len() <= 3 && number.parse::<u16>().is_ok())
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
            rest.split_once(['\n', '\r'])
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

/// A format, nothing that is known, or that more must be seen.
type Open = Option<Option<Format>>;

fn markup(text: &str) -> Open {
    if text.starts_with("<Objs") {
        let powershell = text.contains("http://schemas.microsoft.com/powershell/2004/04");
        let events = [
            "System.Diagnostics.EventLogEntry",
            "System.Diagnostics.Eventing.Reader.EventLogRecord",
        ]
        .iter()
        .any(|name| text.contains(name));
        return match (powershell, events) {
            (true, true) => Some(Some(Format::Clixml)),
            (true, false) if text.len() < limits::DETECTION_TEXT => None,
            _ => Some(None),
        };
    }
    if ["<Objects", "<ROOT", "<!DOCTYPE ROOT"]
        .iter()
        .any(|root| text.starts_with(root))
    {
        return properties::are_events(text).map(|are| are.then_some(Format::Properties));
    }
    if is_xml(text) {
        return Some(Some(Format::Xml));
    }
    // A root of another name, or a comment above it, may be long.
    let begin: String = text.chars().take(9).flat_map(char::to_lowercase).collect();
    let html = begin.starts_with("<html") || begin.starts_with("<!doctype");
    if html || text.len() >= limits::DETECTION_TEXT {
        Some(None)
    } else {
        None
    }
}

fn is_xml(text: &str) -> bool {
    let prefix = xml::prefix(text);
    let is = |name: &str| {
        let tag = format!("<{prefix}{name}");
        text.strip_prefix(&tag)
            .is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n', '>', '/']))
    };
    let has = |tag: &str| text.contains(&format!("<{prefix}{tag}"));
    let event = is("Event") && (has("System") || text.contains(NAMESPACE));
    let ended = text.contains(&format!("</{prefix}Events>"));
    let events = is("Events") && (has("Event ") || has("Event>") || ended);
    // `wevtutil /e:NAME` makes a root of any name.
    event || events || first_event(text).is_some()
}

/// Where the first event in Microsoft's namespace begins.
fn first_event(text: &str) -> Option<usize> {
    let tags = [r#"<Event xmlns=""#, "<Event xmlns='"];
    let found = tags.iter().filter_map(|tag| {
        let mut hits = text.match_indices(tag);
        let hit = hits.find(|(at, tag)| {
            text.get(at + tag.len()..)
                .is_some_and(|rest| rest.starts_with(NAMESPACE))
        })?;
        Some(hit.0)
    });
    found.min()
}

fn plain(text: &str) -> Open {
    let text = &*text::with_line_feeds(text);
    if is_wevtutil_text(text) {
        return Some(Some(Format::WevtutilText));
    }
    let copied = copied::are_events(text);
    if follows_a_prefix(text) || copied == Some(true) && first_event(text).is_some() {
        return Some(Some(Format::Xml));
    }
    if let Some(json) = json_behind_a_prefix(text) {
        match json {
            Some(true) => return Some(Some(Format::Json)),
            None if text.len() < limits::DETECTION_RECORD => return None,
            _ => {}
        }
    }
    match snare::are_events(text) {
        Some(true) => return Some(Some(Format::Snare)),
        None if text.len() < limits::DETECTION_TEXT => return None,
        _ => {}
    }
    if layout::detect(text).is_some() {
        return Some(Some(Format::Csv));
    }
    let long = text.len() >= limits::DETECTION_TEXT;
    let lists = [
        copied,
        key_values::are_events(text),
        format_list::are_events(text),
    ];
    if lists.contains(&Some(true)) {
        return Some(Some(Format::List));
    }
    if !long && lists.contains(&None) {
        return None;
    }
    // A heading may stand above a first row that is long.
    let heading = text.lines().next().unwrap_or_default();
    let mut signs = [',', '\t', ';', '|'].into_iter();
    if !long && signs.any(|sign| heading.matches(sign).count() >= 2) {
        None
    } else {
        Some(None)
    }
}

/// Whether the first event stands behind what a relay of syslog puts on each line, or below the line
/// with which `evtxexport` begins.
fn follows_a_prefix(text: &str) -> bool {
    let Some(at) = first_event(text) else {
        return false;
    };
    let before = text.get(..at).unwrap_or_default();
    if before.starts_with("evtxexport ") && before.lines().count() <= 4 {
        return true;
    }
    is_prefix(before)
}

/// Whether this is what a relay of syslog puts before what it passes on: it holds a time of day.
pub(crate) fn is_prefix(before: &str) -> bool {
    // `09:40:30`.
    let mut times = before.as_bytes().windows(8);
    let is_time = |bytes: &[u8]| {
        bytes.iter().enumerate().all(|(at, byte)| match at {
            2 | 5 => *byte == b':',
            _ => byte.is_ascii_digit(),
        })
    };
    before.len() <= 300 && !before.contains(['\n', '"']) && times.any(is_time)
}

/// Whether the JSON behind the prefix of a first line is an event; `None` if there is no such line.
fn json_behind_a_prefix(text: &str) -> Option<Option<bool>> {
    let (before, _) = text.split_once('{')?;
    let json = text.get(before.len()..)?;
    is_prefix(before).then(|| objects::are_events(json))
}

/// Whether a text begins as `wevtutil` prints events.
fn is_wevtutil_text(text: &str) -> bool {
    let mut lines = text.lines();
    if lines.next().and_then(block_number).is_none() {
        return false;
    }
    let fields: Vec<(&str, &str)> = lines
        .take(4)
        .map_while(|line| line.split_once(':'))
        .map(|(name, value)| (name, value.trim()))
        .collect();
    let names: Vec<&str> = fields.iter().map(|(name, _)| name.trim()).collect();
    if names.starts_with(&["Log Name", "Source", "Date"]) {
        return true;
    }
    // The names are in the language of the system: the form tells.
    let indented = fields.iter().all(|(name, _)| name.starts_with(' '));
    let [log, source, date, id] = fields.as_slice() else {
        return false;
    };
    indented
        && !log.1.is_empty()
        && !source.1.is_empty()
        && dates::unambiguous(date.1).is_some()
        && id.1.parse::<u32>().is_ok()
}

/// The number in `Event[7]:`, in any language.
pub(crate) fn block_number(line: &str) -> Option<u64> {
    let (word, number) = line.trim_end().split_once('[')?;
    if word.is_empty() || word.len() > 40 || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    number
        .strip_suffix(']')
        .or_else(|| number.strip_suffix("]:"))?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(bytes: &[u8]) -> Option<Format> {
        match look(bytes, true) {
            Seen::Known(format) => Some(format),
            Seen::Unknown | Seen::More(_) => None,
        }
    }

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
{"Event":{"#attributes":{},"System":{"Provider":{"#attributes":{"##,
            r#"{"@timestamp":"x","winlog":{"provider_name":"x","event_id":7,"event_data":{"#,
            "[\n    {\n        \"Id\":  9322,\n        \"ProviderName\":  \"x\",\n        \"LogName\":  \"y\",\n",
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
