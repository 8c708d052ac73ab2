//! An article as `eventkb articles list --format jsonl` prints it: a contract for programs.

use serde::Serialize;

use super::model::{Article, EventNamed};
use crate::signature::model::LevelName;

/// An article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Where the copy lies that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<&'a str>,
    /// Where it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<&'a str>,
    /// Its date, `2000-02-06`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<&'a str>,
    /// Products it is about.
    pub products: Vec<&'a str>,
    /// Events it names, in order.
    pub events: Vec<ListedEvent<'a>>,
    /// Codes it names outside of events, as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<&'a str>,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListedEvent<'a> {
    /// The source as records have it; null where it is unknown.
    pub provider: Option<&'a str>,
    /// The source as the article writes it.
    pub provider_written: Option<&'a str>,
    /// `field`, `inline`, `table`, `prose`, `inferred`, or null.
    pub provider_how: Option<&'static str>,
    /// The article that an inferred source comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_from: Option<&'a str>,
    /// Event id.
    pub event_id: u16,
    /// `error`, `warning` and so on, or null.
    pub level: Option<LevelName>,
    /// `symptom`, `reference`, `after_fix` or `harmless`.
    pub role: &'static str,
    /// First and last line; null for facts that come from no text.
    pub lines: Option<[u32; 2]>,
    /// Number of the problem in the article, from 0.
    pub problem: usize,
    /// The log it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<&'a str>,
    /// Its category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<&'a str>,
    /// Codes said of it, as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<&'a str>,
    /// Its description with placeholders.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phrases: Vec<&'a str>,
}

impl<'a> Listed<'a> {
    /// An article as programs get it.
    pub fn of(article: &'a Article) -> Listed<'a> {
        let problems = article.problems.iter().enumerate();
        let events = problems.flat_map(|(number, problem)| {
            let events = problem.events.iter();
            events.map(move |event| ListedEvent::of(event, number))
        });
        Listed {
            id: &article.id,
            title: &article.title,
            path: article.path.as_deref(),
            url: article.url.as_deref(),
            date: article.date.as_deref(),
            products: article.products.iter().map(|product| &**product).collect(),
            events: events.collect(),
            codes: article.codes.iter().map(|code| &*code.written).collect(),
        }
    }
}

impl<'a> ListedEvent<'a> {
    fn of(event: &'a EventNamed, problem: usize) -> ListedEvent<'a> {
        let lines = event.lines;
        ListedEvent {
            provider: event.provider.as_deref(),
            provider_written: event.provider_written.as_deref(),
            provider_how: event.provider_how.map(super::ProviderHow::as_str),
            provider_from: event.provider_from.as_deref(),
            event_id: event.event_id,
            level: event.level,
            role: event.role.as_str(),
            lines: (lines.first > 0).then_some([lines.first, lines.last]),
            problem,
            log: event.log.as_deref(),
            category: event.category.as_deref(),
            codes: event.codes.iter().map(|code| &*code.written).collect(),
            phrases: event.phrases.iter().map(|phrase| &*phrase.text).collect(),
        }
    }
}
