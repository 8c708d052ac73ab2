//! Finds what lies near a moment and agrees with a key, without looking at all there is.
//!
//! A hundred thousand objects in trouble at once give a hundred thousand occurrences within one
//! window. What looks for the nearest of them, or for one with its own key, must not ask each.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::hash::Hash;

use super::key::Key;
use super::work;

/// Which parts of a key are there, a bit each.
pub(crate) type Parts = u128;

/// The parts that a key has.
pub(crate) fn parts_of(key: &Key) -> Parts {
    let parts = key.iter().take(Parts::BITS as usize).enumerate();
    parts
        .filter(|(_, value)| value.is_some())
        .fold(0, |parts, (n, _)| parts | 1 << n)
}

/// A key without the parts that are not in `parts`.
fn narrowed(key: &Key, parts: Parts) -> Key {
    if parts_of(key) & !parts == 0 {
        return key.clone();
    }
    let all = key.iter().take(Parts::BITS as usize).enumerate();
    all.map(|(n, value)| value.filter(|_| parts >> n & 1 == 1))
        .collect()
}

/// Things by key: all whose key agrees with another one are found by as many look-ups as there are
/// combinations of parts that keys have.
#[derive(Debug)]
pub(crate) struct ByKey<T> {
    /// By the parts that the keys of the things have.
    groups: HashMap<Parts, Group<T>>,
}

/// Things whose keys have the same parts.
#[derive(Debug)]
struct Group<T> {
    /// By the parts that a key has with them in common.
    by_common: Vec<(Parts, Common<T>)>,
}

/// Things by the parts that a key has with theirs in common.
#[derive(Debug)]
enum Common<T> {
    /// None: they are one list.
    Nothing(T),
    Some(HashMap<Key, T>),
}

impl<T> Default for ByKey<T> {
    fn default() -> Self {
        ByKey {
            groups: HashMap::new(),
        }
    }
}

impl<T: Default> ByKey<T> {
    /// Adds something under its key, so that keys with any of `asked` parts find it.
    pub(crate) fn add(&mut self, key: &Key, asked: &BTreeSet<Parts>, put: impl Fn(&mut T)) {
        let own = parts_of(key);
        let group = self.groups.entry(own).or_insert_with(|| Group {
            by_common: asked
                .iter()
                .map(|parts| parts & own)
                .collect::<BTreeSet<Parts>>()
                .into_iter()
                .map(|common| match common {
                    0 => (0, Common::Nothing(T::default())),
                    _ => (common, Common::Some(HashMap::new())),
                })
                .collect(),
        });
        for (common, things) in &mut group.by_common {
            match things {
                Common::Nothing(list) => put(list),
                Common::Some(lists) => put(lists.entry(narrowed(key, *common)).or_default()),
            }
        }
    }

    /// The lists of all things whose keys agree with this one.
    pub(crate) fn agreeing<'s>(&'s self, key: &'s Key) -> impl Iterator<Item = &'s T> {
        let asked = parts_of(key);
        work::steps(self.groups.len());
        self.groups.iter().filter_map(move |(own, group)| {
            let common = own & asked;
            let mut all = group.by_common.iter();
            match all.find_map(|(parts, things)| (*parts == common).then_some(things))? {
                Common::Nothing(list) => Some(list),
                Common::Some(lists) => lists.get(&narrowed(key, common)),
            }
        })
    }

    /// Goes over every list once it is whole.
    pub(crate) fn each(&mut self, mut put: impl FnMut(&mut T)) {
        for group in self.groups.values_mut() {
            for (_, things) in &mut group.by_common {
                match things {
                    Common::Nothing(list) => put(list),
                    Common::Some(lists) => lists.values_mut().for_each(&mut put),
                }
            }
        }
    }
}

/// A stretch of time with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stretch {
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) at: usize,
}

impl Stretch {
    /// Seconds to a moment; 0 within it.
    fn distance(&self, second: i64) -> i64 {
        let before = self.first.saturating_sub(second);
        before.max(second.saturating_sub(self.last)).max(0)
    }
}

/// Children of one node.
const FAN: usize = 8;

/// Stretches of time, so that the nearest to a moment are found first: a tree over them in order of
/// their beginnings, in which each node knows the stretch that all below it span, and the least
/// number.
#[derive(Debug, Default)]
pub(crate) struct Times {
    stretches: Vec<Stretch>,
    /// The levels above, the lowest first. Most lists are too short to have any.
    above: Vec<Vec<Stretch>>,
}

impl Times {
    /// Adds one; [`Times::build`] must follow.
    fn push(&mut self, stretch: Stretch) {
        if self.stretches.is_empty() {
            self.stretches.reserve_exact(1);
        }
        self.stretches.push(stretch);
    }

    fn build(&mut self) {
        self.stretches.sort_unstable();
        self.above.clear();
        while let Some(below) = self.level(self.above.len()).filter(|all| all.len() > FAN) {
            let nodes = below.chunks(FAN).map(|part| Stretch {
                first: part.iter().map(|s| s.first).min().unwrap_or(i64::MAX),
                last: part.iter().map(|s| s.last).max().unwrap_or(i64::MIN),
                at: part.iter().map(|s| s.at).min().unwrap_or(usize::MAX),
            });
            let nodes = nodes.collect();
            self.above.push(nodes);
        }
    }

    /// The lowest level are the stretches themselves.
    fn level(&self, level: usize) -> Option<&[Stretch]> {
        match level.checked_sub(1) {
            None => Some(&self.stretches),
            Some(above) => self.above.get(above).map(Vec::as_slice),
        }
    }
}

/// Stretches of time by group and key.
#[derive(Debug)]
pub(crate) struct Nearest<G> {
    groups: HashMap<G, ByKey<Times>>,
    /// Parts that the keys have which will be asked for.
    asked: BTreeSet<Parts>,
}

impl<G: Hash + Eq> Nearest<G> {
    /// Nothing yet. `asked` are the parts that keys have which will be asked for.
    pub(crate) fn new(asked: &BTreeSet<Parts>) -> Nearest<G> {
        Nearest {
            groups: HashMap::new(),
            asked: asked.clone(),
        }
    }

    /// Adds a stretch; [`Nearest::build`] must follow.
    pub(crate) fn add(&mut self, group: G, key: &Key, stretch: Stretch) {
        let lists = self.groups.entry(group).or_default();
        lists.add(key, &self.asked, |times| times.push(stretch));
    }

    pub(crate) fn build(&mut self) {
        for lists in self.groups.values_mut() {
            lists.each(Times::build);
        }
    }

    /// Distance and number of the stretches of some groups within `window` seconds of a moment whose
    /// keys agree: the nearest first, of equally near ones that with the lowest number.
    pub(crate) fn near<'s>(
        &'s self,
        groups: impl IntoIterator<Item = G>,
        key: &'s Key,
        second: i64,
        window: i64,
    ) -> impl Iterator<Item = (i64, usize)> + 's
    where
        G: 's,
    {
        let lists = groups
            .into_iter()
            .filter_map(|group| self.groups.get(&group));
        let times: Vec<&Times> = lists.flat_map(|lists| lists.agreeing(key)).collect();
        let mut open: BinaryHeap<Reverse<Open>> = BinaryHeap::new();
        for (list, times) in times.iter().enumerate() {
            let top = times.above.len();
            look_into(times, list, top, 0..usize::MAX, second, window, &mut open);
        }
        std::iter::from_fn(move || {
            loop {
                let Reverse((distance, at, place)) = open.pop()?;
                let Some(below) = place.level.checked_sub(1) else {
                    return Some((distance, at));
                };
                let times = times.get(place.list)?;
                let from = place.node * FAN;
                look_into(
                    times,
                    place.list,
                    below,
                    from..from + FAN,
                    second,
                    window,
                    &mut open,
                );
            }
        })
    }
}

/// What is still to be looked into: its least distance, its least number, and where it is.
type Open = (i64, usize, Place);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    level: usize,
    list: usize,
    node: usize,
}

fn look_into(
    times: &Times,
    list: usize,
    level: usize,
    nodes: std::ops::Range<usize>,
    second: i64,
    window: i64,
    open: &mut BinaryHeap<Reverse<Open>>,
) {
    let Some(of_level) = times.level(level) else {
        return;
    };
    let nodes = nodes.start..nodes.end.min(of_level.len());
    work::steps(nodes.len());
    for node in nodes {
        let Some(stretch) = of_level.get(node) else {
            return;
        };
        let distance = stretch.distance(second);
        if distance <= window {
            open.push(Reverse((distance, stretch.at, Place { level, list, node })));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use super::*;

    fn key(parts: &[&str]) -> Key {
        // The letters as numbers.
        let part = |part: &&str| part.bytes().next().and_then(|b| NonZero::new(b.into()));
        parts.iter().map(part).collect()
    }

    #[test]
    fn the_nearest_come_first_and_none_is_missed() {
        let keys = [
            key(&["x", ""]),
            key(&["x", "s"]),
            key(&["", ""]),
            key(&["y", "s"]),
            key(&["", "t"]),
        ];
        let asked: BTreeSet<Parts> = keys.iter().map(parts_of).collect();
        let stretches: Vec<(usize, Stretch)> = (0..500)
            .map(|at| {
                let first = (at * 7919 % 1009) as i64;
                let last = first + (at % 5) as i64;
                (at % keys.len(), Stretch { first, last, at })
            })
            .collect();
        let mut nearest = Nearest::new(&asked);
        for (of, stretch) in &stretches {
            nearest.add(stretch.at % 2, &keys[*of], *stretch);
        }
        nearest.build();
        for asked in &keys {
            for second in [-50, 0, 17, 500, 1012, 2000] {
                let mut wanted: Vec<(i64, usize)> = stretches
                    .iter()
                    .filter(|(of, s)| {
                        s.at % 2 == 1 && super::super::key::keys_agree(&keys[*of], asked)
                    })
                    .map(|(_, s)| (s.distance(second), s.at))
                    .filter(|(distance, _)| *distance <= 100)
                    .collect();
                wanted.sort_unstable();
                let got: Vec<(i64, usize)> = nearest.near([1], asked, second, 100).collect();
                assert_eq!(got, wanted, "{asked:?} {second}");
            }
        }
    }
}
