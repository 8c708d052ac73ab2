//! Records are searched for a text before they are decoded. That must not show: what is listed is
//! what an ordinary look at every event finds, and the account is the same.
//!
//! With `EVENTKB_CORPUS` set to a folder of logs, `cargo test -- --ignored` does the same over them.
#![allow(clippy::print_stdout, reason = "it says what it compared")]

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use eventkb_logs::{
    Event, EventFilter, JsonEvent, Making, ReadOptions, ReadResult, earliest_events, list_by_time,
    list_events, list_json,
};
use eventkb_testkit::damage::Damage;
use eventkb_testkit::event::EventSpec;
use eventkb_testkit::evtx::{DataShape, EvtxWriter, Layout, Style};
use eventkb_testkit::rng::Rng;

fn line(event: &Event) -> String {
    serde_json::to_string(&JsonEvent::from(event)).expect("plain data") + "\n"
}

fn listed(paths: &[PathBuf], filter: &EventFilter) -> (Vec<Event>, ReadResult) {
    let mut events = Vec::new();
    let result = list_events(paths, filter, &ReadOptions::default(), &mut |event| {
        events.push(event);
        ControlFlow::Continue(())
    });
    (events, result)
}

/// How many events have the text, by all ways to list them; and how many there are.
fn compare(paths: &[PathBuf], text: &str, what: &str) -> (usize, usize) {
    let mut filter = EventFilter::default();
    let (all, _) = listed(paths, &filter);
    filter.text = Some(text.to_owned());
    let wanted: Vec<&Event> = all.iter().filter(|event| filter.passes(event)).collect();

    let (events, result) = listed(paths, &filter);
    assert!(
        wanted.iter().copied().eq(&events),
        "{what}: events with {text:?}"
    );

    let options = ReadOptions::default();
    let mut lines = String::new();
    let by_line = list_json(paths, &filter, &options, &|text| text, &mut |more| {
        lines.push_str(&more.text);
        ControlFlow::Continue(())
    });
    let wanted_lines: Vec<String> = wanted.iter().map(|event| line(event)).collect();
    assert_eq!(lines, wanted_lines.concat(), "{what}: lines with {text:?}");
    assert_eq!(by_line.files, result.files, "{what}: the account of lines");

    let by_time = |filter: &EventFilter| {
        let mut sorted = String::new();
        let making = Making::Json;
        let by_time = list_by_time(paths, filter, &options, making, u64::MAX, &mut |more| {
            sorted.push_str(more);
            ControlFlow::Continue(())
        });
        (sorted, by_time.result.files)
    };
    let with: BTreeSet<&str> = wanted_lines.iter().map(String::as_str).collect();
    let (everything, _) = by_time(&EventFilter::default());
    let (sorted, files) = by_time(&filter);
    let left: Vec<&str> = everything
        .split_inclusive('\n')
        .filter(|line| with.contains(line))
        .collect();
    assert_eq!(sorted, left.concat(), "{what}: in order of time, {text:?}");
    assert_eq!(files, result.files, "{what}: the account in order of time");

    let earliest = earliest_events(paths, &filter, &options, usize::MAX);
    let mut found: Vec<String> = earliest.events.iter().map(line).collect();
    found.sort_unstable();
    let mut wanted_lines = wanted_lines.clone();
    wanted_lines.sort_unstable();
    assert_eq!(found, wanted_lines, "{what}: the earliest, {text:?}");
    (wanted.len(), all.len())
}

/// Texts to search for: in strings, in other values, over the borders of values, and in none.
const TEXTS: [&str; 14] = [
    "string 3",
    "STRING 3 & 7",
    "& 5",
    "grün",
    "GRÜN",
    "kelvin",
    "1",
    "0x1f",
    "string 3string",
    "nowhere at all",
    "5-1-5",
    "\u{212a}",
    "",
    "true",
];

fn events(rng: &mut Rng) -> Vec<EventSpec> {
    let odd = [
        "grün & blau",
        "\u{212a}elvin",
        "\u{130}",
        "0x1F",
        "S-1-5-18",
        "",
        "a\"b\\c",
    ];
    let mut time = 949_800_000;
    let many = 1 + rng.below(120);
    let one = |_| {
        time += rng.below(90) as i64;
        let strings = (0..rng.below(6)).map(|n| match rng.below(4) {
            0 => odd[rng.below(odd.len())].to_owned(),
            _ => format!("string {n} & {}", rng.below(9)),
        });
        let strings: Vec<String> = strings.collect();
        EventSpec::new(["Made", "Other"][rng.below(2)], 1 + rng.below(4) as u16)
            .computer("SEATTLE")
            .channel("Application")
            .at(time, 0)
            .strings(strings)
    };
    (0..many).map(one).collect()
}

fn writer(rng: &mut Rng) -> EvtxWriter {
    let mut writer = EvtxWriter::new()
        .layout([Layout::NameInTemplate, Layout::NameAsSubstitution][rng.below(2)])
        .data_shape([DataShape::StringArray, DataShape::OneEach][rng.below(2)])
        .style(Style::ALL[rng.below(3)]);
    if rng.below(2) == 0 {
        writer = writer.records_per_chunk(1 + rng.below(30));
    }
    writer
}

#[test]
fn searching_finds_what_looking_at_every_event_finds() {
    let folder = std::env::temp_dir().join(format!("eventkb-searching-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("log.evtx");
    let (mut found, mut left) = (0, 0);
    for seed in 0..120 {
        let mut rng = Rng::new(seed);
        let mut file = writer(&mut rng).write(&events(&mut rng));
        let mut done = String::from("sound");
        if rng.below(3) == 0 {
            let damage = Damage::ALL[rng.below(Damage::ALL.len())];
            damage.apply(&mut file, seed);
            if rng.below(2) == 0 {
                eventkb_testkit::damage::repair_crcs(&mut file);
            }
            done = format!("{damage:?}");
        }
        std::fs::write(&path, &file).expect("written");
        let text = TEXTS[rng.below(TEXTS.len())];
        let what = format!("seed {seed}, {done}");
        let (some, all) = compare(std::slice::from_ref(&path), text, &what);
        found += some;
        left += all - some;
    }
    std::fs::remove_dir_all(&folder).expect("removed");
    println!("{found} events found, {left} left out");
    assert!(found > 500 && left > 500, "{found} found, {left} left out");
}

#[test]
#[ignore = "needs real logs: set EVENTKB_CORPUS"]
fn so_it_does_in_real_logs() {
    let corpus = std::env::var_os("EVENTKB_CORPUS").expect("EVENTKB_CORPUS");
    let paths = [Path::new(&corpus).to_owned()];
    for text in [
        "mimikatz",
        "SYSTEM32",
        "kernel",
        "S-1-5-21",
        "0x80070005",
        "2019-",
        "{",
        "lsass",
        "true",
        "the system",
        "é",
        "windows defender",
        "svchost.exe -k",
    ] {
        let (found, all) = compare(&paths, text, "real logs");
        println!("{text:?}: {found} of {all}");
    }
}
