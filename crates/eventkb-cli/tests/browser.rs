//! The page in a real browser: nothing complains, nothing scrolls sideways, nothing foreign acts, the
//! timeline shows the findings and its marks lead to them.
//!
//! Needs Chromium, named by `EVENTKB_BROWSER` or found on the path; where there is none these tests
//! are left out by name (they are ignored, and `.ci/run` says so).

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{eventkb, stdout, testdata};

/// Watches a page from within: it is put before everything else, and the policy is told of it.
const PROBE: &str = r#"
const seen = [];
addEventListener("error", (e) => seen.push("error: " + e.message));
document.addEventListener("securitypolicyviolation",
  (e) => seen.push("policy: " + e.violatedDirective + " " + e.sample));
window.alert = () => seen.push("alert");
addEventListener("load", () => setTimeout(() => {
  const all = (what) => Array.from(document.querySelectorAll(what));
  const root = document.documentElement;
  const findings = all("svg a.finding");
  const fields = all("p.filter input");
  let hidden = 0;
  if (fields.length) {
    const table = fields[0].closest("p").nextElementSibling;
    fields[0].value = "no row has these words";
    fields[0].dispatchEvent(new Event("input"));
    hidden = Array.from(table.tBodies[0].rows).filter((row) => row.offsetHeight > 0).length;
  }
  parent.postMessage(JSON.stringify({
    seen,
    scrolls: root.scrollWidth > root.clientWidth,
    findings: findings.map((a) => a.getAttribute("href")),
    lost: all("a[href^='#']").filter((a) => !document.getElementById(a.getAttribute("href").slice(1))).length,
    nameless: all("svg [tabindex], svg a").filter((e) => !e.getAttribute("aria-label")).length,
    focusable: findings.filter((a) => { a.focus(); return document.activeElement === a; }).length,
    outside: all("svg circle").filter((c) => {
      const box = c.getBoundingClientRect();
      return box.left < 0 || box.right > root.clientWidth;
    }).length,
    fields: fields.length,
    hidden,
    foreign: all("main img, main script, main iframe, main b, main object").length,
  }), "*");
}, 50));
"#;

fn browser() -> PathBuf {
    if let Some(named) = std::env::var_os("EVENTKB_BROWSER") {
        return named.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|file| file.exists())
        .expect("Chromium on the path, or named by EVENTKB_BROWSER")
}

/// What the probe saw of a page at a width, as JSON.
fn probed(folder: &Path, page: &str, width: u32) -> serde_json::Value {
    let watched = page
        .replacen("script-src ", "script-src 'nonce-probe' ", 1)
        .replacen(
            "<title>",
            &format!("<script nonce=\"probe\">{PROBE}</script><title>"),
            1,
        );
    assert_ne!(watched, page);
    std::fs::write(folder.join("page.html"), watched).expect("written");
    // A window has a least width; a frame has none.
    let frame = format!(
        "<!DOCTYPE html><body><iframe src=\"page.html\" width=\"{width}\" height=\"900\"></iframe>\
         <pre id=\"result\"></pre><script>addEventListener(\"message\", \
         (e) => document.getElementById(\"result\").textContent = e.data)</script>"
    );
    std::fs::write(folder.join("frame.html"), frame).expect("written");
    let output = Command::new(browser())
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--virtual-time-budget=10000",
        ])
        .arg(format!(
            "--user-data-dir={}",
            folder.join("profile").display()
        ))
        .arg("--dump-dom")
        .arg(format!("file://{}", folder.join("frame.html").display()))
        .output()
        .expect("the browser starts");
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let result = dom
        .split_once("<pre id=\"result\">")
        .and_then(|(_, rest)| rest.split_once("</pre>"))
        .map(|(result, _)| {
            result
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&")
        });
    let result = result.unwrap_or_else(|| panic!("no result: {dom}"));
    serde_json::from_str(&result).unwrap_or_else(|error| panic!("{error}: {result:?} in {dom}"))
}

fn page(folder: &str, more: &[&str]) -> String {
    page_in(&testdata(), folder, more)
}

fn page_in(current: &Path, folder: &str, more: &[&str]) -> String {
    let args = [&["scan", folder, "--timeline", "--format", "html"], more].concat();
    let mut command = eventkb(&args);
    // A day that stays: the page says when it was made.
    command.env("SOURCE_DATE_EPOCH", "1773576000");
    let output = command.current_dir(current).output();
    stdout(&output.expect("the program starts"))
}

fn check(name: &str, page: &str, finding: &str) {
    let folder = std::env::temp_dir().join(format!("eventkb-page-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    for width in [400, 1280] {
        let result = probed(&folder, page, width);
        let is = |field: &str, wanted: serde_json::Value| {
            assert_eq!(
                result[field], wanted,
                "{name} at {width}: {field} in {result}"
            );
        };
        is("seen", serde_json::json!([]));
        is("scrolls", false.into());
        is("lost", 0.into());
        is("nameless", 0.into());
        is("outside", 0.into());
        is("foreign", 0.into());
        is("hidden", 0.into());
        let findings = result["findings"].as_array().expect("a list");
        assert!(
            findings.contains(&format!("#{finding}").into()),
            "{name}: {result}"
        );
        is("focusable", findings.len().into());
        assert!(result["fields"].as_u64() > Some(0), "{name}: {result}");
    }
    std::fs::remove_dir_all(&folder).expect("it can be removed");
}

#[test]
#[ignore = "needs Chromium"]
fn in_a_browser_the_timeline_leads_to_the_findings() {
    check("servers", &page("q253307-two-servers", &[]), "Q253307");
    check("modern", &page("../examples/modern-dump", &[]), "KB922918");
}

/// Paper is narrower than the width from which a screen has tables, but it has room for them: as a list of
/// labels and values the same page took fifteen sheets.
#[test]
#[ignore = "needs Chromium"]
fn in_a_browser_the_page_is_printed_as_tables() {
    let folder = std::env::temp_dir().join(format!("eventkb-print-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let html = page("q253307-two-servers", &["-v"]);
    std::fs::write(folder.join("page.html"), html).expect("written");
    let printed = folder.join("page.pdf");
    let output = Command::new(browser())
        .args(["--headless", "--no-sandbox", "--disable-gpu"])
        .arg("--no-pdf-header-footer")
        .arg(format!(
            "--user-data-dir={}",
            folder.join("profile").display()
        ))
        .arg(format!("--print-to-pdf={}", printed.display()))
        .arg(format!("file://{}", folder.join("page.html").display()))
        .output()
        .expect("the browser starts");
    let pdf = std::fs::read(&printed)
        .unwrap_or_else(|error| panic!("{error}: {}", common::stderr(&output)));
    let pdf = String::from_utf8_lossy(&pdf);
    let sheets = pdf.matches("/Type /Page").count() - pdf.matches("/Type /Pages").count();
    assert!((1..=10).contains(&sheets), "{sheets} sheets");
    std::fs::remove_dir_all(&folder).expect("it can be removed");
}

#[test]
#[ignore = "needs Chromium"]
fn in_a_browser_hostile_names_are_inert() {
    let case = "</title><script>alert(1)</script><img src=x onerror=alert(2)>";
    let page = page("hostile-names", &["--case", case]);
    check("hostile", &page, "Q253307");
}

/// The picture of the page in README: made by `EVENTKB_BLESS=1 cargo test -p eventkb-cli --test browser
/// -- --ignored picture`.
#[test]
#[ignore = "needs Chromium"]
fn in_a_browser_the_picture_of_the_page_can_be_taken() {
    let folder = std::env::temp_dir().join(format!("eventkb-picture-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let root = testdata().join("..");
    let page = page_in(&root, "examples/modern-dump", &["--case", "Case 4711"]);
    std::fs::write(folder.join("page.html"), page).expect("written");
    let picture = folder.join("page.png");
    let output = Command::new(browser())
        .args(["--headless", "--no-sandbox", "--disable-gpu"])
        .args(["--hide-scrollbars", "--window-size=1000,1330"])
        .arg(format!(
            "--user-data-dir={}",
            folder.join("profile").display()
        ))
        .arg(format!("--screenshot={}", picture.display()))
        .arg(format!("file://{}", folder.join("page.html").display()))
        .output()
        .expect("the browser starts");
    let bytes = std::fs::read(&picture).unwrap_or_else(|error| {
        panic!("{error}: {}", String::from_utf8_lossy(&output.stderr));
    });
    // A page that is blank takes a few kilobytes.
    assert!((30_000..200_000).contains(&bytes.len()), "{}", bytes.len());
    if std::env::var_os("EVENTKB_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(root.join("docs/page.png"), bytes).expect("written");
    }
    std::fs::remove_dir_all(&folder).expect("it can be removed");
}
