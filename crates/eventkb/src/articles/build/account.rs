//! What was read, and what was left alone.

/// The account of a build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildAccount {
    /// Files that were read as articles.
    pub read: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Of these, articles that name an event.
    pub naming: u64,
    /// Articles that name no event, but a code that says itself what it is: they are in the index.
    pub only_codes: u64,
    /// Articles that name neither: they are not in the index.
    pub silent: u64,
    /// Files of other kinds, which were not opened.
    pub others: u64,
    /// Files that look like articles and were left alone, by path.
    pub left: Vec<LeftAlone>,
    /// The user stopped the reading: the index is about a part.
    pub cancelled: bool,
}

/// A file that was left alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftAlone {
    /// Its path.
    pub path: String,
    /// Why.
    pub why: Left,
}

/// Why a file was left alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Left {
    /// It could not be read; what the system says.
    Unreadable(String),
    /// A link that leads out of the folder.
    LinkOutside,
    /// Folders are nested too deep.
    TooDeep,
    /// It is neither a file nor a folder.
    NoFile,
    /// It is larger than any article.
    TooLarge,
    /// There are more files than any collection has.
    TooMany,
    /// It is no text.
    Binary,
}

impl std::fmt::Display for Left {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Left::Unreadable(reason) => write!(f, "it cannot be read: {reason}"),
            Left::LinkOutside => f.write_str("it is a link out of the folder"),
            Left::TooDeep => f.write_str("folders are nested too deep"),
            Left::NoFile => f.write_str("it is neither a file nor a folder"),
            Left::TooLarge => f.write_str("it is larger than any article (4 MiB)"),
            Left::TooMany => f.write_str("there are too many files"),
            Left::Binary => f.write_str("it is no text"),
        }
    }
}
