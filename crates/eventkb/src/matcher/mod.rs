//! From events to findings: interest, observations, occurrences, verdicts, report.
//!
//! Never sees a file format.

mod case;
mod cause;
mod class;
mod content;
pub(crate) mod coverage;
mod doubts;
pub(crate) mod evaluate;
mod finding;
mod finish;
mod observation;
mod occurrence;
mod prints;
mod rivals;
pub(crate) mod saved;
pub(crate) mod session;
mod symptoms;
pub(crate) mod tally;
mod verdict;
