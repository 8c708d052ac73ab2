//! `events`: the records themselves.

use std::borrow::Cow;
use std::io;
use std::ops::ControlFlow;

use eventkb::logs::{EarliestEvents, Making};
use eventkb::redact::Redactor;
use eventkb::{Event, EventFilter, ReadResult, ScanOptions, SignatureSet};
use eventkb_render::{EVENT_COLUMNS, EventRow, JsonEvent, Reader, csv_header, event_csv, words};

use super::around;
use super::into_file::inputs_of_reading;
use super::reading::{self, Account};
use super::redaction::Learned;
use super::{reader, redaction};
use crate::args::{EventsArgs, EventsFormat, GlobalArgs, Order};
use crate::exit::Exit;
use crate::files;
use crate::output::{Output, Stop};
use crate::progress::{self, Watch};

/// Records in one table: enough to see much at once, few enough to print while reading goes on.
const ROWS: usize = 500;
/// Computers named in a complaint.
const MOST_COMPUTERS: usize = 8;

pub(super) fn run(
    args: &EventsArgs,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<Exit, Stop> {
    let loaded = reading::signatures(global, output);
    let mut options = reading::options(&args.read, global)?;
    let around = match &args.around {
        Some(text) => Some(around::find(text, args, &options, global)?),
        None => None,
    };
    if let Some(around) = &around {
        (options.since, options.until) = (Some(around.from), Some(around.to));
        if args.format == EventsFormat::Table {
            return around::show(around, args, &loaded, &options, global, output);
        }
    }
    let order = match around {
        Some(_) => Order::Time,
        None => args.sort,
    };
    let filter = filter(args, &options);
    let watched = progress::is_watched(global.quiet);
    let reader = reader(global, output);
    let (redactor, map) = match args.redact.is_wanted() {
        false => (None, None),
        true => {
            let inputs = inputs_of_reading(&args.paths, Some(&args.read), global);
            let read = Learned {
                paths: &args.paths,
                report: None,
                set: &loaded.set,
            };
            let learn = || redaction::of_events(&args.redact, &inputs, &read, &options);
            let (redactor, map) = progress::during(&options.progress, watched, |_| learn())?;
            (Some(redactor), map)
        }
    };
    let maker = Maker {
        set: &loaded.set,
        reader: &reader,
        format: args.format,
        redacts: redactor.is_some(),
    };
    let mut printer = Printer {
        output,
        maker: &maker,
        redactor,
        left: args.limit.unwrap_or(u64::MAX),
        rows: Vec::new(),
        listed: 0,
        stop: None,
    };
    printer.begin(args.format);
    let (result, later) = progress::during(&options.progress, watched, |watch| match order {
        Order::File => {
            let result = in_order(args, &filter, &options, (&maker, &mut printer), watch);
            (result, 0)
        }
        Order::Time => by_time(args, &filter, &options, (&maker, &mut printer), watch),
    });
    printer.flush();
    let (listed, stop, redactor) = (printer.listed, printer.stop, printer.redactor);
    if let Some(stop) = stop {
        return Err(stop);
    }
    if let Some(redactor) = redactor {
        if let Some(map) = map {
            files::write(map, redactor.map().as_bytes())?;
        }
        for line in words::redaction::lines(&redactor.summary()) {
            output.warning(line);
        }
    }
    let ended = Ended {
        listed,
        later,
        is_cut: order == Order::File && args.limit.is_some_and(|limit| listed >= limit),
        refused: loaded.refused,
    };
    Ok(ended.say(args, &Account::of_result(&result), output))
}

/// How a listing ended.
struct Ended {
    listed: u64,
    /// Records that fit and were not listed.
    later: u64,
    /// It ended before all was read.
    is_cut: bool,
    /// A file of signatures was refused.
    refused: bool,
}

impl Ended {
    /// Says what the listing does not show, and gives the exit code.
    fn say(&self, args: &EventsArgs, account: &Account, output: &mut Output) -> Exit {
        let listed = words::count(self.listed, "record");
        // Files that were not reached are no reason to complain.
        let complains = !self.is_cut && reading::complain(&args.paths, account, output);
        if self.is_cut {
            output.warning(format_args!("stopped after {listed}, as --limit says"));
        } else if self.later > 0 {
            let later = words::count(self.later, "later one");
            let are = if self.later == 1 { "is" } else { "are" };
            output.warning(format_args!(
                "the earliest {listed}; {later} {are} not listed"
            ));
        } else if self.listed == 0 && account.records() > 0 {
            say_why_nothing_fits(args, account, output);
        }
        let unusable = complains || self.refused;
        account.exit(self.listed > 0, unusable, args.read.strict)
    }
}

pub(super) fn filter(args: &EventsArgs, options: &ScanOptions) -> EventFilter {
    let mut filter = EventFilter::default();
    filter.scope = options.scope();
    filter.providers.clone_from(&args.provider);
    filter.ids = args.id.iter().map(|range| range.0.clone()).collect();
    let levels = args.level.iter().flat_map(|level| level.0.iter());
    filter.levels = levels.copied().collect();
    filter.text.clone_from(&args.text);
    filter
}

fn in_order(
    args: &EventsArgs,
    filter: &EventFilter,
    options: &ScanOptions,
    (maker, printer): (&Maker<'_>, &mut Printer<'_, '_>),
    watch: &Watch,
) -> ReadResult {
    let reading = options.reading();
    if maker.makes_plain_json() {
        let safe = |text: String| match eventkb_render::safe_json(&text) {
            Cow::Owned(safe) => safe,
            Cow::Borrowed(_) => text,
        };
        return eventkb::logs::list_json(&args.paths, filter, &reading, &safe, &mut |lines| {
            // The answer needs the terminal now.
            watch.end();
            printer.print(&lines.text, lines.count)
        });
    }
    let make = |event| maker.prepare(event);
    eventkb::logs::list_mapped(&args.paths, filter, &reading, &make, &mut |made| {
        // The answer needs the terminal now.
        watch.end();
        printer.take(made)
    })
}

/// Also gives how many events are later than those that were printed.
fn by_time(
    args: &EventsArgs,
    filter: &EventFilter,
    options: &ScanOptions,
    (maker, printer): (&Maker<'_>, &mut Printer<'_, '_>),
    watch: &Watch,
) -> (ReadResult, u64) {
    let reading = options.reading();
    if printer.redactor.is_none() && maker.format != EventsFormat::Table {
        let limit = args.limit.unwrap_or(u64::MAX);
        let make = |event| maker.line(event);
        let making = match maker.format {
            EventsFormat::Jsonl => Making::Json,
            _ => Making::Text(&make),
        };
        let by_time = eventkb::logs::list_by_time(
            &args.paths,
            filter,
            &reading,
            making,
            limit,
            &mut |text| {
                // The answer needs the terminal now.
                watch.end();
                match maker.format {
                    EventsFormat::Jsonl => printer.print(&eventkb_render::safe_json(text), 1),
                    _ => printer.print(text, 1),
                }
            },
        );
        if let Some(error) = by_time.error {
            let why = format!("the temporary file that listing by time needs: {error}");
            printer.stop = Some(Stop::Output(io::Error::new(error.kind(), why)));
        }
        return (by_time.result, by_time.later);
    }
    // Tables, and stand-ins for names, are made of events.
    let limit = args.limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit).unwrap_or(usize::MAX)
    });
    let EarliestEvents {
        events,
        later,
        result,
        ..
    } = eventkb::logs::earliest_events(&args.paths, filter, &reading, limit);
    watch.end();
    for event in events {
        if printer.take(maker.prepare(event)).is_break() {
            break;
        }
    }
    (result, later)
}

fn say_why_nothing_fits(args: &EventsArgs, account: &Account, output: &mut Output) {
    let computers = account.computers();
    let is_there = |wanted: &str| {
        computers.iter().any(|name| {
            let short = eventkb::logs::event::short_name(name);
            name.eq_ignore_ascii_case(wanted) || short.eq_ignore_ascii_case(wanted)
        })
    };
    let wanted = args.read.computer.iter();
    let missing: Vec<&str> = wanted
        .map(String::as_str)
        .filter(|name| !is_there(name))
        .collect();
    let records = words::count(account.records(), "record");
    if missing.is_empty() {
        output.warning(format_args!(
            "none of {records} fits; `eventkb logs` shows which sources, computers and times there are"
        ));
        return;
    }
    let shown: Vec<&str> = computers.iter().take(MOST_COMPUTERS).copied().collect();
    let more = match computers.len().saturating_sub(MOST_COMPUTERS) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    output.warning(format_args!(
        "none of {records} fits: no computer {} is in the collection; it has {}{more}",
        missing.join(", "),
        shown.join(", ")
    ));
}

/// An event as it is printed.
enum Made {
    /// A line of its own, safe to print.
    Line(String),
    /// A row of a table.
    Row(Box<EventRow>),
    /// One that is yet to be redacted: stand-ins are given in the order of events.
    Raw(Box<Event>),
}

/// Makes what is printed of an event; the reading threads do.
struct Maker<'a> {
    set: &'a SignatureSet,
    reader: &'a Reader,
    format: EventsFormat,
    /// Events are redacted before anything is made of them.
    redacts: bool,
}

impl Maker<'_> {
    /// Whether events are only written as the JSON that they are.
    fn makes_plain_json(&self) -> bool {
        self.format == EventsFormat::Jsonl && !self.redacts
    }

    fn prepare(&self, event: Event) -> Made {
        match self.redacts {
            true => Made::Raw(Box::new(event)),
            false => self.make(event),
        }
    }

    fn make(&self, event: Event) -> Made {
        match self.format {
            EventsFormat::Table => Made::Row(Box::new(self.row(event))),
            _ => Made::Line(self.line(event)),
        }
    }

    fn row(&self, event: Event) -> EventRow {
        EventRow {
            sentence: sentence(self.set, &event),
            event,
        }
    }

    /// The event as one line of text.
    fn line(&self, event: Event) -> String {
        match self.format {
            EventsFormat::Jsonl => {
                // Plain data: it cannot fail to be written.
                let json = serde_json::to_string(&JsonEvent::from(&event)).unwrap_or_default();
                eventkb_render::safe_json(&json).into_owned() + "\n"
            }
            EventsFormat::Csv => event_csv(&self.row(event)),
            _ => eventkb_render::event_line(&self.row(event), self.reader) + "\n",
        }
    }
}

/// What the catalogue says of an event, where the log has no text of its own.
pub(super) fn sentence(set: &SignatureSet, event: &Event) -> Option<String> {
    if event.message.is_some() {
        return None;
    }
    let source = event.event_source.as_deref();
    let facts = set
        .catalogue()
        .event(&event.provider, source, event.event_id)?;
    let strings = event.strings.as_deref().unwrap_or(&[]);
    Some(facts.sentence(set.codes(), strings, &event.named))
}

fn first_lines(text: &str, count: u64) -> &str {
    let lines = text.split_inclusive('\n').zip(0..count);
    let length = lines.map(|(line, _)| line.len()).sum();
    text.get(..length).unwrap_or(text)
}

struct Printer<'a, 'b> {
    output: &'a mut Output<'b>,
    maker: &'a Maker<'a>,
    /// Puts stand-ins for names.
    redactor: Option<Redactor>,
    left: u64,
    rows: Vec<EventRow>,
    listed: u64,
    stop: Option<Stop>,
}

impl Printer<'_, '_> {
    fn begin(&mut self, format: EventsFormat) {
        if format == EventsFormat::Csv {
            self.stop = self.output.text(&csv_header(&EVENT_COLUMNS)).err();
        }
    }

    fn take(&mut self, made: Made) -> ControlFlow<()> {
        if self.left == 0 || self.stop.is_some() {
            return ControlFlow::Break(());
        }
        self.left -= 1;
        self.listed += 1;
        let made = match (made, &mut self.redactor) {
            (Made::Raw(event), Some(redactor)) => {
                self.maker.make(redactor.event(&event, self.maker.set))
            }
            (Made::Raw(event), None) => self.maker.make(*event),
            (made, _) => made,
        };
        match made {
            Made::Raw(_) => {}
            Made::Line(line) => self.stop = self.output.text(&line).err(),
            Made::Row(row) => self.rows.push(*row),
        }
        if self.rows.len() >= ROWS {
            self.flush();
        }
        if self.stop.is_some() || self.left == 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Prints lines that are made already: as many as are wanted.
    fn print(&mut self, text: &str, lines: usize) -> ControlFlow<()> {
        if self.left == 0 || self.stop.is_some() {
            return ControlFlow::Break(());
        }
        let lines = u64::try_from(lines).unwrap_or(u64::MAX);
        let taken = lines.min(self.left);
        let text = match taken < lines {
            false => text,
            true => first_lines(text, taken),
        };
        self.left -= taken;
        self.listed += taken;
        self.stop = self.output.text(text).err();
        if self.stop.is_some() || self.left == 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn flush(&mut self) {
        if self.rows.is_empty() || self.stop.is_some() {
            return;
        }
        let doc = eventkb_render::events(&self.rows, self.maker.reader);
        self.rows.clear();
        self.stop = self.output.tables(&doc).err();
    }
}
