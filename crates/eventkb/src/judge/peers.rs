//! Which pairs of computers events are about, as far as they name the other one.

use smallvec::SmallVec;

use super::computers::{Computers, Machine};
use super::items::Items;
use super::occurrence::Occurrence;
use super::work;

/// Asks events whom they name. Looked up once for each class of events.
pub(crate) struct Peers<'a, 'i> {
    items: &'a Items<'i>,
    /// By evidence that names somebody: the computers that may be meant.
    meant: Vec<Option<Machines>>,
}

/// Some computers, in order, each once. Most often there is one.
pub(crate) type Machines = SmallVec<[Machine; 1]>;

impl<'a, 'i> Peers<'a, 'i> {
    pub(crate) fn new(computers: &Computers, items: &'a Items<'i>) -> Self {
        let meant = items.evidence.iter().map(|evidence| {
            let name = evidence.peer()?;
            Some(
                computers
                    .meant_on(name, evidence.machine)
                    .into_iter()
                    .collect(),
            )
        });
        Peers {
            items,
            meant: meant.collect(),
        }
    }

    /// The computers that an event can be about besides its own, by its evidence: `None` if it names
    /// none that the collection knows but its own.
    pub(crate) fn target(&self, evidence: usize) -> Option<&Machines> {
        let meant = self.meant.get(evidence)?.as_ref()?;
        let own = self.items.evidence.get(evidence)?.machine;
        let others = meant.iter().any(|machine| *machine != own);
        others.then_some(meant)
    }

    /// The computers that an occurrence's events on its own computer name: `None` if they name none,
    /// or one of them none that the collection knows.
    pub(crate) fn named_by(&self, occurrence: &Occurrence) -> Option<Machines> {
        let mut named: Option<Machines> = None;
        for (evidence, machine) in self.of(occurrence) {
            let names = self.meant.get(evidence).is_some_and(Option::is_some);
            if machine == occurrence.machine && names {
                let target = self.target(evidence)?;
                named.get_or_insert_default().extend_from_slice(target);
            }
        }
        named.map(in_order)
    }

    /// The other computers on which an occurrence's events were written, or which they name and no
    /// other.
    pub(crate) fn linked(&self, occurrence: &Occurrence) -> Machines {
        let mut linked = Machines::new();
        for (evidence, machine) in self.of(occurrence) {
            let meant = self.meant.get(evidence).and_then(Option::as_ref);
            let named = meant.filter(|meant| meant.len() == 1).into_iter().flatten();
            let all = named.copied().chain([machine]);
            linked.extend(all.filter(|machine| *machine != occurrence.machine));
        }
        in_order(linked)
    }

    /// The evidence of an occurrence's events, and who wrote them.
    fn of<'o>(&'o self, occurrence: &'o Occurrence) -> impl Iterator<Item = (usize, Machine)> {
        work::steps(occurrence.items.len());
        let items = occurrence.items.iter();
        items.filter_map(|&n| {
            let (item, evidence) = self.items.get(n)?;
            Some((item.evidence(), evidence.machine))
        })
    }
}

fn in_order(mut machines: Machines) -> Machines {
    machines.sort_unstable();
    machines.dedup();
    machines
}
