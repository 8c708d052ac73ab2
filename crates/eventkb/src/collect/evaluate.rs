//! One event against one part of a signature: does it meet the conditions, and what does it carry?
//!
//! Three answers, never two: a condition on a value that the record does not have is *unknown*,
//! which is neither found nor contradicted.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::view::View;
use crate::report::Answer;
use crate::signature::compile::{CompiledCapture, Leaf, Matcher, Node, Subject, Test};
use crate::signature::model::{Encoding, Shape};
use crate::signature::{number, text};

/// Why one event answers a part of a signature as it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Evaluation {
    /// What became of each condition, and the value that it saw: in the order of conditions.
    pub(crate) conditions: Vec<(Answer, Option<String>)>,
    /// Level and category fit. When they do not, the answer is `No`.
    pub(crate) kind_fits: bool,
}

impl Evaluation {
    /// Of an event that its class has been told about already.
    pub(crate) fn of(matcher: &Matcher, view: &View<'_>) -> Evaluation {
        let mut evaluation = Evaluation {
            conditions: Vec::new(),
            kind_fits: true,
        };
        evaluate(matcher, view, &mut evaluation);
        evaluation
    }
}

/// Takes what an evaluation finds out, piece by piece. Most events only need to be recognised as
/// one more of a class that is known, so most evaluations are hashed and never built.
pub(crate) trait EvaluationSink {
    /// What became of the next condition, and the value it saw.
    fn condition(&mut self, answer: Answer, seen: Option<&str>);
    /// A captured value.
    fn capture(&mut self, capture: usize, value: &str);
    /// The evaluation is over.
    fn end(&mut self, answer: Answer, kind_fits: bool, from_text: bool);
}

impl EvaluationSink for Evaluation {
    fn condition(&mut self, answer: Answer, seen: Option<&str>) {
        self.conditions.push((answer, seen.map(str::to_owned)));
    }

    fn capture(&mut self, _: usize, _: &str) {}

    fn end(&mut self, _: Answer, kind_fits: bool, _: bool) {
        self.kind_fits = kind_fits;
    }
}

/// How an event answers a part, and nothing else of it.
pub(crate) fn answer_of(matcher: &Matcher, view: &View<'_>) -> Answer {
    struct Only(Answer);
    impl EvaluationSink for Only {
        fn condition(&mut self, _: Answer, _: Option<&str>) {}
        fn capture(&mut self, _: usize, _: &str) {}
        fn end(&mut self, answer: Answer, _: bool, _: bool) {
            self.0 = answer;
        }
    }
    let mut only = Only(Answer::Unknown);
    evaluate(matcher, view, &mut only);
    only.0
}

/// The values that a part captures of an event, and nothing else.
pub(crate) fn captures_of(matcher: &Matcher, view: &View<'_>) -> Captures {
    let mut captures = Captures::default();
    let mut text = String::new();
    for (n, capture) in matcher.captures.iter().enumerate() {
        if let Some(value) = captured(capture, view) {
            text.push_str(&value);
            let end = u32::try_from(n).ok().zip(u32::try_from(text.len()).ok());
            captures.ends.extend(end);
        }
    }
    captures.text = text.into();
    captures
}

/// Captured values, as written, with the numbers of their captures. All in one piece of memory: there
/// may be very many.
#[derive(Debug, Clone, Default)]
pub(crate) struct Captures {
    text: Box<str>,
    /// The number of a capture, and where its value ends.
    ends: SmallVec<[(u32, u32); 2]>,
}

impl Captures {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &str)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        let values = starts.zip(&self.ends);
        values.map(|(start, (n, end))| {
            let value = self.text.get(start as usize..*end as usize);
            (*n as usize, value.unwrap_or(""))
        })
    }

    /// The first value.
    pub(crate) fn first(&self) -> Option<&str> {
        self.iter().next().map(|(_, value)| value)
    }
}

/// An event against a part.
pub(crate) fn evaluate(matcher: &Matcher, view: &View<'_>, sink: &mut impl EvaluationSink) {
    let kind_fits = level_fits(matcher, view) && category_fits(matcher, view);
    let mut answer = if kind_fits { Answer::Yes } else { Answer::No };
    for node in &matcher.conditions {
        let (holds, seen) = node_holds(node, view);
        answer = answer.max(holds);
        sink.condition(holds, seen.as_deref());
    }
    for (n, capture) in matcher.captures.iter().enumerate() {
        if let Some(value) = captured(capture, view) {
            sink.capture(n, &value);
        }
    }
    sink.end(answer, kind_fits, view.from_text);
}

fn level_fits(matcher: &Matcher, view: &View<'_>) -> bool {
    let have = view.event.level;
    matcher.levels.is_empty()
        || have.is_none_or(|have| matcher.levels.iter().any(|want| want.is(have)))
}

fn category_fits(matcher: &Matcher, view: &View<'_>) -> bool {
    let event = view.event;
    // A record that carries neither name nor number cannot contradict.
    if matcher.categories.is_empty() || (event.category.is_none() && event.category_name.is_none())
    {
        return true;
    }
    matcher.categories.iter().any(|want| {
        let by_number = want.number.is_some() && want.number == event.category;
        let by_name = want.name.as_deref().zip(event.category_name.as_deref());
        by_number || by_name.is_some_and(|(want, have)| want.eq_ignore_ascii_case(have))
    })
}

fn turned(answer: Answer, not: bool) -> Answer {
    match answer {
        Answer::Yes if not => Answer::No,
        Answer::No if not => Answer::Yes,
        answer => answer,
    }
}

/// Whether a condition holds, and the first value that it saw.
fn node_holds<'v>(node: &Node, view: &'v View<'_>) -> (Answer, Option<Cow<'v, str>>) {
    let (parts, not, is_any) = match node {
        Node::Leaf(leaf) => return leaf_holds(leaf, view),
        Node::Any(parts, not) => (parts, *not, true),
        Node::All(parts, not) => (parts, *not, false),
    };
    // `No` is the greatest answer: one part that fails decides `all`, one that holds `any`.
    let mut answer = if is_any { Answer::No } else { Answer::Yes };
    let mut first = None;
    for part in parts {
        let (holds, seen) = node_holds(part, view);
        answer = if is_any {
            answer.min(holds)
        } else {
            answer.max(holds)
        };
        first = first.or(seen);
    }
    (turned(answer, not), first)
}

fn leaf_holds<'v>(leaf: &Leaf, view: &'v View<'_>) -> (Answer, Option<Cow<'v, str>>) {
    if leaf.subject == Subject::AnyValue {
        let Some(mut values) = view.values() else {
            return (Answer::Unknown, None);
        };
        let hit = values.find(|value| fits(leaf, value));
        let answer = if hit.is_some() {
            Answer::Yes
        } else {
            Answer::No
        };
        return (turned(answer, leaf.not), hit.map(Cow::Borrowed));
    }
    let value = view.value(&leaf.subject).filter(|value| !value.is_empty());
    let answer = match (&leaf.test, &value) {
        (Test::Present(_), None) if view.values().is_none() => Answer::Unknown,
        (Test::Present(wanted), value) if value.is_some() == *wanted => Answer::Yes,
        (Test::Present(_), _) => Answer::No,
        (_, None) => Answer::Unknown,
        (_, Some(value)) if fits(leaf, value) => Answer::Yes,
        (_, Some(_)) => Answer::No,
    };
    // A whole message would make a class of every event.
    let shown = value.filter(|_| leaf.subject != Subject::Message);
    (turned(answer, leaf.not), shown)
}

fn fits(leaf: &Leaf, value: &str) -> bool {
    let part_fits = |text: &str| match &leaf.part {
        None => test_fits(&leaf.test, text),
        Some(pattern) => pattern
            .get()
            .and_then(|regex| regex.captures(text::within_limit(text))?.get(1))
            .is_some_and(|part| test_fits(&leaf.test, part.as_str())),
    };
    if leaf.each_line {
        value.lines().any(part_fits)
    } else {
        part_fits(value)
    }
}

fn test_fits(test: &Test, value: &str) -> bool {
    match test {
        Test::Numbers(ranges) => number::of_value(value).is_some_and(|n| in_one_of(ranges, n)),
        Test::ContainsNumber(ranges) => {
            number::all_in(text::within_limit(value)).any(|n| in_one_of(ranges, n))
        }
        Test::MoreThan(limit) => number::signed(value).is_some_and(|n| n > *limit),
        Test::LessThan(limit) => number::signed(value).is_some_and(|n| n < *limit),
        Test::Bits { mask, set } => {
            number::of_value(value).is_some_and(|n| n.cast_unsigned() & mask == *set)
        }
        Test::Is(texts) => texts.iter().any(|wanted| text::is_folded(value, wanted)),
        Test::IsExactly(texts) => texts.iter().any(|wanted| value == wanted),
        Test::StartsWith(texts) => texts.iter().any(|w| text::starts_folded(value, w)),
        Test::EndsWith(texts) => texts.iter().any(|w| text::ends_folded(value, w)),
        Test::Contains(texts) => texts.iter().any(|w| text::contains_folded(value, w)),
        Test::Pattern(pattern) => pattern
            .get()
            .is_some_and(|regex| regex.is_match(text::within_limit(value))),
        Test::Present(wanted) => value.is_empty() != *wanted,
    }
}

fn in_one_of(ranges: &[(i64, i64)], number: i64) -> bool {
    let mut ranges = ranges.iter();
    ranges.any(|(low, high)| (*low..=*high).contains(&number))
}

fn captured<'v>(capture: &CompiledCapture, view: &'v View<'_>) -> Option<Cow<'v, str>> {
    let has_strings = view.event.strings.is_some();
    if let (false, Some(pattern)) = (has_strings, &capture.from_text) {
        let message = text::within_limit(view.event.message.as_deref()?);
        let found = pattern.get()?.captures(message)?.get(1)?;
        return decoded(capture.encoding, Cow::Borrowed(found.as_str()));
    }
    let strings = view.strings();
    if capture
        .strings
        .is_some_and(|count| strings.is_none_or(|strings| strings.len() != count))
    {
        return None;
    }
    let direct = match &capture.subject {
        None | Some(Subject::AnyValue) => None,
        Some(subject) => view
            .value(subject)
            .and_then(|value| narrowed(capture, value)),
    };
    let looks_elsewhere = capture.shape.is_some() || capture.subject == Some(Subject::AnyValue);
    let value = direct.or_else(|| {
        let mut all = view.values().filter(|_| looks_elsewhere)?;
        all.find_map(|value| narrowed(capture, Cow::Borrowed(value)))
    })?;
    decoded(capture.encoding, value).filter(|value| !value.trim().is_empty())
}

/// A value as far as shape and part let it through.
fn narrowed<'v>(capture: &CompiledCapture, value: Cow<'v, str>) -> Option<Cow<'v, str>> {
    let value = match &capture.part {
        None => value,
        Some(pattern) => {
            let found = pattern
                .get()?
                .captures(text::within_limit(&value))?
                .get(1)?;
            Cow::Owned(found.as_str().to_owned())
        }
    };
    capture
        .shape
        .is_none_or(|shape| has_shape(&value, shape))
        .then_some(value)
}

fn decoded(encoding: Encoding, value: Cow<'_, str>) -> Option<Cow<'_, str>> {
    match encoding {
        Encoding::Text => Some(value),
        Encoding::HexAscii => hex_ascii(&value).map(Cow::Owned),
    }
}

/// Whether a value looks like this.
pub(crate) fn has_shape(value: &str, shape: Shape) -> bool {
    let value = value.trim();
    match shape {
        Shape::Dn => value
            .get(..3)
            .is_some_and(|head| head.eq_ignore_ascii_case("/o=")),
        Shape::Number => number::parse(value).is_some(),
        Shape::ComputerName => {
            !value.is_empty()
                && value.len() <= 255
                && value
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
                && !value.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        }
        Shape::Ipv4 => value.parse::<std::net::Ipv4Addr>().is_ok(),
        Shape::Guid => is_guid(value),
        Shape::Sid => value
            .get(..4)
            .is_some_and(|head| head.eq_ignore_ascii_case("S-1-")),
        Shape::Path => {
            value.starts_with('\\') || value.as_bytes().get(1..3).is_some_and(|b| b == b":\\")
        }
    }
}

fn is_guid(value: &str) -> bool {
    let value = value
        .strip_prefix('{')
        .and_then(|inner| inner.strip_suffix('}'))
        .unwrap_or(value);
    let mut lengths = value.split('-').map(str::len);
    value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
        && [8, 4, 4, 4, 12]
            .into_iter()
            .all(|n| lengths.next() == Some(n))
        && lengths.next().is_none()
}

/// `52656d6f74654d5441` is `RemoteMTA`; `91F5C11B` is an address and no name (Q193380).
fn hex_ascii(text: &str) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_names_and_addresses() {
        assert_eq!(
            hex_ascii("52656d6f74654d5441").as_deref(),
            Some("RemoteMTA")
        );
        assert_eq!(hex_ascii("91F5C11B"), None);
        assert_eq!(hex_ascii("abc"), None);
        assert_eq!(hex_ascii("éé"), None);
    }

    #[test]
    fn shapes() {
        for (value, shape) in [
            ("/O=MSFT/OU=X", Shape::Dn),
            ("SEATTLE-2.corp", Shape::ComputerName),
            ("172.16.0.2", Shape::Ipv4),
            ("%%1053", Shape::Number),
            ("{00000000-0000-0000-c000-000000000046}", Shape::Guid),
            ("S-1-5-18", Shape::Sid),
            ("C:\\x", Shape::Path),
            ("\\Device\\Harddisk1\\DR1", Shape::Path),
        ] {
            assert!(has_shape(value, shape), "{value} {shape:?}");
        }
        assert!(!has_shape("o=MSFT", Shape::Dn));
        assert!(!has_shape("172.16.0.2", Shape::ComputerName));
        assert!(!has_shape("{00000000-0000}", Shape::Guid));
    }
}
