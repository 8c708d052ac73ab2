//! Which columns a table of events has, told by its heading or by its first row.
//!
//! What was found is a list of keys, one for each column, under which the fields of each row become
//! a bag for the table of [`dialects`]: headings of known programs are such keys themselves;
//! headings in other languages, and tables without one, get the keys of Event Viewer.
//!
//! Folklore it knows:
//! - Event Viewer since Vista writes a heading for five columns and leaves the sixth, the text,
//!   without one; heading and words are in the server's language;
//! - Event Viewer of NT 4.0 to 2003 writes no heading; nor does dumpel;
//! - `Export-Csv` begins with a line that names the type of the objects.

use crate::export::dates;
use crate::export::dialects::{self, Dialect, EVENT_VIEWER, OURS};
use crate::export::json::{Json, Object};
use crate::export::localized_levels;
use crate::export::rows::{self, Row, Rows};
use crate::export::text::Window;

/// A table's columns, and how to read them.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) delimiter: u8,
    /// The key of each column.
    pub(crate) columns: Vec<String>,
    /// Lines before the first row.
    pub(crate) heading: usize,
    pub(crate) dialect: &'static Dialect,
    /// The last column and all behind it are one insertion string each.
    pub(crate) strings_at_end: bool,
}

/// Finds out what a table is; `None` if it is no table of events.
pub(crate) fn detect(text: &str) -> Option<Layout> {
    let text = text.trim_start_matches('\u{feff}');
    let mut above = 0;
    let mut first = "";
    let mut below = text;
    while first.trim().is_empty() || first.starts_with("#TYPE ") || first.starts_with("sep=") {
        above += usize::from(!std::ptr::eq(below, text));
        (first, below) = below.split_once('\n').or_else(|| {
            let last = !below.is_empty();
            last.then_some((below, ""))
        })?;
    }
    let first = first.trim_end_matches('\r');
    b",\t;|".iter().find_map(|&delimiter| {
        let fields = rows::fields(first, delimiter);
        if fields.len() < 2 {
            return None;
        }
        let row = || first_row(below, delimiter);
        let mut layout = known(&fields, row)
            .or_else(|| translated(&fields))
            .or_else(|| unknown_language(&fields, &row()?))
            .or_else(|| without_heading(&fields))?;
        layout.delimiter = delimiter;
        layout.heading += above;
        Some(layout)
    })
}

/// The first row below the heading.
fn first_row(text: &str, delimiter: u8) -> Option<Vec<String>> {
    let mut bytes = text.as_bytes();
    match Rows::new(Window::new(&mut bytes), delimiter).next()? {
        Row::Fields(fields) => Some(fields),
        Row::NotClosed | Row::TooLarge => None,
    }
}

fn layout(columns: Vec<String>, heading: usize, dialect: &'static Dialect) -> Layout {
    Layout {
        delimiter: b',',
        columns,
        heading,
        dialect,
        strings_at_end: false,
    }
}

/// A heading of a program that is known.
fn known(heading: &[String], row: impl Fn() -> Option<Vec<String>>) -> Option<Layout> {
    let columns: Vec<String> = heading.iter().map(|name| name.trim().to_owned()).collect();
    // Programs that keep all in one field are known by what is in it.
    let fields = if columns.len() <= 200 { row() } else { None };
    let fields = fields.unwrap_or_default();
    let text = |at: usize| Json::Text(fields.get(at).cloned().unwrap_or_default());
    let bag = columns.iter().cloned().zip((0..).map(text)).collect();
    let dialect = dialects::find(&Object::new(bag))?;
    // Our own findings hold what was found, not what was logged.
    let findings = columns.iter().any(|column| column == "verdict");
    if std::ptr::eq(dialect, &OURS) && findings {
        return None;
    }
    Some(layout(columns, 1, dialect))
}

/// A heading of Event Viewer whose words are known.
fn translated(heading: &[String]) -> Option<Layout> {
    let key = |name: &String| {
        let name = name.trim();
        translate(&name.to_lowercase()).unwrap_or(name).to_owned()
    };
    let columns: Vec<String> = heading.iter().map(key).collect();
    let has = |key: &str| columns.iter().any(|column| column == key);
    let dated = has("Date and Time") || has("Date") && has("Time");
    let graded = has("Level") || has("Kind") || has("Keywords");
    let placed = has("Source") || has("Computer");
    (dated && graded && placed && has("Event ID")).then(|| layout(columns, 1, &EVENT_VIEWER))
}

/// The key of Event Viewer that a word in a heading stands for.
fn translate(word: &str) -> Option<&'static str> {
    Some(match word {
        "date and time"
        | "datum und uhrzeit"
        | "date et heure"
        | "fecha y hora"
        | "data e ora"
        | "datum en tijd"
        | "data i godzina"
        | "日付と時刻"
        | "日期和时间"
        | "日期和時間"
        | "날짜 및 시간"
        | "дата и время" => "Date and Time",
        "date" | "datum" | "fecha" | "data" => "Date",
        "time" | "uhrzeit" | "heure" | "hora" | "ora" => "Time",
        "source" | "quelle" | "origen" | "origine" | "bron" | "źródło" | "ソース" | "来源"
        | "來源" | "원본" | "источник" => "Source",
        "event id"
        | "event"
        | "eventid"
        | "ereignis-id"
        | "id evento"
        | "id de l’événement"
        | "id de l'événement"
        | "id. del evento"
        | "id. de evento"
        | "id del evento"
        | "identificador del evento"
        | "gebeurtenis-id"
        | "identyfikator zdarzenia"
        | "イベント id"
        | "事件 id"
        | "事件識別碼"
        | "이벤트 id"
        | "код события" => "Event ID",
        "level" | "ebene" | "niveau" | "nivel" | "livello" | "poziom" | "レベル" | "级别"
        | "等級" | "수준" | "уровень" => "Level",
        "type" | "typ" | "tipo" => "Kind",
        "keywords"
        | "schlüsselwörter"
        | "mots clés"
        | "mots-clés"
        | "palabras clave"
        | "parole chiave"
        | "trefwoorden"
        | "słowa kluczowe"
        | "キーワード"
        | "关键字"
        | "關鍵字"
        | "키워드"
        | "ключевые слова" => "Keywords",
        "task category"
        | "category"
        | "aufgabenkategorie"
        | "kategorie"
        | "catégorie de la tâche"
        | "catégorie de tâche"
        | "categoría de la tarea"
        | "categoria attività"
        | "taakcategorie"
        | "kategoria zadania"
        | "タスクのカテゴリ"
        | "任务类别"
        | "工作類別"
        | "작업 범주"
        | "категория задачи" => "Task Category",
        "computer"
        | "computer name"
        | "ordinateur"
        | "equipo"
        | "コンピューター"
        | "计算机"
        | "電腦"
        | "컴퓨터"
        | "компьютер" => "Computer",
        "log" | "log name" | "protokollname" | "protokoll" => "Log",
        "description" | "beschreibung" | "message" => "Description",
        _ => return None,
    })
}

const AS_SAVED: [&str; 6] = [
    "Level",
    "Date and Time",
    "Source",
    "Event ID",
    "Task Category",
    "Description",
];

fn keys(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|key| (*key).to_owned()).collect()
}

/// Event Viewer in a language whose words are not known: its shape is the same everywhere.
fn unknown_language(heading: &[String], row: &[String]) -> Option<Layout> {
    let names = heading
        .iter()
        .all(|name| !name.trim().is_empty() && name.trim().parse::<u64>().is_err());
    // The text has no heading; a row may lack it.
    let fits = names && heading.len() == 5 && (row.len() == 6 || row.len() == 5);
    let dated = row.get(1).is_some_and(|field| is_time(field));
    let numbered = row.get(3)?.trim().parse::<u16>().is_ok();
    let sourced = !row.get(2)?.trim().is_empty();
    (fits && dated && numbered && sourced).then(|| layout(keys(&AS_SAVED), 1, &EVENT_VIEWER))
}

/// Whether a field is a time, or one of a calendar that is not known.
fn is_time(field: &str) -> bool {
    !matches!(dates::parse(field), Err(dates::Unreadable::NotATime))
}

/// Event Viewer before Vista, and dumpel.
fn without_heading(row: &[String]) -> Option<Layout> {
    let field = |at: usize| row.get(at).map_or("", |field| field.trim());
    let number = |at: usize| field(at).parse::<u16>().is_ok();
    if row.len() < 8 || !is_time(&format!("{} {}", field(0), field(1))) {
        return None;
    }
    if number(5) && !number(3) && localized_levels::classic_level(field(3)).is_some() {
        let columns = [
            "Date",
            "Time",
            "Source",
            "Kind",
            "Category",
            "Event ID",
            "User",
            "Computer",
            "Description",
        ];
        return Some(layout(keys(&columns), 0, &EVENT_VIEWER));
    }
    let classic = matches!(field(2), "0" | "1" | "2" | "4" | "8" | "16");
    if classic && number(3) && number(4) && !number(5) {
        let columns = [
            "Date", "Time", "Kind", "Category", "Event ID", "Source", "User", "Computer",
        ];
        let mut layout = layout(keys(&columns), 0, &EVENT_VIEWER);
        layout.strings_at_end = true;
        return Some(layout);
    }
    None
}
