//! Legacy `.evt` logs as events: what [`super::evt`] reads, in the terms of the event model.

use std::io::Read;
use std::sync::Arc;

use super::Delivery;
use super::evt::{
    EvtError, EvtLog, EvtRecord, LogDefect, RecordState, channel_from_file_name, level_for,
};
use crate::event::{Event, Trust};
use crate::integrity::DefectCode;
use crate::matcher::session::Head;

/// Delivers the records of an `.evt` log.
///
/// # Errors
/// When the log cannot be read at all.
pub(crate) fn read(input: impl Read, delivery: &mut Delivery<'_>) -> Result<(), EvtError> {
    let log = EvtLog::from_reader(input)?;
    let summary = log.summary();
    let integrity = &mut delivery.account.integrity;
    // Folklore: the reader hands out cut records too, as far as they can be read.
    integrity.promised = Some(summary.promised + summary.misnumbered);
    integrity.lost += summary.lost;
    for defect in &summary.defects {
        integrity.note(code(defect), None, defect.to_string());
    }
    // The file does not name its log; its name usually does.
    let channel = channel_from_file_name(&delivery.file).map(str::to_owned);
    for record in log.records() {
        if delivery.stopped() {
            break;
        }
        deliver(record, channel.as_deref(), delivery);
    }
    Ok(())
}

fn deliver(record: EvtRecord, channel: Option<&str>, delivery: &mut Delivery<'_>) {
    let trust = match record.state {
        RecordState::Recovered => Trust::Recovered,
        _ if record.defects.is_empty() => Trust::Intact,
        _ => Trust::Repaired,
    };
    let head = Head {
        provider: &record.source,
        event_id: record.event_id,
        level: Some(level_for(record.event_type)),
        category: Some(record.category),
        // The time the event happened; it is written a moment later.
        time: Some(record.generated_at()),
        computer: Some(record.computer.as_str()).filter(|name| !name.is_empty()),
        channel,
        trust,
    };
    let number = u64::from(record.record_number);
    if !delivery.wants(&head, None, Some(number)) {
        return;
    }
    let event = Event {
        event_id: record.event_id,
        qualifiers: Some(record.qualifiers),
        level: head.level,
        category: Some(record.category),
        channel: channel.map(str::to_owned),
        time: head.time,
        record_id: Some(number),
        trust,
        file: Arc::clone(&delivery.file),
        offset: Some(record.offset),
        computer: (!record.computer.is_empty()).then_some(record.computer),
        provider: record.source,
        strings: Some(record.strings),
        ..Event::default()
    };
    delivery.wanted(event);
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
