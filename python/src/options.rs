//! Options out of Python's values. The package has made texts of times already.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;

use eventkb::jiff::Timestamp;
use eventkb::{ArticleShelf, EventFilter, Passwords, ScanOptions};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::errors::raise;

/// What to read, and how.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Options {
    since: Option<String>,
    until: Option<String>,
    computers: Vec<String>,
    channels: Vec<String>,
    recovered: bool,
    threads: usize,
    hash: bool,
    unexplained: bool,
    explain: Vec<String>,
    articles: Vec<PathBuf>,
    passwords: Vec<String>,
}

/// Which events to list.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Filter {
    providers: Vec<String>,
    ids: Vec<(u16, u16)>,
    levels: Vec<u8>,
    text: Option<String>,
    limit: Option<u64>,
    columns: Vec<String>,
}

fn time(name: &str, text: Option<&String>) -> PyResult<Option<Timestamp>> {
    let parse = |text: &String| {
        text.parse().map_err(|error| {
            PyValueError::new_err(format!("{name}: `{text}` is no time in RFC 3339: {error}"))
        })
    };
    text.map(parse).transpose()
}

/// Indexes of articles. A file that is none is refused at once, although it would be opened only
/// when something is unexplained.
pub(crate) fn articles(py: Python<'_>, paths: &[PathBuf]) -> PyResult<Arc<ArticleShelf>> {
    let shelf = ArticleShelf::new(paths.to_vec());
    shelf.check().map_err(|refused| {
        let line = |(path, error): &(PathBuf, _)| format!("{}: {error}", path.display());
        let lines: Vec<String> = refused.iter().map(line).collect();
        raise(py, "ArticlesError", (lines.join("; "),))
    })?;
    Ok(Arc::new(shelf))
}

impl Options {
    /// As the library takes them.
    pub(crate) fn scan(&self, py: Python<'_>) -> PyResult<ScanOptions> {
        let mut options = ScanOptions::default();
        options.since = time("since", self.since.as_ref())?;
        options.until = time("until", self.until.as_ref())?;
        options.computers.clone_from(&self.computers);
        options.channels.clone_from(&self.channels);
        options.recovered = self.recovered;
        options.threads = self.threads;
        options.hash = self.hash;
        options.skip_unexplained = !self.unexplained;
        options.explain.clone_from(&self.explain);
        options.articles = articles(py, &self.articles)?;
        options.passwords = Passwords::new(self.passwords.clone());
        Ok(options)
    }
}

impl Filter {
    /// As the library takes it.
    pub(crate) fn events(&self, options: &ScanOptions) -> EventFilter {
        let mut filter = EventFilter::default();
        filter.scope = options.scope();
        filter.providers.clone_from(&self.providers);
        let ids = self
            .ids
            .iter()
            .map(|(first, last)| RangeInclusive::new(*first, *last));
        filter.ids = ids.collect();
        filter.levels.clone_from(&self.levels);
        filter.text.clone_from(&self.text);
        filter
    }

    pub(crate) fn limit(&self) -> u64 {
        self.limit.unwrap_or(u64::MAX)
    }

    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }
}
