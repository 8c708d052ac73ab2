//! Markdown: articles of Microsoft Learn, and runbooks.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::extract::prose::LINK;
use super::front_matter;
use super::html;
use super::page::{Head, Kind, LineNumbers, Lines, Page, Purpose, date};

/// Reads a Markdown text.
pub(super) fn read(text: &str) -> Page {
    let (entries, begin) = front_matter::read(text);
    let numbers = LineNumbers::new(text);
    let body = text.get(begin..).unwrap_or_default();
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut reader = Reader {
        begin,
        numbers: &numbers,
        lines: Lines::default(),
        text: String::new(),
        line: 0,
        cell: None,
        row: Vec::new(),
        head: false,
        code: false,
        heading: None,
        image: None,
        quotes: 0,
        title: None,
    };
    // Tags may be in capitals; bytes stay where they are.
    let low = body.to_ascii_lowercase();
    let mut tables = HtmlTables::of(&low);
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        if tables.has_read(range.start) {
            continue;
        }
        if let Event::Start(Tag::HtmlBlock) = event
            && let Some(table) = tables.take(&low, &range)
            && let Some(table) = body.get(table)
        {
            reader.html(table, range.start);
            continue;
        }
        reader.event(event, range.start);
    }
    reader.flush();
    let title = reader.title.take();
    let lines = reader.lines.finish();
    let mut head = head(&entries);
    if let Some((line, title)) = title {
        head.title_line = line;
        head.title = Some(title);
    } else if head.title.is_some() {
        head.title_line = 1;
    }
    notes(&mut head, &lines);
    if is_manual(&lines) {
        head.purpose = Purpose::Manual;
    }
    Page { head, lines }
}

/// Tables written in HTML. A blank line ends a block of HTML in Markdown, and not a table.
struct HtmlTables {
    /// Where the last one of the text ends.
    last: usize,
    /// Bytes that were read as a table.
    read: Range<usize>,
}

impl HtmlTables {
    fn of(low: &str) -> HtmlTables {
        HtmlTables {
            last: low.rfind(TABLE_END).unwrap_or(0),
            read: 0..0,
        }
    }

    fn has_read(&self, at: usize) -> bool {
        self.read.contains(&at)
    }

    /// The bytes of the block, up to the end of the table that begins in it. `None` where none begins. The
    /// text is in small letters.
    fn take(&mut self, low: &str, block: &Range<usize>) -> Option<Range<usize>> {
        let own = low.get(block.clone())?;
        let begins = own.matches(TABLE).count();
        if begins == 0 {
            return None;
        }
        let is_open = begins > own.matches(TABLE_END).count();
        let mut end = block.end;
        if is_open && end <= self.last {
            let rest = low.get(end..)?;
            end += rest.find(TABLE_END).map_or(0, |at| at + TABLE_END.len());
        }
        self.read = block.start..end;
        Some(self.read.clone())
    }
}

const TABLE: &str = "<table";
const TABLE_END: &str = "</table>";

/// What the front matter says.
fn head(entries: &front_matter::Entries) -> Head {
    let mut head = Head::default();
    for (name, value) in entries {
        match name.as_str() {
            "title" => head.title = Some(value.clone()),
            "ms.date" | "date" => head.date = date(value),
            "id" | "article" => head.id = Some(value.clone()),
            "url" | "source" | "permalink" if value.starts_with("http") => {
                head.url = Some(value.clone());
            }
            "product" | "products" => head.products.push(value.clone()),
            "ms.topic"
                if ["how-to", "conceptual", "overview", "reference"].contains(&value.as_str()) =>
            {
                head.purpose = Purpose::Guide;
            }
            _ => {}
        }
    }
    // Pages about problems say "troubleshooting"; the others of a product say nothing, or "article".
    let said = |name: &str| entries.iter().find(|(key, _)| key == name);
    let of_product = ["ms.prod", "ms.author", "ms.topic"]
        .iter()
        .any(|name| said(name).is_some());
    let topic = said("ms.topic").map(|(_, value)| value.as_str());
    if of_product
        && head.purpose == Purpose::Problem
        && topic.is_none_or(|topic| topic == "article")
    {
        head.purpose = Purpose::Page;
    }
    head
}

/// Lines below the title that say which products and which number: `Original KB number: 922918`.
fn notes(head: &mut Head, lines: &[super::page::Line]) {
    for line in lines.iter().take(40) {
        let Some((name, value)) = line.text.split_once(':') else {
            continue;
        };
        let value = value.trim();
        match name.trim() {
            "Original KB number" | "KB number" if head.id.is_none() => {
                let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
                if digits.len() >= 5 {
                    head.id = Some(format!("KB{digits}"));
                }
            }
            "Applies to" | "Original product version" | "Product" if head.products.is_empty() => {
                let products = value.split(',').map(str::trim).filter(|p| !p.is_empty());
                head.products = products.take(12).map(str::to_owned).collect();
            }
            _ => {}
        }
    }
}

/// Whether it has the sections of a page about a command.
fn is_manual(lines: &[super::page::Line]) -> bool {
    let headings = lines.iter().filter(|line| line.heading().is_some());
    let headings: Vec<String> = headings
        .map(|line| line.text.to_ascii_uppercase())
        .collect();
    ["SYNOPSIS", "SYNTAX"]
        .iter()
        .all(|name| headings.iter().any(|heading| heading == name))
}

struct Reader<'a> {
    begin: usize,
    numbers: &'a LineNumbers,
    lines: Lines,
    text: String,
    /// Number of the line that `text` began on.
    line: u32,
    cell: Option<String>,
    row: Vec<String>,
    head: bool,
    code: bool,
    heading: Option<u8>,
    /// Where the words that stand for a picture begin.
    image: Option<usize>,
    quotes: u8,
    title: Option<(u32, String)>,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, at: usize) {
        let number = self.numbers.of(self.begin + at);
        match event {
            Event::Start(tag) => self.start(&tag, number),
            Event::End(tag) => self.end(tag, number),
            Event::Text(text) if self.code => {
                for (more, line) in (0_u32..).zip(text.lines()) {
                    self.lines
                        .push(number.saturating_add(more), line, Kind::Text);
                }
            }
            Event::Text(text) | Event::Code(text) => self.push(&text, number),
            Event::InlineHtml(tag) => {
                if html::is_break(&tag) {
                    self.line_break();
                } else if !html::is_mark(&tag) {
                    // Event XML pasted into a paragraph.
                    self.push(&tag, number);
                }
            }
            Event::Html(block) => {
                self.flush();
                html::block(&block, number, &mut self.lines);
            }
            Event::SoftBreak | Event::HardBreak => self.line_break(),
            Event::Rule => {
                self.flush();
                self.lines.blank(number);
            }
            _ => {}
        }
    }

    /// A table in HTML that begins at a byte.
    fn html(&mut self, table: &str, at: usize) {
        self.flush();
        let number = self.numbers.of(self.begin + at);
        match self.quotes {
            0 => html::block(table, number, &mut self.lines),
            _ => html::block(&table.replace("\n>", "\n"), number, &mut self.lines),
        }
        self.lines.blank(number);
    }

    fn push(&mut self, text: &str, number: u32) {
        if let Some(cell) = &mut self.cell {
            cell.push_str(text);
            return;
        }
        if self.text.is_empty() {
            self.line = number;
        }
        self.text.push_str(text);
    }

    /// "Events log 2" below a picture counts pictures. What says "event ID" names one.
    fn end_image(&mut self) {
        let Some(begin) = self.image.take() else {
            return;
        };
        let text = self.cell.as_mut().unwrap_or(&mut self.text);
        let Some(alternative) = text.get(begin..) else {
            return;
        };
        if !alternative.to_ascii_lowercase().contains("event id") {
            text.truncate(begin);
        }
    }

    fn line_break(&mut self) {
        match &mut self.cell {
            Some(cell) => cell.push('\n'),
            None if self.heading.is_some() => self.text.push(' '),
            None => self.flush(),
        }
    }

    fn flush(&mut self) {
        let kind = self.heading.map_or(Kind::Text, Kind::Heading);
        if !self.text.trim().is_empty() {
            self.lines.push(self.line, &self.text, kind);
        }
        self.text.clear();
        // The text of a picture that is open goes on in the next line.
        if self.cell.is_none() {
            self.image = self.image.map(|_| 0);
        }
    }

    fn start(&mut self, tag: &Tag<'_>, number: u32) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.lines.blank(number);
                self.heading = Some(depth(*level));
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.code = true;
            }
            Tag::BlockQuote(_) => {
                self.flush();
                self.quotes = self.quotes.saturating_add(1);
            }
            Tag::Image { .. } => {
                let text = self.cell.as_ref().unwrap_or(&self.text);
                self.image = Some(text.len());
            }
            // What the title of another page names is not named here.
            Tag::Link { dest_url, .. } if !dest_url.starts_with('#') => {
                self.push(&LINK.0.to_string(), number);
            }
            Tag::TableHead => self.head = true,
            Tag::TableCell => self.cell = Some(String::new()),
            Tag::Paragraph | Tag::Item | Tag::List(_) | Tag::Table(_) => self.flush(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, number: u32) {
        match tag {
            TagEnd::Heading(level) => {
                let text = self.text.trim().to_owned();
                if depth(level) == 1 && self.title.is_none() {
                    self.title = Some((self.line, text));
                }
                self.flush();
                self.heading = None;
                self.lines.blank(number);
            }
            TagEnd::CodeBlock => {
                self.code = false;
                self.lines.blank(number);
            }
            TagEnd::Image => self.end_image(),
            TagEnd::Link => self.push(&LINK.1.to_string(), number),
            TagEnd::TableCell => self.row.push(self.cell.take().unwrap_or_default()),
            TagEnd::TableHead | TagEnd::TableRow => {
                let cells = std::mem::take(&mut self.row);
                self.lines.row(number, self.head, cells);
                self.head = false;
            }
            TagEnd::Item => self.flush(),
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.quotes = self.quotes.saturating_sub(1);
                self.lines.blank(number);
            }
            TagEnd::Paragraph | TagEnd::List(_) | TagEnd::Table => {
                self.flush();
                self.lines.blank(number);
            }
            _ => {}
        }
    }
}

fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
