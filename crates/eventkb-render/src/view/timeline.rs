//! The timeline: all computers as lanes over one axis, and the same as a list in order of time.

use std::collections::BTreeMap;

use eventkb::report::{
    GapKind, LandmarkKind, MarkKind, Standing, Timeline, TimelineGap, TimelineMark,
};
use eventkb_logs::event::short_name;
use jiff::Timestamp;

use super::axis::Axis;
use super::cited::CitedFiles;
use super::clock::Clock;
use super::{Context, answer};
use crate::Clean;
use crate::doc::{Anchor, Cell, Doc, Hole, Lane, Lanes, Letter, Line, Mark, Shape, Table, Tone};
use crate::words::{self, event, timeline as said, verdict};

/// Rows of the list, and where everything is wanted.
const MOST_ROWS: [usize; 2] = [50, 400];
/// Lanes drawn, and where everything is wanted.
const MOST_LANES: [usize; 2] = [16, 100];
/// Characters of a row's text that are shown, however little room there is.
const LEAST_TEXT: usize = 24;
/// Marks of one kind closer than this part of the axis are drawn as one.
const NEAR: f64 = 0.004;
/// Letters for findings; what comes behind shares the last one.
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwyz*";

/// The letters of findings, by the ids of their signatures.
pub(super) type Letters = BTreeMap<String, char>;

/// Adds the timeline, if the report has one.
pub(super) fn add(doc: &mut Doc, context: &Context) {
    let Some(timeline) = &context.report.timeline else {
        return;
    };
    let letters = letters(context);
    let axis = axis_of(timeline);
    doc.heading(title("Timeline", axis.as_ref(), context));
    match &axis {
        Some(axis) => {
            doc.lanes(drawing(timeline, axis, &letters, context));
            say_what_is_not_drawn(doc, timeline, axis, &letters, context);
        }
        None => doc.para("Nothing happened that a timeline could show."),
    }
    add_list(doc, timeline, &letters, context);
}

/// A title with the day, where all that is drawn lies in one: the axis has only the time of day then.
pub(super) fn title(what: &str, axis: Option<&Axis>, context: &Context) -> String {
    match axis.and_then(|axis| axis.day(context.zone())) {
        Some(day) => context.reader.timed(&format!("{what} of {day}")),
        None => context.reader.timed(what),
    }
}

/// The letters of the findings, by id, in the order of the answer.
pub(super) fn letters(context: &Context) -> Letters {
    let shown = answer::offered(context.report)
        .filter(|finding| finding.rival_of.is_none() && finding.standing != Standing::Harmless);
    let letters = LETTERS.chars().chain(std::iter::repeat('*'));
    let ids = shown.map(|finding| finding.signature.id.clone());
    ids.zip(letters).collect()
}

/// Whether a mark is shown: what is harmless by design would only hide what is not.
fn is_shown(mark: &TimelineMark, letters: &Letters) -> bool {
    match &mark.what {
        MarkKind::Finding { signature, .. } => letters.contains_key(signature),
        MarkKind::Event { signatures, .. } => signatures.iter().any(|id| letters.contains_key(id)),
        _ => true,
    }
}

/// The axis of a timeline: what was asked for, else around what happened.
fn axis_of(timeline: &Timeline) -> Option<Axis> {
    if let (Some(from), Some(to)) = (timeline.window.from, timeline.window.to) {
        return Some(Axis::between(from, to));
    }
    let ends = |marks: &dyn Fn(&TimelineMark) -> bool| {
        let marks = timeline.marks.iter().filter(|mark| marks(mark));
        let ends = marks.flat_map(|mark| [Some(mark.time), mark.until]);
        Axis::around(ends.flatten())
    };
    let covered = || {
        let spans = timeline.lanes.iter().flat_map(|lane| &lane.covered);
        Axis::around(spans.flat_map(|span| [span.from, span.to]))
    };
    ends(&|mark| matters(&mark.what))
        .or_else(|| ends(&|_| true))
        .or_else(covered)
}

/// What a reader looks for: findings, and what should not happen.
fn matters(what: &MarkKind) -> bool {
    match what {
        MarkKind::Finding { standing, .. } => *standing != Standing::Harmless,
        MarkKind::Landmark { what } => matches!(
            what,
            LandmarkKind::UncleanStop | LandmarkKind::Cleared { .. }
        ),
        _ => false,
    }
}

/// The picture.
pub(super) fn drawing(
    timeline: &Timeline,
    axis: &Axis,
    letters: &Letters,
    context: &Context,
) -> Lanes {
    let most = MOST_LANES[usize::from(context.is_full())];
    // A computer of which nothing is known in this time would only take room.
    let lanes = timeline.lanes.iter().filter(|lane| {
        let covers = |from, to| axis.extents(from, to).next().is_some();
        lane.covered.iter().any(|span| covers(span.from, span.to))
            || timeline.marks.iter().any(|mark| {
                mark.computer == lane.computer
                    && is_shown(mark, letters)
                    && covers(mark.time, mark.until.unwrap_or(mark.time))
            })
    });
    let lanes = lanes
        .take(most)
        .map(|lane| self::lane(lane, timeline, axis, letters, context));
    let lanes: Vec<Lane> = lanes.collect();
    Lanes {
        caption: Clean::new("Timeline: computers as lanes, findings as marks"),
        parts: axis.parts(context.zone()),
        letters: used_letters(&lanes, letters, context),
        lanes,
    }
}

fn lane(
    lane: &eventkb::report::Lane,
    timeline: &Timeline,
    axis: &Axis,
    letters: &Letters,
    context: &Context,
) -> Lane {
    let zone = context.zone();
    let covered = lane.covered.iter();
    let covered = covered.flat_map(|span| axis.extents(span.from, span.to));
    let holes = lane.gaps.iter().filter(|gap| is_drawn(gap, &lane.gaps));
    let holes = holes.flat_map(|gap| {
        let title = format!(
            "{}: {}, {}",
            name(&lane.computer, context),
            said::gap(gap, context.folder),
            zone.full_span(Some(gap.from), Some(gap.to))
        );
        axis.extents(gap.from, gap.to).map(move |x| Hole {
            x,
            is_damage: matches!(gap.what, GapKind::Damaged { .. }),
            title: Clean::new(&title),
        })
    });
    let marks = timeline.marks.iter();
    let mut marks: Vec<Mark> = marks
        .filter(|mark| mark.computer == lane.computer && is_shown(mark, letters))
        .filter_map(|mark| self::mark(mark, axis, letters, context))
        .collect();
    // The most important last, so that it is drawn over the others.
    marks.sort_by(|a, b| {
        let order = |mark: &Mark| match mark.shape {
            Shape::Finding(letter, _) => (1, LETTERS.chars().rev().position(|c| c == letter)),
            shape => (0, Some(shape.said().0.len())),
        };
        let rank = |mark: &Mark| (order(mark).0, mark.shape < Shape::Update, order(mark).1);
        rank(a).cmp(&rank(b)).then(a.x[0].total_cmp(&b.x[0]))
    });
    marks.dedup_by(|later, first| {
        let near = later.shape == first.shape && later.x[0] - first.x[1] < NEAR;
        if near {
            first.x[1] = first.x[1].max(later.x[1]);
        }
        near
    });
    Lane {
        name: Clean::new(name(&lane.computer, context)),
        covered: covered.collect(),
        holes: holes.collect(),
        marks,
    }
}

/// Damage without a place within its file is shaded only where nothing tells more exactly.
fn is_drawn(gap: &TimelineGap, all: &[TimelineGap]) -> bool {
    let exact = |other: &TimelineGap| {
        other.channel == gap.channel && matches!(other.what, GapKind::MissingRecords { .. })
    };
    match gap.what {
        GapKind::Damaged { .. } => !all.iter().any(exact),
        GapKind::ManyMissing => false,
        _ => true,
    }
}

/// A computer's name in a list: without its domain, where that is clear.
pub(super) fn name<'n>(computer: &'n str, context: &Context) -> &'n str {
    match (computer, context.has_short_names) {
        ("", _) => "not named",
        (name, true) => short_name(name),
        (name, false) => name,
    }
}

fn mark(mark: &TimelineMark, axis: &Axis, letters: &Letters, context: &Context) -> Option<Mark> {
    let mut extents = axis.extents(mark.time, mark.until.unwrap_or(mark.time));
    let x = extents.next()?;
    let (shape, target) = match &mark.what {
        MarkKind::Finding {
            signature, verdict, ..
        } => {
            let letter = letters.get(signature).copied().unwrap_or('*');
            let tone = verdict::verdict_tone(*verdict);
            (Shape::Finding(letter, tone), Some(Anchor::new(signature)))
        }
        MarkKind::Event { .. } => (Shape::Event, None),
        MarkKind::Landmark { what } => (shape(what)?, None),
        _ => return None,
    };
    let span = context.zone().full_span(Some(mark.time), mark.until);
    let name = name(&mark.computer, context);
    let what = said::mark(&mark.what);
    let title = match &mark.what {
        MarkKind::Finding { signature, .. } => {
            let title = context.report.finding(signature);
            let title = title.map_or("", |finding| finding.signature.title.as_str());
            format!("{name}: {what}, {span}. {title}")
        }
        _ => format!("{name}: {what}, {span}"),
    };
    Some(Mark {
        x,
        shape,
        title: Clean::new(&title),
        target: target.filter(|_| has_part(&mark.what, context)),
    })
}

/// Whether the document has a part about a finding, to which its marks can lead.
fn has_part(what: &MarkKind, context: &Context) -> bool {
    let MarkKind::Finding { signature, .. } = what else {
        return false;
    };
    answer::detailed(context).any(|finding| finding.signature.id == *signature)
}

fn shape(what: &LandmarkKind) -> Option<Shape> {
    Some(match what {
        LandmarkKind::Start => Shape::Start,
        LandmarkKind::Stop => Shape::Stop,
        LandmarkKind::UncleanStop => Shape::UncleanStop,
        LandmarkKind::Cleared { .. } => Shape::Cleared,
        LandmarkKind::TimeChanged { .. } => Shape::Clock,
        LandmarkKind::Update { .. } => Shape::Update,
        _ => return None,
    })
}

fn used_letters(lanes: &[Lane], letters: &Letters, context: &Context) -> Vec<Letter> {
    let is_used = |letter: char| {
        let mut marks = lanes.iter().flat_map(|lane| &lane.marks);
        marks.any(|mark| matches!(mark.shape, Shape::Finding(used, _) if used == letter))
    };
    answer::offered(context.report)
        .filter_map(|finding| {
            let letter = *letters.get(&finding.signature.id)?;
            let anchor = Anchor::new(&finding.signature.id);
            is_used(letter).then(|| Letter {
                letter,
                tone: verdict::verdict_tone(finding.verdict),
                text: Line::from(format!(
                    "{} {}: {}",
                    finding.signature.id,
                    verdict::verdict(finding.verdict),
                    finding.signature.title
                )),
                target: answer::detailed(context)
                    .any(|detailed| detailed.signature.id == finding.signature.id)
                    .then_some(anchor),
            })
        })
        .collect()
}

fn say_what_is_not_drawn(
    doc: &mut Doc,
    timeline: &Timeline,
    axis: &Axis,
    letters: &Letters,
    context: &Context,
) {
    let outside = |mark: &&TimelineMark| {
        let mut extents = axis.extents(mark.time, mark.until.unwrap_or(mark.time));
        is_shown(mark, letters) && extents.next().is_none()
    };
    let outside = timeline.marks.iter().filter(outside).count() as u64;
    let most = MOST_LANES[usize::from(context.is_full())];
    let lanes = timeline.lanes.len().saturating_sub(most) as u64 + timeline.lanes_more;
    let mut parts = Vec::new();
    if outside > 0 {
        let verb = if outside == 1 { "lies" } else { "lie" };
        parts.push(format!(
            "{} {verb} outside of it",
            words::count(outside, "mark")
        ));
    }
    if lanes > 0 {
        parts.push(format!(
            "{} not drawn",
            words::count(lanes, "more computer")
        ));
    }
    if !parts.is_empty() {
        doc.para(format!(
            "The drawing is about the time of the findings: {}.",
            parts.join("; ")
        ));
    }
}

/// One row of the list.
struct Row<'t> {
    time: Timestamp,
    computer: &'t str,
    what: What<'t>,
}

enum What<'t> {
    Mark(&'t TimelineMark),
    Gap(&'t TimelineGap),
}

impl Row<'_> {
    /// What gives way first where there is too much for a list: the larger, the sooner.
    fn rank(&self) -> u8 {
        match &self.what {
            What::Gap(_) => 2,
            What::Mark(mark) => match &mark.what {
                MarkKind::Finding { .. } => 0,
                MarkKind::Landmark { what } => match what {
                    LandmarkKind::UncleanStop | LandmarkKind::Cleared { .. } => 1,
                    LandmarkKind::Update { .. } => 5,
                    _ => 3,
                },
                _ => 4,
            },
        }
    }
}

fn rows<'t>(timeline: &'t Timeline, letters: &Letters) -> Vec<Row<'t>> {
    let marks = timeline.marks.iter().filter(|mark| is_shown(mark, letters));
    let marks = marks.map(|mark| Row {
        time: mark.time,
        computer: &mark.computer,
        what: What::Mark(mark),
    });
    let gaps = timeline.lanes.iter().flat_map(|lane| {
        lane.gaps.iter().map(|gap| Row {
            time: gap.from,
            computer: &lane.computer,
            what: What::Gap(gap),
        })
    });
    let mut rows: Vec<Row> = marks.chain(gaps).collect();
    rows.sort_by_key(|row| row.time);
    rows
}

fn add_list(doc: &mut Doc, timeline: &Timeline, letters: &Letters, context: &Context) {
    let most = MOST_ROWS[usize::from(context.is_full())];
    let mut shown = rows(timeline, letters);
    let all = shown.len() as u64 + timeline.marks_more;
    if shown.len() > most {
        shown.sort_by_key(|row| (row.rank(), row.time));
        shown.truncate(most);
        shown.sort_by_key(|row| row.time);
    }
    let list = List {
        letters,
        files: CitedFiles::of(shown.iter().filter_map(|row| match &row.what {
            What::Mark(TimelineMark {
                what: MarkKind::Event { file, .. },
                ..
            }) => Some(file.as_str()),
            _ => None,
        })),
        clock: Clock::of(shown.iter().map(|row| row.time), context.zone()),
        room: room_for_text(shown.iter().map(|row| row.computer), context),
    };
    let when = list.clock.title(context.reader);
    let mut table = Table::new("Timeline", &[&when, "computer", "", "what"]).without_rules();
    for row in &shown {
        table.row(list.cells(row, context));
    }
    if table.rows.is_empty() {
        return;
    }
    let unlisted = all.saturating_sub(shown.len() as u64);
    doc.folded("In order of time", |doc| {
        if list.files.len() > 0 {
            doc.para(list.files.line(context));
        }
        doc.table(table);
        if unlisted > 0 {
            let command = "-v";
            let does = "lists more, --since and --until look closer";
            let hint = match context.is_full() {
                true => String::new(),
                false => context.reader.hint(command, does),
            };
            let more = words::grouped(unlisted);
            doc.para(format!("and {more} less important ones{hint}."));
        }
    });
}

/// Columns there are for a row's text, where it is to take one line.
pub(super) fn room_for_text<'n>(
    computers: impl Iterator<Item = &'n str>,
    context: &Context,
) -> Option<usize> {
    let widest = computers.map(|computer| name(computer, context).chars().count());
    let computer = widest.max().unwrap_or(0).max("computer".len());
    // A time, the letters of a few findings, and the space between the columns.
    let others = "2000-02-06 00:00:00".len() + computer + 3 + 6;
    let room = context.reader.width?.saturating_sub(others);
    (!context.is_full()).then(|| room.max(LEAST_TEXT))
}

/// A text that leaves room for what follows it on its line.
pub(super) fn fitted(text: &str, behind: usize, room: Option<usize>) -> String {
    let room = room.map(|room| room.saturating_sub(behind).max(LEAST_TEXT));
    match room.and_then(|room| Some((text.char_indices().nth(room)?, room))) {
        Some(_) => {
            let room = room.unwrap_or(LEAST_TEXT).saturating_sub(1);
            let short: String = text.chars().take(room).collect();
            format!("{}…", short.trim_end())
        }
        None => text.to_owned(),
    }
}

/// What all rows of a list need.
struct List<'l> {
    letters: &'l Letters,
    files: CitedFiles,
    clock: Clock<'l>,
    /// Columns for the text of a row, where it is to take one line.
    room: Option<usize>,
}

impl List<'_> {
    fn letter(&self, id: &String) -> Option<char> {
        self.letters.get(id).copied()
    }

    fn cells(&self, row: &Row, context: &Context) -> Vec<Cell> {
        let (sign, what) = match &row.what {
            What::Gap(gap) => (Cell::default(), gap_line(gap, context)),
            What::Mark(mark) => self.mark(mark),
        };
        vec![
            self.clock.cell(row.time).into(),
            name(row.computer, context).into(),
            sign,
            Cell::lines(vec![what]),
        ]
    }

    fn mark(&self, mark: &TimelineMark) -> (Cell, Line) {
        let text = said::mark(&mark.what);
        match &mark.what {
            MarkKind::Finding {
                signature, verdict, ..
            } => {
                let tone = verdict::verdict_tone(*verdict);
                let letter = self
                    .letter(signature)
                    .map_or_else(String::new, String::from);
                let took = mark
                    .until
                    .map_or(0, |until| until.duration_since(mark.time).as_secs());
                let took = match u64::try_from(took) {
                    Ok(took @ 1..) => format!(", for {}", words::lasting(took)),
                    _ => String::new(),
                };
                let text = fitted(&text, took.len(), self.room);
                let line = Line::toned(Tone::Strong, text).plain(took);
                (Cell::toned(tone, letter), line)
            }
            MarkKind::Event {
                signatures,
                file,
                record_id,
                ..
            } => {
                let of: String = signatures.iter().filter_map(|id| self.letter(id)).collect();
                let record = event::record_number(*record_id, None);
                let place = format!("; {}{record}", self.files.mark(file));
                let text = fitted(&text, place.len(), self.room);
                let line = Line::from(text).and(Tone::Dim, place);
                (Cell::toned(Tone::Dim, of), line)
            }
            MarkKind::Landmark {
                what: LandmarkKind::UncleanStop | LandmarkKind::Cleared { .. },
            } => (Cell::default(), Line::toned(Tone::Warn, text)),
            _ => (Cell::default(), text.into()),
        }
    }
}

/// A gap, and how long it is.
pub(super) fn gap_line(gap: &TimelineGap, context: &Context) -> Line {
    let tone = match gap.what {
        GapKind::Damaged { .. } => Tone::Bad,
        _ => Tone::Warn,
    };
    let seconds = gap.to.duration_since(gap.from).as_secs();
    let long = words::lasting(u64::try_from(seconds).unwrap_or(0));
    Line::toned(tone, said::gap(gap, context.folder)).plain(format!(", within {long}"))
}
