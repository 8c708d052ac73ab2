//! What an index knows of an article: plain data.
//!
//! Texts are shared (`Arc<str>`): the same few sources, logs and products stand in thousands of
//! articles, and an index from a stranger must not become large by repeating a long one.

use std::sync::Arc;

use crate::signature::model::LevelName;

/// One article.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Article {
    /// Its id: `Q253307`, `KB922918`, or for one without a number the name of its file.
    pub id: Arc<str>,
    /// Its title, without the id.
    pub title: Arc<str>,
    /// Where the user's own copy lies: the path as it was given to the build, with `/`.
    pub path: Option<Arc<str>>,
    /// Where it can be read.
    pub url: Option<Arc<str>>,
    /// Products it says it is about.
    pub products: Vec<Arc<str>>,
    /// Its date, `2000-02-06`.
    pub date: Option<Arc<str>>,
    /// Parts of the article that describe a problem each, in order. Most have one.
    pub problems: Vec<Problem>,
    /// Codes that it names outside the description of any event.
    pub codes: Vec<CodeNamed>,
    /// Lines that look as if they named an event, of which nothing could be made.
    pub unclear: Vec<u32>,
}

impl Article {
    /// Every event that it names, in order.
    pub fn events(&self) -> impl Iterator<Item = &EventNamed> {
        self.problems.iter().flat_map(|problem| &problem.events)
    }

    /// Where it can be found: its path, else its address.
    pub fn source(&self) -> Option<&str> {
        self.path.as_deref().or(self.url.as_deref())
    }
}

/// A part of an article that describes one problem.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// Where it stands.
    pub lines: Lines,
    /// The events named in it, in order.
    pub events: Vec<EventNamed>,
}

/// Lines of an article's file, counted from 1, both included. Zero stands for "nowhere": facts
/// that do not come from a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Hash)]
pub struct Lines {
    /// The first.
    pub first: u32,
    /// The last.
    pub last: u32,
}

/// An event as an article names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventNamed {
    /// The source as records have it. `None` where the article does not say and nothing else does.
    pub provider: Option<Arc<str>>,
    /// The source as the article writes it.
    pub provider_written: Option<Arc<str>>,
    /// How the source is known; `None` exactly where `provider` is.
    pub provider_how: Option<ProviderHow>,
    /// Id of the article that an inferred source comes from.
    pub provider_from: Option<Arc<str>>,
    /// Event id: the low 16 bits of the identifier.
    pub event_id: u16,
    /// Level, where the article says one. Audits are information, as in the logs.
    pub level: Option<LevelName>,
    /// What the article makes of it.
    pub role: EventRole,
    /// Where it is named: from its first to its last line.
    pub lines: Lines,
    /// The log it is in, where the article says so: `System`, or a channel.
    pub log: Option<Arc<str>>,
    /// Its category or task category, where the article says one.
    pub category: Option<Arc<str>>,
    /// Codes in its description or said of it, each once.
    pub codes: Vec<CodeNamed>,
    /// Its description, sentence by sentence, as far as the article gives it.
    pub phrases: Vec<Phrase>,
    /// Line of the event id, of the source and of the level; 0 where there is none.
    pub id_line: u32,
    /// See `id_line`.
    pub provider_line: u32,
    /// See `id_line`.
    pub level_line: u32,
}

/// How the source of an event is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProviderHow {
    /// From a field of its own: `Source: NETLOGON`.
    Field,
    /// From the words right beside the id: `MSExchangeMTA Event ID: 37`.
    Inline,
    /// From a column of a table, or a heading above a list.
    Table,
    /// From a sentence: "an Event 624, logged by SNA Server".
    Prose,
    /// From another article with the same id and the same description, or that gives the id to a source which
    /// the article names elsewhere.
    Inferred,
}

impl ProviderHow {
    /// The name used in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            ProviderHow::Field => "field",
            ProviderHow::Inline => "inline",
            ProviderHow::Table => "table",
            ProviderHow::Prose => "prose",
            ProviderHow::Inferred => "inferred",
        }
    }
}

/// What an article makes of an event that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum EventRole {
    /// It is a sign of the problem.
    #[default]
    Symptom,
    /// It is mentioned: as background, in a list of what there is, as what should be logged.
    Reference,
    /// It is logged only once the problem is solved.
    AfterFix,
    /// The article says that it can be ignored.
    Harmless,
}

impl EventRole {
    /// The name used in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            EventRole::Symptom => "symptom",
            EventRole::Reference => "reference",
            EventRole::AfterFix => "after_fix",
            EventRole::Harmless => "harmless",
        }
    }
}

/// A code that an article names: `0x80070005`, `error 5`, `-1018`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeNamed {
    /// Its value; the negative form of a 32-bit number is the unsigned one, as everywhere.
    pub value: i64,
    /// As the article writes it.
    pub written: Arc<str>,
    /// Where.
    pub line: u32,
}

/// A sentence of an event's description. What varies is a placeholder in braces: `{1}` for `%1`,
/// `{}` for a number, a name or an example. The text itself has no braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// The sentence.
    pub text: Arc<str>,
    /// Where it begins.
    pub line: u32,
}

/// A piece of a [`Phrase`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhrasePart<'a> {
    /// Text as it stands.
    Text(&'a str),
    /// Something that varies, with the number of the insertion string where the article says it.
    Placeholder(Option<u8>),
}

impl Phrase {
    /// The pieces, in order.
    pub fn parts(&self) -> impl Iterator<Item = PhrasePart<'_>> {
        let mut pieces = self.text.split('{');
        let first = pieces.next().filter(|text| !text.is_empty());
        let rest = pieces.flat_map(|piece| {
            let (name, text) = piece.split_once('}').unwrap_or(("", piece));
            let text = (!text.is_empty()).then_some(PhrasePart::Text(text));
            std::iter::once(PhrasePart::Placeholder(name.parse().ok())).chain(text)
        });
        first.map(PhrasePart::Text).into_iter().chain(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_phrase() {
        let phrase = Phrase {
            text: "The {1} service failed with {} at once".into(),
            line: 1,
        };
        let parts: Vec<PhrasePart<'_>> = phrase.parts().collect();
        assert_eq!(
            parts,
            [
                PhrasePart::Text("The "),
                PhrasePart::Placeholder(Some(1)),
                PhrasePart::Text(" service failed with "),
                PhrasePart::Placeholder(None),
                PhrasePart::Text(" at once"),
            ]
        );
    }
}
