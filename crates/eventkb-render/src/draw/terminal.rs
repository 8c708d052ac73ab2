//! A document as text for a terminal, a ticket or a mail.

use tabled::Table as Grid;
use tabled::builder::Builder;
use tabled::settings::object::{Columns, Rows};
use tabled::settings::themes::Theme;
use tabled::settings::{Alignment, Color, Modify, Style};

use super::columns;
use super::entries::{self, Marks};
use super::lanes;
use super::wrap::{Piece, wide, width, wrap, wrap_text};
use crate::doc::{Block, Cell, Doc, Line, Node, Table, Tone};

/// Spaces before the later lines of what would else look like several things.
const HANG: usize = 2;
/// A longer beginning of a line is no label.
const LONGEST_LABEL: usize = 12;

/// How it should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns there are.
    pub width: usize,
    /// Colours by SGR codes.
    pub color: bool,
    /// No line-drawing characters.
    pub ascii: bool,
}

/// Draws a document.
pub fn terminal(doc: &Doc, look: Look) -> String {
    let mut out = String::new();
    draw_all(&doc.blocks, look, &mut out);
    out
}

fn draw_all(blocks: &[Block], look: Look, out: &mut String) {
    let mut before: Option<&Block> = None;
    for block in blocks {
        out.push_str(match (before, block) {
            (None, _) => "",
            (_, Block::Heading(..)) => "\n\n",
            (Some(Block::Heading(..) | Block::Title(..) | Block::Sub(_)), _) => "",
            (
                _,
                Block::Title(..)
                | Block::Sub(_)
                | Block::Para(_)
                | Block::Folded(..)
                | Block::Fields(_)
                | Block::Lanes(_),
            )
            | (Some(Block::Lanes(_)), _)
            | (Some(Block::Para(_)), Block::Table(_) | Block::Entries(_)) => "\n",
            _ => "",
        });
        draw(block, look, out);
        before = Some(block);
    }
}

fn draw(block: &Block, look: Look, out: &mut String) {
    match block {
        Block::Heading(line, _) => {
            paragraph(line, HANG, look, Tone::Strong, out);
            let rule = if look.ascii { "=" } else { "═" };
            out.push_str(&rule.repeat(wide(line).min(look.width)));
            out.push('\n');
        }
        Block::Title(line, _) | Block::Sub(line) => paragraph(line, 0, look, Tone::Strong, out),
        Block::Para(line) => paragraph(line, label_of(line), look, Tone::Plain, out),
        Block::Fields(fields) => draw_fields(fields, look, out),
        Block::Entries(list) => {
            for line in entries::lines(list, look.width, marks(look)) {
                push_pieces(&trimmed(line), Tone::Plain, look, out);
            }
        }
        Block::Folded(title, blocks) => {
            paragraph(title, 0, look, Tone::Strong, out);
            draw_all(blocks, look, out);
        }
        Block::Table(table) if table.plain => draw_list(table, look, out),
        Block::Table(table) => out.push_str(&draw_table(table, look)),
        Block::Lanes(drawing) => {
            for line in lanes::lines(drawing, look.width, look.ascii) {
                push_pieces(&trimmed(line), Tone::Plain, look, out);
            }
            out.push('\n');
            for letter in &drawing.letters {
                let prefix = (letter.tone, format!("{} ", letter.letter));
                indented(prefix, &letter.text, 0, look, out);
            }
            for line in lanes::legend_lines(drawing, look.width, look.ascii) {
                push_pieces(&[(Tone::Dim, line)], Tone::Plain, look, out);
            }
        }
        Block::Bullets(lines) => {
            for line in lines {
                indented((Tone::Plain, "- ".into()), line, 0, look, out);
            }
        }
        Block::Steps(lines) => {
            for (index, line) in lines.iter().enumerate() {
                let number = (Tone::Plain, format!("{}. ", index + 1));
                indented(number, line, 0, look, out);
            }
        }
        Block::Tree(nodes) => draw_nodes(nodes, "", look, out),
    }
}

fn marks(look: Look) -> Marks {
    if look.ascii {
        Marks {
            between: "; ",
            cut: "...",
        }
    } else {
        Marks {
            between: " · ",
            cut: "…",
        }
    }
}

/// A line without spaces at its end.
fn trimmed(mut line: Vec<Piece>) -> Vec<Piece> {
    while line.last().is_some_and(|(_, text)| text.trim().is_empty()) {
        line.pop();
    }
    if let Some((_, text)) = line.last_mut() {
        text.truncate(text.trim_end().len());
    }
    line
}

/// A line of text; its later lines begin with `hang` spaces.
fn paragraph(line: &Line, hang: usize, look: Look, base: Tone, out: &mut String) {
    for pieces in wrap(line, look.width, hang) {
        push_pieces(&pieces, base, look, out);
    }
}

/// The width of a short label that a line begins with, such as `Files `: what follows stands under the
/// first word behind it.
fn label_of(line: &Line) -> usize {
    match line.spans.first() {
        Some(first) if first.tone == Tone::Strong && first.text.as_str().ends_with(' ') => {
            let label = width(first.text.as_str());
            if label <= LONGEST_LABEL { label } else { 0 }
        }
        _ => 0,
    }
}

fn push_pieces(pieces: &[Piece], base: Tone, look: Look, out: &mut String) {
    for (tone, text) in pieces {
        let tone = if *tone == Tone::Plain { base } else { *tone };
        match code(tone).filter(|_| look.color) {
            Some(code) => out.push_str(&format!("\u{1b}[{code}m{text}\u{1b}[0m")),
            None => out.push_str(text),
        }
    }
    out.push('\n');
}

fn draw_fields(fields: &[(&'static str, Vec<Line>)], look: Look, out: &mut String) {
    let label = fields
        .iter()
        .map(|(label, _)| label.len())
        .max()
        .unwrap_or(0)
        + 2;
    for (name, lines) in fields {
        // Of several things under one label it must be seen where the next one begins.
        let hang = if lines.len() > 1 { HANG } else { 0 };
        for (index, line) in lines.iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            let label = (Tone::Strong, format!("{name:label$}"));
            indented(label, line, hang, look, out);
        }
    }
}

/// A line behind a prefix, with its later lines under its text, and `hang` spaces further in.
fn indented(prefix: Piece, line: &Line, hang: usize, look: Look, out: &mut String) {
    let indent = width(&prefix.1);
    let blank = (Tone::Plain, " ".repeat(indent));
    for (index, mut pieces) in wrap(line, look.width.saturating_sub(indent), hang)
        .into_iter()
        .enumerate()
    {
        pieces.insert(
            0,
            if index == 0 {
                prefix.clone()
            } else {
                blank.clone()
            },
        );
        push_pieces(&pieces, Tone::Plain, look, out);
    }
}

fn draw_nodes(nodes: &[Node], indent: &str, look: Look, out: &mut String) {
    for node in nodes {
        let mark = match (node.met, look.ascii) {
            (true, false) => "✓ ",
            (false, false) => "✗ ",
            (true, true) => "[x] ",
            (false, true) => "[ ] ",
        };
        let tone = if node.good { Tone::Good } else { Tone::Bad };
        indented((tone, format!("{indent}{mark}")), &node.label, 0, look, out);
        draw_nodes(&node.children, &format!("{indent}    "), look, out);
    }
}

/// A table without rules: its columns in two spaces' distance, later lines of a cell below it.
fn draw_list(table: &Table, look: Look, out: &mut String) {
    // Rules take three columns, spaces two.
    let spare = table.columns.len() + 2;
    let widths = columns::widths(table, look.width + spare);
    let titles = table
        .columns
        .iter()
        .map(|column| Cell::lines(vec![Line::toned(Tone::Strong, column.title.as_str())]));
    let titles: Vec<Cell> = titles.collect();
    for row in std::iter::once(&titles).chain(&table.rows) {
        let cells: Vec<Vec<Vec<Piece>>> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| {
                let lines = cell.lines.iter();
                lines.flat_map(|line| wrap(line, *width, 0)).collect()
            })
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for n in 0..height {
            let mut line: Vec<Piece> = Vec::new();
            for (at, (cell, column)) in cells.iter().zip(&table.columns).enumerate() {
                let pieces = cell.get(n).cloned().unwrap_or_default();
                let used: usize = pieces.iter().map(|(_, text)| width(text)).sum();
                let pad = widths.get(at).map_or(0, |w| w.saturating_sub(used));
                let pad = (Tone::Plain, " ".repeat(pad));
                let gap = (Tone::Plain, if at == 0 { "" } else { "  " }.to_owned());
                line.push(gap);
                let tone = row.get(at).map_or(Tone::Plain, |cell| cell.tone);
                let pieces = pieces.into_iter().map(|(own, text)| match own {
                    Tone::Plain => (tone, text),
                    own => (own, text),
                });
                if column.right {
                    line.push(pad);
                    line.extend(pieces);
                } else {
                    line.extend(pieces);
                    line.push(pad);
                }
            }
            push_pieces(&trimmed(line), Tone::Plain, look, out);
        }
    }
}

fn draw_table(table: &Table, look: Look) -> String {
    let widths = columns::widths(table, look.width);
    let mut builder = Builder::default();
    builder.push_record(
        table.columns.iter().zip(&widths).map(|(column, width)| {
            wrap_text(&Line::from(column.title.as_str()), *width).join("\n")
        }),
    );
    let mut tall = false;
    for row in &table.rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| {
                let lines: Vec<String> = cell
                    .lines
                    .iter()
                    .flat_map(|line| wrap_text(line, *width))
                    .collect();
                tall |= lines.len() > 1;
                lines.join("\n")
            })
            .collect();
        builder.push_record(cells);
    }
    let mut grid = builder.build();
    grid.with(theme(look.ascii, tall));
    align_and_color(&mut grid, table, look);
    format!("{grid}\n")
}

/// Rows that take several lines need rules between them.
fn theme(ascii: bool, tall: bool) -> Theme {
    match (ascii, tall) {
        (false, true) => Theme::from_style(Style::modern_rounded()),
        (false, false) => Theme::from_style(Style::rounded()),
        (true, true) => Theme::from_style(Style::ascii()),
        (true, false) => Theme::from_style(Style::ascii_rounded()),
    }
}

fn align_and_color(grid: &mut Grid, table: &Table, look: Look) {
    for (index, column) in table.columns.iter().enumerate() {
        if column.right {
            grid.with(Modify::new(Columns::one(index)).with(Alignment::right()));
        }
    }
    if !look.color {
        return;
    }
    grid.with(Modify::new(Rows::first()).with(color(Tone::Strong)));
    for (row, cells) in table.rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            if cell.tone != Tone::Plain {
                grid.with(Modify::new((row + 1, column)).with(color(cell.tone)));
            }
        }
    }
}

/// The SGR code of a tone. Only the 16 basic colours: those every terminal theme keeps readable.
fn code(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Plain => None,
        Tone::Strong => Some("1"),
        Tone::Good => Some("1;32"),
        Tone::Warn => Some("33"),
        Tone::Bad => Some("31"),
        Tone::Dim => Some("2"),
    }
}

fn color(tone: Tone) -> Color {
    let code = code(tone).unwrap_or("0");
    Color::new(format!("\u{1b}[{code}m"), "\u{1b}[0m")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Look = Look {
        width: 40,
        color: false,
        ascii: false,
    };

    fn doc() -> Doc {
        let mut table = Table::new("", &["state", ">count"]);
        table.row(vec![Cell::toned(Tone::Good, "found"), "12".into()]);
        let mut doc = Doc::default();
        doc.heading("Q1  match");
        doc.table(table);
        doc
    }

    #[test]
    fn a_short_table_has_no_inner_rules() {
        let text = terminal(&doc(), PLAIN);
        assert_eq!(
            text,
            "Q1  match\n═════════\n╭───────┬───────╮\n│ state │ count │\n├───────┼───────┤\n\
             │ found │    12 │\n╰───────┴───────╯\n"
        );
    }

    #[test]
    fn ascii_is_ascii() {
        assert!(
            terminal(
                &doc(),
                Look {
                    ascii: true,
                    ..PLAIN
                }
            )
            .is_ascii()
        );
    }

    #[test]
    fn colour_changes_nothing_but_colour() {
        let colored = terminal(
            &doc(),
            Look {
                color: true,
                ..PLAIN
            },
        );
        assert!(colored.contains("\u{1b}[1;32m"));
        let mut plain = String::new();
        let mut rest = colored.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            plain.push_str(before);
            rest = after.split_once('m').map_or("", |(_, rest)| rest);
        }
        plain.push_str(rest);
        assert_eq!(plain, terminal(&doc(), PLAIN));
    }

    #[test]
    fn every_line_fits() {
        let mut doc = doc();
        doc.para("a sentence that is certainly longer than the forty columns there are");
        doc.bullets(
            "List",
            vec!["another sentence that is longer than forty columns".into()],
        );
        for line in terminal(&doc, PLAIN).lines() {
            assert!(width(line) <= 40, "{line}");
        }
    }
}
