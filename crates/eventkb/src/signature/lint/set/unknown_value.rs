//! Names of values that something knows.

use crate::signature::compile::ids_of;
use crate::signature::lint::{Check, Found, Lint, Others, example, walk};
use crate::signature::model::EventSelector;
use crate::signature::model::Signature;
use crate::signature::nearest::did_you_mean;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK402",
    name: "unknown_value",
    severity: ProblemSeverity::Warning,
    summary: "A `value` is a name that the catalogue or an example of the signature has for one of the events.",
    why: "A name that no record has can never be met: the condition cannot be checked, the \
          capture stays empty, and nothing says so.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "eror", "number": 5 }] }"#,
        r#"{ "where": [{ "value": "error", "number": 5 }] }"#,
    ),
    check: Check::InSet(check),
};

fn check(signature: &Signature, others: &Others<'_>, found: &mut Found<'_>) {
    for part in walk::parts(signature) {
        let mut names = Vec::new();
        let mut conditions = Vec::new();
        walk::conditions_of(&part.path.key("where"), part.conditions, 0, &mut conditions);
        for (path, condition, _) in conditions {
            names.extend(
                condition
                    .value
                    .as_ref()
                    .map(|name| (path.key("value"), name)),
            );
        }
        for (path, capture) in part.captures {
            names.extend(capture.value.as_ref().map(|name| (path.key("value"), name)));
        }
        if names.is_empty() {
            continue;
        }
        let known = known_names(part.events, others);
        for (path, name) in names {
            if known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                continue;
            }
            let shown: Vec<&str> = known.iter().map(String::as_str).collect();
            let help = if known.is_empty() {
                "add the event to the catalogue, or an example whose event has it in `named`"
                    .to_owned()
            } else {
                did_you_mean(name, &shown)
            };
            let message = format!(
                "neither the catalogue nor an example knows a value `{name}` of this event"
            );
            found.add_help(&path, message, help);
        }
    }
}

/// Ids looked up of one range: what a range has in common stands in its first ones.
const MOST_OF_RANGE: u16 = 32;

/// Every name of a value that is known of these events.
fn known_names(events: &[EventSelector], others: &Others<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for selector in events {
        let provider = selector.provider.trim_end_matches('*');
        for (low, high) in ids_of(&selector.id).unwrap_or_default() {
            for id in low..=high.min(low.saturating_add(MOST_OF_RANGE)) {
                names.extend(others.set.value_names(provider, id));
            }
        }
    }
    let selectors = events
        .iter()
        .filter_map(crate::signature::compile::Selector::of);
    let selectors: Vec<_> = selectors.collect();
    let examples = others.examples.iter().flat_map(|e| &e.examples);
    for note in examples.flat_map(|example| &example.events) {
        if selectors
            .iter()
            .any(|s| s.fits(&[note.provider.as_str()], note.event_id))
        {
            names.extend(note.named.iter().map(|(name, _)| name.clone()));
        }
    }
    names.sort();
    names.dedup();
    names
}
