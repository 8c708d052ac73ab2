//! Reads documents from JSON (signatures, examples, catalogue, codes) and reports everything that
//! is wrong with them at once.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::catalogue::{CATALOGUE_FORMAT, CodeFile, ProviderEntry};
use super::decode;
use super::examples::Examples;
use super::json_path::{self, JsonPath};
use super::lint::{self, Finding, Findings};
use super::model::{FORMAT, Signature};
use super::problem::{Problem, ProblemSeverity, SignatureError, without_position};
use crate::limits;

/// A document of any kind.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Document {
    /// A signature.
    Signature(Box<Signature>),
    /// What is known of a provider's events.
    Catalogue(Box<ProviderEntry>),
    /// A table of codes.
    Codes(Box<CodeFile>),
    /// Examples of a signature.
    Examples(Box<Examples>),
}

/// The files to be read at `path`: itself, or the `.json` files of a folder and those below it, in
/// the order of names.
///
/// # Errors
/// When a folder cannot be read, or holds more than the limits allow.
pub(crate) fn files_at(path: &Path) -> Result<Vec<PathBuf>, SignatureError> {
    let mut files = Vec::new();
    if path.is_dir() {
        gather(path, 0, &mut files)?;
        files.sort();
    } else {
        files.push(path.to_owned());
    }
    Ok(files)
}

fn gather(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), SignatureError> {
    let name = folder.display().to_string();
    let unreadable =
        |error: io::Error| SignatureError::plain(&name, format!("cannot read the folder: {error}"));
    if depth > limits::MAX_SIGNATURE_DEPTH {
        let most = limits::MAX_SIGNATURE_DEPTH;
        return Err(SignatureError::plain(
            &name,
            format!("more than {most} folders deep"),
        ));
    }
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        // Links to folders are not followed: they may lead anywhere, and in circles.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            gather(&path, depth + 1, files)?;
        } else if path
            .extension()
            .is_some_and(|ext| ext.eq_ignore_ascii_case("json"))
        {
            files.push(path);
        }
        if files.len() > limits::MAX_SIGNATURE_FILES {
            let most = limits::MAX_SIGNATURE_FILES;
            return Err(SignatureError::plain(
                &name,
                format!("more than {most} files"),
            ));
        }
    }
    Ok(())
}

/// Reads a text file of at most [`limits::MAX_SIGNATURE_BYTES`]; a byte order mark is taken off and
/// UTF-16 is understood.
///
/// # Errors
/// When it cannot be read, is too large, is no plain file or no text.
pub(crate) fn read_file(path: &Path) -> Result<String, SignatureError> {
    let name = path.display().to_string();
    let refused = |message: String| SignatureError::plain(&name, message);
    let cannot = |error: io::Error| refused(cannot_read(&error));
    let metadata = std::fs::metadata(path).map_err(cannot)?;
    if !metadata.is_file() {
        return Err(refused("this is no plain file".to_owned()));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(cannot)?;
    // A file that grows while it is read is cut off, too.
    file.take(limits::MAX_SIGNATURE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > limits::MAX_SIGNATURE_BYTES {
        return Err(refused(format!(
            "it has more than {} bytes, the most that is read",
            limits::MAX_SIGNATURE_BYTES
        )));
    }
    text_of(&bytes).ok_or_else(|| refused("this is no UTF-8 or UTF-16 text".to_owned()))
}

fn text_of(bytes: &[u8]) -> Option<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let pairs = bytes.chunks(2);
        let units: Option<Vec<u16>> = pairs
            .map(|pair| Some(unit([*pair.first()?, *pair.get(1)?])))
            .collect();
        String::from_utf16(&units?).ok()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }
}

fn cannot_read(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        _ => format!("cannot read it: {error}"),
    }
}

/// Whether a text looks like a file of examples.
pub(crate) fn is_examples(text: &str) -> bool {
    let start = text.trim_start().trim_start_matches('{').trim_start();
    start.starts_with("\"examples_of\"")
}

/// Reads a document of any kind from a JSON text; `file` is the name used in messages.
///
/// # Errors
/// When the text is no usable document; with every problem found.
pub fn read_document(file: &str, text: &str) -> Result<Document, SignatureError> {
    let (document, problems) = examine(text);
    let errors: Vec<Problem> = problems
        .into_iter()
        .filter(|p| p.severity == ProblemSeverity::Error)
        .collect();
    match document {
        Some(document) if errors.is_empty() => Ok(document),
        _ => Err(SignatureError::new(file, errors)),
    }
}

/// Reads one signature from a JSON text; `file` is the name used in messages.
///
/// # Errors
/// When the text is not a usable signature; with every problem found.
pub fn read_text(file: &str, text: &str) -> Result<Signature, SignatureError> {
    match read_document(file, text)? {
        Document::Signature(signature) => Ok(*signature),
        _ => Err(SignatureError::plain(file, "this is no signature")),
    }
}

/// Reads a text as far as it goes and gives everything there is to say about it, recommendations
/// included, in the order of the file.
pub fn examine(text: &str) -> (Option<Document>, Vec<Problem>) {
    if let Some(problem) = duplicate_member(text) {
        return (None, vec![problem]);
    }
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => {
            let message = format!("not valid JSON: {}", without_position(&error.to_string()));
            let problem = Problem {
                line: error.line(),
                column: error.column(),
                ..Problem::whole(message)
            };
            return (None, vec![problem]);
        }
    };
    let version = |key: &str| value.get(key).and_then(Value::as_u64);
    if value.get("examples_of").is_some() {
        decoded::<Examples>(text, value, &lint::check_examples, Document::Examples)
    } else if value.get("catalogue").is_some() {
        if version("catalogue") != Some(u64::from(CATALOGUE_FORMAT)) {
            return other_version(text, "catalogue", CATALOGUE_FORMAT, "EK501");
        }
        decoded::<ProviderEntry>(text, value, &lint::check_catalogue, Document::Catalogue)
    } else if value.get("codes").is_some() && value.get("table").is_some() {
        if version("codes") != Some(u64::from(CATALOGUE_FORMAT)) {
            return other_version(text, "codes", CATALOGUE_FORMAT, "EK521");
        }
        decoded::<CodeFile>(text, value, &lint::check_codes, Document::Codes)
    } else if value.get("format").is_none() && value.get("symptoms").is_some() {
        let help = "the first format is not read any more: see docs/signature-format.md for what changed, and write `\"format\": 2`";
        let problem = Problem {
            help: Some(help.to_owned()),
            ..Problem::whole("a signature says `\"format\": 2`")
        };
        (None, vec![problem])
    } else if version("format").is_some_and(|version| version != u64::from(FORMAT)) {
        other_version(text, "format", FORMAT, "EK101")
    } else {
        decoded::<Signature>(text, value, &lint::check, Document::Signature)
    }
}

/// The rest of a document of another version cannot be understood, so nothing is said of it.
fn other_version(
    text: &str,
    key: &str,
    wanted: u32,
    code: &'static str,
) -> (Option<Document>, Vec<Problem>) {
    let (line, column) = json_path::line_and_column(text, &JsonPath::default().key(key));
    let problem = Problem {
        line,
        column,
        path: key.to_owned(),
        code: Some(code),
        ..Problem::whole(format!("this eventkb reads `\"{key}\": {wanted}`"))
    };
    (None, vec![problem])
}

fn decoded<T: DeserializeOwned>(
    text: &str,
    value: Value,
    check: &dyn Fn(&T, &mut Findings),
    wrap: fn(Box<T>) -> Document,
) -> (Option<Document>, Vec<Problem>) {
    let decoded = decode::decode::<T>(value);
    let mut found = decoded.found;
    if let Some(value) = &decoded.value {
        let mut checked = Vec::new();
        check(value, &mut checked);
        // What was put in to be able to go on is nothing the author wrote.
        checked.retain(|(path, _)| !decoded.put_in.iter().any(|at| path.is_within(at)));
        let moved = |(path, finding)| (decode::as_written(&decoded.renamed, path), finding);
        found.extend(checked.into_iter().map(moved));
    }
    let mut problems = located(text, found);
    sort(&mut problems);
    (decoded.value.map(|value| wrap(Box::new(value))), problems)
}

/// Findings as problems of a text.
pub(crate) fn located(text: &str, found: Findings) -> Vec<Problem> {
    let problems = found.into_iter();
    problems
        .map(|(path, finding)| problem_at(text, &path, finding))
        .collect()
}

/// In the order of the file.
pub(crate) fn sort(problems: &mut [Problem]) {
    problems.sort_by(|a, b| (a.line, a.column, &a.message).cmp(&(b.line, b.column, &b.message)));
}

fn problem_at(text: &str, path: &JsonPath, finding: Finding) -> Problem {
    let (line, column) = json_path::line_and_column(text, path);
    Problem {
        line,
        column,
        path: path.to_string(),
        code: finding.code,
        message: finding.message,
        help: finding.help,
        severity: finding.severity,
    }
}

/// The mistakes of a signature that was not read from a text.
pub(crate) fn problems_of(signature: &Signature) -> Vec<Problem> {
    let mut found = Vec::new();
    lint::check(signature, &mut found);
    found
        .into_iter()
        .filter(|(_, finding)| finding.severity == ProblemSeverity::Error)
        .map(|(path, finding)| Problem {
            path: path.to_string(),
            code: finding.code,
            help: finding.help,
            ..Problem::whole(finding.message)
        })
        .collect()
}

/// A member that stands twice in one object: of the two, readers would silently take the last.
fn duplicate_member(text: &str) -> Option<Problem> {
    let (offset, name) = json_path::first_duplicate(text)?;
    let (line, column) = json_path::position(text, offset);
    Some(Problem {
        line,
        column,
        path: name.clone(),
        ..Problem::whole(format!("`{name}` stands twice in one object"))
    })
}
