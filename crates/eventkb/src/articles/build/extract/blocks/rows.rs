//! Rows of tables, lines of pasted lists, and event XML: what is read without looking at the lines
//! around it.

use super::super::super::page::{Kind, Line};
use super::super::fields::{self, Field, Label};
use super::super::found::{Found, Source};
use super::super::listing::{self, Listing};
use super::super::numbers;
use super::super::outline::{Outline, Part};
use super::super::{prose, tables};
use super::{Walk, pass};
use crate::articles::model::ProviderHow;

/// A cell that is the number of another article, with a link to it, or the link alone.
fn is_article_link(cell: &str) -> bool {
    if cell.trim().starts_with("support.microsoft.com/") {
        return true;
    }
    let inner = cell.trim().strip_prefix(prose::LINK.0);
    let inner = inner.and_then(|inner| inner.strip_suffix(prose::LINK.1));
    inner.is_some_and(|text| {
        let digits = text.trim_start_matches(|c: char| c.is_alphabetic() || c == ' ');
        (5..=7).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

impl Walk<'_> {
    /// Rows of a pasted list of events, and the head of one.
    pub(super) fn listed(&mut self, line: &Line) -> bool {
        let one = listing::from_setup_log(&line.text).or_else(|| listing::from_dump(&line.text));
        let mut rows: Vec<listing::Row> = one.into_iter().collect();
        if rows.is_empty()
            && let Some(listing) = &self.listing
        {
            rows.extend(listing.row(&line.text));
            let above = self.at.checked_sub(1).and_then(|at| self.lines.get(at));
            if rows.is_empty() && above.is_some_and(Line::is_blank) {
                self.listing = None;
            }
        }
        if rows.is_empty() && !self.in_description() {
            rows = listing::rows(&line.text);
        }
        if rows.is_empty() {
            let Some(mut listing) = Listing::of(&line.text) else {
                return false;
            };
            // "ProviderName: Contoso" above the table that PowerShell prints.
            let block = self.block.as_ref().filter(|block| block.ids.is_empty());
            listing.source =
                block.and_then(|block| Some(block.found.source.as_ref()?.written.clone()));
            self.close();
            self.end_paragraph();
            self.listing = Some(listing);
            return true;
        }
        self.close();
        self.end_paragraph();
        for row in rows {
            self.take_listed(line, row);
        }
        true
    }

    fn in_description(&self) -> bool {
        let block = self.block.as_ref();
        block.is_some_and(|block| block.in_description && !block.paused)
    }

    fn take_listed(&mut self, line: &Line, row: listing::Row) {
        let number = line.number;
        self.pass.found.push(Found {
            id: row.id,
            source: row.source.map(|written| Source {
                written,
                how: ProviderHow::Table,
                line: number,
            }),
            level: row.level.map(|level| (level, number)),
            log: row.log,
            category: row.category,
            description: row.text.map(|text| (number, text)).into_iter().collect(),
            id_line: number,
            first: number,
            last: number,
            part: self.part(),
            problem: self.problem(),
            structured: true,
            lead: self.lead.clone(),
            ..Found::default()
        });
    }

    pub(super) fn row(&mut self, line: &Line, head: bool, cells: &[String]) {
        self.end_paragraph();
        if head || !self.table.has_ids() && tables::Columns::is_head_row(cells) {
            // "Source: Contoso" above the table is that of its rows.
            let block = self.block.as_ref().filter(|block| block.ids.is_empty());
            let above = block.and_then(|block| Some(block.found.source.as_ref()?.written.clone()));
            self.close();
            self.table = tables::Columns::of(cells);
            self.table.named_above(above);
            // A table without head rows of its own may begin with an event.
            let text = cells.join(" ");
            if !self.table.has_ids() && !numbers::mentions(&text).is_empty() {
                self.cells(line, cells);
            }
            return;
        }
        // "Event ID | 7024", "Source | Srv": a block in the shape of a table.
        if let [name, value] = cells {
            let joined = format!("{}: {value}", name.trim_end_matches([':', ' ']));
            let read = fields::fields(&joined);
            if !self.table.has_ids() && read.len() == 1 && self.is_new_field(&read) {
                self.take_fields(line, &read);
                return;
            }
        }
        self.close();
        match self.table.row(cells) {
            Some(row) => self.take_row(line, row),
            None => self.cells(line, cells),
        }
    }

    pub(super) fn take_row(&mut self, line: &Line, row: tables::Row) {
        let several = row.ids.len() > 1;
        for id in row.ids {
            let description = row.description.clone().filter(|_| !several);
            self.pass.found.push(Found {
                id,
                source: row.source.clone().map(|written| Source {
                    written,
                    how: ProviderHow::Table,
                    line: line.number,
                }),
                level: row.level.map(|level| (level, line.number)),
                log: row.log.clone(),
                description: description
                    .map(|text| (line.number, text))
                    .into_iter()
                    .collect(),
                id_line: line.number,
                first: line.number,
                last: line.number,
                part: self.part(),
                problem: self.problem(),
                structured: true,
                row: true,
                trouble: row.trouble,
                lead: self.lead.clone(),
                note: format!("{} {}", self.heading, row.note),
                heading: self.heading.clone(),
                way: self.way(),
                ..Found::default()
            });
        }
    }

    /// Cells of a table that has no column of ids: each is a text of its own.
    fn cells(&mut self, line: &Line, cells: &[String]) {
        // A list of updates, or of other articles: one of the cells is a link to the article.
        let names_article = cells.iter().any(|cell| is_article_link(cell));
        for (column, cell) in cells.iter().enumerate() {
            let part = match self.table.symptom {
                Some(symptom) if symptom == column => Part::Symptoms,
                _ => self.part(),
            };
            let one = |text: &str| Line {
                number: line.number,
                indent: 0,
                text: text.trim().to_owned(),
                kind: Kind::Text,
            };
            let lines: Vec<Line> = cell
                .split('\n')
                .map(one)
                .filter(|line| !line.text.is_empty())
                .collect();
            let outline = Outline {
                parts: vec![part; lines.len()],
                problems: vec![self.problem(); lines.len()],
            };
            if lines.is_empty() || !cell.contains(|c: char| c.is_ascii_digit()) {
                continue;
            }
            let mut inner = pass(&lines, &outline);
            // Its other cells are the article's title.
            if names_article {
                inner.found.clear();
            }
            self.pass.found.extend(inner.found);
        }
    }

    pub(super) fn xml(&mut self, line: &Line, fields: Vec<(Label, String)>) {
        for (label, value) in fields {
            let begins = label == Label::Source || label == Label::Id;
            let open = self.block.as_ref().is_some_and(|block| {
                block.found.structured && (label != Label::Source || block.found.source.is_none())
            });
            if begins && !open || label == Label::Id && self.starts_another(label) {
                // Event XML below the fields of the same event says the same again.
                self.new_block(line);
            }
            let at = self.at;
            let Some(block) = &mut self.block else {
                continue;
            };
            block.in_description = false;
            block.paused = false;
            block.found.last = line.number;
            block.lines.push(at);
            block.take(
                &Field {
                    label,
                    value: &value,
                    bare: false,
                },
                line.number,
            );
        }
    }
}
