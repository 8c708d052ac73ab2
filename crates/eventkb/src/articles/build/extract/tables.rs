//! Tables with a column of event ids, in Markdown, HTML, or drawn with spaces.

use super::fields;
use super::heads;
use super::numbers;
use crate::signature::model::LevelName;

/// Which column says what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    id: Option<usize>,
    source: Option<usize>,
    level: Option<usize>,
    log: Option<usize>,
    description: Option<usize>,
    /// A column says what to do about it.
    remedy: bool,
    /// The column that tells the symptoms, in a table without one of ids.
    pub(super) symptom: Option<usize>,
    /// A source that the head of the column of ids names: "Netlogon event ID".
    named: Option<String>,
    /// The head of the column of ids is no name of one, "Logon events": only bare numbers count.
    bare: bool,
    /// Drawn with spaces, and how many blank lines came.
    drawn: bool,
    blanks: u8,
}

/// A row with ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) ids: Vec<u16>,
    pub(super) source: Option<String>,
    pub(super) level: Option<LevelName>,
    pub(super) log: Option<String>,
    pub(super) description: Option<String>,
    /// Other cells, which may say what the event means.
    pub(super) note: String,
    /// The table says what to do about its events.
    pub(super) trouble: bool,
}

/// "Event ID 1388 or 1988": the head's words again.
fn in_words(cell: &str) -> Option<heads::Opening> {
    let cell = cell.trim();
    let mention = numbers::mentions(cell).into_iter().next()?;
    let rest = cell.get(mention.end..)?.trim();
    (mention.start == 0 && mention.form != numbers::Form::Before).then(|| heads::Opening {
        ids: mention.ids,
        rest: rest.trim_start_matches([':', '-', '.', ' ']).to_owned(),
        ..heads::Opening::default()
    })
}

/// "NTDS Replication 1839": both in one cell.
fn source_and_id(cell: &str) -> Option<heads::Opening> {
    let (source, number) = cell.trim().rsplit_once(' ')?;
    // "NTDS General Event 1393"
    let source = source.trim_end();
    let source = ["Event ID", "Event", "event ID", "event"]
        .iter()
        .find_map(|word| source.strip_suffix(word))
        .filter(|rest| rest.ends_with(' '))
        .unwrap_or(source)
        .trim_end();
    let (id, end) = numbers::number(number, 0)?;
    let words = source.split_whitespace().count();
    let sound = end == number.len() && end >= 2 && (1..=4).contains(&words);
    let named = sound && source.starts_with(char::is_uppercase);
    named.then(|| heads::Opening {
        ids: vec![id],
        source: Some(source.trim().to_owned()),
        ..heads::Opening::default()
    })
}

/// "MessageId=0x1002 (4098)": the number in two forms.
fn in_parentheses(cell: &str) -> Option<heads::Opening> {
    let (before, inner) = cell.trim().strip_suffix(')')?.rsplit_once('(')?;
    let (id, end) = numbers::number(inner, 0)?;
    let hex = before.to_ascii_lowercase().contains(&format!("0x{id:x}"));
    (hex && end == inner.len()).then(|| heads::Opening {
        ids: vec![id],
        ..heads::Opening::default()
    })
}

/// Heads of columns that say what to do about an event: the table is one of troubles.
fn is_remedy(head: &str) -> bool {
    [
        "action",
        "cause",
        "fix",
        "mitigation",
        "possible cause",
        "possible resolution",
        "recommend",
        "remediation",
        "resolution",
        "solution",
        "suggest",
        "troubleshooting",
        "what to do",
        "workaround",
    ]
    .iter()
    .any(|word| head.starts_with(word))
}

/// Heads of columns of sources.
fn is_source(head: &str) -> bool {
    [
        "source",
        "event source",
        "provider",
        "event provider",
        "provider name",
        "source name",
        "event sender",
        "log source",
        "service",
    ]
    .contains(&head)
}

/// Words before "event ID" in a head that name no source.
const PLAIN: &[&str] = &[
    "alert",
    "associated",
    "audit",
    "common",
    "corresponding",
    "error",
    "related",
    "relevant",
    "security",
    "triggered",
    "triggers",
    "windows",
];

impl Columns {
    /// What the cells of a head say.
    pub(super) fn of(cells: &[String]) -> Columns {
        let mut columns = Columns::default();
        for (at, cell) in cells.iter().enumerate() {
            let low = cell.trim().trim_matches(['*', ':']).to_ascii_lowercase();
            columns.remedy |= is_remedy(&low);
            if low.starts_with("symptom") {
                columns.symptom.get_or_insert(at);
            }
            let is_id = [
                "event",
                "id",
                "event number",
                "event no.",
                "events",
                "event code",
            ]
            .contains(&low.as_str())
                || low.ends_with("event id")
                || low.ends_with("event ids")
                // "Event ID: 1000" is an event, and no head of a column.
                || low.starts_with("event id") && !low.contains(|c: char| c.is_ascii_digit())
                || low.ends_with("eventid")
                || low.contains("source and event id");
            let slot = if is_id && columns.id.is_none() {
                let before = low
                    .strip_suffix("event id")
                    .or_else(|| low.strip_suffix("event ids"));
                // "Kerberos event ID"; "Triggers event IDs" names nothing.
                let before = before.map(str::trim);
                let before = before.filter(|name| !name.is_empty() && !PLAIN.contains(name));
                columns.named = before
                    .and_then(|name| cell.trim().get(..name.len()))
                    .map(str::to_owned);
                &mut columns.id
            } else if low.split('/').any(|part| is_source(part.trim())) {
                &mut columns.source
            } else if ["level", "event level", "type", "event type", "severity"]
                .contains(&low.as_str())
            {
                &mut columns.level
            } else if ["log", "event log", "log name", "channel"].contains(&low.as_str()) {
                &mut columns.log
            } else if [
                "description",
                "message",
                "event message",
                "event message text",
                "event description",
                "text",
                "message text",
                "event text",
                "details",
                "meaning",
            ]
            .contains(&low.as_str())
            {
                &mut columns.description
            } else {
                continue;
            };
            slot.get_or_insert(at);
        }
        let first = cells.first().map(|cell| cell.trim().to_ascii_lowercase());
        if columns.id.is_none() && first.is_some_and(|first| first.ends_with(" events")) {
            columns.id = Some(0);
            columns.bare = true;
        }
        columns
    }

    /// A source that stands above the table.
    pub(super) fn named_above(&mut self, source: Option<String>) {
        self.named = self.named.take().or(source);
    }

    pub(super) fn has_ids(&self) -> bool {
        self.id.is_some()
    }

    /// Whether a row that is not marked as a head is one: names of columns, and nothing else.
    pub(super) fn is_head_row(cells: &[String]) -> bool {
        let columns = Columns::of(cells);
        let known = [
            columns.source,
            columns.level,
            columns.log,
            columns.description,
        ];
        let digits = cells
            .iter()
            .any(|cell| cell.contains(|c: char| c.is_ascii_digit()));
        columns.id.is_some() && !columns.bare && known.iter().any(Option::is_some) && !digits
    }

    /// The events of a row; `None` when the table has no column of ids or the row no id.
    pub(super) fn row(&self, cells: &[String]) -> Option<Row> {
        let cell = |at: Option<usize>| {
            let text = at.and_then(|at| cells.get(at))?.trim();
            (!text.is_empty()).then(|| text.replace('\n', " "))
        };
        let mut id = cell(self.id)?;
        let mut source = cell(self.source);
        // Under heads that were confused the id stands below "Source".
        let is_id = |text: &str| numbers::number(text, 0).is_some_and(|(_, end)| end == text.len());
        if self.bare && !(is_id(&id) && id.len() >= 3) {
            return None;
        }
        if let Some(other) = source.as_mut().filter(|other| is_id(other) && !is_id(&id)) {
            std::mem::swap(&mut id, other);
        }
        // The same with two columns: "Alert name | Event ID" above "2001 | It failed".
        if let [first, _] = cells
            && self.id == Some(1)
            && is_id(first.trim())
            && heads::after_label(&id).is_none()
        {
            first.trim().clone_into(&mut id);
        }
        let opening = heads::after_label(&id)
            .or_else(|| in_words(&id))
            .or_else(|| source_and_id(&id))
            .or_else(|| in_parentheses(&id))?;
        let level = cell(self.level).and_then(|text| fields::level(&text));
        let others = cells.iter().enumerate().filter(|(at, _)| {
            let at = Some(*at);
            at != self.id && at != self.source && at != self.description
        });
        let note: Vec<&str> = others.map(|(_, text)| text.trim()).collect();
        Some(Row {
            ids: opening.ids,
            source: opening.source.or(source).or_else(|| self.named.clone()),
            level: level.or(opening.level),
            log: cell(self.log),
            description: cell(self.description)
                .or(Some(opening.rest).filter(|text| !text.is_empty())),
            note: note.join(" "),
            trouble: self.remedy,
        })
    }

    /// Whether a line of text is the head of a table drawn with spaces. Rows follow, then.
    pub(super) fn is_head(&mut self, line: &str) -> bool {
        let cells = cells_of(line);
        // "Event  2335    Source    Contoso": fields, not their names.
        let filled = cells
            .iter()
            .any(|cell| cell.starts_with(|c: char| c.is_ascii_digit()));
        if cells.len() < 2 || line.contains(':') || filled {
            return false;
        }
        let columns = Columns::of(&cells);
        let known = [
            columns.source,
            columns.level,
            columns.log,
            columns.description,
        ];
        if columns.id != Some(0) || known.iter().all(Option::is_none) {
            return false;
        }
        *self = Columns {
            drawn: true,
            ..columns
        };
        true
    }

    /// A row of a table drawn with spaces.
    pub(super) fn text_row(&mut self, line: &str) -> Option<Row> {
        if !self.drawn {
            return None;
        }
        if line
            .chars()
            .all(|c| matches!(c, '-' | '=' | ' ' | '+' | '|'))
        {
            return None;
        }
        let mut cells = cells_of(line);
        let first = cells.first()?.clone();
        let Some((_, end)) = numbers::number(&first, 0) else {
            // A wrapped description; behind a blank line it is the text after the table.
            if self.blanks > 0 {
                *self = Columns::default();
            }
            return None;
        };
        self.blanks = 0;
        if end < first.len() {
            // One space between the id and the next column.
            cells = vec![
                first.get(..end)?.to_owned(),
                first.get(end..)?.trim().to_owned(),
            ];
        }
        self.row(&cells)
    }

    /// A blank line came.
    pub(super) fn blank(&mut self) {
        if !self.drawn {
            *self = Columns::default();
            return;
        }
        self.blanks = self.blanks.saturating_add(1);
        if self.blanks > 2 {
            *self = Columns::default();
        }
    }
}

fn cells_of(line: &str) -> Vec<String> {
    let parts = line.split(['\t', '|']).flat_map(|part| part.split("  "));
    parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn again_in_words() -> Row {
        let columns = Columns::of(&cells(&["Event", "Details"]));
        columns
            .row(&cells(&["NTDS General Event 1393", "full"]))
            .unwrap()
    }

    #[test]
    fn rows_of_a_table() {
        let columns = Columns::of(&cells(&["Event ID", "Source", "Level", "Message"]));
        let row = columns
            .row(&cells(&["7000, 7009", "Contoso", "Error", "It\nstops"]))
            .unwrap();
        assert_eq!(row.ids, [7000, 7009]);
        assert_eq!(row.source.as_deref(), Some("Contoso"));
        assert_eq!(row.level, Some(LevelName::Error));
        assert_eq!(row.description.as_deref(), Some("It stops"));
        assert_eq!(columns.row(&cells(&["none", "x"])), None);
        let named = Columns::of(&cells(&["Netlogon event ID ", "Notes"]));
        let row = named.row(&cells(&["5832", "new"])).unwrap();
        assert_eq!(row.source.as_deref(), Some("Netlogon"));
        assert!(!Columns::of(&cells(&["Error", "Cause"])).has_ids());
        assert!(!Columns::of(&cells(&["Event ID: 1000"])).has_ids());
        let both = again_in_words();
        assert_eq!(both.ids, [1393]);
        assert_eq!(both.source.as_deref(), Some("NTDS General"));
        let bare = Columns::of(&cells(&["Logon events", "Description"]));
        assert_eq!(bare.row(&cells(&["529", "It fails"])).unwrap().ids, [529]);
        assert_eq!(bare.row(&cells(&["Event 5", "It fails"])), None);
        let typed = Columns::of(&cells(&["Event ID", "Provide/Source"]));
        let row = typed.row(&cells(&["1125", "Contoso"])).unwrap();
        assert_eq!(row.source.as_deref(), Some("Contoso"));
        assert!(Columns::is_head_row(&cells(&["Event ID", "Channel"])));
        assert!(!Columns::is_head_row(&cells(&["Event ID", "7024"])));
        let again = Columns::of(&cells(&["Event ID", "Cause"]));
        let row = again
            .row(&cells(&["Event ID 1388 or 1988", "lingers"]))
            .unwrap();
        assert_eq!((row.ids, row.source), (vec![1388, 1988], None));
        let confused = Columns::of(&cells(&["Event", "Source", "Text"]));
        let row = confused.row(&cells(&["Contoso KCC", "1308", "x"])).unwrap();
        assert_eq!(
            (row.ids, row.source.as_deref()),
            (vec![1308], Some("Contoso KCC"))
        );
    }

    #[test]
    fn a_table_drawn_with_spaces() {
        let mut columns = Columns::default();
        assert!(columns.is_head("Event ID   Source     Description"));
        assert_eq!(columns.text_row("--------   ------"), None);
        let row = columns.text_row("5001   Contoso   It begins").unwrap();
        assert_eq!(
            (row.ids, row.source.as_deref()),
            (vec![5001], Some("Contoso"))
        );
        assert!(!Columns::default().is_head("an event id  and a word"));
    }
}
