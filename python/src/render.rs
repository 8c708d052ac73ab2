//! Reports for people.

use eventkb::Report;
use eventkb::jiff::Timestamp;
use eventkb_render::{Clean, Detail, Look, Page, Reader, Zone};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::errors::raise;
use crate::signatures::Signatures;

/// How a report is shown.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Show {
    format: String,
    detail: String,
    zone: String,
    width: usize,
    color: bool,
    ascii: bool,
    title: String,
    explain: Vec<String>,
}

/// Shows a report that is given as JSON.
#[pyfunction]
pub(crate) fn render(py: Python<'_>, report: &str, show: Show) -> PyResult<String> {
    let report = read(py, report)?;
    let zone: Zone = show
        .zone
        .parse()
        .map_err(|error| PyValueError::new_err(format!("zone `{}`: {error}", show.zone)))?;
    let mut reader = Reader::default();
    reader.detail = detail(&show.detail)?;
    reader.zone = zone;
    reader.width = (show.format == "table").then_some(show.width);
    reader.hashes = show.format != "table";
    let ids: Vec<&str> = show.explain.iter().map(String::as_str).collect();
    let doc = || match ids.as_slice() {
        [] => eventkb_render::scan(&report, &reader),
        ids => eventkb_render::explain(&report, ids, &reader),
    };
    match show.format.as_str() {
        "table" => {
            let Show {
                width,
                color,
                ascii,
                ..
            } = show;
            Ok(eventkb_render::terminal(
                &doc(),
                Look {
                    width,
                    color,
                    ascii,
                },
            ))
        }
        "markdown" => Ok(eventkb_render::markdown(&doc())),
        "html" => {
            let mut lines = vec![format!("Made {}.", reader.zone.full(Timestamp::now()))];
            lines.extend(eventkb_render::page_lines(&report, &reader));
            let title = Clean::new(&show.title).as_str().to_owned();
            Ok(eventkb_render::html(&doc(), &Page { title, lines }))
        }
        other => Err(PyValueError::new_err(format!(
            "format `{other}`: give table, markdown, html or json"
        ))),
    }
}

/// Whether something may be missing because of damage or unreadable files.
#[pyfunction]
pub(crate) fn may_hide_something(py: Python<'_>, report: &str) -> PyResult<bool> {
    Ok(read(py, report)?.may_hide_something())
}

/// Puts stand-ins for names into a report. Gives it, and which name became which stand-in, as JSON.
#[pyfunction]
pub(crate) fn redact(
    py: Python<'_>,
    report: &str,
    signatures: &Signatures,
) -> PyResult<(String, String)> {
    let report = read(py, report)?;
    let failed = |error: serde_json::Error| raise(py, "ReportError", (error.to_string(),));
    let (redacted, redactor) = eventkb::redact::redact(&report, &signatures.0).map_err(failed)?;
    let text = serde_json::to_string(&redacted).map_err(failed)?;
    Ok((text, redactor.map()))
}

fn read(py: Python<'_>, report: &str) -> PyResult<Report> {
    serde_json::from_str(report)
        .map_err(|error| raise(py, "ReportError", (format!("this is no report: {error}"),)))
}

fn detail(word: &str) -> PyResult<Detail> {
    match word {
        "summary" => Ok(Detail::Summary),
        "short" => Ok(Detail::Short),
        "full" => Ok(Detail::Full),
        "logic" => Ok(Detail::Logic),
        other => Err(PyValueError::new_err(format!(
            "detail `{other}`: give summary, short, full or logic"
        ))),
    }
}
