//! Archives: their members, streamed one after the other, within limits.
//!
//! This module knows nothing of events. It never writes a member anywhere, never believes a
//! declared size, and gives a reason for everything it does not read. Nesting is the caller's:
//! for a member whose first bytes [`detect`] knows, it calls [`read`] again with
//! [`Budget::deeper`].
//!
//! Without the feature `archives` only [`detect`] is left.

#[cfg(feature = "archives")]
mod budget;
#[cfg(feature = "cab")]
mod cab;
#[cfg(feature = "archives")]
mod compress;
#[cfg(feature = "archives")]
mod guard;
#[cfg(feature = "archives")]
mod inflate;
mod kind;
#[cfg_attr(
    not(feature = "archives"),
    allow(dead_code, reason = "only a tar's header is parsed, to know one")
)]
mod names;
#[cfg(feature = "archives")]
mod reader;
#[cfg(feature = "archives")]
mod refusal;
#[cfg(feature = "sevenz")]
mod sevenz;
#[cfg(feature = "archives")]
mod tar;
#[cfg_attr(
    not(feature = "archives"),
    allow(dead_code, reason = "only its being one is asked")
)]
mod tar_header;
#[cfg(feature = "archives")]
mod zip;
#[cfg(feature = "zstd")]
mod zstd;

#[cfg(feature = "archives")]
pub use budget::{ArchiveLimits, Budget, RunBudget};
pub use kind::{ArchiveKind, PREFIX, detect};
#[cfg(feature = "archives")]
pub use reader::{ArchiveInput, Members, ReadSeek, read};
#[cfg(feature = "archives")]
pub use refusal::Refusal;
