//! The loader of documents of every kind (signatures, examples, catalogue, codes), and a session
//! over what it lets through. Zero bytes part one document from the next, so that a signature can
//! come with its examples and with what is known of its events.
#![no_main]

use std::sync::Arc;

use eventkb::signature::model::{IdOrRange, Ids, Signature};
use eventkb::{Event, Session, SignatureSet, check_text, test_signatures};
use libfuzzer_sys::fuzz_target;

/// Values that many conditions compare with.
const VALUES: [&str; 6] = ["5", "%%1053", "0x80070005", "C:\\", "", "one two"];

fn first_id(ids: &Ids) -> u16 {
    match ids {
        Ids::One(id) => *id,
        Ids::Range(range) => range.split('-').next().and_then(|id| id.parse().ok()).unwrap_or(0),
        Ids::Many(many) => match many.first() {
            Some(IdOrRange::One(id)) => *id,
            _ => 0,
        },
    }
}

/// An event for every symptom.
fn events(signature: &Signature) -> impl Iterator<Item = Event> {
    let selectors = signature.symptoms.iter().flat_map(|symptom| &symptom.events);
    selectors.enumerate().map(|(n, selector)| Event {
        provider: selector.provider.trim_end_matches('*').to_owned(),
        event_id: first_id(&selector.id),
        level: Some(2),
        computer: Some("SRV01".to_owned()),
        record_id: Some(n as u64),
        time: jiff::Timestamp::from_second(949_800_000 + n as i64).ok(),
        strings: Some((0..8).map(|at| VALUES[(n + at) % VALUES.len()].to_owned()).collect()),
        named: vec![("param1".to_owned(), "5".to_owned())],
        message: Some("It failed: error 5.".to_owned()),
        ..Event::default()
    })
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut set = SignatureSet::empty();
    for document in text.split('\0').take(4) {
        let (_, problems) = check_text(document, &set);
        for problem in &problems {
            assert!(!problem.to_string().is_empty());
        }
        let _ = set.add_text("fuzz.json", "family", document);
    }
    let set = Arc::new(set);
    test_signatures(&set);
    let mut session = Session::new(&set);
    for head in set.iter() {
        let signature = head.document().expect("what was added is there");
        for event in events(signature) {
            session.feed(&event);
            let facts = set.catalogue().event(&event.provider, None, event.event_id);
            if let (Some(facts), Some(strings)) = (facts, &event.strings) {
                facts.sentence(set.codes(), strings, &event.named);
                facts.values(set.codes(), strings);
            }
        }
    }
    serde_json::to_string(&session.finish()).expect("a report can always be written");
});
