//! A log that a draft must match, and one that it must not.

use std::sync::Arc;

use super::parts::Part;
use crate::authoring;
use crate::knowledge::SignatureSet;
use crate::report::Verdict;
use crate::signature::examples::{EventNote, Example, ExampleVerdict, Examples};
use crate::signature::model::Signature;

/// The examples of a draft. What the draft makes of its own log is tried, and what comes out is
/// what the example asks for; a note says so where that is less than a match.
pub(super) fn examples(signature: &mut Signature, parts: &[Part], set: &SignatureSet) -> Examples {
    let first = parts
        .iter()
        .filter_map(|part| part.record.as_ref()?.time)
        .min();
    let notes = parts.iter().enumerate().map(|(n, part)| {
        let time = part.record.as_ref().and_then(|record| record.time);
        let after = time
            .zip(first)
            .map(|(time, first)| time.duration_since(first).as_secs_f64());
        let window = signature.join.window_s as f64;
        let at_s = after.filter(|after| *after <= window).unwrap_or(n as f64);
        note(part, at_s)
    });
    let mut matching = Example {
        name: "as the article has it".into(),
        verdict: ExampleVerdict::Match,
        cause: None,
        objects: None,
        occurrences: None,
        better: None,
        events: notes.collect(),
    };
    let verdict = tried(signature, &matching, set);
    matching.verdict = match verdict {
        Some(Verdict::Match) | None => ExampleVerdict::Match,
        Some(Verdict::Likely) => ExampleVerdict::Likely,
        Some(Verdict::Possible | Verdict::RuledOut) => ExampleVerdict::Possible,
    };
    if verdict != Some(Verdict::Match) {
        let got = verdict.map_or("no verdict", Verdict::as_str);
        signature.notes.push(format!(
            "review: verdicts: the draft reaches `{got}` over its own example: the events alone do not \
             tell this article from others"
        ));
    }
    let other = parts.first().map(|part| EventNote {
        event_id: other_id(parts, part),
        ..bare(&part.provider, part.event_id, 0.0)
    });
    let near_miss = Example {
        name: "TO DO: a log that is easily confused with it".into(),
        verdict: ExampleVerdict::NotOffered,
        events: other.into_iter().collect(),
        ..matching.clone()
    };
    Examples {
        examples_of: signature.id.clone(),
        examples: vec![matching, near_miss],
    }
}

/// What the draft makes of an example, asked alone.
fn tried(signature: &Signature, example: &Example, set: &SignatureSet) -> Option<Verdict> {
    let mut alone = set.knowledge_alone();
    alone.add("draft", signature.clone()).ok()?;
    let alone = Arc::new(alone);
    let mut session = crate::Session::new(&alone);
    for event in authoring::example_events(&example.events, set) {
        session.feed(&event);
    }
    let report = session.finish();
    Some(report.finding(&signature.id)?.verdict)
}

fn note(part: &Part, at_s: f64) -> EventNote {
    let mut note = bare(&part.provider, part.event_id, at_s);
    note.level = part.level;
    match &part.record {
        Some(record) => {
            note.strings.clone_from(&record.strings);
            note.named.clone_from(&record.named);
            // Named values in order are the strings.
            let values = || record.named.iter().map(|(_, value)| value);
            let same = record
                .strings
                .as_ref()
                .is_some_and(|s| s.iter().eq(values()));
            if same && !record.named.is_empty() {
                note.strings = None;
            }
            if note.strings.is_none() && note.named.is_empty() {
                note.message.clone_from(&record.message);
            }
            note.channel.clone_from(&record.channel);
        }
        None => note.strings = Some(part.strings.clone()),
    }
    note
}

fn bare(provider: &str, event_id: u16, at_s: f64) -> EventNote {
    EventNote {
        at_s,
        computer: "SRV01".into(),
        // Any provider is asked for: the example needs some.
        provider: match provider {
            "*" => "TO DO".into(),
            provider => provider.trim_end_matches('*').to_owned(),
        },
        event_id,
        level: None,
        channel: None,
        category: None,
        strings: None,
        named: Vec::new(),
        message: None,
        record_id: None,
        user_sid: None,
        process_id: None,
        keywords: None,
        opcode: None,
        binary: None,
        times: None,
        every_s: None,
        recovered: false,
    }
}

/// An id that no symptom asks for.
fn other_id(parts: &[Part], part: &Part) -> u16 {
    let asked = |id: &u16| parts.iter().any(|part| part.event_id == *id);
    let mut ids = (1..=parts.len() as u16 + 1).map(|n| part.event_id.wrapping_add(n));
    ids.find(|id| !asked(id)).unwrap_or(0)
}
