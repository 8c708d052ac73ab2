//! Reads the event logs of Windows NT 4.0 to Windows Server 2003 (`.evt`).
//!
//! But for `deliver`, this module stands alone: it knows bytes, records and damage, and nothing about
//! what they are wanted for. Its promise is that no input makes it panic, that its time is linear in the file's
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
//! use eventkb_logs::evt::{EvtLog, RecordState, is_evt};
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
//! | room | job |
//! |---|---|
//! | `file` | opening a log, which is held whole, and handing out its records |
//! | `account` | what the log promised, and what became of it |
//! | `layout`, `region` | numbers of the format; parts of the file read as if joined |
//! | `ring` | which closing record to believe, and where it says the live records lie |
//! | `frames`, `row` | where records stand, by their frames; sound ones in a row |
//! | `recovery` | which records there are, and which of them are the log's |
//! | `record` | one record's fields |
//! | `levels` | types, levels and channels in the terms of newer logs |
//! | `deliver` | records to the delivery |
//!
//! The rooms of [`evtx`](crate::evtx) have the same names for the same jobs.
//!
//! Facts about the format come from Microsoft's "Event Log File Format" pages (bb309022 to
//! bb309026), from the format description of libevt, and from real logs. Where they differ, the
//! comment there says who was right.

mod account;
mod defect;
pub(crate) mod deliver;
mod file;
mod frames;
mod layout;
mod levels;
mod record;
mod recovery;
mod region;
mod ring;
mod row;

#[cfg(test)]
mod tests;

pub use account::{EvtSummary, MAX_GAPS_LISTED, NumberGap, Truth};
pub use defect::{LogDefect, RecordDefect};
pub use file::{EvtError, EvtLog, MAX_FILE_BYTES};
pub use layout::{EvtEof, EvtHeader, is_evt, looks_like_evt};
pub use levels::{EventType, channel_from_file_name, level_for};
pub use record::{EvtRecord, RawRecord, RecordState};
