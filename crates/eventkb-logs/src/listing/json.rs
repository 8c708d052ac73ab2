//! Lists events as lines of JSON.

use std::ops::ControlFlow;
use std::path::PathBuf;

use super::line::Line;
use crate::event::{Event, Head};
use crate::filter::EventFilter;
use crate::json_line;
use crate::pipeline::{self, HashFiles, ReadOptions, ReadResult};
use crate::sink::{Admission, EventKind, RecordRef, Sink};
use crate::wanted_text::WantedText;

/// Some events as lines of JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct JsonLines {
    /// One line for each event, as [`JsonEvent`](crate::JsonEvent) writes it.
    pub text: String,
    /// How many lines that are.
    pub count: usize,
}

/// The same as [`list_events`](super::list_events) for events as lines of JSON: several times as fast, because most
/// are written straight from the records. `map` may change the text of some lines, but not their
/// number; the reading threads call it.
pub fn list_json(
    paths: &[PathBuf],
    filter: &EventFilter,
    options: &ReadOptions,
    map: &(dyn Fn(String) -> String + Sync),
    each: &mut (dyn FnMut(JsonLines) -> ControlFlow<()> + Send),
) -> ReadResult {
    let options = ReadOptions {
        hash: HashFiles::None,
        ..options.clone()
    };
    let line = Line::new(each, |lines: &JsonLines| lines.count);
    let wanted = filter.wanted_text();
    let lister = || JsonLister {
        filter,
        wanted: wanted.as_ref(),
        map,
        line: &line,
        part: 0,
        lines: JsonLines::default(),
    };
    let listers = (0..options.sinks()).map(|_| lister()).collect();
    let (result, _) = pipeline::read(paths, &options, listers);
    result
}

/// Lines that are handed over together, in bytes: few enough that memory for them is taken from what
/// was given back before.
const LINES: usize = 64 * 1024;
/// Hardly any line is longer: text is handed over before it grows.
const LONG_LINE: usize = 8 * 1024;

/// Collects lines of what the filter lets through.
struct JsonLister<'a, 'e> {
    filter: &'a EventFilter,
    wanted: Option<&'a WantedText>,
    map: &'a (dyn Fn(String) -> String + Sync),
    line: &'a Line<'e, JsonLines>,
    part: u64,
    lines: JsonLines,
}

impl JsonLister<'_, '_> {
    fn count(&mut self) -> ControlFlow<()> {
        self.lines.count += 1;
        if self.lines.text.len() < LINES - LONG_LINE {
            return ControlFlow::Continue(());
        }
        self.hand_over(false)
    }

    fn hand_over(&mut self, ended: bool) -> ControlFlow<()> {
        let mut batch = Vec::new();
        if self.lines.count > 0 {
            let lines = JsonLines {
                text: String::with_capacity(LINES),
                count: 0,
            };
            let JsonLines { text, count } = std::mem::replace(&mut self.lines, lines);
            let text = (self.map)(text);
            batch.push(JsonLines { text, count });
        }
        self.line.hand_over(self.part, &mut batch, ended)
    }
}

impl Sink for JsonLister<'_, '_> {
    fn passes_over(&self, kind: &EventKind<'_>) -> bool {
        !self.filter.admits_kind(kind)
    }

    fn admit(&mut self, head: &Head<'_>) -> Admission {
        self.filter.admission(head)
    }

    fn event(&mut self, event: Event, _fingerprint: Option<&[u8]>) -> ControlFlow<()> {
        if !self.wanted.is_none_or(|wanted| wanted.is_in_event(&event)) {
            return ControlFlow::Continue(());
        }
        json_line::push_event(&event, &mut self.lines.text);
        self.count()
    }

    fn lines(&mut self) -> Option<&mut String> {
        Some(&mut self.lines.text)
    }

    fn wanted_text(&self) -> Option<&WantedText> {
        self.wanted
    }

    fn line_added(&mut self, _record: &RecordRef<'_>) -> ControlFlow<()> {
        self.count()
    }

    fn begin_part(&mut self, part: u64) {
        self.part = part;
    }

    fn end_part(&mut self) {
        // Whoever reads finds out at its next event that no more are wanted.
        let _ = self.hand_over(true);
    }
}
