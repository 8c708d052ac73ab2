//! Message texts that lie beside an exported log are shown with its events.
#![cfg(feature = "archives")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use eventkb_logs::{EventFilter, ReadOptions, ReadResult, list_events};
use eventkb_testkit::evtx::EvtxWriter;
use eventkb_testkit::scenario::{Attempt, START};
use eventkb_testkit::{EventSpec, Rendering, mta};
use zip::write::SimpleFileOptions;

/// The events of the flagship article, and what Windows would show for them.
fn events() -> (Vec<EventSpec>, Vec<EventSpec>) {
    let plain = Attempt::on_one_computer(START).events();
    let shown = plain
        .iter()
        .map(|event| {
            let text = format!("Shown by Windows: {}.\r\n", event.event_id);
            let rendering = Rendering::english(&text, "Warning", "Interface");
            EventSpec {
                rendering: Some(rendering),
                ..event.clone()
            }
        })
        .collect();
    (plain, shown)
}

fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    // It may be there from an earlier run.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn put(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, bytes).expect("written");
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .expect("a member");
        writer.write_all(bytes).expect("written");
    }
    writer.finish().expect("a zip").into_inner()
}

/// Messages by event id, and the account.
fn messages(paths: &[PathBuf]) -> (BTreeMap<u16, Option<String>>, ReadResult) {
    let mut messages = BTreeMap::new();
    let options = ReadOptions::default();
    let report = list_events(paths, &EventFilter::default(), &options, &mut |event| {
        messages.insert(event.event_id, event.message);
        ControlFlow::Continue(())
    });
    (messages, report)
}

fn shown() -> BTreeMap<u16, Option<String>> {
    let text = |event: &EventSpec| Some(format!("Shown by Windows: {}.", event.event_id));
    events()
        .0
        .iter()
        .map(|event| (event.event_id, text(event)))
        .collect()
}

#[test]
fn texts_are_found_wherever_a_second_look_is_possible() {
    let (plain, rendered) = events();
    let (log, texts) = (EvtxWriter::new().write(&plain), mta::write(&rendered));
    let (name, beside) = ("case/SEATTLE.evtx", "case/LocaleMetaData/SEATTLE_1033.MTA");
    let zip = zipped(&[(name, &log), (beside, &texts)]);
    let texts_first = zipped(&[("LocaleMetaData/a_1033.MTA", &texts), ("a.evtx", &log)]);
    let nested = zipped(&[("inner.zip", &zip)]);

    /// Name of the case, files, whether the texts are shown, and what is said of them.
    type Case<'a> = (&'a str, &'a [(&'a str, &'a [u8])], bool, &'a str);
    let cases: [Case<'_>; 7] = [
        (
            "in its folder",
            &[(name, &log), (beside, &texts)],
            true,
            "shown with the events of",
        ),
        (
            "flattened",
            &[("a.evtx", &log), ("A_1033.mta", &texts)],
            true,
            "shown with the events of",
        ),
        (
            "in a zip",
            &[("case.zip", &zip)],
            true,
            "shown with the events of",
        ),
        (
            "before its log in a zip",
            &[("case.zip", &texts_first)],
            true,
            "shown with the events of",
        ),
        (
            "in a zip in a zip",
            &[("case.zip", &nested)],
            false,
            "read only once",
        ),
        (
            "without its log",
            &[("a.evtx", &log), ("b_1033.MTA", &texts)],
            false,
            "not beside them",
        ),
        (
            "cut off",
            &[("a.evtx", &log), ("a_1033.MTA", &texts[..2000])],
            false,
            "cannot be used",
        ),
    ];
    for (case, files, found, said) in cases {
        let folder = fresh("texts");
        files
            .iter()
            .for_each(|(name, bytes)| put(&folder, name, bytes));
        let (messages, report) = messages(std::slice::from_ref(&folder));
        assert_eq!(messages.len(), shown().len(), "{case}");
        if found {
            assert_eq!(messages, shown(), "{case}");
        } else {
            assert!(messages.values().all(Option::is_none), "{case}");
        }
        let reasons: Vec<&str> = report.ignored.iter().map(|i| i.reason.as_str()).collect();
        assert!(
            matches!(reasons.as_slice(), [reason] if reason.contains(said)),
            "{case}: {reasons:?}"
        );
    }
}

#[test]
fn a_log_named_by_itself_has_its_texts() {
    let (plain, rendered) = events();
    let folder = fresh("texts-named");
    put(
        &folder,
        "a.evtx",
        &EvtxWriter::new().header_ids_from(77).write(&plain),
    );
    put(&folder, "LocaleMetaData/a_1033.MTA", &mta::write(&rendered));
    assert_eq!(messages(&[folder.join("a.evtx")]).0, shown());
}
