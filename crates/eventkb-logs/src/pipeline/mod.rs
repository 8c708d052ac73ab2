//! Runs files through their readers, on as many threads as wanted.
//!
//! One thread finds out what each file is ([`dispatcher`]); workers read and decode ([`worker`]),
//! each with a sink of its own. Sinks are merged by the caller, accounts here; neither depends on
//! which worker did what.

mod archives;
mod dispatcher;
mod progress;
mod sparse;
mod tracked_reader;
mod worker;

use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};

use crate::account::{FileReport, Ignored};
use crate::find::{self, Found};
use crate::limits;
use crate::passwords::Passwords;
use crate::sink::Sink;
use dispatcher::{Dispatcher, Workers};
pub use progress::Progress;
use worker::{Task, Worker};

/// How to read.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ReadOptions {
    /// Threads; 0 takes one for each core. No more than [`limits::MAX_THREADS`] are taken.
    pub threads: usize,
    /// Which files' SHA-256 is computed.
    pub hash: HashFiles,
    /// Follow links that lead out of the given paths.
    pub follow_links: bool,
    /// Watch the run, or stop it.
    pub progress: Arc<Progress>,
    /// For encrypted members of archives; needs the feature `passwords`.
    pub passwords: Passwords,
}

impl ReadOptions {
    /// How many sinks [`read`] has use for. Where there are workers, the reading thread has a
    /// sink besides theirs, which takes what only one thread can read.
    pub fn sinks(&self) -> usize {
        match threads(self.threads) {
            1 => 1,
            threads => threads + 1,
        }
    }
}

/// How many threads a wish stands for: 0 for as many as there are cores, and never more than
/// [`limits::MAX_THREADS`].
pub fn threads(wished: usize) -> usize {
    let threads = match wished {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        wished => wished,
    };
    threads.min(limits::MAX_THREADS)
}

/// Which files' SHA-256 is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum HashFiles {
    /// Those up to [`limits::MAX_HASHED_BYTES`], where all of them together have no more than
    /// [`limits::MAX_HASHED_TOTAL_BYTES`].
    #[default]
    Auto,
    /// All.
    Every,
    /// None.
    None,
}

/// What reading gave, apart from what the sinks took.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ReadResult {
    /// The account of each file, in the order of paths.
    pub files: Vec<FileReport>,
    /// What was left alone, and why.
    pub ignored: Vec<Ignored>,
    /// Reading was stopped before its end.
    pub cancelled: bool,
}

impl ReadResult {
    fn add(&mut self, other: ReadResult) {
        self.files.extend(other.files);
        self.ignored.extend(other.ignored);
        self.cancelled |= other.cancelled;
    }

    fn sort(&mut self) {
        self.files.sort_by(|a, b| a.input.path.cmp(&b.input.path));
        self.ignored.sort();
    }
}

/// Reads every log at and below `paths`, archives and exports among them, into `sinks`, and gives
/// the sinks back. Never fails as a whole: what could not be read is in the result.
///
/// As many threads read as there are sinks: with one sink the calling thread reads everything, in
/// the order of paths and records; with more, each but the first belongs to a worker, and the
/// first takes what the calling thread reads. [`ReadOptions::sinks`] says how many are of use.
/// Which sink takes what is not determined, but for one.
pub fn read<S: Sink>(
    paths: &[PathBuf],
    options: &ReadOptions,
    sinks: Vec<S>,
) -> (ReadResult, Vec<S>) {
    let found = find::find(paths, options.follow_links);
    let plan = Plan::new(options, found.bytes());
    run(paths, found, &plan, sinks)
}

/// Reads one log, export or archive from a stream in this thread, as if it were a file of this
/// name.
pub fn read_stream(
    name: &str,
    input: &mut dyn Read,
    options: &ReadOptions,
    sink: &mut dyn Sink,
) -> ReadResult {
    let plan = Plan::new(options, 0);
    let mut dispatcher = Dispatcher::new(&plan, sink, None);
    dispatcher.only_stream(name, input);
    let mut result = dispatcher.finish().1;
    result.sort();
    result
}

/// How to run.
pub(crate) struct Plan<'a> {
    hashes: HashFiles,
    progress: &'a Progress,
    passwords: Passwords,
    /// A sink has had enough.
    ended: AtomicBool,
    /// What all archives may use together. One thread reads them, in the order of paths.
    run: archives::Run,
}

impl<'a> Plan<'a> {
    /// `bytes` of all files together.
    pub(crate) fn new(options: &'a ReadOptions, bytes: u64) -> Plan<'a> {
        let hashes = match options.hash {
            HashFiles::Auto if bytes > limits::MAX_HASHED_TOTAL_BYTES => HashFiles::None,
            hashes => hashes,
        };
        options.progress.start(bytes);
        Plan {
            hashes,
            progress: &options.progress,
            passwords: options.passwords.clone(),
            ended: AtomicBool::new(false),
            run: archives::Run::default(),
        }
    }

    /// What archives in one file may use.
    fn nesting(&self) -> archives::Nesting {
        archives::Nesting::new(&self.passwords, &self.run)
    }

    /// A sink wants the reading to end.
    fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// Whether a sink has had enough.
    fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// Whether a file of this size, as far as it is known, is hashed.
    fn hashes(&self, size: Option<u64>) -> bool {
        match self.hashes {
            HashFiles::Every => true,
            HashFiles::Auto => size.is_none_or(|size| size <= limits::MAX_HASHED_BYTES),
            HashFiles::None => false,
        }
    }
}

/// Reads all files that were found at `paths`.
fn run<S: Sink>(
    paths: &[PathBuf],
    found: Found,
    plan: &Plan<'_>,
    sinks: Vec<S>,
) -> (ReadResult, Vec<S>) {
    let mut sinks = sinks.into_iter();
    let Some(first) = sinks.next() else {
        return (ReadResult::default(), Vec::new());
    };
    // Workers take their sinks from here, and bring them back; a worker that the system has no
    // thread for leaves its sink where it is.
    let cells: Vec<Mutex<Option<S>>> = sinks.map(|sink| Mutex::new(Some(sink))).collect();
    let (first, mut result) = std::thread::scope(|scope| {
        // A few tasks in line for each worker keep it busy; more would only hold memory.
        let (tasks, waiting) = sync_channel::<(u64, Task)>(4 * cells.len());
        let waiting = Arc::new(Mutex::new(waiting));
        let (spare, spares) = sync_channel::<Vec<u8>>(4 * cells.len() + 4);
        let workers: Vec<_> = cells
            .iter()
            .map_while(|cell| {
                let (waiting, spare) = (Arc::clone(&waiting), spare.clone());
                let work = move || {
                    let sink = lock(cell).take()?;
                    let (sink, part) = Worker::new(plan, sink).work(&waiting, &spare);
                    *lock(cell) = Some(sink);
                    Some(part)
                };
                std::thread::Builder::new().spawn_scoped(scope, work).ok()
            })
            .collect();
        let threads = (!workers.is_empty()).then_some(Workers { tasks, spares });
        let mut dispatcher = Dispatcher::new(plan, first, threads);
        dispatcher.all(paths, found);
        dispatcher.dismiss();
        // A worker that panicked has lost its sink; the panic is a bug and goes on.
        let parts: Vec<ReadResult> = workers
            .into_iter()
            .filter_map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect();
        let (sink, mut result) = dispatcher.finish();
        parts.into_iter().for_each(|part| result.add(part));
        (sink, result)
    });
    result.sort();
    let others = cells
        .into_iter()
        .filter_map(|cell| cell.into_inner().unwrap_or_else(PoisonError::into_inner));
    (result, std::iter::once(first).chain(others).collect())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::ops::ControlFlow;

    use eventkb_testkit::bulk::BulkSpec;

    use super::*;
    use crate::event::{Event, Head};
    use crate::sink::{Admission, EventKind};

    /// Takes the events of one provider, and passes over the others.
    #[derive(Default)]
    struct Some9316(Vec<String>);

    impl Sink for Some9316 {
        fn passes_over(&self, kind: &EventKind<'_>) -> bool {
            kind.provider != "MSExchangeMTA"
        }

        fn admit(&mut self, _: &Head<'_>) -> Admission {
            Admission::Full
        }

        fn event(&mut self, event: Event, _: Option<&[u8]>) -> ControlFlow<()> {
            self.0.push(format!("{event:?}"));
            ControlFlow::Continue(())
        }
    }

    fn all_of(path: &std::path::Path, threads: usize, hash: HashFiles) -> (Vec<String>, String) {
        let options = ReadOptions {
            threads,
            hash,
            ..ReadOptions::default()
        };
        let sinks = (0..options.sinks()).map(|_| Some9316::default()).collect();
        let (mut result, sinks) = read(&[path.to_owned()], &options, sinks);
        let size = fs::metadata(path).expect("a file").len();
        assert_eq!(options.progress.bytes.load(Ordering::Relaxed), size);
        assert_eq!(sinks.len(), options.sinks());
        for file in &mut result.files {
            assert_eq!(file.input.sha256.is_some(), hash == HashFiles::Auto);
            file.input.sha256 = None;
        }
        let mut events: Vec<String> = sinks.into_iter().flat_map(|sink| sink.0).collect();
        events.sort();
        (events, format!("{result:?}"))
    }

    #[test]
    fn a_large_log_is_the_same_whoever_reads_its_chunks() {
        let folder = std::env::temp_dir().join(format!("eventkb-chunks-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("large.evtx");
        let spec = BulkSpec {
            relevant_per_mille: 100.0,
            ..BulkSpec::new(2 * limits::SPREAD_BYTES)
        };
        let mut bytes = std::io::Cursor::new(Vec::new());
        spec.write_to(&mut bytes).expect("memory takes it");
        let bytes = bytes.into_inner();
        // Whole, cut inside a chunk, and without its header.
        let mut headless = bytes.clone();
        headless[..64].fill(0);
        for bytes in [&bytes[..], &bytes[..bytes.len() - 5000], &headless] {
            fs::write(&path, bytes).expect("written");
            let wanted = all_of(&path, 1, HashFiles::None);
            assert!(wanted.0.len() > 100);
            for threads in [1, 2, 3] {
                for hash in [HashFiles::None, HashFiles::Auto] {
                    let got = all_of(&path, threads, hash);
                    assert!(got == wanted, "{threads} threads, {hash:?}");
                }
            }
        }
        fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn the_number_of_threads_is_limited() {
        let options = ReadOptions {
            threads: 20_000,
            ..ReadOptions::default()
        };
        assert_eq!(options.sinks(), limits::MAX_THREADS + 1);
    }
}
