//! Events in, observations kept.
//!
//! A [`session::Session`] looks at each event once: it notes landmarks, makes the event one more of
//! its class for the signatures that ask for it, and counts errors. It knows nothing of file
//! formats, and judges nothing.

pub(crate) mod class;
pub(crate) mod content;
pub(crate) mod coverage;
pub(crate) mod digest;
mod duplicate_cache;
pub(crate) mod errors;
pub(crate) mod evaluate;
pub(crate) mod landmarks;
pub(crate) mod most;
pub(crate) mod observation;
mod record_keys;
pub(crate) mod record_times;
pub(crate) mod records;
pub(crate) mod saved;
pub(crate) mod session;
pub(crate) mod subscriptions;
pub(crate) mod view;
