//! An event as an object: it holds the record as Rust has it, and makes Python's values of those
//! that are asked for.

use std::sync::Arc;

use eventkb::jiff::Timestamp;
use eventkb::logs::JsonEvent;
use eventkb::logs::event::level_name;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::errors::raise;

/// One log record, whatever file format it came from.
#[pyclass(frozen, eq, module = "eventkb")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event(pub(crate) eventkb::Event);

#[pymethods]
impl Event {
    #[new]
    #[pyo3(signature = (
        provider, event_id, *, time = None, computer = None, channel = None, level = None,
        strings = None, named = None, message = None, record_id = None, category = None,
        qualifiers = None, keywords = None, opcode = None, process_id = None, user_sid = None,
        binary = None, event_source = None, file = ""
    ))]
    #[expect(clippy::too_many_arguments, reason = "Python gives them by name")]
    fn new(
        provider: String,
        event_id: u16,
        time: Option<Timestamp>,
        computer: Option<String>,
        channel: Option<String>,
        level: Option<u8>,
        strings: Option<Vec<String>>,
        named: Option<Vec<(String, String)>>,
        message: Option<String>,
        record_id: Option<u64>,
        category: Option<u16>,
        qualifiers: Option<u16>,
        keywords: Option<u64>,
        opcode: Option<u8>,
        process_id: Option<u32>,
        user_sid: Option<String>,
        binary: Option<Vec<u8>>,
        event_source: Option<String>,
        file: &str,
    ) -> Event {
        Event(eventkb::Event {
            provider,
            event_id,
            time,
            computer,
            channel,
            level,
            strings,
            named: named.unwrap_or_default(),
            message,
            record_id,
            category,
            qualifiers,
            keywords,
            opcode,
            process_id,
            user_sid,
            binary,
            event_source,
            file: Arc::from(file),
            ..eventkb::Event::default()
        })
    }

    #[getter]
    fn provider(&self) -> &str {
        &self.0.provider
    }

    #[getter]
    fn event_source(&self) -> Option<&str> {
        self.0.event_source.as_deref()
    }

    #[getter]
    fn event_id(&self) -> u16 {
        self.0.event_id
    }

    #[getter]
    fn qualifiers(&self) -> Option<u16> {
        self.0.qualifiers
    }

    #[getter]
    fn level(&self) -> Option<u8> {
        self.0.level
    }

    #[getter]
    fn level_name(&self) -> Option<&'static str> {
        self.0.level.map(level_name)
    }

    #[getter]
    fn version(&self) -> Option<u8> {
        self.0.version
    }

    #[getter]
    fn opcode(&self) -> Option<u8> {
        self.0.opcode
    }

    #[getter]
    fn keywords(&self) -> Option<u64> {
        self.0.keywords
    }

    #[getter]
    fn category(&self) -> Option<u16> {
        self.0.category
    }

    #[getter]
    fn category_name(&self) -> Option<&str> {
        self.0.category_name.as_deref()
    }

    #[getter]
    fn channel(&self) -> Option<&str> {
        self.0.channel.as_deref()
    }

    #[getter]
    fn computer(&self) -> Option<&str> {
        self.0.computer.as_deref()
    }

    #[getter]
    fn time(&self) -> Option<Timestamp> {
        self.0.time
    }

    #[getter]
    fn record_id(&self) -> Option<u64> {
        self.0.record_id
    }

    #[getter]
    fn process_id(&self) -> Option<u32> {
        self.0.process_id
    }

    #[getter]
    fn thread_id(&self) -> Option<u32> {
        self.0.thread_id
    }

    #[getter]
    fn user_sid(&self) -> Option<&str> {
        self.0.user_sid.as_deref()
    }

    #[getter]
    fn activity_id(&self) -> Option<&str> {
        self.0.activity_id.as_deref()
    }

    #[getter]
    fn related_activity_id(&self) -> Option<&str> {
        self.0.related_activity_id.as_deref()
    }

    #[getter]
    fn strings(&self) -> Option<Vec<String>> {
        self.0.strings.clone()
    }

    #[getter]
    fn named(&self) -> Vec<(String, String)> {
        self.0.named.clone()
    }

    #[getter]
    fn binary<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.0
            .binary
            .as_deref()
            .map(|bytes| PyBytes::new(py, bytes))
    }

    #[getter]
    fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    #[getter]
    fn trust(&self) -> &'static str {
        self.0.trust.as_str()
    }

    #[getter]
    fn file(&self) -> &str {
        &self.0.file
    }

    #[getter]
    fn offset(&self) -> Option<u64> {
        self.0.offset
    }

    /// The value of this name, ignoring case, as Event Viewer's details show it.
    fn value(&self, name: &str) -> Option<&str> {
        let mut named = self.0.named.iter();
        let found = named.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// One line of JSON, as `eventkb events --format jsonl` prints it.
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&JsonEvent::from(&self.0))
            .map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// All fields as a dict.
    fn to_dict<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(slf.py());
        for name in crate::columns::names() {
            dict.set_item(name, slf.getattr(name)?)?;
        }
        Ok(dict)
    }

    fn __repr__(&self) -> String {
        let event = &self.0;
        let time = event
            .time
            .map_or_else(|| "no time".into(), |time| time.to_string());
        let computer = event.computer.as_deref().unwrap_or("no computer");
        format!(
            "<Event {} {} on {computer}, {time}>",
            event.provider, event.event_id
        )
    }

    fn __reduce__(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        Err(raise(
            slf.py(),
            "EventKBError",
            ("events cannot be pickled; to_json() and to_dict() can be",),
        ))
    }
}
