//! What leaves the program as a file: redacted reports, CSV, JSON Lines, the map of names; and that
//! nothing that is read is ever written over.

mod common;

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use common::{eventkb, golden, run_with_stdin, stderr, stdout, testdata};

/// A folder of a test's own, with the two servers' dump in it, removed at the end.
struct Desk(PathBuf);

impl Desk {
    fn new(name: &str) -> Desk {
        let folder =
            std::env::temp_dir().join(format!("eventkb-desk-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        for server in ["SEATTLE", "PORTLAND"] {
            let to = folder.join("dump").join(server);
            fs::create_dir_all(&to).expect("a folder");
            let from = testdata().join("q253307-two-servers").join(server);
            fs::copy(from.join("Application.evtx"), to.join("Application.evtx")).expect("copied");
        }
        Desk(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("the file is there")
    }

    fn run(&self, args: &[&str]) -> Output {
        eventkb(args)
            .current_dir(&self.0)
            .output()
            .expect("the program starts")
    }

    /// Names of all files but the dump's.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("listed").flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.filter(|name| name != "dump").collect();
        names.sort();
        names
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const LOG: &str = "dump/SEATTLE/Application.evtx";

#[test]
fn a_document_goes_into_a_file_whole() {
    let desk = Desk::new("whole");
    for (name, args) in [
        ("a.md", &["scan", "dump", "--format", "markdown"][..]),
        ("a.json", &["scan", "dump", "--format", "json"]),
        ("a.html", &["logs", "dump", "--format", "html"]),
        ("a.txt", &["explain", "Q253307", "dump"]),
        ("a.csv", &["events", "dump", "--format", "csv"]),
        ("list.txt", &["signatures", "show", "Q253307"]),
    ] {
        let printed = desk.run(args);
        let written = desk.run(&[args, &["--output", name]].concat());
        assert_eq!(written.status.code(), printed.status.code(), "{name}");
        assert!(written.stdout.is_empty(), "{name}");
        let page = |text: &str| {
            text.lines()
                .filter(|l| !l.contains("Made 2"))
                .map(String::from)
                .collect::<Vec<_>>()
        };
        assert_eq!(page(&desk.read(name)), page(&stdout(&printed)), "{name}");
    }
    assert_eq!(
        desk.files(),
        ["a.csv", "a.html", "a.json", "a.md", "a.txt", "list.txt"]
    );
    // An older file is replaced; one that cannot be made whole leaves it.
    let again = desk.run(&["render", "a.json", "--output", "a.md"]);
    assert_eq!(again.status.code(), Some(0));
    let before = desk.read("a.md");
    let failed = desk.run(&["explain", "nope", "dump", "--output", "a.md"]);
    assert_eq!(failed.status.code(), Some(2));
    assert_eq!(desk.read("a.md"), before);
}

#[cfg(unix)]
#[test]
fn nothing_that_is_read_is_written_over() {
    use std::os::unix::fs::symlink;

    let desk = Desk::new("over");
    let log = fs::read(desk.path(LOG)).expect("the log");
    let seen = desk.run(&["scan", "dump", "--emit-observations", "seen.obs"]);
    assert_eq!(seen.status.code(), Some(0), "{}", stderr(&seen));
    symlink(desk.path(LOG), desk.path("link")).expect("a link");
    symlink(desk.path("not-there"), desk.path("nowhere")).expect("a link");
    fs::hard_link(desk.path(LOG), desk.path("other-name")).expect("a second name");
    fs::write(desk.path("names.txt"), "pass").expect("written");
    let files = desk.files();
    for target in [
        LOG,
        "link",
        "nowhere",
        "other-name",
        "dump",
        "no/such/folder",
        "/dev/null",
        ".",
    ] {
        for args in [
            &["scan", "dump", "--emit-observations", target][..],
            &["scan", "dump", "--output", target],
            &["scan", "dump", "--redact-map", target],
            &["events", "dump", "-o", target],
            &["events", "dump", "--redact-map", target],
        ] {
            let output = desk.run(args);
            assert_eq!(
                output.status.code(),
                Some(2),
                "{args:?}: {}",
                stderr(&output)
            );
            let complaint = stderr(&output);
            assert!(
                complaint.starts_with("eventkb: ") && complaint.contains(';'),
                "{complaint}"
            );
            assert_eq!(complaint.lines().count(), 1, "{complaint}");
        }
    }
    for args in [
        &["merge", "seen.obs", "--output", "seen.obs"][..],
        &[
            "scan",
            "dump",
            "--password-file",
            "names.txt",
            "--output",
            "names.txt",
        ],
        &["scan", "dump", "--output", "x", "--redact-map", "x"],
        &["scan", "dump", "--output", "x", "--redact-map", "./x"],
    ] {
        assert_eq!(desk.run(args).status.code(), Some(2), "{args:?}");
    }
    assert_eq!(fs::read(desk.path(LOG)).expect("the log"), log);
    assert_eq!(desk.files(), files);
}

const NAMES: [&str; 5] = [
    "seattle",
    "portland",
    "contoso",
    "172.16.0.2",
    "eventkb-desk",
];

fn assert_redacted(what: &str, text: &str) {
    let folded = text.to_lowercase();
    for name in NAMES {
        assert!(!folded.contains(name), "{what}: {name} in {text}");
    }
}

#[test]
fn a_redacted_report_has_no_names_in_any_format() {
    let desk = Desk::new("redact");
    let full = desk.path("dump").display().to_string();
    for format in ["table", "json", "jsonl", "csv", "markdown", "html"] {
        for args in [
            &["scan", &full, "-vv"][..],
            &["explain", "Q253307", &full],
            &["compare", "Q253307", "Q217142", &full],
            &["logs", &full],
        ] {
            if args[0] == "logs" && format == "csv" {
                continue;
            }
            let output =
                desk.run(&[args, &["--redact", "--case", "Contoso", "--format", format]].concat());
            assert_eq!(
                output.status.code(),
                Some(0),
                "{args:?} {format}: {}",
                stderr(&output)
            );
            assert!(output.stdout.len() > 500, "{args:?} {format}");
            assert_redacted(&format!("{args:?} {format}"), &stdout(&output));
        }
    }
    for format in ["table", "line", "jsonl", "csv"] {
        for around in [
            &[][..],
            &[
                "--around",
                "PORTLAND/Application.evtx#12",
                "--within",
                "90m",
            ],
        ] {
            let args = [&["events", &full, "--redact", "--format", format], around].concat();
            let output = desk.run(&args);
            assert_eq!(output.status.code(), Some(0), "{args:?}");
            assert_redacted(&format!("{args:?}"), &stdout(&output));
            let said = format!("{}{}", stdout(&output), stderr(&output));
            assert!(said.contains("Redacted: "), "{args:?}: {said}");
        }
    }
    let timeline = desk.run(&["scan", &full, "--redact", "--timeline", "--format", "html"]);
    assert_redacted("timeline", &stdout(&timeline));
    // What cannot be recognised is said in the report itself.
    let page = stdout(&desk.run(&["scan", &full, "--redact", "--format", "markdown"]));
    assert!(page.contains("What may remain"), "{page}");
}

/// What is handed on, word for word.
#[test]
fn redacted_screens_and_files() {
    let run = |args: &[&str]| {
        let mut command = eventkb(args);
        let output = command.current_dir(testdata()).output();
        let text = stdout(&output.expect("the program starts"));
        // Every new signature changes how many there are.
        let mut words: Vec<&str> = text.split_inclusive(' ').collect();
        for at in 1..words.len() {
            if ["signatures", "built"]
                .iter()
                .any(|word| words[at].starts_with(word))
            {
                words[at - 1] =
                    words[at - 1].trim_matches(|c: char| c.is_ascii_digit() || c == ',');
            }
        }
        words.concat()
    };
    let scan = [
        "scan",
        "q253307-two-servers",
        "--redact",
        "--no-unexplained",
    ];
    for width in ["80", "100", "160"] {
        let text = run(&[&scan[..], &["--width", width]].concat());
        golden(&format!("redacted-scan-{width}.txt"), &text);
    }
    for (format, ending) in [("markdown", "md"), ("csv", "csv")] {
        let text = run(&[&scan[..], &["--format", format]].concat());
        golden(&format!("redacted-scan.{ending}"), &text);
    }
    let around = [
        "events",
        "q253307-two-servers",
        "--redact",
        "--around",
        "SEATTLE/Application.evtx#29",
        "--within",
        "2m",
        "--width",
        "100",
    ];
    golden("redacted-around-100.txt", &run(&around));
    let hostile = ["events", "hostile-names", "--redact", "--format", "line"];
    golden("redacted-hostile-names.txt", &run(&hostile));
}

#[test]
fn a_saved_report_is_redacted_too_and_names_keep_their_stand_ins() {
    let desk = Desk::new("map");
    let saved = desk.run(&["scan", "dump", "--format", "json", "-o", "full.json"]);
    assert_eq!(saved.status.code(), Some(0));
    let direct = desk.run(&[
        "scan",
        "dump",
        "--format",
        "markdown",
        "--redact-map",
        "names.json",
    ]);
    assert_eq!(direct.status.code(), Some(0), "{}", stderr(&direct));
    let later = desk.run(&[
        "render",
        "full.json",
        "--format",
        "markdown",
        "--redact-map",
        "names.json",
    ]);
    assert_eq!(stdout(&direct), stdout(&later));
    assert_redacted("markdown", &stdout(&later));
    let map = desk.read("names.json");
    assert!(
        map.contains("SEATTLE") && map.contains("COMPUTER-"),
        "{map}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(desk.path("names.json"))
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // The events of the same case, with the same stand-ins.
    let map: serde_json::Value = serde_json::from_str(&map).expect("JSON");
    let names = map["names"].as_array().expect("names").iter();
    let mut names = names.filter_map(|name| name["stand_ins"]["SEATTLE"].as_str());
    let caller = names.next().expect("a stand-in");
    let events = desk.run(&[
        "events",
        "dump",
        "--id",
        "9316",
        "--format",
        "csv",
        "--redact-map",
        "names.json",
    ]);
    assert!(
        stdout(&events).contains(&format!(",{caller},")),
        "{caller}: {}",
        stdout(&events)
    );
    // Redacted is redacted.
    let json = desk.run(&[
        "render",
        "full.json",
        "--redact",
        "--format",
        "json",
        "-o",
        "safe.json",
    ]);
    assert_eq!(json.status.code(), Some(0));
    let twice = desk.run(&["render", "safe.json", "--redact", "--format", "json"]);
    assert_eq!(stdout(&twice), desk.read("safe.json"));
    assert!(
        stderr(&twice).contains("redacted already"),
        "{}",
        stderr(&twice)
    );
}

#[test]
fn what_cannot_be_redacted_is_refused() {
    let desk = Desk::new("refused");
    fs::write(desk.path("names.json"), "{}").expect("written");
    let refused = desk.run(&["scan", "dump", "--redact-map", "names.json"]);
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(desk.read("names.json"), "{}");
    let streamed = run_with_stdin(&["events", "-", "--redact"], b"x");
    assert_eq!(streamed.status.code(), Some(2));
    assert!(
        stderr(&streamed).contains("reads everything twice"),
        "{}",
        stderr(&streamed)
    );
}

/// Cells of a table of CSV without line ends in cells.
fn columns(line: &str) -> usize {
    let mut quoted = false;
    let commas = line.chars().filter(|c| {
        quoted ^= *c == '"';
        *c == ',' && !quoted
    });
    commas.count() + 1
}

#[test]
fn findings_are_rows_and_lines() {
    let desk = Desk::new("rows");
    let csv = stdout(&desk.run(&["scan", "dump", "--format", "csv"]));
    let lines: Vec<&str> = csv.split_terminator("\r\n").collect();
    assert!(
        lines[0]
            .starts_with("row,finding,title,standing,verdict,cause,symptom,state,count,last,time,")
    );
    assert!(lines.iter().all(|line| columns(line) == 22), "{csv}");
    assert!(lines[1].starts_with("finding,Q253307,"), "{csv}");
    assert!(
        csv.contains("\r\nsymptom,Q253307,") && csv.contains("\r\nevidence,Q253307,"),
        "{csv}"
    );
    let short = stdout(&desk.run(&["scan", "dump", "--format", "csv", "--summary"]));
    assert!(
        short
            .lines()
            .skip(1)
            .all(|line| line.starts_with("finding,")),
        "{short}"
    );

    let json = stdout(&desk.run(&["scan", "dump", "--format", "json"]));
    let report: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let lines = stdout(&desk.run(&["scan", "dump", "--format", "jsonl"]));
    let lines: Vec<serde_json::Value> = lines
        .lines()
        .map(|l| serde_json::from_str(l).expect("JSON"))
        .collect();
    assert_eq!(report["findings"].as_array(), Some(&lines));
    let files = stdout(&desk.run(&["logs", "dump", "--format", "jsonl"]));
    assert_eq!(files.lines().count(), 2);
    let refused = desk.run(&["logs", "dump", "--format", "csv"]);
    assert_eq!(refused.status.code(), Some(2));
}

/// Written by Info-ZIP 3.0: a member `a.evt`, which is no log, behind the password `Wörd 1`.
const LOCKED: &str = "\
504b03040a000900000023377a5df51abda5260000001a00000005000000612e657674a0ba33876e4aa141e563690365\
0dbd2415dceb090359ad1258cdcd7bd86a2575d1220057df22504b0708f51abda5260000001a000000504b01021e030a\
000900000023377a5df51abda5260000001a000000050000000000000001000000a48100000000612e657674504b0506\
000000000100010033000000590000000000";

#[test]
fn passwords_come_from_a_file() {
    let desk = Desk::new("passwords");
    let digits = |at| u8::from_str_radix(&LOCKED[at..at + 2], 16).expect("hex");
    let bytes: Vec<u8> = (0..LOCKED.len()).step_by(2).map(digits).collect();
    fs::write(desk.path("s.zip"), bytes).expect("written");
    for (content, said) in [
        ("wrong\r\nW\u{f6}rd 1\r\n", "s.zip!/a.evt: not an event log"),
        ("wrong\nworse\n", "no password fits (2 tried)"),
        ("\n\n", "there is no password in it"),
    ] {
        fs::write(desk.path("pass.txt"), content).expect("written");
        let output = desk.run(&["scan", "s.zip", "--password-file", "pass.txt"]);
        assert_eq!(output.status.code(), Some(2), "{content:?}");
        assert!(
            stderr(&output).contains(said),
            "{content:?}: {}",
            stderr(&output)
        );
        assert!(!stderr(&output).contains("worse") || content.is_empty());
    }
    let none = desk.run(&["scan", "s.zip"]);
    assert!(
        stderr(&none).contains("--password-file"),
        "{}",
        stderr(&none)
    );
    let missing = desk.run(&["scan", "s.zip", "--password-file", "nope"]);
    assert_eq!(missing.status.code(), Some(2));
}
