//! What is known of events themselves: names of their values, a sentence, meanings of codes.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use regex_lite::Regex;

use super::codes::Codes;
use crate::report::ValueSeen;
use crate::signature::catalogue::{EventEntry, ProviderEntry};
use crate::signature::compile;
use crate::signature::model::LevelName;
use crate::signature::nearest::nearest;
use crate::signature::text;

/// What is known of one event, ready to be used.
#[derive(Debug)]
pub struct EventFacts {
    provider: String,
    channel: String,
    entry: EventEntry,
    from_text: OnceLock<Vec<TextPattern>>,
}

/// How one string is read out of a text.
#[derive(Debug)]
struct TextPattern {
    /// Its position, from 0.
    at: usize,
    regex: Regex,
    /// The string, where the text only says it in words.
    gives: Option<String>,
}

impl EventFacts {
    /// The provider as its records spell it.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The channel that it is written to.
    pub fn channel(&self) -> &str {
        self.entry.channel.as_deref().unwrap_or(&self.channel)
    }

    /// Its usual level.
    pub fn level(&self) -> Option<LevelName> {
        self.entry.level
    }

    /// The author's words on where the facts come from.
    pub fn note(&self) -> Option<&str> {
        self.entry.note.as_deref()
    }

    /// Its sentence with the names in braces.
    pub fn sentence_template(&self) -> &str {
        &self.entry.sentence
    }

    /// Every name that one of its values has in some layout.
    pub(crate) fn value_names(&self) -> impl Iterator<Item = &str> {
        let layouts = self.entry.layouts.iter().flat_map(|layout| &layout.values);
        let all = self.entry.values.iter().chain(layouts).map(String::as_str);
        all.filter(|name| !name.is_empty())
    }

    /// Names of the values of a record with so many strings, by position.
    fn names(&self, count: usize) -> &[String] {
        let layout = self.entry.layouts.iter().find(|l| l.values.len() == count);
        layout.map_or(&self.entry.values, |layout| &layout.values)
    }

    /// The position, from 0, of the value with this name in a record with so many strings.
    pub(crate) fn position(&self, name: &str, count: usize) -> Option<usize> {
        let names = self.names(count);
        names
            .iter()
            .position(|n| !n.is_empty() && n.eq_ignore_ascii_case(name))
    }

    /// The name of the value at a position, from 0, in a record with so many strings.
    pub fn name_of(&self, at: usize, count: usize) -> Option<&str> {
        let name = self.names(count).get(at)?;
        (!name.is_empty()).then_some(name)
    }

    /// The insertion strings that a message text tells; `None` when no pattern fits.
    pub(crate) fn strings_from_text(&self, message: &str) -> Option<Vec<String>> {
        let patterns = self.from_text.get_or_init(|| {
            let patterns = self.entry.from_text.iter();
            patterns
                .filter_map(|p| {
                    Some(TextPattern {
                        at: p.string.checked_sub(1)?,
                        regex: compile::pattern(&p.pattern).ok()?,
                        gives: p.gives.clone(),
                    })
                })
                .collect()
        });
        let mut strings: Vec<String> = Vec::new();
        for pattern in patterns {
            let captures = pattern.regex.captures(text::within_limit(message));
            let Some(value) = captures.and_then(|found| found.get(1)) else {
                continue;
            };
            if strings.len() <= pattern.at {
                strings.resize(pattern.at + 1, String::new());
            }
            if let Some(slot) = strings.get_mut(pattern.at).filter(|slot| slot.is_empty()) {
                let value = pattern.gives.as_deref().unwrap_or(value.as_str());
                value.trim().clone_into(slot);
            }
        }
        (!strings.is_empty()).then_some(strings)
    }

    /// What a value means, if it is a code: `at` is its position from 0.
    pub(crate) fn meaning(
        &self,
        codes: &Codes,
        name: &str,
        at: usize,
        value: &str,
    ) -> Option<String> {
        let table = self
            .entry
            .codes
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name) || key.parse() == Ok(at + 1))
            .map(|(_, table)| *table);
        codes.meaning(table, value)
    }

    /// The values of a record with their names and meanings, in order; nameless and empty ones are
    /// left out.
    pub fn values(&self, codes: &Codes, strings: &[String]) -> Vec<ValueSeen> {
        let named = strings.iter().enumerate().filter_map(|(at, value)| {
            let name = self.name_of(at, strings.len())?;
            (!value.is_empty()).then(|| ValueSeen {
                name: name.to_owned(),
                value: value.clone(),
                meaning: self.meaning(codes, name, at, value),
            })
        });
        named.collect()
    }

    /// The event as a sentence, filled with a record's strings and named values. Codes are said in
    /// words where a table knows them; `?` stands for what is not there.
    pub fn sentence(
        &self,
        codes: &Codes,
        strings: &[String],
        named: &[(String, String)],
    ) -> String {
        let mut parts = self.entry.sentence.split('{');
        let mut out = parts.next().unwrap_or("").to_owned();
        for part in parts {
            let Some((name, rest)) = part.split_once('}') else {
                out.push('{');
                out.push_str(part);
                continue;
            };
            self.fill(codes, strings, named, name, &mut out);
            out.push_str(rest);
        }
        out
    }

    fn fill(
        &self,
        codes: &Codes,
        strings: &[String],
        named: &[(String, String)],
        name: &str,
        out: &mut String,
    ) {
        let at = match name.parse::<usize>() {
            Ok(position) => position.checked_sub(1),
            Err(_) => self.position(name, strings.len()),
        };
        let by_position = at.and_then(|at| strings.get(at)).map(String::as_str);
        let own = || {
            let own = named.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            own.map(|(_, value)| value.as_str())
        };
        let value = by_position.or_else(own).filter(|value| !value.is_empty());
        let Some(value) = value else {
            out.push('?');
            return;
        };
        let shown = value.strip_prefix("%%").unwrap_or(value);
        match self.meaning(codes, name, at.unwrap_or(usize::MAX - 1), value) {
            Some(meaning) => {
                out.push_str(shown);
                out.push_str(" (");
                out.push_str(&meaning);
                out.push(')');
            }
            None => out.push_str(value),
        }
    }
}

/// The facts of one provider, parsed when they are first asked for.
#[derive(Debug)]
struct Provider {
    text: Source,
    events: OnceLock<HashMap<u16, Arc<EventFacts>>>,
}

#[derive(Debug)]
enum Source {
    /// Of the built-in catalogue.
    #[cfg_attr(
        not(feature = "packs"),
        expect(dead_code, reason = "only packs have texts")
    )]
    Text(&'static str),
    Entry(ProviderEntry),
}

impl Provider {
    fn event(&self, id: u16) -> Option<&Arc<EventFacts>> {
        let events = self.events.get_or_init(|| match &self.text {
            Source::Text(text) => match serde_json::from_str(text) {
                Ok(entry) => facts(&entry),
                // The built-in files are checked by the tests.
                Err(_) => HashMap::new(),
            },
            Source::Entry(entry) => facts(entry),
        });
        events.get(&id)
    }
}

fn facts(provider: &ProviderEntry) -> HashMap<u16, Arc<EventFacts>> {
    let events = provider.events.iter().map(|entry| {
        let facts = EventFacts {
            provider: provider.provider.clone(),
            channel: provider.channel.clone(),
            entry: entry.clone(),
            from_text: OnceLock::new(),
        };
        (entry.id, Arc::new(facts))
    });
    events.collect()
}

/// What is known of events, by provider and id.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// By name in lower case; later files go before earlier ones.
    exact: HashMap<String, Vec<Arc<Provider>>>,
    /// Providers whose name ends in `*`: the beginning in lower case.
    prefixes: Vec<(String, Arc<Provider>)>,
    /// Names under which exports write a provider's records, in lower case, to its own.
    exported: HashMap<String, String>,
}

impl Catalogue {
    /// Adds a document that is parsed when it is first needed. Names are in lower case.
    #[cfg(feature = "packs")]
    pub(crate) fn add_text(&mut self, names: &[&str], exported_as: &[&str], text: &'static str) {
        if let Some(provider) = names.first() {
            let names = exported_as.iter().map(|name| (*name).to_owned());
            let pairs = names.map(|name| (name, (*provider).to_owned()));
            self.exported.extend(pairs);
        }
        self.add(
            names.iter().map(|name| (*name).to_owned()),
            Source::Text(text),
        );
    }

    /// Adds what is known of a provider; it goes before what was known.
    pub(crate) fn add_entry(&mut self, entry: ProviderEntry) {
        let names: Vec<String> = std::iter::once(&entry.provider)
            .chain(&entry.aliases)
            .chain(&entry.exported_as)
            .map(|name| name.to_ascii_lowercase())
            .collect();
        let exported = entry.exported_as.iter();
        let provider = entry.provider.to_ascii_lowercase();
        let pairs = exported.map(|name| (name.to_ascii_lowercase(), provider.clone()));
        self.exported.extend(pairs);
        self.add(names.into_iter(), Source::Entry(entry));
    }

    fn add(&mut self, names: impl Iterator<Item = String>, text: Source) {
        let provider = Arc::new(Provider {
            text,
            events: OnceLock::new(),
        });
        for name in names {
            match name.strip_suffix('*') {
                Some(prefix) => self
                    .prefixes
                    .insert(0, (prefix.to_owned(), Arc::clone(&provider))),
                None => self
                    .exact
                    .entry(name)
                    .or_default()
                    .insert(0, Arc::clone(&provider)),
            }
        }
    }

    /// The provider, in lower case, whose records exports write under this name.
    pub(crate) fn exported_as(&self, folded: &str) -> Option<&str> {
        self.exported.get(folded).map(String::as_str)
    }

    /// Whether this is a name of some provider.
    pub(crate) fn names(&self, folded: &str) -> bool {
        self.exact.contains_key(folded)
    }

    /// The provider, in lower case, that was probably meant by a name that is not known: one that ends in
    /// it (`Kernel-Power`), or one that is spelled much the same.
    pub fn probably_meant(&self, provider: &str) -> Option<&str> {
        let folded = provider.to_ascii_lowercase();
        if folded.is_empty() || self.names(&folded) {
            return None;
        }
        let names = || self.exact.keys().map(String::as_str);
        let end = format!("-{folded}");
        let longer = names().filter(|name| name.ends_with(&end)).min();
        longer.or_else(|| nearest(&folded, names()))
    }

    /// What is known of an event. Providers compare ignoring case.
    pub fn event(
        &self,
        provider: &str,
        event_source: Option<&str>,
        id: u16,
    ) -> Option<Arc<EventFacts>> {
        let of = |name: &str| {
            let folded = name.to_ascii_lowercase();
            let exact = self.exact.get(&folded).into_iter().flatten();
            let prefixes = self
                .prefixes
                .iter()
                .filter(|(prefix, _)| folded.starts_with(prefix))
                .map(|(_, provider)| provider);
            exact.chain(prefixes).find_map(|p| p.event(id)).cloned()
        };
        of(provider).or_else(|| of(event_source?))
    }

    /// How many providers it knows, aliases counted.
    pub fn len(&self) -> usize {
        self.exact.len() + self.prefixes.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
