//! Tells formats apart by what is in the file, never by its name: customers rename logs.

use std::fmt;

use crate::{evt, evtx, export, limits};

/// Bytes at the beginning of a file that detection wants to see: up to the first chunk's magic of
/// an .evtx whose own header is destroyed.
pub const PREFIX: usize = 4096 + 8;

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Windows Vista and later: `ElfFile`.
    Evtx,
    /// Windows NT 4.0 to Server 2003: `LfLe`.
    Evt,
    /// Events as XML: Event Viewer, `wevtutil`, `evtx_dump`.
    Xml,
    /// Events that PowerShell wrote with `Export-Clixml`.
    Clixml,
    /// Events as JSON, one object a line or an array of objects.
    Json,
    /// Events as a table: Event Viewer, collectors of Microsoft support, LogParser, dumpel.
    Csv,
    /// Events as `wevtutil qe /f:text` prints them.
    WevtutilText,
    /// Events as properties in XML: `ConvertTo-Xml`, LogParser.
    Properties,
    /// Events as blocks of `Name : value` lines: `Format-List`.
    List,
    /// Events as lines of Snare, as agents send them over syslog.
    Snare,
}

impl Format {
    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Evtx => "evtx",
            Format::Evt => "evt",
            Format::Xml => "xml",
            Format::Clixml => "clixml",
            Format::Json => "json",
            Format::Csv => "csv",
            Format::WevtutilText => "wevtutil-text",
            Format::Properties => "xml-properties",
            Format::List => "list",
            Format::Snare => "snare",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the beginning of a file shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The format.
    Known(Format),
    /// Nothing that is read.
    Unknown,
    /// Not enough yet: so many bytes are wanted.
    More(usize),
}

/// What a file is, judged by its beginning; `None` when it is nothing we read, or when more of it
/// would have to be seen.
pub fn detect(prefix: &[u8]) -> Option<Format> {
    match look(prefix, true) {
        Seen::Known(format) => Some(format),
        Seen::Unknown | Seen::More(_) => None,
    }
}

/// What a file is, judged by its first [`PREFIX`] bytes or as many more as were asked for. `whole`
/// says that there is no more of it.
pub fn look(prefix: &[u8], whole: bool) -> Seen {
    let has = |at: usize, magic: &[u8]| prefix.get(at..at + magic.len()) == Some(magic);
    // A log whose first sector was overwritten still shows its first chunk; chunks may also have
    // been cut out of a log.
    if has(0, b"ElfFile\0") || has(4096, b"ElfChnk\0") || has(0, b"ElfChnk\0") {
        return Seen::Known(Format::Evtx);
    }
    if evt::is_evt(prefix) || evt::looks_like_evt(prefix) {
        return Seen::Known(Format::Evt);
    }
    if is_wiped(prefix) {
        return behind_the_wiped(prefix, whole);
    }
    export::look(prefix, whole)
}

/// Whether the beginning of a file holds nothing but one byte, again and again.
fn is_wiped(prefix: &[u8]) -> bool {
    let first = prefix.first().copied();
    let beginning = prefix.get(..512);
    beginning.is_some_and(|bytes| bytes.iter().all(|byte| Some(*byte) == first))
}

/// What a file is whose first pages are gone.
fn behind_the_wiped(prefix: &[u8], whole: bool) -> Seen {
    if memchr::memmem::find(prefix, b"ElfChnk\0").is_some() || evtx::holds_records(prefix) {
        Seen::Known(Format::Evtx)
    } else if whole || prefix.len() >= limits::DETECTION_WIPED {
        Seen::Unknown
    } else {
        Seen::More(limits::DETECTION_WIPED)
    }
}

/// How a file of saved observations begins.
const OBSERVATIONS: &[u8] = b"{\"observations_version\":";

/// What a file that is not read seems to be, for the message that says why it was left alone.
pub fn describe(prefix: &[u8]) -> &'static str {
    const KNOWN: [(&[u8], &str); 9] = [
        (
            b"MZ",
            "it is a program; if it unpacks itself, unpack it first",
        ),
        (
            b"Rar!\x1a\x07",
            "it is a RAR archive, which is not read: unpack it first",
        ),
        (b"PAGEDU", "it is a memory dump"),
        (b"MDMP", "it is a memory dump"),
        (b"regf", "it is a part of the registry"),
        (b"%PDF-", "it is a PDF document"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "it is an Office document, a mail or an installer",
        ),
        (b"\x89PNG\r\n", "it is a picture: the log itself is needed"),
        (
            OBSERVATIONS,
            "it holds observations of an earlier scan: `eventkb merge` judges them",
        ),
    ];
    let known = KNOWN.iter().find(|(magic, _)| prefix.starts_with(magic));
    if prefix.is_empty() {
        "it is empty"
    } else if let Some((_, what)) = known {
        what
    } else if prefix.iter().take(512).all(|b| *b == 0) {
        "it begins with zeroes"
    } else if is_collectors_text(prefix) {
        "it is a collector's table as text (_evt_*.txt): the .csv made with it is read"
    } else if seems_events(prefix) {
        "it seems to hold events, in a form that is not known: ask for the .evtx, or what `wevtutil qe \
         LOG /f:xml` writes"
    } else if is_text(prefix.get(..512).unwrap_or(prefix)) {
        "it is a text, and not an event log export that is known"
    } else {
        "its content is not an event log"
    }
}

/// Whether a text that is not read seems to be an export of events all the same: an object of JSON or the
/// heading of a table that names an event id, and what events have beside it.
pub fn seems_events(prefix: &[u8]) -> bool {
    const IDS: [&str; 4] = ["eventid", "eventcode", "eventidentifier", "winlog"];
    const OTHERS: [&str; 6] = [
        "provider",
        "channel",
        "computer",
        "eventlog",
        "eventdata",
        "recordid",
    ];
    if prefix.starts_with(OBSERVATIONS) {
        return false;
    }
    let text = export::text::beginning(prefix.get(..PREFIX).unwrap_or(prefix));
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let heading = text.lines().next().unwrap_or_default();
    // In a sentence a space follows a comma.
    let table = [',', ';', '\t', '|']
        .iter()
        .any(|sign| heading.matches(*sign).count() >= 3)
        && !heading.contains(", ");
    let looked_at = match text.chars().next() {
        Some('{' | '[') => text,
        Some(_) if table => heading,
        _ => return false,
    };
    let letters = looked_at.chars().filter(|c| c.is_alphanumeric());
    let plain: String = letters.flat_map(char::to_lowercase).collect();
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    // Reports of eventkb name events as well, and lie beside the logs.
    has(&IDS) && has(&OTHERS) && !has(&["eventkb", "reportversion"])
}

/// Whether bytes are UTF-8; the last character may be cut.
fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// Whether a text begins as the collectors of Microsoft support write their tables for people: a
/// heading, and below it a line of 165 dashes.
fn is_collectors_text(prefix: &[u8]) -> bool {
    let text = export::text::beginning(prefix.get(..PREFIX).unwrap_or(prefix));
    let mut lines = text.lines().map(str::trim_end).take(5);
    let heading = lines.find(|line| line.contains("Event Code") && line.contains("Source"));
    let below = heading.and_then(|_| lines.next());
    below.is_some_and(|line| line.len() == 165 && line.bytes().all(|byte| byte == b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_read_is_named() {
        let collectors = format!("\r\nDate  Event Code  Source\r\n{}\r\n", "-".repeat(165));
        for (bytes, wanted) in [
            (&b""[..], "empty"),
            (b"MZ\x90\0", "program"),
            (b"Rar!\x1a\x07\x01\0", "RAR"),
            (b"PAGEDU64", "memory dump"),
            (b"regf\0", "registry"),
            (
                b"{\"observations_version\":5,\"eventid\":1,\"provider\":",
                "`eventkb merge`",
            ),
            (&[0; 600], "zeroes"),
            (b"dear colleague", "a text"),
            (
                b"Timestamp,Rule,Computer,Channel,EventID\n",
                "in a form that is not known",
            ),
            (
                b"{\"a\":{\"Event_ID\":7,\"provider\":1}}",
                "in a form that is not known",
            ),
            (
                b"An event id, of a provider, on a computer, in a channel",
                "a text",
            ),
            (collectors.as_bytes(), "the .csv made with it"),
            (&[0xfe, 0x80, 0xff, 0x90], "not an event log"),
        ] {
            assert_eq!(detect(bytes), None);
            assert!(describe(bytes).contains(wanted), "{}", describe(bytes));
        }
    }
}
