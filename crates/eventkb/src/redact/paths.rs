//! Paths of inputs: folders, archives and files, of which the names of logs and of Windows stay.

use super::book::{Names, fold};
use super::known;

/// Parts of a path that are names and are not known yet, folded.
pub(super) fn unknown_parts(path: &str, names: &Names) -> Vec<String> {
    if is_no_path(path) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for part in path.split(is_separator) {
        let (stem, _) = split(part);
        if !is_plain(stem) && !is_made_of_names(stem, names) {
            found.push(fold(stem));
        }
    }
    found
}

fn is_separator(c: char) -> bool {
    matches!(c, '/' | '\\')
}

/// Standard input has no path.
fn is_no_path(path: &str) -> bool {
    matches!(path, "" | "-" | "<stdin>")
}

/// A part of a path without its ending, and the ending.
fn split(part: &str) -> (&str, &str) {
    let inner = part.strip_suffix('!').unwrap_or(part);
    let mut at = inner.len();
    // `case.tar.gz`
    while let Some(dot) = inner.get(..at).and_then(|front| front.rfind('.')) {
        let ending = inner.get(dot + 1..at).unwrap_or("");
        if dot == 0 || !known::is_ending(&fold(ending)) {
            break;
        }
        at = dot;
    }
    part.split_at(at)
}

/// Whether a part says nothing: a folder of Windows, a log, a number, a drive.
fn is_plain(stem: &str) -> bool {
    let folded = fold(stem);
    let is_drive = folded.len() == 2 && folded.ends_with(':');
    stem.is_empty()
        || stem.chars().all(|c| matches!(c, '.' | '~'))
        || is_drive
        || known::is_path_part(&folded)
        // The log of a part of Windows: `Microsoft-Windows-TaskScheduler%4Operational`.
        || folded.starts_with("microsoft-")
        || words(&folded).all(is_plain_word)
}

fn words(stem: &str) -> impl Iterator<Item = &str> {
    stem.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// A word of a log's name, or a number that is no name: a count, a date, a time.
fn is_plain_word(word: &str) -> bool {
    known::is_path_part(word) || word.len() <= 8 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a part has no other words than names that are known and words that say nothing.
fn is_made_of_names(stem: &str, names: &Names) -> bool {
    let folded = fold(stem);
    if names.find(&folded).is_some() {
        return true;
    }
    let mut has_name = false;
    let all = words(&folded).all(|word| {
        let is_name = names.find(word).is_some_and(|id| names.is_strong(id));
        has_name |= is_name;
        is_name || is_plain_word(word)
    });
    all && has_name
}

impl Names {
    /// A path with stand-ins.
    pub(super) fn path(&mut self, path: &str) -> String {
        if is_no_path(path) {
            return path.to_owned();
        }
        let mut out = String::with_capacity(path.len());
        let mut rest = path;
        loop {
            let end = rest.find(is_separator).unwrap_or(rest.len());
            let (part, after) = rest.split_at(end);
            let (stem, ending) = split(part);
            out.push_str(&self.part(stem));
            out.push_str(ending);
            let Some(separator) = after.chars().next() else {
                return out;
            };
            out.push(separator);
            rest = after.get(separator.len_utf8()..).unwrap_or("");
        }
    }

    fn part(&mut self, stem: &str) -> String {
        if let Some(id) = self.find(&fold(stem)) {
            return self.stand_in(id, stem);
        }
        if is_plain(stem) {
            return self.text(stem);
        }
        // Names between words that say nothing, however common these names are.
        let mut out = String::with_capacity(stem.len());
        let mut rest = stem;
        while !rest.is_empty() {
            let end = rest
                .find(|c: char| !c.is_alphanumeric())
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            match self.find(&fold(word)).filter(|_| !word.is_empty()) {
                Some(id) => out.push_str(&self.stand_in(id, word)),
                None => out.push_str(word),
            }
            let step = after.chars().next().map_or(0, char::len_utf8);
            out.push_str(after.get(..step).unwrap_or(""));
            rest = after.get(step..).unwrap_or("");
        }
        out
    }
}
