//! Event ids in a line: "Event ID: 7024", "events 9316, 289 and 1294", "a 142 event".

use super::heads::is_source_like;
use cursor::{Cursor, skip_note};

mod cursor;

/// Ids that stand together, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) ids: Vec<u16>,
    /// First byte of the word "event" (or of "ID", or of the number).
    pub(super) start: usize,
    /// Byte behind the last number.
    pub(super) end: usize,
    /// What kind of sentence says it.
    pub(super) form: Form,
}

/// How sure the wording is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// "Event ID 7024": nothing else is written so.
    Id,
    /// "Event 7024".
    Event,
    /// "the 7024 event".
    Before,
}

/// More ids than this in one place are a table or noise.
const MOST_IDS: usize = 40;
/// A range wider than this is no list of ids.
const WIDEST_RANGE: u16 = 60;

/// Every mention in a line, from left to right.
pub(super) fn mentions(line: &str) -> Vec<Mention> {
    let low = line.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = low.get(from..).and_then(|rest| rest.find("event")) {
        let start = from + at;
        from = start + 5;
        let other = is_setting(&low, start) || is_parameter(&low, start) || is_type(&low, start);
        if !is_boundary(&low, start) || other {
            continue;
        }
        if let Some(mention) = behind(&low, start) {
            from = mention.end;
            found.push(mention);
        } else if let Some(mention) = before(line, &low, start) {
            found.push(mention);
        }
    }
    found
}

/// "5 Replication Events", "Replication Events: 3": a setting of the directory's diagnostics.
fn is_setting(low: &str, start: usize) -> bool {
    let before = low.get(..start).unwrap_or_default().trim_end();
    let behind = low.get(start..).unwrap_or_default();
    let (Some(before), Some(behind)) = (
        before.strip_suffix("replication"),
        behind.strip_prefix("events"),
    ) else {
        return false;
    };
    let before = before.trim_end();
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits) || behind.trim_start().starts_with([':', '='])
}

/// "Type of event = 157": a class of what is traced.
fn is_type(low: &str, start: usize) -> bool {
    let before = low.get(..start).unwrap_or_default();
    let behind = low.get(start..).unwrap_or_default();
    before.ends_with("type of ")
        && behind
            .trim_start_matches("event")
            .trim_start()
            .starts_with('=')
}

/// "-EventID 5" in a command.
fn is_parameter(low: &str, start: usize) -> bool {
    let before = low.get(..start).unwrap_or_default();
    let behind = low.get(start..).unwrap_or_default();
    let dashed = before.strip_suffix('-');
    behind.starts_with("eventid") && dashed.is_some_and(|rest| rest.ends_with(' '))
}

fn is_boundary(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    before.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '_' | '\\' | '/' | '.')))
}

/// Words that may stand between "event" and its number.
const FILLERS: &[&str] = &[
    "identifier",
    "identification",
    "numbers",
    "number",
    "messages",
    "message",
    "warnings",
    "warning",
    "errors",
    "error",
    "codes",
    "code",
    "logs",
    "log",
    "ids",
    "id's",
    "id",
    "entry",
    "entries",
    "nos.",
    "no.",
    "of",
    "with",
    "type",
];

/// The number behind the word "event" at a byte.
fn behind(low: &str, start: usize) -> Option<Mention> {
    let rest = low.get(start + 5..)?;
    let mut cursor = Cursor::new(rest);
    let mut has_id = false;
    let mut several = cursor.eat("(s)") || cursor.eat("s");
    // "eventid", "event_id", "event-id"
    if cursor.eat("id") || cursor.eat("_id") || cursor.eat("-id") {
        has_id = true;
        several |= cursor.eat("s");
    } else if cursor.letter() {
        return None;
    }
    let (mut words, mut error, mut are) = (0, false, false);
    loop {
        cursor.spaces();
        if cursor.digit() || words == 4 {
            break;
        }
        let mut eaten = false;
        // "The event ID is 26", "the event ID will be 26"; "common events are 1170 and 1136".
        let verbs: &[&str] = if has_id {
            &["is", "was", "will be", "such as", "including"]
        } else if several && words == 0 {
            &["are", "such as", "including", "like"]
        } else {
            &[]
        };
        for filler in FILLERS.iter().chain(verbs) {
            let mut ahead = cursor;
            if ahead.eat(filler) && !ahead.letter() {
                // "the event log error code 1642": a code of the error.
                if error && filler.starts_with("code") {
                    return None;
                }
                error = filler.starts_with("error");
                are |= !has_id && verbs.contains(filler);
                has_id |= filler.starts_with("id");
                several |= filler.ends_with('s') && filler.len() > 2;
                cursor = ahead;
                cursor.eat("(s)");
                eaten = true;
                words += 1;
                break;
            }
        }
        if eaten {
            continue;
        }
        // One separator, perhaps with quotes around the number.
        if cursor.any(&[
            ':', '=', '#', '-', '"', '\'', '(', '[', '\u{2013}', '\u{201c}', '*',
        ]) {
            words += 1;
            continue;
        }
        break;
    }
    let glued = || glued(rest, cursor.at).filter(|_| has_id);
    let (ids, end) =
        list(rest, cursor.at, has_id).or_else(|| glued().map(|(id, end)| (vec![id], end)))?;
    // "Event code: 3005 Event message: ...": ASP.NET's own number.
    let next = rest.get(end..).unwrap_or_default().trim_start();
    if rest.starts_with(" code") && next.starts_with("event message") {
        return None;
    }
    let said = Said {
        has_id,
        several,
        are,
        words,
    };
    if is_no_event(rest, end, &ids, &said) {
        return None;
    }
    Some(Mention {
        ids,
        start,
        end: start + 5 + end,
        form: if has_id { Form::Id } else { Form::Event },
    })
}

/// What stands between the word "event" and its number.
struct Said {
    has_id: bool,
    several: bool,
    /// "events are 1170 and 1136", "events such as 4624".
    are: bool,
    words: usize,
}

/// Whether the numbers are counts, columns or settings.
fn is_no_event(rest: &str, end: usize, ids: &[u16], said: &Said) -> bool {
    // "EVENT     1   DB": columns of something else.
    let apart = rest.starts_with("  ") && said.words == 0 && ids.iter().all(|id| *id < 10);
    if !said.has_id && (!said.several && is_counted(rest, end) || *ids == [0] || apart) {
        return true;
    }
    // "the events are 3 of many": only ids that no count would be.
    if said.are && (is_counted(rest, end) || ids.iter().any(|id| *id < 100)) {
        return true;
    }
    if said.has_id || ids.len() != 1 {
        return false;
    }
    // "Warning and error events", and on the next line "4 - Information": a list of settings.
    let next = rest.get(end..).unwrap_or_default().trim_start();
    let next = next.strip_prefix("- ").unwrap_or_default();
    let dashed = next.starts_with(char::is_alphabetic);
    match said.several {
        true => dashed,
        false => said.words > 0 && rest.trim_start().starts_with("of "),
    }
}

/// "event 2 of 3", "event 30 minutes later": not an id.
fn is_counted(rest: &str, end: usize) -> bool {
    let next = rest.get(end..).unwrap_or_default().trim_start();
    let word: String = next.chars().take_while(|c| c.is_alphabetic()).collect();
    const UNITS: &[&str] = &[
        "bytes",
        "days",
        "hours",
        "kb",
        "mb",
        "milliseconds",
        "minutes",
        "months",
        "ms",
        "of",
        "percent",
        "seconds",
        "st",
        "th",
        "times",
        "weeks",
        "years",
    ];
    next.starts_with('%') || UNITS.contains(&word.as_str())
}

/// Words before a number that make a count of it, or the number of a version.
const COUNTS: &[&str] = &[
    "about",
    "all",
    "approximately",
    "first",
    "last",
    "least",
    "most",
    "next",
    "over",
    "previous",
    "than",
    "to",
    "up",
    "in",
    "of",
    "every",
    "some",
    // "Windows 2000 event logs"
    "exchange",
    "office",
    "server",
    "windows",
];

/// The number before the word "event" at a byte: "a 142 event", "SceCli 1202 events".
fn before(line: &str, low: &str, start: usize) -> Option<Mention> {
    // "46,288 Eventlog.dll"
    let word = low.get(start + 5..)?;
    if word
        .strip_prefix('s')
        .unwrap_or(word)
        .starts_with(char::is_alphanumeric)
    {
        return None;
    }
    let head = low.get(..start)?.trim_end();
    let head = ["error", "warning", "information"]
        .iter()
        .find_map(|word| head.strip_suffix(word))
        .unwrap_or(head)
        .trim_end();
    let head = before_name(line, head).unwrap_or(head);
    // "411" events
    let quoted = head.ends_with(['"', '\u{201d}']);
    let end = head.len();
    let head = head.trim_end_matches(['"', '\u{201d}']);
    let digits = head.bytes().rev().take_while(u8::is_ascii_digit).count();
    let at = head.len() - digits;
    // Two digits and less are counts.
    let opened = low.get(..at)?.ends_with(['"', '\u{201c}']);
    if !(3..=5).contains(&digits) || !is_boundary(low, at) || quoted != opened {
        return None;
    }
    // "195,728 events" is a count.
    let grouped = low
        .get(..at)?
        .strip_suffix(',')
        .is_some_and(|rest| digits == 3 && rest.ends_with(|c: char| c.is_ascii_digit()));
    if grouped {
        return None;
    }
    let id: u16 = head.get(at..)?.parse().ok()?;
    let (more, at) = match quoted {
        true => (
            Vec::new(),
            low.get(..at)?.trim_end_matches(['"', '\u{201c}']).len(),
        ),
        false => earlier_ids(low, at),
    };
    let earlier = low.get(..at)?.trim_end();
    if earlier.len() == at {
        return None;
    }
    let word = earlier.rsplit(|c: char| c.is_whitespace()).next()?;
    // "reported in 1126 event": a count would say "events".
    let behind = low.get(start..).unwrap_or_default();
    let placed = word == "in" && digits >= 4 && is_single(behind) && !is_year(id);
    if COUNTS.contains(&word) && !placed
        || word == "code:"
        || word.ends_with(|c: char| c.is_ascii_digit() || matches!(c, ',' | '.'))
    {
        return None;
    }
    Some(Mention {
        start: at,
        end,
        // "a 1000 event", "logs 1000 events": what follows is one, or is written into a log.
        form: if placed || quoted || is_written(earlier) || is_meant(earlier, &more, id, behind) {
            Form::Event
        } else {
            Form::Before
        },
        ids: more.into_iter().chain([id]).collect(),
    })
}

/// "the 5719 NETLOGON event": what stands before a name between the number and the word.
fn before_name<'a>(line: &str, head: &'a str) -> Option<&'a str> {
    let number = head
        .trim_end_matches(|c: char| !c.is_whitespace())
        .trim_end();
    let name = line.get(number.len()..head.len())?.trim();
    let digits = number.bytes().rev().take_while(u8::is_ascii_digit).count();
    let id: u16 = number.get(number.len() - digits..)?.parse().ok()?;
    ((4..=5).contains(&digits) && !is_year(id) && is_source_like(name)).then_some(number)
}

fn is_year(id: u16) -> bool {
    (1985..=2035).contains(&id)
}

fn is_single(behind: &str) -> bool {
    let rest = behind.strip_prefix("event");
    rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// Certain events, not a number of them: "a 1000 event", "the first 285 event", "3535 or 3536 events".
fn is_meant(before: &str, more: &[u16], id: u16, behind: &str) -> bool {
    let word = before.rsplit(' ').next().unwrap_or_default();
    let one = [
        "a", "an", "each", "first", "last", "one", "that", "the", "this",
    ];
    let several = !more.is_empty() && more.iter().chain([&id]).all(|id| !id.is_multiple_of(100));
    !is_year(id) && (several || is_single(behind) && one.contains(&word))
}

/// "you get a", "it logs a": what follows is written into a log, not counted.
fn is_written(before: &str) -> bool {
    let Some(before) = before
        .strip_suffix(" a")
        .or_else(|| before.strip_suffix(" an"))
    else {
        return false;
    };
    let word = before.trim_end().rsplit(' ').next().unwrap_or_default();
    [
        "generate",
        "generates",
        "get",
        "gets",
        "log",
        "logs",
        "post",
        "posts",
        "receive",
        "receives",
        "record",
        "records",
        "report",
        "reports",
        "see",
    ]
    .contains(&word)
}

/// "2175, 100, and 9405 events": the numbers before the last one, and where the first begins.
fn earlier_ids(low: &str, last: usize) -> (Vec<u16>, usize) {
    let (mut ids, mut begin) = (Vec::new(), last);
    while ids.len() < MOST_IDS {
        let head = low.get(..begin).unwrap_or_default().trim_end();
        let joined = ["and", "or", "&"].iter().find_map(|word| {
            let rest = head.strip_suffix(word)?;
            rest.ends_with([' ', ',']).then(|| rest.trim_end())
        });
        let comma = joined.unwrap_or(head).strip_suffix(',');
        let Some(head) = comma.or(joined).map(str::trim_end) else {
            break;
        };
        let digits = head.bytes().rev().take_while(u8::is_ascii_digit).count();
        let at = head.len() - digits;
        let id = head.get(at..).and_then(|digits| digits.parse().ok());
        let Some(id) = id.filter(|_| (2..=5).contains(&digits) && is_boundary(low, at)) else {
            break;
        };
        ids.insert(0, id);
        begin = at;
    }
    (ids, begin)
}

/// A number, or several joined by commas, "and", "or", "through".
fn list(text: &str, begin: usize, has_id: bool) -> Option<(Vec<u16>, usize)> {
    let (first, mut end) = number(text, begin)?;
    let mut ids = vec![first];
    while ids.len() < MOST_IDS {
        let mut cursor = Cursor::new(text);
        cursor.at = end;
        cursor.any(&['"', '\'', '\u{201d}', '*']);
        let noted = skip_note(&mut cursor);
        cursor.spaces();
        let mut joined = cursor.any(&[',', ';', '/', '&', '|', '+']);
        // "4121 (or 4116 on older ones)"
        let mut ahead = cursor;
        if !joined && ahead.eat("(or ") {
            (cursor, joined) = (ahead, true);
        }
        cursor.spaces();
        let mut range = false;
        for word in ["and/or", "and", "or"] {
            let mut ahead = cursor;
            if ahead.eat(word) && !ahead.letter() {
                cursor = ahead;
                joined = true;
                break;
            }
        }
        if !joined {
            for word in ["through", "thru", "to", "-", "\u{2013}"] {
                let mut ahead = cursor;
                // "40-43", "40 through 43"
                let dash = word.starts_with(['-', '\u{2013}']);
                if ahead.eat(word) && (dash || !ahead.letter()) {
                    cursor = ahead;
                    (joined, range) = (true, true);
                    break;
                }
            }
        }
        // "Event ID 9519 Event ID 9518"
        joined |= has_id && cursor.rest().starts_with("event id ");
        if !joined {
            break;
        }
        cursor.spaces();
        for word in [
            "event ids",
            "event id",
            "events",
            "event",
            "ids",
            "id",
            "an",
            "a",
            "the",
        ] {
            let mut ahead = cursor;
            if ahead.eat(word) && !ahead.letter() {
                cursor = ahead;
                cursor.spaces();
            }
        }
        cursor.any(&['"', '\'', '\u{201c}', '*', ':', '#']);
        cursor.spaces();
        let Some((next, after)) = number(text, cursor.at) else {
            break;
        };
        if range {
            let last = ids.last().copied().unwrap_or(0);
            let wide = next.checked_sub(last);
            if !wide.is_some_and(|n| n > 0 && n <= WIDEST_RANGE) || !has_id && last < 10 {
                break;
            }
            ids.extend(last + 1..=next);
        } else if is_counted(text, after) && !has_id || noted && next < 100 {
            break;
        } else {
            ids.push(next);
        }
        end = after;
    }
    Some((ids, end))
}

/// "1084Internal event: it failed": the text of the event follows without a space.
fn glued(text: &str, at: usize) -> Option<(u16, usize)> {
    let rest = text.get(at..)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let letters = rest.get(digits..)?.chars();
    let letters = letters.take_while(|c| c.is_alphabetic()).count();
    let sound = (3..=5).contains(&digits) && letters >= 5 && !rest.starts_with('0');
    let id = rest.get(..digits)?.parse().ok().filter(|_| sound)?;
    Some((id, at + digits))
}

/// An id at a byte: one to five digits that are not a part of something else.
pub(super) fn number(text: &str, at: usize) -> Option<(u16, usize)> {
    let rest = text.get(at..)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    // Ten digits: the whole 32-bit identifier, of which the low half is the id.
    if digits == 0 || digits > 10 {
        return None;
    }
    let value: u64 = rest.get(..digits)?.parse().ok()?;
    let id = if digits > 5 {
        let whole = u32::try_from(value)
            .ok()
            .filter(|value| *value >= 0x4000_0000)?;
        u16::try_from(whole & 0xffff).ok()?
    } else {
        u16::try_from(value).ok()?
    };
    let mut behind = rest.get(digits..)?.chars();
    let (next, after) = (behind.next(), behind.next());
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let part_of_more = match next {
        Some(c) if c.is_alphanumeric() || c == '_' || c == '%' || c == '\\' => true,
        Some('.' | ':') => is_digit(after),
        // "7000/7009" are two ids, "1/2/98" is a date.
        Some('/') => {
            let more = rest.get(digits + 1..)?;
            (1..3).contains(&more.bytes().take_while(u8::is_ascii_digit).count())
        }
        Some('-') => after.is_some_and(char::is_alphabetic),
        _ => false,
    };
    (!part_of_more).then_some((id, at + digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(line: &str) -> Vec<u16> {
        mentions(line).into_iter().flat_map(|m| m.ids).collect()
    }

    #[test]
    fn forms_of_a_mention() {
        for (line, wanted) in [
            ("Event ID: 9322", &[9322][..]),
            ("Event ID   : 731", &[731]),
            ("EventID=5", &[5]),
            ("Event-ID: 12", &[12]),
            ("Event ID#: 12", &[12]),
            ("Event ID - 12", &[12]),
            ("Event: 1294", &[1294]),
            ("an Event 624, logged by Contoso", &[624]),
            (
                "Event Viewer may record events 1014, 1004, and 7023.",
                &[1014, 1004, 7023],
            ),
            ("events 9000 through 9003", &[9000, 9001, 9002, 9003]),
            ("event IDs 7000/7009", &[7000, 7009]),
            ("event ID 5832 and event ID 5833", &[5832, 5833]),
            ("an event log error 4116, which", &[4116]),
            ("the event ID of 26", &[26]),
            ("the 142 event can be", &[142]),
            ("a SceCli 1202 event", &[1202]),
            ("a 7024 error event", &[7024]),
            ("Event ID 3221226473", &[1001]),
            ("(Event \"1069\")", &[1069]),
            ("event 7000 or 7009", &[7000, 7009]),
            ("ends with 2175, 100, and 9405 events", &[2175, 100, 9405]),
            ("a 289 or 9318 event", &[289, 9318]),
            ("WINS Event ID 4121 (or 4116 on NT4)", &[4121, 4116]),
            ("the event ID will be 21026 instead", &[21026]),
            ("Task Category Event 1962 + 1963", &[1962, 1963]),
            ("for Event ID ( 2 ) in Source ( Contoso )", &[2]),
            ("for Event ID [46] in Source [Contoso]", &[46]),
            ("the 5719 NETLOGON event is logged", &[5719]),
            ("search your servers for \"411\" events", &[411]),
            ("you will see one 16965 event for each", &[16965]),
            ("Event ID 40\u{2013}43: this series", &[40, 41, 42, 43]),
            ("Event IDs 7000-7002", &[7000, 7001, 7002]),
            ("Event ID 9519 Event ID 9518", &[9519, 9518]),
            ("Common events are 1170 and 1136.", &[1170, 1136]),
            ("by checking its events such as 4624 to", &[4624]),
            ("event IDs such as 7000 and 7009", &[7000, 7009]),
            (
                "events 1006 (it is stopping) and 1008 (it stopped)",
                &[1006, 1008],
            ),
            ("Contoso Event ID 1084Internal event: it failed", &[1084]),
            ("Reported 8240 in 1126 Event (Contoso)", &[1126]),
        ] {
            assert_eq!(ids(line), wanted, "{line}");
        }
    }

    #[test]
    fn certain_events_and_counts() {
        let form = |line: &str| mentions(line).first().map(|mention| mention.form);
        for line in ["a 142 event", "look for any 3535 or 3536 events"] {
            assert_eq!(form(line), Some(Form::Event), "{line}");
        }
        for line in [
            "several 2164 events",
            "the 5000 events",
            "some 100 or 200 events",
        ] {
            assert_ne!(form(line), Some(Form::Event), "{line}");
        }
    }

    #[test]
    fn what_is_no_id() {
        for line in [
            "the last 100 events",
            "more than 100 events",
            "event 2 of 3",
            "an event 30 minutes later",
            "event 4.0",
            "prevents 100 users",
            "event 0x1234",
            "Event ID 99999",
            "the events on 5 computers",
            "at 10:45 events stop",
            "eventlog 5",
            "kb/event/1234",
            "event 1/2/98",
            "5 Replication Events = 5",
            "Replication Events: 3",
            "warning and error events 4 - Information",
            "in 1999 and 2000 events",
            "the Windows 2000 event logs",
            "since 2003 CONTOSO events",
            "5719 logged events",
            "  46,288 Eventlog.dll",
            "The log contained 195,728 events.",
            "the events are 5 of many",
            "events such as 3 restarts",
            "event ID 12ms",
            "Event code: 3005 Event message: It failed.",
            "the three events are 1000 seconds apart",
            "Write-EventLog -LogName System -EventID 5 -Message x",
            "the event log error code 1642",
            "EVENT          1     DB   Posting event",
        ] {
            assert_eq!(ids(line), &[] as &[u16], "{line}");
        }
    }
}
