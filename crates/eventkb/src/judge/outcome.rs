//! What came of each signature that has evidence. Each is judged by itself, several at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::case::Case;
use super::items::Items;
use super::timeline;
use super::verdict::{Court, Judged};
use super::{
    Assessed, Collection, cause, finding, occurrence, outdone, possible, qualify, ranking,
};
use crate::collect::session::Session;
use crate::collect::subscriptions::Resolved;
use crate::limits;
use crate::report::{Explanation, NearMiss, Unmet};
use crate::signature::compile::Compiled;

/// What came of one signature.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) assessed: Option<Assessed>,
    /// What it lacks, if it has no verdict.
    pub(super) unmet: Option<Vec<Unmet>>,
    pub(super) near_miss: Option<NearMiss>,
    /// Why it has no verdict, if that was asked for.
    pub(super) no_verdict: Option<Explanation>,
}

/// The signatures that have evidence, in the order of the set, and what came of each.
///
/// Those with very much evidence come first, one after the other: what is held at a time is the
/// evidence of one of them, or of as many small ones as there are threads.
pub(super) fn of_all<'a>(
    session: &Session,
    collection: &'a Collection<'a>,
    threads: usize,
) -> impl Iterator<Item = (&'a Arc<Compiled>, Outcome)> {
    let asked = Asked::of(session, collection);
    let most = limits::MAX_POINTS_AT_ONCE / threads.max(1);
    let is_large = |(_, groups): &(usize, Vec<usize>)| asked.weight(groups) > most;
    let numbered = asked.signatures.iter().enumerate();
    let (large, small): (Vec<_>, Vec<_>) = numbered.partition(|(_, asks)| is_large(asks));
    let done = Mutex::new(BTreeMap::new());
    let judge = |(number, (signature, groups)): (usize, &(usize, Vec<usize>))| {
        let Some(compiled) = collection.set.compiled(*signature) else {
            return;
        };
        let classes = asked.classes(groups);
        let outcome = outcome(session, collection, compiled, (*signature, &classes));
        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
        done.insert(number, (compiled, outcome));
    };
    let next = AtomicUsize::new(0);
    let judge_small = || {
        while let Some(asks) = small.get(next.fetch_add(1, Ordering::Relaxed)) {
            judge(*asks);
        }
    };
    large.into_iter().for_each(judge);
    std::thread::scope(|scope| {
        for _ in 1..threads.min(small.len()) {
            scope.spawn(judge_small);
        }
        judge_small();
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.into_values()
}

/// Which signatures ask for which classes.
struct Asked {
    groups: Vec<Group>,
    /// Signatures in the order of the set, with their groups.
    signatures: Vec<(usize, Vec<usize>)>,
}

/// Classes of one kind of event: the same signatures ask for them.
#[derive(Default)]
struct Group {
    /// Their numbers, in order.
    classes: Vec<u32>,
    /// How many seconds of theirs have records.
    points: usize,
}

impl Asked {
    fn of(session: &Session, collection: &Collection<'_>) -> Asked {
        let mut groups: Vec<Group> = Vec::new();
        let mut numbers: BTreeMap<*const Resolved, usize> = BTreeMap::new();
        let mut signatures: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (number, seen) in collection.classes.iter().enumerate() {
            let group = *numbers
                .entry(Arc::as_ptr(&seen.resolved))
                .or_insert_with(|| {
                    let of_all = seen.resolved.subscriptions.iter().map(|s| s.signature);
                    for signature in of_all.collect::<BTreeSet<usize>>() {
                        signatures.entry(signature).or_default().push(groups.len());
                    }
                    groups.push(Group::default());
                    groups.len() - 1
                });
            if let Some(group) = groups.get_mut(group) {
                // Far fewer than that are kept: limits::MAX_CLASSES.
                group.classes.extend(u32::try_from(number));
                group.points += seen.points.len();
            }
        }
        // Those that are to be explained are judged without any evidence, too.
        for id in &session.explain {
            if let Some(at) = collection.set.position(id) {
                signatures.entry(at).or_default();
            }
        }
        Asked {
            groups,
            signatures: signatures.into_iter().collect(),
        }
    }

    /// The classes of some groups, in order.
    fn classes(&self, groups: &[usize]) -> Vec<usize> {
        let groups = groups.iter().filter_map(|&group| self.groups.get(group));
        let classes = groups.flat_map(|group| &group.classes);
        let mut classes: Vec<usize> = classes.map(|&number| number as usize).collect();
        classes.sort_unstable();
        classes
    }

    /// How much there is to judge for a signature.
    fn weight(&self, groups: &[usize]) -> usize {
        let groups = groups.iter().filter_map(|&group| self.groups.get(group));
        groups.map(|group| group.points).sum()
    }
}

fn outcome(
    session: &Session,
    collection: &Collection<'_>,
    compiled: &Arc<Compiled>,
    (signature, classes): (usize, &[usize]),
) -> Outcome {
    let wanted = session.explain.contains(&compiled.document.id);
    let most = if wanted {
        usize::MAX
    } else {
        session.most.ruled_out
    };
    let thinned = possible::thinned(collection, compiled, signature, classes, most);
    let mut case = judge(collection, compiled, signature, &thinned.classes);
    case.items.left_out = thinned.left_out;
    if case.verdict().is_none() && thinned.left_out > 0 && thinned.may_be_ruled_out {
        case = judge(collection, compiled, signature, classes);
    }
    let mut outcome = Outcome::default();
    if case.verdict().is_some() {
        outcome.assessed = Some(Assessed {
            finding: finding::finding(collection, &case, wanted),
            classes: case.found_classes(),
            marks: session.timeline.as_ref().map_or_else(Vec::new, |notes| {
                timeline::marks_of(collection, &case, &notes.window)
            }),
            claims: outdone::Claims::of(&case),
        });
        return outcome;
    }
    if !case.judged.is_empty() {
        outcome.unmet = Some(finding::unmet(collection, &case));
        outcome.near_miss = finding::near_miss(collection, &case);
    }
    outcome.no_verdict = wanted.then(|| finding::no_verdict(collection, &case));
    outcome
}

fn judge<'a>(
    collection: &'a Collection<'a>,
    compiled: &'a Arc<Compiled>,
    signature: usize,
    classes: &[usize],
) -> Case<'a> {
    let mut items = Items::of(collection, compiled, signature, classes);
    qualify::qualify(collection, compiled, &mut items);
    let mut occurrences = occurrence::build(collection, compiled, &items);
    let court = Court {
        collection,
        compiled,
        items: &items,
    };
    let decides = compiled.cause_decides;
    let mut judged: Vec<Judged> = Vec::with_capacity(occurrences.len());
    // From behind, so that the room of those that are judged is given back: there may be very many.
    while let Some(occurrence) = occurrences.pop() {
        if occurrences.len() < occurrences.capacity() / 2 {
            occurrences.shrink_to_fit();
        }
        let cause = decides.then(|| cause::check(&court, &occurrence));
        let numbered = (occurrences.len(), occurrence);
        judged.push(court.judge(numbered, &cause.unwrap_or_default()));
    }
    ranking::order_occurrences(&mut judged);
    if !decides && !compiled.document.cause_checks.is_empty() {
        // Of the best ones, those come first whose cause shows. Of a storm, a few hundred are asked.
        for judged in judged.iter_mut().take(limits::MAX_CAUSES_CHECKED) {
            judged.cause = cause::check(&court, &judged.occurrence).state;
        }
        ranking::order_occurrences(&mut judged);
    }
    Case {
        compiled,
        items,
        judged,
    }
}
