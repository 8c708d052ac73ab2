//! The main jobs in one call each: scan a collection, observe it, merge what was observed, say what
//! is in it.

use std::io::Read;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use eventkb_logs::filter::Scope;
use eventkb_logs::{
    Event, EventFilter, HashFiles, Passwords, Progress, ReadOptions, ReadResult, list_events,
};
use jiff::Timestamp;

use crate::collect::saved::{Observations, ObservationsError, merge_sessions};
use crate::collect::session::Session;
use crate::knowledge::SignatureSet;
use crate::leads::ArticleShelf;
use crate::report::{Report, TimelineWindow};

/// How to read a collection.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ScanOptions {
    /// Leave out events before this time.
    pub since: Option<Timestamp>,
    /// Leave out events at or after this time.
    pub until: Option<Timestamp>,
    /// Only these computers; a short name also stands for its full form. Empty: all.
    pub computers: Vec<String>,
    /// Only these channels. Empty: all.
    pub channels: Vec<String>,
    /// Let stale records take part: those that a log no longer counts as its own.
    pub recovered: bool,
    /// Threads; 0 takes one for each core.
    pub threads: usize,
    /// Follow links that lead out of the given paths.
    pub follow_links: bool,
    /// Compute SHA-256 of every file. Unasked, it is computed for small files only: see
    /// [`HashFiles::Auto`].
    pub hash: bool,
    /// Do not look at errors and warnings that no signature asks for.
    pub skip_unexplained: bool,
    /// Ids of signatures whose whole logic is wanted, whatever comes out.
    pub explain: Vec<String>,
    /// A timeline of this part of time is wanted.
    pub timeline: Option<TimelineWindow>,
    /// Indexes of articles in which leads are looked up for what no signature explains.
    pub articles: Arc<ArticleShelf>,
    /// Watch the run, or stop it.
    pub progress: Arc<Progress>,
    /// For encrypted members of archives; needs the feature `passwords`.
    pub passwords: Passwords,
}

impl ScanOptions {
    /// What is looked at.
    pub fn scope(&self) -> Scope {
        Scope {
            since: self.since,
            until: self.until,
            computers: self.computers.clone(),
            channels: self.channels.clone(),
            recovered: self.recovered,
        }
    }

    /// How files are read.
    pub fn reading(&self) -> ReadOptions {
        let mut options = ReadOptions::default();
        options.threads = self.threads;
        options.follow_links = self.follow_links;
        options.progress = Arc::clone(&self.progress);
        options.passwords = self.passwords.clone();
        if self.hash {
            options.hash = HashFiles::Every;
        }
        options
    }

    /// A session as these options want it.
    pub fn session(&self, signatures: &Arc<SignatureSet>) -> Session {
        let mut session = Session::with_scope(signatures, self.scope());
        session.count_errors(!self.skip_unexplained);
        session.look_into(&self.articles);
        for id in &self.explain {
            session.explain(id);
        }
        if let Some(window) = self.timeline {
            session.timeline(window);
        }
        session
    }
}

/// Reads every log at and below `paths` and says which signatures explain them, and why.
///
/// Never fails as a whole: what could not be read is in the report's `inputs` and `ignored`.
pub fn scan(paths: &[PathBuf], signatures: &Arc<SignatureSet>, options: &ScanOptions) -> Report {
    session_over(paths, signatures, options).finish_with(options.threads)
}

/// Reads every log at and below `paths` like [`scan`], and gives what was seen instead of judging
/// it: to be saved, and merged with that of other parts of a collection by
/// [`merge`](crate::merge).
pub fn observe(
    paths: &[PathBuf],
    signatures: &Arc<SignatureSet>,
    options: &ScanOptions,
) -> Observations {
    session_over(paths, signatures, options).save()
}

/// Reads one log, export or archive from a stream and says which signatures explain it, and why.
/// `name` is what the report calls it.
///
/// ```
/// use std::sync::Arc;
///
/// use eventkb::{ScanOptions, SignatureSet, scan_stream};
///
/// let mut bytes: &[u8] = b"no log at all";
/// let signatures = Arc::new(SignatureSet::built_in());
/// let report = scan_stream("mail.bin", &mut bytes, &signatures, &ScanOptions::default());
/// assert!(report.inputs[0].error.is_some());
/// ```
pub fn scan_stream(
    name: &str,
    input: &mut dyn Read,
    signatures: &Arc<SignatureSet>,
    options: &ScanOptions,
) -> Report {
    let mut session = options.session(signatures);
    session.read_stream(name, input, &options.reading());
    session.finish_with(options.threads)
}

/// Reads one stream like [`scan_stream`], and gives what was seen instead of judging it.
pub fn observe_stream(
    name: &str,
    input: &mut dyn Read,
    signatures: &Arc<SignatureSet>,
    options: &ScanOptions,
) -> Observations {
    let mut session = options.session(signatures);
    session.read_stream(name, input, &options.reading());
    session.save()
}

/// Says what is in a collection, without asking any signature.
pub fn inventory(paths: &[PathBuf], options: &ScanOptions) -> Report {
    scan(paths, &Arc::new(SignatureSet::empty()), options)
}

/// Merges the observations of any number of scans into one report: the same as that of one scan
/// over everything.
///
/// # Errors
/// When one of them cannot be used, with its number (from 0); when they do not belong together;
/// when there is none.
pub fn merge(
    signatures: &Arc<SignatureSet>,
    all: impl IntoIterator<Item = Observations>,
) -> Result<Report, (usize, ObservationsError)> {
    merge_sessions(signatures, all).map(Session::finish)
}

/// Merges observations like [`merge`], and looks leads up in these indexes of articles: they are
/// needed only now, not where the observations were made.
///
/// # Errors
/// As [`merge`].
pub fn merge_with_articles(
    signatures: &Arc<SignatureSet>,
    articles: &Arc<ArticleShelf>,
    all: impl IntoIterator<Item = Observations>,
) -> Result<Report, (usize, ObservationsError)> {
    let mut session = merge_sessions(signatures, all)?;
    session.look_into(articles);
    Ok(session.finish())
}

/// A record of a file, by its record id: `name` is the path of a log, of an archive with the path
/// inside it behind `!/`, or of a folder, where the first of that id counts.
///
/// # Errors
/// With the account of what was read, when it is not there.
pub fn read_record(
    name: &str,
    record_id: u64,
    options: &ReadOptions,
) -> Result<Box<Event>, Box<ReadResult>> {
    let (path, inside) = match name.split_once("!/") {
        Some((path, _)) => (path, true),
        None => (name, false),
    };
    let mut filter = EventFilter::default();
    filter.scope.recovered = true;
    let mut found = None;
    let result = list_events(&[PathBuf::from(path)], &filter, options, &mut |event| {
        if event.record_id == Some(record_id) && (!inside || *event.file == *name) {
            found = Some(Box::new(event));
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    found.ok_or_else(|| Box::new(result))
}

/// The session over a collection: to be fed further, merged or judged.
pub fn session_over(
    paths: &[PathBuf],
    signatures: &Arc<SignatureSet>,
    options: &ScanOptions,
) -> Session {
    let reading = options.reading();
    let sinks = (0..reading.sinks())
        .map(|_| options.session(signatures))
        .collect();
    let (result, mut sinks) = eventkb_logs::read(paths, &reading, sinks);
    // The others are merged into the one that has seen most.
    sinks.sort_by_key(Session::size);
    let session = sinks.pop();
    let mut session = session.unwrap_or_else(|| options.session(signatures));
    sinks.into_iter().for_each(|other| session.merge(other));
    session.take(result);
    session
}
