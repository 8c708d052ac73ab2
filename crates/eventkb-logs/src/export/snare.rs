//! Events that Snare and agents like it send over syslog: one line each, fields between tabs.
//!
//! `HOST <tab> MSWinEventLog <tab> criticality <tab> log <tab> counter <tab> time <tab> id <tab>
//! source <tab> user <tab> kind of user <tab> type <tab> computer <tab> category <tab> texts`, often
//! with the header of syslog before it.
//!
//! Folklore it knows: rsyslog writes a tab as `#011`; some agents put the criticality twice; behind
//! the texts stands a counter or a checksum; files of a relay hold lines of other programs as well.

use std::io::Read;
use std::sync::Arc;

use super::clixml::deliver;
use super::handover::Handover;
use super::json::{Json, Object};
use super::text::{self, Window};
use crate::integrity::DefectCode;
use crate::limits;
use crate::sink::Delivery;

const MARK: &str = "MSWinEventLog";
/// What rsyslog makes of a tab.
const WRITTEN_TAB: &str = "#011";

/// Whether one of the first lines of a text is such an event; `None` when there is only a part of a
/// line.
pub(crate) fn are_events(text: &str) -> Option<bool> {
    let (whole, last) = text.rsplit_once('\n').unwrap_or(("", text));
    if whole
        .lines()
        .chain([last])
        .any(|line| fields(line).is_some())
    {
        return Some(true);
    }
    // A first line may be long.
    if text.contains(MARK) {
        None
    } else {
        Some(false)
    }
}

/// Reads the events of such a file.
pub fn read(reader: &mut dyn Read, delivery: &mut Delivery<'_>) {
    let mut window = Window::of_lines(reader);
    let file = Arc::clone(&delivery.file);
    let mut handover = Handover::new(delivery);
    loop {
        let end = window.rest().find('\n');
        if end.is_none() && window.rest().len() <= limits::MAX_EXPORT_RECORD && window.more() {
            continue;
        }
        let length = end.unwrap_or(window.rest().len());
        if length > limits::MAX_EXPORT_RECORD {
            let message = "a line is longer than the limit for one record";
            let (code, offset) = (DefectCode::Limit, window.offset());
            handover.delivery.defect(code, offset, message);
        } else {
            window.look_for_fills(length);
            let line = window.rest().get(..length).unwrap_or_default();
            let line = text::without_mark(line);
            take(line, window.offset(), &file, &mut handover);
        }
        match end {
            Some(_) => window.skip(length + 1),
            None if length == 0 => break,
            None => window.skip(length),
        }
        if handover.delivery.stopped() {
            break;
        }
    }
    handover.finish();
    text::note_failure(handover.delivery, &window);
}

fn take(line: &str, offset: Option<u64>, file: &Arc<str>, handover: &mut Handover<'_, '_>) {
    if line.trim().is_empty() {
        return;
    }
    match fields(line) {
        Some(bag) => deliver(&Json::Object(bag), file, offset, handover),
        None if line.contains(MARK) => handover.delivery.failed(
            offset,
            "a line names MSWinEventLog and does not have the fields of an event",
        ),
        None => handover.delivery.defect(
            DefectCode::Gap,
            offset,
            "lines of other programs stand between the events",
        ),
    }
}

/// The fields of a line, under the names that Snare's manual has for them.
fn fields(line: &str) -> Option<Object> {
    let (before, event) = line.trim_end_matches('\r').split_once(MARK)?;
    let written;
    let event = match event.starts_with(WRITTEN_TAB) {
        true => {
            written = event.replace(WRITTEN_TAB, "\t");
            written.as_str()
        }
        false => event,
    };
    let all: Vec<&str> = event
        .strip_prefix('\t')?
        .split('\t')
        .map(str::trim)
        .collect();
    // The time is the one field that no other looks like: what stands before it may differ.
    let time = all.iter().take(6).position(|field| is_time(field))?;
    let field = |at: usize| all.get(at).copied().unwrap_or_default();
    let host = before.split_whitespace().next_back().unwrap_or_default();
    let computer = match field(time + 6) {
        "" => host,
        computer => computer,
    };
    let entries = [
        ("EventLogSource", field(time.checked_sub(2)?)),
        ("SubmitTime", field(time)),
        ("EventID", field(time + 1)),
        ("SourceName", field(time + 2)),
        ("EventLogType", field(time + 5)),
        ("ComputerName", computer),
        ("CategoryString", field(time + 7)),
        (
            "ExpandedString",
            message(all.get(time + 8..).unwrap_or_default()),
        ),
    ];
    field(time + 1).parse::<u32>().ok()?;
    let entries = entries
        .into_iter()
        .filter(|(_, text)| !text.is_empty() && *text != "N/A");
    let entries = entries.map(|(key, text)| (key.to_owned(), Json::Text(text.to_owned())));
    Some(Object::new(entries.collect()))
}

/// The text of the event: the longest of the texts, which a counter or a checksum never is.
fn message<'t>(texts: &[&'t str]) -> &'t str {
    let told = texts.iter().filter(|text| text.contains(' '));
    told.max_by_key(|text| text.len())
        .copied()
        .unwrap_or_default()
}

/// `Fri Nov 27 09:58:51 2015`.
fn is_time(field: &str) -> bool {
    let parts: Vec<&str> = field.split_whitespace().collect();
    matches!(parts.as_slice(), [day, month, _, clock, year]
        if day.len() == 3 && month.len() == 3 && clock.matches(':').count() == 2
            && year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::testing::{self, read_with};

    const LINES: &str = "app01\tMSWinEventLog\t4\tSystem\t2174\tFri Nov 27 09:58:51 2015\t7036\tService Control Manager\tN/A\tN/A\tInformation\tapp01\tNone\t\tThe Contoso service entered the stopped state.\t0\n\
        <14>Nov 27 10:00:01 relay cron[7]: nothing\n\
        <13>Nov 27 10:00:02 app02 MSWinEventLog#0111#011System#0112175#011Fri Nov 27 10:00:02 2015#0117031#011Service Control Manager#011N/A#011N/A#011Error#011app02.example.org#011None#011#011The Contoso service terminated unexpectedly.  It has done this 2 time(s).#01117";

    #[test]
    fn lines_with_tabs_and_as_rsyslog_writes_them() {
        assert_eq!(are_events(LINES), Some(true));
        let (events, account) = read_with(read, LINES.as_bytes());
        let [first, second] = &events[..] else {
            panic!("{account:?}")
        };
        assert_eq!(
            (first.provider.as_str(), first.event_id, first.level),
            ("Service Control Manager", 7036, Some(4))
        );
        assert_eq!(first.channel.as_deref(), Some("System"));
        assert_eq!(first.computer.as_deref(), Some("app01"));
        let time = first.time.map(|time| time.to_string());
        assert_eq!(time.as_deref(), Some("2015-11-27T09:58:51Z"));
        assert_eq!(
            first.message.as_deref(),
            Some("The Contoso service entered the stopped state.")
        );
        assert_eq!((second.event_id, second.level), (7031, Some(2)));
        assert_eq!(second.computer.as_deref(), Some("app02.example.org"));
        // The line of another program, and that the zone is not told.
        assert_eq!(account.integrity.failed, 0);
        assert_eq!(account.integrity.count(DefectCode::Gap), 1);
    }

    #[test]
    fn a_line_that_lacks_fields_is_named() {
        let cut = LINES.replace("Fri Nov 27 09:58:51 2015", "soon");
        let (events, account) = read_with(read, cut.as_bytes());
        assert_eq!((events.len(), account.integrity.failed), (1, 1));
        assert_eq!(are_events("MSWinEventLog is a word\n"), None);
        assert_eq!(are_events("a letter\n"), Some(false));
    }

    #[test]
    fn damage_never_panics() {
        testing::damage(read, LINES.as_bytes());
    }
}
