//! What lies around a dump: links that lead out of it, pipes, devices and views of the system are
//! named and not read.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "tests may panic")]

#[path = "common/folder.rs"]
mod folder;

use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use eventkb_logs::{EventFilter, ReadOptions, ReadResult, list_events};
use eventkb_testkit::EventSpec;
use eventkb_testkit::evtx::EvtxWriter;
use folder::Folder;

fn read(paths: &[PathBuf], follow_links: bool) -> ReadResult {
    let mut options = ReadOptions::default();
    options.follow_links = follow_links;
    let filter = EventFilter::default();
    list_events(paths, &filter, &options, &mut |_| ControlFlow::Continue(()))
}

fn log(path: &Path) {
    let event = EventSpec::new("Contoso", 7).strings(["a"]);
    fs::write(path, EvtxWriter::new().write(&[event])).expect("written");
}

fn names(result: &ReadResult) -> Vec<String> {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    result
        .files
        .iter()
        .map(|file| name(&file.input.path))
        .collect()
}

#[test]
fn links_that_lead_out_are_named() {
    let folder = Folder::new("links");
    let (dump, other) = (folder.0.join("dump"), folder.0.join("other"));
    fs::create_dir_all(dump.join("sub")).expect("a folder");
    fs::create_dir_all(&other).expect("a folder");
    log(&dump.join("in.evtx"));
    log(&dump.join("sub/below.evtx"));
    log(&other.join("out.evtx"));
    symlink("/", dump.join("root")).expect("a link");
    symlink("../other", dump.join("other")).expect("a link");
    symlink("../other/out.evtx", dump.join("file.evtx")).expect("a link");
    symlink("sub", dump.join("again")).expect("a link");
    symlink("nowhere", dump.join("broken")).expect("a link");

    let result = read(std::slice::from_ref(&dump), false);
    assert_eq!(result.files.len(), 3, "{:?}", names(&result));
    let out = "it is a link that leads out of the given paths";
    let left: Vec<&str> = result
        .ignored
        .iter()
        .filter(|ignored| ignored.reason == out)
        .filter_map(|ignored| ignored.path.rsplit('/').next())
        .collect();
    assert_eq!(left, ["file.evtx", "other", "root"]);

    // What was asked for by name is read, and so is what lies in another path that was.
    let result = read(&[dump.join("file.evtx")], false);
    assert_eq!(names(&result), ["file.evtx"]);
    fs::remove_file(dump.join("root")).expect("it is there");
    let result = read(&[dump.clone(), other], false);
    assert!(result.ignored.iter().all(|ignored| ignored.reason != out));
    let result = read(&[dump], true);
    assert!(names(&result).contains(&"out.evtx".to_owned()));
}

#[test]
fn what_is_no_file_is_named() {
    let folder = Folder::new("special");
    log(&folder.0.join("in.evtx"));
    let pipe = folder.0.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let result = read(std::slice::from_ref(&folder.0), false);
    assert_eq!(names(&result), ["in.evtx"]);
    assert_eq!(result.ignored.len(), 1, "{:?}", result.ignored);
    for path in ["/dev/zero", "/dev/null"] {
        let result = read(&[path.into()], false);
        assert_eq!((result.files.len(), result.ignored.len()), (0, 1), "{path}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn views_of_the_system_are_no_logs() {
    for path in ["/proc", "/proc/self", "/proc/self/mem", "/sys"] {
        if !Path::new(path).exists() {
            continue;
        }
        let result = read(&[path.into()], true);
        assert_eq!((result.files.len(), result.ignored.len()), (0, 1), "{path}");
    }
    let folder = Folder::new("proc");
    symlink("/proc/self", folder.0.join("self")).expect("a link");
    let result = read(std::slice::from_ref(&folder.0), true);
    assert_eq!((result.files.len(), result.ignored.len()), (0, 1));
}
