//! Lines that begin an event without a field's colon: `Event ID 9311`, `Event 5010, source Contoso`,
//! `Contoso Event ID: 37`, `9322: Contoso`, `Contoso Interface Warning 9316`.

use super::fields::{self, unmarked};
use super::numbers::{self, Form};
use super::prose;
use crate::signature::model::LevelName;

/// The beginning of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Opening {
    pub(super) ids: Vec<u16>,
    pub(super) source: Option<String>,
    /// Words before and behind the id, in which a source may be named.
    pub(super) before: String,
    pub(super) behind: String,
    pub(super) level: Option<LevelName>,
    pub(super) category: Option<String>,
    /// What follows: fields or the description.
    pub(super) rest: String,
    /// One of a list of what a program can log.
    pub(super) listed: bool,
    /// "Event 6165" and nothing else: fields below may have the id.
    pub(super) bare: bool,
    /// A row as Event Viewer lists them.
    pub(super) row: bool,
}

/// "-or-", "and": events stand on both sides.
pub(super) fn is_joint(line: &str) -> bool {
    // "events 1247", and on the next line "and 1243.": a sentence.
    if line.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let word = line
        .trim_matches(|c: char| !c.is_alphabetic())
        .to_ascii_lowercase();
    ["or", "and", "and/or", "followed by", "then"].contains(&word.as_str())
}

/// "Event 1", "Event message 2:": the first, the second of the events that follow, in a line of its
/// own.
pub(super) fn is_counter(line: &str) -> bool {
    let low = unmarked(line).to_ascii_lowercase();
    let mut words = low
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let Some("event" | "events") = words.next() else {
        return false;
    };
    let named = ["log", "message", "entry", "example", "no", "number"];
    let mut number = words.find(|word| !named.contains(word));
    let small = number
        .take()
        .and_then(|word| word.parse::<u16>().ok())
        .is_some_and(|number| (1..=20).contains(&number));
    small && words.next().is_none()
}

/// What a line begins, if it begins an event.
pub(super) fn opening(line: &str) -> Option<Opening> {
    let line = unmarked(line);
    if !line.contains(|c: char| c.is_ascii_digit()) || prose::is_cross_reference(line) {
        return None;
    }
    from_levelled(line)
        .or_else(|| from_audit(line))
        .or_else(|| from_word(line))
        .or_else(|| from_prefix(line))
        .or_else(|| from_number(line))
        .or_else(|| from_list_row(line))
        .or_else(|| from_mta(line))
}

/// Bytes of a line with several events.
const LONGEST_OF_SEVERAL: usize = 1_000;
/// Words of one of several events in a line.
const MOST_OF_SEVERAL: usize = 9;

/// "Event 5719 NETLOGON, Event 1129 GroupPolicy": several events in one line, each with its source.
pub(super) fn several(line: &str) -> Vec<Opening> {
    let line = unmarked(line);
    let event = line
        .get(..5)
        .is_some_and(|word| word.eq_ignore_ascii_case("event"));
    if !event || line.len() > LONGEST_OF_SEVERAL {
        return Vec::new();
    }
    let mentions = numbers::mentions(line);
    let begins = mentions.first().is_some_and(|first| first.start == 0);
    let sure = mentions
        .iter()
        .all(|one| one.form != numbers::Form::Before && one.ids.len() == 1);
    if mentions.len() < 2 || !begins || !sure {
        return Vec::new();
    }
    let ends = mentions
        .iter()
        .skip(1)
        .map(|next| next.start)
        .chain([line.len()]);
    let parts = mentions.iter().zip(ends).map(|(one, end)| {
        let part = line.get(one.start..end)?.trim_end();
        let part = part
            .strip_suffix(" and")
            .or_else(|| part.strip_suffix(" or"))
            .unwrap_or(part);
        let part = part.trim_end_matches([',', ';', ' ', '.']);
        let opening =
            opening(part).filter(|_| part.split_whitespace().count() <= MOST_OF_SEVERAL)?;
        opening.source.is_some().then_some(opening)
    });
    parts.collect::<Option<Vec<Opening>>>().unwrap_or_default()
}

/// "2002 (Error) CONTOSO_BOOT_FAILED": a list of what a program can log.
fn from_levelled(line: &str) -> Option<Opening> {
    let (id, end) = numbers::number(line, 0)?;
    let (inner, rest) = line
        .get(end..)?
        .trim_start()
        .strip_prefix('(')?
        .split_once(')')?;
    let level = fields::level(inner)?;
    let word = inner.chars().all(char::is_alphabetic);
    // "1025 (ERROR) Source Contoso, Description ..." is one that was logged.
    let said = said_source(rest.trim());
    let (source, rest) = said.map_or((None, rest), |(name, rest)| (Some(name), rest));
    ((2..=5).contains(&end) && word).then(|| Opening {
        ids: vec![id],
        level: Some(level),
        source: source.map(str::to_owned),
        rest: rest.trim().to_owned(),
        listed: source.is_none(),
        ..Opening::default()
    })
}

/// "5024(S): The service has started": an item of a list of audits, the number a link to its page. S and F say
/// whether successes or failures are audited.
fn from_audit(line: &str) -> Option<Opening> {
    let (number, rest) = line
        .strip_prefix(prose::LINK.0)?
        .split_once(prose::LINK.1)?;
    let (id, end) = numbers::number(number, 0)?;
    let (kinds, text) = rest.strip_prefix('(')?.split_once(')')?;
    let text = text.strip_prefix(':')?.trim();
    let known = kinds
        .chars()
        .all(|c| matches!(c, 'S' | 'F' | ',' | ' ' | '-'));
    let sound = known && end == number.len() && (3..=5).contains(&end) && !text.is_empty();
    sound.then(|| Opening {
        ids: vec![id],
        rest: text.to_owned(),
        listed: true,
        ..Opening::default()
    })
}

/// "Event ID 9311 ...", "ID 3096".
fn from_word(line: &str) -> Option<Opening> {
    if let Some(rest) = line.strip_prefix("ID ") {
        let (id, end) = numbers::number(rest, 0)?;
        let bare = rest.get(end..).unwrap_or_default().trim().is_empty();
        return bare.then(|| Opening {
            ids: vec![id],
            ..Opening::default()
        });
    }
    let mention = numbers::mentions(line).into_iter().next()?;
    if mention.start != 0 || mention.form == Form::Before {
        return None;
    }
    let rest = line.get(mention.end..)?;
    let mut opening = continued(rest, true)?;
    opening.bare = mention.form == Form::Event && rest.trim().is_empty();
    opening.ids = mention.ids;
    Some(opening)
}

/// The value behind "Event ID:".
pub(super) fn after_label(value: &str) -> Option<Opening> {
    let trimmed = value.trim_start_matches(['#', '"', '\'', '(', '*', ' ', '\u{201c}']);
    let text = format!("event id {trimmed}");
    let mention = numbers::mentions(&text).into_iter().next()?;
    if mention.start != 0 {
        return None;
    }
    let rest = text.get(mention.end..)?;
    let mut opening = continued(rest, false).unwrap_or_default();
    opening.ids = mention.ids;
    Some(opening)
}

/// What follows an id. `strict` where nothing but the layout says that this is no sentence.
fn continued(rest: &str, strict: bool) -> Option<Opening> {
    let mut opening = Opening::default();
    let text = rest
        .trim_start_matches([')', '"', '\'', '\u{201d}', '*', '|'])
        .trim_start();
    if text.is_empty() || text.chars().all(|c| !c.is_alphanumeric()) {
        return Some(opening);
    }
    let separator = text.starts_with([':', '.', '-', ';', '\u{2013}', '\u{2014}']);
    let text = text.trim_start_matches([':', '.', '-', ';', ',', '\u{2013}', '\u{2014}', '=', ' ']);
    if let Some(source) = said_source(text) {
        let (name, rest) = source;
        opening.source = Some(name.to_owned());
        opening.rest = rest.to_owned();
        return Some(opening);
    }
    if !fields::fields(text).is_empty() {
        opening.rest = text.to_owned();
        return Some(opening);
    }
    // "Source Contoso A description": where the name ends, only those who know names can tell.
    if text.to_ascii_lowercase().starts_with("source ") {
        opening.behind = text.to_owned();
        opening.rest = text.to_owned();
        return Some(opening);
    }
    if let Some((source, category)) = short_names(text) {
        opening.source = Some(source);
        opening.category = category;
        return Some(opening);
    }
    // "(LsaSrv)", and nothing else.
    let inner = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'));
    if let Some(name) = inner.filter(|name| is_source_like(name)) {
        opening.source = Some(name.to_owned());
        return Some(opening);
    }
    let begins_sentence = text
        .starts_with(|c: char| c.is_uppercase() || matches!(c, '"' | '\u{201c}' | '<' | '%' | '['));
    if separator || begins_sentence || !strict {
        opening.rest = text.to_owned();
        return Some(opening);
    }
    None
}

/// ", source Contoso", "(Source: Contoso) ...", "from Contoso".
fn said_source(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(['(', '[']);
    let low = text.to_ascii_lowercase();
    let begin = ["event source ", "source is ", "source of ", "source "]
        .iter()
        .find(|word| low.starts_with(**word))?
        .len();
    let rest = text
        .get(begin..)?
        .trim_start_matches([':', '=', '"', '\u{201c}', ' ']);
    let end = rest
        .find([',', ')', ']', ';', ':', '"', '\u{201d}'])
        .unwrap_or(rest.len());
    let name = rest.get(..end)?.trim().trim_end_matches('.');
    let words = name.split_whitespace().count();
    // "Contoso Contoso got error": a sentence follows.
    let parted = name.split_whitespace().skip(1).any(|word| {
        word.starts_with(char::is_lowercase) || name.split_whitespace().next() == Some(word)
    });
    if parted {
        return None;
    }
    let more = rest
        .get(end..)?
        .trim_start_matches([',', ')', ']', ';', ':', '"', ' ', '.']);
    ((1..=5).contains(&words)).then_some((name, more))
}

/// "MSExchangeDS MAPI Interface" behind an id: the source, and its category. A name that looks like
/// one of a source: one word with capitals inside, and no sentence behind it.
fn short_names(text: &str) -> Option<(String, Option<String>)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (first, more) = words.split_first()?;
    let sentence = text.ends_with(['.', ':', ',']) || more.len() > 3;
    let names = more
        .iter()
        .all(|word| word.starts_with(|c: char| c.is_uppercase() || c == '('));
    if sentence || !names || !is_source_like(first) {
        return None;
    }
    let category = more.join(" ");
    Some((
        (*first).to_owned(),
        Some(category).filter(|text| !text.is_empty()),
    ))
}

/// `MSExchangeMTA`, `NETLOGON`, `W3SVC`, `Microsoft-Windows-Time-Service`: not a word of a sentence.
pub(super) fn is_source_like(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = word.chars().skip(1).filter(|c| c.is_uppercase()).count();
    // Names of constants are no sources: `JET_errDiskFull`, `WSAEMSGSIZE`.
    let constant = ["JET_", "WSAE", "ERROR", "RPC_", "NERR_"]
        .iter()
        .any(|begin| word.starts_with(begin))
        || word.contains('_') && !word.contains(char::is_lowercase);
    let sound = !constant
        && word
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '$' | '.' | '/'));
    sound
        && letters >= 3
        && capitals >= 1
        && word.starts_with(|c: char| c.is_alphabetic())
        && !is_notice(word)
}

/// Words in capitals that are no names.
fn is_notice(word: &str) -> bool {
    [
        "ACTION",
        "DESCRIPTION",
        "EXPLANATION",
        "MESSAGE",
        "NOTE",
        "RESULT",
        "IMPORTANT",
        "WARNING",
        "ERROR",
        "STOP",
        "CAUSE",
        "SYMPTOMS",
        "NT",
        "TCP/IP",
        "RPC",
        "DNS/WINS",
    ]
    .contains(&word)
}

/// "MSExchangeMTA Event ID: 37".
fn from_prefix(line: &str) -> Option<Opening> {
    let mention = numbers::mentions(line).into_iter().next()?;
    if mention.start == 0 || mention.form == Form::Before {
        return None;
    }
    let before = line
        .get(..mention.start)?
        .trim()
        .trim_end_matches([',', ':', '-'])
        .trim();
    let words: Vec<&str> = before.split_whitespace().collect();
    let plain = [
        "the", "an", "a", "when", "see", "if", "this", "these", "details", "and", "or", "for", "in",
    ];
    let named = words.iter().all(|word| {
        word.starts_with(|c: char| c.is_uppercase() || c == '(')
            && !plain.contains(&word.to_ascii_lowercase().as_str())
    });
    if words.is_empty() || words.len() > 5 || !named {
        return None;
    }
    // "Contoso Error Lines Events 4106 The line ...": a row of Event Viewer's list in words.
    let first = words.first().copied().filter(|word| is_source_like(word));
    let level = words.iter().skip(1).find_map(|word| fields::level(word));
    let row = first.filter(|_| level.is_some());
    // "ContosoService Event 6801", and nothing else in the line.
    let bare = || {
        let rest = line.get(mention.end..).unwrap_or_default();
        let rest = rest.trim_matches([':', ' ', '.']);
        words.len() == 1 && first.is_some() && rest.is_empty()
    };
    if mention.form != Form::Id && row.is_none() && !bare() {
        return None;
    }
    let mut opening = continued(line.get(mention.end..)?, true)?;
    opening.ids = mention.ids;
    opening.level = level.or_else(|| fields::level(before));
    if opening.source.is_none() {
        let alone = first.filter(|_| words.len() == 1);
        opening.source = row.or(alone).map(str::to_owned);
    }
    opening.before = before.to_owned();
    Some(opening)
}

/// "9322: MSExchangeMTA".
fn from_number(line: &str) -> Option<Opening> {
    let (id, end) = numbers::number(line, 0)?;
    let rest = line.get(end..)?.trim_start().strip_prefix(':')?.trim();
    (end >= 2 && is_source_like(rest)).then(|| Opening {
        ids: vec![id],
        source: Some(rest.to_owned()),
        ..Opening::default()
    })
}

/// A number alone in a line, or with its description behind a dash. Only where events are promised.
pub(super) fn bare_number(line: &str) -> Option<Opening> {
    let line = unmarked(line);
    let (id, end) = numbers::number(line, 0)?;
    let rest = line.get(end..)?.trim_start();
    let rest = match rest.strip_prefix(['-', '\u{2013}', ':']) {
        Some(text) => text.trim_start(),
        None if rest.is_empty() => rest,
        None => return None,
    };
    let sound = (3..=5).contains(&end)
        && !line.starts_with('0')
        && !rest.starts_with(|c: char| c.is_ascii_digit());
    sound.then(|| Opening {
        ids: vec![id],
        rest: rest.to_owned(),
        ..Opening::default()
    })
}

/// "Information 1000", and nothing else in the line. Only where several such lines are a list.
pub(super) fn level_and_number(line: &str) -> Option<Opening> {
    let (word, number) = unmarked(line).split_once(' ')?;
    let word = word.trim_matches('*');
    let level = ["Critical", "Error", "Information", "Warning"].contains(&word);
    let number = number.trim().trim_matches('*');
    let (id, end) = numbers::number(number, 0)?;
    let sound = level && (3..=5).contains(&end) && end == number.len();
    sound.then(|| Opening {
        ids: vec![id],
        level: fields::level(word),
        listed: true,
        ..Opening::default()
    })
}

/// A row of Event Viewer's list: "MSExchangeMTA Interface Warning 9316".
fn from_list_row(line: &str) -> Option<Opening> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| is_source_like(word))?;
    // Date and time may stand before the source; a computer or a user behind the number.
    let number = words.iter().enumerate().skip(at + 1).find_map(|(n, word)| {
        let (id, end) = numbers::number(word, 0)?;
        (end == word.len()).then_some((n, id))
    });
    let (n, id) = number?;
    let between = words.get(at + 1..n)?;
    let dated = words.iter().take(at).all(|word| {
        word.contains(|c: char| c.is_ascii_digit())
            || ["AM", "PM"].contains(word)
            || fields::level(word).is_some()
            || word.trim_start_matches('\\').starts_with('<')
    });
    let all_levels = ["Warning", "Error", "Information", "Stop"];
    let level = words.iter().find(|word| all_levels.contains(word))?;
    let sound = dated && words.len() <= 12 && between.len() <= 5 && n + 4 >= words.len();
    sound.then(|| {
        let category: Vec<&str> = between
            .iter()
            .filter(|word| !all_levels.contains(word) && word.matches('.').count() < 2)
            .copied()
            .collect();
        Opening {
            ids: vec![id],
            source: words.get(at).map(|word| match between.first() {
                // "ASP.NET 4.0.30319.0"
                Some(version) if version.matches('.').count() >= 2 => format!("{word} {version}"),
                _ => (*word).to_owned(),
            }),
            row: true,
            level: fields::level(level),
            category: Some(category.join(" ")).filter(|text| !text.is_empty() && text != "None"),
            ..Opening::default()
        }
    })
}

/// The text log of Exchange's message transfer agent: "message NMI0210: X.400 Service Event".
fn from_mta(line: &str) -> Option<Opening> {
    let rest = line.split_once("message NMI")?.1;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let id = rest.get(..digits)?.parse().ok().filter(|id| *id > 0)?;
    Some(Opening {
        ids: vec![id],
        source: Some("MSExchangeMTA".into()),
        ..Opening::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(Vec<u16>, Option<String>, String)> {
        opening(line).map(|opening| (opening.ids, opening.source, opening.rest))
    }

    #[test]
    fn beginnings() {
        for (line, id, source, rest) in [
            ("Event ID 9311", 9311, None, ""),
            ("- Event 1006", 1006, None, ""),
            ("ID 3096", 3096, None, ""),
            (
                "Event 5010, source ContosoCal",
                5010,
                Some("ContosoCal"),
                "",
            ),
            (
                "Event ID 1170 ContosoDS MAPI Interface",
                1170,
                Some("ContosoDS"),
                "",
            ),
            ("Event 1021: It stopped.", 1021, None, "It stopped."),
            (
                "Event ID 2037 An error occurred.",
                2037,
                None,
                "An error occurred.",
            ),
            ("ContosoMTA Event ID: 37", 37, Some("ContosoMTA"), ""),
            ("9322: ContosoMTA", 9322, Some("ContosoMTA"), ""),
            (
                "ContosoMTA Interface Warning 9316",
                9316,
                Some("ContosoMTA"),
                "",
            ),
            (
                "2/6/00 1:20:01 AM ContosoMTA Warning Interface 9316 N/A SRV1",
                9316,
                Some("ContosoMTA"),
                "",
            ),
        ] {
            let wanted = Some((vec![id], source.map(str::to_owned), rest.to_owned()));
            assert_eq!(read(line), wanted, "{line}");
        }
    }

    #[test]
    fn sentences_begin_nothing() {
        for line in [
            "Event ID 1171 may be logged",
            "The event 5 is",
            "Contoso Mail, version 5",
            "ID 5 is taken",
            "In NT 4.0 Event ID 5 occurs",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
