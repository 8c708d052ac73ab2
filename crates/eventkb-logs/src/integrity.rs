//! What a file promised, what could be read of it, and everything that was wrong with it.
//!
//! The rule behind it: `promised = read + failed + lost`, recovered records apart, and nothing
//! is lost without a name.

use serde::{Deserialize, Serialize};

/// One thing that is wrong with a file, or worth knowing before trusting it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Defect {
    /// Stable code for programs, such as `truncated` or `data_crc`.
    pub code: DefectCode,
    /// A sentence for people.
    pub message: String,
    /// Byte offset of the first place it was seen, where that makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// How many times it was seen in this file.
    pub count: u64,
}

/// The kinds of defect. The list grows; readers should accept codes they do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DefectCode {
    /// The file's header is damaged or missing; its content was read all the same.
    FileHeader,
    /// The log was not closed cleanly: a copy of a live log, or of a crashed machine.
    Dirty,
    /// The header's number of chunks differs from the chunks found.
    ChunkCount,
    /// The header counts more chunks than hold anything.
    MissingChunks,
    /// The file ends inside a chunk or a record.
    Truncated,
    /// A chunk's header is damaged: its magic or its checksum.
    ChunkHeader,
    /// The checksum over a chunk's records does not hold.
    DataCrc,
    /// A chunk promised another number of records than it gave.
    RecordCount,
    /// A record's frame was damaged and was put right from its surroundings.
    RepairedRecord,
    /// Of a record only a part could be read: its head, or all but a name.
    PartialRecord,
    /// A record was found but could not be decoded.
    FailedRecord,
    /// In a chunk whose checksums hold, a part of a record is written in a way that is not
    /// understood: it was read without it. Only records that somebody wants are looked at so
    /// closely, so that listing all events can name more of them than a scan does.
    NotUnderstood,
    /// Bytes between records that hold no readable record.
    Gap,
    /// Records that the log no longer counts as its own were found.
    StaleRecords,
    /// Data that belongs to no chunk.
    ForeignBlock,
    /// A limit was reached: the rest was not read.
    Limit,
    /// Reading failed part of the way.
    ReadError,
    /// The user stopped the reading: the rest was not read.
    Cancelled,
    /// The file seems to hold the records of another one, hours apart: exported in two time zones.
    ShiftedTimes,
    /// The format is known, but this file does not follow it.
    Malformed,
    /// An export that does not carry what the original log held.
    Incomplete,
    /// Records without a provider, or with one that could not be read.
    NoProvider,
    /// Records without a time, or with one that could not be understood.
    NoTime,
    /// A field is there and could not be understood: a level in words that are not known, say.
    UnreadableField,
    /// Values of a record beyond the limits: the others were kept.
    ValuesLeftOut,
    /// Whether day or month comes first in the dates of an export had to be guessed.
    GuessedDates,
    /// The code page of an export was guessed: words and values beyond ASCII may be others.
    GuessedEncoding,
    /// Dates of another calendar were converted.
    Calendar,
    /// A chunk says that it keeps no checksums: nothing shows whether its records were altered.
    NoChecksum,
    /// The header of a chunk contradicts the records in it.
    HeaderMismatch,
    /// An archive entry that is encrypted.
    Encrypted,
    /// An archive entry or member that was refused, and why.
    Refused,
    /// The records repeat records of another file.
    Duplicate,
    /// Something odd that hides nothing, worth knowing before drawing conclusions.
    Oddity,
    /// Anything a newer version of eventkb knows and this one does not.
    #[serde(other)]
    Other,
}

impl DefectCode {
    /// Whether records may be missing or wrong because of it. A note such as a dirty flag does
    /// not count.
    pub fn may_hide_records(self) -> bool {
        !matches!(
            self,
            DefectCode::Dirty
                | DefectCode::ChunkCount
                | DefectCode::StaleRecords
                | DefectCode::RepairedRecord
                | DefectCode::Duplicate
                | DefectCode::Oddity
                | DefectCode::Calendar
                | DefectCode::GuessedEncoding
                | DefectCode::FileHeader
        )
    }
}

/// The account of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integrity {
    /// Records that the file's own bookkeeping says it holds, where the format keeps count.
    pub promised: Option<u64>,
    /// Records read, recovered ones not counted.
    pub read: u64,
    /// Stale records found in space the log no longer counts as its own.
    pub recovered: u64,
    /// Records found but not decodable.
    pub failed: u64,
    /// Promised records of which nothing was found.
    pub lost: u64,
    /// What was wrong, each kind once.
    pub defects: Vec<Defect>,
}

impl Integrity {
    /// Notes a defect; the same kind again only raises its count.
    pub fn note(&mut self, code: DefectCode, offset: Option<u64>, message: impl Into<String>) {
        self.note_many(code, offset, 1, message);
    }

    /// Notes `count` defects of one kind at once.
    pub fn note_many(
        &mut self,
        code: DefectCode,
        offset: Option<u64>,
        count: u64,
        message: impl Into<String>,
    ) {
        if count == 0 {
            return;
        }
        match self.defects.iter_mut().find(|defect| defect.code == code) {
            Some(defect) => {
                defect.count += count;
                // The first place in the file is the one shown, whatever order it was found in.
                if offset.is_some() && (defect.offset.is_none() || offset < defect.offset) {
                    defect.offset = offset;
                    defect.message = message.into();
                }
            }
            None => self.defects.push(Defect {
                code,
                message: message.into(),
                offset,
                count,
            }),
        }
    }

    /// How many times a kind of defect was noted.
    pub fn count(&self, code: DefectCode) -> u64 {
        let defect = self.defects.iter().find(|defect| defect.code == code);
        defect.map_or(0, |defect| defect.count)
    }

    /// Adds another part of the same file to this account.
    pub fn add(&mut self, other: Integrity) {
        self.promised = match (self.promised, other.promised) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or(0) + b.unwrap_or(0)),
        };
        self.read += other.read;
        self.recovered += other.recovered;
        self.failed += other.failed;
        self.lost += other.lost;
        for defect in other.defects {
            self.note_many(defect.code, defect.offset, defect.count, defect.message);
        }
    }

    /// Whether something of this file may be missing or wrong.
    pub fn may_hide_records(&self) -> bool {
        self.failed + self.lost > 0 || self.defects.iter().any(|d| d.code.may_hide_records())
    }

    /// Puts the defects into a stable order.
    pub fn sort(&mut self) {
        self.defects.sort();
    }
}
