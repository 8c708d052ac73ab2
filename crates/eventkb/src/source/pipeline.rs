//! Runs files through their readers, on as many threads as wanted.
//!
//! One thread finds, opens and reads files; blocks of .evtx slots are decoded by workers, each
//! with a sink of its own. Sinks are merged by the caller, accounts here; neither depends on which
//! worker did what.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::account::Account;
use super::archive::{self, ArchiveInput, ArchiveKind, Budget, Members, Refusal};
use super::copies::{Copies, Look};
use super::counted::{Counted, Failing, Watched, hex};
use super::detect::{self, Format};
use super::evtx::mta;
use super::evtx::{Block, BlockDecoder, Blocks};
use super::export::{clixml, csv, jsonl, wevtutil, xml};
use super::find::{Found, is_standard_input};
use super::sidecars::{Sidecar, Sidecars};
use super::{Delivery, Sink, classic};
use crate::integrity::Defect;
use crate::limits;
use crate::report::{Ignored, Input, LogSpan};

/// What reading a dump gave, apart from what the sinks took.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The account of each file, in no order.
    pub(crate) inputs: Vec<(Input, Vec<LogSpan>)>,
    pub(crate) ignored: Vec<Ignored>,
    /// Reading was stopped before its end.
    pub(crate) cancelled: bool,
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

/// How to run.
pub(crate) struct Plan<'a> {
    /// Worker threads; 1 decodes in the reading thread.
    pub(crate) threads: usize,
    /// Compute SHA-256 of every file, not only of small ones.
    pub(crate) hash: bool,
    /// Read files with the same content once.
    pub(crate) folds_copies: bool,
    pub(crate) progress: &'a Progress,
}

/// One .evtx file whose blocks are out for decoding.
struct Job {
    file: Arc<str>,
    /// Slots in use, and what was found in them.
    state: Mutex<(u64, Account)>,
}

/// How standard input is called in a report.
const STANDARD_INPUT: &str = "<stdin>";

struct Task {
    job: Arc<Job>,
    /// Message texts, held as long as a block of their log is out.
    texts: Option<Arc<Sidecar>>,
    block: Block,
}

/// Reads all files that were found at `paths`. Every worker takes a sink from `sinks`; the first one also takes
/// what is not decoded by workers. Gives the sinks back.
pub(crate) fn run<S: Sink + Send>(
    paths: &[PathBuf],
    found: Found,
    plan: &Plan<'_>,
    mut sinks: Vec<S>,
) -> (Outcome, Vec<S>) {
    let mut reader = sinks.remove(0);
    if sinks.is_empty() {
        let outcome = Reading::new(plan, &mut reader, None).all(paths, found);
        return (outcome, vec![reader]);
    }
    std::thread::scope(|scope| {
        // Two blocks in line for each worker keep it busy; more would only hold memory.
        let (tasks, waiting) = sync_channel::<Task>(2 * sinks.len());
        let waiting = Arc::new(Mutex::new(waiting));
        let (spare, spares) = sync_channel::<Vec<u8>>(4 * sinks.len() + 4);
        let workers: Vec<_> = sinks
            .into_iter()
            .map(|sink| {
                let waiting = Arc::clone(&waiting);
                let spare = spare.clone();
                scope.spawn(move || work(sink, &waiting, &spare, plan.progress))
            })
            .collect();
        let outcome = Reading::new(plan, &mut reader, Some((tasks, spares))).all(paths, found);
        let mut sinks = vec![reader];
        // A worker that panicked has lost its sink; the panic is a bug and goes on.
        sinks.extend(workers.into_iter().map(|worker| match worker.join() {
            Ok(sink) => sink,
            Err(panic) => std::panic::resume_unwind(panic),
        }));
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
    reading.stream(name, input, &Budget::default(), Counts::Progress, true);
    reading.finish()
}

fn work<S: Sink>(
    mut sink: S,
    waiting: &Mutex<Receiver<Task>>,
    spare: &SyncSender<Vec<u8>>,
    progress: &Progress,
) -> S {
    let mut decoder = BlockDecoder::default();
    loop {
        let task = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(Task { job, texts, block }) = task else {
            return sink;
        };
        decode(
            &mut decoder,
            &job,
            texts.as_deref(),
            &block,
            &mut sink,
            progress,
        );
        // Nobody waits for a spare buffer at the end.
        let _ = spare.try_send(block.bytes);
    }
}

/// Decodes a block and adds to the account of its file. Gives `false` when the sink has enough.
fn decode(
    decoder: &mut BlockDecoder,
    job: &Job,
    texts: Option<&Sidecar>,
    block: &Block,
    sink: &mut dyn Sink,
    progress: &Progress,
) -> bool {
    let mut account = Account::default();
    let mut delivery = Delivery::new(Arc::clone(&job.file), &mut account, sink).with_texts(texts);
    let used = decoder.decode(block, &mut delivery);
    let stopped = delivery.stopped();
    progress
        .records
        .fetch_add(account.integrity.read, Ordering::Relaxed);
    let mut state = job.state.lock().unwrap_or_else(PoisonError::into_inner);
    state.0 += used;
    state.1.add(account);
    !stopped
}

/// An .evtx file that was read to its end, while blocks may still be out.
struct Open {
    job: Arc<Job>,
    /// The account of the file itself; `Blocks` is closed when the blocks are counted.
    close: Box<dyn FnOnce(u64) -> Account>,
    sha256: Option<String>,
}

/// The reading thread.
struct Reading<'a> {
    plan: &'a Plan<'a>,
    sink: &'a mut dyn Sink,
    workers: Option<(SyncSender<Task>, Receiver<Vec<u8>>)>,
    decoder: BlockDecoder,
    buffer: Vec<u8>,
    open: Vec<Open>,
    copies: Copies,
    sidecars: Sidecars,
    outcome: Outcome,
    stopped: bool,
}

impl<'a> Reading<'a> {
    fn new(
        plan: &'a Plan<'a>,
        sink: &'a mut dyn Sink,
        workers: Option<(SyncSender<Task>, Receiver<Vec<u8>>)>,
    ) -> Self {
        Reading {
            plan,
            sink,
            workers,
            decoder: BlockDecoder::default(),
            buffer: Vec::new(),
            open: Vec::new(),
            copies: Copies::default(),
            sidecars: Sidecars::default(),
            outcome: Outcome::default(),
            stopped: false,
        }
    }

    fn all(mut self, paths: &[PathBuf], found: Found) -> Outcome {
        let named: HashSet<&Path> = paths.iter().map(PathBuf::as_path).collect();
        if paths.iter().any(|path| is_standard_input(path)) {
            self.standard_input();
        }
        self.outcome.ignored.extend(found.ignored);
        for (path, error) in found.failed {
            self.failed(&path.display().to_string(), "unknown", &plain(&error));
        }
        let progress = self.plan.progress;
        progress
            .files
            .store(found.files.len() as u64, Ordering::Relaxed);
        for path in &found.files {
            let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
            progress.bytes_total.fetch_add(size, Ordering::Relaxed);
        }
        for path in &found.files {
            if self.ended() {
                self.unread(path);
                continue;
            }
            self.file(path, named.contains(path.as_path()));
            progress.files_done.fetch_add(1, Ordering::Relaxed);
        }
        self.finish()
    }

    /// Notes a file that was not reached before the user stopped the reading.
    fn unread(&mut self, path: &Path) {
        if self.outcome.cancelled {
            let reason = "not read: reading was stopped before it".to_owned();
            self.outcome.ignored.push(Ignored {
                path: path.display().to_string(),
                reason,
            });
        }
    }

    fn ended(&mut self) -> bool {
        if self.plan.progress.cancel.load(Ordering::Relaxed) {
            self.outcome.cancelled = true;
        }
        self.stopped || self.outcome.cancelled
    }

    /// Waits for the workers and closes all accounts.
    fn finish(mut self) -> Outcome {
        // Without a sender, the workers end once the line is empty. Their results are complete
        // only when each job is held by nobody else.
        drop(self.workers.take());
        for open in self.open {
            while Arc::strong_count(&open.job) > 1 {
                std::thread::yield_now();
            }
            let mut state = open
                .job
                .state
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let (used, blocks) = std::mem::take(&mut *state);
            let mut account = (open.close)(used);
            account.add(blocks);
            self.outcome.inputs.push(account.close(
                &open.job.file,
                Format::Evtx.as_str(),
                open.sha256,
            ));
        }
        self.outcome.ignored.extend(self.sidecars.account());
        self.copies.account(&mut self.outcome.inputs);
        self.outcome
    }

    fn failed(&mut self, path: &str, format: &str, why: &str) {
        let input = Input {
            path: path.to_owned(),
            format: format.to_owned(),
            error: Some(why.to_owned()),
            ..Input::default()
        };
        self.outcome.inputs.push((input, Vec::new()));
    }

    fn file(&mut self, path: &Path, named: bool) {
        let place = path.display().to_string();
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) => return self.failed(&place, "unknown", &plain(&error)),
        };
        let mut prefix = Vec::with_capacity(detect::PREFIX);
        let error = (&mut file)
            .take(detect::PREFIX as u64)
            .read_to_end(&mut prefix)
            .err();
        if let Some(kind) = archive::detect(&prefix) {
            if kind == ArchiveKind::Zip {
                self.sidecars.enter_zip(path, &mut file);
            }
            let budget = Budget::default();
            let mut watched = Watched::new(&mut file, self.plan.progress);
            self.archive(kind, &place, ArchiveInput::File(&mut watched), &budget);
            self.sidecars.leave_zip();
            if self.ended() && self.outcome.cancelled {
                let reason = "read in part: reading was stopped in it".to_owned();
                self.outcome.ignored.push(Ignored {
                    path: place,
                    reason,
                });
            }
        } else {
            let mut input = Rest {
                input: &mut file,
                error,
            };
            let whence = Whence {
                counts: Counts::Progress,
                named,
                file: Some(path),
            };
            self.log(&place, prefix, &mut input, whence);
        }
    }

    /// Standard input: a log, an export or an archive.
    fn standard_input(&mut self) {
        self.stream(
            STANDARD_INPUT,
            &mut io::stdin().lock(),
            &Budget::default(),
            Counts::Progress,
            true,
        );
    }

    /// Reads one stream of bytes, whatever it is. `named` is one that the user asked for by name:
    /// not being a log is an error then, and otherwise only worth a note.
    fn stream(
        &mut self,
        place: &str,
        input: &mut dyn Read,
        budget: &Budget,
        counts: Counts,
        named: bool,
    ) {
        let mut prefix = Vec::with_capacity(detect::PREFIX);
        let error = (&mut *input)
            .take(detect::PREFIX as u64)
            .read_to_end(&mut prefix)
            .err();
        let mut rest = Rest { input, error };
        match archive::detect(&prefix) {
            Some(kind) => {
                let mut whole = Cursor::new(prefix).chain(rest);
                self.archive(kind, place, ArchiveInput::Stream(&mut whole), budget);
            }
            None => self.log(
                place,
                prefix,
                &mut rest,
                Whence {
                    counts,
                    named,
                    file: None,
                },
            ),
        }
    }

    /// Reads the members of an archive, archives among them too.
    fn archive(
        &mut self,
        kind: ArchiveKind,
        place: &str,
        input: ArchiveInput<'_>,
        budget: &Budget,
    ) {
        let mut opened = Opened {
            reading: self,
            budget,
        };
        // Stopping is remembered by the reading itself.
        let _ = archive::read(kind, place, input, budget, &mut opened);
    }

    /// Reads a log or an export.
    fn log(&mut self, place: &str, prefix: Vec<u8>, input: &mut Rest<'_>, whence: Whence<'_>) {
        if prefix.starts_with(mta::MAGIC) {
            return self.sidecars.met(place);
        }
        let Some(format) = detect::detect(&prefix) else {
            let why = match &input.error {
                Some(error) => format!("reading failed: {}", plain(error)),
                None => format!("not an event log: {}", detect::describe(&prefix)),
            };
            if whence.named || looks_like_a_log(place) {
                self.failed(place, "unknown", &why);
            } else {
                self.outcome.ignored.push(Ignored {
                    path: place.to_owned(),
                    reason: why,
                });
            }
            return;
        };
        let (held, error) = match self.look(format, place, &prefix, input) {
            Look::Fresh(held, error) => (held, Failing(error)),
            Look::Copy(bytes) => {
                if whence.counts == Counts::Progress {
                    self.plan.progress.bytes.fetch_add(bytes, Ordering::Relaxed);
                }
                return;
            }
        };
        let size = whence
            .file
            .and_then(|file| std::fs::metadata(file).ok())
            .map(|metadata| metadata.len());
        let hashes = self.plan.hash || size.is_none_or(|size| size <= limits::MAX_HASHED_BYTES);
        let counted = Counted {
            input: Cursor::new(prefix)
                .chain(Cursor::new(held))
                .chain(error)
                .chain(input),
            hasher: hashes.then(Sha256::new),
            hash_all: self.plan.hash,
            bytes: 0,
            progress: (whence.counts == Counts::Progress).then_some(self.plan.progress),
        };
        // The readers of exports note what is wrong in the account; they never fail as a whole.
        let export = |read: fn(&mut dyn Read, &mut Delivery<'_>)| {
            move |input: &mut dyn Read, delivery: &mut Delivery<'_>| {
                read(input, delivery);
                Ok(())
            }
        };
        match format {
            Format::Evtx => {
                let texts = match whence.file {
                    Some(path) => self.sidecars.of_file(path),
                    None => self.sidecars.of_member(place),
                };
                self.evtx(place, counted, texts);
            }
            Format::Evt => self.serial(place, format, counted, |input, delivery| {
                classic::read(input, delivery).map_err(|error| error.to_string())
            }),
            Format::Xml => self.serial(place, format, counted, export(xml::read)),
            Format::Clixml => self.serial(place, format, counted, export(clixml::read)),
            Format::Csv => self.serial(place, format, counted, export(csv::read)),
            Format::WevtutilText => self.serial(place, format, counted, export(wevtutil::read)),
            Format::Json => self.serial(place, format, counted, export(jsonl::read)),
        }
    }

    fn look(&mut self, format: Format, place: &str, prefix: &[u8], rest: &mut dyn Read) -> Look {
        if self.plan.folds_copies {
            self.copies.look(format, place, prefix, rest)
        } else {
            Look::Fresh(Vec::new(), None)
        }
    }

    /// Notes what an archive would not give.
    fn refused(&mut self, path: &str, refusal: &Refusal) {
        let (code, why) = (refusal.code(), refusal.to_string());
        if let Some(open) = self.open.iter().rev().find(|open| *open.job.file == *path) {
            let mut state = open
                .job
                .state
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            state.1.integrity.note(code, None, why);
        } else if let Some((input, _)) = self
            .outcome
            .inputs
            .iter_mut()
            .rev()
            .find(|(i, _)| i.path == path)
        {
            input.defects.push(Defect {
                code,
                message: why,
                offset: None,
                count: 1,
            });
        } else {
            self.failed(path, "unknown", &why);
        }
    }

    /// Reads a file in this thread, from its beginning to its end.
    fn serial(
        &mut self,
        place: &str,
        format: Format,
        mut input: Counted<'_, impl Read>,
        read: impl FnOnce(&mut dyn Read, &mut Delivery<'_>) -> Result<(), String>,
    ) {
        let mut account = Account::default();
        let cancel = &self.plan.progress.cancel;
        let mut delivery = Delivery::new(place.into(), &mut account, self.sink).until(cancel);
        let result = read(&mut input, &mut delivery);
        let stopped = delivery.stopped();
        account.bytes = input.bytes;
        if self.ended() && self.outcome.cancelled {
            account.stop();
        }
        self.stopped |= stopped;
        self.plan
            .progress
            .records
            .fetch_add(account.integrity.read, Ordering::Relaxed);
        match result {
            Ok(()) => {
                let sha256 = input
                    .hasher
                    .filter(|_| !(self.stopped || self.outcome.cancelled))
                    .map(hex);
                self.copies.remember(format, place, sha256.as_deref());
                self.outcome
                    .inputs
                    .push(account.close(place, format.as_str(), sha256));
            }
            Err(why) => self.failed(place, format.as_str(), &why),
        }
    }

    fn evtx(&mut self, place: &str, input: Counted<'_, impl Read>, texts: Option<Arc<Sidecar>>) {
        let job = Arc::new(Job {
            file: place.into(),
            state: Mutex::default(),
        });
        let mut blocks = Blocks::new(input);
        loop {
            if self.ended() {
                break;
            }
            let buffer = match &self.workers {
                Some((_, spares)) => spares.try_recv().unwrap_or_default(),
                None => std::mem::take(&mut self.buffer),
            };
            let Some(block) = blocks.next_block(buffer) else {
                break;
            };
            match &self.workers {
                // A worker is gone only if it panicked; joining it passes the panic on.
                Some((tasks, _)) => {
                    if tasks
                        .send(Task {
                            job: Arc::clone(&job),
                            texts: texts.clone(),
                            block,
                        })
                        .is_err()
                    {
                        break;
                    }
                }
                None => {
                    self.stopped |= !decode(
                        &mut self.decoder,
                        &job,
                        texts.as_deref(),
                        &block,
                        self.sink,
                        self.plan.progress,
                    );
                    self.buffer = block.bytes;
                }
            }
        }
        if self.ended() && self.outcome.cancelled && !blocks.ended() {
            blocks.stop();
        }
        let (closing, input) = blocks.finish();
        let sha256 = input
            .hasher
            .filter(|_| !(self.stopped || self.outcome.cancelled))
            .map(hex);
        self.copies.remember(Format::Evtx, place, sha256.as_deref());
        self.open.push(Open {
            job,
            close: Box::new(move |used| closing.close(used)),
            sha256,
        });
    }
}

/// Whether the bytes of a stream count for the progress: those of an archive's members do not,
/// their total is unknown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counts {
    Progress,
    Nothing,
}

/// Where the bytes of a log come from.
struct Whence<'p> {
    counts: Counts,
    /// The user named it.
    named: bool,
    /// It is a file of its own.
    file: Option<&'p Path>,
}

/// The members of an archive go through the reading that found it.
struct Opened<'r, 'a> {
    reading: &'r mut Reading<'a>,
    budget: &'r Budget,
}

impl Members for Opened<'_, '_> {
    fn member(&mut self, path: &str, reader: &mut dyn Read) -> ControlFlow<()> {
        if self.reading.ended() {
            return ControlFlow::Break(());
        }
        match self.budget.deeper() {
            Ok(budget) => self
                .reading
                .stream(path, reader, &budget, Counts::Nothing, false),
            Err(refusal) => self.reading.refused(path, &refusal),
        }
        // Sizes and checksums are checked at the end; what is behind a log's end is thrown away.
        let mut block = [0; 16 * 1024];
        while !self.reading.ended() && reader.read(&mut block).is_ok_and(|read| read > 0) {}
        if self.reading.ended() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn refused(&mut self, path: &str, refusal: Refusal) {
        self.reading.refused(path, &refusal);
    }
}

/// What is behind the bytes that detection took. An error that detection met comes first: what
/// follows it may not be what should stand there.
struct Rest<'a> {
    input: &'a mut dyn Read,
    error: Option<io::Error>,
}

impl Read for Rest<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.error.take() {
            Some(error) => Err(error),
            None => self.input.read(buffer),
        }
    }
}

/// A file whose name says that it is a log, so that its not being one deserves a word.
fn looks_like_a_log(place: &str) -> bool {
    let extension = Path::new(place).extension();
    extension.is_some_and(|e| e.eq_ignore_ascii_case("evtx") || e.eq_ignore_ascii_case("evt"))
}

/// An I/O error without the operating system's number.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        _ => error.to_string(),
    }
}
