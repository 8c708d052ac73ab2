//! Signatures: articles made executable.
//!
//! [`model`] is the format, [`load`] reads it and reports every mistake with its path, [`lint`]
//! says what could be better, `compile` makes of it what an engine can ask. Nothing here sees a
//! log file.

pub mod catalogue;
pub(crate) mod compile;
mod decode;
pub mod examples;
mod json_path;
pub mod lint;
pub mod load;
pub mod model;
pub(crate) mod nearest;
pub(crate) mod number;
mod plain_words;
pub(crate) mod problem;
#[cfg(feature = "schema")]
pub mod schema;
pub(crate) mod text;
