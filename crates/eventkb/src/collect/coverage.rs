//! Which logs cover which computer and when, and which diagnostics logging was on: what decides
//! whether an absence means anything.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::limits;
use crate::report::LogSpan;
use eventkb_logs::event::Event;

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
            span.records = span.records.saturating_add(1);
            return;
        }
        if self.fed.len() >= limits::MAX_SPANS {
            return;
        }
        let mut span = LogSpan::new(computer.clone(), channel, file);
        span.first = event.time;
        span.last = event.time;
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
                    ours.records = ours.records.saturating_add(theirs.records);
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

/// The earlier of two times, where there are any.
pub(crate) fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
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
