//! The symptoms of a draft.

use std::collections::BTreeMap;

use eventkb_logs::event::Event;

use super::values;
use crate::articles::{
    Article, ArticleIndex, EventNamed, EventRole, Fit, Lines, Problem, ProviderHow, provider_key,
};
use crate::knowledge::SignatureSet;
use crate::signature::model::{EventSelector, Ids, LevelName, Locality, Role, Symptom};

/// An event that so few articles name tells much.
const FEW_ARTICLES: usize = 3;

/// A symptom with what its example is made of.
pub(super) struct Part {
    pub(super) symptom: Symptom,
    pub(super) provider: String,
    pub(super) event_id: u16,
    pub(super) level: Option<LevelName>,
    /// A record of it, where there is one.
    pub(super) record: Option<Event>,
    /// Values that a record of it would carry, as far as the article names them.
    pub(super) strings: Vec<String>,
    /// Articles that name the event.
    articles: usize,
}

/// All symptoms, with what to review.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) parts: Vec<Part>,
    pub(super) notes: Vec<String>,
    pub(super) window_s: Option<u64>,
}

impl Parts {
    /// The events of a problem that are signs of it, one symptom for each provider and id.
    pub(super) fn of_problem(
        problem: &Problem,
        indexes: &[ArticleIndex],
        records: &[Event],
        set: &SignatureSet,
    ) -> Parts {
        let mut parts = Parts::default();
        let mut groups: BTreeMap<(String, u16), Vec<&EventNamed>> = BTreeMap::new();
        let mut order = Vec::new();
        for event in &problem.events {
            if !matches!(event.role, EventRole::Symptom | EventRole::Harmless) {
                parts.notes.push(left_out(event));
                continue;
            }
            let provider = event
                .provider
                .as_deref()
                .map(provider_key)
                .unwrap_or_default();
            let key = (provider, event.event_id);
            if !groups.contains_key(&key) {
                order.push(key.clone());
            }
            groups.entry(key).or_default().push(event);
        }
        for key in order {
            let Some(events) = groups.get(&key) else {
                continue;
            };
            parts.add_named(events, indexes, records, set);
        }
        parts.settle();
        parts
    }

    fn add_named(
        &mut self,
        events: &[&EventNamed],
        indexes: &[ArticleIndex],
        records: &[Event],
        set: &SignatureSet,
    ) {
        let Some(event) = events.first() else { return };
        let event_id = event.event_id;
        let record = records.iter().find(|record| fits(record, event)).cloned();
        let provider = match (&record, &event.provider) {
            (Some(record), _) => record.provider.clone(),
            (None, Some(provider)) => provider.to_string(),
            (None, None) => "*".to_owned(),
        };
        let id = self.free_id(&provider, event_id);
        let others = same_elsewhere(indexes, event);
        let asked = values::of_named(events, &others, record.as_ref(), set);
        self.notes.push(format!(
            "review: symptoms `{id}`: {}",
            places(events, &provider)
        ));
        self.notes.extend(
            asked
                .notes
                .iter()
                .map(|note| format!("review: symptoms `{id}`: {note}")),
        );
        let facts = set.catalogue().event(&provider, None, event_id);
        let channel = match &facts {
            Some(_) => None,
            None => record
                .as_ref()
                .and_then(|record| record.channel.clone())
                .or_else(|| event.log.as_deref().map(str::to_owned)),
        };
        let known = record
            .as_ref()
            .map(|record| (&*record.provider, record.event_source.as_deref()));
        let named = event.provider.as_deref().map(|provider| (provider, None));
        let articles = match known.or(named) {
            Some((provider, source)) => naming(indexes, provider, source, event_id).count(),
            None => usize::MAX,
        };
        let level = record.as_ref().and_then(level_of).or(event.level);
        self.parts.push(Part {
            symptom: Symptom {
                conditions: asked.conditions,
                capture: asked.captures,
                channel,
                description: describe(&provider, event_id),
                note: Some(format!("draft, {}", lines(event.lines))),
                ..blank(id, &provider, event_id)
            },
            provider,
            event_id,
            level,
            strings: asked.strings,
            record,
            articles,
        });
    }

    /// One symptom for each provider and id of the records.
    pub(super) fn of_records(records: &[Event], set: &SignatureSet) -> Parts {
        let mut parts = Parts::default();
        let mut groups: Vec<Vec<&Event>> = Vec::new();
        for record in records {
            let same = |group: &&mut Vec<&Event>| {
                group.first().is_some_and(|first| {
                    first.event_id == record.event_id && first.is_from(&record.provider)
                })
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.push(record),
                None => groups.push(vec![record]),
            }
        }
        for group in &groups {
            let Some(record) = group.first() else {
                continue;
            };
            let id = parts.free_id(&record.provider, record.event_id);
            let asked = values::of_records(group, set);
            let notes = asked.notes.iter();
            parts
                .notes
                .extend(notes.map(|note| format!("review: symptoms `{id}`: {note}")));
            let source = record.event_source.as_deref();
            let facts = set
                .catalogue()
                .event(&record.provider, source, record.event_id);
            parts.parts.push(Part {
                symptom: Symptom {
                    conditions: asked.conditions,
                    capture: asked.captures,
                    channel: record.channel.clone().filter(|_| facts.is_none()),
                    description: describe(&record.provider, record.event_id),
                    note: Some(format!("draft, {}", place_of(record))),
                    ..blank(id, &record.provider, record.event_id)
                },
                provider: record.provider.clone(),
                event_id: record.event_id,
                level: level_of(record),
                strings: Vec::new(),
                record: Some((*record).clone()),
                articles: set.for_event(&record.provider, record.event_id).count(),
            });
        }
        parts.window_s = window(records);
        if let Some(window) = parts.window_s {
            parts.notes.push(format!(
                "review: join.window_s: {window} s, twice what these records span"
            ));
        }
        parts.settle();
        parts
    }

    /// Those events are core that have values of their own, or that few articles name; if none is,
    /// the one that the fewest name.
    fn settle(&mut self) {
        let mut any = false;
        for part in &mut self.parts {
            let tells = !part.symptom.conditions.is_empty() || part.articles <= FEW_ARTICLES;
            if tells {
                part.symptom.role = Role::Core;
                any = true;
            }
        }
        let rarest = self.parts.iter_mut().min_by_key(|part| part.articles);
        if let Some(rarest) = rarest.filter(|_| !any) {
            rarest.symptom.role = Role::Core;
        }
        let only = self.parts.len() == 1;
        for part in self
            .parts
            .iter_mut()
            .filter(|part| only && part.articles == 1)
        {
            // Without a condition it could never be more than possible.
            if part.symptom.conditions.is_empty() {
                part.symptom.own = true;
                self.notes.push(format!(
                    "review: symptoms `{}`: own: no other article of the index names this event",
                    part.symptom.id
                ));
            }
        }
        for part in &self.parts {
            self.notes.push(format!(
                "review: symptoms `{}`: role {}: {}",
                part.symptom.id,
                part.symptom.role.as_str(),
                match part.articles {
                    usize::MAX => "the article names no source".to_owned(),
                    0 | 1 => "no other article or signature names the event".to_owned(),
                    more => format!("{more} articles or signatures name the event"),
                }
            ));
        }
    }

    fn free_id(&self, provider: &str, event_id: u16) -> String {
        let last = provider
            .rsplit(['-', ' ', '/'])
            .find(|word| !word.is_empty());
        let plain = last.unwrap_or("event").to_lowercase();
        let plain: String = plain
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(24)
            .collect();
        let plain = if plain.is_empty() {
            "event".to_owned()
        } else {
            plain
        };
        let is_free = |id: &String| self.parts.iter().all(|part| part.symptom.id != *id);
        let first = format!("{plain}_{event_id}");
        if is_free(&first) {
            return first;
        }
        let mut more = (2..).map(|n| format!("{first}_{n}"));
        more.find(is_free).unwrap_or(first)
    }

    /// The events in a few words.
    pub(super) fn named(&self) -> String {
        let names = self
            .parts
            .iter()
            .map(|part| format!("{} {}", part.provider, part.event_id));
        names.take(3).collect::<Vec<_>>().join(", ")
    }

    /// Articles that name any of the events, once for each event.
    pub(super) fn naming<'i>(&self, indexes: &'i [ArticleIndex]) -> Vec<&'i Article> {
        let known = self.parts.iter().filter(|part| part.provider != "*");
        let all = known.flat_map(|part| {
            let source = part.record.as_ref().and_then(|r| r.event_source.as_deref());
            naming(indexes, &part.provider, source, part.event_id)
        });
        all.collect()
    }

    /// What tells another article apart, as far as its events do.
    pub(super) fn difference(&self, other: &Article, shared: usize) -> String {
        let mine = |event: &&EventNamed| {
            let key = event.provider.as_deref().map(provider_key);
            self.parts.iter().any(|part| {
                part.event_id == event.event_id
                    && key
                        .as_ref()
                        .is_none_or(|key| *key == provider_key(&part.provider))
            })
        };
        let mut theirs: Vec<String> = Vec::new();
        for event in other
            .events()
            .filter(|e| e.role == EventRole::Symptom && !mine(e))
        {
            let provider = event.provider.as_deref().unwrap_or("event");
            let name = format!("{provider} {}", event.event_id);
            if !theirs.contains(&name) {
                theirs.push(name);
            }
        }
        let lacks = self.parts.len().saturating_sub(shared);
        let shares = format!("It shares {shared} of {} events", self.parts.len());
        theirs.truncate(4);
        match (theirs.is_empty(), lacks) {
            (true, 0) => format!("{shares} and names no other: TO DO, look at the values."),
            (true, _) => format!("{shares} and names no other."),
            (false, _) => format!("{shares}, and names {} as well.", theirs.join(", ")),
        }
    }
}

fn naming<'i>(
    indexes: &'i [ArticleIndex],
    provider: &str,
    source: Option<&str>,
    event_id: u16,
) -> impl Iterator<Item = &'i Article> {
    let mut found: Vec<&Article> = Vec::new();
    for index in indexes {
        for hit in index.naming(provider, source, event_id) {
            let is_new = found.iter().all(|article| article.id != hit.article.id);
            if hit.fit != Fit::Unknown && is_new {
                found.push(hit.article);
            }
        }
    }
    found.into_iter()
}

/// The ways in which the articles of the indexes name an event.
fn same_elsewhere<'i>(indexes: &'i [ArticleIndex], event: &EventNamed) -> Vec<&'i EventNamed> {
    let Some(provider) = event.provider.as_deref() else {
        return Vec::new();
    };
    let key = provider_key(provider);
    let articles = naming(indexes, provider, None, event.event_id);
    let events = articles.flat_map(Article::events).filter(|other| {
        let same = other.provider.as_deref().map(provider_key);
        other.event_id == event.event_id && same.as_ref() == Some(&key)
    });
    events.collect()
}

fn blank(id: String, provider: &str, event_id: u16) -> Symptom {
    Symptom {
        id,
        description: String::new(),
        events: vec![EventSelector {
            provider: provider.to_owned(),
            id: Ids::One(event_id),
        }],
        role: Role::Strong,
        own: false,
        side: None,
        locality: Locality::default(),
        level: Vec::new(),
        category: Vec::new(),
        channel: None,
        conditions: Vec::new(),
        capture: Vec::new(),
        only_if: Vec::new(),
        note: None,
    }
}

fn describe(provider: &str, event_id: u16) -> String {
    match provider {
        "*" => format!("TO DO: what event {event_id} says"),
        provider => format!("TO DO: what {provider} {event_id} says"),
    }
}

/// Whether a record can be an event that an article names.
pub(super) fn fits(record: &Event, event: &EventNamed) -> bool {
    if record.event_id != event.event_id {
        return false;
    }
    let Some(named) = event.provider.as_deref().map(provider_key) else {
        return true;
    };
    let source = record.event_source.as_deref().map(provider_key);
    provider_key(&record.provider) == named || source.is_some_and(|source| source == named)
}

fn level_of(record: &Event) -> Option<LevelName> {
    Some(match record.level? {
        1 => LevelName::Critical,
        2 => LevelName::Error,
        3 => LevelName::Warning,
        5 => LevelName::Verbose,
        _ => LevelName::Information,
    })
}

fn lines(lines: Lines) -> String {
    match (lines.first, lines.last) {
        (0, _) => "no lines".to_owned(),
        (first, last) if first == last => format!("line {first}"),
        (first, last) => format!("lines {first} to {last}"),
    }
}

fn left_out(event: &EventNamed) -> String {
    let provider = event.provider.as_deref().unwrap_or("an unknown source");
    format!(
        "review: {provider} {} ({}) is left out: {}",
        event.event_id,
        lines(event.lines),
        match event.role {
            EventRole::AfterFix =>
                "the article says it is logged after the fix; perhaps `rules_out`",
            _ => "the article mentions it in passing",
        }
    )
}

/// Where an event and its source stand, and how the source is known.
fn places(events: &[&EventNamed], provider: &str) -> String {
    let mut said: Vec<String> = Vec::new();
    for event in events {
        let at = |line: u32| match line {
            0 => String::new(),
            line => format!(" (line {line})"),
        };
        let source = match (event.provider_how, &event.provider_written) {
            (None, _) => "no source is named, so any is asked for".to_owned(),
            (Some(ProviderHow::Inferred), _) => format!(
                "source `{provider}` is taken from {}, as the article names none",
                event.provider_from.as_deref().unwrap_or("another article")
            ),
            (Some(how), Some(written)) if **written != *provider => format!(
                "source `{provider}`, written `{written}`{}, {}",
                at(event.provider_line),
                known(how)
            ),
            (Some(how), _) => format!("source{}, {}", at(event.provider_line), known(how)),
        };
        let level = match (event.level, event.level_line) {
            (Some(level), line) => format!(
                "; level {level:?}{} is not asked for, as logs disagree with articles",
                at(line)
            )
            .to_lowercase(),
            _ => String::new(),
        };
        said.push(format!(
            "events: {}: id {}{}; {source}{level}",
            lines(event.lines),
            event.event_id,
            at(event.id_line)
        ));
    }
    said.join("; also ")
}

fn known(how: ProviderHow) -> &'static str {
    match how {
        ProviderHow::Field => "in a field of its own",
        ProviderHow::Inline => "right beside the id",
        ProviderHow::Table => "in a column or heading",
        ProviderHow::Prose => "in a sentence: a guess",
        ProviderHow::Inferred => "from another article: a guess",
    }
}

fn place_of(record: &Event) -> String {
    match record.record_id {
        Some(id) => format!("record {id} of {}", record.file),
        None => format!("a record of {}", record.file),
    }
}

/// Twice what the records of one computer span, if that is more than the standard allows.
fn window(records: &[Event]) -> Option<u64> {
    let mut spans: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for record in records {
        let Some(second) = record.time.map(|time| time.as_second()) else {
            continue;
        };
        let computer = record.computer.as_deref().unwrap_or("");
        let span = spans.entry(computer).or_insert((second, second));
        *span = (span.0.min(second), span.1.max(second));
    }
    let widest = spans
        .values()
        .map(|(first, last)| last.abs_diff(*first))
        .max()?;
    let most = crate::limits::MAX_WINDOW_S;
    (widest > 300).then(|| widest.saturating_mul(2).min(most))
}
