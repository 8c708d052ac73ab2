//! What a session remembers of single events: enough to cite them.
//!
//! Events that say the same to every signature (same provider, id, computer, same outcome of all
//! conditions, same captured values) form a class: see [`super::class`].

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::evaluate::Evaluation;
use crate::event::{Event, Trust};
use crate::limits;
use crate::report::Citation;
use crate::signature::set::Subscription;

/// What all events of one class have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct ClassKey {
    /// Provider, folded to lower case.
    pub(crate) provider: String,
    pub(crate) event_id: u16,
    /// Computer as the record spells it; empty when it names none.
    pub(crate) computer: String,
    /// What the event is to each part that subscribed to it.
    pub(crate) evaluations: Vec<(Subscription, Evaluation)>,
    /// Computer names it gives.
    pub(crate) names: Vec<(Subscription, String)>,
}

/// One record, as far as it is needed for a citation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Observation {
    pub(crate) time: Option<Timestamp>,
    pub(crate) file: Arc<str>,
    pub(crate) record_id: Option<u64>,
    pub(crate) offset: Option<u64>,
    /// Shared by records that say the same.
    pub(crate) strings: Arc<[String]>,
    pub(crate) trust: Trust,
}

impl Observation {
    pub(crate) fn of(event: &Event) -> Observation {
        let strings = event.strings.as_deref().unwrap_or(&[]);
        Observation {
            time: event.time,
            file: Arc::clone(&event.file),
            record_id: event.record_id,
            offset: event.offset,
            strings: strings.iter().take(limits::MAX_STRINGS).cloned().collect(),
            trust: event.trust,
        }
    }

    pub(crate) fn citation(&self, computer: &str, from_text: bool) -> Citation {
        Citation {
            file: self.file.to_string(),
            record_id: self.record_id,
            time: self.time,
            computer: (!computer.is_empty()).then(|| computer.to_owned()),
            strings: self.strings.to_vec(),
            offset: self.offset,
            trust: self.trust,
            from_text,
        }
    }
}

/// One event, or a run of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    pub(crate) count: u64,
    pub(crate) proof: Vec<Observation>,
}
