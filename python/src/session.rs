//! Sessions: what was seen so far, to be fed, merged, saved and judged.

use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use eventkb::{ArticleShelf, Observations, ScanOptions, SignatureSet};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::errors::raise;
use crate::event::Event;
use crate::options::{self, Options};
use crate::signatures::Signatures;
use crate::work;

/// Takes events and files, and judges them at the end.
#[pyclass(module = "eventkb._native")]
pub(crate) struct Session {
    set: Arc<SignatureSet>,
    options: ScanOptions,
    /// Not there while a thread works with it, and after that failed.
    session: Option<eventkb::Session>,
}

fn json(report: &eventkb::Report) -> PyResult<String> {
    serde_json::to_string(report).map_err(|error| PyValueError::new_err(error.to_string()))
}

fn refused(py: Python<'_>, error: &dyn std::fmt::Display) -> PyErr {
    raise(py, "ObservationsError", (error.to_string(),))
}

#[pymethods]
impl Session {
    #[new]
    fn new(py: Python<'_>, signatures: &Signatures, options: Options) -> PyResult<Session> {
        let options = options.scan(py)?;
        Ok(Session {
            set: Arc::clone(&signatures.0),
            session: Some(options.session(&signatures.0)),
            options,
        })
    }

    /// The session behind saved observations.
    #[staticmethod]
    fn load(
        py: Python<'_>,
        signatures: &Signatures,
        saved: &[u8],
        options: Options,
    ) -> PyResult<Session> {
        let set = Arc::clone(&signatures.0);
        let options = options.scan(py)?;
        let mut session = Observations::from_bytes(saved)
            .and_then(|saved| eventkb::Session::restore(&set, saved))
            .map_err(|error| refused(py, &error))?;
        session.look_into(&options.articles);
        Ok(Session {
            set,
            options,
            session: Some(session),
        })
    }

    fn feed(&mut self, event: &Event) -> PyResult<()> {
        self.session()?.feed(&event.0);
        Ok(())
    }

    /// Reads every log at and below these paths, on all threads.
    fn read(
        &mut self,
        py: Python<'_>,
        paths: Vec<PathBuf>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<()> {
        let set = Arc::clone(&self.set);
        self.with(py, progress.as_ref(), move |session, options| {
            session.merge(eventkb::session_over(&paths, &set, options));
        })
    }

    /// Reads one log, export or archive out of a file object.
    fn read_stream(
        &mut self,
        py: Python<'_>,
        name: String,
        file: Py<PyAny>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<()> {
        let failed = Arc::new(Mutex::new(None));
        let mut input = FileObject {
            file,
            failed: Arc::clone(&failed),
        };
        self.with(py, progress.as_ref(), move |session, options| {
            session.read_stream(&name, &mut input, &options.reading());
        })?;
        let failed = failed.lock().unwrap_or_else(PoisonError::into_inner).take();
        failed.map_or(Ok(()), Err)
    }

    fn merge(&mut self, other: &Session) -> PyResult<()> {
        let other = other.session.clone().ok_or_else(gone)?;
        self.session()?.merge(other);
        Ok(())
    }

    fn save<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let session = self.session.clone().ok_or_else(gone)?;
        let bytes = py.detach(|| session.save().to_bytes());
        Ok(PyBytes::new(py, &bytes))
    }

    /// The report over what was seen so far, as JSON.
    fn finish(&self, py: Python<'_>) -> PyResult<String> {
        let session = self.session.clone().ok_or_else(gone)?;
        let report = {
            let threads = self.options.threads;
            py.detach(|| session.finish_with(threads))
        };
        check_opened(py, &self.options.articles)?;
        json(&report)
    }
}

/// Names indexes that turned out to be damaged when they were opened.
fn check_opened(py: Python<'_>, articles: &ArticleShelf) -> PyResult<()> {
    let lines = articles.refused().iter();
    let lines: Vec<String> = lines
        .map(|(path, error)| format!("{}: {error}", path.display()))
        .collect();
    match lines.is_empty() {
        true => Ok(()),
        false => Err(raise(py, "ArticlesError", (lines.join("; "),))),
    }
}

fn gone() -> PyErr {
    PyRuntimeError::new_err("the session was lost when its reading failed")
}

impl Session {
    fn session(&mut self) -> PyResult<&mut eventkb::Session> {
        self.session.as_mut().ok_or_else(gone)
    }

    /// Lets a thread work with the session. After Ctrl-C it holds what it held before.
    fn with(
        &mut self,
        py: Python<'_>,
        callback: Option<&Py<PyAny>>,
        job: impl FnOnce(&mut eventkb::Session, &ScanOptions) + Send + 'static,
    ) -> PyResult<()> {
        let mut session = self.session.clone().ok_or_else(gone)?;
        let options = self.options.clone();
        let progress = Arc::clone(&options.progress);
        progress.cancel.store(false, Ordering::Relaxed);
        let session = work::run(py, &progress, callback, move || {
            job(&mut session, &options);
            session
        })?;
        self.session = Some(session);
        Ok(())
    }
}

/// The report over several saved observations, as JSON.
#[pyfunction]
pub(crate) fn merge(
    py: Python<'_>,
    signatures: &Signatures,
    saved: Vec<Vec<u8>>,
    articles: Vec<PathBuf>,
) -> PyResult<String> {
    let set = Arc::clone(&signatures.0);
    let shelf = options::articles(py, &articles)?;
    let merged = py.detach(|| {
        let mut all = Vec::with_capacity(saved.len());
        for (n, bytes) in saved.iter().enumerate() {
            all.push(Observations::from_bytes(bytes).map_err(|error| (n, error))?);
        }
        eventkb::merge_with_articles(&set, &shelf, all)
    });
    let report = merged
        .map_err(|(n, error)| refused(py, &format_args!("number {} of them: {error}", n + 1)))?;
    check_opened(py, &shelf)?;
    json(&report)
}

/// A file object of Python as a stream of bytes. What it raises is kept.
struct FileObject {
    file: Py<PyAny>,
    failed: Arc<Mutex<Option<PyErr>>>,
}

impl Read for FileObject {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = Python::attach(|py| {
            let bytes = self.file.call_method1(py, "read", (buffer.len(),))?;
            let bytes = bytes.bind(py).cast::<PyBytes>().map_err(PyErr::from)?;
            let bytes = bytes.as_bytes();
            let room = buffer
                .get_mut(..bytes.len())
                .ok_or_else(|| PyValueError::new_err("read(n) gave more than n bytes"))?;
            room.copy_from_slice(bytes);
            Ok::<usize, PyErr>(bytes.len())
        });
        read.map_err(|error| {
            let text = error.to_string();
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            io::Error::other(text)
        })
    }
}
