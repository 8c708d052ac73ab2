//! Finds articles by event, by code and by id.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::model::{Article, CodeNamed, EventNamed};
use super::names::{family_key, provider_key};

/// Articles, ready to be asked.
#[derive(Debug, Clone, Default)]
pub struct ArticleIndex {
    /// In the order of ids, then of sources.
    articles: Vec<Article>,
    /// What each article's id is compared by, in the same order.
    ids: Vec<String>,
    /// The ids of all events that are named, sorted, and where each stands. Sorted lists are made
    /// and asked faster than maps of lists: an index is opened for one question.
    event_ids: Vec<u16>,
    places: Vec<Place>,
    /// The key of each provider that is named, made once.
    keys: HashMap<std::sync::Arc<str>, String>,
    /// Codes and the articles that name them, sorted, each pair once.
    codes: Vec<(i64, u32)>,
}

/// Two indexes are equal when their articles are.
impl PartialEq for ArticleIndex {
    fn eq(&self, other: &Self) -> bool {
        self.articles == other.articles
    }
}

/// Where an event stands in an index: article, problem, event, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The article, as in [`ArticleIndex::articles`].
    pub article: u32,
    /// The problem in it.
    pub problem: u32,
    /// The event in that.
    pub event: u32,
}

/// An event of an article that may be the one asked for.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'a> {
    /// Where it stands.
    pub place: Place,
    /// The article.
    pub article: &'a Article,
    /// The event.
    pub event: &'a EventNamed,
    /// How well the source fits.
    pub fit: Fit,
}

/// How well the source that an article names fits that of a record, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fit {
    /// It is the same, perhaps in another spelling.
    Same,
    /// One is a part of the other: `MSExchangeIS` and `MSExchangeIS Private`.
    Family,
    /// The article names no source that could be told.
    Unknown,
}

impl ArticleIndex {
    /// An index of these articles. Of those with the same id and source the first counts.
    pub fn new(mut articles: Vec<Article>) -> Self {
        let mut keys: Vec<String> = articles.iter().map(|article| id_key(&article.id)).collect();
        let sorted = |keys: &[String], articles: &[Article]| {
            let pairs = keys.iter().zip(articles);
            pairs.is_sorted_by(|a, b| (a.0, order(a.1)) < (b.0, order(b.1)))
        };
        // An index from a file is in order already.
        if !sorted(&keys, &articles) {
            let mut keyed: Vec<(String, Article)> = keys.into_iter().zip(articles).collect();
            keyed.sort_by(|a, b| (&a.0, order(&a.1)).cmp(&(&b.0, order(&b.1))));
            keyed.dedup_by(|b, a| (&a.0, order(&a.1)) == (&b.0, order(&b.1)));
            (keys, articles) = keyed.into_iter().unzip();
        }
        let mut index = ArticleIndex {
            articles,
            ids: keys,
            ..ArticleIndex::default()
        };
        let mut named = Vec::new();
        for (at, article) in (0_u32..).zip(&index.articles) {
            let note = |code: &CodeNamed| (code.value, at);
            index.codes.extend(article.codes.iter().map(note));
            for (problem, events) in (0_u32..).zip(&article.problems) {
                for (event, one) in (0_u32..).zip(&events.events) {
                    index.codes.extend(one.codes.iter().map(note));
                    let place = Place {
                        article: at,
                        problem,
                        event,
                    };
                    named.push((one.event_id, place));
                    if let Some(provider) = &one.provider
                        && !index.keys.contains_key(provider)
                    {
                        let key = provider_key(provider);
                        index.keys.insert(provider.clone(), key);
                    }
                }
            }
        }
        index.codes.sort_unstable();
        index.codes.dedup();
        named.sort_unstable();
        (index.event_ids, index.places) = named.into_iter().unzip();
        index
    }

    /// One index of several. Of articles with the same id and source the first counts.
    pub fn merge(indexes: impl IntoIterator<Item = ArticleIndex>) -> Self {
        let articles = indexes.into_iter().flat_map(|index| index.articles);
        ArticleIndex::new(articles.collect())
    }

    /// All articles, in the order of ids, then of sources.
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.articles.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty()
    }

    /// The articles with this id. People write a number in several ways: `253307`, `Q253307` and
    /// `KB253307` are one, and case does not count.
    pub fn by_id(&self, id: &str) -> impl Iterator<Item = &Article> {
        let key = id_key(id);
        let range = equal_range(&self.ids, |own| own.cmp(&key));
        self.articles.get(range).into_iter().flatten()
    }

    /// The articles that name this code, by its value.
    pub fn by_code(&self, value: i64) -> impl Iterator<Item = &Article> {
        let range = equal_range(&self.codes, |(own, _)| own.cmp(&value));
        let places = self.codes.get(range).into_iter().flatten();
        places.filter_map(|(_, at)| self.articles.get(*at as usize))
    }

    /// The article at a place.
    pub fn article(&self, place: Place) -> Option<&Article> {
        self.articles.get(place.article as usize)
    }

    /// The event at a place.
    pub fn event(&self, place: Place) -> Option<&EventNamed> {
        let problem = self.article(place)?.problems.get(place.problem as usize)?;
        problem.events.get(place.event as usize)
    }

    /// Every place where this event id is named, whatever the source.
    pub fn by_event_id(&self, event_id: u16) -> &[Place] {
        let range = equal_range(&self.event_ids, |own| own.cmp(&event_id));
        self.places.get(range).unwrap_or_default()
    }

    /// Whether any article names this event.
    pub fn names(&self, provider: &str, event_source: Option<&str>, event_id: u16) -> bool {
        self.naming(provider, event_source, event_id)
            .any(|hit| hit.fit != Fit::Unknown)
    }

    /// Where this event is named, in the order of the index. Places whose source is unknown are
    /// among them, marked so: it is for the caller to look at what else they say.
    pub fn naming(
        &self,
        provider: &str,
        event_source: Option<&str>,
        event_id: u16,
    ) -> impl Iterator<Item = Hit<'_>> {
        let places = self.by_event_id(event_id);
        let mut keys = Vec::new();
        if !places.is_empty() {
            keys.push(provider_key(provider));
            keys.extend(event_source.map(provider_key));
        }
        places.iter().filter_map(move |place| {
            let (article, event) = (self.article(*place)?, self.event(*place)?);
            let fit = match &event.provider {
                None => Fit::Unknown,
                Some(named) => self.fit(self.keys.get(named)?, &keys)?,
            };
            Some(Hit {
                place: *place,
                article,
                event,
                fit,
            })
        })
    }

    fn fit(&self, named: &str, keys: &[String]) -> Option<Fit> {
        if keys.iter().any(|key| key == named) {
            return Some(Fit::Same);
        }
        let kin = |key: &String| {
            family_key(key) == Some(named) || family_key(named) == Some(key.as_str())
        };
        keys.iter().any(kin).then_some(Fit::Family)
    }
}

/// Where the equal ones stand in a sorted list.
fn equal_range<T>(sorted: &[T], compare: impl Fn(&T) -> Ordering) -> std::ops::Range<usize> {
    let begin = sorted.partition_point(|one| compare(one) == Ordering::Less);
    let end = sorted.partition_point(|one| compare(one) != Ordering::Greater);
    begin..end
}

/// What orders articles of one id, and tells whether two are one.
fn order(article: &Article) -> (&str, Option<&str>, Option<&str>) {
    (&article.id, article.path.as_deref(), article.url.as_deref())
}

/// What ids are compared by: the number of a Knowledge Base article, padded so that numbers are in
/// order, else the name in lower case.
pub(super) fn id_key(id: &str) -> String {
    let folded = id.trim().to_lowercase();
    let digits = folded
        .strip_prefix("kb")
        .or_else(|| folded.strip_prefix('q'))
        .unwrap_or(&folded);
    if !digits.is_empty() && digits.len() <= 10 && digits.bytes().all(|b| b.is_ascii_digit()) {
        return format!("{digits:0>10}");
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::articles::model::Problem;

    fn article(id: &str, events: &[(Option<&str>, u16)]) -> Article {
        let events = events.iter().map(|(provider, event_id)| EventNamed {
            provider: provider.map(Into::into),
            event_id: *event_id,
            ..EventNamed::default()
        });
        Article {
            id: id.into(),
            problems: vec![Problem {
                events: events.collect(),
                ..Problem::default()
            }],
            ..Article::default()
        }
    }

    fn index() -> ArticleIndex {
        let mut coded = article("KB900", &[]);
        coded.codes.push(CodeNamed {
            value: 0x8007_0005,
            written: "0x80070005".into(),
            line: 3,
        });
        ArticleIndex::new(vec![
            article("Q2", &[(Some("MSExchangeIS"), 5000), (None, 5000)]),
            article("Q1", &[(Some("netlogon"), 5719)]),
            article("runbook", &[(Some("Microsoft-Windows-GroupPolicy"), 1129)]),
            coded,
        ])
    }

    #[test]
    fn an_article_is_known_by_its_number() {
        let index = index();
        for id in ["1", "Q1", "q1", "KB1", " kb1 "] {
            assert_eq!(index.by_id(id).count(), 1, "{id}");
        }
        assert_eq!(index.by_id("RunBook").count(), 1);
        assert_eq!(index.by_id("Q3").count(), 0);
        let ids: Vec<&str> = index.articles().iter().map(|a| &*a.id).collect();
        assert_eq!(ids, ["Q1", "Q2", "KB900", "runbook"]);
    }

    #[test]
    fn events_are_found_by_any_spelling_of_their_source() {
        let index = index();
        assert!(index.names("NETLOGON", None, 5719));
        assert!(index.names("GroupPolicy", None, 1129));
        assert!(index.names("x", Some("NetLogon"), 5719));
        assert!(!index.names("NETLOGON", None, 5720));
        assert!(!index.names("Srv", None, 5719));
        let fits: Vec<Fit> = index
            .naming("MSExchangeIS Private", None, 5000)
            .map(|hit| hit.fit)
            .collect();
        assert_eq!(fits, [Fit::Family, Fit::Unknown]);
    }

    #[test]
    fn codes_are_found_by_value() {
        let ids: Vec<String> = index()
            .by_code(0x8007_0005)
            .map(|article| article.id.to_string())
            .collect();
        assert_eq!(ids, ["KB900"]);
    }

    #[test]
    fn the_first_of_two_counts() {
        let mine = ArticleIndex::new(vec![article("Q1", &[(None, 7)])]);
        let merged = ArticleIndex::merge([mine, index()]);
        assert_eq!(merged.len(), 4);
        assert_eq!(merged.by_event_id(7).len(), 1);
        assert!(merged.by_event_id(5719).is_empty());
    }
}
