//! The dialects in which other programs write events: one row for each says under which keys it
//! keeps what. The same rows serve objects of JSON, headings of tables, properties in XML and
//! blocks of `Name : value` lines: whatever the form, what was read is a bag of keys and values.
//!
//! To add a dialect, add a row to `table` and its form to `eventkb_testkit::dialects`. Rows come in
//! the order in which they are tried: those with more particular marks first.
//!
//! Keys are paths with dots; a key may hold the dots itself (`"winlog.event_id": 7`). Capitals,
//! blanks and underscores make no difference.

mod agents;
mod table;

use crate::export::dates::Order;
use crate::export::json::{Object, is_similar};
use crate::export::key_values;
use table::DIALECTS;
pub(crate) use table::{COLLECTORS, EVENT_VIEWER, OURS};

/// Keys under which the same thing may stand, the best first.
pub(crate) type Keys = &'static [&'static str];

/// What a time means that does not say its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    Utc,
    /// The local time of the server, or of the one who exported.
    Local,
}

/// How the values of an event are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A list is the insertion strings; an object has names and values, in the order of the event.
    Ordered,
    /// An object has names and values, sorted by name: the order of the strings is lost, unless
    /// the names tell it.
    Sorted,
    /// One text, with this sign between the strings.
    Joined(&'static str),
    /// One text in braces, with this sign between the strings.
    InBraces(&'static str),
    /// An object has names and values; some versions sort them by name, and then the order is lost.
    MaybeSorted,
}

/// What the numbers of an event type mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Types {
    /// 1, 2, 4, 8 and 16, as records of .evt have them.
    Classic,
    /// 1 to 5, as WMI has them.
    Wmi,
}

/// Where one program keeps what.
#[derive(Debug)]
pub(crate) struct Dialect {
    /// For people, where an event of it cannot be read.
    pub(crate) name: &'static str,
    /// One key of each group must be there to know the dialect.
    pub(crate) marks: &'static [Keys],
    /// The whole event as XML. Where it is there, nothing else is looked at.
    pub(crate) whole: Keys,
    /// The whole event as lines of `Name=value`.
    pub(crate) block: Keys,
    pub(crate) provider: Keys,
    /// The event id; all 32 bits of a classic identifier before the lower 16.
    pub(crate) id: Keys,
    /// A level by its number or its word.
    pub(crate) level: Keys,
    /// A classic event type by its number or its word.
    pub(crate) kind: Keys,
    pub(crate) types: Types,
    pub(crate) time: Keys,
    /// Date and time of day, where they stand apart.
    pub(crate) date_and_clock: Option<(&'static str, &'static str)>,
    pub(crate) zone: Zone,
    /// The order of day and month that it always uses.
    pub(crate) order: Option<Order>,
    pub(crate) computer: Keys,
    pub(crate) channel: Keys,
    pub(crate) record_id: Keys,
    pub(crate) qualifiers: Keys,
    /// A category by its number or by its name.
    pub(crate) category: Keys,
    pub(crate) version: Keys,
    pub(crate) opcode: Keys,
    pub(crate) keywords: Keys,
    pub(crate) process_id: Keys,
    pub(crate) thread_id: Keys,
    pub(crate) user_sid: Keys,
    pub(crate) activity_id: Keys,
    pub(crate) related_activity_id: Keys,
    pub(crate) values: Keys,
    pub(crate) form: Form,
    /// Where values stand beside what the program says of the event: its other keys, so that those
    /// which nobody knows are values. One may end in `*`.
    pub(crate) own: Keys,
    pub(crate) binary: Keys,
    pub(crate) message: Keys,
}

/// Keys under which the event itself stands, beside what a program adds.
pub(crate) const WRAPPERS: Keys = &[
    "_source",
    "result",
    "fields",
    "Event",
    "jsonPayload",
    "columns",
    "document",
    "data",
];

/// Paths of lists that hold the events of a whole answer or file.
pub(crate) const LISTS: Keys = &[
    "hits.hits",
    "results",
    "value",
    "records",
    "Events.Event",
    "rows",
    "data",
];

/// The dialect of a bag of keys and values.
pub(crate) fn find(bag: &Object) -> Option<&'static Dialect> {
    DIALECTS.iter().copied().find(|dialect| dialect.fits(bag))
}

impl Dialect {
    fn fits(&self, bag: &Object) -> bool {
        let is_there = |keys: &Keys| keys.iter().any(|key| bag.path(key).is_some());
        let marked = self.marks.iter().all(is_there);
        marked
            && (self.whole.is_empty() || self.whole_event(bag).is_some())
            && (self.block.is_empty() || self.whole_block(bag).is_some())
    }

    /// The event as lines of `Name=value`, where they stand in one field, and the dialect of those.
    pub(crate) fn whole_block(&self, bag: &Object) -> Option<(Object, &'static Dialect)> {
        let texts = self.block.iter().filter_map(|key| bag.path(key)?.text());
        let mut blocks = texts
            .filter_map(|text| key_values::bag(&text))
            .filter(|block| !block.repeats());
        blocks.find_map(|block| {
            let dialect = find(&block).filter(|dialect| dialect.block.is_empty())?;
            Some((block, dialect))
        })
    }

    /// Whether a key holds what the program says of an event, not what the event says.
    pub(crate) fn owns(&self, key: &str) -> bool {
        let is = |own: &&str| match own.strip_suffix('*') {
            Some(begin) => key.starts_with(begin),
            None => is_similar(key, own),
        };
        let fields = [
            self.level,
            self.kind,
            self.qualifiers,
            self.category,
            self.version,
            self.opcode,
            self.keywords,
            self.user_sid,
        ];
        self.own.iter().chain(fields.into_iter().flatten()).any(is)
    }

    /// The event as XML, where it stands in one field.
    pub(crate) fn whole_event(&self, bag: &Object) -> Option<String> {
        let texts = self.whole.iter().filter_map(|key| bag.path(key)?.text());
        texts
            .map(|text| text.trim().to_owned())
            .find(|text| text.starts_with("<Event") && text.contains("<System"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_name_of_its_own_and_tells_what_it_must() {
        let mut names: Vec<&str> = DIALECTS.iter().map(|dialect| dialect.name).collect();
        names.sort_unstable();
        names.dedup();
        // Splunk's fields stand for themselves or in one field.
        assert_eq!(names.len(), DIALECTS.len() - 1);
        for dialect in DIALECTS {
            assert!(!dialect.marks.is_empty(), "{}", dialect.name);
            let all = [dialect.provider, dialect.id, dialect.time];
            let told = all.iter().all(|keys| !keys.is_empty()) || dialect.date_and_clock.is_some();
            let whole = !dialect.whole.is_empty() || !dialect.block.is_empty();
            assert!(told || whole, "{}", dialect.name);
        }
    }
}
