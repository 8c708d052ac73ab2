//! The library.

pub mod source;
