//! The pictures in README: what the program prints, drawn as it stands; and the page, of which a
//! browser takes the picture (`tests/browser.rs`).
//!
//! `EVENTKB_BLESS=1 cargo test -p eventkb-cli --test screenshot` draws the first anew.

mod common;

use std::fs;
use std::path::Path;

use anstyle_svg::Term;

/// Lines of the answer that fit a first look.
const LINES: usize = 34;

#[test]
fn the_picture_shows_what_is_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let args = [
        "scan",
        "examples/modern-dump",
        "--color",
        "always",
        "--width",
        "100",
    ];
    let output = common::eventkb(&args)
        .current_dir(&root)
        .output()
        .expect("it runs");
    let printed = common::stdout(&output);
    let mut text = String::from("\u{1b}[1m$ eventkb scan examples/modern-dump\u{1b}[0m\n");
    for line in printed.lines().take(LINES) {
        text.push_str(line);
        text.push('\n');
    }
    let picture = Term::new().min_width_px(860).render_svg(&text);
    assert!(!picture.contains("<script") && picture.contains("KB922918"));
    let path = root.join("docs/scan.svg");
    if std::env::var_os("EVENTKB_BLESS").is_some() {
        fs::write(&path, &picture).expect("written");
        return;
    }
    // The number of signatures grows with every file.
    let compared = |text: &str| {
        let lines = text.lines().filter(|line| !line.contains("asked "));
        lines.map(str::to_owned).collect::<Vec<String>>()
    };
    let wanted = fs::read_to_string(&path).expect("the picture is there");
    assert_eq!(
        compared(&picture),
        compared(&wanted),
        "EVENTKB_BLESS=1 draws it anew"
    );
}

#[test]
fn the_pictures_are_small() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let page = fs::read(docs.join("page.png")).expect("the picture is there");
    assert!(page.starts_with(b"\x89PNG\r\n\x1a\n"));
    for name in ["page.png", "scan.svg"] {
        let size = fs::metadata(docs.join(name)).expect("it is there").len();
        assert!(size < 200_000, "{name}: {size} bytes");
    }
}
