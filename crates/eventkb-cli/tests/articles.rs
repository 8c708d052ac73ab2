//! `articles build`, `list`, `show` and `check`, as a user runs them.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{run, stderr, stdout};

fn examples() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/articles");
    folder.display().to_string()
}

/// A folder of its own, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let folder =
            std::env::temp_dir().join(format!("eventkb-cli-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        Scratch(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn an_index_is_built_listed_shown_and_checked() {
    let scratch = Scratch::new("articles");
    let index = scratch.path("kb.ekb");
    let built = run(&["articles", "build", &examples(), "--output", &index]);
    assert_eq!(built.status.code(), Some(0), "{}", stderr(&built));
    assert!(
        stdout(&built).contains("17 events named in 4 articles"),
        "{}",
        stdout(&built)
    );

    let list = run(&[
        "articles",
        "list",
        "--articles",
        &index,
        "--format",
        "jsonl",
    ]);
    let text = stdout(&list);
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object a line"))
        .collect();
    assert_eq!(lines.len(), 4);
    for article in &lines {
        for name in ["id", "title", "path", "products", "events"] {
            assert!(article.get(name).is_some(), "{name} in {article}");
        }
        for event in article["events"].as_array().expect("events") {
            for name in [
                "provider",
                "provider_written",
                "provider_how",
                "event_id",
                "level",
                "role",
                "lines",
            ] {
                assert!(event.get(name).is_some(), "{name} in {event}");
            }
        }
    }

    let show = stdout(&run(&["articles", "show", "900001", "--articles", &index]));
    assert!(
        show.contains("ContosoRelay 9316") && show.contains("Event ID: 9316"),
        "{show}"
    );
    let check = stdout(&run(&["articles", "check", "--articles", &index]));
    assert!(check.contains("1004, 1014, 7023"), "{check}");
}

#[test]
fn what_cannot_be_done_is_said() {
    let scratch = Scratch::new("articles-no");
    let article = scratch.path("article.md");
    fs::write(&article, "Event ID: 7\nSource: Contoso\n").expect("a file");
    let over = run(&["articles", "build", &article, "--output", &article]);
    assert_eq!(over.status.code(), Some(2));
    assert!(
        stderr(&over).contains("something else is there already"),
        "{}",
        stderr(&over)
    );
    assert!(
        fs::read_to_string(&article)
            .expect("it is there")
            .starts_with("Event ID")
    );

    let none = run(&[
        "articles",
        "build",
        &scratch.path("none"),
        "--output",
        &scratch.path("x"),
    ]);
    assert_eq!(none.status.code(), Some(2));
    assert!(!Path::new(&scratch.path("x")).exists());

    let foreign = run(&["articles", "list", "--articles", &article]);
    assert_eq!(foreign.status.code(), Some(2));
    assert!(
        stderr(&foreign).contains("no index of articles"),
        "{}",
        stderr(&foreign)
    );

    // A file that begins as an index and is none is not replaced by what is built in.
    let index = scratch.path("cut.ekb");
    run(&["articles", "build", &article, "--output", &index]);
    let whole = fs::read(&index).expect("the index");
    fs::write(&index, &whole[..whole.len() - 1]).expect("a file");
    let cut = run(&[
        "articles",
        "list",
        "--articles",
        &index,
        "--format",
        "jsonl",
    ]);
    assert_eq!(cut.status.code(), Some(2));
    assert_eq!(stdout(&cut), "");
    assert!(stderr(&cut).contains("damaged"), "{}", stderr(&cut));

    let unknown = run(&["articles", "show", "Q1"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        stderr(&unknown).contains("no article is called `Q1`"),
        "{}",
        stderr(&unknown)
    );
}

#[test]
fn a_copy_that_is_gone_is_said_to_be() {
    let scratch = Scratch::new("articles-gone");
    let (article, index) = (scratch.path("lost-line.md"), scratch.path("kb.ekb"));
    fs::write(&article, "Event ID: 7\nSource: Contoso\n").expect("a file");
    run(&["articles", "build", &article, "--output", &index]);
    fs::remove_file(&article).expect("it was there");
    let show = run(&["articles", "show", "lost-line", "--articles", &index]);
    assert_eq!(show.status.code(), Some(0));
    assert!(
        stdout(&show).contains("The copy is not here"),
        "{}",
        stdout(&show)
    );
}
