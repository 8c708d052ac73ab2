//! Which columns a table of events has, told by its heading or by its first row.
//!
//! Folklore it knows:
//! - Event Viewer since Vista writes a heading for five columns and leaves the sixth, the text,
//!   without one; heading and words are in the server's language;
//! - Event Viewer of NT 4.0 to 2003 writes no heading; nor does dumpel;
//! - the collectors of Microsoft support (GetEvents.VBS) always write American dates;
//! - LogParser joins the insertion strings with `|`;
//! - `Export-Csv` begins with a line that names the type of the objects.

use crate::export::dates::{self, Order, Told};
use crate::export::localized_levels;
use crate::export::rows;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    DateTime,
    Date,
    Time,
    Source,
    EventId,
    /// A level by its own number or its word.
    Level,
    /// A classic event type by its number or its word.
    Kind,
    Keywords,
    Category,
    CategoryName,
    Computer,
    Log,
    RecordId,
    /// Insertion strings in one field, joined with `|`.
    Strings,
    /// This field and all behind it are one insertion string each.
    StringsFromHere,
    Description,
    Other,
}

/// A table's columns, and how to read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) delimiter: u8,
    pub(crate) columns: Vec<Column>,
    /// Lines before the first row.
    pub(crate) heading: usize,
    pub(crate) order: Order,
    /// Nothing told whether day or month comes first.
    pub(crate) guessed: bool,
    /// Texts in braces are the strings of an event without a text.
    pub(crate) braces: bool,
}

/// Finds out what a table is; `None` if it is no table of events.
pub(crate) fn detect(text: &str) -> Option<Layout> {
    let text = text.trim_start_matches('\u{feff}');
    let mut heading = 0;
    let mut lines = text.lines();
    let mut first = lines.next()?;
    while first.trim().is_empty() || first.starts_with("#TYPE ") || first.starts_with("sep=") {
        heading += 1;
        first = lines.next()?;
    }
    let rest: Vec<&str> = lines.take(100).collect();
    b",\t;".iter().find_map(|&delimiter| {
        let fields = rows::fields(first, delimiter);
        let mut layout = named(&fields)
            .or_else(|| unknown_language(&fields, rest.first()?, delimiter))
            .or_else(|| without_heading(&fields))?;
        layout.delimiter = delimiter;
        let named = layout.heading;
        layout.heading += heading;
        settle_order(
            &mut layout,
            std::iter::once(&first).chain(&rest).skip(named),
        );
        Some(layout)
    })
}

fn layout(columns: Vec<Column>, heading: usize) -> Layout {
    Layout {
        delimiter: b',',
        columns,
        heading,
        order: Order::DayFirst,
        guessed: true,
        braces: false,
    }
}

/// A heading whose words are known.
fn named(fields: &[String]) -> Option<Layout> {
    let names: Vec<String> = fields
        .iter()
        .map(|field| field.trim().to_lowercase())
        .collect();
    let has = |name: &str| names.iter().any(|have| have == name);
    let mut columns: Vec<Column> = names.iter().map(|name| column(name)).collect();
    if has("providername") || has("provider name") {
        replace(&names, &mut columns, "id", Column::EventId);
    }
    if has("eventid") || has("instanceid") && has("entrytype") {
        // `InstanceId` holds all 32 bits; `EventID` beside it only repeats the lower ones.
        replace(&names, &mut columns, "instanceid", Column::EventId);
    }
    let holds = |column: Column| columns.contains(&column);
    let dated = holds(Column::DateTime) || holds(Column::Date) && holds(Column::Time);
    let graded = holds(Column::Level) || holds(Column::Kind) || holds(Column::Keywords);
    let placed = holds(Column::Source) || holds(Column::Computer);
    if !(dated && graded && placed && holds(Column::EventId)) {
        return None;
    }
    let mut layout = layout(columns, 1);
    if has("type/level") && has("event code") {
        layout.braces = true;
        layout.order = Order::MonthFirst;
        layout.guessed = false;
    }
    Some(layout)
}

fn replace(names: &[String], columns: &mut [Column], name: &str, by: Column) {
    for (have, column) in names.iter().zip(columns) {
        if have == name {
            *column = by;
        }
    }
}

fn column(name: &str) -> Column {
    match name {
        "date and time" | "datum und uhrzeit" | "date et heure" | "fecha y hora" | "data e ora"
        | "timegenerated" | "timegeneratedutc" | "timecreated" => Column::DateTime,
        "date" | "datum" | "fecha" | "data" => Column::Date,
        "time" | "uhrzeit" | "heure" | "hora" | "ora" => Column::Time,
        "source" | "quelle" | "origen" | "origine" | "sourcename" | "providername"
        | "provider name" => Column::Source,
        "event id"
        | "event code"
        | "eventid"
        | "eventcode"
        | "ereignis-id"
        | "id evento"
        | "id de l’événement"
        | "id de l'événement"
        | "id. del evento"
        | "id. de evento"
        | "identificador del evento" => Column::EventId,
        "level" | "ebene" | "niveau" | "nivel" | "livello" => Column::Level,
        "type/level" | "type" | "typ" | "eventtype" | "entrytype" => Column::Kind,
        "keywords" | "schlüsselwörter" | "mots clés" | "mots-clés" | "palabras clave"
        | "parole chiave" => Column::Keywords,
        "eventcategory" | "categorynumber" => Column::Category,
        "task category"
        | "category"
        | "eventcategoryname"
        | "aufgabenkategorie"
        | "kategorie"
        | "catégorie de la tâche"
        | "catégorie de tâche"
        | "categoría de la tarea"
        | "categoria attività"
        | "taskdisplayname" => Column::CategoryName,
        "computer name" | "computer" | "computername" | "machinename" | "ordinateur" | "equipo" => {
            Column::Computer
        }
        "log name" | "logname" | "eventlog" | "protokollname" => Column::Log,
        "recordnumber" | "recordid" | "index" => Column::RecordId,
        "strings" => Column::Strings,
        "description" | "message" | "beschreibung" | "eventdescription" => Column::Description,
        _ => Column::Other,
    }
}

/// Event Viewer in a language whose words are not known: its shape is the same everywhere.
fn unknown_language(heading: &[String], row: &str, delimiter: u8) -> Option<Layout> {
    let row = rows::fields(row, delimiter);
    let fits = heading.len() == 5
        && heading
            .iter()
            .all(|name| !name.trim().is_empty() && name.trim().parse::<u64>().is_err())
        && row.len() > 5
        && dates::moment(row.get(1)?, Order::DayFirst).is_some()
        && row.get(3)?.trim().parse::<u16>().is_ok();
    let columns = vec![
        Column::Level,
        Column::DateTime,
        Column::Source,
        Column::EventId,
        Column::CategoryName,
        Column::Description,
    ];
    fits.then(|| layout(columns, 1))
}

/// Event Viewer before Vista, and dumpel.
fn without_heading(row: &[String]) -> Option<Layout> {
    let field = |at: usize| row.get(at).map_or("", |field| field.trim());
    let number = |at: usize| field(at).parse::<u16>().is_ok();
    if row.len() < 8 || dates::date_and_time(field(0), field(1), Order::DayFirst).is_none() {
        return None;
    }
    if number(5) && !number(3) && localized_levels::classic_level(field(3)).is_some() {
        return Some(layout(
            vec![
                Column::Date,
                Column::Time,
                Column::Source,
                Column::Kind,
                Column::CategoryName,
                Column::EventId,
                Column::Other,
                Column::Computer,
                Column::Description,
            ],
            0,
        ));
    }
    if matches!(field(2), "0" | "1" | "2" | "4" | "8" | "16")
        && number(3)
        && number(4)
        && !number(5)
    {
        return Some(layout(
            vec![
                Column::Date,
                Column::Time,
                Column::Kind,
                Column::Category,
                Column::EventId,
                Column::Source,
                Column::Other,
                Column::Computer,
                Column::StringsFromHere,
            ],
            0,
        ));
    }
    None
}

/// Looks for a date that tells the order of day and month.
fn settle_order<'a>(layout: &mut Layout, lines: impl Iterator<Item = &'a &'a str>) {
    if !layout.guessed {
        return;
    }
    let at = |wanted: Column| layout.columns.iter().position(|column| *column == wanted);
    let (date, time) = (
        at(Column::DateTime).or_else(|| at(Column::Date)),
        at(Column::Time),
    );
    let mut open = false;
    let mut half_day = false;
    for line in lines {
        let fields = rows::fields(line, layout.delimiter);
        let Some(field) = date.and_then(|at| fields.get(at)) else {
            continue;
        };
        let day = field.split_whitespace().next().unwrap_or_default();
        match dates::order_of(day) {
            Told::Surely(order) => {
                layout.order = order;
                layout.guessed = false;
                return;
            }
            Told::Nothing => {
                open = true;
                let clock = time.and_then(|at| fields.get(at)).unwrap_or(field);
                half_day |= dates::half_day_clock(clock);
            }
            Told::NotNeeded => {}
        }
    }
    layout.order = if half_day {
        Order::MonthFirst
    } else {
        Order::DayFirst
    };
    // Where the first dates need no order, the others look the same.
    layout.guessed = open;
}
