//! `make-testdata`: writes the logs below `testdata/` and `examples/` anew, byte for byte.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use eventkb_testkit::testdata;

const USAGE: &str = "\
make-testdata [FOLDER]

Writes the test logs and those of the examples below FOLDER (default: the project's own folder).
Other files, such as expected.json, are left alone.
";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let root = match (arguments.next(), arguments.next()) {
        (None, _) => Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."),
        (Some(folder), None) if !folder.to_string_lossy().starts_with('-') => PathBuf::from(folder),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    let parts = [
        ("testdata", testdata::files()),
        ("examples/custom-signature", testdata::example_files()),
    ];
    for (folder, files) in parts {
        for file in files {
            let place = format!("{folder}/{}", file.path);
            if let Err(problem) = write(&root.join(&place), &file.bytes) {
                eprintln!("make-testdata: {place}: {problem}");
                return ExitCode::FAILURE;
            }
            println!("{:>7} {place}", file.bytes.len());
        }
    }
    ExitCode::SUCCESS
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, bytes)
}
