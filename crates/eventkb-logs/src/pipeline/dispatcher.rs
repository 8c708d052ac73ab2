//! The thread that finds out what each file is, and hands logs to workers or reads them itself.
//!
//! A log of its own goes to a worker whole; a large .evtx in regions of chunks that workers read
//! themselves. What only one thread can read (archives, streams) is read here, and its .evtx
//! members are decoded by workers block by block.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender};

use super::archives::{Nesting, Unread};
use super::sparse::DataRegions;
use super::tracked_reader::hex;
use super::worker::{Job, Log, Task, Worker, failed};
use super::{Plan, ReadResult};
use crate::account::Ignored;
use crate::archive;
use crate::detect::{self, Format, Seen};
use crate::evtx::{Blocks, FileAccount, mta};
use crate::find::{Found, is_standard_input};
use crate::limits;
use crate::locale_metadata::LocaleMetadata;
use crate::sink::Sink;

/// How standard input is called in a report.
const STANDARD_INPUT: &str = "<stdin>";

/// Jobs that are out before those that are done are looked for.
pub(super) const MANY_JOBS: usize = 64;

/// Takes tasks, and gives buffers back.
pub(crate) struct Workers {
    pub(crate) tasks: SyncSender<(u64, Task)>,
    pub(crate) spares: Receiver<Vec<u8>>,
}

/// An .evtx log that was handed out to its end, while parts of it may still be out.
pub(super) struct Open {
    pub(super) job: Arc<Job>,
    file: FileAccount,
    sha256: Option<String>,
}

/// The reading thread.
pub(crate) struct Dispatcher<'a, S> {
    pub(super) plan: &'a Plan<'a>,
    /// Reads what is not handed out.
    pub(super) own: Worker<'a, S>,
    workers: Option<Workers>,
    pub(super) open: Vec<Open>,
    pub(super) locale_metadata: LocaleMetadata,
    /// Of the archive that is being read.
    pub(super) unread: Option<Unread>,
    pub(super) cancelled: bool,
    /// Parts that were begun or handed out: see [`Sink::begin_part`].
    parts: u64,
}

impl<'a, S: Sink> Dispatcher<'a, S> {
    pub(crate) fn new(plan: &'a Plan<'a>, sink: S, workers: Option<Workers>) -> Self {
        Dispatcher {
            plan,
            own: Worker::new(plan, sink),
            workers,
            open: Vec::new(),
            locale_metadata: LocaleMetadata::default(),
            unread: None,
            cancelled: false,
            parts: 0,
        }
    }

    /// The number of the next part.
    fn next_part(&mut self) -> u64 {
        self.parts += 1;
        self.parts - 1
    }

    /// Reads a part in this thread.
    fn own_part(&mut self, read: impl FnOnce(&mut Worker<'a, S>)) {
        let part = self.next_part();
        self.own.part(part, read);
    }

    /// Reads, or hands out, everything that was found at `paths`.
    pub(crate) fn all(&mut self, paths: &[PathBuf], found: Found) {
        let named: HashSet<&Path> = paths.iter().map(PathBuf::as_path).collect();
        if paths.iter().any(|path| is_standard_input(path)) {
            self.only_stream(STANDARD_INPUT, &mut io::stdin().lock());
        }
        for pipe in &found.pipes {
            let name = pipe.display().to_string();
            match File::open(pipe) {
                Ok(mut pipe) => self.only_stream(&name, &mut pipe),
                Err(error) => self.failed(&name, plain(&error)),
            }
        }
        self.own.result.ignored.extend(found.ignored);
        for (path, error) in found.failed {
            self.failed(&path.display().to_string(), plain(&error));
        }
        let count = found.files.len() as u64;
        self.plan.progress.files.store(count, Ordering::Relaxed);
        for path in &found.files {
            if !self.ended() {
                self.file(path, named.contains(path.as_path()));
            } else if self.cancelled {
                self.own.result.leave(&path.display().to_string());
            }
        }
    }

    /// Reads one stream that the user asked for by name.
    pub(super) fn only_stream(&mut self, path: &str, input: &mut dyn Read) {
        self.stream(path, input, &self.plan.nesting(), true);
    }

    /// Whether there is nothing more to be read.
    pub(super) fn ended(&mut self) -> bool {
        self.cancelled |= self.plan.progress.is_cancelled();
        self.plan.has_ended() || self.cancelled
    }

    /// No more tasks will come: workers end when they have done those that are out.
    pub(crate) fn dismiss(&mut self) {
        self.workers = None;
    }

    /// Closes all accounts, once the workers have ended.
    pub(crate) fn finish(mut self) -> (S, ReadResult) {
        self.close(|_| true);
        let (sink, mut result) = self.own.finish();
        result.ignored.extend(self.locale_metadata.account());
        result.cancelled |= self.plan.progress.is_cancelled();
        (sink, result)
    }

    /// Closes the accounts of jobs that are done.
    fn close(&mut self, is_done: impl Fn(&Arc<Job>) -> bool) {
        for mut open in std::mem::take(&mut self.open) {
            if is_done(&open.job) {
                if self.plan.has_ended() {
                    open.file.forget_claims();
                }
                let report = open.job.close(open.file, open.sha256);
                self.own.result.files.push(report);
            } else {
                self.open.push(open);
            }
        }
    }

    pub(super) fn failed(&mut self, path: &str, why: String) {
        self.own.result.files.push(failed(path, "unknown", why));
    }

    fn file(&mut self, on_disk: &Path, named: bool) {
        let path = on_disk.display().to_string();
        let mut file = match File::open(on_disk) {
            Ok(file) => file,
            Err(error) => return self.failed(&path, plain(&error)),
        };
        let (prefix, error) = beginning(&mut file);
        if let Some(kind) = archive::detect(&prefix) {
            self.archive_file(kind, on_disk, &path, &mut file);
            if self.ended() && self.cancelled {
                let reason = "read in part: reading was stopped in it";
                self.own.result.ignored.push(Ignored::new(path, reason));
            }
        } else if let Some(mut log) = self.detect(&path, prefix, error, named) {
            log.size = file.metadata().ok().map(|metadata| metadata.len());
            log.watched = true;
            log.texts = match log.format {
                Format::Evtx => self.locale_metadata.of_file(on_disk),
                _ => None,
            };
            return self.hand_out(log, file);
        }
        self.plan.progress.file_done();
    }

    /// Gives a log of its own to the workers, if there are any.
    fn hand_out(&mut self, log: Log, file: File) {
        let is_large = log
            .size
            .is_some_and(|size| size > limits::SPREAD_BYTES && log.error.is_none());
        let by_chunks = log.format == Format::Evtx && is_large;
        match &self.workers {
            // A hash is made from one end to the other.
            _ if by_chunks && !self.plan.hashes(log.size) => self.chunks(log, file),
            Some(_) if by_chunks => self.blocks(log, file),
            Some(workers) => {
                // A worker is gone only if it panicked; joining it passes the panic on.
                let _ = workers.tasks.send((self.parts, Task::File(log, file)));
                self.parts += 1;
                return;
            }
            None => self.own_part(|own| own.read_file(log, file)),
        }
        self.plan.progress.file_done();
    }

    /// Hands out the chunks of a large log, for the workers to read, or reads them.
    fn chunks(&mut self, log: Log, file: File) {
        let job = Job::new(&log);
        let mut account = FileAccount::open(&log.prefix);
        let beginning = account.end();
        let size = log.size.unwrap_or(0).max(beginning);
        account.took(size - beginning);
        let file = Arc::new(file);
        let mut at = 0;
        for (offset, bytes) in DataRegions::new(&file, beginning, size) {
            // What is no part of a region needs no reading: the header, and holes.
            self.plan.progress.add_bytes(offset - at);
            at = offset + bytes as u64;
            let Some(workers) = &self.workers else {
                self.own_part(|own| own.chunks(&job, &file, offset, bytes));
                if self.plan.has_ended() {
                    break;
                }
                continue;
            };
            let task = Task::Chunks {
                job: Arc::clone(&job),
                file: Arc::clone(&file),
                offset,
                bytes,
            };
            if workers.tasks.send((self.parts, task)).is_err() {
                break;
            }
            self.parts += 1;
        }
        self.plan.progress.add_bytes(size - at);
        self.leave_open(job, account, None);
    }

    /// Reads an .evtx log, and hands out its blocks to be decoded.
    fn blocks(&mut self, mut log: Log, rest: impl Read) {
        let Some(workers) = &self.workers else {
            return self.own_part(|own| own.read(log, rest));
        };
        let job = Job::new(&log);
        let mut input = log.input(rest, self.plan);
        let mut blocks = Blocks::new(&mut input);
        while !(self.plan.progress.is_cancelled() || self.plan.has_ended()) {
            let mut buffer = workers.spares.try_recv().unwrap_or_default();
            let Some(block) = blocks.next_block(&mut buffer) else {
                break;
            };
            let task = Task::Block {
                job: Arc::clone(&job),
                block,
            };
            if workers.tasks.send((self.parts, task)).is_err() {
                break;
            }
            self.parts += 1;
        }
        let whole = !(self.plan.progress.is_cancelled() || self.plan.has_ended());
        let cut = self.plan.progress.is_cancelled() && !blocks.ended();
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

    /// Reads one stream of bytes, whatever it is. One that the user asked for by name (`named`)
    /// counts for the progress, and not being a log is an error then, and otherwise only worth a
    /// note.
    pub(super) fn stream(
        &mut self,
        path: &str,
        input: &mut dyn Read,
        nesting: &Nesting,
        named: bool,
    ) {
        let (prefix, error) = beginning(input);
        if let Some(kind) = archive::detect(&prefix) {
            self.archive_stream(kind, path, (prefix, error), input, nesting);
        } else if let Some(mut log) = self.detect(path, prefix, error, named) {
            log.watched = named;
            if log.format == Format::Evtx {
                log.texts = self.locale_metadata.of_member(path);
                self.blocks(log, input);
            } else {
                self.own_part(|own| own.read(log, input));
            }
        }
    }

    /// Notes a file that is not read: one that should have been a log, or another.
    pub(super) fn leave(&mut self, path: &str, why: String, should_be_log: bool) {
        if should_be_log && let Some(unread) = self.unread.as_mut() {
            let at = self.own.result.files.len();
            if unread.named < limits::MAX_UNREAD_MEMBERS || unread.path == path {
                unread.failed.insert(path.to_owned(), at);
            }
        }
        // What is wrong with the archive itself is always named.
        if let Some(unread) = self.unread.as_mut().filter(|unread| unread.path != path) {
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
            self.failed(path, why);
        } else {
            self.own.result.ignored.push(Ignored::new(path, why));
        }
    }

    /// What a file is that begins with `prefix`. What is not read is noted.
    fn detect(
        &mut self,
        path: &str,
        prefix: Vec<u8>,
        error: Option<io::Error>,
        named: bool,
    ) -> Option<Log> {
        if prefix.starts_with(mta::MAGIC) {
            self.locale_metadata.met(path);
            return None;
        }
        if let Some(format) = detect::detect(&prefix) {
            return Some(Log {
                path: path.into(),
                format,
                prefix,
                error,
                size: None,
                data_ends: None,
                texts: None,
                watched: false,
            });
        }
        let why = match &error {
            Some(error) => format!("reading failed: {}", plain(error)),
            None => format!("not an event log: {}", detect::describe(&prefix)),
        };
        let missed = named || looks_like_a_log(path) || detect::seems_events(&prefix);
        self.leave(path, why, missed);
        None
    }
}

/// The first bytes of a file, as many as detection wants, and the error that ended them.
fn beginning(input: &mut (impl Read + ?Sized)) -> (Vec<u8>, Option<io::Error>) {
    let mut prefix = Vec::with_capacity(detect::PREFIX);
    let mut wanted = detect::PREFIX;
    loop {
        let more = (wanted - prefix.len()) as u64;
        let error = input.take(more).read_to_end(&mut prefix).err();
        let whole = prefix.len() < wanted;
        if whole || error.is_some() || archive::detect(&prefix).is_some() {
            return (prefix, error);
        }
        match detect::look(&prefix, whole) {
            Seen::More(more) if more > wanted => wanted = more,
            _ => return (prefix, None),
        }
    }
}

/// A file whose name says that it is a log, so that its not being one deserves a word.
pub(super) fn looks_like_a_log(path: &str) -> bool {
    let extension = Path::new(path).extension();
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
