//! Between readers and whoever uses the events: a [`Sink`] says from a record's head what is to
//! be done with it, and takes the events it asked for.
//!
//! A [`Delivery`] stands between a reader and the sink for one file, and keeps the account of the
//! file. To add a format: one module with a function that takes a reader and a [`Delivery`]; an
//! entry in [`detect::Format`](crate::detect::Format) and a line in `pipeline/worker.rs`, where
//! formats are dispatched.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use crate::account::Account;
use crate::event::{Event, Head, Trust};
use crate::evtx::mta::MessageTexts;
use crate::integrity::DefectCode;
use crate::locale_metadata::LogTexts;
use crate::wanted_text::WantedText;

/// What a record is a record of: all that is asked before anything else of its head is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventKind<'a> {
    /// `Provider Name`.
    pub provider: &'a str,
    /// `Provider EventSourceName`, which classic sources of a manifest have.
    pub event_source: Option<&'a str>,
    /// The id without its qualifiers.
    pub event_id: u16,
    /// The level: 1 critical, 2 error, 3 warning, 4 information, 5 verbose, 0 audits and others.
    pub level: Option<u8>,
}

impl<'a> EventKind<'a> {
    /// The kind that a head is of.
    pub fn of(head: &Head<'a>) -> EventKind<'a> {
        EventKind {
            provider: head.provider,
            event_source: head.event_source,
            event_id: head.event_id,
            level: head.level,
        }
    }
}

/// What is to be done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Admission {
    /// Counted in the file's account only.
    Skip,
    /// Decode it and hand it over.
    Full,
}

/// Takes what is read. Each reading thread has a sink of its own.
///
/// Three calls in this order: [`passes_over`](Sink::passes_over) once for a kind of event,
/// [`admit`](Sink::admit) for the head of each record that is not passed over, and
/// [`event`](Sink::event) for each that was admitted and could be decoded.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use eventkb_logs::{Admission, Event, Head, ReadOptions, Sink, read_stream};
///
/// /// Counts errors, and keeps the events of one provider.
/// #[derive(Default)]
/// struct Disks {
///     errors: u64,
///     events: Vec<Event>,
/// }
///
/// impl Sink for Disks {
///     fn admit(&mut self, head: &Head<'_>) -> Admission {
///         self.errors += u64::from(head.level == Some(2));
///         if head.provider.eq_ignore_ascii_case("disk") {
///             Admission::Full
///         } else {
///             Admission::Skip
///         }
///     }
///
///     fn event(&mut self, event: Event, _fingerprint: Option<&[u8]>) -> ControlFlow<()> {
///         self.events.push(event);
///         ControlFlow::Continue(())
///     }
/// }
///
/// let mut disks = Disks::default();
/// let mut line: &[u8] = br#"{"provider":"disk","event_id":7,"level":2,"computer":"SRV01"}"#;
/// read_stream("events.jsonl", &mut line, &ReadOptions::default(), &mut disks);
/// assert_eq!((disks.errors, disks.events.len()), (1, 1));
/// ```
pub trait Sink: Send {
    /// Whether records of this kind may be passed over without showing their heads: a reader then
    /// only counts them, which is many times faster. Must always answer the same for a kind.
    fn passes_over(&self, kind: &EventKind<'_>) -> bool {
        let _ = kind;
        false
    }

    /// Says from a record's head what is to be done with it. Called once for each record that is
    /// not passed over, whether or not the rest of it can be decoded.
    fn admit(&mut self, head: &Head<'_>) -> Admission;

    /// Takes an admitted event. [`ControlFlow::Break`] ends the reading.
    ///
    /// `fingerprint` are bytes that are equal only for records of one run of a reader that differ
    /// in nothing but their time, record id and offset, and in the ids of their thread and
    /// activity. It is given where the format allows it and
    /// [`knows_fingerprints`](Sink::knows_fingerprints).
    fn event(&mut self, event: Event, fingerprint: Option<&[u8]>) -> ControlFlow<()>;

    /// What is handed over from now on belongs to this part of the collection. Parts are numbered
    /// from 0 without a gap, in the order of paths and of the records in them; each is begun and
    /// ended by one sink, and several may be in work at a time. For sinks that keep the order.
    fn begin_part(&mut self, part: u64) {
        let _ = part;
    }

    /// The part that was begun last is done.
    fn end_part(&mut self) {}

    /// Takes an admitted record that says the same as one that was handed over with this
    /// fingerprint before, so that it need not be decoded; `false` when the fingerprint is not
    /// known.
    fn repeated(&mut self, fingerprint: &[u8], record: &RecordRef<'_>) -> bool {
        let _ = (fingerprint, record);
        false
    }

    /// Whether [`repeated`](Sink::repeated) is of any use: making a fingerprint costs something.
    fn knows_fingerprints(&self) -> bool {
        false
    }

    /// Where lines of JSON are collected, for a sink that wants nothing else of an event: a reader
    /// that can may add an admitted record as a line, as [`JsonEvent`](crate::JsonEvent) writes it,
    /// and call [`line_added`](Sink::line_added) in place of [`event`](Sink::event).
    fn lines(&mut self) -> Option<&mut String> {
        None
    }

    /// A text that every event has which is wanted, in a value or in its message. A reader that finds
    /// out sooner that a record does not have it need not hand it over; others are handed over as ever.
    /// Lines are only added of records that have it.
    fn wanted_text(&self) -> Option<&WantedText> {
        None
    }

    /// A line was added: that of this record. [`ControlFlow::Break`] ends the reading.
    fn line_added(&mut self, record: &RecordRef<'_>) -> ControlFlow<()> {
        let _ = record;
        ControlFlow::Continue(())
    }
}

impl<S: Sink + ?Sized> Sink for &mut S {
    fn passes_over(&self, kind: &EventKind<'_>) -> bool {
        (**self).passes_over(kind)
    }

    fn admit(&mut self, head: &Head<'_>) -> Admission {
        (**self).admit(head)
    }

    fn event(&mut self, event: Event, fingerprint: Option<&[u8]>) -> ControlFlow<()> {
        (**self).event(event, fingerprint)
    }

    fn begin_part(&mut self, part: u64) {
        (**self).begin_part(part);
    }

    fn end_part(&mut self) {
        (**self).end_part();
    }

    fn repeated(&mut self, fingerprint: &[u8], record: &RecordRef<'_>) -> bool {
        (**self).repeated(fingerprint, record)
    }

    fn knows_fingerprints(&self) -> bool {
        (**self).knows_fingerprints()
    }

    fn lines(&mut self) -> Option<&mut String> {
        (**self).lines()
    }

    fn wanted_text(&self) -> Option<&WantedText> {
        (**self).wanted_text()
    }

    fn line_added(&mut self, record: &RecordRef<'_>) -> ControlFlow<()> {
        (**self).line_added(record)
    }
}

/// What tells records apart that say the same: where and when they were written.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RecordRef<'a> {
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

/// Hands the records of one file to the sink and keeps the account of the file.
pub struct Delivery<'a> {
    /// The file, with the path inside an archive.
    pub file: Arc<str>,
    /// The account of the file.
    pub account: &'a mut Account,
    sink: &'a mut dyn Sink,
    /// Message texts that lie beside the file.
    log_texts: Option<&'a LogTexts>,
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
            log_texts: None,
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
    pub(crate) fn with_texts(mut self, log_texts: Option<&'a LogTexts>) -> Self {
        self.log_texts = log_texts;
        self
    }

    /// The texts that lie beside the file. They are read when they are first asked for.
    pub(crate) fn texts(&self) -> Option<&'a MessageTexts> {
        self.log_texts?.texts()
    }

    /// Whether the sink has had enough.
    pub fn stopped(&self) -> bool {
        self.stopped
            || self
                .cancel
                .is_some_and(|cancel| cancel.load(Ordering::Relaxed))
    }

    /// Whether the heads of records of this kind are wanted, by the sink or by the account.
    pub fn wants_kind(&self, kind: &EventKind<'_>) -> bool {
        let learns = |provider| Account::learns_from(provider, kind.event_id);
        !self.sink.passes_over(kind)
            || learns(kind.provider)
            || kind.event_source.is_some_and(learns)
    }

    /// Counts a record by its head and says whether it is wanted in full. A reader that can build
    /// the event only at a price asks first, and calls [`Delivery::admitted`] when the answer is
    /// yes.
    pub fn admit(&mut self, head: &Head<'_>) -> bool {
        self.account.saw(head);
        self.sink.admit(head) == Admission::Full
    }

    /// Hands over an event that [`Delivery::admit`] asked for.
    pub fn admitted(&mut self, event: Event) {
        self.hand_over(event, None);
    }

    /// The same as [`Delivery::admitted`] for an event whose fingerprint may come again.
    pub(crate) fn admitted_with_fingerprint(&mut self, event: Event, fingerprint: &[u8]) {
        self.hand_over(event, Some(fingerprint));
    }

    fn hand_over(&mut self, event: Event, fingerprint: Option<&[u8]>) {
        self.account.learn(&event);
        if self.sink.event(event, fingerprint).is_break() {
            self.stopped = true;
        }
    }

    /// Whether records may be given by their fingerprint. Not where texts lie beside the log:
    /// those are given by the record.
    pub(crate) fn knows_fingerprints(&self) -> bool {
        self.texts().is_none() && self.sink.knows_fingerprints()
    }

    /// The file, and where lines of JSON are collected if the sink wants nothing else of an event.
    /// Not where texts lie beside the log: they belong into the line.
    pub(crate) fn lines(&mut self) -> Option<(&Arc<str>, &mut String)> {
        if self.texts().is_some() {
            return None;
        }
        Some((&self.file, self.sink.lines()?))
    }

    /// A text without which no record is wanted. Not where texts lie beside the log: they may have it.
    pub(crate) fn wanted_text(&self) -> Option<&WantedText> {
        match self.texts() {
            Some(_) => None,
            None => self.sink.wanted_text(),
        }
    }

    /// A line was added of a record that [`Delivery::admit`] asked for.
    pub(crate) fn line_added(&mut self, record: &RecordRef<'_>) {
        if self.sink.line_added(record).is_break() {
            self.stopped = true;
        }
    }

    /// Hands over a record that [`Delivery::admit`] asked for, if the sink knows its fingerprint.
    pub(crate) fn repeated(&mut self, fingerprint: &[u8], record: &RecordRef<'_>) -> bool {
        self.sink.repeated(fingerprint, record)
    }

    /// Counts an event and hands it over if it is wanted: for formats where building an event
    /// costs nothing extra.
    pub fn event(&mut self, event: Event) {
        if self.admit(&Head::of(&event)) {
            self.admitted(event);
        } else {
            self.account.learn(&event);
        }
    }

    /// Counts a record that is there but cannot be read.
    pub fn failed(&mut self, offset: Option<u64>, message: impl Into<String>) {
        self.account.integrity.failed += 1;
        self.defect(DefectCode::FailedRecord, offset, message);
    }

    /// Notes something that is wrong with the file.
    pub fn defect(&mut self, code: DefectCode, offset: Option<u64>, message: impl Into<String>) {
        self.account.integrity.note(code, offset, message);
    }
}
