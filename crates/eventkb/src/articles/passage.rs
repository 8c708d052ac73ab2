//! The lines behind an article's facts, read from the user's own copy.
//!
//! A path in an index may come from a stranger: only a plain file of an article's size is read, and
//! what it shows goes to the user alone.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::model::Article;
use crate::limits;

/// Lines shown before and behind those that name an event.
const AROUND: u32 = 2;

/// Lines of the user's copy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Passage {
    /// The file.
    pub path: PathBuf,
    /// The lines that name events, with some around; gaps are told by the numbers.
    pub lines: Vec<PassageLine>,
    /// The copy does not say what the index says: it was changed since.
    pub changed: bool,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PassageLine {
    /// From 1.
    pub number: u32,
    /// As it stands, without its line break.
    pub text: String,
    /// It names an event.
    pub marked: bool,
}

/// Why there is no passage.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// The facts do not come from a file.
    NoPath,
    /// There is no such file here, at any of the places it was looked for.
    NotFound,
    /// It could not be read, or is no text of an article's size.
    Unreadable(String),
}

/// The passage of an article. Its path is looked for where it leads from here, then from each of
/// `folders`, such as the one that the index lies in.
///
/// # Errors
/// When there is no copy that can be read.
pub fn passage(article: &Article, folders: &[PathBuf]) -> Result<Passage, Missing> {
    let named = article.path.as_deref().ok_or(Missing::NoPath)?;
    let here = PathBuf::from(named);
    let others = folders.iter().map(|folder| folder.join(named));
    let path = std::iter::once(here)
        .chain(others)
        .find(|path| fs::metadata(path).is_ok_and(|data| data.is_file()))
        .ok_or(Missing::NotFound)?;
    let text = read(&path).map_err(Missing::Unreadable)?;
    let mut lines = Vec::new();
    let mut named_ids = 0_usize;
    let mut ids = 0_usize;
    let all: Vec<&str> = text.lines().collect();
    for event in article.events() {
        ids += 1;
        let line = event
            .id_line
            .checked_sub(1)
            .and_then(|at| all.get(at as usize));
        named_ids += usize::from(line.is_some_and(|line| says(line, event.event_id)));
    }
    for (number, text) in (1_u32..).zip(&all) {
        let within = |around: u32| {
            article.events().any(|event| {
                let first = event.lines.first.saturating_sub(around);
                (first..=event.lines.last.saturating_add(around)).contains(&number)
            })
        };
        if within(AROUND) {
            lines.push(PassageLine {
                number,
                text: (*text).to_owned(),
                marked: within(0),
            });
        }
    }
    Ok(Passage {
        path,
        lines,
        changed: ids > 0 && named_ids * 2 < ids,
    })
}

/// Whether a line holds an id, or the identifier that the id is the low half of, or a range.
fn says(line: &str, id: u16) -> bool {
    line.contains(&id.to_string())
        || line.contains(|c: char| c.is_ascii_digit()) && line.contains(['-', 't'])
}

fn read(path: &Path) -> Result<String, String> {
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    let most = limits::MAX_ARTICLE_BYTES + 1;
    file.take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 >= most {
        return Err("it is larger than any article".into());
    }
    if bytes.contains(&0) && !bytes.starts_with(&[0xff, 0xfe]) && !bytes.starts_with(&[0xfe, 0xff])
    {
        return Err("it is no text".into());
    }
    // Line breaks are at the same places in every encoding that articles have, but UTF-16.
    Ok(match bytes.get(..2) {
        Some([0xff, 0xfe]) => wide(&bytes, u16::from_le_bytes),
        Some([0xfe, 0xff]) => wide(&bytes, u16::from_be_bytes),
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    })
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().skip(1).map(|pair| unit(*pair)).collect();
    String::from_utf16_lossy(&units)
}
