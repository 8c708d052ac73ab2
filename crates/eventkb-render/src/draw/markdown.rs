//! A document as Markdown, for a ticket system or a wiki.

use super::lanes;
use crate::doc::{Block, Cell, Doc, Entries, Fact, Lanes, Line, Node, Table, Tone};

/// Draws a document.
pub fn markdown(doc: &Doc) -> String {
    let mut out = String::new();
    draw_all(&doc.blocks, &mut out);
    out
}

fn draw_all(blocks: &[Block], out: &mut String) {
    for block in blocks {
        if !out.is_empty() {
            out.push('\n');
        }
        draw(block, out);
    }
}

fn draw(block: &Block, out: &mut String) {
    match block {
        Block::Heading(line, _) | Block::Title(line, _) => {
            out.push_str(&format!("## {}\n", flat(line)))
        }
        Block::Sub(line) => out.push_str(&format!("### {}\n", flat(line))),
        Block::Para(line) => out.push_str(&format!("{}\n", at_start(&inline(line)))),
        Block::Fields(fields) => {
            for (name, lines) in fields {
                let lines: Vec<String> = lines.iter().map(inline).collect();
                out.push_str(&format!("- **{name}:** {}\n", lines.join("<br>")));
            }
        }
        Block::Entries(entries) => draw_entries(entries, out),
        Block::Folded(title, blocks) => {
            out.push_str(&format!("### {}\n", flat(title)));
            draw_all(blocks, out);
        }
        Block::Table(table) => draw_table(table, out),
        Block::Bullets(lines) => {
            for line in lines {
                out.push_str(&format!("- {}\n", at_start(&inline(line))));
            }
        }
        Block::Steps(lines) => {
            for (index, line) in lines.iter().enumerate() {
                let text = at_start(&inline(line));
                out.push_str(&format!("{}. {text}\n", index + 1));
            }
        }
        Block::Tree(nodes) => draw_nodes(nodes, 0, out),
        Block::Lanes(drawing) => draw_lanes(drawing, out),
    }
}

/// Columns of a drawing in a ticket.
const DRAWING: usize = 100;

/// The drawing as text that is kept as it is. Nothing in it can end the fence: a name's backticks are
/// drawn as apostrophes.
fn draw_lanes(drawing: &Lanes, out: &mut String) {
    out.push_str("```text\n");
    for line in lanes::lines(drawing, DRAWING, false) {
        let text: String = line.into_iter().map(|(_, text)| text).collect();
        out.push_str(&format!("{}\n", text.trim_end().replace('`', "'")));
    }
    out.push_str("```\n\n");
    for letter in &drawing.letters {
        out.push_str(&format!(
            "- **{}** {}\n",
            letter.letter,
            inline(&letter.text)
        ));
    }
    out.push_str(&format!("\n{}\n", escape(&lanes::legend(drawing, false))));
}

fn draw_nodes(nodes: &[Node], depth: usize, out: &mut String) {
    for node in nodes {
        let mark = if node.met { "✓" } else { "✗" };
        out.push_str(&format!(
            "{}- {mark} {}\n",
            "  ".repeat(depth),
            inline(&node.label)
        ));
        draw_nodes(&node.children, depth + 1, out);
    }
}

fn draw_entries(entries: &Entries, out: &mut String) {
    for entry in &entries.items {
        out.push_str(&format!(
            "- **{}** {}: {}",
            escape(entry.mark.text.as_str()),
            escape(entry.name.as_str()),
            inline(&entry.title)
        ));
        let facts = entry.facts.iter().filter_map(Fact::unfitted);
        for (n, fact) in facts.enumerate() {
            out.push_str(if n == 0 { "<br>" } else { "; " });
            out.push_str(&escape(fact.as_str()));
        }
        for line in &entry.more {
            out.push_str(&format!("<br>{}", inline(line)));
        }
        out.push('\n');
    }
}

fn draw_table(table: &Table, out: &mut String) {
    let titles: Vec<String> = table
        .columns
        .iter()
        .map(|c| escape(c.title.as_str()))
        .collect();
    let rules = table
        .columns
        .iter()
        .map(|c| if c.right { "---:" } else { "---" });
    out.push_str(&format!("| {} |\n", titles.join(" | ")));
    out.push_str(&format!("| {} |\n", rules.collect::<Vec<_>>().join(" | ")));
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(cell_text).collect();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
}

fn cell_text(cell: &Cell) -> String {
    let lines: Vec<String> = cell.lines.iter().map(inline).collect();
    let text = lines.join("<br>");
    if matches!(cell.tone, Tone::Good | Tone::Bad) {
        format!("**{text}**")
    } else {
        text
    }
}

fn flat(line: &Line) -> String {
    escape(&line.text())
}

fn inline(line: &Line) -> String {
    line.spans
        .iter()
        .map(|span| match span.tone {
            // An address of the web as it is: it holds nothing that Markdown would obey.
            _ if span.is_link => format!("<{}>", span.text.as_str()),
            Tone::Strong if !span.text.as_str().trim().is_empty() => {
                let text = span.text.as_str();
                let end = &text[text.trim_end().len()..];
                format!("**{}**{end}", escape(text.trim_end()))
            }
            _ => escape(span.text.as_str()),
        })
        .collect()
}

/// A text at the start of a paragraph or of an item of a list, where a number, a sign or a space
/// would make a list, a heading or a block of code of it.
fn at_start(text: &str) -> String {
    if let Some(rest) = text.strip_prefix([' ', '\t']) {
        return format!("&#32;{}", rest.trim_start());
    }
    if text.starts_with(['-', '+', '=', ':']) {
        return format!("\\{text}");
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    if digits > 0 && rest.starts_with(['.', ')']) {
        return format!("{number}\\{rest}");
    }
    text.to_owned()
}

/// Escapes everything that Markdown, or the HTML in it, would obey.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // `://`, `www.` and `@` make links by themselves in many renderers.
            // Some make one of an address even behind an escape, but never across a comment.
            '@' => out.push_str("<!-- -->&#64;"),
            '|' | '`' | '*' | '_' | '\\' | '[' | ']' | '#' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.replace("://", ":\\//").replace("www.", "www\\.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_foreign_is_obeyed() {
        let hostile = "a|b `c` <img src=x> **d** _e_ [f](javascript:g) ![h](i) @team #1";
        let text = escape(hostile);
        assert_eq!(
            text,
            "a\\|b \\`c\\` &lt;img src=x&gt; \\*\\*d\\*\\* \\_e\\_ \\[f\\](javascript:g) \
             \\!\\[h\\](i) <!-- -->&#64;team \\#1"
        );
    }

    #[test]
    fn what_stands_at_the_start_makes_no_block() {
        let table = [
            ("1. one", "1\\. one"),
            ("12) one", "12\\) one"),
            ("- one", "\\- one"),
            ("+ one", "\\+ one"),
            ("===", "\\==="),
            ("    code", "&#32;code"),
            ("\tcode", "&#32;code"),
            ("1.5 GB", "1\\.5 GB"),
            ("plain", "plain"),
        ];
        for (text, wanted) in table {
            assert_eq!(at_start(text), wanted);
        }
    }

    #[test]
    fn cells_stay_cells() {
        let mut table = Table::new("", &["a", ">b"]);
        table.row(vec![
            Cell::lines(vec!["x|y".into(), "z\n| forged |".into()]),
            "1".into(),
        ]);
        let mut doc = Doc::default();
        doc.table(table);
        assert_eq!(
            markdown(&doc),
            "| a | b |\n| --- | ---: |\n| x\\|y<br>z\\\\n\\| forged \\| | 1 |\n"
        );
    }
}
