//! Runs files through their readers, on as many threads as wanted.
//!
//! One thread finds out what each file is ([`super::reading`]); workers read and decode
//! ([`super::worker`]), each with a sink of its own. Sinks are merged by the caller, accounts
//! here; neither depends on which worker did what.

use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use super::Sink;
use super::account::FileReport;
use super::archive::Budget;
use super::find::Found;
use super::reading::{Reading, Workers};
use super::worker::{Task, Worker};
use crate::limits;
use crate::report::Ignored;

/// What reading a dump gave, apart from what the sinks took.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The account of each file, in no order.
    pub(crate) files: Vec<FileReport>,
    pub(crate) ignored: Vec<Ignored>,
    /// Reading was stopped before its end.
    pub(crate) cancelled: bool,
}

impl Outcome {
    fn add(&mut self, other: Outcome) {
        self.files.extend(other.files);
        self.ignored.extend(other.ignored);
        self.cancelled |= other.cancelled;
    }
}

/// How far a run has come. Shared with whoever shows progress.
#[derive(Debug, Default)]
pub struct Progress {
    /// Files found so far.
    pub files: AtomicU64,
    /// Of those, the ones that are read.
    pub files_done: AtomicU64,
    /// Bytes read.
    pub bytes: AtomicU64,
    /// Bytes of all files found, archives as they are.
    pub bytes_total: AtomicU64,
    /// Records read, those that were passed over among them.
    pub records: AtomicU64,
    /// Set it to stop reading; what was read so far is reported.
    pub cancel: Arc<AtomicBool>,
}

/// Which files' SHA-256 is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hashes {
    Every,
    /// Up to [`limits::MAX_HASHED_BYTES`].
    Small,
    None,
}

impl Hashes {
    /// Whether a file of this size, as far as it is known, is hashed.
    pub(crate) fn wants(self, size: Option<u64>) -> bool {
        match self {
            Hashes::Every => true,
            Hashes::Small => size.is_none_or(|size| size <= limits::MAX_HASHED_BYTES),
            Hashes::None => false,
        }
    }
}

/// How to run.
pub(crate) struct Plan<'a> {
    /// Worker threads; 1 reads everything in the calling thread.
    pub(crate) threads: usize,
    pub(crate) hashes: Hashes,
    pub(crate) progress: &'a Progress,
}

/// Reads all files that were found at `paths`. Every worker takes a sink from `sinks`; the first
/// one takes what the calling thread reads. Gives the sinks back.
pub(crate) fn run<S: Sink + Send>(
    paths: &[PathBuf],
    found: Found,
    plan: &Plan<'_>,
    sinks: Vec<S>,
) -> (Outcome, Vec<S>) {
    let mut sinks = sinks.into_iter();
    let Some(first) = sinks.next() else {
        return (Outcome::default(), Vec::new());
    };
    let others = sinks.len();
    if others == 0 {
        let mut reading = Reading::new(plan, first, None);
        reading.all(paths, found);
        let (sink, outcome) = reading.finish();
        return (outcome, vec![sink]);
    }
    std::thread::scope(|scope| {
        // A few tasks in line for each worker keep it busy; more would only hold memory.
        let (tasks, waiting) = sync_channel::<Task>(4 * others);
        let waiting = Arc::new(Mutex::new(waiting));
        let (spare, spares) = sync_channel::<Vec<u8>>(4 * others + 4);
        let workers: Vec<_> = sinks
            .map(|sink| {
                let (waiting, spare) = (Arc::clone(&waiting), spare.clone());
                scope.spawn(move || Worker::new(plan, sink).work(&waiting, &spare))
            })
            .collect();
        let mut reading = Reading::new(plan, first, Some(Workers { tasks, spares }));
        reading.all(paths, found);
        reading.dismiss();
        // A worker that panicked has lost its sink; the panic is a bug and goes on.
        let done: Vec<(S, Outcome)> = workers
            .into_iter()
            .map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect();
        let (sink, mut outcome) = reading.finish();
        let mut sinks = vec![sink];
        for (sink, part) in done {
            sinks.push(sink);
            outcome.add(part);
        }
        (outcome, sinks)
    })
}

/// Reads one stream of bytes in this thread, as if it were a file of this name.
pub(crate) fn run_stream(
    name: &str,
    input: &mut dyn Read,
    plan: &Plan<'_>,
    sink: &mut dyn Sink,
) -> Outcome {
    let mut reading = Reading::new(plan, sink, None);
    reading.stream(name, input, &Budget::default(), true, true);
    reading.finish().1
}

#[cfg(test)]
mod tests {
    use std::fs;

    use eventkb_testkit::bulk::BulkSpec;

    use super::*;
    use crate::matcher::session::Session;
    use crate::signature::set::SignatureSet;
    use crate::source::find;

    fn report(path: &std::path::Path, threads: usize, hashes: Hashes) -> String {
        let signatures = SignatureSet::built_in();
        let progress = Progress::default();
        let plan = Plan {
            threads,
            hashes,
            progress: &progress,
        };
        let count = if threads == 1 { 1 } else { threads + 1 };
        let sinks = (0..count).map(|_| Session::new(&signatures)).collect();
        let paths = [path.to_owned()];
        let (outcome, sinks) = run(&paths, find::find(&paths), &plan, sinks);
        let size = fs::metadata(path).expect("a file").len();
        assert_eq!(
            progress.bytes.load(std::sync::atomic::Ordering::Relaxed),
            size
        );
        let mut session = Session::new(&signatures);
        sinks.into_iter().for_each(|sink| session.merge(sink));
        outcome
            .files
            .into_iter()
            .for_each(|file| session.add_file(file));
        let mut report = session.finish();
        report
            .inputs
            .iter_mut()
            .for_each(|input| input.sha256 = None);
        serde_json::to_string(&report).expect("a report")
    }

    #[test]
    fn a_large_log_is_the_same_whoever_reads_its_slots() {
        let folder = std::env::temp_dir().join(format!("eventkb-slots-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("large.evtx");
        let spec = BulkSpec {
            relevant_per_mille: 100.0,
            ..BulkSpec::new(2 * limits::SPREAD_BYTES)
        };
        let mut bytes = std::io::Cursor::new(Vec::new());
        spec.write_to(&mut bytes).expect("memory takes it");
        let bytes = bytes.into_inner();
        // Whole, cut inside a slot, and without its header.
        let mut headless = bytes.clone();
        headless[..64].fill(0);
        for bytes in [&bytes[..], &bytes[..bytes.len() - 5000], &headless] {
            fs::write(&path, bytes).expect("written");
            let wanted = report(&path, 1, Hashes::None);
            assert!(wanted.contains("Q253307"));
            for threads in [1, 2, 3] {
                assert!(
                    report(&path, threads, Hashes::None) == wanted,
                    "{threads} threads"
                );
                assert!(
                    report(&path, threads, Hashes::Small) == wanted,
                    "{threads}, hashed"
                );
            }
        }
        fs::remove_dir_all(&folder).expect("removed");
    }
}
