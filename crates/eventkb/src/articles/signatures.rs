//! Signatures as articles: what the engine judges can also be looked up as a lead.

use std::sync::Arc;

use super::index::ArticleIndex;
use super::model::{Article, CodeNamed, EventNamed, EventRole, Problem, ProviderHow};
use crate::knowledge::SignatureSet;
use crate::report::Standing;
use crate::signature::model::{
    Condition, IdOrRange, Ids, Number, OneOrMany, Role, Signature, Symptom,
};
use crate::signature::number;

/// Ids of one range that are listed one by one; a wider range says "any of this provider", which
/// is no fact about an id.
const WIDEST_RANGE: u16 = 64;

impl ArticleIndex {
    /// The articles of all signatures of a set. Every signature is parsed for it, which takes some
    /// tens of milliseconds for the built-in ones; [`ArticleIndex::of_signatures_for`] parses only
    /// some.
    pub fn of_signatures(set: &SignatureSet) -> ArticleIndex {
        let documents = set.iter().filter_map(|head| head.document());
        ArticleIndex::new(documents.map(|document| article(document)).collect())
    }

    /// The articles of those signatures of a set that ask for any of these events (provider, id).
    pub fn of_signatures_for<'e>(
        set: &SignatureSet,
        events: impl IntoIterator<Item = (&'e str, u16)>,
    ) -> ArticleIndex {
        let mut asking: Vec<usize> = events
            .into_iter()
            .flat_map(|(provider, event_id)| set.asking_for(provider, None, event_id))
            .collect();
        asking.sort_unstable();
        asking.dedup();
        let documents = asking.into_iter().filter_map(|at| set.head(at)?.document());
        ArticleIndex::new(documents.map(|document| article(document)).collect())
    }
}

fn article(signature: &Signature) -> Article {
    let harmless = signature.standing == Standing::Harmless;
    let symptoms = signature.symptoms.iter();
    let events = symptoms.flat_map(|symptom| events(symptom, harmless));
    Article {
        id: signature.id.as_str().into(),
        title: signature.title.as_str().into(),
        url: signature.url.as_deref().map(Arc::from),
        products: signature
            .products
            .iter()
            .map(|product| Arc::from(product.name.as_str()))
            .collect(),
        problems: vec![Problem {
            events: events.collect(),
            ..Problem::default()
        }],
        ..Article::default()
    }
}

fn events(symptom: &Symptom, harmless: bool) -> impl Iterator<Item = EventNamed> {
    let mut codes = Vec::new();
    for condition in &symptom.conditions {
        codes_of(condition, &mut codes);
    }
    codes.sort();
    codes.dedup();
    let role = match symptom.role {
        _ if harmless => EventRole::Harmless,
        Role::Context => EventRole::Reference,
        Role::Core | Role::Strong | Role::Supporting => EventRole::Symptom,
    };
    let level = match symptom.level.as_slice() {
        [level] => Some(*level),
        _ => None,
    };
    symptom.events.iter().flat_map(move |selector| {
        let provider: Option<Arc<str>> = match selector.provider.trim_end_matches(['*', '$']) {
            "" => None,
            name => Some(name.into()),
        };
        let (channel, codes) = (symptom.channel.clone(), codes.clone());
        ids(&selector.id)
            .into_iter()
            .map(move |event_id| EventNamed {
                provider_how: provider.is_some().then_some(ProviderHow::Field),
                provider: provider.clone(),
                event_id,
                level,
                role,
                log: channel.as_deref().map(Arc::from),
                codes: codes.clone(),
                ..EventNamed::default()
            })
    })
}

fn ids(ids: &Ids) -> Vec<u16> {
    match ids {
        Ids::One(id) => vec![*id],
        Ids::Range(range) => in_range(range),
        Ids::Many(many) => many
            .iter()
            .flat_map(|one| match one {
                IdOrRange::One(id) => vec![*id],
                IdOrRange::Range(range) => in_range(range),
            })
            .collect(),
    }
}

fn in_range(range: &str) -> Vec<u16> {
    let ends = range.split_once('-').and_then(|(low, high)| {
        let low: u16 = low.trim().parse().ok()?;
        let high: u16 = high.trim().parse().ok()?;
        Some((low, high))
    });
    match ends {
        Some((low, high)) if high.checked_sub(low).is_some_and(|n| n < WIDEST_RANGE) => {
            (low..=high).collect()
        }
        _ => Vec::new(),
    }
}

/// Numbers that a value is compared with: 0 and 1 say too little to be found by.
fn codes_of(condition: &Condition, codes: &mut Vec<CodeNamed>) {
    let mut add = |written: String| {
        if let Some(value) = number::parse(&written).filter(|value| *value > 1) {
            codes.push(CodeNamed {
                value,
                written: written.into(),
                line: 0,
            });
        }
    };
    let lists = [&condition.number_in, &condition.contains_number];
    let listed = lists.into_iter().flatten().flatten();
    for number in condition.number.iter().chain(listed) {
        match number {
            Number::Plain(value) => add(value.to_string()),
            Number::Written(text) => add(text.clone()),
        }
    }
    for text in [&condition.is, &condition.is_exactly].into_iter().flatten() {
        match text {
            OneOrMany::One(text) => add(text.clone()),
            OneOrMany::Many(all) => all.iter().for_each(|text| add(text.clone())),
        }
    }
    let inner = condition.any.iter().chain(&condition.all);
    inner.for_each(|inner| codes_of(inner, codes));
}

#[cfg(all(test, feature = "packs"))]
mod tests {
    use super::*;
    use crate::articles::index::Fit;

    #[test]
    fn built_in_signatures_are_found_by_their_events() {
        let set = SignatureSet::built_in();
        let index = ArticleIndex::of_signatures(&set);
        assert_eq!(index.len(), set.len());
        let hit = index
            .naming("MSExchangeMTA", None, 9322)
            .find(|hit| &*hit.article.id == "Q253307");
        let hit = hit.unwrap();
        assert_eq!((hit.fit, hit.event.role), (Fit::Same, EventRole::Symptom));
        let few = ArticleIndex::of_signatures_for(&set, [("MSExchangeMTA", 9322)]);
        assert!(few.len() < 100 && few.by_id("Q253307").count() == 1);
    }

    #[test]
    fn an_index_of_signatures_is_a_file_like_any_other() {
        let index = ArticleIndex::of_signatures(&SignatureSet::built_in());
        assert_eq!(ArticleIndex::from_bytes(&index.to_bytes()), Ok(index));
    }
}
