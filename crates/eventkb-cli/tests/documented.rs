//! What README and docs show is what the program prints.
//!
//! A block that begins with `$ eventkb ...` is run from the project's root and compared. A line
//! `[...]` stands for lines left out, a line `[exit code N]` for the exit code (0 without it). Counts
//! of signatures may differ: a new signature is a new file and nothing else.
//! `EVENTKB_BLESS=1 cargo test -p eventkb-cli --test documented` rewrites the blocks; of one that
//! ends in `[...]` as many lines as it had. Read the difference before committing it.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md")];
    for entry in fs::read_dir(root().join("docs")).expect("docs") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    pages.sort();
    pages
}

/// A command and what a page shows of it.
struct Shown {
    /// Line of the command within the page, from 0.
    line: usize,
    arguments: Vec<String>,
    lines: Vec<String>,
    exit_code: i32,
}

fn shown(text: &str) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    let (mut in_block, mut running) = (false, false);
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            in_block = !in_block;
            running = false;
        } else if let Some(command) = line.strip_prefix("$ eventkb ").filter(|_| in_block) {
            all.push(Shown {
                line: number,
                arguments: words(command),
                lines: Vec::new(),
                exit_code: 0,
            });
            running = true;
        } else if in_block
            && running
            && let Some(last) = all.last_mut()
        {
            last.lines.push(line.trim_end().to_owned());
        }
    }
    for shown in &mut all {
        let code = shown
            .lines
            .last()
            .and_then(|line| line.strip_prefix("[exit code "));
        if let Some(code) = code.and_then(|rest| rest.strip_suffix(']')?.parse().ok()) {
            shown.exit_code = code;
            shown.lines.pop();
        }
    }
    all
}

/// Splits as a shell would, as far as the docs need it: spaces and double quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (n, part) in command.split('"').enumerate() {
        if n % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

fn printed(shown: &Shown) -> (Vec<String>, i32) {
    let arguments: Vec<&str> = shown.arguments.iter().map(String::as_str).collect();
    let output = common::eventkb(&arguments)
        .current_dir(root())
        .output()
        .expect("it runs");
    let text = common::stdout(&output) + &common::stderr(&output);
    let lines = text
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    (lines, output.status.code().unwrap_or(-1))
}

/// A line without the counts that every new signature changes.
fn without_counts(line: &str) -> String {
    let counts = ["asked ", "ruled out;", "more article", " built in)"];
    match counts.iter().any(|words| line.contains(words)) {
        true => line.chars().filter(|c| !c.is_ascii_digit()).collect(),
        false => line.to_owned(),
    }
}

/// The first line of `wanted` that `printed` does not have in its place.
fn first_difference<'w>(wanted: &'w [String], printed: &[String]) -> Option<&'w str> {
    let (mut at, mut gap) = (0, false);
    for line in wanted {
        if line == "[...]" {
            gap = true;
            continue;
        }
        let rest = printed.get(at..).unwrap_or(&[]);
        let is_it = |have: &String| without_counts(have) == without_counts(line);
        let found = match gap {
            true => rest.iter().position(is_it),
            false => rest.first().filter(|have| is_it(have)).map(|_| 0),
        };
        match found {
            Some(ahead) => at += ahead + 1,
            None => return Some(line),
        }
        gap = false;
    }
    (!gap && at < printed.len()).then_some("(the end)")
}

/// The page with what is printed now.
fn blessed(text: &str) -> String {
    let mut page: Vec<String> = text.lines().map(str::to_owned).collect();
    // From the end, so that the places of earlier blocks stay as they are.
    for shown in shown(text).iter().rev() {
        let (mut lines, code) = printed(shown);
        if let Some(at) = shown.lines.iter().position(|line| line == "[...]") {
            lines.truncate(at);
            lines.extend_from_slice(shown.lines.get(at..).unwrap_or(&[]));
        }
        let had_code = usize::from(shown.exit_code != 0);
        if code != 0 {
            lines.push(format!("[exit code {code}]"));
        }
        let start = shown.line + 1;
        page.splice(start..start + shown.lines.len() + had_code, lines);
    }
    page.join("\n") + "\n"
}

#[test]
fn what_the_pages_show_is_what_is_printed() {
    let bless = std::env::var_os("EVENTKB_BLESS").is_some();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for page in pages() {
        let text = fs::read_to_string(&page).expect("readable");
        if bless {
            fs::write(&page, blessed(&text)).expect("written");
            continue;
        }
        let name = page.strip_prefix(root()).unwrap_or(&page).display();
        for shown in shown(&text) {
            let (lines, code) = printed(&shown);
            count += 1;
            let place = format!("{name}:{}", shown.line + 1);
            if let Some(line) = first_difference(&shown.lines, &lines) {
                let lines = lines.join("\n");
                wrong.push(format!(
                    "{place}: not printed: {line:?}; printed is\n{lines}"
                ));
            } else if code != shown.exit_code {
                wrong.push(format!("{place}: exit code {code}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(bless || count > 0, "no page shows a command");
}

/// Where a path that a page names may begin.
const ROOTS: [&str; 15] = [
    "",
    "docs",
    "crates",
    "crates/eventkb",
    "crates/eventkb-logs",
    "crates/eventkb-logs/src",
    "crates/eventkb/src",
    "crates/eventkb/src/judge",
    "crates/eventkb/src/signature",
    "crates/eventkb-packs",
    "crates/eventkb-packs/src",
    "crates/eventkb-render",
    "crates/eventkb-render/src",
    "crates/eventkb-cli/src",
    "crates/eventkb-cli/tests",
];

/// Words in backquotes that are paths of this project: `find.rs`, `docs/report.md`.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text
        .lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2));
    quoted.filter(|word| {
        let is_path = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        let is_file = [".rs", ".md"].iter().any(|end| word.ends_with(end));
        word.chars().all(is_path) && is_file
    })
}

#[test]
fn files_that_the_pages_name_are_there() {
    let mut pages = pages();
    pages.push(root().join("CONTRIBUTING.md"));
    let mut count = 0;
    for page in pages {
        let text = fs::read_to_string(&page).expect("readable");
        for path in paths(&text) {
            count += 1;
            let is_there = ROOTS.iter().any(|at| root().join(at).join(path).exists());
            assert!(is_there, "{}: there is no {path}", page.display());
        }
    }
    assert!(count > 20, "the pages name files");
}
