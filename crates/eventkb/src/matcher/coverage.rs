//! Which logs cover which computer and when: what decides whether an absence means anything.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::tally::earliest;
use crate::event::{Event, short_name};
use crate::limits;
use crate::report::LogSpan;

/// The spans of all logs of a session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Coverage {
    /// As the readers of files report them.
    files: BTreeMap<String, Vec<LogSpan>>,
    /// As far as the events that were fed tell: all there is when no reader reports.
    #[serde(with = "super::saved::pairs")]
    fed: BTreeMap<(String, String, String), LogSpan>,
}

/// Computer, channel and file of the event that was noted last.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecentSpan((String, String, String));

/// Whose logs could have held an event.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose<'a> {
    Of(&'a str),
    OfAnyBut(&'a str),
    OfAny,
}

/// What the logs can say about an event that was not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Absence {
    /// A log covers the computer and the time, and the event is not in it.
    LookedFor {
        /// The logs, in words.
        logs: String,
        /// Part of such a log could not be read.
        damaged: bool,
    },
    /// No log could have held it, and why.
    NotCheckable(String),
}

impl Coverage {
    /// Notes an event that was fed. `recent` is that of the last call: events come in rows of one
    /// log.
    pub(crate) fn saw(&mut self, event: &Event, recent: &mut RecentSpan) {
        let Some(computer) = &event.computer else {
            return;
        };
        let channel = event.channel.as_deref().unwrap_or("");
        let file: &str = &event.file;
        if self.files.contains_key(file) {
            return;
        }
        let RecentSpan(key) = recent;
        if key.0 != *computer || key.1 != channel || key.2 != file {
            *key = (computer.clone(), channel.to_owned(), file.to_owned());
        }
        if let Some(span) = self.fed.get_mut(key) {
            span.first = earliest(span.first, event.time);
            span.last = span.last.max(event.time);
            span.records += 1;
            return;
        }
        if self.fed.len() >= limits::MAX_SPANS {
            return;
        }
        let mut span = LogSpan::default();
        computer.clone_into(&mut span.computer);
        channel.clone_into(&mut span.channel);
        file.clone_into(&mut span.file);
        (span.first, span.last) = (event.time, event.time);
        span.records = 1;
        self.fed.insert(key.clone(), span);
    }

    /// Takes a reader's account of a file, in place of what the fed events tell of it.
    pub(crate) fn add_file(&mut self, file: &str, spans: Vec<LogSpan>) {
        self.files.entry(file.to_owned()).or_default().extend(spans);
    }

    /// Copies of whole files cover nothing of their own.
    pub(crate) fn forget(&mut self, files: &BTreeSet<String>) {
        for (_, spans) in self
            .files
            .iter_mut()
            .filter(|(file, _)| files.contains(*file))
        {
            spans.clear();
        }
    }

    pub(crate) fn merge(&mut self, other: Coverage) {
        for (file, spans) in other.files {
            self.files.entry(file).or_default().extend(spans);
        }
        for (key, theirs) in other.fed {
            match self.fed.get_mut(&key) {
                Some(ours) => {
                    ours.first = earliest(ours.first, theirs.first);
                    ours.last = ours.last.max(theirs.last);
                    ours.records += theirs.records;
                }
                None => {
                    self.fed.insert(key, theirs);
                }
            }
        }
    }

    /// All spans, in a stable order.
    pub(crate) fn spans(&self) -> Vec<LogSpan> {
        let fed = self
            .fed
            .iter()
            .filter(|((_, _, file), _)| !self.files.contains_key(file));
        let mut all: Vec<LogSpan> = self
            .files
            .values()
            .flatten()
            .cloned()
            .chain(fed.map(|(_, span)| span.clone()))
            .collect();
        all.sort();
        all
    }

    /// The computers whose logs are in the dump.
    pub(crate) fn computers(&self) -> BTreeSet<String> {
        self.spans()
            .into_iter()
            .map(|span| span.computer)
            .filter(|name| !name.is_empty())
            .collect()
    }
}

/// Asks the spans about absences; made once for a whole report.
#[derive(Debug)]
pub(crate) struct CoverageIndex {
    spans: Vec<LogSpan>,
}

impl CoverageIndex {
    pub(crate) fn new(spans: Vec<LogSpan>) -> Self {
        CoverageIndex { spans }
    }

    /// What it means that an event was not seen in `channel` between two instants.
    pub(crate) fn absence(
        &self,
        whose: Whose<'_>,
        channel: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Absence {
        let of_computer = |span: &&LogSpan| match whose {
            Whose::Of(name) => same_computer(&span.computer, name),
            Whose::OfAnyBut(name) => !same_computer(&span.computer, name),
            Whose::OfAny => true,
        };
        let whose = match whose {
            Whose::Of(name) => name,
            Whose::OfAnyBut(_) => "the other computer",
            Whose::OfAny => "any computer",
        };
        let mut there: Vec<&LogSpan> = self.spans.iter().filter(of_computer).collect();
        if there.is_empty() {
            return Absence::NotCheckable(format!("no log of {whose} in the dump"));
        }
        // A format that does not name its channel may hold the event.
        there.retain(|span| span.channel.is_empty() || span.channel.eq_ignore_ascii_case(channel));
        if there.is_empty() {
            return Absence::NotCheckable(format!("no {channel} log of {whose} in the dump"));
        }
        let covering: Vec<&&LogSpan> = there
            .iter()
            .filter(|span| {
                span.first.is_some_and(|first| first <= to)
                    && span.last.is_some_and(|last| last >= from)
            })
            .collect();
        if covering.is_empty() {
            return Absence::NotCheckable(outside(&there, whose, channel, from, to));
        }
        let cleared = covering
            .iter()
            .flat_map(|span| &span.cleared)
            .find(|at| **at >= from);
        if let Some(at) = cleared {
            return Absence::NotCheckable(format!(
                "the {channel} log of {whose} was cleared at {}",
                to_the_second(*at)
            ));
        }
        // A log that begins inside the span could not hold what came before it. Its first event
        // is usually later than the log's beginning by some seconds: allow for that.
        let begins = covering.iter().filter_map(|span| span.first).min();
        if let Some(begins) = begins
            && begins > to.checked_sub(SignedDuration::from_secs(1)).unwrap_or(to)
        {
            return Absence::NotCheckable(format!(
                "the {channel} log of {whose} begins only at {}",
                to_the_second(begins)
            ));
        }
        let damaged = covering.iter().any(|span| span.damaged);
        let names: BTreeSet<&str> = covering.iter().map(|span| span.computer.as_str()).collect();
        // Only what the logs cover was looked at.
        let from = from.max(begins.unwrap_or(from));
        let ends = covering.iter().filter_map(|span| span.last).max();
        let to = to.min(ends.unwrap_or(to)).max(from);
        let logs = format!(
            "looked in {} of {} from {} to {}: none",
            if channel.is_empty() {
                "the log"
            } else {
                channel
            },
            names.into_iter().collect::<Vec<_>>().join(", "),
            to_the_second(from),
            to_the_second(to),
        );
        Absence::LookedFor { logs, damaged }
    }
}

fn outside(
    spans: &[&LogSpan],
    whose: &str,
    channel: &str,
    from: Timestamp,
    to: Timestamp,
) -> String {
    let later = spans
        .iter()
        .filter_map(|span| span.first)
        .filter(|first| *first > to)
        .min();
    let earlier = spans
        .iter()
        .filter_map(|span| span.last)
        .filter(|last| *last < from)
        .max();
    match (earlier, later) {
        (_, Some(first)) => {
            format!(
                "the {channel} log of {whose} begins later, at {}",
                to_the_second(first)
            )
        }
        (Some(last), None) => {
            format!(
                "the {channel} log of {whose} ends earlier, at {}",
                to_the_second(last)
            )
        }
        (None, None) => format!("the {channel} log of {whose} holds no event with a time"),
    }
}

/// Whether two names mean one computer: ignoring case, and a short name for a full one. Computers
/// of one name in two domains are two.
pub(crate) fn same_computer(a: &str, b: &str) -> bool {
    let is_short_for = |short: &str, full: &str| short.eq_ignore_ascii_case(short_name(full));
    a.eq_ignore_ascii_case(b) || is_short_for(a, b) || is_short_for(b, a)
}

/// A time without its fraction, in UTC.
pub(crate) fn to_the_second(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second())
        .unwrap_or(time)
        .to_string()
}

/// Which categories a provider was seen to log on a computer: whether diagnostics logging was on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Diagnostics {
    #[serde(with = "super::saved::pairs")]
    seen: BTreeMap<(String, String), (BTreeSet<u16>, BTreeSet<String>)>,
}

impl Diagnostics {
    fn of(
        &mut self,
        provider: &str,
        computer: Option<&str>,
    ) -> Option<&mut (BTreeSet<u16>, BTreeSet<String>)> {
        let key = (
            provider.to_ascii_lowercase(),
            computer.unwrap_or("").to_ascii_lowercase(),
        );
        if self.seen.len() >= limits::MAX_SPANS && !self.seen.contains_key(&key) {
            return None;
        }
        Some(self.seen.entry(key).or_default())
    }

    pub(crate) fn saw_number(&mut self, provider: &str, computer: Option<&str>, category: u16) {
        if let Some((numbers, _)) = self.of(provider, computer) {
            numbers.insert(category);
        }
    }

    pub(crate) fn saw_name(&mut self, provider: &str, computer: Option<&str>, category: &str) {
        if let Some((_, names)) = self.of(provider, computer)
            && names.len() < 256
        {
            names.insert(category.to_lowercase());
        }
    }

    /// Whether any event of this category was seen.
    pub(crate) fn has(
        &self,
        provider: &str,
        computer: &str,
        number: Option<u16>,
        name: &str,
    ) -> bool {
        let key = (provider.to_ascii_lowercase(), computer.to_ascii_lowercase());
        self.seen.get(&key).is_some_and(|(numbers, names)| {
            number.is_some_and(|number| numbers.contains(&number))
                || names.contains(&name.to_lowercase())
        })
    }

    pub(crate) fn merge(&mut self, other: Diagnostics) {
        for (key, (numbers, names)) in other.seen {
            let ours = self.seen.entry(key).or_default();
            ours.0.extend(numbers);
            ours.1.extend(names);
        }
    }
}
