//! What cause checks look at, sorted once for a signature: a storm has a hundred thousand
//! occurrences, and none may cost a walk over all evidence.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use eventkb_logs::event::short_name;

use super::cause::{Compared, compared, name_of};
use super::computers::Machine;
use super::items::Items;
use super::key::{Key, keys_agree};
use super::nearest::{ByKey, Parts, parts_of};
use super::verdict::Court;
use super::work;
use crate::report::Answer;
use crate::signature::compile::PartRole;
use crate::signature::model::{CauseCheck, ComputerNameCheck};

/// Names that are compared for one occurrence, at most, of each result.
const MOST_NAMES: usize = 64;

/// Seconds of events, with the numbers of their evidence; in order.
type Seconds = Vec<(i64, usize)>;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct CauseIndex {
    /// Events that a check asks for, by check and computer.
    events: HashMap<(usize, Machine), ByKey<Seconds>>,
    /// Seconds of events that are or may be those that a check asks for.
    perhaps: HashMap<(usize, Machine), Vec<i64>>,
    /// By check.
    names: HashMap<usize, Names>,
    /// The computers with evidence, as they are written.
    pub(crate) writers: BTreeMap<Machine, String>,
}

/// The names that events give for one check.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Each once for each computer that gives it.
    pub(crate) seen: Vec<Seen>,
    /// By whom a name is given or meant and by [`Seen::rank`].
    given: HashMap<(Whom, u8), Vec<Given>>,
}

/// A name that events of one computer give.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) name: String,
    pub(crate) on: Machine,
    /// The computer gives its own name.
    pub(crate) own: bool,
    meant: BTreeSet<Machine>,
    /// What comes of comparing it with the computers of the collection that have its first label.
    pub(crate) result: Option<Compared>,
}

/// One event that gives a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Given {
    second: i64,
    pub(crate) evidence: usize,
    pub(crate) seen: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Whom {
    On(Machine),
    Meant(Machine),
}

/// How much a result says: what confirms first, what contradicts next, a name that has no computer
/// last.
pub(crate) const RANKS: [u8; 4] = [0, 1, 2, 3];

pub(crate) fn rank(check: &ComputerNameCheck, result: Option<&Compared>) -> u8 {
    match result {
        Some((result, _)) if check.confirmed_by.contains(result) => 0,
        Some((result, _)) if check.contradicted_by.contains(result) => 1,
        Some(_) => 2,
        None => 3,
    }
}

impl CauseIndex {
    pub(crate) fn of(court: &Court<'_>) -> CauseIndex {
        let mut index = CauseIndex::default();
        let items = court.items;
        let asked = unions(items);
        for (n, evidence) in items.evidence.iter().enumerate() {
            let writer = (evidence.machine, evidence.computer().to_owned());
            index.writers.extend([writer]);
            let PartRole::CauseEvent(check) = evidence.role else {
                continue;
            };
            let place = (check, evidence.machine);
            let seconds = || evidence.seen.points.iter().map(|point| point.second);
            if evidence.answer != Answer::No {
                index.perhaps.entry(place).or_default().extend(seconds());
            }
            if evidence.answer == Answer::Yes {
                let lists = index.events.entry(place).or_default();
                lists.add(&evidence.key, &asked, |list: &mut Seconds| {
                    list.extend(seconds().map(|second| (second, n)));
                });
            }
        }
        index
            .perhaps
            .values_mut()
            .for_each(|list| list.sort_unstable());
        for lists in index.events.values_mut() {
            lists.each(|list| list.sort_unstable());
        }
        for (n, check) in court.compiled.document.cause_checks.iter().enumerate() {
            if let CauseCheck::ComputerNames(check) = check {
                index.names.insert(n, Names::of(court, n, check));
            }
        }
        index
    }

    /// The first event that a check asks for on some computers in a time, whose key agrees.
    pub(crate) fn event(
        &self,
        items: &Items<'_>,
        check: usize,
        machines: &BTreeSet<Machine>,
        key: &Key,
        (from, to): (i64, i64),
    ) -> Option<usize> {
        let lists = machines
            .iter()
            .filter_map(|m| self.events.get(&(check, *m)));
        let lists = lists.flat_map(|lists| lists.agreeing(key));
        let firsts = lists.filter_map(|list| {
            let at = list.partition_point(|(second, _)| *second < from);
            list.get(at).filter(|(second, _)| *second <= to)
        });
        let agrees = |n: usize| {
            items
                .evidence
                .get(n)
                .is_some_and(|e| keys_agree(&e.key, key))
        };
        firsts.min().map(|(_, n)| *n).filter(|n| agrees(*n))
    }

    /// Whether an event that a check asks for is or may be there.
    pub(crate) fn perhaps(
        &self,
        check: usize,
        machines: &BTreeSet<Machine>,
        (from, to): (i64, i64),
    ) -> bool {
        let lists = machines
            .iter()
            .filter_map(|m| self.perhaps.get(&(check, *m)));
        lists.into_iter().any(|list| {
            let at = list.partition_point(|second| *second < from);
            list.get(at).is_some_and(|second| *second <= to)
        })
    }

    pub(crate) fn names(&self, check: usize) -> Option<&Names> {
        self.names.get(&check)
    }
}

/// The parts that keys of occurrences can have: those of items, and what they bind together.
fn unions(items: &Items<'_>) -> BTreeSet<Parts> {
    let mut parts: BTreeSet<Parts> = items.evidence.iter().map(|e| parts_of(&e.key)).collect();
    parts.insert(0);
    loop {
        let before = parts.len();
        let pairs = parts.iter().flat_map(|a| parts.iter().map(move |b| a | b));
        let more: Vec<Parts> = pairs.collect();
        parts.extend(more);
        if parts.len() == before {
            return parts;
        }
    }
}

impl Names {
    fn of(court: &Court<'_>, n: usize, check: &ComputerNameCheck) -> Names {
        let computers = &court.collection.computers;
        let mut by_label: BTreeMap<String, Vec<&String>> = BTreeMap::new();
        for name in computers.names() {
            let label = short_name(name).to_ascii_lowercase();
            by_label.entry(label).or_default().push(name);
        }
        let own = own_names(court, n);
        let mut names = Names::default();
        let mut known: HashMap<(String, Machine), usize> = HashMap::new();
        for (number, evidence) in court.items.evidence.iter().enumerate() {
            if evidence.role != PartRole::Name(n) {
                continue;
            }
            let Some(name) = name_of(evidence) else {
                continue;
            };
            let on = evidence.machine;
            let seen = *known.entry((name, on)).or_insert_with_key(|(name, _)| {
                let label = short_name(name).to_ascii_lowercase();
                let alike = by_label.get(&label).into_iter().flatten();
                let mut others = alike.filter(|name| computers.of(name) != on);
                let result = others.find_map(|other| {
                    let spellings = own.get(&computers.of(other));
                    compared(name, other, spellings)
                });
                names.seen.push(Seen {
                    name: name.clone(),
                    on,
                    own: short_name(name).eq_ignore_ascii_case(short_name(evidence.computer())),
                    meant: computers.meant_on(name, on),
                    result,
                });
                names.seen.len() - 1
            });
            let Some(of) = names.seen.get(seen) else {
                continue;
            };
            let rank = rank(check, of.result.as_ref());
            let whom = of.meant.iter().map(|machine| Whom::Meant(*machine));
            for whom in whom.chain([Whom::On(on)]) {
                let given = names.given.entry((whom, rank)).or_default();
                given.extend(evidence.seen.points.iter().map(|point| Given {
                    second: point.second,
                    evidence: number,
                    seen,
                }));
            }
        }
        names
            .given
            .values_mut()
            .for_each(|list| list.sort_unstable());
        names
    }

    /// Names that events of a time give: on some computers, or meaning one of them. Each event once.
    pub(crate) fn near(
        &self,
        machines: &BTreeSet<Machine>,
        rank: u8,
        (from, to): (i64, i64),
    ) -> Vec<Given> {
        let mut found: BTreeMap<usize, Given> = BTreeMap::new();
        for machine in machines {
            for whom in [Whom::On(*machine), Whom::Meant(*machine)] {
                let list = self.given.get(&(whom, rank)).map_or(&[][..], |list| list);
                let start = list.partition_point(|given| given.second < from);
                let within = list.get(start..).unwrap_or(&[]).iter();
                for given in within.take_while(|given| given.second <= to) {
                    work::steps(1);
                    let fits = |seen: &Seen| {
                        machines.contains(&seen.on)
                            || (!seen.meant.is_empty() && seen.meant.is_subset(machines))
                    };
                    if found.len() < MOST_NAMES && self.seen.get(given.seen).is_some_and(fits) {
                        found.entry(given.evidence).or_insert(*given);
                    }
                    if found.len() >= MOST_NAMES {
                        break;
                    }
                }
            }
        }
        found.into_values().collect()
    }
}

/// A server's name in the directory is its computer's; another name there means another server.
fn own_names(court: &Court<'_>, n: usize) -> BTreeMap<Machine, BTreeSet<String>> {
    let mut own: BTreeMap<Machine, BTreeSet<String>> = BTreeMap::new();
    let evidence = court.items.evidence.iter();
    for evidence in evidence.filter(|e| e.role == PartRole::OwnName(n)) {
        let Some(name) = name_of(evidence) else {
            continue;
        };
        if short_name(evidence.computer()).eq_ignore_ascii_case(&name) {
            own.entry(evidence.machine).or_default().insert(name);
        }
    }
    own
}
