//! The main jobs in one call each: scan a dump, list its events, say what is in it.

use std::io::Read;
use std::ops::{ControlFlow, RangeInclusive};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::Timestamp;

use crate::event::{Event, Trust, short_name};
use crate::limits;
use crate::matcher::saved::Observations;
use crate::matcher::session::{Head, Session};
use crate::report::{Report, Scope};
use crate::signature::set::SignatureSet;
use crate::source::Sink;
use crate::source::find::{self, Found};
use crate::source::pipeline::{self, Hashes, Plan, Progress};

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

    fn threads(&self) -> usize {
        match self.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            n => n,
        }
    }

    /// `bytes` of all files together.
    fn plan(&self, bytes: u64) -> Plan<'_> {
        let hashes = match self.hash {
            true => Hashes::Every,
            false if bytes <= limits::MAX_HASHED_TOTAL_BYTES => Hashes::Small,
            false => Hashes::None,
        };
        self.progress.bytes_total.store(bytes, Ordering::Relaxed);
        Plan {
            threads: self.threads(),
            hashes,
            progress: &self.progress,
        }
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
    let outcome = pipeline::run_stream(name, input, &options.plan(0), &mut session);
    close(&mut session, outcome);
    session.finish()
}

/// Hands what reading gave to the session.
fn close(session: &mut Session<'_>, outcome: pipeline::Outcome) {
    for file in outcome.files {
        session.add_file(file);
    }
    for ignored in outcome.ignored {
        session.ignore(ignored);
    }
    if outcome.cancelled {
        session.cancelled();
    }
}

fn session_over<'s>(
    paths: &[PathBuf],
    signatures: &'s SignatureSet,
    options: &ScanOptions,
) -> Session<'s> {
    let found = find::find(paths);
    let bytes = size_of(&found);
    let plan = options.plan(bytes);
    let counts_all = match options.unexplained {
        CountUnexplained::Always => true,
        CountUnexplained::Never => false,
        CountUnexplained::Auto => bytes <= limits::MAX_COUNTED_BYTES,
    };
    let session = || {
        let mut session = Session::with_scope(signatures, options.scope());
        session.count_unexplained(counts_all || signatures.is_empty());
        session
    };
    // With workers, the reading thread only reads; its own session takes what is not theirs.
    let sessions = if plan.threads == 1 {
        1
    } else {
        plan.threads + 1
    };
    let mut first = session();
    for id in &options.explain {
        let known = signatures
            .get(id)
            .map_or(id.as_str(), |signature| signature.id.as_str());
        first.explain(known);
    }
    let mut sinks = vec![first];
    sinks.resize_with(sessions, session);
    let (outcome, sinks) = pipeline::run(paths, found, &plan, sinks);
    let mut sinks = sinks.into_iter();
    let Some(mut session) = sinks.next() else {
        return Session::new(signatures);
    };
    for other in sinks {
        session.merge(other);
    }
    close(&mut session, outcome);
    session
}

fn size_of(found: &Found) -> u64 {
    let sizes = found.files.iter().map(std::fs::metadata);
    sizes.flatten().map(|metadata| metadata.len()).sum()
}

/// Says what is in a dump, without asking any signature.
pub fn inventory(paths: &[PathBuf], options: &ScanOptions) -> Report {
    scan(paths, &SignatureSet::empty(), options)
}

/// Which events to list.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Providers, compared ignoring case. Empty: all.
    pub providers: Vec<String>,
    /// Event ids. Empty: all.
    pub ids: Vec<RangeInclusive<u16>>,
    /// Levels, 0 to 5. Empty: all.
    pub levels: Vec<u8>,
    /// Text that an insertion string, a value or the message contains, ignoring case.
    pub text: Option<String>,
}

impl EventFilter {
    fn kind_fits(&self, provider: &str, event_source: Option<&str>, event_id: u16) -> bool {
        let named = |name: &str| {
            self.providers
                .iter()
                .any(|want| want.eq_ignore_ascii_case(name))
        };
        (self.providers.is_empty() || named(provider) || event_source.is_some_and(named))
            && (self.ids.is_empty() || self.ids.iter().any(|range| range.contains(&event_id)))
    }

    fn fits(&self, event: &Event) -> bool {
        let level = self.levels.is_empty() || event.level.is_some_and(|l| self.levels.contains(&l));
        let text = self.text.as_deref().is_none_or(|want| {
            let want = want.to_lowercase();
            let has = |text: &str| text.to_lowercase().contains(&want);
            event.strings.iter().flatten().any(|s| has(s))
                || event.named.iter().any(|(_, value)| has(value))
                || event.message.as_deref().is_some_and(has)
        });
        level && text
    }
}

/// Hands every event that passes the filter to `each`, in the order of files and records, until
/// it breaks. Gives the account of what was read.
pub fn list_events(
    paths: &[PathBuf],
    filter: &EventFilter,
    options: &ScanOptions,
    each: &mut (dyn FnMut(Event) -> ControlFlow<()> + Send),
) -> Report {
    let lister = Lister {
        filter,
        scope: options.scope(),
        each,
    };
    let found = find::find(paths);
    // Records are listed in order, by one thread; nobody asks for hashes.
    let plan = Plan {
        threads: 1,
        hashes: Hashes::None,
        ..options.plan(size_of(&found))
    };
    let (outcome, _) = pipeline::run(paths, found, &plan, vec![lister]);
    let empty = SignatureSet::empty();
    let mut session = Session::new(&empty);
    close(&mut session, outcome);
    session.finish()
}

struct Lister<'a> {
    filter: &'a EventFilter,
    scope: Scope,
    each: &'a mut (dyn FnMut(Event) -> ControlFlow<()> + Send),
}

impl Sink for Lister<'_> {
    fn wants(&self, provider: &str, event_source: Option<&str>, event_id: u16) -> bool {
        self.filter.kind_fits(provider, event_source, event_id)
    }

    fn knows(&self, provider: &str) -> bool {
        let providers = &self.filter.providers;
        providers.is_empty()
            || providers
                .iter()
                .any(|want| want.eq_ignore_ascii_case(provider))
    }

    fn counts_all(&self) -> bool {
        false
    }

    fn skip(&mut self, _head: &Head<'_>) {}

    fn event(&mut self, event: Event) -> ControlFlow<()> {
        if in_scope(&self.scope, &Head::of(&event)) && self.filter.fits(&event) {
            (self.each)(event)
        } else {
            ControlFlow::Continue(())
        }
    }
}

/// Whether a record is within what the user asked for.
pub(crate) fn in_scope(scope: &Scope, head: &Head<'_>) -> bool {
    if head.trust == Trust::Recovered && !scope.recovered {
        return false;
    }
    let computer = |want: &String| {
        head.computer.is_some_and(|have| {
            want.eq_ignore_ascii_case(have) || want.eq_ignore_ascii_case(short_name(have))
        })
    };
    let channel = |want: &String| {
        head.channel
            .is_some_and(|have| want.eq_ignore_ascii_case(have))
    };
    time_in_scope(scope, head.time)
        && (scope.computers.is_empty() || scope.computers.iter().any(computer))
        && (scope.channels.is_empty() || scope.channels.iter().any(channel))
}

/// Whether a time is within what the user asked for.
pub(crate) fn time_in_scope(scope: &Scope, time: Option<Timestamp>) -> bool {
    let since = scope
        .since
        .is_none_or(|since| time.is_some_and(|time| time >= since));
    let until = scope
        .until
        .is_none_or(|until| time.is_some_and(|time| time < until));
    since && until
}
