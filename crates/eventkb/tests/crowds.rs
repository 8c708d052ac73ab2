//! Joining costs in proportion to the events, whatever they are: steps are counted, not time.
//! `EVENTKB_OBJECTS=120000` takes more of them.
#![expect(clippy::expect_used, reason = "tests may panic")]

mod common;

use std::collections::BTreeMap;

use common::built_in;
use eventkb::report::{Doubt, Report, Verdict};
use eventkb::{Event, Observations, Session};
use eventkb_testkit::EventSpec;
use eventkb_testkit::crowds::Crowd;

/// An event as a reader would give it.
fn event(spec: &EventSpec) -> Event {
    Event {
        provider: spec.provider.clone(),
        event_id: spec.event_id,
        level: Some(spec.level),
        channel: Some(spec.channel.clone()),
        computer: Some(spec.computer.clone()),
        time: eventkb::jiff::Timestamp::from_second(spec.time.unix_seconds()).ok(),
        record_id: Some(spec.record_id),
        strings: Some(spec.strings.clone()),
        file: "crowd.evtx".into(),
        ..Event::default()
    }
}

/// Steps that judging so many events takes.
fn steps(crowd: Crowd, count: usize) -> u64 {
    let mut session = Session::new(&built_in());
    for spec in crowd.events(count, 7) {
        session.feed(&event(&spec));
    }
    let before = eventkb::steps_made();
    let report = session.finish();
    assert!(!report.findings.is_empty(), "{crowd:?}");
    eventkb::steps_made() - before
}

#[test]
fn twice_as_many_events_cost_twice_as_much() {
    let given = std::env::var("EVENTKB_OBJECTS").ok();
    let count: usize = given.map_or(3_000, |text| text.parse().expect("a number"));
    for crowd in Crowd::ALL {
        let (once, twice) = (steps(crowd, count), steps(crowd, 2 * count));
        // Trees get a level, and in a storm more lies equally near: 2.0 to 2.8 were measured from
        // 3,000 to 48,000 events.
        assert!(
            twice < 3 * once,
            "{crowd:?}: {once} steps for {count} events, {twice} for twice as many"
        );
        // Some forty signatures ask for these events, each by several symptoms.
        assert!(
            twice < 4_000 * 2 * count as u64,
            "{crowd:?}: {twice} steps for {} events",
            2 * count
        );
    }
}

/// What is kept of a crowd does not depend on who saw which part of it.
#[test]
fn crowds_say_the_same_in_two_sessions_and_from_observations() {
    let set = built_in();
    for crowd in Crowd::ALL {
        let events: Vec<Event> = crowd.events(3_000, 7).iter().map(event).collect();
        let over = |part: usize, of: usize| {
            let mut session = Session::new(&set);
            let mine = events.iter().enumerate().filter(|(n, _)| n % of == part);
            mine.for_each(|(_, event)| session.feed(event));
            session
        };
        let whole = over(0, 1).finish();
        let mut merged = over(1, 2);
        merged.merge(over(0, 2));
        assert!(merged.finish() == whole, "{crowd:?}: two sessions");
        let saved = [over(0, 2), over(1, 2)].map(|session| session.save().to_bytes());
        let read = saved.map(|bytes| Observations::from_bytes(&bytes).expect("sound"));
        let from_saved = eventkb::merge(&set, Vec::from(read)).expect("of this set");
        assert!(from_saved == whole, "{crowd:?}: observations");
    }
}

/// What no join can offer is counted up to a limit, and says so; what is offered is not touched.
#[test]
fn limits_change_no_verdict() {
    let set = built_in();
    for crowd in Crowd::ALL {
        let events: Vec<Event> = crowd.events(3_000, 9).iter().map(event).collect();
        let judged = |ruled_out: usize| {
            let mut session = Session::new(&set);
            session.force_limits(256, ruled_out);
            events.iter().for_each(|event| session.feed(event));
            session.finish()
        };
        let (all, few) = (judged(usize::MAX), judged(20));
        let verdicts = |report: &Report| {
            let findings = report.findings.iter();
            let of = findings.map(|f| (f.signature.id.clone(), f.verdict));
            of.collect::<BTreeMap<String, Verdict>>()
        };
        assert_eq!(verdicts(&all), verdicts(&few), "{crowd:?}");
        for finding in &few.findings {
            let id = &finding.signature.id;
            let whole = all.finding(id).expect("the same ones");
            let says_so = finding
                .doubts
                .iter()
                .any(|doubt| matches!(doubt, Doubt::EvidenceDropped { .. }));
            let same = finding.occurrences == whole.occurrences;
            let ruled_out = finding.verdict == Verdict::RuledOut;
            assert!(same || (ruled_out && says_so), "{crowd:?}: {id}");
        }
    }
}
