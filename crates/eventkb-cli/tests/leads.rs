//! Leads through the program: an index, a scan with it, articles found by hand, drafts.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use common::{eventkb, golden, run, stderr, stdout};
use eventkb::articles::{BuildOptions, build_from_bytes};

/// A folder of its own for a test, with an index of `examples/runbooks` in it.
struct Desk {
    folder: PathBuf,
}

impl Desk {
    fn new(name: &str) -> Desk {
        let folder = format!("eventkb-leads-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let texts = ["RB-0207.md", "RB-0211.md", "RB-0300.md"].map(|name| {
            let path = root().join("examples/runbooks").join(name);
            let text = fs::read(path).expect("a runbook");
            (format!("runbooks/{name}"), text)
        });
        let articles = texts
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_slice()));
        let built = build_from_bytes(articles, &BuildOptions::default());
        fs::write(folder.join("kb.ekb"), built.index.to_bytes()).expect("written");
        Desk { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn index(&self) -> String {
        self.path("kb.ekb")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn dump() -> String {
    root().join("examples/modern-dump").display().to_string()
}

/// Runs the program from the project's root, so that paths do not depend on where it lies.
fn at_root(args: &[&str]) -> Output {
    let output = eventkb(args).current_dir(root()).output();
    output.expect("the program starts")
}

#[test]
fn a_scan_shows_the_best_lead_under_each_event() {
    let desk = Desk::new("scan");
    let index = desk.index();
    let args = ["scan", "examples/modern-dump", "--articles", &index];
    let shown = stdout(&at_root(&args));
    // What is unexplained, and the list behind the findings.
    let from = shown.find("Errors and warnings that no").expect("the list");
    let to = shown[from..].find("\n\n\n").expect("its end") + from;
    let list = shown.rfind("Leads: ").expect("the leads");
    let end = shown[list..]
        .find("\n\n\n")
        .map_or(shown.len(), |at| at + list);
    golden(
        "leads-100.txt",
        &format!("{}\n\n{}\n", &shown[from..to], shown[list..end].trim_end()),
    );
    let full = stdout(&at_root(&[
        "scan",
        "examples/modern-dump",
        "--articles",
        &index,
        "-v",
    ]));
    assert!(
        full.contains("names the code 0xC000006D for Contoso-OrderSync 207"),
        "{full}"
    );
    for format in ["markdown", "html"] {
        let text = stdout(&at_root(&[
            "scan",
            "examples/modern-dump",
            "--articles",
            &index,
            "--format",
            format,
        ]));
        assert!(
            text.contains("207 with 0xC000006D and 208; both here within 2 s"),
            "{format}: {text}"
        );
    }
}

#[test]
fn the_variable_names_indexes_too_and_json_has_the_contract() {
    let desk = Desk::new("variable");
    let output = eventkb(&["scan", &dump(), "--format", "json"])
        .env("EVENTKB_ARTICLES", desk.index())
        .output()
        .expect("the program starts");
    let report: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let best = &report["leads"][0];
    assert_eq!(best["article"]["id"], "RB-0207");
    assert_eq!(best["article"]["source"], "runbooks/RB-0207.md");
    assert!(
        best["article"]["title"]
            .as_str()
            .is_some_and(|title| title.contains("password"))
    );
    assert_eq!(best["events"].as_array().map(Vec::len), Some(2));
    assert_eq!(best["reasons"][0]["kind"], "names_event");
    assert_eq!(report["leads"][1]["article"]["id"], "RB-0211");
    let rows = report["unexplained"].as_array().expect("rows");
    let row = rows
        .iter()
        .find(|row| row["event_id"] == 207)
        .expect("a row");
    assert_eq!(row["leads"][0], "RB-0207");
}

#[test]
fn what_is_no_index_is_wrong_usage() {
    let desk = Desk::new("wrong");
    let foreign = desk.path("README.md");
    fs::write(&foreign, "# no index").expect("written");
    for path in [foreign, desk.path("missing.ekb")] {
        let output = run(&["scan", &dump(), "--articles", &path]);
        assert_eq!(output.status.code(), Some(2), "{path}");
        assert!(stdout(&output).is_empty());
        assert!(stderr(&output).contains(&path), "{}", stderr(&output));
    }
    // Damage shows only when it is opened: the scan is still made.
    let damaged = desk.path("damaged.ekb");
    let mut bytes = fs::read(desk.index()).expect("the index");
    bytes.truncate(bytes.len() - 3);
    fs::write(&damaged, bytes).expect("written");
    let output = run(&["scan", &dump(), "--articles", &damaged]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).contains("KB922918"));
    assert!(
        stderr(&output).contains("no leads from it"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn articles_are_found_by_what_is_known() {
    let desk = Desk::new("find");
    let index = desk.index();
    let find = |args: &[&str]| {
        let all = [&["articles", "find", "--articles", &index][..], args].concat();
        at_root(&all)
    };
    golden(
        "articles-find-100.txt",
        &stdout(&find(&["--provider", "contoso-ordersync", "--id", "207"])),
    );
    let ids = |args: &[&str]| -> Vec<String> {
        let output = find(&[args, &["--format", "json"]].concat());
        let found: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        let leads = found["leads"].as_array().expect("leads").clone();
        leads
            .iter()
            .map(|lead| lead["article"]["id"].as_str().expect("an id").to_owned())
            .collect()
    };
    // 3221225581 is 0xC000006D.
    assert_eq!(
        ids(&["--code", "3221225581", "--provider", "Contoso-OrderSync"]),
        ["RB-0207"]
    );
    assert_eq!(ids(&["--code", "-1073741634", "--id", "207"]), ["RB-0211"]);
    assert_eq!(ids(&["--text", "labels come out"]), ["RB-0300"]);
    let like = "examples/modern-dump/APP01_System.xml#RECORD";
    let listed = stdout(&at_root(&[
        "events",
        "examples/modern-dump",
        "--provider",
        "Contoso-OrderSync",
        "--id",
        "207",
        "--limit",
        "1",
        "--format",
        "jsonl",
    ]));
    let event: serde_json::Value =
        serde_json::from_str(listed.lines().next().expect("one")).expect("JSON");
    let file = event["file"].as_str().expect("a file");
    let record = like
        .replace("examples/modern-dump/APP01_System.xml", file)
        .replace("RECORD", &event["record_id"].to_string());
    assert_eq!(ids(&["--like", &record])[0], "RB-0207");
    // Nothing found, and questions that are none.
    assert_eq!(
        find(&["--id", "9999", "--text", "nothing has these words"])
            .status
            .code(),
        Some(1)
    );
    for wrong in [
        &["--code", "five"][..],
        &[],
        &["--like", "a.evtx"],
        &["--like", "no-such-file.evtx#1"],
        &["--like", "examples/modern-dump/APP01_System.xml#999999"],
    ] {
        let output = find(wrong);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{wrong:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn a_draft_is_written_checked_and_passes() {
    let desk = Desk::new("draft");
    let index = desk.index();
    let drafts = desk.path("drafts");
    let written = run(&[
        "signatures",
        "draft",
        "rb-0207",
        "--articles",
        &index,
        "--from",
        &dump(),
        "--output",
        &drafts,
    ]);
    assert_eq!(written.status.code(), Some(0), "{}", stderr(&written));
    assert_eq!(stdout(&written).lines().count(), 2);
    let check = run(&["signatures", "check", &drafts]);
    assert_eq!(check.status.code(), Some(0), "{}", stdout(&check));
    let tested = run(&["signatures", "test", "RB-0207", "--signatures", &drafts]);
    assert_eq!(tested.status.code(), Some(0), "{}", stdout(&tested));
    // With the dump, the code stands where the record has it.
    let text = fs::read_to_string(Path::new(&drafts).join("RB-0207.json")).expect("the draft");
    assert!(text.contains("\"value\": \"Status\""), "{text}");
    // And the dump it came from is explained by it.
    let found = run(&["scan", &dump(), "--signatures", &drafts, "--summary"]);
    assert!(stdout(&found).contains("RB-0207"), "{}", stdout(&found));
    // What is there is kept.
    let again = run(&[
        "signatures",
        "draft",
        "RB-0207",
        "--articles",
        &index,
        "--output",
        &drafts,
    ]);
    assert_eq!(again.status.code(), Some(2));
    assert!(stderr(&again).contains("RB-0207.json"));
    // Without a dump it goes to standard output, and names lines.
    let printed = stdout(&run(&[
        "signatures",
        "draft",
        "RB-0207",
        "--articles",
        &index,
    ]));
    assert!(
        printed.contains("\"any_value\": true") && printed.contains("lines"),
        "{printed}"
    );
    for wrong in [
        &["NO-1", "--articles", &index][..],
        &[],
        &["--record", "nowhere.evtx#1"],
    ] {
        let output = run(&[&["signatures", "draft"][..], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}
