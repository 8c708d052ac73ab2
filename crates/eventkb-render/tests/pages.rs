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
    eventkb_testkit::golden::compare(&tests().join("golden").join(name), text);
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
    for (width, most) in [(80, 40), (100, 40), (160, 40), (200, 40)] {
        let reader = reader(Some(width), Detail::Summary);
        let text = drawn(&eventkb_render::scan(&report, &reader), width);
        golden(&format!("many-summary-{width}.txt"), &text);
        let lines = text.lines().count();
        assert!(lines <= most, "{lines} lines at {width}");
    }
    // With what no article explains and what could not be read: a screen of 50 lines.
    for width in WIDTHS {
        let reader = reader(Some(width), Detail::Short);
        let text = drawn(&eventkb_render::scan(&report, &reader), width);
        let answer = text.lines().position(|line| line.starts_with('═'));
        let answer = answer.expect("details behind the answer");
        // Two empty lines and the heading stand before the rule.
        assert!(answer <= 53 || width < 100, "{answer} lines at {width}");
        let screen: Vec<&str> = text.lines().take(50).collect();
        golden(
            &format!("many-answer-{width}.txt"),
            &(screen.join("\n") + "\n"),
        );
        assert!(
            screen
                .iter()
                .any(|line| line.starts_with("Not read in full")),
            "{width}"
        );
    }
}

/// Edited observations may claim any number of records.
#[test]
fn sums_of_absurd_counts_are_shown() {
    let mut report = report("many");
    for input in &mut report.inputs {
        input.records_lost = u64::MAX;
        input.records_read = u64::MAX;
        input.records_recovered = u64::MAX;
    }
    let reader = reader(Some(100), Detail::Short);
    let text = drawn(&eventkb_render::scan(&report, &reader), 100);
    assert!(
        text.contains("18,446,744,073,709,551,615 records lost"),
        "{text}"
    );
    drawn(&eventkb_render::logs(&report, Files::All, &reader), 100);
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

/// Elements that have no end.
const VOID: [&str; 2] = ["meta", "br"];

/// Checks that a page's elements are closed in order, and gives their names with attributes.
fn elements(page: &str) -> Vec<String> {
    let page = page.strip_prefix("<!DOCTYPE html>").expect("a doctype");
    // The style sheet and the script are no markup, and the only ones there are.
    let (before, rest) = page.split_once("<style>").expect("a style sheet");
    let (_, after) = rest.split_once("</style>").expect("its end");
    let (after, rest) = after.split_once("<script>").expect("a script");
    let (_, end) = rest.split_once("</script>").expect("its end");
    let after = format!("{after}{end}");
    let (mut open, mut all) = (Vec::new(), Vec::new());
    for part in format!("{before}{after}").split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("a tag's end");
        assert!(!text.contains('>'), "{text}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closed in order");
            continue;
        }
        all.push(tag.to_owned());
        let name = tag.split(' ').next().unwrap_or_default();
        if !VOID.contains(&name) {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty(), "{open:?}");
    all
}

#[test]
fn a_page_is_well_formed_and_nothing_foreign_is_markup() {
    for detail in [Detail::Short, Detail::Logic] {
        let reader = reader(None, detail);
        let page = Page {
            title: "</title><script>alert(1)</script>".into(),
            lines: vec!["<b>".into()],
        };
        let mut docs = vec![eventkb_render::scan(&report("rich"), &reader)];
        docs.push(eventkb_render::explain(
            &report("rich"),
            &["Q253307", "Q1"],
            &reader,
        ));
        docs.push(eventkb_render::logs(&report("rich"), Files::All, &reader));
        for doc in docs {
            let text = eventkb_render::html(&doc, &page);
            let mut ids = std::collections::BTreeSet::new();
            let mut targets = Vec::new();
            for tag in elements(&text) {
                let name = tag.split(' ').next().unwrap_or_default();
                let ours = "html head meta title body header h1 p nav ol li a main h2 h3 ul dl dt dd br \
                            table caption thead tr th tbody td span details summary figure figcaption svg g rect \
                            circle text path";
                assert!(ours.split_whitespace().any(|known| known == name), "{tag}");
                // What stands between quotes is text: the template escapes quotes in it.
                let names: String = tag.split('"').step_by(2).collect();
                assert!(!names.contains(" on") && !names.contains("style="), "{tag}");
                if let Some((_, rest)) = tag.split_once(" id=\"") {
                    let id = rest.split('"').next().unwrap_or_default().to_owned();
                    assert!(ids.insert(id), "an id that is there twice: {tag}");
                }
                if let Some((_, rest)) = tag.split_once("href=\"") {
                    let href = rest.split('"').next().unwrap_or_default();
                    match href.strip_prefix('#') {
                        Some(target) => targets.push(target.to_owned()),
                        None => assert!(href.starts_with("https://"), "{tag}"),
                    }
                }
            }
            for target in targets {
                assert!(ids.contains(&target), "#{target} leads nowhere");
            }
        }
    }
}

#[test]
fn a_ticket_holds_no_foreign_markup() {
    let reader = reader(None, Detail::Logic);
    let text = eventkb_render::markdown(&eventkb_render::scan(&report("rich"), &reader));
    for markup in ["<script", "<img", "`c`", "javascript:alert"] {
        let found = text.contains(markup);
        // A scheme without a link around it is text.
        assert_eq!(found, markup == "javascript:alert", "{markup}");
    }
}
