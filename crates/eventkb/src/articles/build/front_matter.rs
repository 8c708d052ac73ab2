//! The head of a Markdown file: YAML between two lines of dashes.

use saphyr_parser::{Event, Parser};

/// A head larger than this is none.
const MOST_BYTES: usize = 64 * 1024;
/// Values taken from one head.
const MOST_VALUES: usize = 256;

/// Name and value of the head's plain entries, in order; a list gives several of one name.
pub(super) type Entries = Vec<(String, String)>;

/// The entries of a head, and the byte where the text behind it begins.
pub(super) fn read(text: &str) -> (Entries, usize) {
    let Some((head, end)) = split(text) else {
        return (Vec::new(), 0);
    };
    (entries(head), end)
}

fn split(text: &str) -> Option<(&str, usize)> {
    let rest = text.strip_prefix("---")?;
    let begin = 3 + rest.find('\n')? + 1;
    if !text.get(3..begin)?.trim().is_empty() {
        return None;
    }
    let mut at = begin;
    for line in text.get(begin..)?.split_inclusive('\n') {
        if at - begin > MOST_BYTES {
            return None;
        }
        if ["---", "..."].contains(&line.trim_end()) {
            return Some((text.get(begin..at)?, at + line.len()));
        }
        at += line.len();
    }
    None
}

fn entries(head: &str) -> Entries {
    let mut entries = Vec::new();
    let mut depth = 0_usize;
    let mut name: Option<String> = None;
    // The parser hands over one event after the other and expands nothing. What follows a mistake
    // is not read.
    for event in Parser::new_from_str(head).map_while(Result::ok) {
        if entries.len() >= MOST_VALUES {
            break;
        }
        match event.0 {
            Event::MappingStart(..) | Event::SequenceStart(..) => depth += 1,
            Event::MappingEnd | Event::SequenceEnd => {
                depth = depth.saturating_sub(1);
                if depth == 1 {
                    name = None;
                }
            }
            Event::Scalar(value, ..) => match (depth, name.as_ref()) {
                (1, None) => name = Some(value.into_owned()),
                (1, Some(_)) => {
                    if let Some(name) = name.take() {
                        entries.push((name, value.into_owned()));
                    }
                }
                (2, Some(name)) => entries.push((name.clone(), value.into_owned())),
                _ => {}
            },
            _ => {}
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_entries_and_lists() {
        let text = "---\ntitle: \"A: b\"\nms.date: 10/19/2020\nms.custom:\n- one\n- two\nlast: x\n---\n# Text\n";
        let (entries, at) = read(text);
        assert_eq!(&text[at..], "# Text\n");
        let entries: Vec<(&str, &str)> = entries
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        assert_eq!(
            entries,
            [
                ("title", "A: b"),
                ("ms.date", "10/19/2020"),
                ("ms.custom", "one"),
                ("ms.custom", "two"),
                ("last", "x")
            ]
        );
    }

    #[test]
    fn what_is_no_head() {
        for text in [
            "",
            "---",
            "--- x\na: b\n---\n",
            "# Title\n",
            "---\nnever: ends\n",
        ] {
            assert_eq!(read(text).1, 0, "{text:?}");
        }
    }

    #[test]
    fn a_head_that_refers_to_itself_costs_nothing() {
        let mut head = String::from("---\na: &a [x, x]\n");
        for n in 0..60 {
            head.push_str(&format!("k{n}: &k{n} [*a, *a, *a]\n"));
        }
        head.push_str("---\n");
        assert!(read(&head).0.len() <= MOST_VALUES);
    }
}
