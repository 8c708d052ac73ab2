//! The library.
pub mod event;
pub mod integrity;
pub mod report;
pub mod signature;
