//! What an account comes to when a file was read: plain data, to be shown or saved.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::integrity::{Defect, DefectCode, Integrity};

/// What is known of one file once it was read.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct FileReport {
    /// What became of it.
    pub input: Input,
    /// Which logs it covers.
    pub spans: Vec<LogSpan>,
}

impl FileReport {
    /// Notes something that became known only after the file was closed, as if it had been known
    /// before.
    #[cfg(feature = "archives")]
    pub(crate) fn note(&mut self, code: DefectCode, message: String) {
        self.note_at(code, None, message);
    }

    /// Notes a defect with the place where it begins.
    pub(crate) fn note_at(&mut self, code: DefectCode, offset: Option<u64>, message: String) {
        let mut integrity = Integrity {
            defects: std::mem::take(&mut self.input.defects),
            ..Integrity::default()
        };
        integrity.note(code, offset, message);
        integrity.sort();
        self.input.defects = integrity.defects;
        if code.may_hide_records() {
            self.spans.iter_mut().for_each(|span| span.damaged = true);
        }
    }
}

/// What one log covers.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LogSpan {
    /// The computer whose events these are.
    pub computer: String,
    /// The channel.
    pub channel: String,
    /// The file.
    pub file: String,
    /// First event.
    pub first: Option<Timestamp>,
    /// Last event.
    pub last: Option<Timestamp>,
    /// Records of this computer and channel in this file.
    pub records: u64,
    /// Lowest record id: above 1 the log has wrapped, was cut or was filtered on export.
    #[serde(default)]
    pub lowest_record_id: Option<u64>,
    /// Highest record id.
    #[serde(default)]
    pub highest_record_id: Option<u64>,
    /// When the log was cleared, as far as the events tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleared: Vec<Timestamp>,
    /// Part of the file could not be read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub damaged: bool,
}

impl LogSpan {
    /// What is covered of a log before any of its records is counted.
    pub fn new(
        computer: impl Into<String>,
        channel: impl Into<String>,
        file: impl Into<String>,
    ) -> LogSpan {
        LogSpan {
            computer: computer.into(),
            channel: channel.into(),
            file: file.into(),
            ..LogSpan::default()
        }
    }
}

/// One file that was read, or that should have been.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Input {
    /// Where it is, with the path inside an archive.
    pub path: String,
    /// `evtx`, `evt`, `xml`, ...; `unknown` when it could not even be opened.
    pub format: String,
    /// Size in bytes, as far as it was read.
    #[serde(default)]
    pub bytes: u64,
    /// SHA-256 of the content, in hex; `None` when it was not asked for or could not be read.
    pub sha256: Option<String>,
    /// Records that the file's bookkeeping promises, where the format keeps count.
    #[serde(default)]
    pub records_promised: Option<u64>,
    /// Records read.
    pub records_read: u64,
    /// Stale records found outside the live log.
    pub records_recovered: u64,
    /// Records that were promised or seen and could not be read.
    pub records_lost: u64,
    /// Records that repeat records of another input.
    #[serde(default)]
    pub records_duplicate: u64,
    /// Records read without a provider. Why is among the defects.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub records_without_provider: u64,
    /// Records read without a time. Why is among the defects.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub records_without_time: u64,
    /// First event.
    pub first: Option<Timestamp>,
    /// Last event.
    pub last: Option<Timestamp>,
    /// What was wrong with it.
    pub defects: Vec<Defect>,
    /// Most frequent sources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub top_sources: Vec<SourceCount>,
    /// Holes in the sequence of record ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<RecordGap>,
    /// There are more holes than are listed, as in a filtered export; `gaps` is empty then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub many_gaps: bool,
    /// It could not be read at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// How often a source wrote.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceCount {
    /// Provider name.
    pub provider: String,
    /// Records.
    pub count: u64,
}

/// A hole in the sequence of record ids of one channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordGap {
    /// Last id before the hole.
    pub after: u64,
    /// First id behind it.
    pub before: u64,
    /// Whose log it is, where the file holds several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computer: Option<String>,
    /// Which log it is, where the file holds several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
}

/// A file that was left alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ignored {
    /// Where it is.
    pub path: String,
    /// Why.
    pub reason: String,
}

impl Ignored {
    /// A file that was left alone, and why.
    pub fn new(path: impl Into<String>, reason: impl Into<String>) -> Ignored {
        Ignored {
            path: path.into(),
            reason: reason.into(),
        }
    }
}
