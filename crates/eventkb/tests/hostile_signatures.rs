//! Signatures written to be slow: windows over a month, attempts that never pause or are all apart,
//! patterns that other engines run on for years. The time stays linear in the events.
#![allow(clippy::print_stdout, reason = "it says how long things took")]

use std::time::{Duration, Instant};

use eventkb::event::Event;
use eventkb::signature::load;
use eventkb::{Report, Session, SignatureSet};
use jiff::Timestamp;
use serde_json::{Value, json};

fn text() -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/custom-signature/EX1000.json"
    );
    std::fs::read_to_string(path).expect("the example")
}

/// The worked example, changed.
fn signature(change: fn(&mut Value)) -> SignatureSet {
    let mut json: Value = serde_json::from_str(&text()).expect("JSON");
    // Its examples are for the signature as it was.
    json["examples"] = json!([]);
    change(&mut json);
    let signature = load::read_text("hostile.json", &json.to_string());
    let mut set = SignatureSet::empty();
    set.add("hostile.json", signature.expect("within the limits"))
        .expect("added");
    set
}

/// Events of all symptoms in turns, a second apart, each with a value of its own.
fn events(count: usize, computers: usize) -> impl Iterator<Item = Event> {
    let kinds = [
        ("Contoso AntiVirus", 210),
        ("Contoso Backup", 4101),
        ("Contoso Backup", 4107),
        ("Disk", 11),
    ];
    (0..count).map(move |n| {
        let (provider, event_id) = kinds[n % kinds.len()];
        let value = format!("E:\\{}", "x".repeat(n % 60) + &n.to_string());
        let strings = match event_id {
            4101 => vec!["Nightly".to_owned(), value, "32".to_owned()],
            _ => vec![value, "15".to_owned()],
        };
        let time = Timestamp::from_second(950_000_000 + n as i64).expect("a time");
        Event {
            provider: provider.to_owned(),
            event_id,
            computer: Some(format!("HOST{}", n % computers)),
            time: Some(time),
            record_id: Some(n as u64),
            strings: Some(strings),
            file: "log.evtx".into(),
            ..Event::default()
        }
    })
}

fn judged(set: &SignatureSet, count: usize, computers: usize) -> (Report, Duration) {
    let begun = Instant::now();
    let mut session = Session::new(set);
    for event in events(count, computers) {
        session.feed(&event);
    }
    (session.finish(), begun.elapsed())
}

const MONTH: u64 = 31 * 24 * 3600;

type Case = (&'static str, fn(&mut Value));

const WORST: [Case; 5] = [
    ("a month, one attempt", |json| {
        json["join"]["window_s"] = json!(MONTH);
        json["join"]["attempt_gap_s"] = json!(MONTH);
    }),
    ("a month, each an attempt", |json| {
        json["join"]["window_s"] = json!(MONTH);
        json["join"]["attempt_gap_s"] = json!(1);
    }),
    ("a month, no key", |json| {
        json["join"] = json!({ "window_s": MONTH, "attempt_gap_s": 1, "anchor": ["job_failed"] });
    }),
    ("a month, on any computer", |json| {
        json["join"] = json!({
            "window_s": MONTH, "across_window_s": MONTH, "attempt_gap_s": 1,
            "anchor": ["job_failed"],
        });
        json["symptoms"][1]["place"] = json!("any_computer");
        json["symptoms"][2]["place"] = json!("any_computer");
        json["rules_out"][0]["place"] = json!("any_computer");
    }),
    ("a slow pattern", |json| {
        let slow = json!({ "field": "error", "pattern": "^(([0-9]+)*)*[0-9]*$" });
        json["symptoms"][0]["where"] = json!([slow]);
    }),
];

#[test]
fn time_is_linear_in_the_events() {
    for (name, change) in WORST {
        let set = signature(change);
        for computers in [1, 50] {
            let few = (0..3).map(|_| judged(&set, 5_000, computers).1).min();
            let few = few.expect("three");
            let (report, many) = judged(&set, 40_000, computers);
            let times = many.as_secs_f64() / few.as_secs_f64();
            println!("{name}, {computers} computers: {few:?}, {many:?} for eight times as many");
            assert!(report.findings.len() <= 1, "one signature");
            // Eight times as many events; in the square of them it would be 64 times.
            assert!(
                times < 32.0,
                "{name}, {computers} computers: {times:.1} times"
            );
        }
    }
}

#[test]
fn what_goes_beyond_the_limits_is_refused() {
    let refused: [Case; 6] = [
        ("2678400", |json| {
            json["join"]["window_s"] = json!(MONTH + 1)
        }),
        ("512", |json| {
            let pattern = "a".repeat(513);
            json["symptoms"][0]["where"] = json!([{ "field": "error", "pattern": pattern }]);
        }),
        ("nested deeper", |json| {
            let mut rule = json!({ "found": ["job_failed"] });
            for _ in 0..20 {
                rule = json!({ "all": [rule] });
            }
            json["verdicts"]["match"] = rule;
        }),
        ("more than 128", |json| {
            let symptom = json["symptoms"][0].clone();
            let many = (0..200).map(|n| {
                let mut symptom = symptom.clone();
                symptom["id"] = json!(format!("s{n}"));
                symptom
            });
            json["symptoms"] = many.collect();
        }),
        ("size limit", |json| {
            // Repeats of repeats: a program of billions of steps.
            let pattern = "((((a{1000}){1000}){1000}){1000})";
            json["symptoms"][0]["where"] = json!([{ "field": "error", "pattern": pattern }]);
        }),
        ("1 to 256", |json| {
            json["symptoms"][0]["where"] = json!([{ "string": 100_000, "equals": "x" }]);
        }),
    ];
    for (what, change) in refused {
        let mut json: Value = serde_json::from_str(&text()).expect("JSON");
        change(&mut json);
        let begun = Instant::now();
        let error = load::read_text("hostile.json", &json.to_string()).expect_err(what);
        let said: Vec<String> = error.problems.iter().map(|p| p.message.clone()).collect();
        assert!(
            said.iter().any(|message| message.contains(what)),
            "{what}: {said:?}"
        );
        assert!(begun.elapsed() < Duration::from_secs(2), "{what}");
    }
}
