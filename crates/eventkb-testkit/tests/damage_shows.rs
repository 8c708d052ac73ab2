//! Damaged files are damaged as far as the report says and no further: checked with the evtx
//! crate, chunk by chunk.

mod common;

use common::read_back;
use eventkb_testkit::EventSpec;
use eventkb_testkit::damage::{Damage, repair_crcs};
use eventkb_testkit::evtx::EvtxWriter;
use eventkb_testkit::scenario::Noise;
use evtx::{EvtxParser, ParserSettings};

fn sample() -> (Vec<EventSpec>, Vec<u8>) {
    let events: Vec<EventSpec> = Noise::new(11).take(300).collect();
    let file = EvtxWriter::new().records_per_chunk(100).write(&events);
    (events, file)
}

/// What can still be read, as JSON; nothing when not even the file header can.
fn readable(file: Vec<u8>) -> Vec<String> {
    let settings = ParserSettings::default().num_threads(1);
    let Ok(parser) = EvtxParser::from_buffer(file) else {
        return Vec::new();
    };
    let mut parser = parser.with_configuration(settings);
    parser
        .records_json()
        .filter_map(|record| record.ok().map(|record| record.data))
        .collect()
}

#[test]
fn nothing_panics_and_other_chunks_stay_readable() {
    let (_, sound) = sample();
    let all = readable(sound.clone());
    assert_eq!(all.len(), 300);
    let reshaping = [
        Damage::FileMagic,
        Damage::Truncated,
        Damage::ChunkRemoved,
        Damage::ChunkDuplicated,
        Damage::ChunksSpliced,
    ];
    for &damage in Damage::ALL {
        for seed in 0..20 {
            let mut file = sound.clone();
            let report = damage.apply(&mut file, seed).expect("applicable");
            if seed % 2 == 0 {
                repair_crcs(&mut file);
            }
            let read = readable(file);
            if reshaping.contains(&damage) {
                continue;
            }
            let hit = (report.offset() - 4096) / 65_536;
            for (chunk, records) in all.chunks(100).enumerate() {
                if chunk != hit {
                    let whole = read.windows(100).any(|window| window == records);
                    assert!(whole, "{damage:?} {seed} hurt chunk {chunk}");
                }
            }
        }
    }
}

#[test]
fn header_fields_of_a_record_hurt_no_other_record() {
    let (_, sound) = sample();
    let all = readable(sound.clone());
    for damage in [Damage::RecordTime, Damage::RecordSizeCopy] {
        for seed in 0..20 {
            let mut file = sound.clone();
            let report = damage.apply(&mut file, seed).expect("applicable");
            assert!(report.is_inside_one_record());
            // Record ids are 1 to 300, so the hit record's place follows from its id.
            let hit = usize::try_from(report.records[0].id).expect("small") - 1;
            let mut others = all.clone();
            others.remove(hit);
            let read = readable(file);
            assert!(read == all || read == others, "{damage:?} {seed}");
        }
    }
}

#[test]
fn some_damage_loses_records_that_were_not_hit() {
    let (_, sound) = sample();
    for damage in [
        Damage::RecordSize,
        Damage::RecordId,
        Damage::ChunkFreeSpace,
        Damage::ChunkLastId,
        Damage::Truncated,
    ] {
        let lossy = (0..60).filter(|&seed| {
            let mut file = sound.clone();
            let hit = damage.apply(&mut file, seed).expect("applicable");
            readable(file).len() + hit.records.len() < 300
        });
        assert!(lossy.count() > 0, "{damage:?} never loses a bystander");
    }
}

#[test]
fn sound_files_pass_the_checksum_test() {
    let (events, file) = sample();
    assert_eq!(read_back(file).len(), events.len());
}
