//! What looks as if it had been a record ends in some count, whatever the header of its chunk says; and
//! what a good checksum covers can still contradict itself.

use std::ops::ControlFlow;

use eventkb_logs::account::Input;
use eventkb_logs::integrity::DefectCode;
use eventkb_logs::{EventFilter, ReadOptions, list_events};
use eventkb_testkit::EventSpec;
use eventkb_testkit::bytes::ByteDamage;
use eventkb_testkit::damage::repair_crcs;
use eventkb_testkit::evtx::map::Map;
use eventkb_testkit::evtx::{CHUNK_SIZE, EvtxWriter, FILE_HEADER_SIZE};
use eventkb_testkit::rng::Rng;

fn log(records: u16) -> Vec<u8> {
    let events: Vec<EventSpec> = (1..=records)
        .map(|n| EventSpec::new("Contoso", n).strings([format!("string {n}")]))
        .collect();
    EvtxWriter::new().records_per_chunk(200).write(&events)
}

fn input(bytes: &[u8]) -> Input {
    let path = std::env::temp_dir().join(format!(
        "eventkb-silent-{}-{:?}",
        std::process::id(),
        std::thread::current().id()
    ));
    std::fs::write(&path, bytes).unwrap();
    let filter = EventFilter::default();
    let options = ReadOptions::default();
    let result = list_events(std::slice::from_ref(&path), &filter, &options, &mut |_| {
        ControlFlow::Continue(())
    });
    std::fs::remove_file(path).unwrap();
    result.files.into_iter().next().unwrap().input
}

fn put(file: &mut [u8], at: usize, bytes: &[u8]) {
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

const KINDS: &[ByteDamage] = &[
    ByteDamage::Filled(24, 0xf6),
    ByteDamage::Filled(12, 0xcc),
    ByteDamage::Filled(8, 0),
    ByteDamage::Noise(24),
    ByteDamage::Noise(8),
    ByteDamage::Bits(2),
];

/// Damages the head of a record, and the copy of its size, so that no frame is left.
fn damage_frame(file: &mut [u8], range: std::ops::Range<usize>, rng: &mut Rng) {
    let mut head = file[range.start..range.start + 8].to_vec();
    while head[..4] == *b"**\0\0" {
        let kind = rng.pick(KINDS).unwrap();
        kind.apply(&mut head, rng.next_u64());
    }
    put(file, range.start, &head);
    put(file, range.end - 4, &rng.next_u64().to_le_bytes()[..4]);
}

#[test]
fn a_header_that_says_empty_hides_nothing() {
    for seed in 0..1_000 {
        let mut rng = Rng::new(seed);
        let records = 1 + rng.below(3);
        let mut file = log(u16::try_from(records).unwrap());
        let map = Map::of(&file);
        let ranges: Vec<_> = map.records.iter().map(|record| record.range()).collect();
        damage_frame(&mut file, ranges[0].clone(), &mut rng);
        let chunk = FILE_HEADER_SIZE;
        // As a fresh chunk is, in either way that is known.
        let none = [(1_u64, 0_u64), (u64::MAX, u64::MAX)][rng.below(2)];
        for (at, number) in [(8, none.0), (16, none.1), (24, none.0), (32, none.1)] {
            put(&mut file, chunk + at, &number.to_le_bytes());
        }
        put(&mut file, chunk + 48, &512_u32.to_le_bytes());
        repair_crcs(&mut file);
        let input = input(&file);
        let named = input.defects.iter().any(|d| d.code.may_hide_records());
        assert!(named, "seed {seed}: {records} records, {input:#?}");
    }
}

#[test]
fn a_damaged_record_behind_a_header_that_lags_is_named() {
    for seed in 0..1_000 {
        let mut rng = Rng::new(seed);
        let records = 2 + rng.below(5);
        let mut file = log(u16::try_from(records).unwrap());
        let map = Map::of(&file);
        let last = map.records.last().unwrap().range();
        damage_frame(&mut file, last.clone(), &mut rng);
        let chunk = FILE_HEADER_SIZE;
        let free = u32::try_from(last.start - chunk).unwrap();
        let count = records as u64 - 1;
        for at in [16, 32] {
            put(&mut file, chunk + at, &count.to_le_bytes());
        }
        put(&mut file, chunk + 48, &free.to_le_bytes());
        repair_crcs(&mut file);
        let input = input(&file);
        let named = input.defects.iter().any(|d| d.code.may_hide_records());
        assert!(named, "seed {seed}: {records} records, {input:#?}");
    }
}

#[test]
fn an_empty_chunk_is_sound() {
    let mut file = log(3);
    let mut empty = file[FILE_HEADER_SIZE..FILE_HEADER_SIZE + 512].to_vec();
    empty.resize(CHUNK_SIZE, 0);
    for (at, number) in [(8, 1_u64), (16, 0), (24, 1), (32, 0)] {
        put(&mut empty, at, &number.to_le_bytes());
    }
    put(&mut empty, 48, &512_u32.to_le_bytes());
    file.extend(empty);
    repair_crcs(&mut file);
    let input = input(&file);
    let named = input.defects.iter().find(|d| d.code.may_hide_records());
    assert_eq!((input.records_read, named), (3, None));
}

#[test]
fn a_record_id_that_is_there_twice_is_named() {
    let event = |n: u16, id| EventSpec::new("Contoso", n).record_id(id);
    let write = |events: &[EventSpec]| EvtxWriter::new().records_per_chunk(4).write(events);
    let whole: Vec<EventSpec> = (1..10).map(|n| event(n, n.into())).collect();
    let odd = |input: &Input| {
        let defect = input.defects.iter().find(|d| d.code == DefectCode::Oddity);
        defect.map(|defect| defect.count)
    };
    assert_eq!(odd(&input(&write(&whole))), None);
    for (twice, count) in [(2, 1), (9, 1), (4, 1)] {
        let mut events = whole.clone();
        events.push(event(100, twice));
        assert_eq!(odd(&input(&write(&events))), Some(count), "{twice}");
    }
    // Of two computers each has its own.
    let mut events = whole.clone();
    events.push(event(100, 2).computer("OTHER"));
    assert_eq!(odd(&input(&write(&events))), None);
}
