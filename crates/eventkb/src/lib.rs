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
//!
//! use eventkb::report::Verdict;
//! use eventkb::{ScanOptions, SignatureSet, scan};
//!
//! # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/q253307-two-servers");
//! # let paths = [PathBuf::from(folder)];
//! # #[cfg(any())]
//! let paths = [PathBuf::from("testdata/q253307-two-servers")];
//! let report = scan(&paths, &SignatureSet::built_in(), &ScanOptions::default());
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
//! use eventkb::{Event, Session, SignatureSet};
//!
//! let signatures = SignatureSet::built_in();
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
//! [`signature::load::read_text`] and [`SignatureSet::add`] take one that is no file. [`check_signature`] adds recommendations, [`test_signature`] runs the examples
//! that a signature carries. The format is described in `docs/signature-format.md`, its types are
//! in [`signature::model`].
//!
//! # Modules
//!
//! - [`event`]: what every log format becomes before anything is matched.
//! - [`logs`]: where events come from. It never sees a signature.
//! - [`integrity`]: what a file promised, what was read, and what was wrong with it.
//! - [`signature`]: the format, loading and checking. It never sees a log.
//! - [`report`]: the document between the engine and everything that shows it.
//! - [`limits`]: every limit, with its reason.
//!
//! The matcher between them is private: [`Session`] is its face.
//!
//! # Features
//!
//! None is on by default; an archive that needs a missing one is named in [`Report::inputs`] or
//! [`Report::ignored`].
//!
//! - `cab`, `sevenz`: read `.cab` and `.7z` archives.
//! - `schema`: `signature::schema`, the JSON Schema of signature files.
//!
//! Times are those of the [`jiff`] crate.
//!
//! # Promises
//!
//! No input panics, hangs or takes memory without bound. Nothing is lost without a name. The same
//! input gives the same report, byte for byte, whatever the order of files, records or threads.
//! Strings in a report are foreign text: whoever shows them must render them harmless.

mod authoring;
pub mod limits;
mod matcher;
pub mod report;
mod scan;
pub mod signature;

#[doc(inline)]
pub use eventkb_logs as logs;
#[doc(no_inline)]
pub use eventkb_logs::{event, integrity};

pub use authoring::{
    ExampleResult, check_signature, example_events, test_signature, test_signatures,
};
pub use event::{Event, Head, Trust};
pub use eventkb_logs::Progress;
#[doc(no_inline)]
pub use jiff;
pub use matcher::saved::{Observations, ObservationsError, merge};
pub use matcher::session::Session;
pub use report::Report;
pub use scan::{
    CountUnexplained, EventFilter, ScanOptions, inventory, list_events, observe, scan, scan_stream,
};
pub use signature::load::{Problem, ProblemSeverity, SignatureError};
pub use signature::model::Signature;
pub use signature::set::{Interest, SignatureSet};

/// The README's examples, so that they keep compiling.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod readme {}
