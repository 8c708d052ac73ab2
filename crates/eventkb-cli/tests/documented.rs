//! What README and docs show is what the program prints.
//!
//! A block that begins with `$ eventkb ...` is run from the project's root and compared; variables may
//! stand before the program's name. A line `[...]` stands for lines left out, a line `[exit code N]`
//! for the exit code (0 without it). Counts of signatures may differ: a new signature is a new file
//! and nothing else. A block of `sh` is run in a folder of its own, and must end well. Blocks of
//! `json` and `toml` are read. What needs other programs is named with the place where it is run.
//! Blocks of `rust` are tests of `examples/documents.rs`, those of `python` of `python/tests`.
//!
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
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("docs") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

/// A command and what a page shows of it.
struct Shown {
    /// Line of the command within the page, from 0.
    line: usize,
    variables: Variables,
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
        } else if let Some((variables, arguments)) = command(line).filter(|_| in_block) {
            all.push(Shown {
                line: number,
                variables,
                arguments,
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

/// Name and value of each.
type Variables = Vec<(String, String)>;

/// Variables and arguments of `$ NAME=VALUE eventkb ...`.
fn command(line: &str) -> Option<(Variables, Vec<String>)> {
    let mut variables = Vec::new();
    let mut rest = words(line.strip_prefix("$ ")?).into_iter();
    loop {
        let word = rest.next()?;
        if word == "eventkb" {
            return Some((variables, rest.collect()));
        }
        let (name, value) = word.split_once('=')?;
        variables.push((name.to_owned(), value.to_owned()));
    }
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
        .envs(shown.variables.iter().map(|(name, value)| (name, value)))
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

/// A fenced block: the line after its fence, its kind, its text.
struct Block {
    line: usize,
    kind: String,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut all = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in page.lines().enumerate() {
        // In a list, blocks stand further in.
        let line = line.trim_end();
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(kind), None) => {
                open = Some(Block {
                    line: number + 2,
                    kind: kind.to_owned(),
                    text: String::new(),
                });
            }
            (Some(_), Some(_)) => all.extend(open.take()),
            (None, Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block has no end");
    all
}

/// Commands that need more than the program, by how they begin, and where they are run.
const ELSEWHERE: [(&str, &str); 18] = [
    (
        "cargo run --release -- scan examples/modern-dump",
        ".ci/run: signatures",
    ),
    ("cargo test --workspace --all-features", ".ci/run: tests"),
    (
        "cargo install --path crates/eventkb-cli",
        ".ci/run: build, as the README says",
    ),
    ("cargo install evtx", ".ci/run: second opinions"),
    (
        "cargo package --locked --workspace",
        ".ci/release: packages",
    ),
    ("cargo run --example upload_service", ".ci/run: examples"),
    ("cargo run --example nightly_job", ".ci/run: examples"),
    ("cargo run --example desktop_report", ".ci/run: examples"),
    ("cargo run", "by hand: a measurement"),
    ("cargo bench", "by hand: a measurement"),
    ("eventkb scan examples/modern-dump", ".ci/run: signatures"),
    (
        "pip install './python[pandas]'",
        ".ci/release: Python package",
    ),
    ("python3 -m venv", ".ci/release: Python package"),
    ("pip install distributed", ".ci/run: Python package"),
    (
        "python3 python/examples/spread.py",
        "python/tests/test_scan.py",
    ),
    (
        "python3 python/examples/errors_by_hour.py",
        "python/tests/test_events.py",
    ),
    (
        "docker ",
        ".ci/release: static program, container, Debian package",
    ),
    ("for ", "by hand: a measurement"),
];

/// What is typed in a block, without prompts, comments and answers.
fn typed(block: &Block) -> Vec<&str> {
    let lines = block.text.lines().map(str::trim);
    match block.kind.as_str() {
        "console" => lines.filter_map(|line| line.strip_prefix("$ ")).collect(),
        _ => lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect(),
    }
}

fn needs_others(line: &str) -> bool {
    ["cargo ", "pip ", "docker ", "python3 "]
        .iter()
        .any(|start| line.starts_with(start))
}

#[cfg(unix)]
/// Runs a block in a folder of its own, in which the paths of the repository are there.
fn run_block(block: &Block, number: usize) -> Result<(), String> {
    let folder = std::env::temp_dir();
    let folder = folder.join(format!("eventkb-block-{}-{number}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let links = ["crates", "examples", "testdata"].map(|name| (name, name));
    // What pages call a customer's logs.
    for (name, there) in links.into_iter().chain([("dump", "examples/modern-dump")]) {
        let there = root().join(there).canonicalize().expect("it is there");
        std::os::unix::fs::symlink(there, folder.join(name)).expect("a link");
    }
    let program = Path::new(env!("CARGO_BIN_EXE_eventkb"))
        .parent()
        .expect("a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let output = std::process::Command::new("bash")
        .args(["-c", &format!("set -e\n{}", block.text)])
        .env("PATH", format!("{}:{path}", program.display()))
        .env("EVENTKB_CONFIG", "")
        .current_dir(&folder)
        .output()
        .expect("bash runs");
    fs::remove_dir_all(&folder).expect("removed");
    match output.status.success() {
        true => Ok(()),
        false => Err(common::stdout(&output) + &common::stderr(&output)),
    }
}

/// Whether text is JSON, or the inside of an object.
fn is_json(text: &str) -> bool {
    let parses = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
    parses(text) || parses(&format!("{{{text}}}"))
}

#[test]
#[cfg(unix)]
fn every_block_is_run_or_read() {
    let (mut wrong, mut ran) = (Vec::new(), 0);
    for page in pages() {
        let text = fs::read_to_string(&page).expect("readable");
        let name = page
            .strip_prefix(root())
            .unwrap_or(&page)
            .display()
            .to_string();
        for block in blocks(&text) {
            let place = format!("{name}:{}", block.line);
            let typed = typed(&block);
            match block.kind.as_str() {
                "sh" | "console" if typed.iter().any(|line| needs_others(line)) => {
                    let is_known =
                        |line: &str| ELSEWHERE.iter().any(|(start, _)| line.starts_with(start));
                    let unknown = typed.iter().find(|line| !is_known(line));
                    wrong.extend(unknown.map(|line| format!("{place}: nothing runs `{line}`")));
                }
                "sh" | "console" => {
                    ran += 1;
                    if let Err(printed) = run_block(&block, ran) {
                        wrong.push(format!("{place}: it fails:\n{printed}"));
                    }
                }
                "json" if !is_json(&block.text) => wrong.push(format!("{place}: no JSON")),
                // Run by tests of their own, drawings, and what the test above compares.
                "json" | "rust" | "python" | "text" => {}
                "toml" => {
                    if let Err(error) = toml::from_str::<toml::Table>(&block.text) {
                        wrong.push(format!("{place}: {error}"));
                    }
                }
                other => wrong.push(format!("{place}: nothing runs a block of `{other}`")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(ran > 3, "pages have blocks that run");
}

#[test]
fn the_settings_page_shows_a_settings_file() {
    let page = fs::read_to_string(root().join("docs/settings.md")).expect("readable");
    let block = blocks(&page).into_iter().find(|block| block.kind == "toml");
    let path = std::env::temp_dir().join(format!("eventkb-page-{}.toml", std::process::id()));
    fs::write(&path, block.expect("a file").text).expect("written");
    let output = common::eventkb(&["config"])
        .env("EVENTKB_CONFIG", &path)
        .output();
    let output = output.expect("it runs");
    fs::remove_file(&path).expect("removed");
    assert_eq!(output.status.code(), Some(0), "{}", common::stderr(&output));
    let text = common::stdout(&output);
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let name = line.split('`').nth(1).expect("a name");
        assert!(text.lines().any(|line| line.starts_with(name)), "{name}");
    }
}

/// The families in the table of contents, from the folder with their pages.
#[test]
fn the_table_of_contents_names_every_page() {
    let path = root().join("docs/SUMMARY.md");
    let summary = fs::read_to_string(&path).expect("readable");
    let docs = root().join("docs");
    let names = pages().into_iter().filter_map(|page| {
        let name = page.strip_prefix(&docs).ok()?.to_str()?.to_owned();
        (name != "SUMMARY.md").then_some(name)
    });
    let names: Vec<String> = names.collect();
    let (families, others): (Vec<_>, Vec<_>) = names
        .iter()
        .partition(|name| name.starts_with("families/") && *name != "families/README.md");
    for name in others {
        assert!(
            summary.contains(&format!("]({name})")),
            "{name} is not in it"
        );
    }
    let entry = |name: &&String| {
        let title = name.trim_start_matches("families/").trim_end_matches(".md");
        format!("  - [{title}]({name})\n")
    };
    let wanted: String = families.iter().map(entry).collect();
    if std::env::var_os("EVENTKB_BLESS").is_some() {
        let (mut lines, mut placed) = (String::new(), false);
        for line in summary.lines().filter(|line| !line.starts_with("  - [")) {
            lines.push_str(&format!("{line}\n"));
            if line.contains("(families/README.md)") {
                lines.push_str(&wanted);
                placed = true;
            }
        }
        assert!(placed, "it names the page of all families");
        fs::write(&path, lines).expect("written");
        return;
    }
    assert!(
        summary.contains(&wanted),
        "EVENTKB_BLESS=1 writes the families into it"
    );
}

/// Where a path that a page names may begin.
const ROOTS: [&str; 16] = [
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
    "python/src",
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
