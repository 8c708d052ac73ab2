//! The Rust blocks of README and book, compiled and run as tests.

/// `README.md`
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

/// `docs/tasks/rust.md`
#[cfg(doctest)]
#[doc = include_str!("../docs/tasks/rust.md")]
pub struct EmbedInRust;
