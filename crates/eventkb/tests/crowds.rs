//! Joining costs in proportion to the events, whatever they are: steps are counted, not time.
//! `EVENTKB_OBJECTS=120000` takes more of them.
#![expect(clippy::expect_used, reason = "tests may panic")]

mod common;

use common::built_in;
use eventkb::{Event, Session};
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
        // Not in proportion yet: a few hundred objects side by side cost three times as much.
        assert!(
            twice < 4 * once + 100_000,
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
