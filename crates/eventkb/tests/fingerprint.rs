//! Records that say the same as one before are not decoded again. That must not show: a scan gives
//! what a session gives that is fed every event in full, one by one.

mod common;

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eventkb::report::Finding;
use eventkb::{EventFilter, ScanOptions, Session, SignatureSet, list_events, scan};
use eventkb_testkit::evtx::{DataShape, EvtxWriter, Layout, Style};
use eventkb_testkit::scenario::{START, storm};

fn fed(path: &Path, signatures: &Arc<SignatureSet>, options: &ScanOptions) -> Vec<Finding> {
    let mut session = Session::new(signatures);
    let mut each = |event| {
        session.feed(&event);
        ControlFlow::Continue(())
    };
    let mut filter = EventFilter::default();
    filter.scope = options.scope();
    list_events(&[path.to_owned()], &filter, &options.reading(), &mut each);
    session.finish().findings
}

/// What a finding says of events; what it says of logs depends on who accounts for them.
fn in_short(finding: &Finding) -> String {
    format!(
        "{:?}",
        (
            &finding.signature.id,
            finding.verdict,
            finding.occurrences,
            &finding.computers,
            (&finding.first, &finding.last),
            finding
                .symptoms
                .iter()
                .map(|s| (&s.id, s.state, s.count, &s.citations))
                .collect::<Vec<_>>(),
            &finding.groups,
            &finding.timeline,
        )
    )
}

#[test]
fn a_scan_finds_what_a_session_finds_that_is_fed_everything() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fingerprint");
    fs::create_dir_all(&folder).expect("a folder");
    let signatures = common::built_in();
    let mut seed = 0;
    for layout in [Layout::NameInTemplate, Layout::NameAsSubstitution] {
        for data in [DataShape::StringArray, DataShape::OneEach] {
            for style in Style::ALL {
                seed += 1;
                let writer = EvtxWriter::new()
                    .layout(layout)
                    .data_shape(data)
                    .style(style);
                let path: PathBuf = folder.join(format!("{seed}.evtx"));
                fs::write(&path, writer.write(&storm(seed))).expect("written");
                for since in [None, jiff::Timestamp::from_second(START + 1000).ok()] {
                    let options = common::options(|o| {
                        o.since = since;
                        o.threads = 1;
                    });
                    let wanted = fed(&path, &signatures, &options);
                    let got = scan(std::slice::from_ref(&path), &signatures, &options).findings;
                    assert!(got.len() > 3, "the log holds articles");
                    let wanted: Vec<String> = wanted.iter().map(in_short).collect();
                    let got: Vec<String> = got.iter().map(in_short).collect();
                    assert_eq!(got, wanted, "{layout:?} {data:?} {style:?} {since:?}");
                }
            }
        }
    }
}
