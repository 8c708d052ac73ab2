//! What is read, and what beside it: options that several commands share.

use std::path::PathBuf;

use clap::Args;

use crate::times::TimeArg;

/// What to read, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "What to read")]
pub(crate) struct ReadArgs {
    /// Only events at or after this time
    ///
    /// A date (`2000-02-06`), a date and time (`"2000-02-06 10:00"`), RFC 3339
    /// (`2000-02-06T10:00:00Z`), or how long ago (`7d`, `24h`, `30m`).
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) since: Option<TimeArg>,
    /// Only events before this time; a date alone includes that day
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) until: Option<TimeArg>,
    /// Only events of these computers (comma-separated, or several times)
    ///
    /// Ignores case. A name without a domain also stands for the full name.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) computer: Vec<String>,
    /// Only events of these logs, such as Application (comma-separated, or several times)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) channel: Vec<String>,
    /// Open encrypted members of .zip and .7z with the passwords in FILE, one a line
    ///
    /// All are tried, in their order. A member that none of them opens is named.
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Let stale records take part: older ones, found in space the log no longer counts as its own
    #[arg(long)]
    pub(crate) recovered: bool,
    /// Follow links that lead out of the given paths; otherwise they are named
    #[arg(long)]
    pub(crate) follow_links: bool,
    /// Number of threads; 0 uses every processor
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = super::values::threads, allow_negative_numbers = true)]
    pub(crate) threads: usize,
    /// Name each file's SHA-256 in the report
    #[arg(long)]
    pub(crate) hash: bool,
    /// Exit with 3 when damage or unreadable files may hide something
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Where articles are looked up that name what no signature explains.
#[derive(Debug, Args)]
pub(crate) struct LeadsArgs {
    /// Look leads up in this index of articles, as `eventkb articles build` makes it
    ///
    /// For errors and warnings that no signature explains: which articles name them. May be given
    /// several times. Default: what EVENTKB_ARTICLES or the settings file says; see `eventkb config`.
    #[arg(long, value_name = "FILE")]
    pub(crate) articles: Vec<PathBuf>,
}
