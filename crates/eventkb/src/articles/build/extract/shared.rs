//! Sources that are said once for several events: "These events all have the event source Contoso", or the
//! heading above their table.

use super::found::Pass;
use crate::articles::build::sources;

/// What makes a sentence one about all events below it.
const ALL: &[&str] = &[
    "all events",
    "all of the events",
    "all of these",
    "all the events",
    "each event",
    "each of the",
    "events all ",
    "events below",
    "events in this",
    "events listed",
    "every event",
    "following events",
    "following table",
    "these events",
    "this article lists",
];

/// What stands between the word "source" and a name.
const JOINTS: &[&str] = &[
    "name ", "named ", "of ", "is ", "are ", "as ", "the ", "to ", ": ", "= ", "set ",
];

/// Takes a source that is said of all events for those below it that have none.
pub(super) fn said_of_all(pass: &mut Pass) {
    let Pass {
        found, paragraphs, ..
    } = pass;
    for paragraph in paragraphs.iter() {
        let Some(name) = paragraph.text.split_inclusive(". ").find_map(said) else {
            continue;
        };
        let below = |line: u32| line >= paragraph.first;
        let open =
            |event: &&mut super::found::Found| event.structured || event.part == paragraph.part;
        for event in found
            .iter_mut()
            .filter(|event| below(event.first))
            .filter(open)
        {
            if event.source.is_none() {
                event.shared = Some(name.clone());
            }
        }
    }
}

fn said(sentence: &str) -> Option<String> {
    let low = sentence.to_ascii_lowercase();
    if !ALL.iter().any(|words| low.contains(words)) {
        return None;
    }
    let at = ["event source", "event provider", "provider", "source"]
        .iter()
        .find_map(|word| Some(low.find(word)? + word.len()))?;
    let mut rest = sentence.get(at..)?.trim_start();
    while let Some(inner) = JOINTS.iter().find_map(|joint| rest.strip_prefix(joint)) {
        rest = inner.trim_start();
    }
    let quoted = rest.trim_start_matches(['"', '\'', '`', '*', '\u{201c}']);
    let name = sources::named(quoted);
    let single =
        name.chars().filter(|c| c.is_uppercase()).count() >= 2 || quoted.len() < rest.len();
    (single && name.len() >= 3).then_some(name)
}

/// The name in a heading such as "Contoso-Agent events", "Source: Contoso".
pub(super) fn of_heading(heading: &str) -> Option<&str> {
    let mut name = heading.trim();
    for word in [
        "event source",
        "event provider",
        "source",
        "provider",
        "events from",
        "events for",
    ] {
        let begin = name
            .get(..word.len())
            .filter(|begin| begin.eq_ignore_ascii_case(word));
        if begin.is_some() {
            name = name.get(word.len()..)?.trim_start_matches([':', '-', ' ']);
            break;
        }
    }
    for word in [
        " event messages",
        " event log",
        " event ids",
        " events",
        " errors",
        " log",
        " source",
    ] {
        let from = name.len().saturating_sub(word.len());
        let end = name
            .get(from..)
            .filter(|end| end.eq_ignore_ascii_case(word));
        if end.is_some() {
            name = name.get(..from)?.trim_end();
            break;
        }
    }
    (!name.is_empty() && name.split_whitespace().count() <= 5).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn said_of_all_events() {
        for (sentence, wanted) in [
            (
                "These events all share the event source of ContosoClustering and help. ",
                Some("ContosoClustering"),
            ),
            (
                "All events in the list have the source MSContoso. ",
                Some("MSContoso"),
            ),
            (
                "The following table lists events with the source \"Contoso\": ",
                Some("Contoso"),
            ),
            ("These events come from the source server. ", None),
            ("The source is MSContoso. ", None),
        ] {
            assert_eq!(said(sentence).as_deref(), wanted, "{sentence}");
        }
        for (heading, wanted) in [
            ("MSContoso events", Some("MSContoso")),
            ("Source: MSContoso", Some("MSContoso")),
            ("MSContoso", Some("MSContoso")),
        ] {
            assert_eq!(of_heading(heading), wanted, "{heading}");
        }
    }
}
