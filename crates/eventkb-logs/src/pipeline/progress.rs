//! How far a run has come.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use crate::limits::PROGRESS_INTERVAL;

/// What is called when a run has gone on.
type Callback = Arc<dyn Fn(&Progress) + Send + Sync>;

/// How far a run has come, and the way to stop it. Shared with whoever shows progress: look at the
/// numbers whenever you like, or be called.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::Ordering;
///
/// use eventkb_logs::{Progress, ReadOptions};
///
/// let mut options = ReadOptions::default();
/// options.progress = Arc::new(Progress::with_callback(|progress| {
///     let records = progress.records.load(Ordering::Relaxed);
///     // Show it; or end the reading.
///     progress.cancel.store(records > 1_000_000, Ordering::Relaxed);
/// }));
/// ```
#[derive(Default)]
#[non_exhaustive]
pub struct Progress {
    /// Files found so far.
    pub files: AtomicU64,
    /// Of those, the ones that are read.
    pub files_done: AtomicU64,
    /// Bytes read.
    pub bytes: AtomicU64,
    /// Bytes of all files found, archives as they are.
    pub bytes_total: AtomicU64,
    /// Records read, those that were passed over among them.
    pub records: AtomicU64,
    /// Set it to stop reading; what was read so far is reported.
    pub cancel: Arc<AtomicBool>,
    callback: Option<Notifier>,
}

struct Notifier {
    callback: Callback,
    since: Instant,
    /// Milliseconds after `since` from which on the callback may be called again.
    due: AtomicU64,
}

impl Progress {
    /// Progress that calls `callback` while files are read, at most every [`PROGRESS_INTERVAL`].
    /// It is called by the threads that read, so it must be quick; the last call comes before the
    /// end of the run.
    pub fn with_callback(callback: impl Fn(&Progress) + Send + Sync + 'static) -> Progress {
        Progress {
            callback: Some(Notifier {
                callback: Arc::new(callback),
                since: Instant::now(),
                due: AtomicU64::new(0),
            }),
            ..Progress::default()
        }
    }

    /// Whether the user wants the reading to end.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// A run over so many bytes begins.
    pub(super) fn start(&self, bytes: u64) {
        self.bytes_total.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn add_bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.notify();
    }

    pub(super) fn add_records(&self, records: u64) {
        self.records.fetch_add(records, Ordering::Relaxed);
        self.notify();
    }

    pub(super) fn file_done(&self) {
        self.files_done.fetch_add(1, Ordering::Relaxed);
        self.notify();
    }

    fn notify(&self) {
        let Some(notifier) = &self.callback else {
            return;
        };
        let millis =
            |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let now = millis(notifier.since.elapsed());
        let due = notifier.due.load(Ordering::Relaxed);
        let next = now.saturating_add(millis(PROGRESS_INTERVAL));
        // Of several threads that come at the same time, one calls.
        if now >= due
            && notifier
                .due
                .compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
        {
            (notifier.callback)(self);
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress")
            .field("files", &self.files)
            .field("files_done", &self.files_done)
            .field("bytes", &self.bytes)
            .field("bytes_total", &self.bytes_total)
            .field("records", &self.records)
            .field("cancel", &self.cancel)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_callback_is_not_called_for_every_step() {
        let calls = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&calls);
        let progress = Progress::with_callback(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let begun = Instant::now();
        for _ in 0..1000 {
            progress.add_bytes(1);
        }
        let most = 2 + begun.elapsed().as_millis() / PROGRESS_INTERVAL.as_millis();
        let calls = u128::from(calls.load(Ordering::Relaxed));
        assert!((1..=most).contains(&calls), "{calls} of {most}");
        assert_eq!(progress.bytes.load(Ordering::Relaxed), 1000);
    }
}
