//! The timeline as a user sees it: `scan --timeline`, `events --around`, at three widths.

mod common;

use common::{eventkb, golden, stderr, stdout, testdata};

const WIDTHS: [&str; 3] = ["80", "100", "160"];

/// Runs the program in `testdata`, so that paths do not depend on where the repository lies.
fn run(args: &[&str]) -> std::process::Output {
    let mut command = eventkb(args);
    command
        .current_dir(testdata())
        .output()
        .expect("the program starts")
}

/// What it prints, no line of it wider than asked.
fn drawn(args: &[&str], width: &str) -> String {
    let args = [args, &["--width", width]].concat();
    let text = stdout(&run(&args));
    let widest: usize = width.parse().expect("a number");
    for line in text.lines() {
        assert!(line.chars().count() <= widest, "{args:?}: {line}");
        assert_eq!(line.trim_end(), line, "{args:?}: spaces at the end");
    }
    text
}

#[test]
fn screens_at_three_widths() {
    for width in WIDTHS {
        let scan = drawn(&["scan", "q253307-two-servers", "--timeline"], width);
        golden(&format!("scan-timeline-{width}.txt"), &scan);
        let around = [
            "events",
            "q253307-two-servers",
            "--around",
            "SEATTLE/Application.evtx#29",
            "--within",
            "2m",
        ];
        golden(
            &format!("events-around-{width}.txt"),
            &drawn(&around, width),
        );
    }
}

#[test]
fn damage_is_on_the_timeline() {
    let text = drawn(&["scan", "dirty-truncated", "--timeline"], "100");
    golden("scan-timeline-damaged-100.txt", &text);
    assert!(text.contains('░') || text.contains('▒'), "{text}");
}

#[test]
fn ascii_is_ascii() {
    for args in [
        &["scan", "q253307-two-servers", "--timeline", "--ascii"][..],
        &[
            "events",
            "q253307-two-servers",
            "--around",
            "2000-02-06 01:20",
            "--ascii",
        ],
    ] {
        let text = drawn(args, "100");
        let lanes = text.lines().filter(|line| line.starts_with("SEATTLE "));
        assert!(
            lanes.clone().count() > 0 && lanes.clone().all(str::is_ascii),
            "{text}"
        );
    }
}

#[test]
fn a_ticket_has_the_timeline() {
    let text = stdout(&run(&[
        "scan",
        "q253307-two-servers",
        "--timeline",
        "--format",
        "markdown",
    ]));
    golden("scan-timeline.md", &text);
    assert!(text.contains("```text\nPORTLAND"), "{text}");
}

#[test]
fn a_record_may_be_named_by_the_end_of_its_path() {
    let around = |what: &str| run(&["events", "q253307-two-servers", "--around", what]);
    let found = around("PORTLAND/Application.evtx#12");
    assert_eq!(found.status.code(), Some(0));
    assert!(
        stdout(&found).contains("record 12 of q253307-two-servers/PORTLAND/Application.evtx")
            || stdout(&found).contains("record 12 of PORTLAND/Application.evtx"),
        "{}",
        stdout(&found)
    );
    for (what, says) in [
        ("Application.evtx#29", "2 records could be meant"),
        ("Application.evtx#999999", "no record 999999"),
        ("Application.evtx#x", "no record id"),
        ("nonsense", "or name a record"),
    ] {
        let refused = around(what);
        assert_eq!(refused.status.code(), Some(2), "{what}");
        assert!(
            stderr(&refused).contains(says),
            "{what}: {}",
            stderr(&refused)
        );
    }
}

#[test]
fn other_formats_list_the_same_records() {
    let around = [
        "events",
        "q253307-two-servers",
        "--around",
        "2000-02-06T01:20:01Z",
        "--within",
        "10s",
    ];
    for format in ["line", "jsonl"] {
        let text = stdout(&run(&[&around[..], &["--format", format]].concat()));
        assert_eq!(text.lines().count(), 5, "{format}: {text}");
        assert!(text.contains("9316"), "{format}: {text}");
    }
    for within in ["0s", "x", "90d"] {
        let refused = run(&["events", ".", "--around", "2000-02-06", "--within", within]);
        assert_eq!(refused.status.code(), Some(2), "{within}");
    }
    let refused = run(&["events", "-", "--around", "2000-02-06"]);
    assert!(
        stderr(&refused).contains("standard input"),
        "{}",
        stderr(&refused)
    );
}

#[test]
fn parts_merge_to_one_timeline() {
    let folder = std::env::temp_dir().join(format!("eventkb-timeline-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let part = folder.join("part").display().to_string();
    let seen = run(&[
        "scan",
        "q253307-two-servers",
        "--timeline",
        "--emit-observations",
        &part,
    ]);
    assert_eq!(seen.status.code(), Some(0));
    let merged = stdout(&run(&["merge", &part, "--timeline"]));
    let scanned = stdout(&run(&["scan", "q253307-two-servers", "--timeline"]));
    let of = |text: &str| {
        let from = text.find("Timeline").expect("a timeline");
        let to = text.find("\nQ253307").expect("the finding");
        text[from..to].to_owned()
    };
    assert_eq!(of(&merged), of(&scanned));
    std::fs::remove_dir_all(&folder).expect("it can be removed");
}
