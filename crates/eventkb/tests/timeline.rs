//! The timeline of a report: only where it is asked for, the same in any order and any parts, with
//! the times at which records are missing, and bounded.

mod common;

use std::path::PathBuf;
use std::sync::Arc;

use eventkb::report::{GapKind, LandmarkKind, MarkKind, Report, Timeline, TimelineWindow};
use eventkb::{Event, ScanOptions, Session, SignatureSet, limits, scan};
use jiff::Timestamp;

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

/// The folder with two servers, with a timeline.
fn two_servers(change: impl FnOnce(&mut ScanOptions)) -> Report {
    let options = common::options(|options| {
        options.timeline = Some(TimelineWindow::default());
        change(options);
    });
    let folder = common::testdata().join("q253307-two-servers");
    scan(&[folder], &common::built_in(), &options)
}

fn event(id: u64, provider: &str, event_id: u16, at: i64) -> Event {
    Event {
        provider: provider.into(),
        event_id,
        channel: Some("System".into()),
        computer: Some("SRV01.contoso.example".into()),
        time: Some(second(at)),
        record_id: Some(id),
        strings: Some(Vec::new()),
        ..Event::default()
    }
}

fn timeline_of(events: &[Event], window: TimelineWindow) -> Timeline {
    let mut session = Session::new(&Arc::new(SignatureSet::empty()));
    session.timeline(window);
    events.iter().for_each(|event| session.feed(event));
    session.finish().timeline.expect("it was asked for")
}

#[test]
fn it_is_there_only_where_it_is_asked_for() {
    let folder = common::testdata().join("q253307-two-servers");
    let report = common::scan_built_in(&[folder]);
    assert!(report.timeline.is_none());
    let json = serde_json::to_value(&report).expect("JSON");
    assert!(json.get("timeline").is_none());
}

#[test]
fn findings_and_their_records_are_on_it() {
    let timeline = two_servers(|_| {}).timeline.expect("it was asked for");
    let lanes: Vec<&str> = timeline.lanes.iter().map(|l| l.computer.as_str()).collect();
    assert_eq!(lanes, ["PORTLAND", "SEATTLE"]);
    assert!(timeline.lanes.iter().all(|lane| !lane.covered.is_empty()));
    let of = |computer: &str| {
        let marks = timeline
            .marks
            .iter()
            .filter(|mark| mark.computer == computer);
        let finding = |what: &MarkKind| matches!(what, MarkKind::Finding { signature, .. } if signature == "Q253307");
        marks.filter(|mark| finding(&mark.what)).count()
    };
    assert_eq!(
        (of("SEATTLE"), of("PORTLAND")),
        (3, 3),
        "three occurrences on both"
    );
    let cited = |id: u64| {
        timeline.marks.iter().any(|mark| {
            matches!(&mark.what, MarkKind::Event { record_id: Some(record), file, signatures, .. }
                if *record == id && file.ends_with("SEATTLE/Application.evtx") && signatures == &["Q253307"])
        })
    };
    assert!(cited(29), "the record of 9316");
    assert!(timeline.marks.is_sorted_by_key(|mark| mark.time));
}

#[test]
fn a_window_leaves_out_what_lies_outside_of_it() {
    let from: Timestamp = "2000-02-06T01:29:00Z".parse().expect("a time");
    let to: Timestamp = "2000-02-06T01:31:00Z".parse().expect("a time");
    let window = TimelineWindow {
        from: Some(from),
        to: Some(to),
    };
    let report = two_servers(|options| options.timeline = Some(window));
    let timeline = report.timeline.as_ref().expect("it was asked for");
    assert!(!timeline.marks.is_empty());
    for mark in &timeline.marks {
        assert!(
            window.meets(mark.time, mark.until.unwrap_or(mark.time)),
            "{mark:?}"
        );
    }
    // Verdicts are about everything all the same.
    assert_eq!(
        report.finding("Q253307").map(|finding| finding.occurrences),
        Some(3)
    );
}

#[test]
fn threads_order_and_parts_do_not_show() {
    let json = |report: &Report| serde_json::to_string(&report.timeline).expect("JSON");
    let folder = common::testdata().join("q253307-two-servers");
    let mut paths: Vec<PathBuf> = ["SEATTLE", "PORTLAND"].map(|name| folder.join(name)).into();
    paths.push(common::testdata().join("dirty-truncated"));
    paths.push(common::testdata().join("mixed-evt-evtx"));
    let options = |threads| {
        common::options(|options| {
            options.threads = threads;
            options.timeline = Some(TimelineWindow::default());
        })
    };
    let wanted = json(&scan(&paths, &common::built_in(), &options(1)));
    assert!(
        wanted.contains("missing_records") || wanted.contains("damaged"),
        "{wanted}"
    );
    for threads in [1, 2, 8] {
        paths.rotate_left(1);
        assert_eq!(
            json(&scan(&paths, &common::built_in(), &options(threads))),
            wanted
        );
    }
    // Scanned apart, saved, and merged.
    let parts = paths.iter().rev().map(|path| {
        let seen = eventkb::observe(std::slice::from_ref(path), &common::built_in(), &options(1));
        eventkb::Observations::from_bytes(&seen.to_bytes()).expect("they come back")
    });
    let merged = eventkb::merge(&common::built_in(), parts).expect("they belong together");
    assert_eq!(json(&merged), wanted);
}

#[test]
fn missing_records_have_their_time_in_any_order() {
    let ids = [1, 2, 3, 7, 8];
    let mut events: Vec<Event> = ids
        .map(|id| event(id, "X", 1, 1000 + id as i64 * 60))
        .into();
    for _ in 0..ids.len() {
        events.rotate_left(1);
        let timeline = timeline_of(&events, TimelineWindow::default());
        let [lane] = timeline.lanes.as_slice() else {
            panic!("one computer")
        };
        let [gap] = lane.gaps.as_slice() else {
            panic!("one gap: {:?}", lane.gaps)
        };
        assert_eq!((gap.from, gap.to), (second(1180), second(1420)));
        assert_eq!(
            gap.what,
            GapKind::MissingRecords {
                after: 3,
                before: 7
            }
        );
    }
}

#[test]
fn many_gaps_are_not_listed_one_by_one() {
    let events: Vec<Event> = (0..500)
        .map(|n| event(n * 2, "X", 1, 1000 + n as i64))
        .collect();
    let timeline = timeline_of(&events, TimelineWindow::default());
    let gaps = &timeline.lanes.first().expect("a lane").gaps;
    assert_eq!(gaps.len(), 1);
    assert_eq!(
        gaps.first().map(|gap| &gap.what),
        Some(&GapKind::ManyMissing)
    );
}

#[test]
fn what_several_providers_log_of_one_start_is_one() {
    let events = [
        event(1, "EventLog", 6009, 1000),
        event(2, "EventLog", 6005, 1000),
        event(3, "Microsoft-Windows-Kernel-General", 12, 1010),
        event(4, "Microsoft-Windows-Kernel-Power", 41, 1015),
        event(5, "EventLog", 6008, 1020),
        event(6, "EventLog", 6005, 9000),
    ];
    let timeline = timeline_of(&events, TimelineWindow::default());
    let kinds: Vec<(i64, &MarkKind)> = timeline
        .marks
        .iter()
        .map(|mark| (mark.time.as_second(), &mark.what))
        .collect();
    let is = |what: LandmarkKind| MarkKind::Landmark { what };
    assert_eq!(
        kinds,
        [
            (1000, &is(LandmarkKind::Start)),
            (1015, &is(LandmarkKind::UncleanStop)),
            (9000, &is(LandmarkKind::Start)),
        ]
    );
}

#[test]
fn it_is_bounded_and_says_what_is_left_out() {
    let starts = limits::MAX_TIMELINE_MARKS as u64 + 10;
    let pause = limits::SAME_LANDMARK_S + 1;
    let events: Vec<Event> = (0..starts)
        .map(|n| event(n, "EventLog", 6005, 1000 + n as i64 * pause))
        .collect();
    let timeline = timeline_of(&events, TimelineWindow::default());
    assert_eq!(timeline.marks.len(), limits::MAX_TIMELINE_MARKS);
    assert_eq!(timeline.marks_more, 10);
}

#[test]
fn a_clock_that_was_only_adjusted_is_not_shown() {
    let changed = |by: i64| {
        let mut event = event(1, "Microsoft-Windows-Kernel-General", 1, 5000);
        event.named = vec![
            ("NewTime".into(), second(5000 + by).to_string()),
            ("OldTime".into(), second(5000).to_string()),
        ];
        timeline_of(&[event], TimelineWindow::default()).marks.len()
    };
    assert_eq!((changed(0), changed(1), changed(-600)), (0, 0, 1));
}
