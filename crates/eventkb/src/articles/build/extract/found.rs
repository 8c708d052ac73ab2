//! What the pass over the lines of a page finds.

use super::outline::Part;
use super::paths::Way;
use crate::articles::model::ProviderHow;
use crate::signature::model::LevelName;

/// An event as one place of an article names it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Found {
    pub(super) id: u16,
    pub(super) source: Option<Source>,
    /// A name alone in the line above.
    pub(super) above: Option<(u32, String)>,
    /// In a title, where a source may stand anywhere.
    pub(super) title: bool,
    /// Words before and behind the id, in which a source may be named.
    pub(super) around: Around,
    pub(super) level: Option<(LevelName, u32)>,
    pub(super) log: Option<String>,
    pub(super) category: Option<String>,
    pub(super) description: Vec<(u32, String)>,
    pub(super) id_line: u32,
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) part: Part,
    pub(super) problem: u32,
    /// Named by fields, not in a sentence.
    pub(super) structured: bool,
    /// A row of a table with a column of ids.
    pub(super) row: bool,
    /// One of a table that says what to do about its events.
    pub(super) trouble: bool,
    /// Named in passing, as "the 142 event": counts only beside a better place.
    pub(super) weak: bool,
    /// The paragraph before a block, or the sentence itself.
    pub(super) lead: String,
    /// The heading above its table, and the other cells of its row.
    pub(super) note: String,
    /// The heading above, of what is not named in a sentence.
    pub(super) heading: String,
    /// Named in one breath with many others: a list of what there is.
    pub(super) many: bool,
    /// The article's title speaks of audits.
    pub(super) audited: bool,
    /// The log in Event Viewer to which the text before has shown the way.
    pub(super) way: Option<Way>,
    /// The source that a sentence says of all events below it.
    pub(super) shared: Option<String>,
}

/// A source as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) written: String,
    pub(super) how: ProviderHow,
    pub(super) line: u32,
}

/// What stands beside an id in a sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Around {
    pub(super) before: String,
    pub(super) behind: String,
}

/// A paragraph of plain sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paragraph {
    pub(super) text: String,
    pub(super) part: Part,
    pub(super) problem: u32,
    pub(super) first: u32,
    pub(super) last: u32,
}

/// What the pass found.
#[derive(Debug, Default)]
pub(super) struct Pass {
    pub(super) found: Vec<Found>,
    pub(super) paragraphs: Vec<Paragraph>,
    /// Lines that begin as an event does, of which nothing came.
    pub(super) unclear: Vec<u32>,
}
