//! Single records with fields that lie.

use super::image::{Event, Log, poke};
use super::reading::{codes, read};
use crate::evt::{EventType, EvtRecord, RecordDefect, level_for};

/// The only record of a log, after `change` had its bytes.
fn record(event: &Event, change: impl FnOnce(&mut [u8])) -> EvtRecord {
    let mut image = Log::new(0x2000);
    image.write(event);
    image.close();
    change(&mut image.bytes[0x30..]);
    read(&image.bytes).records().next().expect("a record")
}

fn event() -> Event {
    let strings = ["dn=EX55", "", "5", "BASE IL", "r\r\nn"]
        .map(str::to_owned)
        .to_vec();
    Event {
        strings,
        data: vec![1, 2, 3],
        ..Event::sample(3)
    }
}

#[test]
fn empty_strings_keep_their_place() {
    let record = record(&event(), |_| {});
    assert_eq!(record.strings, ["dn=EX55", "", "5", "BASE IL", "r\r\nn"]);
    assert_eq!((record.event_id, record.qualifiers), (9003, 0xC000));
    assert_eq!(record.sid.as_deref(), Some("S-1-5-32-3"));
    assert_eq!(record.generated_at().to_string(), "2004-11-09T11:33:23Z");
    assert_eq!(record.written_at().to_string(), "2004-11-09T11:33:24Z");
}

#[test]
fn more_strings_announced_than_there_are() {
    let record = record(&event(), |bytes| bytes[0x1A] = 200);
    assert_eq!(record.strings, event().strings);
    assert_eq!(record.data, [1, 2, 3]);
    assert_eq!(
        record.defects,
        [RecordDefect::StringsMissing {
            announced: 200,
            read: 5
        }]
    );
}

#[test]
fn offsets_outside_the_record_lose_only_their_part() {
    for wrong in [0, 4, 0x30, 0x10_0000, u32::MAX] {
        let record = record(&event(), |bytes| poke(bytes, 0x24, wrong));
        assert_eq!(
            (record.source.as_str(), record.computer.as_str()),
            ("MSExchange0", "EX55-A")
        );
        assert_eq!(record.strings, [""; 0]);
        assert_eq!(
            record.defects,
            [RecordDefect::StringsMissing {
                announced: 5,
                read: 0
            }]
        );
    }
    for wrong in [0, 0x10_0000, u32::MAX] {
        let record = record(&event(), |bytes| poke(bytes, 0x34, wrong));
        assert_eq!(record.strings, event().strings);
        assert_eq!(
            record.defects,
            [RecordDefect::DataMissing {
                announced: 3,
                read: 0
            }]
        );
    }
    for wrong in [0, 0x3E, 0x10_0000, u32::MAX] {
        let record = record(&event(), |bytes| poke(bytes, 0x2C, wrong));
        assert_eq!(
            (record.source.as_str(), record.computer.as_str()),
            ("MSExchange0", "EX55-A")
        );
        assert_eq!(record.defects, [RecordDefect::SidUnreadable]);
    }
}

#[test]
fn lengths_of_parts_lie() {
    let long = record(&event(), |bytes| poke(bytes, 0x30, u32::MAX));
    assert_eq!(long.strings, event().strings);
    assert!(matches!(
        long.defects[..],
        [RecordDefect::DataMissing {
            announced: u32::MAX,
            ..
        }]
    ));
    for sid_length in [1, 7, 15, u32::MAX] {
        let record = record(&event(), |bytes| poke(bytes, 0x28, sid_length));
        assert_eq!(record.sid, None);
        assert_eq!(record.defects, [RecordDefect::SidUnreadable]);
    }
}

#[test]
fn sids_are_written_as_windows_does() {
    let with = |sid: &[u8]| {
        record(
            &Event {
                sid: sid.to_vec(),
                ..event()
            },
            |_| {},
        )
        .sid
    };
    assert_eq!(
        with(&[1, 1, 0, 0, 0, 0, 0, 5, 7, 0, 0, 0]).as_deref(),
        Some("S-1-5-7")
    );
    assert_eq!(
        with(&[1, 0, 1, 2, 3, 4, 5, 6]).as_deref(),
        Some("S-1-0x010203040506")
    );
    assert_eq!(
        with(&[1, 1, 0, 0, 0, 0, 0, 5, 7, 0, 0, 0, 9, 9, 9, 9]).as_deref(),
        Some("S-1-5-7")
    );
    assert_eq!(with(&[2, 1, 0, 0, 0, 0, 0, 5, 7, 0, 0, 0]), None);
    assert_eq!(with(&[1, 2, 0, 0, 0, 0, 0, 5, 7, 0, 0, 0]), None);
}

#[test]
fn a_lost_terminator_does_not_make_the_record_a_name() {
    let record = record(&event(), |bytes| {
        // Source, computer and the padding behind become letters.
        for unit in bytes[0x38..0x38 + 40]
            .chunks_exact_mut(2)
            .filter(|unit| unit == &[0, 0])
        {
            unit[0] = b'x';
        }
    });
    assert!(
        record.source.starts_with("MSExchange0x"),
        "{}",
        record.source
    );
    assert_eq!(record.strings, event().strings);
    assert_eq!(record.defects, [RecordDefect::NameUnterminated]);
}

#[test]
fn text_that_is_not_utf16_reads_as_replacement_characters() {
    let record = record(&event(), |bytes| bytes[0x39] = 0xD8);
    assert_eq!(record.source, "\u{FFFD}SExchange0");
    assert_eq!(record.defects, [RecordDefect::TextDamaged]);
}

#[test]
fn a_closing_record_number_is_noted() {
    let mut image = Log::with(0x1000, 4);
    poke(&mut image.bytes, 0x50, 7);
    let log = read(&image.bytes);
    assert_eq!(codes(&log), ["evt_closing_numbers"]);
    let first = log.records().next().expect("a record");
    assert_eq!(first.defects, [RecordDefect::ClosingNumber(7)]);
    assert!(log.summary().complete());
}

#[test]
fn types_map_to_levels() {
    let levels = [(0, 4), (1, 2), (2, 3), (4, 4), (8, 0), (16, 0), (77, 0)];
    for (raw, level) in levels {
        let event_type = EventType::from_raw(raw);
        assert_eq!((event_type.raw(), level_for(event_type)), (raw, level));
    }
    assert_eq!(EventType::AuditSuccess.keywords(), 0x00A0_0000_0000_0000);
}
