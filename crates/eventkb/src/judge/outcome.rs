//! What came of each signature that has evidence. Each is judged by itself, several at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

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
pub(super) fn of_all<'a>(
    session: &Session,
    collection: &'a Collection<'a>,
    threads: usize,
) -> impl Iterator<Item = (&'a Arc<Compiled>, Outcome)> {
    let asked = Asked::of(session, collection);
    let queue = Queue::new(&asked);
    let judge_next = || {
        while let Some(turn) = queue.take() {
            let outcome = asked.signatures.get(turn.number).map(|(signature, of)| {
                let compiled = collection.set.compiled(*signature)?;
                let classes = asked.classes(of);
                let of = (*signature, &*classes);
                Some((compiled, outcome(session, collection, compiled, of)))
            });
            turn.give(outcome.flatten());
        }
    };
    std::thread::scope(|scope| {
        let others = 1..threads.min(asked.signatures.len());
        others.for_each(|_| drop(scope.spawn(judge_next)));
        judge_next();
    });
    queue.done().into_values()
}

/// Which signatures ask for which classes.
struct Asked {
    /// The numbers of the classes, in order, by who asks for them; and how many seconds of theirs
    /// have records.
    groups: Vec<Group>,
    /// Signatures in the order of the set, with their groups.
    signatures: Vec<(usize, Vec<usize>)>,
}

/// Classes of one kind of event: the same signatures ask for them.
#[derive(Default)]
struct Group {
    classes: Vec<u32>,
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

/// A signature's turn to be judged. Ends when it is dropped.
struct Turn<'q, 'a> {
    queue: &'q Queue<'a>,
    number: usize,
    weight: usize,
}

impl<'a> Turn<'_, 'a> {
    fn give(self, outcome: Option<(&'a Arc<Compiled>, Outcome)>) {
        let mut state = self.queue.state();
        state
            .done
            .extend(outcome.map(|outcome| (self.number, outcome)));
    }
}

impl Drop for Turn<'_, '_> {
    fn drop(&mut self) {
        self.queue.state().weight -= self.weight;
        self.queue.freed.notify_all();
    }
}

/// Hands out signatures in their order, and takes what came of them.
struct Queue<'a> {
    weights: Vec<usize>,
    state: Mutex<State<'a>>,
    /// Somebody has finished.
    freed: Condvar,
}

#[derive(Default)]
struct State<'a> {
    next: usize,
    /// Of what is being judged.
    weight: usize,
    done: BTreeMap<usize, (&'a Arc<Compiled>, Outcome)>,
}

impl<'a> Queue<'a> {
    fn new(asked: &Asked) -> Queue<'a> {
        let weights = asked.signatures.iter();
        Queue {
            weights: weights.map(|(_, groups)| asked.weight(groups)).collect(),
            state: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// The next signature, as soon as there is room for it: the evidence of few large ones, or of
    /// one that is larger still, is all that is held at a time.
    fn take(&self) -> Option<Turn<'_, 'a>> {
        let full = |state: &mut State<'a>| {
            let weight = self.weights.get(state.next).copied().unwrap_or(0);
            let sum = state.weight.saturating_add(weight);
            state.weight > 0 && sum > limits::MAX_POINTS_AT_ONCE
        };
        let waited = self.freed.wait_while(self.state(), full);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        let number = state.next;
        let weight = *self.weights.get(number)?;
        state.next += 1;
        state.weight += weight;
        Some(Turn {
            queue: self,
            number,
            weight,
        })
    }

    fn state(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn done(self) -> BTreeMap<usize, (&'a Arc<Compiled>, Outcome)> {
        let state = self.state.into_inner();
        state.unwrap_or_else(PoisonError::into_inner).done
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
    let occurrences = occurrence::build(collection, compiled, &items);
    let court = Court {
        collection,
        compiled,
        items: &items,
    };
    let decides = compiled.cause_decides;
    let judged = occurrences.into_iter().map(|occurrence| {
        let cause = decides.then(|| cause::check(&court, &occurrence));
        court.judge(occurrence, &cause.unwrap_or_default())
    });
    let mut judged: Vec<Judged> = judged.collect();
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
