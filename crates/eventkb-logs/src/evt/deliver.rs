//! Hands the records of a log to its delivery, in the terms of the event model.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::Arc;

use jiff::Timestamp;

use super::{
    EvtError, EvtLog, LogDefect, RawRecord, RecordState, channel_from_file_name, level_for,
};
use crate::account::{Account, Row};
use crate::event::{Event, Head, Trust, is_set};
use crate::integrity::DefectCode;
use crate::sink::{Delivery, EventKind};

/// Delivers the records of an `.evt` log.
///
/// # Errors
/// When the log cannot be read at all.
pub(crate) fn read(
    input: impl Read,
    size: Option<u64>,
    delivery: &mut Delivery<'_>,
) -> Result<(), EvtError> {
    let (log, error) = match EvtLog::of_size(input, size) {
        Err(EvtError::Read(error)) => {
            unread(&error, delivery);
            return Ok(());
        }
        other => other?,
    };
    if let Some(error) = error {
        unread(&error, delivery);
    }
    let summary = log.summary();
    let integrity = &mut delivery.account.integrity;
    // Folklore: the reader hands out cut records too, as far as they can be read.
    integrity.promised = Some(summary.promised + summary.misnumbered);
    integrity.lost += summary.lost;
    for defect in &summary.defects {
        integrity.note(code(defect), None, defect.to_string());
    }
    let mut reading = Reading {
        // The file does not name its log; its name usually does.
        channel: channel_from_file_name(&delivery.file),
        names: Names::default(),
        passed: Passed::default(),
    };
    for record in log.raw_records() {
        if delivery.stopped() {
            break;
        }
        reading.record(&record, delivery);
    }
    reading.close_row(delivery);
    Ok(())
}

/// Notes why the log was not read to its end.
fn unread(error: &io::Error, delivery: &mut Delivery<'_>) {
    let message = format!("reading failed before the end: {error}");
    delivery.defect(DefectCode::ReadError, None, message);
}

/// The reading of one log. A record whose source nobody wants is never decoded: it only adds to a
/// row.
struct Reading {
    channel: Option<&'static str>,
    names: Names,
    passed: Passed,
}

/// Sources and computers met before, by the bytes that the log has for them. Logs have few.
#[derive(Default)]
struct Names {
    known: Vec<Known>,
    by_bytes: HashMap<Box<[u8]>, usize>,
}

struct Known {
    source: String,
    computer: String,
    /// Ids and levels met, and whether such events of the source are wanted.
    wanted: HashMap<(u16, u8), bool>,
    /// Its records in the row that is open.
    passed: u64,
}

/// Names remembered at one time. A log that has more only loses the shortcut now and then.
const MOST_NAMES: usize = 4096;
/// Kinds remembered for one source.
const MOST_KINDS: usize = 1024;
/// Ranges of record numbers kept for one row: sound logs have one.
const MOST_ID_RANGES: usize = 1024;

/// The row that is open: records of one computer that nobody wants.
#[derive(Default)]
struct Passed {
    computer: String,
    records: u64,
    /// The earliest and the latest second.
    first: u32,
    last: u32,
    ids: Vec<(u64, u64)>,
}

impl Names {
    fn of(&mut self, raw: &RawRecord<'_>) -> Option<usize> {
        let bytes = raw.names_as_stored()?;
        if let Some(at) = self.by_bytes.get(bytes) {
            return Some(*at);
        }
        let (source, computer) = raw.names();
        self.known.push(Known {
            wanted: HashMap::new(),
            source,
            computer,
            passed: 0,
        });
        let at = self.known.len() - 1;
        self.by_bytes.insert(bytes.into(), at);
        Some(at)
    }
}

impl Known {
    fn is_wanted(&mut self, raw: &RawRecord<'_>, delivery: &Delivery<'_>) -> bool {
        let (event_id, level) = (raw.event_id(), level_for(raw.event_type()));
        if self.wanted.len() >= MOST_KINDS {
            self.wanted.clear();
        }
        *self.wanted.entry((event_id, level)).or_insert_with(|| {
            delivery.wants_kind(&EventKind {
                provider: &self.source,
                event_source: None,
                event_id,
                level: Some(level),
            })
        })
    }
}

impl Reading {
    fn record(&mut self, raw: &RawRecord<'_>, delivery: &mut Delivery<'_>) {
        if self.names.known.len() >= MOST_NAMES {
            self.close_row(delivery);
            self.names = Names::default();
        }
        let Some(at) = self.names.of(raw) else {
            let (source, computer) = raw.names();
            return self.deliver(raw, &source, &computer, delivery);
        };
        let has_time = is_set(&time(raw.time_generated()));
        if raw.state() == RecordState::Live && has_time && self.pass_over(at, raw, delivery) {
            return;
        }
        if let Some(known) = self.names.known.get(at) {
            self.deliver(raw, &known.source, &known.computer, delivery);
        }
    }

    /// Adds a record to the row, unless somebody may want it.
    fn pass_over(&mut self, at: usize, raw: &RawRecord<'_>, delivery: &mut Delivery<'_>) -> bool {
        let is_next = |known: &Known, passed: &Passed| {
            passed.records == 0
                || (known.computer == passed.computer && passed.ids.len() < MOST_ID_RANGES)
        };
        let Some(known) = self.names.known.get_mut(at) else {
            return false;
        };
        if known.is_wanted(raw, delivery) {
            return false;
        }
        if !is_next(known, &self.passed) {
            self.close_row(delivery);
        }
        let Some(known) = self.names.known.get_mut(at) else {
            return false;
        };
        known.passed += 1;
        self.passed.add(&known.computer, raw);
        true
    }

    /// Hands the row to the account.
    fn close_row(&mut self, delivery: &mut Delivery<'_>) {
        let passed = std::mem::take(&mut self.passed);
        let known = self.names.known.iter().filter(|known| known.passed > 0);
        let sources = known.map(|known| (known.source.as_str(), known.passed));
        if passed.records > 0 {
            let row = Row {
                computer: &passed.computer,
                channel: self.channel.unwrap_or_default(),
                first: time(passed.first),
                last: time(passed.last),
                ids: &passed.ids,
                records: passed.records,
                sources: sources.collect(),
            };
            delivery.account.saw_row(&row);
        }
        for known in &mut self.names.known {
            known.passed = 0;
        }
    }

    /// Counts a record, and decodes it if somebody wants it.
    fn deliver(
        &self,
        raw: &RawRecord<'_>,
        source: &str,
        computer: &str,
        delivery: &mut Delivery<'_>,
    ) {
        let head = Head {
            provider: source,
            event_source: None,
            event_id: raw.event_id(),
            level: Some(level_for(raw.event_type())),
            category: Some(raw.category()),
            // The time the event happened; it is written a moment later.
            time: Some(time(raw.time_generated())).filter(is_set),
            computer: Some(computer).filter(|name| !name.is_empty()),
            channel: self.channel,
            record_id: Some(u64::from(raw.record_number())),
            trust: match raw.state() {
                RecordState::Recovered => Trust::Recovered,
                // What is wrong with it shows when it is decoded.
                RecordState::Live => Trust::Intact,
            },
        };
        let learns = Account::learns_from(source, head.event_id);
        let admitted = delivery.admit(&head);
        if !admitted && !learns {
            return;
        }
        let event = event(raw, &head, Arc::clone(&delivery.file));
        if admitted {
            delivery.admitted(event);
        } else {
            delivery.account.learn(&event);
        }
    }
}

impl Passed {
    fn add(&mut self, computer: &str, raw: &RawRecord<'_>) {
        let (seconds, id) = (raw.time_generated(), u64::from(raw.record_number()));
        if self.records == 0 {
            computer.clone_into(&mut self.computer);
            (self.first, self.last) = (seconds, seconds);
        }
        self.records += 1;
        self.first = self.first.min(seconds);
        self.last = self.last.max(seconds);
        match self.ids.last_mut() {
            Some((_, high)) if *high + 1 == id => *high = id,
            _ => self.ids.push((id, id)),
        }
    }
}

/// Seconds of 32 bits end in 2106, long before a timestamp does.
fn time(seconds: u32) -> Timestamp {
    Timestamp::from_second(i64::from(seconds)).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn event(raw: &RawRecord<'_>, head: &Head<'_>, file: Arc<str>) -> Event {
    let record = raw.decode();
    let trust = match head.trust {
        Trust::Intact if !record.defects.is_empty() => Trust::Repaired,
        trust => trust,
    };
    Event {
        event_id: record.event_id,
        qualifiers: Some(record.qualifiers),
        level: head.level,
        category: Some(record.category),
        channel: head.channel.map(str::to_owned),
        time: head.time,
        record_id: Some(u64::from(record.record_number)),
        keywords: Some(raw.event_type().keywords()),
        user_sid: record.sid,
        binary: (!record.data.is_empty()).then_some(record.data),
        trust,
        file,
        offset: Some(record.offset),
        computer: (!record.computer.is_empty()).then_some(record.computer),
        provider: record.source,
        strings: Some(record.strings),
        ..Event::default()
    }
}

fn code(defect: &LogDefect) -> DefectCode {
    match defect {
        LogDefect::HeaderDirty { .. } => DefectCode::Dirty,
        LogDefect::HeaderStale { .. } | LogDefect::HeaderDamaged | LogDefect::HeaderMissing => {
            DefectCode::FileHeader
        }
        LogDefect::FileTruncated { .. } => DefectCode::Truncated,
        LogDefect::RecordsTruncated { .. }
        | LogDefect::LengthsDiffer { .. }
        | LogDefect::SignaturesDamaged { .. } => DefectCode::RepairedRecord,
        LogDefect::BytesUnread { .. } => DefectCode::Gap,
        LogDefect::NumbersMissing { .. } => DefectCode::RecordCount,
        defect if defect.hides_records() => DefectCode::Malformed,
        LogDefect::PromiseImplausible { .. } | LogDefect::NumbersDisagree { .. } => {
            DefectCode::Malformed
        }
        LogDefect::StaleRegion { .. } => DefectCode::StaleRecords,
        _ => DefectCode::Oddity,
    }
}
