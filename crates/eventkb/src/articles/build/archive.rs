//! The layout of the public KB archive: `kb/253/Q253307/README.md`, a few lines of Markdown around
//! one block of indented plain text.

use super::page::{Head, Kind, Lines, Page, Purpose, date};

/// Whether a text has this layout.
pub(super) fn is_archive(text: &str) -> bool {
    text.starts_with("---") && text.contains("\n\tArticle: Q")
}

/// Reads an article of the archive.
pub(super) fn read(text: &str) -> Page {
    let mut reader = Reader::default();
    for (number, line) in (1_u32..).zip(text.lines()) {
        reader.line(number, line);
    }
    Page {
        head: reader.head,
        lines: reader.lines.finish(),
    }
}

#[derive(Default)]
struct Reader {
    head: Head,
    lines: Lines,
    part: Part,
    /// The line before, which an underline makes a heading.
    before: Option<(u32, String)>,
    rules: u8,
}

#[derive(Default, PartialEq, Eq, Clone, Copy)]
enum Part {
    #[default]
    Head,
    AppliesTo,
    Body,
    /// Keywords, technology, version: the end.
    Foot,
}

impl Reader {
    fn line(&mut self, number: u32, line: &str) {
        let Some(line) = line.strip_prefix('\t') else {
            if let Some(title) = line.strip_prefix("## Q")
                && self.head.title.is_none()
                && let Some((id, title)) = title.split_once(':')
            {
                self.head.id = Some(format!("Q{}", id.trim()));
                self.head.title = Some(decoded(title.trim()));
                self.head.title_line = number;
            }
            if line.trim().is_empty() && self.part == Part::Body {
                self.flush();
                self.lines.blank(number);
            }
            return;
        };
        match self.part {
            Part::Head => self.head_line(number, line),
            Part::AppliesTo => self.applies_to(line),
            Part::Body => self.body_line(number, line),
            Part::Foot => self.foot_line(line),
        }
    }

    fn head_line(&mut self, number: u32, line: &str) {
        let trimmed = line.trim();
        let is_rule = trimmed.len() >= 3 && trimmed.bytes().all(|byte| byte == b'=');
        if line.starts_with("-----") {
            self.part = Part::AppliesTo;
            self.before = None;
        } else if is_rule && self.before.is_some() {
            // Some articles have no list of products: the first heading begins the text.
            self.part = Part::Body;
            self.body_line(number, line);
        } else if trimmed.chars().any(char::is_alphabetic) && !trimmed.contains(':') {
            self.before = Some((number, decoded(line)));
        } else if let Some((name, value)) = line.split_once(':') {
            let value = value.trim();
            match name.trim() {
                "Product(s)" if !value.is_empty() => self.head.products.push(decoded(value)),
                "Last Modified" => self.head.date = date(value),
                _ => {}
            }
        }
    }

    fn applies_to(&mut self, line: &str) {
        if line.starts_with("-----") {
            self.part = Part::Body;
        } else if let Some(product) = line.trim().strip_prefix("- ")
            && self.head.products.len() < MOST_PRODUCTS
        {
            self.head.products.push(decoded(product.trim()));
        }
    }

    fn body_line(&mut self, number: u32, line: &str) {
        let trimmed = line.trim();
        if trimmed.len() >= 60 && trimmed.bytes().all(|byte| byte == b'=') {
            self.flush();
            self.part = Part::Foot;
            return;
        }
        if trimmed.starts_with("Additional query words") {
            self.flush();
            // Search terms, not text.
            self.part = Part::Foot;
            return;
        }
        let rule = trimmed.len() >= 3
            && (trimmed.bytes().all(|b| b == b'=') || trimmed.bytes().all(|b| b == b'-'));
        if rule && let Some((at, heading)) = self.before.take() {
            let level = if trimmed.starts_with('=') { 2 } else { 3 };
            // A long rule under a row of words is that of a table.
            let kind = match heading.split("  ").filter(|part| !part.is_empty()).count() {
                0 | 1 => Kind::Heading(level),
                _ => Kind::Text,
            };
            self.lines.push(at, &heading, kind);
            return;
        }
        self.flush();
        if trimmed.is_empty() {
            self.lines.blank(number);
        } else {
            self.before = Some((number, decoded(line)));
        }
    }

    fn flush(&mut self) {
        if let Some((number, line)) = self.before.take() {
            self.lines.push(number, &line, Kind::Text);
        }
    }

    fn foot_line(&mut self, line: &str) {
        if let Some((name, value)) = line.split_once(':')
            && name.trim() == "Issue type"
            && ["kbhowto", "kbinfo", "kbref"].contains(&value.trim())
        {
            self.head.purpose = Purpose::Guide;
        }
        self.rules = self.rules.saturating_add(1);
    }
}

/// Products kept of one article; some list every language and service pack.
const MOST_PRODUCTS: usize = 12;

/// The few entities that the archive's conversion left behind.
pub(super) fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut text = text.to_owned();
    for (entity, character) in [
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#91;", "["),
        ("&#93;", "]"),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARTICLE: &str = "---\nlayout: page\n---\n\n## Q900001: A Service &quot;Stops&quot;\n\n{% raw %}\n\n\tArticle: Q900001\n\tProduct(s): Contoso Mail\n\tLast Modified: 06-FEB-2000\n\t\n\t-------\n\tapplies to:\n\t\n\t- Contoso Mail, version 1\n\t-------\n\t\n\tSYMPTOMS\n\t========\n\t\n\tIt stops.\n\t\n\t  Event ID: 7\n\t\n\tAdditional query words: none\n\t\n\t================================================================\n\tIssue type        : kbhowto\n\n{% endraw %}\n";

    #[test]
    fn head_body_and_foot() {
        assert!(is_archive(ARTICLE));
        let page = read(ARTICLE);
        assert_eq!(page.head.id.as_deref(), Some("Q900001"));
        assert_eq!(page.head.title.as_deref(), Some("A Service \"Stops\""));
        assert_eq!(page.head.date.as_deref(), Some("2000-02-06"));
        assert_eq!(page.head.products.len(), 2);
        assert_eq!(page.head.purpose, Purpose::Guide);
        let lines: Vec<(u32, &str)> = page
            .lines
            .iter()
            .filter(|line| !line.is_blank())
            .map(|line| (line.number, line.text.as_str()))
            .collect();
        assert_eq!(
            lines,
            [(19, "SYMPTOMS"), (22, "It stops."), (24, "Event ID: 7")]
        );
        assert_eq!(page.lines[0].heading(), Some(2));
        assert_eq!(page.lines[4].indent, 2);
    }
}
