//! The main jobs in one call each: scan a dump, list its events, say what is in it.

use std::io::Read;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use eventkb_logs::find;
use eventkb_logs::{HashFiles, ReadOptions, ReadResult};
use jiff::Timestamp;

use crate::event::Event;
use crate::limits;
use crate::matcher::saved::Observations;
use crate::matcher::session::Session;
use crate::report::{Report, Scope};
use crate::signature::set::SignatureSet;
pub use eventkb_logs::EventFilter;
use eventkb_logs::Progress;

/// How to read a dump.
#[derive(Debug, Clone, Default)]
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
    /// Compute SHA-256 of every file. Unasked, it is computed for files up to
    /// [`MAX_HASHED_BYTES`](crate::limits::MAX_HASHED_BYTES) where all of them have no more than
    /// [`MAX_HASHED_TOTAL_BYTES`](crate::limits::MAX_HASHED_TOTAL_BYTES).
    pub hash: bool,
    /// Whether to count errors and warnings that no finding explains.
    pub unexplained: CountUnexplained,
    /// Ids of signatures whose whole logic is wanted, whatever comes out.
    pub explain: Vec<String>,
    /// Watch the run, or stop it.
    pub progress: Arc<Progress>,
}

/// Whether to count errors and warnings that no finding explains: it takes a look at every record,
/// where a scan for signatures passes over most of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CountUnexplained {
    /// For dumps up to [`MAX_COUNTED_BYTES`](crate::limits::MAX_COUNTED_BYTES).
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ScanOptions {
    fn scope(&self) -> Scope {
        Scope {
            since: self.since,
            until: self.until,
            computers: self.computers.clone(),
            channels: self.channels.clone(),
            recovered: self.recovered,
        }
    }

    fn reading(&self) -> ReadOptions {
        let mut options = ReadOptions::default();
        options.threads = self.threads;
        options.progress = Arc::clone(&self.progress);
        if self.hash {
            options.hash = HashFiles::Every;
        }
        options
    }
}

/// Reads every log at and below `paths` and says which signatures explain them, and why.
///
/// Never fails as a whole: what could not be read is in the report's `inputs` and `ignored`.
pub fn scan(paths: &[PathBuf], signatures: &SignatureSet, options: &ScanOptions) -> Report {
    session_over(paths, signatures, options).finish()
}

/// Reads every log at and below `paths` like [`scan`], and gives what was seen instead of judging
/// it: to be saved, and merged with that of other parts of a collection by
/// [`merge`](crate::merge).
pub fn observe(
    paths: &[PathBuf],
    signatures: &SignatureSet,
    options: &ScanOptions,
) -> Observations {
    session_over(paths, signatures, options).save()
}

/// Reads one log, export or archive from a stream and says which signatures explain it, and why.
/// `name` is what the report calls it.
///
/// ```
/// use eventkb::{ScanOptions, SignatureSet, scan_stream};
///
/// let mut bytes: &[u8] = b"no log at all";
/// let options = ScanOptions::default();
/// let report = scan_stream("mail.bin", &mut bytes, &SignatureSet::built_in(), &options);
/// assert!(report.inputs[0].error.is_some());
/// ```
pub fn scan_stream(
    name: &str,
    input: &mut dyn Read,
    signatures: &SignatureSet,
    options: &ScanOptions,
) -> Report {
    let mut session = Session::with_scope(signatures, options.scope());
    for id in &options.explain {
        session.explain(id);
    }
    let result = eventkb_logs::read_stream(name, input, &options.reading(), &mut session);
    close(&mut session, result);
    session.finish()
}

/// Hands what reading gave to the session.
fn close(session: &mut Session<'_>, result: ReadResult) {
    for file in result.files {
        session.add_file(file);
    }
    for ignored in result.ignored {
        session.ignore(ignored);
    }
    if result.cancelled {
        session.cancelled();
    }
}

fn session_over<'s>(
    paths: &[PathBuf],
    signatures: &'s SignatureSet,
    options: &ScanOptions,
) -> Session<'s> {
    let reading = options.reading();
    let counts_all = match options.unexplained {
        CountUnexplained::Always => true,
        CountUnexplained::Never => false,
        CountUnexplained::Auto => find::find(paths).bytes() <= limits::MAX_COUNTED_BYTES,
    };
    let session = || {
        let mut session = Session::with_scope(signatures, options.scope());
        session.count_unexplained(counts_all || signatures.is_empty());
        session
    };
    let mut first = session();
    for id in &options.explain {
        let known = signatures
            .get(id)
            .map_or(id.as_str(), |signature| signature.id.as_str());
        first.explain(known);
    }
    let mut sinks = vec![first];
    sinks.resize_with(reading.sinks(), session);
    let (result, sinks) = eventkb_logs::read(paths, &reading, sinks);
    let mut sinks = sinks.into_iter();
    let Some(mut session) = sinks.next() else {
        return Session::new(signatures);
    };
    for other in sinks {
        session.merge(other);
    }
    close(&mut session, result);
    session
}

/// Says what is in a dump, without asking any signature.
pub fn inventory(paths: &[PathBuf], options: &ScanOptions) -> Report {
    scan(paths, &SignatureSet::empty(), options)
}

/// Hands every event that passes the filter to `each`, in the order of files and records, until
/// it breaks. Gives the account of what was read.
pub fn list_events(
    paths: &[PathBuf],
    filter: &EventFilter,
    options: &ScanOptions,
    each: &mut (dyn FnMut(Event) -> ControlFlow<()> + Send),
) -> Report {
    let mut filter = filter.clone();
    filter.scope = options.scope();
    let result = eventkb_logs::list_events(paths, &filter, &options.reading(), each);
    let empty = SignatureSet::empty();
    let mut session = Session::new(&empty);
    close(&mut session, result);
    session.finish()
}
