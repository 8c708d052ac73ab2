//! Reads single logs. Each thread has one worker, with a sink of its own.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};

use super::tracked_reader::{Failing, TrackedReader, hex};
use super::{Plan, ReadResult};
use crate::account::{Account, FileReport, Ignored, Input};
use crate::detect::Format;
use crate::evt;
use crate::evtx::{Block, BlockDecoder, Blocks, FileAccount, Stated, read_chunks};
#[cfg(feature = "exports")]
use crate::export::{clixml, csv, format_list, jsonl, properties, snare, wevtutil, xml};
use crate::holes::{WithoutHoles, end_of_last_data};
use crate::integrity::DefectCode;
use crate::limits;
use crate::locale_metadata::LogTexts;
use crate::sink::{Delivery, Sink};

/// A log that is about to be read.
pub(crate) struct Log {
    /// Its path, with the path inside an archive.
    pub(crate) path: Arc<str>,
    pub(crate) format: Format,
    /// What detection took of it.
    pub(crate) prefix: Vec<u8>,
    /// The error that ended the taking: what follows it may not be what should stand there.
    pub(crate) error: Option<io::Error>,
    /// Its size, where that is known beforehand.
    pub(crate) size: Option<u64>,
    /// Where its last data ends, where that is known to be before its end: behind it is a hole.
    pub(crate) data_ends: Option<u64>,
    /// Message texts that lie beside it.
    pub(crate) texts: Option<Arc<LogTexts>>,
    /// Its bytes count for the progress: those of an archive's members do not, their total is
    /// unknown.
    pub(crate) watched: bool,
}

impl Log {
    /// All of its bytes, from the first one.
    pub(crate) fn input<'p, R: Read>(
        &mut self,
        rest: R,
        plan: &'p Plan<'p>,
    ) -> TrackedReader<'p, impl Read + use<'p, R>> {
        let input = Cursor::new(std::mem::take(&mut self.prefix))
            .chain(Failing(self.error.take()))
            .chain(rest);
        TrackedReader {
            input,
            hasher: plan.hashes(self.size).then(Default::default),
            plan,
            bytes: 0,
            progress: self.watched.then_some(plan.progress),
        }
    }
}

/// What a worker is asked to do. It comes with the number of its part.
pub(crate) enum Task {
    /// Read a file to its end.
    File(Log, File),
    /// Read some chunks of a large log, and decode them.
    Chunks {
        job: Arc<Job>,
        file: Arc<File>,
        offset: u64,
        bytes: usize,
    },
    /// Decode some chunks of a log that only one thread can read.
    Block { job: Arc<Job>, block: Block },
}

/// An .evtx log whose chunks are spread over workers.
pub(crate) struct Job {
    pub(crate) path: Arc<str>,
    texts: Option<Arc<LogTexts>>,
    /// What the log's header says.
    stated: Stated,
    state: Mutex<JobState>,
}

#[derive(Default)]
struct JobState {
    /// Chunks that were not empty.
    used: u64,
    account: Account,
    /// Not all of it was read, because the user stopped the dispatcher.
    stopped: bool,
}

impl Job {
    pub(crate) fn new(log: &Log) -> Arc<Job> {
        Arc::new(Job {
            path: Arc::clone(&log.path),
            texts: log.texts.clone(),
            stated: FileAccount::open(&log.prefix).stated(),
            state: Mutex::default(),
        })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, JobState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what an archive would not give of it.
    pub(crate) fn note(&self, code: DefectCode, message: String) {
        self.state().account.integrity.note(code, None, message);
    }

    /// Closes the account, once no worker has a part of the log any more.
    pub(crate) fn close(&self, mut file: FileAccount, sha256: Option<String>) -> FileReport {
        let state = std::mem::take(&mut *self.state());
        if state.stopped {
            file.stop();
        }
        let mut account = file.close(state.used);
        account.add(state.account);
        account.close(&self.path, Format::Evtx.as_str(), sha256)
    }
}

/// Reads logs one after the other.
pub(crate) struct Worker<'a, S> {
    pub(crate) plan: &'a Plan<'a>,
    pub(crate) result: ReadResult,
    sink: S,
    decoder: BlockDecoder,
    buffer: Vec<u8>,
}

impl<'a, S: Sink> Worker<'a, S> {
    pub(crate) fn new(plan: &'a Plan<'a>, sink: S) -> Self {
        Worker {
            plan,
            result: ReadResult::default(),
            sink,
            decoder: BlockDecoder::default(),
            buffer: Vec::new(),
        }
    }

    /// Does all tasks, until there are no more.
    pub(crate) fn work(
        mut self,
        waiting: &Mutex<Receiver<(u64, Task)>>,
        spare: &SyncSender<Vec<u8>>,
    ) -> (S, ReadResult) {
        loop {
            let task = waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv();
            let Ok((part, task)) = task else {
                return self.finish();
            };
            self.part(part, |worker| worker.task(task, spare));
        }
    }

    /// Reads a part: see [`Sink::begin_part`].
    pub(crate) fn part(&mut self, part: u64, read: impl FnOnce(&mut Self)) {
        self.sink.begin_part(part);
        read(self);
        self.sink.end_part();
    }

    fn task(&mut self, task: Task, spare: &SyncSender<Vec<u8>>) {
        match task {
            Task::File(log, file) => self.file(log, file),
            Task::Chunks {
                job,
                file,
                offset,
                bytes,
            } => self.chunks(&job, &file, offset, bytes),
            Task::Block { job, block } => {
                self.block(&job, &block);
                // Nobody waits for a spare buffer at the end.
                let _ = spare.try_send(block.into_buffer());
            }
        }
    }

    pub(crate) fn finish(self) -> (S, ReadResult) {
        (self.sink, self.result)
    }

    /// Whether the user has stopped the dispatcher.
    fn cancelled(&self) -> bool {
        self.plan.progress.is_cancelled()
    }

    fn file(&mut self, log: Log, file: File) {
        if self.cancelled() {
            self.result.leave(&log.path);
        } else if !self.plan.has_ended() {
            self.read_file(log, file);
            self.plan.progress.file_done();
        }
    }

    /// Reads a file to its end, but for its holes.
    pub(crate) fn read_file(&mut self, mut log: Log, file: File) {
        let size = log.size.unwrap_or(0);
        let may_pass = size > limits::SPARSE_BYTES && !self.plan.hashes(log.size);
        match log.format {
            // Large ones go by their chunks.
            Format::Evtx => self.read(log, file),
            Format::Evt if may_pass => {
                let end = end_of_last_data(&file, size).max(log.prefix.len() as u64);
                log.data_ends = Some(end);
                let passed = (size > end).then_some((size - end, end));
                let behind = SeekFrom::Start(log.prefix.len() as u64);
                if let Err(error) = (&file).seek(behind) {
                    log.error = log.error.or(Some(error));
                }
                self.read(log, file);
                self.name_holes(passed);
            }
            _ if may_pass => match WithoutHoles::new(file, limits::HOLE_IN_EXPORT) {
                Ok(mut file) => {
                    self.read(log, &mut file);
                    self.name_holes(file.left_out());
                }
                Err(error) => {
                    let why = format!("reading failed: {error}");
                    let failed = failed(&log.path, log.format.as_str(), why);
                    self.result.files.push(failed);
                }
            },
            _ => self.read(log, file),
        }
    }

    /// Says of the file that was just read which bytes of it are holes: how many, and where the first
    /// ones begin.
    fn name_holes(&mut self, holes: Option<(u64, u64)>) {
        let Some((bytes, first)) = holes else {
            return;
        };
        self.plan.progress.add_bytes(bytes);
        if let Some(file) = self.result.files.last_mut() {
            file.input.bytes += bytes;
            let code = DefectCode::Gap;
            let message = format!("{bytes} bytes of it are a hole: they are on no disk");
            file.note_at(code, Some(first), message);
        }
    }

    /// Reads a log to its end.
    pub(crate) fn read(&mut self, mut log: Log, rest: impl Read) {
        let plan = self.plan;
        let mut input = log.input(rest, plan);
        let account = match log.format {
            Format::Evtx => Ok(self.evtx(&log, &mut input)),
            Format::Evt => self.serial(&log, &mut input, |input, delivery| {
                let size = log.data_ends.or(log.size);
                evt::deliver::read(input, size, delivery).map_err(|error| error.to_string())
            }),
            _ => self.export(&log, &mut input),
        };
        let whole = !(self.plan.has_ended() || self.cancelled());
        let sha256 = input.hasher.filter(|_| whole).map(hex);
        let format = log.format.as_str();
        self.result.files.push(match account {
            Ok(account) => {
                let mut report = account.close(&log.path, format, sha256);
                if whole && !matches!(log.format, Format::Evtx | Format::Evt) {
                    report.input.error = nothing_read(&report.input);
                }
                report
            }
            Err(why) => failed(&log.path, format, why),
        });
    }

    /// Reads an export. Its reader notes what is wrong in the account, and never fails as a whole.
    #[cfg(feature = "exports")]
    fn export(
        &mut self,
        log: &Log,
        input: &mut TrackedReader<'_, impl Read>,
    ) -> Result<Account, String> {
        let read = match log.format {
            Format::Xml => xml::read,
            Format::Clixml => clixml::read,
            Format::Csv => csv::read,
            Format::WevtutilText => wevtutil::read,
            Format::Json => jsonl::read,
            Format::Properties => properties::read,
            Format::List => format_list::read,
            Format::Snare => snare::read,
            Format::Evtx | Format::Evt => return Err("it is no export".to_owned()),
        };
        self.serial(log, input, |input, delivery| {
            read(input, delivery);
            Ok(())
        })
    }

    #[cfg(not(feature = "exports"))]
    fn export(
        &mut self,
        log: &Log,
        _input: &mut TrackedReader<'_, impl Read>,
    ) -> Result<Account, String> {
        Err(format!(
            "reading events as {} is not built in (feature `exports`)",
            log.format
        ))
    }

    /// Reads a log or an export from its beginning to its end.
    fn serial(
        &mut self,
        log: &Log,
        input: &mut TrackedReader<'_, impl Read>,
        read: impl FnOnce(&mut dyn Read, &mut Delivery<'_>) -> Result<(), String>,
    ) -> Result<Account, String> {
        let mut account = Account::default();
        let cancel = &self.plan.progress.cancel;
        let path = Arc::clone(&log.path);
        let mut delivery = Delivery::new(path, &mut account, &mut self.sink).until(cancel);
        let result = read(input, &mut delivery);
        if delivery.stopped() {
            self.plan.end();
        }
        account.bytes = input.bytes;
        if self.cancelled() {
            account.stop();
        }
        self.progress(&account);
        result.map(|()| account)
    }

    /// Reads an .evtx log block by block.
    fn evtx(&mut self, log: &Log, input: &mut TrackedReader<'_, impl Read>) -> Account {
        let job = Job::new(log);
        let mut blocks = Blocks::new(input);
        let mut buffer = std::mem::take(&mut self.buffer);
        while !(self.plan.has_ended() || self.cancelled()) {
            let Some(block) = blocks.next_block(&mut buffer) else {
                break;
            };
            self.block(&job, &block);
            buffer = block.into_buffer();
        }
        self.buffer = buffer;
        let mut state = std::mem::take(&mut *job.state());
        state.stopped |= self.cancelled() && !blocks.ended();
        let mut file = blocks.finish();
        if state.stopped {
            file.stop();
        } else if self.plan.has_ended() {
            file.forget_claims();
        }
        let mut account = file.close(state.used);
        account.add(state.account);
        account
    }

    /// Reads some chunks of a log and decodes them.
    pub(crate) fn chunks(&mut self, job: &Job, file: &File, offset: u64, bytes: usize) {
        if self.cancelled() {
            job.state().stopped = true;
            return;
        }
        if self.plan.has_ended() {
            return;
        }
        let buffer = std::mem::take(&mut self.buffer);
        let (mut block, problem) = read_chunks(file, offset, bytes, buffer);
        block.set_stated(job.stated);
        if let Some(problem) = problem {
            job.note(problem.code, problem.message);
        }
        let read = block.real() as u64;
        self.plan.progress.add_bytes(read);
        self.block(job, &block);
        self.buffer = block.into_buffer();
    }

    /// Decodes a block and adds to the account of its log.
    fn block(&mut self, job: &Job, block: &Block) {
        let mut account = Account::default();
        let mut delivery = Delivery::new(Arc::clone(&job.path), &mut account, &mut self.sink)
            .with_texts(job.texts.as_deref());
        let used = self.decoder.decode(block, &mut delivery);
        if delivery.stopped() {
            self.plan.end();
        }
        self.progress(&account);
        let mut state = job.state();
        state.used += used;
        state.account.add(account);
    }

    fn progress(&self, account: &Account) {
        self.plan.progress.add_records(account.integrity.read);
    }
}

/// What is said of an export none of whose records could be read.
fn nothing_read(input: &Input) -> Option<String> {
    let malformed = input
        .defects
        .iter()
        .find(|defect| defect.code == DefectCode::Malformed);
    if input.records_read + input.records_recovered > 0 {
        return None;
    }
    match (input.records_lost, malformed) {
        (0, None) => None,
        (0, Some(defect)) => Some(format!("it could not be read: {}", defect.message)),
        (lost, _) => {
            let why = input
                .defects
                .iter()
                .find(|defect| defect.code == DefectCode::FailedRecord);
            let why = why.map_or("", |defect| defect.message.as_str());
            Some(format!(
                "its records could not be read, all {lost} of them: {why}"
            ))
        }
    }
}

/// The account of a file that could not be read at all.
pub(crate) fn failed(path: &str, format: &str, why: String) -> FileReport {
    FileReport {
        input: Input {
            path: path.to_owned(),
            format: format.to_owned(),
            error: Some(why),
            ..Input::default()
        },
        ..FileReport::default()
    }
}

impl ReadResult {
    /// Notes a file that was not reached before the user stopped the dispatcher.
    pub(crate) fn leave(&mut self, path: &str) {
        let reason = "not read: reading was stopped before it";
        self.ignored.push(Ignored::new(path, reason));
    }
}
