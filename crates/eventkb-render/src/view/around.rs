//! What all computers logged around one instant, with the findings that rest on it.

use std::collections::{BTreeMap, BTreeSet};

use eventkb::report::{MarkKind, Report, Timeline, TimelineGap};
use jiff::Timestamp;

use super::axis::Axis;
use super::cited::CitedFiles;
use super::clock::Clock;
use super::events::text;
use super::timeline::Letters;
use super::{Context, EventRow, Reader, timeline};
use crate::doc::{Cell, Doc, Line, Table, Tone};
use crate::times;
use crate::words::{self, event as said};

/// Records listed: the nearest ones.
const MOST_ROWS: usize = 200;
/// Columns for the text of a row below which it may take one line more.
const SHORT_LINE: usize = 56;

/// Which instant, and what lies around it.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The instant.
    pub time: Timestamp,
    /// The record it is the time of, by file and id, where it was named so.
    pub record: Option<(&'a str, u64)>,
    /// Seconds before and after it.
    pub within_s: u64,
    /// The records, in order of time.
    pub rows: &'a [EventRow],
    /// Records that are not among them because there are too many.
    pub later: u64,
}

/// What lies around an instant: the drawing, and everything in order of time. The report is that of a
/// scan with a timeline of the same time.
pub fn around(around: &Around<'_>, report: &Report, reader: &Reader) -> Doc {
    let context = Context::new(report, reader);
    let mut doc = Doc::default();
    doc.para(headline(around, &context));
    let letters = timeline::letters(&context);
    let none = Timeline::default();
    let timeline = report.timeline.as_ref().unwrap_or(&none);
    if let (Some(from), Some(to)) = (timeline.window.from, timeline.window.to) {
        let axis = Axis::between(from, to);
        doc.title(timeline::title("Timeline", Some(&axis), &context));
        doc.lanes(timeline::drawing(timeline, &axis, &letters, &context));
    }
    add_rows(&mut doc, around, timeline, &letters, &context);
    doc.list(context.redaction_lines().collect());
    doc
}

fn headline(around: &Around<'_>, context: &Context) -> Line {
    let computers: BTreeSet<&str> = around
        .rows
        .iter()
        .filter_map(|row| row.event.computer.as_deref())
        .collect();
    let what = match around.record {
        Some((file, id)) => format!("record {id} of {}, ", context.path(file)),
        None => String::new(),
    };
    let records = around.rows.len() as u64 + around.later;
    let number = words::count(records, "record");
    Line::toned(Tone::Strong, number).plain(format!(
        " of {} within {} of {what}{}.",
        words::count(computers.len() as u64, "computer"),
        words::duration(around.within_s),
        context.zone().full(around.time)
    ))
}

/// One row of the list.
enum Row<'a> {
    Event(&'a EventRow),
    Gap(&'a str, &'a TimelineGap),
}

impl Row<'_> {
    fn time(&self) -> Option<Timestamp> {
        match self {
            Row::Event(row) => row.event.time,
            Row::Gap(_, gap) => Some(gap.from),
        }
    }
}

fn add_rows(
    doc: &mut Doc,
    around: &Around<'_>,
    timeline: &Timeline,
    letters: &Letters,
    context: &Context,
) {
    let mut nearest: Vec<&EventRow> = around.rows.iter().collect();
    let distance = |row: &&EventRow| {
        let time = row.event.time.unwrap_or(Timestamp::MAX);
        time.duration_since(around.time).abs()
    };
    nearest.sort_by_key(distance);
    nearest.truncate(MOST_ROWS);
    let mut rows: Vec<Row> = nearest.into_iter().map(Row::Event).collect();
    rows.extend(timeline.lanes.iter().flat_map(|lane| {
        let gaps = lane.gaps.iter();
        gaps.map(|gap| Row::Gap(lane.computer.as_str(), gap))
    }));
    rows.sort_by_key(Row::time);
    let files = CitedFiles::of(rows.iter().filter_map(|row| match row {
        Row::Event(row) => Some(&*row.event.file),
        Row::Gap(..) => None,
    }));
    let computers = rows.iter().filter_map(|row| match row {
        Row::Event(row) => row.event.computer.as_deref(),
        Row::Gap(computer, _) => Some(computer),
    });
    // Two lines are enough to tell what a record is about, three where they are short. The seconds need
    // room, and so do words that do not fit at a line's end.
    let room = timeline::room_for_text(computers, context);
    let lines = |room: usize| if room < SHORT_LINE { 3 } else { 2 };
    let list = List {
        around,
        cited: cited(timeline, letters),
        clock: Clock::of(rows.iter().filter_map(Row::time), context.zone()),
        room: room.map(|room| lines(room) * room.saturating_sub("-00:00:00".len() + 6)),
        files,
    };
    let files = &list.files;
    let when = list.clock.title(context.reader);
    let mut table =
        Table::new("Records", &[&when, ">from it", "computer", "", "what"]).without_rules();
    for row in &rows {
        table.row(list.cells(row, context));
    }
    if files.len() > 0 {
        doc.para(files.line(context));
    }
    doc.table(table);
    let more = (around.rows.len() as u64 + around.later).saturating_sub(MOST_ROWS as u64);
    if more > 0 {
        let hint = context
            .reader
            .hint("--format line", "lists all, a smaller --within fewer");
        doc.para(format!(
            "These are the nearest; {} not shown{hint}.",
            words::count(more, "record")
        ));
    }
}

/// The letters of the findings that rest on a record, by file, id and time.
type Cited<'t> = BTreeMap<(&'t str, Option<u64>, Timestamp), String>;

fn cited<'t>(timeline: &'t Timeline, letters: &Letters) -> Cited<'t> {
    let mut cited = Cited::new();
    for mark in &timeline.marks {
        if let MarkKind::Event {
            signatures,
            file,
            record_id,
            ..
        } = &mark.what
        {
            let of = signatures.iter().filter_map(|id| letters.get(id));
            let entry = cited.entry((file, *record_id, mark.time)).or_default();
            entry.extend(of);
        }
    }
    cited
}

/// What all rows of a list need.
struct List<'l> {
    around: &'l Around<'l>,
    cited: Cited<'l>,
    files: CitedFiles,
    clock: Clock<'l>,
    /// Characters of a row's text, where it is to be short.
    room: Option<usize>,
}

impl List<'_> {
    fn cells(&self, row: &Row, context: &Context) -> Vec<Cell> {
        let time = row.time();
        let delta = time.map_or_else(String::new, |time| {
            match time.duration_since(self.around.time).as_millis() {
                0 => "0".to_owned(),
                millis => times::delta((millis as f64 / 1000.0).round()),
            }
        });
        let when = time.map_or_else(|| "no time".into(), |time| self.clock.cell(time));
        let (computer, sign, what) = match row {
            Row::Gap(computer, gap) => {
                (*computer, Cell::default(), timeline::gap_line(gap, context))
            }
            Row::Event(row) => {
                let (sign, line) = self.event(row);
                (row.event.computer.as_deref().unwrap_or(""), sign, line)
            }
        };
        vec![
            when.into(),
            delta.into(),
            timeline::name(computer, context).into(),
            sign,
            Cell::lines(vec![what]),
        ]
    }

    fn event(&self, row: &EventRow) -> (Cell, Line) {
        let event = &row.event;
        let name = said::event(&event.provider, event.event_id);
        let level = said::level(event.level);
        let is_it = self
            .around
            .record
            .is_some_and(|(file, id)| *event.file == *file && event.record_id == Some(id));
        let record = said::record_number(event.record_id, event.offset);
        let place = format!("; {}{record}", self.files.mark(&event.file));
        let before = name.len() + level.len() + 3;
        let all = text(row);
        let all = timeline::fitted(words::clause(&all), before + place.len(), self.room);
        let tone = if is_it { Tone::Strong } else { Tone::Plain };
        let line = Line::toned(said::level_tone(event.level), level)
            .plain(" ")
            .and(Tone::Strong, name)
            .and(tone, format!(": {all}"))
            .and(Tone::Dim, place);
        let cited = event
            .time
            .and_then(|time| self.cited.get(&(&*event.file, event.record_id, time)));
        let letters = cited.map_or("", String::as_str);
        let sign = if is_it {
            format!(">{letters}")
        } else {
            letters.to_owned()
        };
        (Cell::toned(Tone::Good, sign), line)
    }
}
