//! Lets events that speak against an article speak against every occurrence that they concern.

use std::collections::{BTreeSet, HashMap};

use smallvec::SmallVec;

use super::computers::Machine;
use super::items::{ItemKind, Items, Standing};
use super::key::keys_agree;
use super::nearest::{ByKey, Parts, parts_of};
use super::occurrence::Occurrence;
use super::peers::Peers;
use crate::signature::compile::Compiled;

/// Events of one clause that may concern an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    clause: usize,
    /// Written on this computer, or on any.
    on: Option<Machine>,
    about: About,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum About {
    /// Whomever they name.
    Whomever,
    /// Naming nobody else.
    Nobody,
    /// Naming this computer.
    Named(Machine),
}

/// One event.
#[derive(Debug)]
struct Row {
    second: i64,
    machine: Machine,
    item: usize,
    /// Position of the next one that another computer wrote.
    next: usize,
}

/// The first event of each clause that speaks against an occurrence goes into its list.
pub(crate) fn speak(
    compiled: &Compiled,
    items: &Items<'_>,
    peers: &Peers<'_, '_>,
    occurrences: &mut [Occurrence],
) {
    let asked: BTreeSet<Parts> = occurrences.iter().map(|o| parts_of(&o.key)).collect();
    let index = Index::of(compiled, items, peers, &asked);
    if index.clauses.is_empty() {
        return;
    }
    for occurrence in occurrences {
        let linked = peers.linked(occurrence);
        let named = peers.named_by(occurrence);
        let clauses = index.clauses.iter();
        let mut against: SmallVec<[usize; 2]> = clauses
            .filter_map(|&clause| {
                let local = compiled.rules_out.get(clause).is_none_or(|c| c.local);
                let asks = Asks {
                    clause,
                    occurrence,
                    linked: &linked,
                    named: named.as_deref(),
                    window: compiled.window_s,
                    across: compiled.across_window_s,
                };
                index.first(&asks, local)
            })
            .collect();
        against.sort_unstable();
        occurrence.against = against;
    }
}

struct Index<'a, 'i> {
    items: &'a Items<'i>,
    clauses: BTreeSet<usize>,
    rows: HashMap<Place, ByKey<Vec<Row>>>,
}

/// What is asked about one occurrence.
struct Asks<'a> {
    clause: usize,
    occurrence: &'a Occurrence,
    linked: &'a [Machine],
    named: Option<&'a [Machine]>,
    window: i64,
    across: i64,
}

impl<'a, 'i> Index<'a, 'i> {
    fn of(
        compiled: &Compiled,
        items: &'a Items<'i>,
        peers: &Peers<'_, '_>,
        asked: &BTreeSet<Parts>,
    ) -> Index<'a, 'i> {
        let mut index = Index {
            items,
            clauses: BTreeSet::new(),
            rows: HashMap::new(),
        };
        for (n, item) in items.all.iter().enumerate() {
            let ItemKind::RuleOut(clause) = item.kind else {
                continue;
            };
            let Some((_, evidence)) = items.get(n).filter(|_| item.standing == Standing::Yes)
            else {
                continue;
            };
            index.clauses.insert(clause);
            let on = Some(evidence.machine);
            let place = |on, about| Place { clause, on, about };
            let mut places = vec![place(on, About::Whomever)];
            if compiled.rules_out.get(clause).is_some_and(|c| !c.local) {
                let about: Vec<About> = match peers.target(item.evidence()) {
                    None => vec![About::Nobody],
                    Some(meant) => meant.iter().copied().map(About::Named).collect(),
                };
                let both = about
                    .into_iter()
                    .flat_map(|about| [place(on, about), place(None, about)]);
                places.extend(both);
            }
            for place in places {
                let lists = index.rows.entry(place).or_default();
                lists.add(&evidence.key, asked, |rows: &mut Vec<Row>| {
                    rows.push(Row {
                        second: item.second,
                        machine: evidence.machine,
                        item: n,
                        next: 0,
                    });
                });
            }
        }
        for lists in index.rows.values_mut() {
            lists.each(|rows| {
                let mut next = (rows.len(), None);
                for (at, row) in rows.iter_mut().enumerate().rev() {
                    if next.1.is_some_and(|machine| machine != row.machine) {
                        next.0 = at + 1;
                    }
                    row.next = next.0;
                    next.1 = Some(row.machine);
                }
            });
        }
        index
    }

    /// The first event of a clause that speaks against an occurrence.
    fn first(&self, asks: &Asks<'_>, local: bool) -> Option<usize> {
        let clause = asks.clause;
        let on = asks.occurrence.machine;
        let place = |on, about| Place { clause, on, about };
        let own = place(Some(on), About::Whomever);
        let mut found = self.within(asks, own, asks.window, None);
        let mut look = |place: Place| {
            let first = self.within(asks, place, asks.across, Some(on));
            found = found.into_iter().chain(first).min();
        };
        for machine in asks.linked {
            look(place(Some(*machine), About::Whomever));
        }
        if local {
            return found;
        }
        let writers: Vec<Option<Machine>> = match asks.named {
            None => vec![None],
            Some(named) => named.iter().map(|machine| Some(*machine)).collect(),
        };
        for writer in writers {
            look(place(writer, About::Nobody));
            look(place(writer, About::Named(on)));
        }
        found
    }

    /// The first event of a place so many seconds around an occurrence, whose key agrees.
    fn within(
        &self,
        asks: &Asks<'_>,
        place: Place,
        window: i64,
        but_on: Option<Machine>,
    ) -> Option<usize> {
        let occurrence = asks.occurrence;
        let from = occurrence.first.saturating_sub(window);
        let to = occurrence.last.saturating_add(window);
        let lists = self.rows.get(&place)?;
        let firsts = lists.agreeing(&occurrence.key).filter_map(|rows| {
            let at = rows.partition_point(|row| row.second < from);
            let row = rows.get(at)?;
            let row = if but_on == Some(row.machine) {
                rows.get(row.next)?
            } else {
                row
            };
            (row.second <= to).then_some(row.item)
        });
        let fits = |n: &usize| {
            let of = self.items.get(*n);
            of.is_some_and(|(_, evidence)| keys_agree(&evidence.key, &occurrence.key))
        };
        firsts.filter(fits).min()
    }
}
