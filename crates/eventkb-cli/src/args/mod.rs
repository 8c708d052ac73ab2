//! The command line. The doc comments here and below are the manual.

mod articles;
mod events;
mod read;
mod reports;
mod shell;
mod show;
mod signatures;
mod values;

pub(crate) use articles::{
    ArticlesBuildArgs, ArticlesCheckArgs, ArticlesCommand, ArticlesFindArgs, ArticlesListArgs,
    ArticlesShowArgs,
};
pub(crate) use events::{EventsArgs, EventsFormat, Order};
pub(crate) use read::{LeadsArgs, ReadArgs};
pub(crate) use reports::{CompareArgs, ExplainArgs, LogsArgs, MergeArgs, RenderArgs, ScanArgs};
pub(crate) use shell::{CompletionsArgs, ManArgs, ShellArg};
pub(crate) use show::{
    ColorChoice, FoundFormat, ListFormat, PlainFormat, RedactArgs, ReportFormat, ShowArgs,
};
pub(crate) use signatures::{DraftArgs, ListArgs, SignaturesCommand, StandingArg};
pub(crate) use values::{IdRange, RecordArg};

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use eventkb_render::{Detail, Zone};

use crate::settings::Settings;
use values::width;

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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
