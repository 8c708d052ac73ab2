//! Files that records are cited from: each path is said once, and a number stands for it.

use super::Context;
use crate::doc::{Line, Tone};

/// The files of one part of a document, in the order in which they are cited.
#[derive(Debug, Default)]
pub(super) struct CitedFiles {
    paths: Vec<String>,
}

impl CitedFiles {
    /// These files, each once.
    pub(super) fn of<'p>(paths: impl Iterator<Item = &'p str>) -> CitedFiles {
        let mut files = CitedFiles::default();
        for path in paths {
            files.note(path);
        }
        files
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.paths.len()
    }

    fn note(&mut self, path: &str) {
        if !self.paths.iter().any(|known| known == path) {
            self.paths.push(path.to_owned());
        }
    }

    /// The number of a file before a record: `[2] `; nothing where there is no other file.
    pub(super) fn mark(&self, path: &str) -> String {
        let at = self.paths.iter().position(|known| known == path);
        match at {
            Some(at) if self.paths.len() > 1 => format!("[{}] ", at + 1),
            _ => String::new(),
        }
    }

    /// All of them with their numbers; one alone without.
    pub(super) fn line(&self, context: &Context) -> Line {
        self.line_with(|path| context.path(path))
    }

    /// The same, with paths shown this way.
    pub(super) fn line_with(&self, shown: impl Fn(&str) -> &str) -> Line {
        let mut line = Line::toned(
            Tone::Strong,
            if self.len() == 1 { "File " } else { "Files " },
        );
        for (n, path) in self.paths.iter().enumerate() {
            let before = if n > 0 { ", " } else { "" };
            let number = if self.len() > 1 {
                format!("[{}] ", n + 1)
            } else {
                String::new()
            };
            line = line.plain(format!("{before}{number}{}", shown(path)));
        }
        line
    }
}
