//! Fields of an event as Event Viewer shows them: `Event ID: 7024`, `Source: Srv`, several on a
//! line or one on each, in any order, with a colon or without.

use crate::signature::model::LevelName;

/// What a field says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Label {
    Id,
    /// The id with the bits that say how severe it is; beside an id it says nothing new.
    Instance,
    Source,
    Level,
    Category,
    Log,
    Description,
    /// Date, user, computer and what else is pasted along.
    Other,
}

/// A field in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) label: Label,
    pub(super) value: &'a str,
    /// Its name is a word that many things have.
    pub(super) bare: bool,
}

impl Field<'_> {
    /// Called "ID" and nothing more: in the text of an event that may be anything's.
    pub(super) fn is_bare_id(&self) -> bool {
        self.label == Label::Id && self.bare
    }
}

/// Names of fields in lower case; longer ones before those that they end with.
const NAMES: &[(&str, Label)] = &[
    ("event identifier", Label::Id),
    ("event log id", Label::Id),
    ("event id generated", Label::Id),
    ("event id logged", Label::Id),
    ("eventlogid", Label::Id),
    ("event number", Label::Id),
    ("event id#", Label::Id),
    ("event-id", Label::Id),
    ("event_id", Label::Id),
    ("eventid", Label::Id),
    ("event id", Label::Id),
    ("event code", Label::Id),
    ("event source", Label::Source),
    ("source name", Label::Source),
    ("provider name", Label::Source),
    ("providername", Label::Source),
    ("provider", Label::Source),
    ("source", Label::Source),
    ("src", Label::Source),
    ("event type", Label::Level),
    ("entry type", Label::Level),
    ("entrytype", Label::Level),
    ("leveldisplayname", Label::Level),
    ("event level", Label::Level),
    ("severity", Label::Level),
    ("level", Label::Level),
    ("type", Label::Level),
    ("event category", Label::Category),
    ("task category", Label::Category),
    ("taskdisplayname", Label::Category),
    ("task", Label::Category),
    ("category", Label::Category),
    ("catagory", Label::Category),
    ("event log name", Label::Log),
    ("log name", Label::Log),
    ("logname", Label::Log),
    ("log file", Label::Log),
    ("event log", Label::Log),
    ("channel", Label::Log),
    ("log", Label::Log),
    ("event description", Label::Description),
    ("event message", Label::Description),
    ("event msg", Label::Description),
    ("event details", Label::Description),
    ("description", Label::Description),
    ("desciption", Label::Description),
    ("descripton", Label::Description),
    ("message text", Label::Description),
    ("message", Label::Description),
    ("event user", Label::Other),
    ("user name", Label::Other),
    ("user", Label::Other),
    ("computer name", Label::Other),
    ("computer", Label::Other),
    ("keywords", Label::Other),
    ("keyword", Label::Other),
    ("machinename", Label::Other),
    ("categorynumber", Label::Other),
    ("timecreated", Label::Other),
    ("timegenerated", Label::Other),
    ("timewritten", Label::Other),
    ("replacementstrings", Label::Other),
    ("index", Label::Other),
    ("instanceid", Label::Instance),
    ("opcode", Label::Other),
    ("logged", Label::Other),
    ("date and time", Label::Other),
    ("event time", Label::Other),
    ("event date", Label::Other),
    ("date", Label::Other),
    ("time", Label::Other),
    // The id under a name that many things have.
    ("event", Label::Id),
    ("id", Label::Id),
];

/// The fields of a line, from left to right; a line that does not begin with one has none.
pub(super) fn fields(line: &str) -> Vec<Field<'_>> {
    let begin = line.len() - unmarked(line).len();
    let low = line.to_ascii_lowercase();
    let mut places: Vec<(usize, usize, Label)> = Vec::new();
    let mut at = begin;
    // Another event begins here, pasted behind the description of the one before.
    let mut pasted = false;
    while at < line.len() {
        let first = places.is_empty();
        match name_at(&low, at, first).filter(|found| !is_word(line, at, found.1)) {
            Some((label, value))
                if pasted || places.last().is_none_or(|p| fits(p.2, label, line, at)) =>
            {
                places.push((at, value, label));
                at = value;
                if label == Label::Description {
                    match next_pasted(&low, value) {
                        Some(next) => (at, pasted) = (next, true),
                        None => break,
                    }
                    continue;
                }
                pasted = false;
            }
            _ if first => return Vec::new(),
            _ => at = next_word(line, at),
        }
    }
    let ends = places.iter().skip(1).map(|(start, ..)| *start);
    let ends: Vec<usize> = ends.chain([line.len()]).collect();
    let fields = places
        .iter()
        .zip(ends)
        .map(|((start, value, label), end)| Field {
            label: *label,
            bare: is_bare(low.get(*start..*value).unwrap_or_default()),
            value: cleaned(line.get(*value..end).unwrap_or_default()),
        });
    fields.collect()
}

/// Bytes of the fields of a pasted event before its id.
const BEFORE_ID: usize = 200;

/// Where, behind a description, the fields of the next event begin that was pasted into the same line:
/// "Description: It stops. Log Name: System Source: Contoso Event ID: 5".
fn next_pasted(low: &str, from: usize) -> Option<usize> {
    let rest = low.get(from..)?;
    let id = rest.match_indices("event id:").find_map(|(at, name)| {
        let value = rest.get(at + name.len()..)?.trim_start();
        value
            .starts_with(|c: char| c.is_ascii_digit())
            .then_some(at)
    })?;
    let near = (id.saturating_sub(BEFORE_ID)..=id).find(|at| rest.is_char_boundary(*at))?;
    let names = [
        "log name:",
        "event type:",
        "source:",
        "event source:",
        "level:",
        "date:",
    ];
    let head = rest.get(near..id)?;
    let begin = names.iter().filter_map(|name| head.find(name)).min();
    let begin = begin.map_or(id, |at| near + at);
    let before = rest.get(..begin)?.trim_end();
    // "the description for event ID: 5" is a sentence.
    before
        .ends_with(['.', '!', '"', ')', '\''])
        .then_some(from + begin)
}

fn is_bare(name: &str) -> bool {
    name.trim_end_matches(|c: char| !c.is_alphanumeric()) == "id"
}

/// "log:" at the beginning of a line is the end of a sentence: words that are no names of fields
/// unless they begin with a capital, and any name in small letters with nothing behind it.
fn is_word(line: &str, at: usize, value: usize) -> bool {
    let name = line.get(at..value).unwrap_or_default();
    if !name.starts_with(|c: char| c.is_lowercase()) {
        return false;
    }
    let word = name.trim_end_matches([':', '=', ' ']);
    const WORDS: &[&str] = &[
        "computer", "date", "index", "keyword", "level", "log", "logged", "message", "severity",
        "task", "time", "type", "user",
    ];
    WORDS.contains(&word) || line.get(value..).is_none_or(|rest| rest.trim().is_empty())
}

/// Whether a field may follow another on the same line: not in the midst of a sentence.
fn fits(before: Label, label: Label, line: &str, at: usize) -> bool {
    if before == Label::Description {
        return false;
    }
    let gap = line.get(..at).unwrap_or_default();
    // "Time", "User", "Log" and the like are words: they need room before them.
    match label {
        Label::Id | Label::Source | Label::Description => true,
        Label::Level | Label::Category | Label::Log | Label::Instance | Label::Other => {
            gap.ends_with("  ") || gap.trim_end().ends_with([',', ';', '|']) || gap.ends_with(' ')
        }
    }
}

/// The line without what marks an item of a list or a quotation.
pub(super) fn unmarked(line: &str) -> &str {
    let line = line.trim_start_matches([
        '>', '*', '-', '\u{2022}', '\u{b7}', ' ', '"', '\u{201c}', '|', '(',
    ]);
    // "1. Event ID: 5", "a) Event ID: 5"
    let marks = line.bytes().take_while(u8::is_ascii_alphanumeric).count();
    match line.get(marks..) {
        Some(rest) if (1..=2).contains(&marks) && rest.starts_with([')', '.']) => {
            rest.get(1..).unwrap_or_default().trim_start()
        }
        _ => line,
    }
}

fn next_word(line: &str, at: usize) -> usize {
    let rest = line.get(at..).unwrap_or_default();
    match rest.find([' ', '\t', ',', ';', '|', '(']) {
        Some(space) => {
            let tail = rest.get(space + 1..).unwrap_or_default();
            at + space + 1 + (tail.len() - tail.trim_start().len())
        }
        None => line.len(),
    }
}

/// The name of a field at a byte, and where its value begins.
fn name_at(low: &str, at: usize, first: bool) -> Option<(Label, usize)> {
    let rest = low.get(at..)?;
    for (name, label) in NAMES {
        let Some(behind) = rest.strip_prefix(name) else {
            continue;
        };
        let spaces = behind.len() - behind.trim_start().len();
        let sign = behind.trim_start();
        let mut begin = at + name.len() + spaces;
        let sign_length = match sign.chars().next() {
            Some(c @ (':' | '=' | '\u{ff1a}')) => c.len_utf8(),
            Some('#') if *label == Label::Id => {
                sign.len() - sign.trim_start_matches(['#', ':', ' ']).len()
            }
            Some('-') if *label == Label::Id && spaces > 0 => 1,
            // "Source - Contoso": a list of fields; in a sentence it stands elsewhere.
            Some('-') if first && is_dashed(*label) && spaces > 0 && sign.starts_with("- ") => 1,
            _ => continue,
        };
        begin += sign_length;
        // "Event: it stops" and "ID: x" are no ids.
        if matches!(*name, "event" | "id") {
            let value = low.get(begin..)?.trim_start();
            let value = match *name {
                // As a program wrote it: `ID: "1001"`.
                "id" => value.trim_start_matches('"'),
                _ => value,
            };
            let digits = value.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 || digits > 10 {
                continue;
            }
        }
        // "Message:", "Log:", "Time:" in the middle of a line are words of a sentence.
        if !first && matches!(*name, "message" | "log" | "event") {
            continue;
        }
        return Some((*label, begin));
    }
    None
}

fn is_dashed(label: Label) -> bool {
    matches!(label, Label::Source | Label::Level | Label::Log)
}

/// Fields whose name no colon follows: `Source  MSExchangeDS`, `Type Warning`. Only where the lines
/// around are fields; the caller knows that.
pub(super) fn bare_field(line: &str) -> Option<Field<'_>> {
    let line = unmarked(line);
    let low = line.to_ascii_lowercase();
    for (name, label) in [
        ("event source", Label::Source),
        ("source", Label::Source),
        ("event type", Label::Level),
        ("type", Label::Level),
        ("level", Label::Level),
        ("event category", Label::Category),
        ("task category", Label::Category),
        ("category", Label::Category),
        ("description", Label::Description),
    ] {
        let Some(rest) = low.strip_prefix(name) else {
            continue;
        };
        let value = line.get(name.len()..)?;
        if rest.is_empty() && label == Label::Description {
            return Some(Field {
                label,
                value,
                bare: false,
            });
        }
        if !rest.starts_with([' ', '\t']) {
            continue;
        }
        let value = cleaned(value);
        let words = value.split_whitespace().count();
        let sound = match label {
            Label::Level => level(value).is_some(),
            Label::Source | Label::Category => {
                (1..=4).contains(&words) && !value.ends_with('.') && !value.contains(", ")
            }
            _ => rest.starts_with("  "),
        };
        return sound.then_some(Field {
            label,
            value,
            bare: false,
        });
    }
    None
}

fn cleaned(value: &str) -> &str {
    value
        .trim()
        .trim_matches(|c: char| matches!(c, '*' | '`' | '|'))
        .trim()
        .trim_end_matches([',', ';'])
        .trim_end()
}

/// The level that a word means.
pub(super) fn level(value: &str) -> Option<LevelName> {
    let low = value.trim().trim_end_matches('.').to_ascii_lowercase();
    let word = low
        .split([' ', ',', '(', '/', ';'])
        .find(|word| !word.is_empty())?;
    Some(match word {
        "critical" => LevelName::Critical,
        "error" | "errors" | "stop" | "severe" | "fatal" => LevelName::Error,
        "warning" | "warn" => LevelName::Warning,
        "information" | "info" | "informational" | "success" | "failure" | "audit" => {
            LevelName::Information
        }
        "verbose" => LevelName::Verbose,
        // Numbers as event XML has them; 0 is what is always logged, an audit's.
        "0" => LevelName::Information,
        "1" => LevelName::Critical,
        "2" => LevelName::Error,
        "3" => LevelName::Warning,
        "4" => LevelName::Information,
        "5" => LevelName::Verbose,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Vec<(Label, &str)> {
        let fields = fields(line).into_iter();
        fields.map(|field| (field.label, field.value)).collect()
    }

    #[test]
    fn layouts_of_fields() {
        use Label::*;
        for (line, wanted) in [
            ("Event ID: 9322", vec![(Id, "9322")]),
            ("Event ID   : 731", vec![(Id, "731")]),
            ("> - Source:  NETLOGON", vec![(Source, "NETLOGON")]),
            (
                "Event ID: 5012, Source: IbmTok01, Type: Error",
                vec![(Id, "5012"), (Source, "IbmTok01"), (Level, "Error")],
            ),
            (
                "Event ID: 59 Source: Contoso Category: General",
                vec![(Id, "59"), (Source, "Contoso"), (Category, "General")],
            ),
            (
                "Date: 1/2/98   Event ID: 48",
                vec![(Other, "1/2/98"), (Id, "48")],
            ),
            ("Event: 1294", vec![(Id, "1294")]),
            ("Event ID = 5", vec![(Id, "5")]),
            ("Event ID#: 5", vec![(Id, "5")]),
            ("Event ID - 5", vec![(Id, "5")]),
            (
                "Description: The log: full, Source: none",
                vec![(Description, "The log: full, Source: none")],
            ),
            ("Task Category: None", vec![(Category, "None")]),
            (
                "Event ID: 5 Description: It stops. Source: Contoso Event ID: 6 Description: for event ID: 7",
                vec![
                    (Id, "5"),
                    (Description, "It stops."),
                    (Source, "Contoso"),
                    (Id, "6"),
                    (Description, "for event ID: 7"),
                ],
            ),
            ("**Source:** Contoso", vec![(Source, "Contoso")]),
        ] {
            assert_eq!(read(line), wanted, "{line}");
        }
        for line in [
            "Event: it stops",
            "The source: x",
            "Sources: a",
            "ID: Q12",
            "log:",
            "event log:",
            "message: It is",
        ] {
            assert_eq!(read(line), vec![], "{line}");
        }
    }

    #[test]
    fn fields_without_a_colon() {
        assert_eq!(
            bare_field("Source  MSExchangeDS").unwrap().value,
            "MSExchangeDS"
        );
        assert_eq!(bare_field("Type Warning").unwrap().label, Label::Level);
        for line in [
            "Type the name.",
            "Source files are lost, as ever.",
            "Sources x",
        ] {
            assert!(bare_field(line).is_none(), "{line}");
        }
    }
}
