//! Ranks articles by how much of the evidence they name, and how rare it is.
//!
//! The weight of an event is the information in it: how few of the index's articles name it, with the
//! codes and words that the records bear out. On top of that count how much of what the article
//! describes is here, how near to each other its events lie, and whether its product shows.
//! Nothing here is a verdict.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::Evidence;
use super::find::reference;
use super::hits::{self, Admits, Match, Work};
use super::products::{self, Shown};
use super::together::closest;
use crate::articles::{
    Article, ArticleIndex, EventNamed, EventRole, Fit, Problem, ProviderHow, provider_key,
};
use crate::limits;
use crate::report::{EventRef, Lead, LeadReason, NamedAs};

/// Computers on which it is looked how near events lie.
const MOST_PLACES: usize = 16;

/// Events that lie farther apart, in seconds, are not together.
const FARTHEST_S: u64 = 86_400;

/// Events within so many seconds of another one of the same article are near it.
const NEAR_S: i64 = 3_600;

/// What an event counts that is far from the others of its article: nothing shows that they have to do with each
/// other, so that an article which names two well-known events of two problems is not before the one of either.
const FAR: f64 = 0.3;

/// Codes named for one event.
const MOST_CODES: usize = 3;

/// How many leads are wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// In all.
    pub(crate) most: usize,
    /// For one kind of event.
    pub(crate) of_kind: usize,
}

impl Wanted {
    /// What a report lists.
    pub(crate) const REPORT: Wanted = Wanted {
        most: limits::MAX_LEADS,
        of_kind: limits::MAX_LEADS_OF_KIND,
    };

    /// So many, whatever they name.
    pub(crate) fn all(most: usize) -> Wanted {
        Wanted {
            most,
            of_kind: most,
        }
    }
}

/// Leads, best first, and for each kind of the evidence the ids of those that name it.
#[derive(Debug, Default)]
pub(crate) struct Ranked {
    pub(crate) leads: Vec<Lead>,
    pub(crate) of_kind: Vec<Vec<String>>,
    /// Leads that are not listed.
    pub(crate) more: u64,
}

/// A problem of an article with what of it is here.
struct Scored<'a> {
    article: &'a Article,
    matches: Vec<Match<'a>>,
    score: f64,
    together: Option<Together>,
    shown: Shown,
    missing: usize,
}

impl Scored<'_> {
    /// Scores that differ in no digit that means anything are equal.
    fn rounded(&self) -> i64 {
        (self.score * 1e6).round() as i64
    }

    /// Kinds of the evidence that it names, those that are logged only after its fix left out.
    fn kinds(&self) -> BTreeSet<usize> {
        let symptoms = self
            .matches
            .iter()
            .filter(|m| m.event.role != EventRole::AfterFix);
        symptoms.map(|m| m.kind).collect()
    }
}

/// Events that lie near each other.
struct Together {
    kinds: usize,
    within_s: u64,
    computer: String,
}

/// Ranks the articles of some indexes; of those with the same id the first counts. `admits` says
/// which may be looked at for a kind of event.
pub(crate) fn rank(
    indexes: &[&ArticleIndex],
    evidence: &Evidence<'_>,
    wanted: &Wanted,
    admits: &Admits<'_>,
) -> Ranked {
    let mut problems: BTreeMap<(usize, u32, u32), Vec<Match<'_>>> = BTreeMap::new();
    let mut work = Work::new();
    for (number, kind) in evidence.kinds.iter().enumerate() {
        for (index, place, found) in hits::of_kind(indexes, kind, number, admits, &mut work) {
            let key = (index, place.article, place.problem);
            problems.entry(key).or_default().push(found);
        }
    }
    let articles = indexes.iter().map(|index| index.len()).sum();
    // The best problem of each article.
    let mut scored: Vec<Scored<'_>> = Vec::new();
    let mut last = None;
    for ((index, article, problem), matches) in problems {
        let place = indexes.get(index).and_then(|index| {
            let article = index.articles().get(article as usize)?;
            Some((article, article.problems.get(problem as usize)?))
        });
        let Some(one) = place.and_then(|place| score(articles, evidence, place, matches)) else {
            continue;
        };
        let article = (index, article);
        match scored.last_mut().filter(|_| last == Some(article)) {
            Some(before) if before.rounded() >= one.rounded() => {}
            Some(before) => *before = one,
            None => scored.push(one),
        }
        last = Some(article);
    }
    // The index is in the order of ids, and sorting keeps that among equals.
    scored.sort_by_key(|one| std::cmp::Reverse(one.rounded()));
    list(evidence, &scored, wanted)
}

fn list(evidence: &Evidence<'_>, scored: &[Scored<'_>], most: &Wanted) -> Ranked {
    let mut ranked = Ranked {
        leads: Vec::new(),
        of_kind: vec![Vec::new(); evidence.kinds.len()],
        more: 0,
    };
    let mut alike: BTreeMap<(i64, BTreeSet<usize>), u64> = BTreeMap::new();
    for one in scored {
        *alike.entry((one.rounded(), one.kinds())).or_default() += 1;
    }
    let mut ids = BTreeSet::new();
    for one in scored {
        let kinds = one.kinds();
        // Copies of one article in several folders are one lead.
        if !ids.insert(one.article.id.to_lowercase()) {
            continue;
        }
        let open = |kind: &&usize| evidence.kinds.get(**kind).is_some_and(|kind| kind.open);
        let wanted: Vec<usize> = kinds
            .iter()
            .filter(open)
            .filter(|kind| {
                let listed = ranked.of_kind.get(**kind);
                listed.is_some_and(|listed| listed.len() < most.of_kind)
            })
            .copied()
            .collect();
        if wanted.is_empty() || ranked.leads.len() >= most.most {
            ranked.more += 1;
            continue;
        }
        for kind in wanted {
            if let Some(listed) = ranked.of_kind.get_mut(kind) {
                listed.push(one.article.id.to_string());
            }
        }
        let equals = alike.get(&(one.rounded(), kinds)).copied().unwrap_or(1);
        ranked
            .leads
            .push(lead(evidence, one, equals.saturating_sub(1)));
    }
    ranked
}

fn score<'a>(
    articles: usize,
    evidence: &Evidence<'_>,
    (named, problem): (&'a Article, &'a Problem),
    all: Vec<Match<'a>>,
) -> Option<Scored<'a>> {
    let level = |kind: usize| evidence.kinds.get(kind).map_or(0, |kind| kind.level);
    let weight = |m: &Match<'_>| m.weight(articles, level(m.kind));
    // Of several events of the problem that one kind may be, the one that fits best.
    let mut best: BTreeMap<usize, Match<'a>> = BTreeMap::new();
    let mut fixed = Vec::new();
    for one in all {
        if one.event.role == EventRole::AfterFix {
            fixed.push(one);
            continue;
        }
        match best.get(&one.kind) {
            Some(known) if weight(known) >= weight(&one) => {}
            _ => {
                best.insert(one.kind, one);
            }
        }
    }
    let is_open = |kind: &usize| evidence.kinds.get(*kind).is_some_and(|kind| kind.open);
    if !best.keys().any(is_open) {
        return None;
    }
    // An id alone, without a source, is nothing unless something bears it out.
    let sure = best
        .values()
        .any(|m| m.fit != Fit::Unknown || m.is_borne_out());
    if !sure {
        return None;
    }
    let rank = |m: &Match<'_>| (weight(m) * 1e6).round() as i64;
    let mut by_weight: Vec<&Match<'a>> = best.values().collect();
    by_weight.sort_by_key(|m| (std::cmp::Reverse(rank(m)), m.kind));
    let alone = alone(evidence, &best);
    let far = |kind: &usize| if alone.contains(kind) { FAR } else { 1.0 };
    let sum: f64 = by_weight
        .iter()
        .enumerate()
        .map(|(n, m)| {
            let open = if is_open(&m.kind) { 1.0 } else { 0.5 };
            weight(m) * open * if n == 0 { 1.0 } else { far(&m.kind) }
        })
        .sum();
    let (missing, share) = described_and_missing(problem, best.values());
    let together = together(evidence, &best);
    let near = match &together {
        _ if best.len() < 2 => 1.0,
        together => nearness(together.as_ref()),
    };
    let shown = products::shown(named.products.iter().map(|p| &**p), evidence);
    let product = match &shown {
        Shown::Product(_) => 1.05,
        Shown::Unknown => 1.0,
        Shown::NotHere => 0.85,
        Shown::OtherVersion { .. } => 0.7,
    };
    let mut matches: Vec<Match<'a>> = best.into_values().collect();
    matches.sort_by_key(|m| (std::cmp::Reverse(rank(m)), m.kind));
    matches.extend(fixed);
    Some(Scored {
        article: named,
        matches,
        score: sum * (0.6 + 0.4 * share) * near * product,
        together,
        shown,
        missing,
    })
}

/// Kinds that lie far from every other one of the same problem, on each computer.
fn alone(evidence: &Evidence<'_>, best: &BTreeMap<usize, Match<'_>>) -> BTreeSet<usize> {
    let mut alone = BTreeSet::new();
    if best.len() < 2 {
        return alone;
    }
    let mut points: BTreeMap<&str, Vec<(i64, usize)>> = BTreeMap::new();
    for number in best.keys() {
        let Some(kind) = evidence.kinds.get(*number) else {
            continue;
        };
        if !kind.places.is_empty() {
            alone.insert(*number);
        }
        for (computer, seconds) in &kind.places {
            let here = points.entry(computer).or_default();
            here.extend(seconds.iter().map(|second| (*second, *number)));
        }
    }
    for mut points in points.into_values() {
        points.sort_unstable();
        for pair in points.windows(2) {
            if let [(first, one), (second, other)] = pair
                && one != other
                && second - first <= NEAR_S
            {
                alone.remove(one);
                alone.remove(other);
            }
        }
    }
    alone
}

/// How many of the events that a problem describes are missing, and the share of those that are not.
fn described_and_missing<'m>(
    problem: &Problem,
    matches: impl Iterator<Item = &'m Match<'m>>,
) -> (usize, f64) {
    let name = |event: &EventNamed| {
        let provider = event.provider.as_deref().map(provider_key);
        (provider.unwrap_or_default(), event.event_id)
    };
    let events = problem.events.iter();
    let described: BTreeSet<(String, u16)> = events
        .filter(|event| matches!(event.role, EventRole::Symptom | EventRole::Harmless))
        .map(name)
        .collect();
    let here: BTreeSet<(String, u16)> = matches.map(|m| name(m.event)).collect();
    let missing = described.difference(&here).count();
    let share = match described.len() {
        0 => 1.0,
        all => (all - missing) as f64 / all as f64,
    };
    (missing, share)
}

/// What it weighs that several kinds of events lie near each other on one computer, or nowhere do.
fn nearness(together: Option<&Together>) -> f64 {
    match together.map(|together| together.within_s) {
        None => 0.9,
        Some(0..=60) => 1.3,
        Some(61..=600) => 1.2,
        Some(601..=3_600) => 1.1,
        Some(_) => 1.0,
    }
}

/// The computer on which most of these kinds are, and how near they lie there.
fn together(evidence: &Evidence<'_>, best: &BTreeMap<usize, Match<'_>>) -> Option<Together> {
    if best.len() < 2 {
        return None;
    }
    let mut places: BTreeMap<&str, Vec<&[i64]>> = BTreeMap::new();
    for kind in best.keys().filter_map(|kind| evidence.kinds.get(*kind)) {
        for (computer, seconds) in &kind.places {
            places.entry(computer).or_default().push(seconds);
        }
    }
    let most = places
        .values()
        .map(Vec::len)
        .max()
        .filter(|most| *most > 1)?;
    let where_most = places.iter().filter(|(_, lists)| lists.len() == most);
    let spans = where_most
        .take(MOST_PLACES)
        .filter_map(|(computer, lists)| Some((closest(lists)?, *computer)));
    let (within_s, computer) = spans.min().filter(|(span, _)| *span <= FARTHEST_S)?;
    let spelled = evidence.spelling.get(computer);
    Some(Together {
        kinds: most,
        within_s,
        computer: spelled.map_or_else(|| computer.to_owned(), Clone::clone),
    })
}

fn lead(evidence: &Evidence<'_>, one: &Scored<'_>, equals: u64) -> Lead {
    let article = one.article;
    let mut events: Vec<EventRef> = Vec::new();
    for m in &one.matches {
        let event = event_of(evidence, m);
        if m.event.role != EventRole::AfterFix && !events.contains(&event) {
            events.push(event);
        }
    }
    Lead {
        article: reference(article),
        events,
        reasons: reasons(evidence, one),
        equals,
        score: one.rounded() as f64 / 1e6,
    }
}

fn event_of(evidence: &Evidence<'_>, m: &Match<'_>) -> EventRef {
    let kind = evidence.kinds.get(m.kind);
    EventRef {
        provider: kind.map_or_else(String::new, |kind| kind.provider.clone()),
        event_id: m.event.event_id,
    }
}

/// Why it is offered: what it names, rarest first, then what speaks for it and against it.
fn reasons(evidence: &Evidence<'_>, one: &Scored<'_>) -> Vec<LeadReason> {
    let mut reasons = Vec::new();
    let mut against = Vec::new();
    for m in &one.matches {
        let EventRef { provider, event_id } = event_of(evidence, m);
        if m.event.role == EventRole::AfterFix {
            against.push(LeadReason::FixInPlace { provider, event_id });
            continue;
        }
        let inferred = m.event.provider_how == Some(ProviderHow::Inferred);
        reasons.push(LeadReason::NamesEvent {
            provider: provider.clone(),
            event_id,
            of_articles: m.of_articles as u64,
            named_as: named_as(m.event.role),
            provider_unsure: m.fit == Fit::Unknown || inferred,
        });
        for code in m.codes.iter().take(MOST_CODES) {
            reasons.push(LeadReason::NamesCode {
                code: code.clone(),
                provider: provider.clone(),
                event_id,
            });
        }
        if let Some(phrase) = &m.phrase {
            reasons.push(LeadReason::NamesPhrase {
                phrase: phrase.clone(),
                provider: provider.clone(),
                event_id,
            });
        }
        if !m.other_codes.is_empty() {
            against.push(LeadReason::OtherCodes {
                provider,
                event_id,
                named: m.other_codes.clone(),
            });
        }
    }
    if let Some(near) = &one.together {
        reasons.push(LeadReason::Together {
            events: near.kinds as u64,
            within_s: near.within_s,
            computer: near.computer.clone(),
        });
    }
    match &one.shown {
        Shown::Product(product) => reasons.push(LeadReason::Product {
            product: product.clone(),
        }),
        Shown::OtherVersion { product, seen } => against.push(LeadReason::OtherVersion {
            product: product.clone(),
            seen: seen.clone(),
        }),
        Shown::NotHere | Shown::Unknown => {}
    }
    if one.missing > 0 {
        against.push(LeadReason::OthersMissing {
            events: one.missing as u64,
        });
    }
    reasons.extend(against);
    reasons.dedup();
    reasons
}

pub(super) fn named_as(role: EventRole) -> NamedAs {
    match role {
        EventRole::Symptom => NamedAs::Symptom,
        EventRole::Reference => NamedAs::Reference,
        EventRole::AfterFix => NamedAs::AfterFix,
        EventRole::Harmless => NamedAs::Harmless,
    }
}
