//! A document as one web page: no script, no link to anything outside.

use super::doc::{Block, Cell, Doc, Line, Node, Table, Tone};
use super::wrap::widest_word;

/// Longer words (paths, DNs) may be broken in a table.
const LONG_WORD: usize = 24;

const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>eventkb report</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; max-width: 80rem; margin: 2rem auto; padding: 0 1rem; color: #1c1c1c; background: #fff; }
h2 { border-bottom: 2px solid #999; margin-top: 2.5rem; padding-bottom: .2rem; }
h3 { margin-bottom: .3rem; }
table { border-collapse: collapse; margin: .5rem 0 1rem; }
th, td { border: 1px solid #bbb; padding: .3rem .6rem; text-align: left; vertical-align: top; }
.long, p, li, dd { overflow-wrap: anywhere; }
th { background: #eee; }
td.right, th.right { text-align: right; }
dt { font-weight: bold; }
dd { margin: 0 0 .4rem 1.5rem; }
ul.tree { list-style: none; padding-left: 1.2rem; }
.strong { font-weight: bold; } .good { color: #116611; font-weight: bold; } .warn { color: #7a5200; }
.bad { color: #a11616; } .dim { color: #666; }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818; } th { background: #2a2a2a; }
 .good { color: #7ccf7c; } .warn { color: #e0b050; } .bad { color: #ff8080; } .dim { color: #999; } }
</style>
</head>
<body>
";

/// Draws a document.
pub(crate) fn html(doc: &Doc) -> String {
    let mut out = String::from(HEAD);
    for block in &doc.blocks {
        draw(block, &mut out);
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn draw(block: &Block, out: &mut String) {
    match block {
        Block::Heading(line) => out.push_str(&format!("<h2>{}</h2>\n", inline(line))),
        Block::Sub(line) => out.push_str(&format!("<h3>{}</h3>\n", inline(line))),
        Block::Para(line) => out.push_str(&format!("<p>{}</p>\n", inline(line))),
        Block::Fields(fields) => {
            out.push_str("<dl>\n");
            for (name, lines) in fields {
                let lines: Vec<String> = lines.iter().map(inline).collect();
                out.push_str(&format!(
                    "<dt>{}</dt><dd>{}</dd>\n",
                    escape(name),
                    lines.join("<br>")
                ));
            }
            out.push_str("</dl>\n");
        }
        Block::Table(table) => draw_table(table, out),
        Block::Bullets(lines) => draw_list("ul", lines, out),
        Block::Steps(lines) => draw_list("ol", lines, out),
        Block::Tree(nodes) => draw_nodes(nodes, out),
    }
}

fn draw_list(tag: &str, lines: &[Line], out: &mut String) {
    let items: String = lines
        .iter()
        .map(|line| format!("<li>{}</li>\n", inline(line)))
        .collect();
    out.push_str(&format!("<{tag}>\n{items}</{tag}>\n"));
}

fn draw_nodes(nodes: &[Node], out: &mut String) {
    out.push_str("<ul class=\"tree\">\n");
    for node in nodes {
        let mark = if node.met { "✓" } else { "✗" };
        let class = if node.good { "good" } else { "bad" };
        out.push_str(&format!(
            "<li><span class=\"{class}\">{mark}</span> {}",
            inline(&node.label)
        ));
        if !node.children.is_empty() {
            draw_nodes(&node.children, out);
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
}

fn draw_table(table: &Table, out: &mut String) {
    out.push_str("<table>\n<thead><tr>");
    for column in &table.columns {
        let class = if column.right { " class=\"right\"" } else { "" };
        out.push_str(&format!(
            "<th{class}>{}</th>",
            escape(column.title.as_str())
        ));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        let cells: String = row
            .iter()
            .zip(&table.columns)
            .map(|(cell, column)| draw_cell(cell, column.right))
            .collect();
        out.push_str(&format!("<tr>{cells}</tr>\n"));
    }
    out.push_str("</tbody></table>\n");
}

fn draw_cell(cell: &Cell, right: bool) -> String {
    let lines: Vec<String> = cell.lines.iter().map(inline).collect();
    let classes: Vec<&str> = class(cell.tone)
        .into_iter()
        .chain(right.then_some("right"))
        .chain(is_long(cell).then_some("long"))
        .collect();
    let class = if classes.is_empty() {
        String::new()
    } else {
        format!(" class=\"{}\"", classes.join(" "))
    };
    format!("<td{class}>{}</td>", lines.join("<br>"))
}

/// Whether a word of this cell may be broken anywhere. Were that allowed for all, a browser would
/// break `match` and `9316` to give a path more room.
fn is_long(cell: &Cell) -> bool {
    cell.lines.iter().any(|line| widest_word(line) > LONG_WORD)
}

fn inline(line: &Line) -> String {
    line.spans
        .iter()
        .map(|span| match class(span.tone) {
            Some(class) => format!(
                "<span class=\"{class}\">{}</span>",
                escape(span.text.as_str())
            ),
            None => escape(span.text.as_str()),
        })
        .collect()
}

fn class(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Plain => None,
        Tone::Strong => Some("strong"),
        Tone::Good => Some("good"),
        Tone::Warn => Some("warn"),
        Tone::Bad => Some("bad"),
        Tone::Dim => Some("dim"),
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_foreign_is_markup() {
        let mut doc = Doc::default();
        doc.heading("<script>alert('x')</script>");
        let mut table = Table::new(&["a"]);
        table.row(vec![Cell::toned(Tone::Bad, "\"><img src=x onerror=y>")]);
        doc.table(table);
        let page = html(&doc);
        assert!(!page.contains("<script") && !page.contains("<img"));
        assert!(page.contains("&lt;script&gt;") && page.contains("&quot;&gt;&lt;img"));
        assert!(page.contains("default-src 'none'"));
    }

    #[test]
    fn only_long_words_may_be_broken() {
        let mut doc = Doc::default();
        let mut table = Table::new(&["state", ">event", "file"]);
        table.row(vec![
            Cell::toned(Tone::Bad, "contradicted"),
            "9316".into(),
            "customer/SEATTLE/Logs/Application.evtx".into(),
        ]);
        doc.table(table);
        let page = html(&doc);
        assert!(
            page.contains("<td class=\"bad\">contradicted</td>"),
            "{page}"
        );
        assert!(page.contains("<td class=\"right\">9316</td>"), "{page}");
        assert!(page.contains("<td class=\"long\">customer/"), "{page}");
        let cells = HEAD.lines().find(|line| line.starts_with("th, td"));
        assert!(
            cells.is_some_and(|rule| !rule.contains("anywhere")),
            "{HEAD}"
        );
    }
}
