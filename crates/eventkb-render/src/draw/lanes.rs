//! Lanes of computers as lines of text: one character for each place of the axis.

use std::collections::BTreeSet;

use super::entries::cut;
use super::wrap::{Piece, width};
use crate::doc::{Extent, Lanes, Shape, Tone};

/// Longer names of computers are cut with a sign.
const LONGEST_NAME: usize = 20;
/// Lanes are not drawn narrower than this, however little room there is.
const NARROWEST: usize = 16;
/// Nor wider: a character is then some seconds, and the eye has to find it.
const WIDEST: usize = 140;

/// Between the meanings of two signs.
const APART: &str = "   ";

/// Characters that a letter may stand aside of its place.
const BESIDE: usize = 4;

/// The characters of a drawing.
struct Signs {
    covered: char,
    missing: char,
    damaged: char,
    lasting: char,
    between: char,
    cut: &'static str,
}

const SIGNS: Signs = Signs {
    covered: '─',
    missing: '░',
    damaged: '▒',
    lasting: '═',
    between: '┊',
    cut: "…",
};

const ASCII: Signs = Signs {
    covered: '-',
    missing: ':',
    damaged: '#',
    lasting: '=',
    between: '|',
    cut: "...",
};

/// The lanes, their axis and what their signs mean, none wider than `room`.
pub(super) fn lines(lanes: &Lanes, room: usize, ascii: bool) -> Vec<Vec<Piece>> {
    let signs = if ascii { &ASCII } else { &SIGNS };
    let widest = lanes.lanes.iter().map(|lane| width(lane.name.as_str()));
    let name = widest.max().unwrap_or(0).min(LONGEST_NAME);
    let columns = room.saturating_sub(name + 2).clamp(NARROWEST, WIDEST);
    let mut lines = Vec::new();
    for lane in &lanes.lanes {
        let mut row = Row {
            cells: vec![(' ', Tone::Plain); columns],
        };
        let mut letters = BTreeSet::new();
        for x in &lane.covered {
            row.fill(*x, signs.covered, Tone::Dim);
        }
        for hole in &lane.holes {
            match hole.is_damage {
                true => row.fill(hole.x, signs.damaged, Tone::Bad),
                false => row.fill(hole.x, signs.missing, Tone::Warn),
            }
        }
        for mark in &lane.marks {
            let (_, sign, plain) = mark.shape.said();
            let tone = tone(mark.shape);
            if let Shape::Finding(..) = mark.shape {
                row.fill(mark.x, signs.lasting, tone);
            }
            match mark.shape {
                Shape::Finding(..) => row.put_letter(mark.x[0], sign, tone, &mut letters),
                _ => row.put(mark.x[0], if ascii { plain } else { sign }, tone),
            }
        }
        for pair in lanes.parts.windows(2) {
            if let [before, after] = pair {
                row.put(
                    f64::midpoint(before.x[1], after.x[0]),
                    signs.between,
                    Tone::Dim,
                );
            }
        }
        let shown = cut(lane.name.as_str(), name, signs.cut);
        let pad = " ".repeat(name.saturating_sub(width(&shown)) + 2);
        let mut line = vec![(Tone::Strong, shown), (Tone::Plain, pad)];
        line.extend(row.pieces());
        lines.push(line);
    }
    lines.push(axis(lanes, name + 2, columns));
    lines
}

fn tone(shape: Shape) -> Tone {
    match shape {
        Shape::Finding(_, tone) => tone,
        Shape::UncleanStop | Shape::Cleared | Shape::Clock => Tone::Warn,
        _ => Tone::Plain,
    }
}

/// What the signs that are drawn mean, one after the other.
pub(super) fn legend(lanes: &Lanes, ascii: bool) -> String {
    signs_said(lanes, ascii).join(APART)
}

/// The same in lines of this width, none of which ends between a sign and its meaning.
pub(super) fn legend_lines(lanes: &Lanes, room: usize, ascii: bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for said in signs_said(lanes, ascii) {
        match lines.last_mut() {
            Some(line) if width(line) + APART.len() + width(&said) <= room => {
                line.push_str(APART);
                line.push_str(&said);
            }
            _ => lines.push(said),
        }
    }
    lines
}

fn signs_said(lanes: &Lanes, ascii: bool) -> Vec<String> {
    let signs = if ascii { &ASCII } else { &SIGNS };
    let mut said: Vec<String> = lanes
        .shapes()
        .into_iter()
        .rev()
        .map(|shape| {
            let (text, sign, plain) = shape.said();
            format!("{} {text}", if ascii { plain } else { sign })
        })
        .collect();
    if lanes.has_hole(false) {
        said.push(format!("{} records missing", signs.missing));
    }
    if lanes.has_hole(true) {
        said.push(format!("{} damaged: records may be missing", signs.damaged));
    }
    said.push(format!("{} covered by a log", signs.covered));
    if lanes.parts.len() > 1 {
        said.push(format!("{} time left out", signs.between));
    }
    said
}

/// The times below the lanes: the longest way to say each that leaves room for the next one.
fn axis(lanes: &Lanes, indent: usize, columns: usize) -> Vec<Piece> {
    let mut text: Vec<char> = vec![' '; columns];
    let mut put = |at: usize, label: &str| {
        let free = |cell: Option<&char>| cell.is_none_or(|c| *c == ' ');
        let wide = label.chars().count();
        let fits = at + wide <= columns
            && (at.saturating_sub(1)..=at + wide).all(|cell| free(text.get(cell)));
        if fits {
            for (cell, c) in text.iter_mut().skip(at).zip(label.chars()) {
                *cell = c;
            }
        }
        fits
    };
    for (n, part) in lanes.parts.iter().enumerate() {
        let (from, to) = (column(part.x[0], columns), column(part.x[1], columns));
        let room = lanes
            .parts
            .get(n + 1)
            .map_or(columns, |next| column(next.x[0], columns));
        let room = room.saturating_sub(from);
        let begin = part.begin.iter().map(|form| form.as_str());
        let _ = begin
            .filter(|form| width(form) < room.max(2))
            .any(|form| put(from, form));
        let end = part.end.iter().map(|form| form.as_str());
        let _ = end.into_iter().any(|form| {
            let wide = width(form);
            wide <= to && put((to + 1).min(columns) - wide.min(to + 1), form)
        });
    }
    let text: String = text.into_iter().collect();
    vec![
        (Tone::Plain, " ".repeat(indent)),
        (Tone::Dim, text.trim_end().to_owned()),
    ]
}

fn column(x: f64, columns: usize) -> usize {
    let last = columns.saturating_sub(1);
    ((x * last as f64).round().max(0.0) as usize).min(last)
}

struct Row {
    cells: Vec<(char, Tone)>,
}

impl Row {
    fn put(&mut self, x: f64, c: char, tone: Tone) {
        let at = column(x, self.cells.len());
        if let Some(cell) = self.cells.get_mut(at) {
            *cell = (c, tone);
        }
    }

    /// A letter beside those that are there: one that is covered could not be seen.
    fn put_letter(&mut self, x: f64, c: char, tone: Tone, taken: &mut BTreeSet<usize>) {
        let at = column(x, self.cells.len());
        let nearest = (0..BESIDE).flat_map(|away| [at.checked_add(away), at.checked_sub(away)]);
        let free = nearest
            .flatten()
            .find(|at| *at < self.cells.len() && !taken.contains(at));
        let at = free.unwrap_or(at);
        taken.insert(at);
        if let Some(cell) = self.cells.get_mut(at) {
            *cell = (c, tone);
        }
    }

    fn fill(&mut self, [from, to]: Extent, c: char, tone: Tone) {
        let columns = self.cells.len();
        let (from, to) = (column(from, columns), column(to, columns));
        for cell in self.cells.iter_mut().take(to + 1).skip(from) {
            *cell = (c, tone);
        }
    }

    fn pieces(self) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        for (c, tone) in self.cells {
            match pieces.last_mut() {
                Some((last, text)) if *last == tone => text.push(c),
                _ => pieces.push((tone, c.to_string())),
            }
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clean;
    use crate::doc::{AxisPart, Hole, Lane, Mark};

    fn lanes() -> Lanes {
        let clean = |text: &str| Clean::new(text);
        Lanes {
            caption: clean("x"),
            parts: vec![AxisPart {
                x: [0.0, 1.0],
                begin: vec![clean("10:00:00"), clean("10:00")],
                end: vec![clean("11:00:00"), clean("11:00")],
            }],
            lanes: vec![Lane {
                name: clean("SEATTLE"),
                covered: vec![[0.0, 0.8]],
                holes: vec![Hole {
                    x: [0.2, 0.3],
                    is_damage: false,
                    title: clean("3 records"),
                }],
                marks: vec![
                    Mark {
                        x: [0.1, 0.1],
                        shape: Shape::Start,
                        title: clean("start"),
                        target: None,
                    },
                    Mark {
                        x: [0.5, 0.6],
                        shape: Shape::Finding('A', Tone::Good),
                        title: clean("Q1"),
                        target: None,
                    },
                ],
            }],
            letters: Vec::new(),
        }
    }

    fn drawn(room: usize, ascii: bool) -> Vec<String> {
        let text = |line: Vec<Piece>| line.into_iter().map(|(_, text)| text).collect();
        lines(&lanes(), room, ascii).into_iter().map(text).collect()
    }

    #[test]
    fn a_lane_shows_what_is_covered_missing_and_found() {
        assert_eq!(
            drawn(50, false),
            [
                "SEATTLE  ────▲───░░░░░───────A════────────        ",
                "         10:00:00                         11:00:00"
            ]
        );
        assert!(drawn(50, true).iter().all(|line| line.is_ascii()));
        assert_eq!(
            legend(&lanes(), true),
            "^ start   : records missing   - covered by a log"
        );
        assert_eq!(
            legend_lines(&lanes(), 40, true),
            ["^ start   : records missing", "- covered by a log"]
        );
    }

    #[test]
    fn times_that_do_not_fit_are_said_shorter_or_not_at_all() {
        assert_eq!(drawn(27, false)[1], "         10:00:00  11:00:00");
        assert_eq!(drawn(25, false)[1], "         10:00:00   11:00");
    }
}
