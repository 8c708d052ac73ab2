//! Commands over collections of articles.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::read::LeadsArgs;
use super::show::{FoundFormat, ListFormat};
use super::values::RecordArg;

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
