//! How well are the built-in signatures told apart?
//!
//! Takes every example that a signature must offer (`match`, `likely` or `possible`), puts its
//! events among those of a healthy server, scans, and looks at what came first: once as events that
//! are fed to a session, once as an .evtx log with the records of their real kind (classic strings,
//! named values, `UserData`). Then each example is put into one log with one of each rival, a day
//! apart: both articles must be offered.
//!
//! ```text
//! cargo run --release --example confusion [-- [-v] [--bare] [--pack FOLDER] [FAMILY OR ID]...]
//! ```
//!
//! `-v` also lists which articles cannot be told apart, `--bare` leaves the background out,
//! `--pack` takes the signatures of a folder instead of the built-in ones, so that data can be
//! tried without a build.
//!
//! Two articles count as inseparable in a log where both rest on the same telling records (those of
//! core and strong symptoms) with the same verdict, or where the report itself says that nothing
//! separates the two and an author named one as the rival of the other. An example that is only
//! `possible` is a part of its article's events and may be all of a rival's. An article that stands
//! higher and rests on none of the telling records of the right one is right as well: it explains a
//! companion event, which has an article of its own.
//!
//! A `match` is wrong where it is given to another problem that rests on some of the right article's
//! telling records and not on all of them (the others should have told the two apart), or on
//! nothing but the healthy background.
//!
//! Ends with exit code 1 if the right article came first in less than 95 % of the separable logs,
//! or if more were a wrong `match` than the pack is known to have (`score.rs`).

#![allow(clippy::print_stdout)]

#[path = "confusion/logs.rs"]
mod logs;
#[path = "confusion/score.rs"]
mod score;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use eventkb::signature::examples::{Example, ExampleVerdict};
use eventkb::signature::model::{IdOrRange, Ids, Role};
use eventkb::{Event, SignatureHead, SignatureSet, example_events};

use logs::{Form, Logs};
use score::Score;

/// Rivals by shared events that are tried for each signature, besides those that its author named.
const MOST_RIVALS: usize = 3;
/// Seconds between two articles in one log.
const DAY: i64 = 86_400;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let verbose = arguments.iter().any(|argument| argument == "-v");
    let pack = arguments.iter().position(|argument| argument == "--pack");
    let pack = pack.map(|at| at + 1);
    let named = (0..).zip(&arguments);
    let named = named.filter(|(at, a)| !a.starts_with('-') && Some(*at) != pack);
    let wanted: Vec<&String> = named.map(|(_, argument)| argument).collect();
    let is_bare = arguments.iter().any(|argument| argument == "--bare");
    let logs = Logs {
        set: Arc::new(
            pack.and_then(|at| arguments.get(at))
                .map_or_else(SignatureSet::built_in, |folder| {
                    of_folder(Path::new(folder))
                }),
        ),
        is_bare,
    };
    let set = &logs.set;
    let mut score = Score::default();
    let mut tried: BTreeSet<[String; 2]> = BTreeSet::new();
    for head in set.iter() {
        let is_wanted = |name: &&String| *name == head.id() || *name == head.family();
        if !wanted.is_empty() && !wanted.iter().any(is_wanted) {
            continue;
        }
        let examples = offered(set, head);
        for (n, example) in (0..).zip(&examples) {
            let events = example_events(&example.events, set);
            for form in Form::ALL {
                let report = logs.scan(&[head], &events, form, n);
                score.judge(set, head, example, form, &report);
            }
        }
        let Some(first) = examples.first() else {
            continue;
        };
        for rival in rivals(set, head) {
            let mut pair = [head.id().to_owned(), rival.id().to_owned()];
            pair.sort();
            if !tried.insert(pair) {
                continue;
            }
            if let Some(other) = offered(set, rival).first() {
                let mut events = example_events(&first.events, set);
                let last = events.iter().filter_map(|event| event.time).max();
                let others = example_events(&other.events, set);
                events.extend(a_day_later(others, last));
                let report = logs.scan(&[head, rival], &events, Form::Events, 0);
                score.judge_together([head, rival], &report);
            }
        }
    }
    score.print(verbose)
}

/// The signatures, catalogue and codes of a folder; what is wrong with them is printed.
fn of_folder(folder: &Path) -> SignatureSet {
    let mut set = SignatureSet::empty();
    for error in set.add_path(folder).err().into_iter().flatten() {
        println!("{error}");
    }
    set
}

/// The examples that offer a signature, strongest first.
fn offered(set: &SignatureSet, head: &SignatureHead) -> Vec<Example> {
    let examples = set.examples(head.id());
    let mut offered: Vec<Example> = examples
        .iter()
        .flat_map(|examples| &examples.examples)
        .filter(|example| strength(example).is_some())
        .cloned()
        .collect();
    offered.sort_by_key(strength);
    offered
}

fn strength(example: &Example) -> Option<u8> {
    match example.verdict {
        ExampleVerdict::Match => Some(0),
        ExampleVerdict::Likely => Some(1),
        ExampleVerdict::Possible => Some(2),
        _ => None,
    }
}

/// The rivals that an author named, and the first few that ask for the same core events.
fn rivals<'s>(set: &'s SignatureSet, head: &SignatureHead) -> Vec<&'s SignatureHead> {
    let Some(signature) = head.document() else {
        return Vec::new();
    };
    let named = signature.rivals.iter().map(|rival| rival.id.as_str());
    let named: BTreeSet<&str> = named.collect();
    let mut rivals: Vec<&SignatureHead> = set
        .iter()
        .filter(|other| named.contains(other.id()))
        .collect();
    let core = signature
        .symptoms
        .iter()
        .filter(|symptom| symptom.role == Role::Core);
    for selector in core.flat_map(|symptom| &symptom.events) {
        let sharing = first_id(&selector.id).into_iter();
        let sharing = sharing.flat_map(|id| set.for_event(&selector.provider, id));
        for other in sharing {
            let is_known = rivals.iter().any(|known| known.id() == other.id());
            if other.id() != head.id() && !is_known && rivals.len() < named.len() + MOST_RIVALS {
                rivals.push(other);
            }
        }
    }
    rivals
}

fn first_id(ids: &Ids) -> Option<u16> {
    match ids {
        Ids::One(id) => Some(*id),
        Ids::Range(range) => range.split('-').next()?.trim().parse().ok(),
        Ids::Many(all) => all.iter().find_map(|id| match id {
            IdOrRange::One(id) => Some(*id),
            IdOrRange::Range(_) => None,
        }),
    }
}

/// Moves events behind others, a day after the last of them.
fn a_day_later(events: Vec<Event>, last: Option<eventkb::jiff::Timestamp>) -> Vec<Event> {
    let first = events.iter().filter_map(|event| event.time).min();
    let (Some(last), Some(first)) = (last, first) else {
        return events;
    };
    let shift = last.as_second() - first.as_second() + DAY;
    let later = |event: Event| Event {
        time: event.time.and_then(|time| {
            time.checked_add(eventkb::jiff::SignedDuration::from_secs(shift))
                .ok()
        }),
        // Ids of a later part of the same logs.
        record_id: event.record_id.map(|id| id + 10_000),
        ..event
    };
    events.into_iter().map(later).collect()
}
