//! An index as a file. `docs/article-index.md` describes the format.
//!
//! A file may come from a stranger: its head is checked before anything else, every number in it is
//! looked at, and what one can hold is bounded. The checksum finds damage, not malice.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::error::ArticleIndexError;
use super::index::ArticleIndex;
use super::model::{
    Article, CodeNamed, EventNamed, EventRole, Lines, Phrase, Problem, ProviderHow,
};
use crate::limits;
use crate::signature::model::LevelName;

/// Version of the format; files of another version are refused.
pub const INDEX_VERSION: u32 = 1;

/// What a file begins with.
const MAGIC: &[u8; 8] = b"EKBARTIX";
/// Magic, version, length and checksum of the content.
const HEAD: usize = 8 + 4 + 8 + 16;

/// The content, as it is written: numbers stand for strings, 0 for none.
///
/// It is read piece by piece: three bytes of a file can ask for thirty of memory, so that what is
/// read is counted before the next piece is.
#[derive(Debug, Default, Serialize)]
struct Content<'a> {
    /// Each once, sorted; number 1 is the first.
    strings: Vec<&'a str>,
    articles: Vec<FileArticle>,
}

#[derive(Debug, Serialize, Deserialize)]
struct FileArticle {
    id: u32,
    title: u32,
    path: u32,
    url: u32,
    date: u32,
    products: Vec<u32>,
    problems: Vec<FileProblem>,
    codes: Vec<FileCode>,
    unclear: Vec<u32>,
}

#[derive(Debug, Serialize, Deserialize)]
struct FileProblem {
    lines: FileLines,
    events: Vec<FileEvent>,
}

/// The first line, and how many follow.
#[derive(Debug, Serialize, Deserialize)]
struct FileLines(u32, u32);

#[derive(Debug, Serialize, Deserialize)]
struct FileEvent {
    event_id: u16,
    lines: FileLines,
    provider: u32,
    provider_written: u32,
    provider_from: u32,
    provider_how: u8,
    level: u8,
    role: u8,
    log: u32,
    category: u32,
    codes: Vec<FileCode>,
    phrases: Vec<FilePhrase>,
    /// Distances from the first line, wrapping: a line of 0 is "none".
    id_line: i32,
    provider_line: i32,
    level_line: i32,
}

#[derive(Debug, Serialize, Deserialize)]
struct FileCode {
    value: i64,
    written: u32,
    line: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct FilePhrase {
    text: u32,
    line: u32,
}

impl ArticleIndex {
    /// Reads an index. The bytes may come from anyone.
    ///
    /// # Errors
    /// When it is no index, one of another version, damaged, too large or not sound.
    pub fn from_bytes(bytes: &[u8]) -> Result<ArticleIndex, ArticleIndexError> {
        let mut rest = checked(bytes)?;
        let mut reader = Reader::new(&mut rest)?;
        let count = take(&mut rest, usize::MAX)?;
        limit(count, limits::MAX_INDEX_ARTICLES, "articles")?;
        let mut articles = Vec::new();
        for _ in 0..count {
            let article = take(&mut rest, limits::MAX_INDEX_ARTICLE)?;
            articles.push(reader.article(article)?);
        }
        if !rest.is_empty() {
            return Err(ArticleIndexError::Unsound {
                what: "something follows its content",
            });
        }
        Ok(ArticleIndex::new(articles))
    }

    /// Reads the file at a path.
    ///
    /// # Errors
    /// When it cannot be read, or as for [`ArticleIndex::from_bytes`].
    pub fn read(path: &std::path::Path) -> Result<ArticleIndex, ArticleIndexError> {
        use std::io::Read as _;
        let unreadable = ArticleIndexError::unreadable;
        let file = std::fs::File::open(path).map_err(unreadable)?;
        if file.metadata().is_ok_and(|data| data.is_dir()) {
            return Err(ArticleIndexError::Foreign);
        }
        let mut bytes = Vec::new();
        let most = limits::MAX_INDEX_BYTES as u64 + 1;
        // The head first: what is no index need not be read to its end.
        let mut file = file.take(most);
        let read = (&mut file).take(HEAD as u64).read_to_end(&mut bytes);
        read.map_err(unreadable)?;
        if !bytes.starts_with(MAGIC) {
            return Err(ArticleIndexError::Foreign);
        }
        file.read_to_end(&mut bytes).map_err(unreadable)?;
        ArticleIndex::from_bytes(&bytes)
    }

    /// Writes the file: beside its place first, then renamed, so that nobody meets half of it.
    ///
    /// # Errors
    /// When it cannot be written, or when something else than an index is there: an index never
    /// takes the place of an article.
    pub fn save(&self, path: &std::path::Path) -> Result<(), ArticleIndexError> {
        use std::io::Read as _;
        let unwritten = |error: std::io::Error| ArticleIndexError::Unwritten {
            reason: error.to_string(),
        };
        if let Ok(metadata) = std::fs::metadata(path) {
            let mut head = Vec::new();
            let is_file = metadata.is_file();
            if is_file {
                let file = std::fs::File::open(path).map_err(unwritten)?;
                let read = file.take(MAGIC.len() as u64).read_to_end(&mut head);
                read.map_err(unwritten)?;
            }
            if !is_file || !head.is_empty() && head != MAGIC {
                return Err(ArticleIndexError::Occupied);
            }
        }
        let mut aside = path.as_os_str().to_owned();
        aside.push(format!(".{}.part", std::process::id()));
        let aside = std::path::PathBuf::from(aside);
        let written = std::fs::write(&aside, self.to_bytes());
        let placed = written.and_then(|()| std::fs::rename(&aside, path));
        placed.map_err(|error| {
            let _ = std::fs::remove_file(&aside);
            unwritten(error)
        })
    }

    /// The bytes of the file: the same for the same articles, whatever their order was.
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::new(self.articles());
        let articles = self.articles().iter().map(|a| writer.article(a)).collect();
        let content = Content {
            strings: writer.strings.iter().map(|text| &**text).collect(),
            articles,
        };
        // Plain data into a growing buffer: it cannot fail to be written.
        let content = postcard::to_stdvec(&content).unwrap_or_default();
        let mut bytes = Vec::with_capacity(HEAD + content.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&INDEX_VERSION.to_le_bytes());
        bytes.extend_from_slice(&(content.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&xxh3_128(&content).to_le_bytes());
        bytes.extend(content);
        bytes
    }
}

/// The content behind a sound head.
fn checked(bytes: &[u8]) -> Result<&[u8], ArticleIndexError> {
    let rest = bytes
        .strip_prefix(MAGIC)
        .ok_or(ArticleIndexError::Foreign)?;
    let (version, rest) = rest
        .split_first_chunk::<4>()
        .ok_or(ArticleIndexError::Damaged)?;
    let found = u32::from_le_bytes(*version);
    if found != INDEX_VERSION {
        return Err(ArticleIndexError::Version { found });
    }
    if bytes.len() > limits::MAX_INDEX_BYTES {
        return Err(ArticleIndexError::TooLarge {
            what: "the file has more than 32 MiB",
        });
    }
    let (length, rest) = rest
        .split_first_chunk::<8>()
        .ok_or(ArticleIndexError::Damaged)?;
    let (sum, content) = rest
        .split_first_chunk::<16>()
        .ok_or(ArticleIndexError::Damaged)?;
    if u64::from_le_bytes(*length) != content.len() as u64
        || u128::from_le_bytes(*sum) != xxh3_128(content)
    {
        return Err(ArticleIndexError::Damaged);
    }
    Ok(content)
}

/// The next value of a content, which has at most so many bytes.
fn take<'a, T: Deserialize<'a>>(rest: &mut &'a [u8], most: usize) -> Result<T, ArticleIndexError> {
    let piece = rest.get(..rest.len().min(most)).unwrap_or_default();
    let (value, behind) = postcard::take_from_bytes(piece).map_err(|_| {
        if piece.len() < rest.len() {
            return ArticleIndexError::TooLarge {
                what: "an article in it",
            };
        }
        ArticleIndexError::Unsound {
            what: "its content cannot be read",
        }
    })?;
    *rest = rest.get(piece.len() - behind.len()..).unwrap_or_default();
    Ok(value)
}

fn limit(count: usize, most: usize, what: &'static str) -> Result<(), ArticleIndexError> {
    if count > most {
        return Err(ArticleIndexError::TooLarge { what });
    }
    Ok(())
}

/// From the file to the model, counting what is made.
struct Reader {
    strings: Vec<Arc<str>>,
    events: usize,
    facts: usize,
}

impl Reader {
    /// Reads the texts at the beginning of a content.
    fn new(rest: &mut &[u8]) -> Result<Reader, ArticleIndexError> {
        let count: usize = take(rest, usize::MAX)?;
        limit(count, limits::MAX_INDEX_TEXTS, "texts")?;
        let mut strings = Vec::new();
        for _ in 0..count {
            let text: &str = take(rest, usize::MAX)?;
            limit(text.len(), limits::MAX_INDEX_TEXT, "a text in it")?;
            strings.push(Arc::from(text));
        }
        Ok(Reader {
            strings,
            events: 0,
            facts: 0,
        })
    }

    fn optional(&self, number: u32) -> Result<Option<Arc<str>>, ArticleIndexError> {
        let Some(at) = number.checked_sub(1) else {
            return Ok(None);
        };
        let text = self.strings.get(at as usize);
        text.cloned().map(Some).ok_or(ArticleIndexError::Unsound {
            what: "it refers to a text that is not there",
        })
    }

    fn text(&self, number: u32) -> Result<Arc<str>, ArticleIndexError> {
        Ok(self.optional(number)?.unwrap_or_default())
    }

    fn facts(&mut self, more: usize) -> Result<(), ArticleIndexError> {
        self.facts = self.facts.saturating_add(more);
        limit(
            self.facts,
            limits::MAX_INDEX_FACTS,
            "codes, phrases and products",
        )
    }

    fn article(&mut self, file: FileArticle) -> Result<Article, ArticleIndexError> {
        let id = self.text(file.id)?;
        if id.is_empty() {
            return Err(ArticleIndexError::Unsound {
                what: "an article has no id",
            });
        }
        self.facts(file.products.len() + file.unclear.len() + file.problems.len())?;
        let products: Result<_, _> = file.products.iter().map(|n| self.text(*n)).collect();
        let problems = file.problems.into_iter();
        let problems: Result<_, _> = problems.map(|p| self.problem(p)).collect();
        Ok(Article {
            id,
            title: self.text(file.title)?,
            path: self.optional(file.path)?,
            url: self.optional(file.url)?,
            products: products?,
            date: self.optional(file.date)?,
            problems: problems?,
            codes: self.codes(&file.codes)?,
            unclear: file.unclear,
        })
    }

    fn problem(&mut self, file: FileProblem) -> Result<Problem, ArticleIndexError> {
        self.events = self.events.saturating_add(file.events.len());
        limit(self.events, limits::MAX_INDEX_EVENTS, "events")?;
        let events: Result<_, _> = file.events.iter().map(|e| self.event(e)).collect();
        Ok(Problem {
            lines: lines_of(&file.lines),
            events: events?,
        })
    }

    fn codes(&mut self, codes: &[FileCode]) -> Result<Vec<CodeNamed>, ArticleIndexError> {
        self.facts(codes.len())?;
        let codes = codes.iter().map(|code| {
            Ok(CodeNamed {
                value: code.value,
                written: self.text(code.written)?,
                line: code.line,
            })
        });
        codes.collect()
    }

    fn event(&mut self, file: &FileEvent) -> Result<EventNamed, ArticleIndexError> {
        let provider = self.optional(file.provider)?;
        let provider_how = how_of(file.provider_how)?;
        if provider.is_some() != provider_how.is_some() {
            return Err(ArticleIndexError::Unsound {
                what: "a source is known in no way, or unknown in some",
            });
        }
        self.facts(file.phrases.len())?;
        let phrases = file.phrases.iter().map(|phrase| {
            Ok(Phrase {
                text: self.text(phrase.text)?,
                line: phrase.line,
            })
        });
        let phrases: Result<_, ArticleIndexError> = phrases.collect();
        let lines = lines_of(&file.lines);
        let line = |distance: i32| lines.first.wrapping_add_signed(distance);
        Ok(EventNamed {
            provider,
            provider_written: self.optional(file.provider_written)?,
            provider_how,
            provider_from: self.optional(file.provider_from)?,
            event_id: file.event_id,
            level: level_of(file.level)?,
            role: role_of(file.role)?,
            lines,
            log: self.optional(file.log)?,
            category: self.optional(file.category)?,
            codes: self.codes(&file.codes)?,
            phrases: phrases?,
            id_line: line(file.id_line),
            provider_line: line(file.provider_line),
            level_line: line(file.level_line),
        })
    }
}

fn lines_of(file: &FileLines) -> Lines {
    Lines {
        first: file.0,
        last: file.0.saturating_add(file.1),
    }
}

/// The numbers that stand for levels, ways and roles in a file.
fn level_of(number: u8) -> Result<Option<LevelName>, ArticleIndexError> {
    Ok(Some(match number {
        0 => return Ok(None),
        1 => LevelName::Critical,
        2 => LevelName::Error,
        3 => LevelName::Warning,
        4 => LevelName::Information,
        5 => LevelName::Verbose,
        _ => {
            return Err(ArticleIndexError::Unsound {
                what: "it names a level that there is not",
            });
        }
    }))
}

const HOW: [ProviderHow; 5] = [
    ProviderHow::Field,
    ProviderHow::Inline,
    ProviderHow::Table,
    ProviderHow::Prose,
    ProviderHow::Inferred,
];

fn how_of(number: u8) -> Result<Option<ProviderHow>, ArticleIndexError> {
    let Some(at) = number.checked_sub(1) else {
        return Ok(None);
    };
    let how = HOW.get(usize::from(at)).copied().map(Some);
    how.ok_or(ArticleIndexError::Unsound {
        what: "it knows a source in a way that there is not",
    })
}

const ROLES: [EventRole; 4] = [
    EventRole::Symptom,
    EventRole::Reference,
    EventRole::AfterFix,
    EventRole::Harmless,
];

fn role_of(number: u8) -> Result<EventRole, ArticleIndexError> {
    let role = ROLES.get(usize::from(number)).copied();
    role.ok_or(ArticleIndexError::Unsound {
        what: "it names a role that there is not",
    })
}

/// The place of a value in a list of all, as a byte.
fn place_of<T: PartialEq>(all: &[T], value: &T) -> u8 {
    let at = all.iter().position(|known| known == value).unwrap_or(0);
    u8::try_from(at).unwrap_or(0)
}

/// From the model to the file.
struct Writer {
    strings: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
}

impl Writer {
    /// The table of strings comes first, sorted, so that it does not depend on who names what.
    fn new(articles: &[Article]) -> Writer {
        let mut all: Vec<Arc<str>> = Vec::new();
        for article in articles {
            all.extend([&article.id, &article.title].map(Arc::clone));
            let optional = [&article.path, &article.url, &article.date];
            all.extend(optional.into_iter().flatten().cloned());
            all.extend(article.products.iter().cloned());
            all.extend(article.codes.iter().map(|code| code.written.clone()));
            for event in article.events() {
                let optional = [
                    &event.provider,
                    &event.provider_written,
                    &event.provider_from,
                    &event.log,
                    &event.category,
                ];
                all.extend(optional.into_iter().flatten().cloned());
                all.extend(event.codes.iter().map(|code| code.written.clone()));
                all.extend(event.phrases.iter().map(|phrase| phrase.text.clone()));
            }
        }
        all.sort_unstable();
        all.dedup();
        Writer {
            numbers: all.iter().cloned().zip(1..).collect(),
            strings: all,
        }
    }

    fn number(&self, text: &Arc<str>) -> u32 {
        self.numbers.get(text).copied().unwrap_or(0)
    }

    fn optional(&self, text: Option<&Arc<str>>) -> u32 {
        text.map_or(0, |text| self.number(text))
    }

    fn article(&self, article: &Article) -> FileArticle {
        FileArticle {
            id: self.number(&article.id),
            title: self.number(&article.title),
            path: self.optional(article.path.as_ref()),
            url: self.optional(article.url.as_ref()),
            date: self.optional(article.date.as_ref()),
            products: article.products.iter().map(|p| self.number(p)).collect(),
            problems: article.problems.iter().map(|p| self.problem(p)).collect(),
            codes: self.codes(&article.codes),
            unclear: article.unclear.clone(),
        }
    }

    fn problem(&self, problem: &Problem) -> FileProblem {
        FileProblem {
            lines: file_lines(problem.lines),
            events: problem.events.iter().map(|e| self.event(e)).collect(),
        }
    }

    fn codes(&self, codes: &[CodeNamed]) -> Vec<FileCode> {
        let codes = codes.iter().map(|code| FileCode {
            value: code.value,
            written: self.number(&code.written),
            line: code.line,
        });
        codes.collect()
    }

    fn event(&self, event: &EventNamed) -> FileEvent {
        let distance = |line: u32| line.wrapping_sub(event.lines.first).cast_signed();
        let phrases = event.phrases.iter().map(|phrase| FilePhrase {
            text: self.number(&phrase.text),
            line: phrase.line,
        });
        FileEvent {
            event_id: event.event_id,
            lines: file_lines(event.lines),
            provider: self.optional(event.provider.as_ref()),
            provider_written: self.optional(event.provider_written.as_ref()),
            provider_from: self.optional(event.provider_from.as_ref()),
            provider_how: event.provider_how.map_or(0, |how| place_of(&HOW, &how) + 1),
            level: event.level.map_or(0, LevelName::number),
            role: place_of(&ROLES, &event.role),
            log: self.optional(event.log.as_ref()),
            category: self.optional(event.category.as_ref()),
            codes: self.codes(&event.codes),
            phrases: phrases.collect(),
            id_line: distance(event.id_line),
            provider_line: distance(event.provider_line),
            level_line: distance(event.level_line),
        }
    }
}

fn file_lines(lines: Lines) -> FileLines {
    FileLines(lines.first, lines.last.saturating_sub(lines.first))
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
