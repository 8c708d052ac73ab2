//! Sources that an article does not name, from other articles that name the same event.
//!
//! Same id and nearly the same description: the texts come from one message file. Where the others
//! disagree on the source, nothing is inferred.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::model::{Article, EventNamed, PhrasePart, ProviderHow};
use super::super::names::provider_key;

/// Words that a description must have to be compared.
const FEWEST_WORDS: usize = 5;
/// Shared words of every hundred of the shorter description.
const ALIKE: usize = 75;
/// Articles compared for one id; the most named ids have some fifty.
const MOST_DONORS: usize = 400;

struct Donor {
    words: BTreeSet<String>,
    provider: Arc<str>,
    key: String,
    article: Arc<str>,
}

/// Fills in sources. The order of articles does not matter: donors are those that name a source
/// themselves.
pub(super) fn infer(articles: &mut [Article]) {
    let mut donors: BTreeMap<u16, Vec<Donor>> = BTreeMap::new();
    for article in articles.iter() {
        for event in article.events() {
            let (Some(provider), words) = (&event.provider, words(event)) else {
                continue;
            };
            // An instance ("ADAM [name] General") shares its texts with the service that it is one of.
            if words.len() < FEWEST_WORDS || provider.contains('[') {
                continue;
            }
            let donors = donors.entry(event.event_id).or_default();
            if donors.len() < MOST_DONORS {
                donors.push(Donor {
                    words,
                    provider: provider.clone(),
                    key: provider_key(provider),
                    article: article.id.clone(),
                });
            }
        }
    }
    let known = Known::of(articles);
    for article in articles.iter_mut() {
        for problem in &mut article.problems {
            let open = problem
                .events
                .iter_mut()
                .filter(|event| event.provider.is_none());
            for event in open {
                let Some(donors) = donors.get(&event.event_id) else {
                    continue;
                };
                if let Some(donor) = donor(&words(event), donors) {
                    event.provider = Some(donor.provider.clone());
                    event.provider_how = Some(ProviderHow::Inferred);
                    event.provider_from = Some(donor.article.clone());
                }
            }
        }
    }
    for article in articles {
        known.fill(article);
    }
}

/// Which sources have an event of an id, by what articles say themselves.
struct Known {
    /// By id and key of a source: how many articles name both, and the first of them.
    pairs: BTreeMap<(u16, String), (usize, Arc<str>)>,
    /// By id: how many articles name it with any source.
    all: BTreeMap<u16, usize>,
}

impl Known {
    fn of(articles: &[Article]) -> Known {
        let mut pairs: BTreeMap<(u16, String), (usize, Arc<str>)> = BTreeMap::new();
        let mut all: BTreeMap<u16, usize> = BTreeMap::new();
        for article in articles {
            let events = article.events();
            let named = events
                .filter_map(|event| Some((event.event_id, provider_key(event.provider.as_ref()?))));
            let named: BTreeSet<(u16, String)> = named.collect();
            for pair in named {
                *all.entry(pair.0).or_default() += 1;
                let (count, first) = pairs.entry(pair).or_insert_with(|| (0, article.id.clone()));
                *count += 1;
                if article.id < *first {
                    *first = article.id.clone();
                }
            }
        }
        Known { pairs, all }
    }

    /// An article that names event 2213 of a source and 2212 of none means the same source, where most articles
    /// that name an event 2212 at all say that it is this source's.
    fn fill(&self, article: &mut Article) {
        let mut named: BTreeMap<String, Arc<str>> = BTreeMap::new();
        for event in article.events() {
            let said = event.provider_how != Some(ProviderHow::Inferred);
            if let Some(provider) = event.provider.as_ref().filter(|_| said) {
                let name = named
                    .entry(provider_key(provider))
                    .or_insert_with(|| provider.clone());
                if provider < name {
                    *name = provider.clone();
                }
            }
        }
        for problem in &mut article.problems {
            let open = problem
                .events
                .iter_mut()
                // What is written in place of a name, "%DRIVER%", stands for any.
                .filter(|event| event.provider.is_none() && event.provider_written.is_none());
            for event in open {
                let mut having = named.iter().filter_map(|(key, name)| {
                    let (count, donor) = self.pairs.get(&(event.event_id, key.clone()))?;
                    let all = self.all.get(&event.event_id).copied().unwrap_or(0);
                    (count * 2 > all).then_some((name, donor))
                });
                let (Some((name, donor)), None) = (having.next(), having.next()) else {
                    continue;
                };
                event.provider = Some(name.clone());
                event.provider_how = Some(ProviderHow::Inferred);
                event.provider_from = Some(donor.clone());
            }
        }
    }
}

/// The nearest donor, if all that are near name the same source.
fn donor<'d>(words: &BTreeSet<String>, donors: &'d [Donor]) -> Option<&'d Donor> {
    if words.len() < FEWEST_WORDS {
        return None;
    }
    let mut near: Vec<(usize, &Donor)> = donors
        .iter()
        .filter_map(|donor| {
            let shared = donor.words.intersection(words).count();
            let least = donor.words.len().min(words.len());
            let percent = shared * 100 / least.max(1);
            (percent >= ALIKE).then_some((percent, donor))
        })
        .collect();
    near.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.article.cmp(&b.1.article)));
    let (_, first) = near.first()?;
    near.iter()
        .all(|(_, donor)| donor.key == first.key)
        .then_some(*first)
}

/// The words of a description that are not values.
fn words(event: &EventNamed) -> BTreeSet<String> {
    let texts = event.phrases.iter().flat_map(|phrase| {
        phrase.parts().filter_map(|part| match part {
            PhrasePart::Text(text) => Some(text),
            PhrasePart::Placeholder(_) => None,
        })
    });
    texts
        .flat_map(|text| text.split(|c: char| !c.is_alphabetic()))
        .filter(|word| word.len() >= 3)
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::articles::model::{Phrase, Problem};

    fn article(id: &str, provider: Option<&str>, text: &str) -> Article {
        Article {
            id: id.into(),
            problems: vec![Problem {
                events: vec![EventNamed {
                    event_id: 7,
                    provider: provider.map(Into::into),
                    provider_how: provider.map(|_| ProviderHow::Field),
                    phrases: vec![Phrase {
                        text: text.into(),
                        line: 1,
                    }],
                    ..EventNamed::default()
                }],
                ..Problem::default()
            }],
            ..Article::default()
        }
    }

    const TEXT: &str = "The connector could not open the queue named {} again";

    #[test]
    fn from_one_that_says_the_same() {
        let mut articles = [
            article("Q1", None, TEXT),
            article("Q2", Some("Contoso"), TEXT),
        ];
        infer(&mut articles);
        let event = articles[0].events().next().unwrap();
        assert_eq!(event.provider.as_deref(), Some("Contoso"));
        assert_eq!(event.provider_how, Some(ProviderHow::Inferred));
        assert_eq!(event.provider_from.as_deref(), Some("Q2"));
    }

    #[test]
    fn from_a_source_that_the_article_names() {
        let mut one = article("Q1", None, "short");
        let mut said = article("Q1", Some("Contoso"), "also");
        said.problems[0].events[0].event_id = 8;
        one.problems.extend(said.problems);
        let mut articles = [
            one,
            article("Q2", Some("Contoso"), TEXT),
            article("Q3", Some("Fabrikam"), "x"),
            article("Q4", Some("Contoso"), "y"),
        ];
        infer(&mut articles);
        let event = articles[0].events().next().unwrap();
        assert_eq!(
            (event.event_id, event.provider.as_deref()),
            (7, Some("Contoso"))
        );
        assert_eq!(event.provider_from.as_deref(), Some("Q2"));
        // A source without such an event anywhere says nothing.
        let mut alone = [articles[0].clone()];
        alone[0].problems[0].events[0].provider = None;
        infer(&mut alone);
        assert_eq!(alone[0].events().next().unwrap().provider, None);
    }

    #[test]
    fn not_where_others_disagree_or_say_something_else() {
        let mut articles = [
            article("Q1", None, TEXT),
            article("Q2", Some("Contoso"), TEXT),
            article("Q3", Some("Fabrikam"), TEXT),
        ];
        infer(&mut articles);
        assert!(articles[0].events().all(|event| event.provider.is_none()));
        let other = "A wholly different sentence about printers and their paper";
        let mut articles = [
            article("Q1", None, other),
            article("Q2", Some("Contoso"), TEXT),
        ];
        infer(&mut articles);
        assert!(articles[0].events().all(|event| event.provider.is_none()));
    }
}
