//! Which signatures ask for an event: looked up by provider and id, so that neither start-up nor
//! a scan grows with their number.

use std::collections::HashMap;

/// Signatures by provider and event id.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventIndex {
    /// By provider in lower case.
    exact: HashMap<String, Ids>,
    /// Providers whose name ends in `*`: by the beginning in lower case.
    prefixes: Vec<(String, Ids)>,
}

#[derive(Debug, Clone, Default)]
struct Ids {
    single: HashMap<u16, Vec<usize>>,
    ranges: Vec<(u16, u16, usize)>,
}

impl Ids {
    fn has(&self, event_id: u16) -> bool {
        self.single.contains_key(&event_id)
            || self
                .ranges
                .iter()
                .any(|(low, high, _)| (*low..=*high).contains(&event_id))
    }

    fn signatures(&self, event_id: u16) -> impl Iterator<Item = usize> {
        let single = self.single.get(&event_id).into_iter().flatten().copied();
        let ranges = self.ranges.iter();
        let ranges = ranges.filter(move |(low, high, _)| (*low..=*high).contains(&event_id));
        single.chain(ranges.map(|(_, _, signature)| *signature))
    }
}

impl EventIndex {
    /// Notes that a signature asks for events. The provider is in lower case.
    pub(crate) fn add(&mut self, provider: &str, low: u16, high: u16, signature: usize) {
        let ids = match provider.strip_suffix('*') {
            None => self.exact.entry(provider.to_owned()).or_default(),
            Some(prefix) => {
                let known = self.prefixes.iter().position(|(known, _)| known == prefix);
                let at = known.unwrap_or_else(|| {
                    self.prefixes.push((prefix.to_owned(), Ids::default()));
                    self.prefixes.len() - 1
                });
                match self.prefixes.get_mut(at) {
                    Some((_, ids)) => ids,
                    None => return,
                }
            }
        };
        if low == high {
            let signatures = ids.single.entry(low).or_default();
            if signatures.last() != Some(&signature) {
                signatures.push(signature);
            }
        } else {
            ids.ranges.push((low, high, signature));
        }
    }

    /// The ids that are asked for of a provider, by its own name and by how it begins.
    fn ids_of<'i>(&'i self, provider: &'i str) -> impl Iterator<Item = &'i Ids> {
        // The stack buffer keeps the common miss free of allocation.
        let mut folded = [0_u8; 96];
        let bytes = provider.as_bytes();
        let exact = match folded.get_mut(..bytes.len()) {
            Some(slot) => {
                slot.copy_from_slice(bytes);
                slot.make_ascii_lowercase();
                std::str::from_utf8(slot)
                    .ok()
                    .and_then(|name| self.exact.get(name))
            }
            None => self.exact.get(&provider.to_ascii_lowercase()),
        };
        let prefixes = self.prefixes.iter().filter(move |(prefix, _)| {
            let head = bytes.get(..prefix.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()))
        });
        exact.into_iter().chain(prefixes.map(|(_, ids)| ids))
    }

    /// Whether any signature asks for events of a provider of just this name, in lower case.
    pub(crate) fn names(&self, folded: &str) -> bool {
        self.exact.contains_key(folded)
    }

    /// Whether any signature asks for this event.
    pub(crate) fn wants(&self, provider: &str, event_source: Option<&str>, event_id: u16) -> bool {
        self.ids_of(provider).any(|ids| ids.has(event_id))
            || event_source.is_some_and(|name| self.ids_of(name).any(|ids| ids.has(event_id)))
    }

    /// The signatures that ask for an event, each once, in the order of the set.
    pub(crate) fn asking_for(
        &self,
        provider: &str,
        event_source: Option<&str>,
        event_id: u16,
    ) -> Vec<usize> {
        let names = std::iter::once(provider).chain(event_source);
        let mut all: Vec<usize> = names
            .flat_map(|name| self.ids_of(name))
            .flat_map(|ids| ids.signatures(event_id))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_beginnings() {
        let mut index = EventIndex::default();
        index.add("disk", 153, 153, 0);
        index.add("mssql$*", 17204, 17210, 1);
        index.add("*", 129, 129, 2);
        assert!(index.wants("Disk", None, 153));
        assert!(!index.wants("Disk", None, 154));
        assert!(index.wants("MSSQL$PROD", None, 17207));
        assert!(!index.wants("MSSQLSERVER", None, 17207));
        assert!(index.wants("x", Some("disk"), 153));
        assert_eq!(index.asking_for("disk", Some("storahci"), 129), [2]);
        assert!(index.wants(&"x".repeat(200), None, 129));
    }
}
