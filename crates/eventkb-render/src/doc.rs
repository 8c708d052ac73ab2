//! The shape of what is shown: headings, paragraphs, lists, tables, trees.
//!
//! Views build it from a report, and each renderer draws it. Text enters only through [`Line`],
//! which cleans it: a view cannot forget to.

use crate::sanitize::Clean;

/// Longest text from a record that a person is shown; JSON has all of it.
const LONGEST: usize = 2_000;

/// What a piece of text says by its colour. Colour only ever repeats what words say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
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
    /// The text is an address that may be followed. Only [`Line::address`] sets it.
    pub(crate) is_link: bool,
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
            is_link: false,
        });
        self
    }

    /// Adds plain text.
    pub(crate) fn plain(self, text: impl AsRef<str>) -> Line {
        self.and(Tone::Plain, text)
    }

    /// Adds an address: a link where it is one of the web, else text. A link always shows where it
    /// leads.
    pub(crate) fn address(mut self, text: &str) -> Line {
        let is_link = is_web_address(text);
        self = self.plain(text);
        if let Some(span) = self.spans.last_mut() {
            span.is_link = is_link;
        }
        self
    }

    /// Its text without tones.
    pub(crate) fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// Only plain addresses: no other scheme, nothing that a renderer would have to quote.
fn is_web_address(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@&=+,;%".contains(c);
    text.len() <= LONGEST && rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(plain))
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
    /// What it shows, for those who do not see the heading above it.
    pub(crate) caption: Clean,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// A list in columns rather than a grid: without rules where text is drawn.
    pub(crate) plain: bool,
}

impl Table {
    /// An empty table; a title that begins with `>` makes a right-aligned column.
    pub(crate) fn new(caption: &str, titles: &[&str]) -> Table {
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
            caption: Clean::new(caption),
            columns: columns.collect(),
            rows: Vec::new(),
            plain: false,
        }
    }

    /// The table as a list in columns.
    pub(crate) fn without_rules(mut self) -> Table {
        self.plain = true;
        self
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }
}

/// One thing in a list that is read at a glance: a judgement, a name, a title and short facts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// The judgement, such as a verdict.
    pub(crate) mark: Span,
    pub(crate) name: Clean,
    pub(crate) title: Line,
    pub(crate) facts: Vec<Fact>,
    /// What does not fit into a line, and may be wrapped.
    pub(crate) more: Vec<Line>,
    /// The heading with more about it.
    pub(crate) target: Option<Anchor>,
}

/// A longer fact is said in a shorter way even where there is room: names of many objects would push
/// everything beside them aside.
const LONGEST_FACT: usize = 160;

/// A short fact in a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fact {
    /// Title of its column, where there are columns.
    pub(crate) label: &'static str,
    pub(crate) tone: Tone,
    /// It is shortened before others are, as it loses least.
    pub(crate) gives_way: bool,
    /// The fact in words, and shorter and shorter ways to say it.
    pub(crate) forms: Vec<Clean>,
    /// The shortest way to say it in a column of its own.
    pub(crate) brief: Option<Clean>,
}

impl Fact {
    pub(crate) fn new(label: &'static str, forms: impl IntoIterator<Item = String>) -> Fact {
        Fact {
            label,
            tone: Tone::Plain,
            gives_way: false,
            forms: forms.into_iter().map(|form| Clean::new(&form)).collect(),
            brief: None,
        }
    }

    /// The fact where lines have no end: as it is, unless it is a list of hundreds.
    pub(crate) fn unfitted(&self) -> Option<&Clean> {
        let is_short = |form: &&Clean| form.as_str().len() <= LONGEST_FACT;
        self.forms.iter().find(is_short).or(self.forms.last())
    }

    /// The fact with a way to say it in a column of its own.
    pub(crate) fn in_brief(mut self, text: impl AsRef<str>) -> Fact {
        self.brief = Some(Clean::new(text.as_ref()));
        self
    }
}

/// A list of entries.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Entries {
    pub(crate) caption: &'static str,
    /// What the name and the title are, where there are columns.
    pub(crate) columns: [&'static str; 2],
    /// One line an entry, whatever is left out.
    pub(crate) brief: bool,
    pub(crate) items: Vec<Entry>,
}

/// The name of a place within a document: letters, digits and `-` only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Anchor(String);

impl Anchor {
    pub(crate) fn new(name: &str) -> Anchor {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        Anchor(name.chars().map(plain).take(80).collect())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
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

/// Computers as lanes over one axis of time, which runs from 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Lanes {
    pub(crate) caption: Clean,
    /// The parts of time that are drawn, in order; what lies between them is left out.
    pub(crate) parts: Vec<AxisPart>,
    pub(crate) lanes: Vec<Lane>,
    /// What the letters of findings mean.
    pub(crate) letters: Vec<Letter>,
}

impl Lanes {
    /// The shapes of marks, each once, but for those of findings: these have letters.
    pub(crate) fn shapes(&self) -> Vec<Shape> {
        let marks = self.lanes.iter().flat_map(|lane| &lane.marks);
        let mut shapes: Vec<Shape> = marks
            .map(|mark| mark.shape)
            .filter(|shape| !matches!(shape, Shape::Finding(..)))
            .collect();
        shapes.sort_unstable();
        shapes.dedup();
        shapes
    }

    /// Whether records are missing somewhere, or may be because of damage.
    pub(crate) fn has_hole(&self, is_damage: bool) -> bool {
        let mut holes = self.lanes.iter().flat_map(|lane| &lane.holes);
        holes.any(|hole| hole.is_damage == is_damage)
    }
}

/// A part of the axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AxisPart {
    pub(crate) x: Extent,
    /// Its beginning, said shorter and shorter.
    pub(crate) begin: Vec<Clean>,
    /// Its end, the same way.
    pub(crate) end: Vec<Clean>,
}

/// From one place of the axis to another.
pub(crate) type Extent = [f64; 2];

/// One computer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lane {
    pub(crate) name: Clean,
    /// Where its logs cover the time.
    pub(crate) covered: Vec<Extent>,
    /// Where they say less than they should.
    pub(crate) holes: Vec<Hole>,
    /// What happened, the most important last.
    pub(crate) marks: Vec<Mark>,
}

/// A part of a lane where a log says less than it should.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hole {
    pub(crate) x: Extent,
    pub(crate) is_damage: bool,
    pub(crate) title: Clean,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mark {
    pub(crate) x: Extent,
    pub(crate) shape: Shape,
    pub(crate) title: Clean,
    /// The heading with more about it.
    pub(crate) target: Option<Anchor>,
}

/// What a mark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shape {
    /// A record that a finding rests on.
    Event,
    Update,
    Start,
    Stop,
    Clock,
    Cleared,
    UncleanStop,
    /// A finding, with its letter.
    Finding(char, Tone),
}

impl Shape {
    /// What it means, and how it is drawn as one character: with signs, and in ASCII.
    pub(crate) fn said(self) -> (&'static str, char, char) {
        match self {
            Shape::Event => ("a record that a finding rests on", '·', '.'),
            Shape::Update => ("update installed", '+', '+'),
            Shape::Start => ("start", '▲', '^'),
            Shape::Stop => ("shutdown", '▼', 'v'),
            Shape::Clock => ("clock set", '≠', '~'),
            Shape::Cleared => ("log cleared", '∅', '0'),
            Shape::UncleanStop => ("had not shut down in order", '✗', 'x'),
            Shape::Finding(letter, _) => ("finding", letter, letter),
        }
    }
}

/// A finding's letter, and what it means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Letter {
    pub(crate) letter: char,
    pub(crate) tone: Tone,
    pub(crate) text: Line,
    pub(crate) target: Option<Anchor>,
}

/// One part of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    /// A heading of the first level; contents list it.
    Heading(Line, Anchor),
    /// A heading of the first level above a list that is part of the answer.
    Title(Line, Anchor),
    /// A heading within it.
    Sub(Line),
    Para(Line),
    /// Labels with what belongs to them.
    Fields(Vec<(&'static str, Vec<Line>)>),
    Entries(Entries),
    Table(Table),
    Bullets(Vec<Line>),
    /// A numbered list.
    Steps(Vec<Line>),
    Tree(Vec<Node>),
    Lanes(Lanes),
    /// What is folded away where that is possible.
    Folded(Line, Vec<Block>),
}

/// A whole document, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Doc {
    pub(crate) blocks: Vec<Block>,
}

impl Doc {
    pub(crate) fn heading(&mut self, line: impl Into<Line>) {
        let line = line.into();
        let anchor = Anchor::new(&line.text());
        self.blocks.push(Block::Heading(line, anchor));
    }

    /// A heading of a part of the answer, which stands closer to what is around it.
    pub(crate) fn title(&mut self, line: impl Into<Line>) {
        let line = line.into();
        let anchor = Anchor::new(&line.text());
        self.blocks.push(Block::Title(line, anchor));
    }

    pub(crate) fn heading_at(&mut self, line: impl Into<Line>, anchor: Anchor) {
        self.blocks.push(Block::Heading(line.into(), anchor));
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

    pub(crate) fn lanes(&mut self, lanes: Lanes) {
        if !lanes.lanes.is_empty() && !lanes.parts.is_empty() {
            self.blocks.push(Block::Lanes(lanes));
        }
    }

    pub(crate) fn entries(&mut self, entries: Entries) {
        if !entries.items.is_empty() {
            self.blocks.push(Block::Entries(entries));
        }
    }

    pub(crate) fn fields(&mut self, fields: Vec<(&'static str, Vec<Line>)>) {
        if !fields.is_empty() {
            self.blocks.push(Block::Fields(fields));
        }
    }

    pub(crate) fn list(&mut self, lines: Vec<Line>) {
        if !lines.is_empty() {
            self.blocks.push(Block::Bullets(lines));
        }
    }

    /// A heading with a list under it; nothing when the list is empty.
    pub(crate) fn bullets(&mut self, title: &str, lines: Vec<Line>) {
        if !lines.is_empty() {
            self.sub(title);
            self.list(lines);
        }
    }

    /// A heading with a numbered list under it; nothing when the list is empty.
    pub(crate) fn steps(&mut self, title: &str, lines: Vec<Line>) {
        if !lines.is_empty() {
            self.sub(title);
            self.blocks.push(Block::Steps(lines));
        }
    }

    /// Folds away what `fill` adds; nothing when it adds nothing.
    pub(crate) fn folded(&mut self, title: impl Into<Line>, fill: impl FnOnce(&mut Doc)) {
        let mut inner = Doc::default();
        fill(&mut inner);
        if !inner.blocks.is_empty() {
            self.blocks.push(Block::Folded(title.into(), inner.blocks));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_links() {
        let is_link = |text: &str| Line::default().address(text).spans[0].is_link;
        assert!(is_link("https://learn.microsoft.com/a/b?c=d#e"));
        for text in [
            "",
            "https://",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://a/\"onmouseover=x",
            "https://a b",
            "https://a/<b>",
            "https://a/\u{202e}b",
            "file:///etc/passwd",
            "kb/Q253307.md",
        ] {
            assert!(!is_link(text), "{text}");
        }
    }

    #[test]
    fn anchors_are_plain() {
        assert_eq!(Anchor::new("Q1\" onload=\"x").as_str(), "Q1--onload--x");
    }
}
