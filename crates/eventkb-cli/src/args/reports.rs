//! Commands that answer with a report.

use std::path::PathBuf;

use clap::Args;

use super::read::{LeadsArgs, ReadArgs};
use super::show::ShowArgs;

/// Find the articles that explain the logs, with the evidence
///
/// Prints the answer first: problems in order, then notices, what is harmless, which errors nobody
/// explains and which articles name them, and what could not be read. Then for each article why,
/// with the records that prove it, and what to do.
#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// Files, folders and archives; `-` reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    /// Only the list: one line for each finding
    #[arg(long)]
    pub(crate) summary: bool,
    /// Add a timeline over all computers: findings, their records, starts, stops, gaps
    ///
    /// Also cleared logs, clocks that were set, updates and damage, drawn as lanes and listed in
    /// order of time. --since and --until look closer.
    #[arg(long)]
    pub(crate) timeline: bool,
    #[command(flatten)]
    pub(crate) leads: LeadsArgs,
    /// Do not look for errors and warnings that no article explains
    #[arg(long)]
    pub(crate) no_unexplained: bool,
    /// Write what was seen to FILE instead of judging it, for `eventkb merge`
    ///
    /// For collections that are scanned in parts, on many machines. `-` writes to standard output.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["format", "summary", "redact", "redact_map"])]
    pub(crate) emit_observations: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// Show every condition of one article, met or not
///
/// Also when nothing matched: what was looked for, in which logs, and what was there instead.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Id of the signature, such as Q253307 (or just its number)
    #[arg(value_name = "SIGNATURE")]
    pub(crate) signature: String,
    /// Files, folders and archives; `-` reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// Lay two or more articles side by side over the same logs
///
/// One row per event; the rows that tell the articles apart are marked.
#[derive(Debug, Args)]
#[command(override_usage = "eventkb compare [OPTIONS] <ID> <ID>... <PATH>...")]
pub(crate) struct CompareArgs {
    /// Ids of signatures, then files, folders and archives
    ///
    /// A word that names a known signature is an id; everything else is a path (write `./Q253307`
    /// for a folder of that name).
    #[arg(required = true, value_name = "ID|PATH")]
    pub(crate) words: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// Say what is in the collection: logs, spans, gaps, damage, and what was left alone
///
/// Many logs are summed up by computer; -v lists each.
#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    /// Files, folders and archives; `-` reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Only files of which something may be missing
    #[arg(long)]
    pub(crate) damaged: bool,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// Judge what several scans have seen, as one
///
/// Takes the files that `eventkb scan --emit-observations` wrote, with the same version and the
/// same --signatures, and prints the report of one scan over all of it.
#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Files with observations; `-` reads standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    #[command(flatten)]
    pub(crate) leads: LeadsArgs,
    /// Only the list: one line for each finding
    #[arg(long)]
    pub(crate) summary: bool,
    /// Add a timeline over all computers: findings, their records, starts, stops, gaps
    ///
    /// Also cleared logs, clocks that were set, updates and damage, drawn as lanes and listed in
    /// order of time. Gaps are known of parts that were scanned with --timeline.
    #[arg(long)]
    pub(crate) timeline: bool,
    /// Exit with 3 when damage or unreadable files may hide something
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Show a report saved with `--format json`
#[derive(Debug, Args)]
pub(crate) struct RenderArgs {
    /// The saved report; `-` reads standard input
    #[arg(value_name = "REPORT")]
    pub(crate) report: PathBuf,
    /// Only the list: one line for each finding
    #[arg(long)]
    pub(crate) summary: bool,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
}
