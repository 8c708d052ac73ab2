//! The signatures that are asked.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use eventkb::{Problem, ProblemSeverity, Signature, SignatureError, SignatureSet};
use eventkb_render::Look;
use pyo3::prelude::*;

use crate::errors::raise;

/// The built-in signatures, which are looked up in one place by all who ask for no others.
static BUILT_IN: OnceLock<Arc<SignatureSet>> = OnceLock::new();

/// A set of signatures.
#[pyclass(frozen, module = "eventkb._native")]
pub(crate) struct Signatures(pub(crate) Arc<SignatureSet>);

/// A problem as the package takes it: file, line, column, severity, code, path, message, help.
type ProblemParts = (
    String,
    usize,
    usize,
    &'static str,
    Option<String>,
    String,
    String,
    Option<String>,
);

fn parts(file: &str, problem: &Problem) -> ProblemParts {
    let severity = match problem.severity {
        ProblemSeverity::Error => "error",
        ProblemSeverity::Warning => "warning",
    };
    (
        file.to_owned(),
        problem.line,
        problem.column,
        severity,
        problem.code.map(|code| code.to_string()),
        problem.path.clone(),
        problem.message.clone(),
        problem.help.clone(),
    )
}

fn refused(py: Python<'_>, errors: &[SignatureError]) -> PyErr {
    let of = |error: &SignatureError| -> Vec<ProblemParts> {
        error
            .problems
            .iter()
            .map(|problem| parts(&error.file, problem))
            .collect()
    };
    let problems: Vec<ProblemParts> = errors.iter().flat_map(of).collect();
    let text: Vec<String> = errors.iter().map(ToString::to_string).collect();
    raise(py, "SignatureError", (text.join("\n"), problems))
}

#[pymethods]
impl Signatures {
    #[new]
    fn new(
        py: Python<'_>,
        paths: Vec<PathBuf>,
        texts: Vec<(String, String)>,
        built_in: bool,
    ) -> PyResult<Signatures> {
        if built_in && paths.is_empty() && texts.is_empty() {
            let set = BUILT_IN.get_or_init(|| Arc::new(SignatureSet::built_in()));
            return Ok(Signatures(Arc::clone(set)));
        }
        let mut set = match built_in {
            true => SignatureSet::built_in(),
            false => SignatureSet::knowledge_only(),
        };
        let mut errors = Vec::new();
        for path in &paths {
            if let Err(more) = set.add_path(path) {
                errors.extend(more);
            }
        }
        for (name, text) in &texts {
            if let Err(error) = set.add_text(name, "", text) {
                errors.push(error);
            }
        }
        match errors.is_empty() {
            true => Ok(Signatures(Arc::new(set))),
            false => Err(refused(py, &errors)),
        }
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// Id, title, family, standing, and whether it is built in, of each.
    fn heads(&self) -> Vec<(&str, &str, &str, &'static str, bool)> {
        self.0
            .iter()
            .map(|h| {
                (
                    h.id(),
                    h.title(),
                    h.family(),
                    h.standing().as_str(),
                    h.is_built_in(),
                )
            })
            .collect()
    }

    /// Ids of those that ask for an event.
    fn asking_for(&self, provider: &str, event_id: u16) -> Vec<&str> {
        self.0
            .for_event(provider, event_id)
            .map(|head| head.id())
            .collect()
    }

    /// The document of a signature as JSON; nothing when there is none of this id.
    fn document(&self, id: &str) -> PyResult<Option<String>> {
        let Some(document) = self.0.get(id) else {
            return Ok(None);
        };
        serde_json::to_string(&**document)
            .map(Some)
            .map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))
    }

    /// What it looks for, in words; nothing when there is none of this id.
    fn show(&self, id: &str, width: usize) -> Option<String> {
        let set = &self.0;
        let document = set.get(id)?;
        let head = set.iter().find(|head| head.id() == document.id)?;
        let sharing = set.sharing(document);
        let sharing: Vec<&Signature> = sharing
            .iter()
            .filter_map(|head| head.document())
            .map(|document| &**document)
            .collect();
        let look = Look {
            width,
            color: false,
            ascii: false,
        };
        let doc = eventkb_render::signature(head, document, &sharing);
        Some(eventkb_render::terminal(&doc, look))
    }
}
