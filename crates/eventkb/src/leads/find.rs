//! Articles looked up by hand: by event, by code, by text, by a record.

use std::collections::BTreeSet;

use eventkb_logs::event::Event;

use super::evidence::{Evidence, KindSeen};
use super::rank;
use super::values::{evened, has_words};
use crate::articles::{Article, ArticleIndex, EventNamed, EventRole, provider_key};
use crate::report::{ArticleRef, EventRef, Lead, LeadReason};
use crate::signature::number;

/// What an article must name. All that is given must hold, of one event where it is about events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArticleQuery {
    /// A provider, in any spelling.
    pub provider: Option<String>,
    /// An event id.
    pub event_id: Option<u16>,
    /// A code, in any form of its number.
    pub code: Option<String>,
    /// Words that stand in its id, its title, its products or in descriptions of its events,
    /// ignoring case.
    pub text: Option<String>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Found {
    /// The articles, best first.
    pub leads: Vec<Lead>,
    /// Articles that fit and are not listed.
    pub more: u64,
}

impl ArticleQuery {
    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        *self == ArticleQuery::default()
    }

    /// The code as a number; `None` where none is asked for, or it is none.
    pub fn code_number(&self) -> Option<i64> {
        number::parse(self.code.as_deref()?)
    }
}

/// An article that fits, and how well.
struct Fitting<'a> {
    article: &'a Article,
    events: Vec<&'a EventNamed>,
    /// The code stands with the event, not elsewhere in the article.
    code_at_event: bool,
}

impl Fitting<'_> {
    /// Symptoms before what is named in passing, and what stands together before what does not.
    fn rank(&self) -> (bool, bool, usize) {
        let symptom = self
            .events
            .iter()
            .any(|event| event.role != EventRole::Reference);
        (
            !symptom,
            !self.code_at_event,
            self.events.len().wrapping_neg(),
        )
    }
}

/// Articles of these indexes that fit a query: `most` of them, those first in which the event is a
/// symptom.
pub fn find_articles(indexes: &[ArticleIndex], query: &ArticleQuery, most: usize) -> Found {
    let code = query.code_number();
    if query.is_empty() || (query.code.is_some() && code.is_none()) {
        return Found::default();
    }
    let asked = Asked {
        provider: query.provider.as_deref().map(provider_key),
        event_id: query.event_id,
        code,
        text: query.text.as_deref().map(evened),
    };
    let mut known = BTreeSet::new();
    let mut fitting = Vec::new();
    for index in indexes {
        let articles = index
            .articles()
            .iter()
            .filter(|a| known.insert(a.id.to_lowercase()));
        fitting.extend(articles.filter_map(|article| asked.fits(article)));
    }
    // Articles are in the order of their ids, and equals stay so.
    fitting.sort_by_key(Fitting::rank);
    let all = fitting.len();
    let leads = fitting
        .iter()
        .take(most)
        .map(|one| asked.lead(one, query, all));
    Found {
        leads: leads.collect(),
        more: all.saturating_sub(most) as u64,
    }
}

struct Asked {
    provider: Option<String>,
    event_id: Option<u16>,
    code: Option<i64>,
    text: Option<String>,
}

impl Asked {
    fn fits<'a>(&self, article: &'a Article) -> Option<Fitting<'a>> {
        let of_article = self.code.is_none_or(|code| {
            let anywhere = article.codes.iter();
            let at_events = article.events().flat_map(|event| &event.codes);
            anywhere.chain(at_events).any(|named| named.value == code)
        });
        let text = self.text.as_deref();
        let in_head = text.is_some_and(|text| {
            let products = article.products.iter().map(|product| &**product);
            let head = [&*article.id, &*article.title];
            head.into_iter()
                .chain(products)
                .any(|line| has_words(&evened(line), text))
        });
        if !of_article {
            return None;
        }
        let is_about_events = self.provider.is_some() || self.event_id.is_some();
        let fits = |event: &&EventNamed| {
            let key = || event.provider.as_deref().map(provider_key);
            self.event_id.is_none_or(|id| id == event.event_id)
                && (self.provider.is_none() || key() == self.provider)
                && (in_head || text.is_none_or(|text| is_said(event, text)))
        };
        let mut events: Vec<&EventNamed> = article.events().filter(fits).collect();
        let has_code = |event: &&EventNamed| {
            self.code
                .is_some_and(|code| event.codes.iter().any(|named| named.value == code))
        };
        let code_at_event = events.iter().any(has_code);
        if code_at_event {
            events.retain(has_code);
        }
        if events.is_empty() && (is_about_events || (text.is_some() && !in_head)) {
            return None;
        }
        if !is_about_events && text.is_none() && !code_at_event {
            // Asked for a code alone, that no event carries.
            events.clear();
        }
        Some(Fitting {
            article,
            events,
            code_at_event,
        })
    }

    fn lead(&self, one: &Fitting<'_>, query: &ArticleQuery, all: usize) -> Lead {
        let mut events: Vec<EventRef> = Vec::new();
        let mut reasons = Vec::new();
        for event in &one.events {
            let reference = EventRef {
                provider: event.provider.as_deref().unwrap_or_default().to_owned(),
                event_id: event.event_id,
            };
            if events.contains(&reference) {
                continue;
            }
            reasons.push(LeadReason::NamesEvent {
                provider: reference.provider.clone(),
                event_id: event.event_id,
                of_articles: match self.event_id {
                    Some(_) => all as u64,
                    None => 0,
                },
                named_as: rank::named_as(event.role),
                provider_unsure: event.provider.is_none(),
            });
            events.push(reference);
        }
        if let Some(code) = &query.code {
            let of = events.first().filter(|_| one.code_at_event);
            reasons.push(LeadReason::NamesCode {
                code: code.clone(),
                provider: of.map_or_else(String::new, |event| event.provider.clone()),
                event_id: of.map_or(0, |event| event.event_id),
            });
        }
        if let Some(text) = &query.text {
            reasons.push(LeadReason::NamesPhrase {
                phrase: text.clone(),
                provider: String::new(),
                event_id: 0,
            });
        }
        Lead {
            article: reference(one.article),
            events,
            reasons,
            equals: 0,
            score: 0.0,
        }
    }
}

pub(super) fn reference(article: &Article) -> ArticleRef {
    let source = article.source().unwrap_or_default();
    ArticleRef::new(&*article.id, &*article.title, source)
}

fn is_said(event: &EventNamed, text: &str) -> bool {
    let written = [&event.provider, &event.provider_written, &event.category];
    let phrases = event.phrases.iter().map(|phrase| &phrase.text);
    let codes = event.codes.iter().map(|code| &code.written);
    let mut all = written.into_iter().flatten().chain(phrases).chain(codes);
    all.any(|line| has_words(&evened(line), text))
}

/// Articles of these indexes that a record is evidence for, whatever its level: `most` of them.
pub fn find_articles_for(indexes: &[ArticleIndex], event: &Event, most: usize) -> Found {
    let mut kind = KindSeen {
        provider: event.provider.clone(),
        source: event.event_source.clone(),
        event_id: event.event_id,
        level: event.level.unwrap_or_default(),
        open: true,
        ..KindSeen::default()
    };
    kind.said.take(event);
    let evidence = Evidence {
        kinds: vec![kind],
        has_manifests: event.provider.starts_with("Microsoft-Windows-"),
        ..Evidence::default()
    };
    let indexes: Vec<&ArticleIndex> = indexes.iter().collect();
    let ranked = rank::rank(&indexes, &evidence, &rank::Wanted::all(most), &|_, _, _| {
        true
    });
    Found {
        more: ranked.more,
        leads: ranked.leads,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::articles::{CodeNamed, Phrase, Problem, ProviderHow};
    use crate::report::NamedAs;

    fn event(provider: &str, event_id: u16, codes: &[&str], said: &str) -> EventNamed {
        let codes = codes.iter().map(|written| CodeNamed {
            value: number::parse(written).unwrap(),
            written: (*written).into(),
            line: 1,
        });
        EventNamed {
            provider: Some(provider.into()),
            provider_how: Some(ProviderHow::Field),
            event_id,
            codes: codes.collect(),
            phrases: vec![Phrase {
                text: said.into(),
                line: 1,
            }],
            ..EventNamed::default()
        }
    }

    fn index() -> ArticleIndex {
        let article = |id: &str, title: &str, events: Vec<EventNamed>| Article {
            id: id.into(),
            title: title.into(),
            problems: vec![Problem {
                events,
                ..Problem::default()
            }],
            ..Article::default()
        };
        ArticleIndex::new(vec![
            article(
                "EX1",
                "Backup stops",
                vec![event("disk", 7, &["0x5"], "The device has a bad block")],
            ),
            article(
                "EX2",
                "Disk is full",
                vec![event("Srv", 2013, &[], "The disk is nearly full")],
            ),
            article(
                "EX3",
                "Access",
                vec![
                    EventNamed {
                        role: EventRole::Reference,
                        ..event("disk", 7, &[], "")
                    },
                    event("NETLOGON", 5719, &["-2147024891"], "No controller"),
                ],
            ),
        ])
    }

    fn ids(query: &ArticleQuery) -> Vec<String> {
        let found = find_articles(&[index()], query, 10);
        found
            .leads
            .into_iter()
            .map(|lead| lead.article.id)
            .collect()
    }

    #[test]
    fn by_event() {
        let mut query = ArticleQuery {
            event_id: Some(7),
            ..ArticleQuery::default()
        };
        assert_eq!(ids(&query), ["EX1", "EX3"], "the symptom first");
        query.provider = Some("Disk".into());
        assert_eq!(ids(&query), ["EX1", "EX3"]);
        query.provider = Some("cdrom".into());
        assert!(ids(&query).is_empty());
        assert!(ids(&ArticleQuery::default()).is_empty());
    }

    #[test]
    fn by_code_in_any_form() {
        for form in ["0x80070005", "-2147024891", "%%2147942405", "2147942405"] {
            let query = ArticleQuery {
                code: Some(form.into()),
                ..ArticleQuery::default()
            };
            assert_eq!(ids(&query), ["EX3"], "{form}");
        }
        let mut query = ArticleQuery {
            code: Some("5".into()),
            ..ArticleQuery::default()
        };
        assert_eq!(ids(&query), ["EX1"]);
        query.event_id = Some(2013);
        assert!(ids(&query).is_empty());
        query.code = Some("five".into());
        query.event_id = None;
        assert!(ids(&query).is_empty());
    }

    #[test]
    fn by_text() {
        for (text, wanted) in [
            ("disk", &["EX1", "EX2", "EX3"][..]),
            ("BAD  block", &["EX1"]),
            ("nearly full", &["EX2"]),
            ("block bad", &[]),
        ] {
            let query = ArticleQuery {
                text: Some(text.into()),
                ..ArticleQuery::default()
            };
            assert_eq!(ids(&query), wanted, "{text}");
        }
    }

    #[test]
    fn like_a_record() {
        let found = find_articles_for(
            &[index()],
            &Event {
                provider: "Disk".into(),
                event_id: 7,
                level: Some(2),
                strings: Some(vec!["\\Device\\Harddisk0".into(), "5".into()]),
                ..Event::default()
            },
            10,
        );
        let ids: Vec<&str> = found
            .leads
            .iter()
            .map(|lead| lead.article.id.as_str())
            .collect();
        assert_eq!(ids, ["EX1", "EX3"]);
        assert!(found.leads[0].reasons.contains(&LeadReason::NamesCode {
            code: "5".into(),
            provider: "Disk".into(),
            event_id: 7,
        }));
        assert_eq!(named(&found.leads[1]), NamedAs::Reference);
    }

    fn named(lead: &Lead) -> NamedAs {
        match &lead.reasons[0] {
            LeadReason::NamesEvent { named_as, .. } => *named_as,
            other => panic!("{other:?}"),
        }
    }
}
