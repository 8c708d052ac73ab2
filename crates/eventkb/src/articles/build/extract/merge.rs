//! Places of an article that name the same event are one: what each of them says of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::logs::log_of;
use super::{LONGEST_NAME, Resolved, describe, outline};
use crate::articles::model::{EventNamed, EventRole, Lines, ProviderHow};

/// One event for every source and id of a problem: places that name the same are one.
pub(super) fn merge(mut all: Vec<Resolved>) -> Vec<Resolved> {
    lend_sources(&mut all);
    // The best place first: fields, then the order of the text.
    all.sort_by_key(|one| (!one.found.structured, one.found.weak, one.found.first));
    let mut merged: Vec<Resolved> = Vec::new();
    for one in all {
        let id = one.found.id;
        let same = |known: &Resolved| {
            let problem = known.found.problem == one.found.problem || !one.found.structured;
            known.found.id == id && known.key == one.key && problem
        };
        match merged.iter_mut().find(|known| same(known)) {
            Some(known) => absorb(known, one),
            // "the 142 event" of which nothing else is said is a number.
            None if one.found.weak
                && one.provider.is_none()
                && one.found.part != outline::Part::Symptoms => {}
            None => merged.push(one),
        }
    }
    merged
}

/// A place without a source means the one that the article names with the same id elsewhere.
fn lend_sources(all: &mut Vec<Resolved>) {
    // A field says it better than a sentence: "SNA Server logs event 717" may mean that of one of
    // its parts.
    let fields: std::collections::BTreeSet<u16> = all
        .iter()
        .filter(|one| {
            one.provider
                .as_ref()
                .is_some_and(|(_, how)| *how < ProviderHow::Prose)
        })
        .map(|one| one.found.id)
        .collect();
    for one in all.iter_mut() {
        let said = one
            .provider
            .as_ref()
            .is_some_and(|(_, how)| *how == ProviderHow::Prose);
        if said && !one.found.structured && fields.contains(&one.found.id) {
            (one.key, one.provider, one.written) = (None, None, None);
        }
    }
    type Known = Vec<(u32, String, Arc<str>, ProviderHow, Option<(String, u32)>)>;
    let mut known: BTreeMap<u16, Known> = BTreeMap::new();
    for one in all.iter() {
        if let (Some(key), Some((name, how))) = (&one.key, &one.provider) {
            let sources = known.entry(one.found.id).or_default();
            sources.push((
                one.found.problem,
                key.clone(),
                name.clone(),
                *how,
                one.written.clone(),
            ));
        }
    }
    let mut ambiguous = Vec::new();
    for (at, one) in all.iter_mut().enumerate() {
        let Some(sources) = known.get(&one.found.id).filter(|_| one.key.is_none()) else {
            continue;
        };
        let here: Vec<_> = sources
            .iter()
            .filter(|s| s.0 == one.found.problem)
            .collect();
        let pool: Vec<_> = if here.is_empty() {
            sources.iter().collect()
        } else {
            here
        };
        let Some(first) = pool.first() else {
            continue;
        };
        if pool.iter().all(|source| source.1 == first.1) {
            one.key = Some(first.1.clone());
            one.provider = Some((first.2.clone(), first.3));
            one.written = first.4.clone();
        } else if !one.found.structured {
            ambiguous.push(at);
        }
    }
    // A sentence that may mean either of two says nothing new.
    for at in ambiguous.into_iter().rev() {
        all.remove(at);
    }
}

/// What a second place adds.
fn absorb(known: &mut Resolved, other: Resolved) {
    let found = other.found;
    let better = |role: EventRole| match role {
        EventRole::Harmless => 3,
        EventRole::Symptom => 2,
        EventRole::AfterFix => 1,
        EventRole::Reference => 0,
    };
    if better(other.role) > better(known.role) {
        known.role = other.role;
    }
    if known.provider.is_none() {
        known.provider = other.provider;
        known.written = other.written;
    }
    known.found.level = known.found.level.or(found.level);
    if known.found.log.is_none() {
        known.found.log = found.log;
    }
    if known.found.category.is_none() {
        known.found.category = found.category;
    }
    if known.found.description.is_empty() {
        known.found.description = found.description;
    }
    if known.found.lead.is_empty() {
        known.found.lead = found.lead;
    }
}

pub(super) fn event(one: Resolved) -> EventNamed {
    let found = one.found;
    let texts = found
        .description
        .iter()
        .map(|(line, text)| (*line, text.as_str()));
    let mut texts: Vec<(u32, &str)> = texts.collect();
    if !found.structured {
        texts.push((found.first, found.lead.as_str()));
    }
    let id = i64::from(found.id);
    let codes = describe::codes(&texts, true)
        .into_iter()
        .filter(|code| code.value != id);
    let (provider, provider_how) = one.provider.unzip();
    let (provider_written, provider_line) = one.written.unzip();
    let first = match (found.first, provider_line) {
        (first, Some(line)) if line > 0 && line < first && first - line < 12 => line,
        (first, _) => first,
    };
    EventNamed {
        provider,
        provider_written: provider_written.map(short),
        provider_how,
        provider_from: None,
        event_id: found.id,
        level: found.level.map(|(level, _)| level),
        role: one.role,
        lines: Lines {
            first,
            last: found.last.max(first),
        },
        log: found.log.or_else(|| log_of(&found.lead)).map(short),
        category: found.category.map(short),
        codes: codes.collect(),
        phrases: describe::phrases(&found.description),
        id_line: found.id_line,
        provider_line: provider_line.unwrap_or(0),
        level_line: found.level.map_or(0, |(_, line)| line),
    }
}

/// A name as it is written, which no real one is longer than: a file may have a line of megabytes.
pub(super) fn short(text: String) -> Arc<str> {
    match text.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => text.get(..end).unwrap_or_default().into(),
        None => text.into(),
    }
}
