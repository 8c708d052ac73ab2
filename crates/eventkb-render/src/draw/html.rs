//! A document as one web page: nothing from outside, and nothing that needs its one small script.
//!
//! The template library escapes every text by itself; nothing here is written unescaped but the
//! style sheet and the script, which are ours, and are all that the page's policy allows.

use maud::{DOCTYPE, Markup, PreEscaped, Render, html as template};

use sha2::{Digest, Sha256};

use super::wrap::widest_word;
use super::{class, svg};
use crate::doc::{Anchor, Block, Cell, Doc, Entries, Entry, Line, Node, Span, Table};
use crate::sanitize::Clean;

/// Longer words (paths, names) may be broken in a table.
const LONG_WORD: usize = 24;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// What may be loaded: nothing but this very style sheet and script.
fn policy() -> String {
    format!(
        "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'",
        base64(&Sha256::digest(STYLE.as_bytes())),
        base64(&Sha256::digest(SCRIPT.as_bytes()))
    )
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |n: usize| chunk.get(n).copied().map_or(0, u32::from);
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4_usize {
            let digit = (group >> (18 - 6 * n)) & 63;
            let digit = DIGITS.get(digit as usize).copied().unwrap_or(b'A');
            text.push(if n <= chunk.len() {
                char::from(digit)
            } else {
                '='
            });
        }
    }
    text
}

/// What stands above a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Title, also of the browser's window.
    pub title: String,
    /// Lines under it: when it was made, from what.
    pub lines: Vec<String>,
}

/// Draws a document as a page.
pub fn html(doc: &Doc, page: &Page) -> String {
    let title = Clean::new(&page.title);
    let markup = template! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title.as_str()) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (title.as_str()) }
                    @for line in &page.lines { p { (Clean::new(line).as_str()) } }
                }
                (contents(&doc.blocks))
                main { @for block in &doc.blocks { (block) } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    markup.into_string() + "\n"
}

fn contents(blocks: &[Block]) -> Markup {
    let headings = || {
        blocks.iter().filter_map(|block| match block {
            Block::Heading(line, anchor) | Block::Title(line, anchor) => Some((line, anchor)),
            _ => None,
        })
    };
    template! {
        @if headings().count() > 1 {
            // Folded: on a small screen it would stand where the answer belongs.
            nav aria-label="Contents" {
                details {
                    summary { "Contents" }
                    ol {
                        @for (line, anchor) in headings() {
                            li { a href=(to(anchor)) { (line.text()) } }
                        }
                    }
                }
            }
        }
    }
}

fn to(anchor: &Anchor) -> String {
    format!("#{}", anchor.as_str())
}

impl Render for Block {
    fn render(&self) -> Markup {
        match self {
            Block::Heading(line, anchor) | Block::Title(line, anchor) => {
                template! { h2 id=(anchor.as_str()) { (line) } }
            }
            Block::Sub(line) => template! { h3 { (line) } },
            Block::Para(line) => template! { p { (line) } },
            Block::Fields(fields) => template! {
                dl {
                    @for (name, lines) in fields { dt { (name) } dd { (lines_of(lines)) } }
                }
            },
            Block::Entries(entries) => template! { (entries) },
            Block::Table(table) => template! { (table) },
            Block::Bullets(lines) => template! { ul { @for line in lines { li { (line) } } } },
            Block::Steps(lines) => template! { ol { @for line in lines { li { (line) } } } },
            Block::Tree(nodes) => tree(nodes),
            Block::Lanes(lanes) => svg::lanes(lanes),
            Block::Folded(title, blocks) => template! {
                details { summary { (title) } @for block in blocks { (block) } }
            },
        }
    }
}

impl Render for Line {
    fn render(&self) -> Markup {
        template! { @for span in &self.spans { (span) } }
    }
}

impl Render for Span {
    fn render(&self) -> Markup {
        let text = self.text.as_str();
        template! {
            @if self.is_link {
                a href=(text) rel="noopener noreferrer" { (text) }
            } @else if let Some(class) = class(self.tone) {
                span class=(class) { (text) }
            } @else {
                (text)
            }
        }
    }
}

fn lines_of(lines: &[Line]) -> Markup {
    template! {
        @for (n, line) in lines.iter().enumerate() { @if n > 0 { br; } (line) }
    }
}

impl Render for Table {
    fn render(&self) -> Markup {
        template! {
            table role="table" {
                caption { (self.caption.as_str()) }
                thead role="rowgroup" {
                    tr role="row" {
                        @for column in &self.columns {
                            th role="columnheader" scope="col" class=[column.right.then_some("right")] {
                                (column.title.as_str())
                            }
                        }
                    }
                }
                tbody role="rowgroup" {
                    @for row in &self.rows {
                        tr role="row" {
                            @for (cell, column) in row.iter().zip(&self.columns) {
                                td role="cell" data-label=(column.title.as_str()) class=[classes(cell, column.right)] {
                                    (lines_of(&cell.lines))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Render for Entries {
    fn render(&self) -> Markup {
        let mut labels: Vec<&str> = Vec::new();
        for fact in self.items.iter().flat_map(|entry| &entry.facts) {
            if !labels.contains(&fact.label) {
                labels.push(fact.label);
            }
        }
        // One order, whichever facts the first entry has.
        let place = |label: &&str| {
            ["where", "what", "how often", "when"]
                .iter()
                .position(|l| l == label)
        };
        labels.sort_by_key(place);
        template! {
            table role="table" {
                caption { (self.caption) }
                thead role="rowgroup" {
                    tr role="row" {
                        @for title in [""].iter().chain(&self.columns).chain(&labels) {
                            th role="columnheader" scope="col" { (title) }
                        }
                    }
                }
                tbody role="rowgroup" {
                    @for entry in &self.items { (entry_row(entry, self.columns, &labels)) }
                }
            }
        }
    }
}

fn entry_row(entry: &Entry, columns: [&str; 2], labels: &[&str]) -> Markup {
    let long = |line: &Line| (widest_word(line) > LONG_WORD).then_some("long");
    template! {
        tr role="row" {
            td role="cell" { (entry.mark) }
            th role="rowheader" scope="row" data-label=(columns[0]) {
                @if let Some(target) = &entry.target {
                    a href=(to(target)) { (entry.name.as_str()) }
                } @else {
                    (entry.name.as_str())
                }
            }
            td role="cell" data-label=(columns[1])
                class=[entry.more.iter().chain([&entry.title]).find_map(long)] {
                (entry.title)
                @for line in &entry.more { br; (line) }
            }
            @for label in labels {
                @let fact = entry.facts.iter().find(|fact| fact.label == *label);
                @match fact.and_then(|fact| Some((fact, fact.unfitted()?))) {
                    Some((fact, form)) => {
                        td role="cell" data-label=(label) class=[long(&Line::from(form.as_str()))] {
                            span class=[class(fact.tone)] { (form.as_str()) }
                        }
                    }
                    None => td role="cell" data-label=(label) {},
                }
            }
        }
    }
}

fn tree(nodes: &[Node]) -> Markup {
    template! {
        ul.tree {
            @for node in nodes {
                li {
                    span class=(if node.good { "good" } else { "bad" }) {
                        (if node.met { "✓ " } else { "✗ " })
                    }
                    (node.label)
                    @if !node.children.is_empty() { (tree(&node.children)) }
                }
            }
        }
    }
}

/// The classes of a cell, if it has any. Words may be broken anywhere only where there is a long
/// one: were that allowed for all, a browser would break `match` and `9316` to give a path room.
fn classes(cell: &Cell, right: bool) -> Option<String> {
    let is_long = cell.lines.iter().any(|line| widest_word(line) > LONG_WORD);
    let classes: Vec<&str> = class(cell.tone)
        .into_iter()
        .chain(right.then_some("right"))
        .chain(is_long.then_some("long"))
        .collect();
    (!classes.is_empty()).then(|| classes.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doc::Tone;

    fn drawn(doc: &Doc) -> String {
        html(doc, &Page::default())
    }

    #[test]
    fn nothing_foreign_is_markup() {
        let mut doc = Doc::default();
        doc.heading("<script>alert('x')</script>");
        doc.heading("\" onmouseover=\"alert(1)");
        let mut table = Table::new("\"><b>", &["\"><i>"]);
        table.row(vec![Cell::toned(Tone::Bad, "\"><img src=x onerror=y>")]);
        doc.table(table);
        doc.para(Line::default().address("https://a/\"><script>"));
        let title = Page {
            title: "</title><script>".into(),
            lines: vec!["<s>".into()],
        };
        let page = html(&doc, &title);
        let page = page.replace(&format!("<script>{SCRIPT}</script>"), "");
        for markup in ["<script", "<img", "<b>", "<i>", "<s>", "\" onmouseover"] {
            assert!(!page.contains(markup), "{markup}: {page}");
        }
        assert!(page.contains("&lt;script&gt;") && page.contains("&quot;&gt;&lt;img"));
    }

    #[test]
    fn only_long_words_may_be_broken() {
        let mut doc = Doc::default();
        let mut table = Table::new("files", &["state", ">event", "file"]);
        table.row(vec![
            Cell::toned(Tone::Bad, "contradicted"),
            "9316".into(),
            "customer/SEATTLE/Logs/Application.evtx".into(),
        ]);
        doc.table(table);
        let page = drawn(&doc);
        for wanted in [
            "class=\"bad\">contradicted</td>",
            "class=\"right\">9316</td>",
            "class=\"long\">customer/",
            "scope=\"col\"",
            "<caption>files</caption>",
        ] {
            assert!(page.contains(wanted), "{wanted}: {page}");
        }
    }

    #[test]
    fn the_policy_names_the_style_by_its_hash() {
        assert_eq!(base64(b""), "");
        assert_eq!(base64(b"M"), "TQ==");
        assert_eq!(base64(b"Ma"), "TWE=");
        assert_eq!(base64(b"Man"), "TWFu");
        let page = drawn(&Doc::default());
        assert!(page.contains("style-src 'sha256-") && !page.contains("unsafe-inline"));
        assert!(
            !page.contains(" style="),
            "an attribute that the policy forbids"
        );
    }

    #[test]
    fn contents_lead_to_headings() {
        let mut doc = Doc::default();
        doc.heading("Q1 match");
        doc.heading_at("Q2", Anchor::new("Q2"));
        let page = drawn(&doc);
        for (to, id) in [("#Q1-match", "id=\"Q1-match\""), ("#Q2", "id=\"Q2\"")] {
            assert!(
                page.contains(&format!("href=\"{to}\"")) && page.contains(id),
                "{page}"
            );
        }
    }
}
