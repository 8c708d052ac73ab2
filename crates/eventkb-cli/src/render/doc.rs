//! The shape of what is shown: headings, paragraphs, tables, lists, trees.
//!
//! Views build it once from a report, and each renderer draws it. Text enters only through
//! [`Line`], which cleans it: a view cannot forget to.

use crate::sanitize::Clean;

/// Longest text from a record that a person is shown; JSON has all of it.
const LONGEST: usize = 2_000;

/// What a piece of text says by its colour. Colour only ever repeats what words say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tone {
    #[default]
    Plain,
    Strong,
    Good,
    Warn,
    Bad,
    Dim,
}

/// Text of one tone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Span {
    pub(crate) text: Clean,
    pub(crate) tone: Tone,
}

/// One logical line: renderers may wrap it, never split its meaning.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Line {
    pub(crate) spans: Vec<Span>,
}

impl Line {
    /// A line in one tone.
    pub(crate) fn toned(tone: Tone, text: impl AsRef<str>) -> Line {
        Line::default().and(tone, text)
    }

    /// Adds text in another tone.
    pub(crate) fn and(mut self, tone: Tone, text: impl AsRef<str>) -> Line {
        self.spans.push(Span {
            text: Clean::short(text.as_ref(), LONGEST),
            tone,
        });
        self
    }

    /// Adds plain text.
    pub(crate) fn plain(self, text: impl AsRef<str>) -> Line {
        self.and(Tone::Plain, text)
    }

    /// Its text without tones.
    pub(crate) fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

impl<T: AsRef<str>> From<T> for Line {
    fn from(text: T) -> Line {
        Line::default().plain(text)
    }
}

/// The content of one table cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Cell {
    pub(crate) lines: Vec<Line>,
    pub(crate) tone: Tone,
}

impl Cell {
    /// A cell of several lines.
    pub(crate) fn lines(lines: Vec<Line>) -> Cell {
        Cell {
            lines,
            tone: Tone::Plain,
        }
    }

    /// A cell that is coloured as a whole.
    pub(crate) fn toned(tone: Tone, text: impl AsRef<str>) -> Cell {
        Cell {
            lines: vec![text.into()],
            tone,
        }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Cell {
        Cell::lines(vec![text.into()])
    }
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    pub(crate) title: Clean,
    pub(crate) right: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty table; a title that begins with `>` makes a right-aligned column.
    pub(crate) fn new(titles: &[&str]) -> Table {
        let columns = titles.iter().map(|title| match title.strip_prefix('>') {
            Some(title) => Column {
                title: Clean::new(title),
                right: true,
            },
            None => Column {
                title: Clean::new(title),
                right: false,
            },
        });
        Table {
            columns: columns.collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }
}

/// One node of a logic tree.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) met: bool,
    /// Whether that is as it should be.
    pub(crate) good: bool,
    pub(crate) label: Line,
    pub(crate) children: Vec<Node>,
}

/// One part of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    /// A heading of the first level.
    Heading(Line),
    /// A heading within it.
    Sub(Line),
    Para(Line),
    /// Labels with what belongs to them.
    Fields(Vec<(&'static str, Vec<Line>)>),
    Table(Table),
    Bullets(Vec<Line>),
    /// A numbered list.
    Steps(Vec<Line>),
    Tree(Vec<Node>),
}

/// A whole document.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Doc {
    pub(crate) blocks: Vec<Block>,
}

impl Doc {
    pub(crate) fn heading(&mut self, line: impl Into<Line>) {
        self.blocks.push(Block::Heading(line.into()));
    }

    pub(crate) fn sub(&mut self, line: impl Into<Line>) {
        self.blocks.push(Block::Sub(line.into()));
    }

    pub(crate) fn para(&mut self, line: impl Into<Line>) {
        self.blocks.push(Block::Para(line.into()));
    }

    pub(crate) fn table(&mut self, table: Table) {
        if !table.rows.is_empty() {
            self.blocks.push(Block::Table(table));
        }
    }

    /// A heading with a list under it; nothing when the list is empty.
    pub(crate) fn bullets(&mut self, title: &str, lines: Vec<Line>) {
        if !lines.is_empty() {
            self.sub(title);
            self.blocks.push(Block::Bullets(lines));
        }
    }

    /// A heading with a numbered list under it; nothing when the list is empty.
    pub(crate) fn steps(&mut self, title: &str, lines: Vec<Line>) {
        if !lines.is_empty() {
            self.sub(title);
            self.blocks.push(Block::Steps(lines));
        }
    }
}
