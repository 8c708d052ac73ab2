//! Lists that are read at a glance, one or two lines an entry, each fitted to the width there is.

use unicode_width::UnicodeWidthChar;

use super::wrap::{Piece, wide, width, wrap};
use crate::doc::{Entries, Entry, Fact, Tone};

/// From this width on an entry takes one line.
const ONE_LINE: usize = 190;
/// Longer names do not push the titles of all entries aside.
const LONGEST_NAME: usize = 16;
/// Columns of a title where title and facts share a line.
const LONGEST_TITLE: usize = 72;

/// The characters between the parts.
#[derive(Clone, Copy)]
pub(super) struct Marks {
    /// Between two facts.
    pub(super) between: &'static str,
    /// Where something was cut.
    pub(super) cut: &'static str,
}

/// The lines of a list, none wider than `room` unless a name alone is.
pub(super) fn lines(entries: &Entries, room: usize, marks: Marks) -> Vec<Vec<Piece>> {
    let widest = |of: &dyn Fn(&Entry) -> usize| entries.items.iter().map(of).max().unwrap_or(0);
    let mark = widest(&|entry| width(entry.mark.text.as_str())) + 2;
    let name = widest(&|entry| width(entry.name.as_str()).min(LONGEST_NAME)) + 2;
    let title = widest(&|entry| wide(&entry.title).min(LONGEST_TITLE)) + 2;
    let mut lines = Vec::new();
    for entry in &entries.items {
        let mut line = vec![
            (entry.mark.tone, entry.mark.text.as_str().to_owned()),
            pad(mark, width(entry.mark.text.as_str())),
            (Tone::Strong, entry.name.as_str().to_owned()),
            pad(name, width(entry.name.as_str())),
        ];
        let used = mark + name.max(width(entry.name.as_str()) + 1);
        if room >= ONE_LINE {
            push_title(entry, title - 2, marks, &mut line);
            let taken = wide(&entry.title).min(title - 2);
            line.push(pad(title, taken));
            let facts = fitted(&entry.facts, room.saturating_sub(used + title), marks);
            line.extend(facts);
            lines.push(line);
        } else {
            push_title(entry, room.saturating_sub(used), marks, &mut line);
            lines.push(line);
            if !entry.facts.is_empty() {
                let mut line = vec![(Tone::Plain, " ".repeat(mark))];
                line.extend(fitted(&entry.facts, room.saturating_sub(mark), marks));
                lines.push(line);
            }
        }
        for more in &entry.more {
            for mut pieces in wrap(more, room.saturating_sub(mark), 2) {
                pieces.insert(0, (Tone::Plain, " ".repeat(mark)));
                lines.push(pieces);
            }
        }
    }
    lines
}

fn pad(to: usize, used: usize) -> Piece {
    (Tone::Plain, " ".repeat(to.saturating_sub(used).max(1)))
}

fn push_title(entry: &Entry, room: usize, marks: Marks, line: &mut Vec<Piece>) {
    line.push((Tone::Plain, cut(&entry.title.text(), room, marks)));
}

/// The facts in one line: the longest one is said in a shorter way until all fit.
fn fitted(facts: &[Fact], room: usize, marks: Marks) -> Vec<Piece> {
    let mut forms = vec![0; facts.len()];
    let text = |fact: &Fact, form: usize| -> String {
        fact.forms
            .get(form)
            .map_or_else(String::new, |form| form.as_str().to_owned())
    };
    loop {
        let texts: Vec<String> = facts
            .iter()
            .zip(&forms)
            .map(|(fact, form)| text(fact, *form))
            .collect();
        let between = width(marks.between) * texts.len().saturating_sub(1);
        let all = texts.iter().map(|text| width(text)).sum::<usize>() + between;
        let can_shrink = (0..facts.len()).filter(|&n| forms[n] + 1 < facts[n].forms.len());
        match can_shrink.max_by_key(|&n| (facts[n].gives_way, width(&texts[n]))) {
            Some(longest) if all > room => forms[longest] += 1,
            _ => return joined(facts, &texts, room, marks),
        }
    }
}

fn joined(facts: &[Fact], texts: &[String], room: usize, marks: Marks) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut left = room;
    for (n, (fact, text)) in facts.iter().zip(texts).enumerate() {
        if n > 0 {
            if left <= width(marks.between) {
                break;
            }
            pieces.push((Tone::Dim, marks.between.to_owned()));
            left -= width(marks.between);
        }
        let text = cut(text, left, marks);
        left = left.saturating_sub(width(&text));
        pieces.push((fact.tone, text));
    }
    pieces
}

/// The text, cut to `room` columns with a sign if it is wider.
fn cut(text: &str, room: usize, marks: Marks) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut left = room.saturating_sub(width(marks.cut));
    let mut short = String::new();
    for c in text.chars() {
        let columns = c.width().unwrap_or(0);
        if columns > left {
            break;
        }
        left -= columns;
        short.push(c);
    }
    short.truncate(short.trim_end().len());
    short + marks.cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clean;
    use crate::doc::{Line, Span};

    const MARKS: Marks = Marks {
        between: " · ",
        cut: "…",
    };

    fn entries() -> Entries {
        let fact = |forms: &[&str]| Fact::new("x", forms.iter().map(|form| (*form).to_owned()));
        Entries {
            caption: "problems",
            columns: ["article", "title"],
            items: vec![Entry {
                mark: Span {
                    text: Clean::new("match"),
                    tone: Tone::Good,
                    is_link: false,
                },
                name: Clean::new("Q253307"),
                title: Line::from("Two servers cannot bind because their names differ in case"),
                facts: vec![
                    fact(&["SEATTLE, PORTLAND, VANCOUVER", "SEATTLE and 2 more"]),
                    fact(&["2000-02-06 01:20 to 2000-02-06 03:00", "2000-02-06"]),
                ],
                more: Vec::new(),
                target: None,
            }],
        }
    }

    fn drawn(room: usize) -> Vec<String> {
        let text = |line: Vec<Piece>| line.into_iter().map(|(_, text)| text).collect();
        lines(&entries(), room, MARKS)
            .into_iter()
            .map(text)
            .collect()
    }

    #[test]
    fn facts_are_shortened_before_they_are_cut() {
        assert_eq!(
            drawn(60),
            [
                "match  Q253307  Two servers cannot bind because their names…",
                "       SEATTLE, PORTLAND, VANCOUVER · 2000-02-06"
            ]
        );
        assert_eq!(drawn(40)[1], "       SEATTLE and 2 more · 2000-02-06");
        assert_eq!(drawn(30)[1], "       SEATTLE and 2 more · 2…");
    }

    #[test]
    fn a_wide_screen_takes_one_line() {
        let lines = drawn(190);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].ends_with("2000-02-06 01:20 to 2000-02-06 03:00"));
    }

    #[test]
    fn no_line_is_wider_than_the_room() {
        for room in 20..200 {
            for line in drawn(room) {
                assert!(width(&line) <= room, "{room}: {line}");
            }
        }
    }
}
