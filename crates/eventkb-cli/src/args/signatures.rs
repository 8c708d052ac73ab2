//! Commands for those who read and write signatures.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::read::LeadsArgs;
use super::show::PlainFormat;
use super::values::{IdRange, RecordArg};

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
        #[arg(value_parser = super::values::event_id)]
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
