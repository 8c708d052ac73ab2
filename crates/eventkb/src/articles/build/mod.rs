//! Builds an index: files of articles in, [`ArticleIndex`] out.
//!
//! Readers (`archive`, `markdown`, `html`, `text`) make a `page::Page` of a file and know no event.
//! `extract` looks for events in a page and knows no file. `sources` and `infer` decide which
//! sources are meant, over all articles. All cores read; the result does not depend on which of
//! them came first.

mod account;
mod archive;
mod decode;
mod extract;
mod find;
mod front_matter;
mod html;
mod infer;
mod markdown;
mod page;
mod sources;
mod spelling;
mod text;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use eventkb_logs::Progress;

pub use account::{BuildAccount, Left, LeftAlone};

use super::index::ArticleIndex;
use crate::limits;
use extract::Draft;
use sources::Dictionary;

/// How an index is built.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct BuildOptions {
    /// Number of threads; 0 uses every processor.
    pub threads: usize,
    /// Names of providers, as records have them, beside those that eventkb knows: spellings are
    /// put right by them.
    pub names: Vec<String>,
    /// How far it is, and the flag that stops it.
    pub progress: Progress,
}

/// An index, and what became of each file.
#[derive(Debug)]
#[non_exhaustive]
pub struct Built {
    /// The index.
    pub index: ArticleIndex,
    /// The account.
    pub account: BuildAccount,
}

/// What one file gave.
enum Read {
    Draft(Box<Draft>),
    Silent,
    Left(Left),
}

/// Reads every article at and below `paths`: Markdown, HTML and text. Paths in the index are as
/// they are given here.
pub fn build(paths: &[PathBuf], options: &BuildOptions) -> Built {
    let found = find::find(paths);
    let progress = &options.progress;
    let total = found.files.iter().map(|(_, size)| *size).sum();
    progress
        .files
        .store(found.files.len() as u64, Ordering::Relaxed);
    progress.bytes_total.store(total, Ordering::Relaxed);
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, Read)>> = Mutex::default();
    let work = || {
        let mut own = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((path, size)) = found.files.get(at) else {
                break;
            };
            if progress.cancel.load(Ordering::Relaxed) {
                break;
            }
            own.push((at, read_file(path)));
            progress.files_done.fetch_add(1, Ordering::Relaxed);
            progress.bytes.fetch_add(*size, Ordering::Relaxed);
        }
        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
        results.extend(own);
    };
    let threads = eventkb_logs::threads(options.threads);
    std::thread::scope(|scope| {
        for _ in 1..threads.min(limits::MAX_ARTICLE_THREADS) {
            scope.spawn(work);
        }
        work();
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(at, _)| *at);
    let mut account = BuildAccount {
        others: found.others,
        left: found.left,
        cancelled: progress.cancel.load(Ordering::Relaxed),
        ..BuildAccount::default()
    };
    let mut drafts = Vec::new();
    for (at, read) in results {
        let size = found.files.get(at).map_or(0, |(_, size)| *size);
        let path = || {
            found
                .files
                .get(at)
                .map_or_else(String::new, |(path, _)| find::shown(path))
        };
        account.take(read, size, path, &mut drafts);
    }
    account.left.sort();
    Built {
        index: index_of(drafts, &options.names),
        account,
    }
}

/// Reads articles that are no files: each with the path by which it is known, whose ending says
/// what it is.
pub fn build_from_bytes<'a>(
    articles: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    options: &BuildOptions,
) -> Built {
    let mut account = BuildAccount::default();
    let mut drafts = Vec::new();
    for (path, bytes) in articles {
        let read = read_bytes(path, bytes);
        account.take(read, bytes.len() as u64, || path.to_owned(), &mut drafts);
    }
    Built {
        index: index_of(drafts, &options.names),
        account,
    }
}

impl BuildAccount {
    fn take(
        &mut self,
        read: Read,
        size: u64,
        path: impl FnOnce() -> String,
        drafts: &mut Vec<Draft>,
    ) {
        match read {
            Read::Left(why) => {
                self.left.push(LeftAlone { path: path(), why });
                return;
            }
            Read::Silent => self.silent += 1,
            Read::Draft(draft) => {
                if draft.names_events() {
                    self.naming += 1;
                } else {
                    self.only_codes += 1;
                }
                drafts.push(*draft);
            }
        }
        self.read += 1;
        self.bytes += size;
    }
}

fn index_of(mut drafts: Vec<Draft>, names: &[String]) -> ArticleIndex {
    // The dictionary counts uses: the order must not matter to it, nor to what is inferred.
    drafts.sort_by(|a, b| a.path.cmp(&b.path));
    let uses = drafts
        .iter()
        .enumerate()
        .flat_map(|(at, draft)| draft.uses(at));
    let dictionary = known_sources(names).with_uses(uses);
    let mut articles = extract::finish(drafts, &dictionary);
    infer::infer(&mut articles);
    articles.retain(|article| article.events().next().is_some() || !article.codes.is_empty());
    ArticleIndex::new(articles)
}

/// These sources and those of the built-in catalogue. Those of the catalogue alone are looked up once: an
/// index may be built of each of many articles.
fn known_sources(names: &[String]) -> Dictionary {
    static CATALOGUE: OnceLock<Dictionary> = OnceLock::new();
    if names.is_empty() {
        let made = || Dictionary::listed_names(catalogue_names().iter().map(String::as_str));
        return CATALOGUE.get_or_init(made).clone();
    }
    let catalogue = catalogue_names();
    Dictionary::listed_names(names.iter().chain(&catalogue).map(String::as_str))
}

/// Names of the built-in catalogue's providers.
#[cfg(feature = "packs")]
fn catalogue_names() -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        provider: String,
    }
    let entries = eventkb_packs::catalogue().iter();
    let names = entries.filter_map(|data| serde_json::from_str::<Named>(data.text).ok());
    names.map(|named| named.provider).collect()
}

#[cfg(not(feature = "packs"))]
fn catalogue_names() -> Vec<String> {
    Vec::new()
}

fn read_file(path: &std::path::Path) -> Read {
    use std::io::Read as _;
    let most = limits::MAX_ARTICLE_BYTES + 1;
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    match read {
        Err(error) => Read::Left(Left::Unreadable(error.to_string())),
        Ok(_) if bytes.len() as u64 >= most => Read::Left(Left::TooLarge),
        Ok(_) => read_bytes(&find::shown(path), &bytes),
    }
}

fn read_bytes(path: &str, bytes: &[u8]) -> Read {
    // Most articles of a large collection name no event: they need not be taken apart.
    if !may_tell(bytes) {
        return match decode::text(bytes) {
            Err(decode::NoText::Binary) => Read::Left(Left::Binary),
            Ok(_) => Read::Silent,
        };
    }
    let text = match decode::text(bytes) {
        Ok(text) => text,
        Err(decode::NoText::Binary) => return Read::Left(Left::Binary),
    };
    let page = if archive::is_archive(&text) {
        archive::read(&text)
    } else if html::is_html(&text) {
        html::read(&text)
    } else if path.ends_with(".txt") || path.ends_with(".text") {
        text::read(&text)
    } else {
        markdown::read(&text)
    };
    let draft = extract::draft(path.to_owned(), page);
    if draft.is_telling() {
        Read::Draft(Box::new(draft))
    } else {
        Read::Silent
    }
}

/// Whether bytes hold the word "event" or what may be a code, or are no plain 8-bit text.
fn may_tell(bytes: &[u8]) -> bool {
    let wide = bytes.iter().take(512).any(|byte| *byte == 0);
    wide || bytes.windows(4).any(|four| {
        matches!(
            four,
            b"vent" | b"VENT" | b"0x80" | b"0xC0" | b"0xc0" | b"8007" | b"8004" | b"c000" | b"C000"
        )
    })
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
