//! Lists the events of a collection.

#[cfg(feature = "spill")]
mod by_time;
mod json;
mod line;

use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::event::{Event, Head};
use crate::filter::EventFilter;
use crate::limits::MAX_SORTED_EVENTS;
use crate::pipeline::{self, HashFiles, ReadOptions, ReadResult};
use crate::sink::{Admission, EventKind, Sink};
use crate::wanted_text::WantedText;
#[cfg(feature = "spill")]
pub use by_time::{ByTime, Making, list_by_time};
pub use json::{JsonLines, list_json};
use line::Line;

/// Hands every event that passes the filter to `each`, in the order of paths and records, until
/// it breaks. Gives the account of what was read.
///
/// All threads read, but `each` is called by one at a time; no hash is computed. Records that the
/// filter refuses by their kind or head are not decoded.
pub fn list_events(
    paths: &[PathBuf],
    filter: &EventFilter,
    options: &ReadOptions,
    each: &mut (dyn FnMut(Event) -> ControlFlow<()> + Send),
) -> ReadResult {
    list_mapped(paths, filter, options, &|event| event, each)
}

/// The same, with work on each event that the reading threads do: `map` is called by several at a
/// time, and `each` takes what it gives in order.
pub fn list_mapped<T: Send>(
    paths: &[PathBuf],
    filter: &EventFilter,
    options: &ReadOptions,
    map: &(dyn Fn(Event) -> T + Sync),
    each: &mut (dyn FnMut(T) -> ControlFlow<()> + Send),
) -> ReadResult {
    let options = ReadOptions {
        hash: HashFiles::None,
        ..options.clone()
    };
    let line = Line::new(each, |_| 1);
    let wanted = filter.wanted_text();
    let lister = || Lister {
        filter,
        wanted: wanted.as_ref(),
        map,
        line: &line,
        part: 0,
        batch: Vec::new(),
    };
    let listers = (0..options.sinks()).map(|_| lister()).collect();
    let (result, _) = pipeline::read(paths, &options, listers);
    result
}

/// Events that are handed over together.
const BATCH: usize = 256;
/// Passes on what the filter lets through.
struct Lister<'a, 'e, T> {
    filter: &'a EventFilter,
    wanted: Option<&'a WantedText>,
    map: &'a (dyn Fn(Event) -> T + Sync),
    line: &'a Line<'e, T>,
    part: u64,
    batch: Vec<T>,
}

impl<T: Send> Sink for Lister<'_, '_, T> {
    fn passes_over(&self, kind: &EventKind<'_>) -> bool {
        !self.filter.admits_kind(kind)
    }

    fn admit(&mut self, head: &Head<'_>) -> Admission {
        self.filter.admission(head)
    }

    fn event(&mut self, event: Event, _fingerprint: Option<&[u8]>) -> ControlFlow<()> {
        if self.wanted.is_none_or(|wanted| wanted.is_in_event(&event)) {
            self.batch.push((self.map)(event));
            if self.batch.len() >= BATCH {
                return self.line.hand_over(self.part, &mut self.batch, false);
            }
        }
        ControlFlow::Continue(())
    }

    fn wanted_text(&self) -> Option<&WantedText> {
        self.wanted
    }

    fn begin_part(&mut self, part: u64) {
        self.part = part;
    }

    fn end_part(&mut self) {
        // Whoever reads finds out at its next event that no more are wanted.
        let _ = self.line.hand_over(self.part, &mut self.batch, true);
    }
}

/// The earliest events of a collection.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct EarliestEvents {
    /// In order of time; those without one come last.
    pub events: Vec<Event>,
    /// Events that pass the filter and are later than these.
    pub later: u64,
    /// The account of what was read.
    pub result: ReadResult,
}

/// The earliest events that pass the filter, in order of time over all files: at most `limit`, and
/// at most [`MAX_SORTED_EVENTS`]. All threads read.
pub fn earliest_events(
    paths: &[PathBuf],
    filter: &EventFilter,
    options: &ReadOptions,
    limit: usize,
) -> EarliestEvents {
    let options = ReadOptions {
        hash: HashFiles::None,
        ..options.clone()
    };
    let wanted = filter.wanted_text();
    let sorter = || Sorter {
        filter,
        wanted: wanted.as_ref(),
        limit: limit.min(MAX_SORTED_EVENTS),
        events: Vec::new(),
        later: 0,
    };
    let sorters = (0..options.sinks()).map(|_| sorter()).collect();
    let (result, sorters) = pipeline::read(paths, &options, sorters);
    let mut all = sorter();
    for sorter in sorters {
        all.later += sorter.later;
        all.events.extend(sorter.events);
    }
    all.cut();
    EarliestEvents {
        events: all.events,
        later: all.later,
        result,
    }
}

/// Keeps the earliest of what the filter lets through.
struct Sorter<'a> {
    filter: &'a EventFilter,
    wanted: Option<&'a WantedText>,
    limit: usize,
    events: Vec<Event>,
    later: u64,
}

impl Sorter<'_> {
    /// Sorts, and lets go of what is too late. Which thread read an event decides nothing.
    fn cut(&mut self) {
        self.events.sort_by(|a, b| {
            let key = |event: &Event| {
                (
                    event.time.is_none(),
                    event.time,
                    event.record_id,
                    event.offset,
                )
            };
            key(a).cmp(&key(b)).then_with(|| a.file.cmp(&b.file))
        });
        let late = self.events.len().saturating_sub(self.limit);
        self.later += late as u64;
        self.events.truncate(self.limit);
    }
}

impl Sink for Sorter<'_> {
    fn passes_over(&self, kind: &EventKind<'_>) -> bool {
        !self.filter.admits_kind(kind)
    }

    fn admit(&mut self, head: &Head<'_>) -> Admission {
        self.filter.admission(head)
    }

    fn wanted_text(&self) -> Option<&WantedText> {
        self.wanted
    }

    fn event(&mut self, event: Event, _fingerprint: Option<&[u8]>) -> ControlFlow<()> {
        if self.wanted.is_none_or(|wanted| wanted.is_in_event(&event)) {
            self.events.push(event);
            // Sorted rarely: the more is kept, the longer it may grow before.
            if self.events.len() >= self.limit.saturating_mul(2).max(4096) {
                self.cut();
            }
        }
        ControlFlow::Continue(())
    }
}

/// The records with this id in files of this name: a file's whole path, or the end of it from some
/// `/` or `!` on. In the order of paths. All threads read, and only what may be meant is decoded.
pub fn find_records(
    paths: &[PathBuf],
    file: &str,
    record_id: u64,
    options: &ReadOptions,
) -> (Vec<Event>, ReadResult) {
    let options = ReadOptions {
        hash: HashFiles::None,
        ..options.clone()
    };
    let finder = || Finder {
        file,
        record_id,
        events: Vec::new(),
    };
    let finders = (0..options.sinks()).map(|_| finder()).collect();
    let (result, finders) = pipeline::read(paths, &options, finders);
    let mut events: Vec<Event> = finders.into_iter().flat_map(|f| f.events).collect();
    events.sort_by(|a, b| (&a.file, a.offset, a.time).cmp(&(&b.file, b.offset, b.time)));
    (events, result)
}

/// Keeps the records that are meant.
struct Finder<'a> {
    file: &'a str,
    record_id: u64,
    events: Vec<Event>,
}

/// Records kept that one name and id can mean: whoever names one does not mean more.
const MOST_MEANT: usize = 64;

impl Sink for Finder<'_> {
    fn admit(&mut self, head: &Head<'_>) -> Admission {
        if head.record_id == Some(self.record_id) {
            Admission::Full
        } else {
            Admission::Skip
        }
    }

    fn event(&mut self, event: Event, _fingerprint: Option<&[u8]>) -> ControlFlow<()> {
        let is_meant = event
            .file
            .strip_suffix(self.file)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with(['/', '!']));
        if is_meant && self.events.len() < MOST_MEANT {
            self.events.push(event);
        }
        ControlFlow::Continue(())
    }
}
