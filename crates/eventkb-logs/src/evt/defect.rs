//! What may be wrong with a log or a record. Each has a stable code and a sentence.

use thiserror::Error;

/// Something wrong, or worth knowing, about a log as a whole.
///
/// Each kind is listed at most once per log, with a count and its first place, so that a hostile
/// file cannot fill memory with complaints. Offsets are bytes from the start of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LogDefect {
    /// The log was in use when it was copied, so the header is behind the records.
    #[error(
        "the log was open when it was copied: the header ends before record {header_next}, the \
         newest {newest} records were found through the EOF record (next is {eof_next})"
    )]
    HeaderDirty {
        /// Records the header does not know of.
        newest: u32,
        /// Next record number by the header.
        header_next: u32,
        /// Next record number by the EOF record.
        eof_next: u32,
    },
    /// The header claims a clean close and still differs from the EOF record.
    #[error(
        "the header says the log was closed cleanly, but it names record {header_oldest} as the \
         oldest and {header_next} as the next, the EOF record {eof_oldest} and {eof_next}"
    )]
    HeaderStale {
        /// Oldest record number by the header.
        header_oldest: u32,
        /// Next record number by the header.
        header_next: u32,
        /// Oldest record number by the EOF record.
        eof_oldest: u32,
        /// Next record number by the EOF record.
        eof_next: u32,
    },
    /// One of the header's fixed fields is wrong; the others were believed.
    #[error("the header's signature, version or one of its sizes is damaged")]
    HeaderDamaged,
    /// There is no header.
    #[error("the header is missing or destroyed")]
    HeaderMissing,
    /// No EOF record was found: the newest records may be cut off, and no one can say how many.
    #[error("the EOF record is missing: records were sorted by number, newer ones may be lost")]
    EofMissing,
    /// The only EOF record lies elsewhere than it says: the file was cut, moved or joined.
    #[error("the EOF record at {offset:#x} says it lies at {own_offset:#x}")]
    EofDisplaced {
        /// Where it is.
        offset: u32,
        /// Where it says it is.
        own_offset: u32,
    },
    /// The oldest record is not where the EOF record says it is, or is damaged.
    #[error(
        "the EOF record says the oldest record lies at {offset:#x}: it is not there, or damaged"
    )]
    OldestOffsetWrong {
        /// The wrong offset.
        offset: u32,
    },
    /// The records are whole and in order, but their numbers are not those of the EOF record.
    #[error(
        "the EOF record names record {oldest} as the oldest and {next} as the next, but the \
         records found in place run from {first} to {last}"
    )]
    NumbersDisagree {
        /// Oldest number by the EOF record.
        oldest: u32,
        /// Next number by the EOF record.
        next: u32,
        /// Number of the first record found.
        first: u32,
        /// Number of the last record found.
        last: u32,
    },
    /// More records are promised than the log could ever hold; the promise is not believed.
    #[error("the numbers {oldest} (oldest) and {next} (next) promise more than the log can hold")]
    PromiseImplausible {
        /// Oldest number promised.
        oldest: u32,
        /// Next number promised.
        next: u32,
    },
    /// The file ends before its content does.
    #[error("the file is cut off: it has {bytes} bytes, the log reached at least {needed}")]
    FileTruncated {
        /// Bytes in the file.
        bytes: u64,
        /// Bytes the log had at least.
        needed: u64,
    },
    /// Windows found no room for a record: the newest events were never written.
    #[error("the log was full: Windows threw away newer events, no one can say how many")]
    LogFull,
    /// Live records that are only partly there.
    #[error("{count} live records are incomplete, the first at {first_offset:#x}")]
    RecordsTruncated {
        /// How many.
        count: u64,
        /// Where the first one is.
        first_offset: u64,
    },
    /// Live records whose length at one end is wrong; the neighbours showed the right one.
    #[error("{count} live records have two different lengths, the first at {first_offset:#x}")]
    LengthsDiffer {
        /// How many.
        count: u64,
        /// Where the first one is.
        first_offset: u64,
    },
    /// Live records whose signature is wrong, but both lengths right.
    #[error("{count} live records have a damaged signature, the first at {first_offset:#x}")]
    SignaturesDamaged {
        /// How many.
        count: u64,
        /// Where the first one is.
        first_offset: u64,
    },
    /// Bytes among the live records that no record could be made of.
    #[error("{bytes} bytes among the live records could not be read, from {first_offset:#x} on")]
    BytesUnread {
        /// How many bytes, runs of zeros not counted.
        bytes: u64,
        /// Where the first of them is.
        first_offset: u64,
    },
    /// Promised records that were not found.
    #[error("{lost} records are missing, the first run is {first} to {last}")]
    NumbersMissing {
        /// How many.
        lost: u64,
        /// First number of the first gap.
        first: u32,
        /// Last number of the first gap.
        last: u32,
    },
    /// Live records whose number cannot be right: out of range, or given twice.
    #[error(
        "{count} live records carry a number that is not theirs, the first at {first_offset:#x}"
    )]
    Misnumbered {
        /// How many.
        count: u64,
        /// Where the first one is.
        first_offset: u64,
    },
    /// Records whose "closing record number" is not 0.
    ///
    /// Folklore: that is no proof of tampering. In the System log of an untouched Windows Server
    /// 2003, one record of 95 (source IPSec) has 0x00330026 there and 0x31 in its flags: leftovers
    /// of a text, "1&3", in fields no one had set.
    #[error("{count} records have a closing record number, the first at {first_offset:#x}")]
    ClosingNumbers {
        /// How many.
        count: u64,
        /// Where the first one is.
        first_offset: u64,
    },
    /// Data lies between the EOF record and the oldest record. That is normal: older records, or
    /// whatever the disk held before the log grew over it (seen: 54 KB of program code).
    #[error(
        "{bytes} bytes of older data lie outside the log, {recovered} records came out of them"
    )]
    StaleRegion {
        /// Bytes that are not zero and not part of the log.
        bytes: u64,
        /// Records found there.
        recovered: u64,
    },
}

impl LogDefect {
    /// A name for this kind that does not change between versions.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::HeaderDirty { .. } => "evt_header_dirty",
            Self::HeaderStale { .. } => "evt_header_stale",
            Self::HeaderDamaged => "evt_header_damaged",
            Self::HeaderMissing => "evt_header_missing",
            Self::EofMissing => "evt_eof_missing",
            Self::EofDisplaced { .. } => "evt_eof_displaced",
            Self::OldestOffsetWrong { .. } => "evt_oldest_offset_wrong",
            Self::NumbersDisagree { .. } => "evt_numbers_disagree",
            Self::PromiseImplausible { .. } => "evt_promise_implausible",
            Self::FileTruncated { .. } => "evt_file_truncated",
            Self::LogFull => "evt_log_full",
            Self::RecordsTruncated { .. } => "evt_records_truncated",
            Self::LengthsDiffer { .. } => "evt_lengths_differ",
            Self::SignaturesDamaged { .. } => "evt_signatures_damaged",
            Self::BytesUnread { .. } => "evt_bytes_unread",
            Self::NumbersMissing { .. } => "evt_numbers_missing",
            Self::Misnumbered { .. } => "evt_misnumbered",
            Self::ClosingNumbers { .. } => "evt_closing_numbers",
            Self::StaleRegion { .. } => "evt_stale_region",
        }
    }

    /// Whether events may be missing because of this, so that an absence proves nothing.
    #[must_use]
    pub fn hides_records(&self) -> bool {
        match self {
            Self::EofMissing
            | Self::PromiseImplausible { .. }
            | Self::FileTruncated { .. }
            | Self::LogFull
            | Self::RecordsTruncated { .. }
            | Self::BytesUnread { .. }
            | Self::NumbersMissing { .. } => true,
            Self::HeaderDirty { .. }
            | Self::HeaderStale { .. }
            | Self::HeaderDamaged
            | Self::HeaderMissing
            | Self::EofDisplaced { .. }
            | Self::OldestOffsetWrong { .. }
            | Self::NumbersDisagree { .. }
            | Self::LengthsDiffer { .. }
            | Self::SignaturesDamaged { .. }
            | Self::Misnumbered { .. }
            | Self::ClosingNumbers { .. }
            | Self::StaleRegion { .. } => false,
        }
    }
}

/// Something wrong with one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecordDefect {
    /// The record's end is missing; its fields were read as far as they go.
    #[error("the record is cut off")]
    Truncated,
    /// The length at one end is wrong; the record is whole.
    #[error("the record's two lengths differ")]
    LengthsDiffer,
    /// The signature is wrong; both lengths are right.
    #[error("the record's signature is damaged")]
    SignatureDamaged,
    /// The number is out of the log's range, or another record's.
    #[error("the record's number cannot be right")]
    Misnumbered,
    /// The closing record number is not 0; see [`LogDefect::ClosingNumbers`].
    #[error("the record has a closing record number: {0}")]
    ClosingNumber(u32),
    /// The source or the computer name has no end.
    #[error("the source or computer name is not terminated")]
    NameUnterminated,
    /// Fewer strings are there than announced.
    #[error("{read} of {announced} strings could be read")]
    StringsMissing {
        /// How many the record announces.
        announced: u16,
        /// How many could be read.
        read: u16,
    },
    /// The user's SID lies outside the record or is malformed.
    #[error("the user's SID cannot be read")]
    SidUnreadable,
    /// The binary data lie outside the record, in whole or in part.
    #[error("{read} of {announced} bytes of data could be read")]
    DataMissing {
        /// Bytes the record announces.
        announced: u32,
        /// Bytes that are there.
        read: u32,
    },
    /// Some text was not UTF-16; the bad parts read as U+FFFD.
    #[error("some text is not valid UTF-16")]
    TextDamaged,
}

impl RecordDefect {
    /// A name for this kind that does not change between versions.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Truncated => "evt_record_truncated",
            Self::LengthsDiffer => "evt_record_lengths_differ",
            Self::SignatureDamaged => "evt_record_signature_damaged",
            Self::Misnumbered => "evt_record_misnumbered",
            Self::ClosingNumber(_) => "evt_record_closing_number",
            Self::NameUnterminated => "evt_record_name_unterminated",
            Self::StringsMissing { .. } => "evt_record_strings_missing",
            Self::SidUnreadable => "evt_record_sid_unreadable",
            Self::DataMissing { .. } => "evt_record_data_missing",
            Self::TextDamaged => "evt_record_text_damaged",
        }
    }
}
