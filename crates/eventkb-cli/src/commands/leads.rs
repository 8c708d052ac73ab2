//! Indexes of articles, as commands that look leads up share them.

use std::path::PathBuf;
use std::sync::Arc;

use eventkb::ArticleShelf;

use crate::args::LeadsArgs;
use crate::output::{Output, Stop};

/// Names indexes where the command line does not.
const VARIABLE: &str = "EVENTKB_ARTICLES";

/// The indexes that the user names. A file that is none is wrong usage at once, although it would be
/// opened only when something is unexplained.
pub(super) fn shelf(args: &LeadsArgs) -> Result<Arc<ArticleShelf>, Stop> {
    let paths = named(args);
    let from = match args.articles.is_empty() {
        false => "",
        true => " (named by EVENTKB_ARTICLES)",
    };
    let shelf = ArticleShelf::new(paths);
    match shelf.check() {
        Ok(()) => Ok(Arc::new(shelf)),
        Err(refused) => {
            let lines = refused
                .iter()
                .map(|(path, error)| format!("{}{from}: {error}", path.display()));
            Err(Stop::Usage(lines.collect::<Vec<_>>().join("; ")))
        }
    }
}

/// The files that the user names, on the command line or else in the environment.
pub(super) fn named(args: &LeadsArgs) -> Vec<PathBuf> {
    if !args.articles.is_empty() {
        return args.articles.clone();
    }
    let named = std::env::var_os(VARIABLE).unwrap_or_default();
    let paths = std::env::split_paths(&named);
    paths.filter(|path| !path.as_os_str().is_empty()).collect()
}

/// Names those that turned out to be damaged when they were opened. Says whether there are any.
pub(super) fn complain(shelf: &ArticleShelf, output: &mut Output) -> bool {
    for (path, error) in shelf.refused() {
        output.error(format_args!(
            "{}: {error}; no leads from it",
            path.display()
        ));
    }
    !shelf.refused().is_empty()
}
