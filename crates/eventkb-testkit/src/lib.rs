//! Makes event logs for the tests of eventkb: writes .evtx and .evt files from plain event
//! data, damages them in known ways, and knows the events of the flagship article.
//!
//! ```
//! use eventkb_testkit::{EventSpec, evtx::EvtxWriter};
//!
//! let event = EventSpec::new("MSExchangeMTA", 9316).level(3).strings(["7", "9301"]);
//! let file = EvtxWriter::new().write(&[event]);
//! assert!(file.starts_with(b"ElfFile\0"));
//! ```

pub mod bulk;
pub mod bytes;
pub mod crowds;
pub mod damage;
pub mod dialects;
pub mod event;
pub mod evt;
pub mod evtx;
pub mod golden;
pub mod healthy;
pub mod holes;
pub mod manifest;
pub mod mta;
pub mod rng;
pub mod scenario;
pub mod testdata;
pub mod texts;
pub mod zip;

pub use event::{EventSpec, FileTime, Rendering};
