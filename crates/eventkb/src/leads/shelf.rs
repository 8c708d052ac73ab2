//! Indexes that are opened when they are first needed.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::articles::{ArticleIndex, ArticleIndexError};

/// Bytes that show whether a file is an index, and of which version.
const BEGINNING: u64 = 12;

/// The article indexes of a scan. A file is opened when some event is unexplained, and not before:
/// a collection that signatures explain costs nothing.
#[derive(Debug, Default)]
pub struct ArticleShelf {
    paths: Vec<PathBuf>,
    opened: OnceLock<Opened>,
    /// Look no lead up, not in signatures either.
    closed: bool,
}

#[derive(Debug, Default)]
struct Opened {
    indexes: Vec<ArticleIndex>,
    refused: Vec<(PathBuf, ArticleIndexError)>,
}

impl ArticleShelf {
    /// Indexes at these paths, in this order: of articles with the same id the first counts.
    pub fn new(paths: Vec<PathBuf>) -> ArticleShelf {
        ArticleShelf {
            paths,
            ..ArticleShelf::default()
        }
    }

    /// Indexes that are open already.
    pub fn of(indexes: Vec<ArticleIndex>) -> ArticleShelf {
        let opened = Opened {
            indexes,
            refused: Vec::new(),
        };
        ArticleShelf {
            opened: OnceLock::from(opened),
            ..ArticleShelf::default()
        }
    }

    /// A shelf that gives no leads at all, not even from signatures.
    pub fn closed() -> ArticleShelf {
        ArticleShelf {
            closed: true,
            ..ArticleShelf::default()
        }
    }

    /// Whether it gives no leads at all.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Looks at the beginning of each file: whether it is there, and an index.
    ///
    /// # Errors
    /// One for each file that is none.
    pub fn check(&self) -> Result<(), Vec<(PathBuf, ArticleIndexError)>> {
        let checked = self.paths.iter().map(|path| (path, begins_well(path)));
        let refused: Vec<(PathBuf, ArticleIndexError)> = checked
            .filter_map(|(path, result)| Some((path.clone(), result.err()?)))
            .collect();
        if refused.is_empty() {
            Ok(())
        } else {
            Err(refused)
        }
    }

    /// The indexes, opened now if they were not.
    pub fn indexes(&self) -> &[ArticleIndex] {
        &self.opened().indexes
    }

    /// The indexes themselves, opened now if they were not.
    pub fn into_indexes(self) -> Vec<ArticleIndex> {
        self.opened();
        self.opened.into_inner().unwrap_or_default().indexes
    }

    /// Files that turned out to be unusable when they were opened; none where nothing was opened
    /// yet.
    pub fn refused(&self) -> &[(PathBuf, ArticleIndexError)] {
        self.opened.get().map_or(&[], |opened| &opened.refused)
    }

    fn opened(&self) -> &Opened {
        self.opened.get_or_init(|| {
            let mut opened = Opened::default();
            for path in &self.paths {
                match ArticleIndex::read(path) {
                    Ok(index) => opened.indexes.push(index),
                    Err(error) => opened.refused.push((path.clone(), error)),
                }
            }
            opened
        })
    }
}

/// Reads no more than the beginning: what is cut there is not damaged for that.
fn begins_well(path: &Path) -> Result<(), ArticleIndexError> {
    let unreadable = ArticleIndexError::unreadable;
    let file = std::fs::File::open(path).map_err(unreadable)?;
    if file.metadata().is_ok_and(|data| data.is_dir()) {
        return Err(ArticleIndexError::Foreign);
    }
    let mut head = Vec::new();
    file.take(BEGINNING)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    match ArticleIndex::from_bytes(&head) {
        Err(ArticleIndexError::Damaged) if head.len() as u64 == BEGINNING => Ok(()),
        Err(error) => Err(error),
        Ok(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_index_is_named_before_it_is_needed() {
        let folder = std::env::temp_dir().join(format!("eventkb-shelf-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let good = folder.join("good.ekb");
        std::fs::write(&good, ArticleIndex::default().to_bytes()).unwrap();
        let foreign = folder.join("foreign.ekb");
        std::fs::write(&foreign, "# Q1 an article").unwrap();
        let missing = folder.join("missing.ekb");
        let shelf = ArticleShelf::new(vec![good, foreign.clone(), missing.clone(), folder.clone()]);
        let refused = shelf.check().unwrap_err();
        let paths: Vec<&PathBuf> = refused.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, [&foreign, &missing, &folder]);
        assert!(shelf.refused().is_empty(), "nothing was opened");
        assert_eq!(shelf.indexes().len(), 1);
        assert_eq!(shelf.refused().len(), 3);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
