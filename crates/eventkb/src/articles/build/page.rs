//! An article as lines: what is left of Markdown, HTML and text once their marks are gone.
//!
//! Every reader of a format makes this and nothing else; everything that looks for events reads
//! this and nothing else.

/// An article before anyone looked for events.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    /// What its head says.
    pub(super) head: Head,
    /// Its body, in order.
    pub(super) lines: Vec<Line>,
}

/// What an article says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    /// Line of the title.
    pub(super) title_line: u32,
    pub(super) url: Option<String>,
    pub(super) products: Vec<String>,
    /// `2000-02-06`.
    pub(super) date: Option<String>,
    pub(super) purpose: Purpose,
}

/// What an article is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Purpose {
    /// It explains a problem, or does not say.
    #[default]
    Problem,
    /// It says how something is done, or what there is: events in it are examples.
    Guide,
    /// It describes a command and what it prints: no event in it tells of any problem.
    Manual,
    /// A page of a product's documentation that does not say: its title and its sections tell.
    Page,
}

/// One line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number in the file, from 1.
    pub(super) number: u32,
    /// Columns before the text, where they mean something.
    pub(super) indent: u16,
    /// The text, without space around it.
    pub(super) text: String,
    pub(super) kind: Kind,
}

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Kind {
    #[default]
    Text,
    /// Nothing on it: a paragraph ends.
    Blank,
    /// A heading, 1 the highest.
    Heading(u8),
    /// A row of a table; `head` for the row that names the columns.
    Row { head: bool, cells: Vec<String> },
}

impl Line {
    pub(super) fn is_blank(&self) -> bool {
        self.kind == Kind::Blank
    }

    pub(super) fn heading(&self) -> Option<u8> {
        match self.kind {
            Kind::Heading(level) => Some(level),
            _ => None,
        }
    }
}

/// Writes lines one after the other, with no two blank ones in a row.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
}

impl Lines {
    pub(super) fn push(&mut self, number: u32, text: &str, kind: Kind) {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            self.blank(number);
            return;
        }
        let before = text.len() - text.trim_start().len();
        self.lines.push(Line {
            number,
            indent: u16::try_from(before).unwrap_or(u16::MAX),
            text: trimmed.replace('\u{a0}', " "),
            kind,
        });
    }

    pub(super) fn row(&mut self, number: u32, head: bool, cells: Vec<String>) {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        let text = cells.join(" | ").replace('\n', " ");
        self.push(number, &text, Kind::Row { head, cells });
    }

    pub(super) fn blank(&mut self, number: u32) {
        if self.lines.last().is_some_and(|line| !line.is_blank()) {
            self.lines.push(Line {
                number,
                kind: Kind::Blank,
                ..Line::default()
            });
        }
    }

    pub(super) fn finish(self) -> Vec<Line> {
        self.lines
    }
}

/// Finds the number of the line that a byte is in, for offsets that mostly grow.
#[derive(Debug)]
pub(super) struct LineNumbers {
    /// Where each line begins.
    starts: Vec<usize>,
}

impl LineNumbers {
    pub(super) fn new(text: &str) -> LineNumbers {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1));
        LineNumbers {
            starts: starts.collect(),
        }
    }

    /// From 1.
    pub(super) fn of(&self, offset: usize) -> u32 {
        let lines = self.starts.partition_point(|start| *start <= offset);
        u32::try_from(lines).unwrap_or(u32::MAX)
    }
}

/// A date in the forms that articles have, as `2000-02-06`.
pub(super) fn date(text: &str) -> Option<String> {
    let text = text.trim();
    let parts: Vec<&str> = text.split(['-', '/', '.', ' ']).take(3).collect();
    let [a, b, c] = parts.as_slice() else {
        return None;
    };
    let number = |text: &str| text.parse::<u16>().ok();
    let (year, month, day) = match month(b) {
        // 06-FEB-2000
        Some(month) => (number(c)?, month, number(a)?),
        // 2000-02-06
        None if a.len() == 4 => (number(a)?, number(b)?, number(c)?),
        // 02/06/2000, as Americans have it
        None => (number(c)?, number(a)?, number(b)?),
    };
    let sound =
        (1980..=2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    sound.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

fn month(text: &str) -> Option<u16> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let folded = text.to_ascii_lowercase();
    let at = MONTHS.iter().position(|name| folded.starts_with(name))?;
    u16::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (text, wanted) in [
            ("06-FEB-2000", Some("2000-02-06")),
            ("02/06/2000", Some("2000-02-06")),
            ("9/24/2021", Some("2021-09-24")),
            ("2024-10-10", Some("2024-10-10")),
            ("99/99/2000", None),
            ("soon", None),
            ("1-2", None),
        ] {
            assert_eq!(date(text).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn numbers_of_lines() {
        let numbers = LineNumbers::new("a\nbc\n\nd");
        let found: Vec<u32> = [0, 1, 2, 4, 5, 6, 99].map(|at| numbers.of(at)).to_vec();
        assert_eq!(found, [1, 1, 2, 2, 3, 4, 4]);
    }
}
