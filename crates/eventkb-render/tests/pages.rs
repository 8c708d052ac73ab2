//! What is shown of hand-made reports, at several widths and in every format.
//!
//! `EVENTKB_BLESS=1 cargo test -p eventkb-render` rewrites the golden files; read the difference
//! before committing it.

use std::fs;
use std::path::{Path, PathBuf};

use eventkb::report::Report;
use eventkb_render::{Detail, Doc, Files, Look, Page, Reader};

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn report(name: &str) -> Report {
    let text = fs::read_to_string(tests().join("reports").join(name).with_extension("json"));
    serde_json::from_str(&text.expect("the report is there")).expect("the report is one")
}

fn reader(width: Option<usize>, detail: Detail) -> Reader {
    let mut reader = Reader::default();
    reader.width = width;
    reader.detail = detail;
    reader.commands = true;
    reader
}

fn golden(name: &str, text: &str) {
    let path = tests().join("golden").join(name);
    if std::env::var_os("EVENTKB_BLESS").is_some_and(|value| value == "1") {
        fs::write(&path, text).expect("the golden file can be written");
        return;
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default();
    if wanted != text {
        let differs = wanted.lines().zip(text.lines()).position(|(a, b)| a != b);
        let line = differs.unwrap_or_else(|| wanted.lines().count().min(text.lines().count()));
        panic!(
            "{name} differs from line {}\nwanted: {:?}\n   got: {:?}\nEVENTKB_BLESS=1 rewrites it",
            line + 1,
            wanted.lines().nth(line),
            text.lines().nth(line),
        );
    }
}

/// Draws for a terminal, and checks what holds for every page.
fn drawn(doc: &Doc, width: usize) -> String {
    let look = Look {
        width,
        color: false,
        ascii: false,
    };
    let text = eventkb_render::terminal(doc, look);
    for line in text.lines() {
        assert!(
            unicode_width::UnicodeWidthStr::width(line) <= width,
            "wider than {width}: {line}"
        );
        assert_eq!(line.trim_end(), line, "spaces at the end of a line");
    }
    let acts = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!text.contains(acts), "a character that acts");
    text
}

const WIDTHS: [usize; 3] = [80, 100, 160];

#[test]
fn the_answer_at_each_width() {
    for width in WIDTHS {
        let reader = reader(Some(width), Detail::Short);
        for name in ["rich", "nothing"] {
            let text = drawn(&eventkb_render::scan(&report(name), &reader), width);
            golden(&format!("{name}-{width}.txt"), &text);
        }
    }
}

#[test]
fn everything_at_each_width() {
    for width in WIDTHS {
        let reader = reader(Some(width), Detail::Logic);
        let text = drawn(&eventkb_render::scan(&report("rich"), &reader), width);
        golden(&format!("rich-all-{width}.txt"), &text);
    }
}

#[test]
fn twenty_five_problems_fit_on_a_screen() {
    let report = report("many");
    for (width, most) in [(80, 65), (100, 65), (160, 40)] {
        let reader = reader(Some(width), Detail::Summary);
        let text = drawn(&eventkb_render::scan(&report, &reader), width);
        golden(&format!("many-summary-{width}.txt"), &text);
        let lines = text.lines().count();
        assert!(lines <= most, "{lines} lines at {width}");
    }
}

#[test]
fn hundreds_of_logs_are_summed_up() {
    let report = report("many");
    for (files, name) in [(Files::All, "logs"), (Files::Damaged, "logs-damaged")] {
        let reader = reader(Some(100), Detail::Short);
        let text = drawn(&eventkb_render::logs(&report, files, &reader), 100);
        let lines = text.lines().count();
        assert!(lines < 120, "{lines} lines");
        if files == Files::Damaged {
            golden(&format!("many-{name}-100.txt"), &text);
        }
    }
    for width in WIDTHS {
        let reader = reader(Some(width), Detail::Short);
        let doc = eventkb_render::logs(&self::report("rich"), Files::All, &reader);
        golden(&format!("rich-logs-{width}.txt"), &drawn(&doc, width));
    }
}

#[test]
fn one_article_explained() {
    let reader = reader(Some(100), Detail::Short);
    let doc = eventkb_render::explain(&report("rich"), &["q253307", "Q1", "Q9"], &reader);
    golden("rich-explain-100.txt", &drawn(&doc, 100));
}

#[test]
fn a_page_for_a_ticket() {
    let reader = reader(None, Detail::Short);
    let doc = eventkb_render::scan(&report("rich"), &reader);
    golden("rich.md", &eventkb_render::markdown(&doc));
}

#[test]
fn a_page_for_a_browser() {
    let report = report("rich");
    let reader = reader(None, Detail::Logic);
    let page = Page {
        title: "Case 4711".into(),
        lines: eventkb_render::page_lines(&report, &reader),
    };
    let text = eventkb_render::html(&eventkb_render::scan(&report, &reader), &page);
    golden("rich.html", &text);
}

#[test]
fn another_zone_is_used_everywhere() {
    let mut reader = reader(Some(160), Detail::Logic);
    reader.zone = "+02:00".parse().expect("a zone");
    let text = drawn(&eventkb_render::scan(&report("rich"), &reader), 160);
    assert!(!text.contains("UTC"), "a time of another zone");
    assert!(text.contains("2000-02-06 03:20:02+02:00"), "{text}");
}
