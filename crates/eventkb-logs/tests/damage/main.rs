//! Damage in one place leaves every other record equal, or accounted for; and nothing is lost
//! without a word.
//!
//! `EVENTKB_TRIES` sets the number of tries of each kind of damage; with `EVENTKB_SHARED` set,
//! chunks of real logs below `corpus/evtx` are damaged too.
#![allow(clippy::print_stdout, reason = "it prints the table of losses")]

mod corpus;
#[cfg(feature = "exports")]
mod exports;
mod silent;
#[cfg(feature = "exports")]
mod texts;
mod trial;

use std::path::Path;

use eventkb_logs::event::Trust;
use eventkb_logs::integrity::DefectCode;
use eventkb_testkit::EventSpec;
use eventkb_testkit::damage::{Damage, repair_crcs};
use eventkb_testkit::evtx::map::{Map, MappedName};
use eventkb_testkit::evtx::{DataShape, EvtxWriter};
use trial::{Sample, Tally};

fn tries(usual: u64) -> u64 {
    std::env::var("EVENTKB_TRIES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(usual)
}

/// All kinds of damage on all samples in turn.
fn run(samples: &[Sample], tries: u64) -> Vec<(Damage, Tally)> {
    Damage::ALL
        .iter()
        .map(|&damage| {
            let mut tally = Tally::default();
            for seed in 0..tries {
                let at = usize::try_from(seed).unwrap_or(0) % samples.len();
                if let Some(one) = trial::attempt(&samples[at], damage, seed, false) {
                    tally.add(one);
                }
            }
            (damage, tally)
        })
        .collect()
}

fn assert_kept(tallies: &[(Damage, Tally)]) {
    let broken: Vec<&String> = tallies
        .iter()
        .flat_map(|(_, tally)| &tally.broken)
        .collect();
    let all: usize = tallies.iter().map(|(_, tally)| tally.tries).sum();
    println!("{all} tries, {} broken promises", broken.len());
    for (damage, tally) in tallies {
        println!(
            "{damage:?}: {} others lost, {} wrong unflagged",
            tally.ours.lost, tally.ours.wrong
        );
    }
    let first: Vec<&&String> = broken.iter().take(10).collect();
    assert!(
        broken.is_empty(),
        "{} of {all} tries: {first:#?}",
        broken.len()
    );
}

/// Damage to a record's frame, or to the bookkeeping around records, costs no other record. (That
/// what is inside one record costs none is checked in each try.)
fn assert_spared(tallies: &[(Damage, Tally)]) {
    for (damage, tally) in tallies {
        let spares = matches!(
            damage,
            Damage::RecordMagic
                | Damage::RecordSize
                | Damage::RecordSizeCopy
                | Damage::RecordId
                | Damage::RecordTime
                | Damage::SubstitutionCount
                | Damage::SubstitutionSize
                | Damage::SubstitutionType
                | Damage::TemplateOffset
                | Damage::TemplateLink
                | Damage::NameLink
                | Damage::NameText
                | Damage::ChunkMagic
                | Damage::ChunkFreeSpace
                | Damage::ChunkLastId
                | Damage::ChunkStringTable
                | Damage::ChunkOther
                | Damage::HeaderSectorZeroed
                | Damage::FileMagic
                | Damage::Truncated
                | Damage::ChunkDuplicated
                | Damage::ChunkRemoved
        );
        if spares {
            let lost = (tally.ours.lost, tally.ours.wrong);
            assert_eq!(
                lost,
                (0, 0),
                "{damage:?}: others lost or changed in {} tries",
                tally.tries
            );
        }
    }
}

#[test]
fn made_logs_keep_the_promise() {
    let tallies = run(&trial::made(), tries(150));
    assert_kept(&tallies);
    assert_spared(&tallies);
}

#[test]
#[ignore = "needs real logs: set EVENTKB_SHARED"]
fn real_logs_keep_the_promise() {
    let shared = std::env::var_os("EVENTKB_SHARED").expect("EVENTKB_SHARED");
    let samples = trial::real(&Path::new(&shared).join("corpus/evtx"), 100);
    assert!(samples.len() > 50, "only {} samples", samples.len());
    assert_kept(&run(&samples, tries(200)));
}

/// Bytes that are moved, put in or filled cost no record without a word, and what is counted as lost is
/// not less than what went.
#[test]
fn moved_bytes_are_counted() {
    let made = trial::made();
    let (mut tries_made, mut short, mut worst) = (0, Vec::new(), 0);
    for &damage in eventkb_testkit::bytes::ByteDamage::ALL {
        for seed in 0..tries(60) {
            let sample = &made[usize::try_from(seed).unwrap_or(0) % made.len()];
            let before = trial::read(&sample.bytes);
            let mut bytes = sample.bytes.clone();
            damage.apply(&mut bytes, seed);
            let after = trial::read(&bytes);
            let count = |reading: &trial::Reading| reading.live.len() as u64;
            let gone = count(&before).saturating_sub(count(&after));
            let account = &after.integrity;
            let told = account.failed + account.lost;
            let what = format!("{damage:?} seed {seed} on {}", sample.name);
            assert!(
                gone == 0 || account.may_hide_records(),
                "{what}: {gone} gone without a word"
            );
            tries_made += 1;
            // What a cut or a piece taken out leaves nothing of, no count can tell.
            let whole = bytes.len() >= sample.bytes.len();
            if whole && told < gone {
                worst = worst.max(gone - told);
                short.push(format!("{what}: {gone} gone, {told} counted"));
            }
        }
    }
    let first: Vec<&String> = short.iter().take(5).collect();
    println!(
        "{} of {tries_made} counts too low, by {worst} at most",
        short.len()
    );
    assert!(
        short.len() * 50 <= tries_made,
        "{}: {first:#?}",
        short.len()
    );
}

/// The header of another chunk makes no live record stale.
#[test]
fn a_foreign_header_gives_up_no_record() {
    let made = trial::made();
    for sample in &made {
        let map = Map::of(&sample.bytes);
        let chunks = (sample.bytes.len() - 4096) / 65536;
        for (to, from) in (0..chunks).flat_map(|to| (0..chunks).map(move |from| (to, from))) {
            if to == from {
                continue;
            }
            for by in [0_i64, -20, -5, 3, 20] {
                let mut bytes = sample.bytes.clone();
                let (to, from) = (4096 + to * 65536, 4096 + from * 65536);
                let mut header = bytes[from..from + 512].to_vec();
                for field in [8, 16, 24, 32] {
                    let own: [u8; 8] = bytes[to + field..to + field + 8].try_into().expect("eight");
                    let number = u64::from_le_bytes(own).saturating_add_signed(by);
                    header[field..field + 8].copy_from_slice(&number.to_le_bytes());
                }
                bytes[to..to + 512].copy_from_slice(&header);
                repair_header(&mut bytes[to..to + 65536]);
                let reading = trial::read(&bytes);
                let whole = to..to + 65536;
                let mapped = map
                    .records
                    .iter()
                    .filter(|r| whole.contains(&r.range().start));
                let mapped = mapped.count();
                let live = reading.live.keys().filter(|at| whole.contains(at)).count();
                assert!(
                    live >= mapped || reading.integrity.may_hide_records(),
                    "{}: {live} of {mapped} by {by}, and nothing is said",
                    sample.name
                );
                if by >= 0 && sample.name != "stale" {
                    assert!(
                        live + 1 >= mapped,
                        "{}: {live} of {mapped} are live under a header of {by} later",
                        sample.name
                    );
                }
            }
        }
    }
}

/// Puts the checksum over a header right, and leaves that over the records.
fn repair_header(chunk: &mut [u8]) {
    let mut all = chunk[..120].to_vec();
    all.extend_from_slice(&chunk[128..512]);
    let sum = crc32(&all);
    chunk[124..128].copy_from_slice(&sum.to_le_bytes());
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}

/// No event of an export goes without a word.
#[cfg(feature = "exports")]
#[test]
fn exports_keep_the_promise() {
    let made = exports::made();
    let mut sum = exports::Outcome::default();
    let of_texts = eventkb_testkit::bytes::ByteDamage::OF_TEXTS;
    for &damage in eventkb_testkit::bytes::ByteDamage::ALL
        .iter()
        .chain(of_texts)
    {
        let mut of_kind = exports::Outcome::default();
        for seed in 0..tries(100) {
            let at = usize::try_from(seed).unwrap_or(0) % made.len();
            of_kind.add(exports::attempt(&made[at], damage, seed));
        }
        let (tries, lost, extra) = (of_kind.tries, of_kind.lost, of_kind.extra);
        println!(
            "{damage:?}: {tries} tries, {lost} events lost, {extra} extra, {} silent",
            of_kind.silent
        );
        sum.add(of_kind);
    }
    let first: Vec<&String> = sum.broken.iter().take(10).collect();
    assert!(
        sum.broken.is_empty(),
        "{} of {} tries: {first:#?}",
        sum.broken.len(),
        sum.tries
    );
}

/// One log of ten like records, and where its names and definitions stand.
fn ten() -> (Vec<u8>, Map) {
    let events: Vec<EventSpec> = (1..=10)
        .map(|n| {
            EventSpec::new("Contoso", 7)
                .record_id(n)
                .strings(["a", "b"])
        })
        .collect();
    let log = EvtxWriter::new()
        .data_shape(DataShape::OneEach)
        .write(&events);
    let map = Map::of(&log);
    (log, map)
}

fn name(log: &[u8], map: &Map, wanted: &str) -> MappedName {
    let utf16: Vec<u8> = wanted.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = map.names.iter().find(|n| log[n.text.clone()] == utf16);
    found.expect("a name of the log").clone()
}

/// Damage that no checksum shows.
fn read_repaired(mut log: Vec<u8>) -> trial::Reading {
    repair_crcs(&mut log);
    trial::read(&log)
}

#[test]
fn of_records_with_a_damaged_definition_the_heads_are_kept() {
    let (mut log, map) = ten();
    // What follows the name of EventData, and the zero at its end, is no token.
    let behind = name(&log, &map, "EventData").text.end + 2;
    log[behind] = 0x7f;
    let reading = read_repaired(log);
    assert_eq!(reading.live.len(), 10);
    for (event, id) in reading.live.values().zip(1..) {
        assert_eq!((event.provider.as_str(), event.event_id), ("Contoso", 7));
        assert_eq!(event.record_id, Some(id));
        assert!(event.time.is_some() && event.computer.is_some());
        assert_eq!(
            (event.strings.clone(), event.trust),
            (None, Trust::Repaired)
        );
    }
    let defects = &reading.integrity.defects;
    let partial = defects
        .iter()
        .find(|d| d.code == DefectCode::NotUnderstood)
        .expect("named");
    assert_eq!(partial.count, 10);
    assert!(reading.integrity.may_hide_records());
    assert_eq!(reading.integrity.promised, Some(reading.integrity.read));
}

#[test]
fn a_definition_ends_where_its_tokens_do() {
    let (sound, map) = ten();
    let whole = trial::read(&sound).live;
    for size in [0_u32, 1, 40, 5_000, u32::MAX] {
        let mut log = sound.clone();
        for definition in &map.definitions {
            let field = definition.start + 20;
            log[field..field + 4].copy_from_slice(&size.to_le_bytes());
        }
        assert_eq!(read_repaired(log).live, whole, "{size}");
    }
}

#[test]
fn an_unreadable_name_costs_only_the_template_it_stands_in() {
    let two = ["a", "b"].map(String::from);
    let three = ["a", "b", "c"].map(String::from);
    let like = |strings: &[String]| EventSpec::new("Contoso", 7).strings(strings.to_vec());
    let events: Vec<EventSpec> = [like(&two), like(&two), like(&three), like(&three)].into();
    let mut log = EvtxWriter::new()
        .data_shape(DataShape::OneEach)
        .write(&events);
    let hit = name(&log, &Map::of(&log), "Data");
    // Its hash, its length and its text; the second template has it by its place.
    log[hit.offset + 4..hit.text.end].fill(0);
    let reading = read_repaired(log);
    let read: Vec<Option<Vec<String>>> = reading
        .live
        .values()
        .inspect(|event| assert_eq!(event.trust, Trust::Repaired))
        .map(|event| event.strings.clone())
        .collect();
    let three = Some(three.to_vec());
    assert_eq!(read, [None, None, three.clone(), three]);
    assert_eq!((reading.integrity.read, reading.integrity.failed), (4, 0));
}
