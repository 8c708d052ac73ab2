//! Starts, stops, cleared logs, clock changes, versions and updates: what signatures refer to
//! without asking for the events themselves, and what a timeline shows.

use std::collections::BTreeSet;
use std::sync::Arc;

use eventkb_logs::event::Event;
use serde::{Deserialize, Serialize};

use super::errors;
use super::view::View;
use crate::limits;
use crate::report::{Landmark, LandmarkKind};

/// The landmarks of a session, each once, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Landmarks {
    all: BTreeSet<Noted>,
}

/// A landmark, and how far it can be believed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Noted {
    pub(crate) landmark: Landmark,
    /// Its record cannot be believed by itself.
    pub(crate) weak: bool,
    /// The file, if its record names no computer.
    pub(crate) unnamed_in: Option<Arc<str>>,
}

/// Events that are landmarks: provider in lower case, event id. `Microsoft-Windows-` is left out:
/// providers have it in records and lose it in many exports.
const EVENTS: &[(&str, &[u16])] = &[
    ("eventlog", &[104, 517, 1102, 6005, 6006, 6008, 6009]),
    ("security", &[517]),
    ("kernel-general", &[1, 12, 13]),
    ("kernel-power", &[41]),
    ("user32", &[1074]),
    ("security-auditing", &[4616]),
    ("windowsupdateclient", &[19]),
    ("servicing", &[2]),
    ("msiinstaller", &[1022, 1035, 1036]),
];

fn short(provider: &str) -> &str {
    let prefix = "Microsoft-Windows-";
    match provider.get(..prefix.len()) {
        Some(head) if head.eq_ignore_ascii_case(prefix) => {
            provider.get(prefix.len()..).unwrap_or(provider)
        }
        _ => provider,
    }
}

/// Whether this event can be a landmark.
pub(crate) fn wants(provider: &str, event_id: u16) -> bool {
    // Most events are not of these few ids; ids are the quicker look.
    let by_id = |ids: &[u16]| ids.contains(&event_id);
    EVENTS.iter().any(|(_, ids)| by_id(ids)) && {
        let name = short(provider);
        EVENTS
            .iter()
            .any(|(known, ids)| by_id(ids) && name.eq_ignore_ascii_case(known))
    }
}

impl Landmarks {
    /// Notes what an event shows, if it is a landmark.
    pub(crate) fn note(&mut self, view: &View<'_>) {
        let (Some(time), Some(kind)) = (view.event.time, kind_of(view)) else {
            return;
        };
        for what in kind {
            self.add(Noted {
                landmark: Landmark {
                    time,
                    computer: view.event.computer.clone().unwrap_or_default(),
                    what,
                },
                weak: view.event.trust.is_weak(),
                unnamed_in: errors::unnamed_in(view.event).cloned(),
            });
        }
    }

    fn add(&mut self, noted: Noted) {
        self.all.insert(noted);
        // The earliest are kept, whatever the order in which they come.
        if self.all.len() > limits::MAX_LANDMARKS {
            self.all.pop_last();
        }
    }

    pub(crate) fn merge(&mut self, other: Landmarks) {
        other.all.into_iter().for_each(|noted| self.add(noted));
    }

    /// Each once, whatever records tell of it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Landmark> {
        let mut last = None;
        let all = self.all.iter().map(|noted| &noted.landmark);
        all.filter(move |landmark| last.replace(*landmark) != Some(*landmark))
    }

    /// Each with whatever records tell of it.
    pub(crate) fn noted(&self) -> impl Iterator<Item = &Noted> {
        self.all.iter()
    }
}

fn kind_of(view: &View<'_>) -> Option<Vec<LandmarkKind>> {
    let event = view.event;
    if !wants(&event.provider, event.event_id) {
        return None;
    }
    let provider = short(&event.provider).to_ascii_lowercase();
    Some(match (provider.as_str(), event.event_id) {
        ("eventlog", 6005) => vec![LandmarkKind::Start],
        ("eventlog", 6006) | ("user32", 1074) => vec![LandmarkKind::Stop],
        ("eventlog", 6008) | ("kernel-power", 41) => vec![LandmarkKind::UncleanStop],
        ("eventlog", 6009) => {
            // 6009 is written at a start with version and build among its strings.
            let build = build_in(view);
            let version = build.map(|build| LandmarkKind::Version { build });
            std::iter::once(LandmarkKind::Start)
                .chain(version)
                .collect()
        }
        ("kernel-general", 12) => {
            let build = named_number(event, "BuildVersion").or_else(|| number_at(view, 2));
            let version = build.map(|build| LandmarkKind::Version { build });
            std::iter::once(LandmarkKind::Start)
                .chain(version)
                .collect()
        }
        ("kernel-general", 13) => vec![LandmarkKind::Stop],
        ("kernel-general", 1) | ("security-auditing", 4616) => {
            vec![LandmarkKind::TimeChanged {
                by_s: time_change(event),
            }]
        }
        ("eventlog" | "security", 104 | 517 | 1102) => vec![LandmarkKind::Cleared {
            channel: cleared_channel(event),
        }],
        ("windowsupdateclient" | "servicing" | "msiinstaller", _) => updates_in(view),
        _ => return None,
    })
}

/// The build number among the strings of 6009: `10.00.`, `17763`, ``, `Multiprocessor Free`, ...
fn build_in(view: &View<'_>) -> Option<u32> {
    let mut strings = view.strings()?.iter().map(|s| s.trim());
    strings.find_map(|text| {
        let build: u32 = text.parse().ok()?;
        (1000..100_000).contains(&build).then_some(build)
    })
}

fn named_number(event: &Event, name: &str) -> Option<u32> {
    let (_, value) = event
        .named
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    value.trim().parse().ok()
}

fn number_at(view: &View<'_>, at: usize) -> Option<u32> {
    view.strings()?.get(at)?.trim().parse().ok()
}

fn time_change(event: &Event) -> Option<i64> {
    let time = |name: &str| -> Option<jiff::Timestamp> {
        let (_, value) = event
            .named
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        value.trim().parse().ok()
    };
    let (new, old) = (
        time("NewTime")?,
        time("OldTime").or_else(|| time("PreviousTime"))?,
    );
    Some(new.as_second() - old.as_second())
}

/// Which log: 104 names it, 517 and 1102 are about Security.
fn cleared_channel(event: &Event) -> String {
    if event.event_id != 104 {
        return "Security".to_owned();
    }
    let named = |name: &str| {
        let by_name = |(key, _): &&(String, String)| {
            key.rsplit('.')
                .next()
                .is_some_and(|key| key.eq_ignore_ascii_case(name))
        };
        event
            .named
            .iter()
            .find(by_name)
            .map(|(_, value)| value.clone())
    };
    named("Channel")
        .or_else(|| event.string(3).map(str::to_owned))
        .unwrap_or_default()
}

/// Ids of updates that an event of an installer names, if it says that they were installed.
fn updates_in(view: &View<'_>) -> Vec<LandmarkKind> {
    let texts = view.values().into_iter().flatten();
    let message = view.event.message.as_deref().into_iter();
    let mut ids = BTreeSet::new();
    // Servicing 2 is written for every change of state; only "Installed" counts.
    let installed = view.event.event_id != 2
        || view
            .values()
            .is_some_and(|mut values| values.any(|v| v.trim().eq_ignore_ascii_case("Installed")))
        || view
            .event
            .message
            .as_deref()
            .is_some_and(|m| m.contains("Installed"));
    if installed {
        for text in texts.chain(message) {
            ids.extend(kb_ids(text));
        }
    }
    ids.into_iter()
        .map(|id| LandmarkKind::Update { id })
        .collect()
}

/// `KB` and six or seven digits, in upper case.
fn kb_ids(text: &str) -> impl Iterator<Item = String> {
    let bytes = text.as_bytes();
    let starts = bytes.windows(2).enumerate();
    let starts = starts
        .filter(|(_, pair)| pair.eq_ignore_ascii_case(b"KB"))
        .map(|(at, _)| at + 2);
    starts.filter_map(|at| {
        let digits = bytes
            .get(at..)?
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        let id = text
            .get(at..at + digits)
            .filter(|_| (6..=7).contains(&digits))?;
        Some(format!("KB{id}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn landmarks(event: &Event) -> Vec<LandmarkKind> {
        let mut landmarks = Landmarks::default();
        landmarks.note(&View::of(event, None));
        landmarks.iter().map(|l| l.what.clone()).collect()
    }

    fn event(provider: &str, event_id: u16, strings: &[&str]) -> Event {
        Event {
            provider: provider.into(),
            event_id,
            time: jiff::Timestamp::from_second(0).ok(),
            strings: Some(strings.iter().map(|s| (*s).to_owned()).collect()),
            ..Event::default()
        }
    }

    #[test]
    fn starts_tell_the_build() {
        let start = event(
            "EventLog",
            6009,
            &["10.00.", "17763", "", "Multiprocessor Free", "17763"],
        );
        assert_eq!(
            landmarks(&start),
            [LandmarkKind::Start, LandmarkKind::Version { build: 17763 }]
        );
        let nt4 = event(
            "EventLog",
            6009,
            &["4.0", "1381", "Service Pack 6", "Uniprocessor Free"],
        );
        assert!(landmarks(&nt4).contains(&LandmarkKind::Version { build: 1381 }));
    }

    #[test]
    fn updates_are_named() {
        let title = "2024-01 Cumulative Update for Windows Server 2022 (KB5034129)";
        let update = event(
            "Microsoft-Windows-WindowsUpdateClient",
            19,
            &[title, "{guid}", "1"],
        );
        assert_eq!(
            landmarks(&update),
            [LandmarkKind::Update {
                id: "KB5034129".into()
            }]
        );
        let staged = event(
            "Microsoft-Windows-Servicing",
            2,
            &["KB5034129", "Staged", "x"],
        );
        assert_eq!(landmarks(&staged), []);
        assert_eq!(
            kb_ids("KB12 kb9999999 KB123456789").collect::<Vec<_>>(),
            ["KB9999999"]
        );
    }

    #[test]
    fn other_events_are_no_landmarks() {
        assert!(wants("microsoft-windows-kernel-general", 12));
        assert!(!wants("Service Control Manager", 7036));
        assert_eq!(landmarks(&event("EventLog", 6011, &[])), []);
    }
}
