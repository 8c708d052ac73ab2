//! Events one by one, and as columns. A thread reads ahead by a few batches; whoever takes them
//! sets the pace, so that memory does not grow with the collection.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use eventkb::{EventFilter, ReadResult, ScanOptions};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};

use crate::columns::{self, Layout};
use crate::event::Event;
use crate::options::{Filter, Options};
use crate::work::Progress;

/// Records in a batch: enough that handing over costs nothing, few enough for some kilobytes of
/// each column.
const BATCH: usize = 8192;
/// Batches that are read ahead.
const AHEAD: usize = 2;
/// How often signals are looked at while there is nothing to take.
const TICK: Duration = Duration::from_millis(50);

/// Where they come in. Several threads of Python may ask, one after the other.
type Batches<T> = Arc<Mutex<Receiver<T>>>;

/// What reading gave, once it has ended.
type Account = Arc<Mutex<Option<ReadResult>>>;

/// Reads the events of a collection.
#[pyclass(frozen, module = "eventkb._native")]
pub(crate) struct EventReader {
    paths: Vec<PathBuf>,
    options: ScanOptions,
    filter: EventFilter,
    limit: u64,
    layout: Layout,
    progress: Option<Py<PyAny>>,
    account: Account,
    /// Where the events are that [`EventReader::next_events`] gives.
    rows: Mutex<Option<Batches<Vec<eventkb::Event>>>>,
}

#[pymethods]
impl EventReader {
    #[new]
    fn new(
        py: Python<'_>,
        paths: Vec<PathBuf>,
        options: Options,
        filter: Filter,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<EventReader> {
        let layout = Layout::of(filter.columns()).map_err(|name| {
            let known = columns::names().join(", ");
            PyValueError::new_err(format!("there is no column `{name}`; there are {known}"))
        })?;
        let options = options.scan(py)?;
        Ok(EventReader {
            paths,
            filter: filter.events(&options),
            limit: filter.limit(),
            options,
            layout,
            progress,
            account: Account::default(),
            rows: Mutex::new(None),
        })
    }

    /// The next events, in the order of paths and records; empty at the end.
    fn next_events<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        // Not locked while waiting: another thread could hold the interpreter and wait for it.
        let waiting = {
            let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
            let rows =
                rows.get_or_insert_with(|| Arc::new(Mutex::new(self.start(|events| events))));
            Arc::clone(rows)
        };
        let events = self.next(py, &waiting)?.unwrap_or_default();
        PyList::new(py, events.into_iter().map(Event))
    }

    /// Arrow's stream of columns. Each one reads anew, while it is taken.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        let layout = self.layout.clone();
        let waiting = self.start(move |events| layout.batch(&events));
        let schema = Arc::clone(&self.layout.schema);
        capsule(
            py,
            Box::new(Stream {
                schema,
                batches: waiting.into_iter(),
            }),
        )
    }

    /// All columns, read before this returns: progress is told, and Ctrl-C is heard.
    fn collect(&self, py: Python<'_>) -> PyResult<Columns> {
        let layout = self.layout.clone();
        let waiting = self.start(move |events| layout.batch(&events));
        let waiting = Arc::new(Mutex::new(waiting));
        let mut batches = Vec::new();
        while let Some(batch) = self.next(py, &waiting)? {
            batches.push(batch.map_err(|error| PyValueError::new_err(error.to_string()))?);
        }
        Ok(Columns {
            schema: Arc::clone(&self.layout.schema),
            batches,
        })
    }

    /// The account of what was read, as JSON; nothing before the end.
    fn account(&self) -> PyResult<Option<String>> {
        let account = self.account.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(result) = &*account else {
            return Ok(None);
        };
        let inputs: Vec<_> = result.files.iter().map(|file| &file.input).collect();
        let json = serde_json::json!({
            "inputs": inputs, "ignored": result.ignored, "cancelled": result.cancelled,
        });
        Ok(Some(json.to_string()))
    }
}

impl EventReader {
    /// Begins to read. `make` makes of some events what is handed on.
    fn start<T: Send + 'static>(
        &self,
        make: impl Fn(Vec<eventkb::Event>) -> T + Send + Sync + 'static,
    ) -> Receiver<T> {
        let (sender, waiting) = sync_channel(AHEAD);
        let (paths, filter, options) = (
            self.paths.clone(),
            self.filter.clone(),
            self.options.clone(),
        );
        let (account, limit) = (Arc::clone(&self.account), self.limit);
        *account.lock().unwrap_or_else(PoisonError::into_inner) = None;
        options.progress.cancel.store(false, Ordering::Relaxed);
        std::thread::spawn(move || {
            let result = read(&paths, &filter, &options, limit, &sender, &make);
            *account.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        });
        waiting
    }

    /// The next of what the thread hands on; nothing at the end. An exception ends the reading.
    fn next<T: Send>(&self, py: Python<'_>, waiting: &Batches<T>) -> PyResult<Option<T>> {
        let progress = &self.options.progress;
        loop {
            let received = py.detach(|| {
                let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
                waiting.recv_timeout(TICK)
            });
            let done = match received {
                Ok(batch) => Some(Some(batch)),
                Err(RecvTimeoutError::Disconnected) => Some(None),
                Err(RecvTimeoutError::Timeout) => None,
            };
            let told = py.check_signals().and_then(|()| match &self.progress {
                Some(callback) => callback.call1(py, (Progress::of(progress),)).map(drop),
                None => Ok(()),
            });
            if let Err(error) = told {
                progress.cancel.store(true, Ordering::Relaxed);
                return Err(error);
            }
            if let Some(done) = done {
                return Ok(done);
            }
        }
    }
}

fn read<T>(
    paths: &[PathBuf],
    filter: &EventFilter,
    options: &ScanOptions,
    mut left: u64,
    sender: &SyncSender<T>,
    make: &(impl Fn(Vec<eventkb::Event>) -> T + Sync),
) -> ReadResult
where
    T: Send,
{
    let mut events = Vec::with_capacity(BATCH.min(usize::try_from(left).unwrap_or(BATCH)));
    // Whether nobody takes them any more.
    let hand_on = |events: Vec<eventkb::Event>| sender.send(make(events)).is_err();
    let result = eventkb::list_events(paths, filter, &options.reading(), &mut |event| {
        if left == 0 {
            return ControlFlow::Break(());
        }
        left -= 1;
        events.push(event);
        if events.len() < BATCH && left > 0 {
            return ControlFlow::Continue(());
        }
        match hand_on(std::mem::take(&mut events)) || left == 0 {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    if !events.is_empty() {
        hand_on(events);
    }
    result
}

/// Batches as they come.
struct Stream<I> {
    schema: SchemaRef,
    batches: I,
}

impl<I: Iterator<Item = Result<RecordBatch, ArrowError>>> Iterator for Stream<I> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.batches.next()
    }
}

impl<I: Iterator<Item = Result<RecordBatch, ArrowError>>> RecordBatchReader for Stream<I> {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

fn capsule(
    py: Python<'_>,
    reader: Box<dyn RecordBatchReader + Send>,
) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(reader), c"arrow_array_stream")
}

/// Columns that are read.
#[pyclass(frozen, module = "eventkb._native")]
pub(crate) struct Columns {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

#[pymethods]
impl Columns {
    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Arrow's stream of these columns; nothing is copied.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        let batches = self.batches.clone().into_iter().map(Ok);
        capsule(
            py,
            Box::new(Stream {
                schema: Arc::clone(&self.schema),
                batches,
            }),
        )
    }
}
