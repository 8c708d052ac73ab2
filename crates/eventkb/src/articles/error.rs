//! Why an index of articles cannot be read or written.

use super::file::INDEX_VERSION;

/// Why an index cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArticleIndexError {
    /// It is something else.
    #[error("this is no index of articles; `eventkb articles build` makes one")]
    Foreign,
    /// It was written by another version of eventkb.
    #[error(
        "the index has version {found}, this eventkb reads version {INDEX_VERSION}; build it again with this one"
    )]
    Version {
        /// The version found.
        found: u32,
    },
    /// The file was cut or altered since it was written.
    #[error("the index is damaged: the file was cut or altered since it was written")]
    Damaged,
    /// It is larger than any index of real articles.
    #[error("the index is too large: {what}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
    },
    /// Its head and checksum are sound, but it says what cannot be.
    #[error("the index is not sound: {what}")]
    Unsound {
        /// What is wrong.
        what: &'static str,
    },
    /// Something else is where it shall be written.
    #[error("something else is there already: an index is only written over an older index")]
    Occupied,
    /// It could not be written.
    #[error("the index cannot be written: {reason}")]
    Unwritten {
        /// What the system says.
        reason: String,
    },
    /// The file could not be read.
    #[error("the index cannot be read: {reason}")]
    Unreadable {
        /// What the system says.
        reason: String,
    },
}

impl ArticleIndexError {
    /// That a file cannot be read, and why, without the operating system's number where that is known.
    pub(crate) fn unreadable(error: std::io::Error) -> ArticleIndexError {
        ArticleIndexError::Unreadable {
            reason: match error.kind() {
                std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
                std::io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
                _ => error.to_string(),
            },
        }
    }
}
