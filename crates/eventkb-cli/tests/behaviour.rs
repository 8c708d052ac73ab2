//! Exit codes, colour, closed pipes and complaints: what scripts and terminals rely on.

mod common;

use std::io::Write;
use std::process::Stdio;

use common::{eventkb, report, run, run_with_stdin, stderr, stdout};

fn exit(args: &[&str]) -> Option<i32> {
    run(args).status.code()
}

#[test]
fn exit_codes_of_a_saved_report() {
    assert_eq!(exit(&["render", &report("rich.json")]), Some(0));
    assert_eq!(exit(&["render", &report("nothing.json")]), Some(1));
    assert_eq!(exit(&["render", "no-such-report.json"]), Some(2));
    assert_eq!(
        run_with_stdin(&["render", "-"], b"not json").status.code(),
        Some(2)
    );
}

#[test]
fn wrong_usage_is_2_with_one_clear_line() {
    for args in [
        &["scan"][..],
        &["scan", "x", "--format", "yaml"],
        &["scan", "x", "--since", "yesterday"],
        &["scan", "x", "--zone", "Atlantis/Capital"],
        &["scan", "x", "--width", "3"],
        &["events", "x", "--id", "9-1"],
        &["explain", "Q25307", "x"],
        &["compare", "Q253307", "Q253308", "x"],
        &["signatures", "show", "nope"],
        &["frobnicate"],
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stdout(&output).is_empty(), "{args:?}");
        assert!(!stderr(&output).is_empty(), "{args:?}");
    }
    let complaint = stderr(&run(&["explain", "Q25307", "x"]));
    assert!(complaint.contains("did you mean Q253307?"), "{complaint}");
    let swapped = run(&[
        "scan",
        "x",
        "--since",
        "2001-01-01",
        "--until",
        "2000-01-01",
    ]);
    assert_eq!(swapped.status.code(), Some(2));
}

#[test]
fn words_in_the_wrong_place_show_the_way() {
    let here = env!("CARGO_MANIFEST_DIR");
    for (args, way) in [
        (&[here][..], format!("`eventkb scan {here}`")),
        (&["explain", here, "Q253307"], "comes first".to_owned()),
        (&["compare", "Q253307", here], "at least two".to_owned()),
        (
            &["compare", "Q253307", "nope", here],
            "`nope` is neither".to_owned(),
        ),
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let complaint = stderr(&output);
        assert!(complaint.contains(&way), "{args:?}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
    }
    // What is no path is a mistyped command.
    let complaint = stderr(&run(&["scna", "x"]));
    assert!(complaint.contains("'scan'"), "{complaint}");
}

#[test]
fn an_article_may_be_asked_for_by_its_number() {
    for id in ["q253307", "253307", "KB253307"] {
        let output = run(&["signatures", "show", id]);
        assert_eq!(output.status.code(), Some(0), "{id}");
        assert!(stdout(&output).starts_with("Q253307  "), "{id}");
    }
}

#[test]
fn a_path_that_is_not_there_is_named() {
    let output = run(&["scan", "no/such/folder"]);
    assert_eq!(output.status.code(), Some(2));
    let complaint = stderr(&output);
    assert!(
        complaint.starts_with("eventkb: no/such/folder: "),
        "{complaint}"
    );
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    assert!(complaint.contains("check the spelling"), "{complaint}");
    let complaint = stderr(&run(&["scan", "no/such/*.evtx"]));
    assert!(
        complaint.contains("the pattern fits no file"),
        "{complaint}"
    );
}

#[test]
fn a_hostile_file_name_is_cleaned_in_complaints() {
    let complaint = stderr(&run(&["scan", "a\u{1b}]0;pwned\u{7}\r\u{202e}b"]));
    assert!(
        complaint.contains("a\\x1b]0;pwned\\x07\\r\\u{202e}b"),
        "{complaint:?}"
    );
    assert!(
        !complaint.trim_end().contains(char::is_control),
        "{complaint:?}"
    );
}

/// A shell puts file names where options may stand.
#[test]
fn a_word_that_is_no_option_is_cleaned_in_complaints() {
    for words in [
        ["scan", "--x\u{1b}[2J"],
        ["events", "--level=\u{1b}]0;pwned\u{7}"],
    ] {
        let complaint = stderr(&run(&words));
        assert!(complaint.contains("\\x1b"), "{complaint:?}");
        let acts = |c: char| c.is_control() && c != '\n';
        assert!(!complaint.contains(acts), "{complaint:?}");
    }
}

#[test]
fn a_bad_signature_is_refused_by_name_and_place() {
    let folder = std::env::temp_dir().join(format!("eventkb-cli-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let file = folder.join("typo.json");
    std::fs::write(&file, "{\n  \"id\": \"Q1\",\n  \"revison\": 1\n}\n").expect("a file");
    let path = file.display().to_string();

    let checked = run(&["signatures", "check", &path]);
    assert_eq!(checked.status.code(), Some(2));
    let text = stdout(&checked);
    assert!(
        text.contains("typo.json:3:") && text.contains("revison"),
        "{text}"
    );

    let listed = run(&["signatures", "list", "--signatures", &path]);
    assert_eq!(listed.status.code(), Some(2));
    assert!(
        stderr(&listed).contains("typo.json:3:"),
        "{}",
        stderr(&listed)
    );
    // The sound ones are still there.
    assert!(stdout(&listed).contains("Q253307"));
    // One line for the typo with its way out, a few more, and where to see all of them.
    let complaint = stderr(&listed);
    let first = complaint.lines().next().unwrap_or_default();
    assert!(first.contains("did you mean `revision`?"), "{complaint}");
    assert!(!first.contains("expected one of"), "{complaint}");
    assert!(complaint.lines().count() <= 6, "{complaint}");
    let last = complaint.lines().last().unwrap_or_default();
    assert!(last.contains("`eventkb signatures check "), "{complaint}");
    std::fs::remove_dir_all(&folder).expect("the folder goes away");
}

#[test]
fn colour_only_where_it_is_wanted() {
    let saved = report("rich.json");
    let plain = stdout(&run(&["render", &saved]));
    assert!(!plain.contains('\u{1b}'), "a pipe is no terminal");
    let forced = eventkb(&["render", &saved, "--color", "always"])
        .env("NO_COLOR", "1")
        .output();
    assert!(stdout(&forced.expect("the program starts")).contains('\u{1b}'));
    let never = stdout(&run(&["render", &saved, "--color", "never"]));
    assert_eq!(never, plain);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child = eventkb(&["render", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // The reader leaves before the program has read its input, so before it can write.
    drop(child.stdout.take());
    let saved = std::fs::read(report("nothing.json")).expect("the fixture");
    child
        .stdin
        .take()
        .expect("stdin is piped")
        .write_all(&saved)
        .expect("the program reads");
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stderr(&output), "");
}

#[test]
fn head_sees_the_first_line_and_no_complaint() {
    let program = env!("CARGO_BIN_EXE_eventkb");
    let saved = report("rich.json");
    let script = format!("'{program}' render '{saved}' --width 40 | head -1");
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .output();
    let output = output.expect("sh starts");
    assert_eq!(stdout(&output).lines().count(), 1);
    assert_eq!(stderr(&output), "");
}

#[test]
fn the_schema_is_json() {
    let schema = stdout(&run(&["signatures", "schema"]));
    let value: serde_json::Value = serde_json::from_str(&schema).expect("the schema is JSON");
    assert!(value.get("properties").is_some());
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_said_and_gives_2() {
    for args in [
        &["--help"][..],
        &["signatures", "list"],
        &["signatures", "schema"],
    ] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("the device that is always full");
        let output = eventkb(args)
            .stdout(full)
            .output()
            .expect("the program starts");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let complaint = stderr(&output);
        assert!(
            complaint.starts_with("eventkb: the output could not be written: "),
            "{args:?}: {complaint}"
        );
    }
}

#[test]
fn a_folder_without_signatures_is_named() {
    let folder = format!("{}/src", env!("CARGO_MANIFEST_DIR"));
    let output = run(&["signatures", "check", &folder]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).contains("holds no .json file"));
}

/// A folder that holds no signature was a typing error, or was not copied.
#[test]
fn a_folder_of_no_signatures_that_are_to_be_used_is_named() {
    let folder = std::env::temp_dir().join(format!("eventkb-none-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.to_str().expect("text");
    let data = common::testdata().join("healthy").display().to_string();
    for args in [
        &["scan", &data][..],
        &["explain", "Q253307", &data],
        &["signatures", "list"],
    ] {
        let output = run(&[args, &["--signatures", path]].concat());
        let complaint = stderr(&output);
        let line = format!(
            "eventkb: {path}: the folder holds no .json file, so no signature of it was used"
        );
        let said = complaint.lines().any(|said| said == line);
        assert!(said, "{args:?}: {complaint}");
        // What could be done was done, and the code tells a script.
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!stdout(&output).is_empty(), "{args:?}");
    }
    std::fs::remove_dir_all(&folder).expect("it is there");
}

#[test]
fn what_people_type_works_or_says_what_would() {
    let saved = report("nothing.json");
    for args in [
        &["--zone", "+02:00"][..],
        &["--zone", "-0530"],
        &["--width", "120"],
    ] {
        let output = run(&[&["render", &saved], args].concat());
        assert_eq!(
            output.status.code(),
            Some(1),
            "{args:?}: {}",
            stderr(&output)
        );
    }
    let zoned = stdout(&run(&["render", &saved, "--zone", "+02:00"]));
    assert!(
        zoned.contains("+02:00") && !zoned.contains("UTC"),
        "{zoned}"
    );
    for (args, way) in [
        (&["--width", "-5"][..], "from 40 to 1000"),
        (&["--width", "wide"], "from 40 to 1000"),
        (&["--zone", "+99"], "an offset such as +02:00"),
    ] {
        let output = run(&[&["render", &saved], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(
            stderr(&output).contains(way),
            "{args:?}: {}",
            stderr(&output)
        );
    }
    let data = common::testdata().join("healthy").display().to_string();
    for args in [
        &["--since", "-1d"][..],
        &["--level", "warn,err"],
        &["--threads", "20000", "--sort", "time"],
    ] {
        let output = run(&[&["events", &data], args].concat());
        assert_ne!(
            output.status.code(),
            Some(2),
            "{args:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn columns_of_the_environment_count_where_there_is_no_terminal() {
    let saved = report("rich.json");
    for (columns, most) in [("60", 60), ("nonsense", 100), ("0", 100), ("100000", 1000)] {
        let output = eventkb(&["render", &saved])
            .env("COLUMNS", columns)
            .output();
        let text = stdout(&output.expect("the program starts"));
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(most), "{columns}: {widest:?}");
    }
    let output = eventkb(&["render", &saved, "--width", "80"])
        .env("COLUMNS", "200")
        .output();
    let text = stdout(&output.expect("the program starts"));
    assert!(text.lines().all(|line| line.chars().count() <= 80));
}

#[test]
#[cfg(target_os = "linux")]
fn a_pipe_is_read_like_a_file() {
    let log = common::testdata().join("healthy/Application.evtx");
    let bytes = std::fs::read(&log).expect("a log of testdata");
    let from_file = run(&["events", &log.display().to_string(), "--format", "csv"]);
    let from_pipe = run_with_stdin(&["events", "/dev/stdin", "--format", "csv"], &bytes);
    assert_eq!(from_pipe.status.code(), Some(0), "{}", stderr(&from_pipe));
    let without_file = |text: String| text.replace(&log.display().to_string(), "/dev/stdin");
    assert_eq!(stdout(&from_pipe), without_file(stdout(&from_file)));
}

#[test]
fn what_is_known_of_an_event_is_shown() {
    let output = run(&["signatures", "for", "service control manager", "7000"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.contains("7000 Service Control Manager"), "{text}");
    assert!(text.contains("Signatures that ask for it"), "{text}");
    let unknown = run(&["signatures", "for", "nobody", "1"]);
    assert_eq!(unknown.status.code(), Some(1));
}

#[test]
fn an_old_report_is_refused_by_its_version() {
    let output = run_with_stdin(
        &["render", "-"],
        b"{\"report_version\": 1, \"findings\": [{}]}",
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("version 1"), "{}", stderr(&output));
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let healthy = common::testdata().join("healthy").display().to_string();
    let wanted: &[(&[&str], &str)] = &[
        (
            &["render", "no-such.json"],
            "no such file; check the spelling",
        ),
        (&["render", &healthy], "it is a folder; name a file"),
        (
            &["merge", "no-such.seen"],
            "no such file; check the spelling",
        ),
        (
            &["scan", "--password-file", "no-such", &healthy],
            "no such file; check the spelling",
        ),
        (
            &["scan", "--articles", "no-such", &healthy],
            "there is no such file",
        ),
        (
            &["events", "--limit", "-1", &healthy],
            "give how many records",
        ),
        (
            &["scan", "--threads", "x", &healthy],
            "give how many threads",
        ),
        (&["signatures", "for", "disk", "x"], "give an event id"),
        (
            &["explain", &healthy],
            "say before it which article to explain",
        ),
        (
            &[
                "scan",
                "--since",
                "2026-03-15",
                "--until",
                "2026-03-14",
                &healthy,
            ],
            "the end of 2026-03-14",
        ),
    ];
    for (args, way) in wanted {
        let output = run(args);
        let complaint = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {complaint}");
        assert!(complaint.contains(way), "{args:?}: {complaint}");
        assert!(!complaint.contains("os error"), "{args:?}: {complaint}");
    }
    let misspelt = [
        ("dsk", "`disk`"),
        ("Kernel-Power", "microsoft-windows-kernel-power"),
    ];
    for (source, meant) in misspelt {
        let output = run(&["signatures", "for", source, "153"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(meant), "{}", stderr(&output));
    }
    let text = stdout(&run(&["scan", "--channel", "Sytem", &healthy]));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("No log Sytem is in the collection; it has Application"),
        "{text}"
    );
}
