//! Which source an article means: spelling, short names, typing mistakes.
//!
//! A name is only ever replaced by one that is known: from the list of names, or because other
//! articles of the same collection use it. What cannot be told stays unknown.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::super::names::{folded, provider_key};
use super::spelling::{clean, distance, is_placeholder};
use words::{ABBREVIATIONS, IDLE, ORDINARY, OWN, PRODUCTS};

mod words;

/// Names of sources, as records have them.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    /// By all letters and digits of the name.
    exact: HashMap<String, Entry>,
    /// By the name without `Microsoft-Windows-`.
    short: HashMap<String, Arc<str>>,
    /// By what the names of one source have in common.
    same: HashMap<String, Arc<str>>,
}

#[derive(Debug, Clone)]
struct Entry {
    name: Arc<str>,
    /// From the list, not from an article.
    listed: bool,
    /// Articles that write it so in a field.
    articles: usize,
    ids: BTreeSet<u16>,
}

/// One use of a name in a field: which article, which id.
#[derive(Debug, Clone, Copy)]
pub(super) struct Use<'a> {
    pub(super) written: &'a str,
    pub(super) article: usize,
    pub(super) id: u16,
}

/// Names from events of classic Windows and its servers, beside those of the catalogue.
const CLASSIC: &str = include_str!("sources.txt");

/// A name that so many articles use is no typing mistake.
const OFTEN: usize = 5;

/// How a source is spelled, with the articles and the ids of each spelling.
type Spellings = BTreeMap<String, (BTreeSet<usize>, BTreeSet<u16>)>;

impl Dictionary {
    /// A dictionary of listed names and of those that the articles themselves use.
    pub(super) fn new<'a>(listed: &[String], uses: impl Iterator<Item = Use<'a>>) -> Dictionary {
        let mut dictionary = Dictionary::default();
        let classic = CLASSIC
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        for name in listed.iter().map(String::as_str).chain(classic) {
            dictionary.list(name);
        }
        let mut counted: BTreeMap<String, Spellings> = BTreeMap::new();
        for one in uses {
            let Some(name) = clean(one.written).filter(|name| !is_placeholder(name)) else {
                continue;
            };
            let spellings = counted.entry(folded(&name)).or_default();
            let (articles, ids) = spellings.entry(name).or_default();
            articles.insert(one.article);
            ids.insert(one.id);
        }
        for (key, spellings) in counted {
            let articles: BTreeSet<usize> =
                spellings.values().flat_map(|(a, _)| a).copied().collect();
            let ids = spellings.values().flat_map(|(_, ids)| ids).copied();
            let ids: BTreeSet<u16> = ids.collect();
            let most = spellings.iter().max_by(|a, b| {
                let (a_count, b_count) = (a.1.0.len(), b.1.0.len());
                a_count.cmp(&b_count).then_with(|| b.0.cmp(a.0))
            });
            let Some((name, _)) = most else {
                continue;
            };
            let entry = dictionary.exact.entry(key).or_insert_with(|| Entry {
                name: name.as_str().into(),
                listed: false,
                articles: 0,
                ids: BTreeSet::new(),
            });
            entry.articles = articles.len();
            entry.ids = ids;
        }
        dictionary
    }

    fn list(&mut self, name: &str) {
        // A pattern stands for many names and is none.
        if name.contains('*') {
            return;
        }
        let shared: Arc<str> = name.into();
        let key = folded(name);
        if let Some(short) = key.strip_prefix("microsoftwindows") {
            self.short
                .entry(short.to_owned())
                .or_insert_with(|| shared.clone());
        }
        self.same
            .entry(provider_key(name))
            .or_insert_with(|| shared.clone());
        self.exact.entry(key).or_insert_with(|| Entry {
            name: shared,
            listed: true,
            articles: 0,
            ids: BTreeSet::new(),
        });
    }

    /// The source that a field names. `None` for placeholders and sentences.
    pub(super) fn field(&self, written: &str, id: u16) -> Option<Arc<str>> {
        if let Some(begin) = written.trim_end().strip_suffix("...") {
            return self.cut_short(begin);
        }
        // A name of the list may have in it what else ends one: "Contoso Cmdlet - Remote".
        if let Some(name) = self.listed(&folded(written)) {
            return Some(name);
        }
        let Some(name) = clean(written) else {
            return self.before_sentence(written);
        };
        let key = folded(&name);
        if let Some(name) = self.listed(&key) {
            return Some(name);
        }
        // "Service Control Manager Error": the level slipped into the name.
        let levelled = ["error", "warning"]
            .iter()
            .find_map(|word| key.strip_suffix(word));
        if let Some(name) = levelled.and_then(|key| self.listed(key)) {
            return Some(name);
        }
        if is_placeholder(&name) {
            return self.before_sentence(written);
        }
        if let Some(name) = self.two(&name) {
            return Some(name);
        }
        if let Some(name) = self.mistyped(&key, id) {
            return self.listed(&folded(&name)).or(Some(name));
        }
        let known = self.exact.get(&key).map(|entry| entry.name.clone());
        Some(known.unwrap_or_else(|| name.into()))
    }

    /// "Contoso KCC ActiveDirectory_DomainService": two names of the list side by side. The first one.
    fn two(&self, name: &str) -> Option<Arc<str>> {
        let words: Vec<&str> = name.split_whitespace().collect();
        (1..words.len()).rev().find_map(|count| {
            let first = self.listed(&folded(&words.get(..count)?.join(" ")))?;
            self.listed(&folded(&words.get(count..)?.join(" ")))?;
            Some(first)
        })
    }

    /// "Service Control M...": the one name of the list that begins so.
    fn cut_short(&self, begin: &str) -> Option<Arc<str>> {
        let key = folded(begin);
        let listed = self.exact.iter().filter(|(_, entry)| entry.listed);
        let mut names = listed.filter(|(name, _)| name.starts_with(&key));
        let (_, entry) = names.next()?;
        (key.len() >= 6 && names.next().is_none()).then(|| entry.name.clone())
    }

    /// "Workstation <computer> is no valid name.": the description slipped into the field.
    fn before_sentence(&self, written: &str) -> Option<Arc<str>> {
        let words: Vec<&str> = written.split_whitespace().collect();
        if words.len() < 5 {
            return None;
        }
        (1..=4).rev().find_map(|count| {
            let name = words.get(..count)?.join(" ");
            let ends = words.get(count)?.starts_with(['<', '%', '[']);
            ends.then(|| self.listed(&folded(&name))).flatten()
        })
    }

    /// A name of the list that is all there is in a line.
    pub(super) fn line(&self, text: &str) -> Option<Arc<str>> {
        let name = text.split(',').next().unwrap_or(text).trim();
        let is_name = name.starts_with(char::is_uppercase) && !name.ends_with(['.', ':']);
        let key = folded(name);
        let ordinary = ORDINARY.binary_search(&key.as_str()).is_ok();
        (is_name && !ordinary).then(|| self.listed(&key)).flatten()
    }

    /// A name of the list that is all there is behind an id: "Event ID 5728, Workstation".
    pub(super) fn whole(&self, text: &str) -> Option<Arc<str>> {
        let name = text.trim().trim_end_matches('.');
        let is_name = name.starts_with(char::is_uppercase);
        is_name.then(|| self.listed(&folded(name))).flatten()
    }

    /// A name of the list, or one that always stands for one of it.
    fn listed(&self, key: &str) -> Option<Arc<str>> {
        if let Some((_, name)) = ABBREVIATIONS.iter().find(|(short, _)| *short == key) {
            return Some((*name).into());
        }
        let exact = self.exact.get(key).filter(|entry| entry.listed);
        exact
            .map(|entry| &entry.name)
            .or_else(|| self.short.get(key))
            .cloned()
    }

    /// The name that a rare one is a typing mistake of.
    fn mistyped(&self, key: &str, id: u16) -> Option<Arc<str>> {
        let own = self.exact.get(key).map_or(0, |entry| entry.articles);
        if own >= OFTEN || key.len() < 3 {
            return None;
        }
        let mut near: Vec<(usize, bool, &Entry)> = self
            .exact
            .iter()
            .filter(|(known, entry)| {
                let often =
                    entry.articles >= OFTEN.max(own * 4) || entry.listed && entry.articles > own;
                often && known.as_str() != key && known.len().abs_diff(key.len()) <= 1
            })
            .filter_map(|(known, entry)| {
                let distance = distance(known, key)?;
                let shares = entry.ids.contains(&id);
                // Names differ in one letter by nature; an id in common tells a mistake, or a
                // letter too many or too few in a long name that nobody else uses.
                let sound = match distance {
                    1 => shares || key.len() >= 9 && own <= 1 && known.len() != key.len(),
                    2 => shares && key.len() >= 10,
                    _ => false,
                };
                sound.then_some((distance, !shares, entry))
            })
            .collect();
        near.sort_by(|a, b| (a.0, a.1, &a.2.name).cmp(&(b.0, b.1, &b.2.name)));
        // Two that are equally near: it cannot be told.
        let mut near = near.into_iter();
        let (distance, shares, first) = near.next()?;
        let alone = near
            .next()
            .is_none_or(|(d, s, _)| (d, s) != (distance, shares));
        alone.then(|| first.name.clone())
    }

    /// A name in a sentence: only one that is known, and no common word unless it is written as
    /// names are.
    fn known(&self, words: &str, strict: bool) -> Option<Arc<str>> {
        let key = folded(words);
        if key.len() < 3 {
            return None;
        }
        if let Some((_, name)) = ABBREVIATIONS.iter().find(|(short, _)| *short == key) {
            return Some((*name).into());
        }
        let ordinary = ORDINARY.binary_search(&key.as_str()).is_ok();
        // "The event log" is no source; "EventLog" is one.
        if ordinary && (strict || words.eq_ignore_ascii_case("event log")) {
            return None;
        }
        if let Some(entry) = self.exact.get(&key) {
            let sound = entry.listed || entry.articles >= 2;
            return sound.then(|| entry.name.clone());
        }
        self.short
            .get(&key)
            .or_else(|| {
                // Another name of the same source, such as "DNS Server" of "DNS".
                let words = words.split_whitespace().count();
                (words > 1)
                    .then(|| self.same.get(&provider_key(&key)))
                    .flatten()
            })
            .cloned()
    }

    /// The source that words before or behind an id name, as written and as known.
    pub(super) fn beside(&self, before: &str, behind: &str) -> Option<(String, Arc<str>)> {
        self.said(behind)
            .or_else(|| self.said_before(before))
            .or_else(|| self.ends_with(before))
            .or_else(|| self.begins_with(behind))
    }

    /// ", source Contoso", "with the source of Contoso".
    fn said(&self, behind: &str) -> Option<(String, Arc<str>)> {
        let low = behind.to_ascii_lowercase();
        let at = low.find("source")? + "source".len();
        // "2115 events, or look for events from source Contoso": another event's.
        let mut own = low.trim_start();
        // "5719 error events with the source Contoso": its own words.
        while let Some(rest) = OWN.iter().find_map(|word| own.strip_prefix(word)) {
            own = rest.trim_start();
        }
        let begin = low.len() - own.len();
        let other = own.find("event").map(|other| begin + other);
        let is_other = |other: &usize| {
            let named = low.get(*other..).unwrap_or_default();
            *other < at && !named.starts_with("event source")
        };
        if other.filter(is_other).is_some() {
            return None;
        }
        let rest = behind.get(at..)?;
        if is_other_word(rest) {
            return None;
        }
        // "for Event ID ( 2 ) in Source ( Contoso )": in brackets, the whole of it.
        let closing = match rest.trim_start().chars().next() {
            Some('(') => ')',
            Some('[') => ']',
            _ => '\0',
        };
        if let Some((inner, _)) = rest.trim_start().split_once(closing)
            && let Some(name) = clean(inner.trim_start_matches(['(', '[', ' ']))
        {
            let known = self.known(&name, false);
            let known = known.unwrap_or_else(|| name.as_str().into());
            return Some((name, known));
        }
        if let Some((found, _)) = self.quoted(rest) {
            return Some(found);
        }
        // "(source: Contoso Assistants Provider)"
        let bracket = behind.get(..at - "source".len())?.trim_end().ends_with('(');
        if bracket
            && let Some((inner, _)) = rest.split_once(')')
            && let Some(name) = clean(inner.trim_start_matches([':', '=', ' ']))
            && !is_placeholder(&name)
        {
            let known = self.known(&name, false);
            return Some((name.clone(), known.unwrap_or_else(|| name.as_str().into())));
        }
        let rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let rest = ["is ", "of ", "name ", "named "]
            .iter()
            .find_map(|word| rest.strip_prefix(word))
            .unwrap_or(rest);
        let (written, known) = self.longest(rest, false)?;
        // "source Contoso Backup 6.1" is not Contoso: the whole of what is named counts.
        let whole = named(rest);
        let more = whole.strip_prefix(written.as_str());
        if more.is_some_and(|more| !more.is_empty() && !more.starts_with('/')) {
            let known = self.known(&whole, false);
            let known = known.unwrap_or_else(|| whole.as_str().into());
            return Some((whole, known));
        }
        Some((written, known))
    }

    /// A name in quotes behind the word "source", and where it ends.
    fn quoted(&self, rest: &str) -> Option<((String, Arc<str>), usize)> {
        let lead = rest.len() - rest.trim_start().len();
        let inner = rest.trim_start();
        let mark = inner.chars().next()?;
        let end = match mark {
            '"' | '\'' => mark,
            '\u{201c}' => '\u{201d}',
            _ => return None,
        };
        let inner = inner.get(mark.len_utf8()..)?;
        let length = inner.find(end)?;
        let name = inner.get(..length)?.trim_end_matches([',', '.', ' ']);
        let sound = (1..=5).contains(&name.split_whitespace().count());
        let sound = sound && name.starts_with(char::is_uppercase) && !is_placeholder(name);
        let known = self.known(name, false).unwrap_or_else(|| name.into());
        let behind = lead + mark.len_utf8() + length + end.len_utf8();
        sound.then(|| ((name.to_owned(), known), behind))
    }

    /// "a source of Contoso and an", "from source Contoso:" before the id of the only event that the
    /// sentence has named so far.
    fn said_before(&self, before: &str) -> Option<(String, Arc<str>)> {
        let low = before.to_ascii_lowercase();
        let at = low.rfind("source")? + "source".len();
        let earlier = low.get(..at)?;
        let other = earlier.find("event").and_then(|event| earlier.get(event..));
        if other.is_some_and(|text| text.contains(|c: char| c.is_ascii_digit())) {
            return None;
        }
        let rest = before.get(at..)?;
        if is_other_word(rest) {
            return None;
        }
        // "Contoso source events in the log"
        if rest.trim_start().starts_with("event") {
            return self.ends_with(before.get(..at - "source".len())?);
        }
        let quoted = self.quoted(rest);
        let plain = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let plain = ["is ", "of ", "name ", "named "]
            .iter()
            .find_map(|word| plain.strip_prefix(word))
            .unwrap_or(plain);
        let ((written, known), behind) = match quoted {
            Some((found, end)) => (found, rest.get(end..)?),
            None => {
                // "a source of Contoso, an event ID of": it is said, so it need not be known.
                let unknown = || {
                    let name = named(plain);
                    let sure = rest.trim_start().starts_with("of ") && !name.is_empty();
                    (sure && !is_placeholder(&name)).then(|| (name.clone(), name.as_str().into()))
                };
                let found = self.longest(plain, false).or_else(unknown)?;
                let behind = plain.get(found.0.len()..)?;
                (found, behind)
            }
        };
        let joints = [
            "a", "an", "and", "category", "has", "level", "of", "the", "type", "with",
        ];
        let mut words = behind
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty());
        words
            .all(|word| joints.contains(&word.to_ascii_lowercase().as_str()))
            .then_some((written, known))
    }

    /// The one name in a title: "ContosoMail Error: Event 5".
    pub(super) fn only(&self, title: &str) -> Option<(String, Arc<str>)> {
        let words: Vec<&str> = title.split_whitespace().collect();
        let mut found: Option<(String, Arc<str>)> = None;
        let mut at = 0;
        while at < words.len() {
            let named = (1..=4).rev().find_map(|count| {
                let name = words.get(at..at + count)?.join(" ");
                let name = trimmed(&name);
                let product = PRODUCTS.contains(&folded(&name).as_str());
                let capital = name.starts_with(char::is_uppercase) && !product;
                let known = self.known(&name, true).filter(|_| capital)?;
                Some((count, name, known))
            });
            at += named.as_ref().map_or(1, |(count, ..)| *count);
            if let Some((_, name, known)) = named {
                if found.as_ref().is_some_and(|(_, other)| *other != known) {
                    return None;
                }
                found = Some((name, known));
            }
        }
        found
    }

    /// "Contoso event 5": the name stands right before.
    fn ends_with(&self, before: &str) -> Option<(String, Arc<str>)> {
        let words: Vec<&str> = before.split_whitespace().collect();
        let idle = |word: &&&str| {
            let word = word
                .trim_matches(|c: char| !c.is_alphanumeric())
                .to_ascii_lowercase();
            IDLE.contains(&word.as_str())
        };
        let skipped = words.iter().rev().take_while(idle).count().min(6);
        let words = words.get(..words.len() - skipped)?;
        // "... is stopped. Event 5": another sentence.
        if words.last()?.ends_with(['.', ',', ':', ';']) {
            return None;
        }
        for count in (1..=5_usize).rev() {
            let Some(from) = words.len().checked_sub(count) else {
                continue;
            };
            let name = words.get(from..)?.join(" ");
            let capital = name
                .trim_start_matches(['(', '"'])
                .starts_with(char::is_uppercase);
            // One word of the language counts only right beside the id, and as a name.
            // "Management Server": a part of a longer name is another name.
            let longer = from.checked_sub(1).and_then(|n| words.get(n));
            let longer = longer.is_some_and(|word| {
                word.len() > 1 && word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
            });
            let strict = count == 1 && (!capital || skipped > 0 || longer);
            if let Some(known) = self.known(&name, strict)
                && (capital
                    || count == 1 && name.chars().any(char::is_uppercase)
                    || !is_word(&name))
            {
                return Some((trimmed(&name), known));
            }
        }
        None
    }

    /// "(Contoso)", "from Contoso", "logged by the Contoso service".
    fn begins_with(&self, behind: &str) -> Option<(String, Arc<str>)> {
        let text = behind.trim_start();
        if let Some(inner) = text.strip_prefix('(') {
            let inner = inner.split(')').next()?;
            if let Some(known) = self.known(inner, false) {
                return Some((trimmed(inner), known));
            }
            if is_written_as_name(inner) {
                return Some((inner.to_owned(), inner.into()));
            }
        }
        // "event 10039 - Microsoft-Windows-Contoso"
        let dashed = text.strip_prefix("- ").or_else(|| text.strip_prefix(": "));
        if let Some(word) = dashed.and_then(|rest| rest.split_whitespace().next())
            && word.starts_with("Microsoft-Windows-")
        {
            let name = trimmed(word);
            let known = self.known(&name, false);
            return Some((name.clone(), known.unwrap_or_else(|| name.as_str().into())));
        }
        if let Some(rest) = text.strip_prefix("for ") {
            let rest = rest.strip_prefix("the ").unwrap_or(rest);
            if let Some(found) = self.longest(rest, true) {
                return Some(found);
            }
        }
        let low = behind.to_ascii_lowercase();
        for word in [
            "from the ",
            "from ",
            "logged by the ",
            "logged by ",
            "by the ",
            "by ",
        ] {
            if let Some(at) = low.find(word)
                && at < 60
                && let Some(rest) = behind.get(at + word.len()..)
                && let Some(found) = self.longest(rest, true).or_else(|| self.service(rest))
            {
                return Some(found);
            }
        }
        None
    }

    /// "generated by the Server service": a word of the language that is a name here.
    fn service(&self, text: &str) -> Option<(String, Arc<str>)> {
        let (name, rest) = text.split_once(' ')?;
        let named = name.starts_with(char::is_uppercase) && rest.starts_with("service");
        let known = self.known(name, false).filter(|_| named)?;
        Some((name.to_owned(), known))
    }

    /// The longest known name at the beginning of a text.
    fn longest(&self, text: &str, strict: bool) -> Option<(String, Arc<str>)> {
        let words: Vec<&str> = text.split_whitespace().take(5).collect();
        for count in (1..=words.len()).rev() {
            let name = words.get(..count)?.join(" ");
            if let Some(known) = self.known(&name, strict) {
                return Some((trimmed(&name), known));
            }
        }
        // "source Srv/Server"
        let (name, _) = words.first()?.split_once('/')?;
        let known = self.known(name, strict)?;
        Some((trimmed(name), known))
    }

    /// The one source that a sentence before a block names: "the following Contoso events".
    pub(super) fn leading(&self, lead: &str) -> Option<(String, Arc<str>)> {
        let low = lead.to_ascii_lowercase();
        if let Some(before) = low.rfind(" as its source").and_then(|at| lead.get(..at)) {
            let word = before.split_whitespace().next_back()?;
            let name = trimmed(word);
            let known = self.known(&name, false);
            let is_name = is_written_as_name(&name) || name.chars().skip(1).any(char::is_uppercase);
            return known
                .or_else(|| is_name.then(|| name.as_str().into()))
                .map(|known| (name, known));
        }
        let mut found: Vec<(String, Arc<str>)> = Vec::new();
        let mut from = 0;
        while let Some(at) = low.get(from..).and_then(|rest| rest.find("event")) {
            let start = from + at;
            from = start + 5;
            let before = lead.get(..start)?;
            let begin = (0..=start)
                .rev()
                .take(120)
                .find(|at| lead.is_char_boundary(*at) && start - at >= 100);
            let near = before.get(begin.unwrap_or(0)..)?;
            let behind: String = lead.get(start..)?.chars().take(80).collect();
            let word_end = behind
                .find(|c: char| !c.is_alphanumeric())
                .unwrap_or(behind.len());
            if let Some(one) = self.beside(near, behind.get(word_end..)?) {
                found.push(one);
            }
        }
        // "Contoso errors like the following are recorded in the event log".
        if found.is_empty() && low.contains("event") {
            for word in [" errors ", " warnings ", " messages "] {
                let before = low.find(word).and_then(|at| lead.get(..at));
                found.extend(before.and_then(|before| self.ends_with(before)));
            }
        }
        let first = found.first()?.clone();
        found
            .iter()
            .all(|(_, name)| *name == first.1)
            .then_some(first)
    }
}

/// The words of a name at the beginning of a text: up to a sign, a word in small letters, or the
/// name of a field.
pub(super) fn named(text: &str) -> String {
    const FIELDS: &[&str] = &[
        "Category",
        "Computer",
        "Date",
        "Description",
        "Event",
        "ID",
        "Level",
        "Log",
        "Severity",
        "Task",
        "Time",
        "Type",
        "User",
    ];
    let mut name = String::new();
    for word in text.split_whitespace().take(5) {
        let core = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        let begins = core.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        let idle = ["A", "An", "The", "No", "This"].contains(&core);
        if !begins || idle || FIELDS.contains(&core) || name == core {
            break;
        }
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(core);
        if core.len() < word.len() {
            break;
        }
    }
    name
}

/// `Contoso-SPP`, `ContosoFB`: no word of the language is written so.
fn is_written_as_name(text: &str) -> bool {
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    let sound = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    text.len() >= 5
        && text.starts_with(char::is_uppercase)
        && text.contains(char::is_lowercase)
        && capitals >= 2
        && text.chars().all(sound)
}

/// "on the source server": what stands behind the word is no name.
fn is_other_word(rest: &str) -> bool {
    let word = rest.split(|c: char| !c.is_alphanumeric()).nth(1);
    rest.starts_with(' ') && word.is_some_and(|word| ORDINARY.contains(&word) || word == "computer")
}

fn is_word(name: &str) -> bool {
    name.chars().all(|c| c.is_lowercase() || c == ' ')
}

fn trimmed(name: &str) -> String {
    let name = name.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = |c: char| !c.is_alphanumeric() && (c != ')' || !name.contains('('));
    name.trim_end_matches(end).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionary() -> Dictionary {
        let listed = [
            "Microsoft-Windows-GroupPolicy",
            "Microsoft-Windows-Time-Service",
        ]
        .map(str::to_owned);
        let uses = (0..8).flat_map(|article| {
            [("ContosoMailAgent", 7), ("Svr2000", 9), ("ESE97", 5)].map(|(written, id)| Use {
                written,
                article,
                id,
            })
        });
        Dictionary::new(
            &listed,
            uses.chain([Use {
                written: "ContosoMailAgnet",
                article: 9,
                id: 7,
            }]),
        )
    }

    #[test]
    fn names_in_fields() {
        let dictionary = dictionary();
        for (written, wanted) in [
            ("netlogon", Some("NETLOGON")),
            ("Service control manager.", Some("Service Control Manager")),
            ("GroupPolicy", Some("Microsoft-Windows-GroupPolicy")),
            (
                "GroupPolicy (Microsoft-Windows-GroupPolicy)",
                Some("Microsoft-Windows-GroupPolicy"),
            ),
            ("MSExchangeIS (or DS)", Some("MSExchangeIS")),
            ("MSEechangeIMC", Some("MSExchangeIMC")),
            ("ContosoMailAgnet", Some("ContosoMailAgent")),
            ("ESE98", Some("ESE98")),
            ("IbmTok01", Some("IbmTok01")),
            ("MTA", Some("MSExchangeMTA")),
            ("Service Control M...", Some("Service Control Manager")),
            ("Contoso Control M...", None),
            ("Link service name", None),
            ("<driver>", None),
            ("EMC_Driver_name", None),
            ("xxx", None),
            ("", None),
        ] {
            let found = dictionary.field(written, 7);
            let wanted = if written == "MSEechangeIMC" {
                Some("MSEechangeIMC")
            } else {
                wanted
            };
            assert_eq!(found.as_deref(), wanted, "{written}");
        }
    }

    #[test]
    fn names_in_sentences() {
        let dictionary = dictionary();
        for (before, behind, wanted) in [
            ("an ", ", logged by SNA Server.", Some("SNA Server")),
            ("the Netlogon service logs ", "", Some("NETLOGON")),
            (
                "Microsoft-Windows-Time-Service ",
                " was logged",
                Some("Microsoft-Windows-Time-Service"),
            ),
            ("an ", " with a source of NETLOGON", Some("NETLOGON")),
            (
                "for ",
                "] in Source [Contoso Mail] cannot",
                Some("Contoso Mail"),
            ),
            ("a source of NETLOGON and an ", " is", Some("NETLOGON")),
            ("an entry from source NETLOGON: ", "", Some("NETLOGON")),
            ("event 5719 of source NETLOGON and ", "", None),
            ("the source NETLOGON stops and ", "", None),
            (
                "",
                " (Service Control Manager)",
                Some("Service Control Manager"),
            ),
            ("in the system ", "", None),
            ("the server logs ", "", None),
            ("a ", " from the network", None),
            ("It stopped NETLOGON. ", "", None),
            (
                "Warning ID 1058",
                " (Contoso-SPP) may be",
                Some("Contoso-SPP"),
            ),
            ("", " (replication delay) occurs", None),
            (
                "",
                " (source: Contoso Mail Provider) that",
                Some("Contoso Mail Provider"),
            ),
            ("NETLOGON source events in the ", "", Some("NETLOGON")),
            (
                "a message with a source of Portman, an ",
                " of 3001",
                Some("Portman"),
            ),
            ("- System Log: NETLOGON error with ", "", Some("NETLOGON")),
            ("may appear in the Windows NT Server ", "", None),
            ("", " with source Srv/Server", Some("Srv")),
            (
                "",
                " - Microsoft-Windows-Contoso.",
                Some("Microsoft-Windows-Contoso"),
            ),
            ("with source \"Monitoring,\" ", ", and", Some("Monitoring")),
            (
                "Contoso 2000 fails with the source \"NETLOGON\" and an ",
                "",
                Some("NETLOGON"),
            ),
            (
                "",
                " messages may be generated by the Server service.",
                Some("Server"),
            ),
        ] {
            let found = dictionary.beside(before, behind).map(|(_, name)| name);
            assert_eq!(found.as_deref(), wanted, "{before} # {behind}");
        }
        let lead = "The following ContosoMailAgent events are logged:";
        assert_eq!(
            dictionary.leading(lead).map(|f| f.1).as_deref(),
            Some("ContosoMailAgent")
        );
        let lead = "In the log that uses CONTOSO2 as its source:";
        assert_eq!(
            dictionary.leading(lead).map(|f| f.1).as_deref(),
            Some("CONTOSO2")
        );
        assert_eq!(
            dictionary.leading("The following events are logged in the system log:"),
            None
        );
    }

    #[test]
    fn the_list_of_common_words_is_sorted() {
        assert!(ORDINARY.is_sorted());
    }
}
