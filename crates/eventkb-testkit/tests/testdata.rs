//! The logs below `testdata/` and `examples/` are those the testkit makes, byte for byte.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use eventkb_testkit::testdata;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(name)
}

fn files_below(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files_below(&entry.path(), &format!("{name}/"), found);
        } else {
            found.insert(name);
        }
    }
}

#[test]
fn every_file_is_as_the_testkit_makes_it() {
    let parts = [
        ("testdata", testdata::files()),
        ("examples/custom-signature", testdata::example_files()),
    ];
    for (part, files) in parts {
        for file in files {
            let on_disk = fs::read(folder(part).join(file.path)).expect(file.path);
            assert!(
                on_disk == file.bytes,
                "{part}/{} differs: run `cargo run -p eventkb-testkit --bin make-testdata`",
                file.path
            );
        }
    }
}

#[test]
fn nothing_else_is_there() {
    let mut found = BTreeSet::new();
    files_below(&folder("testdata"), "", &mut found);
    let made: BTreeSet<String> = testdata::files()
        .iter()
        .map(|file| file.path.to_owned())
        .collect();
    let others: Vec<&String> = found
        .difference(&made)
        .filter(|name| !name.ends_with("/expected.json") && *name != "README.md")
        .collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn the_folder_stays_small() {
    let bytes: usize = testdata::files().iter().map(|file| file.bytes.len()).sum();
    assert!(bytes < 1_500_000, "{bytes} bytes");
}
