//! What a session remembers of single records: enough to cite them.

use std::sync::Arc;

use eventkb_logs::event::{Event, Trust};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::content::Strings;
use crate::report::Citation;

/// One record, as far as it is needed for a citation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Observation {
    pub(crate) time: Option<Timestamp>,
    pub(crate) file: Arc<str>,
    pub(crate) record_id: Option<u64>,
    pub(crate) offset: Option<u64>,
    /// Shared by records that say the same.
    pub(crate) strings: Strings,
    pub(crate) trust: Trust,
}

impl Observation {
    pub(crate) fn of(event: &Event) -> Observation {
        Observation {
            time: event.time,
            file: Arc::clone(&event.file),
            record_id: event.record_id,
            offset: event.offset,
            strings: Strings::of(event.strings.as_deref().unwrap_or(&[])),
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
