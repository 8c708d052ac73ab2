//! Which records are asked for. Everything that a head tells is asked of the head, so that what is
//! left out is never decoded.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::{Event, Head, Trust, short_name};
use crate::sink::{Admission, EventKind};
use crate::wanted_text::WantedText;

/// Which part of a collection is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Only events at or after this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Only events before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Only these computers; a short name also stands for its full form. Empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub computers: Vec<String>,
    /// Only these channels. Empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// Stale records take part: those that a log no longer counts as its own.
    #[serde(default)]
    pub recovered: bool,
}

impl Scope {
    /// Whether nothing was left out.
    pub fn is_everything(&self) -> bool {
        *self == Scope::default()
    }

    /// Whether a record is within it.
    pub fn contains(&self, head: &Head<'_>) -> bool {
        if head.trust == Trust::Recovered && !self.recovered {
            return false;
        }
        let computer = |want: &String| {
            head.computer.is_some_and(|have| {
                want.eq_ignore_ascii_case(have) || want.eq_ignore_ascii_case(short_name(have))
            })
        };
        let channel = |want: &String| {
            head.channel
                .is_some_and(|have| want.eq_ignore_ascii_case(have))
        };
        self.contains_time(head.time)
            && (self.computers.is_empty() || self.computers.iter().any(computer))
            && (self.channels.is_empty() || self.channels.iter().any(channel))
    }

    /// Whether a computer's records can be within it.
    pub fn has_computer(&self, name: &str) -> bool {
        let is = |want: &String| {
            want.eq_ignore_ascii_case(name) || want.eq_ignore_ascii_case(short_name(name))
        };
        self.computers.is_empty() || self.computers.iter().any(is)
    }

    /// Whether a time is within it.
    pub fn contains_time(&self, time: Option<Timestamp>) -> bool {
        let since = self
            .since
            .is_none_or(|since| time.is_some_and(|time| time >= since));
        let until = self
            .until
            .is_none_or(|until| time.is_some_and(|time| time < until));
        since && until
    }
}

/// Which events to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventFilter {
    /// Time, computers, channels, and whether stale records take part.
    pub scope: Scope,
    /// Providers, compared ignoring case, by either of their names. Empty: all.
    pub providers: Vec<String>,
    /// Event ids. Empty: all.
    pub ids: Vec<RangeInclusive<u16>>,
    /// Levels, 0 to 5. Empty: all.
    pub levels: Vec<u8>,
    /// Text that an insertion string, a value or the message contains, ignoring case.
    pub text: Option<String>,
}

impl EventFilter {
    /// Whether an event of this kind can pass.
    pub fn admits_kind(&self, kind: &EventKind<'_>) -> bool {
        let named = self.providers.is_empty()
            || self.names(kind.provider)
            || kind.event_source.is_some_and(|source| self.names(source));
        named
            && (self.ids.is_empty() || self.ids.iter().any(|ids| ids.contains(&kind.event_id)))
            && (self.levels.is_empty()
                || kind.level.is_some_and(|level| self.levels.contains(&level)))
    }

    /// Whether a record can pass, as far as its head tells.
    pub fn admits(&self, head: &Head<'_>) -> bool {
        self.admits_kind(&EventKind::of(head)) && self.scope.contains(head)
    }

    /// What a sink that only wants what passes says to a record's head.
    pub(crate) fn admission(&self, head: &Head<'_>) -> Admission {
        match self.admits(head) {
            true => Admission::Full,
            false => Admission::Skip,
        }
    }

    /// The text, prepared to be searched for.
    pub(crate) fn wanted_text(&self) -> Option<WantedText> {
        self.text.as_deref().map(WantedText::new)
    }

    /// Whether an event passes whose head does: what its head cannot tell.
    pub fn passes(&self, event: &Event) -> bool {
        let wanted = self.wanted_text();
        wanted.is_none_or(|wanted| wanted.is_in_event(event))
    }

    fn names(&self, name: &str) -> bool {
        self.providers
            .iter()
            .any(|want| want.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Event {
        Event {
            provider: "Service Control Manager".into(),
            event_source: Some("SCM".into()),
            event_id: 7036,
            level: Some(4),
            computer: Some("FS03.example.lan".into()),
            channel: Some("System".into()),
            time: "2024-05-01T10:00:00Z".parse().ok(),
            strings: Some(vec!["Spooler".into(), "gestoppt".into()]),
            ..Event::default()
        }
    }

    fn passes(filter: &EventFilter, event: &Event) -> bool {
        filter.admits(&Head::of(event)) && filter.passes(event)
    }

    #[test]
    fn each_condition_admits_and_refuses() {
        type Change = fn(&mut EventFilter);
        let table: [(Change, bool); 16] = [
            (|_| {}, true),
            (
                |f| f.providers = vec!["service control manager".into()],
                true,
            ),
            (|f| f.providers = vec!["scm".into()], true),
            (|f| f.providers = vec!["Disk".into()], false),
            (|f| f.ids = vec![1..=5, 7030..=7040], true),
            (|f| f.ids = vec![7037..=7040], false),
            (|f| f.levels = vec![2, 4], true),
            (|f| f.levels = vec![2], false),
            (|f| f.text = Some("SPOOL".into()), true),
            (|f| f.text = Some("nothing".into()), false),
            (|f| f.scope.computers = vec!["fs03".into()], true),
            (|f| f.scope.computers = vec!["fs04".into()], false),
            (|f| f.scope.channels = vec!["Application".into()], false),
            (
                |f| f.scope.since = "2024-05-01T10:00:00Z".parse().ok(),
                true,
            ),
            (
                |f| f.scope.until = "2024-05-01T10:00:00Z".parse().ok(),
                false,
            ),
            (|f| f.scope.recovered = true, true),
        ];
        for (n, (change, wanted)) in table.into_iter().enumerate() {
            let mut filter = EventFilter::default();
            change(&mut filter);
            assert_eq!(passes(&filter, &event()), wanted, "row {n}: {filter:?}");
        }
    }

    #[test]
    fn stale_records_pass_only_when_asked_for() {
        let stale = Event {
            trust: Trust::Recovered,
            ..event()
        };
        let mut filter = EventFilter::default();
        assert!(!passes(&filter, &stale));
        filter.scope.recovered = true;
        assert!(passes(&filter, &stale));
    }
}
