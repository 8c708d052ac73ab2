//! One event against one part of a signature: does it meet the conditions, and what does it carry?
//!
//! Three answers, never two: a condition on a value that the record does not have is *unknown*,
//! which is neither found nor contradicted.

use std::sync::OnceLock;

use regex_lite::Regex;
use serde::{Deserialize, Serialize};

use crate::event::{Event, level_name};
use crate::signature::model::{
    Capture, Category, Condition, FromText, Layout, LevelName, NameEncoding, NameSource, RuleOut,
    Shape, Signature, Symptom,
};
use crate::signature::sentence::field_value;

/// Whether an event meets all conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Met {
    /// All hold.
    Yes,
    /// The record does not carry a value that is asked for.
    Unknown,
    /// At least one does not hold.
    No,
}

/// What one event is to one part of a signature.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Evaluation {
    pub(crate) met: Met,
    /// Captured values, as written: `(capture index, value)`.
    pub(crate) captures: Vec<(u16, String)>,
    /// The value each condition saw, `None` where there was none: in the order of conditions.
    pub(crate) seen: Vec<Option<String>>,
    /// Level and category fit. When they do not, `met` is `No`.
    pub(crate) kind_fits: bool,
    /// The values were read from the message text.
    pub(crate) from_text: bool,
}

/// Takes what an evaluation finds out, piece by piece. Most events only need to be recognised as
/// one more of a class that is known, so most evaluations are hashed and never built.
pub(crate) trait Outcome {
    /// The value the next condition saw.
    fn seen(&mut self, value: Option<&str>);
    /// A captured value.
    fn capture(&mut self, capture: u16, value: &str);
    /// The evaluation is over.
    fn end(&mut self, met: Met, kind_fits: bool, from_text: bool);
}

/// Builds an [`Evaluation`].
#[derive(Debug)]
pub(crate) struct Build(pub(crate) Evaluation);

impl Default for Build {
    fn default() -> Self {
        Build(Evaluation {
            met: Met::Unknown,
            captures: Vec::new(),
            seen: Vec::new(),
            kind_fits: true,
            from_text: false,
        })
    }
}

impl Outcome for Build {
    fn seen(&mut self, value: Option<&str>) {
        self.0.seen.push(value.map(str::to_owned));
    }

    fn capture(&mut self, capture: u16, value: &str) {
        self.0.captures.push((capture, value.to_owned()));
    }

    fn end(&mut self, met: Met, kind_fits: bool, from_text: bool) {
        self.0.met = met;
        self.0.kind_fits = kind_fits;
        self.0.from_text = from_text;
    }
}

/// The insertion strings of an event, or what the signature can read of them from its text. A
/// string that is not known is empty, and an empty string answers no condition.
fn strings_of<'a>(
    event: &'a Event,
    from_text: &[FromText],
    patterns: &[OnceLock<Option<Regex>>],
    store: &'a mut Vec<String>,
) -> (Option<&'a [String]>, bool) {
    if let Some(strings) = &event.strings {
        return (Some(strings), false);
    }
    let Some(message) = &event.message else {
        return (None, false);
    };
    for (bind, cell) in from_text.iter().zip(patterns) {
        let Some(regex) = compiled(cell, &bind.pattern) else {
            continue;
        };
        let Some(value) = regex.captures(message).and_then(|found| found.get(1)) else {
            continue;
        };
        if store.len() < bind.string {
            store.resize(bind.string, String::new());
        }
        if let Some(slot) = store.get_mut(bind.string - 1) {
            value.as_str().trim().clone_into(slot);
        }
    }
    if store.is_empty() {
        (None, false)
    } else {
        (Some(store), true)
    }
}

fn compiled<'a>(cell: &'a OnceLock<Option<Regex>>, pattern: &str) -> Option<&'a Regex> {
    cell.get_or_init(|| Regex::new(pattern).ok()).as_ref()
}

/// The patterns of one part of a signature, compiled when first needed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Patterns {
    conditions: Vec<OnceLock<Option<Regex>>>,
    from_text: Vec<OnceLock<Option<Regex>>>,
}

impl Patterns {
    fn sized(conditions: usize, from_text: usize) -> Patterns {
        Patterns {
            conditions: (0..conditions).map(|_| OnceLock::new()).collect(),
            from_text: (0..from_text).map(|_| OnceLock::new()).collect(),
        }
    }
}

/// The patterns of one source of names.
#[derive(Debug, Clone, Default)]
pub(crate) struct NamePatterns {
    pattern: OnceLock<Option<Regex>>,
    from_text: OnceLock<Option<Regex>>,
}

/// The patterns of one signature, by part.
#[derive(Debug, Clone, Default)]
pub(crate) struct SignaturePatterns {
    pub(crate) symptoms: Vec<Patterns>,
    pub(crate) rules_out: Vec<Patterns>,
    pub(crate) names: Vec<NamePatterns>,
    pub(crate) own_names: Vec<NamePatterns>,
}

impl SignaturePatterns {
    pub(crate) fn of(signature: &Signature) -> SignaturePatterns {
        let cause = signature.cause_check.as_ref();
        let cells = |n: usize| (0..n).map(|_| NamePatterns::default()).collect();
        SignaturePatterns {
            symptoms: signature
                .symptoms
                .iter()
                .map(|s| Patterns::sized(s.conditions.len(), s.from_text.len()))
                .collect(),
            rules_out: signature
                .rules_out
                .iter()
                .map(|r| Patterns::sized(r.conditions.len(), 0))
                .collect(),
            names: cells(cause.map_or(0, |c| c.names.len())),
            own_names: cells(cause.map_or(0, |c| c.own_names.len())),
        }
    }
}

/// What is asked of an event: the parts that symptoms and rule-outs share.
struct Ask<'a> {
    layouts: &'a [Layout],
    conditions: &'a [Condition],
    captures: &'a [Capture],
    from_text: &'a [FromText],
    level: &'a [LevelName],
    category: &'a [Category],
}

/// An event against a symptom.
pub(crate) fn symptom(
    symptom: &Symptom,
    patterns: &Patterns,
    event: &Event,
    outcome: &mut impl Outcome,
) {
    let ask = Ask {
        layouts: &symptom.layouts,
        conditions: &symptom.conditions,
        captures: &symptom.capture,
        from_text: &symptom.from_text,
        level: &symptom.level,
        category: &symptom.category,
    };
    evaluate(&ask, patterns, event, outcome);
}

/// An event against a `rules_out` clause.
pub(crate) fn rule_out(
    clause: &RuleOut,
    patterns: &Patterns,
    event: &Event,
    outcome: &mut impl Outcome,
) {
    let ask = Ask {
        layouts: &clause.layouts,
        conditions: &clause.conditions,
        captures: &clause.capture,
        from_text: &[],
        level: &[],
        category: &[],
    };
    evaluate(&ask, patterns, event, outcome);
}

fn evaluate(ask: &Ask<'_>, patterns: &Patterns, event: &Event, outcome: &mut impl Outcome) {
    let mut store = Vec::new();
    let (strings, from_text) = strings_of(event, ask.from_text, &patterns.from_text, &mut store);
    let kind_fits = level_fits(ask.level, event) && category_fits(ask.category, event);
    let mut met = if kind_fits { Met::Yes } else { Met::No };
    for (n, condition) in ask.conditions.iter().enumerate() {
        let cell = patterns.conditions.get(n);
        let (holds, value) = test(condition, ask.layouts, strings, event, cell);
        met = met.max(holds);
        outcome.seen(value);
    }
    for (capture, n) in ask.captures.iter().zip(0_u16..) {
        if let Some(value) = captured(capture, ask.layouts, strings, event) {
            outcome.capture(n, value);
        }
    }
    outcome.end(met, kind_fits, from_text);
}

fn level_fits(levels: &[LevelName], event: &Event) -> bool {
    levels.is_empty()
        || event
            .level
            .is_none_or(|have| levels.iter().any(|want| want.is(have)))
}

fn category_fits(categories: &[Category], event: &Event) -> bool {
    // A record that carries neither name nor number cannot contradict.
    if categories.is_empty() || (event.category.is_none() && event.category_name.is_none()) {
        return true;
    }
    categories.iter().any(|want| {
        let by_number = want.number.is_some() && want.number == event.category;
        let by_name = want.name.as_deref().zip(event.category_name.as_deref());
        by_number || by_name.is_some_and(|(want, have)| want.eq_ignore_ascii_case(have))
    })
}

/// Tests one condition; also gives the value it saw.
fn test<'e>(
    condition: &Condition,
    layouts: &[Layout],
    strings: Option<&'e [String]>,
    event: &'e Event,
    pattern: Option<&OnceLock<Option<Regex>>>,
) -> (Met, Option<&'e str>) {
    let value = if let Some(position) = condition.string {
        strings
            .and_then(|s| s.get(position.checked_sub(1)?))
            .map(String::as_str)
    } else if let Some(field) = &condition.field {
        strings.and_then(|s| field_value(layouts, s, field))
    } else if let Some(name) = &condition.named {
        named(event, name)
    } else if condition.message {
        event.message.as_deref()
    } else {
        let Some(strings) = strings else {
            return (Met::Unknown, None);
        };
        let hit = strings.iter().find(|s| holds(condition, s, pattern));
        let met = if hit.is_some() == condition.not {
            Met::No
        } else {
            Met::Yes
        };
        return (met, hit.map(String::as_str));
    };
    match value {
        None | Some("") => (Met::Unknown, None),
        Some(value) => {
            let met = if holds(condition, value, pattern) == condition.not {
                Met::No
            } else {
                Met::Yes
            };
            (met, Some(value))
        }
    }
}

fn holds(condition: &Condition, value: &str, pattern: Option<&OnceLock<Option<Regex>>>) -> bool {
    if let Some(number) = condition.number {
        return whole_number(value) == Some(number);
    }
    if let Some(numbers) = &condition.number_in {
        return whole_number(value).is_some_and(|value| numbers.contains(&value));
    }
    if let Some(text) = &condition.text {
        return value == text;
    }
    if let Some(text) = &condition.text_ignoring_case {
        return same_ignoring_case(value, text);
    }
    if let (Some(text), Some(cell)) = (&condition.pattern, pattern) {
        return compiled(cell, text).is_some_and(|regex| regex.is_match(value));
    }
    false
}

/// Whether a value is what a condition asks for.
pub(crate) fn satisfies(condition: &Condition, value: &str) -> bool {
    holds(condition, value, Some(&OnceLock::new())) != condition.not
}

/// Reads a whole number as logs write it: decimal or `0x` hex, spaces around it, leading zeros.
/// Anything else, such as `5.0` or `5 (access denied)`, is no whole number.
pub(crate) fn whole_number(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let value = match digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
    {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
            i64::from_str_radix(hex, 16).ok()?
        }
        Some(_) => return None,
        None if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
        None => return None,
    };
    Some(if negative { -value } else { value })
}

/// Whether two texts are the same but for case.
pub(crate) fn same_ignoring_case(a: &str, b: &str) -> bool {
    a == b || fold(a) == fold(b)
}

/// A text with case and surrounding space taken out.
pub(crate) fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

fn named<'a>(event: &'a Event, name: &str) -> Option<&'a str> {
    let (_, value) = event
        .named
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    Some(value)
}

fn captured<'a>(
    capture: &Capture,
    layouts: &[Layout],
    strings: Option<&'a [String]>,
    event: &'a Event,
) -> Option<&'a str> {
    if let Some(name) = &capture.named {
        return named(event, name).filter(|value| !value.is_empty());
    }
    let strings = strings?;
    let direct = match (capture.string, &capture.field) {
        (Some(position), _) => strings.get(position.checked_sub(1)?).map(String::as_str),
        (None, Some(field)) => field_value(layouts, strings, field),
        (None, None) => None,
    };
    let value = match capture.shape {
        None => direct,
        Some(shape) => direct.filter(|value| has_shape(value, shape)).or_else(|| {
            strings
                .iter()
                .map(String::as_str)
                .find(|s| has_shape(s, shape))
        }),
    };
    value.filter(|value| !value.trim().is_empty())
}

fn has_shape(value: &str, shape: Shape) -> bool {
    let value = value.trim();
    match shape {
        Shape::Dn => value
            .get(..3)
            .is_some_and(|head| head.eq_ignore_ascii_case("/o=")),
        Shape::Number => !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()),
        Shape::ComputerName => {
            !value.is_empty()
                && value.len() <= 255
                && value
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
                && !value.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        }
        Shape::Ipv4 => value.parse::<std::net::Ipv4Addr>().is_ok(),
    }
}

/// The computer name an event gives, if it gives one.
pub(crate) fn name(
    source: &NameSource,
    patterns: Option<&NamePatterns>,
    event: &Event,
) -> Option<String> {
    let found = match &event.strings {
        Some(strings) => name_in_strings(source, patterns, strings)?,
        None => {
            let regex = compiled(&patterns?.from_text, source.from_text.as_deref()?)?;
            regex.captures(event.message.as_deref()?)?.get(1)?.as_str()
        }
    };
    let decoded = match source.encoding {
        NameEncoding::Text => found.trim().to_owned(),
        NameEncoding::HexAscii => hex_name(found)?,
    };
    // `DOMAIN\name` and `\\name` are ways to write `name`.
    let bare = decoded.rsplit('\\').next().unwrap_or_default();
    has_shape(bare, Shape::ComputerName).then(|| bare.to_owned())
}

fn name_in_strings<'e>(
    source: &NameSource,
    patterns: Option<&NamePatterns>,
    strings: &'e [String],
) -> Option<&'e str> {
    if source.strings.is_some_and(|count| count != strings.len()) {
        return None;
    }
    let candidates = match source.string {
        Some(position) => std::slice::from_ref(strings.get(position.checked_sub(1)?)?),
        None => strings,
    };
    candidates
        .iter()
        .find_map(|value| match (&source.pattern, patterns) {
            (Some(text), Some(patterns)) => {
                let regex = compiled(&patterns.pattern, text)?;
                Some(regex.captures(value)?.get(1)?.as_str())
            }
            _ => Some(value.as_str()),
        })
}

/// `52656d6f74654d5441` is `RemoteMTA`; `91F5C11B` is an address and no name (Q193380).
fn hex_name(text: &str) -> Option<String> {
    let text = text.trim();
    if !text.len().is_multiple_of(2) || text.len() < 4 || !text.is_ascii() {
        return None;
    }
    let mut name = String::with_capacity(text.len() / 2);
    for pair in text.as_bytes().chunks(2) {
        let byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        if !(byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
            return None;
        }
        name.push(char::from(byte));
    }
    Some(name)
}

/// A condition in words: `string 2 is 9301 (no gateway has this network address)`.
pub(crate) fn in_words(condition: &Condition) -> String {
    let subject = if let Some(position) = condition.string {
        format!("string {position}")
    } else if let Some(field) = &condition.field {
        field.clone()
    } else if let Some(name) = &condition.named {
        name.clone()
    } else if condition.message {
        "the message".to_owned()
    } else {
        "any string".to_owned()
    };
    let is = if condition.not { "is not" } else { "is" };
    let test = if let Some(number) = condition.number {
        format!("{is} {number}")
    } else if let Some(numbers) = &condition.number_in {
        let list: Vec<String> = numbers.iter().map(i64::to_string).collect();
        format!("{is} one of {}", list.join(", "))
    } else if let Some(text) = &condition.text {
        format!("{is} \"{text}\"")
    } else if let Some(text) = &condition.text_ignoring_case {
        format!("{is} \"{text}\" in any case")
    } else {
        let matches = if condition.not {
            "does not match"
        } else {
            "matches"
        };
        format!("{matches} {}", condition.pattern.as_deref().unwrap_or(""))
    };
    match &condition.meaning {
        Some(meaning) => format!("{subject} {test} ({meaning})"),
        None => format!("{subject} {test}"),
    }
}

/// Level and category conditions in words.
pub(crate) fn kind_in_words(symptom: &Symptom) -> Vec<String> {
    let mut words = Vec::new();
    if !symptom.level.is_empty() {
        let list: Vec<&str> = symptom
            .level
            .iter()
            .map(|level| level_word(*level))
            .collect();
        words.push(format!("level is {}", list.join(" or ")));
    }
    if !symptom.category.is_empty() {
        let list: Vec<String> = symptom
            .category
            .iter()
            .map(|c| match (&c.name, c.number) {
                (Some(name), _) => name.clone(),
                (None, Some(number)) => number.to_string(),
                (None, None) => String::new(),
            })
            .collect();
        words.push(format!("category is {}", list.join(" or ")));
    }
    words
}

fn level_word(level: LevelName) -> &'static str {
    match level {
        LevelName::Critical => level_name(1),
        LevelName::Error => level_name(2),
        LevelName::Warning => level_name(3),
        LevelName::Information => level_name(4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_only() {
        assert_eq!(whole_number(" 05 "), Some(5));
        assert_eq!(whole_number("0x5"), Some(5));
        assert_eq!(whole_number("-1"), Some(-1));
        for text in [
            "",
            "5.0",
            "5 (denied)",
            "19301x",
            "0xg",
            "--5",
            "0x",
            "99999999999999999999",
        ] {
            assert_eq!(whole_number(text), None, "{text}");
        }
    }

    #[test]
    fn hex_names_and_addresses() {
        assert_eq!(hex_name("52656d6f74654d5441").as_deref(), Some("RemoteMTA"));
        assert_eq!(hex_name("4E434F5354455354").as_deref(), Some("NCOSTEST"));
        assert_eq!(hex_name("91F5C11B"), None);
        assert_eq!(hex_name("abc"), None);
        assert_eq!(hex_name("éé"), None);
    }

    #[test]
    fn shapes() {
        assert!(has_shape("/O=MSFT/OU=X", Shape::Dn));
        assert!(!has_shape("o=MSFT", Shape::Dn));
        assert!(has_shape("SEATTLE-2.corp", Shape::ComputerName));
        assert!(!has_shape("172.16.0.2", Shape::ComputerName));
        assert!(has_shape("172.16.0.2", Shape::Ipv4));
    }
}
