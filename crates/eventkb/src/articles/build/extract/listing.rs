//! Rows of a list of events, as people paste them: from Event Viewer (`Error 9/9/2010 2:43:29 PM
//! NETLOGON 5719`), from its exports with commas or tabs, from `Get-WinEvent` and `Get-EventLog`.
//!
//! A level and a time say by themselves that a line is such a row. Other orders of columns need a
//! head that names them.

use super::fields;
use super::heads::is_source_like;
use super::numbers;
use crate::signature::model::LevelName;

/// An event of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: u16,
    pub(super) source: Option<String>,
    pub(super) level: Option<LevelName>,
    pub(super) category: Option<String>,
    pub(super) log: Option<String>,
    pub(super) text: Option<String>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Level,
    When,
    Source,
    Id,
    Category,
    Log,
    Text,
    /// A word that says nothing here: a user, a computer, a running number.
    Word,
}

/// Names of columns in lower case; longer ones before those that they begin with.
const NAMES: &[(&str, Column)] = &[
    ("date and time", Column::When),
    ("timegenerated", Column::When),
    ("timecreated", Column::When),
    ("datetime", Column::When),
    ("date", Column::When),
    ("time", Column::When),
    ("logged", Column::When),
    ("leveldisplayname", Column::Level),
    ("event type", Column::Level),
    ("entrytype", Column::Level),
    ("severity", Column::Level),
    ("level", Column::Level),
    ("type", Column::Level),
    ("provider name", Column::Source),
    ("providername", Column::Source),
    ("source name", Column::Source),
    ("event source", Column::Source),
    ("provider", Column::Source),
    ("source", Column::Source),
    ("instance id", Column::Id),
    ("instanceid", Column::Id),
    ("event id", Column::Id),
    ("eventid", Column::Id),
    ("task category", Column::Category),
    ("taskdisplayname", Column::Category),
    ("event category", Column::Category),
    ("category", Column::Category),
    ("log name", Column::Log),
    ("logname", Column::Log),
    ("log", Column::Log),
    ("event", Column::Id),
    ("id", Column::Id),
    ("description", Column::Text),
    ("message", Column::Text),
    ("computer", Column::Word),
    ("machinename", Column::Word),
    ("index", Column::Word),
    ("user", Column::Word),
];

/// Levels as Event Viewer writes them: a sentence has them in small letters, logs of programs in
/// capitals.
const LEVELS: &[&str] = &["Critical", "Error", "Warning", "Information", "Verbose"];

/// The names of all columns have some 120 letters.
const LONGEST_HEAD: usize = 400;

/// Words of one source: "Microsoft Windows security auditing.", and a category behind.
const MOST_WORDS: usize = 7;

/// Rows without a head in a line, which may hold several: a level, a time, a source, an id.
pub(super) fn rows(line: &str) -> Vec<Row> {
    if !line.contains("Audit") && !LEVELS.iter().any(|level| line.contains(level)) {
        return Vec::new();
    }
    let words = words(line);
    let mut rows = Vec::new();
    let mut at = 0;
    while let Some((row, next)) = row_at(&words, at) {
        rows.push(row);
        at = next;
    }
    rows
}

/// A row as the tool "dump event log" writes it: when, the level and the category as numbers, the id,
/// the user, the source.
pub(super) fn from_dump(line: &str) -> Option<Row> {
    let words = words(line);
    let timed = whens(&words, 0);
    let rest = words.get(timed..).filter(|_| timed >= 2)?;
    let [level, category, id, user, source, ..] = rest else {
        return None;
    };
    let level = match *level {
        "1" => LevelName::Error,
        "2" => LevelName::Warning,
        "0" | "4" | "8" | "16" => LevelName::Information,
        _ => return None,
    };
    let named = is_source_like(source) && (*user == "N/A" || user.contains('\\'));
    (named && id_of(category).is_some()).then_some(Row {
        id: id_of(id)?,
        source: Some((*source).to_owned()),
        level: Some(level),
        ..Row::default()
    })
}

/// The row that begins at a word, and where the next one begins.
fn row_at(words: &[&str], at: usize) -> Option<(Row, usize)> {
    let mut at = at;
    let timed = whens(words, at);
    at += timed;
    let (level, length) = level_at(words, at)?;
    at += length;
    let behind = whens(words, at);
    at += behind;
    if timed + behind == 0 {
        return None;
    }
    let mut near = words.iter().skip(at).take(MOST_WORDS + 1);
    let length = near.position(|word| id_of(word).is_some())?;
    let id = id_of(words.get(at + length)?)?;
    let named = words.get(at..at + length)?;
    if !is_named(named) {
        return None;
    }
    let mut end = at + length + 1;
    // A thread, as logs of programs have it: "Setup 1234 (0x4d2)".
    if words.get(end).is_some_and(|word| word.starts_with("(0x")) {
        return None;
    }
    let begin = end;
    while end < words.len() && row_at(words, end).is_none() {
        end += 1;
    }
    let (source, category) = split_source(named);
    let mut row = Row {
        id,
        source,
        level: Some(level),
        category,
        ..Row::default()
    };
    row.take_rest(words.get(begin..end)?);
    Some((row, end))
}

impl Row {
    /// What stands behind the id: a task category, or the message. What begins in small letters is
    /// the author's remark.
    fn take_rest(&mut self, words: &[&str]) {
        let text = words.join(" ");
        if !text.starts_with(char::is_uppercase) || text.starts_with("N/A") {
            return;
        }
        if words.len() > 4 {
            self.text = Some(text);
        } else if self.category.is_none() && text != "None" {
            self.category = Some(text);
        }
    }
}

/// Whether words may be a source, with a category behind.
fn is_named(words: &[&str]) -> bool {
    let sound = |word: &&str| {
        word.starts_with(|c: char| c.is_alphabetic() || matches!(c, '(' | '&' | '/'))
            && !word.ends_with([':', ';'])
            && !LEVELS.contains(word)
    };
    let first = words
        .first()
        .is_some_and(|word| word.starts_with(char::is_uppercase) || is_source_like(word));
    first && words.len() <= MOST_WORDS && words.iter().all(sound)
}

/// "NETLOGON None", "ContosoMTA Interface": the source and the category.
fn split_source(words: &[&str]) -> (Option<String>, Option<String>) {
    let idle = |word: &&&str| matches!(**word, "None" | "N/A") || word.starts_with('(');
    let idle = words.iter().rev().take_while(idle).count();
    let words = words.get(..words.len() - idle).unwrap_or_default();
    match words {
        [] => (None, None),
        [first, rest @ ..] if is_source_like(first) && !rest.is_empty() && !is_part(rest) => {
            (Some((*first).to_owned()), Some(rest.join(" ")))
        }
        words => (Some(words.join(" ")), None),
    }
}

/// Words that belong to a source's name: "MSExchangeIS Private", "NTDS General".
fn is_part(words: &[&str]) -> bool {
    let parts = [
        "Private",
        "Public",
        "General",
        "Replication",
        "KCC",
        "ISAM",
        "Database",
        "Service",
        "Server",
        "Client",
    ];
    words.first().is_some_and(|word| parts.contains(word))
}

/// Words between spaces; what stands in angle brackets is one.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let inner = rest.trim_start_matches('*');
        let marks = rest.len() - inner.len();
        let bracket = inner
            .starts_with('<')
            .then(|| inner.find('>'))
            .flatten()
            .filter(|end| *end <= 40)
            .map(|end| marks + end + 1);
        let from = bracket.unwrap_or(0);
        let tail = rest.get(from..).unwrap_or_default();
        let end = from + tail.find(char::is_whitespace).unwrap_or(tail.len());
        words.push(rest.get(..end).unwrap_or_default().trim_matches(['*', '`']));
        rest = rest.get(end..).unwrap_or_default().trim_start();
    }
    words
}

fn id_of(word: &str) -> Option<u16> {
    let word = word.trim_end_matches([',', ';']);
    let (id, end) = numbers::number(word, 0)?;
    (end == word.len()).then_some(id)
}

/// A level at a word, and how many words it has.
fn level_at(words: &[&str], at: usize) -> Option<(LevelName, usize)> {
    let first = words.get(at)?;
    if let Some(second) = words.get(at + 1)
        && (*first == "Audit" || *second == "Audit")
        && [first, second]
            .iter()
            .any(|word| ["Failure", "Success"].contains(word))
    {
        return Some((LevelName::Information, 2));
    }
    let first = first.trim_end_matches(',');
    LEVELS
        .contains(&first)
        .then(|| fields::level(first))
        .flatten()
        .map(|level| (level, 1))
}

/// How many words from one on say when.
fn whens(words: &[&str], at: usize) -> usize {
    let mut count = 0;
    let mut month = false;
    for word in words.iter().skip(at).take(6) {
        let bare = word.trim_end_matches([',', ':']);
        // "Mar 04 10:00", "4 March 2021": a number beside the name of a month.
        let day = month && bare.bytes().all(|byte| byte.is_ascii_digit()) && bare.len() <= 4;
        if !(is_when(bare) || day) {
            break;
        }
        month = (month && day) || is_month(bare);
        count += 1;
    }
    count
}

fn is_month(word: &str) -> bool {
    const MONTHS: &[&str] = &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let low = word.to_ascii_lowercase();
    let begin = low.get(..3).unwrap_or_default();
    let full = ["may", "march", "april", "june", "july", "august"].contains(&low.as_str())
        || ["uary", "ember", "ober"]
            .iter()
            .any(|end| low.ends_with(end));
    MONTHS.contains(&begin) && (low.len() == 3 || full)
}

/// "9/9/2010", "2:43:29", "PM", "<DateTime>", "Date", "HH:MM:SS".
fn is_when(word: &str) -> bool {
    let low = word.to_ascii_lowercase();
    if let Some(inner) = low.strip_prefix('<') {
        return inner.contains("date") || inner.contains("time");
    }
    let parts: Vec<&str> = low.split(['/', ':', '-', '.']).collect();
    let dated = parts.len() >= 2
        && low.starts_with(|c: char| c.is_ascii_digit())
        && parts.iter().take(2).all(|part| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) && part.len() <= 4
        });
    let pattern = parts.len() >= 2
        && parts.iter().all(|part| {
            (1..=4).contains(&part.len()) && part.bytes().all(|byte| b"dmyhsx".contains(&byte))
        });
    dated
        || pattern
        || is_month(&low)
        || [
            "am",
            "pm",
            "a.m.",
            "p.m.",
            "date",
            "time",
            "datetime",
            "date/time",
        ]
        .contains(&low.as_str())
}

/// A list with a head: which columns there are, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listing {
    columns: Vec<Column>,
    /// What stands between cells, where something better than one space does.
    between: Option<&'static str>,
    /// The source of all rows, named above: "ProviderName: Contoso".
    pub(super) source: Option<String>,
}

impl Listing {
    /// What a head says: a line of nothing but names of columns, with an id and two more of those
    /// that a list of events has.
    pub(super) fn of(line: &str) -> Option<Listing> {
        if line.len() > LONGEST_HEAD {
            return None;
        }
        let low = line.to_ascii_lowercase();
        let mut columns = Vec::new();
        let mut rest = low.trim_start_matches(['#', '"', ' ']);
        while !rest.is_empty() {
            let (name, column) = NAMES.iter().find(|(name, _)| {
                rest.strip_prefix(name)
                    .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            })?;
            columns.push(*column);
            rest = rest
                .get(name.len()..)?
                .trim_start_matches([' ', '\t', ',', ';', '"', '|']);
        }
        let has = |column| columns.contains(&column);
        let dated = has(Column::When) && (has(Column::Level) || has(Column::Source));
        // A list of what there is begins with the id.
        let levelled = has(Column::Level) && has(Column::Source);
        let levelled = levelled && columns.first() != Some(&Column::Id);
        // "Source   EventID   InstanceId   Message", as PowerShell prints what was selected.
        let selected =
            columns.first() == Some(&Column::Source) && columns.last() == Some(&Column::Text);
        let sound = has(Column::Id) && (dated || levelled || selected && low.contains("eventid"));
        let between = ["\t", ",", ";", "|", "  "]
            .into_iter()
            .find(|mark| low.contains(mark));
        sound.then_some(Listing {
            columns,
            between,
            source: None,
        })
    }

    /// The event of a row.
    pub(super) fn row(&self, line: &str) -> Option<Row> {
        let mut row = self.by_cells(line).or_else(|| self.by_words(line))?;
        row.source = row.source.or_else(|| self.source.clone());
        Some(row)
    }

    fn by_cells(&self, line: &str) -> Option<Row> {
        let between = self.between?;
        let cells = line
            .split(between)
            .map(|cell| cell.trim().trim_matches('"').trim());
        let cells: Vec<&str> = match between {
            "  " => cells.filter(|cell| !cell.is_empty()).collect(),
            _ => cells.collect(),
        };
        let last_is_text = self.columns.last() == Some(&Column::Text);
        let fits = cells.len() == self.columns.len()
            || last_is_text && cells.len() > self.columns.len()
            // The export's head lacks a name for the last column, the message.
            || between == "," && cells.len() > self.columns.len();
        if !fits {
            return None;
        }
        let mut row = Row::default();
        let mut id = None;
        for (column, cell) in self.columns.iter().zip(&cells) {
            match column {
                Column::Id => id = id.or(id_of(cell)),
                _ => row.take(*column, cell),
            }
        }
        row.id = id?;
        Some(row)
    }

    /// Columns that only spaces part: what a word can be says where it belongs.
    fn by_words(&self, line: &str) -> Option<Row> {
        let words = words(line);
        let mut row = Row::default();
        let (mut at, mut id) = (0, None);
        for (n, column) in self.columns.iter().enumerate() {
            let length = match column {
                Column::When => whens(&words, at),
                Column::Level => level_at(&words, at)?.1,
                Column::Id => {
                    id = id.or(Some(id_of(words.get(at)?)?));
                    1
                }
                Column::Word | Column::Log => 1,
                Column::Text => words.len().saturating_sub(at),
                Column::Source | Column::Category => {
                    let next = self.columns.iter().skip(n + 1);
                    let next = next.copied().find(|column| *column != Column::Category);
                    span(&words, at, next)?
                }
            };
            let cell = words.get(at..at + length)?;
            if *column == Column::Source && self.columns.get(n + 1) == Some(&Column::Category) {
                (row.source, row.category) = split_source(cell);
            } else {
                row.take(*column, &cell.join(" "));
            }
            at += length;
        }
        row.id = id?;
        Some(row)
    }
}

/// How many words stand before the next column begins.
fn span(words: &[&str], at: usize, next: Option<Column>) -> Option<usize> {
    let rest = words.get(at..)?;
    let ends = |n: &usize| match next {
        Some(Column::Id) => rest.get(*n).is_some_and(|word| id_of(word).is_some()),
        Some(Column::Level) => level_at(rest, *n).is_some(),
        Some(Column::When) => whens(rest, *n) > 0,
        Some(_) => *n == 1,
        None => false,
    };
    let found = (0..rest.len()).find(ends);
    match next {
        None => Some(rest.len()),
        Some(_) => found.filter(|length| *length <= MOST_WORDS),
    }
}

impl Row {
    fn take(&mut self, column: Column, cell: &str) {
        let said = Some(cell)
            .filter(|cell| !cell.is_empty() && !matches!(*cell, "None" | "N/A" | "-" | "(0)"))
            .map(str::to_owned);
        match column {
            Column::Level => self.level = self.level.or(fields::level(cell)),
            Column::Source => self.source = self.source.take().or(said),
            Column::Category => self.category = self.category.take().or(said),
            Column::Log => self.log = said,
            Column::Text => self.text = said,
            Column::When | Column::Id | Column::Word => {}
        }
    }
}

/// The event in a line that the promotion of a domain controller writes into its own log:
/// "EVENTLOG (Error): NTDS General / Internal Processing : 1168".
pub(super) fn from_setup_log(line: &str) -> Option<Row> {
    let (_, rest) = line.split_once("EVENTLOG (")?;
    let (level, rest) = rest.split_once(')')?;
    let (names, number) = rest.trim_start().strip_prefix(':')?.rsplit_once(':')?;
    let (source, category) = names.split_once(" / ")?;
    Some(Row {
        id: id_of(number.trim().trim_matches(['*', '`']))?,
        source: Some(source.trim().to_owned()),
        level: fields::level(level),
        category: Some(category.trim().to_owned()),
        ..Row::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Vec<(u16, String)> {
        let rows = rows(line).into_iter();
        rows.map(|row| (row.id, row.source.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn rows_without_a_head() {
        for (line, wanted) in [
            (
                "Error 9/9/2010 2:43:29 PM CONTOSO 5719 Error 9/9/2010 2:43:31 PM ContosoPolicy 1055",
                vec![(5719, "CONTOSO"), (1055, "ContosoPolicy")],
            ),
            (
                "Error <DateTime> ContosoApi2 11 Build Chain",
                vec![(11, "ContosoApi2")],
            ),
            (
                "Information **<date & time>** Contoso security auditing. 5157 Filtering",
                vec![(5157, "Contoso security auditing.")],
            ),
            (
                "Warning 9/9/99 10:00:00 AM ContosoMTA Interface 9316 N/A SRV1",
                vec![(9316, "ContosoMTA")],
            ),
            (
                "3/4/2021 10:00 Error Contoso None 7 N/A S",
                vec![(7, "Contoso")],
            ),
            (
                "Audit Failure MM/DD/YYYY HH:MM:SS Contoso Audit 4625 Logon",
                vec![(4625, "Contoso Audit")],
            ),
        ] {
            let wanted: Vec<_> = wanted
                .into_iter()
                .map(|(id, name)| (id, name.to_owned()))
                .collect();
            assert_eq!(read(line), wanted, "{line}");
        }
        for line in [
            "Error 1053 of 9/9/2010",
            "ERROR 9/9/2010 10:00 Setup 1234 failed",
            "Error 9/9/2010 2:43:29 PM Setup 1234 (0x4d2) ended",
            "Information about the update of May 2014 for Windows 2000",
            "Warning: on 1/2/2003 the server 5 stops",
            "Error 5/6/2010 the server has 5 disks",
        ] {
            assert_eq!(read(line), vec![], "{line}");
        }
    }

    #[test]
    fn rows_below_a_head() {
        for (head, line, wanted) in [
            (
                "Level,Date and Time,Source,Event ID,Task Category",
                "Error,9/9/2010 2:43:29 PM,Contoso Manager,5719,None,It failed, then",
                (5719, "Contoso Manager"),
            ),
            (
                "Type Date Time Source Category Event User Computer",
                "Error 9/9/99 10:00:00 AM Srv None 2019 N/A SRV1",
                (2019, "Srv"),
            ),
            (
                "TimeCreated          ProviderName    Id Message",
                "3/4/2021 10:00:00 AM Contoso Disk   153 It was retried.",
                (153, "Contoso Disk"),
            ),
            (
                "Index Time          EntryType   Source                 InstanceID Message",
                "1234 Mar 04 10:00  Error       Contoso Control M...   3221232496 It failed.",
                (7024, "Contoso Control M..."),
            ),
            (
                "Source\tEvent ID\tLevel",
                "Contoso Disk\t7\tError",
                (7, "Contoso Disk"),
            ),
        ] {
            let listing = Listing::of(head).unwrap();
            let row = listing.row(line).unwrap();
            assert_eq!((row.id, row.source.as_deref().unwrap()), wanted, "{line}");
        }
        let listing = Listing::of("TimeCreated    Id LevelDisplayName Message").unwrap();
        let row = listing
            .row("3/4/2021 10:00 AM  1135 Critical  A node is gone.")
            .unwrap();
        assert_eq!(
            (row.id, row.level, row.source),
            (1135, Some(LevelName::Critical), None)
        );
        for head in [
            "Event ID",
            "Source and event",
            "Event ID Source",
            "Date Time Message",
            "Level",
        ] {
            assert_eq!(Listing::of(head), None, "{head}");
        }
    }

    #[test]
    fn rows_of_a_dumped_log() {
        let row =
            from_dump("4/11/95 4:58:39 AM  1   0   1016    N/A ContosoServer  SRV1  x").unwrap();
        assert_eq!(
            (row.id, row.level, row.source.as_deref()),
            (1016, Some(LevelName::Error), Some("ContosoServer"))
        );
        assert_eq!(from_dump("4/11/95 4:58:39 AM 1 2 3 4 5"), None);
    }

    #[test]
    fn lines_of_a_promotion() {
        let row =
            from_setup_log("06/05 [INFO] EVENTLOG (Error): NTDS General / Setup : 1963").unwrap();
        assert_eq!(
            (row.id, row.source.as_deref()),
            (1963, Some("NTDS General"))
        );
        assert_eq!(from_setup_log("EVENTLOG (Error): x"), None);
    }
}
