//! Why a member of an archive, or an archive as a whole, was not read to its end.

use std::io;

use crate::integrity::DefectCode;

/// Why something in an archive was not read, or not to its end. Its text completes a sentence
/// that begins with the name of the member.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It needs a password.
    #[error("it is encrypted: its password is needed, in a file given with --password-file")]
    Encrypted,
    /// No password fits.
    #[error(
        "it is encrypted, and no password fits ({tried} tried): add the right one to the file given \
         with --password-file"
    )]
    WrongPassword {
        /// How many were tried.
        tried: usize,
    },
    /// A password seems to fit, and what comes out makes no sense.
    #[error(
        "it is encrypted, and what a password made of it is damaged: either it is, or the password is \
         wrong"
    )]
    DoubtfulPassword,
    /// Too many passwords were tried that do not fit.
    #[error(
        "it is encrypted, and the limit of passwords tried in vain is reached: give fewer, or unpack it \
         first"
    )]
    PasswordWork,
    /// It is stored in a way that is not read here.
    #[error("{method} is not supported")]
    Unsupported {
        /// What it would take, such as `zip compression method 98 (PPMd)`.
        method: String,
    },
    /// The archives hold more entries than are read.
    #[error("the limit of {limit} archive entries is reached; what follows was not read")]
    Entries {
        /// The limit.
        limit: u64,
    },
    /// More bytes came out of one entry than are read.
    #[error("it is larger than the limit of {limit} bytes; the rest of it was not read")]
    EntryBytes {
        /// The limit.
        limit: u64,
    },
    /// More bytes came out of all archives in one file than are read.
    #[error("more than {limit} bytes came out of the archives; what follows was not read")]
    TotalBytes {
        /// The limit.
        limit: u64,
    },
    /// It expands like a bomb.
    #[error(
        "it expands more than {limit} times, as an archive bomb does; the rest of it was not read"
    )]
    Ratio {
        /// The limit.
        limit: u64,
    },
    /// All archives nested in one file together expand like a bomb.
    #[error(
        "the archives nested here together expand more than {limit} times, as an archive bomb does; \
         what follows was not read"
    )]
    TotalRatio {
        /// The limit.
        limit: u64,
    },
    /// All archives that were read together expand like bombs.
    #[error(
        "it expands as an archive bomb does, and all that were read did so by more than {limit} bytes; \
         the rest of it was not read"
    )]
    RunRatio {
        /// The limit.
        limit: u64,
    },
    /// It is made of very many streams that hold next to nothing.
    #[error(
        "it is made of more than {limit} streams that hold next to nothing; the rest of it was not read"
    )]
    Streams {
        /// The limit.
        limit: u64,
    },
    /// Archives are nested deeper than is read.
    #[error("archives are nested more than {limit} deep")]
    Depth {
        /// The limit.
        limit: usize,
    },
    /// It would have to be held in memory, and is too large for that.
    #[error(
        "it lies in another archive and would take more than {limit} bytes of memory: unpack the \
         outer archive first"
    )]
    Held {
        /// The limit.
        limit: u64,
    },
    /// Its bytes are bytes of another entry too.
    #[error("its data overlaps that of another entry, as in an archive bomb")]
    Overlap,
    /// It is a symbolic link: what it leads to is not in the archive.
    #[error("it is a link: what it leads to is not in the archive")]
    Link,
    /// It lies in a hole of a sparse file.
    #[error("{bytes} bytes of it are a hole: they are on no disk; the rest of it was not read")]
    Hole {
        /// How large the hole is.
        bytes: u64,
    },
    /// It is larger than the archive says.
    #[error(
        "it is larger than the {declared} bytes that the archive declares; the rest of it was not read"
    )]
    Larger {
        /// The size the archive declares.
        declared: u64,
    },
    /// It is smaller than the archive says.
    #[error("it gave {got} of the {declared} bytes that the archive declares")]
    Smaller {
        /// The size the archive declares.
        declared: u64,
        /// The bytes that came out.
        got: u64,
    },
    /// The archive ends without the mark that says so.
    #[error("the archive has no end mark: it may have been cut, and members be missing")]
    NoEnd,
    /// The archive ends in the middle of it.
    #[error("the archive ends in the middle of it")]
    Truncated,
    /// The checksum over its bytes does not hold: what was read of it may be wrong.
    #[error("its checksum does not hold")]
    Checksum,
    /// It does not follow its format.
    #[error("it is damaged: {detail}")]
    Damaged {
        /// What is wrong.
        detail: String,
    },
    /// The operating system could not read the archive.
    #[error("reading failed: {detail}")]
    Unreadable {
        /// What the system said.
        detail: String,
    },
}

impl Refusal {
    /// The kind of defect to note for it.
    pub fn code(&self) -> DefectCode {
        match self {
            Refusal::Encrypted
            | Refusal::WrongPassword { .. }
            | Refusal::DoubtfulPassword
            | Refusal::PasswordWork => DefectCode::Encrypted,
            Refusal::Entries { .. }
            | Refusal::EntryBytes { .. }
            | Refusal::TotalBytes { .. }
            | Refusal::Ratio { .. }
            | Refusal::Streams { .. }
            | Refusal::TotalRatio { .. }
            | Refusal::RunRatio { .. }
            | Refusal::Depth { .. }
            | Refusal::Hole { .. }
            | Refusal::Held { .. } => DefectCode::Limit,
            Refusal::Truncated | Refusal::NoEnd | Refusal::Smaller { .. } => DefectCode::Truncated,
            Refusal::Unreadable { .. } => DefectCode::ReadError,
            Refusal::Checksum | Refusal::Damaged { .. } => DefectCode::Malformed,
            Refusal::Unsupported { .. }
            | Refusal::Overlap
            | Refusal::Larger { .. }
            | Refusal::Link => DefectCode::Refused,
        }
    }

    /// The refusal that ended a member's reader, if one did.
    pub fn of(error: &io::Error) -> Option<&Refusal> {
        error.get_ref()?.downcast_ref()
    }

    /// Whether the limits that all archives in one file share are used up, so that nothing more
    /// can come of any of them.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Refusal::Entries { .. }
                | Refusal::TotalBytes { .. }
                | Refusal::TotalRatio { .. }
                | Refusal::RunRatio { .. }
        )
    }

    pub(super) fn damaged(detail: impl Into<String>) -> Refusal {
        Refusal::Damaged {
            detail: detail.into(),
        }
    }

    pub(super) fn unsupported(method: impl Into<String>) -> Refusal {
        Refusal::Unsupported {
            method: method.into(),
        }
    }
}

/// An error of a decoder or of the file below it.
impl From<&io::Error> for Refusal {
    fn from(error: &io::Error) -> Self {
        if let Some(refusal) = Refusal::of(error) {
            return refusal.clone();
        }
        if error.raw_os_error().is_some() {
            return Refusal::Unreadable {
                detail: error.to_string(),
            };
        }
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Refusal::Truncated,
            _ => Refusal::damaged(error.to_string()),
        }
    }
}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        io::Error::other(refusal)
    }
}
