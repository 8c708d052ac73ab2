//! `events`: the records themselves.

use std::ops::ControlFlow;

use eventkb::{Event, EventFilter, SignatureSet};

use super::reading;
use crate::args::{EventsArgs, EventsFormat, GlobalArgs};
use crate::exit::Exit;
use crate::output::{self, Output, Stop};
use crate::progress;
use crate::view::events::{JsonEvent, Row};
use crate::view::{self, Reader, words};

/// Records in one table: enough to see much at once, few enough to print while reading goes on.
const ROWS: usize = 500;

pub(super) fn run(
    args: &EventsArgs,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<Exit, Stop> {
    let loaded = reading::signatures(global, output);
    let options = reading::options(&args.read, global)?;
    let mut filter = EventFilter::default();
    filter.providers.clone_from(&args.provider);
    filter.ids = args.id.iter().map(|range| range.0.clone()).collect();
    filter.levels = args
        .level
        .iter()
        .flat_map(|level| level.0.iter().copied())
        .collect();
    filter.text.clone_from(&args.text);
    let reader = Reader {
        zone: global.zone.clone(),
        wide: output::is_wide(output.look),
        hashes: false,
    };
    let mut printer = Printer {
        output,
        set: &loaded.set,
        reader,
        format: args.format,
        left: args.limit.unwrap_or(u64::MAX),
        rows: Vec::new(),
        listed: 0,
        stop: None,
    };
    let watched = progress::is_watched(global.quiet, true);
    let report = progress::during(&options.progress, watched, || {
        eventkb::list_events(&args.paths, &filter, &options, &mut |event| {
            printer.take(event)
        })
    });
    printer.flush();
    let (listed, stop) = (printer.listed, printer.stop);
    if let Some(stop) = stop {
        return Err(stop);
    }
    let cut = args.limit.is_some_and(|limit| listed >= limit);
    // When the listing ended early, files that were not reached are no reason to complain.
    let unusable = (!cut && reading::complain(&args.paths, &report, output)) || loaded.refused;
    if cut {
        output.warning(format_args!(
            "stopped after {}, as --limit says",
            words::count(listed, "record")
        ));
    } else if listed == 0 && report.totals.records_read > 0 {
        output.warning(format_args!(
            "none of {} fits; `eventkb logs` shows which sources, computers and times there are",
            words::count(report.totals.records_read, "record")
        ));
    }
    Ok(reading::exit(
        listed > 0,
        unusable,
        &report,
        args.read.strict,
    ))
}

struct Printer<'a, 'b> {
    output: &'a mut Output<'b>,
    set: &'a SignatureSet,
    reader: Reader,
    format: EventsFormat,
    left: u64,
    rows: Vec<Row>,
    listed: u64,
    stop: Option<Stop>,
}

impl Printer<'_, '_> {
    fn take(&mut self, event: Event) -> ControlFlow<()> {
        if self.left == 0 {
            return ControlFlow::Break(());
        }
        self.left -= 1;
        self.listed += 1;
        match self.format {
            EventsFormat::Jsonl => {
                self.stop = self.output.json(&JsonEvent::from(&event), false).err();
            }
            EventsFormat::Table => {
                let sentence = self.set.sentence(&event);
                self.rows.push(Row { event, sentence });
                if self.rows.len() >= ROWS {
                    self.flush();
                }
            }
        }
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
        let doc = view::events::doc(&self.rows, &self.reader);
        self.rows.clear();
        self.stop = self.output.tables(&doc).err();
    }
}
