//! What `only_if` asks around an event: numbers, neighbours, starts and shutdowns.
//!
//! It is asked twice where that makes a difference: of all records, and of those alone that a verdict
//! above `possible` may rest on. A disk whose third error is a record from freed space has had three
//! errors, perhaps.

use super::Collection;
use super::coverage::Whose;
use super::items::{Evidence, ItemKind, Items, Neighbours, Standing};
use crate::collect::errors;
use crate::collect::landmarks::Noted;
use crate::report::{Answer, LandmarkKind};
use crate::signature::compile::{Compiled, CompiledSymptom};
use crate::signature::model::Qualifier;

/// Lowers the standing of items for which what `only_if` asks does not hold.
pub(crate) fn qualify(collection: &Collection<'_>, compiled: &Compiled, items: &mut Items<'_>) {
    if compiled
        .symptoms
        .iter()
        .all(|symptom| symptom.only_if.is_empty())
    {
        return;
    }
    let of = |items: &Items<'_>, firm| Asked {
        collection,
        compiled,
        neighbours: Neighbours::of(items, firm),
        firm,
    };
    let all = of(items, false);
    let firm = (!collection.is_firm()).then(|| of(items, true));
    let evidence = &items.evidence;
    for item in items
        .all
        .iter_mut()
        .filter(|item| item.standing == Standing::Yes)
    {
        let ItemKind::Symptom(symptom) = item.kind else {
            continue;
        };
        let (Some(of), Some(asks)) = (
            evidence.get(item.evidence()),
            compiled.symptoms.get(symptom),
        ) else {
            continue;
        };
        let (standing, qualifier) = all.standing(asks, symptom, of, item.second);
        item.standing = standing;
        item.qualifier = qualifier.and_then(|n| u16::try_from(n).ok());
        item.firm = match &firm {
            Some(firm) => firm.standing(asks, symptom, of, item.second).0,
            None => item.standing,
        };
    }
}

struct Asked<'a> {
    collection: &'a Collection<'a>,
    compiled: &'a Compiled,
    neighbours: Neighbours,
    /// Whether only what can be believed counts.
    firm: bool,
}

fn seconds(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Asked<'_> {
    /// How a *yes* event stands, and which qualifier does not hold or cannot be checked.
    fn standing(
        &self,
        asks: &CompiledSymptom,
        symptom: usize,
        evidence: &Evidence<'_>,
        second: i64,
    ) -> (Standing, Option<usize>) {
        let mut worst = (Answer::Yes, None);
        for (n, (qualifier, other)) in asks.only_if.iter().enumerate() {
            let answer = self.holds(qualifier, *other, symptom, evidence, second);
            if answer > worst.0 {
                worst = (answer, Some(n));
            }
        }
        let standing = match worst.0 {
            Answer::Yes => Standing::Yes,
            Answer::Unknown => Standing::Unknown,
            Answer::No => Standing::Unqualified,
        };
        (standing, worst.1)
    }

    fn holds(
        &self,
        qualifier: &Qualifier,
        other: Option<usize>,
        symptom: usize,
        evidence: &Evidence<'_>,
        second: i64,
    ) -> Answer {
        let before = |within: u64| (second.saturating_sub(seconds(within)), second);
        let after = |within: u64| (second, second.saturating_add(seconds(within)));
        let around = |within: u64| (before(within).0, after(within).1);
        let machine = evidence.machine_known(self.firm);
        match qualifier {
            Qualifier::Count(count) => {
                let within = seconds(count.within_s);
                let key = &evidence.key;
                let often =
                    self.neighbours
                        .often(symptom, machine, key, second, count.at_least, within);
                if often { Answer::Yes } else { Answer::No }
            }
            Qualifier::AtStart(within) => {
                let is = |what: &LandmarkKind| matches!(what, LandmarkKind::Start);
                self.landmark(evidence, &is, before(within.within_s))
            }
            Qualifier::AtShutdown(within) => {
                let is = |what: &LandmarkKind| matches!(what, LandmarkKind::Stop);
                self.landmark(evidence, &is, around(within.within_s))
            }
            Qualifier::PrecededBy(n) => self.neighbour(other, evidence, before(n.within_s), true),
            Qualifier::FollowedBy(n) => self.neighbour(other, evidence, after(n.within_s), true),
            Qualifier::NotPrecededBy(n) => {
                self.neighbour(other, evidence, before(n.within_s), false)
            }
            Qualifier::NotFollowedBy(n) => {
                self.neighbour(other, evidence, after(n.within_s), false)
            }
        }
    }

    fn neighbour(
        &self,
        other: Option<usize>,
        evidence: &Evidence<'_>,
        (from, to): (i64, i64),
        wanted: bool,
    ) -> Answer {
        let Some((asked, n)) = other.and_then(|n| Some((self.compiled.symptoms.get(n)?, n))) else {
            return Answer::Unknown;
        };
        let machine = asked.local.then_some(evidence.machine_known(self.firm));
        if self
            .neighbours
            .any_between(n, machine, &evidence.key, from, to)
        {
            return if wanted { Answer::Yes } else { Answer::No };
        }
        let whose = if asked.local {
            Whose::Of(evidence.computer())
        } else {
            Whose::OfAny
        };
        let channel = self.collection.channel_of(self.compiled, n);
        if self.covers(whose, &channel, from, to) {
            if wanted { Answer::No } else { Answer::Yes }
        } else {
            Answer::Unknown
        }
    }

    fn landmark(
        &self,
        evidence: &Evidence<'_>,
        is: &dyn Fn(&LandmarkKind) -> bool,
        (from, to): (i64, i64),
    ) -> Answer {
        let own = errors::unnamed_in(&evidence.seen.class.event);
        let counts = |noted: &Noted| !self.firm || !noted.weak && noted.unnamed_in.as_ref() == own;
        let mut of = self.collection.noted_of(evidence.machine);
        if of.any(|noted| {
            let landmark = &noted.landmark;
            let there = (from..=to).contains(&landmark.time.as_second());
            there && is(&landmark.what) && counts(noted)
        }) {
            return Answer::Yes;
        }
        if self.covers(Whose::Of(evidence.computer()), "System", from, to) {
            Answer::No
        } else {
            Answer::Unknown
        }
    }

    fn covers(&self, whose: Whose<'_>, channel: &str, from: i64, to: i64) -> bool {
        let collection = self.collection;
        collection
            .coverage
            .covers(&collection.computers, whose, channel, (from, to))
    }
}
