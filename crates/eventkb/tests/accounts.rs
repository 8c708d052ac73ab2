//! What `scan`, `logs` and `events` say of a file is one account, whatever is wrong with it.
//!
//! `EVENTKB_TRIES=20000` makes more tries, `EVENTKB_SEED` begins at another seed.
#![expect(clippy::expect_used, reason = "tests may panic")]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eventkb::logs::integrity::DefectCode;
use eventkb::report::{Ignored, Input};
use eventkb::{EventFilter, ReadOptions, ScanOptions, SignatureSet};
use eventkb_testkit::EventSpec;
use eventkb_testkit::bytes::ByteDamage;
use eventkb_testkit::damage::{Damage, append_chunk, repair_crcs, under_good_checksums};
use eventkb_testkit::dialects::Dialect;
use eventkb_testkit::evt::EvtWriter;
use eventkb_testkit::evtx::{DataShape, EvtxWriter, Style};
use eventkb_testkit::rng::Rng;
use eventkb_testkit::scenario::{Attempt, Noise, START, mixed};
use eventkb_testkit::texts;
use eventkb_testkit::zip;

fn number(name: &str, usual: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(usual, |text| text.parse().expect(name))
}

/// Sound files of every format, with names that say nothing.
fn made() -> Vec<(String, Vec<u8>)> {
    let events = Attempt::on_one_computer(START).events();
    let events: Vec<EventSpec> = mixed(events, Noise::new(4).take(50))
        .into_iter()
        .zip(1..)
        .map(|(event, id)| event.record_id(id))
        .collect();
    let evtx = EvtxWriter::new().records_per_chunk(20).write(&events);
    let evt = EvtWriter::new().write(&events);
    let mut made = vec![
        (
            "evtx, a string array".to_owned(),
            EvtxWriter::new().records_per_chunk(30).write(&events),
        ),
        (
            "evtx, one each".to_owned(),
            EvtxWriter::new()
                .data_shape(DataShape::OneEach)
                .records_per_chunk(20)
                .write(&events),
        ),
        (
            "evtx, forwarded".to_owned(),
            EvtxWriter::new()
                .style(Style::Forwarded)
                .dirty(true)
                .write(&events),
        ),
        (
            "evt, around".to_owned(),
            EvtWriter::new().max_size(8192).write(&events),
        ),
        ("evt".to_owned(), evt.clone()),
    ];
    let mut exports: Vec<(String, Vec<u8>)> = Vec::new();
    for dialect in Dialect::ALL {
        exports.push((format!("{dialect:?}"), dialect.write(&events).into_bytes()));
    }
    let members: Vec<(&str, &[u8])> = vec![
        ("a/one.evtx", &evtx),
        ("b/two.evt", &evt),
        (
            "c/three.csv",
            exports.last().map_or(&[][..], |(_, bytes)| bytes),
        ),
    ];
    let inner = zip::write(&members);
    made.push(("zip".to_owned(), inner.clone()));
    made.push((
        "zip in a zip".to_owned(),
        zip::write(&[("inner.zip", inner.as_slice()), ("x.evt", evt.as_slice())]),
    ));
    made.extend(exports);
    made
}

/// What a command says of files.
#[derive(Debug, PartialEq)]
struct Said {
    inputs: Vec<Input>,
    ignored: Vec<Ignored>,
}

fn said(mut inputs: Vec<Input>, mut ignored: Vec<Ignored>) -> Said {
    for input in &mut inputs {
        // What a file's content is called is asked for by some commands only.
        input.sha256 = None;
        // And so are whether another file has the same, and what is odd about a record that nobody
        // asked for.
        input.records_duplicate = 0;
        let by_some = [DefectCode::Duplicate, DefectCode::NotUnderstood];
        input.defects.retain(|d| !by_some.contains(&d.code));
    }
    inputs.sort_by(|a, b| a.path.cmp(&b.path));
    ignored.sort();
    Said { inputs, ignored }
}

fn check(folder: &Path, set: &Arc<SignatureSet>, what: &str) -> Result<(), String> {
    let paths = [folder.to_path_buf()];
    let options = ScanOptions::default();
    let scanned = eventkb::scan(&paths, set, &options);
    let listed = eventkb::inventory(&paths, &options);
    let mut events = 0;
    let read = ReadOptions::default();
    let result = eventkb::list_events(&paths, &EventFilter::default(), &read, &mut |_| {
        events += 1;
        ControlFlow::Continue(())
    });
    let inputs = result.files.into_iter().map(|file| file.input).collect();
    let logs = said(listed.inputs, listed.ignored);
    let scan = said(scanned.inputs, scanned.ignored);
    let list = said(inputs, result.ignored);
    for input in &logs.inputs {
        if let Some(promised) = input.records_promised
            && promised != input.records_read + input.records_lost
        {
            return Err(format!("{what}: it does not add up: {input:#?}"));
        }
    }
    let read: u64 = list.inputs.iter().map(|input| input.records_read).sum();
    if read != events {
        return Err(format!("{what}: {read} read, {events} came out"));
    }
    for (name, other) in [("scan", &scan), ("events", &list)] {
        if *other != logs {
            return Err(format!(
                "{what}: `logs` and `{name}` differ:\n{logs:#?}\n{other:#?}"
            ));
        }
    }
    Ok(())
}

/// Damages files, and gives those of which the commands say different things.
fn differing(
    name: &str,
    made: &[(String, Vec<u8>)],
    damage: &dyn Fn(&mut Rng, &str, &mut Vec<u8>) -> String,
) {
    let set = Arc::new(SignatureSet::built_in());
    let folder = std::env::temp_dir().join(format!("eventkb-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path: PathBuf = folder.join("file");
    let first = number("EVENTKB_SEED", 0);
    let tries = number("EVENTKB_TRIES", 1_000);
    let mut differing = Vec::new();
    for seed in first..first + tries {
        let mut rng = Rng::new(seed);
        let (name, sound) = rng.pick(made).expect("some");
        let mut bytes = sound.clone();
        let what = damage(&mut rng, name, &mut bytes);
        let what = format!("seed {seed}: {name}{what}");
        std::fs::write(&path, &bytes).expect("written");
        let checked = std::panic::catch_unwind(|| check(&folder, &set, &what));
        match checked {
            Ok(Ok(())) => {}
            Ok(Err(difference)) => differing.push(difference),
            Err(_) => differing.push(format!("{what}: panic")),
        }
    }
    std::fs::remove_dir_all(&folder).expect("it is there");
    let shown: Vec<String> = differing.iter().take(2).cloned().collect();
    assert!(
        differing.is_empty(),
        "{} of {tries} tries differ\n{}",
        differing.len(),
        shown.join("\n")
    );
}

#[test]
fn three_commands_say_the_same() {
    differing("accounts", &made(), &|rng, name, bytes| {
        let mut what = String::new();
        let is_evtx = name.starts_with("evtx");
        for _ in 0..1 + rng.below(3) {
            let own = rng.next_u64();
            let of_format = rng
                .pick(Damage::ALL)
                .filter(|_| is_evtx && own.is_multiple_of(2));
            if let Some(damage) = of_format {
                what = format!("{what}, {damage:?}");
                damage.apply(bytes, own);
            } else if let Some(damage) = rng.pick(ByteDamage::ALL) {
                what = format!("{what}, {damage:?}");
                damage.apply(bytes, own);
            }
        }
        let as_text = std::str::from_utf8(bytes)
            .ok()
            .filter(|_| rng.below(4) == 0);
        if let Some(text) = as_text {
            let (kind, changed) = match rng.below(3) {
                0 => ("zones", texts::with_absurd_zones(text, rng)),
                1 => ("half a character", texts::with_half_a_character(text, rng)),
                _ => ("a number", texts::with_another_number(text, rng)),
            };
            what = format!("{what}, {kind}");
            *bytes = changed.into_bytes();
        }
        if is_evtx && rng.below(3) == 0 {
            repair_crcs(bytes);
        }
        what
    });
}

/// What a checksum vouches for counts by its heads. Whoever reads more of a record must not count it
/// otherwise.
#[test]
fn three_commands_say_the_same_under_good_checksums() {
    let mut made = made();
    made.retain(|(name, _)| name.starts_with("evtx"));
    let strange = Noise::new(9).computers(["STRANGER"]).take(12);
    let strange = EvtxWriter::new().write(&strange.collect::<Vec<EventSpec>>());
    differing("accounts-good", &made, &|rng, _, bytes| {
        let mut what = String::new();
        for _ in 0..1 + rng.below(4) {
            let own = rng.next_u64();
            match rng.pick(ByteDamage::ALL) {
                _ if rng.below(5) == 0 => {
                    let damage = rng.pick(Damage::FORGED).expect("some");
                    what = format!("{what}, {damage:?}");
                    damage.apply(bytes, own);
                }
                _ if rng.below(8) == 0 => {
                    let counted = rng.below(2) == 0;
                    what = format!("{what}, a strange chunk, counted: {counted}");
                    append_chunk(bytes, &strange, counted);
                }
                Some(ByteDamage::Cut) | None => {
                    let damage = rng.pick(Damage::ALL).expect("some");
                    what = format!("{what}, {damage:?}");
                    damage.apply(bytes, own);
                }
                Some(damage) => {
                    what = format!("{what}, {damage:?}");
                    under_good_checksums(bytes, *damage, own);
                }
            }
        }
        repair_crcs(bytes);
        what
    });
}
