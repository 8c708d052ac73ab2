//! Events that other tools wrote as text: XML, CLIXML, JSON, tables.
//!
//! One module for each form; the others are what forms share. `detection` tells the
//! forms apart by their content: a dump is full of other texts, tables and XML, and nothing is taken
//! for an export unless its first record, or the heading above it, shows what it is.

#[cfg(feature = "exports")]
pub mod clixml;
#[cfg(feature = "exports")]
mod copied;
#[cfg(feature = "exports")]
pub mod csv;
// Times and levels in words are in logs too.
#[cfg_attr(
    not(feature = "exports"),
    allow(dead_code, unused_imports, reason = "exports use more")
)]
pub(crate) mod dates;
#[cfg(feature = "exports")]
mod detection;
#[cfg(not(feature = "exports"))]
#[path = "rough_detection.rs"]
mod detection;
#[cfg(feature = "exports")]
mod dialects;
#[cfg(feature = "exports")]
mod elements;
#[cfg(feature = "exports")]
mod fields;
#[cfg(feature = "exports")]
mod fills;
#[cfg(feature = "exports")]
mod flaw;
#[cfg(feature = "exports")]
pub mod format_list;
#[cfg(feature = "exports")]
mod handover;
#[cfg(feature = "exports")]
mod json;
#[cfg(feature = "exports")]
mod json_elements;
#[cfg(feature = "exports")]
pub mod jsonl;
#[cfg(feature = "exports")]
mod key_values;
#[cfg(feature = "exports")]
mod layout;
#[cfg_attr(
    not(feature = "exports"),
    allow(dead_code, reason = "exports use more")
)]
pub(crate) mod localized_levels;
#[cfg(feature = "exports")]
mod missing_description;
#[cfg(feature = "exports")]
mod objects;
#[cfg(feature = "exports")]
pub mod properties;
#[cfg(feature = "exports")]
mod rows;
#[cfg(feature = "exports")]
pub mod snare;
#[cfg(all(test, feature = "exports"))]
pub(crate) mod testing;
#[cfg_attr(
    not(feature = "exports"),
    allow(dead_code, reason = "exports use more")
)]
pub(crate) mod text;
#[cfg(feature = "exports")]
mod values;
#[cfg(feature = "exports")]
pub mod wevtutil;
#[cfg(feature = "exports")]
pub mod xml;

pub(crate) use detection::look;

/// The namespace of events.
const NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";
