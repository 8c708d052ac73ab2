//! Crafted and damaged evidence leads to no false finding: never a `match` that the sound log does
//! not give, and never one without a doubt from records that nothing vouches for.
//!
//! A thousand tries of each kind; `EVENTKB_TRIES` makes more, `EVENTKB_SEED` begins at another seed.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use std::sync::Arc;

use common::built_in;
use eventkb::report::{DefectCode, Doubt, Finding, Report, Verdict};
use eventkb::{Observations, ReadOptions, Scope, Session, Trust};
use eventkb_testkit::EventSpec;
use eventkb_testkit::bytes::ByteDamage;
use eventkb_testkit::damage::{Damage, append_chunk, repair_crcs};
use eventkb_testkit::dialects::Dialect;
use eventkb_testkit::evtx::map::Map;
use eventkb_testkit::evtx::{CHUNK_SIZE, EvtxWriter, FILE_HEADER_SIZE};
use eventkb_testkit::rng::Rng;
use eventkb_testkit::scenario::{
    Attempt, BindBackLayout, Noise, START, bind_back, mixed, ras_error,
};
use eventkb_testkit::{FileTime, texts};
use sha2::{Digest as _, Sha256};

const WANTED: &str = "Q253307";

fn number(name: &str, usual: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(usual, |text| text.parse().expect(name))
}

fn seeds(usual: u64) -> std::ops::Range<u64> {
    let first = number("EVENTKB_SEED", 0);
    first..first + number("EVENTKB_TRIES", usual)
}

/// Judges files, with stale records too.
fn judged(files: &[(&str, &[u8])]) -> Report {
    let scope = Scope {
        recovered: true,
        ..Scope::default()
    };
    let mut session = Session::with_scope(&built_in(), scope);
    session.explain(WANTED);
    let options = ReadOptions::default();
    for (name, bytes) in files {
        session.read_bytes(name, bytes, &options);
    }
    session.finish()
}

fn verdict(report: &Report) -> Option<Verdict> {
    report.finding(WANTED).map(|finding| finding.verdict)
}

/// A finding above `possible` names every kind of trust below intact among its evidence.
fn is_honest(finding: &Finding) -> Result<(), String> {
    if finding.verdict <= Verdict::Possible {
        return Ok(());
    }
    for symptom in &finding.symptoms {
        for citation in &symptom.citations {
            let told = finding.doubts.iter().any(
                |doubt| matches!(doubt, Doubt::Trust { trust, .. } if *trust == citation.trust),
            );
            if citation.trust != Trust::Intact && !told {
                return Err(format!(
                    "{} is {:?}, and nothing says that it rests on records that are {:?}",
                    finding.signature.id, finding.verdict, citation.trust
                ));
            }
        }
    }
    Ok(())
}

fn honest(report: &Report, what: &str) {
    for finding in &report.findings {
        if let Err(why) = is_honest(finding) {
            panic!("{what}: {why}");
        }
    }
}

/// Everything that the article asks for, and noise, numbered.
fn whole(seed: u64) -> Vec<EventSpec> {
    let events = Attempt::on_one_computer(START).events();
    let noise = Noise::new(seed % 7).start(START - 300).take(20);
    numbered(mixed(events, noise))
}

fn numbered(events: Vec<EventSpec>) -> Vec<EventSpec> {
    let all = events.into_iter().zip(1..);
    all.map(|(event, id)| event.record_id(id)).collect()
}

/// The same without all events of one or two of its kinds: no damage makes them.
fn without(seed: u64) -> Vec<EventSpec> {
    let gone: &[u16] = [&[9316, 9311][..], &[9322, 9318]][(seed % 2) as usize];
    let mut events = whole(seed);
    events.retain(|event| !gone.contains(&event.event_id));
    numbered(events)
}

fn log(events: &[EventSpec]) -> Vec<u8> {
    EvtxWriter::new().records_per_chunk(12).write(events)
}

/// Damages a log in one to four places, any checksum put right or not.
fn damaged(bytes: &mut Vec<u8>, rng: &mut Rng, kinds: &[ByteDamage]) {
    for _ in 0..1 + rng.below(4) {
        let seed = rng.next_u64();
        match rng.pick(kinds) {
            Some(kind) if !seed.is_multiple_of(3) => {
                kind.apply(bytes, seed);
            }
            _ => {
                let kind = rng.pick(Damage::ALL).expect("some");
                kind.apply(bytes, seed);
            }
        }
    }
    if rng.below(2) == 0 {
        repair_crcs(bytes);
    }
}

const FILLS: &[ByteDamage] = &[
    ByteDamage::Filled(1024, 0xf6),
    ByteDamage::Filled(512, 0),
    ByteDamage::Filled(128, 0xcc),
    ByteDamage::Filled(128, 0x01),
    ByteDamage::Filled(64, 0xe5),
    ByteDamage::Noise(64),
    ByteDamage::Bits(8),
];

const SHIFTS: &[ByteDamage] = &[
    ByteDamage::Removed(1),
    ByteDamage::Removed(8),
    ByteDamage::Removed(700),
    ByteDamage::Inserted(8),
    ByteDamage::Inserted(700),
    ByteDamage::Doubled(900),
    ByteDamage::Swapped(400),
];

#[test]
fn fills_and_shifts_make_no_match() {
    for seed in seeds(1_000) {
        let mut rng = Rng::new(seed);
        for kinds in [FILLS, SHIFTS] {
            let mut bytes = log(&without(seed));
            damaged(&mut bytes, &mut rng, kinds);
            let report = judged(&[("a.evtx", &bytes)]);
            assert_ne!(verdict(&report), Some(Verdict::Match), "seed {seed}");
            honest(&report, &format!("seed {seed}"));

            let mut bytes = log(&whole(seed));
            damaged(&mut bytes, &mut rng, kinds);
            honest(
                &judged(&[("a.evtx", &bytes)]),
                &format!("seed {seed}, whole"),
            );
        }
    }
}

/// Behind what a chunk counts as its own stand the records that would make a match.
fn with_forged_tail(seed: u64, rng: &mut Rng) -> Vec<u8> {
    let sound = without(seed);
    let forged = whole(seed).into_iter();
    let forged = forged.filter(|event| !sound.iter().any(|own| own.event_id == event.event_id));
    let kept = sound.len();
    let all = numbered(sound.iter().cloned().chain(forged).collect());
    let mut bytes = EvtxWriter::new().write(&all);
    let map = Map::of(&bytes);
    let end = map.records[kept - 1].range().end - FILE_HEADER_SIZE;
    let last = map.records[kept - 1].range().start - FILE_HEADER_SIZE;
    let chunk = FILE_HEADER_SIZE;
    let mut put = |at: usize, value: &[u8]| {
        bytes[chunk + at..chunk + at + value.len()].copy_from_slice(value);
    };
    let count = kept as u64;
    put(16, &count.to_le_bytes());
    put(32, &count.to_le_bytes());
    put(44, &u32::try_from(last).expect("small").to_le_bytes());
    put(48, &u32::try_from(end).expect("small").to_le_bytes());
    match rng.below(4) {
        // The header as a forger would leave it.
        0 => put(8, &0_u64.to_le_bytes()),
        1 => put(24, &0_u64.to_le_bytes()),
        2 => put(24, &(rng.next_u64() % 50).to_le_bytes()),
        _ => {}
    }
    repair_crcs(&mut bytes);
    bytes
}

/// One bit of the chunk's header, the flag that says that the log was not closed, or both.
fn flip_header(bytes: &mut [u8], rng: &mut Rng) -> String {
    let mut flipped = Vec::new();
    if rng.below(3) > 0 {
        let at = FILE_HEADER_SIZE + rng.below(512);
        bytes[at] ^= 1 << rng.below(8);
        flipped.push(at - FILE_HEADER_SIZE);
    }
    let unclosed = rng.below(3) == 0;
    bytes[120] |= u8::from(unclosed);
    format!("flipped {flipped:?}, unclosed: {unclosed}")
}

/// What was added to a sound log raises no verdict above `possible`.
fn raises_nothing(report: &Report, sound: &Report, what: &str) {
    for finding in &report.findings {
        let id = &finding.signature.id;
        let alone = sound.finding(id).map(|finding| finding.verdict);
        assert!(
            finding.verdict <= alone.max(Some(Verdict::Possible)).expect("some"),
            "{what}: {id} is {:?}, was {alone:?}",
            finding.verdict
        );
    }
}

/// Whoever can write a chunk with right checksums and counts has written a log. What a header leaves
/// out is no part of it, and one bit does not make it one.
#[test]
fn forged_tails_and_headers_raise_nothing_above_possible() {
    for seed in seeds(1_000) {
        let mut rng = Rng::new(seed);
        let mut bytes = with_forged_tail(seed, &mut rng);
        let what = format!("seed {seed}, {}", flip_header(&mut bytes, &mut rng));
        let report = judged(&[("a.evtx", &bytes)]);
        honest(&report, &what);
        let sound = judged(&[("a.evtx", &log(&without(seed)))]);
        raises_nothing(&report, &sound, &format!("{what}, without the tail"));
    }
}

/// The chunk of another log, behind one that was closed without it.
#[test]
fn a_chunk_that_no_header_counts_raises_nothing_above_possible() {
    for seed in seeds(1_000) {
        let mut rng = Rng::new(seed);
        let sound = log(&without(seed));
        let mut bytes = sound.clone();
        let first = 1 + rng.below(500) as u64;
        let strange = whole(seed).into_iter().zip(first..);
        let strange: Vec<EventSpec> = strange.map(|(event, id)| event.record_id(id)).collect();
        append_chunk(&mut bytes, &EvtxWriter::new().write(&strange), false);
        let report = judged(&[("a.evtx", &bytes)]);
        honest(&report, &format!("seed {seed}"));
        let sound = judged(&[("a.evtx", &sound)]);
        raises_nothing(&report, &sound, &format!("seed {seed}, without the chunk"));
    }
}

/// Checksums vouch for what was written, not for who wrote it; but a record that brings the id of another
/// one along is told from those that belong where they stand.
#[test]
fn bodies_of_other_records_raise_no_verdict_without_a_doubt() {
    let folder = common::testdata().join("q217142-near-miss");
    let near_miss = |name: &str| std::fs::read(folder.join(name)).expect("the log");
    let near_miss = ["SEATTLE_Application.evtx", "PORTLAND_Application.evtx"].map(near_miss);
    let defects_of = |report: &Report| {
        let defects = report.inputs.iter().flat_map(|input| &input.defects);
        defects.cloned().collect::<Vec<_>>().into_iter()
    };
    let mut copied = 0;
    for seed in seeds(1_000) {
        let mut rng = Rng::new(seed);
        let sound: Vec<Vec<u8>> = match seed % 3 {
            0 => near_miss.to_vec(),
            1 => vec![log(&whole(seed))],
            _ => vec![log(&without(seed))],
        };
        let mut files = sound.clone();
        let hit = rng.below(files.len());
        for _ in 0..1 + rng.below(2) {
            Damage::BodyCopied.apply(&mut files[hit], rng.next_u64());
        }
        if files == sound {
            continue;
        }
        repair_crcs(&mut files[hit]);
        let of = |files: &[Vec<u8>]| {
            let named: Vec<(String, &[u8])> = files
                .iter()
                .enumerate()
                .map(|(n, bytes)| (format!("{n}.evtx"), bytes.as_slice()))
                .collect();
            let named: Vec<(&str, &[u8])> = named.iter().map(|(n, b)| (n.as_str(), *b)).collect();
            judged(&named)
        };
        let (report, before) = (of(&files), of(&sound));
        let what = format!("seed {seed}");
        honest(&report, &what);
        let told = report.inputs.iter().flat_map(|input| &input.defects);
        copied += told
            .filter(|d| d.code == DefectCode::HeaderMismatch)
            .count();
        // A record that spoke against an article may be the one that was written over.
        let is_told = defects_of(&report).any(|defect| defect.code.may_hide_records());
        for finding in &report.findings {
            let alone = before.finding(&finding.signature.id).map(|f| f.verdict);
            let is_raised = Some(finding.verdict) > alone.max(Some(Verdict::Possible));
            assert!(
                !is_raised || !finding.doubts.is_empty() || is_told,
                "{what}: {} is {:?}, was {alone:?}, and nothing is said",
                finding.signature.id,
                finding.verdict
            );
        }
    }
    let tries = seeds(1_000).count();
    assert!(copied * 10 >= tries * 9, "{copied} of {tries} were told");
}

/// Zero, and what else stands where nothing was ever set, is no time that events have in common.
#[test]
fn times_that_were_never_set_tie_nothing_together() {
    let never = [
        FileTime(0),
        FileTime(1),
        FileTime(600_000_000),
        FileTime::from_unix(0, 0),
    ];
    for seed in seeds(1_000) {
        let mut rng = Rng::new(seed);
        let mut events = whole(seed);
        let time = *rng.pick(&never).expect("some");
        let all = rng.below(2) == 0;
        // One event with a time cannot make an attempt.
        let kept = rng.below(events.len());
        for (at, event) in events.iter_mut().enumerate() {
            if all || at != kept {
                event.time = time;
            }
        }
        let bytes = EvtxWriter::new().write(&events);
        let report = judged(&[("a.evtx", &bytes)]);
        assert!(
            verdict(&report) <= Some(Verdict::Possible),
            "seed {seed}, {time:?}: {:?}",
            verdict(&report)
        );
        honest(&report, &format!("seed {seed}, {time:?}"));
    }
}

#[test]
fn a_chunk_that_says_it_has_no_checksums_carries_no_match() {
    for seed in seeds(1_000) {
        let mut rng = Rng::new(seed);
        let mut bytes = EvtxWriter::new().write(&whole(seed));
        let sound = judged(&[("a.evtx", &bytes)]);
        assert!(verdict(&sound) >= Some(Verdict::Likely), "seed {seed}");
        for chunk in (FILE_HEADER_SIZE..bytes.len()).step_by(CHUNK_SIZE) {
            bytes[chunk + 120] |= 4;
            // Which then need not be right; where they are all the same, they vouch.
            let at = chunk + 512 + rng.below(2_000);
            bytes[at] ^= 1 << rng.below(8);
        }
        let report = judged(&[("a.evtx", &bytes)]);
        assert!(verdict(&report) <= Some(Verdict::Possible), "seed {seed}");
        honest(&report, &format!("seed {seed}"));
    }
}

/// The events of one attempt, so far apart that they are none, with events between them that tie
/// them together if windows are not kept.
#[test]
fn storms_tie_nothing_together() {
    for seed in seeds(1_000) {
        let mut rng = Rng::new(seed);
        let apart = 1_800 + rng.below(40_000) as i64;
        let step = 1 + rng.below(120) as i64;
        let mut events = Vec::new();
        let mut at = START;
        for event in Attempt::on_one_computer(START).events() {
            let nanos = 0;
            events.push(event.at(at, nanos));
            at += apart;
        }
        let dn = Attempt::on_one_computer(START);
        let storm = dn.caller_events().into_iter().find(|e| e.event_id == 9311);
        let many = ((at - START) / step).min(300);
        let from = START + rng.below(apart.unsigned_abs() as usize) as i64;
        for n in 0..many {
            let of = storm
                .clone()
                .unwrap_or_else(|| ras_error(at, "SEATTLE", "x", 718));
            events.push(of.at(from + n * step, 0));
        }
        let events = numbered(mixed(events, Vec::new()));
        let report = judged(&[("a.evtx", &EvtxWriter::new().write(&events))]);
        assert_ne!(verdict(&report), Some(Verdict::Match), "seed {seed}");
        if let Some(finding) = report.finding(WANTED) {
            assert_ne!(finding.verdict, Verdict::Likely, "seed {seed}");
        }
    }
}

/// The half of an attempt on one computer, and the other half on computers that have no part in it.
#[test]
fn strangers_and_namesakes_complete_nothing() {
    for seed in seeds(1_000) {
        let mut rng = Rng::new(seed);
        let attempt = Attempt::between_two(START, "seattle");
        let two_domains = rng.below(2) == 0;
        // In the first case the name means the namesake in the writer's own domain, in the second a
        // third computer.
        let (caller, other, named, third) = if two_domains {
            (
                "SEATTLE.a.com",
                "PORTLAND.b.com",
                "Seattle",
                "SEATTLE.b.com",
            )
        } else {
            ("SEATTLE", "BOSTON", "Denver", "DENVER")
        };
        let of_caller: Vec<EventSpec> = attempt
            .caller_events()
            .into_iter()
            .map(|event| event.computer(caller))
            .collect();
        let near = rng.below(60) as i64;
        let layout = BindBackLayout::TenStrings;
        let strange = bind_back(START + near, other, named, 5, layout).computer(other);
        let noise = Noise::new(seed).computers([third]).start(START).take(3);
        let logs = [
            log(&numbered(of_caller)),
            log(&numbered(vec![strange])),
            log(&numbered(noise.collect())),
        ];
        let files: Vec<(String, &[u8])> = logs
            .iter()
            .enumerate()
            .map(|(n, bytes)| (format!("{n}.evtx"), bytes.as_slice()))
            .collect();
        let files: Vec<(&str, &[u8])> = files.iter().map(|(n, b)| (n.as_str(), *b)).collect();
        let report = judged(&files);
        assert_ne!(verdict(&report), Some(Verdict::Match), "seed {seed}");
        if let Some(finding) = report.finding(WANTED) {
            assert_ne!(
                finding.cause.state,
                eventkb::report::CauseState::Confirmed,
                "seed {seed}: {:?}",
                finding.cause
            );
        }
    }
}

#[test]
fn bit_flips_in_exports_make_no_match() {
    let dialects = Dialect::ALL;
    for seed in seeds(1_000) {
        let mut rng = Rng::new(seed);
        let dialect = rng.pick(&dialects).expect("some");
        let mut bytes = dialect.write(&without(seed)).into_bytes();
        for _ in 0..1 + rng.below(3) {
            let kind = rng.pick(ByteDamage::ALL).expect("some");
            kind.apply(&mut bytes, rng.next_u64());
        }
        let report = judged(&[("a", &bytes)]);
        let what = format!("seed {seed}, {dialect:?}");
        assert_ne!(verdict(&report), Some(Verdict::Match), "{what}");
        honest(&report, &what);
    }
}

/// A saved file says the same, or is refused.
#[test]
fn damaged_observations_are_refused() {
    let set = built_in();
    let mut session = Session::new(&set);
    let bytes = EvtxWriter::new().write(&whole(1));
    session.read_bytes("a.evtx", &bytes, &ReadOptions::default());
    let sound = session.save().to_bytes();
    let of = |bytes: &[u8]| {
        let read = Observations::from_bytes(bytes).ok()?;
        eventkb::merge(&Arc::clone(&set), vec![read]).ok()
    };
    let wanted = of(&sound).expect("sound");
    let mut same = 0;
    for seed in seeds(1_000) {
        let mut rng = Rng::new(seed);
        let mut bytes = sound.clone();
        let kind = if seed % 2 == 0 {
            &ByteDamage::Bits(1)
        } else {
            rng.pick(ByteDamage::ALL).expect("some")
        };
        kind.apply(&mut bytes, seed);
        if let Some(report) = of(&bytes) {
            assert_eq!(report, wanted, "seed {seed}, {kind:?}");
            same += 1;
        }
    }
    let tries = seeds(1_000).count();
    assert!(same < tries / 10, "{same} of {tries} were taken");
}

/// Observations whose numbers somebody edited, with the checksum that fits.
fn edited(saved: &[u8], edit: impl FnOnce(&str) -> String) -> Vec<u8> {
    let text = std::str::from_utf8(saved).expect("JSON");
    let (head, content) = text.split_once('\n').expect("a head");
    let content = edit(content.trim_end());
    let mut head: serde_json::Value = serde_json::from_str(head).expect("JSON");
    let sum = Sha256::digest(content.as_bytes());
    let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    head["checksum"] = sum.into();
    format!("{head}\n{content}\n").into_bytes()
}

fn saved() -> Vec<u8> {
    let mut session = Session::new(&built_in());
    let options = ReadOptions::default();
    session.read_bytes("a.evtx", &EvtxWriter::new().write(&whole(1)), &options);
    session.save().to_bytes()
}

#[test]
fn edited_numbers_in_observations_break_nothing() {
    let set = built_in();
    let sound = saved();
    let mut merged = 0;
    for seed in seeds(1_000) {
        let mut rng = Rng::new(seed);
        let mut bytes = sound.clone();
        for _ in 0..1 + rng.below(3) {
            bytes = edited(&bytes, |text| texts::with_another_number(text, &mut rng));
        }
        // Twice, so that what is at its limit is added to.
        let read = || Observations::from_bytes(&bytes).ok();
        let Some((one, other)) = read().zip(read()) else {
            continue;
        };
        let result = std::panic::catch_unwind(|| eventkb::merge(&set, vec![one, other]).is_ok());
        match result {
            Ok(is_merged) => merged += usize::from(is_merged),
            Err(_) => panic!("seed {seed}: panic"),
        }
    }
    let tries = seeds(1_000).count();
    assert!(merged * 10 > tries, "only {merged} of {tries} were merged");
}

/// Whatever observations claim, sums stay at the limit.
#[test]
fn totals_of_edited_observations_saturate() {
    let set = built_in();
    let sound = saved();
    let most = u64::MAX.to_string();
    let with = |path: &str| {
        edited(&sound, |text| {
            let mut content: serde_json::Value = serde_json::from_str(text).expect("JSON");
            let input = &mut content["inputs"][0];
            input["path"] = path.into();
            input["sha256"] = serde_json::Value::Null;
            for count in [
                "bytes",
                "records_read",
                "records_recovered",
                "records_lost",
                "records_duplicate",
            ] {
                input[count] = u64::MAX.into();
            }
            content.to_string()
        })
    };
    let both = ["a.evtx", "b.evtx"].map(|path| {
        let bytes = with(path);
        assert!(String::from_utf8_lossy(&bytes).contains(&most));
        Observations::from_bytes(&bytes).expect("sound")
    });
    let report = eventkb::merge(&set, both.to_vec()).expect("of this version");
    let totals = &report.totals;
    assert_eq!(totals.files, 2);
    let sums = [
        totals.bytes,
        totals.records_read,
        totals.records_recovered,
        totals.records_lost,
        totals.records_duplicate,
    ];
    assert_eq!(sums, [u64::MAX; 5]);
}
