//! Where records of an .evtx file stand, against what they say of themselves: what brings the id of
//! another record along, and chunks that the file does not count.

#[path = "common/one_file.rs"]
mod one_file;

use eventkb_logs::event::Trust;
use eventkb_logs::integrity::DefectCode;
use eventkb_logs::{Event, Input};
use eventkb_testkit::EventSpec;
use eventkb_testkit::damage::{Damage, append_chunk, repair_crcs};
use eventkb_testkit::evtx::{EvtxWriter, Style};
use eventkb_testkit::rng::Rng;
use one_file::read;

/// An event of a log, with an id.
fn event(computer: &str, id: u64) -> EventSpec {
    let seconds = 949_800_000 + i64::try_from(id).unwrap_or(0);
    EventSpec::new("Contoso", 7)
        .computer(computer)
        .record_id(id)
        .at(seconds, 0)
        .strings([format!("event {id}")])
}

fn events(computer: &str, ids: impl IntoIterator<Item = u64>) -> Vec<EventSpec> {
    ids.into_iter().map(|id| event(computer, id)).collect()
}

fn count(input: &Input, code: DefectCode) -> u64 {
    let defects = input.defects.iter().filter(|defect| defect.code == code);
    defects.map(|defect| defect.count).sum()
}

fn doubtful(events: &[Event]) -> Vec<u64> {
    let doubtful = events.iter().filter(|event| event.trust != Trust::Intact);
    doubtful.filter_map(|event| event.record_id).collect()
}

#[test]
fn a_body_in_the_place_of_another_record_is_believed_less() {
    let writer = EvtxWriter::new().records_per_chunk(12);
    // A machine's own log, also one that has run for long, and an export of all of it.
    let made = [
        ("own", writer.write(&events("A", 1..=40))),
        ("old", writer.write(&events("A", 9_001..=9_040))),
        (
            "export",
            writer
                .clone()
                .header_ids_from(1)
                .write(&events("A", 501..=540)),
        ),
    ];
    let (mut tries, mut told) = (0, 0);
    for (name, sound) in &made {
        for seed in 0..200 {
            let mut bytes = sound.clone();
            let damage = Damage::BodyCopied
                .apply(&mut bytes, seed)
                .expect("there are two");
            repair_crcs(&mut bytes);
            let (read, input) = read(&bytes);
            let what = format!("{name}, seed {seed}");
            assert_eq!(read.len(), 40, "{what}");
            let at = damage.records[0].offset as u64;
            let doubted: Vec<u64> = read
                .iter()
                .filter(|event| event.trust != Trust::Intact)
                .filter_map(|event| event.offset)
                .collect();
            tries += 1;
            told += doubted.len();
            assert!(
                doubted.iter().all(|offset| *offset == at),
                "{what}: {doubted:?}"
            );
            assert_eq!(
                count(&input, DefectCode::HeaderMismatch),
                doubted.len() as u64,
                "{what}"
            );
            // Of an export, nothing tells the first and the last one of a chunk.
            if *name != "export" {
                assert_eq!(doubted, [at], "{what}");
            }
            let copy = read
                .iter()
                .find(|event| event.offset == Some(at))
                .expect("it is there");
            assert!(
                doubted.is_empty() || copy.trust == Trust::HeaderMismatch,
                "{what}"
            );
        }
    }
    assert!(told * 100 >= tries * 93, "{told} of {tries}");
}

#[test]
fn several_bodies_in_one_chunk_are_told_by_what_is_left() {
    let sound = EvtxWriter::new().write(&events("A", 1..=60));
    for seed in 0..100 {
        let mut rng = Rng::new(seed);
        let mut bytes = sound.clone();
        let mut hit = Vec::new();
        for _ in 0..6 {
            let damage = Damage::BodyCopied.apply(&mut bytes, rng.next_u64());
            hit.extend(damage.map(|damage| damage.records[0].offset as u64));
        }
        repair_crcs(&mut bytes);
        let (read, _) = read(&bytes);
        for event in &read {
            let own = event.offset.is_some_and(|offset| !hit.contains(&offset));
            assert!(
                !own || event.trust == Trust::Intact,
                "seed {seed}: {event:?}"
            );
        }
        let doubted = doubtful(&read).len();
        hit.sort_unstable();
        hit.dedup();
        // One may have been copied back to where it came from.
        assert!(
            doubted + 1 >= hit.len(),
            "seed {seed}: {doubted} of {hit:?}"
        );
    }
}

/// Collectors and exports have ids that are not the numbers of the frames: that proves nothing.
#[test]
fn ids_that_differ_for_good_reasons_are_believed() {
    let collected = EvtxWriter::new().header_ids_from(1).records_per_chunk(20);
    let forwarded = collected.clone().style(Style::Forwarded);
    let mut rng = Rng::new(5);
    let filtered: Vec<u64> = (1..=400).filter(|_| rng.below(3) > 0).collect();
    let mut cases = vec![
        ("filtered", collected.write(&events("A", filtered.clone()))),
        // The first forty are all there, then some are left out.
        (
            "filtered from some time on",
            collected.write(&events(
                "A",
                (1..=44).chain(filtered.into_iter().filter(|id| *id > 60)),
            )),
        ),
        (
            "renamed",
            EvtxWriter::new().write(&[events("A", 1..=9), events("B", 10..=30)].concat()),
        ),
        (
            "old ones behind new ones",
            collected.write(&[events("A", 100..=118), events("A", 40..=60)].concat()),
        ),
        (
            "old ones before new ones, of one machine after the other",
            collected.write(
                &[
                    events("A", 300..=304),
                    events("A", 200..=214),
                    events("B", 7..=9),
                ]
                .concat(),
            ),
        ),
    ];
    for seed in 0..200 {
        // Several machines send what they have, in runs, with what nobody wanted left out.
        let mut rng = Rng::new(seed);
        let mut next = [1 + rng.below(3) as u64, 40, 9_000];
        let mut all = Vec::new();
        for _ in 0..30 {
            let of = rng.below(3);
            for _ in 0..1 + rng.below(6) {
                all.push(event(["A", "B", "C"][of], next[of]));
                next[of] += 1 + rng.below(2) as u64 * rng.below(5) as u64;
            }
        }
        cases.push(("forwarded", forwarded.write(&all)));
    }
    for (name, bytes) in cases {
        let (read, input) = read(&bytes);
        assert_eq!(doubtful(&read), [0_u64; 0], "{name}");
        assert_eq!(count(&input, DefectCode::HeaderMismatch), 0, "{name}");
        assert!(read.len() > 20, "{name}");
    }
}

#[test]
fn a_chunk_that_a_closed_log_does_not_count_is_believed_less() {
    let own = EvtxWriter::new().records_per_chunk(12);
    let strange = own.write(&events("B", 5..=9));
    let sound = own.write(&events("A", 1..=30));
    let with = |log: &[u8], counted: bool| {
        let mut bytes = log.to_vec();
        append_chunk(&mut bytes, &strange, counted);
        bytes
    };
    let trusts = |read: &[Event]| -> Vec<Trust> {
        let strange = read.iter().filter(|e| e.computer.as_deref() == Some("B"));
        strange.map(|event| event.trust).collect()
    };
    let (read_all, input) = read(&with(&sound, false));
    assert_eq!(trusts(&read_all), [Trust::HeaderMismatch; 5]);
    assert_eq!(
        read_all.iter().filter(|e| e.trust == Trust::Intact).count(),
        30
    );
    assert_eq!(count(&input, DefectCode::HeaderMismatch), 5);
    assert!(DefectCode::HeaderMismatch.may_hide_records());
    // Numbers that are given out twice are told, whether the chunk is counted or not.
    assert_eq!(count(&input, DefectCode::Oddity), 1);
    let (read_all, input) = read(&with(&sound, true));
    assert_eq!(trusts(&read_all), [Trust::Intact; 5]);
    assert_eq!(count(&input, DefectCode::Oddity), 1);
    // The header of a log that was not closed lags behind.
    let dirty = own
        .clone()
        .dirty(true)
        .header_chunks(2)
        .write(&events("A", 1..=30));
    let (read_all, input) = read(&dirty);
    assert_eq!(doubtful(&read_all), [0_u64; 0]);
    assert_eq!(count(&input, DefectCode::HeaderMismatch), 0);
    // A log whose header names what it does not count.
    let mut odd = with(&sound, false);
    odd[16] = 3;
    repair_crcs(&mut odd);
    let (read_all, _) = read(&odd);
    assert_eq!(trusts(&read_all), [Trust::Intact; 5]);
}
