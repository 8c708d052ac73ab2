//! Records of a dump that a draft is made of.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::PathBuf;

use eventkb_logs::event::Event;
use eventkb_logs::{EventFilter, ReadOptions, ReadResult, list_events};

use super::parts::fits;
use crate::articles::{ArticleIndex, EventNamed, EventRole};

/// Which records of a dump are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DraftWanted {
    /// For each event of an article, the record that carries most of the codes it names.
    Events(Vec<EventNamed>),
    /// A record of a file, by the end of the file's path.
    Record {
        /// The file, or the end of its path.
        file: String,
        /// The record's own id.
        record_id: u64,
    },
}

impl DraftWanted {
    /// The events that an article of these indexes names as signs of its problem.
    pub fn article(id: &str, indexes: &[ArticleIndex]) -> DraftWanted {
        let article = indexes.iter().find_map(|index| index.by_id(id).next());
        let events = article.into_iter().flat_map(|article| article.events());
        let signs =
            events.filter(|event| matches!(event.role, EventRole::Symptom | EventRole::Harmless));
        DraftWanted::Events(signs.cloned().collect())
    }

    /// A record of a file.
    pub fn record(file: &str, record_id: u64) -> DraftWanted {
        DraftWanted::Record {
            file: file.to_owned(),
            record_id,
        }
    }
}

/// The records of a dump that are wanted, and the account of what was read.
pub fn draft_records(paths: &[PathBuf], wanted: &DraftWanted) -> (Vec<Event>, ReadResult) {
    match wanted {
        DraftWanted::Events(events) => of_events(paths, events),
        DraftWanted::Record { file, record_id } => of_file(paths, file, *record_id),
    }
}

fn of_events(paths: &[PathBuf], wanted: &[EventNamed]) -> (Vec<Event>, ReadResult) {
    let mut filter = EventFilter::default();
    filter.ids = wanted
        .iter()
        .map(|event| event.event_id..=event.event_id)
        .collect();
    if wanted.is_empty() {
        return (Vec::new(), ReadResult::default());
    }
    // By number of the event: how many of its codes the best record carries, and the record.
    let mut best: HashMap<usize, (usize, Event)> = HashMap::new();
    let result = list_events(paths, &filter, &ReadOptions::default(), &mut |record| {
        for (n, event) in wanted
            .iter()
            .enumerate()
            .filter(|(_, event)| fits(&record, event))
        {
            let carried = carried(&record, event);
            // Of equals the first in the order of paths and records.
            if best.get(&n).is_none_or(|(most, _)| *most < carried) {
                best.insert(n, (carried, record.clone()));
            }
        }
        ControlFlow::Continue(())
    });
    let mut found: Vec<Event> = Vec::new();
    for n in 0..wanted.len() {
        if let Some((_, record)) = best.remove(&n)
            && !found.contains(&record)
        {
            found.push(record);
        }
    }
    (found, result)
}

fn carried(record: &Event, event: &EventNamed) -> usize {
    let mut said = crate::leads::values::Said::default();
    said.take(record);
    let codes = event.codes.iter();
    codes
        .filter(|code| said.written(code.value).is_some())
        .count()
}

fn of_file(paths: &[PathBuf], file: &str, record_id: u64) -> (Vec<Event>, ReadResult) {
    let mut found = Vec::new();
    let mut filter = EventFilter::default();
    filter.scope.recovered = true;
    let result = list_events(paths, &filter, &ReadOptions::default(), &mut |record| {
        if record.record_id == Some(record_id) && ends_in(&record.file, file) {
            found.push(record);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    (found, result)
}

/// Whether a path is this one, or ends in it from a folder or an archive on.
fn ends_in(path: &str, end: &str) -> bool {
    path.strip_suffix(end)
        .is_some_and(|start| start.is_empty() || start.ends_with(['/', '!', '\\']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_ends() {
        assert!(ends_in("dump/A/System.evtx", "System.evtx"));
        assert!(ends_in("case.zip!/A/System.evtx", "A/System.evtx"));
        assert!(ends_in("System.evtx", "System.evtx"));
        assert!(!ends_in("dump/MySystem.evtx", "System.evtx"));
    }
}
