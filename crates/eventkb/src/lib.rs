//! Which Microsoft Knowledge Base article explains these Windows event logs, and why.
//!
//! Articles are *signatures*: the events they name, with conditions on insertion strings, how the
//! events belong together, when which verdict is given, what rules the article out and how its
//! cause can be seen. A scan reads logs, asks every signature, and gives one [`Report`]: findings
//! with symptoms, citations, doubts and rivals, and an account of every file that was read.
//!
//! # Scanning files
//!
//! ```
//! use std::path::PathBuf;
//! use std::sync::Arc;
//!
//! use eventkb::report::Verdict;
//! use eventkb::{ScanOptions, SignatureSet, scan};
//!
//! # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/q253307-two-servers");
//! # let paths = [PathBuf::from(folder)];
//! # #[cfg(any())]
//! let paths = [PathBuf::from("testdata/q253307-two-servers")];
//! let signatures = Arc::new(SignatureSet::built_in());
//! let report = scan(&paths, &signatures, &ScanOptions::default());
//!
//! let best = report.best().ok_or("nothing found")?;
//! assert_eq!(best.signature.id, "Q253307");
//! assert_eq!(best.verdict, Verdict::Match);
//! for symptom in &best.symptoms {
//!     let proof = symptom.citations.first().ok_or("no proof")?;
//!     println!("{} x{}: record {:?}", symptom.event_id, symptom.count, proof.record_id);
//! }
//! # Ok::<(), &str>(())
//! ```
//!
//! A scan never fails as a whole. What could not be read is in [`Report::inputs`], with what the
//! file promised, what was read and what was lost; what was left alone is in [`Report::ignored`].
//!
//! # Feeding events
//!
//! A [`Session`] takes events from anywhere, in any order, and keeps only what a signature cares
//! about. Sessions over parts of a collection can be merged; the report is the same as over the
//! whole.
//!
//! ```
//! use std::sync::Arc;
//!
//! use eventkb::{Event, Session, SignatureSet};
//!
//! let signatures = Arc::new(SignatureSet::built_in());
//! let mut session = Session::new(&signatures);
//! session.feed(&Event {
//!     provider: "MSExchangeMTA".into(),
//!     event_id: 9316,
//!     computer: Some("SEATTLE".into()),
//!     time: "2000-02-06T01:20:01Z".parse().ok(),
//!     strings: Some(["7", "9301"].map(String::from).to_vec()),
//!     ..Event::default()
//! });
//! let report = session.finish();
//! assert_eq!(report.best().map(|f| f.verdict.as_str()), Some("possible"));
//! ```
//!
//! # Signatures of one's own
//!
//! [`SignatureSet::add_path`] adds JSON files to the built-in ones; every mistake is reported with
//! line and column, and the sound files of a folder are still added.
//!
//! ```
//! use std::path::Path;
//!
//! use eventkb::SignatureSet;
//!
//! let mut signatures = SignatureSet::built_in();
//! if let Err(errors) = signatures.add_path(Path::new("my-signatures")) {
//!     for error in &errors {
//!         eprintln!("{error}"); // my-signatures/EX1.json:16:7: symptoms[0].rolle: unknown field ...
//!     }
//! }
//! ```
//!
//! [`SignatureSet::add_text`] takes what is no file. [`check_file`] adds recommendations,
//! [`test_signature`] runs examples. The format is described in `docs/signature-format.md`, its
//! types are in [`signature::model`].
//!
//! # Modules
//!
//! - [`logs`]: the crate that turns bytes into events and keeps the account of every file. It
//!   knows no signature, and can be used alone.
//! - [`signature`]: the format, loading and checking. It never sees a log.
//! - [`knowledge`]: the catalogue of events and meanings of codes.
//! - [`articles`]: which events thousands of articles name, without verdicts.
//! - [`report`]: the document between the engine and everything that shows it.
//! - [`redact`]: a report without the names of a customer.
//! - [`limits`]: every limit, with its reason.
//!
//! What collects and what judges is private: [`Session`] is its face.
//!
//! # Features
//!
//! - `packs` (default): the built-in signatures, catalogue and codes.
//! - `archives`, `exports` (default): read archives, and what other programs exported.
//! - `articles` (default): builds an index of articles; reading one needs no feature.
//! - `cab`, `sevenz`, `zstd`: read `.cab`, `.7z` and `.zst` archives.
//! - `passwords`: opens encrypted members of archives with passwords.
//! - `schema`: `signature::schema`, the JSON Schema of signature files.
//!
//! Times are those of the [`jiff`] crate.
//!
//! # Promises
//!
//! No input panics, hangs or takes memory without bound. Nothing is lost without a name. The same
//! input gives the same report, byte for byte, whatever the order of files, records or threads.
//! Strings in a report are foreign text: whoever shows them must render them harmless.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

pub mod articles;
mod authoring;
mod collect;
mod draft;
mod judge;
pub mod knowledge;
mod leads;
pub mod limits;
pub mod redact;
pub mod report;
mod scan;
pub mod signature;

pub use authoring::{
    ExampleResult, Mismatch, check_file, check_text, example_events, test_signature,
    test_signatures,
};
pub use collect::saved::{Observations, ObservationsError, merge_sessions};
pub use collect::session::Session;
pub use draft::{
    Draft, DraftError, DraftWanted, draft_of_article, draft_of_records, draft_records,
};
#[doc(no_inline)]
pub use eventkb_logs as logs;
pub use eventkb_logs::{
    Event, EventFilter, HashFiles, Head, Passwords, Progress, ReadOptions, ReadResult, Scope,
    Trust, list_events,
};
#[doc(no_inline)]
pub use jiff;
#[doc(hidden)]
pub use judge::work::made as steps_made;
pub use knowledge::{Added, SignatureHead, SignatureSet};
pub use leads::{ArticleQuery, ArticleShelf, Found, find_articles, find_articles_for};
pub use report::Report;
pub use scan::{
    ScanOptions, inventory, merge, merge_with_articles, observe, observe_stream, read_record, scan,
    scan_stream, session_over,
};
pub use signature::model::Signature;
pub use signature::problem::{Problem, ProblemSeverity, SignatureError};
