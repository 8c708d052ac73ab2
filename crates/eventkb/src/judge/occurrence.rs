//! Joins the events of one signature to occurrences.
//!
//! The most telling symptoms are anchors. Anchor events close together begin an occurrence; every
//! other event of the same computer goes with the nearest one within the window, if its key (such
//! as the connector's name) does not say otherwise. Events that may sit on another computer are
//! joined last, within a wider window. What no anchor claims becomes an occurrence of its own, so
//! that nothing that was seen goes unjudged. No occurrence is ever longer than its window, whatever
//! lies between. docs/signature-format.md says it step by step.

use std::collections::{BTreeMap, HashMap};

use super::Collection;
use super::computers::Machine;
use super::items::{Evidence, Item, ItemKind, Items, Key, Standing, is_complete, keys_agree};
use crate::limits;
use crate::signature::compile::Compiled;

/// One group of events in which a signature is judged.
#[derive(Debug, Clone)]
pub(crate) struct Occurrence {
    pub(crate) computer: String,
    pub(crate) machine: Machine,
    pub(crate) key: Key,
    /// First and last second on its own computer.
    pub(crate) first: i64,
    pub(crate) last: i64,
    /// The first anchor event, by index.
    pub(crate) anchor: usize,
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
    pub(crate) fn reach(&self, second: i64) -> i64 {
        self.last.max(second) - self.first.min(second)
    }

    /// Seconds to an event; 0 within it.
    fn distance(&self, second: i64) -> i64 {
        (self.first - second).max(second - self.last).max(0)
    }
}

/// Builds all occurrences of a signature from its items.
pub(crate) fn build(
    collection: &Collection<'_>,
    compiled: &Compiled,
    items: &Items<'_>,
) -> Vec<Occurrence> {
    let mut builder = Builder {
        collection,
        compiled,
        items,
        free: vec![true; items.all.len()],
        occurrences: Vec::new(),
        rank: 0,
    };
    for standing in [
        Standing::Yes,
        Standing::Unqualified,
        Standing::No,
        Standing::Unknown,
    ] {
        for &symptom in &compiled.anchors {
            builder.anchor_round(symptom, standing);
            builder.rank += 1;
        }
    }
    builder.join_across();
    builder.leftovers();
    builder.rule_outs();
    builder.occurrences
}

struct Builder<'a, 'i> {
    collection: &'a Collection<'a>,
    compiled: &'a Compiled,
    items: &'a Items<'i>,
    free: Vec<bool>,
    occurrences: Vec<Occurrence>,
    rank: usize,
}

impl<'a, 'i> Builder<'a, 'i> {
    fn get(&self, at: usize) -> Option<(&'a Item, &'a Evidence<'i>)> {
        self.items.get(at)
    }

    fn is_local(&self, item: &Item) -> bool {
        match item.kind {
            ItemKind::Symptom(n) => self.compiled.symptoms.get(n).is_some_and(|s| s.local),
            ItemKind::RuleOut(_) => false,
        }
    }

    fn is_free(&self, at: usize) -> bool {
        self.free.get(at) == Some(&true)
    }

    fn take(&mut self, at: usize) {
        if let Some(free) = self.free.get_mut(at) {
            *free = false;
        }
    }

    /// Free items that pass a test, by computer, then key, then time.
    fn free_items(&self, wanted: impl Fn(&Item) -> bool) -> Vec<usize> {
        let mut found: Vec<usize> = (0..self.items.all.len())
            .filter(|&n| self.is_free(n) && self.items.all.get(n).is_some_and(&wanted))
            .collect();
        // Items are in order of time already, and the sort is stable.
        found.sort_by(|&a, &b| {
            let of = |at: usize| self.get(at).map(|(_, e)| (e.machine, &e.key));
            of(a).cmp(&of(b))
        });
        found
    }

    /// Starts occurrences around the free events of one symptom and gives other free events of the
    /// same computer to the nearest of them.
    fn anchor_round(&mut self, symptom: usize, standing: Standing) {
        let kind = ItemKind::Symptom(symptom);
        let seeds = self.free_items(|item| item.kind == kind && item.standing == standing);
        if seeds.is_empty() {
            return;
        }
        let start = self.occurrences.len();
        self.cluster(&seeds);
        self.attach_local(start);
    }

    /// Makes an occurrence of every group of seeds without a long pause, and puts them in order of
    /// time. A group takes at most half of the window, so that there is room for what goes with it
    /// on both sides.
    fn cluster(&mut self, seeds: &[usize]) {
        let start = self.occurrences.len();
        let mut open: Option<Occurrence> = None;
        for &seed in seeds {
            let Some((item, evidence)) = self.get(seed) else {
                continue;
            };
            self.take(seed);
            if let Some(occurrence) = &mut open
                && occurrence.machine == evidence.machine
                && occurrence.key == evidence.key
                && item.second - occurrence.last <= self.compiled.attempt_gap_s
                && item.second - occurrence.first <= self.compiled.window_s / 2
            {
                occurrence.last = item.second;
                occurrence.items.push(seed);
                continue;
            }
            let next = Occurrence {
                computer: evidence.computer.to_owned(),
                machine: evidence.machine,
                key: evidence.key.clone(),
                first: item.second,
                last: item.second,
                anchor: seed,
                rank: self.rank,
                items: vec![seed],
                against: Vec::new(),
            };
            self.occurrences.extend(open.replace(next));
        }
        self.occurrences.extend(open);
        // Of two that are equally near to an event, the earlier one takes it.
        if let Some(new) = self.occurrences.get_mut(start..) {
            new.sort_by(|a, b| {
                let order = |o: &Occurrence| (o.first, o.machine);
                order(a).cmp(&order(b)).then_with(|| a.key.cmp(&b.key))
            });
        }
    }

    /// Gives free local events to the occurrences from `start` on: first those that several
    /// occurrences compete for, then each of the rest to the nearest that takes it.
    fn attach_local(&mut self, start: usize) {
        let near = Nearby::new(&self.occurrences, start);
        self.share_out(&near);
        let mut pairs: Vec<(i64, usize, usize)> = Vec::new();
        for n in self.free_items(|item| self.is_local(item)) {
            pairs.extend(self.candidates(&near, n, self.compiled.window_s));
        }
        pairs.sort_unstable();
        for (_, n, at) in pairs {
            if self.is_free(n) {
                self.attach(n, at);
            }
        }
    }

    /// Several connectors can be tried at once, and an event without a key goes with either: no
    /// occurrence gets a second event of a kind while another one has none. Events of one second
    /// stay together.
    fn share_out(&mut self, near: &Nearby) {
        let keyless = |item: &Item| {
            let evidence = self.items.evidence.get(item.evidence);
            self.is_local(item) && evidence.is_some_and(|e| e.key.iter().all(Option::is_none))
        };
        let mut pairs: Vec<(i64, usize, usize)> = Vec::new();
        for n in self.free_items(keyless) {
            let at = self.candidates(near, n, self.compiled.attempt_gap_s);
            if at.len() > 1 {
                pairs.extend(at);
            }
        }
        pairs.sort_unstable();
        let mut has: BTreeMap<(usize, ItemKind, Standing), i64> = BTreeMap::new();
        for (_, n, at) in pairs {
            let Some((item, _)) = self.get(n) else {
                continue;
            };
            let kind = (at, item.kind, item.standing);
            let has_another = has.get(&kind).is_some_and(|second| *second != item.second);
            if self.is_free(n) && !has_another && self.attach(n, at) {
                has.insert(kind, item.second);
            }
        }
    }

    /// The nearest occurrences on an event's computer that its key fits: distance, event,
    /// occurrence.
    fn candidates(&self, near: &Nearby, n: usize, window: i64) -> Vec<(i64, usize, usize)> {
        let Some((item, evidence)) = self.get(n) else {
            return Vec::new();
        };
        let fitting = near
            .on_computer(
                evidence.machine,
                &evidence.key,
                item.second,
                window,
                self.compiled.window_s,
            )
            .into_iter()
            .filter_map(|at| {
                let occurrence = self.occurrences.get(at)?;
                let far = occurrence.distance(item.second);
                (far <= window && keys_agree(&occurrence.key, &evidence.key))
                    .then_some((far, n, at))
            });
        let mut found: Vec<(i64, usize, usize)> = fitting.collect();
        found.sort_unstable();
        found.truncate(limits::MAX_COMPETING);
        found
    }

    /// Makes an event part of an occurrence, unless a nearer event has bound another key or used
    /// up the window.
    fn attach(&mut self, n: usize, at: usize) -> bool {
        let Some((item, evidence)) = self.get(n) else {
            return false;
        };
        let Some(occurrence) = self.occurrences.get_mut(at) else {
            return false;
        };
        let first = occurrence.first.min(item.second);
        let last = occurrence.last.max(item.second);
        if !keys_agree(&occurrence.key, &evidence.key) || last - first > self.compiled.window_s {
            return false;
        }
        occurrence.first = first;
        occurrence.last = last;
        for (own, value) in occurrence.key.iter_mut().zip(&evidence.key) {
            if own.is_none() {
                own.clone_from(value);
            }
        }
        occurrence.items.push(n);
        self.take(n);
        true
    }

    /// Gives events that may sit on any computer to the best and nearest occurrence.
    fn join_across(&mut self) {
        let window = self.compiled.across_window_s;
        let near = Nearby::new(&self.occurrences, 0);
        let across = self
            .free_items(|item| matches!(item.kind, ItemKind::Symptom(_)) && !self.is_local(item));
        let mut joins = Vec::new();
        for n in across {
            let Some((item, evidence)) = self.get(n) else {
                continue;
            };
            let around = near.anywhere(&evidence.key, item.second, window, self.compiled.window_s);
            let best = around.into_iter().filter_map(|at| {
                let occurrence = self.occurrences.get(at)?;
                let far = occurrence.distance(item.second);
                let joins = far <= window
                    && keys_agree(&occurrence.key, &evidence.key)
                    && self.peers_agree(occurrence, evidence);
                joins.then_some((occurrence.rank, far, at))
            });
            if let Some((_, _, at)) = best.min() {
                joins.push((n, at));
            }
        }
        for (n, at) in joins {
            if let Some(occurrence) = self.occurrences.get_mut(at) {
                occurrence.items.push(n);
                self.take(n);
            }
        }
    }

    /// An event of another computer is about another pair where either side names a third
    /// computer of the collection.
    fn peers_agree(&self, occurrence: &Occurrence, evidence: &Evidence<'_>) -> bool {
        if evidence.machine == occurrence.machine {
            return true;
        }
        if !self.can_mean(evidence.peer.as_deref(), evidence, occurrence.machine) {
            return false;
        }
        let mut named = self.naming(occurrence).peekable();
        named.peek().is_none()
            || named.any(|own| self.can_mean(own.peer.as_deref(), own, evidence.machine))
    }

    /// The occurrence's own events that name another computer.
    fn naming<'o>(&'o self, occurrence: &'o Occurrence) -> impl Iterator<Item = &'o Evidence<'i>> {
        occurrence.items.iter().filter_map(|&n| {
            let (_, own) = self.get(n)?;
            (own.peer.is_some() && own.machine == occurrence.machine).then_some(own)
        })
    }

    /// Whether a name that an event gives can mean another computer: it is that one's, or none
    /// that the collection knows but the writer's own.
    fn can_mean(&self, name: Option<&str>, on: &Evidence<'_>, other: Machine) -> bool {
        let Some(name) = name else { return true };
        let meant = self.collection.computers.meant_on(name, on.machine);
        meant.contains(&other) || meant.iter().all(|machine| *machine == on.machine)
    }

    /// Events that found no occurrence are judged on their own.
    fn leftovers(&mut self) {
        self.rank += 1;
        let rest = self.free_items(|item| match item.kind {
            ItemKind::Symptom(n) => self
                .compiled
                .symptoms
                .get(n)
                .is_some_and(|s| s.is_evidence()),
            ItemKind::RuleOut(_) => false,
        });
        self.cluster(&rest);
    }

    /// Lets events that speak against the article speak against every occurrence near them.
    fn rule_outs(&mut self) {
        let near = Nearby::new(&self.occurrences, 0);
        let (window, across) = (self.compiled.window_s, self.compiled.across_window_s);
        for (n, item) in self.items.all.iter().enumerate() {
            let ItemKind::RuleOut(clause) = item.kind else {
                continue;
            };
            let Some(evidence) = self.items.evidence.get(item.evidence) else {
                continue;
            };
            if item.standing != Standing::Yes {
                continue;
            }
            let local = self.compiled.rules_out.get(clause).is_none_or(|c| c.local);
            for at in near.anywhere(&evidence.key, item.second, across.max(window), window) {
                let Some(occurrence) = self.occurrences.get(at) else {
                    continue;
                };
                let far = occurrence.distance(item.second);
                let own = evidence.machine == occurrence.machine;
                let there = if own {
                    far <= window
                } else {
                    far <= across
                        && (self.is_linked(occurrence, evidence.machine)
                            || (!local && self.peers_agree(occurrence, evidence)))
                };
                // One event of a clause says as much as a thousand.
                let known = occurrence
                    .against
                    .iter()
                    .any(|&n| self.items.all.get(n).map(|item| item.kind) == Some(item.kind));
                if known || !there || !keys_agree(&occurrence.key, &evidence.key) {
                    continue;
                }
                if let Some(occurrence) = self.occurrences.get_mut(at) {
                    occurrence.against.push(n);
                }
            }
        }
    }

    /// Whether an event of the occurrence names this computer, or was written on it.
    fn is_linked(&self, occurrence: &Occurrence, machine: Machine) -> bool {
        occurrence.items.iter().any(|&n| {
            self.get(n).is_some_and(|(_, own)| {
                own.machine == machine
                    || own.peer.as_deref().is_some_and(|name| {
                        let computers = &self.collection.computers;
                        let meant = computers.meant_on(name, own.machine);
                        meant.len() == 1 && meant.contains(&machine)
                    })
            })
        })
    }
}

/// Occurrences by time, to find those near an event without looking at all of them.
struct Nearby {
    anywhere: Lists,
    by_computer: BTreeMap<Machine, Lists>,
}

/// First second and index, in order.
type ByTime = Vec<(i64, usize)>;

#[derive(Default)]
struct Lists {
    all: ByTime,
    /// Those with a whole key, by key: of a hundred thousand connectors, one fits.
    by_key: HashMap<Key, ByTime>,
    /// Those whose key lacks a part. It may be bound meanwhile, so keys are compared again.
    incomplete: ByTime,
}

impl Lists {
    fn add(&mut self, occurrence: &Occurrence, at: usize) {
        let entry = (occurrence.first, at);
        self.all.push(entry);
        if is_complete(&occurrence.key) && !occurrence.key.is_empty() {
            self.by_key
                .entry(occurrence.key.clone())
                .or_default()
                .push(entry);
        } else {
            self.incomplete.push(entry);
        }
    }

    fn sort(&mut self) {
        self.all.sort_unstable();
        self.incomplete.sort_unstable();
        self.by_key
            .values_mut()
            .for_each(|list| list.sort_unstable());
    }

    /// Those that may lie within `window` of a second. None is longer than `longest`.
    fn near(&self, key: &Key, second: i64, window: i64, longest: i64) -> Vec<usize> {
        let mut found = Vec::new();
        if is_complete(key) && !key.is_empty() {
            if let Some(list) = self.by_key.get(key) {
                around(list, second, window, longest, &mut found);
            }
            around(&self.incomplete, second, window, longest, &mut found);
        } else {
            around(&self.all, second, window, longest, &mut found);
        }
        found
    }
}

/// Occurrences looked at on each side of an event that has no key of its own. More than this at one
/// time can only be crafted.
const MOST_NEIGHBOURS: usize = 64;

fn around(list: &ByTime, second: i64, window: i64, longest: i64, found: &mut Vec<usize>) {
    let at = list.partition_point(|(first, _)| *first <= second);
    let earliest = second.saturating_sub(window).saturating_sub(longest);
    let before = list.get(..at).unwrap_or(&[]).iter().rev();
    let before = before.take_while(|(first, _)| *first >= earliest);
    let after = list.get(at..).unwrap_or(&[]).iter();
    let after = after.take_while(|(first, _)| *first <= second.saturating_add(window));
    found.extend(before.take(MOST_NEIGHBOURS).map(|(_, at)| *at));
    found.extend(after.take(MOST_NEIGHBOURS).map(|(_, at)| *at));
}

impl Nearby {
    fn new(occurrences: &[Occurrence], start: usize) -> Nearby {
        let mut near = Nearby {
            anywhere: Lists::default(),
            by_computer: BTreeMap::new(),
        };
        for (at, occurrence) in occurrences.iter().enumerate().skip(start) {
            near.anywhere.add(occurrence, at);
            let of = near.by_computer.entry(occurrence.machine).or_default();
            of.add(occurrence, at);
        }
        near.anywhere.sort();
        near.by_computer.values_mut().for_each(Lists::sort);
        near
    }

    fn on_computer(
        &self,
        machine: Machine,
        key: &Key,
        second: i64,
        window: i64,
        longest: i64,
    ) -> Vec<usize> {
        let lists = self.by_computer.get(&machine);
        lists.map_or_else(Vec::new, |lists| lists.near(key, second, window, longest))
    }

    fn anywhere(&self, key: &Key, second: i64, window: i64, longest: i64) -> Vec<usize> {
        self.anywhere.near(key, second, window, longest)
    }
}
