//! Joins the events of one signature to occurrences.
//!
//! The most telling symptoms are anchors. Anchor events close together begin an occurrence; every
//! other event of the same computer goes with the nearest one within the window, if its key (such
//! as the connector's name) does not say otherwise. Events that may sit on another computer are
//! joined last, within a wider window. What no anchor claims becomes an occurrence of its own, so
//! that nothing that was seen goes unjudged. No occurrence is ever longer than its window, whatever
//! lies between. docs/signature-format.md says it step by step.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use smallvec::{SmallVec, smallvec};

use super::computers::Machine;
use super::items::{Evidence, Item, ItemKind, Items, Standing};
use super::key::{Key, keys_agree};
use super::nearest::{Nearest, Parts, Stretch, parts_of};
use super::peers::Peers;
use super::{Collection, against};
use crate::limits;
use crate::signature::compile::Compiled;

/// One group of events in which a signature is judged.
#[derive(Debug, Clone)]
pub(crate) struct Occurrence {
    pub(crate) computer: Arc<str>,
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
    pub(crate) items: SmallVec<[usize; 2]>,
    /// Indices of the items that speak against it: the first one of each clause.
    pub(crate) against: SmallVec<[usize; 2]>,
}

impl Occurrence {
    /// Seconds from its first or last event to an event outside of it, whichever is farther: what
    /// the window would have to be if the event were one of its own.
    pub(crate) fn reach(&self, second: i64) -> i64 {
        self.last.max(second) - self.first.min(second)
    }

    fn stretch(&self, at: usize) -> Stretch {
        Stretch {
            first: self.first,
            last: self.last,
            at,
        }
    }
}

/// Builds all occurrences of a signature from its items.
pub(crate) fn build(
    collection: &Collection<'_>,
    compiled: &Compiled,
    items: &Items<'_>,
) -> Vec<Occurrence> {
    let mut builder = Builder {
        compiled,
        items,
        peers: Peers::new(&collection.computers, items),
        names: HashMap::new(),
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
    let Builder {
        mut occurrences,
        peers,
        ..
    } = builder;
    against::speak(compiled, items, &peers, &mut occurrences);
    occurrences
}

struct Builder<'a, 'i> {
    compiled: &'a Compiled,
    items: &'a Items<'i>,
    peers: Peers<'a, 'i>,
    /// Computers as they are written.
    names: HashMap<&'a str, Arc<str>>,
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

    /// Free items that pass a test, in order of time.
    fn free_items(&self, wanted: impl Fn(&Item) -> bool) -> Vec<usize> {
        let all = self.items.all.iter().zip(&self.free).enumerate();
        let free = all.filter(|(_, (item, free))| **free && wanted(item));
        free.map(|(n, _)| n).collect()
    }

    /// The parts that the keys of some items have.
    fn parts_of(&self, items: &[usize]) -> BTreeSet<Parts> {
        let items = items.iter().filter_map(|&n| self.get(n));
        let mut parts = BTreeSet::new();
        let mut last = None;
        for (item, evidence) in items {
            if last.replace(item.evidence()) != Some(item.evidence()) {
                parts.insert(parts_of(&evidence.key));
            }
        }
        parts
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
        self.cluster(seeds);
        self.attach_local(start);
    }

    /// Makes an occurrence of every group of seeds without a long pause, and puts them in order of
    /// time. A group takes at most half of the window, so that there is room for what goes with it
    /// on both sides.
    fn cluster(&mut self, mut seeds: Vec<usize>) {
        // By computer and key, in whatever order. They are in order of time already, and the sort is
        // stable.
        let place = |&seed: &usize| self.get(seed).map(|(_, e)| (e.machine, e.key_number));
        seeds.sort_by_cached_key(place);
        let start = self.occurrences.len();
        let mut open: Option<Occurrence> = None;
        for seed in seeds {
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
            let name = self.names.entry(evidence.computer());
            let name = name.or_insert_with(|| evidence.computer().into());
            let next = Occurrence {
                computer: Arc::clone(name),
                machine: evidence.machine,
                key: evidence.key.clone(),
                first: item.second,
                last: item.second,
                anchor: seed,
                rank: self.rank,
                items: smallvec![seed],
                against: SmallVec::new(),
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
        let mut free = self.free_items(|item| self.is_local(item));
        if free.is_empty() {
            return;
        }
        let asked = self.parts_of(&free);
        let mut near = self.by_computer(start, &asked);
        // What was shared out has moved ends and bound keys.
        if self.share_out(&near, &free) {
            near = self.by_computer(start, &asked);
            free.retain(|&n| self.is_free(n));
        }
        let mut pairs: Vec<(i64, usize, usize)> = Vec::new();
        for n in free {
            pairs.extend(self.candidates(&near, n, self.compiled.window_s));
        }
        pairs.sort_unstable();
        for (_, n, at) in pairs {
            if self.is_free(n) {
                self.attach(n, at);
            }
        }
    }

    /// The occurrences from `start` on, by computer, for keys with these parts.
    fn by_computer(&self, start: usize, asked: &BTreeSet<Parts>) -> Nearest<Machine> {
        let mut near = Nearest::new(asked);
        for (at, occurrence) in self.occurrences.iter().enumerate().skip(start) {
            let stretch = occurrence.stretch(at);
            near.add(occurrence.machine, &occurrence.key, stretch);
        }
        near.build();
        near
    }

    /// Several connectors can be tried at once, and an event without a key goes with either: no
    /// occurrence gets a second event of a kind while another one has none. Events of one second
    /// stay together. Whether any was given away.
    fn share_out(&mut self, near: &Nearest<Machine>, free: &[usize]) -> bool {
        let keyless = |n: usize| {
            let of = self.get(n);
            of.is_some_and(|(_, evidence)| evidence.key.iter().all(Option::is_none))
        };
        let mut pairs: Vec<(i64, usize, usize)> = Vec::new();
        for n in free.iter().copied().filter(|&n| keyless(n)) {
            let at = self.candidates(near, n, self.compiled.attempt_gap_s);
            if at.len() > 1 {
                pairs.extend(at);
            }
        }
        pairs.sort_unstable();
        let mut any = false;
        let mut has: BTreeMap<(usize, ItemKind, Standing), i64> = BTreeMap::new();
        for (_, n, at) in pairs {
            let Some((item, _)) = self.get(n) else {
                continue;
            };
            let kind = (at, item.kind, item.standing);
            let has_another = has.get(&kind).is_some_and(|second| *second != item.second);
            if self.is_free(n) && !has_another && self.attach(n, at) {
                has.insert(kind, item.second);
                any = true;
            }
        }
        any
    }

    /// The nearest occurrences on an event's computer that its key fits: distance, event,
    /// occurrence.
    fn candidates(
        &self,
        near: &Nearest<Machine>,
        n: usize,
        window: i64,
    ) -> Vec<(i64, usize, usize)> {
        let Some((item, evidence)) = self.get(n) else {
            return Vec::new();
        };
        near.near([evidence.machine], &evidence.key, item.second, window)
            .filter(|(_, at)| self.fits(*at, evidence))
            .take(limits::MAX_COMPETING)
            .map(|(far, at)| (far, n, at))
            .collect()
    }

    fn fits(&self, at: usize, evidence: &Evidence<'_>) -> bool {
        let occurrence = self.occurrences.get(at);
        occurrence.is_some_and(|o| keys_agree(&o.key, &evidence.key))
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
        if parts_of(&evidence.key) & !parts_of(&occurrence.key) != 0 {
            let own = occurrence.key.iter().zip(evidence.key.iter());
            occurrence.key = own.map(|(own, value)| own.or(*value)).collect();
        }
        occurrence.items.push(n);
        self.take(n);
        true
    }

    /// Gives events that may sit on any computer to the best and nearest occurrence.
    fn join_across(&mut self) {
        let across = self
            .free_items(|item| matches!(item.kind, ItemKind::Symptom(_)) && !self.is_local(item));
        if across.is_empty() {
            return;
        }
        let ranks: BTreeSet<usize> = self.occurrences.iter().map(|o| o.rank).collect();
        let mut places: HashMap<usize, Vec<Place>> = HashMap::new();
        for (item, evidence) in across.iter().filter_map(|&n| self.get(n)) {
            let of = places.entry(item.evidence());
            of.or_insert_with(|| places_asked(evidence.machine, item.evidence(), &self.peers));
        }
        let asked: HashSet<Place> = places.values().flatten().copied().collect();
        let near = self.by_place(&asked, &self.parts_of(&across));
        let mut joins = Vec::new();
        for n in across {
            let Some((item, evidence)) = self.get(n) else {
                continue;
            };
            let places = places.get(&item.evidence()).map_or(&[][..], Vec::as_slice);
            let best = ranks.iter().find_map(|&rank| {
                let places = places.iter().map(|place| (rank, *place));
                let window = self.compiled.across_window_s;
                let mut near = near.near(places, &evidence.key, item.second, window);
                near.find(|(_, at)| self.fits(*at, evidence))
            });
            joins.extend(best.map(|(_, at)| (n, at)));
        }
        for (n, at) in joins {
            if let Some(occurrence) = self.occurrences.get_mut(at) {
                occurrence.items.push(n);
                self.take(n);
            }
        }
    }

    /// The occurrences by rank and by what decides whether an event of another computer is about the
    /// same pair: an event finds those that it fits, and no others.
    fn by_place(&self, asked: &HashSet<Place>, parts: &BTreeSet<Parts>) -> Nearest<(usize, Place)> {
        let mut near = Nearest::new(parts);
        for (at, occurrence) in self.occurrences.iter().enumerate() {
            let on = occurrence.machine;
            let mut places = vec![Place::On(on)];
            match self.peers.named_by(occurrence) {
                None => places.extend([Place::Open(None), Place::Open(Some(on))]),
                Some(named) => places.extend(named.into_iter().flat_map(|other| {
                    [Place::Naming(None, other), Place::Naming(Some(on), other)]
                })),
            }
            for place in places.into_iter().filter(|place| asked.contains(place)) {
                let group = (occurrence.rank, place);
                near.add(group, &occurrence.key, occurrence.stretch(at));
            }
        }
        near.build();
        near
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
        self.cluster(rest);
    }
}

/// Occurrences that an event of some computer may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    /// Those on this computer.
    On(Machine),
    /// Those whose events name nobody else; on this computer, or on any.
    Open(Option<Machine>),
    /// Those whose events name this second computer; on the first, or on any.
    Naming(Option<Machine>, Machine),
}

/// Where an event of some evidence finds the occurrences that it may be about.
fn places_asked(own: Machine, evidence: usize, peers: &Peers<'_, '_>) -> Vec<Place> {
    let mut places = vec![Place::On(own)];
    match peers.target(evidence) {
        None => places.extend([Place::Open(None), Place::Naming(None, own)]),
        Some(meant) => places.extend(
            meant
                .iter()
                .flat_map(|&on| [Place::Open(Some(on)), Place::Naming(Some(on), own)]),
        ),
    }
    places
}
