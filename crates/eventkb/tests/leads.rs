//! Leads: which articles name what nothing explains, in which order, and why.

mod common;

use std::sync::Arc;

use eventkb::articles::{
    Article, ArticleIndex, CodeNamed, EventNamed, EventRole, Problem, ProviderHow,
};
use eventkb::report::{Lead, LeadReason, NamedAs, Report};
use eventkb::signature::model::LevelName;
use eventkb::{ArticleShelf, Event, Observations, Session, SignatureSet, merge_with_articles};
use eventkb_testkit::rng::Rng;

const SCM: &str = "Service Control Manager";

fn named(provider: &str, event_id: u16) -> EventNamed {
    EventNamed {
        provider: (!provider.is_empty()).then(|| provider.into()),
        provider_how: (!provider.is_empty()).then_some(ProviderHow::Field),
        event_id,
        ..EventNamed::default()
    }
}

fn with_code(mut event: EventNamed, written: &str, value: i64) -> EventNamed {
    event.codes.push(CodeNamed {
        value,
        written: written.into(),
        line: 7,
    });
    event
}

fn as_role(event: EventNamed, role: EventRole) -> EventNamed {
    EventNamed { role, ..event }
}

fn article(id: &str, events: Vec<EventNamed>) -> Article {
    Article {
        id: id.into(),
        title: format!("Title of {id}").into(),
        path: Some(format!("kb/{id}.md").into()),
        problems: vec![Problem {
            events,
            ..Problem::default()
        }],
        ..Article::default()
    }
}

fn event(second: i64, provider: &str, event_id: u16, strings: &[&str]) -> Event {
    Event {
        provider: provider.into(),
        event_id,
        level: Some(2),
        computer: Some("NODE1".into()),
        channel: Some("System".into()),
        time: jiff_second(second),
        record_id: Some(second.unsigned_abs() * 7 + u64::from(event_id)),
        strings: Some(strings.iter().map(|s| (*s).to_owned()).collect()),
        file: "System.evtx".into(),
        ..Event::default()
    }
}

fn jiff_second(second: i64) -> Option<eventkb::jiff::Timestamp> {
    eventkb::jiff::Timestamp::from_second(1_000_000_000 + second).ok()
}

fn shelf(articles: Vec<Article>) -> Arc<ArticleShelf> {
    Arc::new(ArticleShelf::of(vec![ArticleIndex::new(articles)]))
}

fn report_of(set: &Arc<SignatureSet>, articles: Vec<Article>, events: &[Event]) -> Report {
    let mut session = Session::new(set);
    session.look_into(&shelf(articles));
    events.iter().for_each(|event| session.feed(event));
    session.finish()
}

fn leads_of(articles: Vec<Article>, events: &[Event]) -> Vec<Lead> {
    report_of(&Arc::new(SignatureSet::empty()), articles, events).leads
}

fn ids(leads: &[Lead]) -> Vec<&str> {
    leads.iter().map(|lead| lead.article.id.as_str()).collect()
}

/// Many articles name 7024; one names the very code, and the event that goes with it.
fn cluster() -> Vec<Article> {
    let mut articles: Vec<Article> = (1..=20)
        .map(|n| article(&format!("Q{n}"), vec![named(SCM, 7024)]))
        .collect();
    articles.push(article(
        "Q100",
        vec![
            with_code(named(SCM, 7024), "5925", 5925),
            named("ClusSvc", 1073),
        ],
    ));
    articles.push(article(
        "Q101",
        vec![with_code(named(SCM, 7024), "2140", 2140)],
    ));
    articles
}

#[test]
fn the_article_that_names_most_of_it_comes_first_and_says_why() {
    let events = [
        event(0, SCM, 7024, &["Cluster Service", "5925"]),
        event(2, "ClusSvc", 1073, &["7"]),
    ];
    let leads = leads_of(cluster(), &events);
    let best = &leads[0];
    assert_eq!(best.article.id, "Q100");
    assert_eq!(best.article.source, "kb/Q100.md");
    assert_eq!(best.equals, 0);
    let events: Vec<u16> = best.events.iter().map(|event| event.event_id).collect();
    assert_eq!(events, [1073, 7024], "the rarer one first");
    for wanted in [
        LeadReason::NamesEvent {
            provider: SCM.into(),
            event_id: 7024,
            of_articles: 22,
            named_as: NamedAs::Symptom,
            provider_unsure: false,
        },
        LeadReason::NamesCode {
            code: "5925".into(),
            provider: SCM.into(),
            event_id: 7024,
        },
        LeadReason::Together {
            events: 2,
            within_s: 2,
            computer: "NODE1".into(),
        },
    ] {
        assert!(best.reasons.contains(&wanted), "{:?}", best.reasons);
    }
    let rest = &leads[1..];
    assert!(
        rest.iter().all(|lead| lead.article.id != "Q101"),
        "another code comes last"
    );
    assert!(
        rest.iter().all(|lead| lead.equals == 19),
        "equal ones say so"
    );
}

#[test]
fn rows_of_unexplained_events_name_their_leads() {
    let set = Arc::new(SignatureSet::empty());
    let events = [
        event(0, SCM, 7024, &["x", "5925"]),
        event(9, "disk", 7, &[]),
    ];
    let report = report_of(&set, cluster(), &events);
    let row = |id: u16| {
        let mut rows = report.unexplained.iter();
        rows.find(|row| row.event_id == id)
            .expect("a row")
            .leads
            .clone()
    };
    assert_eq!(row(7024).first().map(String::as_str), Some("Q100"));
    assert_eq!(row(7024).len(), eventkb::limits::MAX_LEADS_OF_KIND);
    assert!(row(7).is_empty());
}

#[test]
fn what_an_article_says_of_an_event_counts() {
    let articles = vec![
        article("Q1", vec![as_role(named("Srv", 2013), EventRole::Harmless)]),
        article(
            "Q2",
            vec![as_role(named("Srv", 2013), EventRole::Reference)],
        ),
        article("Q3", vec![as_role(named("Srv", 2013), EventRole::AfterFix)]),
    ];
    let leads = leads_of(articles, &[event(0, "Srv", 2013, &[])]);
    assert_eq!(
        ids(&leads),
        ["Q1", "Q2"],
        "what is logged after the fix is no sign"
    );
    let role = |lead: &Lead| match &lead.reasons[0] {
        LeadReason::NamesEvent { named_as, .. } => *named_as,
        other => panic!("{other:?}"),
    };
    assert_eq!(role(&leads[0]), NamedAs::Harmless);
    assert_eq!(role(&leads[1]), NamedAs::Reference);
}

#[test]
fn an_event_of_the_fix_is_said() {
    let articles = vec![article(
        "Q1",
        vec![
            named("disk", 7),
            as_role(named("disk", 300), EventRole::AfterFix),
        ],
    )];
    let events = [event(0, "disk", 7, &[]), event(60, "disk", 300, &[])];
    let leads = leads_of(articles, &events);
    assert_eq!(ids(&leads), ["Q1"]);
    assert_eq!(leads[0].events.len(), 1);
    assert!(leads[0].reasons.contains(&LeadReason::FixInPlace {
        provider: "disk".into(),
        event_id: 300,
    }));
}

#[test]
fn an_id_without_a_source_needs_more() {
    let articles = || {
        vec![
            article("Q1", vec![named("", 1069)]),
            article(
                "Q2",
                vec![with_code(named("", 1069), "0x80070005", 0x8007_0005)],
            ),
        ]
    };
    assert!(leads_of(articles(), &[event(0, "ClusSvc", 1069, &["a"])]).is_empty());
    let events = [event(0, "ClusSvc", 1069, &["-2147024891"])];
    let leads = leads_of(articles(), &events);
    assert_eq!(ids(&leads), ["Q2"]);
    assert!(matches!(
        &leads[0].reasons[0],
        LeadReason::NamesEvent {
            provider_unsure: true,
            ..
        }
    ));
}

const SIGNATURE: &str = r#"{
  "format": 2, "id": "KB77", "revision": 1, "title": "The disk is refused", "severity": "low",
  "cause": "c", "resolution": ["r"],
  "symptoms": [
    { "id": "a", "description": "d", "events": [{ "provider": "disk", "id": 7 }], "role": "core",
      "where": [{ "string": 1, "number": 5 }] },
    { "id": "b", "description": "d", "events": [{ "provider": "disk", "id": 9 }], "role": "strong" }
  ],
  "verdicts": { "likely": { "found": ["a", "b"] } }
}"#;

fn own_set() -> Arc<SignatureSet> {
    let mut set = SignatureSet::empty();
    set.add_text("KB77.json", "", SIGNATURE)
        .expect("a sound signature");
    Arc::new(set)
}

#[test]
fn a_lead_brings_back_nothing_that_is_ruled_out() {
    let set = own_set();
    let articles = || {
        vec![
            article("Q77", vec![named("disk", 7)]),
            article("Q78", vec![named("disk", 7)]),
        ]
    };
    // Its core is contradicted: ruled out, and no lead under any of its numbers.
    let report = report_of(&set, articles(), &[event(0, "disk", 7, &["6"])]);
    assert_eq!(report.findings.len(), 1);
    assert!(!report.findings[0].is_offered());
    assert_eq!(ids(&report.leads), ["Q78"]);
    // Offered, it explains the events, and nothing is left to look up.
    let both = [event(0, "disk", 7, &["5"]), event(1, "disk", 9, &[])];
    let report = report_of(&set, articles(), &both);
    assert!(report.findings[0].is_offered());
    assert!(report.leads.is_empty());
}

#[test]
fn a_signature_without_a_verdict_is_a_lead_itself() {
    let set = own_set();
    let report = report_of(&set, Vec::new(), &[event(0, "disk", 7, &["5"])]);
    assert!(report.findings.is_empty());
    assert_eq!(ids(&report.leads), ["KB77"]);
    assert_eq!(report.leads[0].article.title, "The disk is refused");
    let mut session = Session::new(&set);
    session.look_into(&Arc::new(ArticleShelf::closed()));
    session.feed(&event(0, "disk", 7, &["5"]));
    assert!(
        session.finish().leads.is_empty(),
        "unless nobody wants leads"
    );
}

#[test]
fn an_index_is_opened_only_where_something_is_unexplained() {
    let missing = || Arc::new(ArticleShelf::new(vec!["no/such/index".into()]));
    let over = |shelf: &Arc<ArticleShelf>, level: u8| {
        let mut session = Session::new(&Arc::new(SignatureSet::empty()));
        session.look_into(shelf);
        session.feed(&Event {
            level: Some(level),
            ..event(0, "disk", 7, &[])
        });
        session.finish();
        shelf.refused().len()
    };
    assert_eq!(over(&missing(), 4), 0);
    assert_eq!(over(&missing(), 2), 1);
}

#[test]
fn another_version_of_windows_is_said() {
    let mut old = article("Q1", vec![named("disk", 7)]);
    old.products = vec!["Microsoft Windows NT Server version 4.0".into()];
    let mut new = article("Q2", vec![named("disk", 7)]);
    new.products = vec!["Windows Server 2019".into()];
    let start = Event {
        level: Some(4),
        named: vec![
            ("MajorVersion".into(), "10".into()),
            ("MinorVersion".into(), "0".into()),
            ("BuildVersion".into(), "17763".into()),
        ],
        ..event(
            0,
            "Microsoft-Windows-Kernel-General",
            12,
            &["10", "0", "17763"],
        )
    };
    let leads = leads_of(vec![old, new], &[start, event(5, "disk", 7, &[])]);
    assert_eq!(ids(&leads), ["Q2", "Q1"]);
    let says = |reason: &LeadReason| matches!(reason, LeadReason::OtherVersion { .. });
    assert!(leads[1].reasons.iter().any(says), "{:?}", leads[1].reasons);
}

/// The same leads whatever the order of events, and however they are spread over sessions.
#[test]
fn order_and_split_do_not_show() {
    let articles = || {
        let mut articles = cluster();
        articles.push(article(
            "Q200",
            vec![named("disk", 7), named("disk", 9), named("Srv", 2013)],
        ));
        articles.push(article(
            "Q201",
            vec![named("disk", 9), with_code(named("disk", 7), "5", 5)],
        ));
        articles.push(article(
            "Q202",
            vec![EventNamed {
                level: Some(LevelName::Warning),
                ..named("disk", 11)
            }],
        ));
        articles
    };
    let mut rng = Rng::new(5);
    let mut events = Vec::new();
    for n in 0..400_i64 {
        let (provider, id) = [
            (SCM, 7024),
            ("ClusSvc", 1073),
            ("disk", 7),
            ("disk", 9),
            ("disk", 11),
            ("Srv", 2013),
        ][rng.below(6)];
        let code = ["5", "5925", "2140", "text of a value"][rng.below(4)];
        let computer = ["NODE1", "node1", "NODE2.contoso.example"][rng.below(3)];
        events.push(Event {
            computer: Some(computer.into()),
            record_id: Some(n.unsigned_abs()),
            ..event(n * 13 % 997, provider, id, &[code])
        });
    }
    let set = Arc::new(SignatureSet::empty());
    let shelf = shelf(articles());
    let mut wanted: Option<String> = None;
    for parts in [1, 2, 5] {
        for n in (1..events.len()).rev() {
            events.swap(n, rng.below(n + 1));
        }
        let mut saved: Vec<Observations> = Vec::new();
        for part in events.chunks(events.len().div_ceil(parts)) {
            let mut session = Session::new(&set);
            part.iter().for_each(|event| session.feed(event));
            let bytes = session.save().to_bytes();
            saved.push(Observations::from_bytes(&bytes).expect("sound"));
        }
        let report = merge_with_articles(&set, &shelf, saved).expect("merged");
        assert!(report.leads.len() > 3);
        let leads = serde_json::to_string(&(&report.leads, &report.unexplained)).expect("JSON");
        assert_eq!(
            *wanted.get_or_insert_with(|| leads.clone()),
            leads,
            "{parts} parts"
        );
    }
}
