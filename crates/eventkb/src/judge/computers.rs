//! Which names mean one computer.
//!
//! One log may write a server with its domain, another without. Where the collection knows a first
//! label in several domains, these are several computers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use eventkb_logs::event::short_name;

use crate::limits;

/// A computer of the collection, as a number.
pub(crate) type Machine = usize;

/// The computers of a collection.
#[derive(Debug, Default)]
pub(crate) struct Computers {
    /// Names as written, sorted.
    names: Vec<String>,
    /// By name in lower case.
    by_name: HashMap<String, Machine>,
    /// By first label in lower case: the computers that have it.
    by_label: HashMap<String, BTreeSet<Machine>>,
    /// The domains in which a computer's full names are.
    domains: HashMap<Machine, BTreeSet<String>>,
}

impl Computers {
    pub(crate) fn new(names: BTreeSet<String>) -> Computers {
        let label = |name: &str| short_name(name).to_lowercase();
        let folded: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
        let mut domains: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for name in folded.iter().filter(|name| label(name) != **name) {
            domains.entry(label(name)).or_default().insert(name);
        }
        let mut known: BTreeMap<String, Machine> = BTreeMap::new();
        let mut computers = Computers::default();
        for name in &folded {
            let several = domains
                .get(&label(name))
                .is_some_and(|names| names.len() > 1);
            let known_as = if several { name.clone() } else { label(name) };
            let next = known.len();
            let machine = *known.entry(known_as).or_insert(next);
            computers.by_name.insert(name.clone(), machine);
            computers
                .by_label
                .entry(label(name))
                .or_default()
                .insert(machine);
            if let Some((_, domain)) = name.split_once('.') {
                let domains = computers.domains.entry(machine).or_default();
                domains.insert(domain.to_owned());
            }
        }
        computers.names = names.into_iter().collect();
        computers
    }

    /// Names as logs write them, sorted.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The computer that wrote a record. Records that name none share one number of their own.
    pub(crate) fn of(&self, name: &str) -> Machine {
        let known = self.by_name.get(name).copied();
        known
            .or_else(|| self.by_name.get(&name.to_lowercase()).copied())
            .unwrap_or(Machine::MAX)
    }

    /// The computers that a name can mean which an event on one computer gives. Of several with one
    /// first label it means the one of the writer's own domain, if there is one.
    pub(crate) fn meant_on(&self, name: &str, writer: Machine) -> BTreeSet<Machine> {
        let meant = self.meant_by(name);
        if meant.len() < 2 {
            return meant;
        }
        let label = name.trim().to_lowercase();
        let domains = self.domains.get(&writer).into_iter().flatten();
        let own: BTreeSet<Machine> = domains
            .filter_map(|domain| self.by_name.get(&format!("{label}.{domain}")).copied())
            .collect();
        if !own.is_empty() {
            own
        } else if meant.len() > limits::MAX_MEANT {
            BTreeSet::new()
        } else {
            meant
        }
    }

    /// The computers that a name in a value can mean: none that the collection knows, one, or
    /// several of one first label.
    fn meant_by(&self, name: &str) -> BTreeSet<Machine> {
        let folded = name.trim().to_lowercase();
        if let Some(machine) = self.by_name.get(&folded) {
            // A first label alone is also the name of those that are known with their domain.
            let label = self.by_label.get(&folded).into_iter().flatten().copied();
            return label.chain([*machine]).collect();
        }
        let label = short_name(&folded);
        let found = self.by_label.get(label);
        if label == folded {
            return found.cloned().unwrap_or_default();
        }
        // A full name that no log has: it can only be a computer that logs write without domain.
        let bare = self.by_name.get(label).copied();
        bare.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computers(names: &[&str]) -> Computers {
        Computers::new(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn with_and_without_domain() {
        let known = computers(&["SEATTLE", "seattle.contoso.com", "PORTLAND"]);
        assert_eq!(known.of("Seattle"), known.of("SEATTLE.contoso.com"));
        assert_ne!(known.of("SEATTLE"), known.of("PORTLAND"));
        assert_eq!(known.meant_by("seattle").len(), 1);
        assert!(known.meant_by("BOSTON").is_empty());
    }

    #[test]
    fn one_label_in_two_domains() {
        let known = computers(&["P.a.com", "P.b.com", "Q.a.com", "R"]);
        assert_ne!(known.of("P.a.com"), known.of("P.b.com"));
        assert_eq!(known.meant_by("P").len(), 2);
        assert_eq!(known.meant_by("p.A.com").len(), 1);
        assert!(known.meant_by("p.c.com").is_empty());
        let on_a = known.meant_on("P", known.of("Q.a.com"));
        assert_eq!(on_a, BTreeSet::from([known.of("P.a.com")]));
        assert_eq!(known.meant_on("P", known.of("R")).len(), 2);
    }
}
