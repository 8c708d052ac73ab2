//! Reads single logs. Each thread has one worker, with a sink of its own.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};

use super::account::{Account, FileReport};
use super::counted::{Counted, Failing, hex};
use super::detect::Format;
use super::evtx::{Block, BlockDecoder, Blocks, FileAccount, read_slots};
use super::export::{clixml, csv, jsonl, wevtutil, xml};
use super::pipeline::{Outcome, Plan};
use super::sidecars::Sidecar;
use super::{Delivery, Sink, classic};
use crate::integrity::DefectCode;
use crate::report::{Ignored, Input};

/// A log that is about to be read.
pub(crate) struct Log {
    /// Its path, with the path inside an archive.
    pub(crate) place: Arc<str>,
    pub(crate) format: Format,
    /// What detection took of it.
    pub(crate) prefix: Vec<u8>,
    /// The error that ended the taking: what follows it may not be what should stand there.
    pub(crate) error: Option<io::Error>,
    /// Its size, where that is known beforehand.
    pub(crate) size: Option<u64>,
    /// Message texts that lie beside it.
    pub(crate) texts: Option<Arc<Sidecar>>,
    /// Its bytes count for the progress: those of an archive's members do not, their total is
    /// unknown.
    pub(crate) watched: bool,
}

impl Log {
    /// All of its bytes, from the first one.
    pub(crate) fn input<'p, R: Read>(
        &mut self,
        rest: R,
        plan: &'p Plan<'_>,
    ) -> Counted<'p, impl Read + use<'p, R>> {
        let input = Cursor::new(std::mem::take(&mut self.prefix))
            .chain(Failing(self.error.take()))
            .chain(rest);
        Counted {
            input,
            hasher: plan.hashes.wants(self.size).then(Default::default),
            hashes: plan.hashes,
            bytes: 0,
            progress: self.watched.then_some(plan.progress),
        }
    }
}

/// What a worker is asked to do.
pub(crate) enum Task {
    /// Read a file to its end.
    File(Log, File),
    /// Read some slots of a large log, and decode them.
    Slots {
        job: Arc<Job>,
        file: Arc<File>,
        offset: u64,
        bytes: usize,
    },
    /// Decode some slots of a log that only one thread can read.
    Block { job: Arc<Job>, block: Block },
}

/// An .evtx log whose slots are spread over workers.
pub(crate) struct Job {
    pub(crate) place: Arc<str>,
    texts: Option<Arc<Sidecar>>,
    state: Mutex<JobState>,
}

#[derive(Default)]
struct JobState {
    /// Slots that were not empty.
    used: u64,
    account: Account,
    /// Not all of it was read, because the user stopped the reading.
    stopped: bool,
}

impl Job {
    pub(crate) fn new(log: &Log) -> Arc<Job> {
        Arc::new(Job {
            place: Arc::clone(&log.place),
            texts: log.texts.clone(),
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
        account.close(&self.place, Format::Evtx.as_str(), sha256)
    }
}

/// Reads logs one after the other.
pub(crate) struct Worker<'a, S> {
    pub(crate) plan: &'a Plan<'a>,
    pub(crate) outcome: Outcome,
    /// The sink has had enough.
    pub(crate) stopped: bool,
    sink: S,
    decoder: BlockDecoder,
    buffer: Vec<u8>,
}

impl<'a, S: Sink> Worker<'a, S> {
    pub(crate) fn new(plan: &'a Plan<'a>, sink: S) -> Self {
        Worker {
            plan,
            outcome: Outcome::default(),
            stopped: false,
            sink,
            decoder: BlockDecoder::default(),
            buffer: Vec::new(),
        }
    }

    /// Does all tasks, until there are no more.
    pub(crate) fn work(
        mut self,
        waiting: &Mutex<Receiver<Task>>,
        spare: &SyncSender<Vec<u8>>,
    ) -> (S, Outcome) {
        loop {
            let task = waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv();
            match task {
                Err(_) => return self.finish(),
                Ok(Task::File(log, file)) => self.file(log, file),
                Ok(Task::Slots {
                    job,
                    file,
                    offset,
                    bytes,
                }) => self.slots(&job, &file, offset, bytes),
                Ok(Task::Block { job, block }) => {
                    self.block(&job, &block);
                    // Nobody waits for a spare buffer at the end.
                    let _ = spare.try_send(block.into_buffer());
                }
            }
        }
    }

    pub(crate) fn finish(self) -> (S, Outcome) {
        (self.sink, self.outcome)
    }

    /// Whether the user has stopped the reading.
    fn cancelled(&self) -> bool {
        self.plan.progress.cancel.load(Ordering::Relaxed)
    }

    fn file(&mut self, log: Log, file: File) {
        if self.cancelled() {
            self.outcome.leave(&log.place);
        } else {
            self.read(log, file);
            self.plan
                .progress
                .files_done
                .fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Reads a log to its end.
    pub(crate) fn read(&mut self, mut log: Log, rest: impl Read) {
        let plan = self.plan;
        let mut input = log.input(rest, plan);
        // The readers of exports note what is wrong in the account; they never fail as a whole.
        let export = |read: fn(&mut dyn Read, &mut Delivery<'_>)| {
            move |input: &mut dyn Read, delivery: &mut Delivery<'_>| {
                read(input, delivery);
                Ok(())
            }
        };
        let account = match log.format {
            Format::Evtx => Ok(self.evtx(&log, &mut input)),
            Format::Evt => self.serial(&log, &mut input, |input, delivery| {
                classic::read(input, delivery).map_err(|error| error.to_string())
            }),
            Format::Xml => self.serial(&log, &mut input, export(xml::read)),
            Format::Clixml => self.serial(&log, &mut input, export(clixml::read)),
            Format::Csv => self.serial(&log, &mut input, export(csv::read)),
            Format::WevtutilText => self.serial(&log, &mut input, export(wevtutil::read)),
            Format::Json => self.serial(&log, &mut input, export(jsonl::read)),
        };
        let whole = !(self.stopped || self.cancelled());
        let sha256 = input.hasher.filter(|_| whole).map(hex);
        let format = log.format.as_str();
        self.outcome.files.push(match account {
            Ok(account) => account.close(&log.place, format, sha256),
            Err(why) => failed(&log.place, format, why),
        });
    }

    /// Reads a log or an export from its beginning to its end.
    fn serial(
        &mut self,
        log: &Log,
        input: &mut Counted<'_, impl Read>,
        read: impl FnOnce(&mut dyn Read, &mut Delivery<'_>) -> Result<(), String>,
    ) -> Result<Account, String> {
        let mut account = Account::default();
        let cancel = &self.plan.progress.cancel;
        let place = Arc::clone(&log.place);
        let mut delivery = Delivery::new(place, &mut account, &mut self.sink).until(cancel);
        let result = read(input, &mut delivery);
        self.stopped |= delivery.stopped();
        account.bytes = input.bytes;
        if self.cancelled() {
            account.stop();
        }
        self.progress(&account);
        result.map(|()| account)
    }

    /// Reads an .evtx log block by block.
    fn evtx(&mut self, log: &Log, input: &mut Counted<'_, impl Read>) -> Account {
        let job = Job::new(log);
        let mut blocks = Blocks::new(input);
        let mut buffer = std::mem::take(&mut self.buffer);
        while !(self.stopped || self.cancelled()) {
            let Some(block) = blocks.next_block(buffer) else {
                buffer = Vec::new();
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
        }
        let mut account = file.close(state.used);
        account.add(state.account);
        account
    }

    /// Reads some slots of a log and decodes them.
    pub(crate) fn slots(&mut self, job: &Job, file: &File, offset: u64, bytes: usize) {
        if self.cancelled() {
            job.state().stopped = true;
            return;
        }
        let buffer = std::mem::take(&mut self.buffer);
        let (block, lack) = read_slots(file, offset, bytes, buffer);
        if let Some(lack) = lack {
            job.note(lack.code, lack.message);
        }
        let read = block.real() as u64;
        self.plan.progress.bytes.fetch_add(read, Ordering::Relaxed);
        self.block(job, &block);
        self.buffer = block.into_buffer();
    }

    /// Decodes a block and adds to the account of its log.
    fn block(&mut self, job: &Job, block: &Block) {
        let mut account = Account::default();
        let mut delivery = Delivery::new(Arc::clone(&job.place), &mut account, &mut self.sink)
            .with_texts(job.texts.as_deref());
        let used = self.decoder.decode(block, &mut delivery);
        self.stopped |= delivery.stopped();
        self.progress(&account);
        let mut state = job.state();
        state.used += used;
        state.account.add(account);
    }

    fn progress(&self, account: &Account) {
        let records = &self.plan.progress.records;
        records.fetch_add(account.integrity.read, Ordering::Relaxed);
    }
}

/// The account of a file that could not be read at all.
pub(crate) fn failed(place: &str, format: &str, why: String) -> FileReport {
    FileReport {
        input: Input {
            path: place.to_owned(),
            format: format.to_owned(),
            error: Some(why),
            ..Input::default()
        },
        ..FileReport::default()
    }
}

impl Outcome {
    /// Notes a file that was not reached before the user stopped the reading.
    pub(crate) fn leave(&mut self, place: &str) {
        self.ignored.push(Ignored {
            path: place.to_owned(),
            reason: "not read: reading was stopped before it".to_owned(),
        });
    }
}
