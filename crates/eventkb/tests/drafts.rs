//! Drafts of signatures load, pass their own examples, and say what was guessed.

mod common;

use std::sync::Arc;

use eventkb::articles::{
    Article, ArticleIndex, CodeNamed, EventNamed, EventRole, Lines, Phrase, Problem, ProviderHow,
};
use eventkb::signature::model::Role;
use eventkb::{
    Draft, DraftError, Event, ProblemSeverity, SignatureSet, check_text, draft_of_article,
    draft_of_records, test_signature,
};

const SCM: &str = "Service Control Manager";

fn named(provider: &str, event_id: u16, line: u32, codes: &[(&str, i64)]) -> EventNamed {
    let codes = codes.iter().map(|(written, value)| CodeNamed {
        value: *value,
        written: (*written).into(),
        line: line + 2,
    });
    EventNamed {
        provider: (!provider.is_empty()).then(|| provider.into()),
        provider_written: (!provider.is_empty()).then(|| provider.into()),
        provider_how: (!provider.is_empty()).then_some(ProviderHow::Field),
        event_id,
        lines: Lines {
            first: line,
            last: line + 3,
        },
        id_line: line,
        provider_line: line + 1,
        codes: codes.collect(),
        phrases: vec![Phrase {
            text: "The {1} service stopped with {2}".into(),
            line: line + 2,
        }],
        ..EventNamed::default()
    }
}

fn article(id: &str, events: Vec<EventNamed>) -> Article {
    Article {
        id: id.into(),
        title: format!("{id} stops with an error").into(),
        path: Some(format!("kb/{id}.md").into()),
        products: vec!["Microsoft Exchange Server, version 5.5".into()],
        problems: vec![Problem {
            lines: Lines { first: 1, last: 90 },
            events,
        }],
        ..Article::default()
    }
}

/// Loads the draft as an author would, and runs its examples.
fn check(draft: &Draft) {
    let set = SignatureSet::knowledge_only();
    let text = serde_json::to_string_pretty(&draft.signature).expect("JSON");
    let (_, problems) = check_text(&text, &set);
    let errors: Vec<_> = problems
        .iter()
        .filter(|problem| problem.severity == ProblemSeverity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    let examples = serde_json::to_string_pretty(&draft.examples).expect("JSON");
    let (_, problems) = check_text(&examples, &set);
    assert!(
        problems
            .iter()
            .all(|p| p.severity != ProblemSeverity::Error),
        "{problems:?}\n{examples}"
    );
    let mut set = set;
    set.add_text("draft.json", "", &text).expect("it loads");
    set.add_text("draft.examples.json", "", &examples)
        .expect("they load");
    let results = test_signature(&draft.signature.id, &Arc::new(set));
    assert_eq!(results.len(), 2);
    for result in results {
        assert!(result.is_ok(), "{result:?}\n{text}\n{examples}");
    }
}

fn index() -> ArticleIndex {
    ArticleIndex::new(vec![
        article(
            "Q1",
            vec![
                named(SCM, 7024, 10, &[("5925", 5925)]),
                named("ClusSvc", 1073, 20, &[]),
                EventNamed {
                    role: EventRole::AfterFix,
                    ..named("ClusSvc", 1200, 40, &[])
                },
            ],
        ),
        article("Q2", vec![named(SCM, 7024, 10, &[("2140", 2140)])]),
        article("Q3", vec![named("Contoso Backup", 9, 10, &[])]),
        article(
            "Q4",
            vec![named("", 1069, 10, &[("0x80070005", 0x8007_0005)])],
        ),
        article(
            "run book 5",
            vec![
                named(SCM, 7024, 5, &[]),
                named(SCM, 7000, 9, &[]),
                named("disk", 7, 12, &[]),
            ],
        ),
        article(
            "Q6",
            vec![EventNamed {
                role: EventRole::Reference,
                ..named(SCM, 7000, 3, &[])
            }],
        ),
    ])
}

fn draft(id: &str, records: &[Event]) -> Draft {
    let set = SignatureSet::knowledge_only();
    draft_of_article(id, &[index()], records, &set).expect("a draft")
}

#[test]
fn every_article_makes_a_draft_that_loads_and_passes() {
    for id in ["Q1", "Q2", "Q3", "Q4", "run book 5"] {
        check(&draft(id, &[]));
    }
    let set = SignatureSet::knowledge_only();
    let none = |id: &str| draft_of_article(id, &[index()], &[], &set).expect_err("none");
    assert!(matches!(none("Q6"), DraftError::NoEvents { .. }));
    assert!(matches!(none("Q99"), DraftError::NoArticle { .. }));
}

#[test]
fn a_draft_says_where_it_comes_from_and_what_is_guessed() {
    let draft = draft("kb1", &[]);
    let signature = &draft.signature;
    assert_eq!(signature.id, "Q1");
    assert_eq!(signature.products[0].versions, ["5.5"]);
    let ids: Vec<&str> = signature.symptoms.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["manager_7024", "clussvc_1073"]);
    assert!(signature.symptoms.iter().all(|s| s.role == Role::Core));
    let notes = signature.notes.join("\n");
    for wanted in [
        "lines 10 to 13",
        "5925 (line 12)",
        "ClusSvc 1200 (lines 40 to 43)",
        "review: verdicts",
    ] {
        assert!(notes.contains(wanted), "{wanted}\n{notes}");
    }
    let rivals: Vec<&str> = signature
        .rivals
        .iter()
        .map(|rival| rival.id.as_str())
        .collect();
    assert_eq!(
        rivals,
        ["Q2"],
        "`run book 5` is no id that a signature may name"
    );
}

fn record(provider: &str, event_id: u16, strings: &[&str]) -> Event {
    Event {
        provider: provider.into(),
        event_id,
        level: Some(2),
        computer: Some("NODE1".into()),
        time: "2024-05-01T10:00:00Z".parse().ok(),
        record_id: Some(u64::from(event_id)),
        strings: Some(strings.iter().map(|s| (*s).to_owned()).collect()),
        file: "dump/System.evtx".into(),
        ..Event::default()
    }
}

#[test]
fn records_show_where_a_value_stands() {
    let records = [
        record(SCM, 7024, &["Cluster Service", "%%5925"]),
        record("ClusSvc", 1073, &["7"]),
    ];
    let draft = draft("Q1", &records);
    check(&draft);
    let first = &draft.signature.symptoms[0];
    let condition = &first.conditions[0];
    assert!(!condition.any_value, "{condition:?}");
    assert!(
        condition.value.is_some() || condition.string == Some(2),
        "{condition:?}"
    );
    assert!(!first.capture.is_empty());
    let example = &draft.examples.examples[0];
    let strings = example.events[0]
        .strings
        .as_ref()
        .expect("those of the record");
    assert_eq!(strings, &["Cluster Service", "%%5925"]);
}

#[test]
fn a_draft_of_records_alone() {
    let mut named = record(
        "Contoso-OrderSync",
        207,
        &["\\\\FS02\\orders", "0xC000006D"],
    );
    named.named = vec![
        ("Share".into(), "\\\\FS02\\orders".into()),
        ("Status".into(), "0xC000006D".into()),
    ];
    let later = Event {
        time: "2024-05-01T10:08:20Z".parse().ok(),
        ..record("Contoso-OrderSync", 208, &["15"])
    };
    let set = SignatureSet::knowledge_only();
    let draft = draft_of_records("MY 1", &[named, later], &set).expect("a draft");
    check(&draft);
    assert_eq!(draft.signature.id, "MY-1");
    assert_eq!(draft.signature.join.window_s, 1000);
    let condition = &draft.signature.symptoms[0].conditions[0];
    assert_eq!(condition.value.as_deref(), Some("Status"));
    assert!(condition.meaning.is_some());
    assert_eq!(draft_of_records("X", &[], &set), Err(DraftError::NoRecords));
}

#[test]
fn a_signature_that_is_there_keeps_its_id() {
    let mut set = SignatureSet::knowledge_only();
    let index = [index()];
    let first = draft_of_article("Q3", &index, &[], &set).expect("a draft");
    set.add("draft.json", first.signature).expect("it loads");
    let second = draft_of_article("Q3", &index, &[], &set).expect("a draft");
    assert_eq!(second.signature.id, "Q3-draft");
    assert_eq!(second.examples.examples_of, "Q3-draft");
    assert_eq!(second.signature.rivals[0].id, "Q3");
    assert!(
        second
            .signature
            .notes
            .iter()
            .any(|note| note.contains("`Q3` already"))
    );
    set.add("draft2.json", second.signature)
        .expect("it loads beside the first");
}
