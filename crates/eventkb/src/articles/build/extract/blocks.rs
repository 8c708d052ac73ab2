//! From lines to events: blocks of fields, heads without a colon, rows, event XML, and sentences.
//!
//! One pass over the lines of a page. What a line is, is decided by the line and by what is open;
//! what an event means is decided elsewhere.

use super::super::page::{Kind, Line};
use super::block::Block;
use super::fields::{self, Field, Label};
use super::found::{Around, Found, Paragraph, Pass, Source};
use super::heads::{self, Opening};
use super::listing::Listing;
use super::logs;
use super::numbers;
use super::outline::{Outline, Part};
use super::paths::{self, Way};
use super::tables;
use super::xml;
use crate::articles::model::ProviderHow;

mod around;
mod copied;
mod rows;

/// Events taken from one article. The longest real lists have some 600.
const MOST_FOUND: usize = 5_000;
/// Lines kept of one description, and bytes of a paragraph that are looked at.
const MOST_DESCRIPTION: usize = 40;
const MOST_PARAGRAPH: usize = 16 * 1024;

/// Reads all lines of a page.
pub(super) fn pass(lines: &[Line], outline: &Outline) -> Pass {
    let mut walk = Walk {
        lines,
        outline,
        pass: Pass::default(),
        block: None,
        paragraph: Vec::new(),
        lead: String::new(),
        heading: String::new(),
        depth: 0,
        view: None,
        table: tables::Columns::default(),
        listing: None,
        bare_log: copied::is_bare_log(lines),
        levels: copied::is_list_of_levels(lines),
        at: 0,
    };
    for at in 0..lines.len() {
        walk.at = at;
        walk.step();
        if walk.pass.found.len() >= MOST_FOUND {
            break;
        }
    }
    walk.close();
    walk.end_paragraph();
    walk.pass
}

/// "Here's an example of Event ID 4780:": the one id that the last sentence before a block names.
fn only_id(lead: &str) -> Option<u16> {
    let lead = lead.trim_end().strip_suffix(':')?;
    let sentence = lead.rsplit(". ").next()?;
    let mentions = numbers::mentions(sentence);
    match mentions.as_slice() {
        [one] if one.form != numbers::Form::Before && one.ids.len() == 1 => {
            let id = one.ids.first().copied();
            id.filter(|id| one.form == numbers::Form::Id || *id >= 100)
        }
        _ => None,
    }
}

struct Walk<'a> {
    lines: &'a [Line],
    outline: &'a Outline,
    pass: Pass,
    block: Option<Block>,
    /// Lines of the sentence paragraph that is being read.
    paragraph: Vec<usize>,
    lead: String,
    /// The heading above, and how deep it is.
    heading: String,
    depth: u8,
    /// The log to which the text has shown the way, and the depth of the heading below which it did.
    view: Option<(Way, u8)>,
    table: tables::Columns,
    /// The list of events whose rows follow.
    listing: Option<Listing>,
    /// A log is copied as bare numbers, each with its text below.
    bare_log: bool,
    /// Lines such as "Information 1000" begin the events of a program.
    levels: bool,
    at: usize,
}

impl Walk<'_> {
    fn line(&self) -> Option<&Line> {
        self.lines.get(self.at)
    }

    fn part(&self) -> Part {
        self.outline.parts.get(self.at).copied().unwrap_or_default()
    }

    fn problem(&self) -> u32 {
        self.outline.problems.get(self.at).copied().unwrap_or(0)
    }

    fn step(&mut self) {
        let Some(line) = self.line().cloned() else {
            return;
        };
        match &line.kind {
            Kind::Blank => {
                self.end_paragraph();
                self.table.blank();
                if let Some(block) = &mut self.block {
                    block.paused = true;
                }
            }
            Kind::Heading(depth) => {
                let lasts = |below: u8| below > 1 && below < *depth;
                self.view = self.view.take().filter(|(_, below)| lasts(*below));
                self.depth = *depth;
                self.close();
                self.end_paragraph();
                self.table = tables::Columns::default();
                self.listing = None;
                self.lead.clear();
                self.heading.clone_from(&line.text);
                if !(heads::is_counter(&line.text) && self.id_follows()) {
                    self.paragraph.push(self.at);
                    self.end_paragraph();
                }
            }
            Kind::Row { head, cells } => self.row(&line, *head, cells),
            Kind::Text => self.text(&line),
        }
    }

    fn text(&mut self, line: &Line) {
        if let Some(fields) = xml::fields(&line.text) {
            self.end_paragraph();
            self.xml(line, fields);
            return;
        }
        if heads::is_joint(&line.text) || heads::is_counter(&line.text) && self.id_follows() {
            self.close();
            self.end_paragraph();
            return;
        }
        if self.listed(line) {
            return;
        }
        if let Some(row) = self.table.text_row(&line.text) {
            self.close();
            self.end_paragraph();
            self.take_row(line, row);
            return;
        }
        if self.table.is_head(&line.text) {
            self.close();
            self.end_paragraph();
            return;
        }
        if self.is_program_code(line) {
            match self.in_event() {
                true => self.plain(line),
                false => self.end_paragraph(),
            }
            return;
        }
        let open = self.block.is_some();
        let mut read = fields::fields(&line.text);
        if read.is_empty()
            && open
            && let Some(field) = fields::bare_field(&line.text)
            && self.takes_bare(field.label)
        {
            read = vec![field];
        }
        if !read.is_empty() && self.is_new_field(&read) {
            self.end_paragraph();
            self.take_fields(line, &read);
            return;
        }
        if self.waiting_value(line) {
            return;
        }
        let several = heads::several(&line.text);
        if !several.is_empty() && !self.in_event() {
            self.end_paragraph();
            for opening in several {
                self.close();
                self.open(line, opening);
            }
            self.close();
            return;
        }
        if self.may_open()
            && let Some(opening) = heads::opening(&line.text)
                .or_else(|| self.after_promise(&line.text))
                .or_else(|| self.of_levels(&line.text))
            && !(opening.row && self.goes_on())
        {
            self.end_paragraph();
            self.open(line, opening);
            return;
        }
        self.plain(line);
    }

    /// The value of a field whose line had none: "Event Type:" and on the next line "Warning".
    fn waiting_value(&mut self, line: &Line) -> bool {
        let number = line.number;
        let Some(block) = &mut self.block else {
            return false;
        };
        let Some(label) = block.waits else {
            return false;
        };
        if label == Label::Level
            && let Some(level) = fields::level(&line.text)
        {
            block.found.level = Some((level, number));
            block.waits = None;
            block.found.last = number;
            let rest = line.text.split_once(' ').map_or("", |(_, rest)| rest);
            let more = fields::fields(rest);
            if !more.is_empty() {
                self.take_fields(line, &more);
            }
            return true;
        }
        let short = line.text.split_whitespace().count() <= 4 && !line.text.ends_with(['.', ':']);
        match label {
            Label::Source if short => {
                block.found.source = Some(Source {
                    written: line.text.clone(),
                    how: ProviderHow::Field,
                    line: number,
                });
            }
            Label::Id => match numbers::number(&line.text, 0) {
                Some((id, _)) => {
                    block.ids = vec![id];
                    block.found.id_line = number;
                }
                None => return false,
            },
            _ => return false,
        }
        block.waits = None;
        block.found.last = number;
        true
    }

    /// Whether the line above is a part of a description that goes on: "it ended because:", and on the
    /// next line "TN3270E Service Error 505".
    fn goes_on(&self) -> bool {
        let block = self.block.as_ref().filter(|block| !block.paused);
        let last = block.and_then(|block| block.found.description.last());
        last.is_some_and(|(_, text)| !text.trim_end().ends_with(['.', '!', '"']))
    }

    /// Whether a line may begin an event without a colon: not in the middle of a sentence.
    fn may_open(&self) -> bool {
        if self.block.is_some() {
            return true;
        }
        let Some(last) = self.paragraph.last().and_then(|at| self.lines.get(*at)) else {
            return true;
        };
        let item = self
            .line()
            .is_some_and(|line| line.text.starts_with(['-', '*', '\u{2022}']));
        item || last.text.ends_with([':', '.', ']', ')', '"'])
    }

    /// "Information 1000" alone in a line, in a list of what a program logs.
    fn of_levels(&self, text: &str) -> Option<Opening> {
        let opening = heads::level_and_number(text).filter(|_| self.levels)?;
        self.paragraph.is_empty().then_some(opening)
    }

    /// "5730 - It failed." below "you see the following events:".
    fn after_promise(&self, text: &str) -> Option<Opening> {
        if !self.paragraph.is_empty() {
            return None;
        }
        let lead = self.lead.trim_end();
        let promised = lead.ends_with(':') && lead.to_ascii_lowercase().contains("event");
        let opening = heads::bare_number(text).filter(|_| promised || self.bare_log)?;
        let alone = opening.rest.is_empty();
        // In a log copied as bare numbers each stands alone; in a description it is a value that was
        // wrapped: "Error code:", and on the next line "4097".
        let above = self.at.checked_sub(1).and_then(|at| self.lines.get(at));
        let inside = above.is_some_and(|line| line.kind == Kind::Text)
            && self
                .block
                .as_ref()
                .is_some_and(|block| !block.found.description.is_empty());
        (alone && !inside || promised && !alone).then_some(opening)
    }

    fn in_event(&self) -> bool {
        self.block
            .as_ref()
            .is_some_and(|block| !block.ids.is_empty())
    }

    fn new_block(&mut self, line: &Line) {
        let above = self.name_above();
        let before = self.sentence_above();
        self.close();
        let lead = self.lead.clone();
        self.block = Some(Block {
            indent: line.indent,
            found: Found {
                first: line.number,
                last: line.number,
                part: self.part(),
                problem: self.problem(),
                structured: true,
                above,
                around: Around {
                    before,
                    ..Around::default()
                },
                lead,
                heading: self.heading.clone(),
                way: self.way(),
                ..Found::default()
            },
            ..Block::default()
        });
    }

    /// "You may also see a Contoso", and on the next line "Event ID: 5 message": the sentence that the event
    /// stands in.
    fn sentence_above(&self) -> String {
        let above = self.at.checked_sub(1).and_then(|at| self.lines.get(at));
        let goes_on = above.filter(|line| {
            line.kind == Kind::Text
                && self.block.is_none()
                && line.text.ends_with(char::is_alphanumeric)
                && line.text.split_whitespace().count() >= 4
        });
        goes_on.map(|line| line.text.clone()).unwrap_or_default()
    }

    /// "MSExchangeMTA" alone in the line above: the source of what begins here, and no end of the
    /// description before.
    fn name_above(&mut self) -> Option<(u32, String)> {
        let at = self.at.checked_sub(1)?;
        let line = self.lines.get(at)?;
        if line.kind != Kind::Text || !heads::is_source_like(&line.text) {
            return None;
        }
        let found = (line.number, line.text.clone());
        if let Some(block) = &mut self.block
            && block.found.description.last() == Some(&found)
        {
            block.found.description.pop();
        }
        Some(found)
    }

    fn take_fields(&mut self, line: &Line, read: &[Field<'_>]) {
        let mut joined = false;
        for field in read {
            // "Event ID: 4001 or Event ID: 4002": one event under two ids.
            let joins = std::mem::replace(
                &mut joined,
                field.label == Label::Id && field.value.ends_with([',', ' ', 'r', 'd']) && {
                    let last = field.value.split_whitespace().next_back();
                    last.is_some_and(|word| ["or", "and"].contains(&word))
                },
            );
            if joins
                && field.label == Label::Id
                && let Some(block) = &mut self.block
                && let Some(opening) = heads::after_label(field.value)
            {
                block.ids.extend(opening.ids);
                block.found.description.clear();
                block.in_description = false;
                continue;
            }
            if self.starts_another(field.label) {
                self.new_block(line);
            }
            let at = self.at;
            let Some(block) = &mut self.block else {
                continue;
            };
            block.paused = false;
            block.in_description = false;
            block.waits = None;
            block.found.last = line.number;
            if block.lines.last() != Some(&at) {
                block.lines.push(at);
            }
            block.take(field, line.number);
        }
    }

    /// Whether a field belongs to the next event.
    fn starts_another(&self, label: Label) -> bool {
        let Some(block) = &self.block else {
            return true;
        };
        let found = &block.found;
        let filled = match label {
            Label::Id => !block.ids.is_empty() && (!block.headed || block.paused),
            Label::Source => found.source.is_some(),
            Label::Level => found.level.is_some(),
            Label::Log => found.log.is_some(),
            Label::Category => false,
            Label::Description => !found.description.is_empty(),
            Label::Instance | Label::Other => false,
        };
        let has_text = !found.description.is_empty();
        filled || (has_text && (block.paused || label != Label::Category) && !block.ids.is_empty())
    }

    fn open(&mut self, line: &Line, opening: Opening) {
        // "Source: Contoso", and on the next line "Event ID 5" without a colon.
        let waits = self.block.as_ref().is_some_and(|block| {
            block.ids.is_empty() && !block.paused && block.found.source.is_some()
        });
        if !(waits && opening.source.is_none()) {
            self.new_block(line);
        }
        let at = self.at;
        if let Some(block) = &mut self.block {
            block.ids = opening.ids;
            block.promised = true;
            block.headed = opening.bare;
            block.found.row = opening.listed;
            block.lines.push(at);
            block.found.id_line = line.number;
            block.found.last = line.number;
            let inline = opening.source.map(|written| Source {
                written,
                how: ProviderHow::Inline,
                line: line.number,
            });
            block.found.source = inline.or_else(|| block.found.source.take());
            block.found.around.before = opening.before;
            block.found.around.behind = opening.behind;
            let level = opening.level.map(|level| (level, line.number));
            block.found.level = level.or(block.found.level);
            block.found.category = opening.category.or_else(|| block.found.category.take());
        }
        let rest = opening.rest;
        let more = fields::fields(&rest);
        if !more.is_empty() {
            self.take_fields(line, &more);
        } else if let Some(block) = &mut self.block
            && !rest.is_empty()
        {
            block.in_description = true;
            block.found.description.push((line.number, rest));
        }
    }

    /// A line that is none of all that.
    fn plain(&mut self, line: &Line) {
        let at = self.at;
        if self.is_named_below(line) || self.is_level_below(line) || self.is_field_between(line) {
            return;
        }
        if let Some(block) = &mut self.block
            && !block.ids.is_empty()
        {
            let described = !block.found.description.is_empty();
            let inside = block.indent > 0 && line.indent >= block.indent;
            let goes_on = match (block.paused, described) {
                (false, _) => true,
                // "Description:" alone, a blank line, then the text.
                (true, false) => block.in_description,
                (true, true) => inside && block.in_description,
            };
            if goes_on && block.found.description.len() < MOST_DESCRIPTION {
                block.paused = false;
                block.in_description = true;
                block.found.last = line.number;
                block
                    .found
                    .description
                    .push((line.number, line.text.clone()));
                block.lines.push(at);
                return;
            }
        }
        self.close();
        self.paragraph.push(at);
    }

    /// Ends the open block: an event comes of it, or its lines are read as sentences.
    fn close(&mut self) {
        let Some(mut block) = self.block.take() else {
            return;
        };
        if block.is_number_alone() {
            block.ids.clear();
        }
        if block.ids.is_empty() && block.shows_an_event() {
            block.ids.extend(only_id(&block.found.lead));
            block.found.id_line = block.found.first;
        }
        if block.ids.is_empty() {
            if block.promised {
                self.pass.unclear.push(block.found.first);
            }
            let now = std::mem::replace(&mut self.paragraph, block.lines);
            self.end_paragraph();
            self.paragraph = now;
            return;
        }
        let several = block.ids.len() > 1;
        for id in block.ids {
            let mut found = block.found.clone();
            found.id = id;
            if several {
                // A description under several ids is of none of them.
                found.description.clear();
            }
            self.pass.found.push(found);
        }
    }

    fn way(&self) -> Option<Way> {
        self.view.as_ref().map(|(way, _)| way.clone())
    }

    /// Notes which log a paragraph shows the way to. One of the logs that all write into ends it.
    fn look(&mut self, text: &str) {
        let mut ways = paths::shown(text).into_iter();
        match (ways.next(), ways.next()) {
            (Some(way), None) => self.view = Some((way, self.depth)),
            (Some(_), Some(_)) => self.view = None,
            (None, _) if self.view.is_some() && logs::log_of(text).is_some() => self.view = None,
            (None, _) => {}
        }
    }

    fn end_paragraph(&mut self) {
        let lines = std::mem::take(&mut self.paragraph);
        let Some(first) = lines.first().and_then(|at| self.lines.get(*at)) else {
            return;
        };
        let at = lines.first().copied().unwrap_or(0);
        let part = self.outline.parts.get(at).copied().unwrap_or_default();
        let problem = self.outline.problems.get(at).copied().unwrap_or(0);
        let mut text = String::new();
        let mut places = Vec::new();
        for line in lines.iter().filter_map(|at| self.lines.get(*at)) {
            if text.len() + line.text.len() > MOST_PARAGRAPH {
                break;
            }
            places.push((text.len(), line.number));
            text.push_str(&line.text);
            text.push(' ');
        }
        let heading = first.heading().is_some();
        self.look(&text);
        let found = super::prose::events(&text, &places);
        for mut event in found {
            event.part = part;
            event.problem = problem;
            event.way = self.way();
            self.pass.found.push(event);
        }
        if !heading {
            self.lead = text.clone();
        }
        self.pass.paragraphs.push(Paragraph {
            text,
            part,
            problem,
            first: first.number,
            last: places.last().map_or(first.number, |(_, line)| *line),
        });
    }
}
