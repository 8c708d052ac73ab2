//! HTML: saved pages, and the pieces of it that stand in Markdown.

use html5gum::{Token, Tokenizer};

use super::page::{Head, Kind, LineNumbers, Lines, Page, date};

/// Whether a text begins as a page does.
pub(super) fn is_html(text: &str) -> bool {
    let begin: String = text
        .trim_start()
        .chars()
        .take(15)
        .collect::<String>()
        .to_ascii_lowercase();
    begin.starts_with("<!doctype html") || begin.starts_with("<html") || begin.starts_with("<head")
}

/// Reads a page.
pub(super) fn read(text: &str) -> Page {
    let mut lines = Lines::default();
    let mut reader = Reader::new(text, 1, &mut lines);
    reader.run(text);
    let head = std::mem::take(&mut reader.head);
    drop(reader);
    Page {
        head,
        lines: lines.finish(),
    }
}

/// Reads a piece of HTML that begins on a line of a Markdown file.
pub(super) fn block(text: &str, line: u32, lines: &mut Lines) {
    Reader::new(text, line, lines).run(text);
}

/// Whether a tag ends a line: `<br>`, `<p>`.
pub(super) fn is_break(tag: &str) -> bool {
    let name = name_of(tag);
    ["br", "p", "div", "li", "tr"].contains(&name.as_str())
}

/// Whether a tag is a mark of HTML, and not a piece of text such as `<EventID>` or `<server name>`.
pub(super) fn is_mark(tag: &str) -> bool {
    const MARKS: &[&str] = &[
        "a",
        "abbr",
        "b",
        "blockquote",
        "center",
        "code",
        "dd",
        "details",
        "dl",
        "dt",
        "em",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "kbd",
        "mark",
        "nobr",
        "ol",
        "pre",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tt",
        "u",
        "ul",
        "var",
    ];
    tag.starts_with("<!--") || MARKS.binary_search(&name_of(tag).as_str()).is_ok()
}

fn name_of(tag: &str) -> String {
    let name = tag.trim_start_matches(['<', '/']);
    let name = name.chars().take_while(char::is_ascii_alphanumeric);
    name.collect::<String>().to_ascii_lowercase()
}

struct Reader<'a> {
    numbers: LineNumbers,
    first: u32,
    lines: &'a mut Lines,
    head: Head,
    text: String,
    line: u32,
    heading: Option<u8>,
    /// Inside `<pre>`: line breaks stand for themselves.
    pre: bool,
    /// Inside a script, a style or the title.
    hidden: Option<Vec<u8>>,
    cell: Option<String>,
    row: Vec<String>,
    row_is_head: bool,
    in_page_head: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &str, first: u32, lines: &'a mut Lines) -> Reader<'a> {
        Reader {
            numbers: LineNumbers::new(text),
            first,
            lines,
            head: Head::default(),
            text: String::new(),
            line: first,
            heading: None,
            pre: false,
            hidden: None,
            cell: None,
            row: Vec::new(),
            row_is_head: false,
            in_page_head: false,
        }
    }

    fn run(&mut self, text: &str) {
        let emitter = html5gum::emitters::default::DefaultEmitter::<usize>::new_with_span();
        for Ok(token) in Tokenizer::new_with_emitter(text, emitter) {
            match token {
                Token::StartTag(tag) => {
                    let raw = text.get(tag.span.start..tag.span.end).unwrap_or_default();
                    self.start(&tag.name, raw, tag.span.start);
                    let attribute = |name: &[u8]| {
                        let value = tag.attributes.iter().find(|(key, _)| key.0 == name)?.1;
                        Some(String::from_utf8_lossy(&value.value).into_owned())
                    };
                    if tag.name.0 == b"meta" {
                        self.meta(attribute(b"name"), attribute(b"content"));
                    }
                    if tag.name.0 == b"link" && attribute(b"rel").as_deref() == Some("canonical") {
                        let url = attribute(b"href").filter(|url| url.starts_with("http"));
                        self.head.url = self.head.url.take().or(url);
                    }
                }
                Token::EndTag(tag) => {
                    let raw = text.get(tag.span.start..tag.span.end).unwrap_or_default();
                    self.end(&tag.name, raw, tag.span.start);
                }
                Token::String(string) => {
                    let number = self.number(string.span.start);
                    self.string(&String::from_utf8_lossy(&string.value), number);
                }
                _ => {}
            }
        }
        self.end_row(self.line);
        self.flush();
    }

    fn number(&self, at: usize) -> u32 {
        let line = self.numbers.of(at).saturating_sub(1);
        self.first.saturating_add(line)
    }

    fn meta(&mut self, name: Option<String>, content: Option<String>) {
        let (Some(name), Some(content)) = (name, content) else {
            return;
        };
        match name.to_ascii_lowercase().as_str() {
            "date" | "ms.date" | "last-modified" => {
                self.head.date = self.head.date.take().or_else(|| date(&content));
            }
            "article" | "id" | "kbid" => self.head.id = Some(content),
            _ => {}
        }
    }

    fn string(&mut self, text: &str, number: u32) {
        if let Some(hidden) = &self.hidden {
            if hidden == b"title" {
                let title = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if !title.is_empty() && self.head.title.is_none() {
                    self.head.title = Some(title);
                    self.head.title_line = number;
                }
            }
            return;
        }
        if self.pre {
            for (n, line) in (0_u32..).zip(text.split('\n')) {
                if n > 0 {
                    self.flush();
                }
                self.push(line, number.saturating_add(n));
            }
            return;
        }
        // A run of spaces and line breaks is one space.
        let mut words = String::new();
        for (n, word) in text.split_whitespace().enumerate() {
            if n > 0 || text.starts_with(char::is_whitespace) {
                words.push(' ');
            }
            words.push_str(word);
        }
        if text.ends_with(char::is_whitespace) && !words.is_empty() {
            words.push(' ');
        }
        let skipped = text.len() - text.trim_start().len();
        let breaks = text.get(..skipped).map_or(0, |s| s.matches('\n').count());
        let breaks = u32::try_from(breaks).unwrap_or(0);
        self.push(&words, number.saturating_add(breaks));
    }

    fn push(&mut self, text: &str, number: u32) {
        if let Some(cell) = &mut self.cell {
            cell.push_str(text);
            return;
        }
        if self.text.trim().is_empty() {
            self.line = number;
            self.text.clear();
            if !self.pre {
                self.text.push_str(text.trim_start());
                return;
            }
        }
        self.text.push_str(text);
    }

    fn flush(&mut self) {
        let kind = self.heading.map_or(Kind::Text, Kind::Heading);
        if !self.text.trim().is_empty() {
            self.lines.push(self.line, &self.text, kind);
        }
        self.text.clear();
    }

    fn paragraph(&mut self, number: u32) {
        match &mut self.cell {
            Some(cell) => cell.push('\n'),
            None => {
                self.flush();
                self.lines.blank(number);
            }
        }
    }

    fn start(&mut self, name: &[u8], raw: &str, at: usize) {
        let number = self.number(at);
        match name {
            b"script" | b"style" | b"title" | b"nav" | b"footer" => {
                self.hidden.get_or_insert_with(|| name.to_vec());
            }
            b"br" => match &mut self.cell {
                Some(cell) => cell.push('\n'),
                None => self.flush(),
            },
            b"li" | b"dt" | b"dd" | b"tr" if self.cell.is_none() => {
                if name == b"tr" {
                    self.end_row(number);
                }
                self.flush();
            }
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => {
                self.paragraph(number);
                self.heading = name.get(1).map(|digit| digit - b'0');
            }
            b"pre" => {
                self.paragraph(number);
                self.pre = true;
            }
            b"td" | b"th" => {
                self.end_cell();
                self.flush();
                self.row_is_head = name == b"th";
                self.cell = Some(String::new());
            }
            b"p" | b"div" | b"ul" | b"ol" | b"table" | b"blockquote" | b"section" | b"article" => {
                self.paragraph(number);
            }
            b"html" | b"body" | b"meta" | b"link" | b"main" | b"header" | b"button" | b"input"
            | b"svg" | b"path" | b"label" | b"form" | b"option" | b"select" | b"aside" => {}
            b"head" => self.in_page_head = true,
            _ if is_mark(raw) => {}
            // Not a tag of HTML: `<server name>`, or event XML.
            _ if self.hidden.is_none() => self.push(raw, number),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8], raw: &str, at: usize) {
        let number = self.number(at);
        if self.hidden.as_deref() == Some(name) {
            self.hidden = None;
            return;
        }
        match name {
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => {
                if name == b"h1" && !self.text.trim().is_empty() {
                    self.head.title = Some(self.text.trim().to_owned());
                    self.head.title_line = self.line;
                }
                self.flush();
                self.heading = None;
                self.lines.blank(number);
            }
            b"pre" => {
                self.flush();
                self.pre = false;
                self.lines.blank(number);
            }
            b"td" | b"th" => self.end_cell(),
            b"tr" => self.end_row(number),
            b"table" => {
                self.end_row(number);
                self.lines.blank(number);
            }
            b"p" | b"div" | b"ul" | b"ol" | b"blockquote" | b"section" | b"article" => {
                self.paragraph(number);
            }
            b"li" | b"dt" | b"dd" if self.cell.is_none() => self.flush(),
            b"EventID" | b"eventid" => self.push(raw, number),
            b"head" => self.in_page_head = false,
            _ => {
                let known = [
                    &b"html"[..],
                    b"body",
                    b"main",
                    b"header",
                    b"button",
                    b"svg",
                    b"path",
                ]
                .contains(&name);
                if !known && !is_mark(raw) && self.hidden.is_none() && name.len() < 40 {
                    self.push(raw, number);
                }
            }
        }
    }

    fn end_cell(&mut self) {
        if let Some(cell) = self.cell.take() {
            self.row.push(cell.trim().to_owned());
        }
    }

    fn end_row(&mut self, number: u32) {
        self.end_cell();
        let cells = std::mem::take(&mut self.row);
        if !cells.is_empty() {
            self.lines.row(number, self.row_is_head, cells);
        }
        self.row_is_head = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_becomes_lines() {
        let page = read(
            "<!DOCTYPE html><html><head><title>It\n stops</title><style>x</style></head>\n<body><h2>Symptoms</h2>\n<p>Then:<br>Event ID: 7<br/>Source: Contoso</p>\n<table><tr><th>Event ID</th><th>Text</th></tr><tr><td>8</td><td>a<br>b</td></tr></table>\n<pre>x\n  y</pre><p>the &lt;server&gt; <b>stops</b></p></body></html>",
        );
        assert_eq!(page.head.title.as_deref(), Some("It stops"));
        let lines: Vec<(u32, &str)> = page
            .lines
            .iter()
            .filter(|line| !line.is_blank())
            .map(|line| (line.number, line.text.as_str()))
            .collect();
        assert_eq!(
            lines,
            [
                (3, "Symptoms"),
                (4, "Then:"),
                (4, "Event ID: 7"),
                (4, "Source: Contoso"),
                (5, "Event ID | Text"),
                (5, "8 | a b"),
                (6, "x"),
                (7, "y"),
                (7, "the <server> stops"),
            ]
        );
    }

    #[test]
    fn tags_that_are_text() {
        assert!(is_mark("<b>") && is_mark("</code>") && is_mark("<!-- x -->"));
        assert!(!is_mark("<EventID>") && !is_mark("<server name>"));
    }
}
