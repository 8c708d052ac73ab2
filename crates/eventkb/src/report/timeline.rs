//! The timeline: what happened on which computer, all of it on one axis. It is in a report only
//! where somebody asked for it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{LandmarkKind, Standing, Verdict};

/// The part of time that a timeline is about; everything where neither end is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineWindow {
    /// Nothing that ends before this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Nothing that begins after this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

impl TimelineWindow {
    /// Whether something between two instants reaches into it.
    pub fn meets(&self, first: Timestamp, last: Timestamp) -> bool {
        self.from.is_none_or(|from| last >= from) && self.to.is_none_or(|to| first <= to)
    }
}

/// What happened on which computer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Timeline {
    /// The part of time that was asked for.
    #[serde(default)]
    pub window: TimelineWindow,
    /// One for each computer: those with findings first, then by name; bounded.
    pub lanes: Vec<Lane>,
    /// Computers that are not listed.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub lanes_more: u64,
    /// What happened, in order of time; bounded.
    pub marks: Vec<TimelineMark>,
    /// What is not listed, because there is too much: the least important first.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub marks_more: u64,
}

/// One computer of a timeline: where its logs can say anything, and where they cannot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Lane {
    /// Its name; empty for records that name none.
    pub computer: String,
    /// Where at least one of its logs has events before and after: in order, without overlap.
    pub covered: Vec<TimeSpan>,
    /// Where records are missing or could not be read, in order of time; bounded.
    #[serde(default)]
    pub gaps: Vec<TimelineGap>,
    /// Gaps that are not listed.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub gaps_more: u64,
}

/// From one instant to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TimeSpan {
    /// The first instant.
    pub from: Timestamp,
    /// The last instant.
    pub to: Timestamp,
}

/// Where a log of a computer says less than it should.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TimelineGap {
    /// From when: the last event before it.
    pub from: Timestamp,
    /// To when: the first event behind it.
    pub to: Timestamp,
    /// The channel; empty where the format does not name it.
    pub channel: String,
    /// What it is.
    #[serde(flatten)]
    pub what: GapKind,
}

/// Kinds of gaps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum GapKind {
    /// Record ids are missing between two records: lost, removed or filtered out.
    MissingRecords {
        /// The last id before it.
        after: u64,
        /// The first id behind it.
        before: u64,
    },
    /// Record ids are missing in many places, as in a filtered export; they are not listed one by
    /// one.
    ManyMissing,
    /// Part of a file could not be read; what it held lies somewhere in this time.
    Damaged {
        /// The file.
        file: String,
        /// Records that are known to be lost.
        records_lost: u64,
    },
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TimelineMark {
    /// When, or when it began.
    pub time: Timestamp,
    /// When it ended, where it took a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// On which computer, as the lane calls it.
    pub computer: String,
    /// What.
    #[serde(flatten)]
    pub what: MarkKind,
}

/// Kinds of marks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum MarkKind {
    /// Occurrences of a finding that follow each other closely.
    Finding {
        /// Id of its signature.
        signature: String,
        /// Problem, notice or harmless.
        standing: Standing,
        /// The best verdict among the occurrences.
        verdict: Verdict,
        /// How many occurrences.
        occurrences: u64,
        /// What they are about, sorted; bounded.
        #[serde(default)]
        objects: Vec<String>,
    },
    /// A record that findings rest on.
    Event {
        /// Ids of their signatures, sorted.
        signatures: Vec<String>,
        /// Provider.
        provider: String,
        /// Event ID.
        event_id: u16,
        /// The file, with the path inside an archive.
        file: String,
        /// The event's own record id.
        record_id: Option<u64>,
        /// The catalogue's sentence, filled with the record's values.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sentence: Option<String>,
    },
    /// A start, a stop, a cleared log, a clock that was set, an update.
    Landmark {
        /// Which of these.
        what: LandmarkKind,
    },
}
