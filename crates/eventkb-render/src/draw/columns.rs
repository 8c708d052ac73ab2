//! How wide each column of a table becomes.

use super::wrap::{wide, widest_piece, widest_word};
use crate::doc::{Cell, Line, Table, Tone};

/// No column gets narrower than this, however little room there is.
const NARROWEST: usize = 6;
/// A word longer than this part of the room may be broken: a path must not starve the others.
const WORD_PART: usize = 3;
/// But never one that is shorter than this.
const SHORT_WORD: usize = 24;
/// A coloured cell up to this wide is not wrapped.
const SHORT: usize = 16;

/// Rows looked at when columns are weighed against each other.
const SAMPLE: usize = 60;
/// Columns of room moved at once.
const MOVE: usize = 10;
/// Moves of room between columns.
const ROUNDS: usize = 20;

/// Widths so that the table fits into `room` columns, borders included, if it can.
pub(super) fn widths(table: &Table, room: usize) -> Vec<usize> {
    let room = room.saturating_sub(3 * table.columns.len() + 1);
    let longest_word = (room / WORD_PART).max(SHORT_WORD);
    let needs: Vec<Need> = (0..table.columns.len())
        .map(|index| need(table, index, longest_word))
        .collect();
    if needs.iter().map(|need| need.natural).sum::<usize>() <= room {
        return needs.iter().map(|need| need.natural).collect();
    }
    let mut widths: Vec<usize> = needs.iter().map(|need| need.least).collect();
    let pieces: Vec<usize> = needs
        .iter()
        .map(|need| need.piece.min(need.least))
        .collect();
    shrink(&mut widths, room, |index| {
        pieces.get(index).copied().unwrap_or(0).max(NARROWEST)
    });
    shrink(&mut widths, room, |_| NARROWEST);
    // A long path may still give way where another column needs the room more.
    let floors: Vec<usize> = (widths.iter().zip(&pieces))
        .map(|(&width, &piece)| width.min(piece.max(SHORT_WORD)))
        .collect();
    grow(&mut widths, &needs, room);
    flatten(&mut widths, &floors, table);
    widths
}

/// What one column asks for.
struct Need {
    /// Nothing is wrapped.
    natural: usize,
    /// Only long words are broken.
    least: usize,
    /// What has no good place to break stays whole: a time, a word.
    piece: usize,
    /// Columns of text in its fullest cell.
    fullest: usize,
}

fn need(table: &Table, index: usize, longest_word: usize) -> Need {
    let title = Line::from(
        table
            .columns
            .get(index)
            .map_or("", |column| column.title.as_str()),
    );
    let mut need = Need {
        natural: wide(&title),
        least: widest_word(&title),
        fullest: wide(&title),
        piece: widest_piece(&title),
    };
    for cell in table.rows.iter().filter_map(|row| row.get(index)) {
        let mut full = 0;
        for line in &cell.lines {
            full += wide(line);
            need.natural = need.natural.max(wide(line));
            // A short word of judgement stays on one line: `not checkable`, `3 times`.
            let is_short = cell.tone != Tone::Plain && wide(line) <= SHORT;
            let least = if is_short {
                wide(line)
            } else {
                widest_word(line).min(longest_word)
            };
            need.least = need.least.max(least);
            need.piece = need.piece.max(if is_short {
                wide(line)
            } else {
                widest_piece(line)
            });
        }
        need.fullest = need.fullest.max(full);
    }
    need
}

/// Takes from the widest columns until all fit, but from none below its floor.
fn shrink(widths: &mut [usize], room: usize, floor: impl Fn(usize) -> usize) {
    while widths.iter().sum::<usize>() > room {
        let candidates = (0..widths.len()).filter(|&index| widths[index] > floor(index));
        match candidates.max_by_key(|&index| widths[index]) {
            Some(index) => widths[index] -= 1,
            None => return,
        }
    }
}

/// Gives the room that is left to the columns that would be the tallest.
fn grow(widths: &mut [usize], needs: &[Need], room: usize) {
    let mut left = room.saturating_sub(widths.iter().sum());
    while left > 0 {
        let tallest = (0..widths.len())
            .filter(|&index| widths[index] < needs[index].natural)
            .max_by_key(|&index| needs[index].fullest * 1000 / widths[index].max(1));
        let Some(index) = tallest else { return };
        widths[index] += 1;
        left -= 1;
    }
}

/// Moves room between columns as long as the table reads better for it.
fn flatten(widths: &mut [usize], floors: &[usize], table: &Table) {
    let rows = lengths(table);
    let mut least = cost(&rows, widths);
    for _ in 0..ROUNDS {
        let mut best = None;
        for from in 0..widths.len() {
            for to in (0..widths.len()).filter(|&to| to != from) {
                for step in 1..=MOVE {
                    if widths[from] < floors[from] + step {
                        break;
                    }
                    widths[from] -= step;
                    widths[to] += step;
                    let cost = cost(&rows, widths);
                    widths[from] += step;
                    widths[to] -= step;
                    if cost < least {
                        least = cost;
                        best = Some((from, to, step));
                    }
                }
            }
        }
        let Some((from, to, step)) = best else { return };
        widths[from] -= step;
        widths[to] += step;
    }
}

/// The widths of all lines: by row, cell, line.
type Lengths = Vec<Vec<Vec<usize>>>;

fn lengths(table: &Table) -> Lengths {
    let cell = |cell: &Cell| cell.lines.iter().map(wide).collect();
    table
        .rows
        .iter()
        .take(SAMPLE)
        .map(|row| row.iter().map(cell).collect())
        .collect()
}

/// What the rows cost a reader: the lines they take, about (words are not looked at), and a little
/// for each line that is wrapped.
fn cost(rows: &Lengths, widths: &[usize]) -> usize {
    let mut wrapped = 0;
    let mut lines_of = |(lines, width): (&Vec<usize>, &usize)| -> usize {
        let taken = |length: &usize| length.div_ceil((*width).max(1)).max(1);
        let all: usize = lines.iter().map(taken).sum();
        wrapped += lines.iter().filter(|length| **length > *width).count();
        all
    };
    let mut height = 0;
    for row in rows {
        height += row.iter().zip(widths).map(&mut lines_of).max().unwrap_or(0);
    }
    3 * height + wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(widths: &[usize]) -> usize {
        widths.iter().sum::<usize>() + 3 * widths.len() + 1
    }

    fn table(rows: &[[&str; 3]]) -> Table {
        let mut table = Table::new("", &["state", "reason", "file"]);
        for row in rows {
            table.row(row.iter().map(|text| (*text).into()).collect());
        }
        table
    }

    #[test]
    fn a_small_table_takes_what_it_needs() {
        assert_eq!(widths(&table(&[["found", "yes", "a.evtx"]]), 80), [5, 6, 6]);
    }

    #[test]
    fn a_big_table_fits_and_short_words_stay_whole() {
        let long =
            "because the connection could not be opened and the caller gave up after a while";
        let path = "customer/SEATTLE/Windows/System32/winevt/Logs/Application.evtx";
        let widths = widths(&table(&[["contradicted", long, path]]), 80);
        assert_eq!(total(&widths), 80);
        assert_eq!(widths[0], "contradicted".len());
    }

    #[test]
    fn a_long_path_gives_way_to_a_narrow_column_of_text() {
        let path = "/customer/SEATTLE/Windows/System32/winevt/Logs/Application.evtx";
        let note = "begins later than record 1: wrapped, cut or filtered";
        let mut table = Table::new("", &["computer", "path", "file", "note"]);
        table.row(vec![
            "SEATTLE".into(),
            path.into(),
            path.into(),
            note.into(),
        ]);
        let widths = widths(&table, 120);
        assert_eq!(total(&widths), 120);
        assert!(widths[3] >= 20, "{widths:?}");
    }

    #[test]
    fn too_little_room_still_gives_widths() {
        let widths = widths(
            &table(&[["contradicted", "contradicted", "contradicted"]]),
            10,
        );
        assert_eq!(widths, [6, 6, 6]);
    }
}
