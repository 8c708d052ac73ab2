//! The command line. The doc comments here are the manual.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};

use eventkb_render::{Detail, Zone};

use crate::settings::Settings;
use crate::times::TimeArg;

const EXAMPLES: &str = "\
Examples:
  eventkb scan customer-dump/             what explains these logs; -v says all of why
  eventkb scan case.zip --format json     the same, for programs
  eventkb explain Q253307 customer-dump/  every condition of one article, met or not
  eventkb logs customer-dump/             what is in the collection, and what is damaged
  eventkb events customer-dump/ --provider MSExchangeMTA --level error,warning

Exit codes: 0 found, 1 nothing found, 2 wrong usage or nothing readable, 3 with --strict when
damage may hide something.";

/// Says which Knowledge Base article explains a collection of Windows event logs, and why.
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
    Articles(ArticlesCommand),
    #[command(subcommand)]
    Signatures(SignaturesCommand),
    Merge(MergeArgs),
    Render(RenderArgs),
    /// Show the settings, and where each comes from
    ///
    /// What an option says goes before an EVENTKB_* variable, and that before the settings file.
    Config,
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Options that every command understands.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options for every command")]
pub(crate) struct GlobalArgs {
    /// Add signatures: a JSON file, or a folder of them
    ///
    /// They join the built-in ones. May be given several times. A file with a mistake is refused
    /// by name, with line and column; the others are still used. Default: what EVENTKB_SIGNATURES
    /// or the settings file says; see `eventkb config`.
    #[arg(long, value_name = "PATH", global = true)]
    pub(crate) signatures: Vec<PathBuf>,
    /// When to use colour
    ///
    /// `auto` colours only on a terminal, and not when NO_COLOR is set or TERM is `dumb`.
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub(crate) color: ColorChoice,
    /// Width of tables and text in columns
    ///
    /// Default: what COLUMNS says, else the terminal's width, else 100.
    #[arg(long, value_name = "N", global = true, value_parser = width, allow_hyphen_values = true)]
    pub(crate) width: Option<u16>,
    /// Write what is printed into FILE instead, whole or not at all
    ///
    /// Never over a file that is read. `-` is standard output.
    #[arg(short, long, value_name = "FILE", global = true)]
    pub(crate) output: Option<PathBuf>,
    /// Draw tables with plain ASCII characters
    #[arg(long, global = true)]
    pub(crate) ascii: bool,
    /// Time zone for showing times, and for reading times given without an offset
    ///
    /// `UTC`, `local`, an offset such as `+02:00`, or a name such as `Europe/Berlin`. JSON and CSV
    /// are always in UTC.
    #[arg(
        long,
        value_name = "ZONE",
        default_value = "UTC",
        global = true,
        allow_hyphen_values = true
    )]
    pub(crate) zone: Zone,
    /// Show more: -v all evidence, what is missing and why, rivals, ranking; -vv also the logic
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
    /// No warnings on stderr; errors are still shown
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// What holds of these, and where it comes from; or what is wrong with the settings.
    #[arg(skip = Ok(Settings::default()))]
    pub(crate) settings: Result<Settings, String>,
}

impl GlobalArgs {
    /// How much the user wants to be told.
    pub(crate) fn detail(&self) -> Detail {
        match self.verbose {
            0 => Detail::Short,
            1 => Detail::Full,
            _ => Detail::Logic,
        }
    }
}

/// Seconds before and after an instant.
fn within(text: &str) -> Result<u64, String> {
    let seconds = crate::times::ago(text).map(|ago| ago.as_secs().unsigned_abs());
    let fitting = seconds.filter(|seconds| (1..=MOST_WITHIN_S).contains(seconds));
    fitting.ok_or_else(|| "give how far, such as 30s, 5m or 2h; at most 31d".into())
}

/// Who wants more than a month lists events with --since and --until.
const MOST_WITHIN_S: u64 = 31 * 86_400;

fn width(text: &str) -> Result<u16, String> {
    let number = text
        .parse()
        .ok()
        .filter(|width| (40..=1000).contains(width));
    number.ok_or_else(|| "give a number of columns, from 40 to 1000".into())
}

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
    #[arg(long, value_name = "N")]
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

/// Collections of articles: which events they name
#[derive(Debug, Subcommand)]
pub(crate) enum ArticlesCommand {
    Build(ArticlesBuildArgs),
    Find(ArticlesFindArgs),
    List(ArticlesListArgs),
    Show(ArticlesShowArgs),
    Check(ArticlesCheckArgs),
}

/// Build an index of a collection of articles
///
/// Reads Markdown, HTML and text: the public KB archive, Microsoft's articles of today, runbooks of
/// your own. The index holds which events and codes each article names, in which role, and where;
/// of the text nothing but titles and short descriptions of events. It is built once, and used with
/// `--articles FILE` or EVENTKB_ARTICLES.
#[derive(Debug, Args)]
pub(crate) struct ArticlesBuildArgs {
    /// Files and folders of articles
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Where to write the index; an older one is replaced, nothing else is
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Number of threads; 0 uses every processor
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) threads: usize,
}

/// List the articles of an index, with the events they name
///
/// Without an index: those of the signatures.
#[derive(Debug, Args)]
pub(crate) struct ArticlesListArgs {
    #[command(flatten)]
    pub(crate) leads: LeadsArgs,
    /// How to print them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: ListFormat,
}

/// Show one article: what it names, and the passage in your own copy
#[derive(Debug, Args)]
pub(crate) struct ArticlesShowArgs {
    /// Its id, such as Q253307 (or just its number)
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) leads: LeadsArgs,
}

/// Say how much of the articles was understood: in sum, and where something is open
#[derive(Debug, Args)]
pub(crate) struct ArticlesCheckArgs {
    #[command(flatten)]
    pub(crate) leads: LeadsArgs,
}

/// How to print a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// A table for people
    Table,
    /// One JSON object a line
    Jsonl,
}

/// Find the articles that name an event, a code, some words, or what a record says
///
/// Asks the given indexes, and the articles of the built-in signatures. All that is asked must hold;
/// articles in which the event is a symptom come first.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("asked").required(true).multiple(true))]
pub(crate) struct ArticlesFindArgs {
    #[command(flatten)]
    pub(crate) leads: LeadsArgs,
    /// Articles that name an event of this source, in any spelling
    #[arg(long, value_name = "NAME", group = "asked")]
    pub(crate) provider: Option<String>,
    /// Articles that name an event with this id
    #[arg(long, value_name = "ID", group = "asked")]
    pub(crate) id: Option<u16>,
    /// Articles that name this code: 5, %%1053, 0x80070005 and -2147024891 are numbers in any form
    #[arg(long, value_name = "CODE", group = "asked", allow_hyphen_values = true)]
    pub(crate) code: Option<String>,
    /// Articles with these words in their title, their products or what they say of events
    #[arg(long, value_name = "TEXT", group = "asked")]
    pub(crate) text: Option<String>,
    /// Articles that a record is evidence for, such as `System.evtx#4711`: its file and record id
    #[arg(long, value_name = "FILE#RECORD", group = "asked",
          conflicts_with_all = ["provider", "id", "code", "text"])]
    pub(crate) like: Option<RecordArg>,
    /// List so many articles
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) limit: usize,
    /// How to print them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: FoundFormat,
}

/// How to print what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FoundFormat {
    /// A table for people
    Table,
    /// One JSON document
    Json,
}

/// A record: the file it stands in, and its record id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordArg {
    pub(crate) file: String,
    pub(crate) record_id: u64,
}

impl FromStr for RecordArg {
    type Err = String;

    fn from_str(text: &str) -> Result<RecordArg, String> {
        let parts = text.rsplit_once('#').filter(|(file, _)| !file.is_empty());
        let record = parts.and_then(|(file, id)| {
            Some(RecordArg {
                file: file.to_owned(),
                record_id: id.trim().parse().ok()?,
            })
        });
        record.ok_or_else(|| {
            "give a file and a record id, such as `System.evtx#4711` (`eventkb events` lists them)"
                .into()
        })
    }
}

/// Look at signatures, check and test them
#[derive(Debug, Subcommand)]
pub(crate) enum SignaturesCommand {
    /// List signatures by family: all, or those that fit
    List(ListArgs),
    /// Show one signature: what it looks for, when it gives which verdict, what to do
    Show {
        /// Its id, such as Q253307 (or just its number)
        id: String,
        /// How to print it; `json` prints the document
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: PlainFormat,
    },
    /// Say what is known of an event, and which signatures ask for it
    For {
        /// Provider or source, such as "Service Control Manager"
        provider: String,
        /// Event id
        id: u16,
    },
    /// Check files of signatures, examples, catalogue or codes: every problem, with its place
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
    Draft(DraftArgs),
    /// Print the JSON Schema of signature files
    Schema,
}

/// Make a first draft of a signature: from an article of an index, from records, or from both
///
/// The draft is sound and passes its own example. Every field that was read out of the article names
/// its line, and everything that was guessed is marked `review` in its notes. It is printed, or
/// written with its examples into a folder.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  eventkb signatures draft KB922918 --articles kb.ekb
  eventkb signatures draft KB922918 --articles kb.ekb --from customer-dump/ --output drafts/
  eventkb signatures draft MY-1 --from customer-dump/ --record APP01_System.evtx#4711 \\
      --record APP01_System.evtx#4712")]
pub(crate) struct DraftArgs {
    /// Id of the article, such as KB922918; with --record: the id of the new signature
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) leads: LeadsArgs,
    /// Take values and layouts from records of these files, folders and archives
    #[arg(long, value_name = "PATH")]
    pub(crate) from: Vec<PathBuf>,
    /// Start from these records instead of an article: file (or its end) and record id
    ///
    /// A file is looked for in --from, else it is a path.
    #[arg(long, value_name = "FILE#RECORD")]
    pub(crate) record: Vec<RecordArg>,
    /// Write ID.json and ID.examples.json into this folder; files that are there are kept
    #[arg(long, value_name = "FOLDER")]
    pub(crate) output: Option<PathBuf>,
}

/// Which signatures to list.
///
/// Of several values of one option one must fit, of several options each.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only of families with this in their name
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) family: Vec<String>,
    /// Only for products with this in their name or version, such as "SQL Server"
    #[arg(long, value_name = "NAME")]
    pub(crate) product: Vec<String>,
    /// Only those that look for events of providers with this in their name
    #[arg(long, value_name = "NAME")]
    pub(crate) provider: Vec<String>,
    /// Only those that look for an event with this id, or one in this range
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) id: Vec<IdRange>,
    /// Only those with this in their id, title, cause, steps or notes
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Vec<String>,
    /// Only problems, notices, or what is harmless by design
    #[arg(long, value_name = "STANDING", value_delimiter = ',')]
    pub(crate) standing: Vec<StandingArg>,
    /// How to print them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: PlainFormat,
}

/// What an article is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StandingArg {
    /// Something is wrong
    Problem,
    /// Worth knowing
    Notice,
    /// By design: the article says to ignore it
    Harmless,
}

/// How to print what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlainFormat {
    /// Tables for people
    Table,
    /// JSON, for programs
    Json,
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

/// Print the completions of a shell, to be loaded or saved by it
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS)]
pub(crate) struct CompletionsArgs {
    /// Which shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: ShellArg,
}

const COMPLETIONS: &str = "\
Where they go:
  bash        eventkb completions bash > ~/.local/share/bash-completion/completions/eventkb
  zsh         eventkb completions zsh > a folder of $fpath, as _eventkb
  fish        eventkb completions fish > ~/.config/fish/completions/eventkb.fish
  powershell  eventkb completions powershell >> $PROFILE";

/// Shells that completions are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShellArg {
    /// bash, with its package bash-completion or without
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// PowerShell 5 or newer
    #[value(name = "powershell")]
    PowerShell,
}

/// Print the manual page, or write the pages of all commands
///
/// `eventkb man | man -l -` shows it.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write a page for each command into this folder, which is made if need be
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
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
            "critical" | "crit" => vec![1],
            "error" | "err" => vec![2],
            "warning" | "warn" => vec![3],
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
        assert_eq!("warn".parse(), Ok(LevelArg(vec![3])));
        assert_eq!("3".parse(), Ok(LevelArg(vec![3])));
        assert!("bad".parse::<LevelArg>().is_err());
    }
}
