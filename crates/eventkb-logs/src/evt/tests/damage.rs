//! Damaged logs: nothing panics, and every record the damage did not touch is read.

use super::image::{Dice, Event, Log, poke};
use super::reading::{codes, is_sample, live, read};
use crate::evt::{EvtLog, RecordDefect};

/// Tries per kind of random damage.
const TRIES: u64 = 10_000;

/// Numbers of the samples that were read whole, live or recovered.
fn whole(log: &EvtLog) -> Vec<u32> {
    log.records()
        .filter(is_sample)
        .map(|r| r.record_number)
        .collect()
}

/// The records of `image` of which no byte differs in `bytes`.
fn untouched(image: &Log, bytes: &[u8]) -> Vec<u32> {
    let same = |position: &usize| {
        let at = image.physical(*position);
        bytes.get(at) == image.bytes.get(at)
    };
    let records = image.records.iter();
    let records = records.filter(|(at, len, _)| (*at..at + len).all(|position| same(&position)));
    records.map(|(.., number)| *number).collect()
}

/// Every untouched record must come out whole, whatever `bytes` have become.
fn check(image: &Log, bytes: &[u8], what: &str) {
    let expected = untouched(image, bytes);
    let Ok(log) = EvtLog::read(bytes.to_vec()) else {
        assert!(expected.is_empty(), "{what}: refused");
        return;
    };
    let log_again = read(bytes);
    assert_eq!(log.summary(), log_again.summary());
    let read = whole(&log);
    for number in expected {
        assert!(
            read.contains(&number),
            "{what}: #{number} is gone: {:#?}",
            log.summary()
        );
    }
}

fn images() -> [Log; 3] {
    let mut open = Log::with(0x1000, 10);
    open.set_dirty();
    open.samples(6);
    [open, Log::with(0x0A04, 40), Log::with(0x0B20, 61)]
}

#[test]
fn a_file_cut_anywhere_keeps_what_lies_before_the_cut() {
    for (which, image) in images().iter().enumerate() {
        for cut in 0..image.bytes.len() {
            check(
                image,
                &image.bytes[..cut],
                &format!("image {which} cut at {cut:#x}"),
            );
        }
    }
}

#[test]
fn a_file_that_lost_its_beginning_keeps_what_lies_behind() {
    for (which, image) in images().iter().enumerate() {
        for cut in (0..image.bytes.len()).step_by(4) {
            let bytes = &image.bytes[cut..];
            let in_one_piece = image.records.iter().filter(|(at, len, _)| {
                let start = image.physical(*at);
                start >= cut && start + len <= image.bytes.len()
            });
            let expected: Vec<u32> = in_one_piece.map(|(.., number)| *number).collect();
            let read = EvtLog::read(bytes.to_vec())
                .map(|log| whole(&log))
                .unwrap_or_default();
            assert!(
                expected.iter().all(|number| read.contains(number)),
                "image {which} from {cut:#x}: {expected:?}, {read:?}"
            );
        }
    }
}

#[test]
fn random_damage_spares_the_other_records() {
    let images = images();
    for seed in 1..=TRIES {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let image = &images[dice.roll(images.len())];
        let mut bytes = image.bytes.clone();
        let size = bytes.len();
        for _ in 0..1 + dice.roll(4) {
            let at = dice.roll(size);
            match dice.roll(5) {
                0 => bytes[at] ^= 1 << dice.roll(8),
                1 => bytes[at] = dice.roll(256) as u8,
                2 => poke(
                    &mut bytes,
                    (at & !3).min(size - 4),
                    dice.roll(1 << 32) as u32,
                ),
                3 => poke(&mut bytes, (at & !3).min(size - 4), dice.roll(0x200) as u32),
                _ => bytes[at..(at + dice.roll(512)).min(size)].fill(0),
            }
        }
        check(image, &bytes, &format!("seed {seed}"));
    }
}

#[test]
fn every_field_of_every_record_may_be_damaged() {
    for (which, image) in images().iter().enumerate() {
        for (at, len, number) in &image.records {
            for offset in (0..*len).step_by(4) {
                for flip in [0xFF, 0x04, 0x8000_0000_u32] {
                    let mut bytes = image.bytes.clone();
                    let place = image.physical(at + offset);
                    for (index, byte) in flip.to_le_bytes().iter().enumerate() {
                        bytes[place + index] ^= byte;
                    }
                    let what = format!("image {which} #{number} offset {offset:#x} flip {flip:#x}");
                    check(image, &bytes, &what);
                    // The record itself is still handed out: nothing here removes it.
                    let log = read(&bytes);
                    let all = log.summary().live + log.summary().recovered;
                    assert!(
                        all >= image.records.len() as u64,
                        "{what}: {:#?}",
                        log.summary()
                    );
                }
            }
        }
    }
}

#[test]
fn noise_is_survived() {
    for seed in 1..=TRIES {
        let mut dice = Dice(seed.wrapping_mul(0xD134_2543_DE82_EF95));
        let pool = [
            0x30,
            0x654C_664C,
            1,
            0x28,
            0x1111_1111,
            0x2222_2222,
            0x3333_3333,
            0x4444_4444,
        ];
        let mut bytes = Log::with(0x400, 4).bytes[..0x30].to_vec();
        for _ in 0..dice.roll(300) {
            let word = match dice.roll(4) {
                0 => dice.roll(0x200) as u32 & !3,
                1 => 0x3C,
                _ => pool[dice.roll(pool.len())],
            };
            bytes.extend(word.to_le_bytes());
        }
        read(&bytes);
    }
}

#[test]
fn a_wrong_length_is_put_right_by_the_other_one() {
    let mut image = Log::with(0x2000, 9);
    let (at, len, _) = image.records[4];
    let (head, tail) = (image.physical(at), image.physical(at + len - 4));
    let mut defects = Vec::new();
    for place in [head, tail] {
        let good = image.bytes.clone();
        poke(&mut image.bytes, place, 0x7000);
        let log = read(&image.bytes);
        assert_eq!(whole(&log), (1..=9).collect::<Vec<_>>());
        assert_eq!(codes(&log), ["evt_lengths_differ"]);
        defects.extend(log.records().flat_map(|r| r.defects));
        image.bytes = good;
    }
    assert_eq!(defects, [RecordDefect::LengthsDiffer; 2]);
}

#[test]
fn a_record_without_its_end_gives_what_is_there() {
    let image = Log::with(0x2000, 9);
    let (at, len, _) = image.records[8];
    let cut = image.physical(at) + len - 12;
    let log = read(&image.bytes[..cut]);
    assert_eq!(live(&log), (1..=9).collect::<Vec<_>>());
    let last = log.records().last().expect("a record");
    assert_eq!(last.strings.first().map(String::as_str), Some("no 9"));
    assert!(last.defects.contains(&RecordDefect::Truncated));
    assert!(codes(&log).contains(&"evt_records_truncated"));
    assert!(codes(&log).contains(&"evt_file_truncated"));
}

#[test]
fn a_record_of_which_only_the_fixed_part_is_left_is_still_handed_out() {
    let mut image = Log::with(0x2000, 9);
    let (at, len, _) = image.records[4];
    let start = image.physical(at);
    image.bytes[start + 0x38..start + len].fill(0);
    let log = read(&image.bytes);
    let fifth = log.records().nth(4).expect("a record");
    assert_eq!(
        (fifth.record_number, fifth.event_id, fifth.source.as_str()),
        (5, 9005, "")
    );
    assert!(
        fifth.defects.contains(&RecordDefect::Truncated)
            || fifth.defects.contains(&RecordDefect::LengthsDiffer)
    );
    assert_eq!(log.summary().lost, 0);
}

#[test]
fn a_destroyed_record_is_counted_as_lost() {
    let mut image = Log::with(0x2000, 9);
    let (at, len, _) = image.records[4];
    let start = image.physical(at);
    image.bytes[start..start + len].fill(0xAA);
    let log = read(&image.bytes);
    assert_eq!(live(&log), [1, 2, 3, 4, 6, 7, 8, 9]);
    assert_eq!(
        (log.summary().lost, log.summary().unread_bytes),
        (1, len as u64)
    );
    assert_eq!(codes(&log), ["evt_bytes_unread", "evt_numbers_missing"]);
    assert!(!log.summary().complete());
}

#[test]
fn a_wrong_number_is_told_from_a_right_one() {
    let mut image = Log::with(0x2000, 9);
    let place = image.physical(image.records[4].0) + 8;
    for wrong in [2, 8, 700] {
        poke(&mut image.bytes, place, wrong);
        let log = read(&image.bytes);
        let summary = log.summary();
        assert_eq!((summary.live, summary.misnumbered, summary.lost), (9, 1, 1));
        let fifth = log.records().nth(4).expect("a record");
        assert_eq!(fifth.defects, [RecordDefect::Misnumbered]);
    }
}

#[test]
fn hostile_files_take_linear_time() {
    // Marks, false lengths and EOF records in every place they can be: quadratic work would take
    // minutes for these 2 MiB.
    let cells: [&[u32]; 4] = [
        &[0x654C_664C],
        &[0x0010_0000, 0x654C_664C],
        &[
            0x28,
            0x1111_1111,
            0x2222_2222,
            0x3333_3333,
            0x4444_4444,
            0x30,
            0,
            9,
            1,
            0x28,
        ],
        &[0x3C, 0, 7, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0x3C],
    ];
    for cell in cells {
        let mut bytes = Log::new(0x400).bytes[..0x30].to_vec();
        while bytes.len() < 2 << 20 {
            let at = bytes.len() as u32;
            for (index, word) in cell.iter().enumerate() {
                let own = cell.len() == 10 && index == 6;
                bytes.extend(if own { at } else { *word }.to_le_bytes());
            }
        }
        let started = std::time::Instant::now();
        read(&bytes);
        assert!(
            started.elapsed().as_secs() < 10,
            "{cell:x?}: {:?}",
            started.elapsed()
        );
    }
}

#[test]
fn a_mark_inside_data_splits_nothing() {
    let mut image = Log::new(0x2000);
    let inner = Event::sample(77).encode(77);
    for _ in 0..3 {
        image.write(&Event {
            data: inner.clone(),
            ..Event::sample(image.next)
        });
    }
    image.close();
    assert_eq!(
        read(&image.bytes)
            .records()
            .map(|r| r.record_number)
            .collect::<Vec<_>>(),
        [1, 2, 3]
    );
}
