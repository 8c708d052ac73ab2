//! The library.
pub mod event;
pub mod integrity;
pub mod limits;
mod matcher;
pub mod report;
pub mod source;
pub mod signature;

pub use event::{Event, Trust};
pub use matcher::session::{Head, Session};
pub use report::Report;
pub use signature::set::SignatureSet;
