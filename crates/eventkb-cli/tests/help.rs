//! The help is the manual: a change of it must be seen.

mod common;

use common::{golden, run, stdout};

#[test]
fn help_of_every_command() {
    for (name, args) in [
        ("eventkb", &["--help"][..]),
        ("eventkb-short", &["-h"]),
        ("scan", &["scan", "--help"]),
        ("explain", &["explain", "--help"]),
        ("compare", &["compare", "--help"]),
        ("events", &["events", "--help"]),
        ("logs", &["logs", "--help"]),
        ("signatures", &["signatures", "--help"]),
        ("signatures-draft", &["signatures", "draft", "--help"]),
        ("articles-find", &["articles", "find", "--help"]),
        ("signatures-test", &["signatures", "test", "--help"]),
        ("merge", &["merge", "--help"]),
        ("render", &["render", "--help"]),
        ("config", &["config", "--help"]),
        ("completions", &["completions", "--help"]),
        ("man", &["man", "--help"]),
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(0), "{name}");
        golden(&format!("help-{name}.txt"), &stdout(&output));
    }
}

#[test]
fn help_fits_the_terminal_and_names_the_exit_codes() {
    let help = stdout(&run(&["--help"]));
    assert!(help.lines().all(|line| line.chars().count() <= 100));
    assert!(help.contains("Exit codes: 0 found, 1 nothing found, 2"));
}
