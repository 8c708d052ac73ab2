//! Shows a classic event as a sentence, from a signature's own words and the insertion strings.

use super::model::{Layout, Symptom};
use crate::event::Event;

/// The names between braces, in order.
pub(crate) fn placeholders(sentence: &str) -> impl Iterator<Item = &str> {
    sentence
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
}

/// The layout of an event: the one that has as many fields as the event has strings.
pub(crate) fn layout_of<'a>(layouts: &'a [Layout], strings: &[String]) -> Option<&'a Layout> {
    layouts
        .iter()
        .find(|layout| layout.fields.len() == strings.len())
}

/// The value of a field in these strings.
pub(crate) fn field_value<'a>(
    layouts: &[Layout],
    strings: &'a [String],
    field: &str,
) -> Option<&'a str> {
    let layout = layout_of(layouts, strings)?;
    let position = layout.fields.iter().position(|name| name == field)?;
    strings.get(position).map(String::as_str)
}

/// Fills the symptom's sentence with the event's strings; `?` stands for a missing one.
pub(crate) fn fill(symptom: &Symptom, event: &Event) -> Option<String> {
    let sentence = symptom.sentence.as_deref()?;
    let strings = event.strings.as_deref().unwrap_or(&[]);
    Some(fill_text(sentence, &symptom.layouts, strings))
}

/// Fills a sentence; see [`fill`].
pub(crate) fn fill_text(sentence: &str, layouts: &[Layout], strings: &[String]) -> String {
    let mut parts = sentence.split('{');
    let mut out = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let Some((name, rest)) = part.split_once('}') else {
            out.push('{');
            out.push_str(part);
            continue;
        };
        let value = match name.parse::<usize>() {
            Ok(position) => position
                .checked_sub(1)
                .and_then(|at| strings.get(at))
                .map(String::as_str),
            Err(_) => field_value(layouts, strings, name),
        };
        out.push_str(value.unwrap_or("?"));
        out.push_str(rest);
    }
    out
}
