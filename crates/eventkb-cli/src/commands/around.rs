//! `events --around`: what all computers logged around one instant.

use eventkb::logs::EarliestEvents;
use eventkb::report::{Report, TimelineWindow};
use eventkb::{Event, ScanOptions};
use eventkb_render::{Around, EventRow, words};
use jiff::{SignedDuration, Timestamp};

use super::events::{filter, sentence};
use super::into_file::inputs_of_reading;
use super::reading::{self, Account, Signatures};
use super::redaction::Learned;
use super::{reader, redaction};
use crate::args::{EventsArgs, GlobalArgs};
use crate::exit::Exit;
use crate::files;
use crate::output::{Output, Stop};
use crate::progress;
use crate::times::TimeArg;

/// Files named where a record could be in several.
const MOST_NAMED: usize = 4;

/// The instant that is meant, and what lies around it.
pub(super) struct Instant {
    time: Timestamp,
    /// The record that was named: its file and id.
    record: Option<(String, u64)>,
    pub(super) from: Timestamp,
    /// The first instant that does not belong to it.
    pub(super) to: Timestamp,
}

/// Finds the instant that a user means: a time, or that of a record.
pub(super) fn find(
    text: &str,
    args: &EventsArgs,
    options: &ScanOptions,
    global: &GlobalArgs,
) -> Result<Instant, Stop> {
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        return Err(Stop::Usage(
            "--around reads the logs more than once, which standard input cannot be; name files"
                .into(),
        ));
    }
    let usage = |problem: String| Stop::Usage(format!("--around: {problem}"));
    let (time, record) = match text.parse::<TimeArg>() {
        Ok(arg) => {
            let time = arg.resolve(&global.zone, Timestamp::now(), false);
            (time.map_err(usage)?, None)
        }
        Err(problem) => match text.rsplit_once('#') {
            Some((file, id)) => {
                let Ok(id) = id.trim().parse() else {
                    return Err(usage(format!("`{id}` behind the # is no record id")));
                };
                let (file, time) = time_of(file, id, args, options, global)?;
                (time, Some((file, id)))
            }
            None => {
                return Err(usage(format!(
                    "{problem}; or name a record, such as Application.evtx#29"
                )));
            }
        },
    };
    let within = SignedDuration::from_secs(i64::try_from(args.within).unwrap_or(i64::MAX));
    let end = within.saturating_add(SignedDuration::from_secs(1));
    let (from, to) = (time.checked_sub(within), time.checked_add(end));
    let (Ok(from), Ok(to)) = (from, to) else {
        return Err(usage("that time is out of range".into()));
    };
    Ok(Instant {
        time,
        record,
        from,
        to,
    })
}

/// The file and the time of a record.
fn time_of(
    file: &str,
    id: u64,
    args: &EventsArgs,
    options: &ScanOptions,
    global: &GlobalArgs,
) -> Result<(String, Timestamp), Stop> {
    let (mut events, _) = reading::watched(options, global, || {
        eventkb::logs::find_records(&args.paths, file, id, &options.reading())
    });
    events.dedup_by(|a, b| a.file == b.file && a.time == b.time);
    let Some(event) = events.first() else {
        return Err(Stop::Usage(format!(
            "--around: no record {id} in a file {file}; `eventkb logs` lists files and ids"
        )));
    };
    if events.len() > 1 {
        let mut names: Vec<String> = events.iter().map(|e| format!("{}#{id}", e.file)).collect();
        names.dedup();
        let more = match names.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        names.truncate(MOST_NAMED);
        return Err(Stop::Usage(format!(
            "--around: {} could be meant: {}{more}; name more of the path, or a time",
            words::count(events.len() as u64, "record"),
            names.join(", ")
        )));
    }
    match event.time {
        Some(time) => Ok((event.file.to_string(), time)),
        None => Err(Stop::Usage(format!(
            "--around: record {id} of {} has no time",
            event.file
        ))),
    }
}

/// Prints the lanes and the records of that time.
pub(super) fn show(
    around: &Instant,
    args: &EventsArgs,
    loaded: &Signatures,
    options: &ScanOptions,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<Exit, Stop> {
    let filter = filter(args, options);
    let limit = args.limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit).unwrap_or(usize::MAX)
    });
    // Verdicts rest on all of the logs; only what is shown is about this time.
    let mut whole = options.clone();
    (whole.since, whole.until) = (None, None);
    whole.skip_unexplained = true;
    whole.timeline = Some(TimelineWindow {
        from: Some(around.from),
        to: Some(around.to),
    });
    let watched = progress::is_watched(global.quiet);
    let (earliest, report) = progress::during(&options.progress, watched, |_| {
        let reading = options.reading();
        let earliest = eventkb::logs::earliest_events(&args.paths, &filter, &reading, limit);
        (earliest, eventkb::scan(&args.paths, &loaded.set, &whole))
    });
    let EarliestEvents {
        events,
        later,
        result,
        ..
    } = earliest;
    let is_it = |event: &Event| {
        let named = around.record.as_ref();
        named.is_some_and(|(file, id)| *event.file == **file && event.record_id == Some(*id))
    };
    let named_at = events.iter().position(is_it);
    let (report, events) = match args.redact.is_wanted() {
        true => redacted(args, loaded, options, global, (&report, &events))?,
        false => (report, events),
    };
    let rows: Vec<EventRow> = events
        .into_iter()
        .map(|event| EventRow {
            sentence: sentence(&loaded.set, &event),
            event,
        })
        .collect();
    let shown = Around {
        time: around.time,
        record: named_at.and_then(|at| {
            let event = &rows.get(at)?.event;
            Some((&*event.file, event.record_id?))
        }),
        within_s: args.within,
        rows: &rows,
        later,
    };
    let reader = reader(global, output);
    output.tables(&eventkb_render::around(&shown, &report, &reader))?;
    let account = Account::of_result(&result);
    let unusable = reading::complain(&args.paths, &account, output) || loaded.refused;
    Ok(account.exit(!rows.is_empty(), unusable, args.read.strict))
}

/// The report and the records without names, after the map was written.
fn redacted(
    args: &EventsArgs,
    loaded: &Signatures,
    options: &ScanOptions,
    global: &GlobalArgs,
    (report, events): (&Report, &[Event]),
) -> Result<(Report, Vec<Event>), Stop> {
    let inputs = inputs_of_reading(&args.paths, Some(&args.read), global);
    let read = Learned {
        paths: &args.paths,
        report: Some(report),
        set: &loaded.set,
    };
    let (mut redactor, map) = redaction::of_events(&args.redact, &inputs, &read, options)?;
    let report = redactor
        .report(report, &loaded.set)
        .map_err(|error| Stop::Usage(format!("the report could not be redacted: {error}")))?;
    let events = events
        .iter()
        .map(|event| redactor.event(event, &loaded.set));
    let events = events.collect();
    if let Some(map) = map {
        files::write(map, redactor.map().as_bytes())?;
    }
    Ok((report, events))
}
