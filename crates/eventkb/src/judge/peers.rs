//! Which pairs of computers events are about, as far as they name the other one.

use std::collections::BTreeSet;

use super::computers::{Computers, Machine};
use super::items::{Evidence, Items};
use super::occurrence::Occurrence;
use super::work;

/// Asks events whom they name.
pub(crate) struct Peers<'a, 'i> {
    computers: &'a Computers,
    items: &'a Items<'i>,
}

impl<'a, 'i> Peers<'a, 'i> {
    pub(crate) fn new(computers: &'a Computers, items: &'a Items<'i>) -> Self {
        Peers { computers, items }
    }

    /// The computers that an event can be about besides its own: `None` if it names none that the
    /// collection knows but its own.
    pub(crate) fn target(&self, evidence: &Evidence<'_>) -> Option<BTreeSet<Machine>> {
        let name = evidence.peer.as_deref()?;
        let meant = self.computers.meant_on(name, evidence.machine);
        let others = meant.iter().any(|machine| *machine != evidence.machine);
        others.then_some(meant)
    }

    /// The computers that an occurrence's events on its own computer name: `None` if they name none,
    /// or one of them none that the collection knows.
    pub(crate) fn named_by(&self, occurrence: &Occurrence) -> Option<BTreeSet<Machine>> {
        let mut named: Option<BTreeSet<Machine>> = None;
        for own in self.of(occurrence) {
            if own.machine == occurrence.machine && own.peer.is_some() {
                named.get_or_insert_default().extend(self.target(own)?);
            }
        }
        named
    }

    /// The computers on which an occurrence's events were written, or which they name and no other.
    pub(crate) fn linked(&self, occurrence: &Occurrence) -> BTreeSet<Machine> {
        let mut linked = BTreeSet::new();
        for own in self.of(occurrence) {
            linked.insert(own.machine);
            let name = own.peer.as_deref();
            let meant = name.map(|name| self.computers.meant_on(name, own.machine));
            linked.extend(meant.filter(|meant| meant.len() == 1).into_iter().flatten());
        }
        linked
    }

    fn of<'o>(&'o self, occurrence: &'o Occurrence) -> impl Iterator<Item = &'o Evidence<'i>> {
        work::steps(occurrence.items.len());
        let items = occurrence.items.iter();
        items.filter_map(|&n| Some(self.items.get(n)?.1))
    }
}
