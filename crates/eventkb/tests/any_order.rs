//! The same input gives the same report, byte for byte: for any number of threads, and in whatever
//! order the files are named or fed.

mod common;

use std::path::PathBuf;

use eventkb::scan;
use eventkb_testkit::bulk::{Background, BulkSpec};
use eventkb_testkit::evtx::Layout;
use eventkb_testkit::rng::Rng;

fn report(paths: &[PathBuf], threads: usize, skip: bool) -> String {
    let options = common::options(|o| {
        o.threads = threads;
        o.skip_unexplained = skip;
    });
    let report = scan(paths, &common::built_in(), &options);
    serde_json::to_string(&report).expect("a report")
}

/// Logs with findings, in many blocks, so that several threads have something to do.
fn logs(folder: &std::path::Path) -> Vec<PathBuf> {
    std::fs::create_dir_all(folder).expect("a folder");
    let kinds = [
        (Background::Classic, Layout::NameInTemplate, 1.0),
        (Background::Classic, Layout::NameInTemplate, 500.0),
        (Background::Manifest, Layout::NameAsSubstitution, 0.0),
        (Background::Manifest, Layout::NameAsSubstitution, 20.0),
        (Background::Manifest, Layout::NameAsSubstitution, 1000.0),
    ];
    let mut paths = Vec::new();
    for (n, (background, layout, relevant_per_mille)) in kinds.into_iter().enumerate() {
        let seed = 1 + n as u64;
        let spec = BulkSpec {
            background,
            layout,
            relevant_per_mille,
            seed,
            ..BulkSpec::new(9_000_000)
        };
        let path = folder.join(format!("log-{n}.evtx"));
        let mut file = std::fs::File::create(&path).expect("a file");
        spec.write_to(&mut file).expect("written");
        paths.push(path);
    }
    paths
}

#[test]
fn threads_and_order_do_not_show() {
    let folder = std::env::temp_dir().join(format!("eventkb-any-order-{}", std::process::id()));
    let mut paths = logs(&folder);
    for name in [
        "q253307-two-servers",
        "mixed-evt-evtx",
        "dirty-truncated",
        "hostile-names",
    ] {
        paths.push(common::testdata().join(name));
    }
    let mut rng = Rng::new(6);
    for skip in [false, true] {
        let first = report(&paths, 1, skip);
        assert!(first.contains("\"Q253307\""), "the logs hold the article");
        for threads in [1, 2, 3, 8] {
            for n in (1..paths.len()).rev() {
                paths.swap(n, rng.below(n + 1));
            }
            let got = report(&paths, threads, skip);
            if got != first {
                let at = got
                    .bytes()
                    .zip(first.bytes())
                    .position(|(a, b)| a != b)
                    .unwrap_or(0);
                let around = |text: &str| {
                    text.get(at.saturating_sub(300)..at + 100)
                        .unwrap_or("")
                        .to_owned()
                };
                panic!(
                    "{threads} threads, {skip}, {paths:?}:\n{}\nwanted\n{}",
                    around(&got),
                    around(&first)
                );
            }
        }
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}
