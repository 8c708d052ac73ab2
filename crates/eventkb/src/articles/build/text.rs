//! Plain text: runbooks, notes, saved mail.

use super::page::{Head, Kind, Lines, Page};

/// A first line longer than this is a paragraph, not a title.
const LONGEST_TITLE: usize = 200;

/// Reads a plain text.
pub(super) fn read(text: &str) -> Page {
    let mut lines = Lines::default();
    let mut head = Head::default();
    let all: Vec<&str> = text.lines().collect();
    let mut numbered = (1_u32..).zip(all.iter().copied()).peekable();
    while let Some((number, line)) = numbered.next() {
        let trimmed = line.trim();
        if is_rule(trimmed) {
            continue;
        }
        let underlined = numbered
            .peek()
            .is_some_and(|(_, next)| is_rule(next.trim()));
        if head.title.is_none() && !trimmed.is_empty() && trimmed.len() <= LONGEST_TITLE {
            head.title = Some(trimmed.to_owned());
            head.title_line = number;
        }
        let several = trimmed.split("  ").filter(|part| !part.is_empty()).count() > 1;
        let kind = if !trimmed.is_empty() && !several && (underlined || is_loud(trimmed)) {
            Kind::Heading(2)
        } else {
            Kind::Text
        };
        lines.push(number, line, kind);
    }
    Page {
        head,
        lines: lines.finish(),
    }
}

fn is_rule(text: &str) -> bool {
    let same = |wanted: u8| text.bytes().all(|byte| byte == wanted);
    text.len() >= 3 && (same(b'=') || same(b'-') || same(b'~'))
}

/// `SYMPTOMS`, `MORE INFORMATION:`
fn is_loud(text: &str) -> bool {
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    letters().count() >= 4
        && text.len() <= 60
        && letters().all(char::is_uppercase)
        && !text.contains(|c: char| c.is_ascii_digit())
}
