//! Slots in which nobody wants anything are passed over: their records are counted, not read one
//! by one. That must not show. Every scan here is made twice, once with the count of unexplained
//! errors, which looks at every record, and the reports must be equal in all but that count.
//!
//! Set `EVENTKB_SHARED` to the folder that holds `corpus/` for the same over real logs.
#![allow(
    clippy::print_stdout,
    reason = "it says what it compared, or why it was skipped"
)]
#![expect(
    clippy::print_stdout,
    reason = "a test says what it skipped and counted"
)]

use std::path::{Path, PathBuf};

use eventkb::{CountUnexplained, Report, ScanOptions, Signature, SignatureSet, inventory, scan};
use eventkb_testkit::damage::Damage;
use eventkb_testkit::event::EventSpec;
use eventkb_testkit::evt::EvtWriter;
use eventkb_testkit::evtx::{DataShape, EvtxWriter, Layout, Style};
use eventkb_testkit::rng::Rng;
use serde_json::{Value, json};

/// The report without what only a look at every record can tell.
fn report(
    paths: &[PathBuf],
    signatures: &SignatureSet,
    unexplained: CountUnexplained,
    threads: usize,
) -> Value {
    let options = ScanOptions {
        unexplained,
        threads,
        ..ScanOptions::default()
    };
    let mut report = serde_json::to_value(scan(paths, signatures, &options)).expect("a report");
    for key in ["unexplained", "unexplained_not_counted"] {
        report.as_object_mut().expect("an object").remove(key);
    }
    report
}

/// Compares the two ways; gives the number of findings.
fn compare(paths: &[PathBuf], signatures: &SignatureSet, what: &str) -> usize {
    let every = report(paths, signatures, CountUnexplained::Always, 1);
    for threads in [1, 3] {
        let passing = report(paths, signatures, CountUnexplained::Never, threads);
        for (key, wanted) in every.as_object().expect("an object") {
            let got = &passing[key];
            assert!(
                got == wanted,
                "{what}, {threads} threads: {key} is {got:#}, wanted {wanted:#}"
            );
        }
    }
    every["findings"].as_array().map_or(0, Vec::len)
}

/// A signature for each of these events: any of them is enough.
fn signature(id: &str, events: &[(&str, u16)]) -> Signature {
    let symptoms: Vec<Value> = events
        .iter()
        .enumerate()
        .map(|(n, (provider, event_id))| {
            json!({
                "id": format!("s{n}"), "description": "An event of this kind",
                "provider": [provider], "event_id": event_id,
                "role": "core", "layouts": [],
            })
        })
        .collect();
    let ids: Vec<String> = (0..events.len()).map(|n| format!("s{n}")).collect();
    let text = json!({
        "id": id, "revision": 1, "title": "Made up for a test",
        "products": [{ "name": "Test", "versions": ["1"] }],
        "severity": "low", "cause": "None.", "resolution": ["Nothing to do."],
        "symptoms": symptoms,
        "join": { "window_s": 600, "anchor": [ids[0]] },
        "verdicts": { "possible": { "any": ids.iter().map(|id| json!({ "found": [id] })).collect::<Vec<_>>() } },
    });
    serde_json::from_value(text).expect("a signature")
}

fn set(signatures: impl IntoIterator<Item = Signature>) -> SignatureSet {
    let mut set = SignatureSet::empty();
    for signature in signatures {
        set.add("test", signature).expect("ids differ");
    }
    set
}

/// This signature among so many others, none of which wants anything that exists.
fn among(signature: &Signature, others: usize) -> SignatureSet {
    let other = |n: usize| {
        let provider = format!("No Such Source {}", n % 700);
        self::signature(&format!("X{n:05}"), &[(&provider, 1 + (n % 5000) as u16)])
    };
    set(std::iter::once(signature.clone()).chain((0..others).map(other)))
}

const PROVIDERS: [&str; 8] = [
    "Disk",
    "Contoso Backup",
    "MSExchangeMTA",
    "Microsoft-Windows-Eventlog",
    "Security",
    "Contoso-Windows-Storage",
    "Wächter",
    "X",
];

/// The name in a random case.
fn any_case(name: &str, rng: &mut Rng) -> String {
    let flip = |c: char| {
        if c.is_ascii_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };
    match rng.below(3) {
        0 => name.to_owned(),
        1 => name.to_ascii_uppercase(),
        _ => name
            .chars()
            .map(|c| if rng.below(2) == 0 { c } else { flip(c) })
            .collect(),
    }
}

/// Events in stretches of one computer and one provider, as logs have them, and now and then not.
fn events(rng: &mut Rng) -> Vec<EventSpec> {
    let mut events = Vec::new();
    let mut time = 949_800_000;
    let computers = ["SEATTLE", "PORTLAND.contoso.example"];
    for _ in 0..1 + rng.below(12) {
        let provider = PROVIDERS[rng.below(PROVIDERS.len())];
        let (computer, channel) = (
            computers[rng.below(2)],
            ["Application", "System"][rng.below(2)],
        );
        let mixed = rng.below(5) == 0;
        for _ in 0..rng.below(40) {
            // Clocks are set back; ids are left out.
            time += rng.below(90) as i64 - if rng.below(20) == 0 { 4000 } else { 0 };
            let computer = if mixed {
                computers[rng.below(2)]
            } else {
                computer
            };
            let id = [11, 104, 1102, 4101, 517][rng.below(5)];
            let mut event = EventSpec::new(&any_case(provider, rng), id)
                .level(1 + (rng.below(4)) as u8)
                .computer(computer)
                .channel(channel)
                .at(time, 0)
                .strings((0..rng.below(6)).map(|n| format!("string {n} & {}", rng.below(9))));
            if rng.below(6) == 0 {
                event =
                    event.event_source_name(&any_case(PROVIDERS[rng.below(PROVIDERS.len())], rng));
            }
            if rng.below(30) == 0 {
                event = event.record_id(1000 + 7 * events.len() as u64);
            }
            events.push(event);
        }
    }
    events
}

fn writer(rng: &mut Rng) -> EvtxWriter {
    let mut writer = EvtxWriter::new()
        .layout([Layout::NameInTemplate, Layout::NameAsSubstitution][rng.below(2)])
        .data_shape([DataShape::StringArray, DataShape::OneEach][rng.below(2)])
        .style([Style::Native, Style::Native, Style::Forwarded][rng.below(3)])
        .dirty(rng.below(4) == 0);
    if rng.below(2) == 0 {
        writer = writer.records_per_chunk(1 + rng.below(30));
    }
    if rng.below(5) == 0 {
        writer = writer.header_ids_from(1 + rng.below(100) as u64);
    }
    writer
}

/// A log of an earlier pass behind the records of the last chunk, as in a log that has wrapped.
fn with_stale_records(mut file: Vec<u8>, rng: &mut Rng) -> Vec<u8> {
    const CHUNK: usize = 65_536;
    let older = EvtxWriter::new()
        .header_ids_from(1 + rng.below(3) as u64)
        .write(&events(rng));
    let Some(start) = file.len().checked_sub(CHUNK) else {
        return file;
    };
    let Some(old) = older.get(4096..4096 + CHUNK) else {
        return file;
    };
    let free = |chunk: &[u8]| {
        chunk
            .get(48..52)
            .map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize)
    };
    let from = free(&file[start..]);
    if (512..CHUNK).contains(&from) {
        file[start + from..].copy_from_slice(&old[from..]);
    }
    file
}

#[test]
fn passing_over_does_not_show() {
    let folder = std::env::temp_dir().join(format!("eventkb-passing-over-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("log.evtx");
    let (mut found, mut nothing) = (0, 0);
    let rounds = if cfg!(debug_assertions) { 150 } else { 600 };
    for seed in 0..rounds {
        let mut rng = Rng::new(seed);
        let mut file = writer(&mut rng).write(&events(&mut rng));
        if rng.below(3) == 0 {
            file = with_stale_records(file, &mut rng);
        }
        let mut done = String::from("sound");
        if rng.below(2) == 0 {
            let damage = Damage::ALL[rng.below(Damage::ALL.len())];
            let applied = damage.apply(&mut file, seed);
            if rng.below(2) == 0 {
                eventkb_testkit::damage::repair_crcs(&mut file);
            }
            done = format!("{damage:?} {:?}", applied.map(|report| report.range));
        }
        std::fs::write(&path, &file).expect("written");
        let provider = PROVIDERS[rng.below(PROVIDERS.len())];
        let wanted = signature(
            "T1",
            &[(&any_case(provider, &mut rng), 11), (provider, 4101)],
        );
        for others in [0, 300] {
            let paths = [path.clone()];
            let findings = compare(
                &paths,
                &among(&wanted, others),
                &format!("seed {seed}, {done}, {provider}, {others} others"),
            );
            *(if findings > 0 {
                &mut found
            } else {
                &mut nothing
            }) += 1;
        }
    }
    std::fs::remove_dir_all(&folder).expect("removed");
    println!("{found} reports with findings, {nothing} without");
    assert!(
        found > 50 && nothing > 50,
        "{found} with, {nothing} without: the test tests little"
    );
}

/// A ring of these events: sound, copied live, come round, or cut; and now and then damaged.
fn evt(rng: &mut Rng, events: &[EventSpec]) -> Vec<u8> {
    let mut writer = EvtWriter::new()
        .first_number(1 + rng.below(3) as u32 * 70_000)
        .drop_extra(rng.below(4));
    if rng.below(3) == 0 {
        writer = writer.dirty(true).header_after(rng.below(20));
    }
    if rng.below(3) > 0 {
        writer = writer.max_size(2000 + 4 * rng.below(8000));
    }
    if rng.below(8) == 0 {
        writer = writer.cleared_after(rng.below(1 + events.len()));
    }
    let mut bytes = writer.write(events);
    match rng.below(6) {
        0 => bytes.truncate(48 + rng.below(bytes.len())),
        1 => {
            for _ in 0..1 + rng.below(4) {
                let at = rng.below(bytes.len());
                bytes[at] ^= 1 << rng.below(8);
            }
        }
        2 => bytes.resize(bytes.len() + 4 * rng.below(300), 0),
        _ => {}
    }
    bytes
}

#[test]
fn nor_in_logs_of_nt() {
    let folder = std::env::temp_dir().join(format!("eventkb-passing-evt-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let (mut found, mut nothing) = (0, 0);
    for seed in 0..if cfg!(debug_assertions) { 200 } else { 800 } {
        let mut rng = Rng::new(seed);
        let events = events(&mut rng);
        let name = ["SecEvent.Evt", "AppEvent.Evt", "copy.bin"][rng.below(3)];
        let path = folder.join(name);
        std::fs::write(&path, evt(&mut rng, &events)).expect("written");
        let provider = PROVIDERS[rng.below(PROVIDERS.len())];
        let wanted = signature(
            "T1",
            &[(&any_case(provider, &mut rng), 11), (provider, 4101)],
        );
        let what = format!("seed {seed}, {name}, {provider}");
        let findings = compare(&[path], &among(&wanted, 0), &what);
        *(if findings > 0 {
            &mut found
        } else {
            &mut nothing
        }) += 1;
    }
    std::fs::remove_dir_all(&folder).expect("removed");
    println!("{found} reports with findings, {nothing} without");
    assert!(
        found > 20 && nothing > 20,
        "{found} with, {nothing} without: the test tests little"
    );
}

/// The Security log says itself that it was cleared; no signature asks for that.
#[test]
fn a_cleared_log_of_nt_is_noticed() {
    let path = std::env::temp_dir().join(format!("{}_SecEvent.Evt", std::process::id()));
    let cleared = EventSpec::new("Security", 517)
        .computer("SEATTLE")
        .at(949_800_000, 0);
    let logon = EventSpec::new("Security", 528)
        .computer("SEATTLE")
        .at(949_800_060, 0);
    std::fs::write(&path, EvtWriter::new().write(&[cleared, logon])).expect("written");
    let wanted = among(&signature("T1", &[("Security", 529)]), 0);
    for unexplained in [CountUnexplained::Always, CountUnexplained::Never] {
        let report = report(std::slice::from_ref(&path), &wanted, unexplained, 1);
        let log = &report["coverage"][0];
        assert_eq!(log["channel"], "Security", "{report:#}");
        assert_eq!(log["cleared"], json!(["2000-02-06T01:20:00Z"]), "{log:#}");
    }
    std::fs::remove_file(path).expect("removed");
}

fn corpus() -> Option<PathBuf> {
    let shared = std::env::var_os("EVENTKB_SHARED");
    if shared.is_none() {
        println!("skipped: EVENTKB_SHARED is not set");
    }
    shared.map(|shared| Path::new(&shared).join("corpus"))
}

#[test]
fn nor_over_real_logs_with_one_signature_or_2000() {
    let Some(corpus) = corpus() else { return };
    let paths = [corpus];
    let wanted = signature(
        "T1",
        &[
            ("service control manager", 7036),
            ("Service Control Manager", 7045),
            ("MSIINSTALLER", 1033),
            ("Microsoft-Windows-Security-Auditing", 4720),
            ("disk", 7),
            ("VSS", 8224),
            ("ESENT", 326),
        ],
    );
    for others in [0, 1999] {
        let findings = compare(&paths, &among(&wanted, others), &format!("{others} others"));
        assert!(findings > 0, "the corpus holds such events");
    }
    let built_in = SignatureSet::built_in();
    compare(&paths, &built_in, "built-in");
}

#[test]
fn the_inventory_of_real_logs_counts_the_same() {
    let Some(corpus) = corpus() else { return };
    // Without signatures every record is looked at.
    let all = inventory(std::slice::from_ref(&corpus), &ScanOptions::default());
    let none = among(&signature("T1", &[("No Such Source", 1)]), 0);
    let options = ScanOptions {
        unexplained: CountUnexplained::Never,
        ..ScanOptions::default()
    };
    let passing = scan(&[corpus], &none, &options);
    let accounts = |report: &Report| {
        (
            report.inputs.clone(),
            report.coverage.clone(),
            report.totals.clone(),
        )
    };
    assert!(accounts(&all) == accounts(&passing), "the accounts differ");
}
