//! Lists the events of a collection.

use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::event::{Event, Head};
use crate::filter::EventFilter;
use crate::limits::MAX_SORTED_EVENTS;
use crate::pipeline::{self, HashFiles, ReadOptions, ReadResult};
use crate::sink::{Admission, Sink};

/// Hands every event that passes the filter to `each`, in the order of paths and records, until
/// it breaks. Gives the account of what was read.
///
/// One thread reads, for the sake of the order, and no hash is computed. Records that the filter
/// refuses by their head are not decoded, and where it names providers, parts of a log without any
/// of them are passed over.
pub fn list_events(
    paths: &[PathBuf],
    filter: &EventFilter,
    options: &ReadOptions,
    each: &mut (dyn FnMut(Event) -> ControlFlow<()> + Send),
) -> ReadResult {
    let options = ReadOptions {
        threads: 1,
        hash: HashFiles::None,
        progress: options.progress.clone(),
    };
    let (result, _) = pipeline::read(paths, &options, vec![Lister { filter, each }]);
    result
}

/// Passes on what the filter lets through.
struct Lister<'a> {
    filter: &'a EventFilter,
    each: &'a mut (dyn FnMut(Event) -> ControlFlow<()> + Send),
}

impl Sink for Lister<'_> {
    fn passes_over(&self, provider: &str) -> bool {
        self.filter.refuses_provider(provider)
    }

    fn admit(&mut self, head: &Head<'_>) -> Admission {
        if self.filter.admits(head) {
            Admission::Full
        } else {
            Admission::Skip
        }
    }

    fn event(&mut self, event: Event, _fingerprint: Option<&[u8]>) -> ControlFlow<()> {
        if self.filter.passes(&event) {
            (self.each)(event)
        } else {
            ControlFlow::Continue(())
        }
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
    let sorter = || Sorter {
        filter,
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
    fn passes_over(&self, provider: &str) -> bool {
        self.filter.refuses_provider(provider)
    }

    fn admit(&mut self, head: &Head<'_>) -> Admission {
        if self.filter.admits(head) {
            Admission::Full
        } else {
            Admission::Skip
        }
    }

    fn event(&mut self, event: Event, _fingerprint: Option<&[u8]>) -> ControlFlow<()> {
        if self.filter.passes(&event) {
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
