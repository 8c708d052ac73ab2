//! The evidence of one signature: which classes are what to it, and their records as items in time.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::Collection;
use super::computers::Machine;
use crate::collect::evaluate::Evaluation;
use crate::collect::observation::Observation;
use crate::collect::records::Point;
use crate::collect::session::Class;
use crate::collect::view::View;
use crate::report::{Answer, Citation};
use crate::signature::compile::{Compiled, Matcher, PartRole};
use crate::signature::text;

/// What an item is to its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ItemKind {
    /// Symptom by index.
    Symptom(usize),
    /// `rules_out` clause by index.
    RuleOut(usize),
}

/// How an event answers what a symptom asks, neighbours and numbers considered. In the order in
/// which occurrences are built around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// All conditions hold.
    Yes,
    /// Its values fit, but what `only_if` asks does not hold.
    Unqualified,
    /// A condition fails.
    No,
    /// The record does not carry a value that is asked for, or the logs cannot say whether
    /// `only_if` holds.
    Unknown,
}

/// The values that join events: one for each part of the signature's key, folded.
pub(crate) type Key = Box<[Option<Box<str>>]>;

/// What a class is to one part of a signature.
#[derive(Debug)]
pub(crate) struct Evidence<'a> {
    /// Number of the class in the collection.
    pub(crate) class_number: usize,
    pub(crate) class: &'a Class,
    pub(crate) role: PartRole,
    pub(crate) part: usize,
    pub(crate) evaluation: Evaluation,
    pub(crate) key: Key,
    /// The key as written.
    pub(crate) key_shown: Vec<Option<String>>,
    /// The other computer it names.
    pub(crate) peer: Option<String>,
    pub(crate) computer: &'a str,
    pub(crate) machine: Machine,
    /// Signatures that count this very event as found: generic evidence says little.
    pub(crate) shared_by: usize,
    pub(crate) points: Vec<Point>,
}

impl Evidence<'_> {
    /// The captured value of this name.
    pub(crate) fn captured<'e>(&'e self, matcher: &Matcher, name: &str) -> Option<&'e str> {
        self.evaluation.captured(matcher, name)
    }

    /// A citation of the record nearest to a second, if any record may be cited.
    pub(crate) fn citation_near(&self, second: i64) -> Option<Citation> {
        let near = |point: &&Point| point.second.abs_diff(second);
        let mut cited = self
            .points
            .iter()
            .filter(|p| self.class.records.proof(p).next().is_some());
        let first = cited.next()?;
        let point = cited.fold(first, |best, point| {
            if near(&point) < near(&best) {
                point
            } else {
                best
            }
        });
        let proof = self.class.records.proof(point).next()?;
        Some(proof.citation(self.computer, self.evaluation.from_text))
    }

    /// Whether any of its records was written between two seconds.
    pub(crate) fn has_between(&self, from: i64, to: i64) -> bool {
        let at = self.points.partition_point(|point| point.second < from);
        self.points.get(at).is_some_and(|point| point.second <= to)
    }
}

/// The records of one second, as one signature sees them.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) kind: ItemKind,
    pub(crate) standing: Standing,
    /// Index of its evidence.
    pub(crate) evidence: usize,
    /// Index of its point there.
    pub(crate) point: usize,
    pub(crate) second: i64,
    pub(crate) count: u64,
    /// Which qualifier does not hold, or cannot be checked.
    pub(crate) qualifier: Option<usize>,
}

/// The evidence of one signature, and its items in order of time.
#[derive(Debug)]
pub(crate) struct Items<'a> {
    pub(crate) evidence: Vec<Evidence<'a>>,
    pub(crate) all: Vec<Item>,
    /// Records of symptoms that have no time.
    pub(crate) untimed: u64,
}

impl<'a> Items<'a> {
    /// What the classes with these numbers are to a signature.
    pub(crate) fn of(
        collection: &'a Collection<'a>,
        compiled: &Compiled,
        signature: usize,
        classes: &[usize],
    ) -> Items<'a> {
        let mut items = Items {
            evidence: Vec::new(),
            all: Vec::new(),
            untimed: 0,
        };
        for &number in classes {
            let Some(seen) = collection.classes.get(number) else {
                continue;
            };
            let view = View::of(&seen.class.event, seen.resolved.facts.as_deref());
            let mine = seen.resolved.subscriptions.iter();
            for subscription in mine.filter(|s| s.signature == signature) {
                let Some(part) = compiled.parts.get(subscription.part) else {
                    continue;
                };
                let evaluation = Evaluation::of(&part.matcher, &view);
                let (key, key_shown) = key_of(compiled, &part.matcher, &evaluation);
                let peer = evaluation
                    .captures
                    .iter()
                    .find(|(n, _)| part.matcher.captures.get(*n).is_some_and(|c| c.is_peer));
                if matches!(part.role, PartRole::Symptom(_)) {
                    items.untimed += seen.class.records.untimed();
                }
                items.evidence.push(Evidence {
                    class_number: number,
                    class: seen.class,
                    role: part.role,
                    part: subscription.part,
                    peer: peer.map(|(_, value)| value.clone()),
                    evaluation,
                    key,
                    key_shown,
                    computer: seen.class.event.computer.as_deref().unwrap_or(""),
                    machine: seen.machine,
                    shared_by: seen.shared_by,
                    points: seen.class.records.points(),
                });
            }
        }
        items.spread();
        items
    }

    /// Makes an item of every second of every class that is a symptom or speaks against it.
    fn spread(&mut self) {
        for (n, evidence) in self.evidence.iter().enumerate() {
            let kind = match evidence.role {
                PartRole::Symptom(n) => ItemKind::Symptom(n),
                PartRole::RuleOut(n) => ItemKind::RuleOut(n),
                _ => continue,
            };
            let standing = match evidence.evaluation.answer {
                Answer::Yes => Standing::Yes,
                Answer::No => Standing::No,
                Answer::Unknown => Standing::Unknown,
            };
            let points = evidence.points.iter().enumerate();
            self.all.extend(points.map(|(at, point)| Item {
                kind,
                standing,
                evidence: n,
                point: at,
                second: point.second,
                count: point.count,
                qualifier: None,
            }));
        }
        let evidence = &self.evidence;
        let order = |item: &Item| {
            let of = evidence.get(item.evidence);
            (
                item.second,
                item.kind,
                // Before the numbers of classes: those depend on what other signatures ask.
                of.map(|e| &e.key),
                of.map(|e| e.computer),
                item.evidence,
            )
        };
        self.all.sort_by(|a, b| order(a).cmp(&order(b)));
    }

    pub(crate) fn get(&self, at: usize) -> Option<(&Item, &Evidence<'a>)> {
        let item = self.all.get(at)?;
        Some((item, self.evidence.get(item.evidence)?))
    }

    /// The records of an item that may be cited.
    pub(crate) fn proof(&self, at: usize) -> impl Iterator<Item = &Observation> {
        let found = self.get(at).and_then(|(item, evidence)| {
            let point = evidence.points.get(item.point)?;
            Some(evidence.class.records.proof(point))
        });
        found.into_iter().flatten()
    }

    /// When an item's first record was written, as exactly as is known.
    pub(crate) fn first_time(&self, at: usize) -> Timestamp {
        let exact = self.proof(at).filter_map(|o| o.time).min();
        exact.unwrap_or_else(|| self.whole_second(at))
    }

    /// When an item's last record was written, as exactly as is known.
    pub(crate) fn last_time(&self, at: usize) -> Timestamp {
        let exact = self.proof(at).filter_map(|o| o.time).max();
        exact.unwrap_or_else(|| self.whole_second(at))
    }

    fn whole_second(&self, at: usize) -> Timestamp {
        timestamp(self.all.get(at).map_or(0, |item| item.second))
    }
}

/// A second as a time, held within what times can be.
pub(crate) fn timestamp(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(if second < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

fn key_of(
    compiled: &Compiled,
    matcher: &Matcher,
    evaluation: &Evaluation,
) -> (Key, Vec<Option<String>>) {
    let mut shown: Vec<Option<String>> = vec![None; compiled.key.len()];
    for (n, value) in &evaluation.captures {
        let part = matcher.captures.get(*n).and_then(|capture| capture.key);
        if let Some(slot) = part.and_then(|part| shown.get_mut(part))
            && slot.is_none()
        {
            *slot = Some(value.clone());
        }
    }
    let folded = shown.iter().zip(&compiled.key).map(|(value, part)| {
        let value = value.as_deref()?;
        Some(if part.exact_case {
            value.into()
        } else {
            text::fold(value).into()
        })
    });
    (folded.collect(), shown)
}

/// Whether no part that both keys carry differs.
pub(crate) fn keys_agree(a: &Key, b: &Key) -> bool {
    a.iter().zip(b).all(|(a, b)| match (a, b) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    })
}

/// Whether a key has all its parts. The key of a signature without any is complete.
pub(crate) fn is_complete(key: &Key) -> bool {
    key.iter().all(Option::is_some)
}

/// Seconds and counts of events, in order, by key.
type TimesByKey = BTreeMap<Key, Vec<(i64, u64)>>;

/// Times by symptom, computer and key, for whoever asks for neighbours.
#[derive(Debug, Default)]
pub(crate) struct Neighbours {
    /// By symptom and computer: keys with the seconds (and counts) of *yes* events, in order.
    lists: HashMap<(usize, Machine), TimesByKey>,
    /// The same for all computers together.
    anywhere: HashMap<usize, TimesByKey>,
}

impl Neighbours {
    /// Of all items as they answer by themselves.
    pub(crate) fn of(items: &Items<'_>) -> Neighbours {
        let mut neighbours = Neighbours::default();
        for item in items
            .all
            .iter()
            .filter(|item| item.standing == Standing::Yes)
        {
            let ItemKind::Symptom(symptom) = item.kind else {
                continue;
            };
            let Some(evidence) = items.evidence.get(item.evidence) else {
                continue;
            };
            let entry = (item.second, item.count);
            let list = neighbours
                .lists
                .entry((symptom, evidence.machine))
                .or_default();
            list.entry(evidence.key.clone()).or_default().push(entry);
            let list = neighbours.anywhere.entry(symptom).or_default();
            list.entry(evidence.key.clone()).or_default().push(entry);
        }
        neighbours
    }

    /// Whether a *yes* event of a symptom whose key agrees lies between two seconds; on one
    /// computer, or on any.
    pub(crate) fn any_between(
        &self,
        symptom: usize,
        machine: Option<Machine>,
        key: &Key,
        from: i64,
        to: i64,
    ) -> bool {
        let lists = match machine {
            Some(machine) => self.lists.get(&(symptom, machine)),
            None => self.anywhere.get(&symptom),
        };
        let has = |times: &Vec<(i64, u64)>| {
            let at = times.partition_point(|(second, _)| *second < from);
            times.get(at).is_some_and(|(second, _)| *second <= to)
        };
        let Some(lists) = lists else { return false };
        // Nearly always the keys are the same; then no other needs to be looked at.
        lists.get(key).is_some_and(has)
            || lists
                .iter()
                .any(|(other, times)| other != key && keys_agree(other, key) && has(times))
    }

    /// Whether some interval of so many seconds that holds `second` has at least so many events of
    /// exactly this key.
    pub(crate) fn often(
        &self,
        symptom: usize,
        machine: Machine,
        key: &Key,
        second: i64,
        at_least: u64,
        within_s: i64,
    ) -> bool {
        let list = self
            .lists
            .get(&(symptom, machine))
            .and_then(|lists| lists.get(key));
        let Some(times) = list else { return false };
        let start = times.partition_point(|(t, _)| *t < second.saturating_sub(within_s));
        let mut low = start;
        let mut sum = 0_u64;
        for (high, (time, count)) in times.iter().enumerate().skip(start) {
            if *time > second.saturating_add(within_s) {
                break;
            }
            sum = sum.saturating_add(*count);
            while let Some((first, dropped)) = times.get(low)
                && *first < time.saturating_sub(within_s)
            {
                sum = sum.saturating_sub(*dropped);
                low += 1;
            }
            let holds =
                times.get(low).is_some_and(|(first, _)| *first <= second) && *time >= second;
            if holds && sum >= at_least {
                return true;
            }
            debug_assert!(low <= high);
        }
        false
    }
}
