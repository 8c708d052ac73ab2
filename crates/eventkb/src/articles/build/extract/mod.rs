//! From the lines of an article to the events that it names.
//!
//! An article is read in two steps. [`draft`] looks at one article alone. [`finish`] then decides
//! which sources are meant, with what all articles together know of names.

mod block;
mod blocks;
mod describe;
mod fields;
mod found;
mod heads;
mod listing;
mod logs;
mod merge;
mod numbers;
mod outline;
mod paths;
pub(super) mod prose;
mod roles;
mod shared;
mod steps;
mod tables;
mod xml;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::model::{Article, CodeNamed, EventRole, Lines, Problem, ProviderHow};
use super::super::names::provider_key;
use super::page::{Head, Kind, Line, Page};
use super::sources::{self, Dictionary, Use};
use crate::limits;
use found::Found;
use merge::{event, merge, short};

/// Letters of a source, a log, a category or a product.
const LONGEST_NAME: usize = 200;

/// An article whose sources are not decided yet.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) path: String,
    head: Head,
    found: Vec<(Found, EventRole)>,
    codes: Vec<CodeNamed>,
    unclear: Vec<u32>,
    /// Lines of each problem.
    problems: BTreeMap<u32, Lines>,
}

impl Draft {
    /// Whether it names anything that it can be found by.
    pub(super) fn is_telling(&self) -> bool {
        !self.found.is_empty() || !self.codes.is_empty()
    }

    /// Whether it names an event.
    pub(super) fn names_events(&self) -> bool {
        !self.found.is_empty()
    }

    /// The names of sources that it uses in fields.
    pub(super) fn uses(&self, article: usize) -> impl Iterator<Item = Use<'_>> {
        self.found.iter().filter_map(move |(found, _)| {
            let source = found.source.as_ref()?;
            Some(Use {
                written: &source.written,
                article,
                id: found.id,
            })
        })
    }
}

/// Reads one article.
pub(super) fn draft(path: String, mut page: Page) -> Draft {
    let outline = outline::outline(&page.lines);
    let mut pass = blocks::pass(&page.lines, &outline);
    add_title(&page, &mut pass.found);
    if !speaks_of_logs(&page, &pass.found) {
        pass.found.clear();
        pass.unclear.clear();
    }
    drop_counted(&mut pass.found);
    said_apart(&mut pass);
    shared::said_of_all(&mut pass);
    let title = page
        .head
        .title
        .as_deref()
        .unwrap_or_default()
        .to_lowercase();
    if title
        .split(|c: char| !c.is_alphabetic())
        .any(|word| word.starts_with("audit"))
    {
        pass.found.iter_mut().for_each(|found| found.audited = true);
    }
    let alone = alone(&pass.found);
    let purpose = roles::purpose(&page.head, &outline);
    let ignored: Vec<bool> = pass
        .found
        .iter()
        .map(|found| {
            let alone = alone == Some(found.id);
            roles::harmless(found, &pass.paragraphs, alone)
        })
        .collect();
    let found = pass.found.into_iter().zip(ignored).map(|(found, ignored)| {
        let role = match roles::role(&found, purpose) {
            EventRole::Symptom if ignored => EventRole::Harmless,
            role => role,
        };
        (found, role)
    });
    let mut found: Vec<(Found, EventRole)> = found.collect();
    roles::settle(&mut found);
    let codes = article_codes(&page.lines, &found);
    let mut problems: BTreeMap<u32, Lines> = BTreeMap::new();
    for (line, problem) in page.lines.iter().zip(&outline.problems) {
        let lines = problems.entry(*problem).or_insert(Lines {
            first: line.number,
            last: line.number,
        });
        // A cell of a table may stand above what was written before its row ended.
        lines.first = lines.first.min(line.number);
        lines.last = lines.last.max(line.number);
    }
    page.lines.clear();
    Draft {
        path,
        head: page.head,
        found,
        codes,
        unclear: pass.unclear,
        problems,
    }
}

/// So many in a row that go up by one are numbers of something else.
const FEWEST_COUNTED: usize = 8;

/// "Event type 10", "Event type 11" and so on, a line each: counters and registers, not ids. Lists of what a
/// program logs have fields or a column of ids.
fn drop_counted(found: &mut Vec<Found>) {
    let bare = |one: &Found| {
        let said = one.source.is_some() || one.level.is_some() || one.log.is_some();
        !said && !one.row && one.description.is_empty() && one.id < 100
    };
    let mut counted = vec![false; found.len()];
    let mut from = 0;
    while from < found.len() {
        let rest = found.get(from..).unwrap_or_default();
        let pairs = rest.windows(2).take_while(|pair| {
            let [one, next] = pair else { return false };
            let nearby = next.first.saturating_sub(one.first) <= 2 && next.first > one.first;
            bare(one) && bare(next) && next.id == one.id.saturating_add(1) && nearby
        });
        let length = pairs.count() + 1;
        if length >= FEWEST_COUNTED {
            let run = counted.iter_mut().skip(from).take(length);
            run.for_each(|one| *one = true);
        }
        from += length;
    }
    let mut counted = counted.into_iter();
    found.retain(|_| !counted.next().unwrap_or(false));
}

/// Lines between an event and a sentence that says its source.
const APART: u32 = 15;

/// "The source of the event is Contoso." in a sentence of its own: that of the event before it.
fn said_apart(pass: &mut found::Pass) {
    for paragraph in &pass.paragraphs {
        let low = paragraph.text.to_ascii_lowercase();
        let begin = [
            "source of the event ",
            "source of this event ",
            "source of the error ",
            "the source ",
        ]
        .iter()
        .find_map(|words| Some(low.find(words)? + words.len()));
        let Some(rest) = begin.and_then(|at| paragraph.text.get(at..)) else {
            continue;
        };
        let name = ["is ", "will be ", "was "]
            .iter()
            .find_map(|verb| rest.strip_prefix(verb))
            .map(sources::named)
            .unwrap_or_default();
        if name.is_empty() {
            continue;
        }
        let near = pass.found.iter_mut().filter(|found| {
            let near = paragraph.first.saturating_sub(found.last) <= APART || found.title;
            found.first <= paragraph.last && near
        });
        let Some(last) = near.max_by_key(|found| found.first) else {
            continue;
        };
        if last.source.is_none() {
            last.source = Some(found::Source {
                written: name,
                how: ProviderHow::Prose,
                line: paragraph.first,
            });
        }
    }
}

/// The event that an article is about, if that is one: it names no other, or none other among its
/// symptoms.
fn alone(found: &[Found]) -> Option<u16> {
    let only = |wanted: &dyn Fn(&Found) -> bool| {
        let mut ids = found.iter().filter(|found| wanted(found)).map(|f| f.id);
        let first = ids.next()?;
        ids.all(|id| id == first).then_some(first)
    };
    only(&|_| true).or_else(|| only(&|found| found.part == outline::Part::Symptoms))
}

/// A title that is no line of the body: "Event ID 5721 When Upgrading".
fn add_title(page: &Page, found: &mut Vec<Found>) {
    let Some(title) = &page.head.title else {
        return;
    };
    let text = format!("{title}. ");
    let line = page.head.title_line.max(1);
    let bodies: Vec<String> = found.iter().map(|event| event.id.to_string()).collect();
    for mut event in prose::events(&text, &[(0, line)]) {
        // "... w/Resulting Event 10": titles of the archive are cut, in the midst of a number too.
        let digits = event.id.to_string();
        let is_cut = title.ends_with(&digits)
            && bodies
                .iter()
                .any(|id| id.len() > digits.len() && id.starts_with(&digits))
            && !bodies.contains(&digits);
        if is_cut {
            continue;
        }
        // What the title calls an event is a sign of what it is about.
        event.part = outline::Part::Symptoms;
        event.weak = true;
        event.title = true;
        found.push(event);
    }
}

/// "Event 5" alone may be a program's. Where nothing speaks of logs, only fields count.
fn speaks_of_logs(page: &Page, found: &[Found]) -> bool {
    if found
        .iter()
        .any(|found| found.structured && (found.source.is_some() || found.level.is_some()))
    {
        return true;
    }
    if found.is_empty() {
        return true;
    }
    let title = page.head.title.iter().map(String::as_str);
    let lines = page.lines.iter().map(|line| line.text.as_str());
    let mut texts = title.chain(lines);
    texts.any(|text| {
        let low = text.to_ascii_lowercase();
        [
            "audit failure",
            "audit success",
            "event log",
            "event viewer",
            "windows event ",
            "windows events ",
            "eventlog",
            "security audit",
            "security event",
            "event id",
            "eventid",
            "application log",
            "system log",
            "security log",
            "directory service log",
            "logged",
            "event message",
            "logs event",
            "log event",
            "eventvwr",
        ]
        .iter()
        .any(|word| low.contains(word))
    })
}

/// Codes outside the descriptions of events.
fn article_codes(lines: &[Line], found: &[(Found, EventRole)]) -> Vec<CodeNamed> {
    let described: std::collections::BTreeSet<u32> = found
        .iter()
        .flat_map(|(found, _)| found.description.iter().map(|(line, _)| *line))
        .collect();
    let others = lines
        .iter()
        .filter(|line| line.kind != Kind::Blank && !described.contains(&line.number));
    let others: Vec<(u32, &str)> = others
        .map(|line| (line.number, line.text.as_str()))
        .collect();
    describe::codes(&others, false)
}

/// Decides on sources, and makes articles of drafts.
pub(super) fn finish(drafts: Vec<Draft>, names: &Dictionary) -> Vec<Article> {
    drafts
        .into_iter()
        .map(|draft| article(draft, names))
        .collect()
}

/// An event with its source decided.
struct Resolved {
    found: Found,
    role: EventRole,
    provider: Option<(Arc<str>, ProviderHow)>,
    written: Option<(String, u32)>,
    key: Option<String>,
}

fn article(draft: Draft, names: &Dictionary) -> Article {
    let resolved = draft
        .found
        .into_iter()
        .map(|(found, role)| resolve(found, role, names));
    let merged = merge(resolved.collect());
    let head = draft.head;
    let (id, title) = name_of(&head, &draft.path);
    let mut problems: BTreeMap<u32, Problem> = BTreeMap::new();
    for one in merged {
        let number = one.found.problem;
        let problem = problems.entry(number).or_insert_with(|| Problem {
            lines: draft.problems.get(&number).copied().unwrap_or_default(),
            events: Vec::new(),
        });
        problem.events.push(event(one));
    }
    for problem in problems.values_mut() {
        problem
            .events
            .sort_by_key(|event| (event.lines, event.event_id));
    }
    Article {
        id: id.into(),
        title: title.into(),
        path: Some(draft.path.into()),
        // An address that was cut leads nowhere.
        url: head
            .url
            .filter(|url| url.len() <= limits::MAX_INDEX_TEXT)
            .map(Arc::from),
        products: head.products.into_iter().map(short).collect(),
        date: head.date.map(Arc::from),
        problems: problems.into_values().collect(),
        codes: draft.codes,
        unclear: draft.unclear,
    }
}

fn resolve(found: Found, role: EventRole, names: &Dictionary) -> Resolved {
    let mut written = None;
    let mut provider = None;
    if let Some(source) = &found.source {
        written = Some((source.written.clone(), source.line));
        // "Event ID 7200 - ContosoIS Private": a name of the list, not a source and its category.
        let whole = found
            .category
            .as_ref()
            .filter(|_| source.how == ProviderHow::Inline)
            .and_then(|category| names.whole(&format!("{} {category}", source.written)));
        provider = whole
            .or_else(|| names.field(&source.written, found.id))
            .map(|name| (name, source.how));
    }
    if provider.is_none() && written.is_none() {
        let above = || {
            let (_, text) = found.above.as_ref()?;
            let name = names.field(text, found.id)?;
            Some((text.clone(), name))
        };
        let in_title = || {
            // "Contoso event 5 or Fabrikam event 6": the name is that of the other one.
            let alone = !found.around.before.to_ascii_lowercase().contains("event");
            (found.title && alone)
                .then(|| names.only(&found.around.before))
                .flatten()
        };
        let beside = names.beside(&found.around.before, &found.around.behind);
        let leading = || {
            found
                .structured
                .then(|| names.leading(&found.lead))
                .flatten()
        };
        let below = || named_below(&found, names);
        let of_all = || {
            let text = found.shared.as_ref()?;
            Some((text.clone(), names.field(text, found.id)?))
        };
        let headed = || {
            let name = shared::of_heading(&found.heading).filter(|_| found.structured)?;
            Some((name.to_owned(), names.section(name)?))
        };
        let said = beside.or_else(above).or_else(below).or_else(leading);
        let said = said.or_else(headed).or_else(of_all);
        if let Some((text, name)) = said.or_else(in_title) {
            written = Some((text, found.id_line));
            provider = Some((name, ProviderHow::Prose));
        } else if let Some((log, name, how)) = logged_by(&found, names) {
            written = Some((log, found.id_line));
            provider = Some((name, how));
        }
    }
    let key = provider.as_ref().map(|(name, _)| provider_key(name));
    Resolved {
        found,
        role,
        provider,
        written,
        key,
    }
}

/// The source that stands behind or below an id: "Event ID: 1023", and in the next line nothing but the
/// name.
fn named_below(found: &Found, names: &Dictionary) -> Option<(String, Arc<str>)> {
    let (line, text) = found.description.first()?;
    if let Some(name) = missing(&found.description) {
        let known = names.field(&name, found.id)?;
        return Some((name, known));
    }
    // "Event ID 1224 ContosoDS Replication Fatal error": the source, its category, the text.
    let mut words = text.split_whitespace();
    let (first, second) = (words.next()?, words.next().unwrap_or_default());
    if found.structured
        && *line == found.id_line
        && first.contains(char::is_lowercase)
        && heads::is_source_like(first)
        && second.starts_with(char::is_uppercase)
        && let Some(name) = names.line(first)
    {
        return Some((first.to_owned(), name));
    }
    if found.structured
        && *line == found.id_line
        && let Some(name) = names.whole(text)
    {
        return Some((text.trim().to_owned(), name));
    }
    let next = found.structured && *line > found.id_line && line - found.id_line <= 2;
    let name = next.then(|| names.line(text)).flatten()?;
    Some((text.trim().to_owned(), name))
}

/// The source that the log says, with the log as it is written.
fn logged_by(found: &Found, names: &Dictionary) -> Option<(String, Arc<str>, ProviderHow)> {
    let writer = logs::writer(found)?;
    let name = match writer.named {
        logs::Named::Sure => writer.name.as_str().into(),
        logs::Named::Written => names
            .whole(&writer.name)
            .or_else(|| names.field(&writer.name, found.id))?,
        logs::Named::IfKnown => names.whole(&writer.name)?,
    };
    Some((writer.written, name, writer.how))
}

/// "The description for Event ID ( 5 ) in Source ( Contoso ) could not be found": the name in brackets.
fn missing(description: &[(u32, String)]) -> Option<String> {
    let text: Vec<&str> = description
        .iter()
        .take(3)
        .map(|(_, text)| text.as_str())
        .collect();
    let text = text.join(" ");
    let low = text.to_ascii_lowercase();
    if !low.contains("description for event id") {
        return None;
    }
    let begin = low.find("in source (")? + "in source (".len();
    let (name, _) = text.get(begin..)?.split_once(')')?;
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Id and title: what the article says, else what its file is called.
fn name_of(head: &Head, path: &str) -> (String, String) {
    let mut parts = path.rsplit('/');
    let file = parts.next().unwrap_or(path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let generic =
        ["readme", "index", "article", "default"].contains(&stem.to_ascii_lowercase().as_str());
    let stem = if generic {
        parts
            .next()
            .filter(|folder| !folder.is_empty())
            .unwrap_or(stem)
    } else {
        stem
    };
    let id = head
        .id
        .as_deref()
        .map(str::trim)
        .filter(|id| !id.is_empty() && id.len() <= 200);
    let id = id.unwrap_or(stem).to_owned();
    let title = head.title.clone().unwrap_or_else(|| id.clone());
    let title: String = title
        .chars()
        .filter(|c| !c.is_control() && *c != prose::LINK.0 && *c != prose::LINK.1)
        .take(300)
        .collect();
    (id, title)
}
