//! Runs the program as a user does, and compares what it prints with golden files.
//!
//! `EVENTKB_BLESS=1 cargo test -p eventkb-cli` rewrites the golden files; read the difference
//! before committing it.
#![allow(dead_code, reason = "each test crate uses its part")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program, in an environment that does not depend on the machine.
pub(crate) fn eventkb(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eventkb"));
    command.args(args).stdin(Stdio::null());
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM", "TZ"] {
        command.env_remove(name);
    }
    for name in [
        "EVENTKB_SIGNATURES",
        "EVENTKB_ARTICLES",
        "EVENTKB_ZONE",
        "EVENTKB_COLOR",
    ] {
        command.env_remove(name);
    }
    // No settings file.
    command.env("EVENTKB_CONFIG", "");
    command
}

/// Runs the program to its end.
pub(crate) fn run(args: &[&str]) -> Output {
    eventkb(args).output().expect("the program starts")
}

/// Runs it with text on standard input.
pub(crate) fn run_with_stdin(args: &[&str], input: &[u8]) -> Output {
    let mut child = eventkb(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that ends early closes its input; that is for the caller to judge.
    let _ = child.stdin.take().expect("stdin is piped").write_all(input);
    child.wait_with_output().expect("the program ends")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("stdout is UTF-8")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("stderr is UTF-8")
}

/// The path of a hand-made report.
pub(crate) fn report(name: &str) -> String {
    let reports = here().join("../../eventkb-render/tests/reports");
    reports.join(name).display().to_string()
}

/// The repository's `testdata` folder.
pub(crate) fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata")
}

/// Scans a folder of `testdata` from within it, so that citations do not depend on where the
/// repository lies, and compares the tables with a golden file.
pub(crate) fn golden_scan(case: &str, width: u16) {
    let output = eventkb(&["scan", case, "--width", &width.to_string()])
        .current_dir(testdata())
        .output()
        .expect("the program starts");
    golden(
        &format!("scan-{}-{width}.txt", case.replace('/', "-")),
        &stdout(&output),
    );
}

/// Compares text with a golden file, or rewrites it.
pub(crate) fn golden(name: &str, text: &str) {
    eventkb_testkit::golden::compare(&here().join("golden").join(name), text);
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}
