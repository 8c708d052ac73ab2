//! Lists that are read at a glance, one or two lines an entry, each fitted to the width there is.

use unicode_width::UnicodeWidthChar;

use super::wrap::{Piece, wide, width, wrap};
use crate::doc::{Entries, Entry, Fact, Tone};

/// From this width on an entry takes one line with all its facts.
const ONE_LINE: usize = 190;
/// Longer names have no title beside them, so that they do not push the titles of all aside.
const LONGEST_NAME: usize = 24;
/// Longer names are cut where an entry has one line only.
const LONGEST_BRIEF_NAME: usize = 18;
/// Columns of a title where title and facts share a line.
const LONGEST_TITLE: usize = 72;
/// With less room, a list of one line each leaves out how often.
const ROOM_FOR_TIMES: usize = 96;
/// Longer short facts are cut.
const LONGEST_BRIEF: usize = 18;
/// The same where there is less room: a title tells more than the domain of a computer.
const LONGEST_BRIEF_IF_NARROW: usize = 12;

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
    if room >= ONE_LINE {
        return long_lines(entries, room, marks);
    }
    if entries.brief {
        return brief_lines(entries, room, marks);
    }
    let mark = mark_column(entries);
    let names = entries.items.iter().map(|entry| width(entry.name.as_str()));
    let name = names
        .filter(|name| *name <= LONGEST_NAME)
        .max()
        .unwrap_or(0)
        + 2;
    let mut lines = Vec::new();
    for entry in &entries.items {
        let mut line = head(entry, mark);
        let used = width(entry.name.as_str());
        if used > LONGEST_NAME {
            lines.push(line);
            line = vec![(Tone::Plain, " ".repeat(mark + name))];
        } else {
            line.push(pad(name, used));
        }
        push_title(entry, room.saturating_sub(mark + name), marks, &mut line);
        lines.push(line);
        if !entry.facts.is_empty() {
            let mut line = vec![(Tone::Plain, " ".repeat(mark))];
            line.extend(fitted(&entry.facts, room.saturating_sub(mark), marks));
            lines.push(line);
        }
        push_more(entry, mark, room, &mut lines);
    }
    lines
}

fn mark_column(entries: &Entries) -> usize {
    let marks = entries
        .items
        .iter()
        .map(|entry| width(entry.mark.text.as_str()));
    marks.max().unwrap_or(0) + 2
}

/// Mark and name, the mark in its column.
fn head(entry: &Entry, mark: usize) -> Vec<Piece> {
    vec![
        (entry.mark.tone, entry.mark.text.as_str().to_owned()),
        pad(mark, width(entry.mark.text.as_str())),
        (Tone::Strong, entry.name.as_str().to_owned()),
    ]
}

fn push_more(entry: &Entry, indent: usize, room: usize, lines: &mut Vec<Vec<Piece>>) {
    for more in &entry.more {
        for mut pieces in wrap(more, room.saturating_sub(indent), 2) {
            pieces.insert(0, (Tone::Plain, " ".repeat(indent)));
            lines.push(pieces);
        }
    }
}

/// One line each, with all facts behind the title.
fn long_lines(entries: &Entries, room: usize, marks: Marks) -> Vec<Vec<Piece>> {
    let widest = |of: &dyn Fn(&Entry) -> usize| entries.items.iter().map(of).max().unwrap_or(0);
    let mark = mark_column(entries);
    let name = widest(&|entry| width(entry.name.as_str())) + 2;
    let title = widest(&|entry| wide(&entry.title).min(LONGEST_TITLE)) + 2;
    let mut lines = Vec::new();
    for entry in &entries.items {
        let mut line = head(entry, mark);
        line.push(pad(name, width(entry.name.as_str())));
        push_title(entry, title - 2, marks, &mut line);
        line.push(pad(title, wide(&entry.title).min(title - 2)));
        let left = room.saturating_sub(mark + name + title);
        line.extend(fitted(&entry.facts, left, marks));
        lines.push(line);
        push_more(entry, mark, room, &mut lines);
    }
    lines
}

/// One line each, with the facts in columns that a line of titles names.
fn brief_lines(entries: &Entries, room: usize, marks: Marks) -> Vec<Vec<Piece>> {
    let mark = mark_column(entries);
    let names = entries.items.iter().map(|entry| width(entry.name.as_str()));
    let name = names.max().unwrap_or(0).min(LONGEST_BRIEF_NAME) + 2;
    let columns = brief_columns(entries, room);
    let facts: usize = columns.iter().map(|column| column.width + 2).sum();
    let title = room.saturating_sub(mark + name + facts);
    let mut titles = vec![
        (Tone::Dim, " ".repeat(mark)),
        (Tone::Dim, entries.columns[0].to_owned()),
        pad(name, width(entries.columns[0])),
        (Tone::Dim, cut(entries.columns[1], title, marks.cut)),
    ];
    titles.push(pad_if(title, width(entries.columns[1])));
    for column in &columns {
        push_column(column, column.title.to_owned(), Tone::Dim, &mut titles);
    }
    let mut lines = vec![titles];
    for entry in &entries.items {
        let shown = cut(entry.name.as_str(), name - 2, marks.cut);
        let mut line = head(entry, mark);
        line.pop();
        let used = width(&shown);
        line.push((Tone::Strong, shown));
        line.push(pad(name, used));
        let text = cut(&entry.title.text(), title, marks.cut);
        let used = width(&text);
        line.push((Tone::Plain, text));
        line.push(pad_if(title, used));
        for column in &columns {
            let brief = brief_of(entry, column.label).unwrap_or("");
            let tone = entry.facts.iter().find(|fact| fact.label == column.label);
            let tone = tone.map_or(Tone::Plain, |fact| fact.tone);
            push_column(column, cut(brief, column.width, marks.cut), tone, &mut line);
        }
        lines.push(line);
    }
    lines
}

/// A column of short facts.
struct BriefColumn {
    label: &'static str,
    title: &'static str,
    width: usize,
}

fn brief_columns(entries: &Entries, room: usize) -> Vec<BriefColumn> {
    let known = [("where", "where"), ("how often", "times"), ("when", "last")];
    let shown = known
        .into_iter()
        .filter(|(label, _)| *label != "how often" || room >= ROOM_FOR_TIMES);
    let longest = match room >= ROOM_FOR_TIMES {
        true => LONGEST_BRIEF,
        false => LONGEST_BRIEF_IF_NARROW,
    };
    let columns = shown.map(|(label, title)| {
        let briefs = entries
            .items
            .iter()
            .filter_map(|entry| brief_of(entry, label));
        let widest = briefs.map(width).max().unwrap_or(0);
        BriefColumn {
            label,
            title,
            width: match widest {
                0 => 0,
                widest => widest.max(width(title)).min(longest),
            },
        }
    });
    columns.filter(|column| column.width > 0).collect()
}

fn brief_of<'e>(entry: &'e Entry, label: &str) -> Option<&'e str> {
    let fact = entry.facts.iter().find(|fact| fact.label == label)?;
    fact.brief.as_ref().map(|brief| brief.as_str())
}

/// Numbers stand to the right.
fn push_column(column: &BriefColumn, text: String, tone: Tone, line: &mut Vec<Piece>) {
    let free = column.width.saturating_sub(width(&text));
    let is_number = column.label == "how often";
    let (before, after) = if is_number { (free, 0) } else { (0, free) };
    line.push((Tone::Plain, " ".repeat(before + 2)));
    line.push((tone, text));
    line.push((Tone::Plain, " ".repeat(after)));
}

fn pad_if(to: usize, used: usize) -> Piece {
    (Tone::Plain, " ".repeat(to.saturating_sub(used)))
}

fn pad(to: usize, used: usize) -> Piece {
    (Tone::Plain, " ".repeat(to.saturating_sub(used).max(1)))
}

fn push_title(entry: &Entry, room: usize, marks: Marks, line: &mut Vec<Piece>) {
    line.push((Tone::Plain, cut(&entry.title.text(), room, marks.cut)));
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
        let text = cut(text, left, marks.cut);
        left = left.saturating_sub(width(&text));
        pieces.push((fact.tone, text));
    }
    pieces
}

/// The text, cut to `room` columns with a sign if it is wider.
pub(super) fn cut(text: &str, room: usize, sign: &str) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut left = room.saturating_sub(width(sign));
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
    short + sign
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
            brief: false,
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
