//! What it means that an event was not seen: whether logs cover the computer, channel and time.
//!
//! A log covers what lies between its first and its last event. Two logs of one computer and channel
//! cover what lies between them only where one goes on where the other ends: the archive between
//! them may be the one that was not sent.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};

use super::computers::{Computers, Machine};
use super::items::timestamp;
use super::work;
use crate::report::{Absence, ContextMissing, LogSpan};

/// Asks the spans of all logs about absences; made once for a whole report.
#[derive(Debug)]
pub(crate) struct CoverageIndex {
    spans: HashMap<Machine, Vec<LogSpan>>,
    /// By computer and name, made when they are first asked for.
    channels: RwLock<HashMap<Machine, Channels>>,
}

/// Channels by name.
type Channels = Vec<(String, Arc<Channel>)>;

/// Whose logs could have held an event.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose<'a> {
    Of(&'a str),
    OfAnyBut(&'a str),
    OfAny,
}

/// The logs of one computer that can hold the events of a channel, in whole seconds, like all times
/// that events are joined by.
#[derive(Debug, Default)]
struct Channel {
    /// Each without a hole, in order, and apart from each other.
    covered: Vec<(i64, i64)>,
    /// Where a part of a log is lost, or from before it was cleared; in order, apart.
    lost: Vec<(i64, i64)>,
}

impl Channel {
    fn of(spans: &[&LogSpan]) -> Channel {
        let mut logs: Vec<(i64, i64, &LogSpan)> = spans
            .iter()
            .filter_map(|span| Some((span.first?.as_second(), span.last?.as_second(), *span)))
            .collect();
        logs.sort_by_key(|(first, last, _)| (*first, *last));
        let mut covered: Vec<(i64, i64)> = Vec::new();
        let mut lost: Vec<(i64, i64)> = Vec::new();
        // The highest record id up to the end of what is covered.
        let mut highest: Option<u64> = None;
        for (first, last, span) in &logs {
            match covered.last_mut() {
                Some((_, end)) if *first <= end.saturating_add(1) || goes_on(highest, span) => {
                    *end = (*end).max(*last);
                    highest = highest.max(span.highest_record_id);
                }
                _ => {
                    covered.push((*first, *last));
                    highest = span.highest_record_id;
                }
            }
            if span.damaged {
                lost.push((*first, *last));
            }
            if let Some(at) = span.cleared.iter().max() {
                lost.push((*first, at.as_second().min(*last)));
            }
        }
        lost.sort_unstable();
        lost.dedup_by(|later, first| {
            let joins = later.0 <= first.1;
            if joins {
                first.1 = first.1.max(later.1);
            }
            joins
        });
        Channel { covered, lost }
    }

    fn is_lost(&self, from: i64, to: i64) -> bool {
        touching(&self.lost, from, to).next().is_some()
    }

    /// Whether all of a time is covered, and nothing of it is lost.
    fn holds_all(&self, from: i64, to: i64) -> bool {
        let mut touching = touching(&self.covered, from, to);
        touching.any(|(first, last)| first <= from && last >= to) && !self.is_lost(from, to)
    }

    /// Whether a part of a time is covered, without a hole in it, and nothing of it is lost.
    fn holds_some(&self, from: i64, to: i64) -> bool {
        let mut touching = touching(&self.covered, from, to);
        let begins = touching.next().is_some_and(|(first, _)| first < to);
        begins && touching.next().is_none() && !self.is_lost(from, to)
    }
}

/// Whether a log goes on where those before it end: their record ids follow each other.
fn goes_on(highest: Option<u64>, span: &LogSpan) -> bool {
    let next = highest.and_then(|id| id.checked_add(1));
    next.is_some() && next == span.lowest_record_id
}

/// Those of some stretches, in order and apart, that touch a time.
fn touching(list: &[(i64, i64)], from: i64, to: i64) -> impl Iterator<Item = (i64, i64)> {
    let at = list.partition_point(|(_, last)| *last < from);
    let rest = list.get(at..).unwrap_or(&[]).iter().copied();
    rest.take_while(move |(first, _)| *first <= to)
}

impl CoverageIndex {
    pub(crate) fn new(spans: Vec<LogSpan>, computers: &Computers) -> Self {
        let mut by_machine: HashMap<Machine, Vec<LogSpan>> = HashMap::new();
        for span in spans {
            let machine = computers.of(&span.computer);
            by_machine.entry(machine).or_default().push(span);
        }
        CoverageIndex {
            spans: by_machine,
            channels: RwLock::default(),
        }
    }

    fn channel(&self, machine: Machine, channel: &str) -> Arc<Channel> {
        let known = self.channels.read().unwrap_or_else(PoisonError::into_inner);
        let of_machine = known.get(&machine).into_iter().flatten();
        let mut named = of_machine.filter(|(name, _)| name.eq_ignore_ascii_case(channel));
        if let Some((_, known)) = named.next() {
            return Arc::clone(known);
        }
        drop(known);
        let spans = self.spans.get(&machine).into_iter().flatten();
        let fitting: Vec<&LogSpan> = spans.filter(|span| may_hold(span, channel)).collect();
        let made = Arc::new(Channel::of(&fitting));
        let channels = self.channels.write();
        let mut channels = channels.unwrap_or_else(PoisonError::into_inner);
        let of_machine = channels.entry(machine).or_default();
        of_machine.push((channel.to_owned(), Arc::clone(&made)));
        made
    }

    /// Every computer asked for, by the logs it has in a channel. Whether an event is nowhere, only
    /// the logs of all computers together can tell.
    fn all(
        &self,
        computers: &Computers,
        whose: Whose<'_>,
        channel: &str,
        holds: impl Fn(&Channel) -> bool,
    ) -> bool {
        let machines = self.machines(computers, whose);
        work::steps(machines.len());
        !machines.is_empty()
            && machines
                .iter()
                .all(|machine| holds(&self.channel(*machine, channel)))
    }

    fn machines(&self, computers: &Computers, whose: Whose<'_>) -> Vec<Machine> {
        match whose {
            Whose::Of(name) => vec![computers.of(name)],
            Whose::OfAny => self.spans.keys().copied().collect(),
            Whose::OfAnyBut(name) => {
                let but = computers.of(name);
                let all = self.spans.keys().copied();
                all.filter(|machine| *machine != but).collect()
            }
        }
    }

    /// Whether undamaged logs cover the place and all of a time, in seconds.
    pub(crate) fn covers(
        &self,
        computers: &Computers,
        whose: Whose<'_>,
        channel: &str,
        (from, to): (i64, i64),
    ) -> bool {
        self.all(computers, whose, channel, |logs| logs.holds_all(from, to))
    }

    /// Whether undamaged logs cover the place and a part of a time, in seconds, without a hole.
    pub(crate) fn touches(
        &self,
        computers: &Computers,
        whose: Whose<'_>,
        channel: &str,
        (from, to): (i64, i64),
    ) -> bool {
        self.all(computers, whose, channel, |logs| logs.holds_some(from, to))
    }

    /// What it means that an event was not seen in `channel` between two seconds: which computers'
    /// logs were looked at, or why there was nothing to look at.
    pub(crate) fn absence(
        &self,
        computers: &Computers,
        whose: Whose<'_>,
        channel: &str,
        (from, to): (i64, i64),
    ) -> Absence {
        let (named, other_than) = match whose {
            Whose::Of(name) => (Some(name), false),
            Whose::OfAnyBut(name) => (Some(name), true),
            Whose::OfAny => (None, false),
        };
        let (from, to) = (timestamp(from), timestamp(to));
        let mut looked = Looked::default();
        let mut missing = Missing::default();
        for machine in self.machines(computers, whose) {
            let spans = self.spans.get(&machine).map_or(&[][..], |spans| spans);
            match self.look(machine, spans, channel, from, to) {
                Ok(spans) => looked.add(&spans),
                Err(why) => missing.add(why),
            }
        }
        if looked.names.is_empty() {
            let (why, at) = missing.most();
            return Absence::NotCovered {
                computer: named.map(str::to_owned),
                other_than,
                channel: channel.to_owned(),
                why,
                at,
            };
        }
        // Only what the logs cover was looked at.
        let from = from.max(looked.begins.unwrap_or(from));
        Absence::LookedFor {
            computers: looked.names.into_iter().collect(),
            channel: if looked.named_channel {
                channel.to_owned()
            } else {
                String::new()
            },
            from,
            to: to.min(looked.ends.unwrap_or(to)).max(from),
            damaged: looked.damaged,
        }
    }

    /// The logs of one computer that cover a part of a time, or why none does.
    fn look<'s>(
        &self,
        machine: Machine,
        spans: &'s [LogSpan],
        channel: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<&'s LogSpan>, (ContextMissing, Option<Timestamp>)> {
        if spans.is_empty() {
            return Err((ContextMissing::NoLog, None));
        }
        let there: Vec<&LogSpan> = spans
            .iter()
            .filter(|span| may_hold(span, channel))
            .collect();
        if there.is_empty() {
            return Err((ContextMissing::NoChannel, None));
        }
        let touches = |span: &&LogSpan| {
            span.first.is_some_and(|first| first <= to)
                && span.last.is_some_and(|last| last >= from)
        };
        let covering: Vec<&LogSpan> = there.iter().copied().filter(touches).collect();
        if covering.is_empty() {
            return Err(outside(&there, from, to));
        }
        let mut cleared = covering.iter().flat_map(|span| &span.cleared);
        if let Some(at) = cleared.find(|at| **at >= from) {
            return Err((ContextMissing::Cleared, Some(*at)));
        }
        // A log that begins inside the span could not hold what came before it. Its first event
        // is usually later than the log's beginning by some seconds: allow for that.
        let begins = covering.iter().filter_map(|span| span.first).min();
        if let Some(begins) = begins
            && begins > to.checked_sub(SignedDuration::from_secs(1)).unwrap_or(to)
        {
            return Err((ContextMissing::BeginsWithin, Some(begins)));
        }
        let logs = self.channel(machine, channel);
        let mut covered = touching(&logs.covered, from.as_second(), to.as_second());
        if let (Some((_, end)), Some(_)) = (covered.next(), covered.next()) {
            return Err((ContextMissing::Gap, Some(timestamp(end))));
        }
        Ok(covering)
    }
}

/// A format that does not name its channel may hold the event.
fn may_hold(span: &LogSpan, channel: &str) -> bool {
    span.channel.is_empty() || span.channel.eq_ignore_ascii_case(channel)
}

/// What was looked at.
#[derive(Debug, Default)]
struct Looked {
    names: BTreeSet<String>,
    begins: Option<Timestamp>,
    ends: Option<Timestamp>,
    damaged: bool,
    named_channel: bool,
}

impl Looked {
    fn add(&mut self, spans: &[&LogSpan]) {
        for span in spans {
            self.names.insert(span.computer.clone());
            self.begins = self.begins.into_iter().chain(span.first).min();
            self.ends = self.ends.max(span.last);
            self.damaged |= span.damaged;
            self.named_channel |= !span.channel.is_empty();
        }
    }
}

/// Why nothing could be looked at: of several computers, what comes nearest to an answer.
#[derive(Debug, Default)]
struct Missing {
    best: Option<(u8, ContextMissing, Option<Timestamp>)>,
}

impl Missing {
    fn add(&mut self, (why, at): (ContextMissing, Option<Timestamp>)) {
        let rank = match why {
            ContextMissing::Cleared => 0,
            ContextMissing::Gap => 1,
            ContextMissing::BeginsWithin => 2,
            ContextMissing::BeginsLater => 3,
            ContextMissing::EndsEarlier => 4,
            ContextMissing::NoTimes => 5,
            ContextMissing::NoChannel => 6,
            _ => 7,
        };
        let nearer = self.best.as_ref().is_none_or(|(known, _, known_at)| {
            let latest = matches!(why, ContextMissing::EndsEarlier);
            rank < *known
                || rank == *known
                    && if latest {
                        at > *known_at
                    } else {
                        at < *known_at
                    }
        });
        if nearer {
            self.best = Some((rank, why, at));
        }
    }

    fn most(self) -> (ContextMissing, Option<Timestamp>) {
        let best = self.best.map(|(_, why, at)| (why, at));
        best.unwrap_or((ContextMissing::NoLog, None))
    }
}

fn outside(
    spans: &[&LogSpan],
    from: Timestamp,
    to: Timestamp,
) -> (ContextMissing, Option<Timestamp>) {
    let firsts = spans.iter().filter_map(|span| span.first);
    let later = firsts.filter(|first| *first > to).min();
    let lasts = spans.iter().filter_map(|span| span.last);
    let earlier = lasts.filter(|last| *last < from).max();
    match (earlier, later) {
        (Some(last), Some(_)) => (ContextMissing::Gap, Some(last)),
        (None, Some(first)) => (ContextMissing::BeginsLater, Some(first)),
        (Some(last), None) => (ContextMissing::EndsEarlier, Some(last)),
        (None, None) => (ContextMissing::NoTimes, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(from: i64, to: i64, ids: Option<(u64, u64)>) -> LogSpan {
        let mut span = LogSpan::new("A", "System", format!("{from}"));
        (span.first, span.last) = (Some(timestamp(from)), Some(timestamp(to)));
        (span.lowest_record_id, span.highest_record_id) = ids.unzip();
        span
    }

    fn index(spans: Vec<LogSpan>) -> (CoverageIndex, Computers) {
        let names = spans.iter().map(|span| span.computer.clone()).collect();
        let computers = Computers::new(names);
        (CoverageIndex::new(spans, &computers), computers)
    }

    #[test]
    fn an_archive_that_was_not_sent_is_a_hole() {
        let (coverage, known) = index(vec![log(0, 100, None), log(500, 900, None)]);
        let of = Whose::Of("A");
        assert!(coverage.covers(&known, of, "System", (10, 90)));
        assert!(!coverage.covers(&known, of, "System", (50, 600)));
        assert!(!coverage.touches(&known, of, "System", (50, 600)));
        assert!(coverage.touches(&known, of, "System", (200, 600)));
        assert!(matches!(
            coverage.absence(&known, of, "System", (50, 600)),
            Absence::NotCovered {
                why: ContextMissing::Gap,
                ..
            }
        ));
        assert!(matches!(
            coverage.absence(&known, of, "System", (200, 300)),
            Absence::NotCovered {
                why: ContextMissing::Gap,
                ..
            }
        ));
    }

    #[test]
    fn logs_whose_record_ids_follow_each_other_are_one() {
        for (second, wanted) in [((11, 20), true), ((12, 20), false), ((1, 10), false)] {
            let logs = vec![log(0, 100, Some((1, 10))), log(500, 900, Some(second))];
            let (coverage, known) = index(logs);
            let covered = coverage.covers(&known, Whose::Of("A"), "System", (50, 600));
            assert_eq!(covered, wanted, "{second:?}");
        }
    }

    #[test]
    fn nowhere_means_that_every_computer_was_looked_at() {
        let mut other = log(0, 900, None);
        other.computer = "B".into();
        let (coverage, known) = index(vec![log(0, 100, None), other]);
        assert!(coverage.covers(&known, Whose::OfAny, "System", (10, 90)));
        assert!(!coverage.covers(&known, Whose::OfAny, "System", (50, 600)));
        assert!(!coverage.touches(&known, Whose::OfAny, "System", (200, 600)));
        assert!(coverage.touches(&known, Whose::OfAny, "System", (50, 600)));
    }
}
