//! `articles`: which events collections of articles name.

use std::path::PathBuf;

use eventkb::articles::{ArticleIndex, BuildAccount, BuildOptions, Listed, build, passage};
use eventkb_render::{Clean, words};

use super::{articles_find, leads, reader, reading};
use crate::args::{
    ArticlesBuildArgs, ArticlesCheckArgs, ArticlesCommand, ArticlesListArgs, ArticlesShowArgs,
    GlobalArgs, LeadsArgs, ListFormat,
};
use crate::exit::Exit;
use crate::interrupt;
use crate::output::{Output, Stop};
use crate::progress;

/// Files named on stderr before the rest is only counted.
const MOST_COMPLAINTS: usize = 10;

pub(super) fn run(
    command: &ArticlesCommand,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<Exit, Stop> {
    match command {
        ArticlesCommand::Build(args) => build_index(args, global, output),
        ArticlesCommand::Find(args) => articles_find::run(args, global, output),
        ArticlesCommand::List(args) => list(args, global, output),
        ArticlesCommand::Show(args) => show(args, global, output),
        ArticlesCommand::Check(args) => check(args, global, output),
    }
}

fn build_index(
    args: &ArticlesBuildArgs,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<Exit, Stop> {
    let mut options = BuildOptions::default();
    options.threads = args.threads;
    interrupt::listen(&options.progress.cancel);
    let watched = progress::is_watched(global.quiet);
    let built = progress::during(&options.progress, watched, |_| build(&args.paths, &options));
    let account = &built.account;
    complain(account, output);
    if account.cancelled {
        output.error("stopped by Ctrl-C: nothing was written");
        return Ok(Exit::Interrupted);
    }
    if account.read == 0 {
        output.error("no article in there: name a folder or file of Markdown, HTML or text");
        return Ok(Exit::Unusable);
    }
    let place = args.output.display();
    let saved = built.index.save(&args.output);
    saved.map_err(|error| Stop::Usage(format!("{place}: {error}")))?;
    let events: usize = built
        .index
        .articles()
        .iter()
        .map(|article| article.events().count())
        .sum();
    let size = std::fs::metadata(&args.output).map_or(0, |data| data.len());
    let place = args.output.display().to_string();
    let place = Clean::new(&place);
    let text = format!(
        "{}: {}, {} named in {}\nread: {} ({}); {} name no event and no code\n",
        place.as_str(),
        words::size(size),
        words::count(events as u64, "event"),
        words::count(account.naming, "article"),
        words::count(account.read, "file"),
        words::size(account.bytes),
        words::grouped(account.silent),
    );
    output.text(&text)?;
    if account.others > 0 || !account.left.is_empty() {
        let text = format!(
            "left alone: {} of other kinds, {} for a reason named above\n",
            words::count(account.others, "file"),
            words::grouped(account.left.len() as u64),
        );
        output.text(&text)?;
    }
    let unusable = args
        .paths
        .iter()
        .any(|path| std::fs::metadata(path).is_err());
    Ok(Exit::of_reading(events > 0, unusable, false, false))
}

fn complain(account: &BuildAccount, output: &mut Output) {
    for left in account.left.iter().take(MOST_COMPLAINTS) {
        output.warning(format_args!("{}: left alone, {}", left.path, left.why));
    }
    let more = account.left.len().saturating_sub(MOST_COMPLAINTS) as u64;
    if more > 0 {
        output.warning(format_args!(
            "{} left alone as well",
            words::count(more, "more file")
        ));
    }
}

/// The indexes that the user names, as one; without any, the articles of the signatures.
fn index(
    args: &LeadsArgs,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<(ArticleIndex, bool), Stop> {
    let shelf = leads::shelf(args, global)?;
    // Opened first: only then is it known which of them cannot be used.
    shelf.indexes();
    let refused = leads::complain(&shelf, output);
    let mut indexes = leads::indexes(shelf);
    if indexes.is_empty() && !refused {
        let loaded = reading::signatures(global, output);
        return Ok((ArticleIndex::of_signatures(&loaded.set), loaded.refused));
    }
    // One is as it is; of several it is decided which article counts.
    let index = match indexes.pop() {
        Some(only) if indexes.is_empty() => only,
        last => ArticleIndex::merge(indexes.into_iter().chain(last)),
    };
    Ok((index, refused))
}

fn list(args: &ArticlesListArgs, global: &GlobalArgs, output: &mut Output) -> Result<Exit, Stop> {
    let (index, unusable) = index(&args.leads, global, output)?;
    match args.format {
        ListFormat::Jsonl => {
            for article in index.articles() {
                output.json(&Listed::of(article), false)?;
            }
        }
        ListFormat::Table => {
            let reader = reader(global, output);
            output.tables(&eventkb_render::articles(index.articles().iter(), &reader))?;
        }
    }
    Ok(Exit::of_reading(!index.is_empty(), unusable, false, false))
}

fn show(args: &ArticlesShowArgs, global: &GlobalArgs, output: &mut Output) -> Result<Exit, Stop> {
    let (mut index, unusable) = index(&args.leads, global, output)?;
    if index.by_id(&args.id).next().is_none() {
        // An article that only a signature knows can be shown as well.
        let loaded = reading::signatures(global, output);
        index = ArticleIndex::of_signatures(&loaded.set);
    }
    let named = leads::named(&args.leads, global);
    let parents = named.iter().filter_map(|path| path.parent());
    let folders: Vec<PathBuf> = parents.map(PathBuf::from).collect();
    let mut found = false;
    for article in index.by_id(&args.id) {
        found = true;
        let passage = passage(article, &folders);
        output.tables(&eventkb_render::article(article, &passage))?;
    }
    if !found {
        return Err(Stop::Usage(format!(
            "no article is called `{}`; `eventkb articles list` shows all",
            args.id
        )));
    }
    Ok(Exit::of_reading(true, unusable, false, false))
}

fn check(args: &ArticlesCheckArgs, global: &GlobalArgs, output: &mut Output) -> Result<Exit, Stop> {
    let (index, unusable) = index(&args.leads, global, output)?;
    let reader = reader(global, output);
    output.tables(&eventkb_render::checked_articles(index.articles(), &reader))?;
    Ok(Exit::of_reading(!index.is_empty(), unusable, false, false))
}
