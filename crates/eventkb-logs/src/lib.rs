//! Reads Windows event logs offline, on any system: `.evtx`, `.evt`, what other programs export
//! (XML, CLIXML, JSON, CSV, text), and archives of all these.
//!
//! What is read comes as [`Event`]s, the same for all formats. What cannot be read comes as an
//! account: for each file what it promised, what was read, recovered and lost, and everything that
//! was wrong with it ([`FileReport`]). Nothing is lost without a name.
//!
//! # Listing events
//!
//! ```
//! use std::ops::ControlFlow;
//! use std::path::PathBuf;
//!
//! use eventkb_logs::{EventFilter, ReadOptions, list_events};
//!
//! # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/q253307-two-servers");
//! # let paths = [PathBuf::from(folder)];
//! # #[cfg(any())]
//! let paths = [PathBuf::from("testdata/q253307-two-servers")];
//! let mut filter = EventFilter::default();
//! filter.levels = vec![1, 2, 3];
//! let mut seen = 0;
//! let result = list_events(&paths, &filter, &ReadOptions::default(), &mut |event| {
//!     println!("{:?} {} {}", event.time, event.provider, event.event_id);
//!     seen += 1;
//!     ControlFlow::Continue(())
//! });
//! assert!(seen > 0);
//! for file in &result.files {
//!     println!("{}: {} records", file.input.path, file.input.records_read);
//!     for defect in &file.input.defects {
//!         println!("  {}", defect.message);
//!     }
//! }
//! ```
//!
//! # Taking events
//!
//! [`read`] takes one or several [`Sink`]s and as many threads; [`read_stream`] reads what is no
//! file. A sink says from a record's [`Head`] whether the rest of it is wanted: what is not wanted
//! is not decoded.
//!
//! # Features
//!
//! A file that needs a missing feature is named in the result.
//!
//! - `archives` (default): `.zip`, `.tar`, `.gz`, `.bz2`, `.xz`.
//! - `exports` (default): XML, CLIXML, JSON, CSV and text.
//! - `cab`, `sevenz`, `zstd`: `.cab`, `.7z`, and `.zst` with zstd in `.zip`.
//! - `passwords`: encrypted members of `.zip` and `.7z`, with [`Passwords`].
//!
//! # Promises
//!
//! No input panics, hangs or takes memory without bound ([`limits`]). The same input gives the same
//! events and the same account, whatever the number of threads; only with one of them in order.
//! Strings in an event are foreign text: whoever shows them must render them harmless.
//!
//! This crate knows no article and no signature; the crate `eventkb` does.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

pub mod account;
// Modules that are public and hidden are doors for this project's own tests and fuzz targets.
#[doc(hidden)]
pub mod archive;
mod bytes;
mod complex_data;
pub mod detect;
pub mod duplicates;
pub mod event;
mod event_builder;
mod event_json;
mod event_xml;
#[doc(hidden)]
pub mod evt;
#[doc(hidden)]
pub mod evtx;
#[doc(hidden)]
pub mod export;
pub mod filter;
pub mod find;
#[cfg_attr(
    not(feature = "archives"),
    allow(
        dead_code,
        unreachable_pub,
        reason = "archives ask for more of a file than readers of logs do"
    )
)]
mod holes;
pub mod integrity;
mod json_line;
pub mod limits;
mod listing;
mod locale_metadata;
mod numbers;
mod passwords;
mod pipeline;
mod sink;
#[cfg_attr(
    not(feature = "exports"),
    allow(dead_code, reason = "exports tell more of it")
)]
mod unread;
mod wanted_text;

pub use account::{FileReport, Ignored, Input, LogSpan};
pub use event::{Event, Head, Trust};
pub use event_json::JsonEvent;
pub use filter::{EventFilter, Scope};
#[doc(no_inline)]
pub use jiff;
#[cfg(feature = "spill")]
pub use listing::{ByTime, Making, list_by_time};
pub use listing::{
    EarliestEvents, JsonLines, earliest_events, find_records, list_events, list_json, list_mapped,
};
pub use passwords::Passwords;
pub use pipeline::{HashFiles, Progress, ReadOptions, ReadResult, read, read_stream, threads};
#[doc(hidden)]
pub use sink::Delivery;
pub use sink::{Admission, EventKind, RecordRef, Sink};
pub use wanted_text::WantedText;
