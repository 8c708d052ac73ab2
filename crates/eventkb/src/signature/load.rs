//! Reads a signature from JSON and reports everything that is wrong with it at once.
//!
//! serde stops at the first mistake. So each mistake is noted with its place, taken out of the
//! document, and the rest is tried again, until it fits or a part that must be there is missing.

use std::fmt;
use std::path::Path;

use serde_json::Value;
use serde_path_to_error::Segment;

use super::check;
use super::locate::{self, Place, Step};
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
                write!(f, "{}:{}:{}: {problem}", self.file, problem.line, problem.column)?;
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
        .map_err(|error| unreadable(format!("cannot read the signature: {error}")))?
        .len();
    if size > limits::MAX_SIGNATURE_BYTES {
        return Err(unreadable(format!(
            "a signature may have at most {} bytes, this file has {size}",
            limits::MAX_SIGNATURE_BYTES
        )));
    }
    let text = std::fs::read_to_string(path)
        .map_err(|error| unreadable(format!("cannot read the signature: {error}")))?;
    read_text(&file, &text)
}

/// Reads one signature from a JSON text; `file` is the name used in messages.
///
/// # Errors
/// When the text is not a usable signature; with every problem found.
pub fn read_text(file: &str, text: &str) -> Result<Signature, SignatureError> {
    let (signature, problems) = examine(text);
    let errors: Vec<Problem> =
        problems.into_iter().filter(|p| p.severity == ProblemSeverity::Error).collect();
    match signature {
        Some(signature) if errors.is_empty() => Ok(signature),
        _ => Err(SignatureError { file: file.to_owned(), problems: errors }),
    }
}

/// Reads a text as far as it goes and gives everything there is to say about it, recommendations
/// included, in the order of the file.
pub fn examine(text: &str) -> (Option<Signature>, Vec<Problem>) {
    let mut found: Vec<(Place, Note)> = Vec::new();
    let mut document: Value = match serde_json::from_str(text) {
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
    let signature = decode(&mut document, &mut found);
    if let Some(signature) = &signature {
        check::check(signature, &mut found);
    }
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
    let place = steps.iter().fold(Place::default(), |place, step| match step.parse() {
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
        Note { message: message.into(), help: None, severity: ProblemSeverity::Error }
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

fn decode(document: &mut Value, found: &mut Vec<(Place, Note)>) -> Option<Signature> {
    // Every round takes one mistake out of the document, so this ends; the bound is for the eye.
    for _ in 0..1000 {
        let error = match serde_path_to_error::deserialize::<_, Signature>(&*document) {
            Ok(signature) => return Some(signature),
            Err(error) => error,
        };
        let mut place = place_of(error.path());
        let message = without_position(&error.inner().to_string());
        if let Some(field) = quoted(&message, "unknown field `") {
            if place.0.last() != Some(&Step::Key(field.clone())) {
                place = place.key(&field);
            }
            let help = nearest(&field, &message).map(|near| format!("did you mean `{near}`?"));
            found.push((place.clone(), Note { message, help, severity: ProblemSeverity::Error }));
        } else if let Some(field) = quoted(&message, "missing field `") {
            // A part that was taken out above is missing now; that is no new mistake.
            let removed = found.iter().any(|(at, _)| *at == place.key(&field));
            if !removed {
                found.push((place.clone(), Note::error(message)));
            }
            // The whole part cannot be read. Go on without it if it is one of several.
            match place.0.last() {
                Some(Step::Index(_)) => {}
                _ => return None,
            }
        } else {
            found.push((place.clone(), Note::error(message)));
        }
        if !remove(document, &place) {
            return None;
        }
    }
    None
}

fn place_of(path: &serde_path_to_error::Path) -> Place {
    let mut steps = Vec::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => steps.push(Step::Index(*index)),
            Segment::Map { key } => steps.push(Step::Key(key.clone())),
            Segment::Enum { variant } => steps.push(Step::Key(variant.clone())),
            Segment::Unknown => {}
        }
    }
    Place(steps)
}

/// Takes the value at `place` out of the document.
fn remove(document: &mut Value, place: &Place) -> bool {
    let Some((last, parents)) = place.0.split_last() else { return false };
    let mut at = document;
    for step in parents {
        let next = match step {
            Step::Key(key) => at.get_mut(key),
            Step::Index(index) => at.get_mut(index),
        };
        match next {
            Some(value) => at = value,
            None => return false,
        }
    }
    match (last, at) {
        (Step::Key(key), Value::Object(map)) => map.remove(key).is_some(),
        // Keep the other elements where they are: their places are still to be reported.
        (Step::Index(index), Value::Array(list)) if *index + 1 == list.len() => {
            list.pop().is_some()
        }
        (Step::Index(index), Value::Array(list)) if *index < list.len() => {
            // An element in the middle is replaced by a copy of a sound neighbour, if any.
            let sound = list.get(index + 1).cloned();
            match (sound, list.get_mut(*index)) {
                (Some(sound), Some(slot)) if *slot != sound => {
                    *slot = sound;
                    true
                }
                _ => false,
            }
        }
        _ => false,
    }
}

fn quoted(message: &str, prefix: &str) -> Option<String> {
    let rest = message.strip_prefix(prefix)?;
    rest.split('`').next().map(str::to_owned)
}

/// The expected name that is nearest to a mistyped one, if one is near.
fn nearest(field: &str, message: &str) -> Option<String> {
    let expected = message.split_once("expected")?.1;
    expected
        .split('`')
        .skip(1)
        .step_by(2)
        .map(|name| (distance(field, name), name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .min()
        .map(|(_, name)| name.to_owned())
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

/// serde_json's own position is of no use for a document that was parsed before.
fn without_position(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}
