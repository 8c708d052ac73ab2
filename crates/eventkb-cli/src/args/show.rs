//! How an answer is shown: its form, its colours, which names are kept secret.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// How to show a report.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: ReportFormat,
    /// Name of the case, for the title of an HTML page
    #[arg(long, value_name = "NAME")]
    pub(crate) case: Option<String>,
    #[command(flatten)]
    pub(crate) redact: RedactArgs,
}

/// What is kept secret.
#[derive(Debug, Args)]
pub(crate) struct RedactArgs {
    /// Put stand-ins for names: computers, users, domains, SIDs, addresses, DNs, paths
    ///
    /// The same name gets the same stand-in everywhere; names that differ in case only still do.
    /// What cannot be recognised is said. Complaints on stderr are not redacted.
    #[arg(long)]
    pub(crate) redact: bool,
    /// The same, and write which name became which stand-in to FILE, readable for you only
    ///
    /// A FILE of an earlier run is gone on with: its names keep their stand-ins.
    #[arg(long, value_name = "FILE")]
    pub(crate) redact_map: Option<PathBuf>,
}

impl RedactArgs {
    /// Whether names are replaced.
    pub(crate) fn is_wanted(&self) -> bool {
        self.redact || self.redact_map.is_some()
    }
}

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal only
    #[default]
    Auto,
    /// Also into files and pipes
    Always,
    /// Not at all
    Never,
}

/// How to print a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// Tables for people
    Table,
    /// The whole report as JSON (times in UTC)
    Json,
    /// One finding a line, as JSON (`logs`: one file a line)
    Jsonl,
    /// Findings, their symptoms and records as comma-separated values
    Csv,
    /// Markdown, for a ticket
    Markdown,
    /// One self-contained web page
    Html,
}

/// How to print what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlainFormat {
    /// Tables for people
    Table,
    /// JSON, for programs
    Json,
}

/// How to print a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// A table for people
    Table,
    /// One JSON object a line
    Jsonl,
}

/// How to print what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FoundFormat {
    /// A table for people
    Table,
    /// One JSON document
    Json,
}
