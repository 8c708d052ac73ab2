//! Lists the events of a collection.

use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::event::{Event, Head};
use crate::filter::EventFilter;
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
