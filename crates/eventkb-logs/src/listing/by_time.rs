//! Lists events in order of time over all files, however many there are.
//!
//! Each thread collects texts up to a share of memory, sorts them, and lets go of what is over in a
//! temporary file. In the end these sorted runs are merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::event::{Event, Head};
use crate::filter::EventFilter;
use crate::json_line;
use crate::limits::SORTING_MEMORY;
use crate::pipeline::{self, HashFiles, ReadOptions, ReadResult};
use crate::sink::{Admission, EventKind, RecordRef, Sink};
use crate::wanted_text::WantedText;

/// What is made of each event; the reading threads do it.
#[derive(Clone, Copy)]
pub enum Making<'a> {
    /// A line of JSON, as [`JsonEvent`](crate::JsonEvent) writes it.
    Json,
    /// Some text.
    Text(&'a (dyn Fn(Event) -> String + Sync)),
}

/// How a listing in order of time went.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ByTime {
    /// Events that pass the filter and are later than those that were listed.
    pub later: u64,
    /// The account of what was read.
    pub result: ReadResult,
    /// Why the listing is not whole: the temporary file could not be written or read.
    pub error: Option<io::Error>,
}

/// Hands the text of every event that passes the filter to `each`, in order of time over all files,
/// until it breaks or `limit` were given. Events without a time come last; those of one time in the
/// order of paths and records. Nothing is handed over before everything is read.
///
/// Takes at most [`SORTING_MEMORY`] bytes; what is more waits in a temporary file without a name,
/// as large as the listing.
pub fn list_by_time(
    paths: &[PathBuf],
    filter: &EventFilter,
    options: &ReadOptions,
    making: Making<'_>,
    limit: u64,
    each: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> ByTime {
    list_within(paths, filter, options, making, limit, SORTING_MEMORY, each)
}

fn list_within(
    paths: &[PathBuf],
    filter: &EventFilter,
    options: &ReadOptions,
    making: Making<'_>,
    limit: u64,
    memory: usize,
    each: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> ByTime {
    let options = ReadOptions {
        hash: HashFiles::None,
        ..options.clone()
    };
    let wanted = filter.wanted_text();
    let sorter = || Sorter {
        filter,
        wanted: wanted.as_ref(),
        making,
        part: 0,
        number: 0,
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
        memory: memory / options.sinks().max(1),
        text: String::new(),
        entries: Vec::new(),
        all: 0,
        late: None,
        spilled: None,
        error: None,
    };
    let sorters = (0..options.sinks()).map(|_| sorter()).collect();
    let (result, mut sorters) = pipeline::read(paths, &options, sorters);
    let all: u64 = sorters.iter().map(|sorter| sorter.all).sum();
    let error = sorters.iter_mut().find_map(|sorter| sorter.error.take());
    let (given, error) = match error {
        Some(error) => (0, Some(error)),
        None => merge(sorters, limit, memory, each),
    };
    ByTime {
        later: all.saturating_sub(given),
        result,
        error,
    }
}

/// The place of an event among all: by time, then as the collection has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// Nanoseconds since 1970; events without a time come last.
    time: i128,
    part: u64,
    number: u64,
}

impl Key {
    const BYTES: usize = 32;

    fn new(time: Option<Timestamp>, part: u64, number: u64) -> Key {
        Key {
            time: time.map_or(i128::MAX, Timestamp::as_nanosecond),
            part,
            number,
        }
    }
}

/// An event in memory: its place among all, and its text.
#[derive(Debug, Clone, Copy)]
struct Entry {
    key: Key,
    start: usize,
    end: usize,
}

/// Collects texts.
struct Sorter<'a> {
    filter: &'a EventFilter,
    wanted: Option<&'a WantedText>,
    making: Making<'a>,
    part: u64,
    number: u64,
    /// No more than these are wanted of all.
    limit: usize,
    /// Bytes of text that are held.
    memory: usize,
    text: String,
    entries: Vec<Entry>,
    all: u64,
    /// As many as are wanted are earlier than this.
    late: Option<i128>,
    spilled: Option<Spilled>,
    error: Option<io::Error>,
}

/// Sorted runs in a temporary file.
struct Spilled {
    file: File,
    end: u64,
    /// Where each begins and ends.
    runs: Vec<(u64, u64)>,
}

impl Sorter<'_> {
    /// Takes the text that was added from `start` on.
    fn take(&mut self, start: usize, time: Option<Timestamp>) -> ControlFlow<()> {
        self.entries.push(Entry {
            key: Key::new(time, self.part, self.number),
            start,
            end: self.text.len(),
        });
        self.number += 1;
        self.all += 1;
        let held = self.text.len() + self.entries.len() * size_of::<Entry>();
        let is_over = self.entries.len() >= self.limit.saturating_mul(2).max(MANY);
        if held < self.memory && !is_over {
            return ControlFlow::Continue(());
        }
        self.cut();
        if self.text.len() < self.memory / 2 {
            return ControlFlow::Continue(());
        }
        match self.spill() {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.error = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    /// Sorts, and lets go of what is over the limit.
    fn cut(&mut self) {
        self.entries.sort_unstable_by_key(|entry| entry.key);
        if self.entries.len() <= self.limit {
            return;
        }
        self.entries.truncate(self.limit);
        self.late = self.entries.last().map(|entry| entry.key.time);
        let mut text = String::new();
        for entry in &mut self.entries {
            let start = text.len();
            text.push_str(self.text.get(entry.start..entry.end).unwrap_or_default());
            (entry.start, entry.end) = (start, text.len());
        }
        self.text = text;
    }

    /// Writes what is held, which is sorted, as a run.
    fn spill(&mut self) -> io::Result<()> {
        let spilled = match &mut self.spilled {
            Some(spilled) => spilled,
            None => self.spilled.insert(Spilled {
                file: tempfile::tempfile()?,
                end: 0,
                runs: Vec::new(),
            }),
        };
        let start = spilled.end;
        let mut out = io::BufWriter::with_capacity(256 * 1024, &mut spilled.file);
        for entry in &self.entries {
            let text = self.text.get(entry.start..entry.end).unwrap_or_default();
            out.write_all(&entry.key.time.to_le_bytes())?;
            out.write_all(&entry.key.part.to_le_bytes())?;
            out.write_all(&entry.key.number.to_le_bytes())?;
            out.write_all(&(text.len() as u64).to_le_bytes())?;
            out.write_all(text.as_bytes())?;
            spilled.end += (Key::BYTES + 8 + text.len()) as u64;
        }
        out.flush()?;
        drop(out);
        spilled.runs.push((start, spilled.end));
        self.entries.clear();
        self.text.clear();
        Ok(())
    }
}

/// Events that are sorted for a small limit at the earliest: sorting has its price.
const MANY: usize = 4096;

impl Sink for Sorter<'_> {
    fn passes_over(&self, kind: &EventKind<'_>) -> bool {
        !self.filter.admits_kind(kind)
    }

    fn admit(&mut self, head: &Head<'_>) -> Admission {
        let admission = self.filter.admission(head);
        let is_late = |late: i128| Key::new(head.time, 0, 0).time > late;
        if admission == Admission::Full
            && self.filter.text.is_none()
            && self.late.is_some_and(is_late)
        {
            self.all += 1;
            return Admission::Skip;
        }
        admission
    }

    fn event(&mut self, event: Event, _fingerprint: Option<&[u8]>) -> ControlFlow<()> {
        if !self.wanted.is_none_or(|wanted| wanted.is_in_event(&event)) {
            return ControlFlow::Continue(());
        }
        let (start, time) = (self.text.len(), event.time);
        match self.making {
            Making::Json => json_line::push_event(&event, &mut self.text),
            Making::Text(make) => self.text.push_str(&make(event)),
        }
        self.take(start, time)
    }

    fn lines(&mut self) -> Option<&mut String> {
        matches!(self.making, Making::Json).then_some(&mut self.text)
    }

    fn wanted_text(&self) -> Option<&WantedText> {
        self.wanted
    }

    fn line_added(&mut self, record: &RecordRef<'_>) -> ControlFlow<()> {
        let start = self.entries.last().map_or(0, |entry| entry.end);
        self.take(start, record.time)
    }

    fn begin_part(&mut self, part: u64) {
        self.part = part;
        self.number = 0;
    }
}

/// A sorted run that is read from its beginning.
enum Run<'s> {
    Held {
        text: &'s str,
        entries: std::slice::Iter<'s, Entry>,
    },
    Spilled {
        /// Which sorter's file.
        file: usize,
        at: u64,
        end: u64,
        buffer: Vec<u8>,
        /// What of the buffer was taken.
        taken: usize,
    },
}

impl Run<'_> {
    /// The next event's key; its text replaces `text`.
    fn next(
        &mut self,
        files: &mut [File],
        piece: usize,
        into: &mut String,
    ) -> io::Result<Option<Key>> {
        into.clear();
        match self {
            Run::Held { text, entries } => {
                let Some(entry) = entries.next() else {
                    return Ok(None);
                };
                into.push_str(text.get(entry.start..entry.end).unwrap_or_default());
                Ok(Some(entry.key))
            }
            Run::Spilled {
                file,
                at,
                end,
                buffer,
                taken,
            } => {
                let file = files.get_mut(*file);
                let mut source = Spill {
                    file: file.ok_or(io::ErrorKind::UnexpectedEof)?,
                    at,
                    end: *end,
                    buffer,
                    taken,
                    piece,
                };
                if source.is_at_end() {
                    return Ok(None);
                }
                let key = Key {
                    time: i128::from_le_bytes(source.array()?),
                    part: u64::from_le_bytes(source.array()?),
                    number: u64::from_le_bytes(source.array()?),
                };
                let length = u64::from_le_bytes(source.array()?);
                source.text(length, into)?;
                Ok(Some(key))
            }
        }
    }
}

/// The file of a run, read piece by piece.
struct Spill<'r> {
    file: &'r mut File,
    at: &'r mut u64,
    end: u64,
    buffer: &'r mut Vec<u8>,
    taken: &'r mut usize,
    piece: usize,
}

impl Spill<'_> {
    fn is_at_end(&self) -> bool {
        *self.at == self.end && *self.taken == self.buffer.len()
    }

    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut array = [0; N];
        self.read_exact(&mut array)?;
        Ok(array)
    }

    fn text(&mut self, length: u64, into: &mut String) -> io::Result<()> {
        self.take(length).read_to_string(into)?;
        Ok(())
    }
}

impl Read for Spill<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if *self.taken == self.buffer.len() {
            let left = self.end - *self.at;
            let piece = u64::try_from(self.piece).unwrap_or(u64::MAX).min(left);
            self.buffer.clear();
            *self.taken = 0;
            self.file.seek(SeekFrom::Start(*self.at))?;
            Read::by_ref(self.file)
                .take(piece)
                .read_to_end(self.buffer)?;
            *self.at += self.buffer.len() as u64;
        }
        let rest = self.buffer.get(*self.taken..).unwrap_or_default();
        let length = rest.len().min(out.len());
        if let (Some(out), Some(rest)) = (out.get_mut(..length), rest.get(..length)) {
            out.copy_from_slice(rest);
        }
        *self.taken += length;
        Ok(length)
    }
}

/// Hands over what all sorters have, in order. Gives how many.
fn merge(
    mut sorters: Vec<Sorter<'_>>,
    limit: u64,
    memory: usize,
    each: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> (u64, Option<io::Error>) {
    let mut files: Vec<File> = Vec::new();
    let mut runs = Vec::new();
    for sorter in &mut sorters {
        sorter.cut();
        if let Some(spilled) = sorter.spilled.take() {
            runs.extend(spilled.runs.iter().map(|&(at, end)| Run::Spilled {
                file: files.len(),
                at,
                end,
                buffer: Vec::new(),
                taken: 0,
            }));
            files.push(spilled.file);
        }
    }
    // What the runs of one file read at a time together stays within the memory, too.
    let piece = (memory / (runs.len() + 1)).clamp(4096, 256 * 1024);
    runs.extend(sorters.iter().map(|sorter| Run::Held {
        text: &sorter.text,
        entries: sorter.entries.iter(),
    }));
    let mut given = 0;
    let outcome = merge_runs(&mut runs, &mut files, piece, &mut |text| {
        if given >= limit {
            return ControlFlow::Break(());
        }
        given += 1;
        each(text)
    });
    (given, outcome.err())
}

fn merge_runs(
    runs: &mut [Run<'_>],
    files: &mut [File],
    piece: usize,
    each: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> io::Result<()> {
    let mut texts = vec![String::new(); runs.len()];
    let mut heap = BinaryHeap::new();
    for (at, (run, text)) in runs.iter_mut().zip(&mut texts).enumerate() {
        heap.extend(run.next(files, piece, text)?.map(|key| Reverse((key, at))));
    }
    while let Some(Reverse((_, at))) = heap.pop() {
        let (Some(run), Some(text)) = (runs.get_mut(at), texts.get_mut(at)) else {
            continue;
        };
        if each(text).is_break() {
            return Ok(());
        }
        heap.extend(run.next(files, piece, text)?.map(|key| Reverse((key, at))));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Logs whose times run against each other, as lines of our own JSON.
    fn folder() -> (PathBuf, usize) {
        let folder = std::env::temp_dir().join(format!("eventkb-by-time-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut all = 0;
        for file in 0..4_u64 {
            let mut text = String::new();
            for n in 0..500_u64 {
                let second = (n * 7919 + file * 31) % 1000;
                let event = Event {
                    provider: "disk".into(),
                    event_id: 7,
                    time: (n % 50 != 0)
                        .then(|| Timestamp::from_second(1_600_000_000 + second as i64).unwrap()),
                    record_id: Some(n),
                    ..Event::default()
                };
                json_line::push_event(&event, &mut text);
                all += 1;
            }
            std::fs::write(folder.join(format!("{file}.jsonl")), text).unwrap();
        }
        (folder, all)
    }

    fn listed(folder: &PathBuf, threads: usize, memory: usize, limit: u64) -> (Vec<String>, u64) {
        let mut got = Vec::new();
        let options = ReadOptions {
            threads,
            ..ReadOptions::default()
        };
        let paths = std::slice::from_ref(folder);
        let filter = EventFilter::default();
        let by_time = list_within(
            paths,
            &filter,
            &options,
            Making::Json,
            limit,
            memory,
            &mut |text| {
                got.push(text.to_owned());
                ControlFlow::Continue(())
            },
        );
        assert!(by_time.error.is_none(), "{:?}", by_time.error);
        (got, by_time.later)
    }

    #[test]
    fn the_order_depends_on_neither_threads_nor_memory_nor_limit() {
        let (folder, all) = folder();
        let (wanted, later) = listed(&folder, 1, SORTING_MEMORY, u64::MAX);
        assert_eq!((wanted.len(), later), (all, 0));
        let time = |line: &String| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            (value["time"].is_null(), value["time"].to_string())
        };
        assert!(wanted.is_sorted_by_key(time));
        for (threads, memory) in [(1, 20_000), (2, 20_000), (3, 4 * SORTING_MEMORY), (4, 1)] {
            assert!(
                listed(&folder, threads, memory, u64::MAX).0 == wanted,
                "{threads} threads, {memory} bytes"
            );
            let (some, later) = listed(&folder, threads, memory, 33);
            assert!(
                some == wanted[..33],
                "the first, {threads} threads, {memory} bytes"
            );
            assert_eq!(later, all as u64 - 33);
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
