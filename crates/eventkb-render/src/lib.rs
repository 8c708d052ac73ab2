//! Shows what [`eventkb`] found: reports, records and signatures become tables for a terminal,
//! Markdown for a ticket, or one self-contained web page.
//!
//! A report is data; the words are made here, once for all formats. A view ([`scan`], [`explain`],
//! [`compare`], [`logs`], [`events`], ...) turns data into a [`Doc`], and [`terminal`],
//! [`markdown`] and [`html`] draw it. Nothing here prints; everything gives text.
//!
//! Text from logs, file names and signatures is foreign: it reaches a document only through
//! [`Clean`], which makes everything harmless that a terminal would obey or that hides.

#![deny(clippy::unwrap_used, clippy::expect_used)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod doc;
mod draw;
mod sanitize;
mod times;
mod view;
pub mod words;

pub use doc::Doc;
pub use draw::{Look, Page, html, markdown, terminal};
pub use eventkb_logs::JsonEvent;
pub use sanitize::{Clean, safe_json};
pub use times::Zone;
pub use view::{
    Around, Detail, EVENT_COLUMNS, EventRow, FINDING_COLUMNS, Files, Reader, around, article,
    articles, checked_articles, compare, csv_header, event_csv, event_line, events, examples,
    explain, family, finding_rows, found_articles, known_event, logs, page_lines, scan, signature,
    signatures_listed,
};
