//! Settings, completions and manual pages: what is typed and what is seen.

mod common;

use std::fs;
use std::path::PathBuf;

use common::{eventkb, run, stderr, stdout};

/// A folder for one test, which goes away with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder =
            std::env::temp_dir().join(format!("eventkb-cli-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Folder(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn settings(&self, text: &str) -> String {
        let path = self.path("config.toml");
        fs::write(&path, text).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn config_says_where_each_setting_comes_from() {
    let folder = Folder::new("from");
    let file = folder.settings("zone = \"+02:00\"\ncolor = \"never\"\nsignatures = [\"mine\"]\n");
    let output = eventkb(&["config", "--color", "always"])
        .env("EVENTKB_CONFIG", &file)
        .env("EVENTKB_ZONE", "+05:00")
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    let row = |name: &str| {
        let row = text.lines().find(|line| line.starts_with(name));
        row.unwrap_or_default()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(row("zone"), "zone +05 EVENTKB_ZONE");
    assert_eq!(row("color"), "color always --color");
    let mine = folder.path("mine");
    assert_eq!(
        row("signatures"),
        format!("signatures {mine} settings file")
    );
    assert!(text.ends_with(&format!("settings file {file}\n")), "{text}");
}

#[test]
fn settings_are_used_and_an_option_goes_before_them() {
    let folder = Folder::new("used");
    let file = folder.settings("zone = \"+05:00\"\n");
    let dump = common::testdata().join("q253307-one-server");
    let dump = dump.display().to_string();
    let printed = |args: &[&str]| {
        let output = eventkb(args).env("EVENTKB_CONFIG", &file).output();
        stdout(&output.expect("it runs"))
    };
    assert!(printed(&["scan", &dump]).contains("+05"));
    assert!(!printed(&["scan", &dump, "--zone", "UTC"]).contains("+05"));

    let mine = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/custom-signature");
    let output = eventkb(&["signatures", "show", "EX1000"])
        .env("EVENTKB_SIGNATURES", &mine)
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(
        run(&["signatures", "show", "EX1000"]).status.code(),
        Some(2)
    );
}

#[test]
fn a_mistake_in_the_settings_is_never_ignored() {
    let folder = Folder::new("mistake");
    let file = folder.settings("# mine\nzones = \"UTC\"\n");
    for args in [&["config"][..], &["signatures", "list"]] {
        let output = eventkb(args).env("EVENTKB_CONFIG", &file).output();
        let output = output.expect("it runs");
        assert_eq!(output.status.code(), Some(2));
        let text = stderr(&output);
        assert!(
            text.contains(&format!("{file}:2: unknown field `zones`")),
            "{text}"
        );
        assert_eq!(stdout(&output), "");
    }
    // What does not depend on settings still works.
    let output = eventkb(&["completions", "bash"])
        .env("EVENTKB_CONFIG", &file)
        .output();
    assert_eq!(output.expect("it runs").status.code(), Some(0));
}

#[test]
fn completions_know_commands_values_and_signatures() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let output = run(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let text = stdout(&output);
        for word in ["emit-observations", "signatures"] {
            assert!(text.contains(word), "{shell}: {word}");
        }
        // PowerShell's know no values.
        for word in ["markdown", "Q253307"] {
            assert_eq!(
                text.contains(word),
                shell != "powershell",
                "{shell}: {word}"
            );
        }
    }
    assert_eq!(run(&["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
fn manual_pages_are_there_for_every_command() {
    let folder = Folder::new("man");
    let output = run(&["man", &folder.path("man")]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for page in [
        "eventkb",
        "eventkb-scan",
        "eventkb-signatures-check",
        "eventkb-config",
    ] {
        let text = fs::read_to_string(folder.path(&format!("man/{page}.1"))).expect(page);
        assert!(
            text.contains(".SH NAME") && text.contains("\\-\\-zone"),
            "{page}"
        );
    }
    assert!(stdout(&run(&["man"])).contains("Exit codes: 0 found"));
    let output = run(&["man", &folder.path("man/eventkb.1")]);
    assert_eq!(output.status.code(), Some(2));
}
