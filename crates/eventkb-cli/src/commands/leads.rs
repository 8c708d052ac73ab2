//! Indexes of articles, as commands that look leads up share them.

use std::path::PathBuf;
use std::sync::Arc;

use eventkb::ArticleShelf;
use eventkb::articles::ArticleIndex;

use crate::args::{GlobalArgs, LeadsArgs};
use crate::output::{Output, Stop};

/// The indexes that the user names. A file that is none is wrong usage at once, although it would be
/// opened only when something is unexplained.
pub(super) fn shelf(args: &LeadsArgs, global: &GlobalArgs) -> Result<Arc<ArticleShelf>, Stop> {
    let paths = named(args, global);
    let from = match (&global.settings, args.articles.is_empty()) {
        (Ok(settings), true) => format!(" (named by {})", settings.articles().1.words()),
        _ => String::new(),
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

/// The indexes of a shelf that nobody else has, without a copy of them.
pub(super) fn indexes(shelf: Arc<ArticleShelf>) -> Vec<ArticleIndex> {
    match Arc::try_unwrap(shelf) {
        Ok(shelf) => shelf.into_indexes(),
        Err(shelf) => shelf.indexes().to_vec(),
    }
}

/// The files that the user names, on the command line or else in the settings.
pub(super) fn named(args: &LeadsArgs, global: &GlobalArgs) -> Vec<PathBuf> {
    match (&global.settings, args.articles.is_empty()) {
        (Ok(settings), true) => settings.articles().0.to_vec(),
        _ => args.articles.clone(),
    }
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
