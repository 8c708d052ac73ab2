//! The library.
mod authoring;
pub mod event;
pub mod integrity;
pub mod limits;
mod matcher;
pub mod report;
mod scan;
pub mod signature;
pub mod source;

pub use authoring::{ExampleResult, check_signature, example_events, test_signature, test_signatures};
pub use event::{Event, Trust};
pub use matcher::session::{Head, Session};
pub use report::Report;
pub use scan::{CountUnexplained, EventFilter, ScanOptions, inventory, list_events, scan};
pub use signature::load::{Problem, ProblemSeverity, SignatureError};
pub use signature::model::Signature;
pub use signature::set::{Interest, SignatureSet};
pub use source::pipeline::Progress;
