//! Where events come from.
//!
//! A source turns bytes into events and accounts for every byte it could not read. It never sees
//! a signature: what it must not decode it learns from [`Sink::wants`].
//!
//! To add a format: one module with a function that takes a reader and a [`Delivery`]; an entry
//! in [`detect::Format`] and a line in `worker.rs`, where formats are dispatched.

pub mod account;
pub mod archive;
pub(crate) mod build;
mod classic;
pub(crate) mod copies;
pub(crate) mod counted;
pub mod detect;
pub mod evt;
pub mod evtx;
pub mod export;
pub mod find;
mod holes;
pub(crate) mod pipeline;
mod reading;
pub(crate) mod sidecars;
mod worker;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use crate::event::{Event, Trust};
use crate::integrity::DefectCode;
use crate::matcher::session::{Head, Session};
use crate::matcher::tally::Tally;
use account::Account;
use evtx::mta::MessageTexts;
use sidecars::Sidecar;

/// Takes what a source reads.
pub trait Sink {
    /// Whether an event of this provider and id is wanted in full.
    fn wants(&self, provider: &str, event_source: Option<&str>, event_id: u16) -> bool;

    /// Whether any event of this provider could be wanted. Must always answer the same.
    fn knows(&self, provider: &str) -> bool {
        let _ = provider;
        true
    }

    /// Whether records that are not wanted are counted one by one. If not, a reader may pass over
    /// whole stretches of them, accounting only for their number, place and time.
    fn counts_all(&self) -> bool {
        true
    }

    /// Whether a record, wanted or not, is to be counted among the errors and warnings of its file.
    fn counts(&self, head: &Head<'_>) -> bool {
        let _ = head;
        false
    }

    /// Notes a record that is not wanted.
    fn skip(&mut self, head: &Head<'_>);

    /// Takes an event that is wanted. [`ControlFlow::Break`] ends the reading.
    fn event(&mut self, event: Event) -> ControlFlow<()>;

    /// Whether likenesses are of use: [`again`](Sink::again) is asked only then.
    fn knows_likenesses(&self) -> bool {
        false
    }

    /// Takes a wanted record that says the same as one that was given with this likeness before,
    /// so that it need not be decoded; `false` when none is known.
    fn again(&mut self, likeness: &[u8], record: &Record<'_>) -> bool {
        let _ = (likeness, record);
        false
    }

    /// Takes a wanted event with its likeness: bytes that are equal only for events that differ in
    /// nothing but their record.
    fn event_like(&mut self, event: Event, likeness: &[u8]) -> ControlFlow<()> {
        let _ = likeness;
        self.event(event)
    }
}

/// What tells events apart that say the same: where and when they were written.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The file, with the path inside an archive.
    pub file: &'a Arc<str>,
    /// When.
    pub time: Option<Timestamp>,
    /// `System/EventRecordID`.
    pub record_id: Option<u64>,
    /// Where in the file, in bytes.
    pub offset: Option<u64>,
    /// How far the bytes can be believed.
    pub trust: Trust,
}

impl Sink for Session<'_> {
    fn wants(&self, provider: &str, event_source: Option<&str>, event_id: u16) -> bool {
        Session::wants(self, provider, event_source, event_id)
    }

    fn knows(&self, provider: &str) -> bool {
        Session::knows(self, provider)
    }

    fn counts_all(&self) -> bool {
        Session::counts_all(self)
    }

    fn counts(&self, head: &Head<'_>) -> bool {
        Session::counts(self, head)
    }

    fn skip(&mut self, head: &Head<'_>) {
        self.pass(head);
    }

    fn event(&mut self, event: Event) -> ControlFlow<()> {
        self.look_at(&event);
        ControlFlow::Continue(())
    }

    fn knows_likenesses(&self) -> bool {
        true
    }

    fn again(&mut self, likeness: &[u8], record: &Record<'_>) -> bool {
        Session::again(self, likeness, record)
    }

    fn event_like(&mut self, event: Event, likeness: &[u8]) -> ControlFlow<()> {
        self.look_at_like(&event, likeness);
        ControlFlow::Continue(())
    }
}

impl Sink for &mut dyn Sink {
    fn wants(&self, provider: &str, event_source: Option<&str>, event_id: u16) -> bool {
        (**self).wants(provider, event_source, event_id)
    }

    fn knows(&self, provider: &str) -> bool {
        (**self).knows(provider)
    }

    fn counts_all(&self) -> bool {
        (**self).counts_all()
    }

    fn counts(&self, head: &Head<'_>) -> bool {
        (**self).counts(head)
    }

    fn skip(&mut self, head: &Head<'_>) {
        (**self).skip(head);
    }

    fn event(&mut self, event: Event) -> ControlFlow<()> {
        (**self).event(event)
    }

    fn knows_likenesses(&self) -> bool {
        (**self).knows_likenesses()
    }

    fn again(&mut self, likeness: &[u8], record: &Record<'_>) -> bool {
        (**self).again(likeness, record)
    }

    fn event_like(&mut self, event: Event, likeness: &[u8]) -> ControlFlow<()> {
        (**self).event_like(event, likeness)
    }
}

/// Hands the records of one file to the sink and keeps the account of the file.
pub struct Delivery<'a> {
    /// The file, with the path inside an archive.
    pub file: Arc<str>,
    /// The account of the file.
    pub account: &'a mut Account,
    sink: &'a mut dyn Sink,
    /// Message texts that lie beside the file.
    sidecar: Option<&'a Sidecar>,
    /// The user wants it to end.
    cancel: Option<&'a AtomicBool>,
    stopped: bool,
}

impl<'a> Delivery<'a> {
    /// A delivery of `file` to `sink`.
    pub fn new(file: Arc<str>, account: &'a mut Account, sink: &'a mut dyn Sink) -> Self {
        Delivery {
            file,
            account,
            sink,
            sidecar: None,
            cancel: None,
            stopped: false,
        }
    }

    /// The same, and it ends when the user says so.
    pub(crate) fn until(mut self, cancel: &'a AtomicBool) -> Self {
        self.cancel = Some(cancel);
        self
    }

    /// The same, with the message texts that lie beside the file.
    pub(crate) fn with_texts(mut self, sidecar: Option<&'a Sidecar>) -> Self {
        self.sidecar = sidecar;
        self
    }

    /// The texts that lie beside the file. They are read when they are first asked for.
    pub(crate) fn texts(&self) -> Option<&'a MessageTexts> {
        self.sidecar?.texts()
    }

    /// Whether the sink has had enough.
    pub fn stopped(&self) -> bool {
        self.stopped
            || self
                .cancel
                .is_some_and(|cancel| cancel.load(Ordering::Relaxed))
    }

    /// Whether any event of this provider could be wanted, by the sink or by the account.
    pub fn knows(&self, provider: &str) -> bool {
        self.sink.knows(provider) || Account::learns_of(provider)
    }

    /// Whether every record is to be looked at; see [`Sink::counts_all`].
    pub fn counts_all(&self) -> bool {
        self.sink.counts_all()
    }

    /// Counts a record by its head and says whether it is wanted in full. A reader that can build
    /// the event only at a price asks first, and calls [`Delivery::wanted`] when the answer is yes.
    pub fn wants(
        &mut self,
        head: &Head<'_>,
        event_source: Option<&str>,
        record_id: Option<u64>,
    ) -> bool {
        self.account.saw(head, record_id);
        if Tally::counts(head.level) && self.sink.counts(head) {
            self.account.tally(head);
        }
        let wanted = self.sink.wants(head.provider, event_source, head.event_id);
        if !wanted {
            self.sink.skip(head);
        }
        wanted
    }

    /// Hands over an event that [`Delivery::wants`] asked for.
    pub fn wanted(&mut self, event: Event) {
        self.account.learn(&event);
        if self.sink.event(event).is_break() {
            self.stopped = true;
        }
    }

    /// Whether records may be given by their likeness. Texts that lie beside a log are given by
    /// the record.
    pub(crate) fn knows_likenesses(&self) -> bool {
        self.texts().is_none() && self.sink.knows_likenesses()
    }

    /// Hands over a record that [`Delivery::wants`] asked for, if the sink knows its likeness.
    pub(crate) fn again(&mut self, likeness: &[u8], record: &Record<'_>) -> bool {
        self.sink.again(likeness, record)
    }

    /// The same as [`Delivery::wanted`] for an event whose likeness may come again.
    pub(crate) fn wanted_like(&mut self, event: Event, likeness: &[u8]) {
        self.account.learn(&event);
        if self.sink.event_like(event, likeness).is_break() {
            self.stopped = true;
        }
    }

    /// Counts an event and hands it over if it is wanted: for formats where building an event
    /// costs nothing extra.
    pub fn event(&mut self, event: Event) {
        let wanted = {
            let head = Head::of(&event);
            self.wants(&head, event.event_source.as_deref(), event.record_id)
        };
        if wanted {
            self.wanted(event);
        } else {
            self.account.learn(&event);
        }
    }

    /// Counts a record that is there but cannot be read.
    pub fn failed(&mut self, offset: Option<u64>, message: impl Into<String>) {
        self.account.integrity.failed += 1;
        self.defect(DefectCode::FailedRecord, offset, message);
    }

    /// Notes why an export could not be read to its end, if so.
    pub(crate) fn ended(&mut self, window: &export::text::Window<'_>) {
        if let Some(error) = window.failure() {
            let message = format!("reading failed before the end: {error}");
            self.defect(DefectCode::ReadError, window.place(), message);
        }
    }

    /// Notes something that is wrong with the file.
    pub fn defect(&mut self, code: DefectCode, offset: Option<u64>, message: impl Into<String>) {
        self.account.integrity.note(code, offset, message);
    }
}
