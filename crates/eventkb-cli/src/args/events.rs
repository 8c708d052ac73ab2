//! The command that lists records.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::read::ReadArgs;
use super::show::RedactArgs;
use super::values::{IdRange, LevelArg, within};

/// List records
#[derive(Debug, Args)]
pub(crate) struct EventsArgs {
    /// Files, folders and archives; `-` reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Only these sources, ignoring case (comma-separated, or several times)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) provider: Vec<String>,
    /// Only these event ids, such as `9311,9316-9322`
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub(crate) id: Vec<IdRange>,
    /// Only these levels: critical, error, warning, information, verbose, or numbers
    #[arg(long, value_name = "LEVELS", value_delimiter = ',')]
    pub(crate) level: Vec<LevelArg>,
    /// Only records with this text in a string or in the message, ignoring case
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Option<String>,
    /// Only records around this one, or around a time, of all computers, in order of time
    ///
    /// `FILE#RECORD` is a record as reports cite it: a file (or the end of its path) and a record id,
    /// such as `SEATTLE/Application.evtx#29`; TIME is as for --since. The table also shows the
    /// findings, starts, stops and gaps of that time as lanes.
    #[arg(long, value_name = "FILE#RECORD|TIME", conflicts_with_all = ["since", "until", "sort"])]
    pub(crate) around: Option<String>,
    /// How far around: `30s`, `5m`, `2h`
    #[arg(long, value_name = "TIME", default_value = "5m", requires = "around", value_parser = within)]
    pub(crate) within: u64,
    /// Stop after this many records; with --sort time: the earliest
    #[arg(long, value_name = "N", value_parser = super::values::limit, allow_negative_numbers = true)]
    pub(crate) limit: Option<u64>,
    /// In which order
    #[arg(long, value_name = "ORDER", default_value = "time")]
    pub(crate) sort: Order,
    /// How to print them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: EventsFormat,
    #[command(flatten)]
    pub(crate) redact: RedactArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// In which order records are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    /// File by file, as they stand
    File,
    /// By time over all files; nothing is printed before everything is read
    Time,
}

/// How to print records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EventsFormat {
    /// Tables for people
    Table,
    /// One line each, with its text
    Line,
    /// One JSON object a line (times in UTC)
    Jsonl,
    /// Comma-separated values with a header (times in UTC)
    Csv,
}
