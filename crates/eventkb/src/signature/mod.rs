//! Signatures.
pub mod model;
