//! What is wrong with a file, and where.

use std::fmt;

/// A file that is not usable, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct SignatureError {
    /// The file, or the name of the text.
    pub file: String,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
}

impl SignatureError {
    pub(crate) fn new(file: &str, problems: Vec<Problem>) -> SignatureError {
        SignatureError {
            file: file.to_owned(),
            problems,
        }
    }

    /// An error about the file as a whole.
    pub(crate) fn plain(file: &str, message: impl Into<String>) -> SignatureError {
        SignatureError::new(file, vec![Problem::whole(message)])
    }
}

/// One thing that is wrong with a document, or could be better.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Line, from 1; 0 when it is about the file as a whole.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
    /// The path within the document, such as `symptoms[2].where[0]`.
    pub path: String,
    /// Which lint found it, such as `EK201`; `None` for what is no JSON of the format at all.
    pub code: Option<&'static str>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Whether the document is refused because of it.
    pub severity: ProblemSeverity,
}

impl Problem {
    pub(super) fn whole(message: impl Into<String>) -> Problem {
        Problem {
            line: 0,
            column: 0,
            path: String::new(),
            code: None,
            message: message.into(),
            help: None,
            severity: ProblemSeverity::Error,
        }
    }
}

/// Whether a problem stops a document from being used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemSeverity {
    /// It cannot be used.
    Error,
    /// It can be used; `eventkb signatures check` recommends a change.
    Warning,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        if let Some(code) = self.code {
            write!(f, "[{code}] ")?;
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

/// serde_json's own position is of no use for a document that was parsed before.
pub(crate) fn without_position(message: &str) -> String {
    message
        .split(" at line ")
        .next()
        .unwrap_or(message)
        .to_owned()
}
