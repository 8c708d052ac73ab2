//! Joins the events of one signature to occurrences: one occurrence is one attempt.
//!
//! The most telling symptoms are anchors. Anchor events close together are one attempt; every
//! other event of the same computer goes with the nearest attempt within the window, if its key
//! (such as the connector's name) does not say otherwise. Events that may sit on another computer
//! are joined last, within a wider window. What no anchor claims becomes an occurrence of its own,
//! so that nothing that was seen goes unjudged.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::coverage::same_computer;
use super::evaluate::{Evaluation, Met};
use super::observation::Stretch;
use crate::event::short_name;
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
    pub(crate) stretch: &'a Stretch,
    /// How many signatures count this very event as found: generic evidence says little.
    pub(crate) shared_by: usize,
}

/// One attempt.
#[derive(Debug, Clone)]
pub(crate) struct Occurrence {
    pub(crate) computer: String,
    /// The same, whether a log writes it with its domain or without.
    machine: usize,
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
    /// Indices of the items that speak against it: the first one of each clause.
    pub(crate) against: Vec<usize>,
}

impl Occurrence {
    /// Seconds from its first or last event to an event outside of it, whichever is farther: what
    /// the window would have to be if the event were one of its own.
    pub(crate) fn reach(&self, item: &Item<'_>) -> i64 {
        let first = self.first.min(item.stretch.first);
        let last = self.last.max(item.stretch.last);
        span(first, last) - self.anchor_length
    }
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
        machines: machines(items),
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
    /// By item: equal for events of one computer.
    machines: Vec<usize>,
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

    fn machine(&self, item: usize) -> Option<usize> {
        self.machines.get(item).copied()
    }

    /// Free items that pass a test, by computer, then key, then time.
    fn free_items(&self, wanted: impl Fn(usize, &Item<'_>) -> bool) -> Vec<usize> {
        let mut found: Vec<usize> = (0..self.items.len())
            .filter(|&n| self.free.get(n) == Some(&true))
            .filter(|&n| self.items.get(n).is_some_and(|item| wanted(n, item)))
            .collect();
        found.sort_by(|&a, &b| {
            let (Some(first), Some(second)) = (self.items.get(a), self.items.get(b)) else {
                return std::cmp::Ordering::Equal;
            };
            (self.machine(a), &first.key, first.stretch.first).cmp(&(
                self.machine(b),
                &second.key,
                second.stretch.first,
            ))
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
                && Some(occurrence.machine) == self.machine(seed)
                && occurrence.key == item.key
                && distance(occurrence.first, occurrence.last, item) <= gap
            {
                occurrence.last = occurrence.last.max(item.stretch.last);
                occurrence.items.push(seed);
                continue;
            }
            let next = Occurrence {
                computer: item.computer.to_owned(),
                machine: self.machine(seed).unwrap_or_default(),
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

    /// Gives free local events to the occurrences from `start` on: first those that overlapping
    /// attempts compete for, then each of the rest to the nearest.
    fn attach_local(&mut self, start: usize) {
        let near = Nearby::new(&self.occurrences, start);
        self.share_out(&near);
        let window = seconds(self.signature.join.window_s);
        let mut pairs: Vec<(i64, usize, usize)> = Vec::new();
        for n in self.free_items(|n, _| self.is_local(n)) {
            let nearest = self.candidates(&near, n, window).into_iter().min();
            pairs.extend(nearest.map(|(far, at)| (far, n, at)));
        }
        pairs.sort_unstable();
        for (_, n, at) in pairs {
            self.attach(n, at);
        }
    }

    /// Several connectors can be tried at once, and an event without a key goes with either: no
    /// attempt gets a second event of a kind while another one has none.
    fn share_out(&mut self, near: &Nearby) {
        let close = seconds(self.signature.join.attempt_gap_s);
        let mut pairs: Vec<(i64, usize, usize)> = Vec::new();
        for n in self.free_items(|n, item| item.key.is_none() && self.is_local(n)) {
            let mut at = self.candidates(near, n, close);
            if at.len() > 1 {
                at.sort_unstable();
                at.truncate(MOST_COMPETING);
                pairs.extend(at.into_iter().map(|(far, at)| (far, n, at)));
            }
        }
        pairs.sort_unstable();
        let mut has: BTreeSet<(usize, Role, Met)> = BTreeSet::new();
        for (_, n, at) in pairs {
            let Some(item) = self.items.get(n) else {
                continue;
            };
            let kind = (at, item.role, item.met);
            if self.free.get(n) == Some(&true) && !has.contains(&kind) && self.attach(n, at) {
                has.insert(kind);
            }
        }
    }

    /// Occurrences near an event of their own computer that its key fits, with their distance.
    fn candidates(&self, near: &Nearby, n: usize, window: i64) -> Vec<(i64, usize)> {
        let Some(item) = self.items.get(n) else {
            return Vec::new();
        };
        near.on_computer(self.machine(n), item, window)
            .filter_map(|at| {
                let occurrence = self.occurrences.get(at)?;
                keys_agree(occurrence, item)
                    .then(|| (distance(occurrence.first, occurrence.last, item), at))
            })
            .collect()
    }

    /// Makes an event part of an occurrence, unless a nearer event has bound another key or used
    /// up the window.
    fn attach(&mut self, n: usize, at: usize) -> bool {
        let (Some(item), Some(occurrence), Some(free)) = (
            self.items.get(n),
            self.occurrences.get_mut(at),
            self.free.get_mut(n),
        ) else {
            return false;
        };
        let first = occurrence.first.min(item.stretch.first);
        let last = occurrence.last.max(item.stretch.last);
        let most = seconds(self.signature.join.window_s)
            + occurrence.anchor_length
            + span(item.stretch.first, item.stretch.last);
        if !keys_agree(occurrence, item) || span(first, last) > most {
            return false;
        }
        occurrence.first = first;
        occurrence.last = last;
        if occurrence.key.is_none() {
            occurrence.key.clone_from(&item.key);
        }
        occurrence.items.push(n);
        *free = false;
        true
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

    /// An event of another computer is about another pair where either side names a third
    /// computer of the dump.
    fn peer_agrees(&self, occurrence: &Occurrence, item: &Item<'_>) -> bool {
        if same_computer(item.computer, &occurrence.computer) {
            return true;
        }
        if !self.means(item.peer, item.computer, &occurrence.computer) {
            return false;
        }
        let mut named = occurrence
            .items
            .iter()
            .filter_map(|&n| self.items.get(n))
            .filter(|own| own.peer.is_some() && same_computer(own.computer, &occurrence.computer))
            .peekable();
        named.peek().is_none()
            || named.any(|own| self.means(own.peer, &occurrence.computer, item.computer))
    }

    /// Whether a name that an event on one computer gives can mean another computer: it is that
    /// one's, or none that the dump knows.
    fn means(&self, name: Option<&str>, on: &str, other: &str) -> bool {
        let Some(name) = name else { return true };
        same_computer(name, other)
            || !self
                .computers
                .iter()
                .any(|known| same_computer(known, name) && !same_computer(known, on))
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
                    .on_computer(self.machine(n), item, seconds(join.window_s))
                    .collect(),
            };
            for at in hits {
                let Some(occurrence) = self.occurrences.get(at) else {
                    continue;
                };
                // One event of a clause says as much as a thousand.
                let known = occurrence
                    .against
                    .iter()
                    .any(|&n| self.items.get(n).map(|item| item.role) == Some(item.role));
                if known || !keys_agree(occurrence, item) || !self.peer_agrees(occurrence, item) {
                    continue;
                }
                if let Some(occurrence) = self.occurrences.get_mut(at) {
                    occurrence.against.push(n);
                }
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

/// Numbers the computers of items. One log may write a server with its domain, another without;
/// where a dump knows a name in several domains, these are several computers.
fn machines(items: &[Item<'_>]) -> Vec<usize> {
    let short = |name: &str| short_name(name).to_ascii_lowercase();
    let names: BTreeSet<String> = items
        .iter()
        .map(|item| item.computer.to_ascii_lowercase())
        .collect();
    let mut domains: BTreeMap<String, usize> = BTreeMap::new();
    for name in names.iter().filter(|name| short(name) != **name) {
        *domains.entry(short(name)).or_default() += 1;
    }
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let number_of: BTreeMap<&str, usize> = names
        .iter()
        .map(|name| {
            let known_as = if domains.get(&short(name)).is_some_and(|n| *n > 1) {
                name.clone()
            } else {
                short(name)
            };
            let next = numbers.len();
            (name.as_str(), *numbers.entry(known_as).or_insert(next))
        })
        .collect();
    items
        .iter()
        .map(|item| {
            let name = item.computer.to_ascii_lowercase();
            number_of.get(name.as_str()).copied().unwrap_or_default()
        })
        .collect()
}

/// Occurrences by time, to find those near an event without looking at all of them.
struct Nearby {
    all: Vec<(Timestamp, Timestamp, usize)>,
    by_computer: BTreeMap<usize, Vec<(Timestamp, Timestamp, usize)>>,
}

impl Nearby {
    fn new(occurrences: &[Occurrence], start: usize) -> Nearby {
        let mut all = Vec::new();
        let mut by_computer: BTreeMap<usize, Vec<_>> = BTreeMap::new();
        for (at, occurrence) in occurrences.iter().enumerate().skip(start) {
            let entry = (occurrence.first, occurrence.last, at);
            all.push(entry);
            by_computer
                .entry(occurrence.machine)
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
        machine: Option<usize>,
        item: &'n Item<'_>,
        window: i64,
    ) -> impl Iterator<Item = usize> + 'n {
        let list = machine
            .and_then(|machine| self.by_computer.get(&machine))
            .map_or(&[][..], Vec::as_slice);
        near(list, item, window)
    }

    fn anywhere<'n>(&'n self, item: &'n Item<'_>, window: i64) -> impl Iterator<Item = usize> + 'n {
        near(&self.all, item, window)
    }
}

/// Attempts at one time that an event is offered to.
const MOST_COMPETING: usize = 8;

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
