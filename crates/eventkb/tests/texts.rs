//! Message texts that lie beside an exported log change no finding.

mod common;

use std::fs;
use std::path::Path;

use eventkb::scan;
use eventkb_testkit::evtx::EvtxWriter;
use eventkb_testkit::scenario::{Attempt, START};
use eventkb_testkit::{EventSpec, Rendering, mta};

#[test]
fn texts_do_not_change_a_finding() {
    let plain = Attempt::on_one_computer(START).events();
    let rendered: Vec<EventSpec> = plain
        .iter()
        .map(|event| {
            let text = format!("Shown by Windows: {}.\r\n", event.event_id);
            EventSpec {
                rendering: Some(Rendering::english(&text, "Warning", "Interface")),
                ..event.clone()
            }
        })
        .collect();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("texts-scan");
    // It may be there from an earlier run.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("LocaleMetaData")).expect("a folder");
    fs::write(folder.join("a.evtx"), EvtxWriter::new().write(&plain)).expect("written");
    let texts = folder.join("LocaleMetaData/a_1033.MTA");
    for threads in [1, 4] {
        let options = common::options(|o| {
            o.threads = threads;
        });
        let findings = || {
            let paths = [folder.clone()];
            scan(&paths, &common::built_in(), &options).findings
        };
        let without = findings();
        fs::write(&texts, mta::write(&rendered)).expect("written");
        assert_eq!(findings(), without);
        assert!(!without.is_empty());
        fs::remove_file(&texts).expect("it is there");
    }
}
