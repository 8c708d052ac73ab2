//! Logs of an example's events among those of a healthy server.

use std::collections::BTreeMap;
use std::sync::Arc;

use eventkb::report::Report;
use eventkb::signature::model::{EventSelector, Ids, Role};
use eventkb::{Event, ReadOptions, Scope, Session, SignatureHead, SignatureSet, Trust};
use eventkb_testkit::event::{CLASSIC_KEYWORD, EventSpec, Rendering, sid_bytes};
use eventkb_testkit::evtx::EvtxWriter;
use eventkb_testkit::healthy;

/// Seconds of quiet before and after an example's events.
const AROUND: i64 = 3000;
/// Seconds between two background events.
const STEP: i64 = 60;
/// The longest stretch that is filled with background: some examples span weeks.
const LONGEST: i64 = 6 * 3600;
/// What the file of the background is called, so that evidence from it is seen.
pub(crate) const QUIET: &str = "quiet";

/// How events come to the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One by one, with background.
    Events,
    /// As .evtx logs: one with the example, one with the background, for each computer.
    Log,
}

impl Form {
    pub(crate) const ALL: [Form; 2] = [Form::Events, Form::Log];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Form::Events => "events",
            Form::Log => "log",
        }
    }
}

/// Makes logs and scans them.
pub(crate) struct Logs {
    pub(crate) set: Arc<SignatureSet>,
    /// Without background.
    pub(crate) is_bare: bool,
}

impl Logs {
    /// The report over an example's events in a form, among background. An event that one of the
    /// articles speaks of as not being there is left out of it: the computer is not healthy in that.
    pub(crate) fn scan(
        &self,
        articles: &[&SignatureHead],
        events: &[Event],
        form: Form,
        seed: u64,
    ) -> Report {
        let absent: Vec<EventSelector> = articles
            .iter()
            .filter_map(|head| head.document())
            .flat_map(|signature| &signature.symptoms)
            .filter(|symptom| symptom.role == Role::Context)
            .flat_map(|symptom| symptom.events.clone())
            .collect();
        let scope = Scope {
            recovered: true,
            ..Scope::default()
        };
        let mut session = Session::with_scope(&self.set, scope);
        session.count_errors(false);
        let mut computers: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
        for event in events {
            let computer = event.computer.as_deref().unwrap_or_default();
            computers.entry(computer).or_default().push(event);
        }
        for (n, (computer, events)) in (0..).zip(computers) {
            if !self.is_bare {
                let mut quiet = background(computer, &events, seed + n);
                quiet.retain(|spec| {
                    let event = EventSelector {
                        provider: spec.provider.clone(),
                        id: Ids::One(spec.event_id),
                    };
                    !absent.iter().any(|one| one.meets(&event))
                });
                read(&mut session, &format!("{QUIET}{n}.evtx"), &quiet);
            }
            match form {
                Form::Events => events.iter().for_each(|event| session.feed(event)),
                Form::Log => {
                    // What a log no longer counts as its own cannot be written, only fed.
                    let (live, stale): (Vec<&Event>, Vec<&Event>) = events
                        .iter()
                        .partition(|event| event.trust != Trust::Recovered);
                    stale.iter().for_each(|event| session.feed(event));
                    let specs = live.into_iter().map(|event| spec(&self.set, event));
                    let mut specs: Vec<EventSpec> = specs.collect();
                    specs.sort_by_key(|spec| spec.time);
                    read(&mut session, &format!("log{n}.evtx"), &specs);
                }
            }
        }
        session.finish()
    }
}

fn read(session: &mut Session, name: &str, events: &[EventSpec]) {
    session.read_bytes(
        name,
        &EvtxWriter::new().write(events),
        &ReadOptions::default(),
    );
}

fn background(computer: &str, events: &[&Event], seed: u64) -> Vec<EventSpec> {
    let times = || {
        events
            .iter()
            .filter_map(|event| event.time)
            .map(|time| time.as_second())
    };
    let (Some(first), Some(last)) = (times().min(), times().max()) else {
        return Vec::new();
    };
    let end = (last + AROUND).min(first + LONGEST);
    let mut quiet = healthy::quiet(seed, computer, first - AROUND, end, STEP);
    if end < last {
        quiet.extend(healthy::quiet(
            seed,
            computer,
            last - AROUND,
            last + AROUND,
            STEP,
        ));
    }
    quiet
}

/// An event as the record it is of: values with names where it has them or the provider has a
/// manifest and the catalogue names them all, strings without names otherwise.
fn spec(set: &SignatureSet, event: &Event) -> EventSpec {
    let strings = event.strings.clone().unwrap_or_default();
    let mut spec = EventSpec::new(&event.provider, event.event_id)
        .level(event.level.unwrap_or(4))
        .task(event.category.unwrap_or(0))
        .channel(event.channel.as_deref().unwrap_or("Application"))
        .computer(event.computer.as_deref().unwrap_or_default())
        .opcode(event.opcode.unwrap_or(0))
        .process_id(event.process_id.unwrap_or(0));
    if let Some(time) = event.time {
        let nanos = u32::try_from(time.subsec_nanosecond()).unwrap_or(0);
        spec = spec.at(time.as_second(), nanos);
    }
    if let Some(sid) = event.user_sid.as_deref().and_then(sid_bytes) {
        spec = spec.user_sid(&sid);
    }
    if let Some(binary) = &event.binary {
        spec = spec.binary(binary);
    }
    if let Some(message) = &event.message {
        spec = spec.rendering(Rendering::english(message, "Error", ""));
    }
    let named = if event.named.is_empty() {
        names(set, event)
    } else {
        Some(event.named.clone())
    };
    spec.keywords = event.keywords.unwrap_or(match named {
        Some(_) => 0x8000_0000_0000_0000,
        None => CLASSIC_KEYWORD,
    });
    let Some(named) = named else {
        return spec.strings(strings);
    };
    let with_attributes = named.iter().any(|(name, _)| name.contains('.'));
    let spec = spec.named(named);
    match with_attributes || has_user_data(&event.provider) {
        true => spec.user_data("EventXML"),
        false => spec,
    }
}

/// The strings of a manifest event with the catalogue's names, if it names every one.
fn names(set: &SignatureSet, event: &Event) -> Option<Vec<(String, String)>> {
    let strings = event
        .strings
        .as_ref()
        .filter(|strings| !strings.is_empty())?;
    if !event.provider.starts_with("Microsoft-Windows-") {
        return None;
    }
    let facts = set
        .catalogue()
        .event(&event.provider, None, event.event_id)?;
    let named = strings.iter().enumerate().map(|(at, value)| {
        let name = facts.name_of(at, strings.len())?;
        Some((name.to_owned(), value.clone()))
    });
    named.collect()
}

/// Providers whose records carry their values below `UserData`.
fn has_user_data(provider: &str) -> bool {
    const PROVIDERS: [&str; 6] = [
        "Microsoft-Windows-CAPI2",
        "Microsoft-Windows-PrintService",
        "Microsoft-Windows-Resource-Exhaustion-Detector",
        "Microsoft-Windows-TerminalServices-LocalSessionManager",
        "Microsoft-Windows-TerminalServices-RemoteConnectionManager",
        "Microsoft-Windows-WMI-Activity",
    ];
    PROVIDERS.contains(&provider)
}
