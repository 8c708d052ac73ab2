//! Saved reports through the program: the rendering itself is tested where it is made.

mod common;

use common::{report, run, stdout};

fn render(name: &str, more: &[&str]) -> String {
    let path = report(name);
    let mut args = vec!["render", &path];
    args.extend(more);
    stdout(&run(&args))
}

#[test]
fn no_line_is_wider_than_asked() {
    for name in ["rich.json", "nothing.json", "many.json"] {
        for width in [60, 80, 100, 120, 200] {
            let width_text = width.to_string();
            for more in [
                &["--width", &width_text][..],
                &["-vv", "--width", &width_text],
            ] {
                for line in render(name, more).lines() {
                    assert!(line.chars().count() <= width, "{name} at {width}: {line}");
                }
            }
        }
    }
}

#[test]
fn more_is_shown_when_it_is_asked_for() {
    let lines = |more: &[&str]| render("rich.json", more).lines().count();
    let all = [&["--summary"][..], &[], &["-v"], &["-vv"]].map(lines);
    assert!(all.is_sorted_by(|a, b| a < b), "{all:?}");
}

#[test]
fn a_page_names_its_case_and_date() {
    let path = report("rich.json");
    let output = common::eventkb(&["render", &path, "--format", "html", "--case", "A<b>&C"])
        .env("SOURCE_DATE_EPOCH", "949800000")
        .output();
    let page = stdout(&output.expect("the program starts"));
    assert!(
        page.contains("<h1>A&lt;b&gt;&amp;C: event logs</h1>"),
        "{page}"
    );
    assert!(page.contains("Made 2000-02-06 01:20:00 UTC."), "{page}");
    // What is folded away is all there.
    assert!(page.contains("<details>"), "{page}");
}

#[test]
fn no_foreign_character_acts() {
    for format in ["table", "markdown", "html", "json"] {
        for color in ["never", "always"] {
            let text = render("rich.json", &["--format", format, "--color", color]);
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
    let markdown = render("rich.json", &["--format", "markdown"]);
    assert!(!markdown.contains("<script") && !markdown.contains("[a](javascript"));
    let html = render("rich.json", &["--format", "html"]);
    // The page has one script, which is ours, and the policy names it by its hash.
    assert_eq!(html.matches("<script").count(), 1);
    assert!(html.contains("Content-Security-Policy") && html.contains("script-src 'sha256-"));
    assert!(!html.contains("unsafe-inline"));
}

#[test]
fn json_comes_back_as_it_was() {
    for report in ["rich.json", "nothing.json"] {
        let text = render(report, &["--format", "json"]);
        let again = common::run_with_stdin(&["render", "-", "--format", "json"], text.as_bytes());
        assert_eq!(stdout(&again), text);
    }
}
