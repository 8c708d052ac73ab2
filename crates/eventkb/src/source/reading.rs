//! The thread that finds out what each file is, and hands logs to workers or reads them itself.
//!
//! A log of its own goes to a worker whole; a large .evtx in stretches of slots that workers read
//! themselves. What only one thread can read (archives, streams) is read here, and its .evtx
//! members are decoded by workers block by block.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender};

use super::Sink;
use super::archive::{self, ArchiveInput, ArchiveKind, Budget, Members, Refusal};
use super::counted::{Failing, Watched, hex};
use super::detect::{self, Format};
use super::evtx::{Blocks, FileAccount, mta};
use super::find::{Found, is_standard_input};
use super::holes::Stretches;
use super::pipeline::{Outcome, Plan};
use super::sidecars::Sidecars;
use super::worker::{Job, Log, Task, Worker, failed};
use crate::integrity::Defect;
use crate::limits;
use crate::report::Ignored;

/// How standard input is called in a report.
const STANDARD_INPUT: &str = "<stdin>";

/// Jobs that are out before those that are done are looked for.
const MANY_JOBS: usize = 64;

/// Takes tasks, and gives buffers back.
pub(crate) struct Workers {
    pub(crate) tasks: SyncSender<Task>,
    pub(crate) spares: Receiver<Vec<u8>>,
}

/// An .evtx log that was handed out to its end, while parts of it may still be out.
struct Open {
    job: Arc<Job>,
    file: FileAccount,
    sha256: Option<String>,
}

/// The reading thread.
pub(crate) struct Reading<'a, S> {
    plan: &'a Plan<'a>,
    /// Reads what is not handed out.
    own: Worker<'a, S>,
    workers: Option<Workers>,
    open: Vec<Open>,
    sidecars: Sidecars,
    /// Of the archive that is being read.
    unread: Option<Unread>,
    cancelled: bool,
}

/// Members of an archive that were not read. An archive may hold a hundred thousand of them.
#[derive(Debug, Default)]
struct Unread {
    /// The archive.
    place: String,
    /// How many were named one by one.
    named: usize,
    /// How many more there are: those that should have been logs, and others.
    more_failed: u64,
    more_ignored: u64,
}

impl<'a, S: Sink> Reading<'a, S> {
    pub(crate) fn new(plan: &'a Plan<'a>, sink: S, workers: Option<Workers>) -> Self {
        Reading {
            plan,
            own: Worker::new(plan, sink),
            workers,
            open: Vec::new(),
            sidecars: Sidecars::default(),
            unread: None,
            cancelled: false,
        }
    }

    /// Reads, or hands out, everything that was found at `paths`.
    pub(crate) fn all(&mut self, paths: &[PathBuf], found: Found) {
        let named: HashSet<&Path> = paths.iter().map(PathBuf::as_path).collect();
        if paths.iter().any(|path| is_standard_input(path)) {
            let budget = Budget::default();
            self.stream(STANDARD_INPUT, &mut io::stdin().lock(), &budget, true, true);
        }
        self.own.outcome.ignored.extend(found.ignored);
        for (path, error) in found.failed {
            self.failed(&path.display().to_string(), plain(&error));
        }
        let count = found.files.len() as u64;
        self.plan.progress.files.store(count, Ordering::Relaxed);
        for path in &found.files {
            if !self.ended() {
                self.file(path, named.contains(path.as_path()));
            } else if self.cancelled {
                self.own.outcome.leave(&path.display().to_string());
            }
        }
    }

    /// Whether there is nothing more to be read.
    fn ended(&mut self) -> bool {
        self.cancelled |= self.plan.progress.cancel.load(Ordering::Relaxed);
        self.own.stopped || self.cancelled
    }

    /// No more tasks will come: workers end when they have done those that are out.
    pub(crate) fn dismiss(&mut self) {
        self.workers = None;
    }

    /// Closes all accounts, once the workers have ended.
    pub(crate) fn finish(mut self) -> (S, Outcome) {
        self.close(|_| true);
        let (sink, mut outcome) = self.own.finish();
        outcome.ignored.extend(self.sidecars.account());
        outcome.cancelled |= self.plan.progress.cancel.load(Ordering::Relaxed);
        (sink, outcome)
    }

    /// Closes the accounts of jobs that are done.
    fn close(&mut self, is_done: impl Fn(&Arc<Job>) -> bool) {
        for open in std::mem::take(&mut self.open) {
            if is_done(&open.job) {
                let report = open.job.close(open.file, open.sha256);
                self.own.outcome.files.push(report);
            } else {
                self.open.push(open);
            }
        }
    }

    fn failed(&mut self, place: &str, why: String) {
        self.own.outcome.files.push(failed(place, "unknown", why));
    }

    fn file(&mut self, path: &Path, named: bool) {
        let place = path.display().to_string();
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) => return self.failed(&place, plain(&error)),
        };
        let (prefix, error) = beginning(&mut file);
        if let Some(kind) = archive::detect(&prefix) {
            if kind == ArchiveKind::Zip {
                self.sidecars.enter_zip(path, &mut file);
            }
            let budget = Budget::default();
            let mut watched = Watched::new(&mut file, self.plan.progress);
            self.archive(kind, &place, ArchiveInput::File(&mut watched), &budget);
            self.sidecars.leave_zip();
            if self.ended() && self.cancelled {
                let reason = "read in part: reading was stopped in it".to_owned();
                self.own.outcome.ignored.push(Ignored {
                    path: place,
                    reason,
                });
            }
        } else if let Some(mut log) = self.detect(&place, prefix, error, named) {
            log.size = file.metadata().ok().map(|metadata| metadata.len());
            log.watched = true;
            log.texts = match log.format {
                Format::Evtx => self.sidecars.of_file(path),
                _ => None,
            };
            return self.hand_out(log, file);
        }
        self.plan
            .progress
            .files_done
            .fetch_add(1, Ordering::Relaxed);
    }

    /// Gives a log of its own to the workers, if there are any.
    fn hand_out(&mut self, log: Log, file: File) {
        let progress = self.plan.progress;
        let is_large = log
            .size
            .is_some_and(|size| size > limits::SPREAD_BYTES && log.error.is_none());
        let by_slots = log.format == Format::Evtx && is_large;
        match &self.workers {
            // A hash is made from one end to the other.
            _ if by_slots && !self.plan.hashes.wants(log.size) => self.slots(log, file),
            Some(_) if by_slots => self.blocks(log, file),
            Some(workers) => {
                // A worker is gone only if it panicked; joining it passes the panic on.
                let _ = workers.tasks.send(Task::File(log, file));
                return;
            }
            None => self.own.read(log, file),
        }
        progress.files_done.fetch_add(1, Ordering::Relaxed);
    }

    /// Hands out the slots of a large log, for the workers to read, or reads them.
    fn slots(&mut self, log: Log, file: File) {
        let job = Job::new(&log);
        let mut account = FileAccount::open(&log.prefix);
        let beginning = account.end();
        let size = log.size.unwrap_or(0).max(beginning);
        account.took(size - beginning);
        let file = Arc::new(file);
        let bytes_read = &self.plan.progress.bytes;
        let mut at = 0;
        for (offset, bytes) in Stretches::new(&file, beginning, size) {
            // What is no part of a stretch needs no reading: the header, and holes.
            bytes_read.fetch_add(offset - at, Ordering::Relaxed);
            at = offset + bytes as u64;
            let Some(workers) = &self.workers else {
                self.own.slots(&job, &file, offset, bytes);
                if self.own.stopped {
                    break;
                }
                continue;
            };
            let task = Task::Slots {
                job: Arc::clone(&job),
                file: Arc::clone(&file),
                offset,
                bytes,
            };
            if workers.tasks.send(task).is_err() {
                break;
            }
        }
        bytes_read.fetch_add(size - at, Ordering::Relaxed);
        self.leave_open(job, account, None);
    }

    /// Reads an .evtx log, and hands out its blocks to be decoded.
    fn blocks(&mut self, mut log: Log, rest: impl Read) {
        let Some(workers) = &self.workers else {
            return self.own.read(log, rest);
        };
        let job = Job::new(&log);
        let mut input = log.input(rest, self.plan);
        let mut blocks = Blocks::new(&mut input);
        let cancel = &self.plan.progress.cancel;
        while !cancel.load(Ordering::Relaxed) {
            let buffer = workers.spares.try_recv().unwrap_or_default();
            let Some(block) = blocks.next_block(buffer) else {
                break;
            };
            let task = Task::Block {
                job: Arc::clone(&job),
                block,
            };
            if workers.tasks.send(task).is_err() {
                break;
            }
        }
        let whole = !cancel.load(Ordering::Relaxed);
        let cut = !whole && !blocks.ended();
        let mut account = blocks.finish();
        if cut {
            account.stop();
        }
        let sha256 = input.hasher.filter(|_| whole).map(hex);
        self.leave_open(job, account, sha256);
    }

    fn leave_open(&mut self, job: Arc<Job>, file: FileAccount, sha256: Option<String>) {
        self.open.push(Open { job, file, sha256 });
        if self.open.len() >= MANY_JOBS {
            self.close(|job| Arc::strong_count(job) == 1);
        }
    }

    /// Reads one stream of bytes, whatever it is. `named` is one that the user asked for by name:
    /// not being a log is an error then, and otherwise only worth a note.
    pub(crate) fn stream(
        &mut self,
        place: &str,
        input: &mut dyn Read,
        budget: &Budget,
        watched: bool,
        named: bool,
    ) {
        let (prefix, error) = beginning(input);
        if let Some(kind) = archive::detect(&prefix) {
            let mut whole = Cursor::new(prefix).chain(Failing(error)).chain(input);
            self.archive(kind, place, ArchiveInput::Stream(&mut whole), budget);
        } else if let Some(mut log) = self.detect(place, prefix, error, named) {
            log.watched = watched;
            if log.format == Format::Evtx {
                log.texts = self.sidecars.of_member(place);
                self.blocks(log, input);
            } else {
                self.own.read(log, input);
            }
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
        let outermost = self.unread.is_none();
        self.unread.get_or_insert_with(|| Unread {
            place: place.to_owned(),
            ..Unread::default()
        });
        let mut opened = Opened {
            reading: self,
            budget,
        };
        // Stopping is remembered by the reading itself.
        let _ = archive::read(kind, place, input, budget, &mut opened);
        if outermost && let Some(unread) = self.unread.take() {
            self.name_the_rest(place, &unread);
        }
    }

    fn name_the_rest(&mut self, place: &str, unread: &Unread) {
        if unread.more_failed > 0 {
            let count = unread.more_failed;
            self.failed(
                place,
                format!("{count} more of its members could not be read"),
            );
        }
        if unread.more_ignored > 0 {
            self.own.outcome.ignored.push(Ignored {
                path: place.to_owned(),
                reason: format!(
                    "{} more of its members are no event logs",
                    unread.more_ignored
                ),
            });
        }
    }

    /// Notes a file that is not read: one that should have been a log, or another.
    fn leave(&mut self, place: &str, why: String, should_be_log: bool) {
        // What is wrong with the archive itself is always named.
        if let Some(unread) = self.unread.as_mut().filter(|unread| unread.place != place) {
            if unread.named >= limits::MAX_UNREAD_MEMBERS {
                let more = match should_be_log {
                    true => &mut unread.more_failed,
                    false => &mut unread.more_ignored,
                };
                *more += 1;
                return;
            }
            unread.named += 1;
        }
        if should_be_log {
            self.failed(place, why);
        } else {
            self.own.outcome.ignored.push(Ignored {
                path: place.to_owned(),
                reason: why,
            });
        }
    }

    /// What a file is that begins with `prefix`. What is not read is noted.
    fn detect(
        &mut self,
        place: &str,
        prefix: Vec<u8>,
        error: Option<io::Error>,
        named: bool,
    ) -> Option<Log> {
        if prefix.starts_with(mta::MAGIC) {
            self.sidecars.met(place);
            return None;
        }
        if let Some(format) = detect::detect(&prefix) {
            return Some(Log {
                place: place.into(),
                format,
                prefix,
                error,
                size: None,
                texts: None,
                watched: false,
            });
        }
        let why = match &error {
            Some(error) => format!("reading failed: {}", plain(error)),
            None => format!("not an event log: {}", detect::describe(&prefix)),
        };
        self.leave(place, why, named || looks_like_a_log(place));
        None
    }

    /// Notes what an archive would not give.
    fn refused(&mut self, place: &str, refusal: &Refusal) {
        let (code, message) = (refusal.code(), refusal.to_string());
        let open = self.open.iter().rev().find(|o| *o.job.place == *place);
        let files = &mut self.own.outcome.files;
        if let Some(open) = open {
            open.job.note(code, message);
        } else if let Some(file) = files.iter_mut().rev().find(|f| f.input.path == place) {
            file.input.defects.push(Defect {
                code,
                message,
                offset: None,
                count: 1,
            });
        } else {
            self.leave(place, message, true);
        }
    }
}

/// The members of an archive go through the reading that found it.
struct Opened<'r, 'a, S> {
    reading: &'r mut Reading<'a, S>,
    budget: &'r Budget,
}

impl<S: Sink> Members for Opened<'_, '_, S> {
    fn member(&mut self, path: &str, reader: &mut dyn Read) -> ControlFlow<()> {
        if self.reading.ended() {
            return ControlFlow::Break(());
        }
        match self.budget.deeper() {
            Ok(budget) => self.reading.stream(path, reader, &budget, false, false),
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

/// The first bytes of a file, as many as detection wants, and the error that ended them.
fn beginning(input: &mut (impl Read + ?Sized)) -> (Vec<u8>, Option<io::Error>) {
    let mut prefix = Vec::with_capacity(detect::PREFIX);
    let error = input
        .take(detect::PREFIX as u64)
        .read_to_end(&mut prefix)
        .err();
    (prefix, error)
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
