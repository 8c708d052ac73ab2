//! Logs and lists of events that were copied in shapes of their own, told by all lines of a page.

use super::super::heads;
use crate::articles::build::page::{Kind, Line};
use crate::signature::model::LevelName;

/// So many numbers alone in a line, each with a text below, are a log that was copied so.
const FEWEST_BARE: usize = 3;

/// Lines before the first of them in which the log is spoken of.
const BEFORE_BARE: usize = 60;

/// Whether events stand as numbers alone in a line, each between a blank line and its text, behind words
/// about an event log.
pub(super) fn is_bare_log(lines: &[Line]) -> bool {
    let is_bare = |at: &usize| {
        let text = |at: usize| lines.get(at).filter(|line| line.kind == Kind::Text);
        let parted = at
            .checked_sub(1)
            .and_then(|at| lines.get(at))
            .is_none_or(Line::is_blank);
        let alone = text(*at)
            .and_then(|line| heads::bare_number(&line.text))
            .is_some_and(|opening| opening.rest.is_empty());
        let words = text(*at + 1).map_or(0, |line| line.text.split_whitespace().count());
        parted && alone && words >= 3
    };
    let mut bare = (0..lines.len()).filter(is_bare);
    let Some(first) = bare.next() else {
        return false;
    };
    if bare.take(FEWEST_BARE - 1).count() + 1 < FEWEST_BARE {
        return false;
    }
    let before = lines.iter().take(first).rev().take(BEFORE_BARE);
    let mut before = before.map(|line| line.text.to_ascii_lowercase());
    before.any(|text| {
        [
            "event log",
            "event viewer",
            "following events",
            "events are logged",
        ]
        .iter()
        .any(|word| text.contains(word))
    })
}

/// Whether a text lists what a program logs as "Information 1000", "Warning 2000", each alone in a line.
pub(super) fn is_list_of_levels(lines: &[Line]) -> bool {
    let lines = lines.iter().filter(|line| line.kind == Kind::Text);
    let levels = lines.filter_map(|line| heads::level_and_number(&line.text)?.level);
    let levels: Vec<LevelName> = levels.collect();
    levels.len() >= FEWEST_BARE && levels.iter().any(|level| *level != LevelName::Error)
}
