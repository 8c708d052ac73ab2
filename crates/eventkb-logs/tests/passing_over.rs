//! Chunks in which nobody wants anything are passed over: their records are counted, not read one
//! by one. That must not show. Every log here is read twice, once by a sink that lets nothing be
//! passed over, and what comes out, events and account, must be equal.
//!
//! With `EVENTKB_SHARED` set to the folder that holds `corpus/`, `cargo test -- --ignored` does the
//! same over real logs.
#![allow(clippy::print_stdout, reason = "it says what it compared")]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use eventkb_logs::{Admission, Event, EventKind, FileReport, Head, ReadOptions, Sink, read};
use eventkb_testkit::damage::Damage;
use eventkb_testkit::event::EventSpec;
use eventkb_testkit::evt::EvtWriter;
use eventkb_testkit::evtx::{DataShape, EvtxWriter, Layout, Style};
use eventkb_testkit::rng::Rng;

/// Wants the events of some providers with some ids.
#[derive(Debug, Clone, Default)]
struct Wants {
    kinds: Vec<(String, u16)>,
    /// Whether it lets other providers be passed over.
    passes_over: bool,
    heads: u64,
    events: Vec<String>,
}

impl Wants {
    fn new(kinds: &[(&str, u16)]) -> Wants {
        let owned = |(provider, id): &(&str, u16)| ((*provider).to_owned(), *id);
        Wants {
            kinds: kinds.iter().map(owned).collect(),
            ..Wants::default()
        }
    }
}

impl Wants {
    fn wants(&self, kind: &EventKind<'_>) -> bool {
        let wanted = |(want, id): &(String, u16)| {
            *id == kind.event_id
                && (want.eq_ignore_ascii_case(kind.provider)
                    || kind
                        .event_source
                        .is_some_and(|source| want.eq_ignore_ascii_case(source)))
        };
        self.kinds.iter().any(wanted)
    }
}

impl Sink for Wants {
    fn passes_over(&self, kind: &EventKind<'_>) -> bool {
        self.passes_over && !self.wants(kind)
    }

    fn admit(&mut self, head: &Head<'_>) -> Admission {
        self.heads += 1;
        if self.wants(&EventKind::of(head)) {
            Admission::Full
        } else {
            Admission::Skip
        }
    }

    fn event(&mut self, event: Event, _: Option<&[u8]>) -> ControlFlow<()> {
        self.events.push(format!("{event:?}"));
        ControlFlow::Continue(())
    }
}

/// The events, sorted, the account of each file, and how many heads were shown.
fn seen(paths: &[PathBuf], wants: &Wants, threads: usize) -> (Vec<String>, Vec<FileReport>, u64) {
    let mut options = ReadOptions::default();
    options.threads = threads;
    let sinks = vec![wants.clone(); options.sinks()];
    let (result, sinks) = read(paths, &options, sinks);
    let heads = sinks.iter().map(|sink| sink.heads).sum();
    let mut events: Vec<String> = sinks.into_iter().flat_map(|sink| sink.events).collect();
    events.sort();
    (events, result.files, heads)
}

/// Compares the two ways; gives how many events are wanted, and how many heads were spared.
fn compare(paths: &[PathBuf], wants: &Wants, what: &str) -> (usize, u64) {
    let (events, accounts, all) = seen(paths, wants, 1);
    let passing = Wants {
        passes_over: true,
        ..wants.clone()
    };
    let mut shown = 0;
    for threads in [1, 3] {
        let got = seen(paths, &passing, threads);
        shown = got.2;
        assert!(got.0 == events, "{what}, {threads} threads: other events");
        assert!(
            got.1 == accounts,
            "{what}, {threads} threads: {:#?}, wanted {accounts:#?}",
            got.1
        );
    }
    (events.len(), all - shown)
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

/// Events in rows of one computer and one provider, as logs have them, and now and then not.
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
        .style(Style::ALL[rng.below(3)])
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
    let (mut found, mut nothing, mut spared) = (0, 0, 0);
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
        let wants = Wants::new(&[(&any_case(provider, &mut rng), 11), (provider, 4101)]);
        let what = format!("seed {seed}, {done}, {provider}");
        let (events, heads) = compare(std::slice::from_ref(&path), &wants, &what);
        found += usize::from(events > 0);
        nothing += usize::from(events == 0);
        spared += heads;
    }
    std::fs::remove_dir_all(&folder).expect("removed");
    println!("{found} logs with wanted events, {nothing} without; {spared} heads spared");
    assert!(
        found > 50 && nothing > 20 && spared > 500,
        "{found} with, {nothing} without, {spared} spared: the test tests little"
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
    let (mut found, mut nothing, mut spared) = (0, 0, 0);
    for seed in 0..if cfg!(debug_assertions) { 200 } else { 800 } {
        let mut rng = Rng::new(seed);
        let events = events(&mut rng);
        let name = ["SecEvent.Evt", "AppEvent.Evt", "copy.bin"][rng.below(3)];
        let path = folder.join(name);
        std::fs::write(&path, evt(&mut rng, &events)).expect("written");
        let provider = PROVIDERS[rng.below(PROVIDERS.len())];
        let wants = Wants::new(&[(&any_case(provider, &mut rng), 11), (provider, 4101)]);
        let what = format!("seed {seed}, {name}, {provider}");
        let (events, heads) = compare(&[path], &wants, &what);
        found += usize::from(events > 0);
        nothing += usize::from(events == 0);
        spared += heads;
    }
    std::fs::remove_dir_all(&folder).expect("removed");
    println!("{found} logs with wanted events, {nothing} without; {spared} heads spared");
    assert!(
        found > 20 && nothing > 20 && spared > 500,
        "{found} with, {nothing} without, {spared} spared: the test tests little"
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
    let wants = Wants::new(&[("Security", 529)]);
    for passes_over in [false, true] {
        let wants = Wants {
            passes_over,
            ..wants.clone()
        };
        let (_, files, _) = seen(std::slice::from_ref(&path), &wants, 1);
        let span = files[0].spans.first().expect("a log");
        assert_eq!(span.channel, "Security");
        let cleared: Vec<String> = span.cleared.iter().map(ToString::to_string).collect();
        assert_eq!(cleared, ["2000-02-06T01:20:00Z"]);
    }
    std::fs::remove_file(path).expect("removed");
}

#[test]
#[ignore = "needs real logs: set EVENTKB_SHARED"]
fn nor_over_real_logs() {
    let shared = std::env::var_os("EVENTKB_SHARED").expect("EVENTKB_SHARED");
    let paths = [Path::new(&shared).join("corpus")];
    let wants = Wants::new(&[
        ("service control manager", 7036),
        ("Service Control Manager", 7045),
        ("MSIINSTALLER", 1033),
        ("Microsoft-Windows-Security-Auditing", 4720),
        ("disk", 7),
        ("VSS", 8224),
        ("ESENT", 326),
    ]);
    let (events, spared) = compare(&paths, &wants, "some");
    println!("{events} wanted events, {spared} heads spared");
    assert!(events > 0 && spared > 0, "the corpus holds such events");
    let (_, spared) = compare(&paths, &Wants::new(&[("No Such Source", 1)]), "none");
    println!("{spared} heads spared where nothing is wanted");
}
