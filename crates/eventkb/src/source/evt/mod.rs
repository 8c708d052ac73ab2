//! Reads the event logs of Windows NT 4.0 to Windows Server 2003 (`.evt`).
//!
//! This module stands alone: it knows bytes, records and damage, and nothing about what they are
//! wanted for. Its promise is that no input makes it panic, that its time is linear in the file's
//! size, and that every record the log promised is either handed out or counted as lost.
//!
//! A log is a header, a ring of records and one closing record (the *EOF record*), which moves
//! along as records are written. The header is brought up to date only when the log is closed, so a
//! copy of a log that was in use says too little: here the EOF record is believed, and the header
//! is reported. What lies between the EOF record and the oldest record is older data not yet
//! written over; whole records found there are handed out too, marked [`RecordState::Recovered`].
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use eventkb::source::evt::{EvtLog, RecordState, is_evt};
//!
//! # let mut bytes = Vec::new();
//! # for word in [0x30_u32, 0x654C_664C, 1, 1, 0x30, 0x30, 1, 0, 0x1_0000, 0, 0, 0x30] {
//! #     bytes.extend(word.to_le_bytes());
//! # }
//! # for word in [0x28_u32, 0x1111_1111, 0x2222_2222, 0x3333_3333, 0x4444_4444] {
//! #     bytes.extend(word.to_le_bytes());
//! # }
//! # for word in [0x30_u32, 0x30, 1, 0, 0x28] {
//! #     bytes.extend(word.to_le_bytes());
//! # }
//! assert!(is_evt(&bytes));
//! let log = EvtLog::read(bytes)?;
//! for record in log.records() {
//!     if record.state == RecordState::Live {
//!         // record.source, record.event_id, record.strings ...
//!     }
//! }
//! assert_eq!(log.summary().lost, 0);
//! # Ok(())
//! # }
//! ```
//!
//! Facts about the format come from Microsoft's "Event Log File Format" pages (bb309022 to
//! bb309026), from the format description of libevt, and from real logs. Where they differ, the
//! comment at the place says who was right.

mod classic;
mod defect;
mod layout;
mod log;
mod plan;
mod record;
mod region;
mod row;
mod summary;
mod truth;
mod walk;

#[cfg(test)]
mod tests;

pub use classic::{EventType, channel_from_file_name, level_for};
pub use defect::{LogDefect, RecordDefect};
pub use layout::{EvtEof, EvtHeader, is_evt, looks_like_evt};
pub use log::{EvtError, EvtLog, MAX_FILE_BYTES};
pub use record::{EvtRecord, RawRecord, RecordState};
pub use summary::{EvtSummary, MAX_GAPS_LISTED, NumberGap, Truth};
