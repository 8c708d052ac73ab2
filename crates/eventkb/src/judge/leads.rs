//! Which articles name what no finding explains: the evidence for [`crate::leads`], and what the
//! engine has already judged.
//!
//! A lead must not bring back what a verdict took away. An article whose signature has a finding is
//! none, whatever the verdict; one whose signature asks for other values than the records carry does
//! not name these records.

use std::collections::{BTreeMap, BTreeSet};

use super::Collection;
use super::unexplained::Sum;
use crate::articles::{Article, ArticleIndex, provider_key};
use crate::collect::errors::Kind;
use crate::collect::evaluate::answer_of;
use crate::collect::session::Session;
use crate::collect::subscriptions::{Resolved, Subscription};
use crate::collect::view::View;
use crate::leads::evidence::{Evidence, KindSeen};
use crate::leads::rank::{self, Ranked, Wanted};
use crate::leads::values::Said;
use crate::limits;
use crate::report::{Answer, Finding, LandmarkKind};
use crate::signature::compile::PartRole;
use crate::signature::model::Role;

/// The leads of a collection, and for each of `sums` the ids of its leads.
pub(crate) fn look_up(
    session: &Session,
    collection: &Collection<'_>,
    sums: &[Sum<'_>],
    findings: &[Finding],
) -> Ranked {
    if session.articles.is_closed() || sums.iter().all(|sum| sum.count == 0) {
        return Ranked::default();
    }
    let looked_at = looked_at(sums);
    let own = own_articles(collection, sums, &looked_at);
    let opened = session.articles.indexes();
    let indexes: Vec<&ArticleIndex> = opened.iter().chain(&own).collect();
    let is_named = |sum: &Sum<'_>| {
        let source = source_of(sum);
        sum.any().is_some_and(|kind| {
            let id = kind.event_id;
            let mut indexes = indexes.iter();
            indexes.any(|index| {
                index
                    .naming(&kind.provider, source.as_deref(), id)
                    .next()
                    .is_some()
            })
        })
    };
    let named: Vec<usize> = looked_at
        .into_iter()
        .filter(|n| sums.get(*n).is_some_and(is_named))
        .collect();
    if named.is_empty() {
        return Ranked::default();
    }
    let kinds = named
        .iter()
        .filter_map(|n| sums.get(*n))
        .filter_map(kind_seen);
    let evidence = evidence(session, kinds.collect());
    let judged: BTreeSet<&str> = findings.iter().map(|f| f.signature.id.as_str()).collect();
    let admits = |index: usize, article: &Article, kind: &KindSeen<'_>| {
        let is_own = index >= opened.len();
        is_admitted(collection, &judged, article, kind, is_own)
    };
    let mut ranked = rank::rank(&indexes, &evidence, &Wanted::REPORT, &admits);
    // From the numbers of kinds that are named to those of all.
    let mut of_kind = vec![Vec::new(); sums.len()];
    for (n, ids) in named.iter().zip(std::mem::take(&mut ranked.of_kind)) {
        if let Some(slot) = of_kind.get_mut(*n) {
            *slot = ids;
        }
    }
    ranked.of_kind = of_kind;
    ranked
}

/// Numbers of the kinds that are looked at: the gravest and most frequent unexplained ones, and as
/// many of those that are explained, which support a lead.
fn looked_at(sums: &[Sum<'_>]) -> Vec<usize> {
    let numbered = || sums.iter().enumerate();
    let open = numbered().filter(|(_, sum)| sum.count > 0);
    let closed = numbered().filter(|(_, sum)| sum.count == 0);
    let open = open.take(limits::MAX_LEAD_KINDS);
    open.chain(closed.take(limits::MAX_LEAD_KINDS))
        .map(|(n, _)| n)
        .collect()
}

/// The signatures that ask for any of these events, as articles.
fn own_articles(
    collection: &Collection<'_>,
    sums: &[Sum<'_>],
    looked_at: &[usize],
) -> Option<ArticleIndex> {
    let open = looked_at
        .iter()
        .filter_map(|n| sums.get(*n))
        .filter(|sum| sum.count > 0);
    let events = open.filter_map(|sum| {
        let kind = sum.any()?;
        Some((kind.provider.as_str(), kind.event_id))
    });
    let own = ArticleIndex::of_signatures_for(collection.set, events);
    (!own.is_empty()).then_some(own)
}

fn source_of(sum: &Sum<'_>) -> Option<String> {
    let mut forms = sum.forms.iter().chain(&sum.explained);
    forms.find_map(|form| form.event.event_source.clone())
}

/// A kind with what its records say and when they were written. Of one that has unexplained records,
/// only those count; of another one all.
fn kind_seen<'a>(sum: &Sum<'a>) -> Option<KindSeen<'a>> {
    let kind = sum.any()?;
    let open = sum.count > 0;
    let (kinds, forms) = match open {
        true => (&sum.kinds, &sum.forms),
        false => (&sum.closed, &sum.explained),
    };
    let mut seen = KindSeen {
        provider: kind.provider.clone(),
        source: source_of(sum),
        event_id: kind.event_id,
        level: kind.level,
        open,
        examples: Vec::new(),
        said: Said::default(),
        places: BTreeMap::new(),
    };
    for form in forms {
        seen.said.take(&form.event);
        seen.examples.push(&form.event);
        let computer = form.event.computer.as_deref().unwrap_or("");
        seen.add_seconds(computer, form.records.seconds());
    }
    for kind in kinds {
        seen.add_seconds(&kind.computer, kind.rest.seconds());
    }
    seen.settle();
    Some(seen)
}

fn evidence<'a>(session: &Session, kinds: Vec<KindSeen<'a>>) -> Evidence<'a> {
    let sources = session.inputs.iter().flat_map(|input| &input.top_sources);
    let writing = sources.map(|source| source.provider.as_str());
    let failing = session.errors.kinds().map(|kind| kind.provider.as_str());
    let providers: BTreeSet<&str> = writing.chain(failing).collect();
    let builds = session
        .landmarks
        .iter()
        .filter_map(|landmark| match landmark.what {
            LandmarkKind::Version { build } => Some(build),
            _ => None,
        });
    let mut spelling: BTreeMap<String, String> = BTreeMap::new();
    for Kind { computer, .. } in session.errors.kinds() {
        let known = spelling
            .entry(computer.to_lowercase())
            .or_insert_with(|| computer.clone());
        if computer < known {
            known.clone_from(computer);
        }
    }
    let has_manifest = |name: &&str| name.starts_with("Microsoft-Windows-");
    Evidence {
        kinds,
        has_manifests: providers.iter().any(has_manifest),
        providers: providers.into_iter().map(provider_key).collect(),
        builds: builds.collect(),
        spelling,
    }
}

/// Whether an article may be a lead for a kind of event, as far as its signature is concerned: it has
/// none, or that has no finding and does not ask for other values.
fn is_admitted(
    collection: &Collection<'_>,
    judged: &BTreeSet<&str>,
    article: &Article,
    kind: &KindSeen<'_>,
    is_own: bool,
) -> bool {
    let Some(signature) = collection.set.of_article(&article.id) else {
        return true;
    };
    let Some(head) = collection.set.head(signature) else {
        return true;
    };
    if judged.contains(head.id()) {
        return false;
    }
    let source = kind.source.as_deref();
    let resolved = Resolved::of(collection.set, &kind.provider, source, kind.event_id);
    let asking: Vec<&Subscription> = resolved
        .subscriptions
        .iter()
        .filter(|one| one.signature == signature)
        .collect();
    let mut asked = false;
    for event in &kind.examples {
        let view = View::of(event, resolved.facts.as_deref());
        for one in &asking {
            let Some(part) = one.compiled.parts.get(one.part) else {
                continue;
            };
            let PartRole::Symptom(symptom) = part.role else {
                continue;
            };
            asked = true;
            let role = one
                .compiled
                .document
                .symptoms
                .get(symptom)
                .map(|symptom| symptom.role);
            // Of a signature alone, what goes with many problems is no lead.
            let tells = matches!(role, Some(Role::Core | Role::Strong));
            let answer = answer_of(&part.matcher, &view);
            let holds = match is_own {
                true => tells && answer == Answer::Yes,
                false => answer != Answer::No,
            };
            if holds {
                return true;
            }
        }
    }
    // The article may name events that its signature does not ask for.
    !asked && !is_own
}
