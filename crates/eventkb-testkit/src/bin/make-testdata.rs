//! `make-testdata`: writes the logs below `testdata/` anew, byte for byte.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use eventkb_testkit::testdata;

const USAGE: &str = "\
make-testdata [FOLDER]

Writes the test logs into FOLDER (default: the project's testdata). Other files, such as
expected.json, are left alone.
";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let folder = match (arguments.next(), arguments.next()) {
        (None, _) => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata"),
        (Some(folder), None) if !folder.to_string_lossy().starts_with('-') => PathBuf::from(folder),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    for file in testdata::files() {
        let path = folder.join(file.path);
        let parent = path.parent().unwrap_or(&folder);
        if let Err(problem) =
            fs::create_dir_all(parent).and_then(|()| fs::write(&path, &file.bytes))
        {
            eprintln!("make-testdata: {}: {problem}", path.display());
            return ExitCode::FAILURE;
        }
        println!("{:>7} {}", file.bytes.len(), file.path);
    }
    ExitCode::SUCCESS
}
