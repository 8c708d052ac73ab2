//! Events in sentences: "an Event 624, logged by SNA Server".

use super::found::{Around, Found};
use super::numbers::{self, Form, Mention};

/// Bytes before and behind an id that are looked at for a source.
const AROUND: usize = 140;

/// So many ids in one place are no signs of one problem.
const MANY: usize = 12;

/// The events that a paragraph names. `places` says at which byte each line begins.
pub(super) fn events(text: &str, places: &[(usize, u32)]) -> Vec<Found> {
    let line_of = |at: usize| {
        let n = places.partition_point(|(start, _)| *start <= at);
        let place = n.checked_sub(1).and_then(|n| places.get(n));
        place.map_or(0, |(_, number)| *number)
    };
    if is_cross_reference(text) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for mention in numbers::mentions(text) {
        if in_link(text, &mention) || in_cross_reference(text, mention.start) {
            continue;
        }
        let sentence = sentence(text, mention.start, mention.end);
        if is_of_a_trace(text.get(sentence.0..sentence.1).unwrap_or_default()) {
            continue;
        }
        let own = text.get(mention.start..mention.end).unwrap_or_default();
        let around = Around {
            before: without_log(own, tail(text, sentence.0, mention.start)),
            behind: head(text, mention.end, sentence.1),
        };
        // "the 142 event" says nothing where no source is beside it: it is an id named elsewhere.
        for id in &mention.ids {
            found.push(Found {
                id: *id,
                around: around.clone(),
                id_line: line_of(mention.end.saturating_sub(1)),
                first: line_of(mention.start),
                last: line_of(mention.end.saturating_sub(1)),
                lead: text
                    .get(sentence.0..sentence.1)
                    .unwrap_or_default()
                    .to_owned(),
                weak: mention.form == Form::Before,
                many: mention.ids.len() >= MANY,
                ..Found::default()
            });
        }
    }
    found
}

/// "The escalation event class is event ID 60": a number of SQL Server's traces.
fn is_of_a_trace(sentence: &str) -> bool {
    sentence.to_ascii_lowercase().contains("event class")
}

/// "in the System event log of IDs 5719": the name before the word is that of the log.
fn without_log(mention: &str, mut before: String) -> String {
    const LOGS: &[&str] = &[
        "application",
        "directory service",
        "dns server",
        "security",
        "system",
    ];
    if !mention.to_ascii_lowercase().starts_with("event log") {
        return before;
    }
    let low = before.trim_end().to_ascii_lowercase();
    if let Some(log) = LOGS.iter().find(|log| low.ends_with(**log)) {
        before.truncate(low.len() - log.len());
    }
    before
}

/// "Q182268 SNA Server Event 60 Should Log ...", "ARTICLE-ID: Q172953 TITLE: ...".
pub(super) fn is_cross_reference(text: &str) -> bool {
    let low = text.trim_start().to_ascii_lowercase();
    low.starts_with("article-id")
        || article_number(text.trim_start())
        || linked_number(text.trim_start()).is_some()
}

/// "[2749262](address) Remote desktop ends with event ID 1000": the number of another article as a link,
/// and its title behind. What stands behind the link.
fn linked_number(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(['-', '*', '\u{2022}', ' ']);
    let (number, rest) = text.strip_prefix(LINK.0)?.split_once(LINK.1)?;
    let digits = number.trim();
    let sound = (5..=7).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    (sound && rest.trim_start().starts_with(char::is_alphanumeric)).then_some(rest)
}

fn article_number(text: &str) -> bool {
    let digits = text
        .strip_prefix(['Q', 'q'])
        .map(|rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    digits.is_some_and(|digits| (5..=6).contains(&digits))
}

/// Behind the number of another article, up to the end of its title.
fn in_cross_reference(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let begin = before.len().saturating_sub(160);
    let near = (begin..=before.len())
        .find_map(|at| before.get(at..))
        .unwrap_or_default();
    let link = before.rfind(LINK.0).and_then(|at| before.get(at..));
    if let Some(title) = link.and_then(linked_number) {
        return !title.contains(". ");
    }
    let Some(found) = near.rfind(" Q").or_else(|| near.rfind("(Q")) else {
        return false;
    };
    let number = near.get(found + 1..).unwrap_or_default();
    let words = number.split_whitespace().count();
    // "Q900009: Event Error 251"
    let colon = number.trim_end().ends_with(':');
    article_number(number) && (words > 1 || colon) && !number.contains(". ")
}

/// Marks around the text of a link to another page, see the reader of Markdown.
pub(in crate::articles::build) const LINK: (char, char) = ('\u{e000}', '\u{e001}');

fn in_link(text: &str, mention: &Mention) -> bool {
    let at = mention.start;
    let before = text.get(..at).unwrap_or_default();
    let Some(begin) = before.rfind(LINK.0) else {
        return false;
    };
    let open = before.rfind(LINK.1).is_none_or(|end| begin > end);
    // "you'll receive [Event ID 36888]": the sentence names it, the link only says more of it.
    let sentence = before.get(..begin).unwrap_or_default().trim_end();
    let sentence = sentence.trim_end_matches(" an").trim_end_matches(" a");
    let named = begin + LINK.0.len_utf8() == at
        && [
            "receive",
            "logs",
            "log",
            "logged",
            "get",
            "records",
            "generates",
        ]
        .iter()
        .any(|verb| sentence.ends_with(verb));
    // "check the log for [Event ID 60]": no more than the id, in a sentence, is no title.
    let alone = text
        .get(mention.end..)
        .is_some_and(|rest| rest.starts_with(LINK.1));
    let said = begin + LINK.0.len_utf8() == at
        && alone
        && sentence.split_whitespace().count() >= 3
        && !["see", "about", "and", "also", "article"]
            .iter()
            .any(|word| sentence.ends_with(word));
    open && !named && !said
}

/// The sentence around a mention, as bytes.
pub(super) fn sentence(text: &str, start: usize, end: usize) -> (usize, usize) {
    let ends = [". ", "? ", "! ", ".) "];
    let before = text.get(..start).unwrap_or_default();
    let begin = ends
        .iter()
        .filter_map(|mark| before.rfind(mark).map(|at| at + mark.len()))
        .max()
        .unwrap_or(0);
    let behind = text.get(end..).unwrap_or_default();
    let stop = ends
        .iter()
        .filter_map(|mark| behind.find(mark))
        .min()
        .map_or(text.len(), |at| end + at + 1);
    (begin, stop)
}

fn tail(text: &str, from: usize, to: usize) -> String {
    let from = from.max(to.saturating_sub(AROUND));
    let from = (from..=to)
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(to);
    text.get(from..to).unwrap_or_default().to_owned()
}

fn head(text: &str, from: usize, to: usize) -> String {
    let to = to.min(from + AROUND).min(text.len());
    let to = (from..=to)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(from);
    text.get(from..to).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_over_two_lines() {
        let text = "The agent ends with an Event ID 9405 and the rest. More. ";
        let found = events(text, &[(0, 7), (32, 8)]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].first, found[0].last), (7, 8));
        assert_eq!(found[0].around.before, "The agent ends with an ");
        assert_eq!(found[0].around.behind, " and the rest.");
    }

    #[test]
    fn the_name_of_a_log_is_no_source() {
        let found = events(
            "Contoso events in the System event log of IDs 5719 or 5722. ",
            &[(0, 1)],
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].around.before, "Contoso events in the ");
    }

    #[test]
    fn a_link_may_be_a_part_of_the_sentence() {
        let text = "Then you receive \u{e000}Event ID 36888 (An alert)\u{e001} at once. ";
        assert_eq!(events(text, &[(0, 1)])[0].id, 36888);
    }

    #[test]
    fn an_id_in_a_link_is_named_where_the_sentence_needs_it() {
        let text = "You can also check the event log for \u{e000}Event ID 60\u{e001}. ";
        assert_eq!(events(text, &[(0, 1)])[0].id, 60);
        let text = "For more about this, see \u{e000}Event ID 60\u{e001}. ";
        assert_eq!(events(text, &[(0, 1)]), []);
    }

    #[test]
    fn titles_of_other_articles_name_nothing_here() {
        for text in [
            "Q182268 Contoso Event 60 should be logged ",
            "see the article: Q182268 Contoso Event 60 is logged ",
            "see \u{e000}Event ID 5 is logged\u{e001}. ",
            "\u{e000}2749262\u{e001} Contoso ends with event ID 1000 ",
            "See the article: \u{e000}2749262\u{e001} Contoso ends with event ID 1000 ",
        ] {
            assert_eq!(events(text, &[(0, 1)]), [], "{text}");
        }
    }
}
