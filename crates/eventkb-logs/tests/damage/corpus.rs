//! Logs with one known damage each, and crafted ones, outside the repository: set
//! `EVENTKB_SHARED` to the folder that holds `corpus/damaged`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use eventkb_logs::event::{Event, Trust};
use eventkb_logs::{ReadOptions, read};

use crate::trial;

fn folder() -> PathBuf {
    let shared = std::env::var_os("EVENTKB_SHARED").expect("EVENTKB_SHARED");
    Path::new(&shared).join("corpus/damaged")
}

fn logs(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path());
    let mut logs: Vec<PathBuf> = entries.filter(|path| path.is_file()).collect();
    logs.sort();
    logs
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// What a record says, wherever it stands and however far it can be believed.
fn bare(event: &Event) -> Event {
    Event {
        offset: None,
        trust: Trust::Intact,
        ..event.clone()
    }
}

#[test]
#[ignore = "needs real logs: set EVENTKB_SHARED"]
fn every_loss_is_named() {
    let folder = folder();
    println!(
        "{:48} {:>5} {:>5} {:>6} {:>5} {:>9} {:>9}",
        "log", "sound", "read", "failed", "lost", "missing", "unflagged"
    );
    for path in logs(&folder) {
        let sound = folder.join(name(&path).replace(".evtx", ".base.evtx"));
        if !sound.is_file() {
            continue;
        }
        let before = trial::read(&std::fs::read(sound).expect("readable"));
        let after = trial::read(&std::fs::read(&path).expect("readable"));
        let events: BTreeMap<usize, Event> = before.live;
        let missing = events
            .keys()
            .filter(|place| !after.live.contains_key(place))
            .count();
        let changed = |(place, event): &(&usize, &Event)| {
            events
                .get(place)
                .is_none_or(|sound| bare(sound) != bare(event))
        };
        let unflagged = after
            .live
            .iter()
            .filter(changed)
            .filter(|(_, e)| e.trust == Trust::Intact)
            .count();
        let account = &after.integrity;
        println!(
            "{:48} {:>5} {:>5} {:>6} {:>5} {missing:>9} {unflagged:>9}",
            name(&path),
            events.len(),
            account.read,
            account.failed,
            account.lost,
        );
        for defect in &account.defects {
            println!("    {} {:?}: {}", defect.count, defect.code, defect.message);
        }
        assert_eq!(
            account.promised,
            Some(account.read + account.failed + account.lost)
        );
        assert!(
            missing as u64 <= account.failed + account.lost,
            "{}: {account:?}",
            name(&path)
        );
        assert!(
            missing == 0 || account.may_hide_records(),
            "{}",
            name(&path)
        );
        // The lossy ones were made with the checksums as they were or put right; the wrong ones
        // show what only a checksum can tell.
        assert!(
            unflagged == 0 || account.may_hide_records() || hidden(&path),
            "{}",
            name(&path)
        );
    }
}

/// Whether the checksums of a damaged log were put right, so that nothing can tell.
fn hidden(path: &Path) -> bool {
    let bytes = std::fs::read(path).expect("readable");
    let mut repaired = bytes.clone();
    eventkb_testkit::damage::repair_crcs(&mut repaired);
    repaired == bytes
}

/// Peak of this process's memory in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// The child of the test below: reads one log and prints what it took.
#[test]
fn measured_child() {
    let Some(path) = std::env::var_os("EVENTKB_MEASURE") else {
        return;
    };
    let before = peak();
    let start = Instant::now();
    let sinks = vec![trial::All::default()];
    let (result, _) = read(&[path.into()], &ReadOptions::default(), sinks);
    let time = start.elapsed().as_millis();
    let input = &result.files.first().expect("one file").input;
    println!(
        "measured {time} {} {before} {} {} {:?}",
        peak(),
        input.records_read,
        input.records_lost,
        input.defects
    );
}

#[test]
#[ignore = "needs real logs: set EVENTKB_SHARED"]
fn crafted_logs_take_little_time_and_memory() {
    let folder = folder();
    let program = std::env::current_exe().expect("this program");
    println!(
        "{:40} {:>8} {:>8} {:>8} {:>6} {:>6}",
        "log", "ms", "peak KiB", "before", "read", "lost"
    );
    for path in logs(&folder) {
        let crafted = ["slow-", "mem-", "inject-", "depth-"]
            .iter()
            .any(|kind| name(&path).starts_with(kind));
        if !crafted {
            continue;
        }
        let output = Command::new(&program)
            .args(["--exact", "corpus::measured_child", "--nocapture"])
            .env("EVENTKB_MEASURE", &path)
            .output()
            .expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text
            .lines()
            .find_map(|line| line.split_once("measured "))
            .map(|(_, rest)| rest);
        let line = line.unwrap_or_else(|| panic!("{}: {text}", name(&path)));
        let mut numbers = line.splitn(6, ' ');
        let mut next = || numbers.next().unwrap_or("").to_owned();
        let (time, peak, before, read, lost) = (next(), next(), next(), next(), next());
        println!(
            "{:40} {time:>8} {peak:>8} {before:>8} {read:>6} {lost:>6}",
            name(&path)
        );
        println!("    {}", next());
        let time: u64 = time.parse().expect("a number");
        let peak: u64 = peak.parse().expect("a number");
        assert!(
            Duration::from_millis(time) < Duration::from_secs(2),
            "{}: {time} ms",
            name(&path)
        );
        if cfg!(target_os = "linux") {
            assert!(peak > 0 && peak < 64 * 1024, "{}: {peak} KiB", name(&path));
        }
    }
}

/// Element names from a log must not become fields of an event.
#[test]
#[ignore = "needs real logs: set EVENTKB_SHARED"]
fn injected_names_forge_nothing() {
    let folder = folder();
    for path in logs(&folder) {
        if !name(&path).starts_with("inject-") {
            continue;
        }
        let reading = trial::read(&std::fs::read(&path).expect("readable"));
        for event in reading.live.values() {
            println!(
                "{}: {} {} {:?}",
                name(&path),
                event.provider,
                event.event_id,
                event.named
            );
            assert_ne!(event.event_id, 4624, "{}", name(&path));
        }
        let account = &reading.integrity;
        println!("  {account:?}");
        assert_eq!(
            account.promised,
            Some(account.read + account.failed + account.lost)
        );
    }
    let sinks = vec![trial::All::default()];
    let (result, _) = read(&[folder], &ReadOptions::default(), sinks);
    assert!(result.files.len() > 30);
}
