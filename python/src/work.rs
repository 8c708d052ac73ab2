//! Work beside the interpreter: the engine reads on a thread of its own, while the thread that
//! called waits without holding the interpreter, calls back about progress, and hears Ctrl-C.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// How often signals are looked at and progress is told: nobody notices a shorter wait.
const TICK: Duration = Duration::from_millis(50);

/// How far a run has come.
#[pyclass(frozen, get_all, module = "eventkb")]
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    /// Files found so far.
    files: u64,
    /// Of those, the ones that are read.
    files_done: u64,
    /// Bytes read.
    bytes: u64,
    /// Bytes of all files found.
    bytes_total: u64,
    /// Records read.
    records: u64,
}

#[pymethods]
impl Progress {
    fn __repr__(&self) -> String {
        let Progress {
            files,
            files_done,
            bytes,
            bytes_total,
            records,
        } = self;
        format!(
            "Progress(files={files}, files_done={files_done}, bytes={bytes}, \
             bytes_total={bytes_total}, records={records})"
        )
    }
}

impl Progress {
    pub(crate) fn of(progress: &eventkb::Progress) -> Progress {
        let number = |number: &AtomicU64| number.load(Ordering::Relaxed);
        Progress {
            files: number(&progress.files),
            files_done: number(&progress.files_done),
            bytes: number(&progress.bytes),
            bytes_total: number(&progress.bytes_total),
            records: number(&progress.records),
        }
    }
}

/// Does the work on a thread of its own. Ctrl-C, or an exception out of the callback, ends the
/// reading and is raised when the thread has ended.
pub(crate) fn run<T: Send + 'static>(
    py: Python<'_>,
    progress: &Arc<eventkb::Progress>,
    callback: Option<&Py<PyAny>>,
    work: impl FnOnce() -> T + Send + 'static,
) -> PyResult<T> {
    let (done, waiting) = sync_channel(1);
    let thread = std::thread::Builder::new()
        .name("eventkb".into())
        .spawn(move || {
            let _ = done.send(work());
        })?;
    let tell = || match callback {
        Some(callback) => callback.call1(py, (Progress::of(progress),)).map(drop),
        None => Ok(()),
    };
    // Shared only so that waiting needs no interpreter: nobody else waits.
    let waiting = Mutex::new(waiting);
    let wait = || {
        let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.recv_timeout(TICK)
    };
    let mut stopped = None;
    let result = loop {
        match py.detach(wait) {
            Ok(result) => break Some(result),
            Err(RecvTimeoutError::Disconnected) => break None,
            Err(RecvTimeoutError::Timeout) if stopped.is_some() => {}
            Err(RecvTimeoutError::Timeout) => {
                if let Err(error) = py.check_signals().and_then(|()| tell()) {
                    progress.cancel.store(true, Ordering::Relaxed);
                    stopped = Some(error);
                }
            }
        }
    };
    let _ = py.detach(|| thread.join());
    match (stopped, result) {
        (Some(error), _) => Err(error),
        (None, Some(result)) => tell().map(|()| result),
        // A panic of the engine: a mistake of ours, and no reason to end the interpreter.
        (None, None) => Err(PyRuntimeError::new_err(
            "eventkb failed inside; please report it with what it was reading",
        )),
    }
}
