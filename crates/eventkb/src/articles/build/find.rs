//! Finds the files of a collection of articles, in a stable order.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::account::{Left, LeftAlone};
use crate::limits;

/// Endings of files that hold articles. A file that was named itself is read whatever its ending.
const ENDINGS: &[&str] = &[
    "htm", "html", "markdown", "md", "mdx", "text", "txt", "xhtml",
];

/// What was found: files with their sizes, and what was left alone.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) files: Vec<(PathBuf, u64)>,
    pub(super) left: Vec<LeftAlone>,
    /// Files of other kinds: only counted.
    pub(super) others: u64,
}

/// Finds every article at and below paths. Links are followed only where they stay inside.
pub(super) fn find(paths: &[PathBuf]) -> Found {
    let mut walk = Walk {
        found: Found::default(),
        entered: HashSet::new(),
        root: PathBuf::new(),
    };
    for path in paths {
        match fs::canonicalize(path) {
            Ok(real) => {
                walk.root = real;
                walk.visit(path, 0);
            }
            Err(error) => walk.leave(path, Left::Unreadable(error.to_string())),
        }
    }
    let mut found = walk.found;
    found.files.sort();
    found.files.dedup();
    found.left.sort();
    found
}

struct Walk {
    found: Found,
    /// Folders and files by their real path: each is read once, however many links lead to it.
    entered: HashSet<PathBuf>,
    root: PathBuf,
}

impl Walk {
    fn leave(&mut self, path: &Path, why: Left) {
        self.found.left.push(LeftAlone {
            path: shown(path),
            why,
        });
    }

    fn visit(&mut self, path: &Path, depth: usize) {
        let link = fs::symlink_metadata(path).is_ok_and(|data| data.file_type().is_symlink());
        let (real, metadata) = match (fs::canonicalize(path), fs::metadata(path)) {
            (Ok(real), Ok(metadata)) => (real, metadata),
            (Err(error), _) | (_, Err(error)) => {
                self.leave(path, Left::Unreadable(error.to_string()));
                return;
            }
        };
        if link && depth > 0 && !real.starts_with(&self.root) {
            self.leave(path, Left::LinkOutside);
            return;
        }
        if metadata.is_dir() {
            if depth > limits::MAX_ARTICLE_DEPTH {
                self.leave(path, Left::TooDeep);
            } else if self.entered.insert(real) {
                self.enter(path, depth);
            }
        } else if !metadata.is_file() {
            // A pipe would block, a device never ends.
            self.leave(path, Left::NoFile);
        } else if depth > 0 && !is_article(path) {
            self.found.others += 1;
        } else if metadata.len() > limits::MAX_ARTICLE_BYTES {
            self.leave(path, Left::TooLarge);
        } else if self.found.files.len() >= limits::MAX_ARTICLE_FILES {
            self.leave(path, Left::TooMany);
        } else if self.entered.insert(real) {
            self.found.files.push((path.to_owned(), metadata.len()));
        }
    }

    fn enter(&mut self, folder: &Path, depth: usize) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                self.leave(folder, Left::Unreadable(error.to_string()));
                return;
            }
        };
        let mut paths = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => paths.push(entry.path()),
                Err(error) => self.leave(folder, Left::Unreadable(error.to_string())),
            }
        }
        // The first of two links to one file is the same on every system.
        paths.sort();
        for path in paths {
            let hidden = path
                .file_name()
                .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            if !hidden {
                self.visit(&path, depth + 1);
            }
        }
    }
}

fn is_article(path: &Path) -> bool {
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.binary_search(&ending.as_str()).is_ok())
}

/// A path as it is written into an index.
pub(super) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text.into_owned()
    };
    text.strip_prefix("./")
        .map_or_else(|| text.clone(), str::to_owned)
}
