//! From events to findings: interest, observations, occurrences, verdicts, report.
//!
//! Never sees a file format.

mod cause;
mod class;
mod content;
pub(crate) mod coverage;
pub(crate) mod evaluate;
mod finding;
mod finish;
mod observation;
mod occurrence;
mod rivals;
pub(crate) mod saved;
pub(crate) mod session;
pub(crate) mod tally;
mod verdict;
