//! Signatures: KB articles made executable.
//!
//! [`model`] is the format, [`load`] reads it and reports every mistake with its place, [`set`]
//! holds what a scan asks. Nothing here sees a log file.

mod check;
mod decode;
pub mod load;
mod locate;
pub mod model;
pub(crate) mod sentence;
pub mod set;

#[cfg(feature = "schema")]
pub mod schema;
