//! The command line. The doc comments here are the manual.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::times::{TimeArg, Zone};

const EXAMPLES: &str = "\
Examples:
  eventkb scan customer-dump/             what explains these logs, and why
  eventkb scan case.zip --format json     the same, for programs
  eventkb explain Q253307 customer-dump/  every condition of one article, met or not
  eventkb logs customer-dump/             what is in the pile, and what is damaged
  eventkb events customer-dump/ --provider MSExchangeMTA --level error,warning

Exit codes: 0 found, 1 nothing found, 2 wrong usage or nothing readable, 3 with --strict when
damage may hide something.";

/// Says which Knowledge Base article explains a pile of Windows event logs, and why.
///
/// Point it at whatever the customer sent: files, folders, archives. It works offline, reads .evt,
/// .evtx and their exports, never writes to what it reads, and cites the record behind every
/// statement.
#[derive(Debug, Parser)]
#[command(name = "eventkb", version, after_help = EXAMPLES, max_term_width = 100)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Scan(ScanArgs),
    Explain(ExplainArgs),
    Compare(CompareArgs),
    Events(EventsArgs),
    Logs(LogsArgs),
    #[command(subcommand)]
    Signatures(SignaturesCommand),
    Merge(MergeArgs),
    Render(RenderArgs),
}

/// Options that every command understands.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options for every command")]
pub(crate) struct GlobalArgs {
    /// Add signatures: a JSON file, or a folder of them
    ///
    /// They join the built-in ones. May be given several times. A file with a mistake is refused
    /// by name, with line and column; the others are still used.
    #[arg(long, value_name = "PATH", global = true)]
    pub(crate) signatures: Vec<PathBuf>,
    /// When to use colour
    ///
    /// `auto` colours only on a terminal, and not when NO_COLOR is set or TERM is `dumb`.
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub(crate) color: ColorChoice,
    /// Width of tables and text in columns
    ///
    /// Default: the terminal's width, or 100 when the output goes to a file or a pipe.
    #[arg(long, value_name = "N", global = true, value_parser = clap::value_parser!(u16).range(40..=1000))]
    pub(crate) width: Option<u16>,
    /// Draw tables with plain ASCII characters
    #[arg(long, global = true)]
    pub(crate) ascii: bool,
    /// Time zone for showing times, and for reading times given without an offset
    ///
    /// `UTC`, `local`, or a name such as `Europe/Berlin`. JSON is always in UTC.
    #[arg(long, value_name = "ZONE", default_value = "UTC", global = true)]
    pub(crate) zone: Zone,
    /// No warnings on stderr; errors are still shown
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal only
    Auto,
    /// Also into files and pipes
    Always,
    /// Not at all
    Never,
}

/// What to read, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "What to read")]
pub(crate) struct ReadArgs {
    /// Only events at or after this time
    ///
    /// A date (`2000-02-06`), a date and time (`"2000-02-06 10:00"`), RFC 3339
    /// (`2000-02-06T10:00:00Z`), or how long ago (`7d`, `24h`, `30m`).
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<TimeArg>,
    /// Only events before this time; a date alone includes that day
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<TimeArg>,
    /// Only events of these computers (comma-separated, or several times)
    ///
    /// Ignores case. A name without a domain also stands for the full name.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) computer: Vec<String>,
    /// Only events of these logs, such as Application (comma-separated, or several times)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) channel: Vec<String>,
    /// Let stale records take part: older ones, found in space the log no longer counts as its own
    #[arg(long)]
    pub(crate) recovered: bool,
    /// Number of threads; 0 uses every processor
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) threads: usize,
    /// Name each file's SHA-256 in the report
    #[arg(long)]
    pub(crate) hash: bool,
    /// Exit with 3 when damage or unreadable files may hide something
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Find the articles that explain the logs, with the evidence
///
/// Prints the answer first, then for each article its symptoms with the records that prove them,
/// what is missing, what speaks against it, what to do and what to ask for; then what was read.
/// When nothing is found it says what came closest, and which errors nobody explains.
#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// Files, folders and archives; `-` reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How to print the report
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: ReportFormat,
    /// Whether to count errors and warnings that no article explains
    ///
    /// It takes a look at every record, where the scan itself passes over most of them: `auto`
    /// does it for dumps up to 256 MiB.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) unexplained: Unexplained,
    /// Write what was seen to FILE instead of judging it, for `eventkb merge`
    ///
    /// For collections that are scanned in parts, on many machines. `-` writes to standard output.
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    pub(crate) emit_observations: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// When to count errors and warnings that no article explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Unexplained {
    /// For dumps up to 256 MiB
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Judge what several scans have seen, as one
///
/// Takes the files that `eventkb scan --emit-observations` wrote, with the same version and the
/// same --signatures, and prints the report of one scan over all of it.
#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Files with observations
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// How to print the report
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: ReportFormat,
    /// Exit with 3 when damage or unreadable files may hide something
    #[arg(long)]
    pub(crate) strict: bool,
}

/// How to print a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// Tables for people
    Table,
    /// The whole report as JSON (times in UTC)
    Json,
    /// Markdown, for a ticket
    Markdown,
    /// One self-contained web page
    Html,
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
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: ReportFormat,
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
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: ReportFormat,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

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
    /// Stop after this many records
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// How to print them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: EventsFormat,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// How to print records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EventsFormat {
    /// Tables for people
    Table,
    /// One JSON object a line (times in UTC)
    Jsonl,
}

/// Say what is in the pile: logs, spans, gaps, damage, and what was left alone
#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    /// Files, folders and archives; `-` reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: ReportFormat,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// Look at signatures, check and test them
#[derive(Debug, Subcommand)]
pub(crate) enum SignaturesCommand {
    /// List all signatures
    List,
    /// Show one signature: what it looks for, and when it gives which verdict
    Show {
        /// Its id, such as Q253307
        id: String,
    },
    /// Check signature files: every problem, with line and column
    Check {
        /// JSON files, or folders of them
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Run the examples of signatures: logs they must and must not match
    Test {
        /// Only these signatures; default: all
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        /// Show the passed ones too
        #[arg(short, long)]
        all: bool,
    },
    /// Print the JSON Schema of signature files
    Schema,
}

/// Show a report saved with `--format json`
#[derive(Debug, Args)]
pub(crate) struct RenderArgs {
    /// The saved report; `-` reads standard input
    #[arg(value_name = "REPORT")]
    pub(crate) report: PathBuf,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: ReportFormat,
}

/// One event id, or a range of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdRange(pub(crate) RangeInclusive<u16>);

impl FromStr for IdRange {
    type Err = String;

    fn from_str(text: &str) -> Result<IdRange, String> {
        let number = |text: &str| {
            text.trim()
                .parse::<u16>()
                .map_err(|_| format!("`{text}` is no event id (0 to 65535)"))
        };
        let (first, last) = match text.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(text)?, number(text)?),
        };
        if first > last {
            return Err(format!("the range is upside down; write {last}-{first}"));
        }
        Ok(IdRange(first..=last))
    }
}

/// Level numbers meant by a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LevelArg(pub(crate) Vec<u8>);

impl FromStr for LevelArg {
    type Err = String;

    fn from_str(text: &str) -> Result<LevelArg, String> {
        let levels = match text.trim().to_ascii_lowercase().as_str() {
            "critical" => vec![1],
            "error" => vec![2],
            "warning" => vec![3],
            // Classic logs and audits write 0.
            "information" | "info" => vec![4, 0],
            "verbose" => vec![5],
            other => vec![other.parse().map_err(|_| {
                "give critical, error, warning, information, verbose, or a number".to_owned()
            })?],
        };
        Ok(LevelArg(levels))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn event_ids_and_ranges_are_read() {
        assert_eq!("9311".parse(), Ok(IdRange(9311..=9311)));
        assert_eq!("9316-9322".parse(), Ok(IdRange(9316..=9322)));
        for text in ["", "-", "65536", "9322-9316", "a", "1-2-3"] {
            assert!(text.parse::<IdRange>().is_err(), "{text}");
        }
    }

    #[test]
    fn levels_are_read_by_name_and_number() {
        assert_eq!("Error".parse(), Ok(LevelArg(vec![2])));
        assert_eq!("info".parse(), Ok(LevelArg(vec![4, 0])));
        assert_eq!("3".parse(), Ok(LevelArg(vec![3])));
        assert!("bad".parse::<LevelArg>().is_err());
    }
}
