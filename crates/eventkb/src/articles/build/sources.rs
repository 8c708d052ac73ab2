//! Which source an article means: spelling, short names, typing mistakes.
//!
//! A name is only ever replaced by one that is known: from the list of names, or because other
//! articles of the same collection use it. What cannot be told stays unknown.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::super::names::{folded, provider_key};
use super::spelling::{clean, distance, is_placeholder};
use words::{ABBREVIATIONS, ORDINARY};

mod sentences;
mod words;

pub(super) use sentences::named;

/// Names of sources, as records have them.
#[derive(Debug, Clone, Default)]
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
    /// A dictionary of these names, and of those of classic Windows.
    pub(super) fn listed_names<'a>(listed: impl IntoIterator<Item = &'a str>) -> Dictionary {
        let mut dictionary = Dictionary::default();
        let classic = CLASSIC
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        for name in listed.into_iter().chain(classic) {
            dictionary.list(name);
        }
        dictionary
    }

    /// With the names that the articles themselves use.
    pub(super) fn with_uses<'a>(mut self, uses: impl Iterator<Item = Use<'a>>) -> Dictionary {
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
            let entry = self.exact.entry(key).or_insert_with(|| Entry {
                name: name.as_str().into(),
                listed: false,
                articles: 0,
                ids: BTreeSet::new(),
            });
            entry.articles = articles.len();
            entry.ids = ids;
        }
        self
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

    /// A source that is all there is in a heading: a name of the list that is no word of the language, or
    /// one that nothing else has.
    pub(super) fn section(&self, heading: &str) -> Option<Arc<str>> {
        let key = folded(heading);
        let sure = heading.starts_with("Microsoft-Windows-") && !heading.contains(' ');
        let listed = self
            .listed(&key)
            .filter(|_| ORDINARY.binary_search(&key.as_str()).is_err());
        listed.or_else(|| sure.then(|| heading.into()))
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
        let bare = words.trim_matches(|c: char| !c.is_alphanumeric());
        if ordinary && (strict || bare.eq_ignore_ascii_case("event log")) {
            return None;
        }
        if let Some(entry) = self.exact.get(&key)
            && (entry.listed || entry.articles >= 2)
        {
            return Some(entry.name.clone());
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
        Dictionary::listed_names(listed.iter().map(String::as_str)).with_uses(uses.chain([Use {
            written: "ContosoMailAgnet",
            article: 9,
            id: 7,
        }]))
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
    }

    #[test]
    fn names_before_lists() {
        let dictionary = dictionary();
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

    #[test]
    fn names_behind_provider_and_event_source() {
        let dictionary = dictionary();
        for (before, behind, wanted) in [
            (
                "in the log from the provider Microsoft-Windows-Contoso and with an ",
                " of '4'",
                Some("Microsoft-Windows-Contoso"),
            ),
            (
                "",
                " from the provider Microsoft-Windows-Contoso.",
                Some("Microsoft-Windows-Contoso"),
            ),
            ("stored in the event log (", ").", None),
            ("recorded by NETLOGON as ", "", Some("NETLOGON")),
            (
                "Review ",
                " in the System log with event source Contoso-Service-SAM.",
                Some("Contoso-Service-SAM"),
            ),
            ("Check ", " in the NETLOGON event source.", Some("NETLOGON")),
            (
                "see an event with ",
                " (the EventID), Source = \"NETLOGON\", and",
                Some("NETLOGON"),
            ),
            ("It uses ", " for NTLM, which", None),
        ] {
            let found = dictionary.beside(before, behind).map(|(_, name)| name);
            assert_eq!(found.as_deref(), wanted, "{before} # {behind}");
        }
    }
}
