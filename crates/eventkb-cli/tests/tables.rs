//! Reports as people see them, from saved ones, so that nothing but the rendering can change.

mod common;

use common::{fixture, golden, run, stdout};

fn render(report: &str, more: &[&str]) -> String {
    let path = fixture(report);
    let mut args = vec!["render", &path];
    args.extend(more);
    stdout(&run(&args))
}

#[test]
fn tables_at_80_and_160_columns() {
    for report in ["match", "nothing", "hostile"] {
        for width in ["80", "160"] {
            let text = render(&format!("{report}.json"), &["--width", width]);
            golden(&format!("{report}-{width}.txt"), &text);
        }
    }
}

#[test]
fn markdown_html_and_ascii() {
    golden("match.md", &render("match.json", &["--format", "markdown"]));
    golden("match.html", &render("match.json", &["--format", "html"]));
    golden(
        "match-ascii.txt",
        &render("match.json", &["--width", "80", "--ascii"]),
    );
    golden(
        "hostile.md",
        &render("hostile.json", &["--format", "markdown"]),
    );
}

#[test]
fn times_in_another_zone() {
    let text = render("nothing.json", &["--zone", "Europe/Berlin"]);
    assert!(text.contains("first to last (Europe/Berlin)"), "{text}");
    assert!(text.contains("2000-02-06 00:10:02+01:00"), "{text}");
    assert!(!text.contains("UTC"), "{text}");
}

#[test]
fn no_line_is_wider_than_asked() {
    for report in ["match.json", "nothing.json", "hostile.json"] {
        for width in [40, 60, 80, 100, 120, 200] {
            let text = render(report, &["--width", &width.to_string()]);
            // Six columns of a table need about 60.
            let most = width.max(60);
            for line in text.lines() {
                assert!(line.chars().count() <= most, "{report} at {width}: {line}");
            }
        }
    }
}

#[test]
fn citations_are_whole_at_any_usual_width() {
    for width in ["80", "100", "160"] {
        let text = render("match.json", &["--width", width]);
        for id in [1835, 1836, 1838, 1839, 40210] {
            assert!(
                text.contains(&format!("record {id}")),
                "record {id} at {width}"
            );
        }
        assert!(
            text.contains("customer/PORTLAND.zip!/logs/Application.evtx"),
            "at {width}"
        );
    }
}

#[test]
fn no_foreign_character_acts() {
    for format in ["table", "markdown", "html", "json"] {
        for color in ["never", "always"] {
            let text = render("hostile.json", &["--format", format, "--color", color]);
            let acting = |c: &char| {
                (c.is_control() && *c != '\n' && !(*c == '\u{1b}' && color == "always"))
                    || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
            };
            assert_eq!(text.chars().find(acting), None, "{format}, colour {color}");
            // The only escapes are our own colours.
            for part in text.split('\u{1b}').skip(1) {
                let code = part.strip_prefix('[').and_then(|part| part.split_once('m'));
                let is_color = code.is_some_and(|(code, _)| {
                    code.bytes()
                        .all(|byte| byte.is_ascii_digit() || byte == b';')
                });
                assert!(is_color, "{part:?}");
            }
        }
    }
}

#[test]
fn no_foreign_markup_is_obeyed() {
    let markdown = render("hostile.json", &["--format", "markdown"]);
    assert!(!markdown.contains("<script") && !markdown.contains("[a](javascript"));
    let html = render("hostile.json", &["--format", "html"]);
    assert!(!html.contains("<script") && html.contains("Content-Security-Policy"));
}

#[test]
fn json_comes_back_as_it_was() {
    for report in ["match.json", "hostile.json"] {
        let text = render(report, &["--format", "json"]);
        let again = common::run_with_stdin(&["render", "-", "--format", "json"], text.as_bytes());
        assert_eq!(stdout(&again), text);
    }
}
