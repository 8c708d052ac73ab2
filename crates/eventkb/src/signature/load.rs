//! Reads a signature from JSON and reports everything that is wrong with it at once.

use std::path::Path;
use std::{fmt, io};

use serde_json::Value;

use super::check;
use super::decode;
use super::locate::{self, Place};
use super::model::Signature;
use crate::limits;

/// A file that is not a usable signature, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SignatureError {
    /// The file, or the name of the text.
    pub file: String,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with a signature, or could be better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1; 0 when the file could not be read at all.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
    /// The place within the document, such as `symptoms[2].where[0]`.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Whether the signature is refused because of it.
    pub severity: ProblemSeverity,
}

/// Whether a problem stops a signature from being used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemSeverity {
    /// The signature cannot be used.
    Error,
    /// It can be used; `eventkb signatures check` recommends a change.
    Warning,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        write!(f, "{}", self.message)?;
        if let Some(help) = &self.help {
            write!(f, " ({help})")?;
        }
        Ok(())
    }
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.problems.iter().enumerate() {
            if n > 0 {
                writeln!(f)?;
            }
            if problem.line == 0 {
                write!(f, "{}: {problem}", self.file)?;
            } else {
                write!(
                    f,
                    "{}:{}:{}: {problem}",
                    self.file, problem.line, problem.column
                )?;
            }
        }
        Ok(())
    }
}

/// Reads one signature file.
///
/// # Errors
/// When the file cannot be read or is not a usable signature; with every problem found.
pub fn read_file(path: &Path) -> Result<Signature, SignatureError> {
    let file = path.display().to_string();
    let unreadable = |message: String| SignatureError {
        file: file.clone(),
        problems: vec![Problem {
            line: 0,
            column: 0,
            place: String::new(),
            message,
            help: None,
            severity: ProblemSeverity::Error,
        }],
    };
    let size = std::fs::metadata(path)
        .map_err(|error| unreadable(cannot_read(&error)))?
        .len();
    if size > limits::MAX_SIGNATURE_BYTES {
        return Err(unreadable(format!(
            "a signature may have at most {} bytes, this file has {size}",
            limits::MAX_SIGNATURE_BYTES
        )));
    }
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(cannot_read(&error)))?;
    read_text(&file, &text)
}

fn cannot_read(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        io::ErrorKind::InvalidData => "this is not UTF-8 text".to_owned(),
        _ => format!("cannot read the signature: {error}"),
    }
}

/// Reads one signature from a JSON text; `file` is the name used in messages.
///
/// # Errors
/// When the text is not a usable signature; with every problem found.
pub fn read_text(file: &str, text: &str) -> Result<Signature, SignatureError> {
    let (signature, problems) = examine(text);
    let errors: Vec<Problem> = problems
        .into_iter()
        .filter(|p| p.severity == ProblemSeverity::Error)
        .collect();
    match signature {
        Some(signature) if errors.is_empty() => Ok(signature),
        _ => Err(SignatureError {
            file: file.to_owned(),
            problems: errors,
        }),
    }
}

/// Reads a text as far as it goes and gives everything there is to say about it, recommendations
/// included, in the order of the file.
pub fn examine(text: &str) -> (Option<Signature>, Vec<Problem>) {
    let document: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => {
            let problem = Problem {
                line: error.line(),
                column: error.column(),
                place: String::new(),
                message: format!("not valid JSON: {}", without_position(&error.to_string())),
                help: None,
                severity: ProblemSeverity::Error,
            };
            return (None, vec![problem]);
        }
    };
    let decoded = decode::decode(document);
    let mut found = decoded.found;
    if let Some(signature) = &decoded.signature {
        let mut checked = Vec::new();
        check::check(signature, &mut checked);
        // What was put in to be able to go on is nothing the author wrote.
        checked.retain(|(place, _)| !decoded.put_in.iter().any(|at| place.is_within(at)));
        let moved =
            |(place, note): (Place, Note)| (decode::as_written(&decoded.renamed, place), note);
        found.extend(checked.into_iter().map(moved));
    }
    let signature = decoded.signature;
    let mut problems: Vec<Problem> = found
        .into_iter()
        .map(|(place, note)| {
            let (line, column) = locate::line_and_column(text, &place);
            Problem {
                line,
                column,
                place: place.to_string(),
                message: note.message,
                help: note.help,
                severity: note.severity,
            }
        })
        .collect();
    problems.sort_by(|a, b| (a.line, a.column, &a.message).cmp(&(b.line, b.column, &b.message)));
    (signature, problems)
}

/// A recommendation for the place that `steps` lead to; numbers are indices.
pub(crate) fn warning_at(
    text: &str,
    steps: &[&str],
    message: impl Into<String>,
    help: impl Into<String>,
) -> Problem {
    let place = steps
        .iter()
        .fold(Place::default(), |place, step| match step.parse() {
            Ok(index) => place.index(index),
            Err(_) => place.key(step),
        });
    let (line, column) = locate::line_and_column(text, &place);
    Problem {
        line,
        column,
        place: place.to_string(),
        message: message.into(),
        help: Some(help.into()),
        severity: ProblemSeverity::Warning,
    }
}

/// What is wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) severity: ProblemSeverity,
}

impl Note {
    pub(crate) fn error(message: impl Into<String>) -> Note {
        Note {
            message: message.into(),
            help: None,
            severity: ProblemSeverity::Error,
        }
    }

    pub(crate) fn warning(message: impl Into<String>, help: impl Into<String>) -> Note {
        Note {
            message: message.into(),
            help: Some(help.into()),
            severity: ProblemSeverity::Warning,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Note {
        self.help = Some(help.into());
        self
    }
}

/// serde_json's own position is of no use for a document that was parsed before.
pub(crate) fn without_position(message: &str) -> String {
    message
        .split(" at line ")
        .next()
        .unwrap_or(message)
        .to_owned()
}
