//! What it means that an event was not seen: whether logs cover the computer, channel and time.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::computers::{Computers, Machine};
use crate::report::{Absence, ContextMissing, LogSpan};

/// Asks the spans of all logs about absences; made once for a whole report.
#[derive(Debug)]
pub(crate) struct CoverageIndex {
    spans: Vec<(Machine, LogSpan)>,
}

/// Whose logs could have held an event.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose<'a> {
    Of(&'a str),
    OfAnyBut(&'a str),
    OfAny,
}

impl CoverageIndex {
    pub(crate) fn new(spans: Vec<LogSpan>, computers: &Computers) -> Self {
        let spans = spans
            .into_iter()
            .map(|span| (computers.of(&span.computer), span));
        CoverageIndex {
            spans: spans.collect(),
        }
    }

    /// Whether undamaged logs cover the place and the time, so that an absence says something.
    pub(crate) fn covers(
        &self,
        computers: &Computers,
        whose: Whose<'_>,
        channel: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> bool {
        // In whole seconds, like all times that events are joined by: an event in the middle of the
        // first second of its log is not before the log.
        matches!(
            self.absence(computers, whose, channel, from, to),
            Absence::LookedFor { damaged: false, from: covered, to: until, .. }
                if covered.as_second() <= from.as_second() && until.as_second() >= to.as_second()
        )
    }

    /// What it means that an event was not seen in `channel` between two instants.
    pub(crate) fn absence(
        &self,
        computers: &Computers,
        whose: Whose<'_>,
        channel: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Absence {
        let (named, other_than) = match whose {
            Whose::Of(name) => (Some(name), false),
            Whose::OfAnyBut(name) => (Some(name), true),
            Whose::OfAny => (None, false),
        };
        let machine = named.map(|name| computers.of(name));
        let missing = |why: ContextMissing, at: Option<Timestamp>| Absence::NotCovered {
            computer: named.map(str::to_owned),
            other_than,
            channel: channel.to_owned(),
            why,
            at,
        };
        let mut there: Vec<&LogSpan> = self
            .spans
            .iter()
            .filter(|(of, _)| machine.is_none_or(|machine| (*of == machine) != other_than))
            .map(|(_, span)| span)
            .collect();
        if there.is_empty() {
            return missing(ContextMissing::NoLog, None);
        }
        // A format that does not name its channel may hold the event.
        there.retain(|span| span.channel.is_empty() || span.channel.eq_ignore_ascii_case(channel));
        if there.is_empty() {
            return missing(ContextMissing::NoChannel, None);
        }
        let covering: Vec<&&LogSpan> = there
            .iter()
            .filter(|span| {
                span.first.is_some_and(|first| first <= to)
                    && span.last.is_some_and(|last| last >= from)
            })
            .collect();
        if covering.is_empty() {
            let (why, at) = outside(&there, from, to);
            return missing(why, at);
        }
        let cleared = covering
            .iter()
            .flat_map(|span| &span.cleared)
            .find(|at| **at >= from);
        if let Some(at) = cleared {
            return missing(ContextMissing::Cleared, Some(*at));
        }
        // A log that begins inside the span could not hold what came before it. Its first event
        // is usually later than the log's beginning by some seconds: allow for that.
        let begins = covering.iter().filter_map(|span| span.first).min();
        if let Some(begins) = begins
            && begins > to.checked_sub(SignedDuration::from_secs(1)).unwrap_or(to)
        {
            return missing(ContextMissing::BeginsWithin, Some(begins));
        }
        let names: BTreeSet<&str> = covering.iter().map(|span| span.computer.as_str()).collect();
        // Only what the logs cover was looked at.
        let from = from.max(begins.unwrap_or(from));
        let ends = covering.iter().filter_map(|span| span.last).max();
        Absence::LookedFor {
            computers: names.into_iter().map(str::to_owned).collect(),
            channel: if covering.iter().all(|span| span.channel.is_empty()) {
                String::new()
            } else {
                channel.to_owned()
            },
            from,
            to: to.min(ends.unwrap_or(to)).max(from),
            damaged: covering.iter().any(|span| span.damaged),
        }
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
        (_, Some(first)) => (ContextMissing::BeginsLater, Some(first)),
        (Some(last), None) => (ContextMissing::EndsEarlier, Some(last)),
        (None, None) => (ContextMissing::NoTimes, None),
    }
}
