//! Logs as Windows leaves them: closed, open, wrapped, cleared, without an end.

use super::image::{Event, Log, poke, words};
use crate::evt::{
    EvtError, EvtLog, EvtRecord, LogDefect, RecordState, Truth, channel_from_file_name, is_evt,
    looks_like_evt,
};

pub(super) fn read(bytes: &[u8]) -> EvtLog {
    let log = EvtLog::read(bytes.to_vec()).expect("a log");
    let summary = log.summary();
    assert_eq!(
        summary.promised + summary.misnumbered,
        summary.live + summary.lost,
        "{summary:?}"
    );
    let live = log
        .records()
        .filter(|r| r.state == RecordState::Live)
        .count() as u64;
    let recovered = log
        .records()
        .filter(|r| r.state == RecordState::Recovered)
        .count() as u64;
    assert_eq!((live, recovered), (summary.live, summary.recovered));
    log
}

pub(super) fn live(log: &EvtLog) -> Vec<u32> {
    let live = log.records().filter(|r| r.state == RecordState::Live);
    live.map(|r| r.record_number).collect()
}

fn recovered(log: &EvtLog) -> Vec<u32> {
    let recovered = log.records().filter(|r| r.state == RecordState::Recovered);
    recovered.map(|r| r.record_number).collect()
}

pub(super) fn codes(log: &EvtLog) -> Vec<&'static str> {
    log.summary().defects.iter().map(LogDefect::code).collect()
}

/// Whether `record` holds what was written, in every field.
pub(super) fn is_sample(record: &EvtRecord) -> bool {
    let n = record.record_number;
    if n > 1000 {
        return false;
    }
    let event = Event::sample(n);
    let sid = n.is_multiple_of(3).then(|| format!("S-1-5-32-{n}"));
    record.source == event.source
        && record.computer == event.computer
        && record.strings == event.strings
        && record.data == event.data
        && record.sid == sid
        && record.time_generated == event.time
        && record.time_written == event.time + 1
        && record.event_identifier() == event.id
        && record.event_type.raw() == event.kind
        && record.category == event.category
}

#[test]
fn a_closed_log_is_read_as_written() {
    let image = Log::with(0x4000, 40);
    let log = read(&image.bytes);
    assert_eq!(live(&log), (1..=40).collect::<Vec<_>>());
    assert!(log.records().all(|r| is_sample(&r) && r.defects.is_empty()));
    assert_eq!(log.summary().defects, []);
    assert_eq!(log.summary().truth, Truth::EofRecord);
    assert!(log.summary().complete());
    let raw = log.raw_records().next().expect("a record");
    assert_eq!(
        (raw.event_id(), raw.names().0.as_str()),
        (9001, "MSExchange1")
    );
}

#[test]
fn an_empty_log_promises_nothing() {
    let log = read(&Log::new(0x1000).bytes);
    assert_eq!((log.summary().promised, log.summary().live), (0, 0));
    assert_eq!(log.summary().defects, []);
}

#[test]
fn the_newest_records_of_an_open_log_are_found_behind_its_header() {
    let mut image = Log::with(0x4000, 20);
    image.set_dirty();
    image.samples(7);
    let log = read(&image.bytes);
    assert_eq!(live(&log), (1..=27).collect::<Vec<_>>());
    let dirty = LogDefect::HeaderDirty {
        newest: 7,
        header_next: 21,
        eof_next: 28,
    };
    assert_eq!(log.summary().defects, [dirty]);
    assert!(dirty.to_string().contains("newest 7 records"));
    assert!(log.summary().complete());
}

#[test]
fn a_header_older_than_every_record_left_counts_them_all() {
    let mut image = Log::with(0x1000, 3);
    image.set_dirty();
    image.samples(60);
    let log = read(&image.bytes);
    assert!(log.summary().defects.iter().any(|defect| matches!(defect,
        LogDefect::HeaderDirty { newest, .. } if u64::from(*newest) == log.summary().live)));
}

#[test]
fn a_ring_is_read_over_its_end_at_every_place_it_can_turn() {
    let (mut split, mut filled) = (0, 0);
    for size in (0x600..0x900).step_by(4) {
        let image = Log::with(size, 40);
        let log = read(&image.bytes);
        assert_eq!(
            live(&log),
            (image.first()..=40).collect::<Vec<_>>(),
            "size {size:#x}"
        );
        assert!(log.records().all(|r| is_sample(&r)), "size {size:#x}");
        assert_eq!(log.summary().lost, 0);
        split += log.records().filter(|r| r.split).count();
        let last: Vec<u8> = words(&[0x27]);
        filled += usize::from(image.bytes.ends_with(&last));
    }
    assert!(split > 20 && filled > 5, "{split} split, {filled} filled");
}

#[test]
fn older_records_behind_the_log_are_recovered_and_marked() {
    // A cleared log starts at 1 again, over the old records.
    let mut image = Log::with(0x4000, 50);
    (image.end, image.next) = (0, 1);
    image.records.clear();
    image.put_eof();
    image.samples(5);
    image.close();
    let log = read(&image.bytes);
    assert_eq!(live(&log), [1, 2, 3, 4, 5]);
    let old = recovered(&log);
    assert!(old.len() > 40 && old.ends_with(&[49, 50]), "{old:?}");
    assert!(log.records().all(|r| is_sample(&r)));
    assert_eq!(codes(&log), ["evt_stale_region"]);
    assert!(log.summary().complete());
}

#[test]
fn an_eof_record_left_by_a_cleared_log_is_not_believed() {
    let mut image = Log::with(0x4000, 50);
    let stale = image.bytes.clone();
    (image.end, image.next) = (0, 1);
    image.records.clear();
    image.put_eof();
    image.samples(2);
    image.close();
    assert!(stale != image.bytes);
    let log = read(&image.bytes);
    assert_eq!(log.summary().eof.map(|eof| eof.next_number), Some(3));
    assert_eq!(live(&log), [1, 2]);
}

#[test]
fn an_eof_record_in_event_data_is_not_believed() {
    let mut image = Log::with(0x4000, 10);
    let at = image.physical(image.end);
    let mut forged = words(&[0x28, 0x1111_1111, 0x2222_2222, 0x3333_3333, 0x4444_4444]);
    forged.extend(words(&[0x30, 0, 999, 1, 0x28]));
    let mut event = Event {
        data: forged,
        ..Event::sample(11)
    };
    let offset = event
        .encode(11)
        .windows(4)
        .position(|w| w == [0x11; 4])
        .expect("data")
        - 4;
    poke(&mut event.data, 0x18, (at + offset) as u32);
    image.write(&event);
    image.samples(4);
    let log = read(&image.bytes);
    assert_eq!(live(&log), (1..=15).collect::<Vec<_>>());
}

#[test]
fn without_an_eof_record_everything_is_sorted_by_number() {
    for count in [30, 90] {
        let mut image = Log::with(0x1800, count);
        let eof = image.physical(image.end);
        image.bytes[eof + 4] ^= 1;
        let log = read(&image.bytes);
        let numbers = live(&log);
        let expected: Vec<u32> = (image.first()..=count).collect();
        assert_eq!(numbers, expected);
        assert_eq!(log.summary().truth, Truth::Header);
        assert!(codes(&log).contains(&"evt_eof_missing") && !log.summary().complete());
    }
}

#[test]
fn a_log_without_a_header_is_read_from_its_eof_record() {
    let mut image = Log::with(0x1800, 90);
    image.bytes[..0x30].fill(0xEE);
    assert!(!is_evt(&image.bytes) && looks_like_evt(&image.bytes));
    let log = read(&image.bytes);
    assert!(codes(&log).contains(&"evt_header_missing"));
    let all: Vec<u32> = log.records().map(|r| r.record_number).collect();
    assert!((image.first()..=90).all(|number| all.contains(&number)));
}

#[test]
fn one_damaged_field_of_the_header_is_forgiven() {
    for offset in [0, 4, 8, 0x0C, 0x2C] {
        let mut image = Log::with(0x1800, 90);
        image.bytes[offset] ^= 0x40;
        let log = read(&image.bytes);
        assert_eq!(codes(&log).first(), Some(&"evt_header_damaged"));
        assert_eq!(live(&log), (image.first()..=90).collect::<Vec<_>>());
    }
}

#[test]
fn a_padded_copy_still_turns_where_the_log_did() {
    let mut split = 0;
    for size in (0x0C00..0x0D00).step_by(4) {
        let mut image = Log::with(size, 40);
        image.bytes.resize(0x2000, 0);
        let log = read(&image.bytes);
        assert_eq!(
            live(&log),
            (image.first()..=40).collect::<Vec<_>>(),
            "size {size:#x}"
        );
        assert!(log.records().all(|r| is_sample(&r)));
        split += log.records().filter(|r| r.split).count();
    }
    assert!(split > 10, "{split}");
}

#[test]
fn numbers_beyond_all_reason_are_not_believed() {
    for (field, value) in [(0x1C, 0xFFFF_0000), (0x20, 0), (0x20, 0x7FFF_FFFF)] {
        let mut image = Log::with(0x4000, 20);
        let eof = image.physical(image.end);
        poke(&mut image.bytes, eof + field, value);
        let log = read(&image.bytes);
        assert_eq!(live(&log), (1..=20).collect::<Vec<_>>());
        assert_eq!((log.summary().promised, log.summary().lost), (20, 0));
        assert!(
            codes(&log).contains(&"evt_promise_implausible"),
            "{:?}",
            codes(&log)
        );
    }
}

#[test]
fn a_higher_next_number_shows_as_a_loss() {
    let mut image = Log::with(0x4000, 20);
    let eof = image.physical(image.end);
    poke(&mut image.bytes, eof + 0x1C, 31);
    let log = read(&image.bytes);
    assert_eq!((log.summary().promised, log.summary().lost), (30, 10));
    assert!(codes(&log).contains(&"evt_numbers_disagree"));
}

#[test]
fn record_numbers_may_run_over() {
    let mut image = Log::new(0x4000);
    for n in 1..=6 {
        image.write_numbered(&Event::sample(n), (u32::MAX - 3).wrapping_add(n));
    }
    let log = read(&image.bytes);
    assert_eq!(live(&log), [u32::MAX - 2, u32::MAX - 1, u32::MAX, 0, 1, 2]);
    assert_eq!(log.summary().lost, 0);
}

#[test]
fn what_is_no_log_is_refused() {
    for bytes in [
        &b""[..],
        b"\x30\0\0\0",
        &[0; 4096],
        b"ElfFile\0 and more of it",
    ] {
        assert!(matches!(
            EvtLog::read(bytes.to_vec()),
            Err(EvtError::NotEvt { .. })
        ));
    }
    let error = EvtLog::open("no/such/file.evt").expect_err("no file");
    assert!(matches!(&error, EvtError::Open { .. }) && error.to_string().contains("file.evt"));
}

#[test]
fn a_file_over_the_limit_is_refused() {
    // Of nothing but one byte again and again, a part of the limit is enough.
    let error = EvtLog::from_reader(std::io::repeat(0)).expect_err("blank");
    assert!(matches!(&error, EvtError::Read(why) if why.to_string().contains("one byte")));
    let error = EvtLog::of_size(std::io::repeat(0), Some(u64::MAX)).expect_err("too large");
    assert!(matches!(error, EvtError::TooLarge { .. }));
}

#[test]
fn channels_are_known_by_file_name() {
    for (name, channel) in [
        ("AppEvent.Evt", Some("Application")),
        ("SYSEVENT.EVT", Some("System")),
        ("SecEvent.Evt", Some("Security")),
        ("EX01_Application.evt", Some("Application")),
        ("EX01_evt_Application.evt", Some("Application")),
        ("ex01-security.evt", Some("Security")),
        ("DnsEvent.Evt", Some("DNS Server")),
        ("DC1_DNS Server.evt", Some("DNS Server")),
        ("NTDS.Evt", Some("Directory Service")),
        ("DC1_evt_DirectoryService.evt", Some("Directory Service")),
        ("NtFrs.Evt", Some("File Replication Service")),
        (
            "dc1_File Replication Service.evt",
            Some("File Replication Service"),
        ),
        (
            "dump/C:\\WINNT\\system32\\config\\AppEvent (2).evt",
            Some("Application"),
        ),
        ("System_20050601.evt", Some("System")),
        ("MyApplication.evt", None),
        ("custom.evt", None),
        ("", None),
        (".evt", None),
    ] {
        assert_eq!(channel_from_file_name(name), channel, "{name}");
    }
}
