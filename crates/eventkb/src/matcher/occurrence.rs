//! Joins the events of one signature to occurrences: one occurrence is one attempt.
//!
//! The most telling symptoms are anchors. Anchor events close together are one attempt; every
//! other event of the same computer goes with the nearest attempt within the window, if its key
//! (such as the connector's name) does not say otherwise. Events that may sit on another computer
//! are joined last, within a wider window. What no anchor claims becomes an occurrence of its own,
//! so that nothing that was seen goes unjudged.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::coverage::same_computer;
use super::evaluate::{Evaluation, Met};
use super::observation::Stretch;
use crate::signature::model::{Place, Signature};

/// What an item is to its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Symptom by index.
    Symptom(usize),
    /// `rules_out` clause by index.
    RuleOut(usize),
}

/// One event, or a run of equal ones, as one signature sees it.
#[derive(Debug, Clone)]
pub(crate) struct Item<'a> {
    pub(crate) role: Role,
    pub(crate) met: Met,
    pub(crate) computer: &'a str,
    /// The joining key, folded if the signature says so.
    pub(crate) key: Option<String>,
    /// The key as written.
    pub(crate) key_shown: Option<&'a str>,
    /// The other computer it names.
    pub(crate) peer: Option<&'a str>,
    pub(crate) evaluation: &'a Evaluation,
    pub(crate) stretch: Stretch,
    /// How many signatures count this very event as found: generic evidence says little.
    pub(crate) shared_by: usize,
}

/// One attempt.
#[derive(Debug, Clone)]
pub(crate) struct Occurrence {
    pub(crate) computer: String,
    pub(crate) key: Option<String>,
    /// First and last event on its own computer.
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    /// The first anchor event, by index.
    pub(crate) anchor: usize,
    /// Length of the anchor cluster: a storm may be longer than the window.
    anchor_length: i64,
    /// Lower is better: the order in which anchors were tried.
    rank: usize,
    /// Indices of the items that belong to it.
    pub(crate) items: Vec<usize>,
    /// Indices of the items that speak against it.
    pub(crate) against: Vec<usize>,
}

/// Builds all occurrences of a signature from its items.
pub(crate) fn build(
    signature: &Signature,
    items: &[Item<'_>],
    computers: &[String],
) -> Vec<Occurrence> {
    let mut builder = Builder {
        signature,
        items,
        computers,
        free: vec![true; items.len()],
        occurrences: Vec::new(),
        rank: 0,
    };
    let order = anchor_order(signature);
    for met in [Met::Yes, Met::No, Met::Unknown] {
        for &symptom in &order {
            builder.anchor_round(symptom, met);
            builder.rank += 1;
        }
    }
    builder.join_across();
    builder.orphans();
    builder.rule_outs();
    builder.occurrences
}

/// Symptoms that can anchor, most telling first.
fn anchor_order(signature: &Signature) -> Vec<usize> {
    let mut order: Vec<usize> = (0..signature.symptoms.len())
        .filter(|&n| {
            signature
                .symptoms
                .get(n)
                .is_some_and(|s| s.place == Place::SameComputer)
        })
        .collect();
    order.sort_by_key(|&n| {
        let symptom = signature.symptoms.get(n);
        let named = symptom.and_then(|s| signature.join.anchor.iter().position(|id| *id == s.id));
        (named.unwrap_or(usize::MAX), symptom.map(|s| s.role), n)
    });
    order
}

struct Builder<'a, 'i> {
    signature: &'a Signature,
    items: &'a [Item<'i>],
    computers: &'a [String],
    free: Vec<bool>,
    occurrences: Vec<Occurrence>,
    rank: usize,
}

impl Builder<'_, '_> {
    fn is_local(&self, item: usize) -> bool {
        match self.items.get(item).map(|item| item.role) {
            Some(Role::Symptom(n)) => self
                .signature
                .symptoms
                .get(n)
                .is_some_and(|s| s.place == Place::SameComputer),
            _ => false,
        }
    }

    /// Free items that pass a test, by computer, then key, then time.
    fn free_items(&self, wanted: impl Fn(usize, &Item<'_>) -> bool) -> Vec<usize> {
        let mut found: Vec<usize> = (0..self.items.len())
            .filter(|&n| self.free.get(n) == Some(&true))
            .filter(|&n| self.items.get(n).is_some_and(|item| wanted(n, item)))
            .collect();
        found.sort_by(|&a, &b| {
            let (Some(a), Some(b)) = (self.items.get(a), self.items.get(b)) else {
                return std::cmp::Ordering::Equal;
            };
            (a.computer, &a.key, a.stretch.first).cmp(&(b.computer, &b.key, b.stretch.first))
        });
        found
    }

    /// Starts occurrences around the free events of one symptom and gives each other free event
    /// of the same computer to the nearest of them.
    fn anchor_round(&mut self, symptom: usize, met: Met) {
        let seeds =
            self.free_items(|_, item| item.role == Role::Symptom(symptom) && item.met == met);
        if seeds.is_empty() {
            return;
        }
        let start = self.occurrences.len();
        self.cluster(&seeds);
        self.attach_local(start);
    }

    /// Makes an occurrence of every group of seeds without a pause longer than `attempt_gap_s`.
    fn cluster(&mut self, seeds: &[usize]) {
        let gap = seconds(self.signature.join.attempt_gap_s);
        let mut open: Option<Occurrence> = None;
        for &seed in seeds {
            let Some(item) = self.items.get(seed) else {
                continue;
            };
            if let Some(slot) = self.free.get_mut(seed) {
                *slot = false;
            }
            if let Some(occurrence) = &mut open
                && occurrence.computer == item.computer
                && occurrence.key == item.key
                && distance(occurrence.first, occurrence.last, item) <= gap
            {
                occurrence.last = occurrence.last.max(item.stretch.last);
                occurrence.items.push(seed);
                continue;
            }
            let next = Occurrence {
                computer: item.computer.to_owned(),
                key: item.key.clone(),
                first: item.stretch.first,
                last: item.stretch.last,
                anchor: seed,
                anchor_length: 0,
                rank: self.rank,
                items: vec![seed],
                against: Vec::new(),
            };
            self.occurrences.extend(open.replace(next));
        }
        self.occurrences.extend(open);
        for occurrence in &mut self.occurrences {
            if occurrence.rank == self.rank {
                occurrence.anchor_length = span(occurrence.first, occurrence.last);
            }
        }
    }

    /// Gives free local events to the nearest of the occurrences from `start` on.
    fn attach_local(&mut self, start: usize) {
        let window = seconds(self.signature.join.window_s);
        let near = Nearby::new(&self.occurrences, start);
        let mut pairs: Vec<(i64, usize, usize)> = Vec::new();
        for n in self.free_items(|n, _| self.is_local(n)) {
            let Some(item) = self.items.get(n) else {
                continue;
            };
            let candidates = near.on_computer(item.computer, item, window);
            let best = candidates
                .filter(|&at| {
                    self.occurrences
                        .get(at)
                        .is_some_and(|o| keys_agree(o, item))
                })
                .filter_map(|at| {
                    let occurrence = self.occurrences.get(at)?;
                    Some((distance(occurrence.first, occurrence.last, item), at))
                })
                .min();
            if let Some((far, at)) = best {
                pairs.push((far, n, at));
            }
        }
        pairs.sort_unstable();
        for (_, n, at) in pairs {
            let (Some(item), Some(occurrence)) = (self.items.get(n), self.occurrences.get_mut(at))
            else {
                continue;
            };
            // The key may have been bound, and the span used up, by a nearer event.
            let first = occurrence.first.min(item.stretch.first);
            let last = occurrence.last.max(item.stretch.last);
            let most =
                window + occurrence.anchor_length + span(item.stretch.first, item.stretch.last);
            if !keys_agree(occurrence, item) || span(first, last) > most {
                continue;
            }
            occurrence.first = first;
            occurrence.last = last;
            if occurrence.key.is_none() {
                occurrence.key.clone_from(&item.key);
            }
            occurrence.items.push(n);
            if let Some(slot) = self.free.get_mut(n) {
                *slot = false;
            }
        }
    }

    /// Gives events that may sit on any computer to the best and nearest occurrence.
    fn join_across(&mut self) {
        let window = seconds(self.signature.join.across_window_s);
        let near = Nearby::new(&self.occurrences, 0);
        let across =
            self.free_items(|n, item| matches!(item.role, Role::Symptom(_)) && !self.is_local(n));
        let mut joins = Vec::new();
        for n in across {
            let Some(item) = self.items.get(n) else {
                continue;
            };
            let best = near
                .anywhere(item, window)
                .filter_map(|at| {
                    let occurrence = self.occurrences.get(at)?;
                    let joins = keys_agree(occurrence, item) && self.peer_agrees(occurrence, item);
                    let far = distance(occurrence.first, occurrence.last, item);
                    joins.then_some((occurrence.rank, far, at))
                })
                .min();
            if let Some((_, _, at)) = best {
                joins.push((n, at));
            }
        }
        for (n, at) in joins {
            if let (Some(occurrence), Some(slot)) =
                (self.occurrences.get_mut(at), self.free.get_mut(n))
            {
                occurrence.items.push(n);
                *slot = false;
            }
        }
    }

    /// An event of another computer that names a third computer of the dump is about that one.
    fn peer_agrees(&self, occurrence: &Occurrence, item: &Item<'_>) -> bool {
        let Some(peer) = item.peer else { return true };
        if same_computer(item.computer, &occurrence.computer)
            || same_computer(peer, &occurrence.computer)
        {
            return true;
        }
        !self
            .computers
            .iter()
            .any(|known| same_computer(known, peer) && !same_computer(known, item.computer))
    }

    /// Events that found no occurrence are judged on their own.
    fn orphans(&mut self) {
        self.rank += 1;
        let rest = self.free_items(|_, item| matches!(item.role, Role::Symptom(_)));
        self.cluster(&rest);
    }

    /// Lets events that speak against the article speak against every occurrence near them.
    fn rule_outs(&mut self) {
        let near = Nearby::new(&self.occurrences, 0);
        let mut against = Vec::new();
        for (n, item) in self.items.iter().enumerate() {
            let Role::RuleOut(clause) = item.role else {
                continue;
            };
            if item.met != Met::Yes {
                continue;
            }
            let place = self
                .signature
                .rules_out
                .get(clause)
                .map(|clause| clause.place);
            let join = &self.signature.join;
            let hits: Vec<usize> = match place {
                Some(Place::AnyComputer) => {
                    near.anywhere(item, seconds(join.across_window_s)).collect()
                }
                _ => near
                    .on_computer(item.computer, item, seconds(join.window_s))
                    .collect(),
            };
            against.extend(hits.into_iter().map(|at| (at, n)));
        }
        for (at, n) in against {
            if let (Some(occurrence), Some(item)) =
                (self.occurrences.get_mut(at), self.items.get(n))
                && keys_agree(occurrence, item)
            {
                occurrence.against.push(n);
            }
        }
    }
}

fn keys_agree(occurrence: &Occurrence, item: &Item<'_>) -> bool {
    match (&occurrence.key, &item.key) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

fn seconds(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Milliseconds would only pretend to be exact: .evt knows whole seconds.
fn span(first: Timestamp, last: Timestamp) -> i64 {
    last.as_second() - first.as_second()
}

/// Seconds between an item and a stretch of time; 0 when they overlap.
fn distance(first: Timestamp, last: Timestamp, item: &Item<'_>) -> i64 {
    span(item.stretch.last, first)
        .max(span(last, item.stretch.first))
        .max(0)
}

/// Occurrences by time, to find those near an event without looking at all of them.
struct Nearby {
    all: Vec<(Timestamp, Timestamp, usize)>,
    by_computer: BTreeMap<String, Vec<(Timestamp, Timestamp, usize)>>,
}

impl Nearby {
    fn new(occurrences: &[Occurrence], start: usize) -> Nearby {
        let mut all = Vec::new();
        let mut by_computer: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for (at, occurrence) in occurrences.iter().enumerate().skip(start) {
            let entry = (occurrence.first, occurrence.last, at);
            all.push(entry);
            by_computer
                .entry(fold_computer(&occurrence.computer))
                .or_default()
                .push(entry);
        }
        all.sort_unstable();
        by_computer
            .values_mut()
            .for_each(|list| list.sort_unstable());
        Nearby { all, by_computer }
    }

    fn on_computer<'n>(
        &'n self,
        computer: &str,
        item: &'n Item<'_>,
        window: i64,
    ) -> impl Iterator<Item = usize> + 'n {
        let list = self
            .by_computer
            .get(&fold_computer(computer))
            .map_or(&[][..], Vec::as_slice);
        near(list, item, window)
    }

    fn anywhere<'n>(&'n self, item: &'n Item<'_>, window: i64) -> impl Iterator<Item = usize> + 'n {
        near(&self.all, item, window)
    }
}

fn fold_computer(computer: &str) -> String {
    computer.to_ascii_lowercase()
}

/// Occurrences looked at on each side of an event. Attempts are at least a minute apart, so a
/// window of a quarter of an hour holds some 15 for each connector.
const MOST_NEIGHBOURS: usize = 256;

fn near<'n>(
    list: &'n [(Timestamp, Timestamp, usize)],
    item: &'n Item<'_>,
    window: i64,
) -> impl Iterator<Item = usize> + 'n {
    let at = list.partition_point(|(first, _, _)| *first <= item.stretch.first);
    let before = list
        .get(..at)
        .unwrap_or(&[])
        .iter()
        .rev()
        .take(MOST_NEIGHBOURS);
    let after = list
        .get(at..)
        .unwrap_or(&[])
        .iter()
        .take_while(move |(first, _, _)| span(item.stretch.last, *first) <= window)
        .take(MOST_NEIGHBOURS);
    before
        .chain(after)
        .filter(move |(first, last, _)| distance(*first, *last, item) <= window)
        .map(|(_, _, at)| *at)
}
