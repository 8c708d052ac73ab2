//! Which source a sentence means: the words around an id, or those before a list.

use std::sync::Arc;

use super::Dictionary;
use super::words::{IDLE, ORDINARY, OWN, PRODUCTS};
use crate::articles::build::spelling::{clean, is_placeholder};
use crate::articles::names::folded;

impl Dictionary {
    /// The source that words before or behind an id name, as written and as known.
    pub(in crate::articles::build) fn beside(
        &self,
        before: &str,
        behind: &str,
    ) -> Option<(String, Arc<str>)> {
        self.said(behind)
            .or_else(|| self.said_before(before))
            .or_else(|| self.ends_with(before))
            .or_else(|| self.begins_with(behind))
    }

    /// ", source Contoso", "with the source of Contoso".
    pub(super) fn said(&self, behind: &str) -> Option<(String, Arc<str>)> {
        let low = behind.to_ascii_lowercase();
        let (word, at) = source_word(&low, false)?;
        // "2115 events, or look for events from source Contoso": another event's.
        let mut own = low.trim_start();
        // "5719 error events with the source Contoso": its own words.
        while let Some(rest) = OWN.iter().find_map(|word| own.strip_prefix(word)) {
            own = rest.trim_start();
        }
        // "(the EventID), Source = Contoso"
        if let Some((inner, rest)) = own.strip_prefix('(').and_then(|text| text.split_once(')'))
            && !inner.contains("source")
            && !inner.contains(|c: char| c.is_ascii_digit())
        {
            own = rest;
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
        let bracket = behind.get(..word)?.trim_end().ends_with('(');
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
        // "with event source Contoso-Agent": it is said, so it need not be known.
        let whole = || {
            let name = named(rest);
            let is_name = is_of_manifest(&name) || is_written_as_name(&name);
            is_name.then(|| (name.clone(), name.as_str().into()))
        };
        // "in the Contoso-Boot event source"
        let before = || self.ends_with(behind.get(..word)?.trim_end());
        let found = self.longest(rest, false).or_else(whole);
        let Some((written, known)) = found else {
            return before();
        };
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
    pub(super) fn quoted(&self, rest: &str) -> Option<((String, Arc<str>), usize)> {
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
    pub(super) fn said_before(&self, before: &str) -> Option<(String, Arc<str>)> {
        let low = before.to_ascii_lowercase();
        let (word, at) = source_word(&low, true)?;
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
            return self.ends_with(before.get(..word)?);
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
                    let said = rest.trim_start().starts_with("of ") || rest.starts_with(": ");
                    let sure = (said || is_of_manifest(&name)) && !name.is_empty();
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
    pub(in crate::articles::build) fn only(&self, title: &str) -> Option<(String, Arc<str>)> {
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
    pub(super) fn ends_with(&self, before: &str) -> Option<(String, Arc<str>)> {
        // "any DISK error (event ID 7, 9, 11)": the bracket parts nothing.
        let before = before.trim_end().trim_end_matches(['(', '[']);
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
    pub(super) fn begins_with(&self, behind: &str) -> Option<(String, Arc<str>)> {
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
            let protocol = PROTOCOLS.iter().any(|name| rest.starts_with(name));
            if !protocol && let Some(found) = self.longest(rest, true) {
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
    pub(super) fn service(&self, text: &str) -> Option<(String, Arc<str>)> {
        let (name, rest) = text.split_once(' ')?;
        let named = name.starts_with(char::is_uppercase) && rest.starts_with("service");
        let known = self.known(name, false).filter(|_| named)?;
        Some((name.to_owned(), known))
    }

    /// The longest known name at the beginning of a text.
    pub(super) fn longest(&self, text: &str, strict: bool) -> Option<(String, Arc<str>)> {
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
    pub(in crate::articles::build) fn leading(&self, lead: &str) -> Option<(String, Arc<str>)> {
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

/// No name of anything else begins so.
fn is_of_manifest(name: &str) -> bool {
    name.starts_with("Microsoft-Windows-")
}

/// "events for NTLM": what they are about, not who writes them.
const PROTOCOLS: &[&str] = &["Kerberos", "NTLM"];

/// Where the first (or the last) word "source" of a text begins and ends. "provider" is as good in front of a
/// name that only one can have.
fn source_word(low: &str, last: bool) -> Option<(usize, usize)> {
    let found = match last {
        true => low.rfind("source"),
        false => low.find("source"),
    };
    if let Some(at) = found {
        return Some((at, at + "source".len()));
    }
    let at = low.find("provider ")?;
    let end = at + "provider".len();
    let name = low
        .get(end..)?
        .trim_start_matches(|c: char| !c.is_alphanumeric());
    let name = name.strip_prefix("name ").unwrap_or(name);
    name.starts_with("microsoft-windows-").then_some((at, end))
}

/// Words of a name.
const MOST_WORDS: usize = 7;

/// The words of a name at the beginning of a text: up to a sign, a word in small letters, or the
/// name of a field.
pub(in crate::articles::build) fn named(text: &str) -> String {
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
    for word in text.split_whitespace().take(MOST_WORDS) {
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
