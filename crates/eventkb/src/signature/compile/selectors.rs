//! Which events a signature asks for, and which it shares with others.

use crate::signature::model::{
    CauseCheck, EventSelector, IdOrRange, Ids, Role, Signature, Symptom,
};

/// Events by provider and ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selector {
    pub(crate) provider: ProviderPattern,
    pub(crate) ids: Vec<(u16, u16)>,
}

/// A provider's name, or how it begins; in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProviderPattern {
    Exact(String),
    Prefix(String),
}

impl ProviderPattern {
    pub(crate) fn of(written: &str) -> ProviderPattern {
        let folded = written.to_ascii_lowercase();
        match folded.strip_suffix('*') {
            Some(prefix) => ProviderPattern::Prefix(prefix.to_owned()),
            None => ProviderPattern::Exact(folded),
        }
    }

    pub(crate) fn fits(&self, provider: &str) -> bool {
        match self {
            ProviderPattern::Exact(name) => provider.eq_ignore_ascii_case(name),
            ProviderPattern::Prefix(prefix) => provider
                .get(..prefix.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(prefix)),
        }
    }
}

impl Selector {
    pub(crate) fn of(selector: &EventSelector) -> Option<Selector> {
        Some(Selector {
            provider: ProviderPattern::of(&selector.provider),
            ids: ids_of(&selector.id)?,
        })
    }

    /// Whether some event is meant by both.
    pub(crate) fn meets(&self, other: &Selector) -> bool {
        let ids = self.ids.iter().any(|(low, high)| {
            let mut theirs = other.ids.iter();
            theirs.any(|(first, last)| low <= last && first <= high)
        });
        let providers = match (&self.provider, &other.provider) {
            (ProviderPattern::Exact(name), theirs) => theirs.fits(name),
            (ours, ProviderPattern::Exact(name)) => ours.fits(name),
            (ProviderPattern::Prefix(a), ProviderPattern::Prefix(b)) => {
                a.starts_with(b.as_str()) || b.starts_with(a.as_str())
            }
        };
        ids && providers
    }

    /// Whether an event of any of these providers and this id is meant.
    pub(crate) fn fits(&self, providers: &[&str], event_id: u16) -> bool {
        self.ids
            .iter()
            .any(|(low, high)| (*low..=*high).contains(&event_id))
            && providers.iter().any(|name| self.provider.fits(name))
    }
}

/// The ids as ranges; `None` when one is not a number or range.
pub(crate) fn ids_of(ids: &Ids) -> Option<Vec<(u16, u16)>> {
    let range = |text: &str| {
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        let (low, high) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
        (low <= high).then_some((low, high))
    };
    match ids {
        Ids::One(id) => Some(vec![(*id, *id)]),
        Ids::Range(text) => Some(vec![range(text)?]),
        Ids::Many(list) => list
            .iter()
            .map(|entry| match entry {
                IdOrRange::One(id) => Some((*id, *id)),
                IdOrRange::Range(text) => range(text),
            })
            .collect(),
    }
}

impl EventSelector {
    /// Whether some event is meant by both.
    pub fn meets(&self, other: &EventSelector) -> bool {
        Selector::of(self)
            .zip(Selector::of(other))
            .is_some_and(|(ours, theirs)| ours.meets(&theirs))
    }
}

impl Signature {
    /// The core and strong symptoms that some event of a selector is.
    pub fn symptoms_resting_on(&self, selector: &EventSelector) -> impl Iterator<Item = &Symptom> {
        let wanted = Selector::of(selector);
        let telling = self.symptoms.iter();
        let telling = telling.filter(|symptom| symptom.role <= Role::Strong);
        telling.filter(move |symptom| {
            let mut theirs = symptom.events.iter().filter_map(Selector::of);
            wanted
                .as_ref()
                .is_some_and(|wanted| theirs.any(|theirs| wanted.meets(&theirs)))
        })
    }

    /// Every event that any part of it asks for.
    pub(crate) fn for_each_selector(&self, each: &mut dyn FnMut(&EventSelector)) {
        let symptoms = self.symptoms.iter().flat_map(|s| &s.events);
        let rules_out = self.rules_out.iter().flat_map(|r| &r.events);
        let versions = self.applies_to.iter().flat_map(|a| &a.events);
        symptoms
            .chain(rules_out)
            .chain(versions)
            .for_each(&mut *each);
        for check in &self.cause_checks {
            match check {
                CauseCheck::ComputerNames(check) => {
                    let sources = check.names.iter().chain(&check.own_names);
                    sources
                        .flat_map(|source| &source.events)
                        .for_each(&mut *each);
                }
                CauseCheck::Event(check) => check.events.iter().for_each(&mut *each),
                CauseCheck::Absence(check) => check.events.iter().for_each(&mut *each),
            }
        }
    }
}
